"""What an example of a sound says, against the sounds that a recording was made of."""

from dataclasses import replace

import numpy as np
import pytest

from workbench.errors import UserError
from workbench.masks.edits.area import nothing
from workbench.masks.edits.areas import everything, of_plane, rectangle
from workbench.masks.insight.examples import BESIDE_DB, SOUNDS_DB, example_of
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.stack import Stack
from workbench.progress import Cancelled
from workbench.spectral.level import level_db
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE, ANALYSIS = 16000, Analysis(1024, 256)
T = np.arange(4 * RATE) / RATE


def bell(hz, every, first):
    """A tone that is struck again and again."""
    since = np.mod(T - first, every)
    return np.where(first <= T, 0.2 * np.exp(-since * 5), 0) * sum(
        np.sin(2 * np.pi * m * hz * T) / m for m in range(1, 6)
    )


@pytest.fixture(scope="module")
def stack():
    mix = (bell(220, 0.8, 0.1) + bell(930, 0.6, 0.33)).astype(np.float32)[:, None]
    levels = analyse_levels(mix, ANALYSIS).levels[0]
    return Stack((Layer(1, "Everything", "#ffffff", (Part(2, 0),)),), None, (), ANALYSIS.bins, len(levels), levels)


@pytest.fixture(scope="module")
def low(stack):
    """A box on a stroke of the low bell."""
    rows = ANALYSIS.bin_at(150, RATE), ANALYSIS.bin_at(700, RATE)
    return rectangle(
        Region(*rows, ANALYSIS.frame_at(0.9, RATE), ANALYSIS.frame_at(1.2, RATE)), stack.bins, stack.frames
    )


def plane(area):
    return area.at(np.arange(area.bins), np.arange(area.frames)) > 0.5


def test_it_says_where_the_sound_is_where_its_like_is_and_what_is_beside_them(stack, low):
    found = example_of(stack, low, ANALYSIS)
    itself, similar = found.itself, found.similar
    db, held = level_db(stack.levels.T), plane(low)
    loudest = db[held].max()
    assert np.array_equal(plane(itself.sound), held & (db >= loudest - SOUNDS_DB))
    frames = held.any(axis=0)
    assert np.array_equal(plane(itself.beside), ~held & frames & (db >= loudest - BESIDE_DB))
    # The bell is struck at 0.1, 0.9, 1.7, 2.5 and 3.3 s: three times more within the recording as a whole.
    assert found.events >= 3
    strokes = {ANALYSIS.frame_at(second + 0.1, RATE) for second in (1.7, 2.5)}
    assert all(plane(similar.sound)[:, frame].any() for frame in strokes)
    # The frames of both are apart, and in none of them a bin is said to be both.
    for each in (itself, similar):
        assert not (plane(each.sound) & plane(each.beside)).any()
        assert (plane(each.sound).any(axis=0) >= plane(each.beside).any(axis=0)).all()
    assert not (plane(similar.sound) | plane(similar.beside))[:, frames].any()
    # What is beside the low bell are the partials of the high one, and its own from the fourth on.
    high = ANALYSIS.bin_at(930, RATE)
    assert plane(similar.beside)[high - 1 : high + 2].any() and not plane(similar.sound)[high - 1 : high + 2].any()


def test_an_example_of_all_times_has_nothing_like_it(stack):
    band = rectangle(Region(10, 20, 0, stack.frames), stack.bins, stack.frames)
    found = example_of(stack, band, ANALYSIS)
    assert not found.events and not found.similar.sound and not found.similar.beside
    assert plane(found.itself.sound)[10:20].any() and plane(found.itself.beside).any()


def test_soft_and_scattered_examples_count_where_they_hold_more_than_half(stack):
    covered = np.zeros((stack.bins, stack.frames), np.uint8)
    covered[14:30, 60:72] = 200
    covered[14:30, 72:90] = 100
    covered[14:30, 120:125] = 255
    area = of_plane(covered, Region(0, stack.bins, 0, stack.frames), stack.bins, stack.frames)
    sound = plane(example_of(stack, area, ANALYSIS).itself.sound)
    assert sound.any() and not sound[covered < 128].any()


def test_it_stops_when_it_is_asked_to(stack, low):
    shares = []

    def stop_late(share):
        shares.append(share)
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        example_of(stack, low, ANALYSIS, stop_late)
    assert shares == sorted(shares)


def test_what_cannot_be_an_example_is_refused(stack, low):
    with pytest.raises(UserError, match="example_silent"):
        example_of(stack, nothing(stack.bins, stack.frames), ANALYSIS)
    with pytest.raises(UserError, match="example_all"):
        example_of(stack, everything(stack.bins, stack.frames), ANALYSIS)
    with pytest.raises(UserError, match="example_silent"):
        example_of(replace(stack, levels=np.zeros_like(stack.levels)), low, ANALYSIS)
    with pytest.raises(UserError, match="levels_unknown"):
        example_of(replace(stack, levels=None), low, ANALYSIS)
