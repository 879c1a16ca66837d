"""What a factorisation brings down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.nmf.result import Array


@dataclass(frozen=True, eq=False)
class Objective:
    """What a factorisation brings down: Σ G ⊙ d_β(V | WH) + sparsity + uncorrelatedness.

    Attributes
    ----------
    beta : float
        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito, or any other real number.
    sparsity : float
        μ ≥ 0 of μ m^(β−1) Σ_k ‖w_k‖₁ ‖h_k‖₁, m the mean of V: scaling w_k against h_k changes nothing, and
        neither does scaling V. 0.1 is much for KL.
    uncorrelatedness : float
        ν ≥ 0 of ν m^(β−2)/(2N) Σ_{j≠k} (w_jᵀw_k) ‖h_j‖₁ ‖h_k‖₁: templates that share frequencies cost, in
        proportion to how much they sound. Scale-free too. 1 is much for KL.
    weights : array (F, N) or None
        G: how much each bin counts; 0 marks missing data, of which V's value does not matter.
    hold_templates, hold_activations : bool or K flags
        What is not updated.
    exponent : str
        'mm': the majorisation–minimisation exponent γ(β), with which the cost never rises (Févotte & Idier 2011,
        eq. 4.8); 'heuristic': 1 for every β, which descends faster for β < 1 (for β = 0 it is the
        majorisation–equalisation rule and never raises the cost either).
    """

    beta: float = 1.0
    sparsity: float = 0.0
    uncorrelatedness: float = 0.0
    weights: Array | None = None
    hold_templates: bool | ArrayLike = False
    hold_activations: bool | ArrayLike = False
    exponent: str = "mm"

    def __post_init__(self) -> None:
        if self.sparsity < 0 or self.uncorrelatedness < 0:
            raise ValueError("Sparsity and uncorrelatedness can't be negative.")
        if self.exponent not in ("mm", "heuristic"):
            raise ValueError(f"The exponent is 'mm' or 'heuristic', not '{self.exponent}'.")
        if not np.isfinite(self.beta):
            raise ValueError("β must be a real number.")

    @property
    def gamma(self) -> float:
        """The exponent of the update."""
        return 1.0 if self.exponent == "heuristic" else mm_exponent(self.beta)


def mm_exponent(beta: float) -> float:
    """γ(β) of the majorisation–minimisation rule (Févotte & Idier 2011, eq. 4.8)."""
    return 1 / (2 - beta) if beta < 1 else 1.0 if beta <= 2 else 1 / (beta - 1)
