"""The factorisations of the Fluid Corpus Manipulation library, so that its users get their numbers back.

Order of operations, floors, scaling and the random start are those of flucoma-core (`NMF.hpp`, `NNDSVD.hpp`,
`RatioMask.hpp`, `EigenRandom.hpp`; Eigen 3.4.0, libstdc++): with the same V and seed the results agree up to the
rounding of sums. All is computed in float64, and ε is float64's machine epsilon throughout. The morph of
templates is in `flucoma_morph`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.nmf.divergence import divergence
from workbench.nmf.result import Array, Factorisation, Progress, Watch, check_factors, check_spectrogram

EPS = float(np.finfo(np.float64).eps)
"""Floor of factors, model and denominators, 2⁻⁵²."""

VARIANTS = ("NMF-SVD", "NNDSVDar", "NNDSVDa", "NNDSVD")
"""Ways from singular vectors to nonnegative factors; see `seed`."""


# -- the random start --------------------------------------------------------------------------------


def mersenne_uniform(seed: int, count: int) -> NDArray[np.float64]:
    """Uniform numbers of C++'s `mt19937_64` under `uniform_real_distribution<double>(0, 1)` of libstdc++.

    Parameters
    ----------
    seed : int
        From 0 to 2⁶⁴ − 1.
    count : int
        How many; 0 or more.

    Returns
    -------
    array, shape (count,)
        In [0, 1).

    Raises
    ------
    ValueError
        If the seed or the count is out of its range.

    Notes
    -----
    Matsumoto & Nishimura 1998 (ACM TOMACS 8:1), in the 64-bit version of Nishimura 2000 (ACM TOMACS 10:4).
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"The seed must be from 0 to 2⁶⁴ − 1, not {seed}.")
    if count < 0:
        raise ValueError(f"The count can't be negative: {count}.")
    words = _temper(_mersenne_states(seed, count))
    # The largest words round up to 2⁶⁴; libstdc++ takes the number before 1 for them.
    return np.minimum(words.astype(np.float64) * 2.0**-64, np.nextafter(1.0, 0.0))


def _mersenne_states(seed: int, count: int) -> NDArray[np.uint64]:
    """The words that follow the seed, before tempering; shape (count,)."""
    size, middle = 312, 156
    words = np.empty(size + -(-count // middle) * middle, np.uint64)
    word = seed
    for i in range(size):
        words[i] = word
        word = (6364136223846793005 * (word ^ (word >> 62)) + i + 1) % 2**64
    high, low, matrix = np.uint64(0xFFFFFFFF80000000), np.uint64(0x7FFFFFFF), np.uint64(0xB5026F5AA96619E9)
    # A word needs the one 156 before it, so 156 can be made at once.
    for i in range(0, len(words) - size, middle):
        mixed = (words[i : i + middle] & high) | (words[i + 1 : i + 1 + middle] & low)
        far = words[i + middle : i + size]
        words[i + size : i + size + middle] = far ^ (mixed >> np.uint64(1)) ^ (mixed & np.uint64(1)) * matrix
    return words[size : size + count]


def _temper(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = words ^ ((words >> np.uint64(29)) & np.uint64(0x5555555555555555))
    words ^= (words << np.uint64(17)) & np.uint64(0x71D67FFFEDA60000)
    words ^= (words << np.uint64(37)) & np.uint64(0xFFF7EEE000000000)
    words ^= words >> np.uint64(43)
    return words


def random_factors(bins: int, frames: int, components: int, seed: int = 0) -> tuple[Array, Array]:
    """FluCoMa's random start: both factors are filled column by column from the beginning of one stream.

    Parameters
    ----------
    bins, frames, components : int
        F, N and K.
    seed : int
        From 0 to 2⁶⁴ − 1. FluCoMa's −1, a new seed at every run, is for the caller to draw.

    Returns
    -------
    (W, H) : float64 arrays, shapes (F, K) and (K, N)
        In [0, 1).

    Raises
    ------
    ValueError
        If a size is not positive, or the seed out of its range.
    """
    if min(bins, frames, components) < 1:
        raise ValueError(f"Sizes must be positive: {bins} bins, {frames} frames, {components} components.")
    stream = mersenne_uniform(seed, max(bins, frames) * components)
    W = stream[: bins * components].reshape(components, bins).T
    H = stream[: components * frames].reshape(frames, components).T
    return W, H


# -- BufNMF ------------------------------------------------------------------------------------------


def nmf(
    V: Array,
    components: int,
    iterations: int = 100,
    seed: int = 0,
    W: Array | None = None,
    H: Array | None = None,
    fix_W: bool = False,
    fix_H: bool = False,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Factorisation:
    """Kullback–Leibler NMF as BufNMF does it: W, then H, each time with a new model.

    W's columns and H's rows get unit L2 norm at the start, be they drawn, given or fixed, and W's columns after
    every update; H never takes their scale over, so the cost may rise. Where FluCoMa would divide a column of
    zeros by its norm and go on with NaN, the column stays zero.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes (BufNMF's own choice), nonnegative and finite. Never written to.
    components : int
        K.
    iterations : int
        0 or more. None are done if both factors are fixed, as in BufNMF.
    seed : int
        Of `random_factors`, for the factors that are not given.
    W, H : arrays, shapes (F, K) and (K, N), optional
        The start: BufNMF's bases and activations in mode Seed or Fixed. Never written to.
    fix_W, fix_H : bool
        Fixed factors are scaled, but not updated.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1; False stops.
    watch : callable (W, H), optional
        Sees the factors after every iteration, before `progress`.

    Returns
    -------
    Factorisation
        In V's kind of float. W's columns have unit L2 norm, as BufNMF writes them; H is that of the model WH,
        which BufNMF divides by `activation_scale` when it writes it. The costs are d_KL(V | max(WH, ε)); BufNMF
        computes none.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or a number is out of its range.
    """
    check_spectrogram(V)
    drawn_W, drawn_H = random_factors(V.shape[0], V.shape[1], components, seed)
    given_W, given_H = drawn_W if W is None else W, drawn_H if H is None else H
    if given_W.ndim != 2 or given_W.shape[1] != components:
        raise ValueError(f"W of shape {given_W.shape} does not have {components} components.")
    check_factors(V, given_W, given_H, iterations, progress)
    v = V.astype(np.float64)
    w, h = _unit(_floored(given_W), axis=0), _unit(_floored(given_H), axis=1)
    model = np.maximum(w @ h, EPS)
    costs: list[float] = []
    for i in range(1, 1 + (0 if fix_W and fix_H else iterations)):
        if not fix_W:
            w = w * ((v / model) @ h.T) / np.maximum(h.sum(axis=1), EPS)
            if w.max() > EPS:
                w = _unit(w, axis=0)
            model = np.maximum(w @ h, EPS)
        if not fix_H:
            h = _step(v, w, h, model)
            model = np.maximum(w @ h, EPS)
        costs.append(divergence(v, model, 1.0))
        if watch is not None:
            watch(w, h)
        if progress is not None and not progress(i, costs[-1]):
            break
    return Factorisation(w.astype(V.dtype), h.astype(V.dtype), tuple(costs))


def activation_scale(H: Array) -> float:
    """What BufNMF divides all activations by before it writes them: the largest of all components and frames.

    To the last bit BufNMF writes `H.astype(float32) * float32(1 / activation_scale(H))`. Its silent activations
    would be NaN; the scale of silence is 1 here.

    Parameters
    ----------
    H : array, shape (K, N)

    Returns
    -------
    float
    """
    return float(H.max(initial=0)) or 1.0


def _floored(factor: Array) -> Array:
    return np.maximum(factor.astype(np.float64), EPS)


def _unit(factor: Array, axis: int) -> Array:
    """Rows or columns of unit L2 norm; those of zeros stay."""
    norm = np.sqrt((factor * factor).sum(axis=axis, keepdims=True))
    out: Array = factor / np.where(norm > 0, norm, 1)
    return out


def _step(v: Array, w: Array, h: Array, model: Array) -> Array:
    """The multiplicative update of h."""
    out: Array = h * (w.T @ (v / model)) / np.maximum(w.sum(axis=0)[:, None], EPS)
    return out


# -- NMFMatch and NMFFilter --------------------------------------------------------------------------


def match(V: Array, W: Array, iterations: int = 10, seed: int = 0, progress: Progress | None = None) -> Array:
    """How much of each template is in each frame, as NMFMatch answers it.

    Every frame starts from the same random activations and knows nothing of the others.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes, nonnegative and finite; floored at ε. Never written to.
    W : array, shape (F, K)
        Templates of any scale: they are brought to unit L2 norm. Never written to.
    iterations : int
        0 or more. NMFMatch always does 10, whatever its parameter says; NMFFilter obeys.
    seed : int
        Of the start, the first K numbers of `mersenne_uniform`.
    progress : callable (i, cost) -> bool, optional
        Called after every iteration, counted from 1, with d_KL(V | max(WH, ε)); False stops.

    Returns
    -------
    array, shape (K, N)
        H in V's kind of float, unscaled.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is negative or not finite, or a number is out of its range.
    """
    return _match(V, W, iterations, seed, progress)[1].astype(V.dtype)


def filter_masks(V: Array, W: Array, iterations: int = 10, seed: int = 0) -> Array:
    """The masks with which NMFFilter takes its components out of each frame.

    A reference for small spectrograms: it holds all K masks at once, in float64.

    Parameters
    ----------
    V, W, iterations, seed
        As in `match`.

    Returns
    -------
    array, shape (K, F, N)
        From 0 to 1, in V's kind of float; their sum is 1 wherever the model is above ε.

    Raises
    ------
    ValueError
        As `match`.
    """
    w, h = _match(V, W, iterations, seed)
    parts = w.T[:, :, None] * h[:, None, :]
    return ratio_mask(parts, w @ h).astype(V.dtype)


def ratio_mask(T: Array, total: Array, exponent: int = 1) -> Array:
    """FluCoMa's RatioMask: (T / total)^exponent, at most 1.

    Parameters
    ----------
    T : array, shape (..., F, N)
        The part, or parts, to be kept; nonnegative. Never written to.
    total : array, shape (F, N)
        The model of everything; floored at ε.
    exponent : int
        1 or more.

    Returns
    -------
    array, shape (..., F, N)
        From 0 to 1, in T's kind of float.

    Raises
    ------
    ValueError
        If the shapes do not fit or the exponent is not positive.
    """
    if T.shape[-2:] != total.shape:
        raise ValueError(f"Shapes do not fit: the parts are {T.shape}, the total is {total.shape}.")
    if exponent < 1:
        raise ValueError(f"The exponent must be 1 or more, not {exponent}.")
    # A product of powers with the reciprocal, not the power of a quotient: that is another last digit.
    inverse = 1 / np.maximum(total.astype(np.float64), EPS)
    return np.minimum(T.astype(np.float64) ** exponent * inverse**exponent, 1).astype(T.dtype)


def _match(V: Array, W: Array, iterations: int, seed: int, progress: Progress | None = None) -> tuple[Array, Array]:
    """The templates at unit norm (F, K), and the activations (K, N); both float64."""
    check_spectrogram(V)
    start = np.maximum(mersenne_uniform(seed, W.shape[-1]), EPS)
    h: Array = np.repeat(start[:, None], V.shape[1], axis=1)
    check_factors(V, W, h, iterations, progress)
    v, w = _floored(V), _unit(_floored(W), axis=0)
    for i in range(1, iterations + 1):
        h = _step(v, w, h, np.maximum(w @ h, EPS))
        if progress is not None and not progress(i, divergence(v, np.maximum(w @ h, EPS), 1.0)):
            break
    return w, h


# -- NMFSeed -----------------------------------------------------------------------------------------


def seed(
    V: Array,
    minimum: int = 1,
    maximum: int = 200,
    coverage: float = 0.5,
    variant: str = "NMF-SVD",
    random_seed: int = 0,
) -> tuple[Array, Array]:
    """NMFSeed: how many components a spectrogram asks for, and factors to start from, by its singular vectors.

    The rank is the smallest whose singular values (not their squares) make up `coverage` of the sum of all, but
    at least `minimum` and at most `maximum`, and never more than there are singular values.

    With u_j, s_j, v_j the singular triples, variant

    - "NMF-SVD": |u_j| and s_j |v_j|;
    - "NNDSVD": of each pair the positive or the negative parts, whichever weigh more (Boutsidis & Gallopoulos
      2008, Pattern Recognition 41:4), the others being zero;
    - "NNDSVDa": the same, with V's mean where it is zero;
    - "NNDSVDar": the same, with random numbers below a thousandth of that mean.

    FluCoMa weighs the negative parts by ‖u⁻‖² instead of ‖u⁻‖‖v⁻‖. This is kept; but it makes the result depend
    on the sign of (u_j, v_j), which no SVD promises. Here the sign is such that ‖u⁺‖‖v⁺‖ ≥ ‖u⁻‖‖v⁻‖, with
    which the fault shows least; FluCoMa's own answer may be that of the other sign.

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes, nonnegative and finite. Never written to.
    minimum, maximum : int
        Bounds of the rank, 1 ≤ minimum ≤ maximum. The random numbers of H depend on `maximum`.
    coverage : float
        From 0 to 1.
    variant : {"NMF-SVD", "NNDSVDar", "NNDSVDa", "NNDSVD"}
        In the order of FluCoMa's methods 0 to 3.
    random_seed : int
        Of "NNDSVDar"; from 0 to 2⁶⁴ − 1.

    Returns
    -------
    (W, H) : arrays, shapes (F, K) and (K, N)
        In V's kind of float; H before the division with which NMFSeed brings its largest value to 1.

    Raises
    ------
    ValueError
        If the variant is unknown, a number is out of its range, or V is negative or not finite.
    """
    check_spectrogram(V)
    if variant not in VARIANTS:
        raise ValueError(f"The variant is one of {', '.join(VARIANTS)}, not {variant!r}.")
    if not 1 <= minimum <= maximum:
        raise ValueError(f"The rank's bounds must be 1 or more and in order, not {minimum} and {maximum}.")
    if not 0 <= coverage <= 1:
        raise ValueError(f"The coverage must be from 0 to 1, not {coverage}.")
    v = V.astype(np.float64)
    left, s, right = np.linalg.svd(v, full_matrices=False)
    rank = _rank(s, minimum, maximum, coverage)
    left, s, right = left[:, :rank], s[:rank], right[:rank]
    if variant == "NMF-SVD":
        W, H = np.abs(left), np.abs(s[:, None] * right)
    else:
        W, H = _nndsvd(left, s, right)
    mean = float(v.mean())
    if variant == "NNDSVDa":
        W, H = np.where(W < EPS, mean, W), np.where(H < EPS, mean, H)
    elif variant == "NNDSVDar":
        # FluCoMa's H has `maximum` rows; those never used take their numbers from the stream, too.
        padded = np.pad(H, ((0, maximum - rank), (0, 0)))
        W, H = _fill(W, 0.001 * mean, random_seed), _fill(padded, 0.001 * mean, random_seed)[:rank]
    return W.astype(V.dtype), H.astype(V.dtype)


def _rank(s: Array, minimum: int, maximum: int, coverage: float) -> int:
    """The rank by the singular values s, which fall; `minimum` of silence."""
    total = float(s.sum())
    wanted = 1 + int(np.count_nonzero(np.cumsum(s) / total < coverage)) if total > 0 else minimum
    return min(max(wanted, minimum), maximum, len(s))


def _nndsvd(left: Array, s: Array, right: Array) -> tuple[Array, Array]:
    W, H = np.abs(left), np.sqrt(s)[:, None] * np.abs(right)
    for j in range(1, len(s)):
        W[:, j], H[j] = _heavier_parts(left[:, j], right[j], float(s[j]))
    return W, H


def _heavier_parts(x: Array, y: Array, s: float) -> tuple[Array, Array]:
    """A column of W (F,) and a row of H (N,) from the singular vectors x and y of the value s."""
    parts = [(np.maximum(sign * x, 0), np.maximum(sign * y, 0)) for sign in (1, -1)]
    (x_plus, y_plus), (x_minus, y_minus) = sorted(parts, key=_weight, reverse=True)
    weight = _weight((x_plus, y_plus))
    length = float(np.linalg.norm(x_minus))
    square = length * length
    if weight > square:
        return x_plus / np.linalg.norm(x_plus), np.sqrt(s * weight) * (y_plus / np.linalg.norm(y_plus))
    length = length or 1.0
    return x_minus / length, np.sqrt(s * square) * (y_minus / length)


def _weight(pair: tuple[Array, Array]) -> float:
    return float(np.linalg.norm(pair[0]) * np.linalg.norm(pair[1]))


def _fill(A: Array, top: float, seed: int) -> Array:
    """A with random numbers from ε to `top` for its zeros, drawn for them alone, column by column."""
    columns = A.T.copy()
    holes = columns < EPS
    columns[holes] = mersenne_uniform(seed, int(np.count_nonzero(holes))) * (top - EPS) + EPS
    return columns.T
