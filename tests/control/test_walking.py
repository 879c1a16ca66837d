"""The audition walk: every layer alone, at its loudest, named and sorted."""

import pytest

from tests.control.scenes import acts, change, ids, layer, open_tones, separate, settled
from workbench.audio.scene import Hear
from workbench.document.acts import layers as layer_acts


@pytest.fixture
def walk(separated):
    """A walk over the layers."""
    separated.walking.begin()
    settled(separated)
    return separated


def heard(desk):
    """The layer that is heard alone."""
    assert desk.heard.ear.what is Hear.LAYERS
    (alone,) = desk.heard.ear.layers
    return ids(desk).index(alone)


def test_every_layer_is_heard_alone_over_and_over(walk, told):
    for place in range(4):
        assert (heard(walk), walk.walking.place, walk.walking.count, walk.selection.index) == (place, place, 4, place)
        settled(walk)
        begin, end = walk.playback.looped
        assert walk.playback.playing and end - begin == pytest.approx(1.0, abs=0.05)
        walk.walking.next()
    assert heard(walk) == 3 and "last" in told.said[0]
    walk.walking.go(-1)
    assert heard(walk) == 2
    for _ in range(5):
        walk.walking.go(-1)
    assert heard(walk) == 0


def test_only_what_is_heard_is_told_as_heard(walk):
    change(walk, ids(walk)[0], mute=True)
    assert walk.heard.layers == [True, False, False, False]
    walk.walking.next()
    assert walk.heard.layers == [False, True, False, False]
    walk.walking.end()
    assert walk.heard.layers == [False, True, True, True]


def test_what_is_unsure_comes_again_at_the_end(walk, told):
    a, b, c, d = ids(walk)
    walk.walking.put_off()
    assert walk.walking.layer.id == b and walk.walking.place == 0 and walk.walking.count == 4
    walk.walking.put(1)
    walk.walking.put_off()
    assert walk.walking.layer.id == d
    order = []
    for _ in range(3):
        order.append(walk.walking.layer.id)
        walk.walking.put(1)
    assert order == [d, a, c]
    walk.walking.put_off()
    assert walk.walking.layer.id == c and "last" in told.said[-1]


def test_undo_finds_a_layer_that_was_put_off_meanwhile(walk):
    a = ids(walk)[0]
    walk.walking.put(1)
    walk.walking.put_off()
    walk.document.undo()
    assert walk.walking.layer.id == a and walk.walking.walking


@pytest.mark.parametrize("played", [True, False])
def test_at_its_end_all_is_as_it_was(separated, played):
    separated.listening.hear(Hear.REMOVED)
    if played:
        separated.playback.play()
    separated.walking.begin()
    separated.walking.end()
    assert separated.heard.ear.what is Hear.REMOVED and separated.playback.looped is None
    assert separated.playback.playing is played and not separated.walking.walking and separated.walking.layer is None


def test_begun_again_it_ends(walk):
    walk.walking.begin()
    assert not walk.walking.walking


def test_space_pauses_and_the_next_layer_plays(walk):
    walk.playback.toggle()
    assert heard(walk) == 0 and not walk.playback.playing and walk.walking.walking
    walk.walking.next()
    settled(walk)
    assert heard(walk) == 1 and walk.playback.playing


def test_a_group_is_named_and_gets_the_layer(walk):
    a, b, c, d = ids(walk)
    walk.walking.put_named(" Drums ")
    walk.walking.put_named("drums")
    walk.walking.put_named("Bass")
    assert [group.name for group in walk.walking.groups] == ["Drums", "Bass"]
    drums, bass = (group.id for group in walk.walking.groups)
    assert [layer(walk, each).group for each in (a, b, c, d)] == [drums, drums, bass, 0] and heard(walk) == 3
    count = len(acts(walk))
    walk.walking.put_named("  ")
    assert len(acts(walk)) == count and heard(walk) == 3
    walk.document.undo()
    assert walk.walking.layer.id == c


def test_the_group_of_a_layer_that_is_in_one_is_named_anew(walk):
    walk.walking.put(1)
    walk.walking.go(-1)
    walk.walking.put_named("Hiss")
    assert [group.name for group in walk.walking.groups] == ["Hiss"] and heard(walk) == 1
    assert acts(walk)[-1] == "Rename to Hiss"


def test_layers_are_put_into_groups_by_number(walk, told):
    a, b, c, d = ids(walk)
    change(walk, c, name="Drums")
    walk.walking.put(1)
    walk.walking.put(1)
    walk.walking.put(2)
    walk.walking.put(4)
    names = [group.name for group in walk.walking.groups]
    assert names == ["Group 1", "Drums"] and told.said == ["There is no group 4 yet; 3 makes a new one."]
    assert layer(walk, a).group == layer(walk, b).group == walk.walking.groups[0].id
    assert layer(walk, c).group == walk.walking.groups[1].id and layer(walk, d).group == 0
    assert acts(walk)[-1] == "Put Drums into Drums"


def test_where_it_is_already_it_only_goes_on(walk):
    walk.walking.put(1)
    walk.walking.go(-1)
    count = len(acts(walk))
    walk.walking.put(1)
    assert len(acts(walk)) == count and heard(walk) == 1


def test_undo_goes_back_to_what_was_put_there(walk):
    walk.walking.put(1)
    walk.walking.put(1)
    assert heard(walk) == 2
    walk.document.undo()
    assert heard(walk) == 1
    walk.document.undo()
    assert heard(walk) == 0 and walk.walking.walking


def test_a_layer_is_named(walk):
    walk.walking.rename(" Voice ")
    walk.walking.rename("  ")
    assert walk.walking.layer.name == "Voice" and acts(walk)[-1] == "Rename to Voice"


def test_layers_that_went_are_not_heard(walk):
    b = ids(walk)[1]
    walk.document.act("remove", layer_acts.remove_layer(walk.document.recorded_state, ids(walk)[0]))
    assert walk.walking.layer.id == b and walk.walking.count == 3
    separate(walk, 2, seed=4)
    assert walk.walking.walking and walk.walking.layer is not None


def test_a_sorted_layer_that_was_away_does_not_come_back_into_the_walk(walk):
    a = ids(walk)[0]
    walk.walking.put(1)
    walk.document.act("remove", layer_acts.remove_layer(walk.document.recorded_state, a))
    walk.walking.next()
    assert walk.walking.count == 3
    walk.document.undo()
    walk.document.undo()
    assert layer(walk, a).group == 0 and walk.walking.walking


def test_another_stack_and_another_recording_end_it(walk):
    walk.stacks.duplicate()
    assert not walk.walking.walking
    walk.walking.begin()
    open_tones(walk)
    assert not walk.walking.walking and not walk.playback.playing


def test_who_shows_it_is_told(walk):
    told = []
    walk.walking.changed.connect(lambda: told.append(walk.walking.place))
    walk.walking.next()
    walk.walking.end()
    assert told == [1, 1]


def test_with_nothing_open_there_is_no_walk(empty):
    empty.walking.begin()
    empty.walking.put(1)
    empty.walking.next()
    empty.walking.put_off()
    empty.walking.put_named("x")
    empty.walking.rename("x")
    assert not empty.walking.walking
