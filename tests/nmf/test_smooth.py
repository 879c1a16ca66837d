from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.blocks import BLOCK
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.smooth import ORDERS, sage, smooth_is, smoothness_penalty
from workbench.nmf.starts import random_start

WAYS = {
    "red-black": smooth_is,
    "sequential": lambda *args, **more: smooth_is(*args, order="sequential", **more),
    "fast": lambda *args, **more: smooth_is(*args, fast=True, **more),
    "sage": sage,
}
every_way = pytest.mark.parametrize("way", WAYS)


def random_v(f, n, seed, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    return (scale * (rng.gamma(0.5, 1.0, (f, n)) + 1e-3)).astype(dtype)


def slow_penalty(h):
    """Σ_k Σ_n d_IS(h_{k,n−1} | h_{k,n}), number by number."""
    total = 0.0
    for k in range(len(h)):
        for n in range(1, h.shape[1]):
            ratio = h[k, n - 1] / h[k, n]
            total += ratio - np.log(ratio) - 1
    return total


def slow_cost(v, w, h, smoothness, g=1.0):
    ratio = v / (w @ h)
    return np.sum(g * (ratio - np.log(ratio) - 1)) + smoothness * slow_penalty(h)


def quadratic(n, p, q, old, h, smoothness):
    """a₂, a₁, a₀ for one component's frame n (from 0) as in the paper, with the neighbours as they are in h."""
    last = len(h) - 1
    if last == 0 or smoothness == 0:
        return q, 0.0, p * old**2
    if n == 0:
        return q + smoothness / h[1], -smoothness, p * old**2
    if n == last:
        return q, smoothness, p * old**2 + smoothness * h[n - 1]
    return q + smoothness / h[n + 1], 0.0, p * old**2 + smoothness * h[n - 1]


def sequence(order, frames):
    """Numbers of the frames, from 0, in the order of their updates."""
    return range(frames) if order == "sequential" else [*range(0, frames, 2), *range(1, frames, 2)]


def slow_activations(v, w, h, smoothness, order, g):
    h = h.copy()
    for n in sequence(order, h.shape[1]):
        model = w @ h[:, n]
        new = h[:, n].copy()
        for k in range(len(h)):
            p = np.sum(w[:, k] * g[:, n] * v[:, n] / model**2)
            q = np.sum(w[:, k] * g[:, n] / model)
            a2, a1, a0 = quadratic(n, p, q, h[k, n], h[k], smoothness)
            new[k] = max(np.roots([a2, a1, -a0]).real)
        h[:, n] = new
    return h


def slow_update(v, w, h, smoothness, order, gamma=1.0, g=None):
    """One iteration: H frame by frame, then W; W's columns of unit sum, H compensated. Also the cost between."""
    g = np.ones_like(v) if g is None else g
    h = slow_activations(v, w, h, smoothness, order, g)
    cost = slow_cost(v, w, h, smoothness, g)
    model = w @ h
    w = w * (((g * v / model**2) @ h.T) / ((g / model) @ h.T)) ** gamma
    scale = w.sum(axis=0)
    return w / scale, h * scale[:, None], cost


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 13])
@pytest.mark.parametrize("smoothness", [0.0, 0.1, 100.0])
def test_equals_the_slow_rule(smoothness, frames, order):
    v = random_v(7, frames, 1)
    w, h = random_start(v, 3, 0)
    held = smooth_is(v, w, h, smoothness, 1, order=order, hold_templates=True)
    once = slow_activations(v, w, h, smoothness, order, np.ones_like(v))
    np.testing.assert_allclose(held.H, once, rtol=1e-6)
    result = smooth_is(v, w, h, smoothness, 3, order=order)
    costs = []
    for _ in range(3):
        w, h, cost = slow_update(v, w, h, smoothness, order)
        costs.append(cost)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.H, h, rtol=1e-6)
    np.testing.assert_allclose(result.costs, costs, rtol=1e-6)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize("order", ORDERS)
def test_equals_the_slow_rule_over_several_blocks_with_weights_and_the_other_exponent(order):
    v = random_v(3, 2 * BLOCK + 6, 2)
    g = np.random.default_rng(3).random(v.shape)
    w, h = random_start(v, 2, 0)
    result = smooth_is(v, w, h, 5.0, 2, order=order, exponent="mm", weights=g)
    for _ in range(2):
        w, h, cost = slow_update(v, w, h, 5.0, order, 0.5, g)
    np.testing.assert_allclose(result.W, w, rtol=1e-6)
    np.testing.assert_allclose(result.H, h, rtol=1e-6)
    assert result.costs[-1] == pytest.approx(cost, rel=1e-6)


def test_the_orders_are_two_and_differ():
    v = random_v(6, 20, 4)
    w, h = random_start(v, 2, 0)
    red_black, sequential = (smooth_is(v, w, h, 10.0, 1, order=order) for order in ORDERS)
    assert not np.allclose(red_black.H, sequential.H, rtol=1e-3)
    again = smooth_is(v, w, h, 10.0, 1)
    assert np.array_equal(again.H, red_black.H)


@pytest.mark.parametrize("order", ORDERS)
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
    other = smooth_is(v, w, h, 0.0, 15, order=ORDERS[order == ORDERS[0]], exponent=exponent)
    both = smooth_is(v, w, h, 0.0, 15, order=order, exponent=exponent)
    np.testing.assert_allclose(both.H, other.H, rtol=1e-10, atol=1e-16)


def test_penalty_equals_its_definition():
    h = np.random.default_rng(6).random((3, 20)) + 0.01
    assert smoothness_penalty(h.T, 1.0) == pytest.approx(slow_penalty(h), rel=1e-12)
    assert smoothness_penalty(h.T * 1e6, 7.0) == pytest.approx(7 * slow_penalty(h), rel=1e-12)
    assert smoothness_penalty(h.T, 0.0) == smoothness_penalty(h[:, :1].T, 5.0) == 0
    assert smoothness_penalty(np.ones((9, 2)), 5.0) == pytest.approx(0, abs=1e-12)


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


@given(
    *CASES,
    st.sampled_from(ORDERS),
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


@given(*CASES)
def test_cost_of_em_never_rises(smoothness, f, n, k, scale, zeros, quiet, dtype):
    v, w, h = case(f, n, k, scale, zeros, quiet, dtype)
    check_descent(sage(v, w, h, smoothness, 12, threads=1), v, dtype)


@pytest.mark.parametrize("descend", [smooth_is, sage])
def test_zeros_of_the_start_come_alive_where_there_is_a_penalty(descend):
    v = random_v(8, 20, 7)
    w, h = random_start(v, 2, 0)
    h[0, 5:9] = 0
    result = descend(v, w, h, 1.0, 30)
    assert (result.H > 0).all()
    assert (smooth_is(v, w, h, 0.0, 30).H[0, 5:9] == 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_way
def test_components_may_die_out(way, dtype):
    """One that nothing needs shrinks in every iteration, but not to zeros, of which the penalty has no value."""
    rng = np.random.default_rng(20)
    v = rng.random((20, 1)) ** 4 @ rng.gamma(0.3, 1, (1, 40)) * rng.exponential(1, (20, 40))
    v = v.astype(dtype)
    w, h = random_start(v, 3, 0)
    h[1] *= dtype(np.finfo(dtype).tiny ** 0.9)
    h[2] = 0
    result = WAYS[way](v, w, h, 10.0, 60, threads=1)
    check_descent(result, v, dtype)
    assert (result.H > 0).all()


@pytest.mark.parametrize(("f", "n", "k", "scale"), [(1, 17, 4, 1.0), (1, 19, 3, 1e6), (2, 17, 3, 1e-6)])
def test_a_silent_component_may_die_out_where_templates_shrink_too(f, n, k, scale):
    v, w, h = case(f, n, k, scale, True, True, np.float64)
    for order in ORDERS:
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
        rough = [slow_penalty(descend(v, w, h, smoothness, 40, threads=1).H) for smoothness in (0.0, 0.3, 3.0, 30.0)]
        assert all(after < 0.7 * before for before, after in pairwise(rough))


def test_fast_descent_is_not_behind():
    v = random_v(20, 60, 11)
    w, h = random_start(v, 4, 0)
    plain, fast = (smooth_is(v, w, h, 10.0, 60, fast=fast) for fast in (False, True))
    assert fast.costs[-1] <= plain.costs[-1] * (1 + 1e-3)
    assert fast.costs[-1] == pytest.approx(slow_cost(v, fast.W, fast.H, 10.0), rel=1e-2)


# -- EM ------------------------------------------------------------------------------------------------


def slow_sage(v, w, h, smoothness):
    """One iteration: for each component the posterior power, then its activations, then its template."""
    w, h = w.copy(), h.copy()
    bins, frames = v.shape
    for k in range(len(h)):
        model, power = w @ h, np.zeros(v.shape)
        for f in range(bins):
            for n in range(frames):
                share = w[f, k] * h[k, n] / model[f, n]
                power[f, n] = share**2 * v[f, n] + w[f, k] * h[k, n] * (1 - share)
        row = h[k].copy()
        for n in sequence("red-black", frames):
            mean = sum(power[f, n] / w[f, k] for f in range(bins)) / bins
            # Minimum over h_n of F (mean/h_n + log h_n) + λ (h_{n−1}/h_n + log h_n) + λ (h_n/h_{n+1} − log h_n).
            a2, a1, a0 = 0.0, float(bins), bins * mean
            if n > 0 and smoothness:
                a1, a0 = a1 + smoothness, a0 + smoothness * row[n - 1]
            if n < frames - 1 and smoothness:
                a2, a1 = smoothness / row[n + 1], a1 - smoothness
            row[n] = max(np.roots([a2, a1, -a0]).real) if a2 else a0 / a1
        h[k] = row
        for f in range(bins):
            w[f, k] = sum(power[f, n] / row[n] for n in range(frames)) / frames
    scale = w.sum(axis=0)
    return w / scale, h * scale[:, None]


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
            slow = slow_sage(v, *slow, smoothness)
        np.testing.assert_allclose(result.W, slow[0], rtol=1e-6)
        np.testing.assert_allclose(result.H, slow[1], rtol=1e-6)
        assert result.costs[-1] == pytest.approx(slow_cost(v, *slow, smoothness), rel=1e-6)


def test_em_over_several_blocks_follows_float64():
    v = random_v(10, 2 * BLOCK + 9, 13)
    w, h = random_start(v, 2, 0)
    double, single = sage(v, w, h, 3.0, 5), sage(*(x.astype(np.float32) for x in (v, w, h)), 3.0, 5)
    np.testing.assert_allclose(single.W, double.W, rtol=1e-3)
    np.testing.assert_allclose(single.H, double.H, rtol=1e-3)
    assert double.costs[-1] == pytest.approx(slow_cost(v, double.W, double.H, 3.0), rel=1e-6)


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


# -- robustness ----------------------------------------------------------------------------------------


@every_way
@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_take_over_the_scale_of_v(dtype, smoothness, way):
    v = random_v(16, 40, 15, dtype)
    w, h = random_start(v, 3, 0)
    same = WAYS[way](v, w, h, smoothness, 6)
    for by in (dtype(2.0**-20), dtype(2.0**20)):
        other = WAYS[way](v * by, w, h * by, smoothness, 6)
        rtol = 1e-4 if dtype == np.float32 else 1e-9
        np.testing.assert_allclose(other.W, same.W, rtol=rtol, atol=1e-7)
        np.testing.assert_allclose(other.H / by, same.H, rtol=rtol, atol=1e-7 * same.H.max())
        np.testing.assert_allclose(other.costs, same.costs, rtol=rtol)


@every_way
@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype, smoothness, way):
    v = random_v(6, 19, 16, dtype)
    w, h = random_start(v, 2, 0)
    h[0, 3] = 0
    copies = v.copy(), w.copy(), h.copy()
    for array in (v, w, h):
        array.flags.writeable = False
    result = WAYS[way](v, w, h, smoothness, 4)
    assert result.W.dtype == dtype and result.H.dtype == dtype
    assert result.W.shape == w.shape and result.H.shape == h.shape
    assert all(type(cost) is float for cost in result.costs) and len(result.costs) == 4
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    assert not np.shares_memory(result.W, w) and not np.shares_memory(result.H, h)


@every_way
def test_bit_identical_for_any_number_of_threads(way):
    v = random_v(17, 2 * BLOCK + 9, 17, np.float32)
    w, h = random_start(v, 3, 0)
    results = [WAYS[way](v, w, h, 10.0, 2, threads=t) for t in (1, 2, 3)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize(
    "v",
    [
        np.zeros((5, 7)),
        np.eye(6),
        np.ones((1, 30)),
        np.ones((30, 1)),
        np.ones((1, 1)),
        np.ones((4, 2)),
        np.pad(np.ones((3, 3)), 2),
        np.random.default_rng(0).random((17, 40)),
    ],
    ids=["silence", "impulses", "one bin", "one frame", "one value", "two frames", "zero frames and bins", "noise"],
)
def test_odd_inputs_give_finite_results(v, smoothness):
    for dtype in (np.float32, np.float64):
        w, h = random_start(v.astype(dtype), 9, 0)
        for way in WAYS.values():
            result = way(v.astype(dtype), w, h, smoothness, 5, threads=1)
            check_descent(result, v, dtype)
            if not v.any():
                assert not result.H.any() and result.costs == (0.0,)


@every_way
def test_progress_stops_and_sees_every_iteration(way):
    v = random_v(5, 6, 18)
    w, h = random_start(v, 2, 0)
    seen, watched = [], []
    result = WAYS[way](
        v,
        w,
        h,
        1.0,
        None,
        lambda i, cost: seen.append((i, cost)) or i < 4,
        watch=lambda w, h: watched.append((w.copy(), h.copy())),
    )
    assert [i for i, _ in seen] == [1, 2, 3, 4] and len(watched) == 4
    assert tuple(cost for _, cost in seen) == result.costs
    assert np.array_equal(watched[-1][0], result.W) and np.array_equal(watched[-1][1], result.H)
    none = WAYS[way](v, w, h, 1.0, 0)
    np.testing.assert_allclose(none.W @ none.H, w @ h, rtol=1e-12)
    assert none.costs == ()


@every_way
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_values_are_refused(bad, way):
    for which in range(3):
        v = random_v(4, 4, 19)
        arrays = [v, *random_start(v, 2, 0)]
        arrays[which][1, 1] = bad
        with pytest.raises(ValueError, match="nonnegative and finite"):
            WAYS[way](*arrays, 1.0, 1)
    v = random_v(4, 4, 19)
    with pytest.raises(ValueError, match="smoothness"):
        WAYS[way](v, *random_start(v, 2, 0), bad, 1)


@every_way
def test_what_does_not_fit_is_refused(way):
    v, w, h = np.ones((4, 5)), np.ones((4, 2)), np.ones((2, 5))
    with pytest.raises(ValueError, match="Shapes"):
        WAYS[way](v, w, np.ones((3, 5)))
    with pytest.raises(ValueError, match="floating-point"):
        WAYS[way](v.astype(int), w, h)
    with pytest.raises(ValueError, match="when to stop"):
        WAYS[way](v, w, h, 1.0, None)
    with pytest.raises(ValueError, match="negative"):
        WAYS[way](v, w, h, 1.0, -1)


def test_wrong_options_are_refused():
    v, w, h = np.ones((4, 5)), np.ones((4, 2)), np.ones((2, 5))
    with pytest.raises(ValueError, match="'red-black' or 'sequential'"):
        smooth_is(v, w, h, order="random")
    with pytest.raises(ValueError, match="'mm' or 'heuristic'"):
        smooth_is(v, w, h, exponent="half")
    with pytest.raises(ValueError, match="shape"):
        smooth_is(v, w, h, weights=np.ones((2, 2)))
    with pytest.raises(ValueError, match="one for each of the 2"):
        smooth_is(v, w, h, hold_templates=[True, False, True])
