"""Which source holds how much of which component: computed from what is said of some bins.

Factorise without any knowledge, then let a person say of a few places whose they are: what was said moves every bin
where the same components sound. A is the solution of a convex problem, so that it depends on what is said and not on
the way there: taking a word back gives exactly what was before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.masks.hand.marks import Mark
from workbench.masks.insight.proportions import least
from workbench.masks.insight.samples import BANDS, Said, Samples
from workbench.masks.model.grid import Array
from workbench.masks.model.layers import Part
from workbench.masks.model.sources import Sources, Word

RIDGE = 1.5e-4
"""λ for the weight of all that is said: how much it takes to move a component that no word reaches."""
HESITATION = 0.02
"""What is added to λ, for the weight of all that is said of a source: by the number of words, while something is asked
for of which nothing is said, so that a single click takes what clearly sounds there, and no more; and where little is
sure."""
KINSHIP = 0.2
"""μ times the number of words, by the weight of one."""
SMOOTHNESS = 0.05
"""ν by the weight of a word."""

SUREST_LEAST = 1e-9
"""v at least."""

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
    # What of the others is less sure has less of what nothing is said of.
    sure = said or dict.fromkeys(there or [REST], 1.0)
    prior[list(sure)] = (1 - waiting) * np.array(list(sure.values())) / sum(sure.values())
    prior[REST] += waiting
    return Sources(samples.base, assignment(samples, words, prior, waiting), words, samples.places.told)


def assignment(samples: Samples, words: Sequence[Word], prior: NDArray[np.float32], waiting: float = 0.0) -> Array:
    """The share A_gk of source g in component k, in bands of frequency.

    A, whose columns sum to one, brings down

        Σ_g u_g Σ_b w_b (Σ_k A_gk(b) m_k(b) − y_g(b))² + Σ_g λ_g ‖A_g − P_g‖²
            + μ/2 Σ_jk s_jk ‖A_j − A_k‖² + ν ‖A'‖²

    over the bins b of which something is said: m_k are the computed masks of the components, A_gk(b) what A is at the
    frequency of b, y_g(b) is 1 where the last word on b is that source g sounds there, and 0 for the other sources. A
    word that denies a source asks only of that source to be 0. w_b is the energy of the model at b, brought halfway to
    the mean of its word, times the word's weight; u_g weighs the sources alike, however much is said of each, as far as
    that is sure. The other terms say what is to hold until more is said: λ_g that a component is shared as P, more so
    while P gives something to a source of which nothing is said, and for a source of which little is sure, by 1/v_g − 1
    (`HESITATION`; v_g is the greatest weight of its words, or G P_g where that is more); μ that what sounds alike goes
    together (s_jk, `Samples.alike`); ν that a component is shared alike in bands side by side (A' are the differences).
    ‖·‖² is the mean over the bands, but of A' the sum. A word of hardly any weight changes hardly anything.

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
    float32, shape (G, K, B)
    """
    sources, components = len(prior), samples.base.components
    targets = np.zeros((sources, BANDS, components))
    common = _Squares(components)
    denied: dict[int, _Squares] = {}
    said, sure, weight, count = np.zeros(sources), np.zeros(sources), 0.0, 0.0
    for word, adds in zip(words, samples.said(words), strict=True):
        if not adds.energy:
            continue
        weight += word.weight * adds.energy
        count += word.weight
        if word.denies:
            denied.setdefault(word.source, _Squares(components)).add(adds)
        else:
            common.add(adds)
            targets[word.source, adds.first : adds.first + len(adds.sums)] += adds.sums
            said[word.source] += word.weight * adds.energy
            sure[word.source] = max(sure[word.source], word.weight)
    shares = np.repeat(np.asarray(prior, np.float64)[:, None], BANDS * components, axis=1)
    # All that is said of a source, each word beside the surest.
    asked, there = said > 0, np.flatnonzero((prior > 0) | (said > 0))
    said[asked] /= sure[asked]
    if weight > 0:
        typical, count = weight / count, max(count, 1.0)
        usual = float(np.average(said, weights=sure)) if asked.any() else 0.0
        alike = 1 + np.where(asked, sure * (usual / np.where(asked, said, 1.0) - 1), 0.0)
        ridge = (RIDGE * weight + HESITATION * usual * waiting / count) / BANDS
        drawn = _drawn_together(samples.alike, KINSHIP * typical / count, SMOOTHNESS * typical)
        # A source of which nothing is sure stays what it would be unsaid.
        surest = np.clip(np.maximum(sure, sources * prior), SUREST_LEAST, 1.0)
        ridges = ridge + HESITATION * usual * (1 / surest - 1) / BANDS
        every, one = common.whole, np.eye(len(drawn))
        squares = np.stack(
            [
                alike[g] * (every + denied[g].whole if g in denied else every) + drawn + ridges[g] * one
                for g in there.tolist()
            ]
        )
        wanted = targets.reshape(sources, -1) * alike[:, None] + ridges[:, None] * shares
        shares[there] = least(squares, wanted[there])
    return np.asarray(shares.reshape(sources, BANDS, components).transpose(0, 2, 1), np.float32)


class _Squares:
    """Collects sums of products of features, of all bands."""

    def __init__(self, components: int) -> None:
        self._own = np.zeros((BANDS, components, components))
        self._beside = np.zeros((BANDS - 1, components, components))

    def add(self, word: Said) -> None:
        """Those of a word."""
        self._own[word.first : word.first + len(word.squares)] += word.squares
        self._beside[word.first : word.first + len(word.beside)] += word.beside

    @property
    def whole(self) -> NDArray[np.float64]:
        """All of them, shape (B · K, B · K), bands first."""
        count = self._own.shape[1]
        out = np.zeros((BANDS, count, BANDS, count))
        band = np.arange(BANDS)
        out[band, :, band, :] = self._own
        out[band[:-1], :, band[1:], :] = self._beside
        out[band[1:], :, band[:-1], :] = self._beside.transpose(0, 2, 1)
        return out.reshape(BANDS * count, BANDS * count)


def _drawn_together(alike: NDArray[np.float64], kinship: float, smoothness: float) -> NDArray[np.float64]:
    """What it costs that components which are alike (K, K), and bands side by side, are not shared alike.

    Returns
    -------
    float64, shape (B · K, B · K), bands first
    """
    near = np.eye(BANDS, k=1) + np.eye(BANDS, k=-1)
    among, along = (np.diag(each.sum(axis=0)) - each for each in (alike, near))
    return kinship / BANDS * np.kron(np.eye(BANDS), among) + smoothness * np.kron(along, np.eye(len(alike)))


def moved(before: Sources, now: Sources) -> float:
    """The share of the components' energy that another source has now, 0 … 1; both of the same components.

    The energy of a component is that of its part of the model, as if it sounded alone.
    """
    energies = now.energies.astype(np.float64)
    count = max(before.components, now.components)
    differ = np.zeros((count, *energies.shape))
    differ[: now.components] += now.shares
    differ[: before.components] -= before.shares
    total = float(energies.sum())
    return float((np.abs(differ).sum(axis=0) / 2 * energies).sum()) / total if total > 0 else 0.0
