"""Command line: open the window, or run a command that needs none. The commands never import Qt."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from workbench import __version__
from workbench.console import printing


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of the `workbench` console script; returns the exit status."""
    with printing():
        try:
            return _run(list(sys.argv[1:] if arguments is None else arguments))
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            return 130


def _run(given: Sequence[str]) -> int:
    from workbench.commands.catalogue import COMMANDS, whole_parser

    if given and given[0] in COMMANDS:
        return COMMANDS[given[0]](given[1:])
    near = get_close_matches(given[0], COMMANDS, 1) if len(given) > 1 else []
    if near and not Path(given[0]).exists():
        print(f"There is no command {given[0]}; {near[0]} is meant, perhaps.", file=sys.stderr)
        return 2
    whole = whole_parser()
    parser = argparse.ArgumentParser(prog="workbench", usage=whole.usage, add_help=False)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_args(given)
    if options.help:
        whole.print_help()
        return 0
    if not _has_display():
        print(
            "There is no display to open a window on; work headless instead: workbench separate IN --out DIR",
            file=sys.stderr,
        )
        return 2
    try:
        from workbench.app import run
    except ImportError as error:
        print(
            f"The window can't be opened: {error}. On Debian or Ubuntu ./run installs what it needs.", file=sys.stderr
        )
        return 2
    return run(options.file)


def _has_display() -> bool:
    """Whether a window can be opened: always on macOS and Windows, elsewhere with a display server."""
    if sys.platform in ("darwin", "win32") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
