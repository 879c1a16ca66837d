"""The runs so far, to be used again, and the Morph slider towards others."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.control.morphing import Morphing
from workbench.control.selection import Selection
from workbench.control.wishes import Wishes
from workbench.document.document import Document
from workbench.masks.insight.morphing import MorphTarget
from workbench.masks.model.models import Factors
from workbench.ui.base.controls import Slider, combo, dim, named
from workbench.ui.factors.cost_plot import run_colour


class RunsBox(QWidget):
    """A list of runs in the colours of their curves."""

    def __init__(self, document: Document, wishes: Wishes) -> None:
        super().__init__()
        self._document = document
        self.list = combo(
            [],
            "runs",
            self.tr("Runs"),
            self.tr(
                "The runs so far, in the colours of their curves; choose one to use it again. Layers stay with the "
                "components that they are most like."
            ),
        )
        self.list.setMinimumContentsLength(8)
        self.list.setSizeAdjustPolicy(self.list.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.activated.connect(lambda _: wishes.use_run(int(self.list.currentData())))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(dim(self.tr("Run")))
        row.addWidget(self.list, 1)
        for signal in (document.opened, document.factors_changed, document.runs_changed):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        document, present, box = self._document, self._document.recorded_state.run, self.list
        listed = (run for run in sorted(document.runs, reverse=True) if document.fits(run))
        named_runs = [run for run in listed if document.runs[run].name or run == present]
        entries = [(run, run_text(document, run)) for run in named_runs]
        if [(box.itemData(i), box.itemText(i)) for i in range(box.count())] != entries:
            box.clear()
            for run, text in entries:
                dot = QPixmap(10, 10)
                dot.fill(QColor(run_colour(document.runs[run])))
                box.addItem(QIcon(dot), text, run)
        box.setCurrentIndex(box.findData(present))
        box.setEnabled(bool(entries))


class MorphBox(QWidget):
    """Between what is and what is chosen: heard while it moves, kept when let go."""

    def __init__(self, document: Document, selection: Selection, morphing: Morphing) -> None:
        super().__init__()
        self._document, self._selection, self._morphing = document, selection, morphing
        self.target = combo(
            [],
            "morphTarget",
            self.tr("Morph to"),
            self.tr(
                "Where the Morph slider goes: from the selected layer's template to another, or to a whole other run"
            ),
        )
        self.target.setMinimumContentsLength(6)
        self.target.setSizeAdjustPolicy(self.target.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.slider = named(
            Slider(0.0, 1.0, 0.0, 0.0, 100, Qt.Orientation.Horizontal),
            "morph",
            self.tr("Morph"),
            self.tr("Between what is and what is chosen: heard while it moves, kept when let go"),
        )
        self.slider.moved.connect(self._moved)
        self.slider.let_go.connect(self._let_go)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(dim(self.tr("Morph to")))
        row.addWidget(self.target, 3)
        row.addWidget(self.slider, 2)
        for signal in (
            document.opened,
            document.factors_changed,
            document.runs_changed,
            document.layers_changed,
            selection.layer_changed,
        ):
            signal.connect(self._show)
        self._show()

    def _moved(self, amount: float) -> None:
        target = self.target.currentData()
        if isinstance(target, MorphTarget):
            self._morphing.preview(target, amount)

    def _let_go(self) -> None:
        target = self.target.currentData()
        if isinstance(target, MorphTarget):
            self._morphing.accept(target, self.slider.get())
        self.slider.set(0.0)

    def _entries(self) -> list[tuple[str, object]]:
        document, run, layer = self._document, self._document.run, self._selection.present
        if run is None or not isinstance(run.factors, Factors):
            return []
        # A layer's template goes to another's; that of a group is not one.
        plain = layer is not None and not self._selection.group and self._document.state.marks is None
        source = layer.components[:1] if layer is not None and plain else ()
        entries: list[tuple[str, object]] = [
            (each.name, MorphTarget(source[0], each.components[0]))
            for each in document.layers
            if source and each.components and each is not layer
        ]
        for other in sorted(document.runs, reverse=True):
            known = document.runs[other]
            usable = isinstance(known.factors, Factors) and bool(known.name) and document.fits(other)
            if other != document.state.run and usable:
                entries.append((self.tr("run {0}").format(run_text(document, other)), MorphTarget(run=other)))
        return entries

    def _show(self) -> None:
        entries, box = self._entries(), self.target
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != entries:
            wanted = box.currentText(), box.currentData()
            box.clear()
            for text, target in entries:
                box.addItem(text, target)
            # The same target under its name, else what has that name now.
            same = [i for i, entry in enumerate(entries) if entry == wanted]
            box.setCurrentIndex(max(0, same[0] if same else box.findText(wanted[0])))
        for widget in (box, self.slider):
            widget.setEnabled(bool(entries))


def run_text(document: Document, run: int) -> str:
    """A run's number as the user knows it, name and last cost."""
    known = document.runs[run]
    name = known.name or QCoreApplication.translate("Runs", "edited")
    cost = f"{known.costs[-1]:.3g}".replace("e+0", "e").replace("e+", "e") if len(known.costs) > 1 else ""
    return f"{known.number} · {name} · {cost}" if cost else f"{known.number} · {name}"
