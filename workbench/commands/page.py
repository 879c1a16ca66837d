"""The help of a command: what a page of a manual says, wrapped to the width of the terminal."""

from __future__ import annotations

import argparse
import re
import shutil
import textwrap
from dataclasses import dataclass

MOST_COLUMNS = 100
"""Longer lines are hard to read."""
NAMES = 26
"""Columns that the names of options may take."""
STATUSES = {
    0: "Everything was done.",
    1: "Of several files some failed; the others are done.",
    2: "Nothing was done: the input can't be used, or an option is wrong.",
    70: "A defect of the program; the path of a report is printed.",
    130: "Stopped by Ctrl+C (143: by SIGTERM, 129: as the terminal closed); nothing is left half written.",
}
"""What the exit statuses mean."""
ENVIRONMENT = {
    "COLUMNS": "Width of this help, where it is not that of the terminal.",
    "TMPDIR": "Folder for reports of defects, and for what finds no room in memory.",
}
"""Variables that count for every command."""


@dataclass(frozen=True)
class Page:
    """What is told of a command beside its options.

    Attributes
    ----------
    name : str
        Of the command.
    line : str
        What it does, in one line.
    text : str
        What it does, in paragraphs.
    files : tuple of (str, str)
        What it writes, and what that is.
    examples : tuple of (str, str)
        What somebody wants, and the line of the shell that does it.
    statuses : tuple of int
        Exit statuses that it may have, of `STATUSES`.
    more : str
        Sections of its own, as they are.
    environment : tuple of (str, str)
        Variables that count for it alone.
    """

    name: str
    line: str
    text: str
    examples: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    statuses: tuple[int, ...] = (0, 2, 70, 130)
    more: str = ""
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def foot(self) -> str:
        """What stands below the options."""
        sections = [_listed("files written", self.files), self.more]
        sections.append(_listed("exit status", [(str(each), STATUSES[each]) for each in self.statuses]))
        sections.append(_listed("environment", [*self.environment, *ENVIRONMENT.items()]))
        examples = "\n".join(f"  # {what}\n  {line}" for what, line in self.examples)
        return "\n\n".join(each for each in (*sections, f"examples:\n{examples}") if each)


class Layout(argparse.HelpFormatter):
    """Paragraphs are wrapped; indented lines stay as they are, but for what follows two spaces or more in a list."""

    def __init__(self, prog: str) -> None:
        columns = min(shutil.get_terminal_size().columns, MOST_COLUMNS)
        super().__init__(prog, max_help_position=NAMES, width=max(columns, 40) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(_wrapped(line, width) for line in text.splitlines())


def parser_of(page: Page) -> argparse.ArgumentParser:
    """A parser with the help of a page; the options are yet to be added."""
    return filled_in(argparse.ArgumentParser(prog=f"workbench {page.name}", formatter_class=Layout), page)


def filled_in(parser: argparse.ArgumentParser, page: Page) -> argparse.ArgumentParser:
    """The same parser with the texts of a page."""
    parser.description, parser.epilog = page.text.replace("%", "%%"), page.foot.replace("%", "%%")
    return parser


def _listed(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    if not rows:
        return ""
    wide = max(len(name) for name, _ in rows)
    return f"{title}:\n" + "\n".join(f"  {name:<{wide}}  {what}" for name, what in rows)


def _wrapped(line: str, width: int) -> str:
    """A line within a width; what belongs to a name in a list stays in its column."""
    row = re.match(r"  (?!#|workbench )\S.*?\s{2,}(?=\S)", line)
    if line.startswith("  # "):
        return textwrap.fill(line, width, subsequent_indent="  # ")
    if line.startswith("  ") and row is None:
        # What is to be typed must not be broken.
        return line
    return textwrap.fill(
        line, width, subsequent_indent=" " * (row.end() if row else 0), break_long_words=False, break_on_hyphens=False
    )
