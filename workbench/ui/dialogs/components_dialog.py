"""How many components to look for: the cost against their number, and its elbow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.nmf.rank import elbow
from workbench.nmf.starts import covering
from workbench.separation.settings import RANGES
from workbench.ui.base import theme
from workbench.ui.base.controls import named, plain, rich


class ComponentsDialog(QDialog):
    """The cost that each number of components reaches, and where its elbow is."""

    chosen = Signal(int)
    """The number to use."""

    def __init__(
        self, parent: QWidget, candidates: Sequence[int], costs: Sequence[float], shares: NDArray[np.float64]
    ) -> None:
        super().__init__(parent)
        named(self, "componentsDialog", self.tr("Number of components"), self.tr("Cost against number of components"))
        self.setWindowTitle(self.tr("Number of components"))
        self.suggestion = elbow(candidates, costs)
        t = theme.current()
        plot = named(
            pyqtgraph.PlotWidget(),
            "componentsCurve",
            self.tr("Cost against components"),
            self.tr("Beyond the elbow more components gain little"),
        )
        plot.setBackground(t.panel)
        plot.setMouseEnabled(False, False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setLabel("bottom", self.tr("components"))
        plot.setLabel("left", self.tr("cost after 40 iterations of plain NMF"))
        plot.plot(
            np.asarray(candidates, float),
            np.asarray(costs, float),
            pen=pyqtgraph.mkPen(t.accent, width=2),
            symbol="o",
            symbolSize=6,
            symbolBrush=t.accent,
            symbolPen=None,
        )
        plot.addItem(pyqtgraph.InfiniteLine(self.suggestion, pen=pyqtgraph.mkPen(t.solo, width=1.5)))
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(t.line)
            plot.getAxis(side).setTextPen(t.dim)
        text = rich(
            self.tr(
                "The curve bends at <b>{0}</b> components: more fit better, but gain less each. It is a start; "
                "your ears decide."
            ).format(self.suggestion)
        )
        text.setWordWrap(True)
        use = named(
            QPushButton(self.tr("Use {0}").format(self.suggestion)),
            "useSuggestion",
            self.tr("Use the suggestion"),
            self.tr("Set the number of components to the elbow"),
        )
        use.setProperty("role", "primary")
        use.setDefault(True)
        use.clicked.connect(lambda: self._use(self.suggestion))
        self._shares = shares
        self.coverage = named(
            QSpinBox(),
            "coverage",
            self.tr("Coverage"),
            self.tr("Share of the singular values, as in FluCoMa's NMFSeed. From 1 to 100 %."),
        )
        self.coverage.setRange(1, 100)
        self.coverage.setSuffix(self.tr(" %"))
        self.covered = named(
            QPushButton(),
            "useCoverage",
            self.tr("Use the number for this coverage"),
            self.tr("Set the number of components that covers this share"),
        )
        self.covered.clicked.connect(lambda: self._use(self.covering))
        self.coverage.valueChanged.connect(lambda _: self.covered.setText(self.tr("Use {0}").format(self.covering)))
        self.coverage.setValue(50)
        # Return takes what was set last.
        self.coverage.valueChanged.connect(lambda _: self.covered.setDefault(True))
        by_share = QHBoxLayout()
        by_share.addWidget(plain(self.tr("Or enough for")))
        by_share.addWidget(self.coverage)
        by_share.addWidget(plain(self.tr("of the singular values")), 1)
        by_share.addWidget(self.covered)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(plot, 1)
        column.addWidget(text)
        column.addWidget(use, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(by_share)

    @property
    def covering(self) -> int:
        """The fewest components that make up the coverage."""
        return covering(self._shares, self.coverage.value() / 100, int(RANGES["components"][1]))

    def _use(self, count: int) -> None:
        self.chosen.emit(count)
        self.close()

    def sizeHint(self) -> QSize:
        return QSize(460, 360)
