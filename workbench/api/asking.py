"""What a caller asks for becomes what the core rooms take: settings, and places in seconds and hertz."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane, rectangle
from workbench.masks.model.grid import Region
from workbench.separation.presets import PRESETS
from workbench.separation.reading import SETTINGS, preset_called, with_value
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

Span = tuple[float | None, float | None]
"""From and to; None for the beginning and the end of what there is."""


def settings_from(given: Mapping[str, object], preset: str | None, analysis: Analysis, rate: int) -> RunSettings:
    """The settings of a preset (General for None), with some of them changed.

    Parameters
    ----------
    given : mapping
        By the names and in the units of the command line's ``--set``; `selection` is (from, to) in seconds.

    Raises
    ------
    UserError
        If there is no such preset or setting, or a value is none of it or out of its range.
    """
    settings = (preset_called(preset) if preset else PRESETS["general"]).settings
    for name, value in given.items():
        if name not in SETTINGS:
            raise UserError("separation.no_setting", name=name, names=", ".join(SETTINGS))
        if value is None:
            # As nothing said.
            continue
        settings = with_value(settings, name, _text(value), analysis, rate)
    return settings


def _text(value: object) -> str:
    """A value as it is written on a command line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return f"{float(value[0]):.9f}-{float(value[1]):.9f}"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        # A whole number may come as a float, as from an array.
        return str(int(value))
    return str(value)


def region_of(seconds: Span | None, hz: Span | None, analysis: Analysis, frames: int, rate: int) -> Region:
    """The bins and frames of a span of seconds and a span of hertz, one of each at least; all for None.

    Raises
    ------
    UserError
        `api.span`: a span is none, or none of it is of the recording.
    """
    start, stop = _span(seconds, "seconds", frames, lambda at: analysis.frame_at(at, rate))
    low, high = _span(hz, "hz", analysis.bins, lambda at: analysis.bin_at(at, rate))
    return Region(low, high, start, stop)


def area_of(
    where: ArrayLike | None, seconds: Span | None, hz: Span | None, analysis: Analysis, frames: int, rate: int
) -> Area | None:
    """The area of a span of seconds and hertz, and within it of an array of how much is covered; None for everything.

    Parameters
    ----------
    where : array_like, shape (F', N') of the spans, optional
        0 (not) … 1 (wholly), or bool. It is kept in steps of 1/255.

    Raises
    ------
    UserError
        As `region_of`; `api.shape`: the array has another shape.
    """
    if where is None and seconds is None and hz is None:
        return None
    region = region_of(seconds, hz, analysis, frames, rate)
    if where is None:
        return rectangle(region, analysis.bins, frames)
    cover = values_of(where, region)
    return of_plane(np.rint(cover * np.float32(255)).astype(np.uint8), region, analysis.bins, frames)


def values_of(array: ArrayLike, region: Region) -> NDArray[np.float32]:
    """An array of values from 0 to 1 over a region; the same memory, where it is float32.

    Raises
    ------
    UserError
        `api.shape`: it has another shape. `api.values`: a value is outside.
    """
    values = np.asarray(array, np.float32)
    wanted = (region.high - region.low, region.stop - region.start)
    if values.shape != wanted:
        raise UserError("api.shape", shape=values.shape, wanted=wanted)
    # What is no number is outside too.
    if not (values.min(initial=0.0) >= 0.0 and values.max(initial=0.0) <= 1.0):
        raise UserError("api.values")
    return values


def place_of(seconds: Span | None, hz: Span | None, analysis: Analysis, frames: int, rate: int) -> Area:
    """The area of `region_of`."""
    return rectangle(region_of(seconds, hz, analysis, frames, rate), analysis.bins, frames)


def window_of(window: int | None, hop: int | None) -> Analysis:
    """Window and hop as they are given, else the usual ones."""
    wide = window or Analysis().window
    return Analysis(wide, hop or wide // 4)


def preset_window(preset: str, rate: int) -> Analysis | None:
    """Window and hop of a preset, where it has any."""
    return preset_called(preset).analysis(rate)


def _span(span: Span | None, name: str, count: int, place: Callable[[float], int]) -> tuple[int, int]:
    """First bin or frame of a span, and the one behind the last."""
    begin, end = span if span is not None else (None, None)
    first = 0 if begin is None else place(begin)
    last = count if end is None else max(place(end), first + 1)
    reversed_ = begin is not None and end is not None and not begin <= end
    if reversed_ or first >= count or last <= 0:
        raise UserError("api.span", name=name, span=f"{begin} to {end}")
    return max(first, 0), min(last, count)
