from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.feed import ConvertedFeed, Feed, Loop
from workbench.audio.recording import Recording
from workbench.audio.renderer import render_all
from workbench.spectral.stft import Analysis


def take(feed, count, block=100):
    pieces, starts = [], []
    while sum(map(len, pieces)) < count and not feed.finished:
        piece = feed.read(block)
        pieces.append(piece.samples)
        starts.append(piece.position)
    return np.concatenate(pieces), starts


def sine_scene(frequency=50.0, rate=44100, seconds=2.0):
    t = np.arange(round(rate * seconds)) / rate
    sine = (0.5 * np.sin(2 * np.pi * frequency * t)).astype(np.float32)[:, None].repeat(2, axis=1)
    base = make_scene(2, seconds, rate, analysis=Analysis(1024, 256))
    return replace(base, recording=Recording(sine, rate, base.recording.path))


def test_plays_to_the_end_and_finishes():
    scene = make_scene(2, 0.5)
    out, starts = take(Feed(scene, 0, None), 10**6)
    np.testing.assert_array_equal(out, scene.recording.samples)
    assert starts[:3] == [0, 100, 200]


def test_a_turn_of_the_loop_lasts_exactly_its_length():
    scene = make_scene(2, 1.0)
    out, _ = take(Feed(scene, 1000, Loop(1000, 3000)), 9000)
    x = scene.recording.samples
    for turn in range(4):
        # The fade, 96 samples at this rate, ends where the loop begins.
        np.testing.assert_array_equal(out[turn * 2000 : turn * 2000 + 1900], x[1000:2900])


def test_a_loop_shorter_than_a_fade_still_loops():
    scene = make_scene(2, 1.0)
    out, starts = take(Feed(scene, 1000, Loop(1000, 1030)), 3000)
    assert len(out) >= 3000 and max(starts) < 1030


@pytest.mark.parametrize("speed", [1.0, 0.5, 2.0])
@pytest.mark.parametrize("length", [19655, 2000, 700, 300])
def test_nothing_clicks_at_the_seam_of_a_50_hz_sine(length, speed):
    scene = sine_scene()
    out, _ = take(Feed(scene, 12345, Loop(12345, 12345 + length), speed), 60000)
    own = np.abs(np.diff(scene.recording.samples, axis=0)).max()
    # The step of a cross-fade of T seconds is at most sqrt(1 + (pi / omega T)²) of the sine's own; where a loop is
    # short, so are its fades, and where the vocoder joins, it may add a little.
    fade = min(0.012, int(length // 2 / speed) / 44100)
    assert np.abs(np.diff(out, axis=0)).max() <= own * (np.hypot(1, 1 / (2 * 50 * fade)) + 0.1)


def test_a_converted_feed_that_begins_behind_the_loop_plays_on():
    scene = sine_scene(440.0, 44100)
    feed = ConvertedFeed(scene, 66250, Loop(44100, 66150), 1.0, 48000)
    _, starts = take(feed, 6000)
    assert all(b > a for a, b in pairwise(starts)) and starts[0] == 66250


@pytest.mark.parametrize("before", [5, 100, 400, 575, 700])
@pytest.mark.parametrize("stop", [52100, 88200])
def test_a_converted_feed_that_begins_just_before_the_seam_stays_in_the_loop(stop, before):
    scene = sine_scene(440.0, 44100)
    feed = ConvertedFeed(scene, stop - before, Loop(44100, stop), 1.0, 48000)
    _, starts = take(feed, 12000)
    # Within the seam the place is that of the sound that comes in, which is before the loop's start.
    assert not feed.finished and max(starts) < stop and min(starts) > 44100 - 600


def test_places_told_by_a_converted_feed_stay_in_the_loop():
    scene = sine_scene(440.0, 44100)
    loop = Loop(44100, 52100)
    _, starts = take(ConvertedFeed(scene, 44100, loop, 1.0, 48000), 40000)
    assert min(starts) > 44100 - 600 and max(starts) < 52100


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_speed_changes_the_length_and_keeps_the_pitch(speed):
    scene = sine_scene(1000.0, 16000)
    out, starts = take(Feed(scene, 0, None, speed), 10**6)
    assert len(out) == pytest.approx(32000 / speed, abs=2)
    middle = out[4000 : len(out) - 4000, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    loudest = np.argmax(spectrum) * 16000 / len(middle)
    assert loudest == pytest.approx(1000.0, abs=16000 / len(middle))
    # A clean sine: next to nothing beside its own peak, and the level is kept.
    peak = int(np.argmax(spectrum))
    beside = np.concatenate([spectrum[: peak - 20], spectrum[peak + 20 :]])
    assert 20 * np.log10(beside.max() / spectrum[peak]) < -50
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    assert starts[10] == pytest.approx(starts[0] + 10 * 100 * speed, abs=1e-6)


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_turn_of_the_loop_lasts_its_length_at_every_speed(speed):
    scene = sine_scene(1000.0, 16000)
    _, starts = take(Feed(scene, 8000, Loop(8000, 12000), speed), 40000, block=50)
    turns = [i for i, (a, b) in enumerate(pairwise(starts)) if b < a]
    # Blocks end at the seam and at the fade's end, so that the place of a turn is known to a block.
    assert len(turns) >= 3
    assert np.diff(turns)[1:] == pytest.approx(4000 / speed / 50, abs=2)


def test_a_hand_that_stands_still_hears_the_spectrum_there():
    scene = sine_scene(1000.0, 16000)
    feed = Feed(scene, 16000, None, 0.0)
    out = np.concatenate([feed.read(512).samples for _ in range(20)])
    assert feed.position == 16000
    spectrum = np.abs(np.fft.rfft(out[:, 0] * np.hanning(len(out))))
    assert np.argmax(spectrum) * 16000 / len(out) == pytest.approx(1000.0, abs=2.0)
    feed.set_speed(1.0)
    for _ in range(20):
        feed.read(512)
    # What is heard follows half a window later.
    assert feed.position == pytest.approx(16000 + 20 * 512, abs=513)


def test_parts_sum_to_the_mix_at_half_speed():
    scene = make_scene(3, 0.5)
    whole, _ = take(Feed(scene, 0, None, 0.5), 10**6)
    total = np.zeros_like(whole, dtype=float)
    for alone in range(3):
        layers = tuple(replace(each, solo=i == alone) for i, each in enumerate(scene.stack.layers))
        part = replace(scene, stack=replace(scene.stack, layers=layers))
        total += take(Feed(part, 0, None, 0.5), 10**6)[0]
    assert residual_db(whole, total) < -110


@pytest.mark.parametrize("target", [48000, 22050])
def test_a_converted_feed_is_in_step_with_the_recording(target):
    rate = 44100
    scene = sine_scene(440.0, rate)
    feed = ConvertedFeed(scene, 30000, None, 1.0, target)
    out, starts = take(feed, 12000)
    seconds = 30000 / rate + np.arange(len(out)) / target
    reference = 0.5 * np.sin(2 * np.pi * 440 * seconds)
    assert residual_db(reference, out[:, 0]) < -50
    for i, start in enumerate(starts[:-1]):
        assert start == pytest.approx(30000 + i * 100 * rate / target, abs=1.0)


def test_a_converted_feed_ends_where_the_recording_ends():
    scene = sine_scene(440.0, 44100, 0.5)
    out, _ = take(ConvertedFeed(scene, 0, None, 1.0, 48000), 10**6)
    assert len(out) == pytest.approx(24000, abs=20)


def test_what_a_feed_plays_is_what_is_exported():
    scene = make_scene(3, 0.5)
    first, *rest = scene.stack.layers
    scene = replace(scene, stack=replace(scene.stack, layers=(replace(first, gain_db=-6.0, pan=0.3), *rest)))
    out, _ = take(Feed(scene, 0, None), 10**6, block=333)
    np.testing.assert_allclose(out, render_all(scene), atol=1e-6)
