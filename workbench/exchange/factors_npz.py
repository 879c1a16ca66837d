"""Factors as NPZ: ``W`` (F, K) or (F, K, T) and ``H`` (K, N), with what they were made with.

The keys are those of `workbench separate`.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.factors import MOST_COMPONENTS, Float, ReadFactors, activations, joined, templates
from workbench.exchange.npz import Arrays, add_array, open_npz
from workbench.separation.settings import RANGES, RunSettings
from workbench.spectral.stft import Analysis
from workbench.storage import replacing

MOST_LENGTH = 64
"""T at most."""
Kept = NDArray[np.generic] | Sequence[str] | str | float
"""What stands under a key."""


def about(
    analysis: Analysis,
    rate: float,
    settings: RunSettings,
    costs: Sequence[float],
    names: Sequence[str],
    layer_of_component: Sequence[int],
) -> dict[str, Kept]:
    """What `workbench separate` writes beside W and H, by its keys.

    Parameters
    ----------
    names : sequence of str
        Of the layers.
    layer_of_component : sequence of int
        For each component the number of its layer.
    """
    return {
        "costs": np.array(costs, np.float64),
        "layers": list(names),
        "layer_of_component": np.array(layer_of_component, np.int64),
        "rate": rate,
        "window": analysis.window,
        "hop": analysis.hop,
        "divergence": settings.divergence.value,
        "beta": settings.beta_value,
        "seed": settings.seed,
        "settings": json.dumps(asdict(settings)),
    }


def write(path: Path, W: Float, H: Float, beside: Mapping[str, Kept]) -> list[Path]:
    """Write factors; returns the path alone.

    Parameters
    ----------
    beside : mapping of str to arrays and plain values
        As `about` gives it.

    Raises
    ------
    UserError, OSError
        As `replacing`.
    """
    with replacing(path) as partial, zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
        for name, values in {"W": W, "H": H, **beside}.items():
            add_array(archive, name, values)
    return [path]


def read(path: Path, bins: int, frames: int) -> ReadFactors:
    """Factors of a file; of W and H one alone will do.

    Raises
    ------
    UserError
        As `npz.open_npz`, `factors.templates`, `factors.activations`; `exchange.no_factors`.
    """
    with open_npz(path) as arrays:
        keys = [name for name in arrays.names if name.upper() in ("W", "H") and arrays.head(name) is not None]
        if not keys:
            raise UserError("exchange.no_factors", name=path.name)
        out = ReadFactors()
        for key in keys:
            most = 8 * MOST_COMPONENTS * (bins * MOST_LENGTH if key.upper() == "W" else frames)
            held = arrays.read(key, most)
            if key.upper() == "W":
                out = joined(out, ReadFactors(W=templates(held, bins, f"{path.name}: {key}")))
            else:
                out = joined(out, ReadFactors(H=activations(held, frames, f"{path.name}: {key}")))
        divergence = (*arrays.texts("divergence"), "")[0]
        return ReadFactors(out.W, out.H, _names(arrays, out.components), divergence, _beta(arrays))


def _beta(arrays: Arrays) -> float:
    """β as the file tells it, if it is one that there can be."""
    head = arrays.head("beta")
    if head is None or head[0] != ():
        return ReadFactors().beta
    low, high = RANGES["beta"]
    value = float(arrays.read("beta", 16))
    return min(max(value, low), high) if math.isfinite(value) else ReadFactors().beta


def _names(arrays: Arrays, components: int) -> tuple[str, ...]:
    """For each component the name of its layer, as the file tells it; none where it does not."""
    layers = arrays.texts("layers")
    if arrays.head("layer_of_component") is None:
        return ()
    owner = [int(each) for each in arrays.read("layer_of_component", 8 * MOST_COMPONENTS).ravel()]
    if len(owner) != components or not all(0 <= each < len(layers) for each in owner):
        return ()
    return tuple(layers[each] for each in owner)
