"""``workbench info``: what a sound file or a project is."""

from __future__ import annotations

import argparse
import math
import sys
from functools import partial
from pathlib import Path
from typing import Any

from workbench.commands.arguments import add_common
from workbench.commands.facts import is_project, project_facts, sound_facts
from workbench.commands.guarding import DONE, PARTLY, REFUSED, guarded, unsaid
from workbench.commands.lines import failed_line, print_line
from workbench.commands.page import Page
from workbench.wording import one_line

PAGE = Page(
    "info",
    "tell what sound files and projects are",
    "Tell what a sound file is: its format, rate, channels, length, peak and tags, and what is wrong with it; for that "
    "it is decoded whole. Or what a project holds: its recording and where that is found, window and hop, stacks with "
    "their layers, groups, marks and edits, factorisations, and the length of its history.",
    (
        ("A sound file", "workbench info song.wav"),
        ("A project, for a program", "workbench info song.workbench --json"),
        ("Which of many files are damaged", "workbench info song.wav loop.wav talk.wav --quiet"),
    ),
    statuses=(0, 1, 2, 70, 130),
)


def fill(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="sound file or project")
    add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Do it; returns the exit status."""
    statuses = []
    for path in options.files:
        failed = failed_line(event="info", file=path) if options.json else unsaid
        status = guarded(partial(_tell, path, options), failed)
        if status not in (DONE, REFUSED):
            return status
        statuses.append(status)
    if not any(statuses):
        return DONE
    return REFUSED if all(statuses) else PARTLY


def _tell(path: Path, options: argparse.Namespace) -> int:
    facts = project_facts(path) if is_project(path) else sound_facts(path)
    if options.json:
        print_line(event="info", file=path, status="done", **facts)
    elif not options.quiet:
        print(f"{one_line(path)}:")
        _print(facts, "  ")
    if options.quiet or options.json:
        for remark in facts["remarks"]:
            print(remark, file=sys.stderr)
    return DONE


def _print(facts: dict[str, Any], indent: str) -> None:
    """Facts as lines; those within others further in, and what there is nothing to say of left out."""
    wide = max(len(_said(name)) for name in facts) + 1
    for name, value in facts.items():
        title = f"{indent}{_said(name) + ':':<{wide}} "
        if isinstance(value, dict) and value:
            print(title.rstrip())
            _print(value, indent + "  ")
        elif isinstance(value, list) and value and (name == "remarks" or isinstance(value[0], dict)):
            print(title.rstrip())
            for each in value:
                print(f"{indent}  {_row(each) if isinstance(each, dict) else each}")
        elif value not in (None, "", [], {}, ()):
            print(title + _text(value))


def _row(facts: dict[str, Any]) -> str:
    """What is one of many, on one line: its name, and what else is not as usual."""
    rest = [f"{_said(name)} {_text(each)}" for name, each in facts.items() if name != "name" and each not in _USUAL]
    return str(facts["name"]) + (f"  ({', '.join(rest)})" if rest else "")


_USUAL: tuple[object, ...] = (None, "", False, 0, [], ())


def _said(name: str) -> str:
    return name.replace("_", " ")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "-∞" if value == -math.inf else f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    # Tags may have several lines.
    return one_line(str(value))
