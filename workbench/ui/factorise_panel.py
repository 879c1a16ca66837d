"""The Factorise panel: what to ask of a factorisation, and its cost curve."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.document.document import Document
from workbench.document.state import RunSettings
from workbench.spectral.stft import OVERLAPS, WINDOWS, Analysis
from workbench.ui import theme
from workbench.ui.controls import combo, dim, named

MOST_POINTS = 500
"""As many as the curve has pixels."""


class _CostAxis(pyqtgraph.AxisItem):
    """Powers of ten as short numbers."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:.2g}".replace("e+0", "e").replace("e+", "e") for value in values]


def _points(costs: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Iterations, and the logarithm of their costs (a cost of 0, of silence, has none)."""
    step = max(1, len(costs) // MOST_POINTS)
    shown = np.array(costs[::step], np.float64)
    return np.arange(1.0, 1.0 + step * len(shown), step), np.log10(np.maximum(shown, 1e-12))


class FactorisePanel(QWidget):
    """Settings, the two buttons, and the cost while it falls."""

    asked = Signal(bool)
    """Factorise (True: fresh from the seed) or Continue (False: from the present W and H)."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("factorisePanel")
        self._document = document
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(5)
        column.addLayout(self._fields())
        buttons = QHBoxLayout()
        self.factorise = named(
            QPushButton(self.tr("Factorise")), "factorise", self.tr("Factorise"),
            self.tr("Find components, fresh from the seed (Ctrl+Return)"),
        )  # fmt: skip
        self.resume = named(
            QPushButton(self.tr("Continue")), "continue", self.tr("Continue"),
            self.tr("Go on from the present templates and activations (Ctrl+Shift+Return)"),
        )  # fmt: skip
        self.factorise.setProperty("role", "primary")
        buttons.addWidget(self.factorise, 1)
        buttons.addWidget(self.resume, 1)
        column.addLayout(buttons)
        self._plot()
        column.addWidget(self.plot, 1)
        self.factorise.clicked.connect(lambda: self.asked.emit(True))
        self.resume.clicked.connect(lambda: self.asked.emit(False))
        self.forever.toggled.connect(lambda on: self.iterations.setEnabled(not on))
        self.window_size.currentIndexChanged.connect(self._fill_hops)
        document.opened.connect(self._opened)
        document.analysis_changed.connect(self._show_analysis)
        document.factors_changed.connect(self._show_costs)
        self._opened()

    def sizeHint(self) -> QSize:
        return QSize(260, 300)

    def _fields(self) -> QGridLayout:
        self.components = named(
            QSpinBox(), "components", self.tr("Components"),
            self.tr("How many components to look for (K), 1 to 200. About one for each kind of sound."),
        )  # fmt: skip
        self.components.setRange(1, 200)
        self.components.setValue(10)
        self.divergence = combo(
            [(self.tr("Kullback–Leibler"), "kl"), (self.tr("Itakura–Saito"), "is"), (self.tr("Euclidean"), "eu")],
            "divergence", self.tr("Divergence"),
            self.tr(
                "How misfit counts: Kullback–Leibler suits most music; Itakura–Saito hears quiet parts as keenly as "
                "loud ones; Euclidean follows the loudest."
            ),
        )  # fmt: skip
        self.iterations = named(
            QSpinBox(), "iterations", self.tr("Iterations"), self.tr("How many steps of the descent, 1 to 100 000")
        )
        self.iterations.setRange(1, 100_000)
        self.iterations.setValue(100)
        self.forever = named(
            QCheckBox(self.tr("until I stop")), "untilStopped", self.tr("Until I stop"), self.tr("Go on until stopped")
        )
        self.seed = named(
            QSpinBox(), "seed", self.tr("Seed"), self.tr("The random start; the same seed gives the same result")
        )
        self.seed.setRange(0, 1_000_000)
        self.window_size = combo(
            [(str(w), w) for w in WINDOWS], "windowSize", self.tr("Window"),
            self.tr("Samples a frame: longer tells pitches apart, shorter tells moments apart"),
        )  # fmt: skip
        self.hop = combo([], "hop", self.tr("Hop"), self.tr("Samples between frames; a quarter of the window is usual"))
        for box in (self.divergence, self.window_size, self.hop):
            box.setMinimumContentsLength(4)
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.addWidget(dim(self.tr("Components")), 0, 0)
        grid.addWidget(self.components, 0, 1)
        grid.addWidget(dim(self.tr("Seed")), 0, 2)
        grid.addWidget(self.seed, 0, 3)
        grid.addWidget(dim(self.tr("Divergence")), 1, 0)
        grid.addWidget(self.divergence, 1, 1, 1, 3)
        grid.addWidget(dim(self.tr("Iterations")), 2, 0)
        grid.addWidget(self.iterations, 2, 1)
        grid.addWidget(self.forever, 2, 2, 1, 2)
        grid.addWidget(dim(self.tr("Window")), 3, 0)
        grid.addWidget(self.window_size, 3, 1)
        grid.addWidget(dim(self.tr("Hop")), 3, 2)
        grid.addWidget(self.hop, 3, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _plot(self) -> None:
        self.plot = named(
            pyqtgraph.PlotWidget(axisItems={"left": _CostAxis("left")}), "costCurve", self.tr("Cost curve"),
            self.tr("How far the model is from the recording, after each iteration; grey: the run before"),
        )  # fmt: skip
        self.plot.setMinimumHeight(70)
        self.plot.setMouseEnabled(False, False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self._before = self.plot.plot([], [])
        self._curve = self.plot.plot([], [])
        self._last_run: int | None = None
        self._last_costs: tuple[float, ...] = ()
        self.dress()

    def dress(self) -> None:
        """The theme changed."""
        t = theme.current()
        self.plot.setBackground(t.panel)
        self._before.setPen(pyqtgraph.mkPen(t.dim, width=1, style=pyqtgraph.QtCore.Qt.PenStyle.DashLine))
        self._curve.setPen(pyqtgraph.mkPen(t.accent, width=2))
        font = QFont(self.font())
        font.setPixelSize(9)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(t.line)
            axis.setTextPen(t.dim)
            axis.setTickFont(font)
            axis.setStyle(tickLength=-4, maxTickLevel=0)
        self.plot.getAxis("left").setWidth(40)
        self.plot.getAxis("bottom").setHeight(18)

    # -- values --------------------------------------------------------------------------------------

    def settings(self) -> RunSettings:
        """What is asked for now."""
        iterations = None if self.forever.isChecked() else self.iterations.value()
        return RunSettings(self.components.value(), self.divergence.currentData(), iterations, self.seed.value())

    def analysis(self) -> Analysis:
        """Window and hop that are asked for now."""
        return Analysis(self.window_size.currentData(), self.hop.currentData())

    def _opened(self) -> None:
        self._last_run, self._last_costs = None, ()
        self._before.setData([], [])
        run = self._document.run
        if run is not None:
            self.components.setValue(run.settings.components)
            self.divergence.setCurrentIndex(self.divergence.findData(run.settings.divergence))
            self.forever.setChecked(run.settings.iterations is None)
            if run.settings.iterations is not None:
                self.iterations.setValue(run.settings.iterations)
            self.seed.setValue(run.settings.seed)
        self._show_analysis()
        self._show_costs()
        self.set_enabled(self._document.recording is not None)

    def set_enabled(self, on: bool) -> None:
        """Whether there is something to factorise."""
        self.factorise.setEnabled(on)
        self.resume.setEnabled(on and self._document.run is not None)

    def _show_analysis(self) -> None:
        analysis = self._document.state.analysis
        if self.window_size.findData(analysis.window) < 0:
            self.window_size.addItem(str(analysis.window), analysis.window)
        self.window_size.setCurrentIndex(self.window_size.findData(analysis.window))
        self._fill_hops()
        if self.hop.findData(analysis.hop) < 0:
            self.hop.addItem(str(analysis.hop), analysis.hop)
        self.hop.setCurrentIndex(self.hop.findData(analysis.hop))

    def _fill_hops(self) -> None:
        window = self.window_size.currentData()
        if window is None:
            return
        self.hop.clear()
        for overlap in OVERLAPS:
            self.hop.addItem(str(window // overlap), window // overlap)
        self.hop.setCurrentIndex(OVERLAPS.index(4))

    def _show_costs(self) -> None:
        run, identity = self._document.run, self._document.state.run
        if identity != self._last_run:
            if len(self._last_costs) > 1:
                self._before.setData(*_points(self._last_costs))
            self._last_run = identity
        costs = run.costs if run is not None else ()
        self._last_costs = costs
        self._curve.setData(*_points(costs))
        self.resume.setEnabled(run is not None)
