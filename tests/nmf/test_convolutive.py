from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import planted, random_v
from workbench.nmf import reference
from workbench.nmf.blocks import BLOCK
from workbench.nmf.convolutive import conv_model, nmf_conv, nmfd, shift_operator
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.starts import random_start

BETAS = [2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -1.0]


# -- the model -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, 1, 3, -1, -3, 6, 7, 8, 100, -6, -7, -8, -100])
def test_shift_operator_equals_the_loop(amount):
    a = np.random.default_rng(0).random((3, 7))
    copy = a.copy()
    out = shift_operator(a, amount)
    assert np.array_equal(out, reference.shift(a, amount)) and out.dtype == a.dtype
    out += 1
    assert np.array_equal(a, copy)


@pytest.mark.parametrize(("length", "frames"), [(1, 9), (2, 9), (5, 9), (9, 9), (12, 9), (4, 1), (1, 1)])
def test_conv_model_equals_the_loop(length, frames):
    rng = np.random.default_rng(1)
    w, h = rng.random((5, 3, length)), rng.random((3, frames))
    copies = w.copy(), h.copy()
    model = conv_model(w, h)
    np.testing.assert_allclose(model, reference.model(w, h), rtol=1e-12)
    for f, n in np.ndindex(model.shape):
        pairs = [(k, tau) for k in range(3) for tau in range(min(length, n + 1))]
        assert model[f, n] == pytest.approx(sum(w[f, k, tau] * h[k, n - tau] for k, tau in pairs))
    assert np.array_equal(w, copies[0]) and np.array_equal(h, copies[1])


def test_conv_model_of_one_frame_is_the_product():
    rng = np.random.default_rng(2)
    w, h = rng.random((5, 3)), rng.random((3, 8))
    np.testing.assert_allclose(conv_model(w, h), w @ h, rtol=1e-14)
    np.testing.assert_allclose(conv_model(w[:, :, None], h), w @ h, rtol=1e-14)
    with pytest.raises(ValueError, match="Shapes do not fit"):
        conv_model(w, h[:2])


# -- the rule ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("frames", "length"), [(20, 3), (3, 5)])
@pytest.mark.parametrize("beta", BETAS)
def test_equals_the_slow_rule(beta, frames, length):
    v = random_v(7, frames, 1)
    w, h = random_start(v, 3, 0, length)
    result = nmf_conv(v, w, h, beta, 4)
    for _ in range(4):
        before = w
        w, h = reference.step(v, w, h, beta)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.W.sum(axis=(0, 2)), 1, rtol=1e-12)
    # The cost of an iteration is that of the new H with the W before.
    held = nmf_conv(v, before, nmf_conv(v, *random_start(v, 3, 0, length), beta, 3).H, beta, 1, hold_templates=True)
    assert result.costs[-1] == pytest.approx(reference.cost(v, before, held.H, beta), rel=1e-6)


def test_nmfd_is_the_kullback_leibler_case_over_several_blocks():
    v = random_v(3, 2 * BLOCK + 5, 2)
    w, h = random_start(v, 2, 0, 4)
    result, same = nmfd(v, w, h, 3), nmf_conv(v, w, h, 1.0, 3)
    assert np.array_equal(result.W, same.W) and np.array_equal(result.H, same.H) and result.costs == same.costs
    for _ in range(3):
        w, h = reference.step(v, w, h, 1.0)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
def test_penalties_and_weights_equal_the_slow_rule(beta, weighted):
    v = random_v(6, 15, 3)
    g = np.random.default_rng(4).random(v.shape) if weighted else 1.0
    more = {"sparsity": 0.2, "uncorrelatedness": 0.7, "weights": g if weighted else None}
    w, h = start = random_start(v, 3, 0, 3)
    result = nmf_conv(v, w, h, beta, 2, **more)
    for _ in range(2):
        w, h = reference.step(v, w, h, beta, None, 0.2, 0.7, g)
    np.testing.assert_allclose(result.W, w, rtol=1e-5)
    np.testing.assert_allclose(result.H, h, rtol=1e-5)
    once = nmf_conv(v, *start, beta, 1, hold_templates=True, **more)
    assert result.costs[0] == pytest.approx(reference.cost(v, start[0], once.H, beta, 0.2, 0.7, g), rel=1e-6)


@pytest.mark.parametrize("beta", BETAS)
def test_templates_of_one_frame_are_plain_nmf(beta):
    v = random_v(9, 40, 5)
    w, h = random_start(v, 3, 0)
    for more in ({}, {"sparsity": 0.1, "uncorrelatedness": 0.3}):
        plain = factorise(v, w, h, iterations=10, objective=Objective(beta, **more))
        for start in (w, w[:, :, None]):
            result = nmf_conv(v, start, h, beta, 10, **more)
            assert result.W.shape == start.shape
            np.testing.assert_allclose(result.W.reshape(9, 3), plain.W, rtol=1e-9, atol=1e-14)
            np.testing.assert_allclose(result.H, plain.H, rtol=1e-9, atol=1e-14)
            np.testing.assert_allclose(result.costs, plain.costs, rtol=1e-9)


@given(
    st.booleans(),
    st.sampled_from([2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -0.5]),
    st.integers(1, 18),
    st.integers(1, 25),
    st.integers(1, 4),
    st.integers(1, 7),
    st.sampled_from([1e-8, 1e-4, 1.0, 1e4, 1e8]),
    st.booleans(),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from([0.0, 1.0]),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_cost_never_rises_and_everything_stays_finite(
    fast, beta, f, n, k, length, scale, zeros, sparsity, uncorrelatedness, weighted, hold_w, hold_h
):
    rng = np.random.default_rng(f * n)
    v = random_v(f, n, f * n, np.float64, scale)
    if zeros:
        v[rng.random((f, n)) < 0.3] = 0
    g = rng.random((f, n)) * (rng.random((f, n)) > 0.2) if weighted else None
    w, h = random_start(v, k, 1, length)
    if zeros:
        w[rng.random(w.shape) < 0.2] = 0
        h[rng.random(h.shape) < 0.2] = 0
    flags = np.arange(k)
    result = nmf_conv(
        v,
        w,
        h,
        beta,
        12,
        sparsity=sparsity,
        uncorrelatedness=uncorrelatedness,
        weights=g,
        hold_templates=flags < hold_w,
        hold_activations=flags < hold_h,
        fast=fast,
        threads=1,
    )
    costs = np.array(result.costs)
    rounding = 1e-13 * v.size * max(v.max() ** beta if beta > 0 else 1.0, abs(costs[0]))
    assert np.isfinite(costs).all()
    assert np.all(np.diff(costs) <= 1e-9 * np.abs(costs[:-1]) + rounding)
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
    assert (result.W >= 0).all() and (result.H >= 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("fast", [False, True])
def test_reported_cost_lies_between_those_of_the_results_around_it(beta, dtype, fast):
    v = random_v(17, 24, 6, dtype)
    before, after = (nmf_conv(v, *random_start(v, 3, 0, 4), beta, i, fast=fast) for i in (12, 13))
    low, high = (reference.cost(v.astype(float), r.W.astype(float), r.H.astype(float), beta) for r in (after, before))
    assert low * (1 - 1e-4) <= after.costs[-1] <= high * (1 + 1e-4)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("beta", [0.0, 1.0, 1.5, 2.0])
def test_held_templates_and_activations_stay_to_the_bit(beta, fast):
    v = random_v(9, 30, 7)
    w, h = random_start(v, 4, 0, 3)
    w *= 3
    some = {"hold_templates": [True, False, False, False], "hold_activations": [False, True, False, False]}
    result = nmf_conv(v, w, h, beta, 5, fast=fast, **some)
    assert np.array_equal(result.W[:, 0], w[:, 0]) and np.array_equal(result.H[1], h[1])
    assert not np.allclose(result.W[:, 1], w[:, 1]) and not np.allclose(result.H[0], h[0])
    fixed_w = nmf_conv(v, w, h, beta, 5, fast=fast, hold_templates=True)
    fixed_h = nmf_conv(v, w, h, beta, 5, fast=fast, hold_activations=True)
    assert np.array_equal(fixed_w.W, w) and np.array_equal(fixed_h.H, h)
    assert fixed_w.costs[-1] < fixed_w.costs[0] and fixed_h.costs[-1] < fixed_h.costs[0]


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_missing_data_does_not_matter(beta):
    v = random_v(8, 25, 8)
    g = (np.random.default_rng(9).random(v.shape) > 0.3).astype(float)
    w, h = random_start(v, 3, 0, 3)
    one, other = (nmf_conv(np.where(g > 0, v, x), w, h, beta, 10, weights=g) for x in (np.nan, 77.0))
    assert np.array_equal(one.W, other.W) and np.array_equal(one.H, other.H) and one.costs == other.costs


# -- what it is for ------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [1.0, 2.0])
@pytest.mark.parametrize("fast", [False, True])
def test_planted_patterns_are_found(beta, fast):
    v, patterns, onsets = planted(0)
    tries = [nmf_conv(v, *random_start(v, 2, seed, 6), beta, 50, fast=fast, threads=1) for seed in range(4)]
    best = min(tries, key=lambda result: result.costs[-1])

    def likeness(order):
        return min(
            min(np.corrcoef(best.W[:, k].ravel(), patterns[:, order[k]].ravel())[0, 1] for k in range(2)),
            min(np.corrcoef(best.H[k], onsets[order[k]])[0, 1] for k in range(2)),
        )

    assert max(likeness(order) for order in permutations(range(2))) > 0.95


def test_templates_of_several_frames_explain_what_one_frame_cannot():
    v, _, _ = planted(1)
    one = nmfd(v, *random_start(v, 2, 0), 60, threads=1)
    several = min(nmfd(v, *random_start(v, 2, seed, 6), 60, threads=1).costs[-1] for seed in range(3))
    assert several < 0.3 * one.costs[-1]
