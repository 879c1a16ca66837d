"""Masks that are remembered: bit for bit what evaluating everything gives, and only what changed is done again."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tests.conftest import random_stack
from tests.random_edits import stroke
from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import (
    Combine,
    CombineKind,
    Fill,
    Invert,
    Measure,
    Recall,
    Restore,
    Scale,
    Sharpened,
    Threshold,
)
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.evaluation.memory import Memory
from workbench.masks.hand.painting import PathStroke, TileStroke
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.precedence import Precedence
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 64)
SAMPLES = 9000
LAYERS = 4


def a_stack(seed, layers=LAYERS):
    rng = np.random.default_rng(seed)
    stack = random_stack(layers, ANALYSIS, SAMPLES, seed, int(rng.integers(1, 3)))
    levels = rng.integers(0, 255, (stack.frames, stack.bins)).astype(np.uint8)
    # Some bins of which the model says nothing, and a layer that holds no component.
    w = stack.factors.W * (rng.random(stack.factors.W.shape) < 0.9)
    last = replace(stack.layers[-1], parts=tuple(Part(part.id) for part in stack.layers[-1].parts))
    return replace(
        stack, layers=(*stack.layers[:-1], last), factors=Factors(w.astype(np.float32), stack.factors.H), levels=levels
    )


def an_edit(rng, stack, edits):
    """Edits after one more of any kind."""
    locked = stack.locked_parts()
    free = [i for i, layer in enumerate(stack.layers) if not layer.locked]
    if len(free) < 2:
        return edits
    one, two = (stack.layers[i].part_ids for i in rng.choice(free, 2, replace=False))
    low, start = int(rng.integers(0, stack.bins - 9)), int(rng.integers(0, stack.frames - 9))
    region = Region(low, low + int(rng.integers(3, 99)), start, start + int(rng.integers(3, 70)))
    area = areas.rectangle(region, stack.bins, stack.frames)
    if rng.random() < 0.3:
        area = area.feathered(3)
    now = replace(stack, edits=edits)
    kind = rng.integers(12)
    if kind < 4:
        effect = Fill(locked, one, float(rng.choice([0.0, 0.4, 1.0]))) if kind else Restore(locked)
        return stroke(rng, now, effect)
    effect = [
        lambda: Filter(
            locked, one, FilterKind(rng.choice(list(FilterKind))), int(rng.integers(0, 4)), int(rng.integers(0, 9))
        ),
        lambda: Threshold(
            locked, one, Measure(rng.choice(list(Measure))), -30.0 if rng.random() < 0.5 else 0.3, knee=0.1
        ),
        lambda: Invert(locked, one),
        lambda: Scale(locked, one, float(rng.uniform(0, 3))),
        lambda: Combine(locked, one, CombineKind(rng.choice(list(CombineKind))), two),
        lambda: Recall(locked, replace(now, edits=edits[: len(edits) // 2])),
        lambda: Sharpened(locked, tuple(stack.layers[i].part_ids for i in free), float(rng.choice([0.5, 2.0, np.inf]))),
        lambda: Fill(locked, (*one, *two), 1.0),
    ][kind - 4]()
    return (*edits, Operation(effect, area if rng.random() < 0.9 else None))


def scratch(stack, rows, columns, lattice=None):
    return replace(stack, remembered=None).evaluate(rows, columns, lattice)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_what_is_remembered_is_what_evaluating_everything_gives_bit_for_bit(seed):
    rng = np.random.default_rng(seed)
    stack = a_stack(seed)
    # Often too small for all of it.
    memory = Memory(int(rng.choice([200_000, 3_000_000, 10**9])), int(rng.choice([30_000, 10**9])))
    picture = Lattice(np.unique(rng.integers(0, stack.bins, 40)), np.arange(3, stack.frames, 19))
    states, present, identity, other = [stack], 0, 900, a_stack(seed + 1)
    for _ in range(14):
        act = rng.integers(10)
        state = states[present]
        if act < 5:
            states[present + 1 :] = [replace(state, edits=an_edit(rng, state, state.edits))]
            present += 1
        elif act == 5:
            chosen = int(rng.integers(len(state.layers)))
            layers = tuple(replace(x, locked=x.locked ^ (i == chosen)) for i, x in enumerate(state.layers))
            states[present + 1 :] = [replace(state, layers=layers)]
            present += 1
        elif act == 6:
            w = state.factors.W[:, rng.permutation(state.factors.components)]
            states[present + 1 :] = [replace(state, factors=Factors(w, state.factors.H))]
            present += 1
        elif act == 7:
            identity += 1
            added = Layer(identity, "new", "#000000", (Part(identity),))
            states[present + 1 :] = [replace(state, layers=(*state.layers, added))]
            present += 1
        else:
            # Undo, redo, any jump; or a look at another stack.
            present = int(rng.integers(len(states)))
        for shown in (states[present], other) if rng.random() < 0.2 else (states[present],):
            known = replace(shown, remembered=memory)
            low, start = int(rng.integers(0, stack.bins - 70)), int(rng.integers(0, stack.frames - 40))
            rows, columns = (
                np.arange(low, low + int(rng.integers(1, 70))),
                np.arange(start, start + int(rng.integers(1, 40))),
            )
            np.testing.assert_array_equal(known.evaluate(rows, columns), scratch(shown, rows, columns))
            np.testing.assert_array_equal(
                known.evaluate(picture.rows, picture.columns, picture),
                scratch(shown, picture.rows, picture.columns, picture),
            )
    assert memory.nbytes <= memory.most_bytes + 2_000_000


def painted_once(memory, seed=3):
    """A stack with one rectangle given to its first layer, remembered everywhere."""
    stack = replace(a_stack(seed), remembered=memory)
    area = areas.rectangle(Region(10, 60, 40, 70), stack.bins, stack.frames)
    stack = replace(stack, edits=(Operation(Fill((), stack.layers[0].part_ids, 0.8), area),))
    everywhere(stack)
    return stack


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def all_records(memory):
    return {record for block in memory._of_block for record in memory.records(block)}


def left(stack, region=None):
    region = region or Region(0, stack.bins, 0, stack.frames)
    return stack.work_left(np.arange(region.low, region.high), np.arange(region.start, region.stop))


def test_only_what_an_edit_changed_is_evaluated_again_and_undo_finds_what_was():
    stack = painted_once(Memory())
    assert left(stack) == 0
    effect = Invert((), stack.layers[1].part_ids)
    more = replace(
        stack,
        edits=(*stack.edits, Operation(effect, areas.rectangle(Region(150, 160, 2, 9), stack.bins, stack.frames))),
    )
    # One edit over one block, on top of what was there.
    assert left(more) == 1 and left(more, Region(0, 128, 0, stack.frames)) == 0
    everywhere(more)
    assert left(more) == left(stack) == 0
    # A fader, a name or a lock makes no other masks.
    layers = tuple(replace(layer, gain_db=-3.0, locked=True, name="x") for layer in stack.layers)
    assert left(replace(more, layers=layers)) == 0
    # Other factors do.
    assert left(replace(stack, factors=Factors(stack.factors.W, stack.factors.H.copy()))) > 0


def test_what_strokes_cover_outlives_the_model():
    memory = Memory()
    stack = replace(a_stack(5), remembered=memory)
    path = Path(Brush(size=30.0), Ruler(FrequencyScale.LOG, 20.0, 2.0, 45.0), np.array([[50.0, 200.0, 1.0]]))
    path = path.extended(90.0, 230.0, 1.0)
    stack = replace(stack, edits=(Operation(Fill((), stack.layers[0].part_ids, 1.0), Trace((path,))),))
    everywhere(stack)
    held = dict(memory._covered)
    assert held
    everywhere(replace(stack, factors=Factors(stack.factors.W[:, ::-1].copy(), stack.factors.H)))
    assert all(memory._covered[key][1] is covered for key, (_, covered) in held.items())


def test_a_stroke_that_goes_on_is_laid_over_what_was_there_before_it_and_leaves_one_version():
    memory = Memory()
    stack = painted_once(memory)
    ruler = Ruler(FrequencyScale.LOG, 20.0, 2.0, 45.0)
    start = Path(Brush(size=30.0), ruler, np.array([[50.0, 300.0, 1.0]]))
    stroke = PathStroke(stack, Fill((), stack.layers[1].part_ids, 1.0), start)
    for x in range(50, 130, 4):
        stroke.draw_to(float(x), 300.0, 1.0)
        now = replace(stack, edits=stroke.edits)
        # Only the stroke itself, over what is remembered.
        assert max(len(memory.known(now.ground, now.edits, block).left) for block in list(memory._of_block)) == 1
        everywhere(now)
        np.testing.assert_array_equal(everywhere(now), everywhere(replace(now, remembered=None)))
    assert max(len(memory.records(block)) for block in memory._of_block) <= 2


def test_parts_that_no_edit_names_are_kept_as_one():
    memory = Memory()
    stack = painted_once(memory)
    records = all_records(memory)
    held = [record.held for record in records if record.held is not None]
    names = set(stack.layers[0].part_ids)
    for each in held:
        assert len(each.bundles) <= 1 + len(names) and len(each.planes) == len(each.bundles)
        assert sorted(part for bundle in each.bundles for part in bundle) == sorted(stack.parts)
    # Where no edit is nothing is kept.
    assert any(record.held is None for record in records)


def test_filters_one_over_the_other_look_at_each_block_once():
    """Each is evaluated on the blocks around; what it takes does not grow with the number of filters under it."""
    stack = replace(a_stack(7), remembered=Memory())
    mine = stack.layers[0].part_ids
    edits = tuple(Operation(Filter((), mine, FilterKind.MEDIAN, 1, 2)) for _ in range(6))
    masks = everywhere(replace(stack, edits=edits))
    one_by_one = stack
    for count in range(1, 7):
        one_by_one = replace(stack, edits=edits[:count], remembered=Memory())
        everywhere(one_by_one)
    np.testing.assert_array_equal(masks, everywhere(one_by_one))
    counted = []
    for count in (2, 4):
        memory = Memory()
        everywhere(replace(stack, edits=edits[:count], remembered=memory))
        counted.append(sum(len(memory.records(block)) for block in memory._of_block))
    blocks = len(memory._of_block)
    assert counted == [blocks * 3, blocks * 5]


@pytest.mark.parametrize("reach", [(1, 2), (20, 3), (0, 40)])
def test_filters_reach_as_far_as_asked(reach):
    stack = a_stack(9)
    effect = Filter((), stack.layers[0].part_ids, FilterKind.DILATE, *reach)
    plane = np.arange(stack.bins), np.arange(stack.frames)
    before, after = (replace(stack, edits=edits).layer_mask(0, *plane) for edits in ((), (Operation(effect),)))
    size = 2 * reach[0] + 1, 2 * reach[1] + 1
    np.testing.assert_allclose(after, ndimage.maximum_filter(before, size, mode="nearest"), atol=1e-5)


def test_blocks_that_no_edit_touches_are_noted_once():
    memory = Memory()
    stack = painted_once(memory)
    for low in range(200, 240, 5):
        area = areas.rectangle(Region(low, low + 5, 2, 9), stack.bins, stack.frames)
        stack = replace(stack, edits=(*stack.edits, Operation(Invert((), stack.layers[1].part_ids), area)))
        everywhere(stack)
    untouched = [
        records for records in map(memory.records, memory._of_block) if all(each.held is None for each in records)
    ]
    assert untouched and max(map(len, untouched)) == 1


@pytest.mark.parametrize("kind", [FilterKind.BLUR, FilterKind.OPEN])
def test_what_is_done_beside_a_block_changes_what_a_filter_makes_of_it(kind):
    memory = Memory()
    stack = replace(a_stack(11), remembered=memory)
    mine = stack.layers[0].part_ids
    smooth = Operation(Filter((), mine, kind, 1, 5))
    # Beside the first block of frames, and farther away than one pass of the filter, but not than two.
    for first in (32, 39, 60):
        area = areas.rectangle(Region(20, 70, first, 90), stack.bins, stack.frames)
        for value in (1.0, 0.0):
            now = replace(stack, edits=(Operation(Fill((), mine, value), area), smooth))
            np.testing.assert_array_equal(everywhere(now), everywhere(replace(now, remembered=None)))


def test_of_what_a_stroke_was_on_its_way_nothing_is_held():
    """Every point makes tiles of its own; once it has gone on, only those of its end are in memory."""
    memory = Memory()
    stack = painted_once(memory)
    stroke = TileStroke(stack, Fill((), stack.layers[1].part_ids, 1.0))
    before, ways = stack.edits, []
    for start in range(5, 60, 5):
        stroke.extend(Region(60, 90, start, start + 8), np.full((30, 8), 0.7, np.float32))
        now = replace(stack, edits=stroke.edits)
        # Some blocks are looked at, as by the picture and the sound.
        now.evaluate(np.arange(50, 100), np.arange(start, start + 8))
        now.evaluate(np.arange(200, 210), np.arange(100, 110))
        if before is not stack.edits:
            memory.follow(before, now.edits)
        before = now.edits
        ways.append(weakref.ref(now.edits[-1]))
    del now, stroke
    gc.collect()
    assert [way() is not None for way in ways] == [False] * (len(ways) - 1) + [True]
    end = replace(stack, edits=before)
    np.testing.assert_array_equal(everywhere(end), everywhere(replace(end, remembered=None)))
    # What was there before the stroke is still known.
    assert left(stack) == 0


@given(st.integers(0, 2**32 - 1))
@example(505)
@example(2525)
@example(4659)
@settings(max_examples=25, deadline=None)
def test_what_is_only_tried_out_looks_as_it_will_and_is_not_remembered(seed):
    """Over blocks in which other layers were edited, in pieces of any size, whole or of a picture."""
    rng = np.random.default_rng(seed)
    memory = Memory()
    stack = replace(a_stack(seed), remembered=memory)
    for _ in range(int(rng.integers(0, 4))):
        stack = replace(stack, edits=an_edit(rng, stack, stack.edits))
    if rng.random() < 0.5:
        everywhere(stack)
    tried = replace(stack, edits=an_edit(rng, stack, stack.edits))
    weights, before = rng.random((len(stack.layers), 3)).astype(np.float32), all_records(memory)
    picture = Lattice(np.unique(rng.integers(0, stack.bins, 90)), np.arange(2, stack.frames, 3))
    for lattice in (None, picture):
        rows, columns = (
            (np.arange(stack.bins), np.arange(stack.frames)) if lattice is None else (picture.rows, picture.columns)
        )
        low, start = int(rng.integers(0, len(rows) - 2)), int(rng.integers(0, len(columns) - 2))
        rows, columns = (
            rows[low : low + int(rng.integers(1, len(rows)))],
            columns[start : start + int(rng.integers(1, 60))],
        )
        seen = tried.blend(weights, rows, columns, lattice, tried=True)
        later = replace(tried, remembered=None).blend(weights, rows, columns, lattice)
        np.testing.assert_allclose(seen, later, atol=2e-6)
    if tried.edits and tried.edits[-1] not in stack.edits and tried.edits[-1].by_bin:
        # One from before may go by it, where a stroke's tiles grew elsewhere.
        assert not any(tried.edits[-1] in record.entries for record in all_records(memory) - before)


def test_of_what_was_tried_out_nothing_is_held_though_somebody_still_looks_at_it():
    """A picture composed in the background and the player's thread may come late."""
    memory = Memory()
    stack, tried = painted_once(memory), []
    for value in (0.1, 0.2, 0.3):
        area = areas.rectangle(Region(20, 200, 10, 60), stack.bins, stack.frames)
        effect = Fill((), stack.layers[1].part_ids, value)
        now = replace(stack, edits=(*stack.edits, Operation(effect, area)))
        everywhere(now)
        memory.follow(now.edits, stack.edits)
        seen = everywhere(now)
        np.testing.assert_array_equal(seen, everywhere(replace(now, remembered=None)))
        tried.append(weakref.ref(now.edits[-1]))
    del now
    gc.collect()
    assert [each() for each in tried] == [None] * 3
    assert left(stack) == 0


def test_a_brush_that_smooths_leaves_nothing_of_its_way():
    memory = Memory()
    stack = painted_once(memory)
    stroke = TileStroke(stack, Filter((), stack.layers[0].part_ids, FilterKind.BLUR, 1, 1))
    count = len(all_records(memory))
    for start in range(5, 60, 5):
        stroke.extend(Region(20, 50, start, start + 8), np.full((30, 8), 0.7, np.float32))
    assert not any(isinstance(edit, tuple) for record in all_records(memory) for edit in record.entries)
    assert len(all_records(memory)) == count


def test_tiles_that_grew_elsewhere_are_known_beside_and_the_former_ones_are_not_held():
    memory = Memory()
    stack = replace(a_stack(3), remembered=memory)
    stroke = TileStroke(stack, Fill((), stack.layers[0].part_ids, 1.0))
    stroke.extend(Region(20, 50, 70, 90), np.full((30, 20), 0.7, np.float32))
    stack = replace(stack, edits=stroke.edits)
    everywhere(stack)
    further = TileStroke(stack, Fill((), stack.layers[1].part_ids, 1.0))
    before, ways = stack.edits, []
    for start in range(5, 20, 5):
        further.extend(Region(160, 190, start, start + 8), np.full((30, 8), 0.7, np.float32))
        now = replace(stack, edits=further.edits)
        everywhere(now)
        if before is not stack.edits:
            memory.follow(before, now.edits)
        before = now.edits
        ways.append(weakref.ref(now.edits[-1]))
        assert left(now, Region(0, 128, 64, 96)) == 0, "only the place beneath the hand"
    del now, further
    gc.collect()
    assert [way() is not None for way in ways] == [False, False, True]


def test_who_looks_at_a_few_bins_far_apart_leaves_nothing_behind():
    memory = Memory()
    stack = painted_once(memory)
    before = memory.nbytes, len(memory._touching._blocks)
    for i in range(40):
        stack.evaluate(np.arange(i, stack.bins, 37), np.arange(i, stack.frames, 41))
    assert (memory.nbytes, len(memory._touching._blocks)) == before


def test_work_in_the_background_waits_at_a_block_while_the_window_goes_first():
    precedence, done = Precedence(60.0), []
    stack = replace(painted_once(Memory()), remembered=Memory(precedence=precedence))
    precedence.claim()
    everywhere(stack)  # The window itself does not wait.
    begun = threading.Event()

    def work():
        with precedence.stepping_back():
            begun.set()
            everywhere(stack)
            done.append("work")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert begun.wait(30)
    done.append("window")
    precedence.release()
    thread.join(30)
    assert done == ["window", "work"]
