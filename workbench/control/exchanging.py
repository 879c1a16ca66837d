"""Writes masks, factors, labels, scores and figures for other programs, as they are at the moment of asking."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject

from workbench.control.exporting import Exporting
from workbench.control.notices import Notices
from workbench.control.scoring import Scoring
from workbench.control.told_labels import Told, labels_of, parts_of
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.exchange import (
    audacity,
    factors_csv,
    factors_npz,
    flucoma,
    labels_csv,
    masks_npy,
    masks_npz,
    masks_png,
    masks_wav,
    midi,
    sonic_visualiser,
)
from workbench.exchange.masks import MaskPlanes, planes_of_stack
from workbench.jobs.runner import Runner
from workbench.masks.model.models import Factors
from workbench.progress import Progress
from workbench.storage import replacing


class MaskFormat(StrEnum):
    """How masks are written."""

    NPY = "npy"
    NPZ = "npz"
    PNG_16 = "png 16"
    PNG_8 = "png 8"
    WAV = "wav"

    @property
    def suffix(self) -> str:
        """Ending of the file's name."""
        return f".{self.value[:3]}"


class FactorFormat(StrEnum):
    """How templates and activations are written."""

    NPZ = "npz"
    CSV = "csv"
    FLUCOMA = "wav"

    @property
    def suffix(self) -> str:
        """Ending of the file's name."""
        return f".{self.value}"


class LabelFormat(StrEnum):
    """How labels are written."""

    AUDACITY = "txt"
    CSV = "csv"
    INSTANTS = "instants"
    REGIONS = "regions"
    NOTES = "notes"
    MIDI = "mid"

    @property
    def suffix(self) -> str:
        """Ending of the file's name."""
        return ".svl" if self in (LabelFormat.INSTANTS, LabelFormat.REGIONS, LabelFormat.NOTES) else f".{self.value}"


class Exchanging(QObject):
    """Writes in the background; what was asked for is what was shown then, with all edits."""

    def __init__(
        self,
        document: Document,
        exporting: Exporting,
        scoring: Scoring,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._exporting, self._scoring = document, exporting, scoring
        self._runner, self._notices = runner, notices

    def write_masks(self, path: Path, form: MaskFormat, groups: bool) -> None:
        """Write the masks of all layers, or of all groups and the layers in none."""
        scene = self._document.scene
        if scene is None:
            return
        planes = planes_of_stack(scene.stack, scene.analysis, scene.recording.rate, groups)
        self._write(self.tr("Exporting masks"), lambda report: _write_masks(path, planes, form, report))

    def write_factors(self, path: Path, form: FactorFormat) -> None:
        """Write W and H of the present stack."""
        scene, run, state = self._document.scene, self._document.run, self._document.state
        if scene is None:
            return
        if run is None or not isinstance(run.factors, Factors):
            self._notices.refuse(UserError("exchange.no_factors_here"))
            return
        factors, rate, analysis = run.factors, scene.recording.rate, scene.analysis
        owners = self._document.owners
        component = self.tr("Component {0}")
        names = [
            owners[k].name if k in owners and state.marks is None else component.format(k + 1)
            for k in range(factors.components)
        ]

        def work(report: Progress) -> list[Path]:
            report(-1.0)
            if form is FactorFormat.CSV:
                hz = analysis.hz_of(np.arange(analysis.bins, dtype=np.float64), rate)
                seconds = analysis.second_of(np.arange(factors.H.shape[1], dtype=np.float64), rate)
                return factors_csv.write(path, factors.W, factors.H, names, hz, seconds, report)
            if form is FactorFormat.FLUCOMA:
                return flucoma.write(path, factors.W, factors.H, analysis, rate)
            layers = [layer.name for layer in state.layers]
            ids = [layer.id for layer in state.layers]
            owner = [ids.index(owners[k].id) if k in owners else -1 for k in range(factors.components)]
            about = factors_npz.about(analysis, rate, run.settings, run.costs, layers, owner)
            return factors_npz.write(path, factors.W, factors.H, about)

        self._write(self.tr("Exporting factors"), work)

    def write_labels(self, path: Path, told: Told, form: LabelFormat) -> None:
        """Write what is said of times and frequencies."""
        scene, state = self._document.scene, self._document.state
        if scene is None:
            return
        rate, name = scene.recording.rate, state.present.name
        words = {"not": self.tr("not {0}"), "selection": self.tr("Selection")}
        labels = labels_of(state, told, rate, scene.stack.frames, words)
        parts = parts_of(state) if told is Told.NOTES else []
        pitched = any(note.pitch is not None for part in parts for note in part.notes)
        if not (parts if form is LabelFormat.MIDI else pitched if form is LabelFormat.NOTES else labels):
            self._notices.refuse(UserError("exchange.nothing_to_write"))
            return
        writers: dict[LabelFormat, Callable[[], list[Path]]] = {
            LabelFormat.AUDACITY: lambda: audacity.write(path, labels),
            LabelFormat.CSV: lambda: labels_csv.write(path, labels),
            LabelFormat.INSTANTS: lambda: sonic_visualiser.write_instants(path, labels, rate, name),
            LabelFormat.REGIONS: lambda: sonic_visualiser.write_regions(path, labels, rate, name),
            LabelFormat.NOTES: lambda: sonic_visualiser.write_notes(path, parts, rate, name),
            LabelFormat.MIDI: lambda: midi.write(path, parts),
        }
        self._write(self.tr("Exporting labels"), lambda report: writers[form]())

    def write_scores(self, path: Path) -> None:
        """Write the table of scores, as it is measured."""
        if self._document.recording is None:
            return
        if not self._scoring.references:
            self._notices.refuse(self.tr("There are no references to measure against; add the stems first."))
        elif self._scoring.left or all(row.score is None for row in self._scoring.rows):
            self._notices.refuse(self.tr("The scores are not measured yet: they are while their pane (F9) is open."))
        else:
            table = self._scoring.csv()
            self._write(self.tr("Exporting scores"), lambda report: _write_text(path, table))

    def _write(self, name: str, work: Callable[[Progress], list[Path]]) -> None:
        """Write in a job, and say where to."""
        self._exporting.count(self._runner.run(name, lambda job: work(job.report), self._tell, self._notices.trouble))

    def _tell(self, paths: list[Path]) -> None:
        if len(paths) == 1:
            self._notices.say(self.tr("Wrote {0} to {1}").format(paths[0].name, paths[0].parent))
        else:
            self._notices.say(self.tr("Wrote {0} files to {1}").format(len(paths), paths[0].parent))


def _write_masks(path: Path, planes: MaskPlanes, form: MaskFormat, report: Progress) -> list[Path]:
    match form:
        case MaskFormat.NPY:
            return masks_npy.write(path, planes, report)
        case MaskFormat.NPZ:
            return masks_npz.write(path, planes, report)
        case MaskFormat.WAV:
            return masks_wav.write(path, planes, report)
        case _:
            return masks_png.write(path, planes, 8 if form is MaskFormat.PNG_8 else 16, report)


def _write_text(path: Path, text: str) -> list[Path]:
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return [path]
