"""What to export for other programs, and in which format: a few lists to choose from, each choice with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from workbench.ui.base.controls import combo, dim, named, plain


@dataclass(frozen=True)
class Question:
    """A list to choose from.

    Attributes
    ----------
    name : str
        Object name.
    label, tip : str
    answers : tuple of (str, str, str)
        Of each its text, its value and a sentence about it, '' for none.
    """

    name: str
    label: str
    tip: str
    answers: tuple[tuple[str, str, str], ...]


class FormatDialog(QDialog):
    """Asks questions, and then for a file.

    Parameters
    ----------
    name : str
        Object name.
    title, tip : str
    questions : sequence of Question
    chosen : sequence of str
        Values to begin with; what is none of the answers is the first one.
    """

    asked = Signal(object)
    """The values that are chosen, a list of str in the order of the questions."""

    def __init__(
        self, parent: QWidget, name: str, title: str, tip: str, questions: Sequence[Question], chosen: Sequence[str]
    ) -> None:
        super().__init__(parent)
        named(self, name, title, tip)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self._questions = questions
        self.boxes = [
            combo([(text, value) for text, value, _ in each.answers], each.name, each.label, each.tip)
            for each in questions
        ]
        self.hint = plain()
        self.hint.setObjectName(f"{name}Hint")
        self.hint.setProperty("role", "dim")
        self.hint.setWordWrap(True)
        self.go = named(
            QPushButton(self.tr("Export…")), f"{name}Go", self.tr("Export"), self.tr("Choose the file and write it")
        )
        self.go.setDefault(True)
        self.go.setProperty("role", "primary")
        close = named(QPushButton(self.tr("Close")), f"{name}Close", self.tr("Close"), self.tr("Close (Esc)"))
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (each, box) in enumerate(zip(questions, self.boxes, strict=True)):
            grid.addWidget(dim(each.label), row, 0)
            grid.addWidget(box, row, 1)
        buttons = QDialogButtonBox()
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addWidget(self.hint)
        column.addStretch(1)
        column.addWidget(buttons)
        for box, value in zip(self.boxes, chosen, strict=False):
            box.setCurrentIndex(max(0, box.findData(value)))
        for box in self.boxes:
            box.currentIndexChanged.connect(self._explain)
        close.clicked.connect(self.reject)
        self.go.clicked.connect(lambda: self.asked.emit(self.values()))
        self._explain()

    def values(self) -> list[str]:
        """What is chosen."""
        return [str(box.currentData()) for box in self.boxes]

    def _explain(self) -> None:
        sentences = [
            sentence
            for each, value in zip(self._questions, self.values(), strict=True)
            for _, known, sentence in each.answers
            if known == value and sentence
        ]
        self.hint.setText(" ".join(sentences))
        # As high as the longest needs: the dialog does not jump under the pointer.
        metrics = self.hint.fontMetrics()
        self.hint.setMinimumHeight(3 * metrics.lineSpacing())
