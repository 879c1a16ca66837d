"""What is asked of the next factorisation: one model, and a control for each of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from workbench.separation.settings import ACTIVATIONS, METHODS, PRESETS, RANGES, TEMPLATES, RunSettings, preset
from workbench.ui.base.controls import Whole, combo, named

DECIBELS = ("separation", "percussive_separation")


class Wishes(QObject):
    """The settings of the next run, and the words for them."""

    changed = Signal()
    """Some setting is another."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = RunSettings()

    def set(self, **values: Any) -> None:
        """Change some settings."""
        self.put(replace(self.settings, **values))

    def put(self, settings: RunSettings) -> None:
        """Change all settings. A method is not compared with itself."""
        if settings.compare == settings.method:
            settings = replace(settings, compare="")
        if settings != self.settings:
            self.settings = settings
            self.changed.emit()

    def choose_preset(self, name: str) -> None:
        """Settings for a kind of sound."""
        self.put(preset(name, self.settings))

    @property
    def own_divergence(self) -> str:
        """The divergence of a method that has one of its own, '' for none."""
        own = METHODS[self.settings.method].divergence
        return "" if self.settings.method == "hpss" else "is" if own == 0.0 else "kl"

    def missing(self, selected: bool, factorised: bool) -> str:
        """What has to be done before these settings can run, in a sentence; '' where nothing is missing."""
        s = self.settings
        given = {s.templates, s.activations} if "templates" in METHODS[s.method].uses else set()
        if s.leave_out and "leave_out" in METHODS[s.method].uses and not selected:
            return self.tr("First select the time to leave out: V, then drag in the spectrogram.")
        if "selection" in given and not selected:
            return self.tr("First select the time to learn from: V, then drag in the spectrogram.")
        if (s.method == "match" or "present" in given) and not factorised:
            return self.tr("First factorise once in another way: this needs templates that are there.")
        if "events" in given and not s.events:
            return self.tr("First choose the list of onsets: the … button.")
        return ""

    @property
    def preset_name(self) -> str:
        """The preset that the settings are, '' for none."""
        return next((name for name in PRESETS if preset(name, self.settings) == self.settings), "")

    def uses(self, field: str) -> bool:
        """Whether the method, with what is chosen of it, reads a field."""
        s = self.settings
        if field not in METHODS[s.method].uses:
            return False
        needs = {
            "beta": s.divergence == "beta",
            "others": s.templates in ("pitched", "drums"),
            "learnt": s.templates == "selection",
            "learnt_as": s.templates == "selection" and s.hold_templates and 0 < s.learnt < s.components,
            "drums": s.templates == "drums",
            "low_pitch": s.templates == "pitched",
            "high_pitch": s.templates == "pitched",
            "tolerance": s.templates == "pitched",
            "harmonics": s.templates == "pitched",
            "events": s.activations == "events",
            "decay": s.activations == "events",
            "components": s.templates not in ("pitched", "drums", "present"),
            "tries": "random" in (s.templates, s.activations),
            "separation": s.masks in ("coupled", "advanced"),
            "percussive_separation": s.masks == "advanced",
            "exponent": not 1 <= s.beta_value <= 2,
        }
        return needs.get(field, True)

    # -- words ---------------------------------------------------------------------------------------

    def choices(self, field: str) -> list[tuple[str, object]]:
        """Texts and values of a list to choose from."""
        tr = self.tr
        words: dict[str, dict[str, str]] = {
            "method": {
                "fast": tr("Components · NMF"),
                "mu": tr("Components · exact MU steps"),
                "flucoma": tr("Components · as FluCoMa"),
                "smooth": tr("Smooth · IS-NMF by MM"),
                "sequential": tr("Smooth · MM, frame by frame"),
                "em": tr("Smooth · EM (SAGE)"),
                "patterns": tr("Patterns · NMFD"),
                "libnmfd": tr("Patterns · as libnmfd"),
                "match": tr("Known sounds · match templates"),
                "hpss": tr("Tones and hits · HPSS"),
            },
            "preset": {
                "general": tr("General"),
                "drums": tr("Drum loop"),
                "beat": tr("Drums in a mix"),
                "notes": tr("Notes"),
                "speech": tr("Speech + noise"),
                "old": tr("Old recording"),
            },
            "divergence": {
                "kl": tr("Kullback–Leibler"),
                "is": tr("Itakura–Saito"),
                "eu": tr("Euclidean"),
                "beta": tr("other β"),
            },
            "templates": {
                "random": tr("Random"),
                "uniform": tr("All alike"),
                "nndsvd": tr("Singular vectors (NNDSVD)"),
                "pitched": tr("Pitches"),
                "drums": tr("Drum sounds"),
                "selection": tr("Learnt from the selection"),
                "present": tr("The present ones (seed)"),
            },
            "activations": {
                "random": tr("Random"),
                "uniform": tr("All alike"),
                "events": tr("A list of onsets"),
                "present": tr("The present ones (seed)"),
            },
            "exponent": {"mm": tr("γ(β): surely downwards"), "one": tr("1: longer steps")},
            "masks": {
                "soft": tr("Soft"),
                "binary": tr("Binary"),
                "coupled": tr("Coupled (threshold)"),
                "advanced": tr("Advanced (with a residual)"),
            },
        }
        keys: dict[str, tuple[str, ...]] = {
            "method": tuple(METHODS),
            "preset": tuple(PRESETS),
            "templates": TEMPLATES,
            "activations": ACTIVATIONS,
        }
        if field == "compare":
            methods = words["method"]
            return [(tr("nothing"), ""), *((methods[m], m) for m in METHODS if "compare" in METHODS[m].uses)]
        return [(words[field][key], key) for key in keys.get(field, tuple(words[field]))]

    def label(self, field: str) -> str:
        """Name of a parameter."""
        tr = self.tr
        return {
            "preset": tr("Preset"),
            "method": tr("Method"),
            "components": tr("Components"),
            "divergence": tr("Divergence"),
            "beta": tr("β"),
            "iterations": tr("Iterations"),
            "seed": tr("Seed"),
            "tries": tr("Starts to try"),
            "compare": tr("Run beside it"),
            "templates": tr("Templates begin"),
            "activations": tr("Activations begin"),
            "hold_templates": tr("Hold templates"),
            "hold_activations": tr("Hold activations"),
            "others": tr("Other components"),
            "learnt": tr("Learnt templates"),
            "learnt_as": tr("Name of what is learnt"),
            "low_pitch": tr("Lowest pitch"),
            "high_pitch": tr("Highest pitch"),
            "tolerance": tr("Tolerance"),
            "harmonics": tr("Harmonics"),
            "drums": tr("Drum sounds"),
            "events": tr("Onsets"),
            "decay": tr("Decay"),
            "length": tr("Template frames"),
            "sparsity": tr("Sparsity"),
            "uncorrelatedness": tr("Uncorrelatedness"),
            "percussive_separation": tr("Separation of hits"),
            "exponent": tr("Exponent"),
            "leave_out": tr("Leave the selection out"),
            "hold_locked": tr("Hold locked layers"),
            "smoothness": tr("Smoothness λ"),
            "harmonic_frames": tr("Harmonic kernel"),
            "percussive_bins": tr("Percussive kernel"),
            "separation": tr("Separation of tones"),
            "masks": tr("Masks"),
        }[field]

    def sentence(self, field: str) -> str:
        """What a parameter is for, with its range."""
        tr = self.tr
        text = {
            "preset": tr("Settings for a kind of sound; change what you like afterwards."),
            "method": tr(
                "How to take the recording apart. Components are spectra that come and go; smooth ones fade slowly; "
                "patterns are short sounds with a course of their own; known sounds are looked for with the present "
                "templates; tones and hits are told apart by their direction."
            ),
            "components": tr("How many components to look for (K). About one for each kind of sound."),
            "divergence": tr(
                "How misfit counts: Kullback–Leibler suits most music; Itakura–Saito hears quiet parts as keenly as "
                "loud ones; Euclidean follows the loudest."
            ),
            "beta": tr("The number between and beyond: 0 Itakura–Saito, 1 Kullback–Leibler, 2 Euclidean."),
            "iterations": tr("How many steps of the descent."),
            "seed": tr("The random start; the same seed gives the same result."),
            "tries": tr("As many random starts are tried, and the one with the lowest cost is kept."),
            "compare": tr("A second method runs from the same start; its curve and result stay in the list of runs."),
            "templates": tr("Where the spectra begin (W)."),
            "activations": tr("Where the times begin (H)."),
            "hold_templates": tr("The spectra that are given stay; those that begin at random are found."),
            "hold_activations": tr("The times stay as they begin: only spectra are found."),
            "others": tr("Components for everything else that sounds; they begin at random."),
            "learnt": tr("How many templates to learn from the selection; 0: all. The others begin at random."),
            "learnt_as": tr("The held templates become one layer of this name, all others one layer Rest."),
            "low_pitch": tr("MIDI number of the lowest note; 60 is middle C."),
            "high_pitch": tr("MIDI number of the highest note; one component a semitone."),
            "tolerance": tr("Semitones by which a partial may be off."),
            "harmonics": tr("Partials of a note."),
            "drums": tr("A folder that holds a folder of one-shots for each drum; empty: our own kick, snare, hi-hat."),
            "events": tr(
                "A text file with a line for each onset: seconds and label, or seconds, duration and label. "
                "Labels are numbers: of components, or MIDI pitches."
            ),
            "decay": tr("What is left of a drum's activation in the next frame."),
            "length": tr("Frames of a template (T): a hop each, so 8 frames of 512 are 93 ms at 44.1 kHz."),
            "sparsity": tr("Lets weak components die: fewer sound at once. 0 is off, 0.1 is much."),
            "uncorrelatedness": tr("Keeps templates from sharing frequencies. 0 is off, 1 is much."),
            "smoothness": tr("How slowly activations may change; 10 is usual, 0 is plain Itakura–Saito."),
            "harmonic_frames": tr("Frames of the median along time (odd): longer keeps only steadier tones."),
            "percussive_bins": tr("Bins of the median along frequency (odd): longer keeps only broader hits."),
            "separation": tr("Decibels by which a bin must be tone rather than hit."),
            "percussive_separation": tr("Decibels by which a bin must be hit rather than tone."),
            "exponent": tr("Of each step, where β is below 1 or above 2: MM's is slower, and the cost never rises."),
            "hold_locked": tr("Continue leaves the templates and activations of locked layers as they are."),
            "leave_out": tr("Find the templates from everything but the selected time: applause, a cough, a dropout."),
            "masks": tr(
                "Soft shares every bin; binary decides; coupled and advanced need a separation, and advanced "
                "leaves the rest in a third layer."
            ),
        }[field]
        if field in RANGES:
            low, high = RANGES[field]
            unit = {"tolerance": tr(" semitones"), "separation": tr(" dB"), "percussive_separation": tr(" dB")}.get(
                field, ""
            )
            ends = (f"{end:,.10g}".replace(",", " ") for end in (low, high))
            text += " " + tr("From {0} to {1}{2}.").format(*ends, unit)
        return text

    # -- controls ------------------------------------------------------------------------------------

    def control(self, field: str, name: str) -> QWidget:
        """A control that shows a field and sets it; it follows every change of the settings."""
        value = getattr(self.settings, field, None)
        widget: QWidget
        show: Callable[[Any], None]
        if field in ("method", "divergence", "exponent", "templates", "activations", "masks", "compare"):
            widget, show = self._list(field, name)
        elif isinstance(value, bool):
            box = named(QCheckBox(self.label(field)), name, self.label(field), self.sentence(field))
            box.toggled.connect(lambda on: self.set(**{field: on}))
            widget, show = box, box.setChecked
        elif isinstance(value, float):
            real = named(QDoubleSpinBox(), name, self.label(field), self.sentence(field))
            real.setRange(*RANGES[field])
            real.setDecimals(3 if field in ("sparsity",) else 2)
            real.setSingleStep(
                {"sparsity": 0.01, "smoothness": 1.0, "separation": 0.5, "percussive_separation": 0.5}.get(field, 0.1)
            )
            real.setSuffix(
                {
                    "tolerance": self.tr(" st"),
                    "separation": self.tr(" dB"),
                    "percussive_separation": self.tr(" dB"),
                }.get(field, "")
            )
            real.valueChanged.connect(lambda number: self.set(**{field: number}))
            widget, show = real, real.setValue
        elif isinstance(value, str):
            line = named(QLineEdit(), name, self.label(field), self.sentence(field))
            line.editingFinished.connect(lambda: self.set(**{field: line.text().strip()}))
            widget, show = line, line.setText
        else:
            whole = named(Whole(), name, self.label(field), self.sentence(field))
            low, high = RANGES[field]
            whole.setRange(int(low), int(high))
            if field in ("harmonic_frames", "percussive_bins"):
                whole.setSingleStep(2)
            whole.setSuffix({"length": self.tr(" frames")}.get(field, ""))
            whole.valueChanged.connect(lambda number: self.set(**{field: number}))
            widget, show = whole, whole.setValue

        def refresh() -> None:
            now, used = getattr(self.settings, field), field == "method" or self.uses(field)
            widget.blockSignals(True)
            if now is not None:
                show(now)
            # What counts for nothing shows no value.
            if isinstance(widget, Whole):
                widget.set_unused(not used)
            elif isinstance(widget, QComboBox) and not used:
                widget.setCurrentIndex(widget.findData(self.own_divergence) if field == "divergence" else -1)
            widget.blockSignals(False)

        self.changed.connect(refresh)
        refresh()
        return widget

    @staticmethod
    def _disable(box: QComboBox, unwanted: str) -> None:
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        for i in range(box.count()):
            model.item(i).setEnabled(box.itemData(i) != unwanted)

    def _list(self, field: str, name: str) -> tuple[QComboBox, Callable[[Any], None]]:
        box = combo(self.choices(field), name, self.label(field), self.sentence(field))
        box.setMinimumContentsLength(4)
        box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setPlaceholderText("–")
        box.currentIndexChanged.connect(lambda _: self.set(**{field: box.currentData()}))
        if field == "compare":
            # Not the method itself.
            self.changed.connect(lambda: self._disable(box, self.settings.method))
            self._disable(box, self.settings.method)
        return box, lambda value: box.setCurrentIndex(box.findData(value))
