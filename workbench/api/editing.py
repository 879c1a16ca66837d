"""Acts of a script on masks: marks, fills, thresholds, masks that come as arrays."""

from __future__ import annotations

from collections.abc import Callable

from numpy.typing import ArrayLike

from workbench.api.asking import values_of
from workbench.api.rows import found
from workbench.api.work import Work
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import markers as marker_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import sources as source_acts
from workbench.document.acts.layers import indices_of
from workbench.document.state import Marker, Run, State
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.edits.effects import Combine, CombineKind, Effect, Fill, Measure, Parts, Threshold
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.painting import check
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.progress import Progress
from workbench.separation.blind import NOISE, SETTINGS, blind_components


def paint(work: Work, name: str, value: float, area: Area | None) -> None:
    """Bring the mask of a layer or group to a value.

    Raises
    ------
    UserError
        `api.values`: the value is not in 0 … 1. Or as `_apply`.
    """
    if not 0.0 <= value <= 1.0:
        raise UserError("api.values")
    _apply(work, "Paint", name, lambda locked, parts: Fill(locked, parts, float(value)), area)


def set_mask(work: Work, name: str, mask: ArrayLike, region: Region, area: Area | None) -> None:
    """Give a layer or group the mask that an array over a region holds.

    Raises
    ------
    UserError
        As `values_of` and `_apply`.
    """
    held = Clip(region, values_of(mask, region))
    effect = CombineKind.REPLACE, (0,), held
    _apply(work, "Set mask of", name, lambda locked, parts: Combine(locked, parts, *effect), area)


def threshold(work: Work, name: str, measure: str, limits: tuple[float, float], knee: float, area: Area | None) -> None:
    """Keep the mask of a layer or group only where a measure of it lies between two limits.

    Raises
    ------
    UserError
        `separation.setting_value`: there is no such measure. `api.limits`: the limits are none. Or as `_apply`.
    """
    if not limits[0] <= limits[1] or not knee >= 0:
        raise UserError("api.limits", low=limits[0], high=limits[1], knee=knee)
    if measure not in list(Measure):
        raise UserError("separation.setting_value", name="measure", text=measure, form=" | ".join(Measure))
    effect = Measure(measure), *limits, knee
    _apply(work, "Threshold", name, lambda locked, parts: Threshold(locked, parts, *effect), area)


def with_marker(work: Work, name: str, begin: float, end: float | None) -> State:
    """The present state with another marker.

    Raises
    ------
    UserError
        `api.marker`: it is not within the recording, or ends before it begins. `api.marker_name`: that is no name.
    """
    last = begin if end is None else end
    if not isinstance(name, str) or not name.strip():
        raise UserError("api.marker_name", name=name)
    if not 0 <= begin <= last <= work.recording.duration:
        raise UserError("api.marker", begin=begin, end=last, duration=work.recording.duration)
    return marker_acts.add(work.state, [Marker(name, float(begin), float(last))])


def _apply(work: Work, act: str, name: str, effect: Callable[[Parts, Parts], Effect], area: Area | None) -> None:
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
