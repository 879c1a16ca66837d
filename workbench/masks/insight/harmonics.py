"""The partials that sound with one: its fundamental is estimated from what is there, and each partial is followed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.insight.ridges import AROUND, CLEAR_DB, LOW_QUANTILE, Doubles, Ridge, follow, peaks, vertex, within
from workbench.progress import Progress, silent
from workbench.spectral.level import Levels, level_db
from workbench.spectral.stft import Analysis

MOST_FRAMES = 64
"""Of the ridge, over which spectra are averaged."""
HIGHEST = 12
"""The number in its series that a partial which is pointed at may have at most."""
MOST_PARTIALS = 60
RISE_DB = 3.0
"""By how much a partial is louder than what was there before the one that is pointed at: what sounded already, and goes
on, is another tone's."""
TOGETHER = 1
"""Windows by which another partial may sound longer than the one pointed at; beyond them it is another tone's."""
STIFFEST = 1e-3
"""The largest inharmonicity B: partial m lies at m f₀ √(1 + B m²). In the middle of a piano it is 1e-4 to 1e-3."""
ALLOWED_BINS, ALLOWED_SHARE = 1.0, 0.06
"""How far a partial may be from where it is expected: bins, and a share of the distance between partials."""
MISSING = 4
"""Partials that may be missing one after another before the series counts as over."""
LEAST_BINS = 3.0
"""Partials that are closer cannot be told apart."""


def harmonics(
    levels: Levels, ridge: Ridge, fall: float, analysis: Analysis, progress: Progress = silent
) -> list[Ridge]:
    """The partials of the tone that a ridge belongs to, with the ridge itself among them.

    Parameters
    ----------
    levels : uint8, shape (N, F)
    ridge : Ridge
        Any partial of the tone up to the twelfth.
    fall : float
        By how many dB each partial may fall below its own loudest frame.
    analysis : Analysis
        That of the levels.

    Returns
    -------
    list of Ridge
        From the lowest to the highest. The ridge alone where no other partial is found.
    """
    if not len(ridge.places):
        # Nothing stands out where it was looked for.
        return [ridge]
    spectrum, middle = aligned(levels, ridge)
    number, places = series(spectrum, middle, _before(levels, ridge, middle, analysis))
    more = TOGETHER * analysis.overlap
    out: list[Ridge] = []
    for i, (m, place) in enumerate(sorted(places.items())):
        progress(i / len(places))
        if m == number:
            out.append(ridge)
            continue
        guide = ridge.places * (place / middle)
        found = _start(levels, ridge, guide)
        if found is not None:
            row, frame = found
            partial = follow(levels, row, frame, fall, analysis, (ridge.start, guide), progress)
            held = within(partial, ridge.start - more, ridge.stop + more)
            out.extend([held] if held is not None else [])
    return out


def aligned(levels: Levels, ridge: Ridge) -> tuple[Doubles, float]:
    """The mean spectrum of a tone, in dB, with its vibrato and glides taken out, and the ridge's place in it.

    Every frame is stretched so that the ridge lies where it lies on average; its harmonics then do so too.

    Returns
    -------
    float64, shape (F,)
    float
        The place of the ridge, in bins.
    """
    order = np.argsort(ridge.heights)[::-1][:MOST_FRAMES]
    middle = float(np.mean(ridge.places[order]))
    return _mean(levels, ridge.start + order, ridge.places[order] / middle), middle


def _before(levels: Levels, ridge: Ridge, middle: float, analysis: Analysis) -> Doubles | None:
    """The same of the window before the ridge begins, or None where the recording does not go back so far."""
    frames = np.arange(ridge.start - 2 * analysis.overlap, ridge.start - analysis.overlap // 2)
    frames = frames[frames >= 0]
    if len(frames) < max(analysis.overlap // 2, 1):
        return None
    return _mean(levels, frames, np.full(len(frames), ridge.places[0] / middle))


def _mean(levels: Levels, frames: NDArray[np.intp], stretches: Doubles) -> Doubles:
    """The mean of frames in dB, each stretched along frequency by a factor."""
    bins = np.arange(levels.shape[1], dtype=np.float64)
    total = np.zeros(len(bins))
    for frame, stretch in zip(frames, stretches, strict=True):
        total += np.interp(bins * stretch, bins, level_db(levels[frame]))
    return total / len(frames)


def series(spectrum: Doubles, place: float, before: Doubles | None = None) -> tuple[int, dict[int, float]]:
    """Which partial of which tone lies at a place, and where the others are.

    Of the fundamentals that have a partial there, that one is taken whose series explains most of the peaks and has
    fewest gaps: the share of the peaks' heights that lie on it, times the square of the share of its partials that are
    there. (With the share itself an octave below is taken as often, among other tones that have partials there.)

    Parameters
    ----------
    spectrum : float64, shape (F,)
        Levels in dB.
    place : float
        Of the partial, in bins.
    before : float64, shape (F,), optional
        Levels before the tone began, above which its partials rise.

    Returns
    -------
    int
        The partial's number, 1 for the fundamental.
    dict of int to float
        Number and place of every partial that is there.
    """
    tops, heights = _tops(spectrum)
    if before is not None and len(tops):
        rows = np.rint(tops).astype(np.intp)
        begun = (spectrum[rows] - before[rows] >= RISE_DB) | (np.abs(tops - place) < 1)
        tops, heights = tops[begun], heights[begun]
    if len(tops) and np.abs(tops - place).min() < 1:
        # The partial is one of the peaks.
        place = float(tops[np.argmin(np.abs(tops - place))])
    best: tuple[float, int, dict[int, float]] = (-np.inf, 1, {1: place})
    for number in range(1, HIGHEST + 1):
        if place / number < LEAST_BINS:
            break
        found = _climbed(tops, place, number)
        last = max(found)
        held = np.isin(tops, list(found.values()))
        within = tops <= last * place / number + 0.5 * place / number
        explained = float(heights[held].sum()) / max(float(heights[within].sum()), 1e-9)
        there = len(found) / last
        score = explained * there**2
        if score > best[0] + 1e-9:
            best = score, number, found
    return best[1], best[2]


def _tops(spectrum: Doubles) -> tuple[Doubles, Doubles]:
    """Exact places of the peaks that stand out, and by how many dB they do."""
    rows = peaks(spectrum)
    around = (spectrum[max(row - AROUND, 0) : row + AROUND + 1] for row in rows)
    out = np.array([spectrum[row] - np.quantile(near, LOW_QUANTILE) for row, near in zip(rows, around, strict=True)])
    clear = out >= CLEAR_DB / 2 if len(rows) else np.zeros(0, bool)
    exact = np.array([vertex(spectrum, int(row)) for row in rows[clear]], np.float64)
    return exact, out[clear].astype(np.float64)


def _climbed(tops: Doubles, place: float, number: int) -> dict[int, float]:
    """The partials of the tone whose partial `number` lies at a place, one after another from there up, then down.

    What was found says where the next one is expected: f₀ and the inharmonicity are fitted anew with each.
    """
    found = {number: place}
    missing = 0
    for m in (*range(number + 1, MOST_PARTIALS + 1), *range(number - 1, 0, -1)):
        if m == number - 1:
            missing = 0
        expected = expected_place(found, m)
        if missing >= MISSING and m > number:
            continue
        if not len(tops) or expected > tops[-1] + ALLOWED_BINS:
            missing = MISSING
            continue
        near = int(np.argmin(np.abs(tops - expected)))
        allowed = max(ALLOWED_BINS, ALLOWED_SHARE * expected / m)
        if abs(tops[near] - expected) <= allowed and tops[near] not in found.values():
            found[m], missing = float(tops[near]), 0
        else:
            missing += 1
    return found


def expected_place(found: dict[int, float], m: int) -> float:
    """Where partial m is expected by those that were found: p_m = m f₀ √(1 + B m²), B within 0 … `STIFFEST`.

    (p_m / m)² = f₀² + f₀² B m² is a line in m², fitted by least squares (Fletcher & Rossing, *The Physics of Musical
    Instruments*, 1998, section 12.3).
    """
    numbers = np.array(list(found), np.float64)
    squares = (np.array(list(found.values())) / numbers) ** 2
    if len(found) < 3:
        return m * float(np.sqrt(squares.mean()))
    # High partials tell the most: their places are as exact as those of low ones, so f₀ by them is m times as exact.
    weights = numbers**2
    x = numbers**2
    mean_x, mean_y = np.average(x, weights=weights), np.average(squares, weights=weights)
    slope = np.average((x - mean_x) * (squares - mean_y), weights=weights) / np.average(
        (x - mean_x) ** 2, weights=weights
    )
    stiff = float(np.clip(slope / max(mean_y - slope * mean_x, 1e-9), 0.0, STIFFEST))
    base = float(np.average(squares / (1 + stiff * x), weights=weights))
    return m * float(np.sqrt(base * (1 + stiff * m * m)))


def _start(levels: Levels, ridge: Ridge, guide: Doubles) -> tuple[int, int] | None:
    """The loudest peak near a guide: its bin and frame; None where there is none."""
    frames: NDArray[np.intp] = np.arange(ridge.start, ridge.stop)
    rows = np.rint(guide).astype(np.intp)
    inside = (rows > 0) & (rows < levels.shape[1] - 1)
    if not inside.any():
        return None
    best: tuple[float, int, int] | None = None
    heights = np.where(inside, levels[frames, np.clip(rows, 0, levels.shape[1] - 1)].astype(np.float64), -1.0)
    for i in np.argsort(heights)[::-1][:MOST_FRAMES]:
        column = level_db(levels[frames[i]])
        for peak in peaks(column, int(rows[i]) - 1, int(rows[i]) + 2):
            found = float(column[peak]), int(peak), int(frames[i])
            best = found if best is None or found > best else best
        if best is not None:
            break
    return None if best is None else best[1:]
