"""Curves that are drawn towards what is known of them: templates and activations between held and free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.nmf.result import Array, Hook


@dataclass(frozen=True, eq=False)
class Pull:
    """What a curve of one component is drawn towards.

    Attributes
    ----------
    component : int
    target : array, shape (F,) or (F, T) for a template, (N,) for an activation
        g ≥ 0; its scale does not count.
    weight : float
        ω, 0 (free) … 1 (held in its course).
    """

    component: int
    target: Array
    weight: float


def pulled(curve: Array, target: Array, weight: float) -> Array:
    """x drawn towards g: (1−ω) x + ω g Σx/Σg.

    For Kullback–Leibler and templates of unit sum an update is the M-step of an EM algorithm, which counts how much of
    V each bin of a template explains. Then this is the M-step with a Dirichlet prior around g whose pseudo-counts are
    ω/(1−ω) times those counts: the maximum a posteriori instead of the maximum likelihood (Shashanka, Raj & Smaragdis,
    *Probabilistic latent variable models as nonnegative factorizations*, Comput. Intell. Neurosci., 2008). So a weight
    means the same for loud and quiet components. For other divergences it is a step between two points of the cone of
    nonnegative curves, and a fixed point is where a free update and the pull are in balance.

    Parameters
    ----------
    curve, target : arrays of one shape
    weight : float
        ω, 0 … 1.

    Returns
    -------
    array
        With the sum of `curve`; `curve` itself where either of the two is silent.

    Raises
    ------
    ValueError
        If the shapes differ, or the weight is not between 0 and 1.
    """
    if curve.shape != target.shape:
        raise ValueError(f"A curve of shape {curve.shape} can't be pulled towards one of shape {target.shape}.")
    if not 0 <= weight <= 1:
        raise ValueError(f"The weight of a pull is between 0 and 1, not {weight}.")
    here, there = float(curve.sum(dtype=np.float64)), float(target.sum(dtype=np.float64))
    if here == 0 or there == 0:
        return curve
    return np.asarray((1 - weight) * curve + (weight * here / there) * target, curve.dtype)


def pulling(templates: Sequence[Pull], activations: Sequence[Pull]) -> Hook:
    """A hook that pulls templates and activations after every iteration."""

    def hook(iteration: int, W: Array, H: Array) -> tuple[Array, Array]:
        W, H = W.copy(), H.copy()
        for each in templates:
            W[:, each.component] = pulled(W[:, each.component], each.target, each.weight)
        for each in activations:
            H[each.component] = pulled(H[each.component], each.target, each.weight)
        return W, H

    return hook
