"""Editing with a history: any acts in any order, back and forth; what steps cost; stacks and selections."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.acting import change_layer
from tests.conftest import tone_mix
from tests.masks.evaluating import all_records
from tests.random_edits import random_act
from workbench.audio.recording import Recording, load
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import selections as selection_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.document.document import Document
from workbench.document.history import History
from workbench.document.project import load_project, save_project
from workbench.document.state import State, fresh_state
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation, Paint
from workbench.masks.edits.effects import Combine, CombineKind
from workbench.masks.edits.filters import FilterKind
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)


def opened(components: int = 5, seed: int = 0) -> Document:
    """A second of tones in some random components."""
    document = Document()
    samples = tone_mix(1.0, 8000)
    levels = analyse_levels(samples, ANALYSIS)
    document.open(Recording(samples, 8000, Path("t.wav")), levels, fresh_state(ANALYSIS))
    rng = np.random.default_rng(seed)
    frames = ANALYSIS.frames(len(samples))
    w, h = rng.random((ANALYSIS.bins, components), np.float32), rng.random((components, frames), np.float32)
    document.begin_run("run", RunSettings(components=components), Factors(w, h), True)
    return document


def masks(document: Document) -> np.ndarray:
    stack = document.stack
    return stack.evaluate(np.arange(0, stack.bins, 3), np.arange(0, stack.frames, 2))


class Editing(RuleBasedStateMachine):
    """Masks sum to one after any acts, locked layers stay, and every step comes back bit for bit."""

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed):
        self.document = opened(seed=seed)
        self.seen = {0: None, 1: masks(self.document)}

    @rule(seed=st.integers(0, 100_000))
    def act(self, seed):
        document = self.document
        before, layers, stack = masks(document), document.layers, document.state.shown
        kind = random_act(document, np.random.default_rng(seed))
        now = masks(document)
        if kind is None:
            np.testing.assert_array_equal(now, before)
            return
        self.seen = {step: held for step, held in self.seen.items() if step < document.step}
        self.seen[document.step] = now
        if document.state.shown == stack and kind not in ("merge", "remove"):
            after = {part: i for i, part in enumerate(document.stack.parts)}
            parts = [part for layer in layers for part in layer.part_ids]
            for layer in layers:
                for part in layer.part_ids if layer.locked else ():
                    np.testing.assert_allclose(now[after[part]], before[parts.index(part)], atol=2e-6)

    @rule()
    def undo(self):
        self.document.undo()
        self.check()

    @rule()
    def redo(self):
        self.document.redo()
        self.check()

    @rule(share=st.floats(0, 1))
    def jump(self, share):
        self.document.go_to(round(share * (len(self.document.steps) - 1)))
        self.check()

    def check(self):
        expected = self.seen.get(self.document.step)
        if expected is not None:
            np.testing.assert_array_equal(masks(self.document), expected)

    @invariant()
    def the_parts_sum_to_the_mix(self):
        if hasattr(self, "document"):
            held = masks(self.document)
            np.testing.assert_allclose(held.sum(axis=0), 1, atol=1e-6)
            assert held.min() >= 0 and held.max() <= 1 + 1e-6


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_the_history_is_limited_by_bytes_and_the_last_act_can_be_undone():
    tile = 64 * 64 * 4
    history = History(State(), most_bytes=10 * tile)
    for i in range(30):
        painted = {(i, 0): {1: np.full((64, 64), 0.5, np.float32)}}
        before = history.state.edits[0].tiles if i else {}
        history.record(str(i), State().with_present(edits=(Paint({**before, **painted}),)))
    assert len(history.steps) == 11 and history.nbytes == 10 * tile
    assert [step.name for step in history.steps] == [str(i) for i in range(19, 30)]
    for _ in range(40):
        history.undo()
    assert len(history.state.edits[0].tiles) == 20, "the oldest state that is kept"
    small = History(State(), most_bytes=1)
    small.record("large", State().with_present(edits=(Paint({(0, 0): {1: np.zeros((64, 64), np.float32)}}),)))
    assert small.undo_name == "large", "one step back there always is"


def test_a_step_costs_what_it_adds():
    document = opened()
    area = areas.rectangle(Region(10, 90, 5, 40), document.stack.bins, document.stack.frames)
    layer = document.layers[0].id
    document.act("fill", mask_acts.fill(document.recorded_state, layer, 1.0, area))
    assert document.steps[-1].edit_bytes == area.nbytes
    document.act("again", mask_acts.fill(document.recorded_state, layer, 0.0, area))
    assert document.steps[-1].edit_bytes == 0
    change_layer(document, "name", layer, None, name="x")
    assert document.steps[-1].edit_bytes == 0
    before = document.history_bytes
    assert before >= document.run.factors.nbytes
    larger = Factors(np.tile(document.run.factors.W, 2), np.tile(document.run.factors.H, (2, 1)))
    document.publish(document.state.run, larger, (1.0,))
    assert document.history_bytes == before + larger.nbytes // 2, "what a run published since counts"


def test_what_steps_share_is_counted_once():
    """Sources that were pasted at several times share their components, which the run has counted already."""
    document = opened()
    state = begin_sources(document.recorded_state, document.state.run, "Sources", "Rest")
    bins, frames = document.stack.bins, document.stack.frames
    places = [areas.rectangle(Region(low, low + 8, 4, 12), bins, frames) for low in (20, 40, 60)]
    for place in places:
        state, layer = add_source(state, "Source")
        state = add_mark(state, layer, place)
        document.act("mark", state)
        assert document.steps[-1].edit_bytes == place.nbytes
        model, run = document.stack.factors, document.run
        parts = document.layers[0].part_ids
        paste = Operation(Combine((), parts, CombineKind.REPLACE, parts, document.stack))
        state = document.recorded_state.with_present(edits=(*document.state.edits, paste))
        document.act("paste", state)
        assert document.steps[-1].edit_bytes == model.shares.nbytes
        assert model.components_of is run.factors


def test_threshold_over_everything_costs_nothing():
    document = opened()
    state = mask_acts.sharpen(document.recorded_state, 2.0, None)
    document.act("exponent", mask_acts.clean(state, document.layers[0].id, FilterKind.MEDIAN, 1, 1, None))
    assert document.steps[-1].edit_bytes == 0


def test_clear_edits_per_layer_per_region_and_all():
    document = opened()
    stack, computed = document.stack, masks(document)
    area = areas.rectangle(Region(0, 100, 0, 30), stack.bins, stack.frames)
    one, two = document.layers[0].id, document.layers[1].id
    state = mask_acts.fill(document.recorded_state, one, 0.9, area)
    state = mask_acts.fill(state, two, 0.3, area)
    document.act("both", state)
    document.act("clear one", mask_acts.clear_layer(document.recorded_state, one))
    assert [edit.effect.parts for edit in document.state.edits] == [document.layers[1].part_ids]
    document.undo()
    part = areas.rectangle(Region(0, 40, 0, 30), stack.bins, stack.frames)
    document.act("clear there", mask_acts.restore(document.recorded_state, part))
    inside = np.arange(0, stack.bins, 3) < 40
    np.testing.assert_allclose(masks(document)[:, inside], computed[:, inside], atol=1e-5)
    assert (masks(document)[:, ~inside] != computed[:, ~inside]).any()
    document.act("clear all", mask_acts.clear_edits(document.recorded_state))
    np.testing.assert_array_equal(masks(document), computed)


def test_looking_at_another_stack_is_no_step_and_loses_nothing_to_redo():
    document = opened()
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    document.act("lock", layer_acts.change_layer(document.recorded_state, document.layers[0].id, locked=True))
    document.undo()
    document.show_stack(0)
    assert document.state.present.name == "Factorisation" and document.redo_name == "lock"
    document.redo()
    assert document.state.present.name == "Two" and document.layers[0].locked
    document.mark_saved(document.recorded_state, dict(document.runs), Path("p.workbench"))
    document.show_stack(0)
    assert not document.dirty


def test_another_window_carries_every_stack_over():
    document = opened()
    stack = document.stack
    area = areas.rectangle(Region(40, 80, 10, 30), stack.bins, stack.frames)
    layer = document.layers[0].id
    document.act("fill", mask_acts.fill(document.recorded_state, layer, 1.0, area))
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    new = Analysis(1024, 256)
    document.set_analysis("wider", new, analyse_levels(document.recording.samples, new))
    for _ in range(2):
        mask = document.stack.layer_mask(0, np.arange(82, 158), np.arange(6, 14))
        np.testing.assert_allclose(mask, 1, atol=1e-5)
        document.show_stack(0)
    document.undo()
    assert isinstance(document.state.edits[0], Operation)


@pytest.mark.parametrize("step", [-5, 0, 2, 99])
def test_any_step_can_be_asked_for(step):
    document = opened()
    document.act("lock", layer_acts.change_layer(document.recorded_state, document.layers[0].id, locked=True))
    document.go_to(step)
    assert document.step == min(max(step, 0), 2)


def test_a_project_opens_after_a_change_of_window(tmp_path):
    document = opened()
    area = areas.rectangle(Region(40, 80, 10, 30), document.stack.bins, document.stack.frames)
    document.act("fill", mask_acts.fill(document.recorded_state, document.layers[0].id, 1.0, area))
    new = Analysis(1024, 256)
    document.set_analysis("wider", new, analyse_levels(document.recording.samples, new))
    document.act("invert", mask_acts.invert(document.recorded_state, document.layers[0].id))
    soundfile.write(tmp_path / "t.wav", document.recording.samples, 8000, subtype="FLOAT")
    recording = load(tmp_path / "t.wav")
    save_project(
        tmp_path / "p.workbench", recording, document.recorded_state, document.runs, document.steps, document.step
    )
    project = load_project(tmp_path / "p.workbench")
    assert project.state.analysis == new
    assert [name for name, _ in project.steps] == ["", "run", "fill", "wider", "invert"]
    again = Document()
    levels, others = (analyse_levels(recording.samples, each) for each in (new, ANALYSIS))
    again.open(
        recording,
        levels,
        project.state,
        project.runs,
        project.path,
        project.steps,
        project.present,
        others={ANALYSIS: others},
    )
    for step in reversed(range(len(project.steps))):
        document.go_to(step)
        again.go_to(step)
        assert again.state.analysis == document.state.analysis
        np.testing.assert_array_equal(masks(again), masks(document))


def test_runs_outlive_steps_that_do_not_need_them_and_no_others_go():
    document = opened()
    frames = document.stack.frames
    rng = np.random.default_rng(1)

    def factors():
        return Factors(rng.random((ANALYSIS.bins, 2), np.float32), rng.random((2, frames), np.float32))

    seed = document.add_run("another seed", RunSettings(components=2), factors())
    for label in ("one", "two", "three"):
        stack = "live" if label == "one" else ""
        document.put_model(label, RunSettings(components=2), factors(), ("a", "b"), label, stack, "live")
    assert document.step == 2 and seed in document.runs
    assert sorted(run.name for run in document.runs.values()) == ["another seed", "run", "three"]


def test_trying_out_makes_nothing_of_the_history_be_evaluated_again():
    """What is tried out gives way to the next, but not what it was tried out beside."""
    document = opened()
    layer, plane = document.layers[0].id, (np.arange(document.stack.bins), np.arange(document.stack.frames))
    document.act("fill", mask_acts.fill(document.recorded_state, layer, 0.7, None))
    recorded = document.recorded_state

    def looked_at() -> None:
        document.stack.evaluate(*plane)

    looked_at()
    # Another name of the layer, and then other masks, are only tried out; and another selection meanwhile.
    document.preview(layer_acts.change_layer(recorded, layer, name="x"))
    looked_at()
    for value in (0.2, 0.4):
        document.preview(mask_acts.fill(recorded, layer, value, None))
        looked_at()
    area = areas.rectangle(Region(1, 9, 1, 9), document.stack.bins, document.stack.frames)
    document.act("select", selection_acts.select(document.recorded_state, area))
    tried = document.state.edits
    assert tried is not recorded.edits, "it goes on"
    document.end_preview()
    assert document.stack.work_left(*plane) == 0
    held = all_records(document._evaluated)
    assert held and not any(tried[-1] in record.entries for record in held)
