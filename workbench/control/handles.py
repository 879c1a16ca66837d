"""The frame around the selection and its handles, as points of the canvas."""

from __future__ import annotations

from enum import Enum
from math import hypot

import numpy as np
from PySide6.QtCore import QPointF

from workbench.control.plane import Plane
from workbench.masks.edits.placing import Placing, mapped

NEAR = 6
"""Pixels within which the hand takes a handle."""
SMALLEST = 24
"""Pixels that the frame is wide and high at least, so that there is room between the handles."""
ARM = 24
"""Pixels from the frame to the handle that turns."""
CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
"""Of the frame, all around."""


class Grip(Enum):
    """What of the selection a hand takes; handles by their place, from left to right and from bottom to top."""

    BOTTOM_LEFT = (0.0, 0.0)
    BOTTOM_RIGHT = (1.0, 0.0)
    TOP_LEFT = (0.0, 1.0)
    TOP_RIGHT = (1.0, 1.0)
    LEFT = (0.0, 0.5)
    RIGHT = (1.0, 0.5)
    BOTTOM = (0.5, 0.0)
    TOP = (0.5, 1.0)
    TURN = (0.5, 1.5)
    INSIDE = (0.5, 0.5)


class Handles:
    """Around a selection, in the present view.

    Parameters
    ----------
    plane : Plane
    placing : Placing
        Where the selection is.
    """

    def __init__(self, plane: Plane, placing: Placing) -> None:
        self._plane, self._placing = plane, placing
        b = placing.area.bounds
        self.timely = b.stop - b.start < placing.area.frames
        """Whether the selection can be moved in time: not where it is all of it."""
        self.tonal = b.high - b.low < placing.area.bins
        """Whether it can be moved in frequency."""

    @property
    def frame(self) -> list[QPointF]:
        """The corners, all around."""
        return [self.at(*corner) for corner in CORNERS]

    @property
    def places(self) -> dict[Grip, QPointF]:
        """The handles that can be taken, and where they are."""
        wanted = [grip for grip in Grip if grip is not Grip.TURN and grip is not Grip.INSIDE]
        out: dict[Grip, QPointF] = {grip: self.at(*grip.value) for grip in wanted if self._has(grip)}
        arm = self._arm() if self.timely and self.tonal else None
        if arm is not None:
            out[Grip.TURN] = arm
        return out

    def at(self, x: float, y: float) -> QPointF:
        """A place within the frame, by its shares of the width and the height."""
        left, bottom, right, top = self._placing.box
        shares = np.array([(x, y), (0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0)])
        places = np.array([left, bottom]) + shares * (right - left, top - bottom)
        point, *ends = mapped(self._plane.pixels_of_eye @ self._placing.matrix, places)
        for share, one, other in ((x, *ends[:2]), (y, *ends[2:])):
            size = float(np.hypot(*(other - one)))
            point = point + (other - one) / max(size, 1e-9) * (share - 0.5) * max(SMALLEST - size, 0.0)
        return QPointF(*point.tolist())

    def grip_at(self, point: QPointF) -> Grip | None:
        """The handle that a point takes, if any."""
        places = self.places
        for grip, place in places.items():
            if (0.5 not in grip.value or grip is Grip.TURN) and hypot(*(place - point).toTuple()) <= NEAR:
                return grip
        corners = self.frame
        for grip, one, other in ((Grip.BOTTOM, 0, 1), (Grip.RIGHT, 1, 2), (Grip.TOP, 2, 3), (Grip.LEFT, 3, 0)):
            if grip in places and _distance(point, corners[one], corners[other]) < NEAR:
                return grip
        return None

    def _has(self, grip: Grip) -> bool:
        x, y = grip.value
        return (self.timely or x == 0.5) and (self.tonal or y == 0.5)

    def _arm(self) -> QPointF | None:
        """The handle that turns: above the frame, or below it where there is no room above."""
        middle = self.at(0.5, 0.5)
        for end in (self.at(0.5, 1.0), self.at(0.5, 0.0)):
            along = end - middle
            place = end + along * (ARM / max(hypot(along.x(), along.y()), 1e-9))
            if self._plane.canvas.contains(place.toPoint()):
                return place
        return None


def _distance(point: QPointF, one: QPointF, other: QPointF) -> float:
    """From a point to a line between two others."""
    along, way = other - one, point - one
    share = QPointF.dotProduct(along, way) / max(QPointF.dotProduct(along, along), 1e-9)
    return hypot(*(way - along * min(max(share, 0.0), 1.0)).toTuple())
