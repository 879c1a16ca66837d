"""Keys that mean the place of the pointer, or the playhead."""

import numpy as np
import pytest

from tests.control.scenes import RATE, acts, ids, layer, masks, names, point
from workbench.spectral.level import level_db


def test_it_plays_from_the_pointer(desk, told):
    desk.pointing.play_here()
    assert not desk.playback.playing and told.refused
    desk.pointer.put(point(desk, 0.75))
    desk.pointing.play_here()
    assert desk.player.at == pytest.approx(0.75 * RATE, abs=1)


def test_a_layer_is_split_at_the_pointers_time_or_at_the_playhead(separated):
    separated.playback.seek(1.5)
    separated.pointing.split_time()
    separated.pointer.put(point(separated, 0.5))
    separated.pointing.split_time()
    assert "Component 1 after 1.50 s" in names(separated) and any("after 0.50 s" in name for name in names(separated))


def test_a_layer_is_split_at_the_pointers_frequency(separated, told):
    separated.pointing.split_frequency()
    assert told.refused and len(names(separated)) == 4
    separated.pointer.put(point(separated, 0.5, 0.5))
    separated.pointing.split_frequency()
    hz = separated.plane.hz_of(separated.pointer.place[1])
    assert f"Component 1 above {hz:.0f} Hz" in names(separated)


def test_with_nothing_open_keys_do_nothing(empty):
    empty.pointing.split_time()
    assert not empty.playback.playing and names(empty) == []


def test_the_place_is_owned_by_who_holds_most_of_its_energy(separated):
    spot = point(separated, 0.75, 0.4)
    separated.pointer.put(spot)
    here = separated.pointing.here()
    region = separated.plane.region_near(spot, 1.0)
    rows, columns = slice(region.low, region.high), slice(region.start, region.stop)
    power = 10 ** (level_db(separated.document.stack.levels[columns, rows].T) / 10)
    held = (masks(separated)[:, rows, columns] * power).sum(axis=(1, 2)) / power.sum()
    order = [i for i in np.argsort(-held) if held[i] >= 0.005]
    assert [each.layer.id for each in here.layers] == [ids(separated)[i] for i in order]
    np.testing.assert_allclose([each.share for each in here.layers], held[order], atol=1e-5)
    assert sum(each.share for each in here.parts) == pytest.approx(1, abs=0.02)
    assert [part.component for part in here.parts] == [each.layer.components[0] for each in here.layers]


def test_the_owner_is_selected_then_its_group_then_it_again(separated, told):
    separated.pointing.select_owner()
    assert told.refused
    separated.pointer.put(point(separated, 0.75, 0.4))
    owner = separated.pointing.here().owner
    separated.pointing.group_owner(owner, 0)
    group = layer(separated, owner.id).group
    other = next(each for each in ids(separated) if each != owner.id)
    separated.selection.select(other)
    separated.pointing.select_owner()
    assert (separated.selection.layer, separated.selection.group) == (owner.id, 0)
    separated.pointing.select_owner()
    assert separated.selection.group == group
    separated.pointing.select_owner()
    assert (separated.selection.layer, separated.selection.group) == (owner.id, 0)
    separated.selection.select(other)
    separated.pointing.select_owner(add=True)
    assert set(separated.selection.picked) == {owner.id, other}


def test_the_owner_is_put_into_a_group_that_there_is(separated):
    separated.pointer.put(point(separated, 0.75, 0.4))
    owner = separated.pointing.here().owner
    other = next(each for each in ids(separated) if each != owner.id)
    separated.selection.select(other)
    separated.layers.group()
    group = layer(separated, other).group
    separated.pointing.group_owner(owner, group)
    assert layer(separated, owner.id).group == group and len(acts(separated)) == 3
    separated.document.undo()
    assert layer(separated, owner.id).group == 0


def test_before_anything_is_separated_everything_owns_every_place(desk):
    desk.pointer.put(point(desk, 0.75))
    here = desk.pointing.here()
    assert here.owner.name == "Everything" and here.layers[0].share == pytest.approx(1) and here.group is None
