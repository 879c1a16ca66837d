"""Spectrograms to factorise, for the tests of this room."""

import numpy as np

from workbench.nmf import reference


def random_v(bins, frames, seed, dtype=np.float64, scale=1.0):
    """Loud bins beside quiet ones, none of them zero."""
    rng = np.random.default_rng(seed)
    return (scale * (rng.gamma(0.5, 1.0, (bins, frames)) + 1e-3)).astype(dtype)


def sparse_v(bins, frames, seed=0, dtype=np.float64, zeros=0.2):
    """The same with a share of zeros."""
    rng = np.random.default_rng(seed)
    return (rng.gamma(0.5, 1.0, (bins, frames)) * (rng.random((bins, frames)) >= zeros)).astype(dtype)


def planted(seed):
    """Two patterns, a rising and a falling sweep over some texture, at random onsets, and a little noise."""
    rng = np.random.default_rng(seed)
    bins, length, frames = 24, 6, 220
    patterns = 0.02 * rng.random((bins, 2, length))
    for tau in range(length):
        patterns[2 + 3 * tau : 4 + 3 * tau, 0, tau] += 1 - 0.1 * tau
        patterns[20 - 3 * tau : 23 - 3 * tau, 1, tau] += 0.5 + 0.1 * tau
    onsets = np.zeros((2, frames))
    for row in onsets:
        row[rng.choice(frames - length, 14, replace=False)] = rng.uniform(0.5, 1.5, 14)
    v = reference.model(patterns, onsets)
    return v + 0.01 * rng.random(v.shape), patterns, onsets


def patterns_start(seed=0, bins=20, frames=31, components=3, length=5):
    rng = np.random.default_rng(seed)
    v = rng.gamma(0.5, 1.0, (bins, frames)) + 1e-3
    return v, rng.random((bins, components, length)), rng.random((components, frames))
