"""The selection on the spectrogram: what is outside steps back, and an outline marches around it at every zoom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QTransform

from workbench.control.handling import Handling
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.masks.edits.area import Area
from workbench.masks.pictures.picture import Axis

MARCH_MS = 130
DASH = 4
DIM = 105
"""Opacity of the shade over what is not selected, 0 … 255."""


class AreaOverlay(QObject):
    """Draws the selected area."""

    changed = Signal()

    def __init__(self, selection: Selection, handling: Handling, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection, self._handling, self._plane = selection, handling, plane
        self._image: QImage | None = None
        self._of: tuple[Area, tuple[Axis, Axis]] | None = None
        self._border: tuple[NDArray[np.intp], NDArray[np.intp]] = (np.zeros(0, np.intp), np.zeros(0, np.intp))
        self._phase = 0
        self._timer = QTimer(self, interval=MARCH_MS)
        self._timer.timeout.connect(self._march)
        selection.area_changed.connect(self._area_changed)
        handling.changed.connect(self.changed)

    def _area_changed(self) -> None:
        self._of = None
        if self._selection.area is None:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self.changed.emit()

    def _march(self) -> None:
        self._phase = (self._phase + 1) % (2 * DASH)
        self._draw_border()
        self.changed.emit()

    def paint(self, painter: QPainter) -> None:
        """Draw the area over the picture."""
        area, axes = self._selection.area, self._plane.axes
        if area is None:
            return
        if self._of is None or self._of[0] is not area or self._of[1] is not axes:
            self._lay_out(area, axes)
        way = self._handling.way
        if self._image is not None and way is None:
            painter.drawImage(self._plane.canvas.topLeft(), self._image)
        elif self._image is not None and way is not None:
            self._paint_on_its_way(painter, way)

    def _paint_on_its_way(self, painter: QPainter, way: NDArray[np.float64]) -> None:
        """The outline as it is in the view, taken to where the hand has it: the same work for any area."""
        assert self._image is not None
        outline = QImage(self._image.size(), QImage.Format.Format_ARGB32_Premultiplied)
        outline.setDevicePixelRatio(self._plane.pixel_ratio)
        outline.fill(0)
        pixels, (ys, xs) = _pixels_of(outline), self._border
        pixels[ys, xs] = _pixels_of(self._image)[ys, xs]
        painter.save()
        painter.setTransform(QTransform(*way.T.ravel().tolist()), True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._plane.canvas.topLeft(), outline)
        painter.restore()

    def _lay_out(self, area: Area, axes: tuple[Axis, Axis]) -> None:
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
        self._image.setDevicePixelRatio(self._plane.pixel_ratio)
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[..., 3] = (255 - held.astype(np.uint16)) * DIM // 255
        _pixels_of(self._image)[:] = pixels
        ys, xs = np.nonzero(border)
        self._border = ys, xs
        self._of = area, axes
        self._draw_border()

    def _draw_border(self) -> None:
        if self._image is None:
            return
        ys, xs = self._border
        light = ((xs + ys + self._phase) // DASH % 2).astype(np.uint8) * np.uint8(255)
        buffer = _pixels_of(self._image)
        buffer[ys, xs, :3] = light[:, None]
        buffer[ys, xs, 3] = 255


def _pixels_of(image: QImage) -> NDArray[np.uint8]:
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), image.width(), 4)
