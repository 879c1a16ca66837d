"""What every factorisation takes and gives: arrays, callbacks, results, and the checks of what comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Choice = TypeVar("Choice", bound=StrEnum)
Array = NDArray[np.floating]
Flags = NDArray[np.bool_]

IterationProgress = Callable[[int, float], bool]
"""progress(i, cost) -> go on? Called after every iteration, counted from 1."""

Watch = Callable[[Array, Array], None]
"""watch(W, H): the factors after an iteration, before `progress`; views that must be copied to be kept."""


Hook = Callable[[int, Array, Array], tuple[Array, Array] | None]
"""hook(i, W, H) -> others to go on with, or None: called on every iteration."""


@dataclass(frozen=True, eq=False)
class Factorisation:
    """What a factorisation returns.

    Attributes
    ----------
    W : array, shape (F, K), or (F, K, T) of the convolutive ones
        Templates; their sum over frequency (and template frames) is one, except where they were held.
    H : array, shape (K, N)
        Activations.
    costs : tuple of float
        The cost after each iteration.
    """

    W: Array
    H: Array
    costs: tuple[float, ...]


def check_spectrogram(V: Array, weights: Array | None = None) -> float:
    """The largest value of V.

    Raises
    ------
    ValueError
        If V is not a matrix of nonnegative, finite floating-point numbers (where weights are not zero).
    """
    if V.ndim != 2 or V.size == 0 or V.dtype.kind != "f":
        raise ValueError(f"V must be a matrix of floating-point numbers, not {V.dtype} of shape {V.shape}.")
    if weights is not None:
        if weights.shape != V.shape:
            raise ValueError(f"The weights' shape {weights.shape} is not that of V, {V.shape}.")
        if not np.isfinite(weights).all() or float(weights.min()) < 0:
            raise ValueError("Weights must be nonnegative and finite.")
    counts: Any = True if weights is None else weights > 0
    low, peak = float(V.min(where=counts, initial=0)), float(V.max(where=counts, initial=0))
    # A NaN makes both NaN, and every comparison with it false.
    if not (low >= 0 and peak < np.inf):
        raise ValueError("V must be nonnegative and finite.")
    return peak


def check_factors(
    V: Array, W: Array, H: Array, iterations: int | None = 1, progress: IterationProgress | None = None
) -> None:
    """Raise ValueError if W (F, K) or (F, K, T) and H (K, N) do not fit V, are negative or not finite, or never end."""
    if W.ndim not in (2, 3) or H.ndim != 2 or W.shape[:2] != (V.shape[0], H.shape[0]) or H.shape[1] != V.shape[1]:
        raise ValueError(f"Shapes do not fit: V {V.shape}, W {W.shape}, H {H.shape}.")
    if W.shape[1] < 1 or W.shape[-1] < 1:
        raise ValueError("A factorisation needs at least one component (and one template frame).")
    for name, factor in (("W", W), ("H", H)):
        if not (float(factor.min()) >= 0 and float(factor.max()) < np.inf):
            raise ValueError(f"{name} must be nonnegative and finite.")
    check_iterations(iterations, progress)


def check_iterations(iterations: int | None, progress: IterationProgress | None) -> None:
    """Raise ValueError if the number of iterations is negative, or nothing would ever stop them."""
    if iterations is None and progress is None:
        raise ValueError("Without a number of iterations, progress must say when to stop.")
    if iterations is not None and iterations < 0:
        raise ValueError(f"The number of iterations can't be negative: {iterations}.")


def chosen(choices: type[Choice], name: str, what: str) -> Choice:
    """The member of `choices` that has this name.

    Raises
    ------
    ValueError
        With all names there are, if none is this one; `what` says what they are names of.
    """
    try:
        return choices(name)
    except ValueError:
        raise ValueError(f"The {what} is one of {', '.join(choices)}, not '{name}'.") from None


def held(which: bool | ArrayLike, components: int) -> Flags:
    """Which components are held, shape (K,): from True or False for all, or K flags.

    Raises
    ------
    ValueError
        If there are not K flags.
    """
    flags = np.asarray(which, bool)
    if flags.ndim > 1 or (flags.ndim == 1 and len(flags) != components):
        raise ValueError(f"Held must be one flag, or one for each of the {components} components.")
    return np.full(components, flags)
