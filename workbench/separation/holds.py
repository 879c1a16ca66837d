"""Curves of components that the user holds, and how a factorisation keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from workbench.masks.model.models import Factors
from workbench.nmf.pulls import Pull, pulling
from workbench.nmf.result import Array, Hook
from workbench.nmf.starts import of_length
from workbench.separation.settings import Method, RunSettings
from workbench.spectral.stft import Analysis

HOLDING = frozenset({Method.FAST, Method.MU, Method.ONLINE, Method.SMOOTH, Method.SEQUENTIAL, Method.PATTERNS})
"""Methods that hold the curves of single components."""
PULLING = frozenset({Method.FAST, Method.MU, Method.ONLINE, Method.PATTERNS})
"""Those that pull them, too."""


class Curve(StrEnum):
    """Which curve of a component."""

    TEMPLATE = "template"
    ACTIVATION = "activation"


@dataclass(frozen=True, eq=False)
class Hold:
    """A curve of a component that the next factorisations keep, or are drawn towards.

    Attributes
    ----------
    part : int
        Id of the part of the stack that the component is; of a stack of sources, which share the components, the
        number of the component.
    curve : Curve
    values : float32, shape (F,) or (F, T) for a template, (N,) for an activation
    weight : float
        1: kept exactly. Below: drawn towards it in every iteration (`workbench.nmf.pulls`).
    power : float
        p of the V = |X|^p that the values are of.
    """

    part: int
    curve: Curve
    values: Array
    weight: float = 1.0
    power: float = 1.0

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Hold:
        """The same curve under another window and hop; `samples` is the recording's length."""
        if self.curve is Curve.TEMPLATE:
            silent = np.zeros((1, old.frames(samples)), np.float32)
            values = Factors(self.values[:, None], silent).resampled(old, new, samples).W[:, 0]
        else:
            silent = np.zeros((old.bins, 1), np.float32)
            values = Factors(silent, self.values[None]).resampled(old, new, samples).H[0]
        return replace(self, values=values)

    def target(self, settings: RunSettings) -> Array:
        """The curve as a method with these settings has it: of its power, and its number of template frames."""
        values = self.values ** np.float32(settings.power / self.power)
        if self.curve is Curve.ACTIVATION:
            return np.asarray(values, np.float32)
        template: Array = of_length(values[:, None], settings.template_frames)[:, 0]
        return template


Held = tuple[int, Hold]
"""A component with what is held of it."""


def with_holds(held: Sequence[Held], settings: RunSettings, W: Array, H: Array) -> tuple[Array, Array]:
    """A start with the curves that are held in their places.

    The level of a component, its sum over all bins and frames, stays that of the start; where both its curves are
    held, it is theirs.

    Parameters
    ----------
    W, H : arrays, shapes (F, K) or (F, K, T), and (K, N)
    """
    W, H = W.copy(), H.copy()
    both = {k for k, hold in held if hold.curve is Curve.TEMPLATE} & {
        k for k, hold in held if hold.curve is Curve.ACTIVATION
    }
    for k, hold in held:
        values = hold.target(settings)
        own, other = (W[:, k], H[k]) if hold.curve is Curve.TEMPLATE else (H[k], W[:, k])
        now = float(values.sum(dtype=np.float64))
        if k not in both and now > 0:
            other *= own.sum(dtype=np.float64) / now
        own[...] = values
    return W, H


def held_flags(held: Sequence[Held], curve: Curve, count: int) -> list[bool]:
    """Of each of `count` components whether that curve is kept exactly."""
    kept = {k for k, hold in held if hold.curve is curve and hold.weight >= 1}
    return [k in kept for k in range(count)]


def pull_hook(held: Sequence[Held], settings: RunSettings) -> Hook | None:
    """What draws the others after every iteration; None where there are none."""
    pulls = {
        curve: [
            Pull(k, hold.target(settings), hold.weight) for k, hold in held if hold.curve is curve and hold.weight < 1
        ]
        for curve in Curve
    }
    if not any(pulls.values()):
        return None
    return pulling(pulls[Curve.TEMPLATE], pulls[Curve.ACTIVATION])
