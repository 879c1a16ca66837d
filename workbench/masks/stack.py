"""A mask stack: one partition of the mix, computed from the factors and changed by edits.

Nothing of size parts × F × N is ever allocated: masks are evaluated on the bins asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.edits import Edit, Paint, held_arrays
from workbench.masks.edits.effects import Memory
from workbench.masks.model.grid import TILE, Array, Grid, Indices, Region, neighbourhood
from workbench.masks.model.layers import Group, Layer
from workbench.masks.model.sharing import Masks
from workbench.masks.model.sources import MaskModel, Sources
from workbench.spectral.stft import Analysis

STRIP = 128
"""Columns evaluated at once, so that the masks of ten parts stay in the cache."""
COARSE = 8
"""A grid whose frames are farther apart than this is that of a picture: filters look at only a few of the frames
within their reach. Sound is made from all of them."""


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
    """

    layers: tuple[Layer, ...]
    factors: MaskModel | None
    edits: tuple[Edit, ...]
    bins: int
    frames: int
    levels: NDArray[np.uint8] | None = None
    groups: tuple[Group, ...] = ()

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """Ids of all parts, layer by layer."""
        return tuple(i for layer in self.layers for i in layer.part_ids)

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """For each part the index of its layer, shape (P,)."""
        return np.array([n for n, layer in enumerate(self.layers) for _ in layer.parts], np.intp)

    @cached_property
    def _holders(self) -> tuple[list[int], Indices]:
        """Indices of the parts that hold a component, and which component each holds."""
        count = self.factors.components if self.factors is not None else 1
        parts = [part for layer in self.layers for part in layer.parts]
        pairs = [(i, p.component) for i, p in enumerate(parts) if p.component is not None and p.component < count]
        return [i for i, _ in pairs], np.array([component for _, component in pairs], np.intp)

    def parts_of(self, layers: Sequence[int]) -> tuple[int, ...]:
        """Ids of the parts of some layers, by their indices."""
        return tuple(part for i in layers for part in self.layers[i].part_ids)

    def locked_parts(self) -> tuple[int, ...]:
        """Ids of the parts of locked layers."""
        return tuple(i for layer in self.layers if layer.locked for i in layer.part_ids)

    @property
    def memory(self) -> Memory:
        """What its edits and its model keep in memory."""
        out, model = held_arrays(self.edits), self.factors
        if isinstance(model, Sources):
            out[id(model.shares)] = model.shares, model.shares.nbytes
            model = model.components_of
        if model is not None:
            out[id(model)] = model, model.nbytes
        return out

    def computed(self, rows: Indices, columns: Indices) -> Masks:
        """The model's masks without edits, shape (P, R, C): (w_k h_k) / Σ_j (w_j h_j).

        Where the model is 0 the parts that hold a component share equally; so they do before any
        factorisation, when there is one such part. Parts without a component get 0.
        """
        out = np.zeros((len(self.parts), len(rows), len(columns)), np.float32)
        holders, chosen = self._holders
        if not holders:
            # The oldest part, so that a layer that is added takes nothing.
            out[int(np.argmin(self.parts))] = 1
            return out
        if self.factors is None:
            out[holders] = 1 / len(holders)
            return out
        out[holders] = self.factors.values(chosen, rows, columns)
        total = out.sum(axis=0)
        silent = total <= np.float32(1e-30)
        out *= np.divide(1, total, out=np.zeros_like(total), where=~silent)
        if silent.any():
            out[np.array(holders)[:, None], silent] = 1 / len(holders)
        return out

    def evaluate(self, rows: Indices, columns: Indices) -> Masks:
        """Masks of all parts with all edits, shape (P, R, C); in [0, 1], summing to one.

        Parameters
        ----------
        rows, columns : int
            Increasing frequency-bin and frame indices; where frames are on average more than `COARSE` apart,
            effects that look at neighbours are computed roughly.
        """
        # From the last edit to the first: on which bins must the masks be known for it?
        coarse = len(columns) > 1 and columns[-1] - columns[0] > COARSE * (len(columns) - 1)
        grids = [(rows, columns)]
        for edit in reversed(self.edits):
            grids.append(self._needed(edit, *grids[-1], coarse))
        grids.reverse()
        grid = Grid(*grids[0], self.parts, self.levels, coarse)
        computed = self.computed(grid.rows, grid.columns)
        masks = computed.copy() if self.edits else computed
        for edit, (out_rows, out_columns) in zip(self.edits, grids[1:], strict=True):
            wide = masks, grid
            if out_rows is not grid.rows or out_columns is not grid.columns:
                inner = np.ix_(np.searchsorted(grid.rows, out_rows), np.searchsorted(grid.columns, out_columns))
                computed = np.ascontiguousarray(computed[:, inner[0], inner[1]])
                masks = masks[:, inner[0], inner[1]]
                grid = Grid(out_rows, out_columns, self.parts, self.levels, coarse)
            edit.apply(masks, computed, grid, wide)
        return masks

    def _needed(self, edit: Edit, rows: Indices, columns: Indices, coarse: bool) -> tuple[Indices, Indices]:
        """Bins and frames on which the masks must be known for an edit to give them on some."""
        if edit.reach == (0, 0):
            return rows, columns
        inside = Grid(rows, columns, ()).inside(edit.bounds)
        if any(part.stop <= part.start for part in inside):
            return rows, columns
        near_rows = neighbourhood(rows[inside[0]], edit.reach[0], self.bins, passes=edit.passes)
        near_columns = neighbourhood(columns[inside[1]], edit.reach[1], self.frames, coarse, edit.passes)
        return np.union1d(rows, near_rows), np.union1d(columns, near_columns)

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
            stack = self if self.levels is not None else replace(self, levels=levels)
            masks = stack.evaluate(rows[inner[0]], columns[inner[1]])
            for i, part in enumerate(parts):
                if part in known:
                    out[i][inner] = masks[known[part]]
        return out

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

    def blend(self, weights: Array, rows: Indices, columns: Indices) -> Array:
        """Σ over layers of mask × weight: gains of the mix, colours of the display, or one layer's mask.

        Parameters
        ----------
        weights : float32, shape (L, D)
            A vector a layer.
        rows, columns : int
            Increasing frequency-bin and frame indices.

        Returns
        -------
        float32, shape (D, R, C)
        """
        by_part = np.ascontiguousarray(weights[self.owner].T, np.float32)  # (D, P)
        out = np.empty((by_part.shape[0], len(rows), len(columns)), np.float32)
        for lo in range(0, len(columns), STRIP):
            strip = columns[lo : lo + STRIP]
            self._blend_strip(by_part, rows, strip, out[:, :, lo : lo + STRIP])
        return out

    def _blend_strip(self, by_part: Array, rows: Indices, columns: Indices, out: Array) -> None:
        edited = self._edited_rows(rows, columns)
        if edited != slice(0, len(rows)):
            self._blend_model(by_part, rows, columns, out)
        if edited.stop > edited.start:
            masks = self.evaluate(rows[edited], columns)
            flat = by_part @ masks.reshape(len(masks), -1)
            out[:, edited] = flat.reshape(len(by_part), -1, len(columns))

    def _blend_model(self, by_part: Array, rows: Indices, columns: Indices, out: Array) -> None:
        """Blend without edits by matrix products: Σ_k g_k w_k h_k / Σ_k w_k h_k."""
        holders, held = self._holders
        if self.factors is None or not holders:
            chosen = by_part[:, holders] if holders else by_part[:, [int(np.argmin(self.parts))]]
            out[:] = chosen.mean(axis=1)[:, None, None]
            return
        total, sums = self.factors.sums(by_part[:, holders], held, rows, columns)
        silent = total <= np.float32(1e-30)
        scale = np.divide(1, total, out=np.zeros_like(total), where=~silent)
        for d, weights in enumerate(by_part[:, holders]):
            np.multiply(sums[d], scale, out=out[d])
            if silent.any():
                out[d][silent] = weights.mean()

    def _edited_rows(self, rows: Indices, columns: Indices) -> slice:
        """Smallest run of `rows` that holds every bin that an edit may change."""
        grid = Grid(rows, columns, ())
        low, high = len(rows), 0
        for edit in self.edits:
            if isinstance(edit, Paint):
                for row in edit.rows_touched(rows, columns):
                    low = min(low, int(np.searchsorted(rows, row * TILE)))
                    high = max(high, int(np.searchsorted(rows, (row + 1) * TILE)))
                continue
            inside_rows, inside_columns = grid.inside(edit.bounds)
            if inside_columns.stop > inside_columns.start and inside_rows.stop > inside_rows.start:
                low, high = min(low, inside_rows.start), max(high, inside_rows.stop)
        return slice(low, high) if high > low else slice(0, 0)
