"""Acts on whole stacks."""

import numpy as np

from tests.control.scenes import acts, change, ids, masks, names, open_tones, previewing, select_box
from workbench.document.acts import masks as mask_acts


def stacks(desk):
    return [each.name for each in desk.document.state.stacks]


def test_stacks_are_made_named_duplicated_and_removed(separated, told):
    separated.stacks.duplicate()
    separated.stacks.duplicate()
    separated.stacks.add("Factorisation")
    assert stacks(separated) == ["Factorisation", "Factorisation copy", "Factorisation copy copy", "Factorisation 2"]
    assert names(separated) == ["Everything"]
    separated.stacks.rename("  Mine ")
    separated.stacks.rename("  ")
    assert separated.document.state.present.name == "Mine" and acts(separated)[-1] == "Rename the stack to Mine"
    for _ in range(3):
        separated.stacks.remove()
    assert stacks(separated) == ["Factorisation"] and told.nothing
    separated.stacks.remove()
    assert stacks(separated) == ["Factorisation"] and len(told.refused) == 1


def test_a_duplicate_sounds_and_looks_the_same_and_is_edited_alone(separated):
    before = masks(separated)
    separated.stacks.duplicate()
    assert np.array_equal(masks(separated), before)
    separated.masks.invert()
    separated.stacks.show_next(-1)
    assert np.array_equal(masks(separated), before)


def test_stacks_are_shown_in_turn_which_is_no_step(separated):
    separated.stacks.duplicate()
    count, second = len(acts(separated)), separated.document.state.shown
    separated.stacks.show_next(1)
    assert separated.document.state.shown == 0
    separated.stacks.show_next(-1)
    assert separated.document.state.shown == second and len(acts(separated)) == count
    separated.stacks.show(0)
    assert separated.document.state.shown == 0


def test_what_is_tried_out_ends_when_another_stack_is_shown(separated):
    separated.stacks.duplicate()
    separated.acting.preview(lambda state, layer: mask_acts.invert(state, layer))
    separated.stacks.show_next(1)
    assert not previewing(separated) and not separated.document.state.edits


def test_a_mask_is_copied_to_another_stack(separated, settle, told):
    separated.stacks.duplicate()
    other, held = separated.document.state.stacks[0].id, masks(separated)[1]
    separated.selection.select(ids(separated)[1])
    separated.stacks.copy_layer_to(other)
    settle()
    assert told.said == ["Component 2 is now a layer of Factorisation (Page Down shows it)"]
    separated.stacks.show(other)
    assert names(separated)[-1] == "Component 2" and np.allclose(masks(separated)[-1], held, atol=1e-3)
    assert np.abs(masks(separated).sum(axis=0) - 1).max() < 1e-5


def test_a_copy_is_dropped_where_the_masks_changed_meanwhile(separated, settle, told):
    separated.stacks.duplicate()
    separated.stacks.copy_layer_to(0)
    separated.masks.invert()
    settle()
    assert "changed meanwhile" in told.refused[0] and len(separated.document.state.stacks[0].layers) == 4


def test_a_copy_is_dropped_on_another_recording(separated, settle, told):
    separated.stacks.duplicate()
    separated.stacks.copy_layer_to(0)
    open_tones(separated)
    settle()
    assert not acts(separated) and len(names(separated)) == 1


def test_a_stack_of_locked_layers_takes_no_copy(separated, settle, told):
    for identity in ids(separated):
        change(separated, identity, locked=True)
    separated.stacks.duplicate()
    separated.stacks.copy_layer_to(0)
    separated.stacks.copy_layer_to(999)
    settle()
    assert len(told.refused) == 1 and "locked" in told.refused[0]


def test_the_selection_of_time_and_frequency_stays(separated):
    select_box(separated, 3, 9, 3, 9)
    area = separated.selection.area
    separated.stacks.duplicate()
    separated.stacks.show_next(1)
    assert separated.selection.area is area


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.stacks.duplicate()
    empty.stacks.add("x")
    empty.stacks.remove()
    empty.stacks.rename("x")
    empty.stacks.show_next(1)
    empty.stacks.copy_layer_to(0)
    assert told.nothing and len(empty.document.state.stacks) == 1
