"""Templates and activations as a figure shows them: a spectrum and a course in time for each layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Sources
from workbench.masks.pictures.picture import Axis
from workbench.masks.stack import Stack

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LayerCurves:
    """What the model of a layer is along each axis.

    Attributes
    ----------
    name, colour : str
    spectrum : float32, shape (F,)
        Its templates, each weighted by its activation, summed.
    activation : float32, shape (N,)
        Its activations, each weighted by its template, summed.
    """

    name: str
    colour: str
    spectrum: Float
    activation: Float


def curves_of(stack: Stack, most: int) -> list[LayerCurves]:
    """Curves of the layers that have components, in their order; where they are too many, of the loudest ones.

    Parameters
    ----------
    most : int
        How many there may be.
    """
    model = stack.factors
    factors = model.components_of if isinstance(model, Sources) else model
    if not isinstance(factors, Factors):
        return []
    w, h = factors.spectra, factors.H
    by_time, by_frequency = h.sum(axis=1), w.sum(axis=0)
    out = []
    for layer in stack.layers:
        if not layer.components:
            continue
        share = np.zeros(factors.components, np.float32)
        for component in layer.components:
            if isinstance(model, Sources):
                share += model.held[component]
            else:
                share[component] += 1
        out.append(LayerCurves(layer.name, layer.colour, w @ (share * by_time), (share * by_frequency) @ h))
    loudest = sorted(range(len(out)), key=lambda i: -float(out[i].activation.sum()))[:most]
    return [out[i] for i in sorted(loudest)]


def along(curve: Float, axis: Axis, exponent: float) -> Float:
    """A curve at the pixels of an axis, 0 … 1 of its greatest value there: the greatest of what each pixel shows."""
    held = curve[: int(axis.edges[-1]) + 1]
    greatest = np.maximum.reduceat(held, np.minimum(axis.edges[:-1], len(held) - 1))
    top = float(greatest.max(initial=0.0))
    return np.zeros_like(greatest) if top <= 0 else np.asarray((greatest / np.float32(top)) ** np.float32(exponent))
