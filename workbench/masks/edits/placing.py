"""Where an area was moved, resized and turned to, as the eye sees it: always made from the area that it was."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area, Bytes, made_in_chunks
from workbench.masks.edits.brush import Ruler
from workbench.masks.model.grid import Region

Doubles = NDArray[np.float64]
BLOCK = 256
"""Frames of a turned area that are found at once."""
TINY = 1e-9
"""Of a frame or a bin: less than rounding makes."""


def shift(x: float, y: float) -> Doubles:
    """The matrix that moves."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def stretch(x: float, y: float, around: tuple[float, float]) -> Doubles:
    """The matrix that makes so many times as wide and high around a point."""
    return np.array([[x, 0.0, around[0] * (1 - x)], [0.0, y, around[1] * (1 - y)], [0.0, 0.0, 1.0]])


def turn(angle: float, around: tuple[float, float]) -> Doubles:
    """The matrix that turns by an angle, from the first axis to the second."""
    c, s = np.cos(angle), np.sin(angle)
    turned = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(shift(*around) @ turned @ shift(-around[0], -around[1]), np.float64)


def inverse(matrix: Doubles) -> Doubles:
    """The matrix of the way back."""
    return np.asarray(np.linalg.inv(matrix), np.float64)


def mapped(matrix: Doubles, points: Doubles) -> Doubles:
    """Where a matrix takes points, shape (n, 2)."""
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2], np.float64)


@dataclass(frozen=True, eq=False)
class Placing:
    """An area, and where it was taken.

    However often it is taken elsewhere, bins are looked up in the area that it was: nothing is lost on the way, and
    who takes it back has it as it was.

    Parameters
    ----------
    area : Area
        As it was.
    ruler : Ruler
        Of the plane of the eye, with a pixel for each frame and each axis position.
    matrix : float64, shape (3, 3)
        From where a point (frame, axis position, 1) was to where it is.
    """

    area: Area
    ruler: Ruler
    matrix: Doubles = field(default_factory=lambda: np.eye(3))

    @property
    def box(self) -> Doubles:
        """Left, bottom, right, top of the area as it was, as frames and axis positions."""
        b = self.area.bounds
        bottom, top = self.ruler.y([b.low - 0.5, b.high - 0.5]).tolist()
        return np.array([b.start - 0.5, bottom, b.stop - 0.5, top])

    @property
    def region(self) -> Region:
        """The bins and frames around what it covers now."""
        left, bottom, right, top = self.box
        corners = mapped(self.matrix, np.array([(left, bottom), (right, bottom), (right, top), (left, top)]))
        (start, low), (stop, high) = corners.min(axis=0), corners.max(axis=0)
        foot, head = self.ruler.y([0, self.area.bins]).tolist()
        bottom, top = (self.ruler.hz(np.clip([low, high], foot, head)) / self.ruler.hz_per_bin).tolist()
        if low <= foot + TINY:
            # All that is below the foot of the axis is drawn there.
            bottom = 0.0
        region = Region(int(bottom) - 1, int(top) + 2, int(np.floor(start)) - 1, int(np.ceil(stop)) + 2)
        return region.clipped(self.area.bins, self.area.frames)

    def moved(self, frames: float, positions: float) -> Placing:
        """Taken so much further."""
        return self.then(shift(frames, positions))

    def then(self, matrix: Doubles) -> Placing:
        """Taken further by another matrix."""
        return Placing(self.area, self.ruler, matrix @ self.matrix)

    def made(self) -> Area:
        """The area where it is now; each bin is as covered as that nearest to where it comes from."""
        if np.allclose(self.matrix, np.eye(3), rtol=0, atol=TINY):
            return self.area
        back = inverse(self.matrix)
        if np.allclose(back[[0, 1], [1, 0]], 0, rtol=0, atol=TINY) and back[0, 0] > 0 and back[1, 1] > 0:
            return made_in_chunks(self.area.bins, self.area.frames, self.region, lambda part: self._upright(back, part))
        return made_in_chunks(self.area.bins, self.area.frames, self.region, lambda part: self._turned(back, part))

    def _upright(self, back: Doubles, part: Region) -> Bytes:
        """Coverage where rows come from rows and columns from columns."""
        bins, frames = np.arange(part.low, part.high), np.arange(part.start, part.stop)
        x = back[0, 0] * frames + back[0, 2]
        columns, timely = self._frames(x), self._within(x, 0)
        if abs(back[1, 1] - 1) < TINY and abs(back[1, 2]) < TINY:
            # Only in time: the rows as they are, also those that the axis shows in one place.
            rows, there = bins, np.ones(len(bins), bool)
        else:
            y = back[1, 1] * self.ruler.y(bins) + back[1, 2]
            rows, there = self._bins(y), self._within(y, 1)
        out = np.zeros((len(bins), len(frames)), np.uint8)
        out[np.ix_(there, timely)] = self.area.read(rows[there], columns[timely])
        return out

    def _turned(self, back: Doubles, part: Region) -> Bytes:
        """Coverage where each bin comes from a row and a column of its own."""
        y = self.ruler.y(np.arange(part.low, part.high))[:, None]
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        for start in range(part.start, part.stop, BLOCK):
            frames = np.arange(start, min(start + BLOCK, part.stop))
            came_x = back[0, 0] * frames + back[0, 1] * y + back[0, 2]
            came_y = back[1, 0] * frames + back[1, 1] * y + back[1, 2]
            inside = self._within(came_x, 0) & self._within(came_y, 1)
            # A view, so that what is put into it is put into the whole.
            piece = out[:, start - part.start : start - part.start + len(frames)]
            piece[inside] = self.area.sampled(self._bins(came_y[inside]), self._frames(came_x[inside]))
        return out

    def _within(self, places: Doubles, axis: int) -> NDArray[np.bool_]:
        """Which places lie within the area's box along an axis."""
        low, high = self.box[axis], self.box[axis + 2]
        return np.asarray((places >= low - TINY) & (places < high - TINY))

    def _frames(self, x: Doubles) -> NDArray[np.intp]:
        return np.clip(_nearest(x), self.area.bounds.start, self.area.bounds.stop - 1)

    def _bins(self, y: Doubles) -> NDArray[np.intp]:
        bins = _nearest(self.ruler.hz(y) / self.ruler.hz_per_bin)
        return np.clip(bins, self.area.bounds.low, self.area.bounds.high - 1)


def _nearest(places: Doubles) -> NDArray[np.intp]:
    """The frame or bin that a place belongs to; what lies between two belongs to the later."""
    return np.floor(places + 0.5 + TINY).astype(np.intp)
