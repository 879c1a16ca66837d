"""Products in pieces are the products."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.blocks import Blocks
from workbench.nmf.products import FEWEST, MOST, SMALL, model_of, onto_activations, onto_templates, piece


@given(
    frames=st.integers(1, 300),
    components=st.integers(1, 90),
    bins=st.sampled_from([1, 16, 528, 1040, 4112]),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_equals_the_product_in_double_precision(frames: int, components: int, bins: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((frames, components), np.float32)
    w = rng.random((components, bins), np.float32)
    p = rng.random((frames, bins), np.float32)
    with Blocks(frames) as blocks:
        summed = onto_activations(rows, p, blocks)
    rows64, w64, p64 = rows.astype(np.float64), w.astype(np.float64), p.astype(np.float64)
    np.testing.assert_allclose(model_of(rows, w), rows64 @ w64, rtol=2e-5)
    np.testing.assert_allclose(onto_templates(p, w), p64 @ w64.T, rtol=1e-4)
    np.testing.assert_allclose(summed, rows64.T @ p64, rtol=2e-5)


def test_the_model_is_written_where_it_is_wanted() -> None:
    rng = np.random.default_rng(0)
    rows, w = rng.random((200, 10), np.float32), rng.random((10, 1040), np.float32)
    buffer = np.empty((250, 1040), np.float32)
    out = model_of(rows, w, buffer[:200])
    assert out.base is buffer
    np.testing.assert_allclose(buffer[:200], rows @ w, rtol=1e-5)


def test_activations_may_be_a_transposed_view() -> None:
    rng = np.random.default_rng(0)
    rows, p = rng.random((10, 200), np.float32), rng.random((200, 1040), np.float32)
    with Blocks(200) as blocks:
        np.testing.assert_allclose(onto_activations(rows.T, p, blocks), rows @ p, rtol=1e-5)


@pytest.mark.parametrize("components", [1, 3, 10, 30, 100, 1000])
@pytest.mark.parametrize("bins", [1, 65, 528, 1040, 4112])
def test_a_piece_is_small_enough_or_not_made(components: int, bins: int) -> None:
    size = piece(components, bins)
    assert size == 0 or FEWEST <= size <= MOST
    assert size * components * bins <= SMALL
