"""What a factorisation is asked of a recording: its task, how many components there are, their names and frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench import resource
from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.model.models import Factors, Model
from workbench.nmf.harmonic_percussive import HpssMode
from workbench.separation.known import KnownOf
from workbench.separation.settings import METHODS, Method, RunSettings, TemplateStart
from workbench.spectral.scales import NOTES
from workbench.spectral.stft import Analysis

OWN_KIT = ("kick", "snare", "hihat")
"""Of our own kit: what most recordings with drums have; a folder of one's own may hold any drums."""
SOUND_FILES = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3")
NO_TEMPLATES = "separation.no_templates"


@dataclass(frozen=True, eq=False)
class Task:
    """What a factorisation needs of the document.

    Attributes
    ----------
    recording : Recording
    analysis : Analysis
    settings : RunSettings
    present : Model or None
        The factors, or masks, that are there.
    present_settings : RunSettings or None
        What they were asked for; like `settings` by default.
    places : tuple of int or None
        For each new component the present one whose place it should take, as far as it is like it.
    going_on : bool
        Go on from the present factors, whatever the settings say of the start.
    held : tuple of int
        When going on: components whose templates the run before held because they were given (`Snapshot.held`).
    locked : tuple of int
        When going on: components of locked layers, for settings that hold these.
    known : tuple of KnownOf
        What the user knows of the new components.
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
    known: tuple[KnownOf, ...] = ()

    def present_for(self, settings: RunSettings, otherwise: str) -> Factors:
        """The present factors as a model of the spectrogram that a method wants.

        Raises
        ------
        UserError
            With the code `otherwise` if there are none.
        """
        if not isinstance(self.present, Factors):
            raise UserError(otherwise)
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
        If a folder of drums holds none, or the pitches are out of order.
    """
    if settings.method is Method.HPSS:
        return ["Harmonic", "Percussive", "Residual"][: 3 if settings.masks is HpssMode.ADVANCED else 2]
    if "templates" not in METHODS[settings.method].uses:
        return []
    others = [f"Other {i + 1}" for i in range(settings.others)]
    match settings.templates:
        case TemplateStart.DRUMS:
            return [folder.name for folder in drum_folders(settings.drums)] + others
        case TemplateStart.PITCHED:
            return [f"{NOTES[p % 12]}{p // 12 - 1}" for p in pitches(settings)] + others
        case TemplateStart.SELECTION if settings.hold_templates and 0 < settings.learnt < settings.components:
            learnt = [settings.learnt_as or "Learnt"] * settings.learnt
            return learnt + ["Rest"] * (settings.components - settings.learnt)
        case _:
            return []


def pitches(settings: RunSettings) -> range:
    """MIDI pitches of pitched templates.

    Raises
    ------
    UserError
        If the lowest is above the highest.
    """
    if settings.low_pitch > settings.high_pitch:
        raise UserError("separation.pitches_reversed")
    return range(settings.low_pitch, settings.high_pitch + 1)


def component_count(settings: RunSettings, present: Model | None) -> int:
    """K that a run with these settings has.

    Raises
    ------
    UserError
        If it takes the present templates and there are none, or as `component_names`.
    """
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
    return settings.method is Method.MATCH or ("templates" in uses and settings.templates is TemplateStart.PRESENT)


def drum_folders(folder: str) -> list[Path]:
    """The folders of one-shots, one a drum, in their order; our own kit for ''.

    Raises
    ------
    UserError
        If there is no such folder, or nothing of the kind in it.
    """
    if not folder:
        return [resource("drums") / name for name in OWN_KIT]
    if not Path(folder).is_dir():
        raise UserError("separation.no_drum_folder", folder=folder)
    found = [each for each in sorted(Path(folder).glob("*")) if each.is_dir() and one_shots(each)]
    if not found:
        raise UserError("separation.no_drums", folder=folder)
    return found


def one_shots(folder: Path) -> list[Path]:
    """The sound files of a folder, in their order."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND_FILES)


def keeps_locked(settings: RunSettings) -> bool:
    """Whether the components of locked layers are held when going on."""
    return settings.hold_locked and "hold_locked" in METHODS[settings.method].uses


def selected(settings: RunSettings, frames: int, otherwise: str) -> slice:
    """The selected frames, as far as a recording of so many frames has them.

    Raises
    ------
    UserError
        With the code `otherwise` if nothing is selected, or if what is selected is not of the recording.
    """
    if settings.selection is None:
        raise UserError(otherwise)
    start, stop = (min(max(frame, 0), frames) for frame in settings.selection)
    if start >= stop:
        raise UserError("separation.selection_outside")
    return slice(start, stop)


def left_out(settings: RunSettings, frames: int) -> slice | None:
    """The frames that count for nothing, of a recording of so many; None where all count.

    Raises
    ------
    UserError
        If nothing is selected, or everything.
    """
    if not settings.leave_out or "leave_out" not in METHODS[settings.method].uses:
        return None
    out = selected(settings, frames, "separation.select_left_out")
    if out == slice(0, frames):
        raise UserError("separation.all_left_out")
    return out
