"""Markers and regions in a lane above the spectrogram: gone to, moved, named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.control.markers import Markers
from workbench.control.plane import Plane
from workbench.control.viewport import Viewport
from workbench.document.state import Marker
from workbench.spectral.axes import clock
from workbench.ui.base import theme
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import literal
from workbench.ui.spectrogram.hand import Hand
from workbench.ui.spectrogram.marker_menu import MarkerMenu
from workbench.ui.spectrogram.marker_name import MarkerName
from workbench.ui.spectrogram.marker_places import FLAG, GAP, LEAST_TEXT, Item, items_in, spans_of

HEIGHT = 20
GRIP = 5
"""Pixels on either side of an edge at which the hand takes hold of it."""
SLACK = 3
"""Pixels that a hand may tremble before it drags."""
NAME_WIDTH = 140
"""Of the field in which a name is typed, at least."""
KEYS = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete
"""The lane's own."""


class Grip(Enum):
    """What the hand has hold of."""

    WHOLE = auto()
    BEGIN = auto()
    END = auto()


@dataclass
class Held:
    """What the hand went down on, and where."""

    marker: Marker
    grip: Grip
    x: float
    begin: float
    end: float
    moves: bool = False


@guarded
class MarkerLane(QWidget):
    """Shares the spectrogram's time. It is there when there are markers."""

    def __init__(self, markers: Markers, viewport: Viewport, plane: Plane, hand: Hand) -> None:
        super().__init__()
        self.setObjectName("markerLane")
        self.setAccessibleName(self.tr("Markers"))
        self._tip = self.tr(
            "Click goes there and selects a region, dragging moves it or its edges, double-click names it; with the "
            "keys: ← → choose, Return goes there, F2 names, Delete removes"
        )
        self.setAccessibleDescription(self._tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._markers, self._viewport, self._plane, self._hand = markers, viewport, plane, hand
        self._menu = MarkerMenu(self, markers)
        self._held: Held | None = None
        self._pressed: Marker | None = None
        """What a double-click began on: by its end the view may be another."""
        self._field: tuple[MarkerName, Marker] | None = None
        self._shown = True
        self._spans = spans_of(())
        self._items: list[Item] | None = None
        plane.changed.connect(self._moved)
        markers.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        return QSize(800, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def _follow(self) -> None:
        entries = self._markers.entries
        self.setVisible(bool(entries) and self._shown)
        self._spans = spans_of(entries)
        if self._field is not None and self._field[1] not in entries:
            self._leave()
        self._moved()

    def set_shown(self, shown: bool) -> None:
        """Whether it may be seen, where there are markers."""
        self._shown = shown
        self._follow()

    def _moved(self) -> None:
        self._items = None
        if self._field is not None:
            self._place(*self._field)
        self.update()

    # -- where they are --------------------------------------------------------------------------------

    def items(self) -> list[Item]:
        """Those in sight, from left to right."""
        if self._items is None:
            c, v, markers = self._plane.canvas, self._viewport, self._markers
            pixels = c.left() + (self._spans - v.start) / v.span * c.width()
            edges = float(c.left()), float(c.right())
            metrics = self.fontMetrics()

            def width_of(name: str) -> float:
                # Letters that lean out of their box are cut where it is as wide as they are.
                return metrics.horizontalAdvance(name) + SLACK

            self._items = items_in(markers.entries, pixels, *edges, markers.chosen, width_of)
        return self._items

    def _at(self, x: float) -> tuple[Marker, Grip] | None:
        """What is at a pixel, the shortest where several are, and how it is held there."""
        items = sorted(self.items(), key=lambda item: item.right - item.left)
        for item in items:
            if not item.left - GRIP <= x <= item.right + (GRIP if item.marker.is_region else 0):
                continue
            if item.marker.is_region and item.right - item.left > 3 * GRIP:
                if abs(x - item.left) <= GRIP:
                    return item.marker, Grip.BEGIN
                if abs(x - item.right) <= GRIP:
                    return item.marker, Grip.END
            return item.marker, Grip.WHOLE
        return None

    # -- painting --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t, c = QPainter(self), theme.current(), self._plane.canvas
        painter.fillRect(event.rect(), QColor(t.panel))
        painter.setClipRect(QRectF(c.left() - FLAG, 0, c.width() + 2 * FLAG, self.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self._markers.chosen
        for item in self.items():
            self._paint(painter, item, item.marker is chosen)

    def _paint(self, painter: QPainter, item: Item, chosen: bool) -> None:
        t, colour = theme.current(), QColor(theme.current().solo)
        bottom, left = self.height() - 1.0, max(item.left, self._plane.canvas.left() - FLAG)
        frame = QPen(QColor(t.text), 1.6 if self.hasFocus() else 1.2) if chosen else QPen(colour, 1.0)
        painter.setPen(frame)
        if item.marker.is_region:
            colour.setAlpha(90)
            painter.setBrush(colour)
            right = min(item.right, self._plane.canvas.right() + FLAG)
            painter.drawRoundedRect(QRectF(left, 2.5, max(right - left, 2.0), bottom - 4), 3, 3)
            text = left + GAP
        else:
            painter.setBrush(colour)
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(left, bottom),
                        QPointF(left, 3),
                        QPointF(left + FLAG, 3),
                        QPointF(left + FLAG - 3, 6.5),
                        QPointF(left + FLAG, 10),
                        QPointF(left, 10),
                    ]
                )
            )
            text = left + FLAG + GAP
        room = item.ahead - GAP - text
        if room >= LEAST_TEXT or (room > 0 and room >= self.fontMetrics().horizontalAdvance(item.marker.name)):
            name = self.fontMetrics().elidedText(item.marker.name, Qt.TextElideMode.ElideRight, int(room) + 1)
            painter.setPen(QColor(t.text))
            place = QRectF(text, 0, room + 2, self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)

    # -- the hand --------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._at(event.position().x())
        self._pressed = None if found is None else found[0]
        if found is not None:
            marker, grip = found
            self._markers.let_go()
            self._markers.choose(marker)
            self._held = Held(marker, grip, event.position().x(), marker.begin, marker.end)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, held = event.position().x(), self._held
        if held is None:
            found = self._at(x)
            edge = found is not None and found[1] is not Grip.WHOLE
            self.setCursor(
                Qt.CursorShape.SizeHorCursor
                if edge
                else Qt.CursorShape.PointingHandCursor
                if found
                else Qt.CursorShape.ArrowCursor
            )
            return
        held.moves = held.moves or abs(x - held.x) > SLACK
        if not held.moves:
            return
        by = self._plane.second_at(x) - self._plane.second_at(held.x)
        begin, end = held.begin, held.end
        if held.grip is Grip.WHOLE:
            # It stays as long as it is, also at the ends of the recording.
            by = min(max(by, -begin), self._viewport.duration - end)
            begin, end = begin + by, end + by
        elif held.grip is Grip.BEGIN:
            begin = min(begin + by, end - self._shortest)
        else:
            end = max(end + by, begin + self._shortest)
        held.marker = self._markers.move(held.marker, begin, end)

    @property
    def _shortest(self) -> float:
        """Seconds that a region keeps at least while its edge is moved."""
        return self._plane.second_at(1) - self._plane.second_at(0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        held, self._held = self._held, None
        if held is not None and held.moves:
            self._markers.let_go()
        elif held is not None:
            self._markers.go_to(held.marker)

    def hideEvent(self, event: QHideEvent) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._markers.let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._at(event.position().x())
        marker, self._pressed = self._pressed or (found[0] if found is not None else None), None
        if marker is not None:
            self.rename(marker)
        else:
            self._markers.add(self._plane.second_at(event.position().x()))
            chosen = self._markers.chosen
            if chosen is not None:
                self.rename(chosen)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            marker = self._markers.chosen
        else:
            found = self._at(event.pos().x())
            marker = None if found is None else found[0]
        if marker is None:
            if event.reason() != QContextMenuEvent.Reason.Keyboard:
                self._menu.open_beside(self._plane.second_at(event.pos().x()), event.globalPos())
            return
        self._markers.choose(marker)
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.mapToGlobal(QPoint(int(self._plane.x_of(marker.begin)), self.height()))
        self._menu.open_on(marker, place, self.rename)

    # -- names -----------------------------------------------------------------------------------------

    def rename(self, marker: Marker) -> None:
        """Type its name where it stands, and goes while the view turns pages."""
        self._leave()
        if marker not in self._markers.entries:
            return
        field = MarkerName(self, marker.name)
        field.typed.connect(lambda name: self._named(marker, name))
        field.left.connect(self._leave)
        self._field = field, marker
        self._place(field, marker)
        field.show()
        field.setFocus()

    def _place(self, field: MarkerName, marker: Marker) -> None:
        c, left = self._plane.canvas, self._plane.x_of(marker.begin)
        width = int(max(NAME_WIDTH, min(self._plane.x_of(marker.end) - left, c.width() / 2)))
        field.setGeometry(int(min(max(left, c.left()), self.width() - width)), 0, width, self.height())

    def _named(self, marker: Marker, name: str) -> None:
        self._leave()
        self._markers.rename(marker, name)

    def _leave(self) -> None:
        """The field goes, and what was typed with it."""
        held, self._field = self._field, None
        if held is not None:
            field, focused = held[0], held[0].hasFocus()
            field.leave()
            field.hide()
            field.deleteLater()
            if focused:
                self.setFocus()

    # -- keys ------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._key_of(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell(self, point: QPoint, place: QPoint) -> None:
        found = self._at(point.x())
        marker = None if found is None else found[0]
        if marker is None:
            QToolTip.showText(place, self._tip, self)
            return
        span = clock(marker.begin) + (f" … {clock(marker.end)}" if marker.is_region else "")
        QToolTip.showText(place, f"{literal(marker.name)}<br>{span}", self)

    def _key_of(self, event: QKeyEvent) -> bool:
        """Whether it is a key of the lane's own, which the window has another meaning for."""
        return event.key() in KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self._markers.chosen
        if not self._key_of(event):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._choose_next(1 if event.key() == Qt.Key.Key_Right else -1)
        elif chosen is not None and event.key() == Qt.Key.Key_F2:
            self.rename(chosen)
        elif chosen is not None and event.key() == Qt.Key.Key_Delete:
            self._markers.take_away(chosen)
        elif chosen is not None:
            self._markers.go_to(chosen)

    def _choose_next(self, by: int) -> None:
        entries, chosen = self._markers.entries, self._markers.chosen
        if entries:
            place = entries.index(chosen) + by if chosen in entries else 0
            marker = entries[min(max(place, 0), len(entries) - 1)]
            self._markers.choose(marker)
            v = self._viewport
            v.reveal(marker.begin, marker.begin, v.low, v.high)
