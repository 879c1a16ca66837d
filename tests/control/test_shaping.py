"""Operations with numbers on masks: seen before they are done."""

import numpy as np
import pytest

from tests.control.scenes import acts, change, ids, masks, previewing, select_box
from workbench.control.shaping import Plain, ShapeWish
from workbench.masks.edits.effects import CombineKind
from workbench.masks.edits.filters import FilterKind


def test_an_operation_is_previewed_applied_or_left(separated):
    before, count = masks(separated), len(acts(separated))
    separated.shaping.preview(ShapeWish(Plain.SCALE, factor=0.5))
    assert previewing(separated) and np.allclose(masks(separated)[0], before[0] / 2, atol=1e-5)
    separated.shaping.leave()
    assert np.array_equal(masks(separated), before)
    separated.shaping.preview(ShapeWish(Plain.SCALE, factor=0.5))
    separated.shaping.apply("Scale", ShapeWish(Plain.SCALE, factor=0.5))
    assert acts(separated)[count:] == ["Scale"] and not previewing(separated)


def test_the_exponent_works_on_all_layers_even_while_the_present_one_is_locked(separated):
    change(separated, ids(separated)[0], locked=True)
    before = masks(separated)
    separated.shaping.apply("Exponent", ShapeWish(Plain.EXPONENT, exponent=4.0))
    now = masks(separated)
    assert np.allclose(now[0], before[0], atol=1e-6) and not np.allclose(now[1], before[1], atol=1e-3)


@pytest.mark.parametrize("kind", list(FilterKind))
def test_filters_work_within_what_is_selected(separated, kind):
    select_box(separated, 40, 80, 10, 30)
    before = masks(separated)
    separated.shaping.apply("Filter", ShapeWish(kind, rows=2, columns=2))
    now = masks(separated)
    assert np.array_equal(now[:, 90:], before[:, 90:]) and not np.allclose(
        now[0, 40:80, 10:30], before[0, 40:80, 10:30]
    )


def test_masks_are_joined_within_a_stack_and_across_stacks(separated):
    before = masks(separated)
    other = (0, ids(separated)[1])
    separated.shaping.apply("Union", ShapeWish(CombineKind.UNION, other=other))
    union = np.maximum(before[0], before[1])
    assert np.allclose(masks(separated)[0], np.minimum(union, 1), atol=1e-2)
    separated.document.undo()
    separated.stacks.duplicate()
    separated.shaping.apply("Replace", ShapeWish(CombineKind.REPLACE, other=other))
    assert np.allclose(masks(separated)[0], before[1], atol=1e-3)


def test_a_preview_of_the_only_layer_makes_room_and_takes_it_back(desk):
    desk.shaping.preview(ShapeWish(Plain.SCALE, factor=0.5))
    assert len(desk.document.layers) == 2
    desk.shaping.leave()
    assert len(desk.document.layers) == 1 and not acts(desk)


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.shaping.preview(ShapeWish(Plain.SCALE))
    empty.shaping.apply("Scale", ShapeWish(Plain.SCALE))
    empty.shaping.leave()
    assert told.nothing
