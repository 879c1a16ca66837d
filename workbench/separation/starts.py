"""What a factorisation begins with: its task, how many components, their names, templates and activations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from workbench import resource
from workbench.audio.recording import Recording, load
from workbench.errors import UserError
from workbench.masks.model.models import Factors, Model
from workbench.nmf.activations import decays, gates, read_events
from workbench.nmf.result import Array
from workbench.nmf.starts import balanced, nndsvd, start_of_shape
from workbench.nmf.templates import learnt_templates, pitched_templates
from workbench.separation.settings import METHODS, RunSettings
from workbench.spectral.stft import Analysis, magnitudes

OWN_KIT = ("kick", "snare", "hihat")
"""Of our own kit: what most recordings with drums have; a folder of one's own may hold any drums."""
DRUM_ITERATIONS = 30
NO_TEMPLATES = "There are no templates yet; factorise once, or choose another start."
NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


@dataclass(frozen=True, eq=False)
class Task:
    """What a factorisation needs of the document.

    Attributes
    ----------
    recording, analysis, settings
    present : Model or None
        The factors that are there.
    present_settings : RunSettings or None
        What they were asked for; like `settings` by default.
    places : tuple of int or None
        For each new component the present one whose place it should take, as far as it is like it.
    going_on : bool
        Go on from the present factors, whatever the settings say of the start.
    held : tuple of int
        When going on: components whose templates the present run held.
    locked : tuple of int
        When going on: components of locked layers, for settings that hold these.
    """

    recording: Recording
    analysis: Analysis
    settings: RunSettings
    present: Model | None = None
    places: tuple[int | None, ...] = ()
    going_on: bool = False
    held: tuple[int, ...] = ()
    present_settings: RunSettings | None = None
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
        power = np.float32(settings.power / (self.present_settings or settings).power)
        if power == 1:
            return self.present
        # Exact where one component sounds alone; elsewhere a start.
        return Factors(self.present.W**power, self.present.H**power)


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
    if takes_templates(settings):
        if not isinstance(present, Factors):
            raise UserError(NO_TEMPLATES)
        return present.components
    return settings.components


def takes_templates(settings: RunSettings) -> bool:
    """Whether a fresh run begins with the present templates."""
    uses = METHODS[settings.method].uses
    return settings.method == "match" or ("templates" in uses and settings.templates == "present")


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
        analysis.bins,
        analysis.frames(len(recording.samples)),
        components,
        settings.seed,
        length=settings.template_frames,
    )
    return Factors(np.asarray(w, np.float32), np.asarray(h, np.float32))


def start(task: Task, V: Array, settings: RunSettings) -> tuple[Array, Array]:
    """W and H as the settings say, with the model's mean that of V."""
    out = left_out(task, settings, V.shape[1])
    # libnmfd's factors are those of V over its sum.
    mean = 1 / V.size if settings.method == "libnmfd" else _mean(V, out)
    if task.going_on or settings.method == "match":
        return _from_present(task, V, settings, mean)
    count = component_count(settings, task.present)
    shape = V.shape[0], V.shape[1], count, settings.seed, mean, V.dtype, settings.template_frames
    random_w, random_h = start_of_shape(*shape)
    if "templates" not in METHODS[settings.method].uses:
        return random_w, random_h
    if settings.templates == "nndsvd":
        # What is left out has no say; its activations begin flat.
        counted = V if out is None else np.delete(V, out, axis=1)
        random_w, known = nndsvd(counted, count, seed=settings.seed)
        random_h = np.full_like(random_h, known.mean())
        random_h[:, np.delete(np.arange(V.shape[1]), out or slice(0, 0))] = known
        random_w = _of_length(random_w, settings.template_frames)
    w = _templates(task, V, settings, random_w)
    h = _activations(task, settings, random_h)
    return balanced(w, h, mean, V.dtype)


def _from_present(task: Task, V: Array, settings: RunSettings, mean: float) -> tuple[Array, Array]:
    """The present factors, each component at its level; at `mean` where a method has a scale of its own."""
    present = task.present_for(settings, "There are no templates to go on from; factorise once first.")
    if settings.method == "match":
        return present.W, present.H
    w = _of_length(present.W, settings.template_frames)
    sums = w.reshape(len(w), w.shape[1], -1).sum(axis=(0, 2), dtype=np.float64)
    methods = settings.method, (task.present_settings or settings).method
    if not any(METHODS[each].own_scale for each in methods):
        mean = float(sums @ present.H.sum(axis=1, dtype=np.float64)) / V.size
    unit, h = balanced(w, present.H, mean, V.dtype)
    if not settings.hold_templates or settings.method == "libnmfd":
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


def _templates(task: Task, V: Array, settings: RunSettings, random: Array) -> Array:
    length = settings.template_frames
    match settings.templates:
        case "uniform":
            return np.ones_like(random)
        case "pitched":
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


def selected(task: Task, selection: tuple[float, float]) -> slice:
    """The frames of a selection."""
    first, last = (round(second * task.recording.rate / task.analysis.hop) for second in selection)
    return slice(max(0, first), last + 1)


def keeps_locked(settings: RunSettings) -> bool:
    """Whether the components of locked layers are held when going on."""
    return settings.hold_locked and "hold_locked" in METHODS[settings.method].uses


def left_out(task: Task, settings: RunSettings, frames: int) -> slice | None:
    """The frames that count for nothing.

    Raises
    ------
    UserError
        If nothing is selected, or everything.
    """
    if not settings.leave_out or "leave_out" not in METHODS[settings.method].uses:
        return None
    if settings.selection is None:
        raise UserError("Select the time to leave out first: the Select tool (V), then drag in the spectrogram.")
    out = selected(task, settings.selection)
    count = len(range(frames)[out])
    if count == 0:
        raise UserError("Nothing of the recording is selected; select the time to leave out.")
    if count == frames:
        raise UserError("With everything left out nothing can be found; select less.")
    return out


def _from_selection(task: Task, V: Array, settings: RunSettings, random: Array) -> Array:
    if settings.selection is None:
        raise UserError("Select the time to learn from first: the Select tool (V), then drag in the spectrogram.")
    learnt = min(settings.learnt or random.shape[1], random.shape[1])
    example = V[:, selected(task, settings.selection)]
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
    if not events:
        raise UserError(f"“{path.name}” holds no onsets; each line needs seconds and a label.")
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
