"""All commands: their names, parsers and what runs them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench import __version__
from workbench.commands import completion, info, render, separate
from workbench.commands.page import Layout, Page, filled_in, parser_of

TEXT = (
    "A spectrogram workbench for source separation by nonnegative matrix factorisation. Without a command the window "
    "opens, on a recording or a project, or on what was open lately. A file that has the name of a command is "
    "opened by its path, as ./info."
)


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes
    ----------
    page : Page
        Its help.
    fill : callable
        Adds its options to a parser.
    run : callable
        Does it, and returns the exit status.
    """

    page: Page
    fill: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]

    def __call__(self, arguments: Sequence[str]) -> int:
        """Do what a command line says."""
        parser = parser_of(self.page)
        self.fill(parser)
        return self.run(parser.parse_args(arguments))


def whole_parser() -> argparse.ArgumentParser:
    """A parser of everything: of its help, and for what completes command lines."""
    parser = argparse.ArgumentParser(prog="workbench", description=TEXT, formatter_class=Layout)
    parser.usage = "%(prog)s [-h] [--version] [FILE]\n       %(prog)s COMMAND ..."
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    parser.epilog = MAIN.foot
    commands = parser.add_subparsers(
        title="commands",
        metavar="COMMAND [...]",
        description="Each explains itself: workbench COMMAND --help. None of them needs a display.",
    )
    for name, each in COMMANDS.items():
        inner = commands.add_parser(name, help=each.page.line, formatter_class=Layout)
        each.fill(filled_in(inner, each.page))
    return parser


MAIN = Page(
    "",
    "",
    TEXT,
    (
        ("Take a recording apart, without a window", "workbench separate song.wav --out parts"),
        ("What a file is", "workbench info song.wav"),
        ("Complete commands and options in bash", 'eval "$(workbench completion bash)"'),
    ),
    environment=(
        ("DISPLAY", "Where the window opens (X11; WAYLAND_DISPLAY where it is Wayland)."),
        ("QT_QPA_PLATFORM", "Qt's way to open it, where it is not to choose by itself."),
    ),
)
COMMANDS = {
    each.page.name: each
    for each in (
        Command(separate.PAGE, separate.fill, separate.run),
        Command(render.PAGE, render.fill, render.run),
        Command(info.PAGE, info.fill, info.run),
        Command(completion.PAGE, completion.fill, completion.runner(whole_parser)),
    )
}
"""By their names, in the order of the help."""
