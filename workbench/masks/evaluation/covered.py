"""What strokes cover of blocks, remembered within a number of bytes; it does not depend on the model."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from workbench.masks.edits.traces import Path, Stroke
from workbench.masks.evaluation.lattice import Block
from workbench.masks.evaluation.pages import lasting, whole_pages
from workbench.masks.model.grid import Array, Grid

MOST_COVERAGE = 16 * 2**20
"""Bytes."""
RECORD_BYTES = 300
"""What a record takes beside its values."""


@dataclass(frozen=True, eq=False)
class _Covered:
    """What the first points of a stroke cover of a block; of rows and columns that it can't reach nothing is held."""

    points: int
    rows: slice
    columns: slice
    values: Array

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return RECORD_BYTES + whole_pages(self.values.nbytes)

    def on(self, block: Block) -> Array:
        """On the whole block, shape (R, C)."""
        out = np.zeros((len(block.rows), len(block.columns)), np.float32)
        out[self.rows, self.columns] = self.values
        return out


class Coverage:
    """Remembers for every reader. Any thread may ask."""

    def __init__(self, most_bytes: int = MOST_COVERAGE) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        # What was asked for last is last.
        self._held: OrderedDict[tuple[Stroke, Block], _Covered] = OrderedDict()
        self.nbytes = 0

    def of(self, path: Path, block: Block) -> Array:
        """What a stroke covers of a block, float32 (R, C); as it is drawn on, only what came since is looked at."""
        key = path.stroke, block
        with self._lock:
            known = self._held.get(key)
            if known is not None:
                self._held.move_to_end(key)
        if known is not None and known.points == len(path.points):
            return known.on(block)
        if known is None or known.points > len(path.points):
            found = path.at(block.rows, block.columns)
        else:
            found = path.drawn_on(known.on(block), known.points, block.rows, block.columns)
        self._keep(key, found, path)
        return found

    def _keep(self, key: tuple[Stroke, Block], found: Array, path: Path) -> None:
        rows, columns = Grid(key[1].rows, key[1].columns, ()).inside(path.bounds)
        fresh = _Covered(len(path.points), rows, columns, lasting(found[rows, columns]))
        with self._lock:
            known = self._held.get(key)
            if known is None or known.points <= fresh.points:
                self.nbytes += fresh.nbytes - (0 if known is None else known.nbytes)
                self._held[key] = fresh
                self._held.move_to_end(key)
            while self.nbytes > self._most_bytes and len(self._held) > 1:
                self.nbytes -= self._held.popitem(last=False)[1].nbytes
