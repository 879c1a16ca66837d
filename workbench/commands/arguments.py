"""What options take: folders, whole numbers, sizes of memory; and options that come from the fields of a dataclass."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, TypeVar

from workbench.separation.settings import RANGES

T = TypeVar("T")


def folder(text: str) -> Path:
    """Parser of the name of a folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is no whole number from {low} to {high}")
        return value

    return parse


def within(name: str) -> Callable[[str], int]:
    """Parser of a setting that is a whole number, in its range."""
    low, high = RANGES[name]
    return whole(int(low), int(high))


def range_of(name: str) -> str:
    """The range of such a setting, in words."""
    low, high = RANGES[name]
    return f"{int(low)} to {int(high)}"


def memory(text: str) -> int:
    """Parser of an amount of memory, as 800MB, 2.5 GB or 1GiB; in bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*(?:([KMGT])(I?))?B?", text.strip().upper())
    if found is None or not float(found[1]):
        raise argparse.ArgumentTypeError(f"{text} is no amount of memory; write it as 800MB or 4GB")
    return int(float(found[1]) * (1024 if found[3] else 1000) ** " KMGT".index(found[2] or " "))


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every command has."""
    told = parser.add_argument_group("what is told")
    told.add_argument("--quiet", action="store_true", help="print nothing but what is wrong")
    told.add_argument(
        "--json", action="store_true", help="print lines of JSON for programs (the manual has the fields)"
    )


def add_fields(parser: Any, kind: type) -> None:
    """Options for the fields of a dataclass: switches for those that are yes or no, else what takes a value.

    The metadata of a field may have `help`, the words; `flag`, its name on the command line; `choices`, what there is
    to choose from; and `type`, what reads it, where that is not the type of its default. A switch that is on by itself
    gets an option that turns it off.
    """
    for each in fields(kind):
        told, default = each.metadata, each.default
        if isinstance(default, bool):
            how: dict[str, Any] = {"action": "store_const", "const": not default, "help": told["help"]}
        else:
            how = {
                "type": told.get("type", type(default)),
                "choices": told.get("choices"),
                "metavar": each.name.upper(),
            }
            how["help"] = told["help"] + ("" if default is None else f" (default {default})")
        parser.add_argument(_flag(each), dest=each.name, default=default, **how)


def fields_from(options: argparse.Namespace, kind: type[T]) -> T:
    """The dataclass that these options ask for."""
    return kind(**{each.name: getattr(options, each.name) for each in fields(kind)})  # type: ignore[arg-type]


def _flag(each: Field[Any]) -> str:
    return str(each.metadata.get("flag", "--" + each.name.replace("_", "-")))
