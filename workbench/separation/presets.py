"""Settings for kinds of sound; the manual says what each is for, measured.md what it was tried on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from workbench.separation.settings import ActivationStart, Method, RunSettings, TemplateStart
from workbench.spectral.stft import WINDOWS, Analysis
from workbench.translating import QT_TRANSLATE_NOOP

USUAL_RATE = 44100


@dataclass(frozen=True)
class Preset:
    """What suits one kind of sound.

    Attributes
    ----------
    name : str
        In English; the window translates it in the context “Presets”.
    settings : RunSettings
    window : int or None
        Samples of a window at 44.1 kHz; None where the window matters little and stays what it is.
    """

    name: str
    settings: RunSettings
    window: int | None = None

    def analysis(self, rate: float) -> Analysis | None:
        """Window and hop at a sample rate in Hz: of those that are offered the one nearest in seconds."""
        if self.window is None:
            return None
        wanted = math.log2(self.window * rate / USUAL_RATE)
        window = min(WINDOWS, key=lambda each: abs(math.log2(each) - wanted))
        return Analysis(window, window // 4)


PRESETS: dict[str, Preset] = {
    "general": Preset(QT_TRANSLATE_NOOP("Presets", "General"), RunSettings()),
    "song": Preset(QT_TRANSLATE_NOOP("Presets", "Song"), RunSettings(components=20), 4096),
    "voice": Preset(QT_TRANSLATE_NOOP("Presets", "Voice over music"), RunSettings(components=24), 8192),
    "ringing": Preset(QT_TRANSLATE_NOOP("Presets", "Ringing or hum"), RunSettings(components=24), 4096),
    "drums": Preset(
        QT_TRANSLATE_NOOP("Presets", "Drum loop"),
        RunSettings(
            method=Method.PATTERNS,
            templates=TemplateStart.DRUMS,
            activations=ActivationStart.UNIFORM,
            length=8,
            iterations=60,
        ),
    ),
    "beat": Preset(
        QT_TRANSLATE_NOOP("Presets", "Drums in a mix"),
        RunSettings(
            method=Method.PATTERNS,
            templates=TemplateStart.DRUMS,
            others=16,
            length=4,
            hold_templates=True,
            iterations=60,
        ),
    ),
    "notes": Preset(
        QT_TRANSLATE_NOOP("Presets", "Notes"),
        RunSettings(components=16, templates=TemplateStart.NNDSVD, sparsity=0.05, iterations=150),
    ),
    "speech": Preset(
        QT_TRANSLATE_NOOP("Presets", "Speech + noise"),
        RunSettings(components=24, templates=TemplateStart.SELECTION, learnt=8, learnt_as="Noise", hold_templates=True),
    ),
    "old": Preset(QT_TRANSLATE_NOOP("Presets", "Old recording"), RunSettings(method=Method.SMOOTH, iterations=200)),
}
"""In the order of the list."""


def preset(name: str, present: RunSettings) -> RunSettings:
    """The settings of a preset, with the seed, the files and the selection of the present ones."""
    return replace(
        PRESETS[name].settings,
        seed=present.seed,
        selection=present.selection,
        drums=present.drums,
        events=present.events,
    )
