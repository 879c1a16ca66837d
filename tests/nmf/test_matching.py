import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import reference_starts
from workbench.nmf.matching import match_components, similarity


def random_factors(f, k, n, seed, length=None):
    rng = np.random.default_rng(seed)
    w = rng.gamma(0.3, 1.0, (f, k) if length is None else (f, k, length)) + 1e-3
    return w, rng.gamma(0.3, 1.0, (k, n)) + 1e-3


@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(1, 5),
    st.integers(1, 5),
    st.sampled_from([None, 1, 3]),
    st.sampled_from([None, 2]),
    st.sampled_from([np.float32, np.float64]),
)
def test_similarity_equals_the_slow_rule(f, n, k1, k2, length1, length2, dtype):
    w1, h1 = (x.astype(dtype) for x in random_factors(f, k1, n, 1, length1))
    w2, h2 = (x.astype(dtype) for x in random_factors(f, k2, n, 2, length2))
    h2[0] = 0
    alike = similarity(w1, h1, w2, h2)
    assert alike.shape == (k1, k2) and alike.min() >= 0 and alike.max() <= 1 + 1e-12
    np.testing.assert_allclose(
        alike, reference_starts.similarity(*(x.astype(float) for x in (w1, h1, w2, h2))), rtol=1e-5, atol=1e-12
    )


@given(st.permutations(range(6)), st.integers(1, 6), st.integers(1, 6), st.sampled_from([None, 1, 4]))
def test_a_permuted_factorisation_is_matched_back(order, k1, k2, length):
    w, h = random_factors(30, 6, 40, 3, length)
    # Some components of the set, and some in another order, a little changed.
    rng = np.random.default_rng(4)
    first, second = list(range(k1)), order[:k2]
    w2 = w[:, second] * rng.uniform(0.9, 1.1, w[:, second].shape)
    partners = match_components(w[:, first], h[first], w2, h[second] * rng.uniform(0.9, 1.1, (k2, 40)))
    assert len(partners) == k1 and all(isinstance(j, int) for j in partners)
    taken = [j for j in partners if j >= 0]
    assert len(set(taken)) == len(taken) == min(k1, k2)
    if set(second) <= set(first) or set(first) <= set(second):
        assert partners == [second.index(i) if i in second else -1 for i in first]


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 99))
def test_the_assignment_has_the_largest_total(k1, more, seed):
    k2 = k1 + more - 1
    one, other = random_factors(5, k1, 6, seed), random_factors(5, k2, 6, seed + 1000)
    alike = similarity(*one, *other)
    best = max(sum(alike[i, j] for i, j in enumerate(js)) for js in itertools.permutations(range(k2), k1))
    assert sum(alike[i, j] for i, j in enumerate(match_components(*one, *other))) == pytest.approx(best)
    # Seen from the other side the pairs are the same.
    back = match_components(*other, *one)
    assert sum(alike[i, j] for j, i in enumerate(back) if i >= 0) == pytest.approx(best)


@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_scale_does_not_matter(scale):
    w, h = random_factors(8, 4, 9, 5)
    factors = scale ** np.linspace(-1, 1, 4)
    np.testing.assert_allclose(similarity(w * factors, h * scale, w, h), similarity(w, h, w, h), rtol=1e-9)
    np.testing.assert_allclose(np.diag(similarity(w, h, w, h)), 1)


def test_both_spectrum_and_activation_tell_a_component():
    w, h = np.eye(4)[:, :2] + 1e-9, np.eye(5)[:2] + 1e-9
    assert similarity(w, h, w, h[::-1]).max() < 1e-3
    assert similarity(w, h, w[:, ::-1], h).max() < 1e-3


@pytest.mark.parametrize("which", range(4))
def test_zeros_are_like_nothing(which):
    factors = [*random_factors(6, 3, 7, 6), *random_factors(6, 3, 7, 7)]
    factors[which][...] = 0
    assert not similarity(*factors).any()
    assert sorted(match_components(*factors)) == [0, 1, 2]


def test_template_frames_are_summed():
    w, h = random_factors(7, 3, 8, 8, 4)
    flat = w.sum(axis=2)
    np.testing.assert_allclose(similarity(w, h, flat, h), similarity(flat, h, flat, h))
    assert match_components(w, h, flat[:, [2, 0, 1]], h[[2, 0, 1]]) == [1, 2, 0]
