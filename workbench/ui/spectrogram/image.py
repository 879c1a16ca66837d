"""The picture of the spectrogram: composed strip by strip within a budget, and only where something changed."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.control.heard import Heard
from workbench.control.plane import Plane
from workbench.control.selection import Selection
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.evaluation.lattice import Lattice, Lattices, sparseness
from workbench.masks.model.grid import Region
from workbench.masks.pictures.cell_levels import CellLevels
from workbench.masks.pictures.picture import Axis, Look, Pixels, Show, bgr, brightness, cell_bounds, picture_over
from workbench.masks.stack import Stack
from workbench.ui.base import theme
from workbench.ui.base.moving import along

STRIP = 64
"""Columns of pixels that are composed at once."""
MOST_AT_ONCE = 90_000
"""Pixels that are composed at once where masks changed."""
UNHEARD = 0.13
"""Shade of grey of layers that are not heard."""
BUDGET = 0.006
"""Seconds that one painting may spend on the picture; the rest follows in the next."""
MOST_WORK = 60
"""Edits that may be laid over blocks for a piece of the picture at once, see `Stack.work_left`; what takes more is
composed in the background, while the older picture stays."""
GREYS = np.repeat((np.arange(256) * 0.6).astype(np.uint8)[:, None], 3, axis=1)
"""Of places whose masks are not known yet."""
KEY = "picture"
"""Of the job that does so."""
TELL_MS = 1000
"""What the background takes longer for is shown, with a way to stop it."""
BUDGET_UNDER_HAND = 0.001
"""The same while the hand draws, which comes first; at least one strip, as a rule."""


def colour_map(name: str) -> NDArray[np.uint8]:
    """A perceptual colour map as (256, 3), blue first."""
    table = pyqtgraph.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return np.ascontiguousarray(table[:, ::-1].astype(np.uint8))


class SpectrogramImage(QObject):
    """Keeps the picture of the plane's canvas, fresh or becoming so."""

    changed = Signal(object)
    """The QRect of the canvas's widget that looks otherwise; None for everything."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        viewport: Viewport,
        plane: Plane,
        heard: Heard,
        runner: Runner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ear, self._runner = heard, runner
        self._document, self._selection, self._viewport, self._plane = document, selection, viewport, plane
        self._show = Show.COLOURS
        self._range_db = (-90.0, -12.0)
        self._map_name = "inferno"
        self._palette = colour_map(self._map_name)
        self._heard: list[bool] = []
        self._image = QImage()
        self._axes: tuple[Axis, Axis] | None = None
        """The axes that the image was laid out for."""
        self._lattices = Lattices()
        self._lattice: Lattice | None = None
        """Of a picture whose pixels stand for several bins; None where it shows every one."""
        self._asked = 0
        """How often all of it was to be drawn anew."""
        self._levels: CellLevels | None = None
        """Of these axes."""
        self._fresh: set[int] = set()
        self._drawn: set[int] = set()
        self._held: tuple[Stack | None, tuple[Axis, Axis] | None] = None, None
        """Whose picture the user did not want to wait for."""
        self._turn = 0
        """The strip whose turn it is to be composed anew."""
        self._backdrop: tuple[QImage, tuple[float, float, float, float]] | None = None
        self._scrolled = False
        """Whether the view is another one, and nothing was painted of it."""
        self._painted_range = (0.0, 1.0, 0.0, 1.0)
        document.opened.connect(self._plane_changed)
        document.analysis_changed.connect(self._plane_changed)
        document.masks_changed.connect(self._masks_changed)
        document.layers_changed.connect(self.redraw)
        document.mix_changed.connect(self._mix_changed)
        heard.changed.connect(self._mix_changed)
        selection.layer_changed.connect(self._layer_changed)
        plane.changed.connect(self._view_changed)

    @property
    def show(self) -> Show:
        """What is shown."""
        return self._show

    def set_look(self, show: Show, low_db: float, high_db: float, map_name: str) -> None:
        """What is shown, in which level range, with which colour map."""
        self._show, self._range_db = show, (low_db, high_db)
        if map_name != self._map_name:
            self._map_name, self._palette = map_name, colour_map(map_name)
        self.redraw()

    @property
    def fresh(self) -> bool:
        """Whether all of the picture shows what is there now."""
        return not self._image.isNull() and len(self._fresh) == self._strips

    def look(self) -> Look:
        """How it is drawn now."""
        layers, groups = self._document.layers, self._document.groups
        of_group = {group.id: group.colour for group in groups} if self._show is Show.GROUPS else {}
        colours = np.array([bgr(of_group.get(layer.group, layer.colour)) for layer in layers], np.float32)
        if self._show in (Show.COLOURS, Show.GROUPS):
            # What is not heard steps back.
            colours[[not heard for heard in self._ear.layers]] = UNHEARD
        bright = brightness(*self._range_db)
        return Look(self._show, bright, colours.reshape(-1, 3), self._palette, self._selection.shown_indices)

    # -- what is stale -------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Everything anew."""
        self._asked += 1
        self._fresh.clear()
        self.changed.emit(None)

    def _plane_changed(self) -> None:
        """Another recording or analysis: bins and frames mean something else."""
        self._axes = self._backdrop = None
        self.redraw()

    def _view_changed(self) -> None:
        if not self._image.isNull() and len(self._drawn) == self._strips and self._axes is not None:
            self._backdrop = (self._image.copy(), self._painted_range)
        self._axes = None
        self._scrolled = self._backdrop is not None
        self.redraw()

    def _layer_changed(self) -> None:
        if self._show in (Show.MASK, Show.OVER):
            self.redraw()

    def _mix_changed(self) -> None:
        heard = self._ear.layers
        if heard != self._heard:
            self._heard = heard
            if self._show in (Show.COLOURS, Show.GROUPS):
                self.redraw()

    def _masks_changed(self, region: Region | None) -> None:
        if self._show is Show.LEVEL:
            return
        if region is None or self._axes is None:
            self.redraw()
            return
        rows = np.searchsorted(_shown(self._axes[0]), (region.low, region.high))
        columns = np.searchsorted(_shown(self._axes[1]), (region.start, region.stop))
        (low, high), (left, right) = (int(r) for r in rows), (int(k) for k in columns)
        if high <= low or right <= left:
            return
        strips = range(left // STRIP, (right - 1) // STRIP + 1)
        if (high - low) * (right - left) > MOST_AT_ONCE:
            # Too much for now: strip by strip, while the older picture stays.
            self._fresh.difference_update(strips)
        elif self._work_left(low, high, left, right) > MOST_WORK:
            self._fresh.difference_update(strips)
        elif self._drawn.issuperset(strips):
            self._compose(low, high, left, right)
        else:
            for strip in self._drawn.intersection(strips):
                self._compose(low, high, max(left, strip * STRIP), min(right, (strip + 1) * STRIP))
        self.changed.emit(self._place(low, high, left, right))

    def _place(self, low: int, high: int, left: int, right: int) -> QRect:
        """Where a rectangle of the image (rows from below) is on the widget."""
        c, ratio = self._plane.canvas, self._image.devicePixelRatio()
        place = QRectF(
            c.left() + left / ratio, c.top() + c.height() - high / ratio, (right - left) / ratio, (high - low) / ratio
        )
        return place.toAlignedRect().adjusted(-1, -1, 1, 1)

    # -- composing -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Pixels to bins and frames for the present view."""
        c, ratio, v = self._plane.canvas, self._plane.pixel_ratio, self._viewport
        width, height = round(c.width() * ratio), round(c.height() * ratio)
        if self._image.width() != width or self._image.height() != height:
            self._image = QImage(width, height, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._axes = None
        if self._axes is None:
            self._axes = self._plane.axes
            rows, columns = self._axes
            ends = (int(cell_bounds(axis)[-1]) for axis in self._axes)
            several = sparseness(rows.cells, columns.cells) > 1
            self._lattice = self._lattices.of(rows.cells, columns.cells, *ends) if several else None
            self._runner.drop(KEY)
            self._levels = CellLevels(self._document.levels, *self._axes, STRIP)
            self._fresh.clear()
            self._drawn.clear()
            self._painted_range = (v.start, v.stop, v.low, v.high)

    @property
    def _strips(self) -> int:
        """How many strips there are."""
        return -(-self._image.width() // STRIP)

    def _cut(self, row_lo: int, row_hi: int, column_lo: int, column_hi: int) -> tuple[Axis, Axis]:
        assert self._axes is not None
        return self._axes[0].cut(row_lo, row_hi), self._axes[1].cut(column_lo, column_hi)

    def _work_left(self, *place: int) -> int:
        rows, columns = self._cut(*place)
        return self._document.stack.work_left(rows.cells, columns.cells, self._lattice)

    def _compose(self, row_lo: int, row_hi: int, column_lo: int, column_hi: int) -> None:
        """Compute pixels of a rectangle of the image (rows from below)."""
        assert self._levels is not None
        rows, columns = self._cut(row_lo, row_hi, column_lo, column_hi)
        level = self._levels.cut(row_lo, row_hi, column_lo, column_hi)
        document = self._document
        pixels = picture_over(level, document.stack, self.look(), rows, columns, self._lattice, document.tried)
        self._put(pixels, row_lo, column_lo)

    def _compose_levels(self, *place: int) -> None:
        """The same in grey, until the masks are known."""
        assert self._levels is not None
        look = replace(self.look(), show=Show.LEVEL, palette=GREYS)
        pixels = picture_over(self._levels.cut(*place), self._document.stack, look, *self._cut(*place))
        self._put(pixels, place[0], place[2])

    def _put(self, pixels: Pixels, row: int, column: int) -> None:
        height, width = self._image.height(), self._image.width()
        buffer = np.frombuffer(self._image.bits(), np.uint8).reshape(height, width, 4)
        high, wide = pixels.shape[:2]
        buffer[height - row - high : height - row, column : column + wide] = pixels[::-1]

    def _freshen(self, budget: float) -> bool:
        """Compose stale strips within so many seconds; answers whether the next painting would bring more."""
        deadline = perf_counter() + budget
        height, width, count = self._image.height(), self._image.width(), self._strips
        heavy: list[int] = []
        # Round and round: a run that publishes makes all stale before the last ones would have their turn.
        for strip in [(self._turn + step) % count for step in range(count)]:
            if strip not in self._fresh:
                if perf_counter() > deadline:
                    self._turn = strip
                    return True
                place = 0, height, strip * STRIP, min(width, (strip + 1) * STRIP)
                if self._show is not Show.LEVEL and self._work_left(*place) > MOST_WORK:
                    heavy.append(strip)
                    if strip not in self._drawn and self._show is not Show.MASK:
                        self._compose_levels(*place)
                        self._drawn.add(strip)
                    continue
                self._compose(*place)
                self._fresh.add(strip)
                self._drawn.add(strip)
        if heavy:
            self._compose_behind(heavy)
        else:
            self._backdrop = None
        return False

    def _compose_behind(self, strips: list[int]) -> None:
        """Compose strips in the background, as things are now."""
        stopped = self._held[0] is self._document.stack and self._held[1] is self._axes
        if stopped or self._runner.running(KEY):
            return
        height, width, axes = self._image.height(), self._image.width(), self._axes
        stack, look, levels, lattice = self._document.stack, self.look(), self._levels, self._lattice
        assert levels is not None
        asked = self._asked
        places = [(each, (0, height, each * STRIP, min(width, (each + 1) * STRIP))) for each in strips]
        pieces = [(each, place, self._cut(*place)) for each, place in places]

        def work(job: Job) -> None:
            for done, (strip, place, (rows, columns)) in enumerate(pieces):
                job.report(done / len(pieces))
                job.publish((strip, picture_over(levels.cut(*place), stack, look, rows, columns, lattice)))

        def published(news: tuple[int, Pixels]) -> None:
            strip, pixels = news
            if self._axes is not axes:
                return
            self.changed.emit(self._place(0, height, strip * STRIP, strip * STRIP + pixels.shape[1]))
            now = self._document.stack
            if now is not stack and now.ground.gives_as(stack.ground):
                # What was painted since is soon laid over what is known by now; nor is it to vanish so long.
                return
            self._put(pixels, 0, strip * STRIP)
            self._drawn.add(strip)
            self._turn = strip + 1
            if now is stack and self._asked == asked:
                self._fresh.add(strip)

        def ended() -> None:
            if job.cancelled and not job.superseded:
                # The user has stopped it: it stays as it is, until something changes.
                self._held = stack, axes
            self.changed.emit(None)

        job = self._runner.run("", work, published=published, ended=ended, key=KEY)
        QTimer.singleShot(TELL_MS, self, lambda: self._tell(job))

    def _tell(self, job: Job) -> None:
        """Show the user what takes longer than a moment."""
        if job in self._runner.jobs and not job.superseded:
            self._runner.show(KEY, self.tr("Drawing the masks"))

    def paint(self, painter: QPainter, budget: float = BUDGET) -> bool:
        """Draw the picture as far as it is there, after some seconds of work. Answers whether to paint it again."""
        c = self._plane.canvas
        scrolled, self._scrolled = self._scrolled, False
        if scrolled and self._backdrop is not None:
            # What scrolls shows the older picture, moved; the new one is laid out and composed behind that.
            painter.fillRect(c, QColor(theme.current().canvas))
            self._paint_backdrop(painter)
            return True
        self._lay_out()
        more = self._freshen(budget)
        if len(self._drawn) == self._strips:
            # Strips that only hold older masks are shown until they are done anew: nothing flashes.
            painter.drawImage(c.topLeft(), self._image)
            return more
        painter.fillRect(c, QColor(theme.current().canvas))
        self._paint_backdrop(painter)
        ratio = self._image.devicePixelRatio()
        for strip in self._drawn:
            source = QRectF(strip * STRIP, 0, STRIP, self._image.height())
            place = QRectF(c.left() + strip * STRIP / ratio, c.top(), STRIP / ratio, c.height())
            painter.drawImage(place, self._image, source)
        return more

    def _paint_backdrop(self, painter: QPainter) -> None:
        """The last whole picture, moved and stretched to the present view, until strips replace it."""
        if self._backdrop is None:
            return
        image, (start, stop, low, high) = self._backdrop
        ratio, plane = image.devicePixelRatio(), self._plane
        left, right = along(plane.x_of(start), plane.x_of(stop), image.width() / ratio, ratio)
        top, bottom = along(plane.y_of(high), plane.y_of(low), image.height() / ratio, ratio)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image, QRectF(image.rect()))


def _shown(axis: Axis) -> NDArray[np.intp]:
    """For each pixel of an axis the bin or frame that it shows."""
    return axis.cells[axis.spread]
