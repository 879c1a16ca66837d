"""``workbench separate``: sound files become layers, a picture and factors."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from time import monotonic

from workbench.audio.export import folder_for
from workbench.commands.arguments import add_common, folder, memory, range_of, whole, within
from workbench.commands.bar import Bar
from workbench.commands.batch import work_through
from workbench.commands.estimate import bytes_for, processors
from workbench.commands.guarding import DONE, STOPPED, Failure, guarded
from workbench.commands.inputs import files_of
from workbench.commands.lines import failed_line
from workbench.commands.page import Page
from workbench.commands.report import Report, cost_of, print_outcome
from workbench.commands.separating import Asked, Separated, is_done, separated
from workbench.commands.workers import Order, Outcome
from workbench.errors import UserError
from workbench.progress import Progress
from workbench.separation.memory import free_bytes
from workbench.separation.presets import PRESETS
from workbench.separation.reading import SETTINGS, form, usual
from workbench.separation.settings import METHODS, Divergence

PAGE = Page(
    "separate",
    "take recordings apart into layers",
    "Separate sound files by nonnegative matrix factorisation, or by one of the other methods of the window, and write "
    "one 32-bit float WAV a layer (their sum is the recording), a picture of the spectrogram with its masks, and the "
    "factors.\n\n"
    "One file is written to the folder of --out itself. Several files, and those of a folder, are separated side by "
    "side in processes of their own and get a folder each within it, named after the file; files of one name are told "
    "apart by their endings, or by numbers. A file that can't be separated stops no other. What is in the folder of "
    "--out is never taken for input.\n\n"
    "The same seed gives the same files, bit for bit, for any number of processes and threads. The files of one "
    "recording appear all at once when they are done; files that an earlier command wrote give way to them, and "
    "nothing else in the folder is ever replaced.",
    (
        ("One file, with what suits most sounds", "workbench separate song.wav --out song"),
        (
            "A drum loop; another seed, other settings",
            'workbench separate loop.wav --preset "Drum loop" --seed 1 --set length=6 --out loop',
        ),
        (
            "Learn hiss from the first half second, and get it out",
            "workbench separate talk.wav --preset speech --set selection=0-0.5 --out talk",
        ),
        (
            "All of a folder and of those within it, going on where it was stopped",
            "workbench separate songs --recursive --skip-done --out parts",
        ),
        (
            "Two files, two processes, at most 4 GB, for a program",
            "workbench separate song.wav loop.wav --jobs 2 --memory 4GB --json --out parts",
        ),
    ),
    (
        ("NN NAME.wav", "one a layer, in 32-bit float, with the names that the window gives"),
        ("masks.png", "the spectrogram in the colours of the layers, and every mask"),
        ("factors.npz", "W and H (or the masks of HPSS), costs, settings; for numpy.load"),
        (".workbench-files.json", "which of these files the next command may replace"),
    ),
    (0, 1, 2, 70, 130),
    "settings for --set, each with its range or choices (and what it is in the preset General):\n"
    + "\n".join(f"  {name:<22}{form(name)}{usual(name)}" for name in SETTINGS),
)


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    presets = ", ".join(each.name for each in PRESETS.values())
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="sound file, or folder of sound files")
    parser.add_argument(
        "--out", type=folder, required=True, metavar="DIR", help="folder for the results; made if it is not there"
    )
    how = parser.add_argument_group("how to separate (default: as the preset says)")
    how.add_argument("--preset", metavar="NAME", help=f"what to begin with: {presets} (default General)")
    how.add_argument(
        "--method", metavar="NAME", choices=[each.value for each in METHODS], help="one of " + ", ".join(METHODS)
    )
    how.add_argument(
        "--components", type=within("components"), metavar="K", help=f"number of components, {range_of('components')}"
    )
    how.add_argument(
        "--divergence",
        metavar="NAME",
        choices=[each.value for each in Divergence],
        help="how misfit counts: " + ", ".join(Divergence),
    )
    how.add_argument("--iterations", type=within("iterations"), metavar="N", help=range_of("iterations"))
    how.add_argument(
        "--seed", type=within("seed"), metavar="N", help=f"same seed, same result; {range_of('seed')} (default 0)"
    )
    how.add_argument(
        "--set",
        dest="written",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any setting of the list below, more than once; the last word on it",
    )
    how.add_argument(
        "--window",
        type=whole(1, 65536),
        metavar="N",
        help="samples a frame, a power of two from 64 to 65536 (default: the preset's, or 2048)",
    )
    how.add_argument(
        "--hop",
        type=whole(1, 65536),
        metavar="N",
        help="samples between frames, from window/32 to window/2 (default window/4)",
    )
    many = parser.add_argument_group("many files")
    many.add_argument(
        "--recursive", action="store_true", help="also the folders within folders, whose structure is kept"
    )
    many.add_argument(
        "--skip-done",
        action="store_true",
        help="pass over files whose results are there already, whole and with the same settings",
    )
    many.add_argument(
        "--jobs", type=whole(1, 1024), metavar="N", help="files at once, at most (default: one a processor)"
    )
    many.add_argument(
        "--memory",
        type=memory,
        metavar="SIZE",
        help="what all files at work may take together, as 800MB or 4GB; one that alone is thought to "
        "take more is worked on alone (default: half of what is free)",
    )
    many.add_argument(
        "--threads",
        type=whole(1, 256),
        metavar="N",
        help="threads a file; no effect on results (default: one a processor, shared among the jobs)",
    )
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Do it; returns the exit status."""
    if len(options.inputs) == 1 and not options.inputs[0].is_dir():
        return _one(options)

    def failed(failure: Failure) -> None:
        # Of what is stopped the report has told already.
        if options.json and failure.status != STOPPED:
            failed_line(event="summary")(failure)

    return guarded(lambda: _many(options), failed)


def _asked(options: argparse.Namespace, threads: int | None) -> Asked:
    given = {each.name: getattr(options, each.name) for each in fields(Asked) if hasattr(options, each.name)}
    return Asked(**{**given, "written": tuple(options.written), "threads": threads})


def _one(options: argparse.Namespace) -> int:
    """One file, into the folder itself, in this process."""
    order = Order(0, options.inputs[0], options.out, _asked(options, options.threads), options.skip_done)
    begun, told, bars = monotonic(), list[str](), list[Bar]()

    def stage(name: str) -> Progress:
        for bar in bars:
            bar.done()
        bars[:] = [Bar(name, options.quiet)]
        return bars[0].show

    def tell(text: str) -> None:
        told.append(text)
        print(text, file=sys.stderr)

    def ended(done: Separated | None, failure: Failure | None) -> None:
        if options.json:
            print_outcome(Outcome(order, done, failure, tuple(told), monotonic() - begun))

    def work() -> int:
        skipped = order.skip_done and is_done(order.path, order.out, order.asked)
        done = None if skipped else separated(order.path, order.out, order.asked, stage, tell)
        for bar in bars:
            bar.done()
        ended(done, None)
        if not options.json and not options.quiet:
            _tell_done(done, options.out)
        return DONE

    return guarded(work, lambda failure: ended(None, failure))


def _tell_done(done: Separated | None, out: Path) -> None:
    if done is None:
        print(f"All is in {out} already")
        return
    for other in done.others:
        print(f"Beside it {other.method} with seed {other.seed} came to a cost of {other.cost:.6g}")
    print(f"Wrote {len(done.layers)} layers, masks.png and factors.npz to {out}{cost_of(done)}")


def _many(options: argparse.Namespace) -> int:
    """Several files, each into a folder of its own, in processes."""
    inputs = files_of(options.inputs, options.recursive, options.out)
    if not inputs:
        raise UserError("headless.no_inputs", folder=options.inputs[0])
    jobs = min(options.jobs or processors(), len(inputs))
    asked = _asked(options, options.threads or max(1, processors() // jobs))
    # What is wrong with the settings is wrong for every file.
    asked.check()
    folder_for(str(options.out.absolute()))
    orders = [Order(i, each.path, options.out / each.place, asked, options.skip_done) for i, each in enumerate(inputs)]
    report = Report(orders, options.quiet, options.json)
    sizes = {order.number: bytes_for(order.path, asked) for order in orders}
    most = options.memory or free_bytes() // 2
    report.warn_of_large(sizes, most)
    try:
        work_through(orders, jobs, sizes, most, report.ended, report.shown)
    except (KeyboardInterrupt, SystemExit):
        report.finish(stopped=True)
        raise
    return report.finish()
