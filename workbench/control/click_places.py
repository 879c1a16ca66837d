"""What a click of the Point tool marks: the partial or the attack under it."""

from __future__ import annotations

import numpy as np

from workbench.control.plane import Plane
from workbench.document.document import Document
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import rectangle
from workbench.masks.insight.onsets import begins, is_onset
from workbench.masks.insight.ridges import snapped
from workbench.masks.model.grid import Region
from workbench.spectral.level import level_db

CLICK_BINS, CLICK_SECONDS = 8, 0.186
"""What a click marks around the partial that it snaps to."""
PARTIAL_DB = 12.0
"""What stands out of the bins around it by so much is a partial, also where it begins."""
ATTACK_BINS = 48
"""What it marks of an attack instead, for a shorter time."""
REACH = 5
"""Pixels within which a click finds what the hand means."""


class ClickPlaces:
    """Finds places in the open recording."""

    def __init__(self, document: Document, plane: Plane) -> None:
        self._document, self._plane = document, plane

    def of_click(self, second: float, position: float) -> Area:
        """What a click at a place marks: the partial or the attack under it."""
        plane, document = self._plane, self._document
        recording = document.recording
        assert recording is not None
        stack = document.stack
        row, column = plane.bin_at(position), plane.frame_at(second)
        frames = max(4, round(float(document.state.analysis.frame_place(CLICK_SECONDS, recording.rate))))
        near = plane.region_near(plane.point_of((second, position)), REACH)
        # The time that the hand means is the one that it shows: only the frequency snaps.
        near = Region(min(near.low, row - 1), max(near.high, row + 2), column, column + 1)
        found = snapped(document.levels.levels[0], row, column, near)
        if found is not None:
            row, column = found
        bins = CLICK_BINS
        if self._is_attack(row, column):
            bins, frames = ATTACK_BINS, max(3, frames * CLICK_BINS // ATTACK_BINS * 2)
        low, start = row - bins // 2, column - frames // 2
        region = Region(low, low + bins, start, start + frames)
        return rectangle(region, stack.bins, stack.frames)

    def silent(self, place: Area) -> bool:
        """Whether the recording has nothing at a place."""
        b = place.bounds
        return not self._document.levels.levels[0][b.start : b.stop, b.low : b.high].any()

    def _is_attack(self, row: int, column: int) -> bool:
        """Whether what is in a bin and frame begins there and goes over frequency, and no partial stands out of it."""
        levels, analysis = self._document.levels.levels[0], self._document.state.analysis
        around = level_db(levels[column, max(0, row - ATTACK_BINS) : row + ATTACK_BINS])
        stands_out = float(level_db(levels[column, row]) - np.median(around))
        if stands_out >= PARTIAL_DB:
            return False
        return begins(levels, row, column, analysis) and is_onset(levels, row, column, analysis)
