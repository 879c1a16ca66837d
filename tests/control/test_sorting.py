"""Sorting the layers of the stack."""

import numpy as np
import pytest

from tests.control.scenes import acts, ids
from workbench.audio.renderer import render_all
from workbench.masks.insight.ordering import Order


def energies(desk):
    scene = desk.document.scene
    return [float(np.sum(render_all(scene, layers=[i]).astype(float) ** 2)) for i in range(len(scene.stack.layers))]


def masks_of(desk):
    stack, rows, columns = desk.document.stack, np.arange(50), np.arange(40)
    return {layer.id: stack.layer_mask(i, rows, columns) for i, layer in enumerate(desk.document.layers)}


def test_sorted_by_loudness_the_loudest_stands_first_and_undo_brings_the_former_order(separated, settle):
    desk = separated
    before, steps = ids(desk), desk.document.step
    quietest = int(np.argmin(energies(desk)))
    desk.selection.select(before[quietest])
    desk.layers.nudge(-quietest)
    disturbed, steps = ids(desk), desk.document.step
    desk.sorting.sort(Order.LOUDNESS)
    settle()
    found = energies(desk)
    assert found == sorted(found, reverse=True)
    assert desk.selection.layer == before[quietest], "what was selected stays so"
    assert desk.document.step == steps + (ids(desk) != disturbed)
    if ids(desk) != disturbed:
        assert acts(desk)[-1] == "Sort by loudness"
        desk.document.undo()
    assert ids(desk) == disturbed


@pytest.mark.parametrize("order", Order)
def test_every_order_keeps_every_layer_and_a_second_time_changes_nothing(separated, settle, told, order):
    desk = separated
    before = set(ids(desk))
    masks = masks_of(desk)
    desk.sorting.sort(order)
    settle()
    assert set(ids(desk)) == before
    for layer, mask in masks_of(desk).items():
        np.testing.assert_allclose(mask, masks[layer], atol=1e-6)
    step = desk.document.step
    desk.sorting.sort(order)
    settle()
    assert desk.document.step == step and told.said[-1] == "The layers stand in that order already"


def test_sorted_by_group_groups_come_first(separated):
    desk = separated
    last = ids(desk)[-1]
    desk.selection.select(last)
    desk.layers.group()
    desk.sorting.sort_by_group()
    assert ids(desk)[0] == last and desk.document.layers[0].group


def test_one_layer_is_not_sorted_and_that_is_said(desk, told):
    desk.sorting.sort(Order.PITCH)
    assert "needs several layers" in told.refused[-1] and not acts(desk)
