"""What the list of marks says and shows of each: made for those in sight."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from workbench.control.mark_effects import MarkEffects
from workbench.control.marks import MarkActs
from workbench.document.document import Document
from workbench.masks.edits.area import Area
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.ridges import peaks
from workbench.masks.model.grid import Region
from workbench.masks.pictures.picture import Look, Show, axis_of_cells, bgr, brightness, picture
from workbench.spectral.axes import clock, describe_hz
from workbench.spectral.level import level_db
from workbench.ui.base.names import short

PICTURE = QSize(56, 34)
AROUND = 3
"""A picture shows so many times what is marked."""
MOST_PICTURES = 200
"""That are kept."""
MOST_LETTERS = 16
"""Of a source's name."""
MOST_FRAMES = 400
"""Of a mark, in which its partials are looked for."""
LOUD_DB = 15.0
"""A partial that is no more than so much below the loudest one tells what a mark is of."""


class MarkRows(QObject):
    """Texts and pictures of marks."""

    def __init__(
        self, document: Document, marks: MarkActs, effects: MarkEffects, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._marks, self._effects = document, marks, effects
        self._pictures: dict[tuple[int, str], tuple[Area | Trace, QIcon]] = {}
        """By place and colour; the places are kept, so that these stay theirs."""
        document.opened.connect(self._pictures.clear)

    def data(self, mark: Mark, role: int) -> object:
        """What a row has for a role of Qt's."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            # When and where it is stays in sight.
            return self._text(mark, MOST_LETTERS if role == Qt.ItemDataRole.DisplayRole else None)
        return self._picture(mark) if role == Qt.ItemDataRole.DecorationRole else None

    def _text(self, mark: Mark, letters: int | None) -> str:
        layer, bounds = self._marks.source_of(mark), mark.place.bounds
        recording, analysis = self._document.recording, self._document.state.analysis
        if layer is None or recording is None:
            return ""
        name = layer.name if letters is None else short(layer.name, letters)
        name = self.tr("Not {0}").format(name) if mark.denies else name
        at = clock(analysis.second_of((bounds.start + bounds.stop - 1) / 2, recording.rate))
        everywhere = bounds.high - bounds.low >= analysis.bins
        where = mark.name or (self.tr("all frequencies") if everywhere else describe_hz(self._lowest_hz(bounds)))
        share = self._effects.of(mark)
        effect = "…" if share is None else self.tr("moved {0:.1f} % of the sound").format(100 * share)
        return f"{name} · {at} · {where}\n{effect}"

    def _lowest_hz(self, bounds: Region) -> float:
        """What a box holds is told by the lowest of its partials that are loud, as a note is by its fundamental."""
        recording = self._document.recording
        assert recording is not None
        every = max(1, (bounds.stop - bounds.start) // MOST_FRAMES)
        levels, low = self._document.levels.levels[0], max(bounds.low, 0)
        within = levels[max(bounds.start, 0) : bounds.stop : every, low : bounds.high]
        if not within.size:
            return self._document.state.analysis.hz_of(low, recording.rate)
        heights = level_db(within.max(axis=0))
        found = [peak for peak in peaks(heights, 0, len(heights)) if heights[peak] >= heights.max() - LOUD_DB]
        return self._document.state.analysis.hz_of(low + int(min(found, default=heights.argmax())), recording.rate)

    def _picture(self, mark: Mark) -> QIcon:
        """The spectrogram around the mark; made once for each."""
        layer = self._marks.source_of(mark)
        if layer is None:
            return QIcon()
        key = id(mark.place), layer.colour
        known = self._pictures.pop(key, None) or (mark.place, self._drawn(mark, layer.colour))
        # What was shown last is last.
        self._pictures[key] = known
        if len(self._pictures) > MOST_PICTURES:
            del self._pictures[next(iter(self._pictures))]
        return known[1]

    def _drawn(self, mark: Mark, colour: str) -> QIcon:
        document, b = self._document, mark.place.bounds
        if document.recording is None:
            return QIcon()
        stack = document.stack
        high, wide = b.high - b.low, b.stop - b.start
        region = Region(b.low - AROUND * high, b.high + AROUND * high, b.start - AROUND * wide, b.stop + AROUND * wide)
        region = region.clipped(stack.bins, stack.frames)
        if not region.bins_held:
            return QIcon()
        rows = np.unique(np.linspace(region.low, region.high - 1, PICTURE.height()).astype(np.intp))
        columns = np.unique(np.linspace(region.start, region.stop - 1, PICTURE.width()).astype(np.intp))
        palette = np.linspace((18, 12, 8), (255, 255, 255), 256).astype(np.uint8)
        look = Look(Show.LEVEL, brightness(-90.0, -12.0), np.zeros((0, 3), np.float32), palette, ())
        axes = axis_of_cells(rows, region.high), axis_of_cells(columns, region.stop)
        pixels = np.ascontiguousarray(picture(document.levels, stack, look, *axes)[::-1])
        held, size = mark.place.at(rows, columns)[::-1] >= 0.5, pixels.shape
        pixels[held, :3] = (pixels[held, :3] * 0.5 + np.array(bgr(colour)) * 127.5).astype(np.uint8)
        image = QImage(pixels.data, size[1], size[0], 4 * size[1], QImage.Format.Format_RGB32)
        return QIcon(QPixmap.fromImage(image).scaled(PICTURE))
