"""Selecting of time and frequency by drags and clicks: from what is drawn to an area."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Signal

from workbench.control.areas import AreaActs
from workbench.control.handling import Handling
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.tools import SELECTING, Tool, ToolSettings
from workbench.document.document import Document
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import Join, polygon, rectangle
from workbench.masks.model.grid import Region

SNAP = 6
"""Pixels within which the wand finds what the hand means."""
CLICK = 3
"""Pixels within which a drag is a click."""
PIECES = 24
"""Points along a straight line of the screen, which is bent on the frequency axis."""


class Selecting(QObject):
    """What is being drawn with a selecting tool; done, it is the selection or joined with it.

    A drag that begins on the selection takes that instead (`Handling`).
    """

    changed = Signal()
    """What is being drawn is another."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        tools: ToolSettings,
        plane: Plane,
        areas: AreaActs,
        handling: Handling,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._selection, self._tools = document, selection, tools
        self._plane, self._areas, self._handling = plane, areas, handling
        self._places: list[tuple[float, float]] = []
        self._dragging = False
        self._join = Join.NEW
        self._pressed: QPointF | None = None
        """Where the selection was taken by a press that would else begin to draw."""
        tools.changed.connect(self.cancel)
        document.opened.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether something is being drawn."""
        return bool(self._places)

    @property
    def dragging(self) -> bool:
        """Whether the hand holds the last corner."""
        return self._dragging

    @property
    def tool(self) -> Tool | None:
        """The selecting tool in hand; a threshold selects rectangles, to say where it counts."""
        if self._tools.tool is Tool.THRESHOLD:
            return Tool.RECTANGLE
        return self._tools.tool if self._tools.tool in SELECTING else None

    @property
    def handles_shown(self) -> bool:
        """Whether what is selected can be taken: with a selecting tool that draws nothing."""
        return self.tool is not None and not self._places and self._selection.area is not None

    @property
    def points(self) -> list[QPointF]:
        """Corners of what is being drawn, as points of the canvas."""
        return [self._plane.point_of(place) for place in self._places]

    # -- the hand ------------------------------------------------------------------------------------

    def begin(self, point: QPointF, join: Join) -> None:
        """Press."""
        if self.handles_shown and join is Join.NEW and self._handling.begin(point):
            self._pressed = point
        else:
            self._begin(point, join)

    def begin_content(self, point: QPointF, copies: bool) -> bool:
        """Press, to drag what the layer holds in the selection, or a copy; answers whether that was taken."""
        return self.handles_shown and self._handling.begin_content(point, copies)

    def _begin(self, point: QPointF, join: Join) -> None:
        tool = self.tool
        if tool is None:
            return
        if not (tool is Tool.POLYGON and self._places):
            self._join = join
        place = self._plane.place_at(point)
        if tool is Tool.WAND:
            self._wave(point, join)
            return
        self._dragging = True
        self._places = [*self._places, place] if tool is Tool.POLYGON else [place]
        self.changed.emit()

    def _wave(self, point: QPointF, join: Join) -> None:
        """The wand on a place."""
        wand, place = self._tools.wand, self._plane.place_at(point)
        if wand.like is None:
            self._areas.select_sound(place, self._plane.region_near(point, SNAP), join, wand.fall, wand.harmonics)
        else:
            self._areas.select_alike(place, join, wand.like, wand.tolerance, wand.connected)

    def move(self, point: QPointF, straight: bool = False) -> None:
        """Drag; `straight` holds what is taken of the selection to one axis, its proportions or steps of a turn."""
        self._handling.move(point, straight)
        tool = self.tool
        if not self._dragging or not self._places or tool is None:
            return
        place = self._plane.place_at(point)
        if tool is Tool.LASSO:
            self._places.append(place)
        elif tool is Tool.POLYGON:
            self._places[-1] = place
        else:
            self._places = [self._places[0], place]
        if tool is Tool.SELECT and self._join is Join.NEW and not self._is_click():
            # Time is heard while it is selected.
            make, _ = self._drawn(tool)
            self._selection.show_drawn(make())
        self.changed.emit()

    def end(self) -> None:
        """Release; what was only clicked is drawn on."""
        if self._handling.busy and not self._handling.end() and self._pressed is not None:
            self._begin(self._pressed, Join.NEW)
        self._pressed = None
        tool = self.tool
        if not self._dragging:
            return
        self._dragging = False
        if tool is Tool.POLYGON or tool is None:
            return
        if not self._is_click():
            self._finish(tool)
            return
        self._places = []
        if self._join is Join.NEW:
            self._areas.deselect()
        self.changed.emit()

    def close(self) -> None:
        """Return or double click: the polygon is done."""
        if self.tool is Tool.POLYGON and len(self._places) >= 3:
            self._finish(Tool.POLYGON)
        else:
            self.cancel()

    def take_back(self) -> None:
        """Backspace: the last corner."""
        self._places = self._places[:-1]
        self.changed.emit()

    def cancel(self) -> None:
        """Esc: what is being drawn goes, and what was selected before is selected."""
        self._handling.cancel()
        if self._places:
            self._places, self._dragging = [], False
            self._selection.show_drawn(None)
            self.changed.emit()

    # -- what was drawn ------------------------------------------------------------------------------

    def _is_click(self) -> bool:
        points = self.points
        return all((point - points[0]).manhattanLength() <= CLICK for point in points)

    def _finish(self, tool: Tool) -> None:
        make, bins = self._drawn(tool)
        self._places = []
        self._areas.select_drawn(make, bins, self._join)
        self._selection.show_drawn(None)
        self.changed.emit()

    def _drawn(self, tool: Tool) -> tuple[Callable[[], Area], int]:
        """How to make the area that was drawn, and how many bins it may hold."""
        stack = self._document.stack
        region = self._region()
        if tool is Tool.SELECT:
            region = Region(0, stack.bins, region.start, region.stop)
        elif tool is Tool.BAND:
            region = Region(region.low, region.high, 0, stack.frames)
        elif tool is not Tool.RECTANGLE:
            return partial(polygon, self._bent(), stack.bins, stack.frames), region.bins_held
        return partial(rectangle, region, stack.bins, stack.frames), 0

    def _region(self) -> Region:
        """The bins and frames around all corners."""
        seconds, positions = zip(*self._places, strict=True)
        return self._plane.region_between((min(seconds), min(positions)), (max(seconds), max(positions)))

    def _bent(self) -> NDArray[np.float64]:
        """The closed line as (frame, bin): straight on the screen."""
        corners = np.array(self._places)
        ends = np.roll(corners, -1, axis=0)
        many = 1 if len(corners) > 3 * PIECES else PIECES
        shares = np.arange(many)[:, None] / many
        line = np.concatenate([a + shares * (b - a) for a, b in zip(corners, ends, strict=True)])
        return np.stack([self._plane.frame_places(line[:, 0]), self._plane.bin_places(line[:, 1])], axis=1)
