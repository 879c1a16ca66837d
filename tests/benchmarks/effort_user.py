"""A simulated user who knows the stems: marks where it helps most, with a hand's imprecision, at a price in seconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from workbench.masks.model.grid import Region

CLICK = ((8, 16),)
STROKES = ((8, 16), (6, 64), (6, 160), (96, 6), (32, 32), (64, 64), (16, 200))
"""Bins × frames: a click, and strokes along partials, over attacks, and over patches."""
CLICK_SECONDS, STROKE_SECONDS = 2.0, 4.0
"""What a mark costs: to look, to aim (Card, Moran & Newell's keystroke-level model gives 1.1 s for pointing and 1.35 s
for thinking), and to draw."""
UNSURE = (1.0, 2.0)
"""Standard deviation of the hand in bins and frames."""
COARSE = (2, 4)
"""The user looks at places so many bins and frames apart."""


@dataclass(frozen=True)
class Said:
    """A mark: that a stem sounds in a region."""

    stem: int
    region: Region


class User:
    """Looks at the masks as they are and says of one place more whose it is.

    Of all places it takes the one where saying it would bring the sources, each counted by how wrong it is now, nearest
    to the ideal masks; first it says one thing of every source.

    Parameters
    ----------
    v : float32, shape (F, N)
        Spectrogram of the mix.
    ideal : float32, shape (G, F, N)
        Oracle ratio masks.
    strokes : bool
        Else clicks only.
    wrong : float
        Share of marks that are given to a wrong source.
    """

    def __init__(self, v: np.ndarray, ideal: np.ndarray, strokes: bool, seed: int, wrong: float = 0.0) -> None:
        self._shapes = STROKES if strokes else CLICK
        self.seconds = STROKE_SECONDS if strokes else CLICK_SECONDS
        self._rng, self._wrong = np.random.default_rng(seed), wrong
        self._bins, self._frames = v.shape
        self._energy = v.astype(np.float64) ** 2
        self._ideal = ideal
        self._of_ideal = _pooled(ideal**2 * self._energy)
        self._crossed = _pooled(ideal * self._energy)
        self._pooled = _pooled(self._energy)

    def next(self, masks: np.ndarray, said: Collection[Said], done: Collection[int] = ()) -> Said:
        """One more mark, of no stem that is done; `masks` are those of the moment, shape (G, F, N)."""
        errors = _pooled((masks * (masks - 2 * self._ideal)) * self._energy) + self._of_ideal
        urgency = 1 / np.maximum(errors.sum(axis=(1, 2)), 1e-12)
        now = np.tensordot(urgency, errors, 1)
        count = len(masks)
        unsaid = [g for g in range(count) if g not in {each.stem for each in said}]
        best: tuple[float, Said] | None = None
        for stem in unsaid or [g for g in range(count) if g not in done]:
            # As if the bins were wholly that stem's.
            then = np.tensordot(urgency, self._of_ideal, 1)
            then += urgency[stem] * (self._pooled - 2 * self._crossed[stem])
            found = self._best_place(now - then, stem)
            if best is None or found[0] > best[0]:
                best = found
        assert best is not None
        return self._by_hand(best[1], count)

    def _best_place(self, gain: np.ndarray, stem: int) -> tuple[float, Said]:
        total = np.pad(gain, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
        best: tuple[float, Said] | None = None
        for bins, frames in self._shapes:
            high, wide = max(bins // COARSE[0], 1), max(frames // COARSE[1], 1)
            sums = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
            place = int(sums.argmax())
            low, start = (int(i) * step for i, step in zip(np.unravel_index(place, sums.shape), COARSE, strict=True))
            if best is None or float(sums.flat[place]) > best[0]:
                best = float(sums.flat[place]), Said(stem, Region(low, low + bins, start, start + frames))
        assert best is not None
        return best

    def _by_hand(self, meant: Said, count: int) -> Said:
        down, along = (round(self._rng.normal(0, spread)) for spread in UNSURE)
        r = meant.region
        region = Region(r.low + down, r.high + down, r.start + along, r.stop + along).clipped(self._bins, self._frames)
        stem = meant.stem
        if self._rng.random() < self._wrong:
            stem = int((stem + 1 + self._rng.integers(count - 1)) % count)
        return Said(stem, region)


def _pooled(plane: np.ndarray) -> np.ndarray:
    """Sums over `COARSE` bins and frames, shape (…, F / 2, N / 4)."""
    rows, columns = (size // step for size, step in zip(plane.shape[-2:], COARSE, strict=True))
    cut = plane[..., : rows * COARSE[0], : columns * COARSE[1]]
    sums: np.ndarray = cut.reshape(*plane.shape[:-2], rows, COARSE[0], columns, COARSE[1]).sum(axis=(-3, -1))
    return sums
