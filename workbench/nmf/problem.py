"""V and an objective, and the two half-steps of multiplicative updates, block by block.

The activations of a block are updated and its share of the templates' sums is taken while V's block is
at hand, so V is read once an iteration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from workbench.nmf.blocks import Blocks, aligned_rows
from workbench.nmf.divergence import relative_floor
from workbench.nmf.kernels import onto_activations, onto_templates, sums_for
from workbench.nmf.kernels.fused import FusedSums
from workbench.nmf.objective import Objective
from workbench.nmf.ranges import Scaling, scaling_of, tamed
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, check_factors, check_spectrogram, held


@dataclass(eq=False)
class Sums:
    """What the update of W needs of all frames, and the cost at that point.

    Attributes
    ----------
    up, down : arrays, shape (K, F)
        Numerator and denominator of W's update; `down` may be (K, 1).
    cost : float
        NaN where it was not wanted.
    """

    up: Array
    down: Array
    cost: float


@dataclass(frozen=True, eq=False)
class Half:
    """What all blocks share in one sweep: w (K, F), w wᵀ (where wanted), w's row sums, and the quadratic penalty's
    gradient (K,)."""

    w: Array
    gram: Array | None
    sums: Array
    square: Array | None


class Problem:
    """V and an objective, and the two half-steps on w = Wᵀ (K, F) and h = Hᵀ (N, K).

    For templates of T frames w is (K·T, F): one row a component and template frame. Rows of V and w are filled up
    with zeros to a multiple of `align` bins, where vector instructions are at their best.
    """

    align = 16
    model_is_a_product = True
    brings_near_one = True
    """Whether V far from one is factorised near it."""

    def __init__(
        self,
        V: Array,
        W: Array,
        H: Array,
        objective: Objective,
        iterations: int | None = 1,
        progress: IterationProgress | None = None,
    ) -> None:
        g = objective.weights
        peak = check_spectrogram(V, g)
        check_factors(V, W, H, iterations, progress)
        self.objective, self.kind = objective, V.dtype
        self.bins, self.frames = V.shape
        components = W.shape[1]
        self.length = W.shape[2] if W.ndim == 3 else 1
        self.flat = W.ndim == 2
        self.owner = np.repeat(np.arange(components), self.length)
        self.silent = peak == 0.0
        beta = objective.beta
        self.hold_w = held(objective.hold_templates, components)
        self.hold_h = held(objective.hold_activations, components)
        as_it_is = Scaling(0, np.zeros(components, np.intc))
        near = scaling_of(peak, W, H, beta, self.hold_w, self.hold_h) if self.brings_near_one else as_it_is
        self._scaling = near
        V, peak = self._scaling.spectrogram(V), float(np.ldexp(peak, self._scaling.shift))
        tiny = float(np.finfo(V.dtype).tiny)
        # The floor is a part of the model, a constant component beside WH: so every rule stays a descent.
        self.floor = V.dtype.type(max(peak * relative_floor(beta), tiny * 1e3))
        self.vt = aligned_rows(V, self.align)
        self.width = self.vt.shape[1]
        self.gt = None if g is None else aligned_rows(np.asarray(g, V.dtype), self.align)
        self.sums = sums_for(self.vt, self.gt, beta, float(self.floor), len(self.owner))
        self.free_w, self.free_h = not self.hold_w.all(), not self.hold_h.all()
        self._free = ~(self.hold_w | self.hold_h)
        self._some_h = bool(self.hold_h.any())
        self.gram = self.model_is_a_product and beta == 2.0 and self.gt is None
        penalised = objective.sparsity > 0 or objective.uncorrelatedness > 0
        # A pass over V in double precision, which takes as long as an iteration, only where it is used.
        wanted = penalised or (beta == 1.0 and self.gt is None)
        total, share = self._total() if wanted else (0.0, 1.0)
        mean = 1.0 if self.silent or not penalised else total / max(share, tiny)
        self.mu = objective.sparsity * mean ** (beta - 1)
        self._nu = objective.uncorrelatedness * mean ** (beta - 2) / self.frames
        self.constant = self._cost_of_v(total)

    def start(self, W: Array, H: Array) -> tuple[Array, Array]:
        """Copies of the start as w (K, F) and h (N, K), with the templates' scale put into the activations."""
        W, H = self._scaling.into(W, H)
        W, H = tamed(W, ~self.hold_w, 1), tamed(H, ~self.hold_h, 0)
        h = np.array(H.T, self.kind, order="C")
        return self.normalise(self.pack(W), h), h

    def pack(self, W: Array) -> Array:
        """W (F, K) or (F, K, T) as a new w (K·T, F)."""
        flat = W.reshape(self.bins, -1)
        w = np.zeros((flat.shape[1], self.width), self.kind)
        w[:, : self.bins] = flat.T
        return w

    def unpack(self, w: Array) -> Array:
        """w as a view of the shape that W came in."""
        w = w[:, : self.bins]
        return w.T if self.flat else w.reshape(-1, self.length, self.bins).transpose(2, 0, 1)

    def hooked(self, hook: Hook | None, iteration: int, w: Array, h: Array) -> tuple[Array, Array]:
        """w and h, or what a hook puts in their place."""
        changed = hook(iteration, *self.factors(w, h)) if hook is not None else None
        if changed is None:
            return w, h
        W, H = self._scaling.into(*changed)
        return self.pack(W), np.array(H.T, self.kind, order="C")

    def factors(self, w: Array, h: Array) -> tuple[Array, Array]:
        """W and H of V itself; views where it is in range."""
        return self._scaling.out_of(self.unpack(w), h.T)

    def told(self, cost: float) -> float:
        """A cost, as it is of V itself."""
        return self._scaling.cost(cost, self.objective.beta)

    def result(self, w: Array, h: Array, costs: Sequence[float]) -> Factorisation:
        """What is returned for w and h.

        Raises
        ------
        ValueError
            If they have left the range of their kind of number.
        """
        W, H = self.factors(w, h)
        if not (np.isfinite(W).all() and np.isfinite(H).all()):
            raise ValueError("The factors have left the range of numbers; scale V, or what is held, towards one.")
        return Factorisation(W.copy(order="C"), np.ascontiguousarray(H), tuple(costs))

    def silence(self, w: Array, h: Array) -> Factorisation:
        """The exact answer for a V of zeros."""
        return self.result(w, np.where(self.hold_h, h, 0).astype(self.kind), (0.0,))

    # -- the half-steps ------------------------------------------------------------------------------

    def sweep(self, blocks: Blocks, w: Array, h: Array, cost: bool = True) -> Sums:
        """Update h in place, block by block, and gather what the update of w needs at the new h."""
        half = self.half(w, h)
        parts = blocks.run(partial(self.block, blocks=blocks, half=half, h=h, cost=cost))
        up, down, total = sums_of(parts)
        if self.gram:
            return Sums(up, down @ w, self.gram_cost(w, h, up, down) if cost else np.nan)
        return Sums(up, down, max(0.0, total + self.constant) + self.penalty(w, h) if cost else np.nan)

    def half(self, w: Array, h: Array) -> Half:
        """What all blocks share in a sweep with this w."""
        return Half(w, w @ w.T if self.gram else None, w.sum(axis=1), self._square_for_h(w, h))

    def templates(self, w: Array, h: Array, sums: Sums) -> Array:
        """w after the update that `sweep` prepared; rows that are held stay."""
        if not self.free_w:
            return w
        down, square = sums.down, None
        if self.mu or self._nu:
            scale = self._loudness(h)
            if self.mu:
                down = down + (self.mu * scale[:, None]).astype(self.kind)
            if self._nu:
                weighted = w * scale[:, None]
                square = self._nu * scale[:, None] * (weighted.sum(axis=0) - weighted)
        out = without_traces(w * self.ratio(sums.up, down, square))
        rows = self.hold_w[self.owner]
        out[rows] = w[rows]
        return out

    def normalise(self, w: Array, h: Array) -> Array:
        """w with templates of unit sum; h takes the scale over, in place. Components with anything held stay."""
        scale = w.sum(axis=1).reshape(-1, self.length).sum(axis=1)
        scale = np.where((scale > 0) & self._free, scale, 1).astype(w.dtype)
        if (scale == 1).all():
            return w
        h *= scale
        out: Array = w / scale[self.owner, None]
        return out

    def penalty(self, w: Array, h: Array) -> float:
        """Sparsity and uncorrelatedness as they stand."""
        if not self.mu and not self._nu:
            return 0.0
        scale = self._loudness(h)
        w64 = w.astype(np.float64)
        sparse = self.mu * float(w64.sum(axis=1) @ scale)
        return float(sparse + 0.5 * self._nu * (scale @ _off_diagonal(w64 @ w64.T) @ scale))

    def _loudness(self, h: Array) -> Array:
        """‖h_k‖₁ for each row of w."""
        total: Array = h.sum(axis=0, dtype=np.float64)[self.owner]
        return total

    def _square_for_h(self, w: Array, h: Array) -> Array | None:
        """Gradient of the uncorrelatedness, the same for all frames of a component, shape (K,)."""
        if not self._nu or not self.free_h:
            return None
        by_row = _off_diagonal(w @ w.T) @ self._loudness(h)
        return np.asarray(self._nu * by_row.reshape(-1, self.length).sum(axis=1))

    def gram_cost(self, w: Array, h: Array, up: Array, gram: Array) -> float:
        """The Euclidean cost from small matrices: `up` = hᵀ vᵀ (K, F) and `gram` = hᵀh (K, K)."""
        w64 = w.astype(np.float64)
        total = self.constant + 0.5 * float(np.sum((w64 @ w64.T) * gram)) - float(np.sum(w64 * up))
        return max(0.0, total) + self.penalty(w, h)

    # -- one block -----------------------------------------------------------------------------------

    def block(self, part: slice, blocks: Blocks, half: Half, h: Array, cost: bool) -> tuple[Array, Array, float]:
        """A sweep over one block: its activations are updated in place, and its share of the sums comes back."""
        rows, w = h[part], half.w
        if self.gram:
            return self._gram_block(self.vt[part], rows, half, blocks)
        more = (self.mu * half.sums).astype(self.kind)
        if self.free_h and half.square is None and isinstance(self.sums, FusedSums):
            more = more + half.sums if self.objective.beta else more
            root = self.objective.gamma == 0.5
            return self.sums.sweep(part, rows, w, blocks, more, self.hold_h, root, self.free_w, cost)
        if self.free_h:
            up, down = self.sums.of_frames(part, rows, w, blocks)
            self.step(rows, up, (half.sums if down is None else down) + more, half.square)
        return self.of_bins(part, rows, w, blocks, cost)

    def of_bins(self, part: slice, rows: Array, w: Array, blocks: Blocks, cost: bool) -> tuple[Array, Array, float]:
        """What the update of w and the cost need of a block, as far as either is wanted."""
        if not self.free_w and not cost:
            nothing = np.zeros((1, 1), self.kind)
            return nothing, nothing, 0.0
        return self.sums.of_bins(part, rows, w, blocks, self.free_w, cost)

    def _gram_block(self, v: Array, rows: Array, half: Half, blocks: Blocks) -> tuple[Array, Array, float]:
        """Euclidean without weights: Wᵀ(WH) = (WᵀW)H, so the model is never formed."""
        if self.free_h:
            assert half.gram is not None
            down = rows @ half.gram
            if self.mu:
                down = down + (self.mu * half.sums).astype(self.kind)
            self.step(rows, onto_templates(v, half.w, blocks), down, half.square)
        return onto_activations(rows, v, blocks), rows.T @ rows, 0.0

    def step(self, rows: Array, up: Array, down: Array, square: Array | None) -> None:
        held = rows[:, self.hold_h] if self._some_h else None
        rows *= self.ratio(up, down, square)
        without_traces(rows)
        if held is not None:
            rows[:, self.hold_h] = held

    def ratio(self, up: Array, down: Array, square: Array | None = None) -> Array:
        """The factor of an update: up/down to the exponent, or the root that takes in a quadratic penalty."""
        gamma = self.objective.gamma
        kind = up.dtype.type
        if square is not None and self.objective.beta < 2:
            # Whatever the exponent: beside this penalty no other step is sure to descend.
            return _penalised_root(up, down, square, self.objective.beta).astype(up.dtype)
        if square is not None:
            down = down + square.astype(up.dtype)
        info = np.finfo(up.dtype)
        out: Array = up / np.maximum(down, info.tiny)
        np.minimum(out, kind(info.max**0.5), out=out)
        if gamma == 0.5:
            return np.sqrt(out, out=out)
        return out if gamma == 1.0 else np.power(out, kind(gamma), out=out)

    # -- V as a whole --------------------------------------------------------------------------------

    def _total(self) -> tuple[float, float]:
        """Σ G ⊙ V and Σ G, in pieces, whose sums in double precision take no memory."""
        total = share = 0.0
        for n in range(0, self.frames, 64):
            v = self.vt[n : n + 64]
            if self.gt is None:
                total += float(v.sum(dtype=np.float64))
                continue
            g = self.gt[n : n + 64]
            total += float(np.vdot(np.where(g > 0, v, 0), g))
            share += float(g.sum(dtype=np.float64))
        return total, self.frames * self.bins if self.gt is None else share

    def _cost_of_v(self, total: float) -> float:
        """The share of the cost that no factor changes."""
        beta = self.objective.beta
        if self.gram:
            # In pieces, whose sums in the precision of V lose nothing that counts.
            pieces = (self.vt[n : n + 64] for n in range(0, self.frames, 64))
            return 0.5 * sum(float(np.vdot(piece, piece)) for piece in pieces)
        if beta == 1.0 and self.gt is None:
            return float(float(self.floor) * self.frames * self.bins - total)
        return 0.0


def without_traces(x: Array) -> Array:
    """x with what is too small for the full precision of its kind set to zero, in place: such numbers are slow."""
    x[x < np.finfo(x.dtype).tiny] = 0
    return x


def added(parts: list[Array]) -> Array:
    """The sum of what the blocks give, in their order; the first is written to."""
    for part in parts[1:]:
        parts[0] += part
    return parts[0]


def sums_of(parts: list[tuple[Array, Array, float]]) -> tuple[Array, Array, float]:
    """The sums of numerators, denominators and costs over blocks."""
    ups, downs, costs = zip(*parts, strict=True)
    return added(list(ups)), added(list(downs)), sum(costs)


def _off_diagonal(square: Array) -> Array:
    out: Array = square - np.diag(np.diag(square))
    return out


def _penalised_root(up: Array, down: Array, square: Array, beta: float) -> Array:
    """The r > 0 with up = down r^s + square r^(3−β), s = max(1, 2−β): the minimum of the majoriser for β < 2.

    Newton's method on the logarithm of the right side, which is convex and rises in log r, from its right.
    """
    with np.errstate(divide="ignore"):
        p, q, a = (np.log(np.asarray(x, np.float64)) for x in (up, down, square))
    s, t = max(1.0, 2 - beta), 3 - beta
    with np.errstate(invalid="ignore"):
        x = np.minimum((p - q) / s, (p - a) / t)
        for _ in range(8):
            both = np.logaddexp(q + s * x, a + t * x)
            share = np.exp(q + s * x - both)
            x = x - (both - p) / (s * share + t * (1 - share))
    out: Array = np.exp(np.clip(x, -80, 80))
    return np.where(np.isfinite(p), np.where(np.isnan(out), 1, out), 0)
