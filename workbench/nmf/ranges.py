"""Spectrograms far from one are factorised near it: powers of them would leave the range of their kind of number."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.nmf.result import Array, Flags

WIDEST, FARTHEST = 20, 30
"""Powers of two within which V, and a factor, is taken as it is."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Powers of two by which V and the factors are multiplied on the way in, and divided on the way out.

    Every rule gives the same for 2ᵏ V with templates 2ᵃ W and activations 2ᵏ⁻ᵃ H as for V with W and H.

    Attributes
    ----------
    shift : int
        k; 0 where V is in range.
    templates : int, shape (K,)
        a: 0, but for components of which something is held that is far from one.
    """

    shift: int
    templates: NDArray[np.intc]

    @property
    def changes_nothing(self) -> bool:
        """Whether all is in range."""
        return not self.shift and not self.templates.any()

    def spectrogram(self, V: Array) -> Array:
        """V near one."""
        return np.ldexp(V, self.shift) if self.shift else V

    def into(self, W: Array, H: Array) -> tuple[Array, Array]:
        """W and H as they stand beside that."""
        if self.changes_nothing:
            return W, H
        return _times(W, self.templates, 1), _times(H, self.shift - self.templates, 0)

    def out_of(self, W: Array, H: Array) -> tuple[Array, Array]:
        """W and H as they stand beside V itself."""
        if self.changes_nothing:
            return W, H
        return _times(W, -self.templates, 1), _times(H, self.templates - self.shift, 0)

    def cost(self, cost: float, beta: float) -> float:
        """What a cost near one is for V itself: d_β(sv | sm) = s^β d_β(v | m)."""
        if not self.shift:
            return cost
        power = min(max(-self.shift * beta, -1020.0), 1020.0)
        return float(min(cost * 2.0**power, sys.float_info.max))


def scaling_of(peak: float, W: Array, H: Array, beta: float, hold_w: Flags, hold_h: Flags) -> Scaling:
    """The scaling for a V of some largest value and a start."""
    shift = _power(peak, min(WIDEST, int(126 / (abs(beta) + 2))))
    templates = np.zeros(W.shape[1], np.intc)
    for k in np.flatnonzero(hold_w | hold_h):
        if hold_w[k]:
            templates[k] = _power(float(W[:, k].max()), FARTHEST)
        else:
            templates[k] = shift - _power(float(H[k].max()), FARTHEST)
    return Scaling(shift, templates)


def tamed(factor: Array, free: Flags, axis: int) -> Array:
    """A start, with what is free in it near one where it is far from that: the first update finds its scale."""
    other = tuple(i for i in range(factor.ndim) if i != axis)
    tops = factor.max(axis=other)
    powers = np.array([_power(float(top), FARTHEST) if each else 0 for top, each in zip(tops, free, strict=True)])
    return _times(factor, powers, axis) if powers.any() else factor


def _power(top: float, widest: int) -> int:
    """The power of two that brings a largest value near one; 0 where it is near enough, or nothing."""
    power = int(np.frexp(top)[1])
    return 0 if top == 0.0 or abs(power) <= widest else -power


def _times(factor: Array, powers: NDArray[np.intc], axis: int) -> Array:
    shape = [1] * factor.ndim
    shape[axis] = -1
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(factor, np.reshape(powers, shape).astype(np.intc)))
