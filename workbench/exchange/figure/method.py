"""The figure of the method, V ≈ W H: templates at the left of the spectrogram, activations below, and the masks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.exchange.figure.curves import LayerCurves, along, curves_of
from workbench.exchange.figure.drawing import QUIET, Box, Drawing, shortened
from workbench.exchange.figure.fonts import text_width
from workbench.masks.pictures.picture import Axis, Look, Show, axis_of, bgr, brightness, picture
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.axes import frequency_ticks, time_ticks
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.scales import FrequencyScale, foot_hz
from workbench.spectral.stft import Analysis

LABEL, TICK, NAME, TITLE = 8.0, 7.0, 7.0, 10.0
"""Sizes of letters in points, as journals want them."""
GAP, TICK_LENGTH = 7.0, 2.5
HEAD, BETWEEN, FOOT = 12.0, 5.0, 26.0
"""Above a mask its name, below it some room, and below all the time axis."""
LANE = 8.5
"""Height of an activation at the least."""
MOST_MASKS = 24
MASK_WIDE, MASK_HIGH = 60.0, 34.0
"""A mask with its name, at the least."""
LEAST = 50.0
"""Height of the spectrogram, at the least: in its favour there are fewer masks, or none."""
ASPECT = 1.9
"""Width over height that masks come near to."""


@dataclass(frozen=True)
class FigureWords:
    """What stands in a figure beside names and numbers; the last two have a place for a number."""

    frequency: str = "Frequency (Hz)"
    time: str = "Time (s)"
    quieter: str = "and {0} quieter"
    more: str = "and {0} more masks"


@dataclass(frozen=True)
class FigureOptions:
    """What a figure shows, and how large.

    Attributes
    ----------
    width, height : float
        In points (1/72 inch).
    dots : float
        Pixels of its pictures to a point.
    scale : FrequencyScale
    seconds : (float, float) or None
        The time that is shown; None for all.
    hz : (float, float) or None
        The frequencies that are shown; None for all.
    masks : bool
        Whether masks stand below.
    low_db, high_db : float
        Levels that are black and full.
    words : FigureWords
    """

    width: float = 510.0
    height: float = 425.0
    dots: float = 300 / 72
    scale: FrequencyScale = FrequencyScale.LOG
    seconds: tuple[float, float] | None = None
    hz: tuple[float, float] | None = None
    masks: bool = True
    low_db: float = -90.0
    high_db: float = -12.0
    words: FigureWords = FigureWords()


@dataclass(frozen=True, eq=False)
class Subject:
    """What is drawn.

    Attributes
    ----------
    levels : LevelPyramid
    stack : Stack
    analysis : Analysis
    rate : float
    power : float
        p of the V = |X|^p that the factors model.
    """

    levels: LevelPyramid
    stack: Stack
    analysis: Analysis
    rate: float
    power: float = 1.0


def method_figure(subject: Subject, options: FigureOptions, progress: Progress = silent) -> Drawing:
    """The figure as a drawing, on white.

    The spectrogram and the masks are of the stack as it is, with its edits; templates and activations, of the layers
    that have some, are the model's. Templates are drawn by the square root of their magnitude.
    """
    return _Figure(subject, options, progress).drawing


class _Figure:
    """Lays the panels out, and fills them one after the other."""

    def __init__(self, subject: Subject, options: FigureOptions, progress: Progress) -> None:
        self._subject, self._options, self._progress = subject, options, progress
        self.drawing = Drawing(options.width, options.height)
        analysis, rate, stack = subject.analysis, subject.rate, subject.stack
        scale = options.scale
        foot = foot_hz(rate) if scale is FrequencyScale.LOG else 0.0
        self._bottom, self._top = (float(scale.position(hz)) for hz in options.hz or (foot, rate / 2))
        whole = 0.0, float(analysis.second_of(float(max(1, stack.frames - 1)), rate))
        begin, end = options.seconds or whole
        self._begin, self._end = max(begin, 0.0), min(max(end, begin + analysis.hop / rate), whole[1])
        masks = list(range(len(stack.layers)))[:MOST_MASKS] if options.masks else []
        self._draw(masks)

    def _draw(self, masks: list[int]) -> None:
        options = self._options
        left, right, top = 44.0, 36.0, 20.0
        width, height = options.width - left - right, options.height - top - FOOT
        lanes = curves_of(self._subject.stack, max(1, int(0.26 * height / LANE)))
        for_h = min(0.26 * height, max(len(lanes) * 16.0, 30.0)) + GAP if lanes else 0.0
        for_w = min(max(0.17 * width, 52.0), 0.3 * width) + GAP if lanes else 0.0
        room = min(0.45 * height, height - for_h - FOOT - GAP - LEAST)
        masks = masks[: int(room // MASK_HIGH) * int(width // MASK_WIDE) if room > 0 else 0]
        below = 0.0
        if masks:
            rows = -(-len(masks) // self._columns(len(masks), width, room))
            below = min(room, max(0.3 * height, rows * 46.0)) + FOOT + GAP
        v = Box(left + for_w, top, width - for_w, height - for_h - below)
        self._spectrogram(v)
        if lanes:
            w, h = Box(left, top, for_w - GAP, v.height), Box(v.x, v.bottom + GAP, v.width, for_h - GAP)
            self._templates(w, lanes)
            self._activations(h, lanes, left)
            self._frequencies(w)
            self._times(h)
            self._name_axes(Box(w.x, w.y, w.width, w.height), h)
            lowest = h.bottom
        else:
            self._frequencies(v)
            self._times(v)
            self._name_axes(v)
            lowest = v.bottom
        if masks:
            top = lowest + FOOT + GAP
            self._masks(Box(left, top, width, options.height - FOOT - top), masks)
        elif not lanes:
            self._legend(v)

    # -- axes ------------------------------------------------------------------------------------------

    def _axes(self, box: Box) -> tuple[Axis, Axis]:
        """Bins and frames of a picture in a box, at the figure's resolution."""
        subject, options = self._subject, self._options
        height, width = (max(2, round(length * options.dots)) for length in (box.height, box.width))
        hz = options.scale.frequency(np.linspace(self._bottom, self._top, height + 1))
        frames = subject.analysis.frame_place(np.linspace(self._begin, self._end, width + 1), subject.rate)
        rows = axis_of(subject.analysis.bin_place(hz, subject.rate), subject.stack.bins)
        return rows, axis_of(frames, subject.stack.frames)

    def _frequencies(self, box: Box) -> None:
        """Ticks of the frequency axis at the left of a box."""
        for place, text in frequency_ticks(self._options.scale, self._bottom, self._top, round(box.height * 2)):
            y = box.bottom - (place - self._bottom) / (self._top - self._bottom) * box.height
            self.drawing.line(np.array([(box.x - TICK_LENGTH, y), (box.x, y)]))
            self.drawing.text(box.x - TICK_LENGTH - 1.5, y, text, TICK, "end")

    def _times(self, box: Box) -> None:
        """Ticks of the time axis below a box."""
        for second, _ in time_ticks(self._begin, self._end, round(box.width * 2.4)):
            x = box.x + (second - self._begin) / (self._end - self._begin) * box.width
            self.drawing.line(np.array([(x, box.bottom), (x, box.bottom + TICK_LENGTH)]))
            self.drawing.text(x, box.bottom + TICK_LENGTH + 5.0, f"{round(second, 6):g}", TICK, "middle")

    def _name_axes(self, upright: Box, level: Box | None = None) -> None:
        """What the axes are, beside a box and below it, or below another one."""
        x = upright.x - TICK_LENGTH - 7.0 - text_width("500", TICK) - LABEL / 2
        self.drawing.text(
            x, upright.y + upright.height / 2, self._options.words.frequency, LABEL, "middle", upward=True
        )
        level = level or upright
        self.drawing.text(
            level.x + level.width / 2, level.bottom + TICK_LENGTH + 15.0, self._options.words.time, LABEL, "middle"
        )

    # -- panels ----------------------------------------------------------------------------------------

    def _picture(self, box: Box, show: Show, selected: tuple[int, ...]) -> NDArray[np.uint8]:
        subject, options = self._subject, self._options
        rows, columns = self._axes(box)
        colours = np.array([bgr(layer.colour) for layer in subject.stack.layers], np.float32)
        palette = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
        look = Look(show, brightness(options.low_db, options.high_db), colours, palette, selected)
        pixels = picture(subject.levels, subject.stack, look, rows, columns)
        return np.ascontiguousarray(pixels[::-1, :, 2::-1])

    def _spectrogram(self, box: Box) -> None:
        self.drawing.raster(box, self._picture(box, Show.COLOURS, ()))
        self.drawing.frame(box)
        self.drawing.text(box.x + box.width / 2, box.y - 8.0, "V", TITLE, "middle")
        self._progress(0.4)
        # What brightness means, in dB below full scale.
        options, bar = self._options, Box(box.right + 6.0, box.y, 6.0, box.height)
        grey = np.linspace(255, 0, 256).astype(np.uint8)
        self.drawing.raster(bar, np.repeat(grey[:, None, None], 3, axis=2))
        self.drawing.frame(bar)
        steps = (each for each in (10, 20, 30) if (options.high_db - options.low_db) / each * 12 < box.height)
        step = next(steps, 50)
        for db in range(math.ceil(options.low_db / step) * step, math.floor(options.high_db) + 1, step):
            y = bar.bottom - (db - options.low_db) / (options.high_db - options.low_db) * bar.height
            self.drawing.line(np.array([(bar.right, y), (bar.right + TICK_LENGTH, y)]))
            self.drawing.text(bar.right + TICK_LENGTH + 1.5, y, f"{db}", TICK)
        self.drawing.text(bar.x + bar.width / 2, bar.y - 7.0, "dB", TICK, "middle")

    def _templates(self, box: Box, lanes: list[LayerCurves]) -> None:
        rows, _ = self._axes(box)
        # As many points as can be seen, and not as many as the pictures have.
        rows = axis_of(_thinned(rows.edges, 300), self._subject.stack.bins)
        count, wide = len(rows.spread), box.width / len(lanes)
        y = box.bottom - (np.arange(count) + 0.5) / count * box.height
        for i, each in enumerate(lanes):
            base = box.x + i * wide
            x = base + along(each.spectrum, rows, 0.5 / self._subject.power) * wide * 0.92
            self._curve(np.stack([x, y], axis=1), (base, box.bottom), (base, box.y), each.colour)
        self.drawing.frame(box)
        self.drawing.text(box.x + box.width / 2, box.y - 8.0, "W", TITLE, "middle")

    def _activations(self, box: Box, lanes: list[LayerCurves], left: float) -> None:
        _, columns = self._axes(box)
        columns = axis_of(_thinned(columns.edges, 700), self._subject.stack.frames)
        count, high = len(columns.spread), box.height / len(lanes)
        x = box.x + (np.arange(count) + 0.5) / count * box.width
        for i, each in enumerate(lanes):
            base = box.y + (i + 1) * high
            y = base - along(each.activation, columns, 1.0 / self._subject.power) * high * 0.92
            self._curve(np.stack([x, y], axis=1), (box.x, base), (box.right, base), each.colour)
            self._named(box.x - 4.0, base - high / 2, each.name, each.colour, box.x - 4.0 - left + 30.0)
        owning = sum(bool(layer.components) for layer in self._subject.stack.layers)
        if owning > len(lanes):
            self.drawing.text(
                box.x - 4.0,
                box.bottom + 7.0,
                self._options.words.quieter.format(owning - len(lanes)),
                NAME,
                "end",
                QUIET,
            )
        self.drawing.frame(box)
        self.drawing.text(box.right + 10.0, box.y + box.height / 2, "H", TITLE, "middle")

    def _curve(
        self, points: NDArray[np.float64], start: tuple[float, float], end: tuple[float, float], colour: str
    ) -> None:
        outline = np.concatenate([[start], points, [end]])
        self.drawing.area(outline, colour)
        self.drawing.line(points, darker(colour), 0.4)

    def _named(self, right: float, y: float, name: str, colour: str, room: float) -> None:
        """The name of a lane, which ends before `right`, with its colour."""
        text = shortened(name, NAME, room - 9.0)
        self.drawing.text(right - 9.0, y, text, NAME, "end")
        self.drawing.frame(Box(right - 6.0, y - 3.0, 6.0, 6.0), darker(colour), colour, 0.4)

    def _masks(self, grid: Box, masks: list[int]) -> None:
        columns = self._columns(len(masks), grid.width, grid.height)
        rows = -(-len(masks) // columns)
        wide = (grid.width - (columns - 1) * GAP) / columns
        high = (grid.height + BETWEEN) / rows - HEAD - BETWEEN
        for i, layer in enumerate(masks):
            row, column = divmod(i, columns)
            y = grid.y + HEAD + row * (high + HEAD + BETWEEN)
            box = Box(grid.x + column * (wide + GAP), y, wide, high)
            each = self._subject.stack.layers[layer]
            self.drawing.raster(box, self._picture(box, Show.MASK, (layer,)))
            self.drawing.frame(box)
            self.drawing.frame(Box(box.x, box.y - 9.5, 6.0, 6.0), darker(each.colour), each.colour, 0.4)
            self.drawing.text(box.x + 9.0, box.y - 6.5, shortened(each.name, NAME, wide - 9.0), NAME)
            if column == 0:
                self._frequencies(box)
            if i + columns >= len(masks):
                self._times(box)
            self._progress(0.4 + 0.6 * (i + 1) / len(masks))
        self._name_axes(Box(grid.x, grid.y + HEAD, grid.width, grid.height - HEAD))
        left_out = len(self._subject.stack.layers) - len(masks)
        if left_out:
            text = self._options.words.more.format(left_out)
            self.drawing.text(grid.right, grid.y - 2.0, text, NAME, "end", QUIET)

    def _columns(self, count: int, width: float, height: float) -> int:
        """Columns of masks with which they come near their aspect."""

        def off(columns: int) -> float:
            rows = -(-count // columns)
            aspect = (width / columns) / max(height / rows - HEAD, 1.0)
            return abs(math.log(aspect / ASPECT)) + 0.15 * (rows * columns - count)

        most, least = max(1, int(width // MASK_WIDE)), -(-count // max(1, int(height // MASK_HIGH)))
        return min(range(min(least, most), min(count, most) + 1), key=off)

    def _legend(self, box: Box) -> None:
        """Names of the layers over the spectrogram, where nothing else tells them."""
        x = box.right
        for layer in reversed(self._subject.stack.layers):
            text = shortened(layer.name, NAME, 90.0)
            x -= text_width(text, NAME) + 18.0
            if x < box.x:
                break
            self.drawing.frame(Box(x, box.y - 11.0, 6.0, 6.0), darker(layer.colour), layer.colour, 0.4)
            self.drawing.text(x + 9.0, box.y - 8.0, text, NAME)


def darker(colour: str) -> str:
    """A colour that is seen on white, of the same hue."""
    return "#" + "".join(f"{round(0.55 * int(colour[i : i + 2], 16)):02x}" for i in (1, 3, 5))


def _thinned(edges: NDArray[np.intp], most: int) -> NDArray[np.float64]:
    """Edges of fewer pixels, which reach from the first to the last as before."""
    chosen = np.linspace(0, len(edges) - 1, min(most + 1, len(edges)))
    return edges[np.rint(chosen).astype(np.intp)].astype(np.float64)
