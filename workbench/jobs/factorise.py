"""The job that factorises a recording: from settings to a start, through the engine, to snapshots."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import numpy as np
import soxr

from workbench import resource
from workbench.audio.recording import Cancelled, Recording, load
from workbench.document.settings import METHODS, RunSettings
from workbench.files import UserError
from workbench.jobs.runner import Job
from workbench.masks.models import Factors, Model, Shares
from workbench.nmf import flucoma
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.activations import decays, gates, read_events
from workbench.nmf.bases import match
from workbench.nmf.convolutive import nmf_conv, nmfd
from workbench.nmf.harmonic_percussive import hpss
from workbench.nmf.matching import match_components
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.rank import costs_by_components
from workbench.nmf.result import Array, Factorisation, Progress, Watch
from workbench.nmf.smooth import sage, smooth_is
from workbench.nmf.starts import balanced, nndsvd, start_of_shape
from workbench.nmf.templates import learnt_templates, pitched_templates
from workbench.spectral.stft import Analysis, magnitudes

PUBLISH_SECONDS = 0.08
OWN_KIT = ("kick", "snare", "hihat")
"""Of our own kit: what most recordings with drums have; a folder of one's own may hold any drums."""
DRUM_ITERATIONS = 30
Holds = tuple[list[bool], list[bool]]
"""Of each component whether its template is held, and whether its activation is."""
NO_TEMPLATES = "There are no templates yet; factorise once, or choose another start."
NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True, eq=False)
class OtherRun:
    """A run beside the one that was asked for: another seed, or the method to compare with."""

    settings: RunSettings
    factors: Factors
    costs: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a factorisation stands."""

    factors: Model
    costs: tuple[float, ...]
    settings: RunSettings
    others: tuple[OtherRun, ...] = ()
    held: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Task:
    """What a factorisation needs of the document.

    Attributes
    ----------
    recording, analysis, settings
    present : Model or None
        The factors that are there.
    present_power : float
        p of the |X|^p that they model.
    places : tuple of int or None
        For each new component the present one whose place it should take, as far as it is like it.
    going_on : bool
        Go on from the present factors, whatever the settings say of the start.
    held : tuple of int
        When going on: components whose templates the present run held.
    locked : tuple of int
        When going on: components that stay as they are, templates and activations.
    """

    recording: Recording
    analysis: Analysis
    settings: RunSettings
    present: Model | None = None
    places: tuple[int | None, ...] = ()
    going_on: bool = False
    held: tuple[int, ...] = ()
    present_power: float = 1.0
    locked: tuple[int, ...] = ()

    def present_for(self, settings: RunSettings, why_not: str) -> Factors:
        """The present factors as a model of the spectrogram that a method wants.

        Raises
        ------
        UserError
            With `why_not` if there are none.
        """
        if not isinstance(self.present, Factors):
            raise UserError(why_not)
        power = np.float32(settings.power / self.present_power)
        if power == 1:
            return self.present
        # Exact where one component sounds alone; elsewhere a start.
        return Factors(self.present.W**power, self.present.H**power)


# -- what is known before the start ----------------------------------------------------------------------


def component_names(settings: RunSettings) -> list[str]:
    """Names that the components have of themselves: pitches, drums, harmonic and percussive, learnt; else none.

    Components of one name share a layer.

    Raises
    ------
    UserError
        If the folder of drums holds none, or the pitches are out of order.
    """
    if settings.method == "hpss":
        return ["Harmonic", "Percussive", "Residual"][: 3 if settings.masks == "advanced" else 2]
    if "templates" not in METHODS[settings.method].uses:
        return []
    others = [f"Other {i + 1}" for i in range(settings.others)]
    if settings.templates == "drums":
        return [folder.name for folder in drum_folders(settings.drums)] + others
    if settings.templates == "pitched":
        return [f"{NOTES[p % 12]}{p // 12 - 1}" for p in pitches(settings)] + others
    if settings.templates == "selection" and settings.hold_templates and 0 < settings.learnt < settings.components:
        learnt = [settings.learnt_as or "Learnt"] * settings.learnt
        return learnt + ["Rest"] * (settings.components - settings.learnt)
    return []


def pitches(settings: RunSettings) -> range:
    """MIDI pitches of pitched templates."""
    if settings.low_pitch > settings.high_pitch:
        raise UserError("The lowest pitch is above the highest; exchange them.")
    return range(settings.low_pitch, settings.high_pitch + 1)


def component_count(settings: RunSettings, present: Model | None) -> int:
    """K that a run with these settings has."""
    names = component_names(settings)
    if names:
        return len(names)
    uses = METHODS[settings.method].uses
    from_present = settings.method == "match" or ("templates" in uses and settings.templates == "present")
    if from_present:
        if not isinstance(present, Factors):
            raise UserError(NO_TEMPLATES)
        return present.components
    return settings.components


def drum_folders(folder: str) -> list[Path]:
    """The folders of one-shots, one a drum, in their order; our own kit for ''."""
    if not folder:
        return [resource("drums") / name for name in OWN_KIT]
    if not Path(folder).is_dir():
        raise UserError(f"There is no folder “{folder}”; choose the one that holds a folder for each drum.")
    found = [each for each in sorted(Path(folder).glob("*")) if each.is_dir() and _sounds(each)]
    if not found:
        raise UserError(f"“{folder}” holds no folders with sound files; it needs one folder for each drum.")
    return found


def _sounds(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3"))


def placeholder(recording: Recording, analysis: Analysis, settings: RunSettings, components: int) -> Factors:
    """Factors to show until the first real ones come. Their scale is the model's own affair."""
    w, h = start_of_shape(
        analysis.bins, analysis.frames(len(recording.samples)), components, settings.seed,
        length=settings.template_frames,
    )  # fmt: skip
    return Factors(np.asarray(w, np.float32), np.asarray(h, np.float32))


# -- the job ---------------------------------------------------------------------------------------------


def run(job: Job, task: Task) -> Snapshot:
    """Factorise; publishes Snapshots on the way, and keeps what there is when cancelled.

    Raises
    ------
    UserError
        If the settings do not fit the recording, its selection or each other.
    """
    settings = task.settings
    endless = settings.iterations is None and settings.method != "hpss"
    # Analysing is counted as a tenth of the work, which it is for a hundred iterations.
    v = magnitudes(
        task.recording.samples,
        task.analysis,
        settings.power,
        lambda share: job.report(-1.0 if endless else 0.1 * share),
    )
    if job.cancelled:
        raise Cancelled
    if settings.method == "hpss":
        return _hpss(job, v, settings)
    try:
        return _Descents(job, task, v).run()
    except UserError:
        raise
    except ValueError as error:
        # The engine's sentences are for users too.
        raise UserError(str(error)) from error


def _hpss(job: Job, v: Array, settings: RunSettings) -> Snapshot:
    threshold = 10 ** (settings.separation / 20)
    masks = hpss(
        v, settings.masks, settings.harmonic_frames | 1, settings.percussive_bins | 1, harmonic_threshold=threshold,
        percussive_threshold=threshold, progress=lambda i, left: job.report(1 - 0.9 * left),
    )  # fmt: skip
    if masks is None:
        raise Cancelled
    return Snapshot(Shares(np.ascontiguousarray(masks.transpose(0, 2, 1), np.float16)), (), settings)


class _Descents:
    """One or several descents of a task, and their publication."""

    def __init__(self, job: Job, task: Task, v: Array) -> None:
        self._job, self._task, self._v = job, task, v
        settings = task.settings
        random = not task.going_on and "random" in (settings.templates, settings.activations)
        random = random and settings.templates != "nndsvd"
        tries = settings.tries if random and settings.iterations is not None else 1
        runs = [replace(settings, seed=settings.seed + i) for i in range(tries)]
        if settings.compare and settings.compare != settings.method and settings.iterations is not None:
            runs.append(replace(settings, method=settings.compare))
        self._runs, self._compared = runs, len(runs) > tries
        self._index = 0
        self._last = 0.0
        self._latest: tuple[Array, Array] | None = None
        self._costs: list[float] = []

    def run(self) -> Snapshot:
        done: list[OtherRun] = []
        held: list[tuple[int, ...]] = []
        best = 0
        for index, settings in enumerate(self._runs):
            self._index, self._costs = index, []
            v = self._spectrogram(settings)
            w, h = start(self._task, v, settings)
            hold = self._held(settings, w.shape[1])
            result = descend(settings, v, w, h, self._progress, self._watch, hold, self._drawn(settings))
            factors, order = self._arranged(result.W, result.H)
            done.append(OtherRun(settings, factors, result.costs))
            held.append(tuple(place for place, k in enumerate(order) if hold[0][k]))
            compared = self._compared and index == len(self._runs) - 1
            if index and not compared and result.costs[-1] < done[best].costs[-1]:
                best = index
            if self._job.cancelled:
                break
        others = tuple(each for i, each in enumerate(done) if i != best)
        return Snapshot(done[best].factors, done[best].costs, done[best].settings, others, held[best])

    def _spectrogram(self, settings: RunSettings) -> Array:
        """V with the power that the method wants: a method that runs beside another may want its own."""
        ratio = settings.power / self._task.settings.power
        return self._v if ratio == 1 else np.asarray(self._v.T ** np.float32(ratio), np.float32).T

    def _drawn(self, settings: RunSettings) -> bool:
        """Whether nothing is given of the start: FluCoMa's own random numbers then come first."""
        return not self._task.going_on and settings.templates == settings.activations == "random"

    def _held(self, settings: RunSettings, count: int) -> Holds:
        """Which templates are held, and which activations."""
        if self._task.going_on and self._task.held and settings.hold_templates:
            which = [k in self._task.held for k in range(count)]
        else:
            given = count
            if not self._task.going_on and settings.templates == "selection":
                given = settings.learnt or count
            elif not self._task.going_on and settings.templates in ("drums", "pitched"):
                given = count - settings.others
            which = [settings.hold_templates and k < given for k in range(count)]
        locked = [self._task.going_on and k in self._task.locked for k in range(count)]
        templates = [a or b for a, b in zip(which, locked, strict=True)]
        activations = [settings.hold_activations or b for b in locked]
        if all(templates) and all(activations):
            raise UserError("With all templates and activations held nothing can change; let go of one of them.")
        return templates, activations

    def _watch(self, w: Array, h: Array) -> None:
        self._latest = w, h

    def _progress(self, iteration: int, cost: float) -> bool:
        self._costs.append(cost)
        now = monotonic()
        if self._index == 0 and now - self._last > PUBLISH_SECONDS and self._latest is not None:
            self._last = now
            factors, _ = self._arranged(*self._latest)
            self._job.publish(Snapshot(factors, tuple(self._costs), self._runs[0]))
        total = self._task.settings.iterations
        if total is None:
            return self._job.report(-1.0)
        return self._job.report(0.1 + 0.9 * (self._index + iteration / total) / len(self._runs))

    def _arranged(self, w: Array, h: Array) -> tuple[Factors, list[int]]:
        """The order, and a copy with every component in the place of the one that it is most like."""
        order = arrangement(w, h, self._task.present, self._task.places)
        factors = Factors(np.array(w[:, order], np.float32, order="C"), np.array(h[order], np.float32, order="C"))
        # What the masks need of them is computed here and kept, so that the window's thread does not wait for it.
        _ = factors.scaled
        return factors, order


def arrangement(w: Array, h: Array, present: Model | None, places: Sequence[int | None]) -> list[int]:
    """For each place the component that comes there: by similarity to the present one of that place."""
    count = w.shape[1]
    wanted = [(place, old) for place, old in enumerate(places) if old is not None]
    if not isinstance(present, Factors) or not wanted or present.W.shape[0] != w.shape[0]:
        return list(range(count))
    old = [o for _, o in wanted]
    matched = match_components(present.W[:, old], present.H[old], w, h)
    order = {place: new for (place, _), new in zip(wanted, matched, strict=True) if new >= 0}
    rest = iter(sorted(set(range(count)) - set(order.values())))
    return [order[place] if place in order else next(rest) for place in range(count)]


def descend(
    settings: RunSettings, V: Array, W: Array, H: Array, progress: Progress | None = None, watch: Watch | None = None,
    hold: Holds | None = None, drawn: bool = False, threads: int | None = None,
) -> Factorisation:  # fmt: skip
    """The engine's function for a method, with the settings that it uses."""
    beta, n = settings.beta_value, settings.iterations
    templates, activations = hold or ([False] * W.shape[1], [False] * W.shape[1])
    match settings.method:
        case "fast" | "mu":
            objective = Objective(
                beta, settings.sparsity, settings.uncorrelatedness, None, templates, activations,
                "heuristic" if beta == 0.0 else "mm",
            )  # fmt: skip
            function = factorise_fast if settings.method == "fast" else factorise
            return function(V, W, H, beta, n, progress, objective=objective, watch=watch, threads=threads)
        case "smooth" | "sequential":
            order = "red-black" if settings.method == "smooth" else "sequential"
            return smooth_is(
                V, W, H, settings.smoothness, n, progress, order=order, hold_templates=templates,
                hold_activations=activations, watch=watch, threads=threads,
            )  # fmt: skip
        case "em":
            return sage(V, W, H, settings.smoothness, n, progress, watch=watch, threads=threads)
        case "patterns":
            return nmf_conv(
                V, W, H, beta, n, progress, sparsity=settings.sparsity, uncorrelatedness=settings.uncorrelatedness,
                hold_templates=templates, hold_activations=activations, fast=True, watch=watch, threads=threads,
            )  # fmt: skip
        case "libnmfd":
            return nmfd(
                V, W, H, n, progress, hold_templates=templates, hold_activations=activations, compat="libnmfd",
                watch=watch, threads=threads,
            )  # fmt: skip
        case "flucoma":
            return flucoma.nmf(
                V, W.shape[1], n or sys.maxsize, settings.seed, None if drawn else W, None if drawn else H,
                all(templates), all(activations), progress, watch,
            )  # fmt: skip
        case _:
            return match_templates(V, W, beta, n, progress, watch, threads)


def match_templates(
    V: Array, W: Array, beta: float, iterations: int | None, progress: Progress | None, watch: Watch | None,
    threads: int | None,
) -> Factorisation:  # fmt: skip
    """Activations of the present templates, of one frame or more."""
    if W.ndim == 2:
        return match(V, W, beta, iterations, progress, watch=watch, threads=threads)
    _, H = balanced(W, np.ones((W.shape[1], V.shape[1])), float(V.mean(dtype=np.float64)), V.dtype)
    return nmf_conv(V, W, H, beta, iterations, progress, hold_templates=True, fast=True, watch=watch, threads=threads)


# -- starts ----------------------------------------------------------------------------------------------


def start(task: Task, V: Array, settings: RunSettings) -> tuple[Array, Array]:
    """W and H as the settings say, with the model's mean that of V."""
    # libnmfd's factors are those of V over its sum.
    mean = 1 / V.size if settings.method == "libnmfd" else float(V.mean(dtype=np.float64))
    if task.going_on or settings.method == "match":
        present = task.present_for(settings, "There are no templates to go on from; factorise once first.")
        if settings.method == "match":
            return present.W, present.H
        w = _of_length(present.W, settings.template_frames)
        return (w, present.H) if settings.hold_templates else balanced(w, present.H, mean, V.dtype)
    count = component_count(settings, task.present)
    shape = V.shape[0], V.shape[1], count, settings.seed, mean, V.dtype, settings.template_frames
    random_w, random_h = start_of_shape(*shape)
    if "templates" not in METHODS[settings.method].uses:
        return random_w, random_h
    if settings.templates == "nndsvd":
        random_w, random_h = nndsvd(V, count, seed=settings.seed)
        random_w = _of_length(random_w, settings.template_frames)
    w = _templates(task, V, settings, random_w)
    h = _activations(task, settings, random_h)
    return balanced(w, h, mean, V.dtype)


def _templates(task: Task, V: Array, settings: RunSettings, random: Array) -> Array:
    length = settings.template_frames
    match settings.templates:
        case "uniform":
            return np.ones_like(random)
        case "pitched":
            given = pitched_templates(
                pitches(settings), task.recording.rate, task.analysis.window, tolerance_up=settings.tolerance,
                tolerance_down=settings.tolerance, harmonics=settings.harmonics, length=length,
            )  # fmt: skip
            return np.concatenate([given, random[:, given.shape[1] :]], axis=1)
        case "drums":
            folders = drum_folders(settings.drums)
            learnt = [drum_template(each, task.recording.rate, task.analysis, settings, length) for each in folders]
            return np.concatenate([*learnt, random[:, len(learnt) :]], axis=1)
        case "selection":
            return _from_selection(task, V, settings, random)
        case "present":
            return _of_length(task.present_for(settings, NO_TEMPLATES).W, length)
        case _:
            return random


def _from_selection(task: Task, V: Array, settings: RunSettings, random: Array) -> Array:
    if settings.selection is None:
        raise UserError("Select the time to learn from first: the Select tool (V), then drag in the spectrogram.")
    first, last = (round(second * task.recording.rate / task.analysis.hop) for second in settings.selection)
    learnt = min(settings.learnt or random.shape[1], random.shape[1])
    example = V[:, max(0, first) : last + 1]
    w = random.copy()
    w[:, :learnt] = learnt_templates(example, learnt, settings.seed, settings.template_frames)
    return w


def drum_template(folder: Path, rate: int, analysis: Analysis, settings: RunSettings, length: int) -> Array:
    """The template of a drum, learnt from all one-shots of a folder, each analysed by itself."""
    spectra = []
    for path in _sounds(folder):
        sound = load(path)
        samples = sound.samples if sound.rate == rate else soxr.resample(sound.samples, sound.rate, rate)
        spectra.append(magnitudes(np.asarray(samples, np.float32), analysis, settings.power))
    return learnt_templates(np.concatenate(spectra, axis=1), 1, settings.seed, length, DRUM_ITERATIONS)


def _activations(task: Task, settings: RunSettings, random: Array) -> Array:
    match settings.activations:
        case "uniform":
            return np.ones_like(random)
        case "events":
            return _from_events(task, settings, random)
        case "present":
            other = "The present activations are not of as many components; choose another start."
            present = task.present_for(settings, other)
            if present.components != len(random):
                raise UserError(other)
            return present.H
        case _:
            return random


def _from_events(task: Task, settings: RunSettings, random: Array) -> Array:
    if not settings.events:
        raise UserError("Choose the text file with the onsets first.")
    path = Path(settings.events)
    try:
        events = read_events(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"“{path}” can't be read as text.") from error
    except ValueError as error:
        raise UserError(f"“{path.name}”: {error}") from error
    pitched = settings.templates == "pitched"
    labels = [float(p) for p in pitches(settings)] if pitched else _labels({e.label for e in events}, len(random))
    labels = (labels + [float("nan")] * len(random))[: len(random)]
    seconds = task.analysis.hop / task.recording.rate
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
        raise UserError(f"The list of onsets has {len(found)} labels, but there are {components} components.")
    return sorted(found)


def _of_length(w: Array, length: int) -> Array:
    """Templates with another number of frames: all alike, or their sum."""
    present = w.shape[2] if w.ndim == 3 else 1
    if present == length:
        return w
    flat = w.sum(axis=2) if w.ndim == 3 else w
    return flat if length == 1 else np.repeat(flat[:, :, None] / length, length, axis=2)


# -- how many components ---------------------------------------------------------------------------------


def choose_components(
    job: Job, recording: Recording, analysis: Analysis, settings: RunSettings, candidates: Sequence[int]
) -> list[float]:
    """The cost that each number of components reaches."""
    v = magnitudes(recording.samples, analysis, settings.power, lambda share: job.report(0.1 * share))
    iterations = 40

    def progress(i: int, cost: float) -> bool:
        return job.report(0.1 + 0.9 * i / (iterations * len(candidates)))

    costs = costs_by_components(v, candidates, settings.beta_value, iterations, settings.seed, progress)
    if job.cancelled:
        raise Cancelled
    return costs
