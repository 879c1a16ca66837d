import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.compat import flucoma

EPS = 2.0**-52
WORD = 2**64 - 1


def random_v(bins, frames, seed=0, dtype=np.float64, zeros=0.2):
    rng = np.random.default_rng(seed)
    return (rng.gamma(0.5, 1.0, (bins, frames)) * (rng.random((bins, frames)) >= zeros)).astype(dtype)


# -- the stream --------------------------------------------------------------------------------------


def slow_words(seed):
    """mt19937_64, word by word."""
    state = [seed]
    for i in range(1, 312):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & WORD)
    while True:
        for k in range(312):
            mixed = (state[k] & 0xFFFFFFFF80000000) | (state[(k + 1) % 312] & 0x7FFFFFFF)
            state[k] = state[(k + 156) % 312] ^ (mixed >> 1) ^ (0xB5026F5AA96619E9 if mixed & 1 else 0)
            y = state[k]
            y ^= (y >> 29) & 0x5555555555555555
            y ^= (y << 17) & 0x71D67FFFEDA60000
            y ^= (y << 37) & 0xFFF7EEE000000000
            yield y ^ (y >> 43)


def slow_uniform(seed, count):
    words = slow_words(seed)
    return [float(next(words)) * 2.0**-64 for _ in range(count)]


@pytest.mark.parametrize(
    ("seed", "first"),
    [
        (42, [0.75515553295453897, 0.63903139385469743, 0.7521452007480266, 0.13627268363243711]),
        (0, [0.15979336337046085, 0.99214520962982877, 0.039569025844865664, 0.59749466269467177]),
    ],
)
def test_the_stream_is_that_of_the_cpp_library(seed, first):
    assert flucoma.mersenne_uniform(seed, 4).tolist() == first


def test_the_ten_thousandth_word_of_the_default_seed():
    # The value that the C++ standard asks for.
    assert flucoma.mersenne_uniform(5489, 10000)[-1] == float(9981545732273789042) * 2.0**-64


@given(st.integers(0, WORD), st.integers(0, 700))
def test_the_stream_equals_the_slow_generator(seed, count):
    assert flucoma.mersenne_uniform(seed, count).tolist() == slow_uniform(seed, count)


def test_the_stream_ends_below_one(monkeypatch):
    monkeypatch.setattr(flucoma, "_temper", lambda words: np.full_like(words, WORD))
    assert (flucoma.mersenne_uniform(1, 3) == math.nextafter(1, 0)).all()


@pytest.mark.parametrize(("seed", "count"), [(-1, 3), (2**64, 3), (0, -1)])
def test_seeds_and_counts_out_of_range_are_refused(seed, count):
    with pytest.raises(ValueError):
        flucoma.mersenne_uniform(seed, count)


def test_factors_are_filled_by_columns_from_the_same_stream():
    w, h = flucoma.random_factors(5, 7, 3, 42)
    u = slow_uniform(42, 21)
    for k in range(3):
        for f in range(5):
            assert w[f, k] == u[k * 5 + f]
        for n in range(7):
            assert h[k, n] == u[n * 3 + k]
    with pytest.raises(ValueError, match="positive"):
        flucoma.random_factors(5, 7, 0)


# -- BufNMF ------------------------------------------------------------------------------------------


def slow_unit(values):
    norm = math.sqrt(sum(x * x for x in values))
    return [x / norm for x in values]


def slow_model(w, h, floor=EPS):
    bins, components, frames = len(w), len(h), len(h[0])
    return [[max(sum(w[f][k] * h[k][n] for k in range(components)), floor) for n in range(frames)] for f in range(bins)]


def slow_unit_columns(w):
    return [list(row) for row in zip(*(slow_unit(column) for column in zip(*w, strict=True)), strict=True)]


def slow_nmf(v, w, h, iterations, fix_w=False, fix_h=False):
    """BufNMF, number by number."""
    bins, frames, components = len(v), len(v[0]), len(h)
    w = slow_unit_columns([[max(x, EPS) for x in row] for row in w])
    h = [slow_unit([max(x, EPS) for x in row]) for row in h]
    for _ in range(iterations):
        if not fix_w:
            model = slow_model(w, h)
            new = [[0.0] * components for _ in range(bins)]
            for f in range(bins):
                for k in range(components):
                    up = sum(v[f][n] / model[f][n] * h[k][n] for n in range(frames))
                    new[f][k] = w[f][k] * up / max(sum(h[k]), EPS)
            w = slow_unit_columns(new) if max(map(max, new)) > EPS else new
        if not fix_h:
            h = slow_activations(v, w, h)
    return np.array(w), np.array(h)


def slow_activations(v, w, h):
    bins, frames = len(v), len(v[0])
    model = slow_model(w, h)
    new = [[0.0] * frames for _ in h]
    for k in range(len(h)):
        for n in range(frames):
            up = sum(w[f][k] * v[f][n] / model[f][n] for f in range(bins))
            new[k][n] = h[k][n] * up / max(sum(w[f][k] for f in range(bins)), EPS)
    return new


@pytest.mark.parametrize("iterations", [0, 1, 6])
@pytest.mark.parametrize(("fix_w", "fix_h"), [(False, False), (True, False), (False, True)])
def test_nmf_equals_the_slow_rule(iterations, fix_w, fix_h):
    v = random_v(6, 8, 1)
    w, h = flucoma.random_factors(6, 8, 3, 5)
    result = flucoma.nmf(v, 3, iterations, 5, fix_W=fix_w, fix_H=fix_h)
    slow_w, slow_h = slow_nmf(v, w, h, iterations, fix_w, fix_h)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-14)
    assert len(result.costs) == iterations


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**64 - 1))
def test_nmf_equals_the_slow_rule_for_any_shape(bins, frames, components, seed):
    v = random_v(bins, frames, 2, zeros=0) + 1e-3
    w, h = flucoma.random_factors(bins, frames, components, seed)
    result = flucoma.nmf(v, components, 2, seed)
    slow_w, slow_h = slow_nmf(v, w, h, 2)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-9)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-9)


def test_given_factors_are_scaled_and_both_fixed_ones_only_scaled():
    rng = np.random.default_rng(3)
    v, w, h = random_v(5, 6), rng.random((5, 2)) * 7, rng.random((2, 6)) * 3
    w[1, 0] = h[1, 2] = 0
    slow_w, slow_h = slow_nmf(v, w, h, 3)
    result = flucoma.nmf(v, 2, 3, 0, w, h)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-14)
    fixed = flucoma.nmf(v, 2, 3, 0, w, h, fix_W=True, fix_H=True)
    assert fixed.costs == ()
    np.testing.assert_allclose(np.linalg.norm(fixed.W, axis=0), 1, rtol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(fixed.H, axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(fixed.H, slow_nmf(v, w, h, 0)[1], rtol=1e-13)


def test_costs_are_the_divergence_of_what_is_returned():
    v = random_v(6, 9, 4)
    seen = []
    result = flucoma.nmf(v, 2, 4, 1, progress=lambda i, cost: seen.append((i, cost)) or True)
    model = result.W @ result.H
    cost = sum((x * math.log(x / m) if x > 0 else 0) - x + m for x, m in zip(v.ravel(), model.ravel(), strict=True))
    assert result.costs[-1] == pytest.approx(cost, rel=1e-12)
    assert seen == list(enumerate(result.costs, 1))


def test_progress_stops_and_watch_sees_the_factors_before_it():
    v, calls = random_v(5, 6, 5), []
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
    v = random_v(6, 9, 6, dtype)
    w, h = (x.astype(dtype) for x in flucoma.random_factors(6, 9, 2, 3))
    copies = v.copy(), w.copy(), h.copy()
    result = flucoma.nmf(v, 2, 2, 0, w, h)
    outputs = [result.W, result.H, flucoma.match(v, w), flucoma.filter_masks(v, w), flucoma.ratio_mask(v, v)]
    for variant in flucoma.VARIANTS:
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
    for variant in flucoma.VARIANTS:
        outputs += flucoma.seed(v, 2, 5, variant=variant)
    assert all(np.isfinite(x).all() and (x >= 0).all() for x in outputs if x is not outputs[2])
    assert np.isfinite(outputs[2]).all()


def test_a_column_of_zeros_stays_zero():
    assert np.array_equal(flucoma._unit(np.array([[0.0, 3.0], [0.0, 4.0]]), axis=0), [[0, 0.6], [0, 0.8]])


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


# -- NMFMatch and NMFFilter --------------------------------------------------------------------------


def slow_match(v, w, iterations, seed):
    """One frame after the other."""
    components = w.shape[1]
    w = slow_unit_columns([[max(x, EPS) for x in row] for row in w])
    columns = []
    for n in range(v.shape[1]):
        frame = [[max(x, EPS)] for x in v[:, n]]
        h = [[max(u, EPS)] for u in slow_uniform(seed, components)]
        for _ in range(iterations):
            h = slow_activations(frame, w, h)
        columns.append([row[0] for row in h])
    return np.array(w), np.array(columns).T


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 4), st.integers(0, 99))
def test_match_equals_the_loop_over_frames(bins, frames, components, iterations, seed):
    v = random_v(bins, frames, seed)
    w = np.random.default_rng(seed).random((bins, components)) * 5
    np.testing.assert_allclose(
        flucoma.match(v, w, iterations, seed), slow_match(v, w, iterations, seed)[1], rtol=1e-9, atol=1e-25
    )


def test_match_does_ten_iterations_and_stops_when_told():
    v, w = random_v(5, 4, 7), random_v(5, 2, 8) + 0.1
    seen = []
    flucoma.match(v, w, progress=lambda i, cost: seen.append(cost) or True)
    assert len(seen) == 10 and seen == sorted(seen, reverse=True)
    stopped = flucoma.match(v, w, progress=lambda i, cost: i < 2)
    assert np.array_equal(stopped, flucoma.match(v, w, 2))
    with pytest.raises(ValueError, match="Shapes"):
        flucoma.match(v, w[:4])
    with pytest.raises(ValueError, match="negative"):
        flucoma.match(v, w, -1)


def test_filter_masks_are_shares_of_the_model():
    v, w = random_v(5, 4, 9), random_v(5, 3, 10) + 0.1
    unit, h = slow_match(v, w, 10, 4)
    masks = flucoma.filter_masks(v, w, seed=4)
    for k in range(3):
        for f in range(5):
            for n in range(4):
                total = sum(unit[f, j] * h[j, n] for j in range(3))
                share = min(unit[f, k] * h[k, n] / max(total, EPS), 1)
                assert masks[k, f, n] == pytest.approx(share, rel=1e-9)
    sounding = np.einsum("fk,kn->fn", unit, h) > EPS
    np.testing.assert_allclose(masks.sum(axis=0)[sounding], 1, rtol=1e-12)


@given(st.integers(1, 4), st.floats(0, 10), st.floats(0, 10))
def test_ratio_mask_is_a_power_of_the_ratio_and_at_most_one(exponent, part, total):
    mask = flucoma.ratio_mask(np.array([[part]]), np.array([[total]]), exponent)[0, 0]
    assert mask == pytest.approx(min((part / max(total, EPS)) ** exponent, 1), rel=1e-12, abs=1e-300)


def test_ratio_mask_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="Shapes"):
        flucoma.ratio_mask(np.ones((2, 3, 4)), np.ones((3, 5)))
    with pytest.raises(ValueError, match="exponent"):
        flucoma.ratio_mask(np.ones((3, 5)), np.ones((3, 5)), 0)


# -- NMFSeed -----------------------------------------------------------------------------------------


def slow_rank(v, minimum, maximum, coverage):
    s = np.linalg.svd(v)[1]
    rank, total = 0, 0.0
    while rank < len(s) and total / s.sum() < coverage:
        total += s[rank]
        rank += 1
    return min(max(rank, minimum), maximum, len(s))


def slow_nndsvd(v, rank):
    """Boutsidis & Gallopoulos with the negative parts weighed as FluCoMa does."""
    u, s, vt = np.linalg.svd(v, full_matrices=False)
    w, h = np.zeros((len(v), rank)), np.zeros((rank, v.shape[1]))
    w[:, 0], h[0] = abs(u[:, 0]), math.sqrt(s[0]) * abs(vt[0])
    for j in range(1, rank):
        x, y = u[:, j], vt[j]
        if math.hypot(*x[x > 0]) * math.hypot(*y[y > 0]) < math.hypot(*x[x < 0]) * math.hypot(*y[y < 0]):
            x, y = -x, -y
        n_p, m_p, n_n = math.hypot(*x[x > 0]), math.hypot(*y[y > 0]), math.hypot(*x[x < 0])
        if n_p * m_p > n_n * n_n:
            w[:, j], h[j] = np.maximum(x, 0) / n_p, math.sqrt(s[j] * n_p * m_p) * np.maximum(y, 0) / m_p
        else:
            w[:, j], h[j] = np.maximum(-x, 0) / n_n, math.sqrt(s[j] * n_n * n_n) * np.maximum(-y, 0) / n_n
    return w, h


@given(st.integers(1, 5), st.integers(0, 4), st.floats(0, 1), st.integers(0, 20))
def test_the_rank_is_the_first_to_cover(minimum, more, coverage, seed):
    v = random_v(6, 8, seed)
    w, h = flucoma.seed(v, minimum, minimum + more, coverage)
    assert w.shape[1] == len(h) == slow_rank(v, minimum, minimum + more, coverage)


def test_the_rank_by_hand():
    # Singular values 4, 3, 2, 1: shares 0.4, 0.7, 0.9, 1.
    v = np.diag([4.0, 3.0, 2.0, 1.0])
    ranks = [flucoma.seed(v, coverage=c)[0].shape[1] for c in (0, 0.3, 0.5, 0.75, 0.95, 1)]
    assert ranks == [1, 1, 2, 3, 4, 4]
    assert flucoma.seed(v, 3, 9, 0.1)[0].shape == (4, 3)
    assert flucoma.seed(v, 1, 2, 1.0)[0].shape == (4, 2)
    assert flucoma.seed(v, 9, 9)[0].shape == (4, 4)
    assert flucoma.seed(np.zeros((4, 4)), 2, 9)[0].shape == (4, 2)


def test_singular_vectors_of_diagonal_by_hand():
    w, h = flucoma.seed(np.diag([4.0, 3.0, 2.0]), coverage=0.6)
    np.testing.assert_allclose(w, [[1, 0], [0, 1], [0, 0]], atol=1e-15)
    np.testing.assert_allclose(h, [[4, 0, 0], [0, 3, 0]], atol=1e-15)


@given(st.integers(0, 30))
def test_nndsvd_equals_the_slow_rule(seed):
    v = random_v(7, 9, seed)
    w, h = flucoma.seed(v, 5, 5, variant="NNDSVD")
    slow_w, slow_h = slow_nndsvd(v, 5)
    np.testing.assert_allclose(w, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(h, slow_h, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("variant", flucoma.VARIANTS)
def test_seeds_do_not_depend_on_the_signs_of_the_svd(variant, monkeypatch):
    v, svd = random_v(7, 9, 3), np.linalg.svd
    expected = flucoma.seed(v, 4, 6, variant=variant)
    signs = np.array([1, -1, -1, 1, -1, 1, -1.0])

    def flipped(a, full_matrices):
        u, s, vt = svd(a, full_matrices=full_matrices)
        return u * signs, s, signs[:, None] * vt

    monkeypatch.setattr(np.linalg, "svd", flipped)
    actual = flucoma.seed(v, 4, 6, variant=variant)
    assert all(np.array_equal(a, b) for a, b in zip(expected, actual, strict=True))


def test_zeros_are_filled_with_the_mean():
    v = random_v(7, 9, 11)
    w, h = flucoma.seed(v, 4, 4, variant="NNDSVD")
    filled_w, filled_h = flucoma.seed(v, 4, 4, variant="NNDSVDa")
    assert (w < EPS).any() and (h < EPS).any()
    assert np.array_equal(filled_w, np.where(w < EPS, v.mean(), w))
    assert np.array_equal(filled_h, np.where(h < EPS, v.mean(), h))


def test_zeros_are_filled_at_random_by_columns_that_are_as_long_as_the_largest_rank():
    v = random_v(7, 9, 12)
    w, h = flucoma.seed(v, 3, 5, 0.0, "NNDSVD")
    filled_w, filled_h = flucoma.seed(v, 3, 5, 0.0, "NNDSVDar", 42)
    top = 0.001 * v.mean()
    stream = iter(slow_uniform(42, 100))
    for k in range(3):
        for f in range(7):
            expected = next(stream) * (top - EPS) + EPS if w[f, k] < EPS else w[f, k]
            assert filled_w[f, k] == pytest.approx(expected, rel=1e-14)
    stream = iter(slow_uniform(42, 100))
    for n in range(9):
        for k in range(5):
            value = h[k, n] if k < 3 else 0.0
            expected = next(stream) * (top - EPS) + EPS if value < EPS else value
            if k < 3:
                assert filled_h[k, n] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variant": "SVD"}, "variant"),
        ({"minimum": 0}, "bounds"),
        ({"minimum": 4, "maximum": 3}, "bounds"),
        ({"coverage": 1.1}, "coverage"),
        ({"coverage": float("nan")}, "coverage"),
        ({"V": np.full((3, 3), np.inf)}, "finite"),
        ({"variant": "NNDSVDar", "random_seed": -1}, "seed"),
    ],
)
def test_seed_refuses_what_is_out_of_range(change, message):
    with pytest.raises(ValueError, match=message):
        flucoma.seed(**({"V": np.ones((3, 4))} | change))
