"""Masks that are remembered: bit for bit what evaluating everything gives, and only what changed is done again."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tests.masks.evaluating import a_stack, all_records, an_edit, everywhere, left, painted_once, scratch
from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Fill, Invert, Scale
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.evaluation.memory import Memory
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.precedence import Precedence
from workbench.spectral.scales import FrequencyScale


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_what_is_remembered_is_what_evaluating_everything_gives_bit_for_bit(seed):
    rng = np.random.default_rng(seed)
    stack = a_stack(seed)
    # Often too small for all of it.
    # And the disk is, or has no room at all.
    most_aside = int(rng.choice([0, 300_000, 10**9]))
    memory = Memory(
        int(rng.choice([200_000, 3_000_000, 10**9])), int(rng.choice([30_000, 10**9])), most_aside=most_aside
    )
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
    held = dict(memory.coverage._held)
    assert held
    everywhere(replace(stack, factors=Factors(stack.factors.W[:, ::-1].copy(), stack.factors.H)))
    assert all(memory.coverage._held[key] is covered for key, covered in held.items())


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


def test_the_work_of_a_filter_counts_what_is_to_be_done_around_it_first():
    """Else the window would begin with what takes it long."""
    stack = replace(a_stack(13), remembered=Memory())
    mine, others = (stack.layers[i].part_ids for i in (0, 1))
    plain = tuple(Operation(Scale((), mine, 0.9)) for _ in range(6))
    stack = replace(stack, edits=plain)
    # Of one block all is known but the filter, of those around nothing.
    block = Region(0, 100, 32, 64)
    stack.evaluate(np.arange(block.low, block.high), np.arange(block.start, block.stop))
    smooth = replace(stack, edits=(*plain, Operation(Filter((), others, FilterKind.MEDIAN, 1, 1))))
    alone = left(smooth, block)
    everywhere(stack)
    known = left(smooth, block)
    # Five blocks around that one.
    assert known > 0 and alone == known + 5 * 6


def test_pictures_leave_what_is_heard_remembered():
    memory = Memory()
    painted_once(memory)
    heard = memory.nbytes
    stack = painted_once(Memory(2 * heard, most_aside=0))
    memory = stack.remembered
    for first in range(40):
        picture = Lattice(np.arange(stack.bins), np.arange(first, stack.frames, 5))
        stack.evaluate(picture.rows, picture.columns, picture)
        assert left(stack) == 0
        assert heard < memory.nbytes <= memory.most_bytes, "they have what there is beside"
    assert memory.nbytes > 1.5 * heard


def test_what_was_overtaken_goes_before_what_is_present():
    """Many edits of one place leave what is known elsewhere."""
    stack = painted_once(Memory())
    everywhere(stack)
    heard = stack.remembered.nbytes
    memory = Memory(3 * heard)
    stack = replace(stack, remembered=memory)
    area = areas.rectangle(Region(150, 190, 70, 90), stack.bins, stack.frames)
    stack = replace(stack, edits=(*stack.edits, Operation(Invert((), stack.layers[1].part_ids), area)))
    everywhere(stack)
    # The first rectangle's blocks, but not those of the second.
    elsewhere = Region(10, 60, 40, 60)
    states = [stack]
    for i in range(40):
        more = Operation(Scale((), stack.layers[1].part_ids, 0.9 + 0.001 * i), area)
        states.append(replace(states[-1], edits=(*states[-1].edits, more)))
        states[-1].evaluate(np.arange(150, 190), np.arange(70, 90))
        assert left(states[-1], elsewhere) == 0
    assert memory.nbytes <= memory.most_bytes
    # The latest can be taken back at once, the oldest no longer.
    assert left(states[-2], Region(150, 190, 70, 90)) == 0 < left(states[1], Region(150, 190, 70, 90))
