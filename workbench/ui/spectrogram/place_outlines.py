"""Outlines of places that are neither boxes nor strokes, as they are: attacks over the whole piece, combs of notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.control.plane import Plane
from workbench.masks.edits.area import Area
from workbench.masks.hand.marks import Mark
from workbench.masks.pictures.outlines import Outlines
from workbench.masks.pictures.picture import Axis

DASH = 4
"""Pixels of a dash of what is denied."""


class PlaceOutlines:
    """Draws the borders of areas at the screen's resolution, all in one image; remembers the one it drew last."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._outlines = Outlines()
        self._last: tuple[tuple[Axis, Axis], list[tuple[Mark, str]], QImage] | None = None

    @property
    def held(self) -> int:
        """Bytes that are remembered."""
        return self._outlines.held + (self._last[2].sizeInBytes() if self._last else 0)

    def paint(self, painter: QPainter, drawn: Sequence[tuple[Mark, str]]) -> None:
        """Draw the places of marks in their colours, the later ones over the others."""
        axes, drawn = self._plane.axes, list(drawn)
        if self._last is None or self._last[0] is not axes or self._last[1] != drawn:
            self._last = axes, drawn, self._image(axes, drawn)
        painter.drawImage(self._plane.canvas.topLeft(), self._last[2])

    def _image(self, axes: tuple[Axis, Axis], drawn: Sequence[tuple[Mark, str]]) -> QImage:
        rows, columns = axes
        # Where a place is smaller, the view is of another window and hop by now.
        seen = [
            (mark.place, mark.denies, QColor(colour).rgb())
            for mark, colour in drawn
            if isinstance(mark.place, Area)
            and rows.edges[-1] <= mark.place.bins
            and columns.edges[-1] <= mark.place.frames
        ]
        if not seen:
            return QImage()
        places, denies, colours = zip(*seen, strict=True)
        which, ys, xs = self._outlines.border(places, rows, columns)
        height, width = len(rows.spread), len(columns.spread)
        ys = height - 1 - ys
        shown = ~np.array(denies)[which] | ((xs + ys) // DASH % 2 == 0)
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        pixels = np.frombuffer(image.bits(), np.uint32).reshape(height, width)
        pixels[ys[shown], xs[shown]] = np.array(colours, np.uint32)[which[shown]]
        image.setDevicePixelRatio(self._plane.pixel_ratio)
        return image
