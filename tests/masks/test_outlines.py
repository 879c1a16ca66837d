"""Outlines of areas in a view: the border of what the picture would show of them, read once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.edits.area import CHUNK, Area
from workbench.masks.edits.areas import nothing, of_plane
from workbench.masks.model.grid import TILE, Region
from workbench.masks.pictures.outlines import Outlines
from workbench.masks.pictures.picture import axis_of

BINS, FRAMES = 150, 400
WHOLE = Region(0, BINS, 0, FRAMES)


class Counted(dict):
    """Tiles that count how often one of them is read."""

    reads = 0

    def get(self, key, default=None):
        self.reads += 1
        return super().get(key, default)


def scattered(random, soft=False):
    """Boxes of all sizes, some of which touch; hard, or covered by any share."""
    held = np.zeros((BINS, FRAMES), np.uint8)
    for _ in range(random.integers(0, 25)):
        low, start = random.integers(0, BINS), random.integers(0, FRAMES)
        high, stop = low + random.integers(1, 40), start + random.integers(1, 90)
        held[low:high, start:stop] = random.integers(0, 256) if soft else 255
    return of_plane(held, WHOLE, BINS, FRAMES)


def view(random):
    """Rows on a bent scale and columns, from far more pixels than bins to far fewer."""
    axes = []
    for count in (BINS, FRAMES):
        low, high = np.sort(random.uniform(0, count - 1, 2))
        bent = np.linspace(0, 1, random.integers(2, 260)) ** random.uniform(1, 3)
        axes.append(axis_of(low + (high - low) * bent, count))
    return axes


def bordered(area, rows, columns):
    """By looking at every pixel and its four neighbours; beyond the view all goes on as it is at its side."""
    held = np.pad(area.pooled(rows.edges, columns.edges) >= 128, 1, mode="edge")
    inside = held[:-2, 1:-1] & held[2:, 1:-1] & held[1:-1, :-2] & held[1:-1, 2:]
    return held[1:-1, 1:-1] & ~inside


def drawn(found, count, rows, columns):
    out = np.zeros((count, len(rows.spread), len(columns.spread)), bool)
    out[found] = True
    return out


@given(st.integers(0, 100_000))
def test_a_border_is_each_pixel_that_has_a_neighbour_outside(seed):
    random = np.random.default_rng(seed)
    places = [scattered(random, soft) for soft in (False, True, False)] + [nothing(BINS, FRAMES).inverted()]
    outlines = Outlines()
    for _ in range(3):
        rows, columns = view(random)
        found = outlines.border(places, rows, columns)
        assert (np.diff(found[0]) >= 0).all()
        expected = [bordered(place, rows, columns) for place in places]
        np.testing.assert_array_equal(drawn(found, len(places), rows, columns), expected)
    assert not len(outlines.border([], rows, columns)[0])


def test_a_long_view_is_drawn_by_columns_of_tiles():
    frames = 4 * CHUNK
    held = np.zeros((BINS, frames), np.uint8)
    held[20:25, 1000:9000] = held[60, 100] = held[:, 12_000:12_005] = 255
    place = of_plane(held, Region(0, BINS, 0, frames), BINS, frames)
    rows = axis_of(np.linspace(0, BINS - 1, 90), BINS)
    columns = axis_of(np.arange(0, frames + 1, 2 * TILE) - 0.5, frames)
    found = drawn(Outlines().border([place], rows, columns), 1, rows, columns)
    np.testing.assert_array_equal(found[0], bordered(place, rows, columns))


def test_a_step_of_the_view_reads_what_came_into_it_and_what_is_held_has_a_bound():
    random = np.random.default_rng(5)
    made = [scattered(random) for _ in range(20)]
    places = [Area(BINS, FRAMES, each.cover, Counted(each.tiles)) for each in made]
    rows = axis_of(np.linspace(0, BINS - 1, 200), BINS)

    def step(outlines, start):
        """How many tiles a view of two tiles' width reads."""
        before = sum(each.tiles.reads for each in places)
        columns = axis_of(np.linspace(start, start + 2 * TILE - 1, 300), FRAMES)
        found = drawn(outlines.border(places, rows, columns), len(places), rows, columns)
        np.testing.assert_array_equal(found, [bordered(each, rows, columns) for each in made])
        return sum(each.tiles.reads for each in places) - before

    ample = Outlines()
    first = step(ample, 0)
    assert first > 0 and step(ample, 0) == 0
    assert 0 < step(ample, 5) < first
    assert step(ample, 10) == step(ample, 40) == step(ample, 0) == 0
    scarce = Outlines(ample.held // 3)
    for start in (0, 40, 100, 200, 0):
        step(scarce, start)
        assert 0 < scarce.held <= ample.held // 3


def test_an_area_is_never_taken_for_one_that_is_gone():
    outlines = Outlines()
    rows, columns = axis_of(np.arange(51) - 0.5, BINS), axis_of(np.arange(81) - 0.5, FRAMES)
    for low in range(5, 45):
        held = np.zeros((BINS, FRAMES), bool)
        held[low, 7] = True
        which, ys, xs = outlines.border([of_plane(held, WHOLE, BINS, FRAMES)], rows, columns)
        assert set(zip(which.tolist(), ys.tolist(), xs.tolist(), strict=True)) == {(0, low, 7)}
