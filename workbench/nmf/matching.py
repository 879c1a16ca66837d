"""Which component of one factorisation is which of another."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from workbench.nmf.result import Array


def similarity(W1: Array, H1: Array, W2: Array, H2: Array) -> Array:
    """How alike two sets of components are, 0 … 1, shape (K1, K2): the product of the cosines of their spectra
    and of their activations, since a source is told by both.

    Parameters
    ----------
    W1, W2 : arrays, shapes (F, K1), (F, K2) or with template frames (F, K, T), which are summed
    H1, H2 : arrays, shapes (K1, N), (K2, N)
    """
    spectra = [W.sum(axis=2) if W.ndim == 3 else W for W in (W1, W2)]
    # The root keeps one loud partial from deciding alone.
    columns = [np.sqrt(np.asarray(W, np.float64)) for W in spectra]
    rows = [np.sqrt(np.asarray(H, np.float64)).T for H in (H1, H2)]
    return _cosines(*columns) * _cosines(*rows)


def match_components(W1: Array, H1: Array, W2: Array, H2: Array) -> list[int]:
    """For each component of the first set the index of its counterpart in the second, −1 where there is none.

    Arguments as for `similarity`; the assignment with the largest total similarity (Kuhn 1955, the Hungarian method).
    """
    alike = similarity(W1, H1, W2, H2)
    out = [-1] * alike.shape[0]
    for i, j in zip(*linear_sum_assignment(alike, maximize=True), strict=True):
        out[int(i)] = int(j)
    return out


def _cosines(a: Array, b: Array) -> Array:
    norms = np.outer(np.linalg.norm(a, axis=0), np.linalg.norm(b, axis=0))
    out: Array = (a.T @ b) / np.where(norms > 0, norms, 1)
    return out
