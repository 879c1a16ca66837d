"""What a factorisation brings down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.result import Array, chosen


class Exponent(StrEnum):
    """The power γ of the ratio by which a multiplicative update changes a factor.

    MM is that of majorisation–minimisation, γ(β), with which the cost never rises (Févotte & Idier 2011, eq. 4.8).
    HEURISTIC is 1 for every β, which descends faster for β < 1; for β = 0 it is the majorisation–equalisation rule
    and never raises the cost either.
    """

    MM = "mm"
    HEURISTIC = "heuristic"


@dataclass(frozen=True, eq=False)
class Objective:
    """What a factorisation brings down: Σ G ⊙ d_β(V | WH) + sparsity + uncorrelatedness.

    Attributes
    ----------
    beta : float
        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number.
    sparsity : float
        μ ≥ 0. Adds μ m^(β−1) Σ_k ‖w_k‖₁ ‖h_k‖₁ to the cost, where m is the mean of V. What it does depends
        neither on the scale of V nor on how the scale of a component is shared between w_k and h_k. For
        Kullback–Leibler 0.1 is much.
    uncorrelatedness : float
        ν ≥ 0. Adds ν m^(β−2)/(2N) Σ_{j≠k} (w_jᵀw_k) ‖h_j‖₁ ‖h_k‖₁: templates that share frequencies cost, in
        proportion to how much they sound. It does not depend on scale either. For Kullback–Leibler 1 is much.
    weights : array (F, N) or None
        G ≥ 0: how much each bin counts. Where it is 0, data are missing: V may hold anything there, NaN too.
    hold_templates, hold_activations : bool or K flags
        Of which components the template, the activation is not updated: all, none, or a flag for each.
    exponent : str
        One of `Exponent`.
    """

    beta: float = 1.0
    sparsity: float = 0.0
    uncorrelatedness: float = 0.0
    weights: Array | None = None
    hold_templates: bool | ArrayLike = False
    hold_activations: bool | ArrayLike = False
    exponent: str = Exponent.MM

    def __post_init__(self) -> None:
        if self.sparsity < 0 or self.uncorrelatedness < 0:
            raise ValueError("Sparsity and uncorrelatedness can't be negative.")
        chosen(Exponent, self.exponent, "exponent")
        if not np.isfinite(self.beta):
            raise ValueError("β must be a real number.")

    @property
    def gamma(self) -> float:
        """The exponent of the update."""
        return 1.0 if self.exponent == Exponent.HEURISTIC else mm_exponent(self.beta)


def mm_exponent(beta: float) -> float:
    """γ(β) of the majorisation–minimisation rule (Févotte & Idier 2011, eq. 4.8)."""
    return 1 / (2 - beta) if beta < 1 else 1.0 if beta <= 2 else 1 / (beta - 1)
