"""Loudness against the published cases of the standard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import make_scene
from workbench.audio.export import Level, LevelKind, Piece, brought_to
from workbench.audio.loudness import Meter, channel_weights, k_weighting, measured, original_gain
from workbench.audio.renderer import render, render_all
from workbench.audio.scene import Ear, Hear
from workbench.audio.writing import measure
from workbench.errors import UserError


def tone(db, seconds, frequency=1000.0, rate=48000, channels=2, phase=0.0):
    t = np.arange(round(seconds * rate)) / rate
    one = 10 ** (db / 20) * np.sin(2 * np.pi * frequency * t + phase)
    return np.repeat(one[:, None], channels, axis=1).astype(np.float32)


def test_the_weighting_has_the_coefficients_of_the_standard_at_48_khz():
    # ITU-R BS.1770-4, tables 1 and 2.
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    low_cut = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(k_weighting(48000), [shelf, low_cut], atol=1e-8)


@pytest.mark.parametrize("rate", [44100, 48000, 96000, 192000])
def test_a_full_scale_sine_in_one_channel_is_minus_3_lufs(rate):
    # BS.1770-4: 0 dBFS at 997 Hz in one front channel reads −3.01 LKFS.
    out = measured([tone(0.0, 5.0, 997.0, rate, 1)], rate, 1)
    assert out.lufs == pytest.approx(-3.01, abs=0.03)


@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        # EBU Tech 3341, cases 1 to 5: (dBFS, seconds) of a stereo sine at 1 kHz.
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_the_cases_of_ebu_tech_3341(parts, lufs):
    out = measured([tone(db, seconds) for db, seconds in parts], 48000, 2)
    assert out.lufs == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize(
    ("fraction", "phase", "peak_db"), [(4, 0, -6.0), (4, 45, -6.0), (6, 60, -6.0), (8, 67.5, -6.0)]
)
def test_true_peaks_of_ebu_tech_3341(fraction, phase, peak_db):
    # Cases 15 to 18: sines at a fraction of the rate whose samples miss the crests; +0.2 / −0.4 dB are allowed.
    sine = tone(-6.0, 1.0, 48000 / fraction, 48000, 2, np.deg2rad(phase))
    fade = np.minimum(1, np.minimum(np.arange(48000), np.arange(48000)[::-1]) / 2400)[:, None].astype(np.float32)
    out = measured(np.array_split(sine * fade, 7), 48000, 2)
    assert peak_db - 0.4 < 20 * np.log10(out.true_peak) < peak_db + 0.2


def test_blocks_of_any_size_give_the_same():
    rng = np.random.default_rng(0)
    noise = (0.1 * rng.standard_normal((30000, 2))).astype(np.float32)
    whole = measured([noise], 8000, 2)
    cut = measured(np.split(noise, sorted(rng.integers(0, 30000, 60))), 8000, 2)
    assert cut.lufs == pytest.approx(whole.lufs, abs=1e-9)
    assert (cut.peak, cut.true_peak) == (whole.peak, pytest.approx(whole.true_peak, rel=1e-6))


def test_silence_and_very_short_sounds():
    assert measured([], 44100, 2).lufs == float("-inf")
    assert measured([np.zeros((44100, 2), np.float32)], 44100, 2).lufs == float("-inf")
    assert -30 < measured([tone(-10, 0.02, rate=44100)], 44100, 2).lufs < 0


def test_surround_channels_weigh_more_and_the_low_frequency_one_nothing():
    assert list(channel_weights(6)) == [1, 1, 1, 0, 1.41, 1.41]


def test_the_original_is_made_as_loud_as_the_mix():
    scene = make_scene(3, 4.0, 44100)
    first, *rest = scene.stack.layers
    layers = (replace(first, mute=True), *(replace(each, gain_db=-9.0) for each in rest))
    scene = replace(scene, stack=replace(scene.stack, layers=layers))
    gain = original_gain(scene, 0, len(scene.recording.samples))
    assert gain < -5
    matched = replace(scene, ear=Ear(Hear.ORIGINAL, original_db=gain))
    loud = [measured([render_all(each)], 44100, 2).lufs for each in (scene, matched)]
    assert loud[0] == pytest.approx(loud[1], abs=0.5)


@pytest.mark.parametrize("pan", [0.0, 0.03, 1.0])
def test_a_mono_original_is_compared_as_it_is_heard_on_two_loudspeakers(pan):
    scene = make_scene(1, 4.0, 44100, channels=1)
    scene = replace(scene, stack=replace(scene.stack, layers=(replace(scene.stack.layers[0], pan=pan),)))
    gain = original_gain(scene, 0, len(scene.recording.samples))
    matched = replace(scene, ear=Ear(Hear.ORIGINAL, original_db=gain))
    loud = [measured([np.concatenate(list(render(each, outputs=2)))], 44100, 2).lufs for each in (scene, matched)]
    assert loud[0] == pytest.approx(loud[1], abs=0.3)


def test_a_meter_of_nothing_heard_leaves_the_original_alone():
    scene = make_scene(2, 1.0)
    silent = tuple(replace(layer, mute=True) for layer in scene.stack.layers)
    assert original_gain(replace(scene, stack=replace(scene.stack, layers=silent)), 0, 8000) == 0.0
    assert Meter(8000, 2).result().true_peak == 0.0


@pytest.mark.parametrize("rate", [1000, 2000, 3300, 3400, 4000, 7999, 8000, 192_000, 2_000_000])
def test_a_tone_is_as_loud_at_any_rate(rate):
    def loudness(rate, hz):
        tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(2.0 * rate)) / rate)
        return measured([tone[:, None].astype(np.float32)], rate, 1).lufs

    for hz in (60.0, 200.0):
        assert loudness(rate, hz) == pytest.approx(loudness(48_000, hz), abs=0.3)


def test_at_rates_that_hold_nothing_of_what_is_heard_loudness_is_refused():
    with pytest.raises(UserError, match=r"audio\.no_loudness"):
        k_weighting(999)
    scene = make_scene(2, 30.0, 500)
    piece = Piece(Path("x.wav"), scene)
    (found,) = measure([piece])
    assert found.loudness is None and found.peak > 0
    with pytest.raises(UserError, match=r"audio\.no_loudness"):
        brought_to(piece, found, Level(LevelKind.LUFS, -16.0))
    assert brought_to(piece, found, Level(LevelKind.PEAK, -1.0))[1].peak == pytest.approx(10 ** (-1 / 20))
    assert original_gain(scene, 0, len(scene.recording.samples)) == 0.0
