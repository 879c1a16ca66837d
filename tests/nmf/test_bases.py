import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import reference, reference_starts
from workbench.nmf.bases import match, morph, morph_template
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective

spectra = st.lists(st.integers(0, 9) | st.just(0), min_size=12, max_size=12)
sounding = spectra.filter(any)
amounts = st.integers(0, 16).map(lambda i: i / 16)


def random_problem(seed, dtype=np.float64, noise=0.0):
    rng = np.random.default_rng(seed)
    w = (rng.gamma(0.5, 1, (20, 3)) + 1e-2).astype(dtype)
    h = (rng.gamma(0.7, 1, (3, 30)) + 1e-2).astype(dtype)
    return (w @ h + noise * rng.gamma(0.5, 1, (20, 30))).astype(dtype), w, h


# -- match ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "exactness"), [(np.float32, 5e-3), (np.float64, 1e-4)])
def test_match_equals_kullback_leibler_with_held_templates(dtype, exactness):
    v, w, _ = random_problem(0, dtype, noise=0.5)
    result = match(v, w, iterations=400)
    slow = np.ones((3, 30))
    for _ in range(3000):
        slow = reference.update_h(v.astype(np.float64), w.astype(np.float64), slow, 1.0, 1.0)
    assert result.W.dtype == result.H.dtype == dtype and np.array_equal(result.W, w)
    np.testing.assert_allclose(result.H, slow, rtol=exactness, atol=exactness * slow.max())


@pytest.mark.parametrize("beta", [0.0, 1.0, 1.5, 2.0])
def test_match_comes_down_to_the_cost_of_the_exact_rule(beta):
    v, w, _ = random_problem(1, noise=0.5)
    exact = factorise(v, w, np.ones((3, 30)), iterations=300, objective=Objective(beta, hold_templates=True))
    assert match(v, w, beta, 100).costs[-1] == pytest.approx(exact.costs[-1], rel=1e-4)


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_activations_of_a_mixture_are_found(beta, scale):
    v, w, h = random_problem(2)
    result = match(v * scale, w, beta, 120)
    np.testing.assert_allclose(result.H / scale, h, rtol=1e-3, atol=1e-3 * h.max())
    # Templates of another scale have activations of the inverse.
    factors = np.array([1e-3, 1.0, 40.0])
    scaled = match(v * scale, w * factors, beta, 120)
    np.testing.assert_allclose(scaled.H * factors[:, None] / scale, h, rtol=1e-3, atol=1e-3 * h.max())


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_silent_frames_and_templates_stay_silent(beta, dtype):
    v, w, _ = random_problem(3, dtype)
    v[:, 4], w[:, 1] = 0, 0
    result = match(v, w, beta)
    assert np.isfinite(result.H).all() and np.isfinite(result.costs).all()
    assert not result.H[1].any() and not result.H[:, 4].any() and result.H[0].any()
    assert not match(np.zeros_like(v), w, beta).H.any()
    assert not match(v, np.zeros_like(w), beta).H.any()


def test_match_can_be_watched_and_stopped():
    v, w, _ = random_problem(4)
    seen, watched = [], []
    result = match(
        v,
        w,
        iterations=None,
        progress=lambda i, cost: seen.append(cost) or i < 4,
        watch=lambda w, h: watched.append((w.copy(), h.copy())),
    )
    assert tuple(seen) == result.costs and len(seen) == len(watched) == 4
    assert all(np.array_equal(seen_w, w) for seen_w, _ in watched) and np.array_equal(watched[-1][1], result.H)


def test_match_refuses_what_does_not_fit():
    v, w, _ = random_problem(5)
    with pytest.raises(ValueError, match="Shapes do not fit"):
        match(v, w[:-1])
    with pytest.raises(ValueError, match="nonnegative and finite"):
        match(-v, w)


# -- morph ------------------------------------------------------------------------------------------------


@given(sounding, sounding, amounts, st.sampled_from([np.float32, np.float64]))
def test_a_morph_equals_the_slow_transport(a, b, amount, dtype):
    out = morph_template(np.array(a, dtype), np.array(b, dtype), amount)
    assert out.dtype == dtype
    np.testing.assert_allclose(
        out, reference_starts.morph(a, b, amount), rtol=1e-5, atol=1e-6 if dtype == np.float32 else 1e-12
    )


@given(spectra, spectra, st.sampled_from([np.float32, np.float64]))
def test_the_ends_of_a_morph_are_given_to_the_bit(a, b, dtype):
    a, b = np.array(a, dtype) / 7, np.array(b, dtype) / 7
    before = a.copy(), b.copy()
    assert np.array_equal(morph_template(a, b, 0), a) and np.array_equal(morph_template(a, b, 1), b)
    morph_template(a, b, 0.5)
    assert np.array_equal(a, before[0]) and np.array_equal(b, before[1])


@given(st.integers(0, 999), st.floats(0, 1), st.sampled_from([1e-9, 1.0, 1e9]))
def test_mass_and_mean_frequency_go_in_proportion(seed, amount, scale):
    rng = np.random.default_rng(seed)
    first, last = sorted(rng.integers(0, 200, 2))
    a, b = np.zeros((2, 200))
    for x in (a, b):
        x[first : last + 1] = rng.gamma(0.1, 1, last + 1 - first) + 1e-9
    b *= scale
    out = morph_template(a, b, amount)
    assert out.min() >= 0
    np.testing.assert_allclose(out.sum(), (1 - amount) * a.sum() + amount * b.sum(), rtol=1e-9)
    means = [np.arange(200) @ x / x.sum() for x in (a, b, out)]
    np.testing.assert_allclose(means[2], (1 - amount) * means[0] + amount * means[1], rtol=1e-9)
    # Zeros are what multiplicative rules keep: none beyond both spectra is lost to rounding.
    assert not out[:first].any() and not out[last + 1 :].any()


@given(sounding, sounding, amounts)
def test_the_way_back_is_the_way_there(a, b, amount):
    a, b = np.array(a, float), np.array(b, float)
    np.testing.assert_allclose(morph_template(a, b, amount), morph_template(b, a, 1 - amount), atol=1e-12)
    np.testing.assert_allclose(morph_template(a, a, amount), a, atol=1e-12)


@pytest.mark.parametrize("amount", [0.0, 0.1, 0.25, 0.5, 0.8, 1.0])
def test_a_peak_moves_instead_of_fading(amount):
    a, b = np.zeros((2, 50))
    a[10], b[40] = 3, 1
    out = morph_template(a, b, amount)
    place = 10 + 30 * amount
    assert set(np.flatnonzero(out)) <= {int(np.floor(place)), int(np.ceil(place))}
    assert np.arange(50) @ out / out.sum() == pytest.approx(place)
    assert out.sum() == pytest.approx(3 - 2 * amount)


def test_one_silent_end_fades():
    a, silence = np.arange(5.0), np.zeros(5)
    np.testing.assert_allclose(morph_template(a, silence, 0.25), 0.75 * a)
    np.testing.assert_allclose(morph_template(silence, a, 0.25), 0.25 * a)
    assert not morph_template(silence, silence, 0.5).any()


@pytest.mark.parametrize("amount", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("shape", [(20, 3), (20, 3, 4), (20, 1, 1)])
def test_sets_are_morphed_pair_by_pair_and_frame_by_frame(shape, amount):
    rng = np.random.default_rng(6)
    one, other = (rng.gamma(0.3, 1, shape).astype(np.float32) for _ in range(2))
    out = morph(one, other, amount)
    assert out.shape == shape and out.dtype == np.float32
    for index in np.ndindex(shape[1:]):
        column = (slice(None), *index)
        assert np.array_equal(out[column], morph_template(one[column], other[column], amount))


@pytest.mark.parametrize("amount", [-0.1, 1.1, np.nan])
def test_amounts_out_of_range_are_refused(amount):
    with pytest.raises(ValueError, match="from 0 to 1"):
        morph_template(np.ones(4), np.ones(4), amount)
    with pytest.raises(ValueError, match="from 0 to 1"):
        morph(np.ones((4, 2)), np.ones((4, 2)), amount)


@pytest.mark.parametrize("shape", [(4, 3), (5, 2), (4, 2, 1)])
def test_only_sets_of_one_shape_are_morphed(shape):
    with pytest.raises(ValueError, match="one shape"):
        morph(np.ones((4, 2)), np.ones(shape), 0.5)
