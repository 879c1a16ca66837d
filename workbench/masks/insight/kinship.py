"""How alike the components of a factorisation sound, to go together until more is said of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.bands import bands
from workbench.masks.model.models import Factors

POWER = 8
"""Of the cosine: what is only somewhat alike does not count."""
TIMBRE_BANDS, FLOOR = 40, 1e-4
"""Bands in which the templates are compared, and the least share of a template that counts."""


def alike(factors: Factors) -> NDArray[np.float64]:
    """How alike the templates of components are, 0 … 1, shape (K, K); 0 for each with itself.

    The cosine of their spectra in bands, in dB without the mean, to the power of `POWER`.
    """
    spectra = factors.spectra.astype(np.float64)
    held = bands(len(spectra), TIMBRE_BANDS) @ (spectra / np.maximum(spectra.sum(axis=0), 1e-30))
    timbre = np.log(held + FLOOR)
    timbre -= timbre.mean(axis=0)
    timbre /= np.maximum(np.linalg.norm(timbre, axis=0), 1e-9)
    out: NDArray[np.float64] = np.maximum(timbre.T @ timbre, 0) ** POWER
    np.fill_diagonal(out, 0)
    return out
