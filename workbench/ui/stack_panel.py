"""The mask stack: its rows, their order and the acts on layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QPainter,
    QPaintEvent,
)  # fmt: skip
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from workbench.audio.mix import audible
from workbench.document import acts
from workbench.document.document import Document
from workbench.masks.grid import Grid, Region
from workbench.masks.picture import Look, Show, axis_of_cells, bgr, brightness, picture, thumbnail_axes
from workbench.ui import theme
from workbench.ui.controls import combo, dress, icon_button, named
from workbench.ui.editing import Editing
from workbench.ui.guard import guarded
from workbench.ui.layer_row import MIME, LayerRow, Thumbnail

THUMBNAIL_MS = 40


@guarded
class _Rows(QWidget):
    """The column of rows; takes a dropped row at the nearest gap."""

    dropped = Signal(int, int)
    """Layer id, and the gap (0 … number of rows) that it was dropped into."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("layerRows")
        self.setAcceptDrops(True)
        self.rows: list[LayerRow] = []
        self._gap = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 2, 4, 4)
        self._column.setSpacing(3)
        self._column.addStretch(1)

    def fill(self, rows: list[LayerRow]) -> None:
        """Put other rows in place."""
        for old in self.rows:
            self._column.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self.rows = rows
        for index, row in enumerate(rows):
            self._column.insertWidget(index, row)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        y = event.position().y()
        self._gap = sum(1 for row in self.rows if row.geometry().center().y() < y)
        self.update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._gap = -1
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        layer, gap = int(bytes(event.mimeData().data(MIME).data()).decode()), self._gap
        self._gap = -1
        self.update()
        event.acceptProposedAction()
        # The rows may not be rebuilt while the drag that holds one of them is still running.
        QTimer.singleShot(0, lambda: self.dropped.emit(layer, gap))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gap < 0 or not self.rows:
            return
        below = self._gap >= len(self.rows)
        y = self.rows[-1].geometry().bottom() + 2 if below else self.rows[self._gap].geometry().top() - 2
        painter = QPainter(self)
        painter.fillRect(4, y - 1, self.width() - 8, 3, QColor(theme.current().accent))


class StackPanel(QWidget):
    """Rows of the mask stack and the buttons that act on layers."""

    mask_wanted = Signal()
    """Show the selected mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """Place on the screen where the right button went down on a layer."""

    def __init__(self, document: Document, editing: Editing) -> None:
        super().__init__()
        self.setObjectName("stackPanel")
        self._document, self._editing = document, editing
        self._picked: set[int] = set()
        self._stale: Region | None = None
        self._grey: NDArray[np.uint8] = np.zeros((0, 0, 0), np.uint8)
        self.colour_thumbnails = False
        self._rows = _Rows()
        self._rows.dropped.connect(self._drop)
        self.residual = QLabel()
        self.residual.setProperty("role", "dim")
        named(
            self.residual, "residual", self.tr("Residual"),
            self.tr("How far the layers' sum is from the mix, measured on rendered samples at unity gain"),
        )  # fmt: skip
        scroll = self._scroll = QScrollArea()
        scroll.setObjectName("stackScroll")
        scroll.setWidget(self._rows)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._stack_row())
        column.addLayout(self._buttons())
        column.addWidget(scroll, 1)
        column.addWidget(self.residual)
        self.residual.setContentsMargins(8, 0, 8, 6)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THUMBNAIL_MS)
        self._timer.timeout.connect(self._draw_thumbnails)
        document.opened.connect(self._opened)
        document.layers_changed.connect(self._rebuild)
        document.mix_changed.connect(self._show_mix)
        document.selection_changed.connect(self._mark)
        document.masks_changed.connect(self._masks_changed)

    def sizeHint(self) -> QSize:
        return QSize(330, 400)

    def _stack_row(self) -> QHBoxLayout:
        """Which of the document's stacks is the present one."""
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 0)
        row.setSpacing(4)
        self.stacks = combo([], "stackChoice", self.tr("Mask stack"),
                            self.tr("The stack that is seen, heard and edited (Page Up, Page Down)"))  # fmt: skip
        self.stack_menu = icon_button(
            "stacks", "stackMenu", self.tr("Stacks"),
            self.tr("New, duplicate, rename or remove a stack; copy a mask to another"),
        )  # fmt: skip
        row.addWidget(self.stacks, 1)
        row.addWidget(self.stack_menu)
        self.stacks.activated.connect(lambda i: self._document.show_stack(self.stacks.itemData(i)))
        self._document.stacks_changed.connect(self._show_stacks)
        self._show_stacks()
        return row

    def _show_stacks(self) -> None:
        state = self._document.state
        self.stacks.blockSignals(True)
        self.stacks.clear()
        for each in state.stacks:
            self.stacks.addItem(each.name, each.id)
        self.stacks.setCurrentIndex(self.stacks.findData(state.stack))
        self.stacks.blockSignals(False)

    def rename_stack(self) -> None:
        """Type another name for the present stack."""
        if self._document.recording is None:
            return
        dialog = QInputDialog(self.window())
        dialog.setObjectName("renameStackDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Rename the stack"))
        dialog.setLabelText(self.tr("Name of the stack"))
        dialog.setTextValue(self._document.state.stack_name)
        dialog.textValueSelected.connect(
            lambda text: self._editing.rename_stack(text.strip()) if text.strip() else None
        )
        dialog.open()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(4)
        self.new = icon_button("new", "newLayer", self.tr("New layer"), self.tr("New empty layer to paint into (N)"))
        self.merge = icon_button("merge", "mergeLayers", self.tr("Merge layers"),
                                  self.tr("Merge the selected layers: Ctrl+click picks several (Ctrl+E)"))  # fmt: skip
        self.delete = icon_button("delete", "deleteLayer", self.tr("Delete layer"),
                                   self.tr("Delete the layer; the others take what it held (Delete)"))  # fmt: skip
        self.invert = icon_button("invert", "invertMask", self.tr("Invert mask"),
                                   self.tr("Give the layer all that it has not (Ctrl+I)"))  # fmt: skip
        self.binary = icon_button("binary", "makeBinary", self.tr("Make binary"),
                                   self.tr("Give every point to the layer that holds most of it (Ctrl+B)"))  # fmt: skip
        self.new.setText(self.tr("New layer"))
        row.addWidget(self.new)
        row.addStretch(1)
        for button in (self.merge, self.invert, self.binary, self.delete):
            row.addWidget(button)
        self.new.clicked.connect(self.add_layer)
        self.merge.clicked.connect(self.merge_layers)
        self.delete.clicked.connect(self.delete_layer)
        self.invert.clicked.connect(self._editing.invert_mask)
        self.binary.clicked.connect(self._editing.make_binary)
        return row

    # -- rows ----------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[LayerRow]:
        """The rows, in order."""
        return self._rows.rows

    def _opened(self) -> None:
        # Another recording may have the same ids, but other channels.
        self._rows.fill([])
        self._picked.clear()
        self._rebuild()

    def _rebuild(self) -> None:
        layers = self._document.layers
        if [row.layer.id for row in self.rows] != [layer.id for layer in layers]:
            recording = self._document.recording
            trouble = ""
            if recording is not None and recording.channels > 2:
                trouble = self.tr(
                    "Pan is off: with {0} channels a place between two loudspeakers means nothing"
                ).format(recording.channels)
            rows = [LayerRow(layer, i + 1, trouble) for i, layer in enumerate(layers)]
            for row in rows:
                row.picked.connect(self._pick)
                row.changed.connect(self._change)
                row.settled.connect(self._document.seal)
                row.name_taken.connect(self._rename)
                row.mask_wanted.connect(self.mask_wanted)
                row.menu_wanted.connect(self.menu_wanted)
            self._rows.fill(rows)
        self._picked &= {layer.id for layer in layers}
        self._show_mix()
        self._mark()
        self._draw_thumbnails()

    def _show_mix(self) -> None:
        layers = self._document.layers
        for row, layer, heard in zip(self.rows, layers, audible(layers), strict=True):
            row.show_layer(layer)
            row.show_audible(heard)

    def _mark(self) -> None:
        selected = self._document.selected
        for row in self.rows:
            row.mark(row.layer.id == selected, row.layer.id in self._picked)
            if row.layer.id == selected:
                # A row that was just made gets its place when the scroll area has laid out its content.
                QTimer.singleShot(30, self._show_selected)

    def _show_selected(self) -> None:
        index = self._document.selected_index
        if 0 <= index < len(self.rows):
            self._scroll.ensureWidgetVisible(self.rows[index], 0, 4)

    def _masks_changed(self, region: Region | None) -> None:
        if not self._timer.isActive():
            self._timer.start()
            self._stale = region
        elif region is None or self._stale is None:
            self._stale = None
        else:
            self._stale = self._stale.joined(region)

    def _draw_thumbnails(self) -> None:
        """Draw what changed since the last time."""
        document, stale = self._document, self._stale
        self._timer.stop()
        self._stale = None
        if document.recording is None or len(self.rows) != len(document.layers):
            return
        stack = document.stack
        size = Thumbnail.SIZE
        rows, columns = thumbnail_axes(stack.bins, stack.frames, size.width(), size.height())
        if self.colour_thumbnails:
            self._draw_over_the_mix(rows, columns)
            return
        shape = len(self.rows), len(rows), len(columns)
        if stale is None or self._grey.shape != shape:
            self._grey = np.zeros(shape, np.uint8)
            inside = slice(0, len(rows)), slice(0, len(columns))
        else:
            inside = Grid(rows, columns, ()).inside(stale)
        if any(part.stop <= part.start for part in inside):
            return
        masks = stack.blend(np.eye(len(stack.layers), dtype=np.float32), rows[inside[0]], columns[inside[1]])
        self._grey[:, inside[0], inside[1]] = 255.5 - 255 * np.clip(masks, 0, 1)
        for row, shades in zip(self.rows, self._grey, strict=True):
            shades = np.ascontiguousarray(shades[::-1])
            height, width = shades.shape
            image = QImage(shades.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
            row.thumbnail.show_image(image)

    def _draw_over_the_mix(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        document = self._document
        colours = np.array([bgr(layer.colour) for layer in document.layers], np.float32)
        row_axis, column_axis = axis_of_cells(rows, document.stack.bins), axis_of_cells(columns, document.stack.frames)
        for index, row in enumerate(self.rows):
            look = Look(Show.OVER, brightness(-90, -20), colours, np.zeros((256, 3), np.uint8), index)
            pixels = np.ascontiguousarray(picture(document.levels, document.stack, look, row_axis, column_axis)[::-1])
            height, width, _ = pixels.shape
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
            row.thumbnail.show_image(image)

    def set_colour_thumbnails(self, on: bool) -> None:
        """Thumbnails in colour over the mix, or white 0 to black 1."""
        self.colour_thumbnails = on
        self._draw_thumbnails()

    # -- acts ----------------------------------------------------------------------------------------

    def _pick(self, layer: int, add: bool) -> None:
        if add:
            self._picked |= {self._document.selected, layer}
        else:
            self._picked = {layer}
        self._document.select(layer)
        self._mark()

    def _change(self, layer: int, name: str, merge: str, fields: dict[str, object]) -> None:
        self._document.change_layer(name, layer, merge or None, **fields)

    def _rename(self, layer: int, name: str) -> None:
        self._document.change_layer(self.tr("Rename to {0}").format(name), layer, name=name)

    def _drop(self, layer: int, gap: int) -> None:
        index = acts.layer_index(self._document.recorded_state, layer)
        self.move_layer(layer, gap - 1 if gap > index else gap)

    def move_layer(self, layer: int, to: int) -> None:
        """Reorder."""
        state = self._document.recorded_state
        if acts.layer_index(state, layer) != to:
            self._document.act(self.tr("Reorder layers"), acts.move_layer(state, layer, to))

    def nudge(self, by: int) -> None:
        """Move the selected layer up (−1) or down (1)."""
        index = self._document.selected_index
        if 0 <= index + by < len(self._document.layers) and index >= 0:
            self.move_layer(self._document.selected, index + by)

    def select_by(self, by: int) -> None:
        """Select the layer above (−1) or below (1)."""
        index = self._document.selected_index + by
        if 0 <= index < len(self._document.layers):
            self._pick(self._document.layers[index].id, False)

    def rename_selected(self) -> None:
        """Type another name for the selected layer."""
        index = self._document.selected_index
        if index >= 0:
            self.rows[index].rename()

    def toggle_selected(self, field: str) -> None:
        """Press mute, solo or lock of the selected layer."""
        index = self._document.selected_index
        if index >= 0:
            getattr(self.rows[index], field).click()

    def add_layer(self) -> None:
        """A new empty layer."""
        if self._document.recording is None:
            return
        state = self._document.recorded_state
        taken = {layer.name for layer in state.layers}
        name = next(n for i in range(1, 10_000) if (n := self.tr("Layer {0}").format(i)) not in taken)
        new, identity = acts.add_layer(state, name)
        self._document.act(self.tr("New layer"), new)
        self._pick(identity, False)

    def merge_layers(self) -> None:
        """Join the selected layers."""
        picked = [layer.id for layer in self._document.layers if layer.id in self._picked]
        self._editing.do(self.tr("Merge layers"), lambda state: acts.merge_layers(state, picked), None)
        if len(picked) > 1:
            self._pick(picked[0], False)

    def delete_layer(self) -> None:
        """Take the selected layer away."""
        index = self._document.selected_index
        if index >= 0:
            layer = self._document.layers[index]
            name = self.tr("Delete {0}").format(layer.name)
            self._editing.do(name, lambda state: acts.remove_layer(state, layer.id), None)

    def show_residual(self, db: float | None) -> None:
        """The measured residual."""
        self.residual.setText("" if db is None else self.tr("Sum of the layers − mix: {0:.0f} dB").format(db))

    def dress(self) -> None:
        """The theme changed."""
        for button in (self.new, self.merge, self.delete, self.invert, self.binary, self.stack_menu):
            dress(button)
        self._rows.fill([])
        self._rebuild()
