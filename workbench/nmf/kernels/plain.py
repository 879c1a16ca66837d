"""The sums of a block in NumPy: for any β, weights and kind of number; the reference of the compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.nmf.blocks import Blocks
from workbench.nmf.divergence import divergence, itakura_saito
from workbench.nmf.result import Array, Flags


@dataclass(frozen=True, eq=False)
class PlainSums:
    """What the updates need of a block of frames.

    Attributes
    ----------
    vt : array, shape (N, F)
        V, rows filled up with zeros.
    gt : array, shape (N, F), or None
        Weights. Where they are 0, V does not count.
    beta : float
    floor : float
        Is added to the model; for β < 1 V is at least this too.
    """

    vt: Array
    gt: Array | None
    beta: float
    floor: float

    def v(self, part: slice, blocks: Blocks) -> Array:
        """V of a block as it counts, in a buffer where that is not V itself."""
        v, kind = self.vt[part], self.vt.dtype
        if self.gt is None and self.beta >= 1:
            return v
        out = blocks.scratch("v", v.shape, kind)
        if self.gt is not None:
            out[:] = 0
            np.copyto(out, v, where=self.gt[part] > 0)
            v = out
        return v if self.beta >= 1 else np.maximum(v, kind.type(self.floor), out=out)

    def of_frames(self, part: slice, rows: Array, w: Array, blocks: Blocks) -> tuple[Array, Array | None]:
        """Numerator and denominator of the update of `rows`.

        Parameters
        ----------
        part : slice
            The block's frames.
        rows : array, shape (n, K)
            Their activations.
        w : array, shape (K, F)
            Templates.
        blocks : Blocks
            In one of whose threads this is.

        Returns
        -------
        arrays, shape (n, K)
            The second is None where it is the sums of the templates for all frames.
        """
        up_of, down_of = self._terms(self.v(part, blocks), part, self._model(rows, w, blocks), blocks)
        return up_of @ w.T, None if down_of is None else down_of @ w.T

    def of_bins(
        self, part: slice, rows: Array, w: Array, blocks: Blocks, sums: bool, cost: bool
    ) -> tuple[Array, Array, float]:
        """Numerator (K, F) and denominator (K, F) or (K, 1) of the update of w, of this block, and its cost without
        what depends on V alone; `sums` and `cost` are which of them are wanted."""
        v, model = self.v(part, blocks), self._model(rows, w, blocks)
        up_of, down_of = self._terms(v, part, model, blocks)
        total = self._cost(v, part, model, rows, w, blocks) if cost else 0.0
        if not sums:
            nothing = np.zeros((1, 1), self.vt.dtype)
            return nothing, nothing, total
        return rows.T @ up_of, rows.sum(axis=0)[:, None] if down_of is None else rows.T @ down_of, total

    def _model(self, rows: Array, w: Array, blocks: Blocks) -> Array:
        """The model with the floor, in a buffer."""
        model = np.matmul(rows, w, out=blocks.scratch("model", (len(rows), w.shape[1]), w.dtype))
        model += w.dtype.type(self.floor)
        return model

    def _terms(self, v: Array, part: slice, model: Array, blocks: Blocks) -> tuple[Array, Array | None]:
        """G ⊙ V ⊙ L^(β−2) and G ⊙ L^(β−1) (None where that is all ones) in buffers, one of them perhaps `model`'s."""
        beta, kind = self.beta, model.dtype
        if beta == 1.0 and self.gt is None:
            return np.divide(v, model, out=model), None
        p = blocks.scratch("p", model.shape, kind)
        if beta == 0.0 and self.gt is None:
            np.divide(1, model, out=model)  # np.reciprocal takes twice as long
            np.multiply(v, model, out=p)
            p *= model
            return p, model
        q = blocks.scratch("q", model.shape, kind)
        if beta == 2.0:
            p[:], q[:] = v, model
        else:
            np.power(model, kind.type(beta - 1), out=q)
            np.multiply(v, q, out=p)
            p /= model
        if self.gt is not None:
            p *= self.gt[part]
            q *= self.gt[part]
        return p, q

    def _cost(self, v: Array, part: slice, model: Array, rows: Array, w: Array, blocks: Blocks) -> float:
        """Σ G ⊙ d_β(v | L) of a block, without what depends on V alone; `model` is what `_terms` has left of it."""
        if self.gt is not None or self.beta not in (0.0, 1.0):
            return divergence(v, model, self.beta, None if self.gt is None else self.gt[part])
        ratio = blocks.scratch("ratio", model.shape, model.dtype)
        if self.beta == 0.0:
            return itakura_saito(np.multiply(v, model, out=ratio))
        # The sum of the model is that of W times that of H. The trace is for bins where V is zero.
        np.add(model, model.dtype.type(1e-30), out=ratio)
        linear = rows.sum(axis=0, dtype=np.float64) @ w.sum(axis=1, dtype=np.float64)
        return float(np.vdot(v, np.log(ratio, out=ratio))) + float(linear)


def quotient_sums(
    v: Array, rows: Array, w: Array, floor: float, quotient: Array, blocks: Blocks
) -> tuple[Array, float]:
    """`kernels.quotient_sums`."""
    model = np.matmul(rows, w, out=blocks.scratch("model", v.shape, v.dtype))
    model += v.dtype.type(floor)
    np.divide(v, model, out=quotient)
    # Not log1p, which takes ten times as long: what it would save is far below this cost.
    logs = np.log(np.add(quotient, 1, out=model), out=model)
    return rows.T @ quotient, float(np.vdot(v, logs))


def coordinates(x: Array, up: Array, gram: Array, hold: Flags, sweeps: int) -> None:
    """`kernels.coordinates`."""
    free = [k for k in range(len(x)) if not hold[k] and gram[k, k] > 0]
    scale = np.where(gram.diagonal() > 0, gram.diagonal(), 1)[:, None]
    # The others' share only: x_k = (up_k − Σ_{j≠k} gram_kj x_j) / gram_kk, or 0.
    others, aim = gram / scale, up / scale
    np.fill_diagonal(others, 0)
    row = np.empty_like(x[0])
    for _ in range(sweeps):
        for k in free:
            np.matmul(others[k], x, out=row)
            np.subtract(aim[k], row, out=row)
            np.maximum(row, 0, out=x[k])
