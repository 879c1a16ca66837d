"""Who holds a place, and the components behind it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import random_stack
from tests.masks.test_sources import box, random_sources, slow_model, stack_of
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Fill
from workbench.masks.insight.places import behind, shares_at
from workbench.masks.model.bands import bands
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.spectral.stft import Analysis

PLACE = Region(10, 14, 20, 26)


@given(st.integers(0, 1000), st.integers(0, 3))
def test_behind_sources_are_the_components_that_they_share(seed, words):
    sources = random_sources(seed, words=words)
    stack = stack_of(sources)
    found, shares = behind(stack, PLACE), shares_at(stack, PLACE)
    assert abs(sum(share for _, _, share in found) - 1) < 1e-5
    for part in range(3):
        mine = {k: share for i, k, share in found if i == part}
        assert sorted(mine) == list(range(5))
        np.testing.assert_allclose(sum(mine.values()), shares[part], rtol=1e-5)
    # A component is shared as the sources share it at these frequencies, where nothing is said of the place.
    if not words:
        model = slow_model(sources.components_of)
        near = bands(len(model[0]), sources.shares.shape[2])[:, PLACE.low : PLACE.high].astype(float)
        masks = (model / model.sum(axis=0))[:, PLACE.low : PLACE.high, PLACE.start : PLACE.stop]
        expected = np.einsum("gkb,bf,kfn->gk", sources.shares.astype(float), near, masks) / masks[0].size
        for part, component, share in found:
            assert share == pytest.approx(expected[part, component], rel=1e-3, abs=1e-6)


def test_what_is_painted_comes_from_no_component():
    stack = stack_of(random_sources(1, words=0))
    painted = Layer(99, "Painted", "#000000", (Part(99),))
    edit = Operation(Fill((), (99,), 1.0), box(8, 16, 18, 28))
    found = behind(replace(stack, layers=(*stack.layers, painted), edits=(edit,)), PLACE)
    assert found[-1] == (3, None, found[-1][2]) and found[-1][2] > 0.99


def test_elsewhere_a_part_is_its_component():
    stack = random_stack(3, Analysis(256, 64), 6000, components_each=2)
    found = behind(stack, PLACE)
    assert [(i, k) for i, k, _ in found] == [(i, i) for i in range(6)]
    np.testing.assert_allclose([share for *_, share in found], shares_at(stack, PLACE))
