"""What masks are computed from, remembered for the states that were looked at last."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from workbench.document.state import Run, State, mask_model
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.marked_bins import Samples
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors, Model
from workbench.masks.model.sources import MaskModel

RUNS = 2
"""Of how many runs the marked places are remembered."""
REMEMBERED = 8
"""How many stacks of sources: the present one, what is tried out, and neighbours in the history."""

_Asked = tuple[Model, tuple[Mark, ...], tuple[Part, ...]]


class Solved:
    """Gives for equal questions the same model, so that what was drawn of it stays valid."""

    def __init__(self) -> None:
        self._known: deque[tuple[_Asked, MaskModel | None]] = deque(maxlen=REMEMBERED)
        self._samples: deque[Samples] = deque(maxlen=RUNS)

    def model(self, state: State, runs: Mapping[int, Run]) -> MaskModel | None:
        """`mask_model` of a state."""
        run = runs.get(state.run) if state.run is not None else None
        if run is None or state.marks is None:
            return mask_model(state, runs)
        factors, marks, parts = asked = (run.factors, state.marks, state.present.parts)
        for (known_factors, known_marks, known_parts), model in self._known:
            if known_factors is factors and known_marks is marks and known_parts == parts:
                return model
        model = mask_model(state, runs, self.samples)
        self._known.append((asked, model))
        return model

    def samples(self, factors: Factors, power: float) -> Samples:
        """What is remembered of the marked places for some components."""
        for known in self._samples:
            if known.base is factors:
                return known
        self._samples.append(Samples(factors, power))
        return self._samples[-1]

    def forget(self) -> None:
        """Nothing may keep what was open."""
        self._known.clear()
        self._samples.clear()
