"""What is selected of time and frequency, in the history and in project files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.audio.recording import load
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import selections as selection_acts
from workbench.document.document import Document
from workbench.document.history import History
from workbench.document.project import load_project, save_project
from workbench.document.state import State, fresh_state
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import polygon, rectangle
from workbench.masks.model.grid import Region
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ANALYSES = Analysis(256, 64), Analysis(512, 128)


@pytest.fixture
def document(tmp_path) -> Document:
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(1.0, 8000), 8000, subtype="FLOAT")
    recording, document = load(path), Document()
    document.open(recording, analyse_levels(recording.samples, ANALYSES[0]), fresh_state(ANALYSES[0]))
    return document


def box(document: Document, low: int, high: int, start: int, stop: int) -> Area:
    return rectangle(Region(low, high, start, stop), document.stack.bins, document.stack.frames)


def select(document: Document, area: Area | None, merge: str | None = None) -> None:
    document.act("Select", selection_acts.select(document.recorded_state, area), merge)


def saved_and_opened(document: Document, path: Path) -> Document:
    save_project(path, document.recording, document.recorded_state, document.runs, document.steps, document.step)
    project, again = load_project(path), Document()
    levels = analyse_levels(document.recording.samples, project.state.analysis)
    again.open(
        document.recording, levels, project.state, project.runs, path, steps=project.steps, present=project.present
    )
    return again


def same(one: Area | None, other: Area | None) -> bool:
    return (one is None and other is None) or (one is not None and other is not None and one.same_as(other))


def test_selections_and_edits_are_taken_back_in_the_order_in_which_they_were_made(document):
    one, other = box(document, 3, 9, 4, 20), box(document, 30, 50, 10, 60)
    select(document, one)
    source = document.layers[0].id
    room = mask_acts.with_room(document.recorded_state, source, "Rest")
    document.act("Fill", mask_acts.fill(room, source, 0.5, one))
    select(document, other)
    select(document, None)
    seen = []
    for _ in range(4):
        seen.append((document.undo_name, document.state.area, len(document.state.edits)))
        document.undo()
    assert seen == [("Select", None, 1), ("Select", other, 1), ("Fill", one, 1), ("Select", one, 0)]
    assert document.state.area is None and not document.undo_name
    for _ in range(3):
        document.redo()
    assert document.state.area is other and len(document.state.edits) == 1


def test_selecting_leaves_the_scene_and_tells_nobody_of_masks(document):
    scene, told = document.scene, []
    for signal in (document.masks_changed, document.layers_changed, document.factors_changed, document.mix_changed):
        signal.connect(lambda *_: told.append(1))
    select(document, box(document, 3, 9, 4, 20))
    document.undo()
    document.redo()
    assert document.scene is scene and not told


def test_what_is_tried_out_goes_on_beside_another_selection(document):
    source, area = document.layers[0].id, box(document, 3, 9, 4, 20)
    room = mask_acts.with_room(document.recorded_state, source, "Rest")
    document.preview(mask_acts.fill(room, source, 0.5, None))
    tried = document.state
    select(document, area)
    assert document.state is not document.recorded_state and document.state.edits is tried.edits
    assert document.state.area is area and document.recorded_state.area is area and not document.recorded_state.edits
    document.end_preview()
    assert document.state.area is area and not document.state.edits


def test_a_merged_step_that_comes_back_to_the_state_before_goes(document):
    area = box(document, 3, 9, 4, 20)
    select(document, area)
    before, steps = document.recorded_state, len(document.steps)
    select(document, box(document, 4, 10, 4, 20), "nudge")
    assert len(document.steps) == steps + 1
    select(document, area, "nudge")
    assert len(document.steps) == steps and document.recorded_state is before and document.state is before
    select(document, box(document, 5, 11, 4, 20), "nudge")
    assert len(document.steps) == steps + 1
    document.undo()
    assert document.state.area is area


def test_the_history_counts_what_selections_hold(document):
    history = History(State())
    points = np.array([(10.5, 3.2), (90.1, 20.0), (60.0, 110.7), (20.3, 80.0)])
    area = polygon(points, document.stack.bins, document.stack.frames)
    history.record("select", selection_acts.select(history.state, area))
    assert history.nbytes == area.nbytes > 4096
    history.record("remember", selection_acts.remember(history.state, "one", area))
    history.record("deselect", selection_acts.select(history.state, None))
    assert history.nbytes == area.nbytes


def test_they_are_saved_with_the_project(document, tmp_path):
    soft, other = box(document, 3, 60, 4, 70).feathered(3), box(document, 30, 50, 10, 60)
    select(document, soft)
    document.act("Remember", selection_acts.remember(document.recorded_state, "Voice “a”", soft))
    select(document, other)
    select(document, None)
    document.undo()
    again = saved_and_opened(document, tmp_path / "work.workbench")
    assert again.state.area.same_as(other) and not again.dirty
    (held,) = again.state.remembered
    assert held.name == "Voice “a”" and held.area.same_as(soft)
    assert held.area is again.steps[1].state.area, "what is shared is one object"
    for one, two in zip(document.steps, again.steps, strict=True):
        assert one.name == two.name and same(one.state.area, two.state.area)
    again.redo()
    assert again.state.area is None
    select(again, other)
    assert again.dirty


def test_another_window_carries_them_over_and_undo_brings_them_back(document):
    area = box(document, 20, 60, 40, 90)
    select(document, area)
    document.act("Remember", selection_acts.remember(document.recorded_state, "one", area))
    document.set_analysis("Window", ANALYSES[1], analyse_levels(document.recording.samples, ANALYSES[1]))
    now, (held,) = document.state.area, document.state.remembered
    assert (now.bins, now.frames) == (document.stack.bins, document.stack.frames)
    assert abs(now.bounds.low - 40) <= 1 and abs(now.bounds.start - 20) <= 1
    assert held.name == "one" and held.area.same_as(now)
    document.undo()
    assert document.state.area is area and document.state.remembered[0].area is area


def test_remembered_ones_are_renamed_and_forgotten_one_by_one(document):
    area, state = box(document, 3, 9, 4, 20), document.recorded_state
    for name in ("one", "two", "two"):
        state = selection_acts.remember(state, name, area)
    state = selection_acts.rename_remembered(state, state.remembered[2], "three")
    assert [each.name for each in state.remembered] == ["one", "two", "three"]
    state = selection_acts.forget(state, state.remembered[1])
    assert [each.name for each in state.remembered] == ["one", "three"]


def test_areas_are_the_same_by_what_they_cover(document):
    area = box(document, 3, 9, 4, 20)
    assert area.same_as(box(document, 3, 9, 4, 20)) and not area.same_as(box(document, 3, 9, 4, 21))
    assert not area.same_as(area.feathered(2)) and area.inverted().inverted().same_as(area)
