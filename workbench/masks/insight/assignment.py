"""Which source holds how much of which component: computed from what is said of some bins.

Factorise without any knowledge, then let a person say of a few places whose they are: what was said moves every bin
where the same components sound. A is the solution of a convex problem, so that it depends on what is said and not on
the way there: taking a word back gives exactly what was before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from workbench.masks.hand.marks import Mark
from workbench.masks.insight.marked import Counted, MarkedPlaces, Recent
from workbench.masks.model.grid import Array
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Cover, Sources, Word

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
    samples.make_room(len(marks))
    words = tuple(
        samples.places.word(mark, numbers[mark.source]) for mark in marks if mark.source in numbers and mark.weight > 0
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
    return Sources(samples.base, assignment(samples, words, prior, waiting), words, samples.places.told)


@dataclass(frozen=True, eq=False)
class _Bins:
    """Of the spots of a place those where the model is not silent (n,), masks of the components there (K, n), and the
    model's energy (n,)."""

    loud: NDArray[np.bool_]
    masks: Array
    energies: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Said:
    """What a word adds to the problem.

    Attributes
    ----------
    gram : float64, shape (K, K)
        Σ_b c_b w_b m(b) m(b)ᵀ, c_b being how far the word counts at b, times the word's weight.
    target : float64, shape (K,)
        Σ_b c_b w_b m(b), times the word's weight.
    energy : float
        Σ_b c_b w_b.
    count : float
        Σ_b c_b; 0 for a word that counts nowhere.
    """

    gram: NDArray[np.float64]
    target: NDArray[np.float64]
    energy: float
    count: float


class Samples:
    """Remembers for some components what was looked at of places, so that one more mark costs one place.

    Answers are the same, bit for bit, whatever was asked before. Belongs to one thread.

    Parameters
    ----------
    base : Factors
    power : float
        The power of magnitudes that the components model: 1, or 2 for energies.
    places : MarkedPlaces, optional
        What is known of the places already, whatever the components.
    """

    def __init__(self, base: Factors, power: float = 1.0, places: MarkedPlaces | None = None) -> None:
        self.base, self.power = base, power
        self.places = places or MarkedPlaces(len(base.W), base.H.shape[1])
        self._bins: Recent[_Bins] = Recent()
        self._said: Recent[_Said] = Recent()

    def make_room(self, marks: int) -> None:
        """Remember so many marks, and as many that are tried out or were taken back."""
        self.places.make_room(marks)
        for recent in (self._bins, self._said):
            recent.shrink(self.places.most)

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
        """What the components are in the bins of a place that are looked at."""
        return self._bins.get(id(cover), cover, lambda: self._looked_at(cover))

    def _looked_at(self, cover: Cover) -> _Bins:
        spots, base = self.places.spots(cover), self.base
        values = base.points(spots.rows, spots.columns)
        model = values.sum(axis=0)
        loud = model > 0
        masks = values[:, loud] / model[loud]
        # Relative to the recording, so that a louder one is heard alike.
        energies = (model[loud].astype(np.float64) / max(base.mean_square, 1e-30) ** 0.5) ** (2 / self.power)
        return _Bins(loud, masks, energies)

    def said(self, words: Sequence[Word]) -> list[_Said]:
        """What each of some words adds to the problem."""
        counted = self.places.counted(words)
        return [self._said.get(id(each), each, partial(self._adds, each)) for each in counted]

    def _adds(self, said: Counted) -> _Said:
        bins = self.of(said.word.cover)
        counted, count = said.weights[bins.loud], len(bins.masks)
        if not counted.any():
            return _Said(np.zeros((count, count)), np.zeros(count), 0.0, 0.0)
        energies, masks = bins.energies, bins.masks.astype(np.float64)
        weights = counted * energies / float(energies.mean()) ** EQUALISED
        weighted = masks * (said.word.weight * weights)
        return _Said(weighted @ masks.T, weighted.sum(axis=1), float(weights.sum()), float(counted.sum()))


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
    for word, adds in zip(words, samples.said(words), strict=True):
        looked_at += adds.count
        if word.denies:
            grams[word.source] += adds.gram
        else:
            common += adds.gram
            targets[word.source] += adds.target
            said[word.source] += adds.energy
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
