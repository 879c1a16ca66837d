"""Levels under a picture: found once a view, the same in whatever pieces they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.masks.pictures.cell_levels import CellLevels
from workbench.masks.pictures.picture import axis_of, levels_of
from workbench.spectral.pyramid import LevelPyramid

BINS, FRAMES = 200, 3000
WIDTH, HEIGHT, STRIP = 150, 90, 16


@pytest.fixture(scope="module")
def base():
    return np.random.default_rng(0).integers(0, 256, (FRAMES, BINS), np.uint8)


@pytest.mark.parametrize(
    ("first", "last"),
    # Where there are nearly as many frames as pixels, two pixels may show one frame beside others that leave one out.
    [(1000, 1040), (500, 800), (0, FRAMES)] + [(700.3, 700.3 + each * WIDTH) for each in (0.7, 0.98, 1.3, 1.42, 1.7)],
)
def test_any_rectangle_has_the_levels_of_the_view(base, first, last):
    levels, rng = LevelPyramid(base), np.random.default_rng(1)
    rows = axis_of(np.geomspace(1, BINS, HEIGHT + 1) - 0.5, BINS)
    columns = axis_of(np.linspace(first, last, WIDTH + 1) - 0.5, FRAMES)
    known, whole = CellLevels(levels, rows, columns, STRIP), levels_of(levels, rows, columns)
    for left in rng.permutation(np.arange(0, WIDTH, STRIP)):
        # In any order, as they have their turn.
        known.cut(0, HEIGHT, left, min(left + STRIP, WIDTH))
    for _ in range(30):
        (low, high), (left, right) = (np.sort(rng.choice(n + 1, 2, replace=False)) for n in (HEIGHT, WIDTH))
        found = known.cut(low, high, left, right)
        cells = rows.cells_in(low, high), columns.cells_in(left, right)
        np.testing.assert_array_equal(found, whole[cells])
        assert found.shape == (len(rows.cut(low, high).cells), len(columns.cut(left, right).cells))


def test_each_cell_has_the_loudest_of_its_bins_and_frames(base):
    rows = axis_of(np.geomspace(1, BINS, HEIGHT + 1) - 0.5, BINS)
    columns = axis_of(np.linspace(500, 800, WIDTH + 1) - 0.5, FRAMES)
    found = CellLevels(LevelPyramid(base), rows, columns, STRIP).cut(0, HEIGHT, 0, WIDTH)
    bins, frames = np.append(rows.cells, rows.edges[-1]), np.append(columns.cells, columns.edges[-1])
    for i in range(0, len(rows.cells) - 1, 7):
        for j in range(0, len(columns.cells) - 1, 7):
            assert found[i, j] == base[frames[j] : frames[j + 1], bins[i] : bins[i + 1]].max()
