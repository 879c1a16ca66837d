"""A small map of the components: those whose templates are alike stand near each other."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.control.highlight import Highlight
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.masks.insight.grouping import timbre_distances
from workbench.masks.insight.likeness import embedding, mirrored_towards
from workbench.masks.model.layers import Layer
from workbench.masks.model.models import Factors
from workbench.ui.base import theme
from workbench.ui.base.controls import named
from workbench.ui.base.guard import guarded

LATER_MS = 200
"""While a factorisation goes on the map follows it so often."""
MARGIN = 16
MOST_STRETCH = 2.0
SMALLEST, LARGEST = 3.5, 9.0
"""Radii of dots in pixels; the area of a dot tells how loud its component is."""
REACH = 6.0
"""Pixels beside a dot that still mean it."""
WAYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}

Points = NDArray[np.float64]


@guarded
class ComponentMap(QWidget):
    """Dots in the colours of layers. A click selects, a drag picks all within."""

    def __init__(self, document: Document, selection: Selection, highlight: Highlight) -> None:
        super().__init__()
        self._document, self._selection, self._highlight = document, selection, highlight
        named(
            self,
            "componentMap",
            self.tr("Map of the components"),
            self.tr(
                "Components whose templates are alike stand near each other; larger dots are louder. Click one to "
                "select its layer (Ctrl adds), drag around several to select them all; the arrow keys go on."
            ),
        )
        self.setMinimumSize(60, 60)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._points: Points = np.zeros((0, 2))
        self._share: Points = np.zeros(0)
        self._shown: Factors | None = None
        self._band: tuple[QPointF, QPointF] | None = None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._follow)
        self._stale = False
        document.opened.connect(self._opened)
        document.factors_changed.connect(self._wait)
        for signal in (document.layers_changed, selection.layer_changed, highlight.changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 132)

    # -- where the dots are --------------------------------------------------------------------------

    def _opened(self) -> None:
        self._points = np.zeros((0, 2))
        self._place()

    def _wait(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _follow(self) -> None:
        # Behind another tab nobody sees it; it is painted when it comes forward.
        self._stale = self.visibleRegion().isEmpty()
        if not self._stale:
            self._place()

    def _place(self) -> None:
        """Put the dots in their places, as far as they were in others."""
        run, recording = self._document.run, self._document.recording
        factors = run.factors if run is not None and isinstance(run.factors, Factors) else None
        if factors is self._shown:
            return
        self._shown = factors
        before = self._points
        if factors is None or recording is None:
            self._points, self._share = np.zeros((0, 2)), np.zeros(0)
        else:
            spectra = np.asarray(factors.spectra.T, np.float64) ** 2
            bins = np.arange(spectra.shape[1], dtype=np.float64)
            hz = self._document.state.analysis.hz_of(bins, recording.rate)
            # Of the roots: else one component unlike all others leaves the rest no room.
            self._points = embedding(np.sqrt(timbre_distances(spectra, hz)))
            if len(before) == len(self._points):
                self._points = mirrored_towards(self._points, before)
            energy = spectra.sum(axis=1) * np.einsum("kn,kn->k", factors.H, factors.H)
            self._share = energy / max(float(energy.max(initial=0.0)), 1e-30)
        self.update()

    def dots(self) -> list[tuple[QPointF, float, int, Layer]]:
        """Place, radius, component and layer of every dot, the largest first."""
        if not len(self._points):
            return []
        low, high = self._points.min(axis=0), self._points.max(axis=0)
        room = np.array([self.width(), self.height()]) - 2 * MARGIN
        # Distances are those between templates, but for a stretch that lets the map fill a long pane.
        scales = room / np.maximum(high - low, 1e-9)
        scale = np.minimum(scales, MOST_STRETCH * scales.min())
        middle = np.array([self.width(), self.height()]) / 2
        at = middle + (self._points - (low + high) / 2) * scale * np.array([1.0, -1.0])
        owners = self._document.owners
        radius = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(self._share)
        order = np.argsort(-self._share, kind="stable")
        return [(QPointF(*at[c]), float(radius[c]), int(c), owners[int(c)]) for c in order if int(c) in owners]

    def _dot_at(self, place: QPointF) -> tuple[QPointF, float, int, Layer] | None:
        """The dot under a place: the nearest of those that reach it."""
        near = [(_distance(dot[0], place), dot) for dot in self.dots()]
        within = [(far, dot) for far, dot in near if far <= dot[1] + REACH]
        return min(within, key=lambda each: each[0])[1] if within else None

    # -- by hand -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        dot = self._dot_at(event.position())
        if dot is not None:
            self._selection.select(dot[3].id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            self._band = event.position(), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._band is not None:
            self._band = self._band[0], event.position()
            self.update()
            return
        dot = self._dot_at(event.position())
        self._highlight.show(0 if dot is None else dot[3].id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._band is None:
            return
        around, self._band = QRectF(*self._band).normalized(), None
        inside = [layer.id for at, _, _, layer in self.dots() if around.contains(at)]
        add = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        for place, layer in enumerate(dict.fromkeys(inside)):
            self._selection.select(layer, add or place > 0)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._highlight.show(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = WAYS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        dots = self.dots()
        own = next((at for at, _, _, layer in dots if layer.id == self._selection.layer), None)
        if own is None:
            if dots:
                self._selection.select(dots[0][3].id)
            return
        # What lies in that direction rather than beside it; the nearest of it.
        ahead = [
            (_distance(at, own), layer.id)
            for at, _, _, layer in dots
            if layer.id != self._selection.layer and QPointF.dotProduct(at - own, way) > 0.5 * _distance(at, own)
        ]
        if ahead:
            self._selection.select(min(ahead)[1], bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            dot = self._dot_at(QPointF(event.pos()))
            if dot is not None:
                text = self.tr("Component {0}, layer “{1}”").format(dot[2] + 1, dot[3].name)
                QToolTip.showText(event.globalPos(), f"<b>{html.escape(text)}</b><br>{self.toolTip()}", self)
                return True
        return super().event(event)

    # -- painting ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale:
            self._wait()
        painter, t = QPainter(self), theme.current()
        painter.fillRect(self.rect(), QColor(t.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dots = self.dots()
        if not dots:
            painter.setPen(QColor(t.dim))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            text = self.tr("The components appear here: what sounds alike stands together.")
            painter.drawText(QRectF(self.rect()).adjusted(10, 10, -10, -10), flags, text)
            return
        picked = self._selection.picked
        for at, radius, _, layer in dots:
            lit, chosen = layer.id == self._highlight.layer, layer.id in picked
            if lit or chosen:
                painter.setPen(QPen(QColor(t.text if chosen else t.dim), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, radius + 3, radius + 3)
            painter.setPen(QPen(QColor(t.panel), 1))
            painter.setBrush(QColor(layer.colour).lighter(125) if lit else QColor(layer.colour))
            painter.drawEllipse(at, radius, radius)
        self._paint_labels(painter, dots)
        if self._band is not None:
            accent = QColor(t.accent)
            painter.setPen(QPen(accent, 1))
            accent.setAlpha(40)
            painter.setBrush(accent)
            painter.drawRect(QRectF(*self._band).normalized())

    def _paint_labels(self, painter: QPainter, dots: list[tuple[QPointF, float, int, Layer]]) -> None:
        """Numbers, or names that the user gave, wherever they are in nobody's way; those of what is chosen first."""
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        metrics, t = painter.fontMetrics(), theme.current()
        wanted = (self._highlight.layer, self._selection.layer)
        taken = [QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r) for at, r, _, _ in dots]
        for at, radius, component, layer in sorted(dots, key=lambda dot: dot[3].id not in wanted):
            text = str(component + 1) if layer.automatic else layer.name
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 80)
            size = QSize(metrics.horizontalAdvance(text), metrics.height())
            for left in (at.x() + radius + 3, at.x() - radius - 3 - size.width()):
                place = QRectF(left, at.y() - size.height() / 2, size.width(), size.height())
                if QRectF(self.rect()).contains(place) and not any(place.intersects(each) for each in taken):
                    taken.append(place)
                    painter.setPen(QColor(t.text if layer.id in wanted else t.dim))
                    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
                    break


def _distance(a: QPointF, b: QPointF) -> float:
    return float(np.hypot(a.x() - b.x(), a.y() - b.y()))
