"""The small pictures of the masks in the rows of the stack."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from workbench.document.document import Document
from workbench.masks.model.grid import Grid, Region
from workbench.masks.pictures.picture import Look, Show, axis_of_cells, bgr, brightness, picture, thumbnail_axes
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_list import LayerList
from workbench.ui.stack.layer_row import LayerRow
from workbench.ui.stack.thumbnail import Thumbnail

THUMBNAIL_MS = 40


class Thumbnails(QObject):
    """Draws what changed, a moment after it changed."""

    def __init__(self, document: Document, rows: LayerList, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._rows = document, rows
        self._stale: Region | None = None
        self._grey: NDArray[np.uint8] = np.zeros((0, 0, 0), np.uint8)
        self.in_colour = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THUMBNAIL_MS)
        self._timer.timeout.connect(self.draw)
        document.masks_changed.connect(self._masks_changed)

    def set_in_colour(self, on: bool) -> None:
        """In colour over the mix, or white 0 to black 1."""
        self.in_colour = on
        self.draw()

    def _masks_changed(self, region: Region | None) -> None:
        if not self._timer.isActive():
            self._timer.start()
            self._stale = region
        elif region is None or self._stale is None:
            self._stale = None
        else:
            self._stale = self._stale.joined(region)

    def draw(self) -> None:
        """Draw what changed since the last time."""
        document, stale = self._document, self._stale
        self._timer.stop()
        self._stale = None
        layers = document.layers
        if document.recording is None or [row.layer.id for row in self._rows.rows] != [layer.id for layer in layers]:
            return
        stack = document.stack
        size = Thumbnail.SIZE
        rows, columns = thumbnail_axes(stack.bins, stack.frames, size.width(), size.height())
        if self.in_colour:
            self._draw_over_the_mix(rows, columns)
            return
        shown = [self._indices(row) for row in self._rows.items]
        shape = len(shown), len(rows), len(columns)
        if stale is None or self._grey.shape != shape:
            self._grey = np.zeros(shape, np.uint8)
            inside = slice(0, len(rows)), slice(0, len(columns))
        else:
            inside = Grid(rows, columns, ()).inside(stale)
        if any(part.stop <= part.start for part in inside):
            return
        weights = np.zeros((len(layers), len(shown)), np.float32)
        for i, indices in enumerate(shown):
            weights[list(indices), i] = 1
        masks = stack.blend(weights, rows[inside[0]], columns[inside[1]])
        self._grey[:, inside[0], inside[1]] = 255.5 - 255 * np.clip(masks, 0, 1)
        for row, shades in zip(self._rows.items, self._grey, strict=True):
            shades = np.ascontiguousarray(shades[::-1])
            height, width = shades.shape
            image = QImage(shades.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
            row.thumbnail.show_image(image)

    def _indices(self, row: LayerRow) -> tuple[int, ...]:
        """The layers whose masks a row shows."""
        layers = self._document.layers
        if isinstance(row, GroupRow):
            return tuple(i for i, layer in enumerate(layers) if layer.group == row.group)
        return tuple(i for i, layer in enumerate(layers) if layer.id == row.layer.id)

    def _draw_over_the_mix(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        document = self._document
        colours = np.array([bgr(layer.colour) for layer in document.layers], np.float32)
        row_axis, column_axis = axis_of_cells(rows, document.stack.bins), axis_of_cells(columns, document.stack.frames)
        for row in self._rows.items:
            look = Look(Show.OVER, brightness(-90, -20), colours, np.zeros((256, 3), np.uint8), self._indices(row))
            pixels = np.ascontiguousarray(picture(document.levels, document.stack, look, row_axis, column_axis)[::-1])
            height, width, _ = pixels.shape
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
            row.thumbnail.show_image(image)
