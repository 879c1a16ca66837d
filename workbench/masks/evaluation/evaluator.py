"""Lays edits over the ground, block by block, from the last that is remembered on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workbench.masks.edits.edits import Edit
from workbench.masks.edits.effects import Around, Parts
from workbench.masks.edits.traces import Path
from workbench.masks.evaluation.lattice import HIGH, Block, Lattice, pieces
from workbench.masks.evaluation.memory import Memory
from workbench.masks.model.bundles import Bundled, Bundles
from workbench.masks.model.grid import Array, Grid, Indices, Reach, Region
from workbench.masks.model.ground import Ground

Part = slice | Indices
Requested = tuple[Block, tuple[Part, Part], tuple[slice, slice]]
"""A block, the rows and columns of it that are asked for, and where they are among all that are."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Masks on some rows and columns of the plane.

    Attributes
    ----------
    rows, columns : int
    at : pair of slices or indices
        Where they are among all that were asked for.
    held : Bundled or None
        None where no edit touches them.
    lattice : Lattice
        On which they were evaluated.
    """

    rows: Indices
    columns: Indices
    at: tuple[Part, Part]
    held: Bundled | None
    lattice: Lattice


class Evaluator:
    """Masks of one ground with one list of edits.

    A block is evaluated in one way, from whatever is remembered it is begun; so what is remembered gives the same, bit
    for bit, as evaluating everything.
    """

    def __init__(self, ground: Ground, edits: tuple[Edit, ...], memory: Memory, in_passing: bool = False) -> None:
        self._ground, self._edits, self._memory, self._in_passing = ground, edits, memory, in_passing

    def held(self, block: Block) -> Bundled | None:
        """The masks of a block; None where no edit touches it, and they are as the model has them."""
        known = self._memory.known(self._ground, self._edits, block, self._in_passing)
        if not known.left:
            if known.fresh:
                self._memory.remember(self._ground, self._edits, block, None)
            return known.held
        grid = Grid(block.rows, block.columns, self._ground.ids, self._ground.levels)
        bundles = Bundles(
            self._ground.ids, self._ground.computed(block.rows, block.columns, block.lattice.cells), known.held
        )
        for i in known.left:
            edit = self._edits[i]
            before = self
            if edit.reach != (0, 0):
                # It looks at the masks before it, here as in the blocks around.
                before = Evaluator(self._ground, self._memory.before(self._edits, i), self._memory, in_passing=True)
                self._memory.remember(self._ground, before._edits, block, bundles.held)
            _lay(edit, bundles, grid, block.lattice, before, self._memory)
        held = bundles.held
        self._memory.remember(self._ground, self._edits, block, held)
        return held

    def pieces(self, wanted: Sequence[Requested], tried: bool = False) -> Iterator[Piece]:
        """The masks of some rows and columns of blocks.

        Where the last edit is only `tried` out, as beneath a hand that paints, it is laid on what is asked for alone,
        over many blocks at once, and not remembered: the next event brings another in its place. One that looks at
        other bins takes the ordinary way.
        """
        alone: list[tuple[Requested, Bundled | None]] = []
        for each in wanted:
            block, inside, at = each
            known = self._memory.known(self._ground, self._edits, block)
            if tried and known.left[-1:] == [len(self._edits) - 1] and self._edits[-1].by_bin:
                under = known.held
                if len(known.left) > 1:
                    before = self._memory.before(self._edits, known.left[-1])
                    under = Evaluator(self._ground, before, self._memory).held(block)
                alone.append((each, under))
                continue
            held = self.held(block)
            yield Piece(block.rows[inside[0]], block.columns[inside[1]], at, _cut(held, inside), block.lattice)
        # In a row or a column of blocks, whichever are fewer.
        along = int(len({each[0].row for each, _ in alone}) <= len({each[0].column for each, _ in alone}))
        groups: dict[object, list[tuple[Requested, Bundled | None]]] = {}
        for each, under in alone:
            bundles = None if under is None else under.bundles
            groups.setdefault(((each[0].column, each[0].row)[along], bundles), []).append((each, under))
        for group in groups.values():
            yield self._last_laid(group, along)

    def _last_laid(self, group: list[tuple[Requested, Bundled | None]], along: int) -> Piece:
        """The last edit on the pieces of some blocks in a row (`along` 1) or a column (0), of the same bundles."""
        (first, inside, at), under = group[0]
        axes = [first.rows[inside[0]], first.columns[inside[1]]]
        places: list[Part] = list(at)
        held = _cut(under, inside)
        if len(group) > 1:
            several = [each for each, _ in group]
            axes[along] = np.concatenate(
                [(block.rows, block.columns)[along][part[along]] for block, part, _ in several]
            )
            place = np.arange(several[-1][2][along].stop)
            places[along] = np.concatenate([place[each[along]] for _, _, each in several])
        if held is not None and len(group) > 1:
            planes = [cut(each.planes, part) for (_, part, _), each in group if each is not None]
            held = Bundled(held.bundles, np.concatenate(planes, axis=1 + along))
        grid = Grid(axes[0], axes[1], self._ground.ids, self._ground.levels)
        bundles = Bundles(self._ground.ids, self._ground.computed(grid.rows, grid.columns, first.lattice.cells), held)
        _lay(self._edits[-1], bundles, grid, first.lattice, self, self._memory)
        return Piece(grid.rows, grid.columns, (places[0], places[1]), bundles.held, first.lattice)

    def summed(self, parts: Parts, lattice: Lattice, rows: slice, columns: slice) -> Array:
        """The masks of some parts together on a rectangle of a lattice, shape (R, C)."""
        out = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        chosen = set(parts)
        for row, column, inside, place in pieces(rows, columns, lattice.wide):
            block = lattice.block(row, column)
            held = self.held(block)
            computed: Array | None = None
            bundles = [self._ground.ids] if held is None else held.bundles
            for i, bundle in enumerate(bundles):
                mine = [part for part in bundle if part in chosen]
                if held is not None and len(bundle) == 1:
                    out[place] += held.planes[i][inside] if mine else 0
                elif mine:
                    if computed is None:
                        rows_, columns_ = block.rows[inside[0]], block.columns[inside[1]]
                        computed = self._ground.computed(rows_, columns_, lattice.cells)
                    share = computed[[self._ground.place[part] for part in mine]].sum(axis=0)
                    out[place] += share if held is None else share * held.planes[i][inside]
        return out


class _Near:
    """What a filter looks at: the masks on the lattice around a grid."""

    def __init__(self, before: Evaluator, lattice: Lattice) -> None:
        self._before, self._lattice = before, lattice

    def around(self, parts: Parts, grid: Grid, reach: Reach) -> Around:
        """The mask of some parts on the bins of the lattice within reach."""
        region = Region(int(grid.rows[0]), int(grid.rows[-1]) + 1, int(grid.columns[0]), int(grid.columns[-1]) + 1)
        rows, columns = self._lattice.spanned(region.widened(reach))
        mask = self._before.summed(parts, self._lattice, rows, columns)
        return Around(mask, self._lattice.rows[rows], self._lattice.columns[columns])


def _lay(edit: Edit, bundles: Bundles, grid: Grid, lattice: Lattice, before: Evaluator, memory: Memory) -> None:
    def coverage(path: Path, rows: Indices, columns: Indices) -> Array:
        if path.is_strip:
            # Found sooner than remembered.
            return path.at(rows, columns)
        out = np.empty((len(rows), len(columns)), np.float32)
        for block, inside, at in requested(rows, columns, lattice):
            out[at] = cut(memory.coverage.of(path, block), inside)
        return out

    edit.lay(bundles, grid, _Near(before, lattice), coverage)


def requested(rows: Indices, columns: Indices, lattice: Lattice) -> list[Requested]:
    """The blocks of a lattice under some of its rows and columns."""
    across, along = _by_block(rows, lattice.rows, HIGH), _by_block(columns, lattice.columns, lattice.wide)
    return [(lattice.block(row, column), (r, c), (at_r, at_c)) for row, r, at_r in across for column, c, at_c in along]


def cut(planes: Array, inside: tuple[Part, Part]) -> Array:
    """Some rows and columns of planes, shape (…, r, c)."""
    rows, columns = inside
    if isinstance(rows, slice) or isinstance(columns, slice):
        return planes[..., rows, :][..., columns]
    return planes[..., rows[:, None], columns]


def _cut(held: Bundled | None, inside: tuple[Part, Part]) -> Bundled | None:
    return None if held is None else Bundled(held.bundles, cut(held.planes, inside))


def _by_block(wanted: Indices, held: Indices, size: int) -> list[tuple[int, Part, slice]]:
    first, last = int(np.searchsorted(held, wanted[0])), int(np.searchsorted(held, wanted[-1]))
    if last - first == len(wanted) - 1:
        out: list[tuple[int, Part, slice]] = []
        for block in range(first // size, last // size + 1):
            lo, hi = max(first, block * size), min(last + 1, (block + 1) * size)
            out.append((block, slice(lo - block * size, hi - block * size), slice(lo - first, hi - first)))
        return out
    places = np.searchsorted(held, wanted)
    blocks = places // size
    edges = np.flatnonzero(np.diff(blocks, prepend=-1, append=-1)).tolist()
    return [(int(blocks[lo]), places[lo:hi] - int(blocks[lo]) * size, slice(lo, hi)) for lo, hi in pairwise(edges)]
