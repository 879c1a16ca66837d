"""What is measured for the user."""

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.control.scenes import RATE, open_tones, select_box
from workbench.audio.recording import Recording
from workbench.control.measuring import CANDIDATES
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels


@pytest.fixture
def residuals(empty):
    found = []
    empty.measuring.residual_measured.connect(found.append)
    return found


def test_masks_are_measured_within_what_is_selected(separated, settle):
    found = []
    separated.measuring.measure_masks(lambda report, scene: found.append((report, scene)))
    scene = separated.document.scene
    select_box(separated, 3, 9, 3, 9)
    separated.masks.invert()
    settle()
    (measured,) = found
    assert measured[1] is scene


def test_layers_are_compared_unless_there_is_only_one(desk, settle, told):
    found = []
    desk.measuring.portray(lambda portrait, scene: found.append(scene))
    assert "several layers" in told.refused[0]
    desk.layers.add()
    desk.measuring.portray(lambda portrait, scene: found.append(scene))
    settle()
    assert len(found) == 1


def test_reference_sounds_are_read(desk, settle, tmp_path, told):
    path = tmp_path / "Bass.wav"
    soundfile.write(path, tone_mix(0.5, RATE), RATE)
    found = []
    desk.measuring.load_references([path], found.append)
    settle()
    ((name, spectrum),) = found[0]
    assert name == "Bass" and spectrum.shape == (desk.document.stack.bins,)
    desk.measuring.load_references([tmp_path / "missing.wav"], found.append)
    settle()
    assert told.troubled and len(found) == 1


def test_numbers_of_components_are_tried(desk, settle):
    found = []
    desk.measuring.try_components(RunSettings(), lambda *each: found.append(each))
    settle()
    ((candidates, costs, shares),) = found
    assert candidates == CANDIDATES and len(costs) == len(candidates) and costs[0] > costs[-1] and len(shares)


def test_of_successive_wishes_the_last_counts(separated, settle):
    found = []
    separated.measuring.measure_masks(lambda *each: found.append(1))
    separated.measuring.measure_masks(lambda *each: found.append(2))
    settle()
    assert found == [2]


def test_the_parts_sum_to_the_mix(separated, until, residuals):
    until(lambda: residuals)
    assert residuals[0] < -100


def test_of_silence_nothing_is_known(empty, until, residuals):
    samples = np.zeros((4000, 1), np.float32)
    recording = Recording(samples, RATE, open_tones(empty).path)
    state = empty.document.recorded_state
    empty.document.open(recording, analyse_levels(samples, state.analysis), state)
    until(lambda: residuals)
    assert residuals[-1] is None


def test_what_was_measured_of_a_former_recording_is_dropped(separated, until, residuals):
    until(lambda: any(not job.name for job in separated.runner.jobs))
    job = separated.runner.jobs[-1]
    assert job.wait(10)
    open_tones(separated)
    until(lambda: job not in separated.runner.jobs)
    assert not residuals


def test_with_nothing_open_nothing_is_measured(empty, told):
    empty.measuring.measure_masks(lambda *_: None)
    empty.measuring.portray(lambda *_: None)
    empty.measuring.try_components(RunSettings(), lambda *_: None)
    assert told.nothing and not empty.runner.jobs
