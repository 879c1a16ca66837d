"""Components that are found without any knowledge, beside a steady noise."""

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.nmf import noise_floor
from workbench.progress import Cancelled
from workbench.separation.blind import COMPONENTS, NOISE, SETTINGS, blind_components
from workbench.spectral.stft import Analysis, magnitudes

ANALYSIS, RATE = Analysis(512, 128), 8000


@pytest.fixture
def recording():
    return Recording(tone_mix(2.0, RATE), RATE, Path("tones.wav"))


def test_the_last_component_is_the_noise_floor_at_all_times(recording):
    found = blind_components(recording, ANALYSIS)
    frames = ANALYSIS.frames(len(recording.samples))
    assert found.W.shape == (ANALYSIS.bins, COMPONENTS + 1) and found.H.shape == (COMPONENTS + 1, frames)
    assert SETTINGS.components == COMPONENTS + 1
    floor = noise_floor(magnitudes(recording.samples, ANALYSIS, 1.0))
    noise = np.outer(found.W[:, NOISE], found.H[NOISE])
    np.testing.assert_allclose(noise, np.repeat(floor[:, None], frames, axis=1), rtol=1e-3)


def test_together_they_are_the_recording(recording):
    found, v = blind_components(recording, ANALYSIS), magnitudes(recording.samples, ANALYSIS, 1.0)
    assert np.isfinite(found.W).all() and np.isfinite(found.H).all() and min(found.W.min(), found.H.min()) >= 0
    model = found.W @ found.H
    divergence = (v * np.log(np.maximum(v, 1e-12) / np.maximum(model, 1e-12)) - v + model).sum()
    assert divergence < 0.1 * v.sum()


def test_they_are_the_same_every_time(recording):
    one, other = blind_components(recording, ANALYSIS), blind_components(recording, ANALYSIS)
    assert np.array_equal(one.W, other.W) and np.array_equal(one.H, other.H)


def test_progress_rises_and_stops_the_work(recording):
    told = []
    blind_components(recording, ANALYSIS, told.append)
    assert told == sorted(told) and told[0] >= 0 and told[-1] <= 1 and len(told) > 50

    def stop(share):
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        blind_components(recording, ANALYSIS, stop)


@pytest.mark.parametrize("samples", [1, 100, 2000])
def test_silence_and_the_shortest_recordings_have_components_too(samples):
    silent = Recording(np.zeros((samples, 1), np.float32), RATE, Path("silence.wav"))
    found = blind_components(silent, ANALYSIS)
    assert np.isfinite(found.W).all() and np.isfinite(found.H).all()
