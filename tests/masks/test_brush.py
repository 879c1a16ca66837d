"""What a brush covers, at any zoom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.masks.edits.brush import Brush, Ruler, Shape, coverage
from workbench.spectral.scales import FrequencyScale

PIXELS = Ruler(FrequencyScale.LINEAR, 1.0, 1.0, 1.0)
"""One pixel a bin and a frame."""
WIDE = np.arange(0, 101)


def test_brush_covers_what_the_cursor_shows():
    full = coverage(Brush(size=20, hardness=1.0), PIXELS, WIDE, WIDE, (50, 50), (50, 50))
    y, x = np.nonzero(full > 0.5)
    assert np.hypot(x - 50, y - 50).max() <= 11 and len(x) == pytest.approx(np.pi * 100, rel=0.2)
    soft = coverage(Brush(size=20, hardness=0.0), PIXELS, WIDE, WIDE, (50, 50), (50, 50))
    assert soft[50, 50] == pytest.approx(1, abs=0.02) and soft[50, 55] == pytest.approx(0.5, abs=0.1)
    line = coverage(Brush(size=8, hardness=1.0), PIXELS, WIDE, WIDE, (20, 50), (80, 50))
    assert (line[50, 20:80] == 1).all()


def test_a_bin_larger_than_the_brush_is_painted_when_the_brush_is_on_it():
    large = Ruler(FrequencyScale.LINEAR, 1.0, 100.0, 150.0)
    held = coverage(Brush(size=6), large, np.arange(2), np.arange(2), (10, 140), (10, 140))
    assert held[1, 0] == 1 and held[0, 0] == 0 and not held[:, 1].any()


@given(st.integers(0, 10_000), st.sampled_from([Shape.ROUND, Shape.BOX]))
def test_a_drawn_brush_covers_what_all_its_places_cover(seed, shape):
    rng = np.random.default_rng(seed)
    start, end = rng.uniform(20, 80, 2), rng.uniform(20, 80, 2)
    brush = Brush(shape, 16, 1.0)
    drawn = coverage(brush, PIXELS, WIDE, WIDE, tuple(start), tuple(end))
    places = [tuple(start + t * (end - start)) for t in np.linspace(0, 1, 400)]
    stamped = np.max([coverage(brush, PIXELS, WIDE, WIDE, place, place) for place in places], axis=0)
    # A bin that the rim only grazes may be told differently.
    assert np.mean(drawn != stamped) < (0.003 if shape is Shape.BOX else 0.01)


def test_strips_cover_all_frequencies_or_all_times():
    strip = coverage(Brush(Shape.TIME, 10, 1.0), PIXELS, WIDE, WIDE, (30, 5), (40, 90))
    assert (strip[:, 26:45] == 1).all() and not strip[:, :24].any() and not strip[:, 47:].any()
    strip = coverage(Brush(Shape.FREQUENCY, 10, 1.0), PIXELS, WIDE, WIDE, (30, 20), (40, 20))
    assert (strip[16:25] == 1).all() and not strip[:14].any() and not strip[27:].any()


def test_the_comb_covers_the_overtones_of_what_is_under_the_pointer():
    ruler = Ruler(FrequencyScale.LOG, 10.0, 2.0, 60.0)
    y = float(ruler.y_of_hz(200.0))
    brush = Brush(Shape.COMB, 8, 1.0, harmonics=4, width=30.0)
    held = coverage(brush, ruler, np.arange(120), WIDE, (40, y), (120, y))
    inside = held[:, 40]
    lines = [20 * h for h in (1, 2, 3, 4)]
    assert (inside[lines] == 1).all() and inside.sum() == pytest.approx(4 * 5, abs=4) and not inside[90:].any()
    # Overtones of a glide move as many times faster as their number says.
    glide = coverage(brush, ruler, np.arange(120), WIDE, (40, y), (120, float(ruler.y_of_hz(300.0))))
    middle = float(ruler.hz((y + float(ruler.y_of_hz(300.0))) / 2)) / 10
    assert glide[round(3 * middle), 40] == 1 and glide[round(3 * middle) - 6, 40] == 0
