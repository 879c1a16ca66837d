"""NMFSeed: how many components to take, and factors to start from, by singular vectors.

After flucoma-core's `NNDSVD.hpp`; all is computed in float64.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.compat.flucoma.mersenne import mersenne_uniform
from workbench.nmf.result import Array, check_spectrogram, chosen


class Variant(StrEnum):
    """Ways from singular vectors to nonnegative factors, in the order of FluCoMa's methods 0 to 3; see `seed`."""

    SVD = "NMF-SVD"
    RANDOM = "NNDSVDar"
    MEAN = "NNDSVDa"
    ZEROS = "NNDSVD"


def seed(
    V: Array,
    minimum: int = 1,
    maximum: int = 200,
    coverage: float = 0.5,
    variant: str = Variant.SVD,
    random_seed: int = 0,
) -> tuple[Array, Array]:
    """NMFSeed: how many components a spectrogram asks for, and factors to start from, by its singular vectors.

    The rank is the smallest whose singular values (not their squares) make up `coverage` of the sum of all, but
    at least `minimum` and at most `maximum`, and never more than there are singular values.

    With u_j, s_j, v_j the singular triples, column j of W and row j of H are, by variant,

    - "NMF-SVD": |u_j| and s_j |v_j|;
    - "NNDSVD": the positive parts of u_j and v_j or the negative ones, whichever weigh more, and zero elsewhere
      (Boutsidis & Gallopoulos 2008, Pattern Recognition 41:4);
    - "NNDSVDa": the same, with V's mean in place of the zeros;
    - "NNDSVDar": the same, with random numbers below a thousandth of that mean in place of the zeros.

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
    variant : str
        One of `Variant`.
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
    variant = chosen(Variant, variant, "variant")
    if not 1 <= minimum <= maximum:
        raise ValueError(f"The rank's bounds must be 1 or more and in order, not {minimum} and {maximum}.")
    if not 0 <= coverage <= 1:
        raise ValueError(f"The coverage must be from 0 to 1, not {coverage}.")
    v = V.astype(np.float64)
    left, s, right = np.linalg.svd(v, full_matrices=False)
    rank = _rank(s, minimum, maximum, coverage)
    left, s, right = left[:, :rank], s[:rank], right[:rank]
    if variant == Variant.SVD:
        W, H = np.abs(left), np.abs(s[:, None] * right)
    else:
        W, H = _nndsvd(left, s, right)
    mean = float(v.mean())
    if variant == Variant.MEAN:
        W, H = np.where(W < EPS, mean, W), np.where(H < EPS, mean, H)
    elif variant == Variant.RANDOM:
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
