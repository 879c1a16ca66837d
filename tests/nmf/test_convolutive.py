from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.blocks import BLOCK
from workbench.nmf.convolutive import conv_model, nmf_conv, nmfd, shift_operator
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.starts import random_start

EPS = 2.0**-52
BETAS = [2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -1.0]


def random_v(f, n, seed, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    return (scale * (rng.gamma(0.5, 1.0, (f, n)) + 1e-3)).astype(dtype)


def gamma_mm(beta):
    return 1 / (2 - beta) if beta < 1 else 1 if beta <= 2 else 1 / (beta - 1)


# -- the model -----------------------------------------------------------------------------------------


def slow_model(w, h):
    """L[f, n] = Σ_k Σ_τ W[f, k, τ] H[k, n − τ], number by number."""
    out = np.zeros((len(w), h.shape[1]))
    for f in range(out.shape[0]):
        for n in range(out.shape[1]):
            for k in range(len(h)):
                for tau in range(min(w.shape[2], n + 1)):
                    out[f, n] += w[f, k, tau] * h[k, n - tau]
    return out


def slow_shift(a, amount):
    out = np.zeros_like(a)
    for row in range(a.shape[0]):
        for n in range(a.shape[1]):
            if 0 <= n + amount < a.shape[1]:
                out[row, n + amount] = a[row, n]
    return out


def for_h(x, w):
    """Σ_τ Σ_f W[f, k, τ] X[f, n + τ], shape (K, N): what a change of H[k, n] meets."""
    out = np.zeros((w.shape[1], x.shape[1]))
    for n in range(x.shape[1]):
        for tau in range(min(w.shape[2], x.shape[1] - n)):
            out[:, n] += w[:, :, tau].T @ x[:, n + tau]
    return out


def for_w(x, h, length):
    """Σ_n X[f, n] H[k, n − τ], shape (F, K, T): what a change of W[f, k, τ] meets."""
    out = np.zeros((len(x), len(h), length))
    for tau in range(length):
        for n in range(tau, x.shape[1]):
            out[:, :, tau] += np.outer(x[:, n], h[:, n - tau])
    return out


@pytest.mark.parametrize("amount", [0, 1, 3, -1, -3, 6, 7, 8, 100, -6, -7, -8, -100])
def test_shift_operator_equals_the_loop(amount):
    a = np.random.default_rng(0).random((3, 7))
    copy = a.copy()
    out = shift_operator(a, amount)
    assert np.array_equal(out, slow_shift(a, amount)) and out.dtype == a.dtype
    out += 1
    assert np.array_equal(a, copy)


@pytest.mark.parametrize(("length", "frames"), [(1, 9), (2, 9), (5, 9), (9, 9), (12, 9), (4, 1), (1, 1)])
def test_conv_model_equals_the_loop(length, frames):
    rng = np.random.default_rng(1)
    w, h = rng.random((5, 3, length)), rng.random((3, frames))
    copies = w.copy(), h.copy()
    model = conv_model(w, h)
    np.testing.assert_allclose(model, slow_model(w, h), rtol=1e-12)
    by_shifts = sum(w[:, :, tau] @ slow_shift(h, tau) for tau in range(length))
    np.testing.assert_allclose(model, by_shifts, rtol=1e-12)
    assert np.array_equal(w, copies[0]) and np.array_equal(h, copies[1])


def test_conv_model_of_one_frame_is_the_product():
    rng = np.random.default_rng(2)
    w, h = rng.random((5, 3)), rng.random((3, 8))
    np.testing.assert_allclose(conv_model(w, h), w @ h, rtol=1e-14)
    np.testing.assert_allclose(conv_model(w[:, :, None], h), w @ h, rtol=1e-14)
    with pytest.raises(ValueError, match="Shapes do not fit"):
        conv_model(w, h[:2])


# -- libnmfd -------------------------------------------------------------------------------------------


def slow_libnmfd_nmfd(v, w, h, iterations, fix_w=False, fix_h=False, before=None, after=None):
    """libnmfd 1.0.0 nmfd: W_τ by the model of the old H; H by the mean over τ of each τ's own ratio."""
    v, w, h, costs = v / (EPS + v.sum()), w.copy(), h.copy(), []
    length, ones = w.shape[2], np.ones(v.shape)
    for i in range(iterations):
        w, h = (w, h) if before is None else before(i + 1, w, h)
        w = w.copy()
        model = slow_model(w, h) + EPS
        costs.append(np.mean(v * np.log(1 + v / (model + EPS)) - v + model))
        q, mean = v / (model + EPS), np.zeros_like(h)
        for tau in range(length):
            late = slow_shift(h, tau)
            if not fix_w:
                w[:, :, tau] = w[:, :, tau] * ((q @ late.T) / (ones @ late.T + EPS))
            mean += (w[:, :, tau].T @ slow_shift(q, -tau)) / (w[:, :, tau].T @ ones + EPS)
        if not fix_h:
            h = h * (mean / length)
        w = w * (1 / (EPS + w.sum(axis=2).sum(axis=0)))[:, None]
        w, h = (w, h) if after is None else after(i + 1, w, h)
    return w, h, costs


def slow_libnmfd_conv(
    v, w, h, beta, iterations, sparsity=0.0, uncorr=0.0, fix_w=False, fix_h=False, before=None, after=None
):
    """libnmfd 1.0.0 nmf_conv with its own β: ratio of sums, no exponent."""
    v, w, h, costs = v / (EPS + v.sum()), w.copy(), h.copy(), []
    length = w.shape[2]
    for i in range(iterations):
        w, h = (w, h) if before is None else before(i + 1, w, h)
        w = w.copy()
        model = slow_model(w, h) + EPS
        b = model**beta
        q = v * b / model
        costs.append(
            np.mean(v * (v**beta - b) / (EPS + beta) - (v ** (beta + 1) - model ** (beta + 1)) / ((EPS + beta) + 1))
        )
        for tau in range(0 if fix_w else length):
            late = slow_shift(h, tau)
            others = sum((w[:, :, other] for other in range(length) if other != tau), np.zeros(w.shape[:2]))
            w[:, :, tau] = w[:, :, tau] * ((q @ late.T) / (EPS + b @ late.T + uncorr * others))
        if not fix_h:
            h = h * ((for_h(q, w) + EPS) / (for_h(b, w) + EPS + sparsity + EPS))
        w = w / (EPS + w.sum(axis=0).sum(axis=1))[:, None]
        w, h = (w, h) if after is None else after(i + 1, w, h)
    return w, h, costs


def libnmfd_start(seed=0, bins=20, frames=31, components=3, length=5):
    rng = np.random.default_rng(seed)
    v = rng.gamma(0.5, 1.0, (bins, frames)) + 1e-3
    return v, rng.random((bins, components, length)), rng.random((components, frames))


def assert_equals(result, slow):
    w, h, costs = slow
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-15)
    # nmf_conv's "KL" cost is a difference of means near zero: what rounding leaves of it is no digit of V's mean.
    np.testing.assert_allclose(result.costs, costs, rtol=1e-6, atol=1e-14 * np.abs(costs).max())


FIXED = [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize(("fix_w", "fix_h"), FIXED)
@pytest.mark.parametrize(("frames", "length"), [(23, 5), (23, 1), (4, 6)])
def test_nmfd_equals_libnmfd(fix_w, fix_h, frames, length):
    v, w, h = libnmfd_start(bins=9, frames=frames, length=length)
    result = nmfd(v, w, h, 15, hold_templates=fix_w, hold_activations=fix_h, compat="libnmfd")
    assert_equals(result, slow_libnmfd_nmfd(v, w, h, 15, fix_w, fix_h))


def test_nmfd_equals_libnmfd_over_several_blocks_and_with_zeros():
    v, w, h = libnmfd_start(1, bins=3, frames=2 * BLOCK + 7, components=2, length=3)
    v[:, 20:24] = 0
    v[v < 0.05] = 0
    assert_equals(nmfd(v, w, h, 10, compat="libnmfd"), slow_libnmfd_nmfd(v, w, h, 10))


@pytest.mark.parametrize(("fix_w", "fix_h"), FIXED)
@pytest.mark.parametrize(("sparsity", "uncorr"), [(0.0, 0.0), (0.3, 0.0), (0.1, 0.7)])
@pytest.mark.parametrize("beta", [-1.0, 0.0, 1.0, 0.5])
def test_nmf_conv_equals_libnmfd(beta, sparsity, uncorr, fix_w, fix_h):
    v, w, h = libnmfd_start(2, bins=4, frames=9, components=2, length=3)
    result = nmf_conv(
        v,
        w,
        h,
        beta + 1,
        12,
        sparsity=sparsity,
        uncorrelatedness=uncorr,
        hold_templates=fix_w,
        hold_activations=fix_h,
        compat="libnmfd",
    )
    assert_equals(result, slow_libnmfd_conv(v, w, h, beta, 12, sparsity, uncorr, fix_w, fix_h))


def test_libnmfd_scales_templates_also_when_they_are_held():
    v, w, h = libnmfd_start()
    for descend in (nmfd, nmf_conv):
        result = descend(v, w, h, iterations=2, hold_templates=True, compat="libnmfd")
        np.testing.assert_allclose(result.W, w / w.sum(axis=(0, 2))[:, None], rtol=1e-12)


@pytest.mark.parametrize("descend", [nmfd, nmf_conv])
def test_some_components_may_be_held_in_libnmfds_order(descend):
    v, w, h = libnmfd_start()
    some = {"hold_templates": [True, False, False], "hold_activations": [False, True, False]}
    result = descend(v, w, h, iterations=4, compat="libnmfd", **some)
    shape = w / w.sum(axis=(0, 2))[:, None]
    np.testing.assert_allclose(result.W[:, 0], shape[:, 0], rtol=1e-12)
    assert np.array_equal(result.H[1], h[1])
    for k in (1, 2):
        assert not np.allclose(result.W[:, k], shape[:, k], rtol=0.1)
    for k in (0, 2):
        assert not np.allclose(result.H[k], h[k], rtol=0.1)


# -- our own rule --------------------------------------------------------------------------------------


def slow_factor(p, q, a, beta):
    """Where the majoriser's derivative vanishes: p = q r^s + a r^(3 − β), or its closed form; 0 where p is 0."""
    if np.all(a == 0) or beta >= 2:
        return (p / np.where(p > 0, q + a, 1)) ** gamma_mm(beta)
    low, high = np.full(np.broadcast_shapes(p.shape, a.shape), 1e-9), np.full(p.shape, 1e9)
    for _ in range(120):
        r = np.sqrt(low * high)
        below = q * r ** max(1, 2 - beta) + a * r ** (3 - beta) < p
        low, high = np.where(below, r, low), np.where(below, high, r)
    return r


def slow_update(v, w, h, beta, mu=0.0, nu=0.0, g=1.0):
    """One iteration: H by the ratio of sums over τ, then all W_τ; unit sum over frequency and τ."""
    mean = np.sum(v * g) / np.sum(np.broadcast_to(g, v.shape))
    mu, nu = mu * mean ** (beta - 1), nu * mean ** (beta - 2) / v.shape[1]
    components, length = w.shape[1:]

    model = slow_model(w, h)
    p, q = for_h(g * v * model ** (beta - 2), w), for_h(g * model ** (beta - 1), w)
    pull = np.zeros(components)
    for k, tau, j, other in np.ndindex(components, length, components, length):
        if (k, tau) != (j, other):
            pull[k] += nu * (w[:, k, tau] @ w[:, j, other]) * h[j].sum()
    h = h * slow_factor(p, q + mu * w.sum(axis=(0, 2))[:, None], pull[:, None], beta)

    model, loud = slow_model(w, h), h.sum(axis=1)
    p, q = for_w(g * v * model ** (beta - 2), h, length), for_w(g * model ** (beta - 1), h, length)
    pull = np.zeros(w.shape)
    for k, tau, j, other in np.ndindex(components, length, components, length):
        if (k, tau) != (j, other):
            pull[:, k, tau] += nu * loud[k] * loud[j] * w[:, j, other]
    w = w * slow_factor(p, q + mu * loud[:, None], pull, beta)
    scale = w.sum(axis=(0, 2))
    return w / np.where(scale > 0, scale, 1)[:, None], h * scale[:, None]


def slow_divergence(v, m, beta):
    if beta == 1:
        return np.where(v > 0, v * np.log(np.where(v > 0, v, 1) / m), 0) - v + m
    if beta == 0:
        return v / m - np.log(v / m) - 1
    return (v**beta + (beta - 1) * m**beta - beta * v * m ** (beta - 1)) / (beta * (beta - 1))


def slow_cost(v, w, h, beta, mu=0.0, nu=0.0, g=1.0):
    mean = np.sum(v * g) / np.sum(np.broadcast_to(g, v.shape))
    loud = h.sum(axis=1)
    total = np.sum(g * slow_divergence(v, slow_model(w, h), beta))
    total += mu * mean ** (beta - 1) * np.sum(w.sum(axis=(0, 2)) * loud)
    components, length = w.shape[1:]
    for k, tau, j, other in np.ndindex(components, length, components, length):
        if (k, tau) != (j, other):
            share = (w[:, k, tau] @ w[:, j, other]) * loud[k] * loud[j]
            total += nu * mean ** (beta - 2) / (2 * v.shape[1]) * share
    return total


@pytest.mark.parametrize(("frames", "length"), [(20, 3), (3, 5)])
@pytest.mark.parametrize("beta", BETAS)
def test_equals_the_slow_rule(beta, frames, length):
    v = random_v(7, frames, 1)
    w, h = random_start(v, 3, 0, length)
    result = nmf_conv(v, w, h, beta, 4)
    for _ in range(4):
        before = w
        w, h = slow_update(v, w, h, beta)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.W.sum(axis=(0, 2)), 1, rtol=1e-12)
    # The cost of an iteration is that of the new H with the W before.
    held = nmf_conv(v, before, nmf_conv(v, *random_start(v, 3, 0, length), beta, 3).H, beta, 1, hold_templates=True)
    assert result.costs[-1] == pytest.approx(slow_cost(v, before, held.H, beta), rel=1e-6)


def test_nmfd_is_the_kullback_leibler_case_over_several_blocks():
    v = random_v(3, 2 * BLOCK + 5, 2)
    w, h = random_start(v, 2, 0, 4)
    result, same = nmfd(v, w, h, 3), nmf_conv(v, w, h, 1.0, 3)
    assert np.array_equal(result.W, same.W) and np.array_equal(result.H, same.H) and result.costs == same.costs
    for _ in range(3):
        w, h = slow_update(v, w, h, 1.0)
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
        w, h = slow_update(v, w, h, beta, 0.2, 0.7, g)
    np.testing.assert_allclose(result.W, w, rtol=1e-5)
    np.testing.assert_allclose(result.H, h, rtol=1e-5)
    once = nmf_conv(v, *start, beta, 1, hold_templates=True, **more)
    assert result.costs[0] == pytest.approx(slow_cost(v, start[0], once.H, beta, 0.2, 0.7, g), rel=1e-6)


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
    low, high = (slow_cost(v.astype(float), r.W.astype(float), r.H.astype(float), beta) for r in (after, before))
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


# -- hooks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compat", [None, "libnmfd"])
@pytest.mark.parametrize("descend", [nmfd, nmf_conv])
def test_hooks_see_the_factors_of_every_iteration(descend, compat):
    v, w, h = libnmfd_start(3)
    seen = {"before": [], "after": []}

    def look(name):
        return lambda i, w, h: seen[name].append((i, w.copy(), h.copy()))

    watched = []
    result = descend(
        v,
        w,
        h,
        iterations=4,
        compat=compat,
        before=look("before"),
        after=look("after"),
        watch=lambda w, h: watched.append((w.copy(), h.copy())),
    )
    plain = descend(v, w, h, iterations=4, compat=compat)
    assert np.array_equal(result.W, plain.W) and np.array_equal(result.H, plain.H) and result.costs == plain.costs
    assert [i for i, _, _ in seen["before"]] == [i for i, _, _ in seen["after"]] == [1, 2, 3, 4]
    for name in seen:
        assert all(a.shape == w.shape and b.shape == h.shape for _, a, b in seen[name])
    for i in range(4):
        now = descend(v, w, h, iterations=i + 1, compat=compat)
        assert np.array_equal(seen["after"][i][1], now.W) and np.array_equal(seen["after"][i][2], now.H)
        assert np.array_equal(watched[i][0], now.W) and np.array_equal(watched[i][1], now.H)
        if i < 3:
            assert np.array_equal(seen["before"][i + 1][1], now.W) and np.array_equal(seen["before"][i + 1][2], now.H)
    _, first_w, first_h = seen["before"][0]
    np.testing.assert_allclose(conv_model(first_w, first_h), conv_model(w, h), rtol=1e-12)


def without(number, at):
    """A hook that zeroes a component at one iteration and lets all others pass as copies."""

    def hook(i, w, h):
        w, h = w.copy(), h.copy()
        if i == at:
            w[:, number], h[number] = 0, 0
        return w, h

    return hook


def louder(i, w, h):
    """A hook whose effect depends on when it is called, and with what."""
    return w * np.linspace(1, 2, w.shape[0])[:, None, None], h * (1 + 0.1 * i)


@pytest.mark.parametrize(("before", "after"), [(without(1, 3), None), (None, without(1, 3)), (louder, without(0, 2))])
@pytest.mark.parametrize("rule", ["nmfd", "nmf_conv"])
def test_what_hooks_return_is_used_in_libnmfds_order(rule, before, after):
    v, w, h = libnmfd_start(4, bins=8, frames=15, length=3)
    if rule == "nmfd":
        result = nmfd(v, w, h, 5, before=before, after=after, compat="libnmfd")
        slow = slow_libnmfd_nmfd(v, w, h, 5, before=before, after=after)
    else:
        result = nmf_conv(v, w, h, 1.5, 5, before=before, after=after, compat="libnmfd")
        slow = slow_libnmfd_conv(v, w, h, 0.5, 5, before=before, after=after)
    assert_equals(result, slow)
    gone = 1 if before is not louder else 0
    assert not result.W[:, gone].any() and not result.H[gone].any()


@pytest.mark.parametrize(("before", "after"), [(without(1, 3), None), (None, without(1, 3)), (louder, without(0, 2))])
@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_what_hooks_return_is_used_in_our_order(beta, before, after):
    v = random_v(8, 15, 10)
    w, h = random_start(v, 3, 0, 3)
    result = nmf_conv(v, w, h, beta, 5, before=before, after=after)
    for i in range(1, 6):
        w, h = (w, h) if before is None else before(i, w, h)
        w, h = slow_update(v, w, h, beta)
        w, h = (w, h) if after is None else after(i, w, h)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-12)
    gone = 1 if before is not louder else 0
    assert not result.W[:, gone].any() and not result.H[gone].any()


def test_hooks_may_stop_with_progress_and_not_go_with_fast():
    v, w, h = libnmfd_start()
    for compat in (None, "libnmfd"):
        seen, told = [], []
        result = nmf_conv(
            v,
            w,
            h,
            1.0,
            None,
            lambda i, cost, told=told: told.append((i, cost)) or i < 3,
            compat=compat,
            after=lambda i, w, h, seen=seen: seen.append(i),
        )
        assert seen == [i for i, _ in told] == [1, 2, 3] and tuple(cost for _, cost in told) == result.costs
    for hook in ({"before": louder}, {"after": louder}):
        with pytest.raises(ValueError, match="plain steps"):
            nmf_conv(v, w, h, fast=True, **hook)


# -- robustness ----------------------------------------------------------------------------------------

WAYS = [
    (beta, more)
    for beta in (0.0, 0.5, 1.0, 2.0)
    for more in ({}, {"fast": True}, {"sparsity": 0.1, "uncorrelatedness": 0.1}, {"compat": "libnmfd"})
] + [(None, {}), (None, {"compat": "libnmfd"})]


def run(beta, more, v, w, h, iterations=6, threads=1):
    """`nmfd` for β None."""
    if beta is None:
        return nmfd(v, w, h, iterations, threads=threads, **more)
    return nmf_conv(v, w, h, beta, iterations, threads=threads, **more)


@pytest.mark.parametrize(("beta", "more"), WAYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype, beta, more):
    v = random_v(6, 19, 11, dtype)
    w, h = random_start(v, 2, 0, 3)
    copies = v.copy(), w.copy(), h.copy()
    for array in (v, w, h):
        array.flags.writeable = False
    result = run(beta, more, v, w, h)
    assert result.W.dtype == dtype and result.H.dtype == dtype
    assert result.W.shape == w.shape and result.H.shape == h.shape
    assert all(type(cost) is float for cost in result.costs) and len(result.costs) == 6
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    assert not np.shares_memory(result.W, w) and not np.shares_memory(result.H, h)


@pytest.mark.parametrize(("beta", "more"), WAYS)
def test_float32_follows_float64(beta, more):
    v = random_v(20, 40, 12)
    w, h = random_start(v, 2, 0, 3)
    double = run(beta, more, v, w, h)
    single = run(beta, more, *(x.astype(np.float32) for x in (v, w, h)))
    np.testing.assert_allclose(single.W, double.W, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(single.H, double.H, rtol=1e-3, atol=1e-6 * double.H.max())


@pytest.mark.parametrize(("beta", "more"), WAYS)
def test_bit_identical_for_any_number_of_threads(beta, more):
    v = random_v(9, 3 * BLOCK + 3, 13, np.float32)
    w, h = random_start(v, 3, 0, 4)
    results = [run(beta, more, v, w, h, 4, threads=t) for t in (1, 2, 3)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize(("beta", "more"), WAYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_templates_do_not_depend_on_the_scale_of_v(dtype, beta, more):
    v = random_v(16, 40, 14, dtype)
    w, h = random_start(v, 3, 0, 4)
    same = run(beta, more, v, w, h, 5)
    for by in (dtype(2.0**-20), dtype(2.0**20)):
        # libnmfd scales V itself, and its H is not compensated.
        other = run(beta, more, v * by, w, h if "compat" in more else h * by, 5)
        np.testing.assert_allclose(other.W, same.W, rtol=1e-4 if dtype == np.float32 else 1e-9, atol=1e-7)


ODD = {
    "silence": np.zeros((5, 7)),
    "impulses": np.eye(6),
    "one bin": np.ones((1, 30)),
    "one frame": np.ones((30, 1)),
    "one value": np.ones((1, 1)),
    "zero frames and bins": np.pad(np.ones((3, 3)), 2),
    "shorter than the template": np.random.default_rng(0).random((20, 3)),
    "noise": np.random.default_rng(0).random((17, 40)),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # libnmfd's cost for β < 1 has no value where V is zero
def test_odd_inputs_give_finite_results(name):
    """Nine components, which are more than bins in most, and templates of five frames."""
    v = ODD[name].astype(np.float32)
    w, h = random_start(v, 9, 0, 5)
    if not v.any():
        h = h + 1
    for beta, more in WAYS:
        result = run(beta, more, v, w, h, 10)
        assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
        if "compat" not in more:
            assert np.isfinite(result.costs).all()
            assert conv_model(result.W, result.H).sum() == pytest.approx(v.sum(), rel=0.5, abs=1e-6)
        elif v.all() or beta is None or beta >= 1:
            assert np.isfinite(result.costs).all()


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("compat", [None, "libnmfd"])
def test_bad_values_are_refused(bad, which, compat):
    v = random_v(4, 6, 15)
    arrays = [v, *random_start(v, 2, 0, 3)]
    arrays[which][1, 1] = bad
    for descend in (nmfd, nmf_conv):
        with pytest.raises(ValueError, match="nonnegative and finite"):
            descend(*arrays, iterations=1, compat=compat)


@pytest.mark.parametrize("compat", [None, "libnmfd"])
@pytest.mark.parametrize("descend", [nmfd, nmf_conv])
def test_what_does_not_fit_is_refused(descend, compat):
    v, w, h = np.ones((4, 5)), np.ones((4, 2, 3)), np.ones((2, 5))
    with pytest.raises(ValueError, match="Shapes"):
        descend(v, w, np.ones((3, 5)), compat=compat)
    with pytest.raises(ValueError, match="Shapes"):
        descend(v, w, np.ones((2, 6)), compat=compat)
    with pytest.raises(ValueError, match="at least one"):
        descend(v, np.ones((4, 2, 0)), h, compat=compat)
    with pytest.raises(ValueError, match="floating-point"):
        descend(v.astype(int), w, h, compat=compat)
    with pytest.raises(ValueError, match="when to stop"):
        descend(v, w, h, iterations=None, compat=compat)
    with pytest.raises(ValueError, match="negative"):
        descend(v, w, h, iterations=-1, compat=compat)
    with pytest.raises(ValueError, match="one for each of the 2"):
        descend(v, w, h, hold_templates=[True, False, True], compat=compat)
    with pytest.raises(ValueError, match="'libnmfd' or None"):
        descend(v, w, h, compat="librosa")


def test_wrong_options_of_nmf_conv_are_refused():
    v, w, h = np.ones((4, 5)), np.ones((4, 2, 3)), np.ones((2, 5))
    with pytest.raises(ValueError, match="shape"):
        nmf_conv(v, w, h, weights=np.ones((2, 2)))
    for wrong in ({"sparsity": -1.0}, {"uncorrelatedness": -1.0}, {"beta": np.nan}):
        with pytest.raises(ValueError):
            nmf_conv(v, w, h, **wrong)


# -- what it is for ------------------------------------------------------------------------------------


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
    v = slow_model(patterns, onsets)
    return v + 0.01 * rng.random(v.shape), patterns, onsets


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


def test_our_rule_ends_below_libnmfds():
    """Measured with the Kullback–Leibler divergence of V / ΣV itself; libnmfd's own cost is another."""
    v, _, _ = planted(2)
    w, h = random_start(v, 3, 0, 5)
    ours, theirs = nmfd(v / v.sum(), w, h / v.sum(), 60), nmfd(v, w, h / v.sum(), 60, compat="libnmfd")
    cost = [np.sum(slow_divergence(v / v.sum(), conv_model(r.W, r.H) + 1e-300, 1.0)) for r in (ours, theirs)]
    assert cost[0] < cost[1]
