"""Smooth Itakura–Saito NMF by expectation–maximisation."""

import numpy as np
import pytest
from hypothesis import given

from tests.nmf.inputs import random_v
from tests.nmf.smooth_cases import CASES, case, check_descent
from workbench.nmf import reference
from workbench.nmf.blocks import BLOCK
from workbench.nmf.smooth import sage, smooth_is
from workbench.nmf.starts import random_start


@given(*CASES)
def test_cost_of_em_never_rises(smoothness, f, n, k, scale, zeros, quiet, dtype):
    v, w, h = case(f, n, k, scale, zeros, quiet, dtype)
    check_descent(sage(v, w, h, smoothness, 12, threads=1), v, dtype)


@pytest.mark.parametrize("frames", [1, 2, 3, 12])
@pytest.mark.parametrize("smoothness", [0.0, 0.5, 6.0, 100.0])
def test_em_equals_the_slow_rule(smoothness, frames):
    """Six bins: a smoothness of them makes the linear term of the first frame vanish."""
    v = random_v(6, frames, 12)
    w, h = random_start(v, 3, 0)
    for iterations in (1, 3):
        result = sage(v, w, h, smoothness, iterations)
        slow = w, h
        for _ in range(iterations):
            slow = reference.sage_step(v, *slow, smoothness)
        np.testing.assert_allclose(result.W, slow[0], rtol=1e-6)
        np.testing.assert_allclose(result.H, slow[1], rtol=1e-6)
        assert result.costs[-1] == pytest.approx(reference.smooth_cost(v, *slow, smoothness), rel=1e-6)


def test_em_over_several_blocks_follows_float64():
    v = random_v(10, 2 * BLOCK + 9, 13)
    w, h = random_start(v, 2, 0)
    double, single = sage(v, w, h, 3.0, 5), sage(*(x.astype(np.float32) for x in (v, w, h)), 3.0, 5)
    np.testing.assert_allclose(single.W, double.W, rtol=1e-3)
    np.testing.assert_allclose(single.H, double.H, rtol=1e-3)
    assert double.costs[-1] == pytest.approx(reference.smooth_cost(v, double.W, double.H, 3.0), rel=1e-6)


@pytest.mark.parametrize("smoothness", [0.0, 2.0])
def test_em_and_majorisation_share_their_resting_points(smoothness):
    rng = np.random.default_rng(14)
    v = (rng.random((10, 2)) + 0.1) @ (rng.random((2, 15)) + 0.1) * rng.uniform(0.5, 1.5, (10, 15))
    w, h = random_start(v, 2, 0)
    rest = smooth_is(v, w, h, smoothness, 300, fast=True, threads=1)
    em = sage(v, rest.W, rest.H, smoothness, 3)
    np.testing.assert_allclose(em.W, rest.W, rtol=2e-2, atol=1e-4)
    np.testing.assert_allclose(em.H, rest.H, rtol=2e-2, atol=1e-4)
    assert em.costs[-1] == pytest.approx(rest.costs[-1], rel=1e-3)
    early = sage(v, w, h, smoothness, 50, threads=1)
    assert rest.costs[-1] * (1 - 1e-6) < early.costs[-1] < 0.5 * (early.costs[0] + rest.costs[-1])
