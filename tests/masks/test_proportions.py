"""Proportions of least cost, against the tangent at what was found, and the nearest ones by their definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.insight.proportions import least, nearest_proportions


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 12))
def test_no_proportions_cost_less(seed, count, columns):
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((count, columns, columns)) * 10 ** rng.uniform(-1, 1)
    squares = factors @ factors.transpose(0, 2, 1) + 1e-2 * np.eye(columns)
    targets = rng.standard_normal((count, columns)) * 10 ** rng.uniform(-1, 1)
    found = least(squares, targets)
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-9)
    slopes = 2 * (np.einsum("gjk,gk->gj", squares, found) - targets)
    # A convex cost is nowhere below its tangent; along it the best is one source alone in each column.
    above = ((slopes * found).sum(axis=0) - slopes.min(axis=0)).sum()
    assert above <= 1e-3 * max(1.0, float(np.abs(slopes).sum()))


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_nearest_proportions_are_what_is_above_one_level(seed, count):
    values = np.random.default_rng(seed).normal(0, 2, (count, 5))
    found = nearest_proportions(values)
    np.testing.assert_allclose(found.sum(axis=0), 1)
    for column, given_ in zip(found.T, values.T, strict=True):
        level = (given_ - column)[column > 0]
        # All that is kept was lowered by the same, and what is gone lay below that.
        np.testing.assert_allclose(level, level[0])
        assert (given_[column == 0] <= level[0] + 1e-12).all()
