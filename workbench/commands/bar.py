"""A progress bar on stderr."""

from __future__ import annotations

import sys
from time import monotonic


class Bar:
    """A progress bar on stderr; a line at the end only where stderr is no terminal.

    Parameters
    ----------
    name : str
        What is being done.
    quiet : bool
        Nothing is shown.
    """

    WIDTH = 30

    def __init__(self, name: str, quiet: bool) -> None:
        self._name, self._quiet = name, quiet
        self._start = monotonic()
        self._shown, self._length = 0.0, 0
        self._live = sys.stderr.isatty()

    def show(self, share: float, more: str = "") -> None:
        """Share done, 0 … 1, and something more to tell of it; a `Progress`."""
        now = monotonic()
        if self._live and not self._quiet and (now - self._shown > 0.05 or share >= 1):
            self._shown = now
            filled = round(share * self.WIDTH)
            left = (now - self._start) * (1 - share) / share if share > 0 else 0.0
            bar = "#" * filled + "." * (self.WIDTH - filled)
            line = f"{self._name:<12}[{bar}] {100 * share:3.0f} %  {left:4.0f} s left{more}"
            print("\r" + line.ljust(self._length), end="", file=sys.stderr, flush=True)
            self._length = len(line)

    def clear(self) -> None:
        """Make room on the line for something else."""
        if self._length:
            print("\r" + " " * self._length + "\r", end="", file=sys.stderr, flush=True)
            self._length, self._shown = 0, 0.0

    def done(self) -> None:
        """The end of the bar."""
        if not self._quiet:
            took = monotonic() - self._start
            start = "\r" if self._live else ""
            line = f"{self._name:<12}[{'#' * self.WIDTH}] 100 %  {took:4.1f} s"
            print(start + line.ljust(max(self._length, len(line) + 7)), file=sys.stderr)
