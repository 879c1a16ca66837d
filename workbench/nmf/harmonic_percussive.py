"""Harmonic/percussive separation by median filters along time and along frequency.

A tone is a ridge along time and a click one along frequency; a median across the other's ridge removes it.
Rows are padded by reflection and laid end to end, so that one call filters a whole block of them: short
medians by minima and maxima of whole arrays, which leave the interpreter free for other threads, long ones
by SciPy's running rank of one-dimensional arrays. Both only pick values, so every way gives the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import median_filter

from workbench.nmf.result import Array, chosen
from workbench.progress import Progress, silent

Task = Callable[[], None]


class HpssMode(StrEnum):
    """Ways to make masks of the two medians; see `hpss`."""

    SOFT = "soft"
    BINARY = "binary"
    COUPLED = "coupled"
    ADVANCED = "advanced"


ONE_DECIBEL = 10 ** (1 / 20)
"""Separation factor of 1 dB, FluCoMa's default threshold over all bins."""

BLOCK = 65536
"""Values a block: long enough to hide the cost of a call, short enough to stop and report soon."""

NETWORK = 31
"""Longest median by minima and maxima; their number grows faster than the cost of a running rank."""


def median_filters(
    V: Array,
    harmonic_frames: int = 17,
    percussive_bins: int = 31,
    threads: int | None = None,
    progress: Progress = silent,
) -> tuple[Array, Array]:
    """Running medians along time and along frequency (Fitzgerald 2010, DAFx).

    Beyond its edges V goes on as its mirror image, the edge value doubled. The results equal
    `scipy.ndimage.median_filter` with sizes (1, `harmonic_frames`) and (`percussive_bins`, 1) as long as these
    are less than eight times the axis; longer ones let SciPy read a value beside the array. They do not depend
    on the number of threads, and lie in memory as V does.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes or powers, nonnegative and finite; float32 or float64, which the result keeps. Never written to.
    harmonic_frames, percussive_bins : int
        Lengths of the medians along time and along frequency; odd, and possibly longer than the axis.
    threads : int, optional
        Threads over the blocks; default is one a processor, at most 8.
    progress : callable (share), optional
        Called after every block with the share of the work that is done; what it raises stops the work.

    Returns
    -------
    (harmonic, percussive) : arrays, shapes (F, N)

    Raises
    ------
    ValueError
        If V is not a float matrix, or negative, not finite or empty, or a length is not odd and positive.
    """
    _check(V, harmonic_frames, percussive_bins)
    harmonic, percussive = np.empty_like(V), np.empty_like(V)
    tasks = _median_tasks(V, harmonic, percussive, harmonic_frames, percussive_bins)
    _run([tasks], threads, progress)
    return harmonic, percussive


def hpss(
    V: Array,
    mode: str = HpssMode.SOFT,
    harmonic_frames: int = 17,
    percussive_bins: int = 31,
    power: float = 2.0,
    harmonic_threshold: ArrayLike = ONE_DECIBEL,
    percussive_threshold: ArrayLike = ONE_DECIBEL,
    threads: int | None = None,
    progress: Progress = silent,
) -> Array:
    """Masks of the harmonic part, the percussive part and, in mode "advanced", the residual.

    With H and P the medians of `median_filters`, p the power and t the thresholds, a bin's masks are

    - "soft": H^p / (H^p + P^p) and P^p / (H^p + P^p); ½ each where both medians are zero. p = 2 is the
      Wiener-like mask of Fitzgerald (2010, DAFx), p = 1 FluCoMa's mode "classic";
    - "binary": harmonic where H ≥ P, else percussive (Fitzgerald's binary mask, ties to harmonic);
    - "coupled": harmonic where H / P > t_harmonic, else percussive (FluCoMa's mode of that name);
    - "advanced": harmonic where H / P > t_harmonic, percussive where P / H > t_percussive, else residual
      (Driedger, Müller & Disch 2014, ISMIR; FluCoMa's mode of that name).

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes or powers, nonnegative and finite; float32 or float64, which the result keeps. Never written to.
    mode : str
        One of `HpssMode`.
    harmonic_frames, percussive_bins : int
        Lengths of the medians along time and along frequency; odd, and possibly longer than the axis.
    power : float
        Exponent p of the soft masks; positive.
    harmonic_threshold, percussive_threshold : float or array, shape (F,)
        Separation factors, dimensionless, for all bins or for each; 20·log10(t) is their level in dB where V is
        a magnitude: 1 is 0 dB, 1.122 is 1 dB, 2 is 6 dB. Mode "coupled" takes any positive harmonic threshold;
        mode "advanced" takes both, at least 1, so that no bin is both. The other modes ignore them.
    threads : int, optional
        Threads over the blocks, without effect on the result; default is one a processor, at most 8.
    progress : callable (share), optional
        Called after every block with the share of the work that is done; what it raises stops the work.

    Returns
    -------
    array, shape (S, F, N)
        Masks from 0 to 1 that sum to one in every bin: harmonic, percussive and, in mode "advanced", residual.
        Each lies in memory as V does.

    Raises
    ------
    ValueError
        If the mode is unknown, a threshold or the power is out of its range, or `median_filters` refuses V.
    """
    mode = chosen(HpssMode, mode, "mode")
    if not 0 < power < np.inf:
        raise ValueError(f"The power must be positive and finite, not {power}.")
    _check(V, harmonic_frames, percussive_bins)
    thresholds = np.ones((2, len(V), 1), V.dtype)
    if mode in (HpssMode.COUPLED, HpssMode.ADVANCED):
        thresholds[0] = _threshold(harmonic_threshold, len(V), 1.0 if mode == HpssMode.ADVANCED else 0.0)
    if mode == HpssMode.ADVANCED:
        thresholds[1] = _threshold(percussive_threshold, len(V), 1.0)
    by_frames = _time_major(V)
    shape = (3 if mode == HpssMode.ADVANCED else 2, *(V.T.shape if by_frames else V.shape))
    masks = np.empty(shape, V.dtype)
    if by_frames:
        masks = masks.transpose(0, 2, 1)
    medians = _median_tasks(V, masks[0], masks[1], harmonic_frames, percussive_bins)
    makers: list[Task] = []
    for part in _blocks(*shape[1:]):
        where = (slice(None), part) if by_frames else (part, slice(None))
        rows = thresholds[:, where[0]]
        makers.append(partial(_make_masks, masks[:, *where], mode, float(power), rows[0], rows[1]))
    _run([medians, makers], threads, progress)
    return masks


def _check(V: Array, *lengths: int) -> None:
    if V.ndim != 2 or V.size == 0 or V.dtype not in (np.float32, np.float64):
        raise ValueError(f"V must be a matrix of float32 or float64 with entries, not {V.dtype} of shape {V.shape}.")
    if not (float(V.min()) >= 0 and float(V.max()) < np.inf):  # a NaN fails either comparison
        raise ValueError("V must be nonnegative and finite.")
    for length in lengths:
        if length < 1 or length % 2 != 1:
            raise ValueError(f"The length of a median must be odd and positive, not {length}.")


def _threshold(value: ArrayLike, bins: int, least: float) -> Array:
    """A threshold for each bin, shape (F, 1); at least `least`, and above zero."""
    factors = np.asarray(value, dtype=np.float64)
    if factors.shape not in ((), (bins,)):
        raise ValueError(f"A threshold is one number or one for each of {bins} bins, not of shape {factors.shape}.")
    if not np.all((factors >= least) & (factors > 0) & (factors < np.inf)):
        raise ValueError(f"Thresholds must be finite and {'at least 1' if least else 'above 0'}.")
    return np.broadcast_to(factors, (bins,))[:, None]


def _time_major(V: Array) -> bool:
    return abs(V.strides[0]) < abs(V.strides[1])


def _blocks(rows: int, width: int) -> list[slice]:
    step = max(1, BLOCK // width)
    return [slice(start, start + step) for start in range(0, rows, step)]


def _run(stages: Sequence[Sequence[Task]], threads: int | None, progress: Progress) -> None:
    """Tasks of one stage side by side, stage after stage."""
    total = sum(map(len, stages))
    done = 0
    pool = ThreadPoolExecutor(threads or min(8, os.cpu_count() or 1))
    try:
        for stage in stages:
            for future in [pool.submit(task) for task in stage]:
                future.result()
                done += 1
                progress(done / total)
    finally:
        pool.shutdown(cancel_futures=True)


def _median_tasks(V: Array, harmonic: Array, percussive: Array, frames: int, bins: int) -> list[Task]:
    """Tasks that fill both medians. The ways are interleaved, as only one of them may leave other threads free."""
    along_time = [partial(_filter_rows, V, harmonic, rows, frames) for rows in _blocks(V.shape[0], V.shape[1])]
    along_frequency = [partial(_filter_rows, V.T, percussive.T, r, bins) for r in _blocks(V.shape[1], V.shape[0])]
    tasks: list[Task] = []
    for i in range(max(len(along_time), len(along_frequency))):
        tasks += along_time[i : i + 1] + along_frequency[i : i + 1]
    return tasks


def _filter_rows(source: Array, out: Array, rows: slice, length: int) -> None:
    """Medians along the rows of a block, which are padded and laid end to end.

    The windows that reach from one row into the next lie within the padding and are dropped.
    """
    width = source.shape[1]
    half = length // 2
    block = source[rows]
    padded = np.empty((len(block), width + 2 * half), source.dtype)
    padded[:, half : half + width] = block
    for edge in (np.arange(-half, 0), np.arange(width, width + half)):
        mirrored = edge % (2 * width)  # the mirror image repeats after twice the width
        padded[:, edge + half] = block[:, np.minimum(mirrored, 2 * width - 1 - mirrored)]
    medians = np.empty_like(padded)
    flat = padded.ravel()
    if length <= NETWORK:
        medians.ravel()[half : flat.size - half] = _network_median(flat, half)
    else:
        median_filter(flat, length, output=medians.ravel(), mode="nearest")
    out[rows] = medians[:, half : half + width]


def _network_median(x: Array, half: int) -> Array:
    """Medians of all windows of 2·half + 1 values that lie within x, by minima and maxima of whole arrays.

    The windows' left and right halves are sorted alike, so each half is sorted once, by Batcher's odd–even
    merges of shorter sorted runs. Of both halves together only the two middle values matter (Knuth, TAOCP 3,
    section 5.3.4); the median is the window's centre, held between them.
    """
    if half == 0:
        return x
    count = x.size - 2 * half
    runs = _runs(x, half, {})
    before = [v[:count] for v in runs]
    after = [v[half + 1 : half + 1 + count] for v in reversed(runs)]
    low, high = np.minimum(before[0], after[0]), np.maximum(before[0], after[0])
    spare = np.empty_like(low)
    for a, b in zip(before[1:], after[1:], strict=True):
        np.maximum(low, np.minimum(a, b, out=spare), out=low)
        np.minimum(high, np.maximum(a, b, out=spare), out=high)
    np.minimum(high, x[half : half + count], out=high)
    return np.maximum(low, high, out=low)


def _runs(x: Array, length: int, known: dict[int, list[Array]]) -> list[Array]:
    """The ascending values of every window of so many values, by rank; `known` holds those already sorted."""
    if length == 1:
        return [x]
    if length not in known:
        count, left, right = x.size - length + 1, length - length // 2, length // 2
        a = [v[:count] for v in _runs(x, left, known)]
        b = [v[left : left + count] for v in _runs(x, right, known)]
        known[length] = _merge(a, b)
    return known[length]


def _merge(a: list[Array], b: list[Array]) -> list[Array]:
    """Two ascending lists of arrays as one, elementwise (Batcher 1968)."""
    if not a or not b:
        return a or b
    if len(a) == len(b) == 1:
        return [np.minimum(a[0], b[0]), np.maximum(a[0], b[0])]
    first, *even = _merge(a[::2], b[::2])
    odd = _merge(a[1::2], b[1::2])
    out = [first]
    for low, high in zip(even, odd, strict=False):
        out += [np.minimum(low, high), np.maximum(low, high)]
    return out + even[len(odd) :] + odd[len(even) :]


def _make_masks(
    masks: Array, mode: HpssMode, power: float, harmonic_threshold: Array, percussive_threshold: Array
) -> None:
    """Masks (S, f, n) in place of the medians that its first two planes hold; thresholds (f, 1)."""
    H, P = masks[0], masks[1]
    with np.errstate(over="ignore", under="ignore"):
        if mode == HpssMode.SOFT:
            _make_soft_masks(H, P, power)
            return
        # t·P < H says what H / P > t says, but needs no rule for P = 0; an infinite product is never exceeded.
        harmonic = H >= P if mode == HpssMode.BINARY else harmonic_threshold * P < H
        percussive = percussive_threshold * H < P if mode == HpssMode.ADVANCED else ~harmonic
    H[...] = harmonic
    P[...] = percussive
    if mode == HpssMode.ADVANCED:
        masks[2] = ~(harmonic | percussive)


def _make_soft_masks(H: Array, P: Array, power: float) -> None:
    """Soft masks in place of the medians.

    The power is taken of the ratio of the lesser to the greater, which neither scale nor power can make overflow;
    the greater mask is one minus the lesser, which rounds so that both add up to exactly one.
    """
    greater = np.maximum(H, P)
    is_harmonic = H >= P
    lesser = np.divide(np.minimum(H, P), greater, out=np.ones_like(H), where=greater > 0)
    lesser **= power
    lesser /= 1 + lesser
    np.subtract(1, lesser, out=greater)
    H[...] = np.where(is_harmonic, greater, lesser)
    P[...] = np.where(is_harmonic, lesser, greater)
