"""From the press of the button to masks in the document."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.control.scenes import (
    ANALYSIS,
    RATE,
    acts,
    change,
    ids,
    layer,
    masks,
    names,
    open_tones,
    previewing,
    select_box,
    separate,
)
from workbench.control.shaping import Plain, ShapeWish
from workbench.masks.model.models import Factors
from workbench.separation.settings import Method, RunSettings
from workbench.spectral.stft import Analysis

SHORT = RunSettings(components=3, iterations=5)
ENDLESS = replace(SHORT, iterations=None)


@pytest.fixture
def files(tmp_path):
    """Two recordings that begin alike."""
    paths = [tmp_path / "a.wav", tmp_path / "b.wav"]
    for path, seconds in zip(paths, (2.0, 1.5), strict=True):
        soundfile.write(path, tone_mix(seconds, RATE), RATE, subtype="FLOAT")
    return paths


def costs(desk, number):
    return desk.document.runs[number].costs


def test_a_run_makes_layers_at_once_and_masks_while_it_goes_on(desk, until, told):
    desk.factorising.start(ENDLESS, ANALYSIS, True)
    assert desk.factorising.running and names(desk) == ["Component 1", "Component 2", "Component 3"]
    assert acts(desk) == ["Factorise KL, 3 components"]
    until(lambda: len(costs(desk, 1)) > 3)
    assert desk.factorising.running and len(acts(desk)) == 1
    desk.factorising.stop()
    until(lambda: not desk.factorising.running)
    count = len(costs(desk, 1))
    assert told.said == [f"{count} iterations done"] and np.abs(masks(desk).sum(axis=0) - 1).max() < 1e-5


def test_it_ends_by_itself(desk, settle, told):
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    assert not desk.factorising.running and len(costs(desk, 1)) >= 5 and told.said


def test_stopped_at_once_it_leaves_no_trace(desk, settle, told):
    # So long that it is still being analysed.
    open_tones(desk, seconds=60.0)
    desk.factorising.start(SHORT, ANALYSIS, True)
    desk.factorising.stop()
    settle()
    assert names(desk) == ["Everything"] and not acts(desk) and not desk.document.runs and told.nothing


def test_a_run_that_can_not_begin_leaves_no_trace(desk, settle, told):
    desk.factorising.start(replace(SHORT, templates="present"), ANALYSIS, True)
    settle()
    assert told.troubled and not acts(desk) and not desk.document.runs and not desk.factorising.running


def test_undo_past_a_run_stops_it(desk, settle):
    desk.factorising.start(ENDLESS, ANALYSIS, True)
    desk.document.undo()
    settle()
    assert not desk.factorising.running and names(desk) == ["Everything"]


def test_a_stroke_after_its_beginning_keeps_it_going(desk, until):
    desk.factorising.start(ENDLESS, ANALYSIS, True)
    change(desk, ids(desk)[0], name="Voice")
    until(lambda: len(costs(desk, 1)) > 1)
    desk.document.undo()
    assert desk.factorising.running and not desk.runner.named_jobs[0].cancelled


def test_continue_goes_on_from_the_present_factors(desk, settle):
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    change(desk, ids(desk)[0], name="Voice", gain_db=-6.0)
    before = ids(desk), costs(desk, 1)[-1]
    desk.factorising.start(replace(SHORT, components=7), ANALYSIS, False)
    settle()
    assert ids(desk) == before[0] and layer(desk, before[0][0]).name == "Voice"
    assert desk.document.run.factors.components == 3 and costs(desk, 2)[-1] < before[1]
    assert acts(desk)[-1] == "Continue KL, 3 components"


def test_continue_without_factors_begins(desk, settle):
    desk.factorising.start(SHORT, ANALYSIS, False)
    settle()
    assert acts(desk) == ["Factorise KL, 3 components"]


def test_another_run_takes_the_place_of_one_that_had_not_begun(desk, settle):
    desk.factorising.start(ENDLESS, ANALYSIS, True)
    desk.factorising.start(replace(SHORT, components=2), ANALYSIS, True)
    settle()
    assert len(acts(desk)) == 1 and names(desk) == ["Component 1", "Component 2"] and len(desk.document.runs) == 1


def test_a_run_that_another_follows_keeps_what_it_has(desk, settle, until):
    desk.factorising.start(ENDLESS, ANALYSIS, True)
    desk.layers.add()
    (first,) = desk.runner.named_jobs
    until(lambda: len(costs(desk, 1)) > 1)
    published = len(costs(desk, 1))
    # It goes on while nobody hears of it: what it has by then comes with its end.
    assert not first.wait(0.3)
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    assert len(costs(desk, 1)) > published


def test_what_was_edited_is_kept_and_said(desk, settle, told):
    desk.layers.add()
    desk.areas.select_all()
    desk.masks.fill()
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    assert any("Your edits stay" in each for each in told.said) and desk.document.state.edits


def test_what_is_tried_out_ends_when_a_run_begins(separated, settle):
    separated.shaping.preview(ShapeWish(Plain.SCALE))
    separated.factorising.start(SHORT, ANALYSIS, True)
    assert not previewing(separated)
    settle()


def test_another_window_is_analysed_first(desk, settle):
    new = Analysis(1024, 256)
    desk.factorising.start(SHORT, new, True)
    settle()
    assert desk.document.state.analysis == new
    assert acts(desk) == ["Window 1024, hop 256", "Factorise KL, 3 components"]
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    assert desk.document.state.analysis == ANALYSIS


def test_a_newer_wish_is_not_overtaken_by_one_with_another_window(desk, settle):
    desk.factorising.start(SHORT, Analysis(1024, 256), True)
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    assert desk.document.state.analysis == ANALYSIS and len(acts(desk)) == 1


def test_another_recording_drops_the_analysis(desk, settle):
    desk.factorising.start(SHORT, Analysis(1024, 256), True)
    open_tones(desk, seconds=1.0)
    settle()
    assert not acts(desk) and desk.document.state.analysis == ANALYSIS


def test_opening_another_recording_stops_a_run(empty, files, until, told):
    empty.opening.open(files[0])
    until(lambda: empty.document.recording)
    empty.factorising.start(ENDLESS, empty.document.state.analysis, True)
    until(lambda: len(costs(empty, 1)) > 1)
    empty.document.mark_saved(empty.document.recorded_state, empty.document.runs, files[0])
    empty.opening.overtaken.connect(lambda put: put())
    empty.opening.open(files[1])
    until(lambda: empty.document.recording.path == files[1] and not empty.runner.jobs)
    assert not acts(empty) and not empty.document.runs and not empty.factorising.running
    assert not any("iterations" in each for each in told.said)


def test_a_run_in_another_recording_is_not_taken_back_with_the_former_one(empty, files, until):
    empty.opening.open(files[0])
    until(lambda: empty.document.recording)
    analysis = empty.document.state.analysis
    empty.factorising.start(ENDLESS, analysis, True)
    empty.document.mark_saved(empty.document.recorded_state, empty.document.runs, files[0])
    empty.opening.overtaken.connect(lambda put: put())
    # The former run is still stopping when the next one begins, and both are the first of their document.
    empty.opening.opened.connect(lambda path: empty.factorising.start(SHORT, analysis, True))
    fits = []
    document = empty.document
    document.factors_changed.connect(
        lambda: fits.append(document.run is None or document.run.factors.H.shape[1] == document.stack.frames)
    )
    empty.opening.open(files[1])
    until(lambda: empty.document.recording.path == files[1] and not empty.runner.jobs)
    assert len(acts(empty)) == 1 and len(costs(empty, 1)) >= 5
    assert all(fits)


def test_runs_of_the_list_are_used_again(separated):
    first = separated.document.state.run
    second = separate(separated, 3, seed=1)
    separated.factorising.use_run(first)
    assert separated.document.state.run == first and acts(separated)[-1] == "Use run 0"
    count = len(acts(separated))
    separated.factorising.use_run(first)
    separated.factorising.use_run(99)
    assert len(acts(separated)) == count
    separated.factorising.use_run(second)
    assert separated.document.run.factors.components == 3


def test_other_starts_and_methods_come_into_the_list(desk, settle):
    desk.factorising.start(replace(SHORT, tries=2, compare=Method.MU), ANALYSIS, True)
    settle()
    assert len(desk.document.runs) == 3 and desk.document.state.run == 1
    assert {run.name for run in desk.document.runs.values()} >= {"KL MU, 3 components"}


def test_locked_layers_are_held_when_it_goes_on(desk, settle):
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    change(desk, ids(desk)[0], locked=True)
    before = desk.document.run.factors.W[:, 0].copy()
    desk.factorising.start(replace(SHORT, hold_locked=True), ANALYSIS, False)
    settle()
    now = desk.document.run.factors.W[:, 0]
    assert np.allclose(now / now.max(), before / before.max(), atol=1e-4)


def test_with_nothing_open_nothing_runs(empty, told):
    empty.factorising.start(SHORT, ANALYSIS, True)
    empty.factorising.stop()
    empty.factorising.use_run(1)
    assert not empty.factorising.running and told.nothing


@pytest.mark.parametrize("collect", ["merge", "group"])
def test_another_number_of_components_leaves_what_was_collected_alone(desk, settle, told, collect):
    desk.wishes.set(components=4, iterations=5)
    desk.wishes.factorise(True)
    settle()
    first = desk.document.layers[0].id
    desk.selection.select(first)
    desk.selection.select(desk.document.layers[2].id, add=True)
    (desk.layers.merge if collect == "merge" else desk.layers.group)()
    before, steps = desk.document.recorded_state, desk.document.step
    desk.wishes.set(components=6)
    desk.wishes.factorise(True)
    settle()
    state = desk.document.recorded_state
    assert desk.document.step == steps + 1 and len(state.layers) == 6 and state.shown != before.shown
    assert all(len(layer.components) == 1 and not layer.group for layer in state.layers)
    assert state.stacks[0] is before.stacks[0], "the layers stand as they stood"
    desk.wishes.set(components=5)
    desk.wishes.factorise(True)
    settle()
    assert len(desk.document.recorded_state.stacks) == 2, "nothing was collected in the new one"
    desk.document.undo()
    desk.document.undo()
    assert desk.document.recorded_state is before


def test_going_back_to_a_run_of_another_number_brings_its_own_layers(desk, settle):
    desk.wishes.set(components=4, iterations=5)
    desk.wishes.factorise(True)
    settle()
    four = desk.document.state.run
    desk.wishes.set(components=6)
    desk.wishes.factorise(True)
    settle()
    desk.selection.select(desk.document.layers[0].id)
    desk.selection.select(desk.document.layers[2].id, add=True)
    desk.layers.merge()
    desk.wishes.use_run(four)
    assert sorted(layer.components for layer in desk.document.layers) == [(0,), (1,), (2,), (3,)]


def test_what_takes_more_memory_than_there_is_is_refused_before_it_begins(desk, told, monkeypatch):
    open_tones(desk)
    monkeypatch.setattr("workbench.control.factorising.free_bytes", lambda: 1000)
    monkeypatch.setattr("workbench.separation.memory.LITTLE", 0)
    desk.factorising.start(SHORT, ANALYSIS, True)
    assert not desk.factorising.running and acts(desk) == [] and desk.document.run is None
    assert len(told.troubled) == 1 and "GB of memory" in told.troubled[0]


def test_what_is_done_while_the_window_changes_is_carried_over_too(desk, settle):
    """The work is a job: whoever acts meanwhile loses nothing, and the window does not wait."""
    select_box(desk, 3, 40, 10, 60)
    desk.wishes.set(components=2, iterations=3)
    before, new = desk.document.state.analysis, Analysis(1024, 256)
    assert before != new
    desk.wishes.set_analysis(new.window, new.hop)
    desk.wishes.factorise(True)
    assert desk.document.state.analysis == before, "a job does it"
    desk.markers.add(0.1)
    settle()
    state = desk.document.recorded_state
    assert state.analysis == new and len(state.markers) == 1 and desk.document.run.costs
    assert state.area.frames == desk.document.stack.frames
    desk.wishes.set_analysis(before.window, before.hop)
    desk.wishes.factorise(False)
    settle()
    assert desk.document.state.analysis == before


def test_what_a_run_gave_last_is_carried_over_to_another_window(desk, settle):
    """It is stopped first, and what it still gives comes while the other window is made ready."""
    desk.factorising.start(SHORT, ANALYSIS, True)
    settle()
    document, new = desk.document, Analysis(1024, 256)
    number = document.recorded_state.run
    run = document.runs[number]
    desk.wishes.set_analysis(new.window, new.hop)
    desk.factorising._analyse(new, lambda: None)
    louder = Factors(run.factors.W, 2 * run.factors.H)
    document.publish(number, louder, run.costs, run.settings, run.held, run.name)
    settle()
    assert document.state.analysis == new
    wanted = louder.resampled(ANALYSIS, new, len(document.recording.samples))
    np.testing.assert_array_equal(document.run.factors.H, wanted.H)
