"""Faders and switches of layers and groups, and remembered mixes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.control.scenes import acts, ids
from workbench.control.mixing import clamped_gain
from workbench.document.acts import groups as group_acts
from workbench.document.acts.layers import GAIN_RANGE_DB


@pytest.fixture
def grouped(separated):
    state, _ = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:2], "Band")
    separated.document.act("group", state)
    return separated


def first(desk):
    return desk.document.layers[0]


@given(st.floats())
def test_a_gain_is_within_the_range_or_silent(db):
    gain = clamped_gain(db)
    assert gain == -math.inf or GAIN_RANGE_DB[0] < gain <= GAIN_RANGE_DB[1]
    assert clamped_gain(gain) == gain


@pytest.mark.parametrize(
    ("db", "expected"),
    [(-6.04, -6.0), (99.0, 12.0), (-60.0, -math.inf), (-math.inf, -math.inf), (math.nan, -math.inf), (math.inf, 12.0)],
)
def test_what_is_typed_becomes_a_gain(separated, db, expected):
    separated.mixing.set_gain(first(separated), db)
    assert first(separated).gain_db == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.02, 0.0), (-0.5, -0.5), (7.0, 1.0), (-7.0, -1.0), (math.nan, 0.0), (math.inf, 1.0)]
)
def test_what_is_typed_becomes_a_pan(separated, value, expected):
    separated.mixing.set_pan(first(separated), value)
    assert first(separated).pan == expected


@pytest.mark.parametrize(("value", "expected"), [(1.02, 1.0), (-3.0, 0.0), (7.0, 2.0), (math.nan, 1.0), (0.4, 0.4)])
def test_what_is_typed_becomes_a_width(grouped, value, expected):
    grouped.mixing.set_width(grouped.document.groups[0], value)
    assert grouped.document.groups[0].width == expected


def test_a_fader_is_one_step_until_it_is_let_go(separated):
    count = len(acts(separated))
    for db in (-1.0, -2.0, -3.0):
        separated.mixing.set_gain(first(separated), db)
    assert acts(separated)[count:] == ["Gain of Component 1"]
    separated.mixing.let_go()
    separated.mixing.set_gain(first(separated), -4.0)
    assert len(acts(separated)) == count + 2
    separated.document.undo()
    assert first(separated).gain_db == -3.0


def test_faders_of_a_layer_and_of_a_group_do_not_merge(grouped):
    group = grouped.document.groups[0]
    count = len(acts(grouped))
    grouped.mixing.set_gain(first(grouped), -1.0)
    grouped.mixing.set_gain(group, -1.0)
    grouped.mixing.set_pan(group, 0.5)
    assert len(acts(grouped)) == count + 3


def test_keys_switch_the_selected_layer(separated):
    mixing = separated.mixing
    for act in (mixing.toggle_mute, mixing.toggle_solo, mixing.toggle_lock):
        act()
    assert (first(separated).mute, first(separated).solo, first(separated).locked) == (True, True, True)
    for act in (mixing.toggle_mute, mixing.toggle_solo, mixing.toggle_lock):
        act()
    assert (first(separated).mute, first(separated).solo, first(separated).locked) == (False, False, False)
    assert acts(separated)[-3:] == ["Unmute Component 1", "Unsolo Component 1", "Unlock Component 1"]


def test_keys_switch_a_selected_group_as_a_whole(grouped):
    grouped.selection.select_group(grouped.document.groups[0].id)
    grouped.mixing.toggle_mute()
    grouped.mixing.toggle_lock()
    assert grouped.document.groups[0].mute and not first(grouped).mute
    assert [each.locked for each in grouped.document.layers] == [True, True, False, False]
    grouped.layers.lock(first(grouped), False)
    grouped.mixing.toggle_lock()
    assert all(each.locked for each in grouped.document.layers[:2])
    grouped.mixing.toggle_lock()
    assert not any(each.locked for each in grouped.document.layers)


def test_the_group_around_a_layer_is_muted_and_soloed(grouped, told):
    grouped.mixing.toggle_group_mute()
    grouped.mixing.toggle_group_solo()
    assert grouped.document.groups[0].mute and grouped.document.groups[0].solo
    grouped.selection.select(ids(grouped)[3])
    grouped.mixing.toggle_group_mute()
    assert "in no group" in told.refused[0]


def test_a_suggested_group_has_no_fader_yet(separated, told):
    state = separated.document.recorded_state
    separated.document.preview(group_acts.group_all(state, [("Suggested", ids(separated)[:2])]))
    assert not separated.mixing.set_gain(separated.document.groups[0], -6.0)
    assert separated.document.recorded_state is state and len(told.refused) == 1


def test_mixes_are_remembered_and_recalled_as_one_step(separated, told):
    mixing = separated.mixing
    assert not mixing.is_present(0)
    mixing.store(0)
    assert mixing.is_present(0) and told.said == ["Mix A remembered; F5 recalls it"]
    mixing.set_gain(first(separated), -6.0)
    assert not mixing.is_present(0)
    mixing.store(1)
    count = len(acts(separated))
    mixing.recall(0)
    assert first(separated).gain_db == 0.0 and mixing.is_present(0)
    mixing.recall(1)
    assert first(separated).gain_db == -6.0 and acts(separated)[count:] == ["Recall mix B"]
    mixing.recall(1)
    assert len(acts(separated)) == count + 1


def test_a_mix_that_was_not_remembered_is_refused(separated, told):
    separated.mixing.recall(2)
    assert told.refused == ["Nothing is remembered in C yet; remember the present mix there first."]


def test_a_recalled_mix_leaves_masks_alone(separated):
    separated.mixing.store(0)
    separated.mixing.set_mute(first(separated), True)
    told = []
    separated.document.masks_changed.connect(told.append)
    separated.mixing.recall(0)
    assert told == []


def test_nothing_happens_while_nothing_is_open(empty, told):
    mixing = empty.mixing
    for act in (mixing.toggle_mute, mixing.toggle_solo, mixing.toggle_lock, mixing.let_go):
        act()
    mixing.store(0)
    mixing.recall(0)
    assert told.nothing
