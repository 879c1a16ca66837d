"""The brush's footprint: how strongly each bin is under a stroke, computed where the hand sees it, on the screen.

A ruler says where bins and frames stood on the screen, so that a stroke can be laid over any bins at any later
time: strokes too wide to be stored bin by bin are kept as their path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.masks.model.grid import Array, Indices, Region
from workbench.spectral.scales import ORIGIN_HZ, FrequencyScale

Doubles = NDArray[np.float64]
Point = tuple[float, float]
SHORTEST = np.float32(1e-6)
"""Pixels: what is shorter is a point."""
LIMIT = 1 << 40
"""Stands for no limit; regions are clipped to the plane."""


class Shape(Enum):
    """What the brush looks like on the screen."""

    ROUND = "round"
    BOX = "box"
    TIME = "time"
    FREQUENCY = "frequency"
    COMB = "comb"


@dataclass(frozen=True)
class Brush:
    """Shape and size.

    Attributes
    ----------
    shape : Shape
        TIME covers all frequencies, FREQUENCY all times, COMB a fundamental and its overtones.
    size : float
        Diameter (or side, or thickness) in pixels; of a comb its extent in time.
    hardness : float
        0 … 1: the share of the radius with full coverage; outside it falls to 0 as half a cosine.
    harmonics : int
        Lines of the comb, the fundamental among them.
    width : float
        Thickness of a comb's line in Hz.
    """

    shape: Shape = Shape.ROUND
    size: float = 40.0
    hardness: float = 0.5
    harmonics: int = 8
    width: float = 60.0


@dataclass(frozen=True)
class Ruler:
    """Where bins and frames are on a screen: x = frame · pixels_per_frame, y = position(Hz) · pixels_per_position.

    y grows with the frequency. Bin b reaches from b − ½ to b + ½, and so does frame n. On a logarithmic scale all below
    `lowest`, in Hz, is at one place.
    """

    scale: FrequencyScale
    hz_per_bin: float
    pixels_per_frame: float
    pixels_per_position: float
    lowest: float = ORIGIN_HZ

    def x(self, frames: ArrayLike) -> Doubles:
        """Pixels of frames (with fractions)."""
        return np.asarray(frames, np.float64) * self.pixels_per_frame

    def y(self, bins: ArrayLike) -> Doubles:
        """Pixels of bins (with fractions)."""
        return self.y_of_hz(np.asarray(bins, np.float64) * self.hz_per_bin)

    def y_of_hz(self, hz: ArrayLike) -> Doubles:
        """Pixels of frequencies."""
        seen = np.maximum(hz, self.lowest) if self.scale is FrequencyScale.LOG else hz
        return np.asarray(self.scale.position(seen) * self.pixels_per_position, np.float64)

    def hz(self, y: ArrayLike) -> Doubles:
        """Frequencies at pixels."""
        return self.scale.frequency(np.asarray(y, np.float64) / self.pixels_per_position)

    def regions(self, left: Doubles, right: Doubles, bottom: Doubles, top: Doubles) -> NDArray[np.int64]:
        """Bins and frames that rectangles of pixels touch: low, high, start, stop of each, shape (n, 4)."""
        # Below the foot of the axis everything is drawn at one place.
        low = np.where(float(self.y(0.5)) >= bottom, 0.0, self.hz(bottom) / self.hz_per_bin)
        ends = low, self.hz(top) / self.hz_per_bin + 1, left / self.pixels_per_frame, right / self.pixels_per_frame + 1
        return np.stack([np.clip(np.floor(end + 0.5), -LIMIT, LIMIT) for end in ends], axis=1).astype(np.int64)

    def rescaled(self, window_ratio: float, hop_ratio: float) -> Ruler:
        """The same places for another analysis: `window_ratio` and `hop_ratio` are new over old."""
        return replace(
            self, hz_per_bin=self.hz_per_bin / window_ratio, pixels_per_frame=self.pixels_per_frame * hop_ratio
        )


def coverage(brush: Brush, ruler: Ruler, rows: Indices, columns: Indices, start: Point, end: Point) -> Array:
    """Coverage of bins by a brush drawn from `start` to `end`.

    A bin is as near as its nearest point, so that a bin larger than the brush is painted when the brush is
    on it, however far its centre.

    Parameters
    ----------
    rows, columns : int
        Frequency bins and frames.
    start, end : (x, y)
        Pixels of the ruler.

    Returns
    -------
    float32, shape (R, C), in [0, 1]
    """
    if brush.shape is Shape.COMB:
        return _comb(brush, ruler, rows, columns, start, end)
    if brush.shape in (Shape.TIME, Shape.FREQUENCY):
        along = along_strip(brush, ruler, rows if brush.shape is Shape.FREQUENCY else columns, start, end)
        return np.array(np.broadcast_to(along, (len(rows), len(columns))))
    return greatest_coverage(brush, ruler, rows, columns, np.array([start]), np.array([end]))


def greatest_coverage(
    brush: Brush, ruler: Ruler, rows: Indices, columns: Indices, starts: Doubles, ends: Doubles
) -> Array:
    """The greatest coverage of each bin, float32 (R, C), by a round brush or a box along several ways, shape (n, 2)."""
    x_lo, x_hi = ruler.x(columns - 0.5), ruler.x(columns + 0.5)
    y_lo, y_hi = ruler.y(rows - 0.5)[:, None], ruler.y(rows + 0.5)[:, None]
    nearest = _distance(brush.shape, x_lo, x_hi, y_lo, y_hi, starts, ends)
    return _fall(nearest / (brush.size / 2), brush.hardness)


def along_strip(brush: Brush, ruler: Ruler, indices: Indices, start: Point, end: Point) -> Array:
    """Coverage by a strip, which is the same everywhere across it.

    Returns
    -------
    float32, shape (R, 1) or (1, C), in [0, 1]
        Of the bins under a strip of frequency, or the frames under one of time.
    """
    across = brush.shape is Shape.FREQUENCY
    place = ruler.y if across else ruler.x
    one, other = (start[1], end[1]) if across else (start[0], end[0])
    before, behind = min(one, other) - place(indices + 0.5), place(indices - 0.5) - max(one, other)
    distance = np.maximum(np.maximum(before, behind), 0)
    fall = _fall(distance / (brush.size / 2), brush.hardness)
    return fall[:, None] if across else fall[None, :]


def covered(brush: Brush, ruler: Ruler, start: Point, end: Point) -> Region:
    """Bins and frames that `coverage` can reach; not clipped to the plane."""
    low, high, first, last = (int(v) for v in reached(brush, ruler, np.array([start]), np.array([end]))[0])
    return Region(low, high, first, last)


def reached(brush: Brush, ruler: Ruler, starts: Doubles, ends: Doubles) -> NDArray[np.int64]:
    """What `covered` gives for each of many: low, high, start and stop, shape (n, 4); starts and ends are (n, 2)."""
    radius = brush.size / 2
    least, greatest = np.minimum(starts, ends), np.maximum(starts, ends)
    out = ruler.regions(least[:, 0] - radius, greatest[:, 0] + radius, least[:, 1] - radius, greatest[:, 1] + radius)
    if brush.shape is Shape.TIME:
        out[:, :2] = 0, LIMIT
    elif brush.shape is Shape.FREQUENCY:
        out[:, 2:] = 0, LIMIT
    elif brush.shape is Shape.COMB:
        low = (ruler.hz(least[:, 1]) - brush.width / 2) / ruler.hz_per_bin
        high = (ruler.hz(greatest[:, 1]) * brush.harmonics + brush.width / 2) / ruler.hz_per_bin
        out[:, 0], out[:, 1] = np.floor(low + 0.5), np.floor(high + 0.5) + 1
    return out


def _fall(distance: Array | Doubles, hardness: float) -> Array:
    """Full within `hardness`, 0 from 1 on, half a cosine between."""
    fall = np.minimum(np.maximum((distance - hardness) / max(1 - hardness, 1e-3), 0), 1)
    return np.asarray((0.5 + 0.5 * np.cos(np.pi * fall)) * (distance < 1), np.float32)


def _distance(
    shape: Shape, x_lo: Doubles, x_hi: Doubles, y_lo: Doubles, y_hi: Doubles, starts: Doubles, ends: Doubles
) -> Array:
    """Distance of each bin, a rectangle, from the nearest of n segments: of Chebyshev for a box, else of Euclid.

    x along the last axis, y along the first. Where the segment does not cross the bin, the nearest points are an
    end of the segment or a corner of the bin.
    """
    distance, of_corner = (np.maximum, _chebyshev) if shape is Shape.BOX else (_squared, _euclid)
    x0, y0 = starts.T[:, :, None, None]
    # From where a segment begins single precision will do, far as that may be from where the plane does.
    left, right, foot, head = (
        np.asarray(edge - zero, np.float32) for edge, zero in ((x_lo, x0), (x_hi, x0), (y_lo, y0), (y_hi, y0))
    )
    dx, dy = np.asarray(ends - starts, np.float32).T[:, :, None, None]
    least: Array | None = None
    for x, y in ((0, 0), (dx, dy)):
        gap_x, gap_y = np.maximum(left - x, x - right), np.maximum(foot - y, y - head)
        gap = distance(np.maximum(gap_x, 0), np.maximum(gap_y, 0))
        least = gap if least is None else np.minimum(least, gap, out=least)
    assert least is not None
    for side in (left, right):
        for edge in (foot, head):
            np.minimum(least, of_corner(side, edge, dx, dy), out=least)
    # Where the times at which it is between the bin's sides overlap, the segment crosses the bin.
    (enter_x, leave_x), (enter_y, leave_y) = _between(left, right, dx), _between(foot, head, dy)
    least[np.maximum(np.maximum(enter_x, enter_y), 0) <= np.minimum(np.minimum(leave_x, leave_y), 1)] = 0
    nearest = np.asarray(least.min(axis=0))
    return nearest if shape is Shape.BOX else np.asarray(np.sqrt(nearest))


def _ratio(over: Array, under: Array) -> Array:
    """Their quotient; 0 where it would leave the range of float32."""
    some = np.abs(under) > SHORTEST
    return np.divide(over, np.where(some, under, 1)) * some


def _between(low: Array, high: Array, delta: Array) -> tuple[Array, Array]:
    """From when to when, as shares of its length, a segment 0 … `delta` lies between two lines."""
    one, other = _ratio(low, delta), _ratio(high, delta)
    still = np.abs(delta) <= SHORTEST
    if not still.any():
        return np.minimum(one, other), np.maximum(one, other)
    outside = (low > 0) | (high < 0)
    enter = np.where(still, np.where(outside, np.float32(2), 0), np.minimum(one, other))
    return enter, np.where(still, np.where(outside, np.float32(-1), 1), np.maximum(one, other))


def _squared(x: Array, y: Array) -> Array:
    return np.asarray(x * x + y * y)


def _euclid(x: Array, y: Array, dx: Array, dy: Array) -> Array:
    """Squared distance of points from the segment (0, 0) … (dx, dy)."""
    length = np.hypot(dx, dy)
    some = length > SHORTEST
    # Whichever way a point may be said to go.
    across_x, across_y = np.where(some, _ratio(dx, length), 1), _ratio(dy, length)
    along = x * across_x + y * across_y
    along -= np.minimum(np.maximum(along, 0), length)
    return _squared(along, x * across_y - y * across_x)


def _chebyshev(x: Array, y: Array, dx: Array, dy: Array) -> Array:
    """Largest coordinate distance of points from the segment (0, 0) … (dx, dy): least where both are equal, or at
    an end, or where one of them is 0.
    """
    least: Array | None = None
    for place in (_ratio(x - y, dx - dy), _ratio(x + y, dx + dy), _ratio(x, dx), _ratio(y, dy)):
        t = np.minimum(np.maximum(place, 0), 1)
        gap = np.maximum(np.abs(x - t * dx), np.abs(y - t * dy))
        least = gap if least is None else np.minimum(least, gap, out=least)
    assert least is not None
    return least


def _comb(brush: Brush, ruler: Ruler, rows: Indices, columns: Indices, start: Point, end: Point) -> Array:
    """Lines of equal thickness in Hz at the multiples of the frequency under the pointer."""
    (x0, y0), (x1, y1) = (start, end) if start[0] <= end[0] else (end, start)
    radius = brush.size / 2
    x_lo, x_hi = ruler.x(columns - 0.5), ruler.x(columns + 0.5)
    along = np.maximum(np.maximum(x0 - x_hi, x_lo - x1), 0) / radius
    share = np.clip(((x_lo + x_hi) / 2 - x0) / (x1 - x0), 0, 1) if x1 > x0 else np.zeros(len(columns))
    pitch = ruler.hz(y0 + share * (y1 - y0))
    hz = rows[:, None] * ruler.hz_per_bin
    number = np.clip(np.rint(hz / np.maximum(pitch, 1e-9)), 1, brush.harmonics)
    across = np.maximum(np.abs(hz - number * pitch) - ruler.hz_per_bin / 2, 0) / max(brush.width / 2, 1e-9)
    return _fall(across, brush.hardness) * _fall(along, brush.hardness)
