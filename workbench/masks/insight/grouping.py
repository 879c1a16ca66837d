"""Suggestions for which layers belong to one source, from what each holds of the recording.

A suggestion is a number of a group for every layer; what the user makes of it is his.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy import ndimage
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis, power_blocks

Doubles = NDArray[np.float64]

BANDS = 40
COEFFICIENTS = 13
"""Of the cepstrum; the first, which tells the level, is left out."""
LOUD_DB = 60.0
"""Bands farther below the loudest count as that far below."""
PERCUSSIVE = 0.3
"""Share from which on a layer counts as percussive: a hit that decays is tonal for a while. (The demo's drums measure
0.3 to 0.8, its pitched components at most 0.25.)"""
NOISY = 0.2
"""Share that stays in the quietest moments from which on a layer counts as noise."""
QUIET = 0.03
"""Share of the frames that are the quietest."""
FADED_DB = 45.0
"""Frames farther below the middle one are no sound of the recording."""
LEAST_NOISE = 0.05
"""Share below which the noisiest layer is no noise either."""
SMOOTH_HZ, SMOOTH_SECONDS = 370.0, 0.2
"""Extents of the median filters that tell tones and hits apart."""


@dataclass(frozen=True, eq=False)
class Portraits:
    """What each layer of a stack holds, as one spectrum and one course.

    Attributes
    ----------
    spectra : float64, shape (L, F)
        Mean power at every bin.
    courses : float64, shape (L, N)
        Power in every frame.
    hz : float64, shape (F,)
        Frequencies of the bins.
    seconds : float
        From one frame to the next.
    """

    spectra: Doubles
    courses: Doubles
    hz: Doubles
    seconds: float


def portraits(
    stack: Stack, samples: NDArray[np.float32], rate: int, analysis: Analysis, progress: Progress = silent
) -> Portraits:
    """Measure all layers of a stack on the samples (n, C) of the mix."""
    count, rows = len(stack.layers), np.arange(stack.bins)
    spectra, courses = np.zeros((count, stack.bins)), np.zeros((count, stack.frames))
    each = np.eye(count, dtype=np.float32)
    for first, power in power_blocks(samples, analysis, progress):
        columns = np.arange(first, first + len(power))
        held = stack.blend(each, rows, columns) ** 2 * power.T
        spectra += held.sum(axis=2)
        courses[:, columns] = held.sum(axis=1)
    hz = analysis.hz_of(rows.astype(np.float64), rate)
    return Portraits(spectra / stack.frames, courses, hz, analysis.second_of(1, rate))


def mean_spectrum(samples: NDArray[np.float32], analysis: Analysis) -> Doubles:
    """Mean power at every bin of a whole sound, shape (F,)."""
    total, count = np.zeros(analysis.bins), 0
    for _, power in power_blocks(samples, analysis):
        total += power.sum(axis=0)
        count += len(power)
    return total / max(count, 1)


def mel_levels(spectra: Doubles, hz: Doubles) -> Doubles:
    """Levels in dB in triangular bands of even width in mel, shape (L, BANDS), the loudest band at 0 dB."""
    mel = FrequencyScale.MEL
    edges = np.asarray(mel.frequency(np.linspace(float(mel.position(20.0)), float(mel.position(hz[-1])), BANDS + 2)))
    rise = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(rise, fall), 0, None)
    # Bands narrower than a bin take what lies nearest to their middle.
    for band in np.flatnonzero(weights.sum(axis=1) == 0):
        weights[band, np.argmin(np.abs(hz - edges[band + 1]))] = 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    power = spectra @ weights.T
    db = 10 * np.log10(np.maximum(power, 1e-30))
    return np.asarray(np.maximum(db - db.max(axis=1, keepdims=True), -LOUD_DB))


def by_timbre(portrait: Portraits, count: int) -> list[int]:
    """Layers of like spectral envelope together: cepstra of mel levels, clustered.

    Spiertz & Gnann 2009 ("Source-filter based clustering for monaural blind source separation") cluster components
    by such coefficients of their templates.
    """
    return _clustered(timbre_distances(portrait.spectra, portrait.hz), count, "ward")


def timbre_distances(spectra: Doubles, hz: Doubles) -> Doubles:
    """How unlike the envelopes of power spectra (L, F) are, shape (L, L): distances between cepstra of mel levels."""
    cepstra = scipy.fft.dct(mel_levels(spectra, hz), norm="ortho", axis=1)[:, 1:COEFFICIENTS]
    return np.asarray(np.linalg.norm(cepstra[:, None] - cepstra[None], axis=2))


def by_rhythm(portrait: Portraits, count: int) -> list[int]:
    """Layers that sound at the same times together: correlation of the courses of their amplitudes, clustered."""
    course = np.sqrt(portrait.courses)
    course = course - course.mean(axis=1, keepdims=True)
    norm = np.maximum(np.linalg.norm(course, axis=1), 1e-12)
    alike = (course @ course.T) / np.outer(norm, norm)
    return _clustered(1 - np.clip(alike, -1, 1), count, "average")


def percussive_shares(portrait: Portraits) -> Doubles:
    """Share of each layer's power that is percussive, 0 … 1, shape (L,).

    Of a layer as spectrum × course: what is even along frequency against what is even along time, by medians along
    both (FitzGerald 2010, "Harmonic/percussive separation using median filtering").
    """
    bin_hz = float(portrait.hz[1])
    height = max(3, round(SMOOTH_HZ / bin_hz)) | 1
    width = max(3, round(SMOOTH_SECONDS / portrait.seconds)) | 1
    w, h = np.sqrt(portrait.spectra), np.sqrt(portrait.courses)
    even_w, even_h = ndimage.median_filter(w, (1, height)), ndimage.median_filter(h, (1, width))
    out = np.zeros(len(w))
    rows = np.unique(np.linspace(0, w.shape[1] - 1, 400).astype(int))
    columns = np.unique(np.linspace(0, h.shape[1] - 1, 600).astype(int))
    for i in range(len(w)):
        power = np.outer(w[i, rows], h[i, columns]) ** 2
        tones, hits = (np.outer(a[i, rows], b[i, columns]) ** 2 for a, b in ((w, even_h), (even_w, h)))
        out[i] = np.sum(power * hits / np.maximum(tones + hits, 1e-30)) / max(power.sum(), 1e-30)
    return out


def by_percussion(portrait: Portraits) -> list[int]:
    """0 for harmonic layers, 1 for percussive ones."""
    return [int(share > PERCUSSIVE) for share in percussive_shares(portrait)]


def noise_shares(portrait: Portraits) -> Doubles:
    """How much of each layer stays when all else is quiet, 0 … 1, shape (L,): 1 for steady noise.

    Its mean power in the frames in which the layers are quietest together, over its mean power in all. (Noise
    estimates from the quietest moments are those of minimum statistics, Martin 2001.)
    """
    total = portrait.courses.sum(axis=0)
    # A fade or a dithered lead-in is quieter than any noise of the recording.
    sounding = total > np.quantile(total, 0.5) * 10.0 ** (-FADED_DB / 10) if total.any() else total > 0
    quiet = sounding & (total <= np.quantile(total[sounding], QUIET)) if sounding.any() else sounding
    if not quiet.any():
        return np.zeros(len(portrait.courses))
    mean = portrait.courses[:, sounding].mean(axis=1)
    return np.asarray(np.minimum(portrait.courses[:, quiet].mean(axis=1) / np.maximum(mean, 1e-30), 1.0))


def by_noise(portrait: Portraits) -> list[int]:
    """0 for layers of steady noise, 1 for others; where none is very noisy, 0 for one that stands out."""
    shares = noise_shares(portrait)
    most, others = float(shares.max(initial=0.0)), np.sort(shares)[:-1]
    stands_out = most > LEAST_NOISE and most > 3 * float(others.max(initial=0.0))
    least = most if most < NOISY and stands_out else NOISY
    return [int(share < least) for share in shares]


def low_shares(portrait: Portraits, hz: float) -> Doubles:
    """Share of each layer's power below a frequency, shape (L,)."""
    below = portrait.spectra[:, portrait.hz < hz].sum(axis=1)
    return np.asarray(below / np.maximum(portrait.spectra.sum(axis=1), 1e-30))


def by_low_frequency(portrait: Portraits, hz: float) -> list[int]:
    """0 for layers with most of their power below a frequency, 1 for the others."""
    return [int(share <= 0.5) for share in low_shares(portrait, hz)]


def by_references(portrait: Portraits, references: Sequence[Doubles]) -> list[int]:
    """For every layer the reference whose spectral envelope is most like its own.

    Parameters
    ----------
    references : sequence of float64, shape (F,)
        Mean power spectra at the same bins.
    """
    layers = mel_levels(portrait.spectra, portrait.hz)
    sounds = mel_levels(np.stack(list(references)), portrait.hz)
    return [int(each) for each in np.argmin(np.linalg.norm(layers[:, None] - sounds[None], axis=2), axis=1)]


def _clustered(distance: Doubles, count: int, linkage: str) -> list[int]:
    """Number of the cluster of each layer, by a hierarchical linkage; clusters are numbered as they first appear."""
    size = len(distance)
    if size < 2:
        return [0] * size
    even = (distance + distance.T) / 2
    np.fill_diagonal(even, 0.0)
    tree = hierarchy.linkage(squareform(even, checks=False), linkage)
    labels = hierarchy.fcluster(tree, min(count, size), "maxclust")
    seen: dict[int, int] = {}
    return [seen.setdefault(int(label), len(seen)) for label in labels]
