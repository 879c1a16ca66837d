"""The selection on the spectrogram: what is outside steps back, and an outline marches around it at every zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPainter

from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.edits.areas import Area

if TYPE_CHECKING:
    from workbench.ui.spectrogram.view import SpectrogramView

MARCH_MS = 130
DASH = 4
DIM = 105
"""Opacity of the shade over what is not selected, 0 … 255."""


class AreaOverlay(QObject):
    """Draws the document's selected area."""

    def __init__(self, view: SpectrogramView, document: Document, viewport: Viewport) -> None:
        super().__init__(view)
        self._view, self._document = view, document
        self._image: QImage | None = None
        self._of: tuple[Area, object] | None = None
        self._border: tuple[NDArray[np.intp], NDArray[np.intp]] = (np.zeros(0, np.intp), np.zeros(0, np.intp))
        self._phase = 0
        self._timer = QTimer(self)
        self._timer.setInterval(MARCH_MS)
        self._timer.timeout.connect(self._march)
        document.area_changed.connect(self._changed)
        document.opened.connect(self._changed)

    def _changed(self) -> None:
        self._of = None
        if self._document.area is None:
            self._timer.stop()
        else:
            self._timer.start()
        self._view.update()

    def _march(self) -> None:
        self._phase = (self._phase + 1) % (2 * DASH)
        if self._view.isVisible():
            self._draw_border()
            self._view.update(self._view.canvas)

    def paint(self, painter: QPainter) -> None:
        """Draw the area over the view."""
        area, axes = self._document.area, self._view.axes
        if area is None or axes is None:
            return
        if self._of is None or self._of[0] is not area or self._of[1] is not axes[1]:
            self._lay_out(area)
        if self._image is not None:
            painter.drawImage(self._view.canvas.topLeft(), self._image)

    def _lay_out(self, area: Area) -> None:
        axes = self._view.axes
        assert axes is not None
        rows, columns = axes
        if rows.edges[-1] > area.bins or columns.edges[-1] > area.frames:
            self._image = None
            return
        held = area.pooled(rows.edges, columns.edges)[::-1]
        inside = np.pad(held >= 128, 1, mode="edge")
        core = inside[1:-1, 1:-1]
        border = core & ~(inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:])
        # The pane's own edges close the outline of what goes on beyond them.
        border[0] |= core[0]
        border[-1] |= core[-1]
        border[:, 0] |= core[:, 0]
        border[:, -1] |= core[:, -1]
        height, width = held.shape
        self._image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.setDevicePixelRatio(self._view.devicePixelRatioF())
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[..., 3] = (255 - held.astype(np.uint16)) * DIM // 255
        self._buffer()[:] = pixels
        ys, xs = np.nonzero(border)
        self._border = ys, xs
        self._of = area, columns
        self._draw_border()

    def _buffer(self) -> NDArray[np.uint8]:
        assert self._image is not None
        return np.frombuffer(self._image.bits(), np.uint8).reshape(self._image.height(), self._image.width(), 4)

    def _draw_border(self) -> None:
        if self._image is None:
            return
        ys, xs = self._border
        light = ((xs + ys + self._phase) // DASH % 2).astype(np.uint8) * np.uint8(255)
        buffer = self._buffer()
        buffer[ys, xs, :3] = light[:, None]
        buffer[ys, xs, 3] = 255
