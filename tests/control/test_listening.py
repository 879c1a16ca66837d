"""What is listened to, and where."""

import pytest

from tests.acting import select_time
from tests.control.scenes import RATE, ids, open_tones, point, select_box
from workbench.audio.loudness import original_gain
from workbench.audio.scene import PLAIN, Hear
from workbench.control.listening import Where
from workbench.control.tools import Tool


def ear(desk):
    return desk.heard.scene().ear


def test_the_plain_mix_is_the_documents_own_scene(desk):
    assert desk.heard.scene() is desk.document.scene and ear(desk) is PLAIN
    assert desk.listening.described() == "the mix"


def test_the_original_and_what_was_taken_away_in_turn_with_the_mix(separated):
    told = []
    separated.listening.changed.connect(lambda: told.append(ear(separated).what))
    for what in (Hear.ORIGINAL, Hear.ORIGINAL, Hear.REMOVED, Hear.ORIGINAL, Hear.MIX):
        separated.listening.hear(what)
    assert told == [Hear.ORIGINAL, Hear.MIX, Hear.REMOVED, Hear.ORIGINAL, Hear.MIX]
    assert ear(separated) is PLAIN


def test_one_scene_is_made_for_one_ear(separated):
    separated.listening.hear(Hear.REMOVED)
    scene = separated.heard.scene()
    assert separated.heard.scene() is scene and scene.stack is separated.document.stack
    separated.masks.invert()
    assert separated.heard.scene() is not scene and separated.heard.scene().ear is scene.ear


def test_only_what_is_selected_or_all_but_that(separated, told):
    separated.listening.listen(Where.SELECTION)
    assert separated.listening.where is Where.EVERYWHERE and told.refused
    select_box(separated, 3, 9, 10, 30)
    area = separated.selection.area
    separated.listening.listen(Where.SELECTION)
    assert ear(separated).area is area and not ear(separated).outside
    separated.listening.listen(Where.REST)
    assert ear(separated).area is area and ear(separated).outside
    assert separated.listening.described() == "the mix, all but the selection, the span that loops"
    select_box(separated, 3, 9, 40, 60)
    assert ear(separated).area is separated.selection.area
    separated.listening.listen(Where.REST)
    assert ear(separated) is PLAIN


def test_without_a_selection_all_is_heard_again(separated):
    select_box(separated, 3, 9, 10, 30)
    separated.listening.listen(Where.SELECTION)
    separated.areas.deselect()
    assert separated.listening.where is Where.EVERYWHERE and ear(separated) is PLAIN


def test_what_is_under_the_brush_plays_over_and_over(separated, until):
    separated.tools.choose(Tool.BRUSH)
    separated.tools.set_size(60)
    separated.pointer.put(point(separated, 0.5))
    separated.listening.listen(Where.BRUSH)
    first, span = ear(separated).area, separated.playback.looped
    assert first is not None and span[0] < 0.5 < span[1]
    separated.pointer.put(point(separated, 1.5))
    until(lambda: ear(separated).area is not first)
    assert separated.playback.looped[0] < 1.5 < separated.playback.looped[1]
    separated.listening.listen(Where.BRUSH)
    assert ear(separated) is PLAIN and separated.playback.looped is None


def test_a_small_brush_is_heard_for_a_fifth_of_a_second(separated):
    separated.tools.choose(Tool.BRUSH)
    separated.tools.set_size(4)
    separated.pointer.put(point(separated, 0.5))
    separated.listening.listen(Where.BRUSH)
    begin, end = separated.playback.looped
    assert end - begin == pytest.approx(0.2, abs=0.03)


def test_layers_alone_are_heard_before_all_faders(separated):
    separated.listening.hear(Hear.REMOVED)
    separated.listening.hear_alone((ids(separated)[1],))
    assert ear(separated).what is Hear.LAYERS and ear(separated).layers == (ids(separated)[1],)
    assert separated.listening.described() == "one layer"
    separated.listening.hear_alone(())
    assert ear(separated).what is Hear.REMOVED


def test_layers_alone_leave_the_brush(separated):
    separated.pointer.put(point(separated, 0.5))
    separated.listening.listen(Where.BRUSH)
    separated.listening.hear_alone((ids(separated)[1],))
    assert separated.listening.where is Where.EVERYWHERE and separated.playback.looped is None


def test_the_original_is_as_loud_as_the_mix(separated, settle):
    separated.mixing.set_gain(separated.document.layers[0], -12.0)
    separated.mixing.set_gain(separated.document.layers[1], -12.0)
    separated.listening.hear(Hear.ORIGINAL)
    settle()
    length = len(separated.document.recording.samples)
    gain = original_gain(separated.document.scene, 0, length)
    assert gain < -1 and separated.listening.original_db == pytest.approx(gain)
    assert ear(separated).original_db == separated.listening.original_db


@pytest.mark.parametrize("loops", [True, False])
def test_another_selection_is_compared_where_it_plays(separated, until, loops):
    separated.playback.set_loops(loops)
    separated.mixing.set_gain(separated.document.layers[0], -20.0)
    separated.masks.split_time(1.0)
    separated.mixing.set_gain(separated.selection.present, 12.0)
    separated.listening.hear(Hear.ORIGINAL)
    until(lambda: not separated.runner.jobs)
    before = separated.listening.original_db
    select_time(separated.document, separated.selection, 1.2, 1.8)
    start, stop = (round(each * RATE) for each in separated.selection.seconds)
    expected = original_gain(separated.document.scene, start, stop)
    assert abs(expected - before) > 0.5
    until(lambda: separated.listening.original_db == pytest.approx(expected))


def test_a_loudness_of_another_recording_is_dropped(separated, until):
    separated.mixing.set_gain(separated.document.layers[0], -20.0)
    separated.listening.hear(Hear.ORIGINAL)
    job = separated.runner.jobs[0]
    # Its result waits to be told.
    assert job.wait(10)
    open_tones(separated)
    until(lambda: not separated.runner.jobs)
    assert separated.listening.original_db == 0.0


def test_another_recording_is_heard_plainly(separated):
    select_box(separated, 3, 9, 10, 30)
    separated.listening.hear(Hear.REMOVED)
    separated.listening.listen(Where.REST)
    open_tones(separated)
    assert separated.heard.scene() is separated.document.scene
    assert (separated.listening.what, separated.listening.where) == (Hear.MIX, Where.EVERYWHERE)


def test_what_is_exported_is_what_plays(separated):
    assert separated.listening.heard_samples() == (0, None)
    select_box(separated, 3, 9, 10, 30)
    assert separated.listening.heard_samples() == (10 * 128 - 64, 30 * 128 - 64)
    separated.playback.set_loops(False)
    separated.playback.set_speed(0.5)
    assert separated.listening.heard_samples() == (0, None)
    assert separated.listening.described() == "the mix, at its own speed"


def test_with_nothing_open_nothing_is_heard(empty, told):
    empty.listening.hear(Hear.ORIGINAL)
    empty.listening.listen(Where.BRUSH)
    assert empty.heard.scene() is None and empty.listening.heard_samples() == (0, None) and told.nothing
