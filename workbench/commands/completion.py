"""``workbench completion``: a script that completes commands and options in a shell, made from the parsers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import shtab

from workbench.commands.arguments import folder
from workbench.commands.guarding import DONE
from workbench.commands.lines import print_line
from workbench.commands.page import Page
from workbench.separation.presets import PRESETS

SHELLS = ("bash", "zsh", "fish")
PAGE = Page(
    "completion",
    "print what completes commands and options in a shell",
    "Print a script by which the shell completes the commands of this program, their options, what these take, and "
    "the names of files. It knows what the installed version knows: print it again after an update.",
    (
        ("In bash, for this session", 'eval "$(workbench completion bash)"'),
        (
            "In bash, for good",
            "mkdir -p ~/.local/share/bash-completion/completions && "
            "workbench completion bash >~/.local/share/bash-completion/completions/workbench",
        ),
        (
            "In zsh, for good, where ~/.zfunc is in fpath before compinit",
            "mkdir -p ~/.zfunc && workbench completion zsh >~/.zfunc/_workbench",
        ),
        (
            "In fish, for good",
            "mkdir -p ~/.config/fish/completions && "
            "workbench completion fish >~/.config/fish/completions/workbench.fish",
        ),
    ),
)


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    parser.add_argument("--json", action="store_true", help="print the script within a line of JSON, for programs")


FILES = {
    "bash": ("complete -o bashdefault -F", "complete -o bashdefault -o default -F"),
    "zsh": (
        "': :_shtab_workbench_commands'",
        '\': : _alternative "commands:command:_shtab_workbench_commands" "files:file:_files"\'',
    ),
    "fish": ("", "\ncomplete -c workbench -n 'test (count (commandline -opc)) -eq 1' -F\n"),
}
"""What in a script of shtab is put for what, so that names of files are offered beside the commands; '' is its end."""


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script for a parser with all commands as its subparsers."""
    _mark(parser)
    text, (there, wanted) = shtab.complete(parser, shell), FILES[shell]
    return text.replace(there, wanted) if there else text + wanted


def _mark(parser: argparse.ArgumentParser) -> None:
    """Tell of every option what shtab can't see from its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for told in action._choices_actions:
                # In a list of commands there is room for a line each.
                action.choices[told.dest].description = told.help
                _mark(action.choices[told.dest])
        elif action.dest == "preset":
            action.choices = list(PRESETS)
        elif action.type in (Path, folder):
            action.complete = shtab.DIRECTORY if action.type is folder else shtab.FILE  # type: ignore[attr-defined]


def runner(parser: Callable[[], argparse.ArgumentParser]) -> Callable[[argparse.Namespace], int]:
    """What runs the command, for the parser of all commands."""

    def run(options: argparse.Namespace) -> int:
        text = script(parser(), options.shell)
        if options.json:
            print_line(event="completion", status="done", shell=options.shell, script=text)
        else:
            print(text)
        return DONE

    return run
