"""Factors between two sets of factors, for the Morph slider (FluCoMa's NMFMorph, heard while it moves)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from workbench.masks.model.models import Array, Factors
from workbench.nmf.bases import morph_template
from workbench.nmf.matching import match_components


@dataclass(frozen=True)
class MorphTarget:
    """Where a morph goes: from the template of `source` to that of `component`, or to a whole other `run`."""

    source: int = 0
    component: int | None = None
    run: int = 0


def morph_components(factors: Factors, source: int, target: int, amount: float) -> Factors:
    """The template of one component on its way to that of another; its loudness and activations stay.

    Parameters
    ----------
    amount : float
        0 … 1.
    """
    w = factors.W.copy()
    w[:, source] = _between(factors.W[:, source], factors.W[:, target], amount)
    return Factors(w, factors.H)


def morph_runs(one: Factors, other: Factors, amount: float, held: Collection[int] = ()) -> Factors:
    """All components on their way to those of another run that they are most like.

    Templates move by optimal transport, activations linearly. Components without a counterpart, and those
    that are `held`, stay.
    """
    if one.W.shape[0] != other.W.shape[0] or one.H.shape[1] != other.H.shape[1]:
        return one
    w, h = one.W.copy(), one.H.copy()
    # Runs of other methods may have another scale.
    level = _energy(one) / max(_energy(other), 1e-30)
    for mine, theirs in enumerate(match_components(one.W, one.H, other.W, other.H)):
        if theirs >= 0 and mine not in held:
            w[:, mine] = _between(one.W[:, mine], other.W[:, theirs], amount)
            h[mine] = (1 - amount) * one.H[mine] + amount * level * other.H[theirs]
    return Factors(w, h)


def _energy(factors: Factors) -> float:
    """The sum of the model."""
    return float(factors.spectra.sum(axis=0) @ factors.H.sum(axis=1))


def _between(a: Array, b: Array, amount: float) -> Array:
    """A template on its way to another; the other's sum is brought to that of the first."""
    if a.ndim == 1:
        b = b.sum(axis=1) if b.ndim > 1 else b
        total = float(b.sum())
        return np.asarray(morph_template(a, b * (float(a.sum()) / total if total > 0 else 0), amount), np.float32)
    # Frame by frame; a template with another number of frames lends its mean spectrum.
    spread = b if b.shape == a.shape else np.repeat(b.reshape(len(b), -1).mean(axis=1)[:, None], a.shape[1], axis=1)
    return np.stack([_between(a[:, t], spread[:, t], amount) for t in range(a.shape[1])], axis=1)
