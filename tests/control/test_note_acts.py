"""The pitch line of the selection: notes of a layer, with components that begin as them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.control.hand import click, drag
from tests.control.scenes import ANALYSIS, RATE, acts, ids, layer, names, select_box
from tests.saving import document_again
from workbench.audio.recording import Recording
from workbench.control.tools import Tool
from workbench.document.state import fresh_state
from workbench.separation.holds import Curve
from workbench.separation.known import Notes
from workbench.spectral.pyramid import analyse_levels

MELODY = ((72, 0.0, 0.7), (76, 0.7, 1.4), (72, 1.4, 2.0))


def melody():
    """Three notes with overtones over noise."""
    t = np.arange(2 * RATE) / RATE
    out = 0.02 * np.random.default_rng(0).standard_normal(len(t))
    for pitch, begin, end in MELODY:
        hz = 440 * 2 ** ((pitch - 69) / 12)
        out += np.where((t >= begin) & (t < end), sum(0.2 / g * np.sin(2 * np.pi * g * hz * t) for g in (1, 2, 3)), 0)
    return np.asarray(np.stack([out, out], axis=1), np.float32)


@pytest.fixture
def tune(empty):
    """A desk with a melody, whose fundamentals are selected."""
    samples = melody()
    recording = Recording(samples, RATE, Path("melody.wav"))
    empty.document.open(recording, analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    frames = ANALYSIS.frames(len(samples))
    select_box(empty, ANALYSIS.bin_at(450, RATE), ANALYSIS.bin_at(720, RATE), 0, frames)
    return empty


def notes(desk):
    return [each for each in desk.document.recorded_state.present.known if isinstance(each, Notes)]


def test_the_line_is_told_of_a_new_layer_beside_everything_as_one_step(tune, settle, told):
    tune.notes.pitch_line()
    settle()
    assert acts(tune) == ["Pitch line of Pitch line"] and len(tune.document.layers) == 2
    low, high = notes(tune)
    assert low.pitch == pytest.approx(72, abs=0.2) and high.pitch == pytest.approx(76, abs=0.2)
    np.testing.assert_allclose([*low.spans[0], *low.spans[1], *high.spans[0]], [0, 0.7, 1.4, 2, 0.7, 1.4], atol=0.06)
    assert {low.part, high.part} == set(layer(tune, tune.selection.layer).part_ids)
    assert "notes 3, pitches 2;" in told.said[-1] and tune.wishes.settings.components >= 8
    tune.document.undo()
    assert notes(tune) == [] and len(tune.document.layers) == 1


def test_factorise_makes_the_layer_of_the_notes_alone(tune, settle):
    tune.notes.pitch_line()
    settle()
    identity = tune.selection.layer
    tune.wishes.set(components=4, iterations=30)
    tune.wishes.factorise(True)
    settle()
    mine = layer(tune, identity)
    assert len(mine.components) == 2 and len(tune.document.layers) == 3
    h, w = tune.document.run.factors.H, tune.document.run.factors.W
    seconds = np.arange(h.shape[1]) * ANALYSIS.hop / RATE
    second = (seconds > 0.7) & (seconds < 1.4)
    outer = (seconds < 0.5) | (seconds > 1.6)
    first, other = mine.components
    assert first < other, "the lowest pitch comes first"
    assert h[first][second][20:-20].sum() < 1e-2 * h[first].sum() and h[other][outer].sum() < 1e-2 * h[other].sum()
    # Between the partials nothing is of the notes.
    assert w[ANALYSIS.bin_at(350, RATE), first] == 0
    # Again, with more components: the same layer plays the same notes.
    tune.wishes.set(components=6)
    tune.wishes.factorise(True)
    settle()
    assert len(layer(tune, identity).components) == 2 and len(tune.document.layers) == 5


def test_another_line_takes_the_place_of_the_first_and_it_is_forgotten(tune, settle, told):
    tune.notes.pitch_line()
    settle()
    identity = tune.selection.layer
    select_box(tune, ANALYSIS.bin_at(450, RATE), ANALYSIS.bin_at(560, RATE), 0, 40)
    tune.notes.pitch_line()
    settle()
    (one,) = notes(tune)
    assert layer(tune, identity).part_ids == (one.part,)
    tune.notes.forget()
    assert notes(tune) == [] and len(layer(tune, identity).parts) == 1
    tune.notes.forget()
    assert len(told.refused) == 1


def test_a_layer_with_components_uses_them_but_for_those_that_are_held(tune, settle, told):
    tune.wishes.set(components=3, iterations=3)
    tune.wishes.factorise(True)
    settle()
    first, second = ids(tune)[:2]
    tune.selection.select(first)
    tune.notes.pitch_line()
    settle()
    assert len(layer(tune, first).parts) == 2 and layer(tune, first).components == (0,)
    tune.wishes.factorise(False)
    assert "not from Continue" in told.said[-1] and layer(tune, first).components == (0,)
    settle()
    tune.holding.hold(1, Curve.TEMPLATE, 1.0)
    tune.selection.select(second)
    tune.notes.pitch_line()
    settle()
    assert len(layer(tune, second).parts) == 3
    tune.wishes.set(components=6)
    tune.wishes.factorise(True)
    settle()
    assert len(layer(tune, first).components) == 2 and len(layer(tune, second).components) == 3


def test_without_a_selection_or_a_pitch_it_says_what_to_do(tune, settle, told):
    select_box(tune, 1, 3, 0, 2)
    tune.notes.pitch_line()
    settle()
    tune.selection.set_area(None)
    tune.notes.pitch_line()
    assert len(told.refused) == 2 and not acts(tune)


def test_notes_are_saved(tune, settle):
    tune.notes.pitch_line()
    settle()
    back = document_again(tune.document).present.known
    assert back == tune.document.recorded_state.present.known


def test_a_score_is_a_stack_with_a_layer_a_part_and_factorise_finds_them(tune, settle, told, tmp_path):
    path = tmp_path / "Song.csv"
    path.write_text("".join(f"{begin}, {end - begin}, {pitch}\n" for pitch, begin, end in MELODY))
    before = tune.document.recorded_state.present
    tune.notes.read(path)
    settle()
    assert acts(tune) == ["Notes of Song"] and tune.document.recorded_state.stacks[0] is before
    assert [each.name for each in tune.document.layers] == ["Everything", "Song"]
    assert [(each.pitch, len(each.spans)) for each in notes(tune)] == [(72, 2), (76, 1)]
    assert "Notes: 3, layers: 1;" in told.said[-1]
    tune.wishes.set(iterations=5)
    tune.wishes.factorise(True)
    settle()
    song = next(each for each in tune.document.layers if each.name == "Song")
    assert len(song.components) == 2
    # Going on keeps to the notes.
    tune.wishes.factorise(False)
    settle()
    h = tune.document.run.factors.H[song.components[1]]
    seconds = np.arange(len(h)) * ANALYSIS.hop / RATE
    assert h[seconds < 0.5].sum() == 0 and h[(seconds > 0.8) & (seconds < 1.3)].sum() > 0


def test_drums_get_a_layer_each_that_begins_at_their_onsets(tune, settle, tmp_path):
    path = tmp_path / "Kit.txt"
    path.write_text("0.1 36\n0.6 38\n1.1 36\n0.3 42\n0.5 46\n0.9 99\n")
    tune.notes.read(path)
    settle()
    assert [each.name for each in tune.document.layers[1:]] == ["Kick", "Snare", "Hi-hat 42", "Hi-hat 46", "Kit 99"]
    assert tune.tapping.onsets(tune.document.layers[1]).seconds == (0.1, 1.1)


def test_a_score_with_too_many_pitches_or_none_is_refused(tune, settle, told, tmp_path):
    path = tmp_path / "All.csv"
    path.write_text("".join(f"0, 1, {i / 2}\n" for i in range(20, 240)))
    tune.notes.read(path)
    settle()
    tune.notes.read(tmp_path / "none.mid")
    settle()
    assert len(told.troubled) == 2 and not acts(tune)


# -- of sources ---------------------------------------------------------------------------------------

HZ = {pitch: 440 * 2 ** ((pitch - 69) / 12) for pitch, *_ in MELODY}


def share_of(desk, hz):
    return (float(desk.viewport.scale.position(hz)) - desk.viewport.low) / desk.viewport.height


@pytest.fixture
def pointed(tune, until):
    """… with a source that a click on the noise made; the fundamentals are selected."""
    until(lambda: tune.components.factors is not None)
    tune.tools.choose(Tool.POINT)
    click(tune, 0.9, share_of(tune, 3000))
    return tune


def covers(place, *partials):
    """Whether a place is the partials of the melody at the middle of each of its notes, and nothing between them."""
    for pitch, begin, end in MELODY:
        column = place.at(np.arange(ANALYSIS.bins), np.array([ANALYSIS.frame_at((begin + end) / 2, RATE)]))[:, 0] > 0
        rows = [ANALYSIS.bin_at(m * HZ[pitch], RATE) for m in partials]
        beside = [ANALYSIS.bin_at((m + 0.5) * HZ[pitch], RATE) for m in partials]
        if not column[rows].all() or column[beside].any():
            return False
    return True


def test_of_a_source_the_line_is_one_mark_of_its_partials(pointed, settle, told):
    desk, before = pointed, pointed.document.recorded_state
    desk.notes.pitch_line()
    settle()
    *others, mark = desk.document.state.marks
    assert tuple(others) == before.marks and mark.name == "Pitch line" and covers(mark.place, 1, 2, 3)
    assert desk.marks.source_of(mark).name == "Source 1" and acts(desk)[-1] == "Pitch line of Source 1"
    assert "one mark" in told.said[-1] and not desk.document.state.present.known
    desk.document.undo()
    assert desk.document.recorded_state is before
    desk.notes.forget()
    assert "list of marks" in told.refused[-1]
    # Of the rest nothing is said: what is selected is another source then.
    desk.selection.select(ids(desk)[0])
    desk.notes.pitch_line()
    settle()
    assert names(desk) == ["Rest", "Source 1", "Pitch line"] and desk.selection.present.name == "Pitch line"


def test_without_a_selection_the_last_stroke_of_the_source_becomes_the_line(pointed, settle, told):
    desk = pointed
    desk.selection.set_area(None)
    desk.notes.pitch_line()
    assert "Point tool" in told.refused[-1]
    desk.marking.choose_new()
    drag(desk, *[(second, share_of(desk, HZ[76])) for second in (0.75, 0.9, 1.1, 1.35)])
    stroke = desk.document.state.marks[-1]
    desk.notes.pitch_line()
    settle()
    mark = desk.document.state.marks[-1]
    assert (mark.id, mark.source, mark.name) == (stroke.id, stroke.source, "Pitch line")
    column = mark.place.at(np.arange(ANALYSIS.bins), np.array([ANALYSIS.frame_at(1.05, RATE)]))[:, 0] > 0
    assert column[[ANALYSIS.bin_at(m * HZ[76], RATE) for m in (1, 2, 3)]].all() and column.sum() <= 15
    desk.document.undo()
    assert desk.document.state.marks[-1] is stroke
    desk.layers.add()
    select_box(desk, ANALYSIS.bin_at(450, RATE), ANALYSIS.bin_at(720, RATE), 0, 100)
    desk.notes.pitch_line()
    settle()
    assert "painted" in told.refused[-1]


def test_a_stroke_on_the_rest_becomes_the_line_of_another_source(pointed, settle, told):
    desk = pointed
    desk.selection.set_area(None)
    desk.marking.choose(ids(desk)[0])
    drag(desk, *[(second, share_of(desk, HZ[76])) for second in (0.75, 0.9, 1.1, 1.35)])
    before, stroke = desk.document.recorded_state, desk.document.state.marks[-1]
    assert desk.marks.source_of(stroke).name == "Rest"
    desk.notes.pitch_line()
    settle()
    mark = desk.document.state.marks[-1]
    assert mark.id == stroke.id and mark.name == "Pitch line" and desk.marks.source_of(mark) == desk.selection.present
    assert names(desk) == ["Rest", "Source 1", "Pitch line"] and desk.selection.present.name == "Pitch line"
    assert "“Pitch line”: notes 1" in told.said[-1]
    desk.document.undo()
    assert desk.document.recorded_state is before


def test_nothing_is_said_of_a_stroke_or_a_source_that_are_others_meanwhile(pointed, settle, told):
    desk = pointed
    desk.selection.set_area(None)
    desk.marking.choose(ids(desk)[1])
    drag(desk, *[(second, share_of(desk, HZ[76])) for second in (0.75, 0.9, 1.1, 1.35)])
    said = len(told.said)
    for leave, sentence in (
        (lambda: desk.selection.select(ids(desk)[0]), "Another source"),
        (lambda: desk.marks.weigh(desk.document.state.marks[-1], 0.5), "changed or taken back"),
        (lambda: desk.document.undo(), "changed or taken back"),
    ):
        desk.selection.select(ids(desk)[1])
        desk.notes.pitch_line()
        leave()
        after = desk.document.recorded_state
        settle()
        assert desk.document.recorded_state is after and sentence in told.refused[-1] and len(told.said) == said
    assert len(told.refused) == 3


def test_a_score_marks_sources_by_their_names_in_one_step(pointed, settle, told, tmp_path):
    desk, before = pointed, pointed.document.recorded_state
    path = tmp_path / "Source 1.csv"
    path.write_text("".join(f"{begin}, {end - begin}, {pitch}\n" for pitch, begin, end in MELODY))
    desk.notes.read(path)
    settle()
    (mark,) = [each for each in desk.document.state.marks if each not in before.marks]
    assert mark.name == "Notes: 3" and covers(mark.place, 1, 2, 3) and names(desk) == ["Rest", "Source 1"]
    assert acts(desk)[-1] == "Notes of Source 1" and "sources: 1;" in told.said[-1]
    assert len(desk.document.state.stacks) == len(before.stacks)
    desk.document.undo()
    assert desk.document.recorded_state is before
    kit = tmp_path / "Kit.txt"
    kit.write_text("0.7 35\n1.4 36\n9.0 38\n")
    desk.notes.read(kit)
    settle()
    assert names(desk) == ["Rest", "Source 1", "Kick"] and told.said[-1].endswith("should play: Snare")
    assert desk.document.state.marks[-1].name == "Notes: 2"
    silent = tmp_path / "Late.csv"
    silent.write_text("5.0, 1.0, 60\n")
    desk.notes.read(silent)
    settle()
    assert "Late" in told.troubled[-1] and len(desk.document.layers) == 3
