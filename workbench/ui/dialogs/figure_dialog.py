"""How large a figure is, and what it shows."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.control.figures import FigureFormat, FigureWish
from workbench.ui.base.controls import Whole, combo, dim, named, plain

RANGES = {FigureFormat.SVG: (60, 1000), FigureFormat.PNG: (400, 8000)}
UNITS = {FigureFormat.SVG: " mm", FigureFormat.PNG: " px"}
USUAL = {FigureFormat.SVG: (180, 150), FigureFormat.PNG: (2000, 1667)}
"""Width and height: two columns of a journal, and the same for a slide."""


class FigureDialog(QDialog):
    """Asks, and then for a file."""

    asked = Signal(object)
    """A FigureWish."""

    def __init__(self, parent: QWidget, wish: FigureWish) -> None:
        super().__init__(parent)
        named(self, "exportFigureDialog", self.tr("Export a figure"), self.tr("V, W, H and the masks, as for a paper"))
        self.setWindowTitle(self.tr("Export a figure"))
        self.setMinimumWidth(460)
        self.format = combo(
            [(self.tr("SVG, for print"), FigureFormat.SVG), (self.tr("PNG, for slides"), FigureFormat.PNG)],
            "figureFormat",
            self.tr("Format"),
            self.tr("What the figure is written as"),
        )
        self.width_box = named(Whole(), "figureWidth", self.tr("Width"), self.tr("Width of the figure"))
        self.height_box = named(Whole(), "figureHeight", self.tr("Height"), self.tr("Height of the figure"))
        self.range = combo(
            [(self.tr("everything"), False), (self.tr("what is in view"), True)],
            "figureRange",
            self.tr("Time and frequency"),
            self.tr("The whole recording, or the part that the spectrogram shows"),
        )
        self.masks = named(
            QCheckBox(self.tr("With the masks of all layers")),
            "figureMasks",
            self.tr("Masks"),
            self.tr("Below, white 0 to black 1"),
        )
        self.hint = plain()
        self.hint.setObjectName("figureHint")
        self.hint.setProperty("role", "dim")
        self.hint.setWordWrap(True)
        self._arrange()
        self.format.setCurrentIndex(max(0, self.format.findData(wish.form)))
        self._format_chosen()
        self.width_box.setValue(wish.width)
        self.height_box.setValue(wish.height)
        self.range.setCurrentIndex(max(0, self.range.findData(wish.view)))
        self.masks.setChecked(wish.masks)
        self.format.activated.connect(lambda _: self._format_chosen())
        self.go.clicked.connect(lambda: self.asked.emit(self.wish()))

    def _arrange(self) -> None:
        buttons = QDialogButtonBox()
        self.go = named(
            QPushButton(self.tr("Export…")), "figureGo", self.tr("Export"), self.tr("Choose the file and write it")
        )
        self.go.setDefault(True)
        self.go.setProperty("role", "primary")
        close = named(QPushButton(self.tr("Close")), "figureClose", self.tr("Close"), self.tr("Close (Esc)"))
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        close.clicked.connect(self.reject)
        size = QHBoxLayout()
        size.addWidget(self.width_box, 1)
        size.addWidget(plain("×"))
        size.addWidget(self.height_box, 1)
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(dim(self.tr("Format")), 0, 0)
        grid.addWidget(self.format, 0, 1)
        grid.addWidget(dim(self.tr("Size")), 1, 0)
        grid.addLayout(size, 1, 1)
        grid.addWidget(dim(self.tr("Shows")), 2, 0)
        grid.addWidget(self.range, 2, 1)
        grid.addWidget(self.masks, 3, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addWidget(self.hint)
        column.addStretch(1)
        column.addWidget(buttons)

    def wish(self) -> FigureWish:
        """What is chosen."""
        return FigureWish(
            self._form,
            self.width_box.value(),
            self.height_box.value(),
            bool(self.range.currentData()),
            self.masks.isChecked(),
        )

    @property
    def _form(self) -> FigureFormat:
        # Qt gives members of a StrEnum back as plain strings.
        return FigureFormat(self.format.currentData())

    def _format_chosen(self) -> None:
        form = self._form
        for box, usual in zip((self.width_box, self.height_box), USUAL[form], strict=True):
            box.setRange(*RANGES[form])
            box.setSuffix(UNITS[form])
            box.setValue(usual)
        said = {
            FigureFormat.SVG: self.tr(
                "Lines and letters of 8 points stay such; the spectrogram and masks are pictures."
            ),
            FigureFormat.PNG: self.tr("On white, with letters as large as in print over two columns of a journal."),
        }
        self.hint.setText(said[form])
