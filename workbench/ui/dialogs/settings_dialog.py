"""All parameters of a factorisation, each with its range and a sentence; and how many components to look for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workbench.control.wishes import Wishes
from workbench.translating import QT_TRANSLATE_NOOP
from workbench.ui.base.controls import dim, fit, named, plain
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.notices import Notice
from workbench.ui.factors.controls import control as control_of
from workbench.ui.factors.words import label as label_of
from workbench.ui.factors.words import sentence as sentence_of

SECTIONS = (
    (
        QT_TRANSLATE_NOOP("SettingsDialog", "Method"),
        ("method", "divergence", "beta", "exponent", "components", "length", "iterations", "seed"),
    ),
    (
        QT_TRANSLATE_NOOP("SettingsDialog", "Start"),
        (
            "templates",
            "drums",
            "low_pitch",
            "high_pitch",
            "tolerance",
            "harmonics",
            "others",
            "learnt",
            "learnt_as",
            "activations",
            "events",
            "decay",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("SettingsDialog", "What stays, and what counts"),
        ("hold_templates", "hold_activations", "hold_locked", "leave_out"),
    ),
    (QT_TRANSLATE_NOOP("SettingsDialog", "Shape of the result"), ("smoothness", "sparsity", "uncorrelatedness")),
    (
        QT_TRANSLATE_NOOP("SettingsDialog", "Tones and hits"),
        ("harmonic_frames", "percussive_bins", "masks", "separation", "percussive_separation"),
    ),
    (QT_TRANSLATE_NOOP("SettingsDialog", "Several runs"), ("tries", "compare")),
)


class SettingsDialog(QDialog):
    """Every parameter that the chosen method uses; what is set here is what Factorise asks for."""

    def __init__(self, parent: QWidget, wishes: Wishes) -> None:
        super().__init__(parent)
        self._wishes = wishes
        named(self, "settingsDialog", self.tr("Factorisation settings"), self.tr("All parameters of the next run"))
        self.setWindowTitle(self.tr("Factorisation settings"))
        self._rows: dict[str, list[QWidget]] = {}
        self._headings: list[tuple[QLabel, tuple[str, ...]]] = []
        inner = QWidget()
        inner.setObjectName("settingsRows")
        grid = QGridLayout(inner)
        grid.setContentsMargins(16, 8, 16, 16)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        row = 0
        for title, fields in SECTIONS:
            heading = plain(self.tr(title))
            heading.setProperty("role", "title")
            heading.setContentsMargins(0, 10 if row else 0, 0, 2)
            grid.addWidget(heading, row, 0, 1, 3)
            self._headings.append((heading, fields))
            row += 1
            for field in fields:
                control = (
                    self._path(field) if field in ("drums", "events") else control_of(wishes, field, f"all_{field}")
                )
                control.setFixedWidth(210)
                sentence = dim(sentence_of(field))
                sentence.setWordWrap(True)
                # A box to tick says what it is itself.
                label = plain("" if isinstance(control, QCheckBox) else label_of(field))
                label.setBuddy(control)
                for column, widget in enumerate((label, control, sentence)):
                    grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop)
                self._rows[field] = [label, control, sentence]
                row += 1
        grid.setRowStretch(row, 1)
        area = QScrollArea()
        area.setObjectName("settingsArea")
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.notice = Notice(self, above=52)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        # The style's own icon is hardly seen on a dark ground.
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        run = named(
            QPushButton(self.tr("Factorise")),
            "settingsFactorise",
            self.tr("Factorise"),
            self.tr("Find components with these settings (Ctrl+Return)"),
        )
        run.setProperty("role", "primary")
        buttons.addButton(run, QDialogButtonBox.ButtonRole.ActionRole)
        run.clicked.connect(lambda: wishes.factorise(True))
        buttons.rejected.connect(self.close)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 8, 0, 12)
        column_.addWidget(area, 1)
        row_ = QHBoxLayout()
        row_.setContentsMargins(16, 0, 16, 0)
        row_.addWidget(buttons)
        column_.addLayout(row_)
        wishes.changed.connect(self._refresh)
        wishes.changed.connect(self.notice.hide)
        self._refresh()
        fit(self, 780, 640)

    def _path(self, field: str) -> QWidget:
        wishes = self._wishes
        line = named(QLineEdit(), f"all_{field}", label_of(field), sentence_of(field))
        line.setPlaceholderText(self.tr("our own kit") if field == "drums" else self.tr("no file"))
        line.editingFinished.connect(lambda: wishes.set(**{field: line.text().strip()}))
        choose = named(
            QPushButton(self.tr("Choose…")), f"choose_{field}", self.tr("Choose"), self.tr("Choose from the disk")
        )

        def browse() -> None:
            start = getattr(wishes.settings, field) or Path.home()
            folder = field == "drums"
            mode = QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile
            ask_paths(self, f"{field}Dialog", label_of(field), start, taken, mode)

        def taken(paths: list[Path]) -> None:
            wishes.set(**{field: str(paths[0])})

        # Return in the field takes the path; it must not open the chooser.
        choose.setAutoDefault(False)
        choose.clicked.connect(browse)
        wishes.changed.connect(lambda: line.setText(getattr(wishes.settings, field)))
        line.setText(getattr(wishes.settings, field))
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(line, 1)
        row.addWidget(choose)
        return box

    def _refresh(self) -> None:
        for field, widgets in self._rows.items():
            used = field == "method" or self._wishes.uses(field)
            for widget in widgets:
                widget.setVisible(used)
        for heading, fields in self._headings:
            heading.setVisible(any(f == "method" or self._wishes.uses(f) for f in fields))
