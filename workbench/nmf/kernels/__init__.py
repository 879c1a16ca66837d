"""The sums that updates need of a block of frames: compiled where that is possible, in NumPy else.

`plain.py` is the reference. `library` is None where there was no compiler when the program was installed.
"""

from __future__ import annotations

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.kernels import plain
from workbench.nmf.kernels.compiled import Field, Library, Rule, available
from workbench.nmf.kernels.fused import FusedSums
from workbench.nmf.kernels.plain import PlainSums
from workbench.nmf.result import Array, Flags

library: Library | None = next(available(), None)
"""What all factorisations of float32 use."""

MOST, MOST_MODELLED = 48, 100
"""Components up to which the compiled products with V itself, and those with model and quotient, were no slower than
BLAS on any processor measured."""


def sums_for(vt: Array, gt: Array | None, beta: float, floor: float, components: int) -> PlainSums | FusedSums:
    """The fastest way to the sums of this V (N, F), weights, β and number of rows of w."""
    compiled = _library_for(vt, components, MOST_MODELLED)
    if compiled is not None and gt is None and beta in (0.0, 1.0):
        return FusedSums(compiled, vt, beta, floor)
    return PlainSums(vt, gt, beta, floor)


def onto_templates(v: Array, w: Array, blocks: Blocks) -> Array:
    """v wᵀ: (n, F) by (K, F) is (n, K), how much of each template is in each frame."""
    compiled = _library_for(v, len(w), MOST)
    if compiled is None:
        return v @ w.T
    out = np.empty((len(v), len(w)), v.dtype)
    compiled.sweep(Rule.AS_IT_IS, v, w, None, blocks, {"frame_up": out})
    return out


def onto_activations(rows: Array, v: Array, blocks: Blocks) -> Array:
    """rowsᵀ v: (n, K) by (n, F) is (K, F), the spectra that sound with each activation."""
    compiled = _library_for(v, rows.shape[1], MOST)
    if compiled is None:
        return rows.T @ v
    out = np.empty((rows.shape[1], v.shape[1]), v.dtype)
    compiled.sweep(Rule.AS_IT_IS, v, out, rows, blocks, {"bin_up": out})
    return out


def quotient_sums(
    v: Array, rows: Array, w: Array, floor: float, quotient: Array, blocks: Blocks
) -> tuple[Array, float]:
    """libnmfd's step on a block: Q = V/L in `quotient`, rowsᵀ Q (K, F), and Σ V log(1 + Q).

    Parameters
    ----------
    v, quotient : arrays, shape (n, F)
    rows, w : arrays, shapes (n, K) and (K, F)
    floor : float
        Is added to the model L = rows w.
    blocks : Blocks
        In one of whose threads this is.
    """
    compiled = _library_for(v, len(w), MOST_MODELLED)
    if compiled is None:
        return plain.quotient_sums(v, rows, w, floor, quotient, blocks)
    up = np.empty_like(w)
    fields: dict[str, Field] = {"floor": floor, "log_shift": 1.0, "bin_up": up, "quotient": quotient}
    return up, compiled.sweep(Rule.KULLBACK_LEIBLER, v, w, rows, blocks, fields, cost=True)


def least_squares(
    v: Array,
    w: Array,
    gram: Array,
    less: Array,
    h: Array,
    last: Array,
    ahead: Array,
    reach: float,
    hold: Flags,
    sweeps: int,
    blocks: Blocks,
) -> Array:
    """HALS of a block: sweeps over the components of h, in place, and the points `ahead` of it.

    Parameters
    ----------
    v, w : arrays, shapes (n, F) and (K, F)
    gram, less : arrays, shapes (K, K) and (K,)
        w wᵀ, and what is taken from the products of V with w.
    h, last, ahead : arrays, shape (n, K)
        h is updated; `ahead` becomes max(0, h + reach (h − last)).
    hold : K flags
        What stays.
    sweeps : int
        Over all components.
    blocks : Blocks
        In one of whose threads this is.

    Returns
    -------
    array, shape (K, F)
        aheadᵀ v.
    """
    compiled = _library_for(v, len(w), MOST)
    if compiled is None:
        x, up = h.T.copy(), (v @ w.T - less).T.copy()
        plain.coordinates(x, up, gram, hold, sweeps)
        h[:] = x.T
        np.maximum(h + h.dtype.type(reach) * (h - last), 0, out=ahead)
        return np.asarray(ahead.T @ v)
    up = np.empty_like(w)
    fields: dict[str, Field] = {"gram": gram, "less": less, "last": last, "ahead": ahead, "hold": hold, "bin_up": up}
    compiled.sweep(Rule.AS_IT_IS, v, w, h, blocks, fields | {"reach": reach, "sweeps": sweeps})
    return up


def coordinates(x: Array, up: Array, gram: Array, hold: Flags, sweeps: int) -> None:
    """Minimise ½ xᵀ gram x − upᵀ x over x ≥ 0 (K, F), row by row, in place (Cichocki & Phan 2009, eq. 25)."""
    compiled = _library_for(x, len(x), MOST)
    if compiled is None:
        plain.coordinates(x, up, gram, hold, sweeps)
    else:
        compiled.coordinates(x, up, gram, hold, sweeps)


def _library_for(rows: Array, components: int, most: int) -> Library | None:
    """The compiled kernels where they take such rows, and so many components are faster by them."""
    return library if components <= most and rows.dtype == np.float32 and rows.shape[1] % 16 == 0 else None
