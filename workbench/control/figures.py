"""The figure of the method for a paper, of what is shown: written as SVG or as PNG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject

from workbench.control.exporting import Exporting
from workbench.control.notices import Notices
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.exchange.figure import png, svg
from workbench.exchange.figure.method import FigureOptions, FigureWords, Subject, method_figure
from workbench.jobs.runner import Runner
from workbench.progress import Progress

PAGE = 180 * svg.POINTS_PER_MM
"""How wide a PNG is taken to be in print: two columns of a journal. So letters are as large as there."""
PRINT = 300 / 72
"""Dots to a point of pictures within SVG, on sheets that have no more of them than these."""
MOST_DOTS = 24_000_000


class FigureFormat(StrEnum):
    """How a figure is written."""

    SVG = "svg"
    PNG = "png"

    @property
    def suffix(self) -> str:
        """Ending of the file's name."""
        return f".{self.value}"


@dataclass(frozen=True)
class FigureWish:
    """What is wanted of a figure.

    Attributes
    ----------
    form : FigureFormat
    width, height : int
        Millimetres of SVG, pixels of PNG.
    view : bool
        Only the time and frequency in view.
    masks : bool
        With the masks of all layers.
    """

    form: FigureFormat = FigureFormat.SVG
    width: int = 180
    height: int = 150
    view: bool = False
    masks: bool = True


class Figures(QObject):
    """Draws in the background what was shown when it was asked for."""

    def __init__(
        self,
        document: Document,
        viewport: Viewport,
        exporting: Exporting,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._viewport = document, viewport
        self._exporting, self._runner, self._notices = exporting, runner, notices

    def write(self, path: Path, wish: FigureWish) -> None:
        """Write a figure, on the frequency scale that is shown."""
        document, scene = self._document, self._document.scene
        if scene is None:
            return
        power = 1.0 if document.run is None else document.run.settings.power
        subject = Subject(document.levels, scene.stack, scene.analysis, scene.recording.rate, power)
        options = self._options(wish)

        def draw(report: Progress) -> list[Path]:
            drawing = method_figure(subject, options, lambda share: report(0.9 * share))
            return svg.write(path, drawing) if wish.form is FigureFormat.SVG else png.write(path, drawing, wish.width)

        def done(paths: list[Path]) -> None:
            self._notices.say(self.tr("Wrote {0} to {1}").format(paths[0].name, paths[0].parent))

        name = self.tr("Drawing the figure")
        self._exporting.count(self._runner.run(name, lambda job: draw(job.report), done, self._notices.trouble))

    def _options(self, wish: FigureWish) -> FigureOptions:
        view = self._viewport
        low, high = (float(each) for each in view.scale.frequency([view.low, view.high]))
        seconds, hz = ((view.start, view.stop), (low, high)) if wish.view else (None, None)
        words = FigureWords(
            self.tr("Frequency (Hz)"), self.tr("Time (s)"), self.tr("and {0} quieter"), self.tr("and {0} more masks")
        )
        if wish.form is FigureFormat.SVG:
            width, height = wish.width * svg.POINTS_PER_MM, wish.height * svg.POINTS_PER_MM
            dots = min(PRINT, math.sqrt(MOST_DOTS / (width * height)))
        else:
            width, height, dots = PAGE, PAGE * wish.height / wish.width, wish.width / PAGE
        return FigureOptions(width, height, dots, view.scale, seconds, hz, wish.masks, words=words)
