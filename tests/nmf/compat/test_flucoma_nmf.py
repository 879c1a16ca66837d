import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import sparse_v
from workbench.nmf.compat import flucoma, reference
from workbench.nmf.compat.flucoma.buf_nmf import with_unit_norm


def test_factors_are_filled_by_columns_from_the_same_stream():
    w, h = flucoma.random_factors(5, 7, 3, 42)
    u = reference.mersenne_uniform(42, 21)
    for k in range(3):
        for f in range(5):
            assert w[f, k] == u[k * 5 + f]
        for n in range(7):
            assert h[k, n] == u[n * 3 + k]
    with pytest.raises(ValueError, match="positive"):
        flucoma.random_factors(5, 7, 0)


@pytest.mark.parametrize("iterations", [0, 1, 6])
@pytest.mark.parametrize(("fix_w", "fix_h"), [(False, False), (True, False), (False, True)])
def test_nmf_equals_the_slow_rule(iterations, fix_w, fix_h):
    v = sparse_v(6, 8, 1)
    w, h = flucoma.random_factors(6, 8, 3, 5)
    result = flucoma.nmf(v, 3, iterations, 5, fix_W=fix_w, fix_H=fix_h)
    slow_w, slow_h = reference.flucoma_nmf(v, w, h, iterations, fix_w, fix_h)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-14)
    assert len(result.costs) == iterations


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**64 - 1))
def test_nmf_equals_the_slow_rule_for_any_shape(bins, frames, components, seed):
    v = sparse_v(bins, frames, 2, zeros=0) + 1e-3
    w, h = flucoma.random_factors(bins, frames, components, seed)
    result = flucoma.nmf(v, components, 2, seed)
    slow_w, slow_h = reference.flucoma_nmf(v, w, h, 2)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-9)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-9)


def test_given_factors_are_scaled_and_both_fixed_ones_only_scaled():
    rng = np.random.default_rng(3)
    v, w, h = sparse_v(5, 6), rng.random((5, 2)) * 7, rng.random((2, 6)) * 3
    w[1, 0] = h[1, 2] = 0
    slow_w, slow_h = reference.flucoma_nmf(v, w, h, 3)
    result = flucoma.nmf(v, 2, 3, 0, w, h)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-14)
    fixed = flucoma.nmf(v, 2, 3, 0, w, h, fix_W=True, fix_H=True)
    assert fixed.costs == ()
    np.testing.assert_allclose(np.linalg.norm(fixed.W, axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(fixed.H, axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(fixed.H, reference.flucoma_nmf(v, w, h, 0)[1], rtol=1e-13)


def test_costs_are_the_divergence_of_what_is_returned():
    v = sparse_v(6, 9, 4)
    seen = []
    result = flucoma.nmf(v, 2, 4, 1, progress=lambda i, cost: seen.append((i, cost)) or True)
    model = result.W @ result.H
    cost = sum((x * math.log(x / m) if x > 0 else 0) - x + m for x, m in zip(v.ravel(), model.ravel(), strict=True))
    assert result.costs[-1] == pytest.approx(cost, rel=1e-12)
    assert seen == list(enumerate(result.costs, 1))


def test_progress_stops_and_watch_sees_the_factors_before_it():
    v, calls = sparse_v(5, 6, 5), []
    stopped = flucoma.nmf(
        v,
        2,
        9,
        1,
        progress=lambda i, cost: calls.append(i) or i < 3,
        watch=lambda w, h: calls.append((w.copy(), h.copy())),
    )
    assert [c for c in calls if isinstance(c, int)] == [1, 2, 3]
    w, h = calls[-2]
    assert np.array_equal(w, stopped.W) and np.array_equal(h, stopped.H)
    again = flucoma.nmf(v, 2, 3, 1)
    assert np.array_equal(again.W, stopped.W) and np.array_equal(again.H, stopped.H)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_keeps_the_kind_of_number_and_its_inputs(dtype):
    v = sparse_v(6, 9, 6, dtype)
    w, h = (x.astype(dtype) for x in flucoma.random_factors(6, 9, 2, 3))
    copies = v.copy(), w.copy(), h.copy()
    result = flucoma.nmf(v, 2, 2, 0, w, h)
    outputs = [result.W, result.H, flucoma.match(v, w), flucoma.filter_masks(v, w), flucoma.ratio_mask(v, v)]
    for variant in flucoma.Variant:
        outputs += flucoma.seed(v, variant=variant)
    assert all(x.dtype == dtype for x in outputs)
    assert all(np.array_equal(now, before) for now, before in zip((v, w, h), copies, strict=True))
    if dtype == np.float32:
        wide = flucoma.nmf(v.astype(np.float64), 2, 2, 0, w, h)
        assert np.array_equal(wide.W.astype(np.float32), result.W)


@pytest.mark.parametrize("v", [np.zeros((4, 5)), np.eye(5), np.ones((1, 1)), np.pad(np.ones((2, 2)), 2) * 1e-30])
def test_odd_inputs_give_finite_results(v):
    result = flucoma.nmf(v, 3, 20)
    outputs = [result.W, result.H, np.array(result.costs), flucoma.match(v, result.W), flucoma.filter_masks(v, v)]
    for variant in flucoma.Variant:
        outputs += flucoma.seed(v, 2, 5, variant=variant)
    assert all(np.isfinite(x).all() and (x >= 0).all() for x in outputs if x is not outputs[2])
    assert np.isfinite(outputs[2]).all()


def test_a_column_of_zeros_stays_zero():
    assert np.array_equal(with_unit_norm(np.array([[0.0, 3.0], [0.0, 4.0]]), axis=0), [[0, 0.6], [0, 0.8]])


def test_activations_are_written_with_their_peak_at_one():
    h = np.array([[0.5, 2.0], [4.0, 1.0]])
    assert flucoma.activation_scale(h) == 4.0
    assert flucoma.activation_scale(np.zeros((2, 2))) == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"components": 0}, "positive"),
        ({"iterations": -1}, "negative"),
        ({"seed": -1}, "seed"),
        ({"W": np.ones((4, 3))}, "2 components"),
        ({"W": np.ones((3, 2))}, "Shapes"),
        ({"H": np.ones((2, 4))}, "Shapes"),
        ({"H": np.full((2, 5), np.nan)}, "finite"),
        ({"V": -np.ones((4, 5))}, "nonnegative"),
        ({"V": np.ones(4)}, "matrix"),
    ],
)
def test_nmf_refuses_what_does_not_fit(change, message):
    with pytest.raises(ValueError, match=message):
        flucoma.nmf(**({"V": np.ones((4, 5)), "components": 2} | change))
