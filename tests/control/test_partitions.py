"""Stacks that are computed as a whole."""

import numpy as np
import pytest

from tests.control.scenes import acts, masks, names, open_tones
from workbench.separation.settings import Method, RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

HPSS = RunSettings(method=Method.HPSS)
FINER = RunSettings(method=Method.HPSS, harmonic_frames=9)


def stacks(desk):
    return [each.name for each in desk.document.state.stacks]


def test_tones_and_hits_come_in_a_stack_of_their_own(desk, settle):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    assert stacks(desk) == ["Factorisation"]
    settle()
    assert stacks(desk) == ["Factorisation", "Tones and hits"] and acts(desk) == ["Tones and hits HPSS 17/31"]
    assert len(names(desk)) >= 2 and np.abs(masks(desk).sum(axis=0) - 1).max() < 1e-2


def test_moved_sliders_are_one_step_and_one_stack(desk, settle):
    desk.partitions.begin_tones()
    for settings in (HPSS, FINER):
        desk.partitions.split_tones(settings)
        settle()
    assert stacks(desk) == ["Factorisation", "Tones and hits"] and acts(desk) == ["Tones and hits HPSS 9/31"]
    assert len(desk.document.runs) == 1
    desk.document.undo()
    assert stacks(desk) == ["Factorisation"]


def test_of_successive_wishes_the_last_counts(desk, settle):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    desk.partitions.split_tones(FINER)
    settle()
    assert acts(desk) == ["Tones and hits HPSS 9/31"]


def test_begun_again_it_is_another_stack(desk, settle):
    for _ in range(2):
        desk.partitions.begin_tones()
        desk.partitions.split_tones(HPSS)
        settle()
    assert len(stacks(desk)) == 3 and len(acts(desk)) == 2


def test_a_slider_goes_on_in_its_stack_though_another_is_shown(desk, settle):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    settle()
    made = desk.document.state.shown
    desk.stacks.show_next(1)
    desk.partitions.split_tones(FINER)
    settle()
    assert desk.document.state.shown == made and len(stacks(desk)) == 2


def test_where_the_stack_was_taken_back_another_is_made(desk, settle):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    settle()
    desk.document.undo()
    desk.partitions.split_tones(FINER)
    settle()
    assert stacks(desk) == ["Factorisation", "Tones and hits"]


def test_in_another_recording_it_begins_anew(desk, settle):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    settle()
    state, runs, levels = desk.document.recorded_state, dict(desk.document.runs), desk.document.levels
    desk.document.open(desk.document.recording, levels, state, runs)
    desk.partitions.split_tones(FINER)
    settle()
    assert len(stacks(desk)) == 3


@pytest.mark.parametrize("what", ["recording", "window"])
def test_what_comes_too_late_is_dropped(desk, settle, what):
    desk.partitions.begin_tones()
    desk.partitions.split_tones(HPSS)
    if what == "recording":
        open_tones(desk, seconds=1.0)
    else:
        new = Analysis(1024, 256)
        desk.document.set_analysis("wider", new, analyse_levels(desk.document.recording.samples, new))
    settle()
    assert stacks(desk) == ["Factorisation"]


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.partitions.begin_tones()
    empty.partitions.split_tones(HPSS)
    assert told.nothing and not empty.runner.jobs
