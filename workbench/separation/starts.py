"""What W and H begin with: random, known sounds, singular vectors, what is selected, what is there already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr

from workbench.audio.recording import Recording, load
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.nmf.activations import decays, gates
from workbench.nmf.result import Array
from workbench.nmf.starts import balanced, nndsvd, of_length, start_of_shape
from workbench.nmf.templates import learnt_templates, pitched_templates
from workbench.progress import Cancelled
from workbench.separation.known import with_known
from workbench.separation.labels import events_in
from workbench.separation.settings import METHODS, ActivationStart, Method, RunSettings, TemplateStart
from workbench.separation.task import (
    NO_TEMPLATES,
    Task,
    component_count,
    drum_folders,
    left_out,
    one_shots,
    pitches,
    selected,
)
from workbench.spectral.stft import Analysis, magnitudes

DRUM_ITERATIONS = 30
LEARNING = 100
"""Iterations in which templates are learnt from the selection."""


def placeholder(recording: Recording, analysis: Analysis, settings: RunSettings, components: int) -> Factors:
    """Random factors of the shape that a run will have, to show until its first ones come.

    Parameters
    ----------
    components : int
        K.

    Returns
    -------
    Factors
        W (F, K) or (F, K, T), and H (K, N); of no particular scale, as masks do not depend on it.
    """
    w, h = start_of_shape(
        analysis.bins,
        analysis.frames(len(recording.samples)),
        components,
        settings.seed,
        length=settings.template_frames,
    )
    return Factors(np.asarray(w, np.float32), np.asarray(h, np.float32))


def start(task: Task, V: Array, settings: RunSettings, going: Callable[[], bool] = lambda: True) -> tuple[Array, Array]:
    """W and H as the settings say, with what the user holds in its place.

    Parameters
    ----------
    V : array, shape (F, N)
        Of the power that the settings want.
    settings : RunSettings
        Those of the task, or of one of its several runs.
    going : callable
        Asked, while templates are learnt from the selection or singular vectors are found, whether to go on.

    Returns
    -------
    W, H : arrays, shapes (F, K) or (F, K, T), and (K, N)
        The mean of their model is that of V, without what is left out; of present factors it is their own.

    Raises
    ------
    UserError
        If something that they need is not there: a selection, present factors, files.
    Cancelled
        If it is not to go on.
    """
    w, h = _start(task, V, settings, going)
    return with_known(task.known, settings, task.analysis, task.recording.rate, w, h, task.going_on)


def _start(task: Task, V: Array, settings: RunSettings, going: Callable[[], bool]) -> tuple[Array, Array]:
    out = left_out(settings, V.shape[1])
    # libnmfd's factors are those of V over its sum.
    mean = 1 / V.size if settings.method is Method.LIBNMFD else _mean(V, out)
    if task.going_on or settings.method is Method.MATCH:
        return _from_present(task, V, settings, mean)
    count = component_count(settings, task.present)
    shape = V.shape[0], V.shape[1], count, settings.seed, mean, V.dtype, settings.template_frames
    random_w, random_h = start_of_shape(*shape)
    if "templates" not in METHODS[settings.method].uses:
        return random_w, random_h
    if settings.templates is TemplateStart.NNDSVD:
        # What is left out has no say; its activations begin flat.
        counted = V if out is None else np.delete(V, out, axis=1)
        random_w, known = nndsvd(counted, count, seed=settings.seed, asked=lambda: _go_on(going))
        random_h = np.full_like(random_h, known.mean())
        random_h[:, np.delete(np.arange(V.shape[1]), out or slice(0, 0))] = known
        random_w = of_length(random_w, settings.template_frames)
    w = _templates(task, V, settings, random_w, going)
    h = _activations(task, settings, random_h)
    return balanced(w, h, mean, V.dtype)


def _from_present(task: Task, V: Array, settings: RunSettings, mean: float) -> tuple[Array, Array]:
    """The present factors, each component at its level; at `mean` where a method has a scale of its own."""
    present = task.present_for(settings, "separation.nothing_to_continue")
    if settings.method is Method.MATCH:
        return present.W, present.H
    w = of_length(present.W, settings.template_frames)
    sums = w.reshape(len(w), w.shape[1], -1).sum(axis=(0, 2), dtype=np.float64)
    methods = settings.method, (task.present_settings or settings).method
    if not any(METHODS[each].own_scale for each in methods):
        mean = float(sums @ present.H.sum(axis=1, dtype=np.float64)) / V.size
    unit, h = balanced(w, present.H, mean, V.dtype)
    if not settings.hold_templates or settings.method is Method.LIBNMFD:
        # libnmfd scales held templates to unit sum itself, and not their activations.
        return unit, h
    # Held templates keep their scale, and the activations take what it is from.
    return w, np.divide(h, sums[:, None], out=np.zeros_like(h), where=sums[:, None] > 0, casting="same_kind")


def _mean(V: Array, out: slice | None) -> float:
    """The mean of V without the frames `out`."""
    if out is None:
        return float(V.mean(dtype=np.float64))
    rest = V[:, : out.start], V[:, out.stop :]
    return float(sum(part.sum(dtype=np.float64) for part in rest)) / sum(part.size for part in rest)


def _templates(task: Task, V: Array, settings: RunSettings, random: Array, going: Callable[[], bool]) -> Array:
    length = settings.template_frames
    match settings.templates:
        case TemplateStart.UNIFORM:
            return np.ones_like(random)
        case TemplateStart.PITCHED:
            given = pitched_templates(
                pitches(settings),
                task.recording.rate,
                task.analysis.window,
                tolerance_up=settings.tolerance,
                tolerance_down=settings.tolerance,
                harmonics=settings.harmonics,
                length=length,
            )
            return np.concatenate([given, random[:, given.shape[1] :]], axis=1)
        case TemplateStart.DRUMS:
            folders = drum_folders(settings.drums)
            learnt = [_drum_template(each, task.recording.rate, task.analysis, settings, length) for each in folders]
            return np.concatenate([*learnt, random[:, len(learnt) :]], axis=1)
        case TemplateStart.SELECTION:
            return _from_selection(V, settings, random, going)
        case TemplateStart.PRESENT:
            return of_length(task.present_for(settings, NO_TEMPLATES).W, length)
        case _:
            return random


def _from_selection(V: Array, settings: RunSettings, random: Array, going: Callable[[], bool]) -> Array:
    """Templates of which the first are learnt from the selected frames, as the whole is factorised then."""
    learnt = min(settings.learnt or random.shape[1], random.shape[1])
    example = V[:, selected(settings, V.shape[1], "separation.select_learnt")]
    w = random.copy()
    w[:, :learnt] = learnt_templates(
        example, learnt, settings.seed, settings.template_frames, LEARNING, settings.beta_value, lambda *_: going()
    )
    _go_on(going)
    return w


def _go_on(going: Callable[[], bool]) -> None:
    """Stop here, if it is not to go on."""
    if not going():
        raise Cancelled


def _drum_template(folder: Path, rate: int, analysis: Analysis, settings: RunSettings, length: int) -> Array:
    """The template of a drum, learnt from all one-shots of a folder, each analysed by itself."""
    spectra = []
    for path in one_shots(folder):
        sound = load(path)
        samples = sound.samples if sound.rate == rate else soxr.resample(sound.samples, sound.rate, rate)
        spectra.append(magnitudes(np.asarray(samples, np.float32), analysis, settings.power))
    return learnt_templates(np.concatenate(spectra, axis=1), 1, settings.seed, length, DRUM_ITERATIONS)


def _activations(task: Task, settings: RunSettings, random: Array) -> Array:
    match settings.activations:
        case ActivationStart.UNIFORM:
            return np.ones_like(random)
        case ActivationStart.EVENTS:
            return _from_events(task, settings, random)
        case ActivationStart.PRESENT:
            otherwise = "separation.other_components"
            present = task.present_for(settings, otherwise)
            if present.components != len(random):
                raise UserError(otherwise)
            return present.H
        case _:
            return random


def _from_events(task: Task, settings: RunSettings, random: Array) -> Array:
    if not settings.events:
        raise UserError("separation.no_onsets")
    path = Path(settings.events)
    try:
        events, _ = events_in(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("separation.onsets_unreadable", path=path) from error
    except ValueError as error:
        raise UserError("separation.onsets_wrong", name=path.name, reason=error) from error
    if not events:
        raise UserError("separation.onsets_empty", name=path.name)
    pitched = settings.templates is TemplateStart.PITCHED
    labels = [float(p) for p in pitches(settings)] if pitched else _labels({e.label for e in events}, len(random))
    labels = (labels + [float("nan")] * len(random))[: len(random)]
    seconds = task.analysis.second_of(1, task.recording.rate)
    if any(event.duration for event in events):
        known = gates(events, labels, random.shape[1], seconds)
    else:
        known = decays(events, labels, random.shape[1], seconds, settings.decay)
    unknown = np.isnan(labels)
    known[unknown] = (random / random.max())[unknown]
    return known


def _labels(found: set[float], components: int) -> list[float]:
    """The label of each component: its number where all labels are such numbers, else the labels in their order."""
    if found <= set(range(1, components + 1)):
        return [float(k) for k in range(1, components + 1)]
    if len(found) > components:
        raise UserError("separation.too_many_labels", labels=len(found), components=components)
    return sorted(found)
