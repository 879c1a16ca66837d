"""Outlines of places that are neither boxes nor strokes, as they are: attacks over the whole piece, combs of notes."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.control.plane import Plane
from workbench.masks.edits.area import Area
from workbench.masks.hand.marks import Mark
from workbench.masks.pictures.picture import Axis

DASH = 4
"""Pixels of a dash of what is denied."""


class PlaceOutlines:
    """Draws the border of an area at the screen's resolution; remembers what it drew for the view."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._axes: tuple[Axis, Axis] | None = None
        self._drawn: dict[int, tuple[Mark, str, QImage]] = {}

    def paint(self, painter: QPainter, mark: Mark, colour: str) -> None:
        """Draw the place of a mark in a colour."""
        axes = self._plane.axes
        if self._axes is not axes:
            self._axes, self._drawn = axes, {}
        known = self._drawn.get(mark.id)
        if known is None or known[0] is not mark or known[1] != colour:
            if not isinstance(mark.place, Area):
                return
            known = self._drawn[mark.id] = mark, colour, self._image(mark.place, axes, colour, mark.denies)
        painter.drawImage(self._plane.canvas.topLeft(), known[2])

    def _image(self, area: Area, axes: tuple[Axis, Axis], colour: str, dashed: bool) -> QImage:
        rows, columns = axes
        if rows.edges[-1] > area.bins or columns.edges[-1] > area.frames:
            # The view is of another window and hop by now.
            return QImage()
        held = np.pad(area.pooled(rows.edges, columns.edges)[::-1] >= 128, 1, mode="edge")
        core = held[1:-1, 1:-1]
        border = core & ~(held[:-2, 1:-1] & held[2:, 1:-1] & held[1:-1, :-2] & held[1:-1, 2:])
        ys, xs = np.nonzero(border)
        if dashed:
            shown = (xs + ys) // DASH % 2 == 0
            ys, xs = ys[shown], xs[shown]
        shade = QColor(colour)
        pixels = np.zeros((*core.shape, 4), np.uint8)
        pixels[ys, xs] = (shade.blue(), shade.green(), shade.red(), 255)
        height, width = core.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        # A copy of its own: the array goes.
        image = image.copy()
        image.setDevicePixelRatio(self._plane.pixel_ratio)
        return image
