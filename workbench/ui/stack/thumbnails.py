"""The small pictures of the masks in the rows of the stack."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.evaluation.lattice import Lattice
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer
from workbench.masks.pictures.picture import Look, Pixels, Show, bgr, brightness
from workbench.masks.pictures.thumbnails import shades, small_picture, thumbnail_lattice
from workbench.masks.stack import Stack
from workbench.spectral.pyramid import LevelPyramid
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_list import LayerList
from workbench.ui.stack.layer_row import LayerRow
from workbench.ui.stack.thumbnail import Thumbnail

THUMBNAIL_MS = 40
KEY = "thumbnails"
"""Of the job."""
NOTHING = Region(0, 0, 0, 0)


class Thumbnails(QObject):
    """Draws what changed, a moment after it changed; what it takes to know the masks is done in the background."""

    def __init__(self, document: Document, rows: LayerList, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._rows, self._runner = document, rows, runner
        self._stale: Region | None = None
        self._grey: NDArray[np.uint8] = np.zeros((0, 0, 0), np.uint8)
        self._lattice: Lattice | None = None
        self._plane = (0, 0)
        self.in_colour = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THUMBNAIL_MS)
        self._timer.timeout.connect(self._look)
        document.masks_changed.connect(self._masks_changed)

    def set_in_colour(self, on: bool) -> None:
        """In colour over the mix, or white 0 to black 1."""
        self.in_colour = on
        self.draw()

    @property
    def fresh(self) -> bool:
        """Whether they show what is there now."""
        return not self._timer.isActive() and not self._runner.running(KEY)

    def draw(self) -> None:
        """Draw all of them anew."""
        self._stale = None
        self._look()

    def _masks_changed(self, region: Region | None) -> None:
        self._stale = None if region is None or self._stale is None else self._stale.joined(region)
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        """Ask for the masks of what changed since the last time."""
        document = self._document
        self._timer.stop()
        layers = document.layers
        if document.recording is None or [row.layer.id for row in self._rows.rows] != [layer.id for layer in layers]:
            return
        if self._runner.running(KEY):
            # Again, once it has been answered.
            self._timer.start()
            return
        stack, stale = document.stack, self._stale
        self._stale = NOTHING
        if self._lattice is None or self._plane != (stack.bins, stack.frames):
            size = Thumbnail.SIZE
            self._plane = stack.bins, stack.frames
            self._lattice = thumbnail_lattice(*self._plane, size.width(), size.height())
        lattice, shown = self._lattice, [self._indices(row) for row in self._rows.items]
        if self.in_colour:
            colours = np.array([bgr(layer.colour) for layer in layers], np.float32)
            work = partial(_over_the_mix, document.levels, stack, colours, shown, lattice)
            self._runner.run("", work, partial(self._show, tuple(layers)), key=KEY)
            return
        shape = len(shown), len(lattice.rows), len(lattice.columns)
        if stale is None or self._grey.shape != shape:
            self._grey = np.zeros(shape, np.uint8)
            inside = slice(0, shape[1]), slice(0, shape[2])
        else:
            inside = lattice.spanned(stale)
        if all(part.stop > part.start for part in inside):
            seen = partial(self._show_shades, tuple(layers), inside)
            self._runner.run("", partial(_shades, stack, shown, lattice, inside), seen, key=KEY)

    def _show_shades(self, layers: tuple[Layer, ...], inside: tuple[slice, slice], found: Pixels) -> None:
        if self._grey.shape[0] != len(found):
            self.draw()
            return
        self._grey[:, inside[0], inside[1]] = found
        self._show(layers, [np.ascontiguousarray(each[::-1]) for each in self._grey])

    def _show(self, layers: tuple[Layer, ...], pictures: list[Pixels]) -> None:
        if [row.layer.id for row in self._rows.rows] != [layer.id for layer in layers] or len(pictures) != len(
            self._rows.items
        ):
            # Other rows by now.
            self.draw()
            return
        for row, pixels in zip(self._rows.items, pictures, strict=True):
            height, width = pixels.shape[:2]
            kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB32
            row.thumbnail.show_image(QImage(pixels.data, width, height, pixels.strides[0], kind).copy())

    def _indices(self, row: LayerRow) -> tuple[int, ...]:
        """The layers whose masks a row shows."""
        layers = self._document.layers
        if isinstance(row, GroupRow):
            return tuple(i for i, layer in enumerate(layers) if layer.group == row.group)
        return tuple(i for i, layer in enumerate(layers) if layer.id == row.layer.id)


def _shades(
    stack: Stack, shown: list[tuple[int, ...]], lattice: Lattice, inside: tuple[slice, slice], job: Job
) -> Pixels:
    return shades(stack, shown, lattice, inside)


def _over_the_mix(
    levels: LevelPyramid,
    stack: Stack,
    colours: NDArray[np.float32],
    shown: list[tuple[int, ...]],
    lattice: Lattice,
    job: Job,
) -> list[Pixels]:
    palette = np.zeros((256, 3), np.uint8)
    looks = [Look(Show.OVER, brightness(-90, -20), colours, palette, indices) for indices in shown]
    return [small_picture(levels, stack, look, lattice) for look in looks]
