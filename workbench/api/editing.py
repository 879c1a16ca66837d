"""Acts of a script on masks: marks, fills, thresholds, masks that come as arrays."""

from __future__ import annotations

from collections.abc import Callable

from workbench.api.rows import found
from workbench.api.work import Work
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import sources as source_acts
from workbench.document.acts.layers import indices_of
from workbench.document.state import Run
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.effects import Effect, Parts
from workbench.masks.hand.painting import check
from workbench.masks.model.models import Factors
from workbench.progress import Progress
from workbench.separation.blind import NOISE, SETTINGS, blind_components


def apply(work: Work, act: str, name: str, effect: Callable[[Parts, Parts], Effect], area: Area | None) -> None:
    """Lay an operation on the mask of a layer or group over all before.

    Parameters
    ----------
    act : str
        Name of the act, for the history.
    effect : callable
        Makes it of the locked parts and of those of the layer or group.

    Raises
    ------
    UserError
        If there is no such layer or group, or nothing of it can change.
    """
    state, identity = work.state, found(work, name).id
    check(work.stack, indices_of(state, identity))
    parts = mask_acts.locked_parts(state), mask_acts.parts_of(state, identity)
    work.act(f"{act} {name}", mask_acts.apply(state, effect(*parts), area))


def mark(work: Work, source: str, place: Area, weight: float, denies: bool, progress: Progress) -> None:
    """Say of a place that a source sounds there, or does not; as pointing does in the window.

    The sources share the components of the present factorisation, or blind ones that are found once. A source that is
    not there yet is made.

    Raises
    ------
    UserError
        `api.weight`: it is not in 0 … 1. `api.denies_nothing`: there is no such source yet, of which something could be
        denied. Or as `acts.sources.add_mark`.
    """
    if not 0.0 < weight <= 1.0:
        raise UserError("api.weight", weight=weight)
    state = work.state
    if state.marks is None:
        present = work.run
        if present is not None and isinstance(present.factors, Factors) and state.run is not None:
            run = state.run
        else:
            factors = blind_components(work.recording, state.analysis, progress)
            run = work.runs.add(Run(SETTINGS, factors, name="Components to point with", held=(NOISE,)))
        state = source_acts.begin_sources(state, run, "Sources", "Rest")
    known = any(layer.name == source and layer.components for layer in state.layers)
    if denies and not known:
        raise UserError("api.denies_nothing", name=source)
    state, layer = source_acts.source_named(state, source)
    work.act(f"Mark {source}", source_acts.add_mark(state, layer, place, weight, denies))


def remove_layer(work: Work, name: str) -> None:
    """Take a layer away; what it held goes to the others."""
    work.act(f"Remove {name}", layer_acts.remove_layer(work.state, found(work, name).id))
