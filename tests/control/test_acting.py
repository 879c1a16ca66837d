"""Acts are done as one step, refused with a reason, or tried out first."""

import pytest

from tests.control.scenes import acts, change, ids, names, previewing, settled
from workbench.control.acting import first_free, numbered
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.errors import UserError


def rename(identity, name):
    return lambda state: layer_acts.change_layer(state, identity, name=name)


def invert(state, layer):
    return mask_acts.invert(state, layer)


def test_an_act_is_one_step(separated):
    count = len(acts(separated))
    assert separated.acting.do("Name", rename(ids(separated)[0], "Voice"))
    assert acts(separated)[count:] == ["Name"] and names(separated)[0] == "Voice"


def test_an_act_that_can_not_be_done_says_why_and_leaves_all_as_it_was(desk, told):
    state = desk.document.recorded_state

    def refuse(state):
        raise UserError("document.last_layer")

    assert not desk.acting.do("Remove", refuse)
    assert told.refused == ["The last layer stays: the parts always sum to the mix."]
    assert desk.document.recorded_state is state


def test_an_act_that_changes_nothing_is_no_step(desk, told):
    assert not desk.acting.do("Nothing", lambda state: state)
    assert not acts(desk) and told.nothing


def test_nothing_is_done_while_nothing_is_open(empty):
    assert not empty.acting.do("Name", lambda state: state)
    assert not empty.acting.do_on_selected("Name {0}", lambda state, layer: state, None)
    assert not empty.acting.preview(invert)


def test_successive_acts_of_one_key_are_one_step_until_it_is_let_go(separated):
    first, count = ids(separated)[0], len(acts(separated))
    for name in ("a", "b", "c"):
        separated.acting.do(name, rename(first, name), "key")
    assert acts(separated)[count:] == ["c"]
    separated.document.seal()
    separated.acting.do("d", rename(first, "d"), "key")
    separated.acting.do("e", rename(first, "e"), "other")
    assert acts(separated)[count:] == ["c", "d", "e"]


@pytest.mark.parametrize("merge", [None, "key"])
def test_an_act_takes_the_place_of_what_was_tried_out(separated, merge):
    assert separated.acting.preview(invert)
    assert previewing(separated)
    separated.acting.do("Name", rename(ids(separated)[0], "Voice"), merge)
    assert not previewing(separated) and not separated.document.state.edits


def test_what_was_previewed_is_accepted_as_one_act(separated):
    count = len(acts(separated))
    separated.acting.preview(invert)
    separated.acting.accept("Invert", invert)
    assert acts(separated)[count:] == ["Invert"] and not previewing(separated)


def test_a_stack_of_one_layer_gets_room_for_what_is_tried_out(desk):
    assert desk.acting.preview(invert)
    assert names(desk) == ["Everything", "Rest"]
    desk.document.end_preview()
    assert names(desk) == ["Everything"]
    desk.acting.accept("Invert", invert)
    assert names(desk) == ["Everything", "Rest"] and acts(desk) == ["Invert"]


def test_a_locked_layer_is_neither_tried_out_nor_changed(separated, told):
    change(separated, ids(separated)[0], locked=True)
    assert not separated.acting.preview(invert)
    assert not separated.acting.do_on_selected("Invert {0}", invert, None)
    assert len(told.refused) == 2 and not previewing(separated)


def test_acts_on_a_layer_that_is_only_tried_out_are_refused(desk, told):
    """A stack of one layer shows a second while something is tried out; it can be selected and pressed."""
    desk.acting.preview(invert)
    rest = desk.document.layers[1]
    desk.selection.select(rest.id)
    desk.mixing.set_mute(rest, True)
    desk.acting.preview(invert)
    desk.selection.select(rest.id)
    desk.layers.rename(rest, "Voice")
    desk.acting.preview(invert)
    desk.selection.select(rest.id)
    desk.masks.invert()
    desk.acting.preview(invert)
    desk.selection.select(rest.id)
    desk.layers.nudge(-1)
    desk.acting.preview(invert)
    desk.selection.select(rest.id)
    desk.layers.remove()
    assert not acts(desk) and len(told.refused) >= 4


def test_locks_are_spoken_of_where_they_kept_something(separated, told):
    change(separated, ids(separated)[1], locked=True)
    separated.acting.do_on_selected("Invert {0}", invert, None)
    settled(separated)
    assert len(told.said) == 1 and "Locked layers kept their share" in told.said[0]


def test_a_made_layer_is_the_present_one(separated):
    separated.acting.make_layer("New", lambda state: layer_acts.add_layer(state, "New"))
    assert separated.selection.present.name == "New"
    separated.document.undo()
    assert separated.selection.layer == ids(separated)[0]


def test_a_group_is_kept_in_order_by_every_act(separated):
    a, b, c, d = ids(separated)
    separated.acting.do("Group", lambda state: group_acts.group_layers(state, [a, d], "A")[0])
    assert ids(separated) == [a, d, b, c]


def test_names_that_are_taken_get_numbers():
    assert numbered("Cut", {"Voice"}) == "Cut"
    assert numbered("Cut", {"Cut", "Cut 2", "Cut 4"}) == "Cut 3"
    assert first_free("Layer {0}", {"Layer 1", "Layer 2"}) == "Layer 3"
    assert first_free("Layer {0}", set()) == "Layer 1"
