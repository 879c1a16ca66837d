"""Starts and comparisons of templates in their slowest, most obvious form; see `reference` for the notation.

>>> comb = pitched_template(69, rate=8000, window=800, up=0.0, down=0.0, harmonics=3, decay=1.0)
>>> np.flatnonzero(comb).tolist()  # 440 Hz in bins of 10 Hz
[44, 88, 132]
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from workbench.nmf.reference import Array, template_frames

# -- starts --------------------------------------------------------------------------------------------


def nndsvd(V: Array, components: int) -> tuple[Array, Array]:
    """Nonnegative double SVD (Boutsidis & Gallopoulos 2008, table 1): of each singular pair (u, s, v) the positive or
    the negative parts, whichever have the larger ‖u±‖‖v±‖. Of V with peak one; H takes the scale over."""
    u, s, vt = np.linalg.svd(V / V.max())
    W, H = np.zeros((len(V), components)), np.zeros((components, V.shape[1]))
    for k in range(components):
        sides = [(np.maximum(sign * u[:, k], 0), np.maximum(sign * vt[k], 0)) for sign in (1, -1)]
        a, b = max(sides, key=lambda side: float(np.linalg.norm(side[0]) * np.linalg.norm(side[1])))
        norms = np.linalg.norm(a), np.linalg.norm(b)
        size = np.sqrt(s[k] * norms[0] * norms[1])
        W[:, k], H[k] = size * a / norms[0], size * b / norms[1]
    return W, H * V.max()


def pitched_template(
    pitch: float, rate: float, window: int, up: float, down: float, harmonics: int, decay: float
) -> Array:
    """A comb, bin by bin: the strongest, g^−decay, of the partials g that cover the bin or are nearest to it."""
    low, middle, high = (440 * 2 ** ((p - 69) / 12) * window / rate for p in (pitch - down, pitch, pitch + up))
    out = np.zeros(window // 2 + 1)
    for f in range(len(out)):
        for g in range(1, harmonics + 1):
            if g * low <= f <= g * high or (abs(f - g * middle) < 0.5 and g * low <= window // 2):
                out[f] = max(out[f], float(g) ** -decay)
    return np.asarray(out / out.sum())


def gate(notes: list[tuple[float, float]], frames: int, frame_seconds: float, tolerance: float, trace: float) -> Array:
    """1 where a frame, half a hop to either side of its centre, meets a note (onset, duration) and its tolerance."""
    out = np.full(frames, trace)
    for onset, duration in notes:
        for n in range(frames):
            early, late = (n - 0.5) * frame_seconds, (n + 0.5) * frame_seconds
            if late > onset - tolerance and early < onset + duration + tolerance:
                out[n] = 1
    return out


def strokes(onsets: list[float], frames: int, frame_seconds: float, decay: float, trace: float) -> Array:
    """decay^(frames since the last stroke), and never less than a trace."""
    out = np.full(frames, trace)
    for onset in onsets:
        first = int(np.floor(onset / frame_seconds + 0.5))
        for n in range(max(first, 0), frames):
            out[n] = max(out[n], decay ** (n - first))
    return out


# -- comparing templates -------------------------------------------------------------------------------


def similarity(W1: Array, H1: Array, W2: Array, H2: Array) -> Array:
    """cos(√w_i, √w_j) · cos(√h_i, √h_j) of each component i of one set and j of the other; zeros are like nothing."""

    def cosine(a: Array, b: Array) -> float:
        norms = np.sqrt(a.sum()) * np.sqrt(b.sum())
        return float(np.sqrt(a) @ np.sqrt(b) / norms) if norms > 0 else 0.0

    W1, W2 = (np.sum(template_frames(W), axis=0) for W in (W1, W2))
    pairs = [[cosine(W1[:, i], W2[:, j]) * cosine(H1[i], H2[j]) for j in range(len(H2))] for i in range(len(H1))]
    return np.array(pairs)


def morph(a: Array, b: Array, amount: float) -> Array:
    """Optimal transport on a line (McCann 1997), in exact fractions: what is left in the lowest bin of a goes to what
    is wanting in the lowest of b, and stops on its way, shared between the two bins beside that place."""
    left, wanted, t = [Fraction(x) for x in a], [Fraction(x) for x in b], Fraction(amount)
    mass = (1 - t) * sum(left) + t * sum(wanted)
    left, wanted = [x / sum(left) for x in left], [x / sum(wanted) for x in wanted]
    out = [Fraction(0)] * (len(a) + 1)
    i = j = 0
    while i < len(a) and j < len(b):
        grain = min(left[i], wanted[j])
        place = (1 - t) * i + t * j
        low = int(place)
        out[low] += grain * (1 - (place - low)) * mass
        out[low + 1] += grain * (place - low) * mass
        left[i], wanted[j] = left[i] - grain, wanted[j] - grain
        i, j = i + (left[i] == 0), j + (wanted[j] == 0)
    return np.array(out[: len(a)], np.float64)
