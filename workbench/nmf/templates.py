"""Templates that say what a source sounds like: pitches, learnt examples, a stretch of the recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.convolutive import nmf_conv
from workbench.nmf.result import Array, IterationProgress
from workbench.nmf.starts import random_start


def pitch_hz(pitch: float | Array) -> Array:
    """Frequency in hertz of a MIDI pitch: 440 Hz is 69."""
    return np.asarray(440.0 * 2.0 ** ((np.asarray(pitch, np.float64) - 69.0) / 12.0))


def pitched_templates(
    pitches: Sequence[float],
    rate: float,
    window: int,
    *,
    tolerance_up: float = 0.75,
    tolerance_down: float = 0.75,
    harmonics: int = 25,
    decay: float = 1.0,
    length: int = 1,
) -> Array:
    """A comb for each pitch (Driedger et al., *Score-informed audio decomposition and applications*, ACM MM 2013).

    Partial g covers the frequencies from g·f(p − down) to g·f(p + up), at least its nearest bin, with the height
    g^−decay; where partials meet, the stronger counts. All else is zero, which multiplicative rules keep.

    Parameters
    ----------
    pitches : sequence of float
        MIDI pitches, one a component.
    rate, window : float, int
        Samples a second, samples a frame.
    tolerance_up, tolerance_down : float
        Semitones, at least 0.
    harmonics : int
        Partials, at least 1; those above half the rate are left out.
    decay : float
        Exponent of the fall from partial to partial; 1 is that of a sawtooth, 0 none.
    length : int
        T; above 1 the template is (F, K, T), the same in every frame.

    Returns
    -------
    float32, shape (F, K) or (F, K, T)
        Unit sum a component.

    Raises
    ------
    ValueError
        If a pitch is above half the rate, or a number is out of its range.
    """
    if harmonics < 1 or tolerance_up < 0 or tolerance_down < 0 or length < 1:
        raise ValueError("Harmonics and template frames are at least 1, tolerances at least 0.")
    bins = window // 2 + 1
    out = np.zeros((bins, len(pitches)))
    for k, pitch in enumerate(pitches):
        if pitch_hz(pitch) * window / rate > bins - 1:
            raise ValueError(f"Pitch {pitch:g} is above half the sample rate; leave it out.")
        for g in range(1, harmonics + 1):
            edges = np.array([pitch - tolerance_down, pitch, pitch + tolerance_up])
            low, middle, high = g * pitch_hz(edges) * window / rate
            if low > bins - 1:
                break
            first, last = min(int(np.ceil(low)), round(middle)), max(int(np.floor(high)), round(middle))
            np.maximum(out[first : last + 1, k], float(g) ** -decay, out=out[first : last + 1, k])
    out /= out.sum(axis=0)
    wide = out[:, :, None].repeat(length, axis=2) / length if length > 1 else out
    return wide.astype(np.float32)


def learnt_templates(
    V: Array,
    components: int,
    seed: int = 0,
    length: int = 1,
    iterations: int = 30,
    beta: float = 1.0,
    progress: IterationProgress | None = None,
) -> Array:
    """Templates of an example: a stretch of the recording, or one-shots end to end.

    With one component and `length` above 1 this is how libnmfd learns a drum from a folder of its one-shots
    (Dittmar & Müller, IEEE/ACM TASLP 24(9), 2016).

    Parameters
    ----------
    V : array, shape (F, N)
        The example alone.
    components, seed, length, iterations : int
        K, the random start, T, and the steps.
    beta : float
        As for `factorise_fast`.
    progress : callable, optional
        As there; where it stops the steps, the templates are as far as they have come.

    Returns
    -------
    array, shape (F, K) or (F, K, T)

    Raises
    ------
    ValueError
        If the example is silent.
    """
    if not V.size or float(V.max()) == 0.0:
        raise ValueError("There is no sound to learn from.")
    W, H = random_start(V, components, seed, length)
    if length == 1:
        return factorise_fast(V, W, H, beta, iterations, progress).W
    W = np.broadcast_to(W.mean(axis=2, keepdims=True), W.shape)
    return nmf_conv(V, W, np.ones_like(H) * H.mean(), beta, iterations, progress).W
