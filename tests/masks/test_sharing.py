"""The rules by which the masks of a bin sum to one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.model.sharing import fill_unpainted, reassign


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_sharing_rules_conserve(seed, parts):
    rng = np.random.default_rng(seed)
    shape = (parts, 3, 4)
    under = rng.dirichlet(np.ones(parts), (3, 4)).transpose(2, 0, 1).astype(np.float32)
    under *= rng.random(shape) < 0.8
    under = np.where(under.sum(axis=0) > 0, under / np.maximum(under.sum(axis=0), 1e-9), 1 / parts).astype(np.float32)
    values = rng.dirichlet(np.ones(parts + 1), (3, 4)).transpose(2, 0, 1)[:parts].astype(np.float32)
    values[rng.random(shape) < 0.5] = np.nan
    filled = fill_unpainted(values, under, under)
    np.testing.assert_allclose(filled.sum(axis=0), 1, atol=1e-5)
    assert filled.min() >= 0
    target = np.zeros(parts, bool)
    target[0] = True
    locked = (rng.random(parts) < 0.4) & ~target
    new = reassign(filled, under, target, locked, rng.random((3, 4)).astype(np.float32))
    np.testing.assert_allclose(new.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_array_equal(new[locked], filled[locked])


@pytest.mark.parametrize("tiny", [1e-45, 1e-40, 1e-35, 1e-25])
def test_shares_next_to_nothing_never_leave_the_range_of_numbers(tiny):
    masks = np.array([1.0, tiny, tiny / 2], np.float32)[:, None, None]
    target = np.array([True, False, False])
    out = reassign(masks, masks, target, ~target & False, np.zeros((1, 1), np.float32))
    assert np.isfinite(out).all() and out.sum() == pytest.approx(1) and out[0] == 0
    values = np.array([0.25, np.nan, np.nan], np.float32)[:, None, None]
    filled = fill_unpainted(values, masks, masks)
    assert np.isfinite(filled).all() and filled.sum() == pytest.approx(1) and filled[0] == 0.25


def test_where_those_unpainted_hold_nothing_they_share_as_the_model_does_and_else_the_oldest_has_it():
    values = np.array([0.25, np.nan, np.nan, np.nan], np.float32)[:, None]
    nothing = np.array([1, 0, 0, 0], np.float32)[:, None]
    computed = np.array([0.4, 0.1, 0.5, 0], np.float32)[:, None]
    filled = fill_unpainted(values, nothing, computed)
    np.testing.assert_allclose(filled[:, 0], [0.25, 0.75 / 6, 0.75 * 5 / 6, 0], rtol=1e-6)
    filled = fill_unpainted(values, nothing, nothing, np.array([4, 3, 2, 1]))
    np.testing.assert_allclose(filled[:, 0], [0.25, 0, 0, 0.75], rtol=1e-6)
