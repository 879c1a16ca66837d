"""Cases and checks for both algorithms of smooth Itakura–Saito NMF."""

import numpy as np
import pytest
from hypothesis import strategies as st

from tests.nmf.inputs import random_v
from workbench.nmf.smooth import sage, smooth_is
from workbench.nmf.starts import random_start

WAYS = {
    "red-black": smooth_is,
    "sequential": lambda *args, **more: smooth_is(*args, order="sequential", **more),
    "fast": lambda *args, **more: smooth_is(*args, fast=True, **more),
    "sage": sage,
}
every_way = pytest.mark.parametrize("way", WAYS)


def check_descent(result, v, dtype):
    costs = np.array(result.costs)
    rounding = 1e-6 if dtype == np.float32 else 1e-12
    assert np.isfinite(costs).all() and (costs >= -rounding * v.size).all()
    assert np.all(np.diff(costs) <= rounding * (np.abs(costs[:-1]) + v.size))
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
    assert (result.W >= 0).all() and (result.H >= 0).all()


CASES = (
    st.sampled_from([0.0, 1e-3, 1e-1, 1.0, 10.0, 1e3]),
    st.integers(1, 20),
    st.integers(1, 30),
    st.integers(1, 5),
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([np.float32, np.float64]),
)


def case(f, n, k, scale, zeros, quiet, dtype):
    """V, W and H, perhaps with zeros in V, and zeros (and a wholly silent component) in H."""
    rng = np.random.default_rng(f * n)
    v = random_v(f, n, f * n, dtype, scale)
    if zeros:
        v[rng.random((f, n)) < 0.3] = 0
    w, h = random_start(v, k, 1)
    if quiet:
        h[rng.random(h.shape) < 0.3] = 0
        h[0] = 0
    return v, w, h
