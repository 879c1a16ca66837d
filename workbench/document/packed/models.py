"""Templates and activations, and masks given for every bin, from entries and arrays; of any plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.document.packed import schema
from workbench.document.packed.known import Known
from workbench.document.packed.pools import Shape, Source
from workbench.document.packed.words import Damage
from workbench.document.state import Run
from workbench.masks.model.models import Factors, Model, Shares
from workbench.separation.settings import RunSettings

LOUDEST = 1e37
"""What a template may come to with its activation; what is more has no number in single precision."""


class Models:
    """Gives models and runs; equal numbers give one object.

    Parameters
    ----------
    tables : mapping of str to sequence
        Entries by table.
    source : Source
        Of the arrays.
    runs : mapping of int to RunEntry

    Raises
    ------
    Damage
        Every method, where the data is not what it should be.
    """

    def __init__(
        self, tables: Mapping[str, Sequence[Any]], source: Source, runs: Mapping[int, schema.RunEntry]
    ) -> None:
        self._known = Known(tables)
        self._source, self._runs = source, runs
        self._made: dict[int, Run] = {}

    def array(self, number: int, name: str, dtype: DTypeLike, shape: Shape) -> NDArray[Any]:
        """An array of a model."""
        return self._source.array(f"model{number}_{name}", dtype, shape)

    def run(self, number: int) -> Run:
        """A run."""
        if number not in self._made:
            if number not in self._runs:
                raise Damage("a factorisation is missing")
            entry = self._runs[number]
            settings: RunSettings = msgspec.convert(entry.settings, RunSettings, from_attributes=True)
            model = self.model(entry.model)
            costs = tuple(map(float, entry.costs))
            self._made[number] = Run(settings, model, costs, entry.name, entry.held, entry.number)
        return self._made[number]

    def model(self, number: int) -> Model:
        """Factors, or masks given for every bin."""
        return self._known.once("models", number, lambda entry: self._model(number, entry))

    def _model(self, number: int, entry: schema.ModelEntry) -> Model:
        if isinstance(entry, schema.SourcesEntry):
            raise Damage("a factorisation has no templates")
        if isinstance(entry, schema.SharesEntry):
            masks = self.array(number, "masks", np.float16, (entry.components, entry.frames, entry.bins))
            for each in masks:
                if each.size and not (each.min() >= 0 and each.max() <= 1):
                    raise Damage("masks are not between 0 and 1")
            return Shares(masks)
        shape: tuple[int, ...] = entry.bins, entry.components
        shape = shape if entry.length is None else (*shape, entry.length)
        w = self.array(number, "W", np.float32, shape)
        h = self.array(number, "H", np.float32, (entry.components, entry.frames))
        most = [_most(each) for each in (w, h)]
        if max(*most, most[0] * most[1]) > LOUDEST:
            raise Damage("templates or activations are no numbers")
        return Factors(w, h)


def _most(values: NDArray[np.float32]) -> float:
    """The largest of values that may not be negative."""
    least, most = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if not least >= 0 or not np.isfinite(most):
        raise Damage("templates or activations are no numbers")
    return most


def plane_of(model: Model) -> tuple[int, int]:
    """F and N of a model."""
    if isinstance(model, Shares):
        return model.masks.shape[2], model.masks.shape[1]
    return len(model.W), model.H.shape[1]
