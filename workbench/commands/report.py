"""What is told of the files of a separation: as each ends, and at last of all."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from time import monotonic
from typing import TextIO

from workbench.commands.bar import Bar
from workbench.commands.guarding import DONE, PARTLY, REFUSED
from workbench.commands.lines import error_of, print_line
from workbench.commands.separating import Separated
from workbench.commands.workers import Order, Outcome
from workbench.wording import one_line


class Report:
    """Tells what becomes of the files, as they end and at last."""

    def __init__(self, orders: Sequence[Order], quiet: bool, json: bool) -> None:
        self._orders, self._quiet, self._json = orders, quiet, json
        self._outcomes: dict[int, Outcome] = {}
        self._begun = monotonic()
        self._bar = Bar("Separating", quiet)

    def warn_of_large(self, sizes: Mapping[int, int], most: int) -> None:
        """Tell which files are worked on alone."""
        for order in self._orders:
            if sizes[order.number] > most and len(self._orders) > 1:
                need, have = sizes[order.number] / 1e9, most / 1e9
                self._say(
                    f"“{order.path}” is thought to take {need:.1f} GB, and {have:.1f} GB are for all together; "
                    "it is worked on alone.",
                    sys.stderr,
                )

    def ended(self, outcome: Outcome) -> None:
        """A file has ended."""
        self._outcomes[outcome.order.number] = outcome
        path, done = outcome.order.path, outcome.separated
        for text in outcome.told:
            self._say(f"{path}: {text}", sys.stderr)
        if self._json:
            print_outcome(outcome)
        elif not self._quiet and outcome.failure is None:
            what = f"{len(done.layers)} layers" if done else "there already"
            self._say(f"{path}: {what} in {outcome.order.out}{cost_of(done) if done else ''}", sys.stdout)

    def shown(self, share: float) -> None:
        """The share done of all."""
        self._bar.show(share, f"  {len(self._outcomes)} of {len(self._orders)}")

    def finish(self, stopped: bool = False) -> int:
        """One line for each file that failed, and one for all; returns the exit status."""
        self._bar.clear()
        known = [self._outcomes[number] for number in sorted(self._outcomes)]
        count = {each: sum(outcome.status == each for outcome in known) for each in ("done", "skipped", "failed")}
        for outcome in known:
            if outcome.failure is not None:
                self._say(f"{outcome.order.path}: {outcome.failure.text}", sys.stderr)
        took = monotonic() - self._begun
        if self._json:
            print_line(event="summary", **count, of=len(self._orders), stopped=stopped, took=took)
        elif not self._quiet:
            text = f"{count['done']} of {len(self._orders)} files separated, {count['failed']} failed"
            text += f", {count['skipped']} were done already" if count["skipped"] else ""
            print(f"{text}; {took:.1f} s" + ("; --skip-done goes on from here" if stopped else ""))
        if not count["failed"]:
            return DONE
        return PARTLY if count["done"] + count["skipped"] else REFUSED

    def _say(self, text: str, stream: TextIO) -> None:
        self._bar.clear()
        # Names of files may hold what would break the line.
        print(one_line(text), file=stream)


def print_outcome(outcome: Outcome) -> None:
    """Print the line of a file for programs."""
    order, done, failure = outcome.order, outcome.separated, outcome.failure
    print_line(
        event="file",
        input=order.path,
        out=order.out,
        status=outcome.status,
        **(asdict(done) if done is not None else {}),
        remarks=outcome.told,
        took=outcome.took,
        **({"error": error_of(failure)} if failure is not None else {}),
    )


def cost_of(done: Separated) -> str:
    """The cost of the fit in words; nothing where the method has none."""
    return f" (cost {done.cost:.6g})" if done.cost is not None else ""
