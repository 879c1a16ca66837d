"""Templates and activations on their way in: which is which, and whether they are of the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.reading import as_text

Float = NDArray[np.float32]
MOST_COMPONENTS = 200
LARGEST = 1e15
"""Of a template or an activation: W H stays far within single precision."""


@dataclass(frozen=True, eq=False)
class ReadFactors:
    """What a file, or a pair of files, has of a factorisation.

    Attributes
    ----------
    W : float32, shape (F, K) or (F, K, T), or None
        Templates.
    H : float32, shape (K, N), or None
        Activations.
    names : tuple of str
        For each component that of its layer, which components of one name share; none where the files have none.
    divergence : str
        'kl', 'is', 'eu' or 'beta', where a file tells what they were found with; '' where none does.
    beta : float
        Of 'beta'.
    """

    W: Float | None = None
    H: Float | None = None
    names: tuple[str, ...] = ()
    divergence: str = ""
    beta: float = 0.5

    @property
    def components(self) -> int:
        """K."""
        if self.W is not None:
            return int(self.W.shape[1])
        return 0 if self.H is None else len(self.H)


def templates(array: NDArray[np.generic], bins: int, name: str) -> Float:
    """An array as templates (F, K) or (F, K, T); one of (K, F) is turned where only that fits.

    Raises
    ------
    UserError
        `exchange.other_bins`; as `checked`.
    """
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim == 2 and array.shape[0] != bins and array.shape[1] == bins:
        array = array.T
    if array.ndim not in (2, 3) or array.shape[0] != bins or not array.shape[1]:
        raise UserError("exchange.other_bins", name=name, found=as_text(array.shape), bins=bins)
    return checked(array, array.shape[1], name)


def activations(array: NDArray[np.generic], frames: int, name: str) -> Float:
    """An array as activations (K, N); one of (N, K) is turned where only that fits.

    Raises
    ------
    UserError
        `exchange.other_frames`; as `checked`.
    """
    if array.ndim == 1:
        array = array[None]
    if array.ndim == 2 and array.shape[1] != frames and array.shape[0] == frames:
        array = array.T
    if array.ndim != 2 or array.shape[1] != frames or not array.shape[0]:
        raise UserError("exchange.other_frames", name=name, found=as_text(array.shape), frames=frames)
    return checked(array, array.shape[0], name)


def checked(array: NDArray[np.generic], components: int, name: str) -> Float:
    """The same as float32, if its values are what factors have.

    Raises
    ------
    UserError
        `exchange.too_many_components`, `exchange.negative`, `exchange.too_loud`.
    """
    if components > MOST_COMPONENTS:
        raise UserError("exchange.too_many_components", name=name, components=components, most=MOST_COMPONENTS)
    values = np.ascontiguousarray(array, np.float32)
    # What is no number fails the comparison, too.
    if not bool((values >= 0).all()) or not bool(np.isfinite(values).all()):
        raise UserError("exchange.negative", name=name)
    if float(values.max(initial=0.0)) > LARGEST:
        raise UserError("exchange.too_loud", name=name)
    return values


def joined(one: ReadFactors, other: ReadFactors) -> ReadFactors:
    """What two files have together.

    Raises
    ------
    UserError
        `exchange.same_factor`: both have templates, or both activations. `exchange.unlike`: of other numbers of
        components.
    """
    if (one.W is not None and other.W is not None) or (one.H is not None and other.H is not None):
        raise UserError("exchange.same_factor")
    if one.components and other.components and one.components != other.components:
        raise UserError("exchange.unlike", one=one.components, other=other.components)
    told = one if one.divergence else other
    return ReadFactors(
        other.W if one.W is None else one.W,
        other.H if one.H is None else one.H,
        one.names or other.names,
        told.divergence,
        told.beta,
    )


def flat(W: Float) -> Float:
    """Templates of one frame, (F, K), for formats that have no more axes.

    Raises
    ------
    UserError
        `exchange.patterns`: they have several.
    """
    if W.ndim == 3 and W.shape[2] == 1:
        return W[:, :, 0]
    if W.ndim != 2:
        raise UserError("exchange.patterns", frames=W.shape[2])
    return W
