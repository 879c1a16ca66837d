"""Layers and groups: made, named, ordered, collected, merged, removed."""

import pytest

from tests.control.scenes import acts, change, ids, layer, names, select_box
from workbench.document.acts import groups as group_acts


@pytest.fixture
def grouped(separated):
    """A and B in a group, C and D in none."""
    separated.selection.select(ids(separated)[0])
    separated.selection.select(ids(separated)[1], add=True)
    separated.layers.group()
    return separated


def test_a_new_layer_is_empty_present_and_numbered(separated, told):
    separated.layers.add()
    separated.layers.add()
    assert names(separated)[-2:] == ["Layer 1", "Layer 2"]
    assert separated.selection.present.name == "Layer 2" and told.nothing


def test_a_new_layer_beside_a_locked_one_says_nothing_of_locks(separated, told):
    change(separated, ids(separated)[0], locked=True)
    separated.layers.add()
    assert told.nothing


def test_selected_layers_are_merged_into_the_first(separated, told):
    a, b, c, d = ids(separated)
    separated.layers.merge()
    assert told.refused and ids(separated) == [a, b, c, d]
    separated.selection.select(d)
    separated.selection.select(b, add=True)
    separated.layers.merge()
    assert ids(separated) == [a, b, c] and separated.selection.picked == (b,)
    assert layer(separated, b).components == (1, 3)


def test_a_layer_is_removed_but_not_the_last(separated, told):
    for _ in range(3):
        separated.layers.remove()
    assert len(ids(separated)) == 1 and told.nothing
    separated.layers.remove()
    assert len(ids(separated)) == 1 and len(told.refused) == 1


def test_of_a_selected_group_only_the_grouping_is_removed(grouped):
    grouped.layers.remove()
    assert len(ids(grouped)) == 4 and not grouped.document.groups


def test_delete_takes_the_selection_away_or_the_layer(separated):
    select_box(separated, 10, 20, 5, 9)
    separated.layers.remove_or_take_away()
    assert acts(separated)[-1] == "Take from Component 1"
    separated.selection.set_area(None)
    separated.layers.remove_or_take_away()
    assert names(separated) == ["Component 2", "Component 3", "Component 4"]


def test_names_are_trimmed_and_an_empty_one_changes_nothing(separated):
    count = len(acts(separated))
    first = separated.document.layers[0]
    separated.layers.rename(first, "  Voice ")
    separated.layers.rename(separated.document.layers[0], "Voice")
    separated.layers.rename(separated.document.layers[0], "  ")
    assert acts(separated)[count:] == ["Rename to Voice"]


def test_colour_and_lock_of_layers_and_groups(grouped):
    group = grouped.document.groups[0]
    grouped.layers.recolour(group, "#123456")
    grouped.layers.rename(grouped.document.groups[0], "Band")
    grouped.layers.lock(grouped.document.groups[0], True)
    assert (grouped.document.groups[0].colour, grouped.document.groups[0].name) == ("#123456", "Band")
    assert [each.locked for each in grouped.document.layers] == [True, True, False, False]
    grouped.layers.lock(grouped.document.layers[0], False)
    assert [each.locked for each in grouped.document.layers] == [False, True, False, False]
    assert acts(grouped)[-2:] == ["Lock Band", "Unlock Component 1"]


def test_a_group_that_is_only_suggested_is_not_yet_changed(separated, told):
    state = separated.document.recorded_state
    separated.document.preview(group_acts.group_all(state, [("Suggested", ids(separated)[:2])]))
    group = separated.document.groups[0]
    separated.layers.rename(group, "Band")
    separated.layers.lock(group, True)
    separated.layers.drop_layer(ids(separated)[3], group.id, 0)
    separated.layers.drop_group(group.id, 0, 0)
    separated.selection.select_group(group.id)
    separated.layers.nudge(1)
    separated.layers.dissolve()
    assert separated.document.recorded_state is state and len(told.refused) == 6
    assert all("only suggested" in each for each in told.refused)


def test_the_selected_layers_become_a_group_which_is_selected(grouped):
    group = grouped.document.groups[0]
    assert grouped.selection.group == group.id and group.name == "Group 1"
    assert [each.group for each in grouped.document.layers] == [group.id, group.id, 0, 0]
    grouped.layers.dissolve()
    assert not grouped.document.groups and len(ids(grouped)) == 4


def test_a_layer_in_no_group_can_not_be_dissolved(separated, told):
    separated.layers.dissolve()
    assert told.refused == ["The selected layer is in no group."]


def test_a_layer_goes_into_groups_and_out_of_them(grouped):
    a, b, c, d = ids(grouped)
    group = grouped.document.groups[0].id
    grouped.selection.select(c)
    grouped.layers.nudge(-1)
    assert ids(grouped) == [a, b, c, d] and layer(grouped, c).group == group
    grouped.layers.nudge(1)
    assert layer(grouped, c).group == 0
    count = len(acts(grouped))
    grouped.selection.select(d)
    grouped.layers.nudge(1)
    assert len(acts(grouped)) == count


def test_a_group_moves_as_a_whole(grouped):
    a, b, c, d = ids(grouped)
    grouped.layers.nudge(1)
    assert ids(grouped) == [c, a, b, d] and grouped.selection.group


def test_a_dropped_layer_takes_the_selected_ones_with_it(separated):
    a, b, c, d = ids(separated)
    separated.selection.select(a)
    separated.selection.select(b, add=True)
    separated.layers.drop_layer(a, 0, d)
    assert ids(separated) == [c, a, b, d]
    separated.layers.drop_layer(d, 0, c)
    assert ids(separated) == [d, c, a, b]
    count = len(acts(separated))
    separated.layers.drop_layer(d, 0, d)
    assert len(acts(separated)) == count


def test_dropped_before_itself_it_stays_before_what_follows(separated):
    a, b, c, d = ids(separated)
    separated.selection.select(b)
    separated.selection.select(d, add=True)
    separated.layers.drop_layer(b, 0, b)
    assert ids(separated) == [a, b, d, c]


def test_a_group_is_not_dropped_into_another(grouped):
    a, b, c, d = ids(grouped)
    grouped.selection.select(c)
    grouped.selection.select(d, add=True)
    grouped.layers.group()
    first, second = (group.id for group in grouped.document.groups)
    grouped.layers.drop_group(second, first, b)
    assert ids(grouped) == [c, d, a, b] and [each.group for each in grouped.document.layers] == [
        second,
        second,
        first,
        first,
    ]
    grouped.layers.drop_group(second, second, d)
    assert ids(grouped) == [c, d, a, b]


def test_solo_follows_the_selection_as_one_step(separated):
    a, b, c, _ = ids(separated)
    count = len(acts(separated))
    separated.layers.set_solo_follows(True)
    separated.selection.select(b)
    separated.selection.select(c)
    assert [each.solo for each in separated.document.layers] == [False, False, True, False]
    assert acts(separated)[count:] == ["Solo follows the selection"]
    separated.layers.set_solo_follows(False)
    assert not any(each.solo for each in separated.document.layers)
    separated.selection.select(a)
    assert not any(each.solo for each in separated.document.layers)


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.layers.add()
    empty.layers.merge()
    empty.layers.remove()
    empty.layers.remove_or_take_away()
    empty.layers.nudge(1)
    empty.layers.group()
    assert empty.document.layers == ()
