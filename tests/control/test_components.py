"""The components that pointing works with are found by themselves; those of a factorisation count before them."""

import numpy as np

from tests.control.scenes import open_tones, random_factors, separate
from workbench.control.components import SETTINGS
from workbench.control.tools import Tool
from workbench.document.document import Document
from workbench.masks.model.models import Factors, Shares
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def test_they_are_found_when_a_recording_opens(desk, until, told):
    assert desk.components.factors is None and desk.components.run() is None
    until(lambda: desk.components.factors is not None)
    found, stack = desk.components.factors, desk.document.stack
    assert found.W.shape == (stack.bins, SETTINGS.components) and found.H.shape == (SETTINGS.components, stack.frames)
    # Nobody asked for it: nothing is told, done or put into the list.
    assert told.nothing and not desk.document.runs and not desk.document.dirty and desk.document.step == 0


def test_they_are_no_work_that_is_shown(desk, until):
    until(lambda: desk.runner.jobs or desk.components.factors is not None)
    assert not desk.runner.named_jobs


def test_the_same_recording_gives_the_same(desk, until):
    until(lambda: desk.components.factors is not None)
    first = desk.components.factors
    open_tones(desk)
    assert desk.components.factors is None
    until(lambda: desk.components.factors is not None)
    assert np.array_equal(desk.components.factors.W, first.W) and desk.components.factors is not first


def test_another_recording_has_none_of_the_former_one(desk, until):
    until(lambda: desk.runner.jobs)
    open_tones(desk, seconds=1.0)
    frames = desk.document.stack.frames
    until(lambda: desk.components.factors is not None)
    assert desk.components.factors.H.shape[1] == frames


def test_another_window_has_its_own(desk, until):
    until(lambda: desk.components.factors is not None)
    new = Analysis(1024, 256)
    desk.document.set_analysis("window", new, analyse_levels(desk.document.recording.samples, new))
    assert desk.components.factors is None
    until(lambda: desk.components.factors is not None)
    assert desk.components.factors.W.shape[0] == new.bins


def test_a_long_recording_is_listened_to_when_somebody_points(desk, until, monkeypatch, settle):
    monkeypatch.setattr("workbench.control.components.SOON", 0.5)
    open_tones(desk)
    settle()
    assert desk.components.factors is None and not desk.runner.jobs
    desk.components.want()
    desk.components.want()
    assert len(desk.runner.jobs) == 1
    until(lambda: desk.components.factors is not None)
    desk.components.want()
    assert not desk.runner.jobs


def test_what_is_waited_for_is_shown_and_told_where_it_does_not_come(desk, settle):
    given_up = []
    desk.components.given_up.connect(lambda: given_up.append(1))
    desk.components.want()
    assert not desk.runner.named_jobs
    desk.components.wait()
    desk.components.wait()
    (job,) = desk.runner.named_jobs
    assert job.name == "Listening to the recording"
    desk.under_way.escape(False)
    settle()
    assert given_up == [1] and desk.components.factors is None
    # A pointer that moves does not bring it on again, but who waits does.
    desk.components.want()
    assert not desk.runner.jobs
    desk.components.wait()
    settle()
    assert given_up == [1] and desk.components.factors is not None and not desk.runner.jobs


def test_who_waits_waits_in_another_window_too(desk, until, monkeypatch):
    monkeypatch.setattr("workbench.control.components.SOON", 0.5)
    open_tones(desk)
    desk.components.wait()
    new = Analysis(1024, 256)
    desk.document.set_analysis("window", new, analyse_levels(desk.document.recording.samples, new))
    until(lambda: desk.components.factors is not None)
    assert desk.components.factors.W.shape[0] == new.bins


def test_those_of_a_factorisation_count_before_them(desk, until):
    until(lambda: desk.components.factors is not None)
    told = []
    desk.components.changed.connect(lambda: told.append(1))
    run = separate(desk, 4)
    assert told and desk.components.factors is desk.document.run.factors and desk.components.run() == run
    assert len(desk.document.runs) == 1
    desk.document.undo()
    assert desk.components.factors.components == SETTINGS.components


def test_after_a_factorisation_there_is_nothing_to_find(desk, settle):
    separate(desk, 4)
    desk.components.want()
    settle()
    assert desk.components.factors is desk.document.run.factors


def test_masks_that_were_computed_as_a_whole_have_no_components(desk, until):
    until(lambda: desk.components.factors is not None)
    stack = desk.document.stack
    half = np.full((2, stack.frames, stack.bins), 0.5, np.float16)
    desk.document.put_model("halves", RunSettings(), Shares(half), ("A", "B"), "halves")
    assert desk.components.factors.components == SETTINGS.components
    assert desk.document.runs[desk.components.run()].factors is desk.components.factors


def test_what_is_only_tried_out_is_not_what_they_are(separated):
    factors = separated.components.factors
    separated.document.preview_factors(random_factors(separated, 4, seed=9))
    assert (
        separated.components.factors is factors and separated.components.run() == separated.document.recorded_state.run
    )
    separated.document.end_preview()


def test_they_come_into_the_document_once(desk, until):
    until(lambda: desk.components.factors is not None)
    run = desk.components.run()
    assert desk.components.run() == run and list(desk.document.runs) == [run]
    assert desk.document.runs[run].factors is desk.components.factors


def test_they_come_into_the_document_again_where_they_were_forgotten(desk, until):
    until(lambda: desk.components.factors is not None)
    first = desk.components.run()
    for seed in range(40):
        separate(desk, 2, seed)
    while desk.document.step:
        desk.document.undo()
    assert first not in desk.document.runs
    again = desk.components.run()
    assert again != first and desk.document.runs[again].factors is desk.components.factors


def test_the_search_for_a_number_of_components_is_another_work(desk, until, settle):
    """Neither of the two stops the other."""
    found = []
    desk.tools.choose(Tool.POINT)
    desk.measuring.try_components(RunSettings(), lambda *each: found.append(each))
    until(lambda: desk.components.factors is not None)
    settle()
    assert len(found) == 1


def test_with_nothing_open_there_are_none(empty):
    empty.components.want()
    assert empty.components.factors is None and empty.components.run() is None and not empty.runner.jobs
    assert isinstance(empty.document, Document) and not isinstance(empty.components.factors, Factors)
