import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import sparse_v
from workbench.nmf.compat import EPS, flucoma, reference


@given(st.integers(1, 5), st.integers(0, 4), st.floats(0, 1), st.integers(0, 20))
def test_the_rank_is_the_first_to_cover(minimum, more, coverage, seed):
    v = sparse_v(6, 8, seed)
    w, h = flucoma.seed(v, minimum, minimum + more, coverage)
    assert w.shape[1] == len(h) == reference.seed_rank(v, minimum, minimum + more, coverage)


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
    v = sparse_v(7, 9, seed)
    w, h = flucoma.seed(v, 5, 5, variant="NNDSVD")
    slow_w, slow_h = reference.seed_nndsvd(v, 5)
    np.testing.assert_allclose(w, slow_w, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(h, slow_h, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("variant", flucoma.Variant)
def test_seeds_do_not_depend_on_the_signs_of_the_svd(variant, monkeypatch):
    v, svd = sparse_v(7, 9, 3), np.linalg.svd
    expected = flucoma.seed(v, 4, 6, variant=variant)
    signs = np.array([1, -1, -1, 1, -1, 1, -1.0])

    def flipped(a, full_matrices):
        u, s, vt = svd(a, full_matrices=full_matrices)
        return u * signs, s, signs[:, None] * vt

    monkeypatch.setattr(np.linalg, "svd", flipped)
    actual = flucoma.seed(v, 4, 6, variant=variant)
    assert all(np.array_equal(a, b) for a, b in zip(expected, actual, strict=True))


def test_zeros_are_filled_with_the_mean():
    v = sparse_v(7, 9, 11)
    w, h = flucoma.seed(v, 4, 4, variant="NNDSVD")
    filled_w, filled_h = flucoma.seed(v, 4, 4, variant="NNDSVDa")
    assert (w < EPS).any() and (h < EPS).any()
    assert np.array_equal(filled_w, np.where(w < EPS, v.mean(), w))
    assert np.array_equal(filled_h, np.where(h < EPS, v.mean(), h))


def test_zeros_are_filled_at_random_by_columns_that_are_as_long_as_the_largest_rank():
    v = sparse_v(7, 9, 12)
    w, h = flucoma.seed(v, 3, 5, 0.0, "NNDSVD")
    filled_w, filled_h = flucoma.seed(v, 3, 5, 0.0, "NNDSVDar", 42)
    top = 0.001 * v.mean()
    stream = iter(reference.mersenne_uniform(42, 100))
    for k in range(3):
        for f in range(7):
            expected = next(stream) * (top - EPS) + EPS if w[f, k] < EPS else w[f, k]
            assert filled_w[f, k] == pytest.approx(expected, rel=1e-14)
    stream = iter(reference.mersenne_uniform(42, 100))
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
