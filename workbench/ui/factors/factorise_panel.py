"""The Factorise panel: what to ask of a factorisation, the runs so far, their cost curves, and the Morph slider."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from workbench.document.document import Document
from workbench.masks.insight.morphing import MorphTarget
from workbench.masks.model.models import Factors
from workbench.separation.settings import METHODS, RunSettings
from workbench.spectral.stft import OVERLAPS, WINDOWS, Analysis
from workbench.ui.base.controls import Slider, combo, dim, dress, icon_button, named
from workbench.ui.factors.cost_plot import CostPlot, run_colour
from workbench.ui.factors.parameters import Wishes


class FactorisePanel(QWidget):
    """Settings, the two buttons, the runs, and the cost while it falls."""

    asked = Signal(bool)
    """Factorise (True: fresh from the start) or Continue (False: from the present W and H)."""
    more_asked = Signal()
    """All parameters are wanted."""
    count_asked = Signal()
    """A suggestion for the number of components is wanted."""
    run_chosen = Signal(int)
    """A run of the list is to be used again."""
    morph_moved = Signal(object, float)
    """MorphTarget and amount, while the slider moves."""
    morph_let_go = Signal(object, float)
    """MorphTarget and amount, to be kept."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("factorisePanel")
        self._document = document
        self.wishes = Wishes(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(5)
        column.addLayout(self._fields())
        self.hint = QLabel()
        self.hint.setObjectName("factoriseHint")
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        self._selected = False
        column.addWidget(self.hint)
        column.addLayout(self._buttons())
        self.plot = CostPlot(document)
        column.addWidget(self.plot, 1)
        column.addLayout(self._runs())
        column.addLayout(self._morph())
        self.window_size.currentIndexChanged.connect(self._fill_hops)
        self.wishes.changed.connect(self._show_wishes)
        self._stack = document.state.stack
        document.opened.connect(self._opened)
        document.stacks_changed.connect(self._stacks_changed)
        document.analysis_changed.connect(self._show_analysis)
        document.factors_changed.connect(self._show_run)
        document.runs_changed.connect(self._show_run)
        document.selection_changed.connect(self._fill_morph)
        document.layers_changed.connect(self._fill_morph)
        self._opened()

    def sizeHint(self) -> QSize:
        return QSize(260, 400)

    # -- building ------------------------------------------------------------------------------------

    def _fields(self) -> QGridLayout:
        wishes = self.wishes
        self.preset = combo(
            [*wishes.choices("preset"), (self.tr("your own"), "")],
            "preset",
            wishes.label("preset"),
            wishes.sentence("preset"),
        )
        self.preset.activated.connect(lambda _: self._choose_preset())
        self.method = wishes.control("method", "method")
        self.components = cast(QSpinBox, wishes.control("components", "components"))
        self.suggest = named(
            QPushButton(self.tr("?")),
            "suggestComponents",
            self.tr("Suggest a number"),
            self.tr("Try several numbers of components and look for the elbow of their costs"),
        )
        self.suggest.setFixedWidth(24)
        self.components.setMinimumWidth(50)
        self.divergence = wishes.control("divergence", "divergence")
        self.iterations = cast(QSpinBox, wishes.control("iterations", "iterations"))
        self.forever = named(
            QCheckBox(self.tr("until I stop")), "untilStopped", self.tr("Until I stop"), self.tr("Go on until stopped")
        )
        self.forever.toggled.connect(self._set_forever)
        self.iterations.valueChanged.connect(lambda _: self.forever.setChecked(False))
        self.seed = cast(QSpinBox, wishes.control("seed", "seed"))
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
        self.another.clicked.connect(self.try_another_seed)
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
        self.factorise.clicked.connect(lambda: self.asked.emit(True))
        self.resume.clicked.connect(lambda: self.asked.emit(False))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.factorise, 1)
        row.addWidget(self.resume, 1)
        self.more.setFixedWidth(30)
        row.addWidget(self.more)
        return row

    def _runs(self) -> QHBoxLayout:
        self.runs = combo(
            [],
            "runs",
            self.tr("Runs"),
            self.tr(
                "The runs so far, in the colours of their curves; choose one to use it again. Layers stay with the "
                "components that they are most like."
            ),
        )
        self.runs.setMinimumContentsLength(8)
        self.runs.setSizeAdjustPolicy(self.runs.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.activated.connect(lambda _: self._choose_run(int(self.runs.currentData())))
        row = QHBoxLayout()
        row.addWidget(dim(self.tr("Run")))
        row.addWidget(self.runs, 1)
        return row

    def _morph(self) -> QHBoxLayout:
        self.morph_target = combo(
            [],
            "morphTarget",
            self.tr("Morph to"),
            self.tr(
                "Where the Morph slider goes: from the selected layer's template to another, or to a whole other run"
            ),
        )
        self.morph_target.setMinimumContentsLength(6)
        self.morph_target.setSizeAdjustPolicy(self.morph_target.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.morph = named(
            Slider(0.0, 1.0, 0.0, 0.0, 100),
            "morph",
            self.tr("Morph"),
            self.tr("Between what is and what is chosen: heard while it moves, kept when let go"),
        )
        self.morph.moved.connect(self._morphing)
        self.morph.let_go.connect(self._keep_morph)
        row = QHBoxLayout()
        row.addWidget(dim(self.tr("Morph to")))
        row.addWidget(self.morph_target, 3)
        row.addWidget(self.morph, 2)
        return row

    def dress(self) -> None:
        """The theme changed."""
        self.plot.dress()
        dress(self.another)

    # -- values --------------------------------------------------------------------------------------

    def settings(self) -> RunSettings:
        """What is asked for now."""
        return self.wishes.settings

    def analysis(self) -> Analysis:
        """Window and hop that are asked for now."""
        return Analysis(self.window_size.currentData(), self.hop.currentData())

    def try_another_seed(self) -> None:
        """Factorise again from another random start."""
        self.wishes.set(seed=self.wishes.settings.seed + max(1, self.wishes.settings.tries))
        self.asked.emit(True)

    def set_selection(self, selection: object) -> None:
        """Whether some time is selected."""
        self._selected = selection is not None
        self._show_hint()

    def _show_hint(self) -> None:
        run = self._document.run
        factorised = run is not None and isinstance(run.factors, Factors)
        opened = self._document.recording is not None
        self.hint.setText(self.wishes.missing(self._selected, factorised) if opened else "")
        self.hint.setVisible(bool(self.hint.text()))

    def _choose_preset(self) -> None:
        if self.preset.currentData():
            self.wishes.choose_preset(self.preset.currentData())

    def _set_forever(self, on: bool) -> None:
        self.wishes.set(iterations=None if on else self.iterations.value())
        self.iterations.setEnabled(not on)

    def _show_wishes(self) -> None:
        wishes = self.wishes
        self.preset.setCurrentIndex(self.preset.findData(wishes.preset_name))
        self._show_hint()
        self.forever.blockSignals(True)
        self.forever.setChecked(wishes.settings.iterations is None)
        self.forever.blockSignals(False)
        self.iterations.setEnabled(wishes.settings.iterations is not None and wishes.uses("iterations"))
        self.forever.setEnabled(wishes.uses("iterations"))
        self.components.setEnabled(wishes.uses("components"))
        self.suggest.setEnabled(wishes.uses("components") and self._document.recording is not None)
        self.divergence.setEnabled(wishes.uses("divergence"))
        self.seed.setEnabled(wishes.uses("seed"))
        self.another.setEnabled(wishes.uses("seed") and self._document.recording is not None)

    def _adopt(self, settings: RunSettings) -> None:
        """Wish for what a run was made with; masks from stems were made with nothing of the kind."""
        if settings.method in METHODS:
            self.wishes.put(settings)

    def _stacks_changed(self) -> None:
        """The panel follows the stack that is shown."""
        run = self._document.run
        if self._document.state.stack != self._stack:
            self._stack = self._document.state.stack
            if run is not None:
                self._adopt(run.settings)

    def _opened(self) -> None:
        self._stack = self._document.state.stack
        run = self._document.run
        if run is not None:
            self._adopt(run.settings)
        self._show_wishes()
        self._show_analysis()
        self._show_run()
        self.set_enabled(self._document.recording is not None)

    def set_enabled(self, on: bool) -> None:
        """Whether there is something to factorise."""
        self.factorise.setEnabled(on)
        self._show_run()
        self._show_wishes()

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

    # -- runs and morph ------------------------------------------------------------------------------

    def _show_run(self) -> None:
        document, present = self._document, self._document.recorded_state.run
        self.plot.refresh()
        self._show_hint()
        self.resume.setEnabled(document.run is not None and isinstance(document.run.factors, Factors))
        listed = (run for run in sorted(document.runs, reverse=True) if document.fits(run))
        named_runs = [run for run in listed if document.runs[run].name or run == present]
        entries = [(run, self._run_text(run)) for run in named_runs]
        if [(self.runs.itemData(i), self.runs.itemText(i)) for i in range(self.runs.count())] != entries:
            self.runs.clear()
            for run, text in entries:
                dot = QPixmap(10, 10)
                dot.fill(QColor(run_colour(run)))
                self.runs.addItem(QIcon(dot), text, run)
        self.runs.setCurrentIndex(self.runs.findData(present))
        self.runs.setEnabled(bool(entries))
        self._fill_morph()

    def _choose_run(self, run: int) -> None:
        """Use a run again; Continue then goes on as it was asked for."""
        settings = self._document.runs[run].settings
        self.run_chosen.emit(run)
        self._adopt(settings)

    def _run_text(self, run: int) -> str:
        known = self._document.runs[run]
        name = known.name or self.tr("edited")
        cost = f"{known.costs[-1]:.3g}".replace("e+0", "e").replace("e+", "e") if len(known.costs) > 1 else ""
        return f"{run} · {name} · {cost}" if cost else f"{run} · {name}"

    def _fill_morph(self) -> None:
        document, present = self._document, self._document.state.run
        run = document.run
        entries: list[tuple[str, object]] = []
        index = document.selected_index
        if run is not None and isinstance(run.factors, Factors) and index >= 0 and document.layers[index].components:
            source = document.layers[index].components[0]
            entries = [
                (layer.name, MorphTarget(source, layer.components[0]))
                for layer in document.layers
                if layer.components and layer.id != document.selected
            ]
            for other in sorted(document.runs, reverse=True):
                factors = document.runs[other].factors
                usable = isinstance(factors, Factors) and bool(document.runs[other].name) and document.fits(other)
                if other != present and usable:
                    entries.append((self.tr("run {0}").format(self._run_text(other)), MorphTarget(run=other)))
        box = self.morph_target
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != entries:
            wanted = box.currentText(), box.currentData()
            box.clear()
            for text, target in entries:
                box.addItem(text, target)
            # The same target under its name, else what has that name now.
            same = [i for i, entry in enumerate(entries) if entry == wanted]
            box.setCurrentIndex(max(0, same[0] if same else box.findText(wanted[0])))
        for widget in (box, self.morph):
            widget.setEnabled(bool(entries))

    def _morphing(self, amount: float) -> None:
        target = self.morph_target.currentData()
        if isinstance(target, MorphTarget):
            self.morph_moved.emit(target, amount)

    def _keep_morph(self) -> None:
        target = self.morph_target.currentData()
        if isinstance(target, MorphTarget):
            self.morph_let_go.emit(target, self.morph.get())
        self.morph.set(0.0)
