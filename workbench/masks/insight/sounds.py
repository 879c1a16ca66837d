"""The sound at a place: a partial, with its harmonics if they are asked for, or an onset."""

from __future__ import annotations

from workbench.errors import UserError
from workbench.masks.edits.area import Area, nothing
from workbench.masks.insight.harmonics import harmonics
from workbench.masks.insight.onsets import is_onset, onset_at
from workbench.masks.insight.ridges import area_of, follow, snapped
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.stft import Analysis

LASTING = 2
"""Windows that a partial lasts; what is shorter is taken for one only where nothing begins there."""


def sound_at(
    stack: Stack,
    place: tuple[int, int],
    near: Region,
    fall: float,
    with_harmonics: bool,
    analysis: Analysis,
    rate: float,
    progress: Progress = silent,
) -> Area:
    """The partial or the onset that a hand near a place means, to its ends.

    Parameters
    ----------
    place : (int, int)
        Bin and frame.
    near : Region
        How far the hand may be off.
    fall : float
        By how many dB it may fall below its loudest frame.
    with_harmonics : bool
        Of a partial, all that sound with it as harmonics of one tone.
    analysis, rate
        Those of the recording.

    Returns
    -------
    Area
        Empty where nothing sounds there.

    Raises
    ------
    UserError
        `masks.levels_unknown`: the mix was not measured.
    Cancelled
        If it is stopped.
    """
    levels = stack.levels
    if levels is None:
        raise UserError("masks.levels_unknown")
    row, column = place
    near = near.joined(Region(row - 2, row + 3, column - 1, column + 2))
    peak = snapped(levels, row, column, near)
    if peak is None or not levels[peak[1], peak[0]]:
        return nothing(stack.bins, stack.frames)
    ridge = follow(levels, *peak, fall, analysis, progress=progress)
    if len(ridge.places) < LASTING * analysis.overlap or is_onset(levels, *peak, analysis):
        reach = max(near.stop - column, column - near.start)
        attack = onset_at(levels, row, column, reach, fall, analysis, rate)
        if attack:
            return attack
    ridges = harmonics(levels, ridge, fall, analysis, progress) if with_harmonics else [ridge]
    return area_of(ridges, levels, analysis)
