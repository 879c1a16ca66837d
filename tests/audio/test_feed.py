from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import make_scene
from workbench.audio.feed import Feed, Loop
from workbench.audio.recording import Recording
from workbench.spectral.stft import Analysis


def take(feed, scene, count, block=100):
    pieces, starts = [], []
    while sum(map(len, pieces)) < count and not feed.finished:
        piece, at = feed.read(scene, block)
        pieces.append(piece)
        starts.append(at)
    return np.concatenate(pieces), starts


def test_plays_to_the_end_and_finishes():
    scene = make_scene(2, 0.5)
    out, starts = take(Feed(scene, 0, None), scene, 10**6)
    np.testing.assert_array_equal(out, scene.recording.samples)
    assert starts[:3] == [0, 100, 200]


def test_a_turn_of_the_loop_lasts_exactly_its_length():
    scene = make_scene(2, 1.0)
    out, _ = take(Feed(scene, 1000, Loop(1000, 3000)), scene, 9000)
    x = scene.recording.samples
    for turn in range(4):
        # 40 samples of fade at either side of the seam are not compared
        np.testing.assert_array_equal(out[turn * 2000 + 60 : turn * 2000 + 1900], x[1060:2900])


def test_a_loop_shorter_than_a_fade_still_loops():
    scene = make_scene(2, 1.0)
    out, starts = take(Feed(scene, 1000, Loop(1000, 1030)), scene, 3000)
    assert len(out) >= 3000 and max(starts) < 1030


@pytest.mark.parametrize("act", ["loop", "seek", "end", "begin"])
def test_nothing_clicks_on_a_50_hz_sine(act):
    rate = 44100
    t = np.arange(rate * 2) / rate
    sine = (0.5 * np.sin(2 * np.pi * 50 * t)).astype(np.float32)[:, None].repeat(2, axis=1)
    base = make_scene(2, 2.0, rate, analysis=Analysis(1024, 256))
    scene = replace(base, recording=Recording(sine, rate, base.recording.path))
    feed = Feed(scene, 12345, Loop(12345, 32000) if act == "loop" else None)
    first, _ = take(feed, scene, 5000)
    if act == "seek":
        feed.seek(60011)
    if act == "end":
        feed.end()
    rest, _ = take(feed, scene, 40000)
    out = np.concatenate([first, rest, np.zeros((1, 2), np.float32)] if act == "end" else [first, rest])
    out = np.concatenate([np.zeros((1, 2), np.float32), out])
    own = np.abs(np.diff(sine, axis=0)).max()
    # A raised-cosine fade of 5 ms of a signal below 0.5 adds at most 0.5 · π / (2 · 220 samples) a sample, on both.
    assert np.abs(np.diff(out, axis=0)).max() < own + 2 * 0.5 * np.pi / (2 * 220)


def test_a_change_of_the_window_goes_on_at_the_same_sample():
    scene = make_scene(2, 1.0, analysis=Analysis(512, 128))
    other = make_scene(2, 1.0, analysis=Analysis(1024, 256))
    feed = Feed(scene, 0, None)
    first, _ = take(feed, scene, 1000)
    rest, _ = take(feed, other, 1000)
    np.testing.assert_allclose(np.concatenate([first, rest]), scene.recording.samples[:2000], atol=1e-6)
