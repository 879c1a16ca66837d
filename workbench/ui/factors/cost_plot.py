"""The cost of the present run while it falls, over those of the runs before."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from workbench.document.document import Document
from workbench.document.state import Run
from workbench.masks.model.palette import palette_colour
from workbench.ui.base import theme
from workbench.ui.base.controls import named
from workbench.ui.factors.curve_pane import curve_colour

MOST_POINTS = 500
"""As many as the curve has pixels."""
LATER_MS = 150
"""From a change of the factors until the costs are drawn anew; a run publishes more often than that."""
MOST_CURVES = 8
"""Runs shown at once: the present one and the newest before it."""


class _CostAxis(pyqtgraph.AxisItem):
    """Powers of ten as short numbers."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:.2g}".replace("e+0", "e").replace("e+", "e") for value in values]


def _points(costs: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Iterations, and the logarithm of their costs (a cost of 0, of silence, has none)."""
    step = max(1, len(costs) // MOST_POINTS)
    shown = np.array(costs[::step], np.float64)
    return np.arange(1.0, 1.0 + step * len(shown), step), np.log10(np.maximum(shown, 1e-12))


def run_colour(run: Run) -> str:
    """The colour of a run's curve and of its entry in the list."""
    return palette_colour(run.number)


class CostPlot(pyqtgraph.PlotWidget):
    """Cost against iterations, logarithmic."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"left": _CostAxis("left")})
        named(
            self,
            "costCurve",
            self.tr("Cost curve"),
            self.tr(
                "How far the model is from the recording, after each iteration. Thick: the present run; thin: the "
                "runs before whose costs compare with it (the same divergence, penalties, window and hop), in the "
                "colours of the list of runs."
            ),
        )
        self._document = document
        self.setMinimumHeight(96)
        self.setMouseEnabled(False, False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self._curves: dict[int, pyqtgraph.PlotDataItem] = {}
        self.dress()
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self.refresh)
        document.factors_changed.connect(self._refresh_soon)
        for signal in (document.opened, document.runs_changed):
            signal.connect(self.refresh)

    def dress(self) -> None:
        """The theme changed."""
        t = theme.current()
        self.setBackground(t.panel)
        font = QFont(self.font())
        font.setPixelSize(9)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(t.line)
            axis.setTextPen(t.dim)
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4, maxTickLevel=0)
        self.getAxis("left").setWidth(40)
        self.getAxis("bottom").setHeight(18)
        for run, curve in self._curves.items():
            self._draw(run, curve)

    def _refresh_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def refresh(self) -> None:
        """Show the present run and those before it."""
        document, present = self._document, self._document.recorded_state.run
        kind = document.run.settings.cost_kind if document.run is not None else ()
        named_runs = (run for run in sorted(document.runs) if document.runs[run].name and run != present)
        runs = [
            run
            for run in named_runs
            if len(document.runs[run].costs) > 1
            and document.runs[run].settings.cost_kind == kind
            and document.fits(run)
        ]
        shown = runs[-(MOST_CURVES - 1) :] + ([present] if present is not None and present in document.runs else [])
        for side in ("left", "bottom"):
            # Without a curve the axes would tell invented numbers.
            self.getAxis(side).setVisible(any(len(document.runs[run].costs) > 1 for run in shown))
        for gone in [run for run in self._curves if run not in shown]:
            self.removeItem(self._curves.pop(gone))
        for run in shown:
            curve = self._curves.get(run)
            if curve is None:
                curve = self._curves[run] = self.plot([], [])
            curve.setData(*_points(document.runs[run].costs))
            curve.setZValue(1 if run == present else 0)
            self._draw(run, curve)

    def _draw(self, run: int, curve: pyqtgraph.PlotDataItem) -> None:
        current = run == self._document.recorded_state.run
        style = pyqtgraph.QtCore.Qt.PenStyle.SolidLine if current else pyqtgraph.QtCore.Qt.PenStyle.DashLine
        colour = curve_colour(run_colour(self._document.runs[run]))
        curve.setPen(pyqtgraph.mkPen(colour, width=2.5 if current else 1, style=style))
