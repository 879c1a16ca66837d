from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import random_v
from tests.nmf.smooth_cases import CASES, case, check_descent
from workbench.nmf import reference
from workbench.nmf.blocks import BLOCK
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.smooth import Order, sage, smooth_is, smoothness_penalty
from workbench.nmf.starts import random_start


def after(v, w, h, smoothness, order, iterations, gamma=1.0, g=1.0):
    """Factors after some iterations of the slow rule, and the cost of each with its new H and the W before."""
    costs = []
    for _ in range(iterations):
        h = reference.smooth_h(v, w, h, smoothness, order == "sequential", g)
        costs.append(reference.smooth_cost(v, w, h, smoothness, g))
        w, h = reference.normalised(reference.update_w(v, w, h, 0.0, gamma, G=g), h)
    return w, h, costs


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 13])
@pytest.mark.parametrize("smoothness", [0.0, 0.1, 100.0])
def test_equals_the_slow_rule(smoothness, frames, order):
    v = random_v(7, frames, 1)
    w, h = random_start(v, 3, 0)
    held = smooth_is(v, w, h, smoothness, 1, order=order, hold_templates=True)
    once = reference.smooth_h(v, w, h, smoothness, order == "sequential")
    np.testing.assert_allclose(held.H, once, rtol=1e-6)
    result = smooth_is(v, w, h, smoothness, 3, order=order)
    w, h, costs = after(v, w, h, smoothness, order, 3)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.H, h, rtol=1e-6)
    # One frame is fitted exactly: what is left of its cost is rounding.
    np.testing.assert_allclose(result.costs, costs, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize("order", Order)
def test_equals_the_slow_rule_over_several_blocks_with_weights_and_the_other_exponent(order):
    v = random_v(3, 2 * BLOCK + 6, 2)
    g = np.random.default_rng(3).random(v.shape)
    w, h = random_start(v, 2, 0)
    result = smooth_is(v, w, h, 5.0, 2, order=order, exponent="mm", weights=g)
    w, h, costs = after(v, w, h, 5.0, order, 2, 0.5, g)
    np.testing.assert_allclose(result.W, w, rtol=1e-6)
    np.testing.assert_allclose(result.H, h, rtol=1e-6)
    assert result.costs[-1] == pytest.approx(costs[-1], rel=1e-6)


def test_the_orders_are_two_and_differ():
    v = random_v(6, 20, 4)
    w, h = random_start(v, 2, 0)
    red_black, sequential = (smooth_is(v, w, h, 10.0, 1, order=order) for order in Order)
    assert not np.allclose(red_black.H, sequential.H, rtol=1e-3)
    again = smooth_is(v, w, h, 10.0, 1)
    assert np.array_equal(again.H, red_black.H)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("exponent", ["mm", "heuristic"])
def test_no_smoothness_is_plain_itakura_saito(order, exponent):
    """Of H: γ = ½ always; so 'heuristic' is compared where the templates alone, or the activations alone, move."""
    v = random_v(9, 40, 5)
    w, h = random_start(v, 3, 0)
    for hold in ({},) if exponent == "mm" else ({"hold_activations": True},):
        result = smooth_is(v, w, h, 0.0, 15, order=order, exponent=exponent, **hold)
        plain = factorise(v, w, h, iterations=15, objective=Objective(0.0, exponent=exponent, **hold))
        np.testing.assert_allclose(result.W, plain.W, rtol=1e-10, atol=1e-16)
        np.testing.assert_allclose(result.H, plain.H, rtol=1e-10, atol=1e-16)
        np.testing.assert_allclose(result.costs, plain.costs, rtol=1e-10)
    other = smooth_is(v, w, h, 0.0, 15, order=next(o for o in Order if o != order), exponent=exponent)
    both = smooth_is(v, w, h, 0.0, 15, order=order, exponent=exponent)
    np.testing.assert_allclose(both.H, other.H, rtol=1e-10, atol=1e-16)


def test_penalty_equals_its_definition():
    h = np.random.default_rng(6).random((3, 20)) + 0.01
    assert smoothness_penalty(h.T, 1.0) == pytest.approx(reference.smooth_penalty(h), rel=1e-12)
    assert smoothness_penalty(h.T * 1e6, 7.0) == pytest.approx(7 * reference.smooth_penalty(h), rel=1e-12)
    assert smoothness_penalty(h.T, 0.0) == smoothness_penalty(h[:, :1].T, 5.0) == 0
    assert smoothness_penalty(np.ones((9, 2)), 5.0) == pytest.approx(0, abs=1e-12)


@given(
    *CASES,
    st.sampled_from(Order),
    st.sampled_from(["mm", "heuristic"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_cost_never_rises(
    smoothness, f, n, k, scale, zeros, quiet, dtype, order, exponent, fast, weighted, hold_w, hold_h
):
    v, w, h = case(f, n, k, scale, zeros, quiet and hold_h == 0, dtype)
    rng = np.random.default_rng(n)
    g = (rng.random(v.shape) * (rng.random(v.shape) > 0.2)).astype(dtype) if weighted else None
    result = smooth_is(
        v,
        w,
        h,
        smoothness,
        12,
        order=order,
        exponent=exponent,
        fast=fast,
        weights=g,
        hold_templates=np.arange(k) < hold_w,
        hold_activations=np.arange(k) < hold_h,
        threads=1,
    )
    check_descent(result, v, dtype)


@pytest.mark.parametrize("descend", [smooth_is, sage])
def test_zeros_of_the_start_come_alive_where_there_is_a_penalty(descend):
    v = random_v(8, 20, 7)
    w, h = random_start(v, 2, 0)
    h[0, 5:9] = 0
    result = descend(v, w, h, 1.0, 30)
    assert (result.H > 0).all()
    assert (smooth_is(v, w, h, 0.0, 30).H[0, 5:9] == 0).all()


@pytest.mark.parametrize(("f", "n", "k", "scale"), [(1, 17, 4, 1.0), (1, 19, 3, 1e6), (2, 17, 3, 1e-6)])
def test_a_silent_component_may_die_out_where_templates_shrink_too(f, n, k, scale):
    v, w, h = case(f, n, k, scale, True, True, np.float64)
    for order in Order:
        for smoothness in (1e-3, 0.1):
            check_descent(smooth_is(v, w, h, smoothness, 12, order=order), v, np.float64)


@pytest.mark.parametrize("fast", [False, True])
def test_held_templates_and_activations_stay_to_the_bit(fast):
    v = random_v(9, 30, 8)
    w, h = random_start(v, 4, 0)
    some = {"hold_templates": [True, False, False, False], "hold_activations": [False, True, False, False]}
    result = smooth_is(v, w * 3, h, 5.0, 5, fast=fast, **some)
    assert np.array_equal(result.W[:, 0], w[:, 0] * 3) and np.array_equal(result.H[1], h[1])
    assert not np.allclose(result.W[:, 1], w[:, 1] * 3) and not np.allclose(result.H[0], h[0])
    fixed_w = smooth_is(v, w, h, 5.0, 5, fast=fast, hold_templates=True)
    fixed_h = smooth_is(v, w, h, 5.0, 5, fast=fast, hold_activations=True)
    assert np.array_equal(fixed_w.W, w) and np.array_equal(fixed_h.H, h)
    assert fixed_w.costs[-1] < fixed_w.costs[0] and fixed_h.costs[-1] < fixed_h.costs[0]


@pytest.mark.parametrize("fast", [False, True])
def test_held_activations_may_be_zero(fast):
    """They are painted, say: a part of the penalty that nothing can change must not make the cost infinite."""
    v = random_v(9, 30, 9)
    w, h = random_start(v, 3, 0)
    h[0, 5:9] = 0
    result = smooth_is(v, w, h, 5.0, 6, fast=fast, hold_activations=[True, False, False])
    assert np.array_equal(result.H[0], h[0])
    check_descent(result, v, np.float64)


def test_more_smoothness_gives_smoother_activations():
    rng = np.random.default_rng(10)
    v = (rng.random((12, 3)) @ (rng.gamma(1, 1, (3, 60)) + 0.05)) * rng.exponential(1, (12, 60)) + 1e-6
    w, h = random_start(v, 3, 0)
    for descend in (smooth_is, sage):
        rough = [
            reference.smooth_penalty(descend(v, w, h, smoothness, 40, threads=1).H)
            for smoothness in (0.0, 0.3, 3.0, 30.0)
        ]
        assert all(after < 0.7 * before for before, after in pairwise(rough))


def test_fast_descent_is_not_behind():
    v = random_v(20, 60, 11)
    w, h = random_start(v, 4, 0)
    plain, fast = (smooth_is(v, w, h, 10.0, 60, fast=fast) for fast in (False, True))
    assert fast.costs[-1] <= plain.costs[-1] * (1 + 1e-3)
    assert fast.costs[-1] == pytest.approx(reference.smooth_cost(v, fast.W, fast.H, 10.0), rel=1e-2)
