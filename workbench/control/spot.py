"""The spot under the brush that is listened to: which bins it covers, and how long it sounds."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from workbench.control.plane import Plane, Pointer
from workbench.control.tools import ToolSettings
from workbench.document.document import Document
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane
from workbench.masks.edits.brush import coverage, covered
from workbench.masks.model.grid import Region

LEAST_SECONDS = 0.2
"""A brush that covers less time is heard over so much of it."""
FOLLOW_MS = 30
LEAST_HEARD = 16
"""Coverage, of 255, from which on a bin is heard under the brush."""


class Spot(QObject):
    """Follows the brush, from `follow` until `leave`."""

    moved = Signal()
    """It covers other bins."""

    def __init__(
        self, document: Document, tools: ToolSettings, plane: Plane, pointer: Pointer, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._tools, self._plane, self._pointer = document, tools, plane, pointer
        self._following = False
        self._area: Area | None = None
        self._span: tuple[float, float] | None = None
        self._later = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._later.timeout.connect(self._move)
        pointer.moved.connect(self._move_soon)
        tools.changed.connect(self._move_soon)

    @property
    def area(self) -> Area | None:
        """The bins under the brush; None where the hand points at nothing."""
        return self._area

    @property
    def span(self) -> tuple[float, float] | None:
        """The seconds that they sound."""
        return self._span

    def follow(self) -> None:
        """Begin where the hand points now."""
        self._following = True
        self._move()

    def leave(self) -> None:
        """Be nowhere."""
        self._following = False
        self._area = self._span = None

    def _move_soon(self) -> None:
        if self._following and not self._later.isActive():
            self._later.start()

    def _move(self) -> None:
        point = self._pointer.point
        if self._following and point is not None and self._document.recording is not None:
            self._area, self._span = self._under(point)
            self.moved.emit()

    def _under(self, point: QPointF) -> tuple[Area, tuple[float, float]]:
        """Area under the brush at a point, and the span of time to play there."""
        recording, analysis, stack = self._document.recording, self._document.state.analysis, self._document.stack
        assert recording is not None
        brush, ruler, place = self._tools.options.brush, self._plane.ruler(), self._plane.ruler_point(point)
        region = covered(brush, ruler, place, place).clipped(stack.bins, stack.frames)
        rows, columns = np.arange(region.low, region.high), np.arange(region.start, region.stop)
        cover = coverage(brush, ruler, rows, columns, place, place)
        least = max(1, round(float(analysis.frame_place(LEAST_SECONDS, recording.rate))))
        if len(columns) < least:
            # Too short to be heard as a sound: the same frequencies, for a little longer.
            middle = int(np.clip((region.start + region.stop) // 2, 0, stack.frames - 1))
            start = max(0, min(middle - least // 2, stack.frames - least))
            region = Region(region.low, region.high, start, min(start + least, stack.frames))
            cover = np.repeat(cover.max(axis=1, initial=0.0)[:, None], region.stop - region.start, axis=1)
        plane = np.asarray(cover * 255, np.uint8)
        heard = np.flatnonzero((plane > LEAST_HEARD).any(axis=0))
        first, last = (int(heard[0]), int(heard[-1]) + 1) if len(heard) else (0, plane.shape[1])
        begin, end = analysis.span(region.start + first, region.start + max(last, first + 1), recording.rate)
        return of_plane(plane, region, stack.bins, stack.frames), (max(begin, 0.0), min(end, recording.duration))
