"""The list of what is known of components: curves that are held, onsets, notes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from workbench.control.known import KnownActs
from workbench.document.document import Document
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Known, Onsets
from workbench.spectral.scales import note_name
from workbench.ui.base.controls import dim, fit, named

CHIP = 12
"""Pixels of a layer's colour."""


class KnownDialog(QDialog):
    """Follows the document while it is open; what is chosen selects its layer and can be taken away."""

    def __init__(self, parent: QWidget, document: Document, known: KnownActs) -> None:
        super().__init__(parent)
        named(self, "knownDialog", self.tr("What is known"), self.tr("What you said of components, and can take back"))
        self.setWindowTitle(self.tr("What is known of components"))
        self._known = known
        self._shown: list[Known] = []
        self.list = named(
            QListWidget(),
            "known",
            self.tr("What is known"),
            self.tr("Curves that are held, onsets, notes; a click selects the layer, Delete takes the entry away"),
        )
        self.invitation = dim(
            self.tr(
                "Nothing yet. Hold a curve with the right button, tap onsets (;) while it plays, or say which notes a "
                "layer plays (menu Factorise): Factorise and Continue keep it."
            )
        )
        self.invitation.setWordWrap(True)
        self.remove = named(
            QPushButton(self.tr("Take away")),
            "knownRemove",
            self.tr("Take away"),
            self.tr("The next factorisation does without it; undo brings it back (Delete in the list)"),
        )
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.addWidget(self.invitation)
        column.addWidget(self.list, 1)
        row.addStretch(1)
        row.addWidget(self.remove)
        column.addLayout(row)
        self.remove.clicked.connect(self._remove)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)
        self.list.currentRowChanged.connect(self._choose)
        for signal in (
            document.known_changed,
            document.layers_changed,
            document.stacks_changed,
            document.factors_changed,
            document.opened,
        ):
            signal.connect(self._show)
        self._show()
        fit(self, 420, 360)

    def _show(self) -> None:
        row = self.list.currentRow()
        with QSignalBlocker(self.list):
            self.list.clear()
            entries = self._known.entries
            self._shown = [known for known, _ in entries]
            for known, layer in entries:
                chip = QPixmap(CHIP, CHIP)
                chip.fill(Qt.GlobalColor.transparent if layer is None else QColor(layer.colour))
                text = f"{self._known.name_of(known)} · {self._told(known)}"
                self.list.addItem(QListWidgetItem(QIcon(chip), text))
            self.list.setCurrentRow(min(row, len(self._shown) - 1))
        self.invitation.setVisible(not entries)
        self.remove.setEnabled(self.list.currentRow() >= 0)

    def _told(self, known: Known) -> str:
        if isinstance(known, Hold):
            what = self.tr("template") if known.curve is Curve.TEMPLATE else self.tr("activation")
            if known.weight == 1:
                return self.tr("{0} held").format(what)
            return self.tr("{0} pulled, {1:.0f} %").format(what, 100 * known.weight)
        if isinstance(known, Onsets):
            return self.tr("onsets: {0}").format(len(known.seconds))
        name = note_name(440.0 * 2 ** ((known.pitch - 69) / 12))
        return self.tr("{0}, notes: {1}").format(name, len(known.spans))

    def _choose(self, row: int) -> None:
        self.remove.setEnabled(row >= 0)
        if 0 <= row < len(self._shown):
            self._known.select(self._shown[row])

    def _remove(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            self._known.remove(self._shown[row])
