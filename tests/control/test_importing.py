"""Masks, factors and labels of other programs become stacks, starts and marks, each as one step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.control.scenes import ANALYSIS, RATE, acts, layer, masks, names
from workbench.control.told_labels import Told, labels_of
from workbench.exchange import audacity, flucoma
from workbench.masks.edits.area import Area
from workbench.masks.model.models import Factors, Shares
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Onsets
from workbench.separation.labels import Label

WORDS = {"not": "not {0}", "selection": "Selection"}


def plane(desk):
    stack = desk.document.stack
    return stack.bins, stack.frames


def test_masks_are_a_new_stack_with_a_rest_as_one_step(desk, tmp_path, settle, told):
    bins, frames = plane(desk)
    wanted = np.random.default_rng(0).random((2, bins, frames)) / 2
    np.save(tmp_path / "other.npy", wanted)
    desk.importing.read_masks([tmp_path / "other.npy"])
    settle()
    assert names(desk) == ["other 1", "other 2", "Rest"] and desk.document.state.present.name == "other"
    assert isinstance(desk.document.run.factors, Shares)
    np.testing.assert_allclose(masks(desk)[:2], wanted, atol=2e-3)
    assert acts(desk) == ["Import masks of other"] and "3" in told.said[-1]
    desk.document.undo()
    assert len(desk.document.recorded_state.stacks) == 1


def test_masks_of_more_than_all_ask_before_anything_changes(desk, tmp_path, settle, told):
    bins, frames = plane(desk)
    np.save(tmp_path / "a.npy", np.full((2, bins, frames), 0.8))
    asked = []
    desk.importing.too_much.connect(asked.append)
    desk.importing.read_masks([tmp_path / "a.npy"])
    settle()
    (question,) = asked
    assert "1.6" in question.said and acts(desk) == [] and told.nothing
    question.scale()
    settle()
    np.testing.assert_allclose(masks(desk), 0.5, atol=1e-3)


def test_what_is_wrong_is_said_and_changes_nothing(desk, tmp_path, settle, told):
    np.save(tmp_path / "a.npy", np.zeros((2, 3, 4)))
    (tmp_path / "b.npz").write_bytes(b"nothing")
    (tmp_path / "c.txt").write_text("words\n")
    desk.importing.read_masks([tmp_path / "a.npy"])
    settle()
    desk.importing.read_factors([tmp_path / "b.npz"])
    settle()
    desk.labelling.read_as_marks(tmp_path / "c.txt")
    settle()
    assert len(told.troubled) == 3 and "2 × 3 × 4" in told.troubled[0] and acts(desk) == []


def test_factors_are_a_new_stack_that_can_be_continued(desk, tmp_path, settle, told):
    bins, frames = plane(desk)
    rng = np.random.default_rng(0)
    w, h = rng.random((bins, 3)).astype(np.float32), rng.random((3, frames)).astype(np.float32)
    np.savez(tmp_path / "f.npz", W=w, H=h, divergence=np.array("is"))
    desk.importing.read_factors([tmp_path / "f.npz"])
    settle()
    run = desk.document.run
    assert isinstance(run.factors, Factors) and run.settings.power == 2.0
    np.testing.assert_array_equal(run.factors.W, w)
    assert names(desk) == ["Component 1", "Component 2", "Component 3"] and desk.document.state.present.name == "f"
    desk.wishes.set(iterations=3)
    desk.wishes.factorise(False)
    settle()
    assert not told.troubled and desk.document.run.costs


def test_templates_alone_are_held_by_the_next_factorisation(desk, tmp_path, settle, told):
    bins, frames = plane(desk)
    w = np.random.default_rng(0).random((bins, 2)).astype(np.float32)
    paths = flucoma.write(tmp_path / "kit.wav", w, np.ones((2, frames), np.float32), ANALYSIS, RATE)
    desk.importing.read_factors(paths[:1])
    settle()
    held = [each for each in desk.document.recorded_state.present.known if isinstance(each, Hold)]
    assert [each.curve for each in held] == [Curve.TEMPLATE] * 2 and desk.wishes.settings.components >= 8
    np.testing.assert_array_equal(held[1].values, w[:, 1])
    desk.wishes.set(iterations=5)
    desk.wishes.factorise(True)
    settle()
    assert not told.troubled
    found = desk.document.run.factors.W
    for name, template in zip(("Component 1", "Component 2"), w.T, strict=True):
        (mine,) = [
            each for each in desk.document.layers if each.part_ids[0] in {x.part for x in held} and each.name == name
        ]
        curve = found[:, mine.components[0]]
        np.testing.assert_allclose(curve / curve.sum(), template / template.sum(), rtol=1e-4, atol=1e-9)


LABELS = [Label(0.2, 0.6, "low", 100.0, 400.0), Label(1.0, 1.2, "high"), Label(1.5, 1.5, "low"), Label(9, 10, "late")]


def test_labels_are_marks_of_sources_by_their_names(desk, tmp_path, settle, told):
    audacity.write(tmp_path / "said.txt", LABELS)
    desk.labelling.read_as_marks(tmp_path / "said.txt")
    settle()
    state = desk.document.recorded_state
    assert names(desk) == ["Rest", "low", "high"] and len(state.marks) == 3
    low = next(each for each in state.layers if each.name == "low")
    assert [mark.source in low.part_ids for mark in state.marks] == [True, False, True]
    first = state.marks[0].place
    assert isinstance(first, Area)
    b = first.bounds
    assert (b.low, b.high) == (ANALYSIS.bin_at(100, RATE), ANALYSIS.bin_at(400, RATE) + 1)
    assert (b.start, b.stop) == ANALYSIS.frames_of(0.2, 0.6, RATE)
    assert acts(desk) == ["Labels of said"] and "outside of the recording: 1" in told.said[-1]
    # What is written of them is read as the same marks.
    again = labels_of(state, Told.MARKS, RATE, desk.document.stack.frames, WORDS)
    audacity.write(tmp_path / "again.txt", again)
    desk.labelling.read_as_marks(tmp_path / "again.txt")
    settle()
    now = desk.document.recorded_state.marks
    assert len(now) == 6
    bounds = [each.place.bounds for each in now]
    assert bounds[:3] == bounds[3:] and [each.source for each in now[:3]] == [each.source for each in now[3:]]


def test_labels_are_onsets_of_layers_for_a_factorisation(desk, tmp_path, settle):
    audacity.write(tmp_path / "said.txt", LABELS)
    desk.labelling.read_as_onsets(tmp_path / "said.txt")
    settle()
    known = desk.document.recorded_state.present.known
    assert all(isinstance(each, Onsets) for each in known)
    assert [each.seconds for each in known] == [(0.2, 1.5), (1.0,), (9.0,)]
    assert names(desk)[1:] == ["low", "high", "late"] and desk.document.state.present.name == "said"
    assert layer(desk, desk.document.layers[1].id).part_ids == (known[0].part,)


def test_a_table_with_a_head_is_notes_and_words_are_not(desk, tmp_path, settle, told):
    (tmp_path / "tune.csv").write_text("start,end,pitch\n0.1,0.5,60\n0.6,1.0,62\n")
    desk.notes.read(tmp_path / "tune.csv")
    settle()
    assert names(desk)[1:] == ["tune"] and "Notes: 2" in told.said[-1]
    (tmp_path / "words.csv").write_text("start,label\n0.1,kick\n")
    desk.notes.read(tmp_path / "words.csv")
    settle()
    assert "labels" in told.troubled[-1]


@pytest.mark.parametrize("ask", ["read_masks", "read_factors"])
def test_nothing_is_read_without_a_recording(empty, ask, told):
    getattr(empty.importing, ask)([])
    assert told.nothing and not empty.runner.jobs


def test_labels_that_wait_are_of_the_recording_that_was_open(desk, tmp_path, until, settle):
    audacity.write(tmp_path / "said.txt", LABELS)
    desk.labelling.read_as_marks(tmp_path / "said.txt")
    document = desk.document
    until(lambda: not desk.runner.running("labels"))
    # Another one opens before the components of the first are there, or just then.
    document.open(replace(document.recording), document.levels)
    settle()
    until(lambda: desk.components.factors is not None)
    assert acts(desk) == [] and document.state.marks is None
