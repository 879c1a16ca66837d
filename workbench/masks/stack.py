"""A mask stack: one partition of the mix, computed from the factors and changed by edits.

Nothing of size parts × F × N is ever allocated: masks are evaluated on the bins asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.edits import Edit, held_arrays
from workbench.masks.edits.effects import Held
from workbench.masks.evaluation.evaluator import Evaluator, Piece, Requested, cut, requested
from workbench.masks.evaluation.lattice import DENSE, Block, Lattice, pieces, sparseness
from workbench.masks.evaluation.memory import Memory
from workbench.masks.model.grid import Array, Grid, Indices, Reach, Region
from workbench.masks.model.ground import Ground
from workbench.masks.model.layers import Group, Layer
from workbench.masks.model.sharing import Masks
from workbench.masks.model.sources import MaskModel, Sources
from workbench.spectral.stft import Analysis

STRIP = 128
"""Columns blended at once, so that the masks of ten parts stay in the cache."""
ENOUGH = 200
"""So much work that nobody does it while a hand waits."""
OWN_BYTES, OWN_COVERAGE = 4 * 2**20, 2**20
"""What a stack remembers that shares no memory with others, as one that an edit of a saved project looks back to."""
MOSTLY = 2.5
"""The same where filters look at the bins around too."""


@dataclass(frozen=True, eq=False)
class Stack:
    """An immutable snapshot of a mask stack.

    Parameters
    ----------
    layers : tuple of Layer
    factors : MaskModel or None
        None before any factorisation: component 0 is then everything.
    edits : tuple of Edit
        Applied in order.
    bins, frames : int
        F and N.
    levels : uint8, shape (N, F), or None
        Levels of the mix, for what looks at them.
    groups : tuple of Group
        For the mix; masks do not know them.
    remembered : Memory or None
        What was evaluated before, by other stacks too. Without one it has a small one of its own.
    """

    layers: tuple[Layer, ...]
    factors: MaskModel | None
    edits: tuple[Edit, ...]
    bins: int
    frames: int
    levels: NDArray[np.uint8] | None = None
    groups: tuple[Group, ...] = ()
    remembered: Memory | None = None

    @cached_property
    def _memory(self) -> Memory:
        return self.remembered or Memory(OWN_BYTES, OWN_COVERAGE)

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """Ids of all parts, layer by layer."""
        return tuple(i for layer in self.layers for i in layer.part_ids)

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """For each part the index of its layer, shape (P,)."""
        return np.array([n for n, layer in enumerate(self.layers) for _ in layer.parts], np.intp)

    @cached_property
    def ground(self) -> Ground:
        """What the edits are laid over."""
        parts = tuple(part for layer in self.layers for part in layer.parts)
        return Ground(parts, self.factors, self.bins, self.frames, self.levels)

    def parts_of(self, layers: Sequence[int]) -> tuple[int, ...]:
        """Ids of the parts of some layers, by their indices."""
        return tuple(part for i in layers for part in self.layers[i].part_ids)

    def locked_parts(self) -> tuple[int, ...]:
        """Ids of the parts of locked layers."""
        return tuple(i for layer in self.layers if layer.locked for i in layer.part_ids)

    @property
    def memory(self) -> Held:
        """What its edits and its model keep in memory."""
        out, model = held_arrays(self.edits), self.factors
        if isinstance(model, Sources):
            out[id(model.shares)] = model.shares, model.shares.nbytes
            model = model.components_of
        if model is not None:
            out[id(model)] = model, model.nbytes
        return out

    def computed(self, rows: Indices, columns: Indices) -> Masks:
        """The model's masks without edits, see `Ground.computed`; shape (P, R, C)."""
        return self.ground.computed(rows, columns)

    def evaluate(self, rows: Indices, columns: Indices, lattice: Lattice | None = None) -> Masks:
        """Masks of all parts with all edits, shape (P, R, C); in [0, 1], summing to one.

        Parameters
        ----------
        rows, columns : int
            Increasing frequency-bin and frame indices.
        lattice : Lattice, optional
            Of which these are rows and columns: what is evaluated is remembered for whoever asks for the same lattice.
            By default every bin is, if enough are asked for. On a lattice that leaves out bins, filters look at a few
            of their neighbours: pictures of much tell roughly what they do.
        """
        cells = None if lattice is None else lattice.cells
        out = self.ground.computed(rows, columns, cells)
        place = self.ground.place
        memory, blocks = self._blocks(rows, columns, lattice)
        evaluator = Evaluator(self.ground, self.edits, memory)
        for block, inside, at in blocks:
            held = evaluator.held(block)
            if held is None:
                continue
            if block.lattice.cells is not cells:
                # What it was evaluated on looks closer: its shares are those of its own bins.
                own_rows, own_columns = block.rows[inside[0]], block.columns[inside[1]]
                out[(slice(None), *at)] = self.ground.computed(own_rows, own_columns, block.lattice.cells)
            for bundle, plane in zip(held.bundles, held.planes, strict=True):
                piece = cut(plane, inside)
                if len(bundle) == 1:
                    out[place[bundle[0]]][at] = piece
                    continue
                for part in bundle:
                    out[place[part]][at] *= piece
        return out

    def work_left(self, rows: Indices, columns: Indices, lattice: Lattice | None = None) -> int:
        """What is to be done before `evaluate` or `blend` knows these bins: operations laid over a block; about.

        What is more than `ENOUGH` is not counted to its end.
        """
        memory, blocks = self._blocks(rows, columns, lattice)
        left = 0
        for block, _, _ in blocks:
            todo = memory.left(self.ground, self.edits, block)
            left += sum(self.edits[i].effort(block.region) for i in todo)
            look = next((i for i in todo if self.edits[i].reach != (0, 0)), None)
            if look is not None and left <= ENOUGH:
                left += self._around(memory, block, look)
            if left > ENOUGH:
                break
        return left

    def _around(self, memory: Memory, block: Block, look: int) -> int:
        """What is to be done in the blocks around before an edit can look at them."""
        edit, before = self.edits[look], memory.before(self.edits, look)
        reach = edit.reach[0] * edit.passes, edit.reach[1] * edit.passes
        rows, columns = block.lattice.spanned(block.region.widened(reach))
        left = 0
        for row, column, _, _ in pieces(rows, columns, block.lattice.wide):
            near = block.lattice.block(row, column)
            if near != block:
                left += sum(before[i].effort(near.region) for i in memory.left(self.ground, before, near))
        return left

    @cached_property
    def _furthest(self) -> Reach:
        """Bins and frames at which any of the edits looks."""
        reaches = [edit.reach for edit in self.edits if edit.reach != (0, 0)] or [(0, 0)]
        return max(rows for rows, _ in reaches), max(columns for _, columns in reaches)

    def _blocks(self, rows: Indices, columns: Indices, lattice: Lattice | None) -> tuple[Memory, list[Requested]]:
        """The blocks that are to be looked at for some bins, none where there are no edits; and what remembers them."""
        memory = self._memory
        if not self.edits or not len(rows) or not len(columns):
            return memory, []
        if lattice is None or lattice.exact:
            if sparseness(rows, columns) <= DENSE:
                lattice = memory.whole(self.bins, self.frames)
            else:
                # Nobody asks for the same ones again.
                memory, lattice = Memory(OWN_BYTES, OWN_COVERAGE), Lattice(rows, columns)
        sparse = len(lattice.columns) < self.frames or len(lattice.rows) < self.bins
        if sparse and self._furthest != (0, 0):
            lattice = lattice.with_neighbours(self._furthest, self.bins, self.frames)
            if lattice.left_out <= MOSTLY:
                memory = self._memory
                lattice = memory.whole(self.bins, self.frames)
        return memory, requested(rows, columns, lattice)

    def masks_of(
        self, parts: tuple[int, ...], rows: Indices, columns: Indices, levels: NDArray[np.uint8] | None = None
    ) -> Masks:
        """Masks of some parts on any increasing bins, shape (p, R, C); 0 outside the plane and for parts it has not.

        `levels` are those of the mix, for a stack that was saved without.
        """
        out = np.zeros((len(parts), len(rows), len(columns)), np.float32)
        inner = Grid(rows, columns, ()).inside(Region(0, self.bins, 0, self.frames))
        known = {part: i for i, part in enumerate(self.parts)}
        if all(part.stop > part.start for part in inner) and known.keys() & set(parts):
            stack = self if self.levels is not None else self._with(levels)
            masks = stack.evaluate(rows[inner[0]], columns[inner[1]])
            for i, part in enumerate(parts):
                if part in known:
                    out[i][inner] = masks[known[part]]
        return out

    def _with(self, levels: NDArray[np.uint8] | None) -> Stack:
        """The same with levels; always the same for the same ones, so that what it remembers counts."""
        known: Stack | None = self.__dict__.get("_leveled")
        if known is None or known.levels is not levels:
            known = replace(self, levels=levels)
            self.__dict__["_leveled"] = known
        return known

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Stack:
        """The same stack under another window and hop; it knows no levels. `samples` is the recording's length."""
        factors = None if self.factors is None else self.factors.resampled(old, new, samples)
        edits = tuple(edit.resampled(old, new, samples) for edit in self.edits)
        return replace(self, factors=factors, edits=edits, bins=new.bins, frames=new.frames(samples), levels=None)

    def layer_mask(self, index: int, rows: Indices, columns: Indices) -> Masks:
        """Mask of one layer, shape (R, C)."""
        return self.summed_mask((index,), rows, columns)

    def summed_mask(self, layers: Sequence[int], rows: Indices, columns: Indices) -> Masks:
        """Sum of the masks of some layers, by their indices: a group's mask, shape (R, C)."""
        weights = np.zeros((len(self.layers), 1), np.float32)
        weights[list(layers)] = 1
        mask: Masks = self.blend(weights, rows, columns)[0]
        return mask

    def blend(
        self, weights: Array, rows: Indices, columns: Indices, lattice: Lattice | None = None, tried: bool = False
    ) -> Array:
        """Σ over layers of mask × weight: gains of the mix, colours of the display, or one layer's mask.

        Parameters
        ----------
        weights : float32, shape (L, D)
            A vector a layer.
        rows, columns : int
            Increasing frequency-bin and frame indices.
        lattice : Lattice, optional
            As in `evaluate`.
        tried : bool
            Whether the last edit is only tried out, so that nothing of it need be remembered.

        Returns
        -------
        float32, shape (D, R, C)
        """
        by_part = np.ascontiguousarray(weights[self.owner].T, np.float32)  # (D, P)
        out = np.empty((by_part.shape[0], len(rows), len(columns)), np.float32)
        cells = None if lattice is None else lattice.cells
        for lo in range(0, len(columns), STRIP):
            strip = slice(lo, lo + STRIP)
            out[:, :, strip] = self.ground.blend(by_part, rows, columns[strip], cells)
        memory, blocks = self._blocks(rows, columns, lattice)
        evaluator = Evaluator(self.ground, self.edits, memory)
        for piece in evaluator.pieces(blocks, tried):
            if piece.held is not None:
                out[:, piece.at[0], piece.at[1]] = self._blended(by_part, piece)
        return out

    def _blended(self, by_part: Array, piece: Piece) -> Array:
        """The same of an edited piece of a block, from its masks."""
        held = piece.held
        assert held is not None
        planes, place = held.planes, self.ground.place
        weights = np.zeros((len(by_part), len(planes)), np.float32)
        for i, bundle in enumerate(held.bundles):
            if len(bundle) == 1:
                weights[:, i] = by_part[:, place[bundle[0]]]
        out = (weights @ planes.reshape(len(planes), -1)).reshape(len(by_part), *planes.shape[1:])
        for bundle, plane in zip(held.bundles, planes, strict=True):
            chosen = [place[part] for part in bundle]
            if len(bundle) > 1 and by_part[:, chosen].any():
                mine = np.zeros_like(by_part)
                mine[:, chosen] = by_part[:, chosen]
                out += self.ground.blend(mine, piece.rows, piece.columns, piece.lattice.cells) * plane
        return np.asarray(out, np.float32)
