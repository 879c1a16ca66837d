"""What a hand tries out: it looks as it will once it is done, and nothing of its way is held."""

import gc
import weakref
from dataclasses import replace

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.masks.evaluating import a_stack, all_records, an_edit, everywhere, left, painted_once
from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Fill
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.edits.traces import Path
from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.evaluation.memory import Memory
from workbench.masks.hand.painting import PathStroke, TileStroke
from workbench.masks.model.grid import Region
from workbench.spectral.scales import FrequencyScale


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
