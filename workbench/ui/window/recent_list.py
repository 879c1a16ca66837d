"""Files that were open lately, with their pictures: in the empty window, and in the File menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from workbench.control.recent import Recent
from workbench.ui.base.controls import named
from workbench.ui.base.moments import moment
from workbench.ui.base.names import literal, short
from workbench.ui.window.actions import Actions, Menu

PICTURE = QSize(176, 99)
IN_MENU = 72
"""Pixels across."""
MOST_LETTERS = 24


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("Recent", text)


class RecentList(QListWidget):
    """A card for each file."""

    chosen = Signal(object)
    """Path of a file."""

    def __init__(self, recent: Recent) -> None:
        super().__init__()
        named(self, "recentFiles", tr("Recent files"), tr("Files that were open lately; Return or a click opens one"))
        self._recent = recent
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(PICTURE)
        self.setGridSize(QSize(PICTURE.width() + 18, PICTURE.height() + 50))
        self.setWordWrap(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("#recentFiles { background: transparent; border: none; }")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        recent.changed.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show what there is."""
        self.clear()
        for each in self._recent.files:
            text = f"{short(each.file.name, MOST_LETTERS)}\n{moment(each.time)}"
            item = QListWidgetItem(_icon(self._recent, each.file), text)
            item.setData(Qt.ItemDataRole.UserRole, str(each.file))
            item.setToolTip(literal(str(each.file)))
            self.addItem(item)
        if self.count():
            self.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(Qt.ItemDataRole.UserRole)))


def add_recent_menu(actions: Actions, menu: Menu, recent: Recent, open_file: Callable[[Path], object]) -> None:
    """The menu of recent files, filled when it is opened."""
    inner = menu.menu.addMenu(tr("Open &recent"))
    inner.setObjectName("recentMenu")
    inner.setToolTipsVisible(True)
    inner.setStyleSheet(f"QMenu {{ icon-size: {IN_MENU}px; }}")

    def fill() -> None:
        inner.clear()
        for number, each in enumerate(recent.files, 1):
            name = short(each.file.name, 2 * MOST_LETTERS).replace("&", "&&")
            action = inner.addAction(_icon(recent, each.file), f"&{number % 10}  {name}\t{moment(each.time)}")
            action.setToolTip(literal(str(each.file)))
            action.triggered.connect(lambda _=False, path=each.file: open_file(path))
        if not inner.actions():
            inner.addAction(tr("None yet")).setEnabled(False)
            return
        inner.addSeparator()
        forget = inner.addAction(tr("&Forget all of them"))
        forget.setObjectName("forgetRecent")
        forget.setToolTip(tr("Take them off this list; the files stay"))
        forget.triggered.connect(lambda _=False: recent.forget_all())

    inner.aboutToShow.connect(fill)
    fill()


def _icon(recent: Recent, path: Path) -> QIcon:
    place = recent.picture(path)
    picture = QPixmap() if place is None else QPixmap(str(place))
    if picture.isNull():
        picture = QPixmap(PICTURE)
        picture.fill(Qt.GlobalColor.black)
    icon = QIcon(picture)
    # As it is also where it is chosen: its colours say what it is.
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon
