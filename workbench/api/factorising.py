"""Factorisations of a script: asked for, brought along as arrays, carried over to another window."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

from workbench.api.asking import settings_from
from workbench.api.work import Work
from workbench.document.acts import stacks as stack_acts
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.progress import Progress
from workbench.separation.factorise import Snapshot, factorise
from workbench.separation.settings import METHODS, Divergence, RunSettings
from workbench.separation.task import Task, component_names
from workbench.spectral.stft import Analysis


def factorise_anew(
    work: Work,
    preset: str | None,
    given: Mapping[str, object],
    analysis: Analysis | None,
    progress: Progress,
    threads: int | None,
) -> None:
    """Factorise as settings say; layers for the components, as one act.

    Parameters
    ----------
    analysis : Analysis or None
        Window and hop that the preset brings; where it comes to nothing they are as before.

    Raises
    ------
    UserError
        If the settings do not fit the recording or each other.
    Cancelled
        If `progress` stops it before there is anything.
    """
    moved = analysis is not None and set_window(work, analysis)
    try:
        settings = settings_from(given, preset, work.state.analysis, work.recording.rate)
        _warn_of_unused(settings, given)
        snapshot = factorise(_task(work, settings), progress, threads=threads)
    except BaseException:
        if moved:
            work.history.withdraw()
        raise
    label = f"{settings.method}, {snapshot.factors.components} components"
    work.add_snapshot("Factorise", label, snapshot, component_names(settings))


def _task(work: Work, settings: RunSettings) -> Task:
    present = work.run
    if present is None:
        return Task(work.recording, work.state.analysis, settings)
    return Task(work.recording, work.state.analysis, settings, present.factors, present_settings=present.settings)


def _warn_of_unused(settings: RunSettings, given: Mapping[str, object]) -> None:
    used = METHODS[settings.method].uses | {"method"}
    unused = sorted(name for name, value in given.items() if value is not None and name not in used)
    if unused:
        # For who called the method of `Project`, past its decorator.
        warnings.warn(f"The method {settings.method} makes no use of {', '.join(unused)}.", stacklevel=5)


def put_factors(work: Work, factors: Factors, names: Sequence[str], divergence: str) -> None:
    """Layers for templates and activations that were found elsewhere, as one act.

    Raises
    ------
    UserError
        `api.names`: there are names, and not as many as components. `separation.setting_value`: no such divergence.
    """
    if names and len(names) != factors.components:
        raise UserError("api.names", names=len(names), components=factors.components)
    if divergence not in list(Divergence):
        raise UserError("separation.setting_value", name="divergence", text=divergence, form=" | ".join(Divergence))
    settings = RunSettings(components=factors.components, divergence=Divergence(divergence))
    work.add_snapshot("Put factors", f"{factors.components} components", Snapshot(factors, (), settings), names)


def set_window(work: Work, analysis: Analysis) -> bool:
    """Another window and hop, with edits, marks and factors carried over, as one act; whether they are others."""
    state, recording = work.state, work.recording
    if analysis == state.analysis:
        return False
    samples = len(recording.samples)
    carried = stack_acts.carried_over(state, work.runs.known, analysis, samples)
    fit = work.runs.carry_over(carried.models, state.analysis, analysis, samples, recording.rate)
    work.act(f"Window {analysis.window}, hop {analysis.hop}", stack_acts.with_runs(carried.state, fit))
    return True
