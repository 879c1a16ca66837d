import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.nmf.inputs import sparse_v
from workbench.nmf.compat import EPS, flucoma, reference


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(0, 4), st.integers(0, 99))
def test_match_equals_the_loop_over_frames(bins, frames, components, iterations, seed):
    v = sparse_v(bins, frames, seed)
    w = np.random.default_rng(seed).random((bins, components)) * 5
    np.testing.assert_allclose(
        flucoma.match(v, w, iterations, seed), reference.flucoma_match(v, w, iterations, seed)[1], rtol=1e-9, atol=1e-25
    )


def test_match_does_ten_iterations_and_stops_when_told():
    v, w = sparse_v(5, 4, 7), sparse_v(5, 2, 8) + 0.1
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
    v, w = sparse_v(5, 4, 9), sparse_v(5, 3, 10) + 0.1
    unit, h = reference.flucoma_match(v, w, 10, 4)
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
@example(2, 1.6826110282930226e-164, 0.0)
def test_ratio_mask_is_a_power_of_the_ratio_and_at_most_one(exponent, part, total):
    mask = flucoma.ratio_mask(np.array([[part]]), np.array([[total]]), exponent)[0, 0]
    # The power of a part is taken before it is divided, and may fall below the least number of full precision.
    lost = np.finfo(np.float64).tiny / max(total, EPS) ** exponent
    assert mask == pytest.approx(reference.flucoma_ratio_mask(part, total, exponent), rel=1e-12, abs=lost)
    assert 0 <= mask <= 1


def test_ratio_mask_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="Shapes"):
        flucoma.ratio_mask(np.ones((2, 3, 4)), np.ones((3, 5)))
    with pytest.raises(ValueError, match="exponent"):
        flucoma.ratio_mask(np.ones((3, 5)), np.ones((3, 5)), 0)
