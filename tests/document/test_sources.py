"""Sources and the marks that make them, in the document: whatever is done, what was said stays said."""

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import begin as stroke
from tests.document.tones import factors, opened
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.acts.sources import (
    UNCLAIMED,
    add_mark,
    add_source,
    begin_sources,
    change_mark,
    remove_mark,
    untouched,
)
from workbench.document.changes import changes
from workbench.document.runs import PREVIEW
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Shares
from workbench.masks.model.sources import Sources
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ROWS, COLUMNS = np.arange(0, 1025, 7), np.arange(0, 30)
BOXES = (Region(90, 98, 4, 12), Region(300, 340, 2, 20), Region(600, 640, 10, 25))


def place(document, number=0):
    stack = document.stack
    return rectangle(BOXES[number], stack.bins, stack.frames)


def masks(document):
    return document.stack.evaluate(ROWS, COLUMNS)


def look(document, layer):
    """All that is the user's of a layer."""
    found = next(each for each in document.layers if each.id == layer)
    return found.name, found.colour, found.gain_db, found.pan, found.group, found.parts


def pointed(document, sources=2):
    """A stack of sources with a mark each; answers the ids of their layers, the rest first."""
    run = document.add_run("blind", RunSettings(components=5), factors(document, 5))
    state = begin_sources(document.recorded_state, run, "Sources", "Rest")
    for number in range(sources):
        state, layer = add_source(state, f"Source {number + 1}")
        state = add_mark(state, layer, place(document, number))
    document.act("point", state)
    return [layer.id for layer in document.layers]


@pytest.fixture
def document():
    return opened()


@pytest.fixture
def told(document):
    """What the document tells of, in turn."""
    names = ["stacks_changed", "layers_changed", "factors_changed", "marks_changed", "masks_changed", "mix_changed"]
    said = []
    for name in names:
        getattr(document, name).connect(lambda *_, name=name: said.append(name))
    return said


def test_what_is_asked_for_again_stays_known(document):
    """However much is tried out meanwhile: what was drawn of it stays valid."""
    layers = pointed(document)
    model, state = document.stack.factors, document.recorded_state
    for _ in range(20):
        tried = document.stack_of(add_mark(state, layers[1], place(document, 2))).factors
        assert tried is not model and document.stack_of(state).factors is model


def test_a_stack_that_nobody_touched_becomes_one_of_sources(document):
    before = document.recorded_state
    layers = pointed(document)
    assert [stack.name for stack in document.state.stacks] == ["Sources"]
    assert [layer.name for layer in document.layers] == ["Rest", "Source 1", "Source 2"]
    # The rest is what everything was, and nobody's.
    assert layers[0] == before.layers[0].id and document.layers[0].colour == UNCLAIMED
    assert len({layer.colour for layer in document.layers}) == 3
    assert isinstance(document.stack.factors, Sources)
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)
    document.undo()
    assert document.state is before and document.state.marks is None


@pytest.mark.parametrize("touch", ["run", "paint", "layer"])
def test_beside_what_somebody_did_they_get_a_stack_of_their_own(document, touch):
    if touch == "run":
        document.begin_run("run", RunSettings(components=3), factors(document, 3), True)
    elif touch == "paint":
        first = document.layers[0].id
        document.act("cut", mask_acts.cut_to_new(document.recorded_state, first, place(document), "Cut")[0])
    else:
        document.act("new", layer_acts.add_layer(document.recorded_state, "Mine")[0])
    assert not untouched(document.recorded_state)
    was = document.recorded_state.present
    pointed(document)
    assert [stack.name for stack in document.state.stacks] == [was.name, "Sources"]
    assert document.state.stacks[0] is was
    used = [identity for stack in document.state.stacks for layer in stack.layers for identity in layer_ids(layer)]
    assert len(used) == len(set(used)) and max(used) < document.state.next_id


def layer_ids(layer):
    return [layer.id, *layer.part_ids]


def test_identities_are_never_used_twice(document):
    layers = pointed(document)
    state = document.recorded_state
    ids = [i for layer in state.layers for i in layer_ids(layer)] + [mark.id for mark in state.marks]
    assert len(ids) == len(set(ids)) and max(ids) < state.next_id
    state = remove_mark(state, state.marks[-1].id)
    state = add_mark(state, layers[1], place(document, 2))
    assert state.marks[-1].id not in ids


def test_a_mark_gives_its_source_what_sounds_there(document):
    layers = pointed(document)
    for number in (0, 1):
        box, mine = BOXES[number], layers[number + 1]
        index = next(i for i, layer in enumerate(document.layers) if layer.id == mine)
        found = document.stack.evaluate(np.arange(box.low, box.high), np.arange(box.start, box.stop))
        assert found.mean(axis=(1, 2)).argmax() == index


def test_removing_a_mark_gives_exactly_what_was_before_it(document):
    layers = pointed(document)
    before, count = masks(document), document.step
    document.act("more", add_mark(document.recorded_state, layers[2], place(document, 2), 0.6, True))
    assert not np.array_equal(masks(document), before)
    document.act("less", remove_mark(document.recorded_state, document.state.marks[-1].id))
    assert np.array_equal(masks(document), before)
    document.go_to(count)
    assert np.array_equal(masks(document), before)


def test_a_mark_is_changed_in_its_turn(document):
    layers = pointed(document)
    state = document.recorded_state
    first, second = state.marks
    turned = change_mark(state, first.id, denies=True, weight=0.25, source=state.layers[2].parts[0].id)
    assert [mark.id for mark in turned.marks] == [first.id, second.id]
    assert (turned.marks[0].denies, turned.marks[0].weight) == (True, 0.25)
    assert turned.marks[1] is second and layers[2] == state.layers[2].id


def test_acts_on_marks_that_are_not_there_change_nothing(document):
    assert remove_mark(document.recorded_state, 5) is document.recorded_state
    assert change_mark(document.recorded_state, 5, weight=0.5) is document.recorded_state
    pointed(document)
    state = document.recorded_state
    assert remove_mark(state, 999) is state and change_mark(state, 999, weight=0.5) is state


def test_only_sources_can_be_marked(document):
    pointed(document)
    state, painted = layer_acts.add_layer(document.recorded_state, "Painted")
    with pytest.raises(UserError, match="no_source"):
        add_mark(state, painted, place(document))
    with pytest.raises(UserError, match="no_layer"):
        add_mark(state, 999, place(document))


def test_a_source_that_goes_takes_its_marks_along_and_undo_brings_them_back(document):
    layers = pointed(document)
    before = masks(document)
    document.act("gone", layer_acts.remove_layer(document.recorded_state, layers[1]))
    assert [mark.source for mark in document.state.marks] == [document.layers[1].parts[0].id]
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)
    document.undo()
    assert np.array_equal(masks(document), before) and len(document.state.marks) == 2


def test_without_a_rest_the_sources_share_what_nobody_asked_for(document):
    layers = pointed(document)
    document.act("gone", layer_acts.remove_layer(document.recorded_state, layers[0]))
    assert [layer.id for layer in document.layers] == layers[1:]
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)
    state, _ = add_source(document.recorded_state, "Source 3")
    numbers = [part.component for part in state.present.parts]
    assert len(set(numbers)) == len(numbers)


def test_merged_sources_hold_the_sum_and_keep_all_marks(document):
    layers = pointed(document)
    before = masks(document)
    document.act("merge", layer_acts.merge_layers(document.recorded_state, layers[1:]))
    together = document.stack.summed_mask((1,), ROWS, COLUMNS)
    np.testing.assert_allclose(together, before[1] + before[2], atol=1e-5)
    assert len(document.state.marks) == 2
    # What is said of them from now on goes to the merged one.
    document.act("more", add_mark(document.recorded_state, layers[1], place(document, 2)))
    assert document.state.marks[-1].source in document.layers[1].part_ids


def test_marks_of_a_copy_are_its_own(document):
    layers = pointed(document)
    before = masks(document)
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    document.act("more", add_mark(document.recorded_state, layers[2], place(document, 2)))
    assert [len(stack.marks) for stack in document.state.stacks] == [2, 3]
    document.show_stack(document.state.stacks[0].id)
    assert np.array_equal(masks(document), before)


def test_edits_lie_on_top_and_stay_when_more_is_said(document):
    layers = pointed(document)
    painter = stroke(document.stack, 1, 1.0)
    painter.extend(Region(700, 740, 5, 25), np.ones((40, 20), np.float32))
    document.act("paint", mask_acts.set_edits(document.recorded_state, painter.edits))
    box = np.arange(705, 735), np.arange(8, 22)
    assert document.stack.layer_mask(1, *box) == pytest.approx(1, abs=1e-4)
    document.act("more", add_mark(document.recorded_state, layers[2], place(document, 2)))
    assert document.stack.layer_mask(1, *box) == pytest.approx(1, abs=1e-4)
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("count", "fresh"), [(3, True), (5, True), (9, True), (5, False)])
def test_another_factorisation_keeps_every_source(document, count, fresh):
    layers = pointed(document)
    document.act(
        "gain", layer_acts.change_layer(document.recorded_state, layers[1], name="Bass", gain_db=-3.0, pan=0.5)
    )
    document.act("group", group_acts.group_layers(document.recorded_state, layers[1:], "Both")[0])
    document.act("fill", mask_acts.fill(document.recorded_state, layers[2], 0.5, place(document, 2)))
    marks, edits = document.state.marks, document.state.edits
    looks = [look(document, layer) for layer in layers]
    start = factors(document, count, seed=3)
    run, places = document.begin_run("again", RunSettings(components=count), start, fresh)
    assert len(places) == count and all(place is None or place < 5 for place in places)
    document.publish(run, factors(document, count, seed=4), (2.0, 1.0))
    assert [look(document, layer) for layer in layers] == looks
    assert document.state.marks is marks and document.state.edits is edits
    assert document.stack.factors.components_of is document.run.factors
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)
    for number in (0, 1):
        box = BOXES[number]
        found = document.stack.evaluate(np.arange(box.low, box.high), np.arange(box.start, box.stop))
        assert found.mean(axis=(1, 2)).argmax() == number + 1
    document.undo()
    assert [look(document, layer) for layer in layers] == looks and len(document.run.factors.H) == 5


def test_an_earlier_run_keeps_every_source(document):
    layers = pointed(document)
    before, first = masks(document), document.state.run
    document.begin_run("again", RunSettings(components=3), factors(document, 3, seed=3), True)
    document.use_run("back", first)
    assert np.array_equal(masks(document), before) and [layer.id for layer in document.layers] == layers


def test_masks_computed_as_a_whole_get_a_stack_beside_the_sources(document):
    layers = pointed(document)
    was, stack = document.recorded_state.present, document.stack
    rng = np.random.default_rng(0)
    first = rng.random((stack.frames, stack.bins)).astype(np.float16)
    run = document.add_run("hpss", RunSettings(), Shares(np.stack([first, 1 - first])))
    document.use_run("hpss", run)
    assert document.state.marks is None and len(document.layers) == 2
    assert document.state.stacks[0] is was
    document.undo()
    assert [layer.id for layer in document.layers] == layers


def test_another_stack_can_use_the_run_of_the_sources_with_all_of_its_components(document):
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    document.act("touch", layer_acts.add_layer(document.recorded_state, "Mine")[0])
    pointed(document)
    run = document.state.run
    document.show_stack(document.state.stacks[1].id)
    document.use_run("use", run)
    assert sorted(c for layer in document.layers for c in layer.components) == [0, 1, 2, 3, 4]
    assert "Rest" not in [layer.name for layer in document.layers]


def test_the_window_changes_and_changes_back_with_all_that_was_said(document):
    layers = pointed(document)
    before = masks(document)
    samples = document.recording.samples
    new = Analysis(1024, 256)
    document.set_analysis("window", new, analyse_levels(samples, new))
    assert [look(document, layer)[0] for layer in layers] == ["Rest", "Source 1", "Source 2"]
    for mark, box in zip(document.state.marks, BOXES, strict=False):
        found = mark.place.bounds
        assert abs(found.low - box.low / 2) <= 1 and abs(found.high - box.high / 2) <= 1
        assert abs(found.start - 2 * box.start) <= 2 and abs(found.stop - 2 * box.stop) <= 2
    box = BOXES[1]
    there = np.arange(box.low // 2, box.high // 2), np.arange(2 * box.start, 2 * box.stop)
    assert document.stack.evaluate(*there).mean(axis=(1, 2)).argmax() == 2
    document.undo()
    assert np.array_equal(masks(document), before)


def test_sources_share_components_so_that_a_locked_one_holds_none(document):
    layers = pointed(document)
    document.act("lock", layer_acts.change_layer(document.recorded_state, layers[1], locked=True))
    assert document.locked_components == ()


def test_a_component_belongs_to_the_source_that_has_most_of_it(document):
    pointed(document)
    owners, shares = document.owners, document.stack.factors.shares
    assert sorted(owners) == list(range(5))
    for component, layer in owners.items():
        assert layer.components == (int(shares[:, component].argmax()),)
    document.act("two", stack_acts.new_stack(document.recorded_state, "Other"))
    assert set(document.owners) == {0}


def test_what_is_told_of_a_mark(document, told):
    layers = pointed(document)
    assert {"marks_changed", "masks_changed", "factors_changed", "layers_changed"} <= set(told)
    told.clear()
    document.act("more", add_mark(document.recorded_state, layers[1], place(document, 2)))
    assert told == ["factors_changed", "marks_changed", "masks_changed"]
    told.clear()
    document.act("gain", layer_acts.change_layer(document.recorded_state, layers[1], gain_db=-6.0))
    assert told == ["mix_changed"]


def test_equal_questions_have_one_answer(document):
    """So that what was drawn of it stays valid when a fader moves or a step is taken back."""
    layers = pointed(document)
    model = document.stack.factors
    document.act("gain", layer_acts.change_layer(document.recorded_state, layers[1], gain_db=-6.0))
    assert document.stack.factors is model
    document.act("more", add_mark(document.recorded_state, layers[1], place(document, 2)))
    assert document.stack.factors is not model
    document.undo()
    assert document.stack.factors is model


def test_a_source_that_comes_changes_the_masks_everywhere(document):
    pointed(document)
    before = document.recorded_state
    now, _ = add_source(before, "Source 3")
    changed = changes(before, now)
    assert changed.factors and changed.layers and changed.masks and changed.region is None


def test_templates_that_are_tried_out_move_the_sources_and_come_back(document):
    pointed(document)
    before, run = masks(document), document.run
    document.preview_factors(Factors(run.factors.W[:, ::-1].copy(), run.factors.H))
    assert document.state.run == PREVIEW and not np.array_equal(masks(document), before)
    assert masks(document).sum(axis=0) == pytest.approx(1, abs=1e-5)
    document.end_preview()
    assert np.array_equal(masks(document), before)


def test_a_fresh_document_has_no_marks():
    state = fresh_state(Analysis())
    assert state.marks is None and untouched(state)
    assert not untouched(replace(state, stacks=(replace(state.present, run=1),)))
