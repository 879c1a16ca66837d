"""Operations with numbers on a mask: exponent, cleaning, scaling, joining. Seen and heard before they are done."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.control.selection import Selection
from workbench.control.shaping import Plain, ShapeWish, Shaping
from workbench.control.tools import MOST_NEAR
from workbench.document.document import Document
from workbench.masks.edits.effects import CombineKind
from workbench.masks.edits.filters import FilterKind
from workbench.masks.model.layers import Group, Layer
from workbench.ui.base.controls import combo, dim, named, rich
from workbench.ui.base.names import chip, literal, short

PREVIEW_MS = 60
MOST_OF_MEDIAN = 7
"""Bins and frames on either side that a median sorts: what it takes grows with their product."""


class MaskDialog(QDialog):
    """One wish, its numbers, Apply. What is set is previewed at once, within the selection or everywhere."""

    def __init__(self, parent: QWidget, document: Document, selection: Selection, shaping: Shaping) -> None:
        super().__init__(parent)
        self._document, self._selection, self._shaping = document, selection, shaping
        named(self, "maskDialog", self.tr("Shape the mask"), self.tr("Operations on the selected mask"))
        self.setWindowTitle(self.tr("Shape the mask"))
        self.setMinimumWidth(430)
        tr = self.tr
        self.kind = combo(
            [
                (tr("Exponent of all masks"), Plain.EXPONENT),
                (tr("Median: takes specks and holes away"), FilterKind.MEDIAN),
                (tr("Open: takes specks away"), FilterKind.OPEN),
                (tr("Close: fills holes"), FilterKind.CLOSE),
                (tr("Erode: makes it thinner"), FilterKind.ERODE),
                (tr("Dilate: makes it thicker"), FilterKind.DILATE),
                (tr("Blur"), FilterKind.BLUR),
                (tr("Sharpen"), FilterKind.SHARPEN),
                (tr("Scale the mask"), Plain.SCALE),
                (tr("Union with"), CombineKind.UNION),
                (tr("Intersection with"), CombineKind.INTERSECTION),
                (tr("Difference: without"), CombineKind.DIFFERENCE),
                (tr("Replace by"), CombineKind.REPLACE),
            ],
            "maskOperation",
            tr("Operation"),
            tr("What is done to the mask"),
        )
        self.exponent = self._real(
            "maskExponent", tr("Exponent"), 2.0, 0.1, 20.0, tr("Above 1 the masks become more decided, below 1 softer")
        )
        self.factor = self._real("maskFactor", tr("Factor"), 1.5, 0.0, 10.0, tr("The mask is multiplied by this"))
        self.rows = self._whole("maskBins", tr("Bins"), tr("Bins above and below that count"))
        self.columns = self._whole("maskFrames", tr("Frames"), tr("Frames before and after that count"))
        self.other = combo([], "maskOther", tr("Other mask"), tr("A layer or group of this stack or of another one"))
        self.scope = rich()
        self.scope.setObjectName("maskScope")
        self.apply = named(QPushButton(tr("Apply")), "maskApply", tr("Apply"), tr("Do what is shown and heard"))
        self.apply.setDefault(True)
        self.apply.setProperty("role", "primary")
        self.drop = named(QPushButton(tr("Close")), "maskClose", tr("Close"), tr("Leave the mask as it was (Esc)"))
        self._labels = {
            self.exponent: dim("q"),
            self.factor: dim("×"),
            self.rows: dim(tr("± bins")),
            self.columns: dim(tr("± frames")),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(self.scope)
        column.addWidget(self.kind)
        numbers = QHBoxLayout()
        for box, label in self._labels.items():
            numbers.addWidget(label)
            numbers.addWidget(box)
        numbers.addWidget(self.other, 1)
        numbers.addStretch(1)
        column.addLayout(numbers)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.apply)
        buttons.addWidget(self.drop)
        column.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_MS)
        self._timer.timeout.connect(self._preview)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.other.currentIndexChanged.connect(self._timer.start)
        for box in (self.exponent, self.factor, self.rows, self.columns):
            box.valueChanged.connect(lambda _: self._timer.start())
        self.apply.clicked.connect(self._apply)
        self.drop.clicked.connect(self.reject)
        self.finished.connect(self._left)
        # Another act takes the preview away; it comes back on what there is then.
        document.history_changed.connect(self._context_changed)
        selection.layer_changed.connect(self._context_changed)
        selection.area_changed.connect(self._context_changed)
        document.stacks_changed.connect(self._fill_others)
        document.layers_changed.connect(self._fill_others)
        document.opened.connect(self.reject)

    def _real(self, name: str, label: str, value: float, low: float, high: float, tip: str) -> QDoubleSpinBox:
        box = named(QDoubleSpinBox(), name, label, tip)
        box.setRange(low, high)
        box.setSingleStep(0.1)
        box.setValue(value)
        return box

    def _whole(self, name: str, label: str, tip: str) -> QSpinBox:
        box = named(QSpinBox(), name, label, tip)
        box.setRange(0, MOST_NEAR)
        box.setValue(1)
        return box

    def showEvent(self, event: object) -> None:
        self._fill_others()
        self._kind_changed()

    def _kind_changed(self) -> None:
        kind = self._kind()
        shown = {
            self.exponent: kind is Plain.EXPONENT,
            self.factor: kind is Plain.SCALE,
            self.other: isinstance(kind, CombineKind),
            self.rows: isinstance(kind, FilterKind),
            self.columns: isinstance(kind, FilterKind),
        }
        for near in (self.rows, self.columns):
            near.setMaximum(MOST_OF_MEDIAN if kind is FilterKind.MEDIAN else MOST_NEAR)
        for box, on in shown.items():
            box.setVisible(on)
            if box in self._labels:
                self._labels[box].setVisible(on)
        self._context_changed()

    def _context_changed(self) -> None:
        source = self._selection.source
        if not self.isVisible() or source is None:
            return
        where = self.tr("everywhere") if self._selection.area is None else self.tr("in the selection")
        what = self.tr("All layers") if self._wish().whole else source.name
        self.scope.setText(chip(source.colour, f"{short(what, 40)}, {where}"))
        self.scope.setToolTip(literal(what))
        self._timer.start()

    def _fill_others(self) -> None:
        """Layers and groups of this stack, then those of the others."""
        if not self.isVisible():
            return
        state, held = self._document.recorded_state, self.other.currentData()
        with QSignalBlocker(self.other):
            self.other.clear()
            for each in sorted(state.stacks, key=lambda each: each.id != state.shown):
                sources: tuple[Layer | Group, ...] = (*each.layers, *each.groups)
                for source in sources:
                    name = source.name if each.id == state.shown else f"{each.name}: {source.name}"
                    self.other.addItem(name, (each.id, source.id))
            place = next((i for i in range(self.other.count()) if self.other.itemData(i) == held), 0)
            self.other.setCurrentIndex(place)

    def _kind(self) -> Plain | FilterKind | CombineKind:
        # Qt gives members of a StrEnum back as plain strings.
        value = self.kind.currentData()
        return next(kinds(value) for kinds in (Plain, FilterKind, CombineKind) if value in list(kinds))

    def _wish(self) -> ShapeWish:
        return ShapeWish(
            self._kind(),
            self.exponent.value(),
            self.factor.value(),
            self.rows.value(),
            self.columns.value(),
            self.other.currentData(),
        )

    def _preview(self) -> None:
        if self.isVisible():
            self._shaping.preview(self._wish())

    def _apply(self) -> None:
        wish, source = self._wish(), self._selection.source
        text = self.kind.currentText().split(":")[0]
        if not wish.whole and source is not None:
            text = f"{source.name}: {text[:1].lower()}{text[1:]}"
        if isinstance(wish.kind, CombineKind):
            text = f"{text} {self.other.currentText()}"
        self._shaping.apply(text, wish)
        self.accept()

    def _left(self) -> None:
        self._timer.stop()
        self._shaping.leave()
