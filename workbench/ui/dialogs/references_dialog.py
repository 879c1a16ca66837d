"""References: which files they are, what was done with each, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workbench.control.reference_words import signed
from workbench.control.references import MOST_GAIN_DB, Held, References
from workbench.control.stem_stacks import StemStacks
from workbench.document.document import Document
from workbench.masks.insight.oracles import REST_DB
from workbench.ui.base.controls import Whole, dim, fit, named, plain
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import literal

MOST_MS = 1e8
COMPONENTS = 8
"""For each stem: on the demo 4 made 8.2 dB SDR, 8 made 9.2 and 16 made 9.5, where the oracle has 11.0."""
MOST_COMPONENTS = 50


@guarded
class Decimal(QDoubleSpinBox):
    """A number that counts when it is finished, and that the wheel leaves alone while it has no focus."""

    def __init__(self, most: float, decimals: int, unit: str) -> None:
        super().__init__()
        self.setRange(-most, most)
        self.setDecimals(decimals)
        self.setSuffix(f" {unit}")
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(124)

    def textFromValue(self, value: float) -> str:
        return signed(value, self.decimals())

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(text.replace("−", "-"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Else the dialog's button would be pressed too.
            event.accept()


class _Row:
    """The widgets of a reference."""

    def __init__(self, number: int, held: Held, references: References, dialog: ReferencesDialog) -> None:
        tr, identity = dialog.tr, held.reference.id
        self.name = named(
            QLineEdit(), f"referenceName{number}", tr("Name"), tr("What layers and scores call this reference")
        )
        self.said = plain()
        self.said.setProperty("role", "dim")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        named(
            self.said, f"referenceSaid{number}", tr("What was done"), tr("What the file is and what was done with it")
        )
        self.shift = named(
            Decimal(MOST_MS, 3, "ms"),
            f"referenceShift{number}",
            tr("Shift"),
            tr("Where the file begins in the recording"),
        )
        self.gain = named(
            Decimal(MOST_GAIN_DB, 2, "dB"), f"referenceGain{number}", tr("Level"), tr("What it is raised by")
        )
        self.gain.setSingleStep(0.5)
        self.find = named(
            QPushButton(tr("Find the file…")),
            f"referenceFind{number}",
            tr("Find the file"),
            tr("Where it is now, or another file in its place"),
        )
        self.remove = named(
            QPushButton(tr("Remove")), f"referenceRemove{number}", tr("Remove"), tr("Take the reference away (undo)")
        )
        self.name.editingFinished.connect(lambda: self._rename(references, identity))
        self.shift.valueChanged.connect(lambda ms: references.shift(identity, ms / 1000))
        self.gain.valueChanged.connect(lambda db: references.set_gain(identity, db))
        self.find.clicked.connect(lambda: dialog.find_file(identity))
        self.remove.clicked.connect(lambda: references.remove([identity]))
        self._known = ""

    def _rename(self, references: References, identity: int) -> None:
        if self.name.text().strip() != self._known:
            references.rename(identity, self.name.text())

    def show(self, held: Held, said: str) -> None:
        """What is so now; a field that is being written in is left alone."""
        self._known = held.reference.name
        if not self.name.hasFocus():
            self.name.setText(held.reference.name)
            self.name.setCursorPosition(0)
        for field, value in ((self.shift, held.reference.offset * 1000), (self.gain, held.reference.gain_db)):
            if abs(field.value() - value) > 0.5 * 10.0 ** -field.decimals():
                with QSignalBlocker(field):
                    field.setValue(value)
        self.said.setText(said)
        self.said.setToolTip(literal(str(held.reference.path)))
        self.find.setVisible(held.trouble is not None)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """In their order."""
        return self.name, self.said, self.shift, self.gain, self.find, self.remove


@guarded
class ReferencesDialog(QDialog):
    """The references of the document; every change is an act that can be undone."""

    scores_wanted = Signal()
    """The user wants to see the scores."""

    def __init__(
        self, parent: QWidget, document: Document, references: References, stacks: StemStacks, folder: Path
    ) -> None:
        super().__init__(parent)
        named(
            self,
            "referencesDialog",
            self.tr("References"),
            self.tr("True stems, or those of any separator, to measure against and to begin from"),
        )
        self.setWindowTitle(self.tr("References"))
        self.setAcceptDrops(True)
        fit(self, 860, 420)
        self._document, self._references, self._stacks, self._folder = document, references, stacks, folder
        self._rows: dict[int, _Row] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(self._head())
        column.addWidget(self._list(), 1)
        column.addLayout(self._sum())
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        column.addWidget(rule)
        column.addLayout(self._uses())
        for button in self.findChildren(QPushButton):
            # Return in a field means what was written there.
            button.setAutoDefault(False)
        references.changed.connect(self._show)
        references.told.connect(self._show)
        document.opened.connect(self.close)
        self._show()

    def _head(self) -> QHBoxLayout:
        about = dim(
            self.tr(
                "Sounds of single sources: true stems, or those of any separator. Their rate, channels and place are "
                "fitted to the recording, and here it says how."
            )
        )
        about.setWordWrap(True)
        self.add = named(
            QPushButton(self.tr("Add files…")),
            "referencesAdd",
            self.tr("Add files"),
            self.tr("Choose sound files of single sources; or drop them here"),
        )
        self.add_folder = named(
            QPushButton(self.tr("Add a folder…")),
            "referencesFolder",
            self.tr("Add a folder"),
            self.tr("All sound files of a folder, but for the recording itself"),
        )
        mode = QFileDialog.FileMode
        self.add.clicked.connect(lambda: self._choose(self.tr("Stems"), mode.ExistingFiles))
        self.add_folder.clicked.connect(lambda: self._choose(self.tr("Folder of stems"), mode.Directory))
        row = QHBoxLayout()
        row.addWidget(about, 1)
        row.addWidget(self.add)
        row.addWidget(self.add_folder)
        return row

    def _list(self) -> QScrollArea:
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 5)
        self._heads = [
            dim(text) for text in (self.tr("Name"), self.tr("What was done"), self.tr("Begins at"), self.tr("Level"))
        ]
        for column, head in enumerate(self._heads):
            self._grid.addWidget(head, 0, column)
        scroll = QScrollArea()
        scroll.setObjectName("referencesList")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        return scroll

    def _sum(self) -> QHBoxLayout:
        self.said = plain()
        self.said.setWordWrap(True)
        named(self.said, "referencesSum", self.tr("How they sum up"), self.tr("What they leave of the recording"))
        self.match = named(
            QPushButton(self.tr("Match levels")),
            "referencesMatch",
            self.tr("Match levels"),
            self.tr("Give each the level with which all together come nearest to the recording"),
        )
        self.match.clicked.connect(self._references.match_levels)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.match)
        return row

    def _uses(self) -> QGridLayout:
        self.masks = named(
            QPushButton(self.tr("Stack of masks")),
            "referencesMasks",
            self.tr("Stack of masks"),
            self.tr("A new stack with a layer for each: the best that masks can do, to compare with or to correct"),
        )
        self.binary = named(
            QCheckBox(self.tr("all or nothing (binary)")),
            "referencesBinary",
            self.tr("Binary masks"),
            self.tr("Each point to the loudest source; else shares of energy"),
        )
        self.sources = named(
            QPushButton(self.tr("Stack of sources")),
            "referencesSources",
            self.tr("Stack of sources"),
            self.tr("A new stack with a group for each, whose templates and activations are learnt from it"),
        )
        self.components = named(
            Whole(), "referencesComponents", self.tr("Components"), self.tr("How many components each source has")
        )
        self.components.setRange(1, MOST_COMPONENTS)
        self.components.setValue(COMPONENTS)
        self.scores = named(
            QPushButton(self.tr("Show the scores")),
            "referencesScores",
            self.tr("Show the scores"),
            self.tr("How near layers and groups come to the references"),
        )
        close = named(QPushButton(self.tr("Close")), "referencesClose", self.tr("Close"), self.tr("Close (Esc)"))
        self.masks.clicked.connect(lambda: self._stacks.make_masks(self.binary.isChecked()))
        self.sources.clicked.connect(lambda: self._stacks.start_sources(self.components.value()))
        self.scores.clicked.connect(self.scores_wanted)
        close.clicked.connect(self.close)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        beside = QHBoxLayout()
        beside.addWidget(self.components)
        beside.addWidget(dim(self.tr("components each")))
        beside.addStretch(1)
        grid.addWidget(self.masks, 0, 0)
        grid.addWidget(self.binary, 0, 1)
        grid.addWidget(self.sources, 1, 0)
        grid.addLayout(beside, 1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(self.scores, 1, 3)
        grid.addWidget(close, 1, 4)
        return grid

    # -- showing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        every = self._references.held
        if [each.reference.id for each in every] != list(self._rows):
            self._build(every)
        for held in every:
            said = " · ".join(self._references.described(held))
            self._rows[held.reference.id].show(held, said)
        ready = bool(self._references.ready)
        for button in (self.masks, self.sources, self.scores, self.binary, self.components):
            button.setEnabled(ready)
        off = self._references.off_level
        self.match.setVisible(bool(off))
        busy = self.tr("Reading the files and finding their places …") if self._references.busy else ""
        self.said.setText(busy or (self._sum_said(off) if every else ""))

    def _build(self, every: list[Held]) -> None:
        for row in self._rows.values():
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = {}
        for place, held in enumerate(every, 1):
            row = _Row(place, held, self._references, self)
            self._rows[held.reference.id] = row
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, place, column)
            for button in (row.find, row.remove):
                button.setAutoDefault(False)
        for head in self._heads:
            head.setVisible(bool(every))
        for place in range(self._grid.rowCount()):
            self._grid.setRowStretch(place, 0)
        self._grid.setRowStretch(len(every) + 1, 1)

    def _sum_said(self, off: list[Held]) -> str:
        rest = self._references.rest_db
        if rest is None:
            return self.tr("Measuring how they sum to the recording …") if self._references.ready else ""
        if rest > REST_DB:
            said = self.tr("What they leave is {0:.1f} dB below the recording and becomes “Rest”.").format(-rest)
            if rest > 0:
                said = self.tr("Together they are no part of the recording: what differs is louder than it.")
        else:
            said = self.tr("They sum to the recording.")
        for held in off:
            assert held.found_db is not None
            louder = self.tr("“{0}” is {1:.1f} dB louder here than in the recording.")
            softer = self.tr("“{0}” is {1:.1f} dB softer here than in the recording.")
            text = louder if held.found_db < 0 else softer
            said += " " + text.format(held.reference.name, abs(held.found_db))
        for held in self._references.strange:
            text = self.tr("“{0}” is hardly in the recording: is it a part of it, and in its place?")
            said += " " + text.format(held.reference.name)
        return said

    # -- files ---------------------------------------------------------------------------------------

    def _choose(self, title: str, mode: QFileDialog.FileMode) -> None:
        ask_paths(self, "referencesFileDialog", title, self._folder, self.take, mode)

    def take(self, paths: list[Path]) -> None:
        """Add files, or all of a folder."""
        self._references.add(paths)

    def find_file(self, reference: int) -> None:
        """Ask where the file of a reference is now."""
        ask_paths(
            self,
            "referencesFileDialog",
            self.tr("The file of the reference"),
            self._folder,
            lambda paths: self._references.find_file(reference, paths[0]),
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take([Path(url.toLocalFile()) for url in event.mimeData().urls()])
