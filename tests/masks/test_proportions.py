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
def test_the_nearest_proportions_lower_all_that_is_kept_by_one_amount_over_its_steepness(seed, count):
    rng = np.random.default_rng(seed)
    values, steepness = rng.normal(0, 2, (count, 5)), 10 ** rng.uniform(-3, 3, (count, 1))
    found = nearest_proportions(values, steepness)
    assert found.min() >= 0
    np.testing.assert_allclose(found.sum(axis=0), 1)
    for column, given_ in zip(found.T, values.T, strict=True):
        amounts = (given_ - column) * steepness[:, 0]
        amount = amounts[column > 0]
        np.testing.assert_allclose(amount, amount[0], rtol=1e-6, atol=1e-9)
        # What is gone would have been lowered below nothing.
        assert (given_[column == 0] * steepness[column == 0, 0] <= amount[0] + 1e-9).all()


@given(st.integers(0, 10_000))
def test_one_that_is_far_steeper_than_the_others_is_found_as_soon(seed):
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((3, 8, 8))
    squares, targets = factors @ factors.transpose(0, 2, 1) + 0.1 * np.eye(8), rng.standard_normal((3, 8))
    wanted = rng.dirichlet(np.ones(8)) * 1e-3
    for steep in (1e4, 1e6):
        squares[2] += steep * np.eye(8)
        targets[2] += steep * wanted
        found = least(squares, targets)
        assert np.abs(found[2] - wanted).max() <= 100 / steep + 1e-3
        alone = least(squares[:2], targets[:2])
        assert np.abs(found[:2] - alone).max() <= 1000 / steep + 5e-3
