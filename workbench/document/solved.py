"""What masks are computed from, remembered for the states that were looked at last."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.document.state import Run, State, mask_model
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import Samples
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors, Model
from workbench.masks.model.sources import MaskModel

RUNS = 2
"""Of how many runs it is remembered what they are in the marked places."""
REMEMBERED = 8
"""How many stacks of sources: the present one, what is tried out, and neighbours in the history."""

_Asked = tuple[Model, tuple[Mark, ...], tuple[Part, ...]]


class Solved:
    """Gives for equal questions the same model, so that what was drawn of it stays valid."""

    def __init__(self) -> None:
        # What was asked for last is last.
        self._known: list[tuple[_Asked, MaskModel | None]] = []
        self._samples: list[Samples] = []

    def model(self, state: State, runs: Mapping[int, Run]) -> MaskModel | None:
        """`mask_model` of a state."""
        run = runs.get(state.run) if state.run is not None else None
        if run is None or state.marks is None:
            return mask_model(state, runs)
        factors, marks, parts = asked = (run.factors, state.marks, state.present.parts)
        for place, ((known_factors, known_marks, known_parts), model) in enumerate(self._known):
            if known_factors is factors and known_marks is marks and known_parts == parts:
                self._known.append(self._known.pop(place))
                return model
        model = mask_model(state, runs, self.samples)
        self._known = [*self._known, (asked, model)][-REMEMBERED:]
        return model

    def samples(self, factors: Factors, power: float) -> Samples:
        """What is remembered of the marked places for some components."""
        for place, known in enumerate(self._samples):
            if known.base is factors:
                self._samples.append(self._samples.pop(place))
                return known
        # What is known of places is so whatever the components, as long as the plane is the same.
        plane = len(factors.W), factors.H.shape[1]
        places = next((each.places for each in self._samples if (each.places.bins, each.places.frames) == plane), None)
        self._samples = [*self._samples, Samples(factors, power, places)][-RUNS:]
        return self._samples[-1]
