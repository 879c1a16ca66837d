"""What only the faster descents do; their costs and limits are tested beside the exact rules."""

import numpy as np
import pytest

from tests.nmf.inputs import random_v
from workbench.nmf import reference
from workbench.nmf.accelerated import INNER_SWEEPS, factorise_fast
from workbench.nmf.starts import random_start


def test_the_first_step_of_hals_equals_the_slow_rule():
    """Extrapolation begins with the second one."""
    v = random_v(12, 30, 1)
    w, h = random_start(v, 3, 0)
    result = factorise_fast(v, w, h, 2.0, 1)
    slow_w, slow_h = reference.hals_step(v, w, h, INNER_SWEEPS)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("iterations", [1, 2, 3, 6])
def test_extrapolated_steps_equal_the_slow_rule(beta, iterations):
    v = random_v(12, 30, 2)
    w, h = random_start(v, 3, 0)
    result = factorise_fast(v, w, h, beta, iterations)
    gamma = 1.0 if beta == 0 else reference.mm_exponent(beta)
    slow_w, slow_h = reference.extrapolated(v, w, h, beta, gamma, iterations)
    assert (np.diff(result.costs) <= 0).all()
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-6, atol=1e-12)


def test_hals_goes_on_where_rounding_hides_the_descent():
    """An exact fit in float32: the cost is lost in the rounding of the sums, the descent must not be."""
    rng = np.random.default_rng(0)
    V = (rng.random((200, 6)) @ rng.random((6, 300))).astype(np.float32)
    W, H = rng.random((200, 6)).astype(np.float32), rng.random((6, 300)).astype(np.float32)

    def true_cost(iterations: int) -> float:
        result = factorise_fast(V, W, H, 2.0, iterations)
        assert (np.diff(result.costs) <= 0).all()
        return float(0.5 * ((V.astype(np.float64) - result.W.astype(np.float64) @ result.H) ** 2).sum())

    assert true_cost(800) < 0.1 * true_cost(100)
