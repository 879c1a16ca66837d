"""The history as a list: names, small pictures, a click goes there; and a place of it can be given back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.control.masks import MaskActs
from workbench.control.selection import Selection
from workbench.control.under_way import UnderWay
from workbench.document.document import Document
from workbench.document.history import Step
from workbench.masks.pictures.picture import Look, Show, axis_of_cells, bgr, brightness, picture, thumbnail_axes
from workbench.ui.base import theme
from workbench.ui.base.controls import named

PICTURE = QSize(72, 34)
REST_MS = 1000
PICTURE_MS = 15
"""Between two pictures, so that the window is never held for long."""


class HistoryPanel(QWidget):
    """All steps that undo and redo can bring back."""

    def __init__(self, document: Document, selection: Selection, masks: MaskActs, under_way: UnderWay) -> None:
        super().__init__()
        self.setObjectName("historyPanel")
        self._document, self._selection, self._masks, self._under_way = document, selection, masks, under_way
        self._pictures: dict[int, tuple[Step, QIcon]] = {}
        self.list = named(
            QListWidget(),
            "historySteps",
            self.tr("History"),
            self.tr(
                "Everything that was done: click a step to go there; the right button, or the arrow keys, mark one "
                "without going"
            ),
        )
        self.list.setIconSize(PICTURE)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.recall = named(
            QPushButton(self.tr("Give the selection back as it was here")),
            "historyRecall",
            self.tr("Give the selection back"),
            self.tr("In what is selected of time and frequency the masks become those after the marked step"),
        )
        self.held = QLabel()
        self.held.setProperty("role", "dim")
        named(
            self.held,
            "historySize",
            self.tr("Size of the history"),
            self.tr("Memory that the steps hold; the oldest go when it is more than the limit"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 6)
        column.addWidget(self.list, 1)
        column.addWidget(self.recall)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 0, 4, 0)
        foot.addWidget(self.held)
        column.addLayout(foot)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PICTURE_MS)
        self._timer.timeout.connect(self._draw_one)
        self.list.itemClicked.connect(lambda item: under_way.go_to(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: under_way.go_to(self.list.row(item)))
        self.list.verticalScrollBar().valueChanged.connect(self._timer.start)
        self.list.currentRowChanged.connect(self._marked)
        self.recall.clicked.connect(lambda: masks.recall(self.list.currentRow()))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        # A run goes on changing what its step shows; its picture is drawn again when that has come to rest.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._forget_run)
        document.factors_changed.connect(self._rest.start)
        document.history_changed.connect(self._show)
        selection.area_changed.connect(self._marked)
        document.opened.connect(self._forget_pictures)

    def _forget_pictures(self) -> None:
        self._pictures.clear()

    def _forget_run(self) -> None:
        run = self._document.recorded_state.run
        self._pictures = {row: known for row, known in self._pictures.items() if known[0].state.run != run}
        if self.isVisible():
            self._timer.start()

    def dress(self) -> None:
        """The theme changed."""
        self._show()

    def showEvent(self, event: object) -> None:
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        steps, present = self._document.steps, self._document.step
        self.list.blockSignals(True)
        while self.list.count() > len(steps):
            self.list.takeItem(self.list.count() - 1)
        for row, step in enumerate(steps):
            if row >= self.list.count():
                self.list.addItem(QListWidgetItem())
            item = self.list.item(row)
            text = step.name or self.tr("As it was opened")
            if item.text() != text:
                item.setText(text)
                item.setToolTip(text)
            known = self._pictures.get(row)
            if known is None or known[0] is not step:
                item.setIcon(QIcon())
            item.setForeground(theme.text_brush() if row <= present else theme.dim_brush())
        self._pictures = {
            row: known for row, known in self._pictures.items() if row < len(steps) and known[0] is steps[row]
        }
        self.list.setCurrentRow(present)
        self.list.scrollToItem(self.list.item(present))
        self.list.blockSignals(False)
        megabytes = self._document.history_bytes / 2**20
        text = self.tr("1 step, {1:.1f} MB") if len(steps) == 2 else self.tr("{0} steps, {1:.1f} MB")
        self.held.setText(text.format(len(steps) - 1, megabytes))
        self._marked()
        self._timer.start()

    def _marked(self) -> None:
        self.recall.setEnabled(
            self._selection.area is not None
            and 0 <= self.list.currentRow() < len(self._document.steps)
            and self.list.currentRow() != self._document.step
        )

    def _menu(self, place: QPoint) -> None:
        """The right button marks a step without going there."""
        item = self.list.itemAt(place)
        if item is None:
            return
        row = self.list.row(item)
        self.list.setCurrentRow(row)
        menu = QMenu(self)
        menu.setObjectName("historyMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Go here"), lambda: self._under_way.go_to(row))
        back = menu.addAction(self.recall.text(), lambda: self._masks.recall(row))
        back.setEnabled(self.recall.isEnabled())
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _draw_one(self) -> None:
        """Draw one picture that is in sight and not yet there; the next one a moment later."""
        steps, document = self._document.steps, self._document
        if document.recording is None or not self.isVisible():
            return
        sight = self.list.viewport().rect()
        for row, step in enumerate(steps):
            item = self.list.item(row)
            known = self._pictures.get(row)
            if item is None or (known is not None and known[0] is step):
                continue
            if not self.list.visualItemRect(item).intersects(sight):
                continue
            icon = self._picture(row, step)
            self._pictures[row] = step, icon
            item.setIcon(icon)
            self._timer.start()
            return

    def _picture(self, row: int, step: Step) -> QIcon:
        document = self._document
        stack = document.stack_of(step.state)
        if stack is None:
            return QIcon()
        rows, columns = thumbnail_axes(stack.bins, stack.frames, PICTURE.width(), PICTURE.height())
        colours = np.array([bgr(layer.colour) for layer in stack.layers], np.float32)
        look = Look(Show.COLOURS, brightness(-90, -20), colours, np.zeros((256, 3), np.uint8), ())
        pixels = picture(
            document.levels, stack, look, axis_of_cells(rows, stack.bins), axis_of_cells(columns, stack.frames)
        )
        pixels = np.ascontiguousarray(pixels[::-1])
        height, width, _ = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        return QIcon(QPixmap.fromImage(image).scaled(PICTURE))
