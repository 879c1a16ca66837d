"""The threshold: where the selected layer's mask is kept, on a histogram of what the threshold looks at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.control.editing import Editing, Limits
from workbench.control.tools import Tool, ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.insight.statistics import sampled
from workbench.masks.model.grid import Region
from workbench.ui.base.controls import combo, dim, named
from workbench.ui.tools.histogram import Histogram

LOOK_MS = 80
RANGES = {"mask": (0.0, 1.0), "level": (-120.0, 0.0), "ratio": (-60.0, 60.0)}
START = {"mask": (0.5, 0.9), "level": (-70.0, -20.0), "ratio": (0.0, 30.0)}


class ThresholdPanel(QWidget):
    """Shows while the threshold is the tool; every change is seen and heard, Apply makes it an act."""

    done = Signal()
    """Applied or cancelled."""

    def __init__(self, document: Document, editing: Editing, tools: ToolSettings, viewport: Viewport) -> None:
        super().__init__()
        self.setObjectName("thresholdPanel")
        self._document, self._editing, self._tools, self._viewport = document, editing, tools, viewport
        self.limits = Limits()
        self._touched = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._build()
        tools.changed.connect(self._tool_changed)
        viewport.changed.connect(self._look_soon)
        document.history_changed.connect(self._history_changed)
        document.selection_changed.connect(self._layer_changed)
        document.area_changed.connect(self._area_changed)
        document.opened.connect(self._layer_changed)
        document.stacks_changed.connect(self._layer_changed)
        self.hide()

    def _build(self) -> None:
        tr = self.tr
        self.measure = combo(
            [(tr("Mask value"), "mask"), (tr("Layer's level, dB"), "level"), (tr("Layer to the rest"), "ratio")],
            "thresholdMeasure",
            tr("What the threshold looks at"),
            tr("The mask's value; the layer's own level; or the layer's level against all others"),
        )
        self.measure.setMinimumWidth(136)
        self.keep = combo(
            [(tr("above"), "above"), (tr("below"), "below"), (tr("between"), "between")],
            "thresholdKeep",
            tr("What is kept"),
            tr("Keep the mask above a limit, below one, or between two"),
        )
        self.low = self._number("thresholdLow", tr("Lower limit"), tr("Drag in the histogram, or type"))
        self.high = self._number("thresholdHigh", tr("Upper limit"), tr("Drag in the histogram, or type"))
        self.knee = self._number(
            "thresholdKnee", tr("Soft knee"), tr("The mask fades out over this much beyond the limit; 0 cuts")
        )
        self.histogram = named(
            Histogram(),
            "thresholdHistogram",
            tr("Histogram"),
            tr("How often each value occurs in view or in the selection; drag the limit (arrow keys move it)"),
        )
        self.accept = named(
            QPushButton(tr("Apply")),
            "thresholdApply",
            tr("Apply the threshold"),
            tr("Keep what is shown and heard (Return)"),
        )
        self.accept.setProperty("role", "primary")
        self.drop = named(
            QPushButton(tr("Cancel")),
            "thresholdCancel",
            tr("Cancel the threshold"),
            tr("Leave the mask as it was (Esc)"),
        )
        self.scope = QLabel()
        self.scope.setObjectName("thresholdScope")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 10, 4)
        column.setSpacing(4)
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(6)
            column.addLayout(line)
        first.addWidget(self.scope)
        first.addWidget(self.measure)
        first.addStretch(1)
        first.addWidget(self.accept)
        first.addWidget(self.drop)
        numbers = QGridLayout()
        numbers.setSpacing(4)
        numbers.addWidget(dim(tr("Keep")), 0, 0)
        numbers.addWidget(self.keep, 0, 1)
        numbers.addWidget(self.low, 0, 2)
        numbers.addWidget(self.high, 0, 3)
        numbers.addWidget(dim(tr("Knee")), 1, 0)
        numbers.addWidget(self.knee, 1, 1)
        second.addLayout(numbers)
        second.addWidget(self.histogram, 1)
        self.measure.currentIndexChanged.connect(self._measure_changed)
        self.keep.currentIndexChanged.connect(self._typed)
        for box in (self.low, self.high, self.knee):
            box.valueChanged.connect(self._typed)
        self.histogram.dragged.connect(self._dragged)
        self.accept.clicked.connect(self.apply)
        self.drop.clicked.connect(self.cancel)
        self._measure_changed()

    def _number(self, name: str, label: str, tip: str) -> QDoubleSpinBox:
        box = named(QDoubleSpinBox(), name, label, tip)
        box.setFixedWidth(74)
        return box

    # -- what is set -----------------------------------------------------------------------------------

    def _measure_changed(self) -> None:
        measure = str(self.measure.currentData())
        low, high = RANGES[measure]
        decibels = measure != "mask"
        for box, value in zip((self.low, self.high, self.knee), (*START[measure], 0.0), strict=True):
            box.blockSignals(True)
            box.setDecimals(1 if decibels else 2)
            box.setSingleStep(1.0 if decibels else 0.01)
            box.setSuffix(" dB" if decibels else "")
            box.setRange(low, high) if box is not self.knee else box.setRange(0, 40 if decibels else 0.5)
            box.setValue(value)
            box.blockSignals(False)
        self._typed()
        self._look_soon()

    def _typed(self) -> None:
        keep = self.keep.currentData()
        self.low.setVisible(keep != "below")
        self.high.setVisible(keep != "above")
        self.limits = Limits(
            str(self.measure.currentData()),
            float("-inf") if keep == "below" else self.low.value(),
            float("inf") if keep == "above" else self.high.value(),
            self.knee.value(),
        )
        self.histogram.show_limits(
            None if keep == "below" else self.low.value(),
            None if keep == "above" else self.high.value(),
            self.knee.value(),
        )
        if self.isVisible():
            self._touched = True
            self._preview()

    def _dragged(self, low: float, high: float) -> None:
        keep = self.keep.currentData()
        for box, value, used in ((self.low, low, keep != "below"), (self.high, high, keep != "above")):
            if used:
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)
        self._typed()

    def _preview(self) -> None:
        self._editing.preview(self._editing.threshold(self.limits))

    @property
    def pending(self) -> bool:
        """Whether something is shown that is not yet an act."""
        return self._touched and self._tools.tool is Tool.THRESHOLD

    def apply(self) -> None:
        """Return: what is shown becomes an act."""
        for box in (self.low, self.high, self.knee):
            # Return comes before a field takes what was typed into it.
            box.interpretText()
        self._touched = False
        limits = replace(self.limits)
        text = {"mask": "{0:.2f}", "level": "{0:.1f} dB", "ratio": "{0:.1f} dB"}[limits.measure]
        ends = [text.format(v).replace("-", "−") for v in (limits.low, limits.high) if np.isfinite(v)]
        index = self._document.selected_index
        name = self._document.recorded_state.layers[index].name if index >= 0 else ""
        text = self.tr("Threshold {0} {1}").format(name, " … ".join(ends))
        self._editing.accept(text, self._editing.threshold(limits))
        self._document.end_preview()
        self.done.emit()

    def cancel(self) -> None:
        """Esc: the masks are as they were."""
        self._touched = False
        self._document.end_preview()
        self.done.emit()

    # -- what is looked at -------------------------------------------------------------------------------

    def _tool_changed(self) -> None:
        shown = self._tools.tool is Tool.THRESHOLD and self._document.recording is not None
        if shown == self.isHidden():
            self.setVisible(shown)
            touched, self._touched = self._touched, False
            if shown and len(self._document.layers) == 1 and self.measure.currentData() == "mask":
                # The only layer's mask is one everywhere: there is only its level to look at.
                self.measure.setCurrentIndex(self.measure.findData("level"))
                self._touched = False
                self._document.end_preview()
            if touched and not shown:
                self._document.end_preview()
            self._show_scope()
            self._look_soon()

    def resume(self) -> None:
        """Something else was tried out meanwhile: what is set here is shown again."""
        if self.pending:
            self._preview()

    def _layer_changed(self) -> None:
        if self._touched:
            self._touched = False
            self._document.end_preview()
        self._tool_changed()
        self._show_scope()
        self._look_soon()

    def _history_changed(self) -> None:
        self._look_soon()
        if self.pending and self._document.state is self._document.recorded_state:
            # Another act took the preview away: it comes back on what there is now.
            self._preview()

    def _area_changed(self) -> None:
        self._show_scope()
        self._look_soon()
        if self.pending:
            self._preview()

    def _show_scope(self) -> None:
        index = self._document.selected_index
        if index < 0:
            self.scope.setText("")
            return
        layer = self._document.layers[index]
        name = layer.name if len(layer.name) < 18 else layer.name[:17] + "…"
        where = self.tr("everywhere") if self._document.area is None else self.tr("in the selection")
        self.scope.setText(f'<span style="color:{layer.colour}">●</span> {name}, {where}')

    def _look_soon(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _look(self) -> None:
        document = self._document
        index = document.selected_index
        if document.recording is None or index < 0 or not self.isVisible():
            return
        stack, v, analysis = document.recorded_stack, self._viewport, document.state.analysis
        if index >= len(stack.layers):
            return
        within = Region(
            int(v.bin_at(v.low, analysis)) if v.low > v.bottom else 0,
            int(v.bin_at(v.high, analysis)) + 1,
            int(v.frame_at(v.start, analysis)),
            int(v.frame_at(v.stop, analysis)) + 1,
        )
        area = document.area
        if area is not None:
            within = area.bounds
        values = sampled(stack, index, self.limits.measure, area, within)
        self.histogram.show_values(values, *RANGES[self.limits.measure])
