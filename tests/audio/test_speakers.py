"""Each channel is heard where it belongs."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.audio.playing import played_without_a_hole, recorded_while, wait
from tests.conftest import random_stack
from tests.rig import null_sink
from workbench.audio.recording import Recording, load
from workbench.audio.scene import Scene
from workbench.audio.speakers import AS_IN_ALSA, AS_IN_OGG, AS_IN_WAV, Speaker, heard_speakers, placed, speakers_of
from workbench.spectral.stft import Analysis

RATE, LEVEL, DOWN = 44100, 0.05, np.sqrt(0.5)
AMBISONIC = (Speaker.W, Speaker.X, Speaker.Y, Speaker.UNKNOWN)


def pitches(channels):
    """Whole periods in a second, so that none is heard in another."""
    return [400 + 250 * c for c in range(channels)]


def tones(channels, seconds=3.0):
    """A tone of its own in every channel."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.stack([LEVEL * np.sin(2 * np.pi * hz * t) for hz in pitches(channels)], axis=1).astype(np.float32)


def heard(sink, speakers, loudspeakers):
    """How loud each channel comes out of each loudspeaker of a sink."""
    samples, analysis = tones(len(speakers)), Analysis(512, 128)
    recording = Recording(samples, RATE, Path("tones.wav"), places=speakers)
    scene = Scene(recording, analysis, random_stack(2, analysis, len(samples)))

    def act(p):
        p.player.set_loudspeakers(loudspeakers)
        p.player.play(0)
        wait(lambda: p.status.position > 1.7)

    recorded = played_without_a_hole(lambda: recorded_while(sink, scene, act))
    begin = np.flatnonzero(np.abs(recorded).max(axis=1) > 1e-3)[0] + RATE // 4
    second, t = recorded[begin : begin + RATE], np.arange(RATE) / RATE
    waves = np.stack([np.exp(-2j * np.pi * hz * t) for hz in pitches(len(speakers))])
    return np.abs(waves @ second).T * 2 / RATE / LEVEL


@pytest.mark.sound
@pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed")
@pytest.mark.parametrize(("channels", "counts"), [(1, [2, 6]), (2, [3, 6]), (6, [2, 6, 8]), (8, [4, 8])])
def test_channels_are_heard_where_they_belong(channels, counts):
    """Of sinks with as many channels, in the order of a sound card's."""
    with null_sink(RATE, channels) as sink:
        for count in counts:
            got = heard(sink, speakers_of(count), channels)
            wanted = placed(speakers_of(count), AS_IN_ALSA[channels])
            np.testing.assert_allclose(got, wanted, atol=0.02, err_msg=f"{count} on {channels}")


@pytest.mark.sound
@pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed")
def test_where_nobody_says_how_many_loudspeakers_there_are_it_is_stereo():
    with null_sink(RATE, 2) as sink:
        got = heard(sink, speakers_of(6), None)
    np.testing.assert_allclose(got, [[1, 0, DOWN, 0, DOWN, 0], [0, 1, DOWN, 0, 0, DOWN]], atol=0.02)


def test_the_downmix_is_that_of_bs_775():
    np.testing.assert_allclose(placed(speakers_of(3), AS_IN_WAV[2]), [[1, 0, DOWN], [0, 1, DOWN]])
    np.testing.assert_allclose(placed(speakers_of(4), AS_IN_WAV[2]), [[1, 0, DOWN, 0], [0, 1, 0, DOWN]])
    seven = placed(speakers_of(8), AS_IN_WAV[2])
    np.testing.assert_allclose(seven, [[1, 0, DOWN, 0, DOWN, 0, DOWN, 0], [0, 1, DOWN, 0, 0, DOWN, 0, DOWN]])
    # 7.1 on 5.1: the sides go to the backs, and nothing is heard twice.
    np.testing.assert_array_equal(placed(speakers_of(8), AS_IN_WAV[6]).sum(axis=0), np.ones(8))
    np.testing.assert_array_equal(placed(heard_speakers(speakers_of(1)), AS_IN_WAV[2]), np.eye(2))


def test_ambisonics_are_two_cardioids():
    matrix = placed(AMBISONIC, AS_IN_WAV[2])
    for angle, left in ((90, 1.0), (-90, 0.0), (0, 0.5), (180, 0.5)):
        # A source at an angle to the left, in the B format.
        t = np.radians(angle)
        source = np.array([np.sqrt(0.5), np.cos(t), np.sin(t), 0.0])
        np.testing.assert_allclose(matrix @ source, [left, 1 - left], atol=1e-6)


def test_places_are_those_that_the_file_tells_or_that_its_kind_has(tmp_path):
    for form, subtype, wanted in (
        ("WAV", "PCM_16", AS_IN_WAV),
        ("WAVEX", "PCM_16", AS_IN_WAV),
        ("FLAC", "PCM_16", AS_IN_WAV),
        ("OGG", "VORBIS", AS_IN_OGG),
    ):
        for count in (2, 6, 8) if form != "OGG" else (2, 6):
            soundfile.write(tmp_path / "a", tones(count, 0.2), RATE, format=form, subtype=subtype)
            found = load(tmp_path / "a").speakers
            assert len(found) == count
            if count < 8 or form != "WAVEX":
                assert found == wanted[count], (form, count)
