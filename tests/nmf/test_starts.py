import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import random_v
from workbench.nmf import reference_starts
from workbench.nmf.convolutive import conv_model
from workbench.nmf.divergence import divergence
from workbench.nmf.starts import (
    Fill,
    components_for,
    nndsvd,
    random_start,
    singular_pairs,
    start_of_shape,
    uniform_start,
)

KINDS = [np.float32, np.float64]


def planted_v(f, n, k, seed, dtype=np.float64):
    """k sources of falling loudness, each with its own partials and strokes, under a little noise."""
    rng = np.random.default_rng(seed)
    w = rng.gamma(0.2, 1, (f, k)) * 0.6 ** np.arange(k)
    h = rng.gamma(0.2, 1, (k, n))
    return (w @ h + 1e-3 * rng.random((f, n))).astype(dtype)


# -- random and uniform -----------------------------------------------------------------------------------


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(KINDS),
    st.sampled_from([1e-6, 1.0, 1e6]),
)
def test_random_start_has_unit_templates_and_the_mean_of_v(f, n, k, length, dtype, scale):
    v = random_v(f, n, f + 13 * n, dtype) * dtype(scale)
    w, h = random_start(v, k, 5, length)
    assert w.shape == ((f, k) if length == 1 else (f, k, length)) and h.shape == (k, n)
    assert w.dtype == h.dtype == dtype and w.min() > 0 and h.min() > 0
    np.testing.assert_allclose(w.reshape(f, k, -1).sum(axis=(0, 2)), 1, rtol=1e-5)
    beyond = h[:, n - min(n, length - 1) :].sum() if length > 1 else 0
    total, expected = conv_model(w, h).sum(), v.sum()
    assert expected - beyond <= total * (1 + 1e-5) and total <= expected * (1 + 1e-5)


@pytest.mark.parametrize("length", [1, 3])
def test_a_seed_gives_one_start_and_another_seed_another(length):
    v = random_v(6, 7, 0)
    once, again, other = (random_start(v, 3, seed, length) for seed in (1, 1, 2))
    for a, b, c in zip(once, again, other, strict=True):
        assert np.array_equal(a, b) and not np.array_equal(a, c)
    w, h = once
    assert len(np.unique(w)) == w.size and len(np.unique(h)) == h.size


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("dtype", KINDS)
def test_start_of_shape_is_the_start_of_any_v_of_that_shape_and_mean(dtype, length):
    v = random_v(9, 5, 1, dtype)
    mean = float(v.mean(dtype=np.float64))
    for ours, theirs in zip(
        start_of_shape(9, 5, 4, 7, mean, v.dtype, length), random_start(v, 4, 7, length), strict=True
    ):
        assert ours.dtype == dtype and np.array_equal(ours, theirs)
    w, h = start_of_shape(9, 5, 4, 7, length=length)
    assert w.dtype == h.dtype == np.float32
    assert h.sum() == pytest.approx(9 * 5, rel=1e-5)


@pytest.mark.parametrize("length", [1, 3])
@pytest.mark.parametrize("dtype", KINDS)
def test_uniform_start_is_flat(dtype, length):
    v = random_v(8, 6, 2, dtype)
    w, h = uniform_start(v, 4, length)
    assert w.shape == ((8, 4) if length == 1 else (8, 4, 3)) and h.shape == (4, 6)
    assert w.dtype == h.dtype == dtype
    np.testing.assert_allclose(w, 1 / (8 * length), rtol=1e-6)
    np.testing.assert_allclose(h, v.mean() * 8 / 4, rtol=1e-5)


def test_silence_starts_silent():
    for w, h in (random_start(np.zeros((4, 5)), 2, 0), uniform_start(np.zeros((4, 5)), 2)):
        np.testing.assert_allclose(w.sum(axis=0), 1)
        assert not h.any()


@pytest.mark.parametrize(("components", "length"), [(0, 1), (-1, 1), (2, 0)])
def test_a_random_start_needs_components_and_frames(components, length):
    with pytest.raises(ValueError, match="at least one component and template frame"):
        random_start(np.ones((4, 5)), components, 0, length)
    with pytest.raises(ValueError, match="at least one component and template frame"):
        start_of_shape(4, 5, components, 0, length=length)


# -- the SVD ----------------------------------------------------------------------------------------------


@given(st.integers(1, 16), st.integers(1, 16), st.data())
def test_nndsvd_equals_the_slow_rule(f, n, data):
    k = data.draw(st.integers(1, min(f, n)))
    v = random_v(f, n, f + 31 * n)
    for ours, theirs in zip(nndsvd(v, k, "zeros"), reference_starts.nndsvd(v, k), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("shape", [(60, 90), (90, 60)])
@pytest.mark.parametrize(("dtype", "exactness"), [(np.float32, 2e-4), (np.float64, 1e-6)])
def test_nndsvd_of_a_large_v_equals_the_slow_rule(shape, dtype, exactness):
    v = planted_v(*shape, 5, 3, dtype)
    for ours, theirs in zip(nndsvd(v, 5, "zeros"), reference_starts.nndsvd(v, 5), strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, atol=exactness * theirs.max())


@pytest.mark.parametrize("shape", [(60, 90), (90, 60)])
@pytest.mark.parametrize(("dtype", "exactness"), [(np.float32, 1e-5), (np.float64, 1e-7)])
def test_both_ways_to_singular_pairs_agree(shape, dtype, exactness):
    v = planted_v(*shape, 5, 4, dtype)
    # From half of the smaller side on the decomposition is a dense one.
    dense = singular_pairs(v, 30)
    u, s, vt = singular_pairs(v, 5)
    np.testing.assert_allclose(s, dense[1][:5], rtol=exactness)
    for k in range(5):
        assert abs(u[:, k] @ dense[0][:, k]) == pytest.approx(1, abs=exactness)
        np.testing.assert_allclose(
            np.outer(u[:, k], vt[k]), np.outer(dense[0][:, k], dense[2][k]), atol=exactness * 1e2
        )
    for x in (u, s, vt):
        assert x.dtype == np.float64


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("count", [6, 25])
def test_singular_pairs_beyond_the_rank_are_unit_vectors_of_no_weight(count, dtype):
    rng = np.random.default_rng(5)
    v = (rng.random((50, 2)) @ rng.random((2, 70))).astype(dtype)
    u, s, vt = singular_pairs(v, count)
    np.testing.assert_allclose(np.linalg.norm(u, axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vt, axis=1), 1, rtol=1e-5)
    assert s[2:].max() < 1e-5 * s[0]
    np.testing.assert_allclose((u * s) @ vt, v, atol=1e-5)


@pytest.mark.parametrize("shape", [(9, 12), (40, 50)])
def test_fills_take_the_place_of_zeros_alone(shape):
    v, k = random_v(*shape, 6), 4
    bare = nndsvd(v, k, "zeros")
    flat = np.sqrt(v.mean() / v.max() / k)
    for fill in ("mean", "random"):
        # H carries the scale of V.
        for ours, zeros, scale in zip(nndsvd(v, k, fill, 1), bare, (1, v.max()), strict=True):
            assert (zeros == 0).any() and np.array_equal(ours[zeros > 0], zeros[zeros > 0])
            filled = ours[zeros == 0] / scale
            if fill == "mean":
                np.testing.assert_allclose(filled, flat)
            else:
                assert filled.min() > 0 and filled.max() <= flat / 100 and len(np.unique(filled)) == filled.size
    once, again, other = (nndsvd(v, k, "random", seed) for seed in (1, 1, 2))
    assert np.array_equal(once[0], again[0]) and np.array_equal(once[1], again[1])
    assert not np.array_equal(once[0], other[0]) and not np.array_equal(once[1], other[1])


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("shape", [(9, 12), (40, 50)])
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("scale", [2.0**-60, 2.0**60, 1e-7, 3e5])
def test_nndsvd_scales_with_v(fill, shape, dtype, scale):
    v = planted_v(*shape, 4, 7, dtype)
    w, h = nndsvd(v, 3, fill)
    w_scaled, h_scaled = nndsvd(v * dtype(scale), 3, fill)
    # Where a value is zero but for rounding, its fill may differ.
    rounding = 1e-4 if dtype == np.float32 else 1e-9
    np.testing.assert_allclose(w_scaled, w, rtol=rounding, atol=rounding)
    np.testing.assert_allclose(h_scaled / dtype(scale), h, rtol=rounding, atol=rounding * v.max())


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("beta", [1.0, 2.0])
@pytest.mark.parametrize("shape", [(20, 30), (60, 90)])
def test_nndsvd_is_nearer_to_v_than_a_random_start(fill, beta, shape):
    v = planted_v(*shape, 4, 8)
    floor = 1e-9 if beta == 2 or fill != "zeros" else v.mean() * 1e-3
    ours = divergence(v, np.matmul(*nndsvd(v, 4, fill)) + floor, beta)
    assert all(ours < divergence(v, np.matmul(*random_start(v, 4, seed)), beta) for seed in range(5))


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(Fill), st.sampled_from(KINDS))
def test_nndsvd_gives_as_many_components_as_there_are_singular_values(f, n, fill, dtype):
    v = random_v(f, n, f * n, dtype)
    before = v.copy()
    w, h = nndsvd(v, min(f, n), fill)
    assert w.shape == (f, min(f, n)) and h.shape == (min(f, n), n) and w.dtype == h.dtype == dtype
    assert np.isfinite(w).all() and np.isfinite(h).all() and w.min() >= 0 and h.min() >= 0
    assert fill == "zeros" or (w.min() > 0 and h.min() > 0)
    assert np.array_equal(v, before)


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize(
    "v",
    [np.zeros((40, 50)), np.zeros((5, 6)), np.ones((40, 50)), np.eye(40), np.eye(50)[:40] * (np.arange(50) == 3)],
    ids=["long silence", "short silence", "flat", "impulses", "one value"],
)
def test_odd_inputs_give_finite_starts(v, fill, dtype):
    w, h = nndsvd(v.astype(dtype), 3, fill)
    again = nndsvd(v.astype(dtype), 3, fill)
    assert np.array_equal(w, again[0]) and np.array_equal(h, again[1])
    assert np.isfinite(w).all() and np.isfinite(h).all() and w.min() >= 0 and h.min() >= 0
    assert w.any() == h.any() == v.any()


def test_what_nndsvd_can_not_do_is_refused():
    v = random_v(4, 6, 9)
    for components in (0, 5):
        with pytest.raises(ValueError, match="1 to 4 components"):
            nndsvd(v, components)
    with pytest.raises(ValueError, match="one of mean, random, zeros"):
        nndsvd(v, 2, "ones")
    with pytest.raises(ValueError, match="floating-point"):
        nndsvd(np.ones((4, 6), int), 2)
    for bad in (-1.0, np.nan, np.inf):
        v[2, 3] = bad
        with pytest.raises(ValueError, match="nonnegative and finite"):
            nndsvd(v, 2)


@given(st.integers(1, 15), st.integers(1, 15), st.floats(0, 1), st.integers(1, 20))
def test_components_for_are_the_fewest_that_cover(f, n, coverage, most):
    v = random_v(f, n, f + n)
    values = np.linalg.svd(v)[1]
    enough = 1
    while values[:enough].sum() < (coverage - 1e-12) * values.sum() * (1 - 1e-13) and enough < len(values):
        enough += 1
    assert components_for(v, coverage, most) == min(enough, most)


def test_components_for_a_known_spectrum():
    v = np.diag([5.0, 3.0, 2.0, 0.0])
    assert [components_for(v, share) for share in (0, 0.4, 0.5, 0.51, 0.8, 0.81, 1)] == [1, 1, 1, 2, 2, 3, 3]
    assert components_for(v, 1.0, most=2) == 2
    assert components_for(np.zeros((3, 4))) == 1
    for coverage in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="from 0 to 1"):
            components_for(v, coverage)
