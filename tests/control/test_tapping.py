"""Onsets tapped while it plays: put to the attacks, undone as one step, kept by factorisations under their layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.control.hand import click
from tests.control.scenes import ANALYSIS, RATE, acts, ids, layer, names
from tests.saving import document_again
from workbench.audio.recording import Recording
from workbench.control.tools import Tool
from workbench.document.acts import layers as layer_acts
from workbench.document.acts.stacks import duplicate_stack, new_stack, remove_stack
from workbench.document.state import fresh_state
from workbench.separation.known import Onsets
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels

STROKES = (0.25, 0.6, 0.95, 1.3, 1.65)
SETTINGS = RunSettings(components=3, iterations=20)


def strokes(seconds=2.0):
    """Noise that begins at `STROKES` and dies away, over a steady tone; nothing after 1.9 s."""
    t = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(t))
    envelope = sum(np.where(t >= s, np.exp(-(t - s) * 25), 0) for s in STROKES)
    sound = (0.3 * noise * envelope + 0.1 * np.sin(2 * np.pi * 440 * t)) * (t < 1.9)
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
    (back,) = document_again(beats.document).present.known
    assert isinstance(back, Onsets) and back == beats.document.recorded_state.present.known[0]


def test_onsets_stay_with_another_window(beats):
    from workbench.document.acts.stacks import set_analysis
    from workbench.spectral.stft import Analysis

    tap_along(beats)
    state = beats.document.recorded_state
    assert set_analysis(state, Analysis(1024, 256), 2 * RATE, {}).present.known == state.present.known
    assert ids(beats)


# -- of sources ---------------------------------------------------------------------------------------


@pytest.fixture
def pointed(beats, until):
    """… with two sources in the place of the layers: the tone, and Drum, with a click each."""
    desk = beats
    desk.document.undo()
    until(lambda: desk.components.factors is not None)
    desk.tools.choose(Tool.POINT)
    share = (float(desk.viewport.scale.position(440.0)) - desk.viewport.low) / desk.viewport.height
    click(desk, 0.5, share)
    click(desk, 0.62, 0.9)
    drum_id = desk.selection.layer
    desk.document.act("name", layer_acts.change_layer(desk.document.recorded_state, drum_id, name="Drum"))
    return desk


def share_of(desk, layer_id):
    """The share of the strokes' high frequencies that a source has."""
    stack, index = desk.document.stack, ids(desk).index(layer_id)
    mask = stack.layer_mask(index, np.arange(stack.bins), np.arange(stack.frames))
    struck = [ANALYSIS.frame_at(s + 0.02, RATE) for s in STROKES]
    return float(mask[120:200, struck].mean())


def test_what_is_tapped_of_a_source_is_one_mark_and_one_step(pointed, settle, told):
    desk, before = pointed, pointed.document.recorded_state
    held = share_of(desk, desk.selection.layer)
    shown = []
    desk.tapping.changed.connect(lambda: shown.append(len(desk.tapping.tapped(drum(desk)))))
    tap_along(desk)
    assert shown == [1, 2, 3, 4, 5, 0], "seen while it plays"
    assert "“Drum”: taps: 5" in told.said, "also where the lanes are not in view"
    settle()
    *others, mark = desk.document.state.marks
    assert tuple(others) == before.marks and mark.name == "Onsets: 5" and desk.marks.source_of(mark) == drum(desk)
    frames = [ANALYSIS.frame_at(s, RATE) for s in STROKES]
    covered = mark.place.at(np.arange(ANALYSIS.bins), np.arange(desk.document.stack.frames)) > 0
    assert covered[:, frames].mean() > 0.4
    between = ANALYSIS.frame_at(0.5, RATE)
    assert not covered[:, between].any() and not covered[ANALYSIS.bin_at(440, RATE)].any(), "the tone sounds through"
    assert share_of(desk, desk.selection.layer) > max(0.8, held - 0.02)
    assert acts(desk)[-1] == "Tap onsets of Drum" and "“Drum”: 5," in told.said[-1] and "one mark" in told.said[-1]
    desk.document.undo()
    assert desk.document.recorded_state is before
    desk.document.redo()
    # Saved and opened it is the same mark.
    back = document_again(desk.document).marks[-1]
    assert (back.name, back.id, back.place.bounds) == (mark.name, mark.id, mark.place.bounds)


def test_taps_become_a_mark_in_the_stack_where_they_were_tapped(pointed, settle):
    desk, stack, source = pointed, pointed.document.state.shown, pointed.selection.layer
    desk.playback.play(0.0)
    for second in STROKES:
        desk.player.at = second * RATE
        desk.tapping.tap()
    desk.document.act("stack", new_stack(desk.document.recorded_state, "Other"))
    desk.playback.stop()
    desk.playback._tick()
    settle()
    assert desk.document.state.present.name == "Other"
    desk.document.show_stack(stack)
    assert (
        desk.document.state.marks[-1].name == "Onsets: 5"
        and desk.marks.source_of(desk.document.state.marks[-1]).id == source
    )


def test_with_the_rest_selected_what_is_tapped_is_another_source_in_one_step(pointed, settle):
    desk, before = pointed, pointed.document.recorded_state
    desk.selection.select(ids(desk)[0])
    tap_along(desk)
    settle()
    assert names(desk) == ["Rest", "Source 1", "Drum", "Source 2"] and desk.selection.present.name == "Source 2"
    assert desk.marks.source_of(desk.document.state.marks[-1]).name == "Source 2"
    assert acts(desk)[-1] == "Tap onsets of Source 2"
    desk.document.undo()
    assert desk.document.recorded_state is before


def test_undo_and_escape_take_back_what_waits_and_nothing_else(pointed, settle, told):
    desk, before = pointed, pointed.document.recorded_state
    for leave in (desk.under_way.undo, lambda: desk.under_way.escape(False)):
        desk.playback.play(0.0)
        desk.player.at = STROKES[0] * RATE
        desk.tapping.tap()
        leave()
        assert not desk.tapping.waiting and "taken back" in told.said[-1]
        desk.playback.stop()
        desk.playback._tick()
        settle()
        assert desk.document.recorded_state is before


def test_of_what_is_only_painted_and_where_nothing_begins_there_is_no_mark(pointed, settle, told):
    desk, count = pointed, len(pointed.document.state.marks)
    desk.layers.add()
    tap_along(desk, times=STROKES[:1])
    assert "painted" in told.refused[-1]
    desk.selection.select(ids(desk)[1])
    tap_along(desk, late=0.0, times=(1.99,))
    settle()
    assert len(told.refused) == 2 and len(desk.document.state.marks) == count


def test_taps_whose_source_or_stack_is_gone_are_told_and_put_nowhere_else(pointed, settle, told):
    desk, document = pointed, pointed.document
    shown = document.state.shown

    def remove_source():
        document.act("gone", layer_acts.remove_layer(document.recorded_state, desk.selection.layer))

    def leave_a_copy():
        # The copy has a source of the same ids.
        document.act("copy", duplicate_stack(document.recorded_state, "Copy"))
        document.show_stack(shown)
        document.act("gone", remove_stack(document.recorded_state))

    for leave in (leave_a_copy, remove_source):
        desk.selection.select(ids(desk)[-1])
        tap_along(desk)
        leave()
        after, said = document.recorded_state, len(told.said)
        settle()
        assert document.recorded_state is after and "your taps with it" in told.refused[-1] and len(told.said) == said
    assert len(told.refused) == 2


def test_taps_of_one_recording_are_no_mark_of_another(pointed, settle, told):
    """Not even where the other one, as the same project opened again, has a source of the same ids."""
    desk, document, levels = pointed, pointed.document, pointed.document.levels
    samples = document.recording.samples
    tap_along(desk)
    document.open(Recording(samples, RATE, Path("other.wav")), levels, document.recorded_state, dict(document.runs))
    opened = document.recorded_state
    settle()
    assert document.recorded_state is opened and not acts(desk) and not told.refused
