"""Playback through a real PortAudio stream into a PulseAudio null sink, whose monitor is recorded."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.audio.playing import Playing, crossing, panned_scene, place_of, played_without_a_hole, recorded_while, wait
from tests.conftest import make_scene
from tests.rig import align, null_sink, residual_db
from workbench.audio.connection import LADDER
from workbench.audio.feed import Block, Loop
from workbench.audio.output import Output
from workbench.audio.renderer import render_all
from workbench.audio.speakers import speakers_of

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]


def test_what_is_heard_is_what_is_rendered(sink):
    scene = panned_scene()

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 1.5)

    recorded = played_without_a_hole(lambda: recorded_while(sink, scene, act))
    reference = render_all(scene, 0, 44100)
    assert residual_db(reference, align(reference, recorded)) < -80


def test_a_change_is_heard_while_playing(sink):
    changed = []

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.7)
        layers = tuple(replace(layer, mute=True) for layer in p.scene.stack.layers)
        p.scene = replace(p.scene, stack=replace(p.scene.stack, layers=layers))
        changed.append(p.status.position)
        wait(lambda: p.status.position > changed[-1] + 0.9)

    recorded = played_without_a_hole(lambda: recorded_while(sink, panned_scene(), act))
    loud = np.nonzero(np.abs(recorded).max(axis=1) > 1e-4)[0]
    heard = (loud[-1] - loud[0]) / 44100
    assert 0.5 < heard < changed[-1] + 0.7


def test_an_edit_goes_over_into_the_new_sound_at_the_same_place(sink):
    before = panned_scene()
    layers = tuple(replace(layer, gain_db=-3.0 * i, pan=0.1 * i) for i, layer in enumerate(before.stack.layers))
    after = replace(before, stack=replace(before.stack, layers=layers))

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.8)
        p.scene = after
        wait(lambda: p.status.position > 1.8)

    recorded = played_without_a_hole(lambda: recorded_while(sink, before, act))
    old, new = render_all(before, 0, 70000), render_all(after, 0, 70000)
    start = place_of(old[:20000], recorded)
    assert crossing(recorded[start : start + 70000], old, new) > 30000


def test_a_seek_goes_over_within_the_ring(sink):
    scene = panned_scene()

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        p.player.seek(100_000)
        wait(lambda: p.status.position > 100_000 / 44100 + 0.5)

    recorded = played_without_a_hole(lambda: recorded_while(sink, scene, act))
    whole = render_all(scene)
    first, later = place_of(whole[:18_000], recorded), place_of(whole[110_000:118_000], recorded)
    # The sample that would be heard at `first`, had the sound behind the seek been there from the start.
    ahead = 110_000 - (later - first)
    length = 118_000 - ahead
    got, old, new = recorded[first : first + length], whole[:length], whole[ahead:118_000]
    at = crossing(got, old, new)
    # A feeder that comes too late cross-fades later, but to the place where the sound would be by then.
    assert at > 0.4 * 44100 and 100_000 <= ahead + at < 104_000


def test_speed_and_scrubbing_are_heard(sink):
    def act(p):
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

    recorded = played_without_a_hole(lambda: recorded_while(sink, panned_scene(), act))
    assert np.abs(recorded).max() > 0.05


def test_a_latency_may_be_chosen(sink):
    with Playing(panned_scene()) as p:
        p.player.set_latency(0.12)
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        assert p.status.latency > 0.12 and p.status.rate == 44100
        p.player.set_latency(0.02)
        wait(lambda: p.status.position > 0.8)
        assert 0.02 < p.status.latency < 0.08
        wait(lambda: 1.5 < p.status.buffered < 2.0)


def test_one_slow_render_does_not_make_the_player_deaf(sink, monkeypatch):
    import workbench.audio.feeder as feeder

    real, slow = feeder.open_feed, []

    def once_slow(*args):
        if slow:
            time.sleep(slow.pop())
        return real(*args)

    monkeypatch.setattr(feeder, "open_feed", once_slow)
    with Playing(panned_scene(40.0)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.4)
        slow.append(0.3)
        p.scene = replace(p.scene, stack=replace(p.scene.stack))
        wait(lambda: not slow)
        p.scene = replace(p.scene, stack=replace(p.scene.stack))
        wait(lambda: p.player._feeder.feed is not None and p.player._feeder.feed.scene is p.scene)
        p.player.seek(25 * 44100)
        wait(lambda: p.status.position > 25.0)


def test_playing_elsewhere_while_it_plays_does_not_click(sink):
    from tests.audio.test_feed import sine_scene

    def act(p):
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        for second in (5.003, 9.007, 2.001):
            p.player.play(round(second * 44100))
            wait(lambda second=second: second + 0.3 < p.status.position < second + 7)
        p.player.stop()
        p.player.play(round(12.009 * 44100))
        wait(lambda: p.status.position > 12.3)

    recorded = played_without_a_hole(lambda: recorded_while(sink, sine_scene(seconds=20.0), act))
    own = 0.5 * 2 * np.pi * 50 / 44100
    assert np.abs(np.diff(recorded, axis=0)).max() < 2.6 * own


def test_an_empty_block_is_nothing_to_write(sink):
    # What a feed gives at the end of the recording; a stop there asks for one more block to fade out.
    output = Output(44100, speakers_of(2), None, 0.03, fresh=False)
    try:
        output.ring.write(Block(np.zeros((0, 2), np.float32), 1000.0, 1.0))
        assert output.ring.buffered == 0
        output.ring.write(Block(np.zeros((700, 2), np.float32), 1000.0, 1.0))
        assert output.ring.buffered == 700
    finally:
        output.close()


def test_what_comes_last_is_played_though_the_ring_ran_dry_before(sink):
    output = Output(44100, speakers_of(2), None, 0.03, fresh=False)
    try:
        output.ring.write(Block(np.zeros((output.least, 2), np.float32), 0.0, 1.0))
        output.ensure_playing()
        wait(lambda: output._action not in output._mixer.actions)
        output.ring.write(Block(np.zeros((700, 2), np.float32), 1000.0, 1.0))
        wait(output.drained)
    finally:
        output.close()


def test_a_pending_seek_and_a_stop_outlast_another_device(sink):
    with Playing(panned_scene(20.0)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        p.player.seek(10 * 44100)
        p.player.set_latency(0.06)
        wait(lambda: p.status.position > 10.0)
        p.player.stop()
        p.player.set_latency(0.03)
        p.player.look_again()
        # The end comes after all that was asked for.
        p.player.close()
        assert not p.status.playing


# The shorter ones are what a user may ask for.
@pytest.mark.parametrize("latency", [0.01, 0.02, *LADDER])
@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_every_latency_that_is_offered_plays(sink, rate, latency):
    with Playing(panned_scene(4.0, rate)) as p:
        p.player.set_latency(latency)
        p.player.play(0)
        wait(lambda: p.status.position > 0.2)
        assert p.status.trouble is None


def test_a_loop_repeats_exactly(sink):
    scene = panned_scene()

    def act(p):
        p.player.set_loop(Loop(20000, 40000))
        p.player.play(20000)
        for _ in range(3):
            wait(lambda: p.status.position > 0.7)
            wait(lambda: p.status.position < 0.7)

    x = played_without_a_hole(lambda: recorded_while(sink, scene, act))
    reference = render_all(scene, 21000, 39000)
    probe = reference.sum(axis=1)[:4000]
    score = np.correlate(x.sum(axis=1), probe, "valid") / np.sum(probe**2)
    places = [i for i in np.nonzero(score > 0.98)[0] if score[i] == score[max(0, i - 50) : i + 50].max()]
    assert len(places) >= 3 and set(np.diff(places)) == {20000}
    for at in places[:2]:
        assert residual_db(reference, x[at : at + len(reference)]) < -80


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (48000, 2), (192000, 8)])
def test_every_rate_and_channel_count_plays(sink, rate, channels):
    with Playing(panned_scene(4.0, rate, channels)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.5)
        assert p.status.trouble is None and max(p.status.peaks) > 0


def test_playing_to_the_end_stops_and_goes_back(sink):
    with Playing(panned_scene(0.6)) as p:
        p.player.seek(4410)
        wait(lambda: p.status.position == 0.1)
        p.player.play(4410)
        wait(lambda: p.status.position == 0 and not p.status.playing)


def test_seeking_moves_what_is_heard(sink):
    with Playing(panned_scene(20.0)) as p:
        p.player.play(0)
        wait(lambda: p.status.position > 0.3)
        p.player.seek(13 * 44100)
        wait(lambda: p.status.position > 13.0)


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
        assert p.status.trouble.code == "audio.no_portaudio"
        p.player.stop()
        wait(lambda: not p.status.playing)


def test_without_a_device_it_says_so_and_finds_it_when_it_comes():
    scene = panned_scene(20.0)
    with Playing(scene) as p:
        with null_sink(44100, refresh=False):
            p.player.play(0)
            wait(lambda: p.status.position > 0.3)
        wait(lambda: p.status.trouble, 15)
        assert p.status.trouble.code in ("audio.device_stopped", "audio.no_device") and p.status.playing
        with null_sink(44100, refresh=False):
            before = p.status.position
            wait(lambda: not p.status.trouble and p.status.position > before + 0.3, 15)
