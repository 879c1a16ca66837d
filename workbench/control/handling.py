"""A hand on the selection: a drag moves, resizes or turns it, arrow keys nudge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, pi
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Signal

from workbench.control.areas import AreaActs
from workbench.control.carrying import Carrying
from workbench.control.handles import Grip, Handles
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.jobs.runner import Job
from workbench.masks.edits.area import Area
from workbench.masks.edits.placing import Placing, inverse, mapped, stretch, turn
from workbench.spectral.scales import FrequencyScale

Doubles = NDArray[np.float64]
CLICK = 3
"""Pixels within which a drag is a click."""
SURE = 2.0
"""Pixels beside what is selected that count as inside: no hand is surer."""
STEP = pi / 12
"""Of a turn that is held straight."""
SMALLEST = 0.01
"""As much of its size is left of a selection at least."""


@dataclass(frozen=True, eq=False)
class Drag:
    """The selection in a hand.

    Attributes
    ----------
    grip : Grip
    press, hand : QPointF
        Where it was taken, and where the hand is.
    placing : Placing
        Where it was when it was taken.
    content : bool
        What the layer holds there goes along.
    copies : bool
        … and stays as well.
    by : tuple of int
        How many frames and bins it has gone, if content goes along.
    """

    grip: Grip
    press: QPointF
    hand: QPointF
    placing: Placing
    content: bool = False
    copies: bool = False
    by: tuple[int, int] = (0, 0)


class Handling(QObject):
    """Takes the selection elsewhere, always from the area that it was at first, so that nothing of it is lost."""

    changed = Signal()
    """It is about to be elsewhere, or no more."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        plane: Plane,
        areas: AreaActs,
        carrying: Carrying,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._selection, self._plane, self._areas, self._carrying = selection, plane, areas, carrying
        self._known: WeakKeyDictionary[Area, Placing] = WeakKeyDictionary()
        """How areas were made that were taken elsewhere: undo and redo come back to them."""
        self._drag: Drag | None = None
        self._soon: Placing | None = None
        """Where the selection is about to be: the hand or a job has it."""
        self._job: Job | None = None
        document.opened.connect(self.cancel)
        selection.area_changed.connect(self.cancel)
        plane.changed.connect(self.changed)

    # -- what there is -------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether a hand has the selection."""
        return self._drag is not None

    @property
    def handles(self) -> Handles | None:
        """Those of the selection where it is, or is about to be."""
        placing = self._soon or self._present
        return None if placing is None else Handles(self._plane, placing)

    @property
    def way(self) -> Doubles | None:
        """From the pixels where the selection is to those where it soon is, shape (3, 3); None where it stays."""
        present, soon = self._present, self._soon
        if present is None or soon is None:
            return None
        pixels = self._plane.pixels_of_eye
        return np.asarray(pixels @ soon.matrix @ inverse(pixels @ present.matrix), np.float64)

    @property
    def _present(self) -> Placing | None:
        area = self._selection.area
        if area is None:
            return None
        known = self._known.get(area)
        # What is upright on one frequency scale is not on another.
        return known if known is not None and known.ruler == self._plane.eye else Placing(area, self._plane.eye)

    def grip_at(self, point: QPointF) -> Grip | None:
        """What of the selection a hand takes at a point, if anything."""
        handles = self.handles
        if handles is None or not self._plane.canvas.contains(point.toPoint()):
            return None
        found = handles.grip_at(point)
        movable = handles.timely or handles.tonal
        return found or (Grip.INSIDE if movable and self.covers(point) else None)

    def covers(self, point: QPointF) -> bool:
        """Whether a point is in what is selected."""
        area = self._selection.area
        if area is None:
            return False
        near = self._plane.region_near(point, SURE)
        return bool((area.read(np.arange(near.low, near.high), np.arange(near.start, near.stop)) >= 128).any())

    # -- the hand ------------------------------------------------------------------------------------

    def begin(self, point: QPointF) -> bool:
        """Press; answers whether there is something to take."""
        grip, present = self.grip_at(point), self._present
        if grip is not None and present is not None:
            self._drag = Drag(grip, point, point, present)
        return self.busy

    def begin_content(self, point: QPointF, copies: bool) -> bool:
        """Press, to drag what the layer holds there, or a copy of it; answers whether there is something to take."""
        area = self._selection.area
        if area is not None and self.covers(point):
            # By bins and frames, whatever the eye's plane is: masks know no other.
            self._drag = Drag(Grip.INSIDE, point, point, self._present or Placing(area, self._plane.eye), True, copies)
        return self.busy

    def move(self, point: QPointF, straight: bool = False) -> None:
        """Drag; `straight` holds it to one axis, to its proportions, or to steps of a turn."""
        drag = self._drag
        if drag is None or (self._soon is None and (point - drag.press).manhattanLength() <= CLICK):
            return
        drag = replace(drag, hand=point)
        if drag.content:
            drag = replace(drag, by=self._bins_of(drag, straight and not drag.copies))
        self._drag = drag
        self._soon = self._over_bins(drag) if drag.content else self._placed(drag, straight)
        self.changed.emit()

    def end(self) -> bool:
        """Release; answers whether it was no click."""
        drag, soon = self._drag, self._soon
        self._drag = None
        if drag is None or soon is None:
            return False
        if drag.content:
            self._soon = None
            self._carrying.carry(*drag.by, drag.copies)
        elif drag.grip is Grip.INSIDE:
            self._make(soon, self.tr("Move selection"))
        elif drag.grip is Grip.TURN:
            self._make(soon, self.tr("Turn selection"))
        else:
            self._make(soon, self.tr("Resize selection"))
        self.changed.emit()
        return True

    def cancel(self) -> None:
        """As it was before the drag."""
        if self._drag is not None or self._soon is not None:
            self._drag = self._soon = self._job = None
            self.changed.emit()

    # -- keys ----------------------------------------------------------------------------------------

    def nudge(self, frames: int, bins: int) -> bool:
        """Move the selection by frames or bins; answers whether there is one that can be moved that way."""
        handles = self.handles
        if handles is None or self.busy or not ((frames and handles.timely) or (bins and handles.tonal)):
            return False
        placing = self._soon or self._present
        assert placing is not None
        self._make(placing.moved(frames, self._rise(placing, bins)), self.tr("Move selection"), "nudge selection")
        return True

    def turn(self, steps: int) -> None:
        """Turn the selection by so many steps, clockwise."""
        handles, placing = self.handles, self._soon or self._present
        if handles is None or placing is None:
            self._areas.wanted()
        elif not self.busy and handles.timely and handles.tonal:
            self._make(self._turned_by(placing, steps * STEP), self.tr("Turn selection"), "turn selection")

    def nudge_content(self, frames: int, bins: int) -> bool:
        """Move what the layer holds in the selection by frames or bins; answers whether something is selected."""
        if self._selection.area is None or self.busy:
            return False
        self._carrying.nudge(frames, bins)
        return True

    def _rise(self, placing: Placing, bins: int) -> float:
        """By how many axis positions so many bins are, in the middle of the selection."""
        left, bottom, right, top = placing.box
        middle = np.array([[(left + right) / 2, (bottom + top) / 2]])
        here, ruler = float(mapped(placing.matrix, middle)[0, 1]), placing.ruler
        row = float(ruler.hz(here)) / ruler.hz_per_bin
        return float(ruler.y(max(row + bins, 0.0))) - here

    # -- where it goes -------------------------------------------------------------------------------

    def _make(self, placing: Placing, name: str, merge: str | None = None) -> None:
        """Select what is there; of many bins it is found by a job."""
        self._soon = placing

        def made(area: Area) -> None:
            if area is not placing.area:
                self._known[area] = placing

        job = self._areas.select_placed(placing.made, placing.region.bins_held, name, merge, made)
        self._job = job
        if job is None:
            self._soon = None
        else:
            job.ended.connect(lambda: self._ended(job))

    def _ended(self, job: Job) -> None:
        if self._job is job:
            self._job = self._soon = None
            self.changed.emit()

    def _placed(self, drag: Drag, straight: bool) -> Placing:
        """Where a drag has the selection."""
        if drag.grip is Grip.INSIDE:
            return self._moved(drag, straight)
        return self._turned(drag, straight) if drag.grip is Grip.TURN else self._resized(drag, straight)

    def _moved(self, drag: Drag, straight: bool) -> Placing:
        handles, pixels, ruler = Handles(self._plane, drag.placing), self._plane.pixels_of_eye, drag.placing.ruler
        by = _along_one_axis(drag.hand - drag.press) if straight else drag.hand - drag.press
        frames, positions = by.x() / pixels[0, 0] * handles.timely, by.y() / pixels[1, 1] * handles.tonal
        if ruler.scale is FrequencyScale.LINEAR:
            # Where bins are as far apart everywhere, by whole ones: its edges stay what they are.
            positions = round(positions / ruler.hz_per_bin) * ruler.hz_per_bin
        return drag.placing.moved(round(frames), positions)

    def _resized(self, drag: Drag, straight: bool) -> Placing:
        """The side or corner follows the hand, along the sides of the frame; that across stays where it is."""
        left, bottom, right, top = drag.placing.box
        back = inverse(self._plane.pixels_of_eye @ drag.placing.matrix)
        press, hand = mapped(back, np.array([drag.press.toTuple(), drag.hand.toTuple()]))
        factors, around = np.ones(2), np.array([left, bottom])
        for axis, (low, high) in enumerate(((left, right), (bottom, top))):
            share = drag.grip.value[axis]
            if share != 0.5:
                around[axis] = low if share else high
                by = (hand[axis] - press[axis]) * (1 if share else -1)
                factors[axis] = max(1 + by / max(high - low, SMALLEST), SMALLEST)
        if straight and 0.5 not in drag.grip.value:
            factors[:] = factors.max()
        way = stretch(float(factors[0]), float(factors[1]), (float(around[0]), float(around[1])))
        return replace(drag.placing, matrix=drag.placing.matrix @ way)

    def _turned(self, drag: Drag, straight: bool) -> Placing:
        """Around the middle of the frame, as the eye sees it: in pixels."""
        middle = Handles(self._plane, drag.placing).at(*Grip.INSIDE.value)
        one, other = drag.press - middle, drag.hand - middle
        angle = atan2(other.y(), other.x()) - atan2(one.y(), one.x())
        angle = round(angle / STEP) * STEP if straight else angle
        return self._turned_by(drag.placing, angle)

    def _turned_by(self, placing: Placing, angle: float) -> Placing:
        middle, pixels = Handles(self._plane, placing).at(*Grip.INSIDE.value), self._plane.pixels_of_eye
        return placing.then(inverse(pixels) @ turn(angle, (middle.x(), middle.y())) @ pixels)

    def _over_bins(self, drag: Drag) -> Placing:
        """Where the frame is when all bins have gone as far as that under the hand."""
        area = self._selection.area
        assert area is not None
        (frames, bins), there, eye = drag.by, area.bounds, drag.placing.ruler
        low, high = eye.y([there.low - 0.5, there.high - 0.5])
        now_low, now_high = eye.y([there.low - 0.5 + bins, there.high - 0.5 + bins])
        rise = stretch(1.0, (now_high - now_low) / (high - low), (0.0, low))
        return drag.placing.then(rise).moved(frames, now_low - low)

    def _bins_of(self, drag: Drag, straight: bool) -> tuple[int, int]:
        """By how many frames and bins the hand has gone."""
        hand = drag.press + _along_one_axis(drag.hand - drag.press) if straight else drag.hand
        plane = self._plane
        frames = plane.frame_places([plane.second_at(point.x()) for point in (drag.press, hand)])
        bins = plane.bin_places([plane.position_at(point.y()) for point in (drag.press, hand)])
        return round(float(frames[1] - frames[0])), round(float(bins[1] - bins[0]))


def _along_one_axis(way: QPointF) -> QPointF:
    """The longer of both."""
    return QPointF(way.x(), 0.0) if abs(way.x()) >= abs(way.y()) else QPointF(0.0, way.y())
