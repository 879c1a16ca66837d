"""What the masks hold: shares of energy, levels over time and frequency, overlaps."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.audio.scene import Scene
from workbench.masks.insight.statistics import MaskReport
from workbench.ui.base import theme
from workbench.ui.base.controls import dim, named, rich
from workbench.ui.base.names import chip


class AnalysisDialog(QDialog):
    """A report on the layers of a stack, as they were when it was asked for."""

    def __init__(self, parent: QWidget, report: MaskReport, scene: Scene, selected: int, where: str) -> None:
        super().__init__(parent)
        named(self, "analysisDialog", self.tr("What the masks hold"), self.tr("Energy, levels and overlaps"))
        self.setWindowTitle(self.tr("What the masks hold"))
        self.resize(860, 560)
        self._report, self._layers = report, scene.stack.layers
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        self.title = rich()
        self.title.setProperty("role", "title")
        column.addWidget(self.title)
        column.addWidget(dim(where))
        plots = QHBoxLayout()
        self.time = self._plot("analysisTime", self.tr("Level over time"), self.tr("s"), plots)
        self.frequency = self._plot("analysisFrequency", self.tr("Level over frequency"), self.tr("Hz"), plots)
        self.frequency.setLogMode(x=True)
        column.addLayout(plots, 1)
        self._hz = scene.analysis.hz_of(np.arange(scene.stack.bins, dtype=np.float64), scene.recording.rate)
        self.table = self._table()
        column.addWidget(self.table)
        close = named(QPushButton(self.tr("Close")), "analysisClose", self.tr("Close"), self.tr("Close (Esc)"))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(foot)
        self.table.selectRow(max(0, selected))
        self._show(max(0, selected))

    def _plot(self, name: str, title: str, unit: str, row: QHBoxLayout) -> pyqtgraph.PlotWidget:
        t = theme.current()
        plot = named(pyqtgraph.PlotWidget(background=t.canvas), name, title, self.tr("Wheel zooms, drag moves"))
        plot.setMenuEnabled(False)
        plot.setLabel("bottom", f"{title}, {unit}", color=t.dim)
        plot.setLabel("left", "dB", color=t.dim)
        plot.showGrid(x=True, y=True, alpha=0.15)
        row.addWidget(plot)
        return plot

    def _table(self) -> QTableWidget:
        layers, report = self._layers, self._report
        table = named(
            QTableWidget(len(layers), 2 + len(layers)),
            "analysisTable",
            self.tr("Shares and overlaps"),
            self.tr(
                "Energy of each layer heard alone, and how much of the lesser of two layers lies in both masks; "
                "click a row to see its curves"
            ),
        )
        heads = [self.tr("Energy"), self.tr("to the mix"), *(self.tr("overlap\n{0}").format(x.name) for x in layers)]
        table.setHorizontalHeaderLabels(heads)
        table.setVerticalHeaderLabels([layer.name for layer in layers])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for row in range(len(layers)):
            energy = float(report.energy[row])
            level = f"{10 * np.log10(energy):.1f} dB".replace("-", "−") if energy > 1e-12 else "−∞ dB"
            texts = [f"{100 * energy:.1f} %", level]
            texts += ["–" if row == i else f"{100 * report.overlap[row, i]:.0f} %" for i in range(len(layers))]
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(row, place, item)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.currentCellChanged.connect(lambda row, *_: self._show(row))
        table.setMaximumHeight(220)
        return table

    def _show(self, row: int) -> None:
        layer, report, t = self._layers[row], self._report, theme.current()
        self.title.setText(chip(layer.colour, layer.name))
        for plot, x, mix, mine in (
            (self.time, report.seconds, report.mix_over_time, report.over_time[row]),
            (self.frequency, self._hz[1:], report.mix_over_frequency[1:], report.over_frequency[row][1:]),
        ):
            plot.clear()
            floor = float(mix.max()) - 90
            plot.plot(x, np.maximum(mix, floor), pen=pyqtgraph.mkPen(t.dim, width=1))
            plot.plot(x, np.maximum(mine, floor), pen=pyqtgraph.mkPen(layer.colour, width=2))
