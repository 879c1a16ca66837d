"""The sums of a block by the compiled kernels, for Kullback–Leibler and Itakura–Saito in float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.kernels.compiled import Field, Library, Rule
from workbench.nmf.result import Array, Flags


@dataclass(frozen=True, eq=False)
class FusedSums:
    """The same as `PlainSums`, and a whole sweep at once."""

    library: Library
    vt: Array
    beta: float
    floor: float

    def of_frames(self, part: slice, rows: Array, w: Array, blocks: Blocks) -> tuple[Array, Array | None]:
        up = np.empty((len(rows), len(w)), np.float32)
        down = None if self.beta else np.empty_like(up)
        self._run(part, rows, w, blocks, frame_up=up, frame_down=down)
        return up, down

    def of_bins(
        self, part: slice, rows: Array, w: Array, blocks: Blocks, sums: bool, cost: bool
    ) -> tuple[Array, Array, float]:
        return self._bins(part, rows, w, blocks, sums, cost)

    def sweep(
        self,
        part: slice,
        rows: Array,
        w: Array,
        blocks: Blocks,
        more: Array,
        hold: Flags,
        root: bool,
        sums: bool,
        cost: bool,
    ) -> tuple[Array, Array, float]:
        """Update `rows` in place, and what `of_bins` gives with them.

        Parameters
        ----------
        more : array, shape (K,)
            What the denominators of the update have beside the sums.
        hold : K flags
            Which activations stay.
        root : bool
            Whether the ratio is under a square root.
        """
        return self._bins(part, rows, w, blocks, sums, cost, more=more, hold=hold, root=root)

    def _bins(
        self, part: slice, rows: Array, w: Array, blocks: Blocks, sums: bool, cost: bool, **fields: Field
    ) -> tuple[Array, Array, float]:
        up = np.empty(w.shape, np.float32) if sums else None
        down = np.empty(w.shape, np.float32) if sums and not self.beta else None
        total = self._run(part, rows, w, blocks, bin_up=up, bin_down=down, cost=cost, **fields)
        if cost and self.beta:
            # The sum of the model is that of W times that of H.
            total += float(rows.sum(axis=0, dtype=np.float64) @ w.sum(axis=1, dtype=np.float64))
        nothing = np.zeros((1, 1), np.float32)
        if up is None:
            return nothing, nothing, total
        return up, rows.sum(axis=0)[:, None] if down is None else down, total

    def _run(self, part: slice, rows: Array, w: Array, blocks: Blocks, cost: bool = False, **fields: Field) -> float:
        rule = Rule.KULLBACK_LEIBLER if self.beta else Rule.ITAKURA_SAITO
        fields["floor"] = self.floor
        return self.library.sweep(rule, self.vt[part], w, rows, blocks, cost=cost, fields=fields)
