"""How alike the components of a factorisation sound, to go together until more is said of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.bands import bands
from workbench.masks.model.models import Factors

POWER = 6
"""Of the cosine: what is only somewhat alike does not count."""
TIMBRE_BANDS, FLOOR = 40, 1e-4
"""Bands in which the templates are compared, and the least share of a template that counts."""


def alike(factors: Factors) -> NDArray[np.float64]:
    """How near the components are to each other, shape (K, K); 0 for each with itself, and for what is not alike.

    The cosine c of their templates in bands, in dB without the mean, as s_jk = c_jk^p with p = `POWER`; divided by the
    roots of max(Σ_k s_jk, 1) of both, so that a component among many that are alike is not drawn to them more than
    one that has a single kin (as in the normalised Laplacian of Ng, Jordan & Weiss, *On spectral clustering*, 2001).
    """
    spectra = factors.spectra.astype(np.float64)
    held = bands(len(spectra), TIMBRE_BANDS) @ (spectra / np.maximum(spectra.sum(axis=0), 1e-30))
    timbre = np.log(held + FLOOR)
    timbre -= timbre.mean(axis=0)
    timbre /= np.maximum(np.linalg.norm(timbre, axis=0), 1e-9)
    near: NDArray[np.float64] = np.maximum(timbre.T @ timbre, 0) ** POWER
    np.fill_diagonal(near, 0)
    whole = np.sqrt(np.maximum(near.sum(axis=0), 1.0))
    return np.asarray(near / whole / whole[:, None])
