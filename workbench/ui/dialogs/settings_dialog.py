"""All parameters of a factorisation, each with its range and a sentence; and how many components to look for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
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
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.nmf.rank import elbow
from workbench.nmf.starts import covering
from workbench.separation.settings import RANGES
from workbench.ui.base import theme
from workbench.ui.base.controls import dim, named
from workbench.ui.base.notices import Notice
from workbench.ui.factors.parameters import Wishes

SECTIONS = (
    ("Method", ("method", "divergence", "beta", "exponent", "components", "length", "iterations", "seed")),
    (
        "Start",
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
    ("What stays, and what counts", ("hold_templates", "hold_activations", "hold_locked", "leave_out")),
    ("Shape of the result", ("smoothness", "sparsity", "uncorrelatedness")),
    ("Tones and hits", ("harmonic_frames", "percussive_bins", "masks", "separation", "percussive_separation")),
    ("Several runs", ("tries", "compare")),
)


class SettingsDialog(QDialog):
    """Every parameter that the chosen method uses; what is set here is what Factorise asks for."""

    asked = Signal()
    """Factorise was pressed."""

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
            heading = QLabel(self.tr(title))
            heading.setProperty("role", "title")
            heading.setContentsMargins(0, 10 if row else 0, 0, 2)
            grid.addWidget(heading, row, 0, 1, 3)
            self._headings.append((heading, fields))
            row += 1
            for field in fields:
                control = self._path(field) if field in ("drums", "events") else wishes.control(field, f"all_{field}")
                control.setFixedWidth(210)
                sentence = dim(wishes.sentence(field))
                sentence.setWordWrap(True)
                # A box to tick says what it is itself.
                label = QLabel("" if isinstance(control, QCheckBox) else wishes.label(field))
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
        run.clicked.connect(self.asked)
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
        self.resize(780, 640)

    def _path(self, field: str) -> QWidget:
        wishes = self._wishes
        line = named(QLineEdit(), f"all_{field}", wishes.label(field), wishes.sentence(field))
        line.setPlaceholderText(self.tr("our own kit") if field == "drums" else self.tr("no file"))
        line.editingFinished.connect(lambda: wishes.set(**{field: line.text().strip()}))
        choose = named(
            QPushButton(self.tr("Choose…")), f"choose_{field}", self.tr("Choose"), self.tr("Choose from the disk")
        )

        def browse() -> None:
            start = str(Path(getattr(wishes.settings, field) or Path.home()))
            if field == "drums":
                found = QFileDialog.getExistingDirectory(self, wishes.label(field), start)
            else:
                found, _ = QFileDialog.getOpenFileName(self, wishes.label(field), start)
            if found:
                wishes.set(**{field: found})

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
        text = QLabel(
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
        by_share.addWidget(QLabel(self.tr("Or enough for")))
        by_share.addWidget(self.coverage)
        by_share.addWidget(QLabel(self.tr("of the singular values")), 1)
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
