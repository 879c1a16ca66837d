"""Orders of layers, from what each holds of the recording: by pitch, timbre, time or loudness.

An order is a list of indices of layers, the first to stand on top.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from workbench.masks.insight.grouping import PERCUSSIVE, Portraits, percussive_shares, timbre_distances

Doubles = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ, STEPS = 30.0, 2500.0, 36
"""Range of the pitches that are tried, and how many of an octave."""
PARTIALS = 12
ENTERED = 0.05
"""Share of its energy that a layer has given when it counts as having entered."""


class Order(StrEnum):
    """By what layers are sorted."""

    PITCH = "pitch"
    TIMBRE = "timbre"
    TIME = "time"
    LOUDNESS = "loudness"


def ordered(portrait: Portraits, order: Order) -> list[int]:
    """The order of the layers of a portrait."""
    return {Order.PITCH: by_pitch, Order.TIMBRE: by_timbre, Order.TIME: by_time, Order.LOUDNESS: by_loudness}[order](
        portrait
    )


def by_pitch(portrait: Portraits) -> list[int]:
    """Tones from low to high, then hits and noises from dark to bright."""
    hits = percussive_shares(portrait) > PERCUSSIVE
    keys = np.where(hits, centroids(portrait), pitches(portrait))
    return [int(i) for i in np.lexsort((keys, hits))]


def by_timbre(portrait: Portraits) -> list[int]:
    """Each layer beside those of like spectral envelope; the darker end comes first.

    The leaves of a hierarchical clustering, in the order in which neighbours are most alike (Bar-Joseph, Gifford &
    Jaakkola 2001).
    """
    if len(portrait.spectra) < 3:
        order = list(range(len(portrait.spectra)))
    else:
        condensed = squareform(timbre_distances(portrait.spectra, portrait.hz), checks=False)
        tree = hierarchy.linkage(condensed, "average", optimal_ordering=True)
        order = [int(leaf) for leaf in hierarchy.leaves_list(tree)]
    bright = np.log2(np.maximum(centroids(portrait), 1.0))[order]
    half = len(order) // 2
    return order[::-1] if bright[:half].sum() > bright[len(order) - half :].sum() else order


def by_time(portrait: Portraits) -> list[int]:
    """As they enter: by the moment until which a twentieth of their energy has sounded; silent ones last."""
    given = np.cumsum(portrait.courses, axis=1)
    total = given[:, -1]
    entered = (given >= ENTERED * total[:, None]).argmax(axis=1)
    return [int(i) for i in np.lexsort((entered, total <= 0))]


def by_loudness(portrait: Portraits) -> list[int]:
    """The loudest first."""
    return [int(i) for i in np.argsort(-portrait.spectra.sum(axis=1), kind="stable")]


def centroids(portrait: Portraits) -> Doubles:
    """The mean frequency of each layer's power in Hz, shape (L,); 0 of a silent one."""
    power = portrait.spectra
    return np.asarray(power @ portrait.hz / np.maximum(power.sum(axis=1), 1e-30))


def pitches(portrait: Portraits) -> Doubles:
    """The pitch in Hz that explains most of each layer's spectrum, shape (L,).

    The sum of the amplitudes at the partials of every pitch that is tried, weighted as by Klapuri 2006 ("Multiple
    fundamental frequency estimation by summing harmonic amplitudes", eq. 8, with his α = 27 Hz, β = 320 Hz).
    """
    tried = np.geomspace(LOWEST_HZ, HIGHEST_HZ, round(STEPS * np.log2(HIGHEST_HZ / LOWEST_HZ)) + 1)
    amplitude = np.sqrt(portrait.spectra)
    numbers = np.arange(1, PARTIALS + 1)
    partials = tried[:, None] * numbers
    weights = (tried[:, None] + 27.0) / (partials + 320.0)
    out = np.zeros(len(amplitude))
    for i, row in enumerate(amplitude):
        # Above the highest bin nothing sounds.
        strength = np.interp(partials, portrait.hz, row, right=0.0)
        out[i] = tried[np.argmax((weights * strength).sum(axis=1))]
    return out
