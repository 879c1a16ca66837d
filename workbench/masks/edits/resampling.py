"""Factors and edits carried over to another window and hop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workbench.masks.edits.areas import Area
from workbench.masks.edits.edits import Edit, Operation, Paint, Tile
from workbench.masks.edits.effects import Combine, Effect, Filter
from workbench.masks.edits.traces import Trace
from workbench.masks.hand.clips import Clip
from workbench.masks.model.grid import TILE, Region, lattice
from workbench.masks.model.models import Factors, Model, Shares
from workbench.masks.model.sharing import Masks
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis


def resample_factors(model: Model, old: Analysis, new: Analysis, samples: int) -> Model:
    """W along frequency (and its frames), H along time, linearly interpolated onto another analysis.

    Templates keep their sums. Of shares given for every bin the nearest is taken.
    """
    rows = np.arange(new.bins) * (old.window / new.window)
    columns = np.arange(new.frames(samples)) * (new.hop / old.hop)
    if isinstance(model, Shares):
        near = np.ix_(
            np.clip(np.rint(columns), 0, model.masks.shape[1] - 1).astype(np.intp),
            np.clip(np.rint(rows), 0, model.masks.shape[2] - 1).astype(np.intp),
        )
        return Shares(np.stack([mask[near] for mask in model.masks]))
    w = np.apply_along_axis(lambda column: np.interp(rows, np.arange(old.bins), column), 0, model.W)
    if w.ndim == 3:
        length = max(1, round(model.length * old.hop / new.hop))
        places = (np.arange(length) + 0.5) * model.length / length - 0.5
        w = np.apply_along_axis(lambda row: np.interp(places, np.arange(model.length), row), 2, w)
    h = np.stack([np.interp(columns, np.arange(model.H.shape[1]), row) for row in model.H])
    shape = (1, -1, 1)[: w.ndim]
    now, before = (x.reshape(len(x), x.shape[1], -1).sum(axis=(0, 2)).reshape(shape) for x in (w, model.W))
    w = np.divide(w * before, now, out=np.zeros_like(w), where=now > 0)
    return Factors(w.astype(np.float32), h.astype(np.float32))


def resample_edits(edits: tuple[Edit, ...], old: Analysis, new: Analysis, samples: int) -> tuple[Edit, ...]:
    """Painted tiles, areas and paths carried over to another window and hop.

    Each new bin takes the value of the old bin nearest to its frequency and time.

    Parameters
    ----------
    samples : int
        Length of the recording.
    """
    return tuple(
        _resample_paint(edit, old, new, samples)
        if isinstance(edit, Paint)
        else _resample_operation(edit, old, new, samples)
        for edit in edits
    )


def _resample_operation(edit: Operation, old: Analysis, new: Analysis, samples: int) -> Operation:
    area = edit.area
    if isinstance(area, (Area, Trace)):
        area = area.resampled(old, new, samples)
    return Operation(_resample_effect(edit.effect, old, new, samples), area)


def _resample_effect(effect: Effect, old: Analysis, new: Analysis, samples: int) -> Effect:
    """What an effect says in bins and frames, in those of the new analysis."""
    rows, columns = new.window / old.window, old.hop / new.hop
    if isinstance(effect, Filter):
        # A kernel that counted neighbours still does.
        wide = (
            max(min(effect.rows, 1), round(effect.rows * rows)),
            max(min(effect.columns, 1), round(effect.columns * columns)),
        )
        return replace(effect, rows=wide[0], columns=wide[1])
    changes: dict[str, Any] = {}
    if isinstance(effect, Combine):
        changes = {"rows": round(effect.rows * rows), "columns": round(effect.columns * columns)}
        if isinstance(effect.source, Clip):
            changes["source"] = _resample_clip(effect.source, old, new)
        elif isinstance(effect.source, Stack):
            changes["source"] = resample_stack(effect.source, old, new, samples)
    return replace(effect, **changes) if changes else effect


def _resample_clip(clip: Clip, old: Analysis, new: Analysis) -> Clip:
    """The values of the bins nearest to the new ones."""
    ends = []
    for low, high, scale in (
        (clip.region.low, clip.region.high, old.window / new.window),
        (clip.region.start, clip.region.stop, new.hop / old.hop),
    ):
        there = np.arange(int(low / scale), int(np.ceil(high / scale)) + 1)
        source = np.rint(there * scale).astype(np.intp)
        inside = (source >= low) & (source < high)
        ends.append((there[inside], source[inside] - low))
    (rows, source_rows), (columns, source_columns) = ends
    if not len(rows) or not len(columns):
        return Clip(Region(0, 0, 0, 0), np.zeros((0, 0), np.float32))
    region = Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
    return Clip(region, clip.values[np.ix_(source_rows, source_columns)])


def resample_stack(stack: Stack, old: Analysis, new: Analysis, samples: int) -> Stack:
    """A stack as it was, for another analysis; it knows no levels."""
    factors = None if stack.factors is None else resample_factors(stack.factors, old, new, samples)
    edits = resample_edits(stack.edits, old, new, samples)
    return replace(stack, factors=factors, edits=edits, bins=new.bins, frames=new.frames(samples), levels=None)


def _resample_paint(paint: Paint, old: Analysis, new: Analysis, samples: int) -> Paint:
    bins, frames, old_frames = new.bins, new.frames(samples), old.frames(samples)
    row_scale, column_scale = old.window / new.window, new.hop / old.hop
    wanted: set[tuple[int, int]] = set()
    for row, column in paint.tiles:
        rows = np.arange(int(row * TILE / row_scale), int((row + 1) * TILE / row_scale) + 2)
        columns = np.arange(int(column * TILE / column_scale), int((column + 1) * TILE / column_scale) + 2)
        wanted.update(lattice(rows[rows < bins], columns[columns < frames]))
    tiles: dict[tuple[int, int], Tile] = {}
    for row, column in sorted(wanted):
        rows = np.arange(row * TILE, min((row + 1) * TILE, bins))
        columns = np.arange(column * TILE, min((column + 1) * TILE, frames))
        source_rows = np.minimum(np.rint(rows * row_scale).astype(np.intp), old.bins - 1)
        source_columns = np.minimum(np.rint(columns * column_scale).astype(np.intp), old_frames - 1)
        tile: dict[int, Masks] = {}
        for key in lattice(source_rows, source_columns):
            in_rows, in_columns = source_rows // TILE == key[0], source_columns // TILE == key[1]
            for part, values in paint.tiles.get(key, {}).items():
                piece = values[np.ix_(source_rows[in_rows] % TILE, source_columns[in_columns] % TILE)]
                held = tile.setdefault(part, np.full((TILE, TILE), np.nan, np.float32))
                held[np.ix_(np.nonzero(in_rows)[0], np.nonzero(in_columns)[0])] = piece
        tile = {part: held for part, held in tile.items() if not np.isnan(held).all()}
        if tile:
            tiles[row, column] = tile
    return Paint(tiles)
