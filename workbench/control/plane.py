"""Pixels of the spectrogram's canvas, and the seconds, axis positions, frames and bins that they show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Signal

from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.masks.edits.brush import Ruler
from workbench.masks.model.grid import Region
from workbench.masks.pictures.picture import Axis, axis_of

Doubles = NDArray[np.float64]


class Plane(QObject):
    """The visible part of time and frequency, laid out on a canvas of pixels.

    A place is (second, axis position), a point is in pixels of the widget that holds the canvas. All panes, tools and
    overlays convert here; seconds to frames and hertz to bins are `Analysis`'s.
    """

    changed = Signal()
    """Pixels show other places: the canvas, the view, or the recording's window and hop are others."""

    def __init__(self, document: Document, viewport: Viewport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._viewport = document, viewport
        self._canvas, self._ratio = QRect(0, 0, 1, 1), 1.0
        self._axes: tuple[Axis, Axis] | None = None
        viewport.changed.connect(self._forget)
        document.analysis_changed.connect(self._forget)
        document.opened.connect(self._forget)

    def _forget(self) -> None:
        self._axes = None
        self.changed.emit()

    # -- the canvas ----------------------------------------------------------------------------------

    @property
    def canvas(self) -> QRect:
        """Where the picture is, in pixels of its widget."""
        return self._canvas

    @property
    def pixel_ratio(self) -> float:
        """Pixels of the screen to one of the canvas, along each axis."""
        return self._ratio

    def set_canvas(self, canvas: QRect, pixel_ratio: float) -> None:
        """The picture is elsewhere, or of another size."""
        if canvas != self._canvas or pixel_ratio != self._ratio:
            self._canvas, self._ratio = canvas, pixel_ratio
            self._forget()

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Rows (upwards) and columns of the picture: which bins and frames each pixel of the screen shows."""
        if self._axes is None:
            v, analysis = self._viewport, self._document.state.analysis
            bins, frames = self._document.levels.shape
            width, height = (round(n * self._ratio) for n in (self._canvas.width(), self._canvas.height()))
            hz = v.scale.frequency(np.linspace(v.low, v.high, height + 1))
            seconds = np.linspace(v.start, v.stop, width + 1)
            self._axes = (
                axis_of(analysis.bin_place(hz, v.rate), bins),
                axis_of(analysis.frame_place(seconds, v.rate), frames),
            )
        return self._axes

    # -- points and places ---------------------------------------------------------------------------

    def x_of(self, second: float) -> float:
        """Pixel of a second."""
        v, c = self._viewport, self._canvas
        return c.left() + (second - v.start) / v.span * c.width()

    def second_at(self, x: float) -> float:
        """Second at a pixel."""
        v, c = self._viewport, self._canvas
        return v.start + (x - c.left()) / c.width() * v.span

    def y_of(self, position: float) -> float:
        """Pixel of an axis position."""
        v, c = self._viewport, self._canvas
        return c.top() + c.height() - (position - v.low) / v.height * c.height()

    def position_at(self, y: float) -> float:
        """Axis position at a pixel."""
        v, c = self._viewport, self._canvas
        return v.low + (c.top() + c.height() - y) / c.height() * v.height

    def point_of(self, place: tuple[float, float]) -> QPointF:
        """Pixel of a place."""
        return QPointF(self.x_of(place[0]), self.y_of(place[1]))

    def place_at(self, point: QPointF) -> tuple[float, float]:
        """Second and axis position at a point, within the recording."""
        v = self._viewport
        second = min(max(self.second_at(point.x()), 0.0), v.duration)
        return second, min(max(self.position_at(point.y()), v.bottom), v.top)

    def hz_of(self, position: float) -> float:
        """Frequency at an axis position, in Hz."""
        return float(self._viewport.scale.frequency(position))

    # -- frames and bins -----------------------------------------------------------------------------

    def frame_places(self, seconds: ArrayLike) -> Doubles:
        """Frames, with fractions, at seconds."""
        return self._document.state.analysis.frame_place(seconds, self._viewport.rate)

    def bin_places(self, positions: ArrayLike) -> Doubles:
        """Bins, with fractions, at axis positions; the foot of the axis reaches down to 0 Hz."""
        v = self._viewport
        at = np.asarray(positions, np.float64)
        hz = np.where(at <= v.bottom + 1e-6, 0.0, v.scale.frequency(at))
        return self._document.state.analysis.bin_place(hz, v.rate)

    def frame_at(self, second: float) -> int:
        """The frame that a second belongs to, within the recording."""
        frame = self._document.state.analysis.frame_at(second, self._viewport.rate)
        return min(max(frame, 0), self._document.stack.frames - 1)

    def bin_at(self, position: float) -> int:
        """The bin that an axis position belongs to; that at the foot of the axis is bin 0."""
        v, analysis = self._viewport, self._document.state.analysis
        if position <= v.bottom + 1e-6:
            return 0
        return min(max(analysis.bin_at(self.hz_of(position), v.rate), 0), analysis.bins - 1)

    def region_between(self, one: tuple[float, float], other: tuple[float, float]) -> Region:
        """The bins and frames of the rectangle between two places, both included."""
        (low, high), (first, last) = (
            sorted(f(place[i]) for place in (one, other)) for i, f in ((1, self.bin_at), (0, self.frame_at))
        )
        return Region(low, high + 1, first, last + 1)

    def region_near(self, point: QPointF, reach: float) -> Region:
        """The bins and frames within so many pixels of a point."""
        corner = QPointF(reach, reach)
        return self.region_between(self.place_at(point - corner), self.place_at(point + corner))

    def rect_of(self, region: Region) -> QRectF:
        """Pixels of the bins and frames of a region, which may lie outside the view."""
        ((left, top, right, bottom),) = self.edges_of([region]).tolist()
        return QRectF(QPointF(left, top), QPointF(right, bottom))

    def edges_of(self, regions: Sequence[Region]) -> Doubles:
        """Left, top, right, bottom in pixels of many regions, shape (n, 4)."""
        v, c, analysis = self._viewport, self._canvas, self._document.state.analysis
        low, high, start, stop = np.array([(r.low, r.high, r.start, r.stop) for r in regions], float).reshape(-1, 4).T
        # A frame and a bin stand for what is half of one before and half behind.
        seconds = analysis.second_of(np.stack([start, stop]) - 0.5, v.rate)
        positions = v.scale.position(np.maximum(analysis.hz_of(np.stack([high, low]) - 0.5, v.rate), v.lowest_hz))
        left, right = c.left() + (seconds - v.start) / v.span * c.width()
        top, bottom = c.top() + c.height() - (positions - v.low) / v.height * c.height()
        return np.stack([left, top, right, bottom], axis=1)

    def points_of(self, ruler: Ruler, points: Doubles) -> list[QPointF]:
        """Where points in pixels of a ruler are now, (n, 2)."""
        v, analysis = self._viewport, self._document.state.analysis
        seconds = analysis.second_of(points[:, 0] / ruler.pixels_per_frame, v.rate)
        positions = v.scale.position(ruler.hz(points[:, 1]))
        return [
            QPointF(self.x_of(float(second)), self.y_of(float(position)))
            for second, position in zip(np.atleast_1d(seconds), np.atleast_1d(positions), strict=True)
        ]

    @property
    def region_in_view(self) -> Region:
        """The bins and frames that are seen."""
        v = self._viewport
        return self.region_between((v.start, v.low), (v.stop, v.high))

    # -- the plane of the eye ------------------------------------------------------------------------

    @property
    def eye(self) -> Ruler:
        """Where bins and frames are for the eye, whatever the zoom: a frame, and an axis position, is one pixel."""
        v = self._viewport
        return Ruler(v.scale, self._document.state.analysis.hz_of(1, v.rate), 1.0, 1.0, v.lowest_hz)

    @property
    def pixels_of_eye(self) -> Doubles:
        """The matrix, shape (3, 3), from (frame, axis position, 1) to pixels of the canvas."""
        analysis, rate = self._document.state.analysis, self._viewport.rate
        origin, one = (QPointF(self.x_of(analysis.second_of(n, rate)), self.y_of(float(n))) for n in (0, 1))
        return np.array([[one.x() - origin.x(), 0, origin.x()], [0, one.y() - origin.y(), origin.y()], [0, 0, 1.0]])

    # -- the brush's ruler ---------------------------------------------------------------------------

    def ruler(self) -> Ruler:
        """Where bins and frames are, for strokes that outlive the view."""
        v, analysis = self._viewport, self._document.state.analysis
        return Ruler(
            v.scale,
            analysis.hz_of(1, v.rate),
            analysis.second_of(1, v.rate) * self._canvas.width() / v.span,
            self._canvas.height() / v.height,
            v.lowest_hz,
        )

    def ruler_point(self, point: QPointF) -> tuple[float, float]:
        """A point in the ruler's pixels."""
        ruler = self.ruler()
        frame = float(self.frame_places(self.second_at(point.x())))
        return float(ruler.x(frame)), self.position_at(point.y()) * ruler.pixels_per_position


class Pointer(QObject):
    """Where the hand points on the spectrogram."""

    moved = Signal()
    """It is elsewhere, or left."""

    def __init__(self, plane: Plane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plane = plane
        self._point: QPointF | None = None

    @property
    def point(self) -> QPointF | None:
        """Point over the canvas, or None."""
        return self._point

    @property
    def place(self) -> tuple[float, float] | None:
        """Second and axis position under the hand, or None."""
        return None if self._point is None else self._plane.place_at(self._point)

    def put(self, point: QPointF | None) -> None:
        """The hand is at a point of the canvas's widget, or left; beside the canvas it points at nothing."""
        inside = point is not None and self._plane.canvas.contains(point.toPoint())
        self._point = point if inside else None
        self.moved.emit()
