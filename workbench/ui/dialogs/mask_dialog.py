"""Operations with numbers on a mask: exponent, cleaning, scaling, joining. Seen and heard before they are done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.control.editing import Editing
from workbench.document.acts import masks as mask_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.masks.stack import Stack
from workbench.ui.base.controls import combo, dim, named

PREVIEW_MS = 60
Act = Callable[[State, int], State]


class MaskDialog(QDialog):
    """One operation, its numbers, Apply. What is set is previewed at once, within the selection or everywhere."""

    def __init__(self, parent: QWidget, document: Document, editing: Editing) -> None:
        super().__init__(parent)
        self._document, self._editing = document, editing
        named(self, "maskDialog", self.tr("Shape the mask"), self.tr("Operations on the selected mask"))
        self.setWindowTitle(self.tr("Shape the mask"))
        self.setMinimumWidth(430)
        tr = self.tr
        self.kind = combo(
            [
                (tr("Exponent of all masks"), "exponent"),
                (tr("Median: takes specks and holes away"), "median"),
                (tr("Open: takes specks away"), "open"),
                (tr("Close: fills holes"), "close"),
                (tr("Erode: makes it thinner"), "erode"),
                (tr("Dilate: makes it thicker"), "dilate"),
                (tr("Blur"), "blur"),
                (tr("Sharpen"), "sharpen"),
                (tr("Scale the mask"), "scale"),
                (tr("Union with"), "union"),
                (tr("Intersection with"), "intersection"),
                (tr("Difference: without"), "difference"),
                (tr("Replace by"), "replace"),
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
        self.other = combo([], "maskOther", tr("Other mask"), tr("A layer of this stack or of another one"))
        self.scope = QLabel()
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
        self.finished.connect(lambda _: document.end_preview())
        # Another act takes the preview away; it comes back on what there is then.
        document.history_changed.connect(self._context_changed)
        document.selection_changed.connect(self._context_changed)
        document.area_changed.connect(self._context_changed)
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
        box.setRange(0, 7)
        box.setValue(1)
        return box

    def showEvent(self, event: object) -> None:
        self._fill_others()
        self._kind_changed()

    def _kind_changed(self) -> None:
        kind = self.kind.currentData()
        shown = {
            self.exponent: kind == "exponent",
            self.factor: kind == "scale",
            self.other: kind in JOINING,
            self.rows: kind in FILTERING,
            self.columns: kind in FILTERING,
        }
        for box, on in shown.items():
            box.setVisible(on)
            if box in self._labels:
                self._labels[box].setVisible(on)
        self._context_changed()

    def _context_changed(self) -> None:
        if not self.isVisible():
            return
        index = self._document.selected_index
        if index < 0:
            return
        layer = self._document.layers[index]
        where = self.tr("everywhere") if self._document.area is None else self.tr("in the selection")
        what = self.tr("All layers") if self.kind.currentData() == "exponent" else layer.name
        self.scope.setText(f'<span style="color:{layer.colour}">●</span> {what}, {where}')
        self._timer.start()

    def _fill_others(self) -> None:
        """Layers of this stack, then those of the others."""
        if not self.isVisible():
            return
        state, held = self._document.recorded_state, self.other.currentData()
        self.other.blockSignals(True)
        self.other.clear()
        for each in sorted(state.stacks, key=lambda each: each.id != state.stack):
            for layer in each.layers:
                name = layer.name if each.id == state.stack else f"{each.name}: {layer.name}"
                self.other.addItem(name, (each.id, layer.id))
        place = next((i for i in range(self.other.count()) if self.other.itemData(i) == held), 0)
        self.other.setCurrentIndex(place)
        self.other.blockSignals(False)

    def _act(self) -> Act:
        kind, area = str(self.kind.currentData()), self._editing.area
        if kind == "exponent":
            q = self.exponent.value()
            return lambda state, layer: mask_acts.sharpen(state, q, area)
        if kind == "scale":
            factor = self.factor.value()
            return lambda state, layer: mask_acts.scale(state, layer, factor, area)
        if kind in FILTERING:
            rows, columns = self.rows.value(), self.columns.value()
            return lambda state, layer: mask_acts.clean(state, layer, kind, rows, columns, area)
        parts, source = self._other_mask()
        return lambda state, layer: mask_acts.combine(state, layer, kind, parts, source, area)

    def _other_mask(self) -> tuple[tuple[int, ...], Stack | None]:
        document = self._document
        chosen = self.other.currentData()
        if chosen is None:
            return (), None
        stack, layer = chosen
        state = document.recorded_state
        held = next(each for each in state.stacks if each.id == stack)
        parts = next((each.part_ids for each in held.layers if each.id == layer), ())
        return parts, None if stack == state.stack else document.other_stack(stack)

    def _preview(self) -> None:
        if self.isVisible() and self._document.recording is not None:
            self._editing.preview(self._act(), self._all_layers)

    @property
    def _all_layers(self) -> bool:
        """Whether all layers are worked on, not the selected one."""
        return str(self.kind.currentData()) == "exponent"

    def _apply(self) -> None:
        text, kind = self.kind.currentText().split(":")[0], self.kind.currentData()
        if not self._all_layers:
            text = f"{self._document.layers[self._document.selected_index].name}: {text[:1].lower()}{text[1:]}"
        if kind in JOINING:
            text = f"{text} {self.other.currentText()}"
        self._editing.accept(text, self._act(), self._all_layers)
        self.accept()


FILTERING = ("median", "open", "close", "erode", "dilate", "blur", "sharpen")
JOINING = ("union", "intersection", "difference", "replace")
