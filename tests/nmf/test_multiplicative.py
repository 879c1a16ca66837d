import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.divergence import divergence
from workbench.nmf.multiplicative import BLOCK, factorise, random_start

BETAS = [2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -1.0]


def slow_update(v, w, h, beta):
    """One iteration, H then W, straight from the rule, then columns of W to unit sum with H compensated."""
    gamma = 1 / (2 - beta) if beta < 1 and beta != 0 else 1 if beta <= 2 else 1 / (beta - 1)
    model = w @ h
    h = h * ((w.T @ (v * model ** (beta - 2))) / (w.T @ model ** (beta - 1))) ** gamma
    model = w @ h
    w = w * (((v * model ** (beta - 2)) @ h.T) / (model ** (beta - 1) @ h.T)) ** gamma
    scale = w.sum(axis=0)
    return w / scale, h * scale[:, None]


def slow_divergence(v, m, beta):
    if beta == 1:
        return np.sum(np.where(v > 0, v * np.log(np.where(v > 0, v, 1) / m), 0) - v + m)
    if beta == 0:
        return np.sum(v / m - np.log(v / m) - 1)
    return np.sum((v**beta + (beta - 1) * m**beta - beta * v * m ** (beta - 1)) / (beta * (beta - 1)))


def random_v(f, n, seed, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    return (scale * (rng.gamma(0.5, 1.0, (f, n)) + 1e-3)).astype(dtype)


@pytest.mark.parametrize("beta", BETAS)
def test_equals_the_slow_rule(beta):
    v = random_v(13, 2 * BLOCK + 7, 1)
    w, h = random_start(v, 4, 0)
    result = factorise(v, w, h, beta, 5)
    for _ in range(5):
        w, h = slow_update(v, w, h, beta)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("beta", BETAS)
def test_divergence_equals_its_definition(beta):
    v, m = random_v(9, 11, 2), random_v(9, 11, 3)
    assert divergence(v, m, beta) == pytest.approx(slow_divergence(v, m, beta), rel=1e-9)


@given(
    st.sampled_from([2.0, 1.0, 0.0, 0.5, 1.5, 3.0]), st.integers(1, 20), st.integers(1, 40), st.integers(1, 6),
    st.sampled_from([1e-8, 1e-4, 1.0, 1e4, 1e8]), st.booleans(),
)  # fmt: skip
def test_cost_never_rises_and_everything_stays_finite(beta, f, n, k, scale, zeros):
    v = random_v(f, n, f * n, np.float64, scale)
    if zeros:
        v[np.random.default_rng(n).random((f, n)) < 0.3] = 0
    w, h = random_start(v, k, 1)
    result = factorise(v, w, h, beta, 15)
    costs = np.array(result.costs)
    rounding = 1e-13 * v.size * max(v.max() ** beta if beta > 0 else 1.0, abs(costs[0]))
    assert np.all(np.diff(costs) <= 1e-9 * np.abs(costs[:-1]) + rounding)
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
    assert (result.W >= 0).all() and (result.H >= 0).all()


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_quiet_input_gives_the_same_templates(beta, dtype):
    v = random_v(20, 50, 4, dtype)
    w, h = random_start(v, 3, 0)
    loud = factorise(v, w, h, beta, 20)
    quiet = factorise(v * dtype(2.0**-20), w, h * dtype(2.0**-20), beta, 20)
    np.testing.assert_allclose(quiet.W, loud.W, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_bit_identical_for_any_number_of_threads(beta):
    v = random_v(65, 5 * BLOCK + 3, 5, np.float32)
    w, h = random_start(v, 5, 0)
    results = [factorise(v, w, h, beta, 8, threads=t) for t in (1, 2, 3, 7)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype):
    v = random_v(6, 9, 6, dtype)
    w, h = random_start(v, 2, 0)
    copies = v.copy(), w.copy(), h.copy()
    result = factorise(v, w, h, 1.0, 3)
    assert result.W.dtype == dtype and result.H.dtype == dtype
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-5)


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize(
    "v",
    [np.zeros((5, 7)), np.eye(6), np.ones((1, 30)), np.ones((30, 1)), np.ones((1, 1)), np.pad(np.ones((3, 3)), 2)],
    ids=["silence", "impulses", "one bin", "one frame", "one value", "zero frames and bins"],
)
def test_odd_inputs_give_finite_results(v, beta):
    w, h = random_start(v.astype(np.float32), 4, 0)
    result = factorise(v.astype(np.float32), w, h, beta, 30)
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all() and np.isfinite(result.costs).all()


def test_progress_stops_and_sees_every_iteration():
    v = random_v(5, 6, 7)
    w, h = random_start(v, 2, 0)
    seen = []
    result = factorise(v, w, h, 1.0, None, lambda i, cost, w, h: seen.append((i, cost)) or i < 4)
    assert [i for i, _ in seen] == [1, 2, 3, 4]
    assert tuple(cost for _, cost in seen) == result.costs


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_values_are_refused(bad):
    v = random_v(4, 4, 8)
    w, h = random_start(v, 2, 0)
    v[1, 2] = bad
    with pytest.raises(ValueError, match="nonnegative and finite"):
        factorise(v, w, h, 1.0, 1)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="Shapes"):
        factorise(np.ones((4, 5)), np.ones((4, 2)), np.ones((3, 5)), 1.0, 1)


def test_same_seed_same_start():
    v = random_v(4, 5, 9)
    a, b, c = random_start(v, 2, 3), random_start(v, 2, 3), random_start(v, 2, 4)
    assert np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1]) and not np.array_equal(a[0], c[0])
