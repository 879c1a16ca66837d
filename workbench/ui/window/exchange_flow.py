"""Import and export for other programs as the user meets them: what to choose, which files, what to decide."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, QRegularExpression, QSettings, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from workbench.control.exchanging import Exchanging, FactorFormat, LabelFormat, MaskFormat
from workbench.control.figures import FigureFormat, Figures, FigureWish
from workbench.control.importing import Importing, TooMuch
from workbench.control.labelling import Labelling
from workbench.control.told_labels import Told
from workbench.document.document import Document
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.questions import question
from workbench.ui.dialogs.figure_dialog import FigureDialog
from workbench.ui.dialogs.format_dialog import FormatDialog, Question
from workbench.ui.window.exchange_words import factor_questions, label_questions, mask_questions

FOLDER, FIGURE = "exchange/folder", "exchange/figure"


class Becoming(Enum):
    """What labels of a file become."""

    MARKS = auto()
    ONSETS = auto()
    MARKERS = auto()


class ExchangeFlow(QObject):
    """Asks over a window, lets `Importing`, `Labelling` and `Exchanging` do the work, remembers folder and choices."""

    def __init__(
        self,
        over: QWidget,
        document: Document,
        importing: Importing,
        labelling: Labelling,
        exchanging: Exchanging,
        figures: Figures,
        settings: QSettings,
    ) -> None:
        super().__init__(over)
        self._over, self._document, self._settings = over, document, settings
        self._importing, self._labelling, self._exchanging = importing, labelling, exchanging
        self._figures = figures
        importing.too_much.connect(self._ask_scale)
        document.opened.connect(self._leave)

    # -- import ----------------------------------------------------------------------------------------

    def import_masks(self) -> None:
        """Choose files of masks."""
        kinds = self.tr("Masks ({0})").format("*.npy *.npz *.png *.wav")
        self._ask_files("importMasksDialog", self.tr("Import masks"), kinds, self._importing.read_masks)

    def import_factors(self) -> None:
        """Choose a file of factors, or two."""
        kinds = self.tr("Templates and activations ({0})").format("*.npz *.csv *.txt *.wav *.aif *.aiff")
        title = self.tr("Import templates and activations: one file, or one of each")
        self._ask_files("importFactorsDialog", title, kinds, self._importing.read_factors)

    def import_labels(self, become: Becoming) -> None:
        """Choose a file of labels, and what they become."""
        kinds = self.tr("Labels ({0})").format("*.txt *.csv *.tsv")
        labelling = self._labelling
        name, title, read = {
            Becoming.MARKS: ("importLabelsDialog", self.tr("Import labels as marks"), labelling.read_as_marks),
            Becoming.ONSETS: ("importOnsetsDialog", self.tr("Import labels as onsets"), labelling.read_as_onsets),
            Becoming.MARKERS: ("importMarkersDialog", self.tr("Import labels as markers"), labelling.read_as_markers),
        }[become]
        self._ask_files(name, title, kinds, lambda paths: read(paths[0]), False)

    def take_dropped(self, paths: Sequence[Path]) -> bool:
        """Import files that were dropped, where they are of other programs; answers whether they are."""
        kinds = {path.suffix.lower() for path in paths}
        if self._document.recording is None or not kinds:
            return False
        if kinds <= {".npz"} and any(_holds_factors(path) for path in paths):
            self._importing.read_factors(paths)
        elif kinds <= {".npy", ".npz", ".png"}:
            self._importing.read_masks(paths)
        elif kinds <= {".txt", ".csv", ".tsv"} and len(paths) == 1:
            self._labelling.read_as_marks(paths[0])
        else:
            return False
        return True

    def _ask_files(
        self, name: str, title: str, kinds: str, take: Callable[[Sequence[Path]], object], several: bool = True
    ) -> None:
        if self._document.recording is None:
            return
        mode = QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile
        filters = [kinds, self.tr("All files (*)")]
        ask_paths(self._over, name, title, self._folder, lambda paths: self._took(paths, take), mode, filters)

    def _took(self, paths: list[Path], take: Callable[[list[Path]], object]) -> None:
        self._settings.setValue(FOLDER, str(paths[0].parent))
        take(paths)

    def _ask_scale(self, found: TooMuch) -> None:
        box = question(
            self._over,
            "scaleBox",
            self.tr("More than all"),
            self.tr("Scale the masks where they sum to more than one?"),
            found.said,
        )
        scale = box.addButton(self.tr("Scale them there"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(scale)
        box.finished.connect(lambda _: found.scale() if box.clickedButton() is scale else None)
        box.show()

    # -- export ----------------------------------------------------------------------------------------

    def export_masks(self) -> None:
        """Ask for a format, and write the masks."""

        def suffix(values: list[str]) -> str:
            return MaskFormat(values[0]).suffix

        def write(path: Path, values: list[str]) -> None:
            self._exchanging.write_masks(path, MaskFormat(values[0]), values[1] == "groups")

        title, tip = self.tr("Export masks"), self.tr("Write the masks as they are shown, with all edits")
        stem = self.tr("{0} masks")
        questions = mask_questions(bool(self._document.groups))
        self._ask("exportMasksDialog", title, tip, questions, stem, suffix, write)

    def export_factors(self) -> None:
        """Ask for a format, and write W and H."""

        def suffix(values: list[str]) -> str:
            return FactorFormat(values[0]).suffix

        def write(path: Path, values: list[str]) -> None:
            self._exchanging.write_factors(path, FactorFormat(values[0]))

        title, tip = self.tr("Export templates and activations"), self.tr("Write W and H of the stack that is shown")
        stem = self.tr("{0} factors")
        self._ask("exportFactorsDialog", title, tip, factor_questions(), stem, suffix, write)

    def export_labels(self) -> None:
        """Ask for what and how, and write labels."""

        def suffix(values: list[str]) -> str:
            return LabelFormat(values[1]).suffix

        def write(path: Path, values: list[str]) -> None:
            self._exchanging.write_labels(path, Told(values[0]), LabelFormat(values[1]))

        title, tip = self.tr("Export labels and notes"), self.tr("Write what is said of times and frequencies")
        stem = self.tr("{0} labels")
        state = self._document.state
        usual = Told.MARKERS if state.markers and not state.marks else ""
        self._ask("exportLabelsDialog", title, tip, label_questions(), stem, suffix, write, usual)

    def export_figure(self) -> None:
        """Ask what it shows and how large it is, and write a figure."""
        if self._document.recording is None:
            return
        for each in self._over.findChildren(FigureDialog):
            each.close()
        dialog = FigureDialog(self._over, self._figure_wish)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def go(wish: FigureWish) -> None:
            self._settings.setValue(FIGURE, json.dumps(asdict(wish)))
            name = self._named(self.tr("{0} figure"))
            self._ask_path(
                "exportFigureDialogFile", name, wish.form.suffix, lambda path: self._figures.write(path, wish)
            )
            dialog.accept()

        dialog.asked.connect(go)
        dialog.show()

    @property
    def _figure_wish(self) -> FigureWish:
        """What was wished for last."""
        try:
            held = json.loads(str(self._settings.value(FIGURE) or "{}"))
            return FigureWish(**{**held, "form": FigureFormat(held.get("form", "svg"))})
        except (ValueError, TypeError, AttributeError):
            # Written by another version, or damaged: then it begins anew.
            return FigureWish()

    def export_scores(self) -> None:
        """Write the scores as a table."""
        if self._document.recording is not None:
            name = self._named(self.tr("{0} scores"))
            self._ask_path("exportScoresDialogFile", name, ".csv", self._exchanging.write_scores)

    def _ask(
        self,
        name: str,
        title: str,
        tip: str,
        questions: list[Question],
        stem: str,
        suffix: Callable[[list[str]], str],
        write: Callable[[Path, list[str]], None],
        usual: str = "",
    ) -> None:
        """A dialog with questions, and then the path, whose ending the answers say.

        It begins with what was answered last; with `usual` where nothing was.
        """
        if self._document.recording is None:
            return
        for each in self._over.findChildren(QDialog, name):
            each.close()
        key = f"exchange/{name}"
        chosen = str(self._settings.value(key) or usual).split("|")
        dialog = FormatDialog(self._over, name, title, tip, questions, chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def go(values: list[str]) -> None:
            self._settings.setValue(key, "|".join(values))
            self._ask_path(f"{name}File", self._named(stem), suffix(values), lambda path: write(path, values))
            dialog.accept()

        dialog.asked.connect(go)
        dialog.show()

    def _named(self, stem: str) -> str:
        recording = self._document.recording
        assert recording is not None
        return stem.format(recording.path.stem)

    def _ask_path(self, name: str, stem: str, suffix: str, write: Callable[[Path], None]) -> None:
        def take(paths: Sequence[Path]) -> None:
            path = paths[0]
            if path.suffix.lower() == suffix:
                write(path)
                return
            whole = path.with_name(path.name + suffix)
            if os.path.lexists(whole):
                # What it asked about is another file.
                self._ask_path(name, path.name, suffix, write)
            else:
                write(whole)

        ask_paths(
            self._over,
            name,
            self.tr("Export to"),
            self._folder,
            lambda paths: self._took(paths, take),
            QFileDialog.FileMode.AnyFile,
            [f"*{suffix}"],
            stem + suffix,
        )

    @property
    def _folder(self) -> Path:
        """Where the last file was read from or written to; at first, where the recording is."""
        recording = self._document.recording
        known = self._settings.value(FOLDER)
        return Path(str(known)) if known or recording is None else recording.path.parent

    def _leave(self) -> None:
        """What files were asked for of is no longer open."""
        for each in self._over.findChildren(QDialog, QRegularExpression("^(import|export)[A-Z][a-z]+Dialog(File)?$")):
            each.close()


def _holds_factors(path: Path) -> bool:
    """Whether an NPZ has templates or activations by their names."""
    try:
        with zipfile.ZipFile(path) as file:
            return not {"W.npy", "H.npy"}.isdisjoint(file.namelist())
    except (OSError, zipfile.BadZipFile):
        # Who reads it tells what is wrong with it.
        return False
