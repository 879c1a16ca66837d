"""Products of few components with many frames, in the sizes that BLAS is best at.

OpenBLAS copies the operands of a product into an order of its own first, which pays only where each number is used
often. With ten components that takes as long as the product; but up to a million multiplications its kernels for
current processors work in place (OpenBLAS 0.3.31, `sgemm_small_kernel_permit_skylakex.c`). So frames are taken a few
dozen at a time, in one call for all. Measured for 1025 bins: a third less time for K = 10, a sixth for K = 30. Where
there are no such kernels (OPENBLAS_CORETYPE=Haswell) it is a twentieth more.
"""

from __future__ import annotations

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.result import Array

SMALL = 1_000_000
"""Multiplications up to which a product is done in place."""

MOST = 96
"""Frames a piece: more of them save nothing."""
FEWEST = 8
"""With shorter pieces the calls would cost more than they save."""
FEWEST_ADDED = 32
"""The same where the products of all pieces have to be added."""


def model_of(rows: Array, w: Array, out: Array | None = None) -> Array:
    """rows w: (n, K) by (K, F) is (n, F), in `out` where given."""
    size = piece(*w.shape)
    out = np.empty((len(rows), w.shape[1]), rows.dtype) if out is None else out
    if not size:
        return np.matmul(rows, w, out=out)
    whole = len(rows) // size * size
    np.matmul(_pieces(rows, whole, size), w, out=_pieces(out, whole, size))
    np.matmul(rows[whole:], w, out=out[whole:])
    return out


def onto_templates(p: Array, w: Array) -> Array:
    """p wᵀ: (n, F) by (F, K) is (n, K), how much of each template is in each frame."""
    size = piece(*w.shape)
    if not size:
        return p @ w.T
    whole = len(p) // size * size
    out = np.empty((len(p), len(w)), p.dtype)
    np.matmul(_pieces(p, whole, size), w.T, out=_pieces(out, whole, size))
    np.matmul(p[whole:], w.T, out=out[whole:])
    return out


def onto_activations(rows: Array, p: Array, blocks: Blocks) -> Array:
    """rowsᵀ p: (K, n) by (n, F) is (K, F), the spectra that sound with each activation; in a thread of `blocks`."""
    components, bins = rows.shape[1], p.shape[1]
    size = piece(components, bins, FEWEST_ADDED)
    whole = len(p) // size * size if size else 0
    out: Array = rows[whole:].T @ p[whole:]
    if whole:
        # In a buffer: fresh memory of this size would cost more than the product.
        parts = blocks.scratch("parts", (whole // size * components, bins), p.dtype).reshape(-1, components, bins)
        np.matmul(_pieces(rows, whole, size).transpose(0, 2, 1), _pieces(p, whole, size), out=parts)
        out += parts.sum(axis=0)
    return out


def piece(components: int, bins: int, fewest: int = FEWEST) -> int:
    """Frames at a time; 0 where the product is best taken as a whole."""
    size = min(MOST, SMALL // max(1, components * bins)) // 4 * 4
    return size if size >= fewest else 0


def _pieces(a: Array, whole: int, size: int) -> Array:
    """The first `whole` rows of a, `size` at a time, without a copy."""
    return a[:whole].reshape(-1, size, a.shape[1])
