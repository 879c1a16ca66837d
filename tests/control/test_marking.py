"""Clicks of the Point tool become marks; the sources that they need are made, and no click is lost."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.acting import change_layer
from tests.control.hand import chips, click, drag
from tests.control.scenes import ANALYSIS, RATE, acts, ids, masks, names, open_tones, point, previewing, random_factors
from workbench.audio.recording import Recording
from workbench.control import click_places
from workbench.control.marking import Says
from workbench.control.tools import Tool
from workbench.document.state import fresh_state
from workbench.masks.model.sources import Sources
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

# -- clicks -------------------------------------------------------------------------------------------


def test_the_first_click_makes_a_source_and_the_rest(pointing):
    before = masks(pointing)
    click(pointing, 0.5)
    assert names(pointing) == ["Rest", "Source 1"] and acts(pointing) == ["Point at a new source"]
    assert pointing.selection.present.name == "Source 1"
    assert isinstance(pointing.document.stack.factors, Sources)
    assert np.abs(masks(pointing).sum(axis=0) - 1).max() < 1e-5
    pointing.under_way.undo()
    assert names(pointing) == ["Everything"] and np.array_equal(masks(pointing), before)
    pointing.under_way.redo()
    assert names(pointing) == ["Rest", "Source 1"]


def test_a_click_marks_what_is_under_it(pointing):
    levels, analysis = pointing.document.levels.levels[0], pointing.document.state.analysis
    rate = pointing.document.recording.rate
    loudest = analysis.hz_of(int(levels[analysis.frame_at(1.0, rate)].argmax()), rate)
    share = (float(pointing.viewport.scale.position(loudest)) - pointing.viewport.low) / pointing.viewport.height
    click(pointing, 1.0, share)
    (mark,) = pointing.document.state.marks
    bounds, at = mark.place.bounds, point(pointing, 1.0, share)
    column = pointing.plane.frame_at(pointing.plane.second_at(at.x()))
    row = pointing.plane.bin_at(pointing.plane.position_at(at.y()))
    assert bounds.start <= column < bounds.stop
    # It snaps to the partial within reach of the hand.
    near = pointing.plane.region_near(at, click_places.REACH)
    assert bounds.low - (near.high - near.low) <= row < bounds.high + (near.high - near.low)
    assert 0 < bounds.high - bounds.low <= click_places.ATTACK_BINS
    assert (mark.weight, mark.denies) == (1.0, False)


def test_a_click_snaps_to_a_partial_in_frequency_and_not_in_time(empty):
    t = np.arange(2 * RATE) / RATE
    place = place_in(empty, 0.1 * np.sin(2 * np.pi * 1000 * t), 1.0, 1000 * 1.02)
    bounds, row = place.bounds, ANALYSIS.bin_at(1000, RATE)
    assert (bounds.low, bounds.high) == (row - click_places.CLICK_BINS // 2, row + click_places.CLICK_BINS // 2)
    assert abs((bounds.start + bounds.stop) / 2 - ANALYSIS.frame_at(1.0, RATE)) <= 1
    assert bounds.stop - bounds.start == round(click_places.CLICK_SECONDS * RATE / ANALYSIS.hop)


def test_a_click_on_an_attack_marks_more_frequencies_for_a_shorter_time(empty):
    t = np.arange(2 * RATE) / RATE
    hit = np.where(t >= 1.0, np.exp(-np.maximum(t - 1.0, 0) * 12), 0) * np.random.default_rng(0).standard_normal(len(t))
    column = ANALYSIS.frame_at(1.0, RATE)
    place = place_in(empty, 0.1 * hit + 1e-5 * np.random.default_rng(1).standard_normal(len(t)), 1.01, 2000)
    bounds = place.bounds
    assert bounds.high - bounds.low == click_places.ATTACK_BINS and bounds.start <= column + 1 < bounds.stop
    assert bounds.stop - bounds.start < click_places.CLICK_SECONDS * RATE / ANALYSIS.hop


def test_a_click_where_something_wide_sounds_on_is_no_attack(empty):
    """As between the low partials of notes that lie near each other: nothing begins there."""
    t = np.arange(2 * RATE) / RATE
    sound = np.random.default_rng(0).standard_normal(len(t)) * np.where(t > 0.3, 0.05, 1e-5)
    for second in (0.8, 1.2, 1.6):
        for hz in (60, 200, 1500):
            bounds = place_in(empty, sound, second, hz).bounds
            assert bounds.high - bounds.low <= click_places.CLICK_BINS


def place_in(desk, samples, second, hz):
    """What a click marks in another recording."""
    samples = samples[:, None].astype(np.float32)
    recording = Recording(samples, RATE, Path("x.wav"))
    desk.document.open(recording, analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    return click_places.ClickPlaces(desk.document, desk.plane).of_click(second, float(desk.viewport.scale.position(hz)))


@pytest.mark.parametrize(("second", "share"), [(0.0, 0.0), (2.0, 0.0), (0.0, 1.0), (2.0, 1.0)])
def test_a_click_in_a_corner_marks_what_there_is_of_it(pointing, second, share):
    click(pointing, second, share)
    bounds, stack = pointing.document.state.marks[0].place.bounds, pointing.document.stack
    assert 0 <= bounds.low < bounds.high <= stack.bins and 0 <= bounds.start < bounds.stop <= stack.frames


def test_each_plain_click_makes_another_source(pointing):
    for second in (0.3, 0.9, 1.5):
        click(pointing, second)
    assert names(pointing) == ["Rest", "Source 1", "Source 2", "Source 3"]
    assert len({layer.colour for layer in pointing.document.layers}) == 4


def test_shift_says_more_of_the_selected_source_and_ctrl_what_it_is_not(pointing):
    click(pointing, 0.3)
    click(pointing, 0.9, says=Says.MORE)
    click(pointing, 1.5, says=Says.NOT)
    assert names(pointing) == ["Rest", "Source 1"]
    assert [mark.denies for mark in pointing.document.state.marks] == [False, False, True]
    assert acts(pointing) == ["Point at a new source", "Source 1 here", "Not Source 1 here"]


def test_where_there_is_no_source_yet_a_click_makes_one_and_there_is_nothing_to_deny(pointing):
    click(pointing, 0.5, says=Says.NOT)
    assert names(pointing) == ["Everything"] and pointing.document.state.marks is None
    click(pointing, 0.5, says=Says.MORE)
    assert names(pointing) == ["Rest", "Source 1"] and not pointing.document.state.marks[0].denies


def test_clicks_go_to_the_source_that_was_chosen_until_another_is_wanted(pointing):
    click(pointing, 0.3)
    click(pointing, 0.9)
    first = ids(pointing)[1]
    pointing.marking.choose(first)
    assert not pointing.marking.new and pointing.marking.source == first
    click(pointing, 1.2)
    click(pointing, 1.5)
    part = pointing.document.layers[1].parts[0].id
    assert [mark.source for mark in pointing.document.state.marks][2:] == [part, part]
    pointing.marking.choose_new()
    assert pointing.marking.new
    click(pointing, 1.8)
    assert names(pointing)[-1] == "Source 3"


def test_numbers_choose_sources_and_nought_another_one(pointing):
    pointing.marking.choose_number(1)
    assert pointing.marking.new
    click(pointing, 0.3)
    click(pointing, 0.9)
    for number, layer in enumerate(chips(pointing)[1:], 1):
        pointing.marking.choose_number(number)
        assert pointing.selection.layer == layer == pointing.marking.source and not pointing.marking.new
    pointing.marking.choose_number(9)
    assert pointing.marking.source == chips(pointing)[-1]
    pointing.marking.choose_number(0)
    assert pointing.marking.new


def test_beside_a_separation_sources_get_a_stack_of_their_own(desk):
    factors = random_factors(desk, 4)
    run, _ = desk.document.begin_run("run", RunSettings(components=4), factors, True)
    desk.document.publish(run, factors, (1.0,))
    was = desk.document.recorded_state.present
    desk.tools.choose(Tool.POINT)
    click(desk, 0.5)
    assert [stack.name for stack in desk.document.state.stacks] == [was.name, "Sources"]
    # The components are those that were there.
    assert desk.document.state.run == run and desk.document.stack.factors.components_of is factors
    desk.stacks.show_next(1)
    assert desk.document.state.present is was
    click(desk, 0.5)
    assert [stack.name for stack in desk.document.state.stacks] == [was.name, "Sources", "Sources 2"]


def test_a_painted_layer_is_no_source_so_that_a_click_makes_one(pointing):
    click(pointing, 0.3)
    pointing.layers.add()
    assert pointing.marking.source == 0 and pointing.marking.new
    click(pointing, 0.9, says=Says.MORE)
    assert names(pointing)[-1] == "Source 2"


def test_a_number_that_is_free_again_is_given_again_and_never_twice(pointing):
    for second in (0.3, 0.9, 1.5):
        click(pointing, second)
    pointing.selection.select(ids(pointing)[2])
    pointing.layers.remove()
    for second in (0.4, 1.0):
        click(pointing, second)
    assert names(pointing) == ["Rest", "Source 1", "Source 3", "Source 2", "Source 4"]


def test_delete_takes_the_last_mark_of_the_source_back_and_another_tool_does_not(pointing, told):
    click(pointing, 0.3)
    click(pointing, 0.9, says=Says.MORE)
    click(pointing, 1.5)
    first = pointing.document.state.marks
    pointing.selection.select(ids(pointing)[1])
    assert pointing.marking.take_back() and pointing.document.state.marks == (first[0], first[2])
    assert "last mark of Source 1" in told.said[-1]
    pointing.document.undo()
    assert pointing.document.state.marks == first
    pointing.tools.choose(Tool.SELECT)
    assert not pointing.marking.take_back()
    pointing.tools.choose(Tool.POINT)
    pointing.areas.select_all()
    assert not pointing.marking.take_back()
    pointing.areas.deselect()
    # Of the rest nothing was said.
    pointing.selection.select(ids(pointing)[0])
    assert not pointing.marking.take_back() and pointing.document.state.marks == first


def test_another_tool_makes_no_marks(pointing):
    pointing.tools.choose(Tool.SELECT)
    click(pointing, 0.5)
    drag(pointing, (0.3, 0.5), (0.9, 0.5))
    assert not acts(pointing) and not pointing.marking.active


def test_with_nothing_open_a_click_does_nothing(empty):
    empty.tools.choose(Tool.POINT)
    empty.marking.begin(QPointF(50, 50), Says.THIS)
    empty.marking.move(QPointF(90, 50))
    empty.marking.end()
    empty.marking.cancel()
    assert ids(empty) == [] and not empty.marking.busy


# -- components that are not there yet ----------------------------------------------------------------


def test_a_click_before_the_components_are_there_is_kept(desk, told, settle):
    desk.tools.choose(Tool.POINT)
    click(desk, 0.5)
    assert not acts(desk) and "remembered" in told.said[0]
    settle()
    assert names(desk) == ["Rest", "Source 1"] and len(desk.document.state.marks) == 1
    settle()
    assert len(desk.document.state.marks) == 1


def test_all_clicks_before_the_components_are_there_are_kept(desk, settle):
    desk.tools.choose(Tool.POINT)
    for second in (0.3, 0.9, 1.5):
        click(desk, second)
    settle()
    assert names(desk) == ["Rest", "Source 1", "Source 2", "Source 3"] and len(desk.document.state.marks) == 3


def test_clicks_that_wait_are_told_where_they_come_to_nothing(desk, told, settle):
    desk.tools.choose(Tool.POINT)
    click(desk, 0.5)
    click(desk, 0.9)
    assert [job.name for job in desk.runner.named_jobs] == ["Listening to the recording"]
    desk.runner.named_jobs[0].cancel()
    settle()
    assert told.refused == ["The recording was not listened to the end; the clicks that waited are gone."]
    assert not desk.marking.busy and not acts(desk)
    # The next one is listened for anew; Esc and undo take it back, and leave the listening.
    click(desk, 0.5)
    desk.under_way.undo()
    assert not desk.marking.busy and "taken back" in told.said[-1]
    settle()
    assert desk.components.factors is not None and not acts(desk)


def test_a_click_that_waits_goes_along_to_another_window(desk, settle):
    desk.tools.choose(Tool.POINT)
    click(desk, 0.5)
    new = Analysis(1024, 256)
    desk.document.set_analysis("window", new, analyse_levels(desk.document.recording.samples, new))
    settle()
    (mark,) = desk.document.state.marks
    assert (mark.place.bins, mark.place.frames) == (new.bins, desk.document.stack.frames)
    middle = (mark.place.bounds.start + mark.place.bounds.stop - 1) / 2
    assert new.second_of(middle, desk.document.recording.rate) == pytest.approx(0.5, abs=0.1)


def test_a_click_that_waits_is_not_made_in_another_recording(desk, settle):
    desk.tools.choose(Tool.POINT)
    click(desk, 0.5)
    open_tones(desk, seconds=1.0, name="other.wav")
    settle()
    assert not acts(desk) and names(desk) == ["Everything"]


def test_a_stroke_before_the_components_are_there_is_kept(desk, settle):
    desk.tools.choose(Tool.POINT)
    drag(desk, (0.3, 0.5), (0.9, 0.5))
    assert not previewing(desk)
    settle()
    assert len(desk.document.state.marks) == 1 and desk.document.state.marks[0].place.paths


@pytest.mark.parametrize("locked", [False, True])
def test_a_source_that_is_deleted_beside_a_locked_one_says_what_that_did_to_it(pointing, told, locked):
    marked = pointing
    click(marked, 0.4, 0.3)
    click(marked, 1.3, 0.7)
    first, second = ids(marked)[1:3]
    change_layer(marked.document, "lock", first, locked=locked)
    before = masks(marked)
    marked.selection.select(second)
    marked.layers.remove()
    assert names(marked) == ["Rest", "Source 1"] and not np.allclose(masks(marked)[1], before[1], atol=1e-3)
    told_so = "“Source 1” is locked, but shared what sounds with “Source 2”"
    assert any(told_so in each for each in told.said) == locked and not any("kept their share" in x for x in told.said)
    marked.document.undo()
    assert np.array_equal(masks(marked), before)
