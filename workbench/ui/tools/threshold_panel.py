"""The threshold's controls, on a histogram of what the threshold looks at."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.control.selection import Selection
from workbench.control.thresholding import Limits, Thresholding
from workbench.document.document import Document
from workbench.masks.edits.effects import Measure
from workbench.ui.base.controls import combo, dim, named, rich
from workbench.ui.base.names import chip, literal, short
from workbench.ui.tools.histogram import Histogram

LOOK_MS = 80
RANGES = {Measure.MASK: (0.0, 1.0), Measure.LEVEL: (-120.0, 0.0), Measure.RATIO: (-60.0, 60.0)}
START = {Measure.MASK: (0.5, 0.9), Measure.LEVEL: (-70.0, -20.0), Measure.RATIO: (0.0, 30.0)}


class Kept(StrEnum):
    """On which side of its limits a mask is kept."""

    ABOVE = "above"
    BELOW = "below"
    BETWEEN = "between"


class ThresholdPanel(QWidget):
    """Shows while the threshold is the tool; every change is seen and heard, Apply makes it an act."""

    done = Signal()
    """Applied or cancelled."""

    def __init__(self, document: Document, selection: Selection, thresholding: Thresholding) -> None:
        super().__init__()
        self.setObjectName("thresholdPanel")
        self._document, self._selection, self._thresholding = document, selection, thresholding
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._build()
        thresholding.shown_changed.connect(self._show)
        thresholding.context_changed.connect(self._context_changed)
        self.hide()

    def _build(self) -> None:
        tr = self.tr
        self.measure = combo(
            [
                (tr("Mask value"), Measure.MASK),
                (tr("Layer's level, dB"), Measure.LEVEL),
                (tr("Layer to the rest"), Measure.RATIO),
            ],
            "thresholdMeasure",
            tr("What the threshold looks at"),
            tr("The mask's value; the layer's own level; or the layer's level against all others"),
        )
        self.measure.setMinimumWidth(136)
        self.keep = combo(
            [(tr("above"), Kept.ABOVE), (tr("below"), Kept.BELOW), (tr("between"), Kept.BETWEEN)],
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
        self.scope = rich()
        self.scope.setObjectName("thresholdScope")
        self._arrange()
        self.measure.currentIndexChanged.connect(lambda _: self._measure_changed())
        self.keep.currentIndexChanged.connect(lambda _: self._typed())
        for box in (self.low, self.high, self.knee):
            box.valueChanged.connect(lambda _: self._typed())
        self.histogram.dragged.connect(self._dragged)
        self.accept.clicked.connect(self.apply)
        self.drop.clicked.connect(self.cancel)
        self._measure_changed(touch=False)

    def _arrange(self) -> None:
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
        numbers.addWidget(dim(self.tr("Keep")), 0, 0)
        numbers.addWidget(self.keep, 0, 1)
        numbers.addWidget(self.low, 0, 2)
        numbers.addWidget(self.high, 0, 3)
        numbers.addWidget(dim(self.tr("Knee")), 1, 0)
        numbers.addWidget(self.knee, 1, 1)
        second.addLayout(numbers)
        second.addWidget(self.histogram, 1)

    def _number(self, name: str, label: str, tip: str) -> QDoubleSpinBox:
        box = named(QDoubleSpinBox(), name, label, tip)
        box.setFixedWidth(74)
        return box

    # -- what is set ---------------------------------------------------------------------------------

    def _measure_changed(self, touch: bool = True) -> None:
        measure = Measure(self.measure.currentData())
        low, high = RANGES[measure]
        in_decibels = measure is not Measure.MASK
        for box, value in zip((self.low, self.high, self.knee), (*START[measure], 0.0), strict=True):
            with QSignalBlocker(box):
                box.setDecimals(1 if in_decibels else 2)
                box.setSingleStep(1.0 if in_decibels else 0.01)
                box.setSuffix(" dB" if in_decibels else "")
                box.setRange(low, high) if box is not self.knee else box.setRange(0, 40 if in_decibels else 0.5)
                box.setValue(value)
        self._typed(touch)
        self._look_soon()

    def _typed(self, touch: bool = True) -> None:
        keep = Kept(self.keep.currentData())
        low = None if keep is Kept.BELOW else self.low.value()
        high = None if keep is Kept.ABOVE else self.high.value()
        knee = self.knee.value()
        self.low.setVisible(low is not None)
        self.high.setVisible(high is not None)
        self.histogram.show_limits(low, high, knee)
        limits = Limits(
            Measure(self.measure.currentData()),
            float("-inf") if low is None else low,
            float("inf") if high is None else high,
            knee,
        )
        self._thresholding.set(limits, touch)

    def _dragged(self, low: float, high: float) -> None:
        keep = Kept(self.keep.currentData())
        for box, value, used in ((self.low, low, keep is not Kept.BELOW), (self.high, high, keep is not Kept.ABOVE)):
            if used:
                with QSignalBlocker(box):
                    box.setValue(value)
        self._typed()

    def apply(self) -> None:
        """What is shown becomes an act."""
        for box in (self.low, self.high, self.knee):
            # Return comes before a field takes what was typed into it.
            box.interpretText()
        self._thresholding.apply()
        self.done.emit()

    def cancel(self) -> None:
        """The masks are as they were."""
        self._thresholding.cancel()
        self.done.emit()

    # -- what is looked at ---------------------------------------------------------------------------

    def _show(self, shown: bool) -> None:
        self.setVisible(shown)
        if shown and len(self._document.layers) == 1 and Measure(self.measure.currentData()) is Measure.MASK:
            # The only layer's mask is one everywhere: there is only its level to look at.
            with QSignalBlocker(self.measure):
                self.measure.setCurrentIndex(self.measure.findData(Measure.LEVEL))
            self._measure_changed(touch=False)

    def _context_changed(self) -> None:
        if not self.isHidden():
            self._show_scope()
            self._look_soon()

    def _show_scope(self) -> None:
        source = self._selection.source
        if source is None:
            self.scope.setText("")
            return
        where = self.tr("everywhere") if self._selection.area is None else self.tr("in the selection")
        self.scope.setText(chip(source.colour, f"{short(source.name, 18)}, {where}"))
        self.scope.setToolTip(literal(source.name))

    def _look_soon(self) -> None:
        if not self.isHidden():
            self._timer.start()

    def _look(self) -> None:
        if self.isVisible():
            self._thresholding.look(self._show_values)

    def _show_values(self, values: NDArray[np.float32]) -> None:
        self.histogram.show_values(values, *RANGES[self._thresholding.limits.measure])
