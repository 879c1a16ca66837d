"""Onsets tapped while it plays: put to the attacks, undone as one step, kept by factorisations under their layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.control.scenes import ANALYSIS, RATE, acts, ids, layer
from workbench.audio.recording import Recording
from workbench.document.acts import layers as layer_acts
from workbench.document.packing import Packer
from workbench.document.state import fresh_state
from workbench.document.unpacking import Unpacker
from workbench.separation.known import Onsets
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels

STROKES = (0.25, 0.6, 0.95, 1.3, 1.65)
SETTINGS = RunSettings(components=3, iterations=20)


def strokes(seconds=2.0):
    """Noise that begins at `STROKES` and dies away, over a steady tone."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(t))
    envelope = sum(np.where(t >= s, np.exp(-(t - s) * 25), 0) for s in STROKES)
    sound = 0.3 * noise * envelope + 0.1 * np.sin(2 * np.pi * 440 * t)
    return np.asarray(np.stack([sound, sound], axis=1), np.float32)


@pytest.fixture
def beats(empty):
    """A desk with strokes over a tone, and an empty layer Drum that is the present one."""
    samples = strokes()
    recording = Recording(samples, RATE, Path("strokes.wav"))
    empty.document.open(recording, analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    state, identity = layer_acts.add_layer(empty.document.recorded_state, "Drum")
    empty.document.act("add", state)
    empty.selection.select(identity)
    return empty


def tap_along(desk, late=0.05, times=STROKES):
    desk.playback.play(0.0)
    for second in times:
        desk.player.at = (second + late) * RATE
        desk.tapping.tap()
    desk.playback.stop()
    desk.playback._tick()


def drum(desk):
    return layer(desk, desk.selection.layer)


def test_taps_are_put_to_the_attacks_and_are_one_step(beats, told):
    desk, count = beats, len(acts(beats))
    tap_along(desk)
    found = desk.tapping.onsets(drum(desk)).seconds
    assert np.abs(np.array(found) - STROKES).max() < 0.025
    assert acts(desk)[count:] == ["Tap onsets of Drum"]
    assert "“Drum”: 5," in told.said[-1] and "late" in told.said[-1]
    desk.document.undo()
    assert desk.tapping.onsets(drum(desk)) is None
    desk.document.redo()
    assert desk.tapping.onsets(drum(desk)).seconds == found


def test_a_second_pass_adds_to_the_first(beats):
    tap_along(beats, times=STROKES[:2])
    tap_along(beats, times=STROKES[2:])
    assert len(beats.tapping.onsets(drum(beats)).seconds) == 5
    assert acts(beats)[-2:] == ["Tap onsets of Drum"] * 2


def test_undo_while_tapping_is_no_trouble(beats):
    beats.playback.play(0.0)
    beats.tapping.tap()
    beats.document.undo()
    beats.playback.stop()
    beats.playback._tick()
    assert beats.tapping.onsets(drum(beats)) is None


def test_without_sound_nothing_is_tapped(beats, told):
    beats.tapping.tap()
    assert len(told.refused) == 1 and beats.tapping.onsets(drum(beats)) is None


def test_an_empty_layer_gets_a_component_that_sounds_at_its_onsets(beats, settle):
    desk, identity = beats, beats.selection.layer
    tap_along(desk)
    desk.factorising.start(SETTINGS, ANALYSIS, True)
    settle()
    (component,) = layer(desk, identity).components
    assert len(desk.document.layers) == 3 and layer(desk, identity).name == "Drum"
    h = desk.document.run.factors.H[component]
    seconds = np.arange(len(h)) * ANALYSIS.hop / RATE
    near = np.min([np.abs(seconds - s - 0.04) for s in STROKES], axis=0) < 0.1
    assert h[near].sum() > 0.95 * h.sum()
    # … and again with another number of components, and going on.
    for count, fresh in ((5, True), (5, False)):
        desk.factorising.start(RunSettings(components=count, iterations=5), ANALYSIS, fresh)
        settle()
        (component,) = layer(desk, identity).components
        h = desk.document.run.factors.H[component]
        assert len(desk.document.layers) == count and h[near].sum() > 0.95 * h.sum()


def test_an_onset_is_moved_and_removed(beats):
    desk = beats
    tap_along(desk)
    first, second, *rest = desk.tapping.onsets(drum(desk)).seconds
    desk.tapping.take(drum(desk), first)
    desk.tapping.move(0.4)
    assert desk.tapping.onsets(drum(desk)).seconds == (0.4, second, *rest) and desk.tapping.moving
    desk.tapping.cancel()
    assert desk.tapping.onsets(drum(desk)).seconds == (first, second, *rest)
    desk.tapping.take(drum(desk), first)
    desk.tapping.move(0.3)
    desk.tapping.drop(-3.0)
    assert desk.tapping.onsets(drum(desk)).seconds == (0.0, second, *rest)
    desk.tapping.remove(drum(desk), second)
    assert desk.tapping.onsets(drum(desk)).seconds == (0.0, *rest)
    desk.tapping.remove(drum(desk))
    assert desk.tapping.onsets(drum(desk)) is None
    assert acts(desk)[-3:] == ["Move an onset of Drum", "Remove an onset of Drum", "Remove the onsets of Drum"]


def test_onsets_are_saved(beats):
    tap_along(beats)
    packer = Packer()
    entry = packer.state(beats.document.recorded_state)
    (back,) = Unpacker(packer.finish(), packer.arrays).state(entry).present.known
    assert isinstance(back, Onsets) and back == beats.document.recorded_state.present.known[0]


def test_onsets_stay_with_another_window(beats):
    from workbench.document.acts.stacks import set_analysis
    from workbench.spectral.stft import Analysis

    tap_along(beats)
    state = beats.document.recorded_state
    assert set_analysis(state, Analysis(1024, 256), 2 * RATE, {}).present.known == state.present.known
    assert ids(beats)
