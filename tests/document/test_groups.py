"""Groups and remembered mixes, as acts on the state."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acting import change_group
from tests.conftest import tone_mix
from tests.saving import saved_again
from workbench.audio.recording import Recording
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def five_layers():
    state, _ = layer_acts.factorised(fresh_state(Analysis()), 1, 5)
    return state


def opened(state):
    samples = tone_mix(0.5)
    document = Document()
    document.open(Recording(samples, 8000, Path("x.wav")), analyse_levels(samples, state.analysis), state)
    return document


def ids(state):
    return [layer.id for layer in state.layers]


def together(state):
    """Whether the layers of each group stand together, each group has some, and all groups are known, in order."""
    order = [layer.group for layer in state.layers]
    seen = [group for i, group in enumerate(order) if group and (i == 0 or order[i - 1] != group)]
    return seen == [group.id for group in state.groups]


def test_grouping_collects_the_layers_where_the_first_stands():
    state = five_layers()
    a, b, c, d, e = ids(state)
    grouped, group = group_acts.group_layers(state, [d, b], "Drums")
    assert ids(grouped) == [a, b, d, c, e]
    assert [layer.group for layer in grouped.layers] == [0, group, group, 0, 0]
    assert [(each.name, each.width, each.gain_db) for each in grouped.groups] == [("Drums", 1.0, 0.0)]
    assert group not in ids(grouped) and grouped.next_id > group
    back = group_acts.dissolve_group(grouped, group)
    assert not back.groups and all(layer.group == 0 for layer in back.layers)


def test_a_group_without_layers_is_gone():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "A")
    one, two = ids(state)[:2]
    state = group_acts.put_layers(state, [one], 0, None)
    assert [each.id for each in state.groups] == [group] and ids(state)[-1] == one
    assert not group_acts.put_layers(state, [two], 0, None).groups


def test_a_layer_of_one_group_may_go_to_another():
    state, first = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "A")
    state, second = group_acts.group_layers(state, ids(state)[3:], "B")
    moved = group_acts.put_layers(state, [ids(state)[0]], second, ids(state)[4])
    assert [layer.group for layer in moved.layers] == [first, 0, second, second, second]
    assert ids(moved)[3] == ids(state)[0]


def test_grouping_nothing_is_refused():
    with pytest.raises(UserError, match="group_needs_layers"):
        group_acts.group_layers(five_layers(), [], "A")


@given(st.lists(st.tuples(st.sampled_from("gdpmx"), st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_layers_stay_and_stand_together_whatever_is_done(steps):
    state = five_layers()
    everyone = set(ids(state))
    for what, one, other in steps:
        layer, group = ids(state)[one % len(ids(state))], None
        if state.groups:
            group = state.groups[other % len(state.groups)].id
        if what == "g":
            state, _ = group_acts.group_layers(state, {layer, ids(state)[other % len(ids(state))]}, "G")
        elif what == "d" and group:
            state = group_acts.dissolve_group(state, group)
        elif what == "p":
            before = ids(state)[other % len(ids(state))]
            target = group if group and one % 2 else 0
            state = group_acts.put_layers(state, [layer], target, None if before == layer else before)
        elif what == "m":
            state = group_acts.nudged(state, layer, 1 if other % 2 else -1)
        elif what == "x" and group:
            state = group_acts.lock_group(state, group, bool(one % 2))
        assert set(ids(state)) == everyone and len(ids(state)) == len(everyone)
        assert together(state)


def test_nudging_walks_through_the_edges_of_groups():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[1:3], "A")
    a, b, c, d, e = ids(state)

    def shape(state):
        return [(each.id, each.group) for each in state.layers]

    down = group_acts.nudged(state, a, 1)
    assert shape(down) == [(a, group), (b, group), (c, group), (d, 0), (e, 0)]
    for _ in range(3):
        down = group_acts.nudged(down, a, 1)
    assert shape(down) == [(b, group), (c, group), (a, 0), (d, 0), (e, 0)]
    for _ in range(4):
        down = group_acts.nudged(down, a, -1)
    assert shape(down) == shape(state)
    assert shape(group_acts.nudged(state, a, -1)) == shape(state)
    moved = group_acts.nudged_group(state, group, 1)
    assert ids(moved) == [a, d, b, c, e] and shape(group_acts.nudged_group(moved, group, -1)) == shape(state)


def test_a_run_that_comes_to_nothing_is_withdrawn_though_it_emptied_a_group():
    state, _ = group_acts.group_layers(five_layers(), ids(five_layers())[4:], "A")
    document = opened(state.with_present(run=None))
    before = len(document.steps)
    start = Factors(np.ones((1025, 2), np.float32), np.ones((2, document.stack.frames), np.float32))
    run, _ = document.begin_run("run", RunSettings(components=2), start, True)
    assert len(document.steps) == before + 1
    document.withdraw(run)
    assert len(document.steps) == before


def test_a_suggestion_takes_the_place_of_the_groups():
    state, _ = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "Old")
    a, b, c, d, e = ids(state)
    new = group_acts.group_all(state, [("One", [a, d]), ("None", []), ("Two", [b])])
    assert [each.name for each in new.groups] == ["One", "Two"]
    names = {each.id: each.name for each in new.groups}
    assert {layer.id: names.get(layer.group) for layer in new.layers} == {
        a: "One",
        d: "One",
        b: "Two",
        c: None,
        e: None,
    }


def test_locking_a_group_locks_its_layers():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[1:3], "A")
    locked = group_acts.lock_group(state, group, True)
    assert [layer.locked for layer in locked.layers] == [False, True, True, False, False]


def test_a_remembered_mix_comes_back_and_leaves_what_it_does_not_know():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "A")
    state = group_acts.change_group(
        layer_acts.change_layer(state, ids(state)[3], gain_db=-9.0, pan=0.2), group, width=0.5
    )
    stored = group_acts.store_mix(state, 2)
    other = group_acts.change_group(stored, group, width=2.0, mute=True)
    other = layer_acts.change_layer(other, ids(other)[3], gain_db=3.0, solo=True)
    other, new = layer_acts.add_layer(other, "New")
    other = layer_acts.change_layer(other, new, gain_db=-1.0)
    back = group_acts.recall_mix(other, 2)
    assert back.layers[:-1] == state.layers and back.groups == state.groups
    assert back.layers[-1].gain_db == -1.0
    with pytest.raises(UserError) as raised:
        group_acts.recall_mix(other, 0)
    assert (raised.value.code, raised.value.values) == ("document.no_mix", {"slot": "A"})


def test_groups_and_mixes_are_saved_with_every_stack():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "inf")
    state = group_acts.change_group(state, group, gain_db=float("-inf"), pan=-1.0, width=1.7, mute=True, solo=True)
    state = group_acts.store_mix(state, 1)
    state = stack_acts.new_stack(state, "Other")
    state = replace(state, stacks=tuple(replace(stack, run=None) for stack in state.stacks))
    back = saved_again(state)
    assert back.mixes == state.mixes and back.groups == ()
    shown = stack_acts.show_stack(back, 0)
    assert shown.groups == stack_acts.show_stack(state, 0).groups and shown.groups[0].name == "inf"


def test_another_factorisation_keeps_groups_of_what_stays():
    state, group = group_acts.group_layers(five_layers(), ids(five_layers())[:2], "A")
    fewer, _ = layer_acts.factorised(state, 2, 3, loudness=(1, 1, 9, 9, 9))
    fewer = group_acts.in_order(fewer)
    assert [layer.group for layer in fewer.layers].count(group) == 2
    assert together(fewer)


def test_the_gateway_keeps_groups_in_order_and_tells_who_shows_them():
    document = opened(five_layers().with_present(run=None))
    told = []
    document.layers_changed.connect(lambda: told.append("layers"))
    document.mix_changed.connect(lambda: told.append("mix"))
    state, group = group_acts.group_layers(document.recorded_state, ids(document.state)[:2], "A")
    document.act("group", state)
    assert set(told) == {"layers", "mix"}
    told.clear()
    change_group(document, "pan", group, pan=0.4)
    assert told == ["mix"]
    document.undo()
    document.undo()
    assert not document.groups


def test_groups_tell_each_other_apart_by_colour():
    """A group has the colour of its first layer, unless another group or a layer beside it has that."""
    state = fresh_state(Analysis(512, 128))
    for name in "abcd":
        state, _ = layer_acts.add_layer(state, name)
    everything, a, b, c, d = (each.id for each in state.layers)
    state, _ = group_acts.group_layers(state, (a, b), "first")
    assert state.groups[0].colour == state.layers[1].colour
    state = layer_acts.change_layer(state, c, colour=state.layers[1].colour)
    state, _ = group_acts.group_layers(state, (c, d), "second")
    seen = [state.layers[0].colour, *(group.colour for group in state.groups)]
    assert len(set(seen)) == 3 and everything == state.layers[0].id


@given(st.permutations(range(5)), st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_sorting_keeps_groups_together_and_their_members_in_order(order, groups):
    state = five_layers()
    layers = ids(state)
    for number in (1, 2):
        chosen = [layer for layer, group in zip(layers, groups, strict=True) if group == number]
        if chosen:
            state, _ = group_acts.group_layers(state, chosen, f"G{number}")
    wanted = [layers[i] for i in order]
    found = group_acts.sorted_layers(state, wanted)
    # Slowly: take each layer in turn; the first of a group brings the whole group.
    expected: list[int] = []
    for layer in wanted:
        group = groups[layers.index(layer)]
        brought = [each for each in wanted if group and groups[layers.index(each)] == group] or [layer]
        expected += [each for each in brought if each not in expected]
    assert ids(found) == expected and together(found)
    assert {layer.id: layer for layer in found.layers} == {layer.id: layer for layer in state.layers}
    assert group_acts.sorted_layers(found, wanted) is found, "what is in order is left alone"
    assert group_acts.sorted_layers(found, []) is found
