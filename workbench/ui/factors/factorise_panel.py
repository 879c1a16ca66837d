"""The Factorise panel: what to ask of a factorisation, the runs so far, and the Morph slider."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.control.morphing import Morphing
from workbench.control.selection import Selection
from workbench.control.wishes import Wishes
from workbench.document.document import Document
from workbench.spectral.stft import OVERLAPS, WINDOWS
from workbench.ui.base.controls import combo, dim, dress, icon_button, named, plain
from workbench.ui.factors.controls import control
from workbench.ui.factors.runs_box import MorphBox, RunsBox
from workbench.ui.factors.words import choices, label, sentence


class FactorisePanel(QWidget):
    """Settings, the two buttons, and what came of them."""

    more_asked = Signal()
    """All parameters are wanted."""
    count_asked = Signal()
    """A suggestion for the number of components is wanted."""

    def __init__(self, document: Document, selection: Selection, wishes: Wishes, morphing: Morphing) -> None:
        super().__init__()
        self.setObjectName("factorisePanel")
        self._document, self._wishes = document, wishes
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(5)
        column.addLayout(self._fields())
        self.hint = plain()
        self.hint.setObjectName("factoriseHint")
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)
        column.addLayout(self._buttons())
        column.addSpacing(8)
        self.runs = RunsBox(document, wishes)
        self.morph = MorphBox(document, selection, morphing)
        column.addWidget(self.runs)
        column.addWidget(self.morph)
        column.addStretch(1)
        self.window_size.currentIndexChanged.connect(self._window_chosen)
        self.hop.currentIndexChanged.connect(self._analysis_chosen)
        wishes.changed.connect(self._show)
        wishes.possible_changed.connect(self._show)
        document.opened.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(326, 400)

    # -- building ------------------------------------------------------------------------------------

    def _fields(self) -> QGridLayout:
        wishes = self._wishes
        self.preset = combo(
            [*choices("preset"), (self.tr("your own"), "")], "preset", label("preset"), sentence("preset")
        )
        self.preset.activated.connect(lambda _: self._choose_preset())
        self.method = control(wishes, "method", "method")
        self.components = cast(QSpinBox, control(wishes, "components", "components"))
        self.suggest = named(
            QPushButton(self.tr("?")),
            "suggestComponents",
            self.tr("Suggest a number"),
            self.tr("Try several numbers of components and look for the elbow of their costs"),
        )
        self.suggest.setFixedWidth(24)
        self.components.setMinimumWidth(50)
        self.divergence = control(wishes, "divergence", "divergence")
        self.iterations = cast(QSpinBox, control(wishes, "iterations", "iterations"))
        self.forever = named(
            QCheckBox(self.tr("until I stop")), "untilStopped", self.tr("Until I stop"), self.tr("Go on until stopped")
        )
        self.forever.toggled.connect(self._set_forever)
        self.iterations.valueChanged.connect(lambda _: self.forever.setChecked(False))
        self.seed = cast(QSpinBox, control(wishes, "seed", "seed"))
        self.another = icon_button(
            "reroll",
            "anotherSeed",
            self.tr("Another seed"),
            self.tr("Factorise again from another random start (Ctrl+R)"),
        )
        self.another.setFixedWidth(26)
        self.seed.setMinimumWidth(44)
        self.iterations.setMinimumWidth(60)
        self.window_size = combo(
            [(str(w), w) for w in WINDOWS],
            "windowSize",
            self.tr("Window"),
            self.tr("Samples a frame: longer tells pitches apart, shorter tells moments apart"),
        )
        self.hop = combo([], "hop", self.tr("Hop"), self.tr("Samples between frames; a quarter of the window is usual"))
        self.more = named(
            QPushButton("…"),
            "moreSettings",
            self.tr("All settings"),
            self.tr("Starts, what is held, penalties and everything else, with a sentence for each (Ctrl+Shift+F)"),
        )
        for box in (self.window_size, self.hop, self.preset):
            box.setMinimumContentsLength(4)
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.suggest.clicked.connect(self.count_asked)
        self.another.clicked.connect(wishes.try_another_seed)
        self.more.clicked.connect(self.more_asked)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        count = QHBoxLayout()
        count.setSpacing(2)
        count.addWidget(self.components, 1)
        count.addWidget(self.suggest)
        seed = QHBoxLayout()
        seed.setSpacing(2)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.another)
        grid.addWidget(dim(self.tr("Preset")), 0, 0)
        grid.addWidget(self.preset, 0, 1, 1, 3)
        grid.addWidget(dim(self.tr("Method")), 1, 0)
        grid.addWidget(self.method, 1, 1, 1, 3)
        grid.addWidget(dim(self.tr("Components")), 2, 0)
        grid.addLayout(count, 2, 1)
        grid.addWidget(dim(self.tr("Seed")), 2, 2)
        grid.addLayout(seed, 2, 3)
        grid.addWidget(dim(self.tr("Divergence")), 3, 0)
        grid.addWidget(self.divergence, 3, 1, 1, 3)
        grid.addWidget(dim(self.tr("Iterations")), 4, 0)
        grid.addWidget(self.iterations, 4, 1)
        grid.addWidget(self.forever, 4, 2, 1, 2)
        grid.addWidget(dim(self.tr("Window")), 5, 0)
        grid.addWidget(self.window_size, 5, 1)
        grid.addWidget(dim(self.tr("Hop")), 5, 2)
        grid.addWidget(self.hop, 5, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        self.factorise = named(
            QPushButton(self.tr("Factorise")),
            "factorise",
            self.tr("Factorise"),
            self.tr("Find components, fresh from the start (Ctrl+Return)"),
        )
        self.resume = named(
            QPushButton(self.tr("Continue")),
            "continue",
            self.tr("Continue"),
            self.tr("Go on from the present templates and activations (Ctrl+Shift+Return)"),
        )
        self.factorise.setProperty("role", "primary")
        self.factorise.clicked.connect(lambda: self._wishes.factorise(True))
        self.resume.clicked.connect(lambda: self._wishes.factorise(False))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.factorise, 1)
        row.addWidget(self.resume, 1)
        self.more.setFixedWidth(30)
        row.addWidget(self.more)
        return row

    def dress(self) -> None:
        """The theme changed."""
        dress(self.another)

    # -- acting --------------------------------------------------------------------------------------

    def _choose_preset(self) -> None:
        if self.preset.currentData():
            self._wishes.choose_preset(self.preset.currentData())

    def _set_forever(self, on: bool) -> None:
        self._wishes.set(iterations=None if on else self.iterations.value())

    def _window_chosen(self) -> None:
        window = self.window_size.currentData()
        self._wishes.set_analysis(window, window // 4)

    def _analysis_chosen(self) -> None:
        self._wishes.set_analysis(self.window_size.currentData(), self.hop.currentData())

    # -- showing -------------------------------------------------------------------------------------

    def _show(self) -> None:
        wishes, document = self._wishes, self._document
        opened = document.recording is not None
        self.preset.setCurrentIndex(self.preset.findData(wishes.preset_name))
        missing = wishes.missing()
        if missing != self.hint.text():
            self.hint.setText(missing)
        self.hint.setVisible(bool(missing))
        with QSignalBlocker(self.forever):
            self.forever.setChecked(wishes.settings.iterations is None)
        self.iterations.setEnabled(wishes.settings.iterations is not None and wishes.uses("iterations"))
        self.forever.setEnabled(wishes.uses("iterations"))
        self.components.setEnabled(wishes.uses("components"))
        self.suggest.setEnabled(wishes.uses("components") and opened)
        self.divergence.setEnabled(wishes.uses("divergence"))
        self.seed.setEnabled(wishes.uses("seed"))
        self.another.setEnabled(wishes.uses("seed") and opened)
        self.factorise.setEnabled(opened)
        self.resume.setEnabled(wishes.continues)
        self._show_analysis()

    def _show_analysis(self) -> None:
        analysis = self._wishes.analysis
        with QSignalBlocker(self.window_size), QSignalBlocker(self.hop):
            if self.window_size.findData(analysis.window) < 0:
                self.window_size.addItem(str(analysis.window), analysis.window)
            self.window_size.setCurrentIndex(self.window_size.findData(analysis.window))
            hops = sorted({analysis.window // overlap for overlap in OVERLAPS} | {analysis.hop}, reverse=True)
            if [self.hop.itemData(i) for i in range(self.hop.count())] != hops:
                self.hop.clear()
                for hop in hops:
                    self.hop.addItem(str(hop), hop)
            self.hop.setCurrentIndex(self.hop.findData(analysis.hop))
