"""Which source holds how much of which component: computed from what is said of some bins.

Factorise without any knowledge, then let a person say of a few places whose they are: what was said moves every bin
where the same components sound. A is the solution of a convex problem, so that it depends on what is said and not on
the way there: taking a word back gives exactly what was before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import Array
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Cover, Sources, Word

SAMPLED = 400
"""Bins of one word that are looked at."""
PLACES = 1500
"""Places that are remembered."""
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it leave the most even distances between 0 and 1."""
CELLS = 60_000
"""Bins of a word's rectangle among which those are found that it covers."""
STEPS = 60
"""Multiplicative steps."""
RIDGE = 1e-3
"""λ for each bin that is looked at: how much it takes to move a component that no word reaches."""
EQUALISED = 0.5
"""How far loud and quiet words are brought to one weight: 0 leaves energies, 1 makes them equal."""
HESITATION = 0.02
"""What is added to λ, in energies of all that is said of a source, while something is asked for of which nothing is
said: a single click takes what clearly sounds there, and no more."""
KINSHIP = 60.0
"""μ times the number of words."""
TIMBRE = 4
BANDS, BANDS_BEND, BAND_WIDTH, BAND_FLOOR = 40, 128.0, 1.5, 1e-4
"""Bands of the templates: how many, how soon they widen, their width in their distance, and the least that counts."""
NEARLY = np.float32(1e-4)
"""What every source begins with of every component: a product of zero would stay zero."""


REST = 0
"""The source that has what nobody asked for, as long as there is a part for it and nothing is said of it."""


def sources(samples: Samples, parts: Sequence[Part], marks: Sequence[Mark]) -> Sources:
    """The sources that the parts of a stack are, by what marks say of them.

    Parameters
    ----------
    samples : Samples
        Of the components that they share.
    parts : sequence of Part
        `component` is the number of the source.
    marks : sequence of Mark
        In the order in which they were made. Those of other parts, and those of no weight, say nothing.
    """
    numbers = {part.id: part.component for part in parts if part.component is not None}
    words = tuple(
        Word(numbers[mark.source], mark.place, mark.weight, mark.denies, samples.of(mark.place).size)
        for mark in marks
        if mark.source in numbers and mark.weight > 0
    )
    there = sorted(set(numbers.values()))
    said: dict[int, float] = {}
    for word in words:
        if not word.denies:
            said[word.source] = max(said.get(word.source, 0.0), word.weight)
    # Of the rest nothing is said as a rule; what is said of it makes it a source like the others, as far as it is sure.
    waiting = 1 - said.get(REST, 0.0) if REST in there else 0.0
    prior = np.zeros(max(there, default=REST) + 1, np.float32)
    shared = sorted(said) or there or [REST]
    prior[shared] = (1 - waiting) / len(shared)
    prior[REST] += waiting
    return Sources(samples.base, assignment(samples, words, prior, waiting), words)


@dataclass(frozen=True, eq=False)
class _Bins:
    """Bins of a place: where they are (n,), masks of the components there (K, n), the model's energy (n,); and how many
    the place has, roughly."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    masks: Array
    energies: NDArray[np.float64]
    size: float


class Samples:
    """Remembers for some components what was looked at of places, so that one more mark costs one place.

    Parameters
    ----------
    base : Factors
    power : float
        The power of magnitudes that the components model: 1, or 2 for energies.
    """

    def __init__(self, base: Factors, power: float = 1.0) -> None:
        self.base, self.power = base, power
        self._known: OrderedDict[int, tuple[Cover, _Bins]] = OrderedDict()

    @cached_property
    def alike(self) -> NDArray[np.float64]:
        """How alike the components sound, by their templates, 0 … 1, shape (K, K); 0 for each with itself.

        The cosine of their spectra in bands that grow with frequency, in dB without the mean, to the power of `TIMBRE`.
        """
        spectra = self.base.spectra.astype(np.float64)
        place = np.log1p(BANDS_BEND * np.arange(len(spectra)) / max(1, len(spectra) - 1))
        centres = np.linspace(0, place[-1], BANDS)
        bands = np.maximum(1 - np.abs(place - centres[:, None]) * BANDS / (BAND_WIDTH * max(place[-1], 1e-9)), 0)
        held = bands @ (spectra / np.maximum(spectra.sum(axis=0), 1e-30))
        timbre = np.log(held + BAND_FLOOR)
        timbre -= timbre.mean(axis=0)
        timbre /= np.maximum(np.linalg.norm(timbre, axis=0), 1e-9)
        alike: NDArray[np.float64] = np.maximum(timbre.T @ timbre, 0) ** TIMBRE
        np.fill_diagonal(alike, 0)
        return alike

    def of(self, cover: Cover) -> _Bins:
        """Bins of a place, some of them where it has many; those where the model is silent are none."""
        known = self._known.get(id(cover))
        if known is not None:
            self._known.move_to_end(id(cover))
        else:
            # Keeps the place, so that its identity is not another's.
            known = self._known[id(cover)] = cover, _looked_at(self.base, self.power, cover)
            if len(self._known) > PLACES:
                self._known.popitem(last=False)
        return known[1]


def assignment(samples: Samples, words: Sequence[Word], prior: NDArray[np.float32], waiting: float = 0.0) -> Array:
    """The share A_gk of source g in component k.

    A, whose columns sum to one, brings down

        Σ_g u_g Σ_b w_b (Σ_k A_gk m_k(b) − y_g(b))² + λ ‖A − P‖² + μ/2 Σ_jk s_jk ‖A_j − A_k‖²

    over the bins b of which something is said: m_k are the computed masks of the components, y_g(b) is 1 where the
    last word on b is that source g sounds there, and 0 for the other sources. A word that denies a source asks only of
    that source to be 0. w_b is the energy of the model at b, brought halfway to the mean of its word; u_g weighs the
    sources alike, however much is said of each. λ is `RIDGE` times the number of bins, and more while P gives something
    to a source of which nothing is said (`HESITATION`). μ is `KINSHIP` by the number of words: what sounds alike (s_jk,
    `Samples.alike`) goes together until more is said; 0 while that source is there, which has what nobody asked for.
    Found by multiplicative steps that keep to the constraint (Zhu, Yang & Oja, *Multiplicative updates for learning
    with stochastic matrices*, SCIA 2013).

    Parameters
    ----------
    samples : Samples
        Of the components.
    words : sequence of Word
        In the order in which they were said.
    prior : float32, shape (G,)
        P: the shares of a component of which nothing is said; nonnegative, their sum is one. A source whose share is 0
        and of which nothing is said holds nothing.
    waiting : float
        0 … 1: how far there is a source that has what nobody asked for.

    Returns
    -------
    float32, shape (G, K)
    """
    count = samples.base.components
    wanted = np.repeat(np.asarray(prior, np.float64)[:, None], count, axis=1)
    targets = np.zeros((len(prior), count))
    grams = np.zeros((len(prior), count, count))
    said, common = np.zeros(len(prior)), np.zeros((count, count))
    looked_at = 0.0
    for word, bins, counted in _last_said(samples, words):
        energies, masks = bins.energies, bins.masks.astype(np.float64)
        weights = counted * energies / float(energies.mean()) ** EQUALISED
        weighted = masks * (word.weight * weights)
        gram = weighted @ masks.T
        looked_at += float(counted.sum())
        if word.denies:
            grams[word.source] += gram
        else:
            common += gram
            targets[word.source] += weighted.sum(axis=1)
            said[word.source] += weights.sum()
    if not looked_at:
        return wanted.astype(np.float32)
    ridge = RIDGE * looked_at
    asked = said > 0
    if asked.any():
        usual = said[asked].mean()
        alike = np.where(asked, usual / np.where(asked, said, 1.0), 1.0)
        targets *= alike[:, None]
        grams += alike[:, None, None] * common
        ridge += HESITATION * usual * waiting
    kinship = KINSHIP * (1 - waiting) / len(words)
    drawn, held = kinship * samples.alike, kinship * samples.alike.sum(axis=0)
    shares = wanted + NEARLY * ((prior > 0) | (said > 0))[:, None]
    shares /= shares.sum(axis=0)
    for _ in range(STEPS):
        pressure = np.matmul(shares[:, None, :], grams)[:, 0, :]
        down = pressure + (ridge + held) * shares
        up = targets + ridge * wanted + shares @ drawn
        # What each source gains and loses by it is weighed against what its column does as a whole.
        shares *= (up + (shares * down).sum(axis=0)) / (down + (shares * up).sum(axis=0) + 1e-20)
        shares /= np.maximum(shares.sum(axis=0), 1e-20)
    return shares.astype(np.float32)


def _last_said(samples: Samples, words: Sequence[Word]) -> Iterator[tuple[Word, _Bins, NDArray[np.float64]]]:
    """Words with the bins of their places, and how far each of these counts, 0 … 1; without words that do nowhere.

    A later word hides what was said before in the bins that it covers, as far as it is sure; one that denies hides only
    what was said of its own source.
    """
    bounds = np.array([astuple(word.cover.bounds) for word in words], np.int64).reshape(-1, 4)
    for index, word in enumerate(words):
        bins, (low, high, start, stop) = samples.of(word.cover), bounds[index]
        later = bounds[index + 1 :]
        meets = (later[:, 0] < high) & (later[:, 1] > low) & (later[:, 2] < stop) & (later[:, 3] > start)
        counted = np.ones(len(bins.rows))
        rows, columns = np.unique(bins.rows), np.unique(bins.columns)
        here = np.searchsorted(rows, bins.rows), np.searchsorted(columns, bins.columns)
        for place in np.flatnonzero(meets):
            other = words[index + 1 + int(place)]
            if not other.denies or other.source == word.source:
                counted *= 1 - other.weight * (other.cover.at(rows, columns)[here] >= 0.5)
        if counted.any():
            yield word, bins, counted


def _looked_at(base: Factors, power: float, cover: Cover) -> _Bins:
    # A stroke may go beyond the plane.
    bounds = cover.bounds.clipped(len(base.W), base.H.shape[1])
    # Of a large area every so many rows and columns are looked at.
    apart = max(1.0, (bounds.bins_held / CELLS) ** 0.5)
    rows = _spread(bounds.low, bounds.high, apart)
    columns = _spread(bounds.start, bounds.stop, apart)
    covered = np.flatnonzero(cover.at(rows, columns) >= 0.5) if len(rows) and len(columns) else np.zeros(0, np.intp)
    size = len(covered) * apart**2
    covered = covered[_scattered(len(covered))]
    rows, columns = rows[covered // max(1, len(columns))], columns[covered % max(1, len(columns))]
    values = base.points(rows, columns)
    model = values.sum(axis=0)
    loud = model > 0
    masks = values[:, loud] / model[loud]
    # Relative to the recording, so that a louder one is heard alike.
    energies = (model[loud].astype(np.float64) / max(base.mean_square, 1e-30) ** 0.5) ** (2 / power)
    return _Bins(rows[loud], columns[loud], masks, energies, size)


def _spread(low: int, high: int, apart: float) -> NDArray[np.intp]:
    """The numbers from low to high − 1, or some of them so far apart; at least one where there are any."""
    count = max(min(1, high - low), int((high - low) / apart))
    return np.asarray(low + np.arange(count) * apart, np.intp)


def _scattered(count: int) -> NDArray[np.intp]:
    """`SAMPLED` of so many numbers, or all: one out of each stretch, by the golden ratio sooner or later in it.

    At even distances bins that are counted row by row could all be of the same few frames.
    """
    if count <= SAMPLED:
        return np.arange(count)
    numbers = np.arange(SAMPLED)
    return ((numbers + numbers * GOLDEN % 1) * (count / SAMPLED)).astype(np.intp)


def moved(before: Sources, now: Sources) -> float:
    """The share of the components' energy that another source has now, 0 … 1; both of the same components.

    The energy of a component is that of its part of the model, as if it sounded alone.
    """
    w, h = now.components_of.scaled
    energies = np.square(w, dtype=np.float64).sum(axis=(0, 2)) * np.square(h, dtype=np.float64).sum(axis=1)
    count = max(before.components, now.components)
    differ = np.zeros((count, len(energies)))
    differ[: now.components] += now.shares
    differ[: before.components] -= before.shares
    total = float(energies.sum())
    return float((np.abs(differ).sum(axis=0) / 2 * energies).sum()) / total if total > 0 else 0.0
