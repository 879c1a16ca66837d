"""A pane of curves, one a component: what templates and activations have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.control.factor_strokes import FactorStrokes
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Surroundings:
    """What a pane of curves shows, and what it stands beside.

    Attributes
    ----------
    anchor : QWidget
        Holds the plane's canvas, with which the curves are aligned.
    """

    document: Document
    selection: Selection
    plane: Plane
    viewport: Viewport
    tools: ToolSettings
    anchor: QWidget


@guarded
class CurvePane(QWidget):
    """Curves, one a component, drawn once into a picture and kept until something changes."""

    def __init__(self, around: Surroundings, strokes: FactorStrokes) -> None:
        super().__init__()
        document, selection, plane = around.document, around.selection, around.plane
        self._document, self._selection, self._plane, self._viewport = document, selection, plane, around.viewport
        self._strokes, self._anchor = strokes, around.anchor
        self._picture: QPixmap | None = None
        self._lanes: list[tuple[QRectF, int, int]] = []
        self._stroke_lane = QRectF()
        around.tools.changed.connect(self._show_tool)
        self.setMinimumSize(60, 60)
        for signal in (plane.changed, document.factors_changed, document.layers_changed, selection.layer_changed):
            signal.connect(self.redraw)

    def redraw(self) -> None:
        """Draw anew at the next painting."""
        self._picture = None
        self.update()

    def resizeEvent(self, event: object) -> None:
        self.redraw()

    def moveEvent(self, event: object) -> None:
        self.redraw()

    def curves(self) -> list[tuple[int, Layer]]:
        """(component, its layer), in the order of the stack."""
        return [(c, layer) for layer in self._document.layers for c in layer.components]

    def _ensure_picture(self) -> QPixmap:
        if self._picture is None:
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(theme.current().panel))
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = QFont(self.font())
            font.setPixelSize(10)
            painter.setFont(font)
            factors = self.factors()
            self._lanes = []
            if factors is None:
                self._draw_invitation(painter)
            else:
                self.draw(painter, factors)
            painter.end()
        return self._picture

    def factors(self) -> Factors | None:
        """The present templates and activations, if there are any."""
        run = self._document.run
        return run.factors if run is not None and isinstance(run.factors, Factors) else None

    def _text(self) -> str:
        if self._document.run is None:
            return self.invitation()
        return self.tr("This stack has masks but no templates and activations; the masks are at the right.")

    def _draw_invitation(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.current().dim))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(self.rect()).adjusted(10, 10, -10, -10), flags, self._text())

    def invitation(self) -> str:
        """What to show before any factorisation."""
        raise NotImplementedError

    def draw(self, painter: QPainter, factors: Factors) -> None:
        """Draw the curves."""
        raise NotImplementedError

    def entries(self, at: QPointF, lane: QRectF) -> tuple[int, int, float]:
        """First and last frame or bin under a point, and the value that its height in the lane means."""
        raise NotImplementedError

    # -- drawing by hand -----------------------------------------------------------------------------

    def _show_tool(self) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor if self._strokes.armed else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._strokes.busy:
            return
        for rect, layer, component in self._lanes:
            if rect.contains(event.position()):
                self._selection.select(layer)
                if self._strokes.armed and self._strokes.begin(component):
                    self._stroke_lane = rect
                    self._strokes.draw(*self.entries(event.position(), rect))
                return

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._strokes.busy:
            self._strokes.draw(*self.entries(event.position(), self._stroke_lane))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._strokes.busy:
            self._strokes.end()
            self.redraw()

    def _top_of(self, component: int, values: Float) -> float:
        """What fills a lane: the largest value; during a stroke that at its start, so that the curve stays put."""
        return self._strokes.peak if self._strokes.component == component else max(float(values.max()), 1e-30)

    def _aligned(self) -> bool:
        return self.window() is self._anchor.window()


def curve_colour(colour: str) -> QColor:
    """A layer's colour for a line: darker on a light panel, where yellow would not be seen."""
    shade = QColor(colour)
    return shade.darker(135) if theme.current() is theme.LIGHT else shade
