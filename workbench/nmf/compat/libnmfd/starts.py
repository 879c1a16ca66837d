"""libnmfd's starts for pitched notes and for drums.

libnmfd's random start is NumPy's legacy generator with seed 42 (`numpy.random.RandomState`). Two of its faults are not
repeated: what begins in frame 0 does not wrap around to the last frame, and partials beyond half the sample rate are
left out instead of failing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.nmf.compat import EPS
from workbench.nmf.result import Array


def pitched_templates(
    pitches: ArrayLike,
    rate: float = 44100.0,
    block: int = 2048,
    partials: int = 25,
    below: float = 0.75,
    above: float = 0.75,
) -> NDArray[np.float64]:
    """A comb for each pitch: 1/g around the g-th partial, ε elsewhere, scaled to unit sum.

    Where partials overlap, the higher and weaker one counts. As in libnmfd, whose bins once counted from 1, the
    comb lies one bin below the partials. For convolutive templates of T frames repeat each T times and divide
    by T.

    Parameters
    ----------
    pitches : array_like
        MIDI numbers (69 is 440 Hz); duplicates count once.
    rate : float
        Hz.
    block : int
        Length of the Fourier transform in samples; F = block // 2 + 1.
    partials : int
        1 or more; those beyond the last bin are left out.
    below, above : float
        Tolerance of the pitch in semitones, 0 or more.

    Returns
    -------
    array, shape (F, K)
        In ascending order of pitch.

    Raises
    ------
    ValueError
        If there are no pitches, or a number is out of its range.
    """
    rows = np.unique(np.asarray(pitches, np.float64))
    if not len(rows) or not np.isfinite(rows).all():
        raise ValueError("Templates need at least one pitch, and all of them finite.")
    if not 0 < rate < np.inf or block < 2 or partials < 1 or below < 0 or above < 0:
        raise ValueError(
            f"Out of range: rate {rate}, block {block}, {partials} partials, tolerances {below} and {above}."
        )
    W: NDArray[np.float64] = np.full((block // 2 + 1, len(rows)), EPS)
    spacing = rate / block
    for k, pitch in enumerate(rows):
        low, high = _hertz(float(pitch) - below), _hertz(float(pitch) + above)
        for partial in range(1, partials + 1):
            first, last = round(partial * low / spacing) - 1, round(partial * high / spacing) - 1
            W[max(first, 0) : max(last + 1, 0), k] = 1 / partial
    W /= EPS + W.sum(axis=0)
    return W


def _hertz(pitch: float) -> float:
    return float(440 / 32 * 2 ** ((pitch - 9) / 12))


def pitched_activations(
    pitches: ArrayLike,
    onsets: ArrayLike,
    durations: ArrayLike,
    frames: int,
    seconds_per_frame: float,
    margin: float = 0.025,
) -> NDArray[np.float64]:
    """1 where a score's notes sound, with a margin on either side, and ε elsewhere.

    As in libnmfd, whose frames once counted from 1, all lies one frame early, except what begins in frame 0.

    Parameters
    ----------
    pitches, onsets, durations : array_like, shape (notes,)
        MIDI numbers, and seconds.
    frames : int
        N; what sounds before or after is left out.
    seconds_per_frame : float
        Hop size by sample rate.
    margin : float
        Seconds by which a note may begin earlier and end later than the score says.

    Returns
    -------
    array, shape (K, N)
        A row for each different pitch, in ascending order as in `pitched_templates`.

    Raises
    ------
    ValueError
        If the lists differ in length or are empty, or a number is out of its range.
    """
    notes, starts, lengths = (np.asarray(x, np.float64) for x in (pitches, onsets, durations))
    if starts.shape != notes.shape or lengths.shape != notes.shape:
        raise ValueError(f"Lengths differ: {notes.size} pitches, {starts.size} onsets, {lengths.size} durations.")
    _check_grid(starts, frames, seconds_per_frame)
    if not np.isfinite(notes).all() or not np.isfinite(lengths).all() or not np.isfinite(margin):
        raise ValueError("Pitches, durations and the margin must be finite.")
    _, rows = np.unique(notes, return_inverse=True)
    H = np.full((int(rows.max()) + 1, frames), EPS)
    for row, start, length in zip(rows, starts, lengths, strict=True):
        first = max(round((start - margin) / seconds_per_frame), 0)
        last = min(round((start + length + margin) / seconds_per_frame), frames)
        if first <= last:
            H[row, max(first - 1, 0) : max(last, 1)] = 1
    return H


def drum_activations(
    drums: ArrayLike, onsets: ArrayLike, components: int, frames: int, seconds_per_frame: float, decay: float = 0.9
) -> NDArray[np.float64]:
    """1 at each stroke of a drum, decaying from there by `decaying`; ε before.

    As in libnmfd, whose frames once counted from 1, all lies one frame early, except what begins in frame 0.

    Parameters
    ----------
    drums : array_like of int, shape (strokes,)
        Which component is struck, counted from 1.
    onsets : array_like, shape (strokes,)
        Seconds.
    components, frames : int
        K and N; strokes outside the N frames are left out.
    seconds_per_frame : float
        Hop size by sample rate.
    decay : float
        From 0 to 1; see `decaying`.

    Returns
    -------
    array, shape (K, N)

    Raises
    ------
    ValueError
        If the lists differ in length or are empty, or a number is out of its range.
    """
    labels, starts = np.asarray(drums), np.asarray(onsets, np.float64)
    if labels.shape != starts.shape:
        raise ValueError(f"Lengths differ: {labels.size} drums, {starts.size} onsets.")
    _check_grid(starts, frames, seconds_per_frame)
    if labels.dtype.kind not in "iu" or int(labels.min()) < 1 or int(labels.max()) > components:
        raise ValueError(f"Drums are whole numbers from 1 to {components}.")
    H = np.full((components, frames), EPS)
    for label, start in zip(labels, starts, strict=True):
        frame = round(start / seconds_per_frame)
        if 0 <= frame <= frames:
            H[label - 1, max(frame - 1, 0)] = 1
    return decaying(H, decay)


def decaying(A: Array, decay: float = 0.9) -> NDArray[np.float64]:
    """Rows that rise at once and fall slowly: libnmfd's nonlinear exponential moving average.

    y_n = max(x_n, d y_{n−1} + (1 − d) x_n), beginning with y_0 = x_0; d is `decay`, at most 0.9999999.

    Parameters
    ----------
    A : array, shape (K, N)
        Never written to.
    decay : float
        From 0, which changes nothing, to 1.

    Returns
    -------
    array, shape (K, N)

    Raises
    ------
    ValueError
        If the decay is not from 0 to 1.
    """
    if not 0 <= decay <= 1:
        raise ValueError(f"The decay must be from 0 to 1, not {decay}.")
    d = min(decay, 0.9999999)
    out = A.astype(np.float64)
    for n in range(1, out.shape[1]):
        out[:, n] = np.maximum(out[:, n], d * out[:, n - 1] + (1 - d) * out[:, n])
    return out


def _check_grid(onsets: Array, frames: int, seconds_per_frame: float) -> None:
    if onsets.ndim != 1 or not onsets.size or not np.isfinite(onsets).all():
        raise ValueError("Onsets must be a list of finite numbers, at least one.")
    if frames < 1 or not 0 < seconds_per_frame < np.inf:
        raise ValueError(f"There can't be {frames} frames of {seconds_per_frame} s each.")
