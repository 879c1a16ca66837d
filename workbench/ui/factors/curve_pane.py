"""A pane of curves, one a component: what templates and activations have in common."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from workbench.control.factor_strokes import FactorStrokes
from workbench.control.highlight import Highlight
from workbench.control.holding import Holding
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.strokes import Strokes
from workbench.control.tools import ToolSettings
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.separation.holds import Curve, Hold
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.factors.curve_menu import CurveMenu
from workbench.ui.factors.lanes import Lanes

Float = NDArray[np.float32]
LOCK = 11
"""Side of the lock at a curve that is held, in pixels."""

AFTER_MS = 60
"""From a change of the document until the curves are drawn anew."""
REST = 10
"""And at least so many times what it took to draw them before, as while a run changes them all the time,"""
MOST_MS = 400
"""but no longer than this."""
MOVED_MS = 15
"""From a change of the view until they are drawn for it; until then they are moved with it."""


@dataclass(frozen=True)
class Surroundings:
    """What a pane of curves shows, and what it stands beside.

    Attributes
    ----------
    painting : Strokes
        On the spectrogram.
    anchor : QWidget
        Holds the plane's canvas, with which the curves are aligned.
    """

    document: Document
    selection: Selection
    plane: Plane
    viewport: Viewport
    tools: ToolSettings
    highlight: Highlight
    holding: Holding
    painting: Strokes
    anchor: QWidget


@guarded
class CurvePane(QWidget):
    """Curves, one a component in a lane of its own, drawn once into a picture and kept until something changes.

    Many lanes scroll, so that each can be read. The right button says whether a curve is held.
    """

    CURVE = Curve.ACTIVATION
    """Which curve of a component it shows."""

    def __init__(self, around: Surroundings, strokes: FactorStrokes, lanes: Lanes) -> None:
        super().__init__()
        document, selection, plane = around.document, around.selection, around.plane
        self._document, self._selection, self._plane, self._viewport = document, selection, plane, around.viewport
        self._strokes, self._painting, self._anchor = strokes, around.painting, around.anchor
        self._highlight, self._holding = around.highlight, around.holding
        self._menu = CurveMenu(around.holding, self.CURVE, self)
        self._lay = lanes
        lanes.bar.setParent(self)
        lanes.bar.valueChanged.connect(self._draw_anew)
        self._picture: QPixmap | None = None
        self._drawn_for: tuple[float, ...] = ()
        """The view that the picture shows."""
        self._lanes: list[tuple[QRectF, int, int]] = []
        self._stroke_lane = QRectF()
        self._clicking = False
        around.tools.changed.connect(self._show_tool)
        self.setMinimumSize(60, 60)
        self.setMouseTracking(True)
        # What is told of the document can wait until the masks are on the screen; the plane may not.
        self._later = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._later.timeout.connect(self._draw_in_turn)
        for signal in (document.factors_changed, document.layers_changed, document.known_changed):
            signal.connect(self._draw_soon)
        self._settled = QTimer(self, singleShot=True, interval=MOVED_MS)
        self._settled.timeout.connect(self._draw_for_view)
        plane.changed.connect(self._follow_view)
        selection.layer_changed.connect(self._show_selected)
        around.highlight.changed.connect(self.update)

    def redraw(self) -> None:
        """Draw anew at the next painting."""
        self._fit()
        self._draw_anew()

    def view(self) -> tuple[float, ...]:
        """What of the plane the picture depends on; the first two are the part of its axis that is seen."""
        raise NotImplementedError

    def _follow_view(self) -> None:
        """Another part is seen: for now the picture moves with it, for drawing takes longer than scrolling may."""
        if self._picture is None or self.view()[2:] != self._drawn_for[2:]:
            self.redraw()
        elif self.view() != self._drawn_for:
            self.update()
            if not self._settled.isActive():
                self._settled.start()

    def _draw_for_view(self) -> None:
        """Here, and not at the next painting, which may be one of a further scroll."""
        self.redraw()
        if not self.visibleRegion().isEmpty():
            self._ensure_picture()

    def _draw_soon(self) -> None:
        self._fit()
        if not self._later.isActive():
            self._later.start()

    def _draw_in_turn(self) -> None:
        """Draw anew, but not before a stroke on the spectrogram is done: that follows the hand, while a run goes on."""
        if self._painting.busy:
            self._later.start()
        else:
            self._draw_anew()

    def _fit(self) -> None:
        """Lanes for the curves that there are."""
        factors = self.factors()
        self._lay.fit(*self.stretch(), len(self._curves_of(factors)) if factors is not None else 0)

    def _draw_anew(self) -> None:
        self._picture = None
        self.update()

    def _show_selected(self) -> None:
        """Bring the lanes of the present layer into view."""
        factors = self.factors()
        curves = self._curves_of(factors) if factors is not None else []
        own = [index for index, (_, layer) in enumerate(curves) if layer.id == self._selection.layer]
        # What is clicked stays under the hand.
        if own and not self._clicking:
            self._lay.show(own[0], own[-1])
        self._draw_anew()

    def resizeEvent(self, event: object) -> None:
        self.redraw()

    def moveEvent(self, event: object) -> None:
        self.redraw()

    def _curves_of(self, factors: Factors) -> list[tuple[int, Layer]]:
        """(component, its layer), in the order of the stack."""
        there = factors.components
        return [(c, layer) for c, layer in self._document.owners.items() if c < there]

    def curves_in_view(self, factors: Factors) -> list[tuple[int, Layer, float]]:
        """(component, its layer, pixel at which its lane begins), in the order of the stack."""
        curves = self._curves_of(factors)
        return [(*curves[index], at) for index, at in self._lay.in_view() if index < len(curves)]

    def stretch(self) -> tuple[float, float]:
        """First and last pixel of what the lanes may take."""
        raise NotImplementedError

    def lanes_area(self) -> QRectF:
        """Where the lanes are seen; what is scrolled out of it is not."""
        raise NotImplementedError

    def _ensure_picture(self) -> QPixmap:
        if self._picture is None:
            begin, ratio = perf_counter(), self.devicePixelRatioF()
            self._settled.stop()
            self._drawn_for = self.view()
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
            self._later.setInterval(min(max(AFTER_MS, round(1000 * REST * (perf_counter() - begin))), MOST_MS))
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

    def _lane_at(self, place: QPointF) -> tuple[QRectF, int, int] | None:
        """Lane, layer and component under a place."""
        if not self.lanes_area().contains(place):
            return None
        return next((each for each in self._lanes if each[0].contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._strokes.busy:
            return
        found = self._lane_at(event.position())
        if found is not None:
            rect, layer, component = found
            self._clicking = True
            self._selection.select(layer)
            self._clicking = False
            if self._strokes.armed and self._strokes.begin(component):
                self._stroke_lane = rect
                self._strokes.draw(*self.entries(event.position(), rect))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._strokes.busy:
            self._strokes.draw(*self.entries(event.position(), self._stroke_lane))
        else:
            found = self._lane_at(event.position())
            self._highlight.show(0 if found is None else found[1])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._strokes.busy:
            return
        place = QPointF(event.pos())
        found = self._lane_at(place)
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            # The menu key asks for the present layer.
            found = next((each for each in self._lanes if each[1] == self._selection.layer), None)
            place = place if found is None else found[0].center()
        if found is not None:
            self._clicking = True
            self._selection.select(found[1])
            self._clicking = False
            self._menu.open_at(self.mapToGlobal(place.toPoint()), found[2], partial(self.add_to_menu, found[1], place))

    def add_to_menu(self, layer: int, place: QPointF, menu: QMenu) -> None:
        """Entries that the pane adds to the menu of a curve."""

    def _pen(self, colour: QColor, current: bool, held: Hold | None) -> QPen:
        """For a curve; thicker where it is held."""
        return QPen(colour, (1.6 if current else 1.0) + (1.2 if held is not None else 0.0))

    def _draw_hold(self, painter: QPainter, held: Hold | None, right: float, top: float) -> None:
        """A lock at a lane's upper right corner, with the weight where it is not all."""
        if held is None:
            return
        side = LOCK
        theme.icon("lock", theme.current().text).paint(painter, int(right - side), int(top), side, side)
        if held.weight < 1:
            painter.setPen(QColor(theme.current().text))
            text = f"{100 * held.weight:.0f} %"
            place = QRectF(right - side - 42, top, 40, side)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)

    def leaveEvent(self, event: QEvent) -> None:
        self._highlight.show(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._lay.bar.isVisible() and not self._strokes.busy:
            turned = event.angleDelta()
            self._lay.scroll(-(turned.y() or turned.x()) * self._lay.size / 120)
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._lane_at(QPointF(event.pos()))
            if found is not None:
                QToolTip.showText(event.globalPos(), self._told_of(found[1], found[2]) + self.toolTip(), self)
                return True
        return super().event(event)

    def _told_of(self, layer: int, component: int) -> str:
        name = next((each.name for each in self._document.layers if each.id == layer), "")
        text = self.tr("Component {0}, layer “{1}”").format(component + 1, name)
        held = self._holding.held(component, self.CURVE)
        if held is not None:
            text += self.tr(", held") if held.weight == 1 else self.tr(", held to {0:.0f} %").format(100 * held.weight)
        return f"<b>{html.escape(text)}</b><br>"

    def paint_highlight(self, painter: QPainter) -> None:
        """Light up the lanes of the layer that is pointed at."""
        painter.setClipRect(self.lanes_area())
        for rect, layer, _ in self._lanes:
            if layer == self._highlight.layer:
                colour = QColor(theme.current().text)
                colour.setAlpha(36)
                painter.fillRect(rect, colour)
        painter.setClipping(False)

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
