"""Playback through a real PortAudio stream into a PulseAudio null sink, whose monitor is recorded."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import make_scene
from tests.rig import align, null_sink, residual_db
from workbench.audio.feed import Block, Loop
from workbench.audio.output import Output
from workbench.audio.player import Player
from workbench.audio.renderer import render_all
from workbench.ui.dialogs.sound_dialog import LATENCIES

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]


def wait(condition, seconds=8.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def sink():
    with null_sink(44100) as running:
        yield running


def panned_scene(seconds=4.0, rate=44100, channels=2):
    scene = make_scene(3, seconds, rate, channels)
    first, *rest = scene.stack.layers
    first = replace(first, gain_db=-6.0, pan=0.4 if channels <= 2 else 0.0)
    return replace(scene, stack=replace(scene.stack, layers=(first, *rest)))


class Playing:
    """A player of one scene that can be exchanged."""

    def __init__(self, scene):
        self.scene = scene
        self.player = Player(lambda: self.scene)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.player.close()

    @property
    def status(self):
        return self.player.status()


def test_what_is_heard_is_what_is_rendered(sink):
    with Playing(panned_scene()) as p, sink.recorded() as recorded:
        # As the window does when a recording is opened: the stream runs before the first sound.
        p.player.prepare()
        time.sleep(0.5)
        p.player.play(0)
        wait(lambda: p.status.position > 1.5)
        p.player.stop()
        wait(lambda: not p.status.playing)
        assert p.status.underruns == 0
    reference = render_all(p.scene, 0, 44100)
    assert residual_db(reference, align(reference, recorded[0])) < -80


def test_a_change_is_heard_while_playing(sink):
    with Playing(panned_scene()) as p, sink.recorded() as recorded:
        p.player.play(0)
        wait(lambda: p.status.position > 0.7)
        layers = tuple(replace(layer, mute=True) for layer in p.scene.stack.layers)
        p.scene = replace(p.scene, stack=replace(p.scene.stack, layers=layers))
        wait(lambda: p.status.position > 1.6)
        p.player.stop()
        wait(lambda: not p.status.playing)
    loud = np.nonzero(np.abs(recorded[0]).max(axis=1) > 1e-4)[0]
    heard = (loud[-1] - loud[0]) / 44100
    assert 0.5 < heard < 1.4


def test_an_edit_goes_over_into_the_new_sound_at_the_same_place(sink):
    before = panned_scene()
    layers = tuple(replace(layer, gain_db=-3.0 * i, pan=0.1 * i) for i, layer in enumerate(before.stack.layers))
    after = replace(before, stack=replace(before.stack, layers=layers))
    with Playing(before) as p, sink.recorded() as recorded:
        p.player.prepare()
        time.sleep(0.5)
        p.player.play(0)
        wait(lambda: p.status.position > 0.8)
        p.scene = after
        wait(lambda: p.status.position > 1.8)
        p.player.stop()
        wait(lambda: not p.status.playing)
    old, new = render_all(before, 0, 70000), render_all(after, 0, 70000)
    start = int(np.argmax(np.correlate(recorded[0].sum(axis=1), old[:20000].sum(axis=1), "valid")))
    got = recorded[0][start : start + 70000]
    same_old = np.abs(got - old).max(axis=1) < 1e-5
    same_new = np.abs(got - new).max(axis=1) < 1e-5
    ramp = np.flatnonzero(~same_old & ~same_new)
    assert 30000 < ramp[0] < 60000
    assert ramp[-1] - ramp[0] <= round(0.012 * 44100)
    assert same_old[: ramp[0]].all() and same_new[ramp[-1] + 1 :].all()


def test_a_seek_goes_over_within_the_ring(sink):
    with Playing(panned_scene()) as p, sink.recorded() as recorded:
        p.player.prepare()
        time.sleep(0.5)
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        p.player.seek(100_000)
        wait(lambda: p.status.position > 100_000 / 44100 + 0.5)
        p.player.stop()
        wait(lambda: not p.status.playing)
    x, whole = recorded[0], render_all(p.scene)
    start = int(np.argmax(np.correlate(x.sum(axis=1), whole[100_600:118_000].sum(axis=1), "valid"))) - 600
    first = int(np.argmax(np.correlate(x.sum(axis=1), whole[:18_000].sum(axis=1), "valid")))
    length = start - first
    assert length > 0.4 * 44100
    assert residual_db(whole[:length], x[first:start]) < -80
    assert residual_db(whole[100_600:115_000], x[start + 600 : start + 15_000]) < -80


def test_speed_and_scrubbing_are_heard(sink):
    with Playing(panned_scene(8.0)) as p, sink.recorded() as recorded:
        p.player.set_speed(2.0)
        p.player.play(0)
        wait(lambda: p.status.position > 1.0)
        p.player.set_speed(0.5)
        wait(lambda: p.status.position > 1.4)
        p.player.stop()
        wait(lambda: not p.status.playing)
        p.player.scrub(3 * 44100.0)
        wait(lambda: p.status.playing and p.status.peaks and max(p.status.peaks) > 0.01)
        p.player.scrub(3.3 * 44100.0)
        wait(lambda: p.status.position > 3.25)
        p.player.scrub(None)
        wait(lambda: not p.status.playing)
        assert p.status.position == pytest.approx(3.3, abs=0.01)
        assert p.status.underruns == 0
    assert np.abs(recorded[0]).max() > 0.05


def test_a_latency_may_be_chosen(sink):
    with Playing(panned_scene()) as p:
        p.player.set_latency(0.12)
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        assert p.status.latency > 0.12 and p.status.rate == 44100
        p.player.set_latency(0.02)
        wait(lambda: p.status.position > 0.8)
        assert 0.02 < p.status.latency < 0.08
        assert 0.05 < p.status.buffered < 0.4


def test_one_slow_render_does_not_make_the_player_deaf(sink, monkeypatch):
    import workbench.audio.player as player

    real, slow = player.open_feed, []

    def once_slow(*args):
        if slow:
            time.sleep(slow.pop())
        return real(*args)

    monkeypatch.setattr(player, "open_feed", once_slow)
    with Playing(panned_scene(30.0)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.4)
        slow.append(0.3)
        p.scene = replace(p.scene, stack=replace(p.scene.stack))
        wait(lambda: not slow)
        p.scene = replace(p.scene, stack=replace(p.scene.stack))
        wait(lambda: p.player._feed is not None and p.player._feed.scene is p.scene)
        p.player.seek(15 * 44100)
        wait(lambda: 15.0 < p.status.position < 17)


def test_playing_elsewhere_while_it_plays_does_not_click(sink):
    from tests.audio.test_feed import sine_scene

    with Playing(sine_scene(seconds=20.0)) as p, sink.recorded() as recorded:
        p.player.prepare()
        time.sleep(0.5)
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        for second in (5.003, 9.007, 2.001):
            p.player.play(round(second * 44100))
            wait(lambda second=second: second + 0.3 < p.status.position < second + 2)
        p.player.stop()
        p.player.play(round(12.009 * 44100))
        wait(lambda: p.status.position > 12.3)
        p.player.stop()
        wait(lambda: not p.status.playing)
    own = 0.5 * 2 * np.pi * 50 / 44100
    assert np.abs(np.diff(recorded[0], axis=0)).max() < 2.6 * own


def test_an_empty_block_is_nothing_to_write(sink):
    # What a feed gives at the end of the recording; a stop there asks for one more block to fade out.
    output = Output(44100, 2, None, 0.03, fresh=False)
    try:
        output.write(Block(np.zeros((0, 2), np.float32), 1000.0, 1.0))
        assert output.buffered == 0
        output.write(Block(np.zeros((700, 2), np.float32), 1000.0, 1.0))
        assert output.buffered == 700
    finally:
        output.close()


def test_a_pending_seek_and_a_stop_outlast_another_device(sink):
    with Playing(panned_scene(20.0)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        p.player.seek(10 * 44100)
        p.player.set_latency(0.06)
        wait(lambda: 10.0 < p.status.position < 13)
        p.player.stop()
        p.player.set_latency(0.03)
        p.player.look_again()
        wait(lambda: not p.status.playing)
        time.sleep(0.3)
        assert not p.status.playing


@pytest.mark.parametrize("latency", LATENCIES)
@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_every_latency_that_is_offered_plays(sink, rate, latency):
    with Playing(panned_scene(2.0, rate)) as p:
        p.player.set_latency(latency)
        p.player.play(0)
        wait(lambda: p.status.position > 0.2)
        assert p.status.trouble == ""


def test_a_loop_repeats_exactly(sink):
    with Playing(panned_scene()) as p, sink.recorded() as recorded:
        p.player.set_loop(Loop(20000, 40000))
        p.player.play(20000)
        time.sleep(1.6)
        p.player.stop()
        wait(lambda: not p.status.playing)
    reference = render_all(p.scene, 21000, 39000)
    x = recorded[0]
    mono = x.sum(axis=1)
    probe = reference.sum(axis=1)[:4000]
    score = np.correlate(mono, probe, "valid") / np.sum(probe**2)
    places = [i for i in np.nonzero(score > 0.98)[0] if score[i] == score[max(0, i - 50) : i + 50].max()]
    assert len(places) >= 2 and set(np.diff(places)) == {20000}
    for at in places[:2]:
        assert residual_db(reference, x[at : at + len(reference)]) < -80


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (48000, 2), (192000, 8)])
def test_every_rate_and_channel_count_plays(sink, rate, channels):
    with Playing(panned_scene(2.0, rate, channels)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        assert p.status.trouble == "" and max(p.status.peaks) > 0


def test_playing_to_the_end_stops_and_goes_back(sink):
    with Playing(panned_scene(0.6)) as p:
        p.player.play(0)
        wait(lambda: p.status.playing)
        wait(lambda: not p.status.playing)
        assert p.status.position == 0


def test_seeking_moves_what_is_heard(sink):
    with Playing(panned_scene()) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        p.player.seek(3 * 44100)
        wait(lambda: 3.0 < p.status.position < 3.9)


def test_devices_are_listed_and_can_be_chosen(sink):
    with Playing(panned_scene()) as p:
        wait(lambda: p.player.devices)
        device = next(d for d in p.player.devices if d.name == "pulse")
        p.player.set_device(device.key)
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        p.player.look_again()
        wait(lambda: p.status.position > 0.8)


def test_a_defect_in_the_feeder_is_reported_and_the_next_play_works(sink, monkeypatch):
    caught = []
    monkeypatch.setattr("sys.excepthook", lambda *info: caught.append(info[1]))
    with Playing(panned_scene()) as p:
        whole = p.scene
        p.scene = replace(whole, stack=replace(whole.stack, frames=-5, factors=None, layers=()))
        p.player.play(0)
        wait(lambda: caught)
        p.scene = whole
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)


def test_without_portaudio_it_says_so(monkeypatch):
    import builtins

    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with Playing(make_scene()) as p:
        p.player.play(0)
        wait(lambda: p.status.trouble)
        assert "PortAudio is not installed" in p.status.trouble
        p.player.stop()
        wait(lambda: not p.status.playing)


def test_without_a_device_it_says_so_and_finds_it_when_it_comes():
    scene = panned_scene(20.0)
    with Playing(scene) as p:
        with null_sink(44100, refresh=False):
            p.player.play(0)
            wait(lambda: p.status.position > 0.3)
        wait(lambda: p.status.trouble, 15)
        assert "everything" in p.status.trouble and p.status.playing
        with null_sink(44100, refresh=False):
            before = p.status.position
            wait(lambda: not p.status.trouble and p.status.position > before + 0.3, 15)
