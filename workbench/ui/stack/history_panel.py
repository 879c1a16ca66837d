"""The history as a list: names, small pictures, a click goes there; and a place of it can be given back."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QPushButton, QVBoxLayout, QWidget

from workbench.control.masks import MaskActs
from workbench.control.selection import Selection
from workbench.control.under_way import UnderWay
from workbench.document.document import Document
from workbench.document.history import Step
from workbench.jobs.runner import Job, Runner
from workbench.masks.edits.edits import common
from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.pictures.picture import Look, Pixels, Show, bgr, brightness
from workbench.masks.pictures.thumbnails import small_picture, thumbnail_lattice
from workbench.masks.stack import Stack
from workbench.spectral.pyramid import LevelPyramid
from workbench.ui.base import theme
from workbench.ui.base.controls import named, plain
from workbench.ui.base.names import literal

PICTURE = QSize(72, 34)
KEY = "history pictures"
"""Of the job."""
REST_MS = 1000
PICTURE_MS = 15
"""Between two pictures, so that the window is never held for long."""


class HistoryPanel(QWidget):
    """All steps that undo and redo can bring back."""

    def __init__(
        self, document: Document, selection: Selection, masks: MaskActs, under_way: UnderWay, runner: Runner
    ) -> None:
        super().__init__()
        self.setObjectName("historyPanel")
        self._document, self._selection, self._masks, self._under_way = document, selection, masks, under_way
        self._runner = runner
        self._pictures: dict[int, tuple[Step, QIcon]] = {}
        self._listed: tuple[Step, ...] = ()
        self._present = -1
        """What the list shows."""
        self._lattice: Lattice | None = None
        self._plane = (0, 0)
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
        self.held = plain()
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
        self._listed = ()

    def _forget_run(self) -> None:
        run = self._document.recorded_state.run
        self._pictures = {row: known for row, known in self._pictures.items() if known[0].state.run != run}
        if self.isVisible():
            self._timer.start()

    def dress(self) -> None:
        """The theme changed."""
        self._listed = ()
        self._show()

    def showEvent(self, event: object) -> None:
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        steps, present = self._document.steps, self._document.step
        # A thousand steps are not looked at again for one more.
        same = common(self._listed, steps)
        self.list.blockSignals(True)
        while self.list.count() > len(steps):
            self.list.takeItem(self.list.count() - 1)
        for row in range(same, len(steps)):
            if row >= self.list.count():
                self.list.addItem(QListWidgetItem())
            item = self.list.item(row)
            text = steps[row].name or self.tr("As it was opened")
            item.setText(text)
            item.setToolTip(literal(text))
            item.setIcon(QIcon())
            self._pictures.pop(row, None)
        for row in {*range(same, len(steps)), *range(*sorted((self._present + 1, present + 1)))}:
            if row < len(steps):
                self.list.item(row).setForeground(theme.text_brush() if row <= present else theme.dim_brush())
        self._listed, self._present = steps, present
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
        """Ask for one picture that is in sight and not yet there; for the next one a moment after it came."""
        steps, document = self._document.steps, self._document
        if document.recording is None or not self.isVisible():
            return
        if self._runner.running(KEY):
            self._timer.start()
            return
        sight = self.list.viewport().rect()
        for row, step in enumerate(steps):
            item = self.list.item(row)
            known = self._pictures.get(row)
            if item is None or (known is not None and known[0] is step):
                continue
            if not self.list.visualItemRect(item).intersects(sight):
                continue
            stack = document.stack_of(step.state)
            if stack is None:
                self._show_picture(row, step, None)
                continue
            work = partial(_picture, document.levels, stack, self._lattice_of(stack))
            self._runner.run("", work, partial(self._show_picture, row, step), key=KEY)
            return

    def _lattice_of(self, stack: Stack) -> Lattice:
        if self._lattice is None or self._plane != (stack.bins, stack.frames):
            self._plane = stack.bins, stack.frames
            self._lattice = thumbnail_lattice(*self._plane, PICTURE.width(), PICTURE.height())
        return self._lattice

    def _show_picture(self, row: int, step: Step, pixels: Pixels | None) -> None:
        steps = self._document.steps
        if row < len(steps) and steps[row] is step and row < self.list.count():
            icon = QIcon()
            if pixels is not None:
                height, width, _ = pixels.shape
                image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
                icon = QIcon(QPixmap.fromImage(image).scaled(PICTURE))
            self._pictures[row] = step, icon
            self.list.item(row).setIcon(icon)
        self._timer.start()


def _picture(levels: LevelPyramid, stack: Stack, lattice: Lattice, job: Job) -> Pixels:
    colours = np.array([bgr(layer.colour) for layer in stack.layers], np.float32)
    look = Look(Show.COLOURS, brightness(-90, -20), colours, np.zeros((256, 3), np.uint8), ())
    return small_picture(levels, stack, look, lattice)
