"""Work that a program left behind which ended early, offered again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.document.journal.recovery import Left
from workbench.ui.base.controls import dim, fit, named, plain
from workbench.ui.base.moments import moment
from workbench.ui.base.names import short
from workbench.ui.base.questions import question

PICTURE = QSize(192, 108)
MOST_LETTERS = 44


class RecoveryDialog(QDialog):
    """Lists it; what is neither taken up nor discarded is offered again at the next start."""

    wanted = Signal(object)
    """A Left that is to be taken up."""

    def __init__(self, parent: QWidget, left: Sequence[Left]) -> None:
        super().__init__(parent)
        named(self, "recoveryDialog", self.tr("Unsaved work"), self.tr("Work that was not saved, to be taken up again"))
        self.setWindowTitle(self.tr("Unsaved work"))
        title = plain(self.tr("The program ended before this was saved"))
        title.setProperty("role", "title")
        text = dim(self.tr("All of it is here, up to the last thing that was finished. What you leave here stays."))
        text.setWordWrap(True)
        self.list = named(
            QListWidget(),
            "leftWork",
            self.tr("Unsaved work"),
            self.tr("Return or a double-click takes it up, Delete discards it"),
        )
        self.list.setIconSize(PICTURE)
        self.list.setSpacing(4)
        self.recover = self._button(self.tr("Take it up"), "recover", self.tr("Open it as it was (Return)"))
        self.recover.setDefault(True)
        self.discard = self._button(self.tr("Discard…"), "discardLeft", self.tr("Let go of it for good (Delete)"))
        self.later = self._button(self.tr("Later"), "later", self.tr("Offer it again at the next start (Esc)"))
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(title)
        column.addWidget(text)
        column.addWidget(self.list, 1)
        row.setSpacing(8)
        row.addWidget(self.discard)
        row.addStretch(1)
        row.addWidget(self.later)
        row.addWidget(self.recover)
        column.addLayout(row)
        self._left: list[Left] = []
        self.recover.clicked.connect(self._take)
        self.discard.clicked.connect(self._ask)
        self.later.clicked.connect(self.reject)
        self.list.itemActivated.connect(lambda _: self._take())
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.finished.connect(self._release)
        self.show_left(left)
        fit(self, 620, 420)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        return named(QPushButton(text), name, text.replace("…", ""), tip)

    def show_left(self, left: Sequence[Left]) -> None:
        """Show what there is."""
        self._left = list(left)
        self.list.clear()
        for each in self._left:
            picture = QPixmap() if each.picture is None else QPixmap(str(each.picture))
            if picture.isNull():
                picture = QPixmap(PICTURE)
                picture.fill(Qt.GlobalColor.black)
            acts = self.tr("1 act") if each.acts == 1 else self.tr("{0} acts").format(each.acts)
            last = self.tr(", the last: {0}").format(short(each.last, MOST_LETTERS)) if each.last else ""
            text = f"{short(each.name, MOST_LETTERS)}\n{moment(each.time)}\n{acts}{last}"
            icon = QIcon(picture)
            # As it is also where it is chosen: its colours say what it is.
            icon.addPixmap(picture, QIcon.Mode.Selected)
            item = QListWidgetItem(icon, text)
            item.setSizeHint(QSize(0, PICTURE.height() + 12))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._enable()

    @property
    def _present(self) -> Left | None:
        row = self.list.currentRow()
        return self._left[row] if 0 <= row < len(self._left) else None

    def _enable(self) -> None:
        for button in (self.recover, self.discard):
            button.setEnabled(self._present is not None)

    def keyPressEvent(self, event: object) -> None:
        """Delete discards."""
        if event.key() == Qt.Key.Key_Delete and self._present is not None:  # type: ignore[attr-defined]
            self._ask()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]

    def _take(self) -> None:
        left = self._present
        if left is not None:
            # It is released with the others: whoever takes it up holds it again.
            self.accept()
            self.wanted.emit(left)

    def _release(self) -> None:
        """What is neither taken up nor discarded is for the next start, or for another window."""
        for each in self._left:
            each.release()

    def _ask(self) -> None:
        left = self._present
        if left is None:
            return
        text = self.tr("Discard the unsaved work on “{0}” of {1} for good?")
        text = text.format(short(left.name, MOST_LETTERS), moment(left.time))
        box = question(self, "discardBox", self.tr("Discard"), self.tr("Discard unsaved work?"), text)
        discard = box.addButton(QMessageBox.StandardButton.Discard)
        # What destroys is not what a hasty Return does.
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(lambda: self._discard(left) if box.clickedButton() is discard else None)
        box.show()

    def _discard(self, left: Left) -> None:
        left.remove()
        self._left.remove(left)
        if self._left:
            self.show_left(self._left)
        else:
            self.reject()
