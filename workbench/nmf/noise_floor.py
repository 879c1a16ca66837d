"""The spectrum of steady noise below everything else, from a spectrogram alone."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from workbench.nmf.result import Array

QUIET = 0.1
"""Share of the frames in which a bin is quieter than what is taken of it."""
VALLEYS = 20.0
"""Per cent of the bins near one that lie in valleys between partials."""
WIDTH, SMOOTHNESS = 1 / 8, 1 / 43
"""How far is near, and the standard deviation of the smoothing, as shares of all bins."""
COPIED = 2**26
"""Bytes of V that are looked at at once."""
RAYLEIGH_MEAN = np.sqrt(np.pi) / 2
"""Mean magnitude of noise for a root mean square of one."""


def noise_floor(V: Array) -> Array:
    """Mean magnitude of the steady noise in each bin.

    The magnitude of stationary Gaussian noise has a Rayleigh distribution: its quantile q lies at √(−ln(1 − q)) of the
    root mean square; so a low quantile over time tells the noise of bins that are sometimes left alone. Where tones
    sound all the time, it is that of the valleys near: a low percentile over frequency, of the logarithm, smoothed
    (after the minimum statistics of R. Martin, IEEE Trans. Speech Audio Process. 9(5), 2001, but over frequency too).

    Parameters
    ----------
    V : array, shape (F, N)
        Magnitudes.

    Returns
    -------
    array, shape (F,)
        Positive, of V's kind; next to nothing where there is no noise.
    """
    bins = len(V)
    least = max(float(V.max(initial=0.0)), 1e-20) * 1e-9
    # A few bins at a time, for it copies what it sorts.
    few = max(1, COPIED // max(1, V[0].nbytes))
    low = [np.quantile(V[begin : begin + few], QUIET, axis=1) for begin in range(0, bins, few)]
    rms = np.concatenate(low) / np.sqrt(-np.log(1 - QUIET))
    logarithm = np.log(np.maximum(rms, least))
    valleys = ndimage.percentile_filter(logarithm, VALLEYS, max(3, round(WIDTH * bins) // 2 * 2 + 1), mode="nearest")
    smooth = ndimage.gaussian_filter1d(valleys, max(1.0, SMOOTHNESS * bins), mode="nearest")
    return np.asarray(RAYLEIGH_MEAN * np.exp(smooth), V.dtype)
