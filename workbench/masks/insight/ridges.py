"""Ridges of the spectrogram: partials that are snapped to and followed through time as their frequency moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area, Bytes, made_in_chunks, nothing
from workbench.masks.model.grid import Region
from workbench.progress import Progress, silent
from workbench.spectral.level import Levels, level_db
from workbench.spectral.stft import Analysis

Doubles = NDArray[np.float64]
Guide = tuple[int, Doubles]
"""First frame, and a place (bin with fractions) in every frame from there on."""

STEEPEST = 10.0
"""Bins that a partial may move within one window. One that moves faster is smeared over more bins than that, and
stands out as a ridge no longer."""
STEEPEST_SHARE = 0.25
"""Share of its frequency that it may move within one window, which is what bounds low ones."""
NEARBY = 0.75
"""Bins that a place may be off from where it is expected in the next frame, beside what it moves."""
ASIDE_DB = 6.0
"""What a peak one bin from where it is expected counts as quieter; two bins away four times as much."""
CLEAR_DB, LOW_QUANTILE = 11.0, 0.3
"""How far a partial stands out of that quantile of the levels around it, which lies in the gaps even where partials are
close. Peaks of noise stand 8 dB above theirs on average."""
AROUND = 12
"""Bins on either side that are around."""
CROWDED = 4
"""Bins within which the main lobes of two partials melt into one."""
CROWDED_DB = 12.0
"""A neighbour that is quieter by more moves no peak to speak of."""
FREE, BESIDE, MELTED = (0.7, 0.3), (0.5, 0.02), (0.1, 0.005)
"""α and β of the tracker: how far a measured place corrects the expected place, and the expected movement. Beside
another partial its own peak is moved by the other one; where the two have melted into one peak it says little, and
each goes on as it came."""
APART = 0.5
"""Bins from where it is expected within which a peak is taken for the partial's own again."""
AGREEING = 2
"""Windows for which it must be there."""
LONGEST_MELTED = 8
"""Windows after which a partial that melted with another one is found by its peak again."""
LOBE = 2
"""Bins from the middle of the main lobe of a Hann window to its edge."""
LOBE_DB = 30.0
"""Farther below the ridge the edges of a partial are lost in other sound."""
TOLD_EVERY = 256


@dataclass(frozen=True, eq=False)
class Ridge:
    """A partial, frame by frame.

    Attributes
    ----------
    start : int
        Its first frame.
    places : float64, shape (n,)
        Its frequency, in bins with fractions.
    heights : float64, shape (n,)
        Its level in dB.
    """

    start: int
    places: Doubles
    heights: Doubles

    @property
    def stop(self) -> int:
        """The frame behind its last."""
        return self.start + len(self.places)

    @property
    def loudest(self) -> int:
        """The frame in which it is loudest."""
        return self.start + int(np.argmax(self.heights))


def peaks(column: Doubles, low: int = 0, high: int | None = None) -> NDArray[np.intp]:
    """Local maxima over frequency among the bins low … high − 1 of a frame; of equal neighbours the lowest."""
    low, high = max(low, 1), min(len(column) - 1, len(column) if high is None else high)
    if high <= low:
        return np.zeros(0, np.intp)
    here = column[low:high]
    return np.nonzero((here > column[low - 1 : high - 1]) & (here >= column[low + 1 : high + 1]))[0] + low


def vertex(column: Doubles, row: int) -> float:
    """The place of a local maximum with fractions: the vertex of the parabola through it and its neighbours.

    In dB the main lobe of a Hann window is a parabola to within a tenth of a bin (J. O. Smith, *Spectral Audio Signal
    Processing*, 2011, “Quadratic interpolation of spectral peaks”).
    """
    if not 0 < row < len(column) - 1:
        return float(row)
    left, middle, right = column[row - 1 : row + 2]
    bend = left - 2 * middle + right
    return float(row) if bend >= 0 else row + float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))


def snapped(levels: Levels, row: int, column: int, near: Region) -> tuple[int, int] | None:
    """The peak over frequency that a hand near a place means: the loudest, with what is far counting as quieter.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    row, column : int
        Where the hand is.
    near : Region
        How far a hand may be off; a peak at its edge counts as 12 dB quieter.

    Returns
    -------
    (int, int) or None
        Bin and frame; None where there is no peak.
    """
    near = near.clipped(levels.shape[1], levels.shape[0])
    reach = max(near.high - 1 - row, row - near.low, 1), max(near.stop - 1 - column, column - near.start, 1)
    best: tuple[float, int, int] | None = None
    for frame in range(near.start, near.stop):
        heights = level_db(levels[frame])
        for peak in peaks(heights, near.low, near.high):
            off = ((peak - row) / reach[0]) ** 2 + ((frame - column) / reach[1]) ** 2
            found = float(heights[peak]) - 12 * off, int(peak), frame
            if best is None or found > best:
                best = found
    return None if best is None else best[1:]


def follow(
    levels: Levels,
    row: int,
    column: int,
    fall: float,
    analysis: Analysis,
    guide: Guide | None = None,
    progress: Progress = silent,
) -> Ridge:
    """The partial that has a peak in a bin and frame, both ways through time.

    It ends where it does not stand out of what is around it for longer than a window, or lies lower than `fall` below
    its loudest frame for as long.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    row, column : int
        Of the peak.
    fall : float
        dB, positive.
    analysis : Analysis
        That of the levels.
    guide : Guide, optional
        Where it is expected, in the frames of which that is known; elsewhere it goes on as it went.

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    first = level_db(levels[column])
    begin = vertex(first, row), float(first[row])
    ways = [_way(levels, begin[0], column, sign, analysis, guide, progress) for sign in (-1, 1)]
    (before, low), (after, high) = ways
    places = np.array([*before[::-1], begin[0], *after])
    heights = np.array([*low[::-1], begin[1], *high])
    here = len(before)
    loud = heights >= min(float(heights.max()) - fall, begin[1])
    start, stop = _run(loud, here, analysis.overlap)
    return Ridge(column - here + start, places[start:stop], heights[start:stop])


def _way(
    levels: Levels, place: float, column: int, sign: int, analysis: Analysis, guide: Guide | None, progress: Progress
) -> tuple[list[float], list[float]]:
    """Places and heights from the frame after a column on, forwards or backwards, until the partial is lost."""
    movement, missed, crossing = 0.0, 0, _Crossing(analysis.overlap)
    places: list[float] = []
    heights: list[float] = []
    frame = column + sign
    while 0 <= frame < len(levels) and missed <= analysis.overlap:
        if len(places) % TOLD_EVERY == 0:
            progress(-1.0)
        told = _told(guide, frame)
        expected = place + movement if told is None else told
        if not 0 <= expected <= levels.shape[1] - 1:
            break
        steepest = min(STEEPEST, STEEPEST_SHARE * place) / analysis.overlap
        reach = NEARBY if told is not None else NEARBY + steepest
        found, height, crowded = _look(levels[frame], expected, reach)
        missed = missed + 1 if found is None else 0
        place = expected
        if found is not None:
            alpha, beta = crossing.trust(crowded, abs(found - expected))
            place += alpha * (found - expected)
            movement = float(np.clip(movement + beta * (found - expected), -steepest, steepest))
        # Alone, the peak is the partial; the tracker only tells where to look for it.
        places.append(found if found is not None and crossing.over else place)
        heights.append(height)
        frame += sign
    kept = len(places) - missed
    return places[:kept], heights[:kept]


class _Crossing:
    """Whether a partial that is followed is beside another one, or has melted with one."""

    def __init__(self, overlap: int) -> None:
        self._overlap = overlap
        self._melted = self._agreed = 0
        self._free, self._beside, self._melting = (_gains(each, overlap) for each in (FREE, BESIDE, MELTED))

    @property
    def over(self) -> bool:
        """Whether it is alone."""
        return not self._melted

    def trust(self, crowded: bool, off: float) -> tuple[float, float]:
        """α and β for a peak that is so many bins off, with or without another one close to it."""
        if crowded:
            self._melted, self._agreed = LONGEST_MELTED * self._overlap, 0
            return self._beside
        if not self._melted:
            return self._free
        self._melted -= 1
        self._agreed = self._agreed + 1 if off <= APART else 0
        if self._agreed > AGREEING * self._overlap:
            self._melted = 0
        return self._melting


def _gains(gains: tuple[float, float], overlap: int) -> tuple[float, float]:
    """α and β for so many frames a window that the same time is looked back on as with four."""
    share = 4 / overlap
    return 1 - (1 - gains[0]) ** share, min(gains[1] * share**2, 1.0)


def _told(guide: Guide | None, frame: int) -> float | None:
    """Where a guide says that the partial is, if it says so of a frame."""
    if guide is None or not guide[0] <= frame < guide[0] + len(guide[1]):
        return None
    return float(guide[1][frame - guide[0]])


def _look(frame: Levels, expected: float, reach: float) -> tuple[float | None, float, bool]:
    """The partial in a frame: its place or None, its height in dB, and whether another one is close to it."""
    low, high = int(np.floor(expected)) - AROUND, int(np.ceil(expected)) + AROUND + 1
    first = max(low, 0)
    around = level_db(frame[first:high])
    near = peaks(around, int(np.ceil(expected - CROWDED)) - first, int(np.floor(expected + CROWDED)) + 1 - first)
    exact = np.array([vertex(around, int(peak)) for peak in near]) + first
    off = np.abs(exact - expected)
    low_one = int(LOW_QUANTILE * (len(around) - 1))
    clear = float(np.partition(around, low_one)[low_one]) + CLEAR_DB
    within = np.nonzero((off <= reach) & (around[near] >= clear))[0]
    if not len(within):
        at = min(max(round(expected) - first, 0), len(around) - 1)
        return None, float(around[at]), False
    best = within[int(np.argmax(around[near[within]] - ASIDE_DB * off[within] ** 2))]
    height = float(around[near[best]])
    crowded = int((around[near] >= height - CROWDED_DB).sum()) > 1
    return float(exact[best]), height, crowded


def _run(flags: NDArray[np.bool_], here: int, gap: int) -> tuple[int, int]:
    """The ends of the run of flags around an index; pauses of up to `gap` do not end it."""
    set_ = np.nonzero(flags)[0]
    breaks = np.nonzero(np.diff(set_) > gap + 1)[0] + 1
    run = next(part for part in np.split(set_, breaks) if part[0] <= here <= part[-1])
    return int(run[0]), int(run[-1]) + 1


def within(ridge: Ridge, start: int, stop: int) -> Ridge | None:
    """The part of a ridge in the frames start … stop − 1; None where it has none."""
    start, stop = max(start, ridge.start), min(stop, ridge.stop)
    if stop <= start:
        return None
    part = slice(start - ridge.start, stop - ridge.start)
    return Ridge(start, ridge.places[part], ridge.heights[part])


def area_of(ridges: Sequence[Ridge], levels: Levels, analysis: Analysis) -> Area:
    """What ridges hold of the plane: around each the bins of its main lobe, down to where the next sound begins."""
    frames, bins = levels.shape
    spans = [(ridge, *_edges(ridge, levels, analysis)) for ridge in ridges]
    if not spans:
        return nothing(bins, frames)
    whole = Region(
        min(int(low.min()) for _, low, _ in spans),
        max(int(high.max()) for _, _, high in spans),
        min(ridge.start for ridge in ridges),
        max(ridge.stop for ridge in ridges),
    )

    def coverage(part: Region) -> Bytes:
        rows = np.arange(part.low, part.high)[:, None]
        out = np.zeros((part.high - part.low, part.stop - part.start), np.uint8)
        for ridge, low, high in spans:
            start, stop = max(ridge.start, part.start), min(ridge.stop, part.stop)
            if stop > start:
                mine = slice(start - ridge.start, stop - ridge.start)
                inside = (rows >= low[mine]) & (rows < high[mine])
                out[:, start - part.start : stop - part.start][inside] = 255
        return out

    return made_in_chunks(bins, frames, whole, coverage)


def _edges(ridge: Ridge, levels: Levels, analysis: Analysis) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The lowest bin of a ridge in every frame, and the one above its highest."""
    frames = np.arange(ridge.start, ridge.stop)
    middle = np.clip(np.rint(ridge.places).astype(np.intp), 0, levels.shape[1] - 1)
    # What moves within a window is as much wider.
    moves = np.abs(np.gradient(ridge.places)) if len(frames) > 1 else np.zeros(len(frames))
    reach = LOBE + np.rint(moves * analysis.overlap / 2).astype(np.intp)
    ends = []
    for side in (-1, 1):
        edge, on = middle.copy(), np.ones(len(frames), bool)
        last = levels[frames, edge].astype(np.int64)
        least = ridge.heights - LOBE_DB
        for step in range(1, int(reach.max()) + 1):
            following = middle + side * step
            on &= (step <= reach) & (following >= 0) & (following < levels.shape[1])
            now = levels[frames, np.clip(following, 0, levels.shape[1] - 1)].astype(np.int64)
            on &= (now <= last) & (level_db(now) >= least)
            edge[on], last = following[on], now
        ends.append(edge)
    return ends[0], ends[1] + 1
