"""What masks are before any edit: the parts of a stack, the components that they hold, and the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Indices
from workbench.masks.model.layers import Part
from workbench.masks.model.reduced import Cells, reduced
from workbench.masks.model.sharing import Masks
from workbench.masks.model.sources import MaskModel

SILENT = np.float32(1e-30)
"""A model this small is 0: nothing says how to share."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What edits are laid over.

    Parameters
    ----------
    parts : tuple of Part
    model : MaskModel or None
        None before any factorisation: component 0 is then everything.
    bins, frames : int
        F and N.
    levels : uint8, shape (N, F), or None
        Levels of the mix, for what looks at them.
    """

    parts: tuple[Part, ...]
    model: MaskModel | None
    bins: int
    frames: int
    levels: NDArray[np.uint8] | None = None

    def gives_as(self, other: Ground) -> bool:
        """Whether the same edits give the same masks over both."""
        return (
            self.model is other.model
            and self.levels is other.levels
            and (self.bins, self.frames) == (other.bins, other.frames)
            and (self.parts == other.parts or set(self.parts) == set(other.parts))
        )

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """Ids of the parts."""
        return tuple(part.id for part in self.parts)

    @cached_property
    def place(self) -> dict[int, int]:
        """For the id of each part, which of them it is."""
        return {part: i for i, part in enumerate(self.ids)}

    @cached_property
    def holders(self) -> tuple[list[int], Indices]:
        """Indices of the parts that hold a component, and which component each holds."""
        count = self.model.components if self.model is not None else 1
        pairs = [(i, p.component) for i, p in enumerate(self.parts) if p.component is not None and p.component < count]
        return [i for i, _ in pairs], np.array([component for _, component in pairs], np.intp)

    @cached_property
    def oldest(self) -> int:
        """Index of the part that was made first: it has what nobody else has."""
        return int(np.argmin(self.ids))

    def computed(self, rows: Indices, columns: Indices, cells: Cells | None = None) -> Masks:
        """The model's masks, shape (P, R, C): (w_k h_k) / Σ_j (w_j h_j).

        Where the model is 0 the parts that hold a component share equally; so they do before any factorisation, when
        there is one such part. Parts without a component get 0. Where bins and frames stand for `cells`, masks are the
        means over these, weighted by the model, see `reduced`.
        """
        out = np.zeros((len(self.parts), len(rows), len(columns)), np.float32)
        holders, chosen = self.holders
        if not holders:
            # The oldest part, so that a layer that is added takes nothing.
            out[self.oldest] = 1
            return out
        if self.model is None:
            out[holders] = 1 / len(holders)
            return out
        model = self.model if cells is None else reduced(self.model, cells)
        out[holders] = model.values(chosen, rows, columns)
        total = out.sum(axis=0)
        silent = total <= SILENT
        out *= np.divide(1, total, out=np.zeros_like(total), where=~silent)
        if silent.any():
            out[np.array(holders)[:, None], silent] = 1 / len(holders)
        return out

    def blend(self, weights: NDArray[np.float32], rows: Indices, columns: Indices, cells: Cells | None = None) -> Masks:
        """Σ over parts of computed mask × weight, by matrix products; `weights` are (D, P), the sums (D, R, C)."""
        out = np.empty((len(weights), len(rows), len(columns)), np.float32)
        holders, held = self.holders
        if self.model is None or not holders:
            chosen = weights[:, holders] if holders else weights[:, [self.oldest]]
            out[:] = chosen.mean(axis=1)[:, None, None]
            return out
        model = self.model if cells is None else reduced(self.model, cells)
        total, sums = model.sums(weights[:, holders], held, rows, columns)
        silent = total <= SILENT
        scale = np.divide(1, total, out=np.zeros_like(total), where=~silent)
        for d, each in enumerate(weights[:, holders]):
            np.multiply(sums[d], scale, out=out[d])
            if silent.any():
                out[d][silent] = each.mean()
        return out
