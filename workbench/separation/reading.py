"""Settings as they are written on a command line: presets by their names, NAME=VALUE for every parameter."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any

from workbench.errors import UserError
from workbench.separation.presets import PRESETS, Preset
from workbench.separation.settings import METHODS, RANGES, RunSettings, frames_selected
from workbench.spectral.stft import Analysis

SETTINGS = tuple(each.name for each in fields(RunSettings))
"""The names of all parameters."""
SWITCH = {"yes": True, "no": False}


def preset_called(name: str) -> Preset:
    """The preset of a key or of the English name that the window shows, in small or capital letters.

    Raises
    ------
    UserError
        If there is none.
    """
    for key, found in PRESETS.items():
        if name.strip().casefold() in (key, found.name.casefold()):
            return found
    raise UserError("separation.no_preset", name=name, names=", ".join(each.name for each in PRESETS.values()))


def name_and_value(text: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE.

    Raises
    ------
    UserError
        If there is no such sign, or no parameter of this name.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise UserError("separation.setting_form", text=text)
    if name.strip() not in SETTINGS:
        raise UserError("separation.no_setting", name=name.strip(), names=", ".join(SETTINGS))
    return name.strip(), value.strip()


def with_value(settings: RunSettings, name: str, text: str, analysis: Analysis, rate: int) -> RunSettings:
    """Settings with one parameter as it is written.

    Parameters
    ----------
    name : str
        One of SETTINGS.
    text : str
        Its value: see `form`. A selection is in seconds, from and to.
    analysis, rate : Analysis, int
        Of the recording, for the frames of a selection.

    Raises
    ------
    UserError
        If the value is none, or out of its range.
    """
    try:
        return replace(settings, **{name: _value(name, text, analysis, rate)})
    except (ValueError, KeyError) as error:
        raise UserError("separation.setting_value", name=name, text=text, form=form(name)) from error


def form(name: str) -> str:
    """How a parameter is written, in a few signs: what there is to choose from, or its range."""
    default = getattr(RunSettings(), name)
    if name == "selection":
        return "FROM-TO"
    if name in ("method", "compare"):
        return " | ".join(method for method in METHODS if name == "method" or "compare" in METHODS[method].uses)
    if isinstance(default, StrEnum):
        return " | ".join(type(default))
    if isinstance(default, bool):
        return " | ".join(SWITCH)
    return "{} … {}".format(*map(type(default), RANGES[name])) if name in RANGES else "TEXT"


def usual(name: str) -> str:
    """What a parameter is where nobody says anything, in brackets; nothing where it is not set then."""
    value = getattr(RunSettings(), name)
    if value is None or value == "":
        return ""
    return (
        f" ({next(word for word, switch in SWITCH.items() if switch is value) if isinstance(value, bool) else value})"
    )


def _value(name: str, text: str, analysis: Analysis, rate: int) -> Any:
    """The value of a parameter; ValueError or KeyError where the text is none."""
    default = getattr(RunSettings(), name)
    if name == "selection":
        seconds = re.fullmatch(r"([\d.]+)\s*-\s*([\d.]+)", text)
        if seconds is None or float(seconds[1]) >= float(seconds[2]):
            raise ValueError
        return frames_selected(analysis, float(seconds[1]), float(seconds[2]), rate)
    if name in ("method", "compare") or isinstance(default, StrEnum):
        if text not in form(name).split(" | "):
            raise ValueError
        return text
    if isinstance(default, bool):
        return SWITCH[text]
    if isinstance(default, str):
        return text
    value = type(default)(text)
    low, high = RANGES[name]
    if not low <= value <= high:
        raise ValueError
    return value
