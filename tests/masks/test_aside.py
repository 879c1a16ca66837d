"""Masks for which there is no room in memory: put aside on the disk, and found again bit for bit."""

import errno
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.masks.evaluating import all_records, everywhere, left, painted_once, scratch
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Invert, Scale
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.evaluation.aside import UNIT, Aside
from workbench.masks.evaluation.lattice import Lattice, Lattices
from workbench.masks.evaluation.memory import Memory
from workbench.masks.evaluation.records import OF_A_BLOCK, Put
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.masks.model.reduced import Cells

SMALL, ROOM = 300_000, 10**9
"""Bytes: less than one stack's masks, and more."""


LAID = []


@dataclass(frozen=True)
class Counted(Scale):
    """Notes each time that it is laid over a block."""

    def goal(self, mine, room, grid, near=None):
        LAID.append(grid)
        return super().goal(mine, room, grid, near)


def laid_while(look):
    """How often counted edits are laid meanwhile."""
    before = len(LAID)
    look()
    return len(LAID) - before


def written(memory):
    """Wait until all that leaves has left."""
    deadline = time.monotonic() + 30
    while memory._leaving and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not memory._leaving


def edited(memory, filtered=False):
    stack = painted_once(memory)
    parts = [layer.part_ids for layer in stack.layers]
    more = [Operation(Counted((), parts[0], 0.7)), Operation(Invert((), parts[1]))]
    if filtered:
        more.append(Operation(Filter((), parts[0], FilterKind.MEDIAN, 1, 2)))
    stack = replace(stack, edits=(*stack.edits, *more))
    everywhere(stack)
    written(memory)
    return stack


def accounted(memory):
    """All that is given out of the file is some record's."""
    written(memory)
    held = sum(len(record.put.place.units) for record in all_records(memory) if record.put is not None)
    assert memory._aside.held == held


@pytest.mark.parametrize("filtered", [False, True])
def test_what_has_no_room_in_memory_is_not_evaluated_again(filtered):
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory, filtered)

    def look():
        everywhere(stack)
        written(memory)

    # What was known while everything was evaluated is present now, whatever filters looked back to since.
    for _ in range(3):
        assert left(stack) == 0 and laid_while(look) == 0
    assert memory.nbytes - memory.coverage.nbytes <= SMALL + UNIT * 8
    np.testing.assert_array_equal(everywhere(stack), everywhere(replace(stack, remembered=None)))
    assert any(isinstance(record.held, Put) for record in all_records(memory))
    accounted(memory)
    # Without a disk it would be.
    stack = replace(stack, remembered=Memory(SMALL))
    everywhere(stack)
    assert laid_while(lambda: everywhere(stack)) > 0


def test_what_filters_look_back_to_pushes_nothing_out():
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory, filtered=True)
    before = replace(stack, edits=stack.edits[:-1])
    for _ in range(3):
        everywhere(stack)
        # A filter is tried out over and over: each time it looks at the masks before.
        amount = Filter((), stack.layers[1].part_ids, FilterKind.BLUR, 1, 2)
        tried = replace(before, edits=(*before.edits, Operation(amount)))
        everywhere(tried)
        written(memory)
        assert laid_while(lambda: everywhere(stack)) == 0


def test_pictures_are_put_aside_too_and_views_found_again():
    lattices = Lattices()
    rows, columns = np.arange(0, 257, 3), np.arange(1, 140, 5)
    picture = lattices.of(rows, columns, 257, 140)
    assert lattices.of(rows.copy(), columns.copy(), 257, 140) is picture
    assert lattices.of(rows[1:], columns, 257, 140) is not picture
    assert lattices.of(rows, columns, 257, 139) is not picture
    stack = edited(Memory(SMALL, most_aside=ROOM))
    stack.evaluate(rows, columns, picture)
    everywhere(stack)
    written(stack.remembered)
    assert laid_while(lambda: stack.evaluate(rows, columns, lattices.of(rows, columns, 257, 140))) == 0
    np.testing.assert_array_equal(
        stack.evaluate(rows, columns, picture),
        scratch(stack, rows, columns, Lattice(rows, columns, cells=Cells(rows, columns, 257, 140))),
    )


def test_threads_that_share_a_small_memory_find_what_each_evaluates_alone():
    memory = Memory(SMALL, most_aside=60 * UNIT)
    stack = edited(memory, filtered=True)
    alone = everywhere(replace(stack, remembered=None))
    wrong = []

    def look(seed):
        rng = np.random.default_rng(seed)
        for _ in range(60):
            low, start = int(rng.integers(0, stack.bins - 20)), int(rng.integers(0, stack.frames - 20))
            rows, columns = np.arange(low, low + 20), np.arange(start, start + 20)
            if not np.array_equal(stack.evaluate(rows, columns), alone[:, low : low + 20, start : start + 20]):
                wrong.append((low, start))

    threads = [threading.Thread(target=look, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accounted(memory)
    assert not wrong


@pytest.mark.parametrize("refused", [1, 10**9])
def test_a_full_disk_costs_time_alone(monkeypatch, refused):
    """Also where it is full for a moment only."""
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory)
    assert any(isinstance(record.held, Put) for record in all_records(memory))
    write, count = os.pwrite, iter(range(10**9))

    def refuse(*what):
        if next(count) < refused:
            raise OSError(errno.ENOSPC, "no space left")
        return write(*what)

    monkeypatch.setattr(os, "pwrite", refuse)
    # Other factors: everything is evaluated and wants to be put aside.
    other = replace(stack, factors=Factors(stack.factors.W[:, ::-1].copy(), stack.factors.H))
    for each in (other, stack, other):
        np.testing.assert_array_equal(everywhere(each), everywhere(replace(each, remembered=None)))
        written(memory)
    # The disk is left to others.
    assert os.fstat(memory._aside._file.fileno()).st_size == 0
    assert memory.nbytes <= memory.most_bytes + memory.coverage.nbytes + 200_000


def test_what_is_written_slowly_is_counted_once(monkeypatch):
    """Asked for again and put aside again before it was written."""
    write = os.pwrite

    def slow(*what):
        time.sleep(0.002)
        return write(*what)

    monkeypatch.setattr(os, "pwrite", slow)
    memory = Memory(SMALL, most_aside=ROOM)
    stack = painted_once(memory)
    stack = replace(stack, edits=(*stack.edits, Operation(Invert((), stack.layers[1].part_ids))))
    for _ in range(6):
        everywhere(stack)
    accounted(memory)
    np.testing.assert_array_equal(everywhere(stack), everywhere(replace(stack, remembered=None)))


def test_without_a_thread_to_write_it_is_forgotten(monkeypatch):
    def none(_):
        raise RuntimeError("can't start new thread")

    memory = Memory(SMALL, most_aside=ROOM)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none)
        stack = edited(memory)
        assert not len(memory._shelf) and not memory._aside.held
    everywhere(stack)
    written(memory)
    assert len(memory._shelf)


def test_the_program_ends_while_masks_are_written():
    """Nothing is told, and nothing is written to what was opened since."""
    code = """
        import os, time
        import numpy as np
        from workbench.masks.evaluation.aside import Aside
        write = os.pwrite
        os.pwrite = lambda *what: (time.sleep(0.01), write(*what))[1]
        aside = Aside(1 << 30)
        values = np.ones((400, 128, 32), np.float32)
        assert aside.write(aside.reserve(values.shape), values, lambda ok: None)
        for _ in range(200):
            aside.write(aside.reserve((1, 128, 32)), values[:1], lambda ok: None)
        time.sleep(0.05)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_file_has_no_name_and_no_more_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    memory = Memory(SMALL, most_aside=30 * UNIT)
    edited(memory)
    file = memory._aside._file
    assert file is not None and os.fstat(file.fileno()).st_nlink == 0 and list(tmp_path.iterdir()) == []
    assert 0 < os.fstat(file.fileno()).st_size <= 30 * UNIT


def test_what_an_undone_edit_made_gives_way_to_the_next_and_undo_finds_what_was():
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory)
    area = areas.rectangle(Region(0, stack.bins, 0, stack.frames), stack.bins, stack.frames)
    for value in range(6):
        effect = Scale((), stack.layers[2].part_ids, 0.1 * value)
        other = replace(stack, edits=(*stack.edits, Operation(effect, area)))
        for each in (other, stack, other):
            everywhere(each)
            written(memory)
            assert left(each) == 0
        assert left(stack) == 0
    # Also some steps back.
    back = replace(stack, edits=stack.edits[:-1])
    for _ in range(3):
        everywhere(back)
        written(memory)
        assert left(back) == 0
    accounted(memory)
    assert len(memory._shelf) <= OF_A_BLOCK * len(memory._of_block)


def test_of_many_edits_of_one_place_few_are_put_aside():
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory)
    for value in range(6):
        effect = Scale((), stack.layers[2].part_ids, 0.9 + 0.01 * value)
        stack = replace(stack, edits=(*stack.edits, Operation(effect)))
        everywhere(stack)
        written(memory)
    aside = Counter(record.block for record in all_records(memory) if isinstance(record.held, Put))
    assert max(aside.values()) <= OF_A_BLOCK


def test_models_of_long_ago_are_not_held_on_to():
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory)
    for _ in range(8):
        stack = replace(stack, factors=Factors(stack.factors.W[:, ::-1].copy(), stack.factors.H))
        everywhere(stack)
        written(memory)
    assert 1 < len({id(record.ground.model) for record in memory._shelf._records}) <= 3
    # And what was evaluated over them pushes out nothing of the present one.
    assert laid_while(lambda: everywhere(stack)) == 0
    accounted(memory)


def test_models_that_come_and_go_are_let_go_once():
    memory = Memory(SMALL, most_aside=ROOM)
    stack = edited(memory)
    factors = stack.factors
    models = [stack, *(replace(stack, factors=Factors(factors.W.copy(), factors.H)) for _ in range(5))]
    low, all_frames = np.arange(60), np.arange(stack.frames)
    for each in models:
        # A few blocks.
        each.evaluate(low, all_frames)
        written(memory)
    for turn in range(4 * len(models) + 3):
        # Asked for in turn, while nothing else is to be done.
        memory._shelf.ask(models[turn % len(models)].ground)
    for each in models:
        np.testing.assert_array_equal(everywhere(each), everywhere(replace(each, remembered=None)))
    accounted(memory)


def test_places_are_given_again():
    aside = Aside(4 * UNIT)
    done = threading.Event()
    first, second = aside.reserve((3, 128, 32)), aside.reserve((128, 32))
    assert first is not None and second is not None and aside.reserve((1, 1)) is None
    values = np.random.default_rng(0).random((3, 128, 32), np.float32)
    assert aside.write(first, values, lambda ok: done.set() if ok else None)
    assert done.wait(30)
    out = np.empty_like(values)
    assert aside.read(first, out)
    np.testing.assert_array_equal(out, values)
    aside.release(first)
    third = aside.reserve((2, 128, 32))
    assert third is not None and set(third.units) < set(first.units)
    # Nothing was written there: the file ends before.
    assert not aside.read(second, np.empty((128, 32), np.float32))
