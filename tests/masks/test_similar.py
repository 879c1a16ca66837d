"""Similar events against a slow formula, and with hits and notes of which it is known where they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.masks.synthesis import RATE, hit, levels_of, noise, plane, seconds, tone
from workbench.masks.edits.areas import of_plane, rectangle
from workbench.masks.insight.similar import BESIDE, events, likeness, repeated
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(256, 64)


def stop(share):
    raise Cancelled


def slow_likeness(levels, covered, analysis):
    """The weighted correlation coefficient of the selection with every moved one, bin by bin."""
    frames, bins = levels.shape
    rows, columns = np.nonzero(covered)
    weight = {}
    for row, column in zip(rows, columns, strict=True):
        for r in range(max(row - BESIDE, 0), min(row + BESIDE, bins - 1) + 1):
            for c in range(column - analysis.overlap, column + 1):
                weight[r, c] = max(weight.get((r, c), 0.0), covered[row, column] / 255)
    least = max(max(int(levels[c, r]) for r, c in weight if c >= columns.min()) - 120, 0)

    def height(r, c):
        return max(float(levels[c, r]) - least, 0.0) if 0 <= c < frames else 0.0

    places, w = list(weight), np.array(list(weight.values()))
    patch = np.array([height(r, c) for r, c in places])
    out = np.zeros(frames)
    for start in range(frames):
        there = np.array([height(r, c + start - columns.min()) for r, c in places])
        a, b = (x - (w * x).sum() / w.sum() for x in (patch, there))
        power = (w * a * a).sum() * (w * b * b).sum()
        out[start] = (w * a * b).sum() / np.sqrt(power) if power > 1e-6 else 0.0
    return out


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(0, 100), st.integers(0, 20))
def test_it_is_the_correlation_coefficient_under_the_moved_selection(seed, low, start):
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 255, (40, ANALYSIS.bins)).astype(np.uint8)
    covered = np.zeros((ANALYSIS.bins, 40), np.uint8)
    covered[low : low + 9, start : start + 6] = rng.integers(0, 256, (9, 6))
    covered[low, start] = 255
    area = of_plane(covered, Region(0, ANALYSIS.bins, 0, 40), ANALYSIS.bins, 40)
    found = likeness(levels, area, ANALYSIS)
    np.testing.assert_allclose(found, slow_likeness(levels, covered, ANALYSIS), atol=1e-5)
    assert found[area.bounds.start] == pytest.approx(1.0, abs=1e-6)


def test_a_selection_of_one_level_is_like_nothing():
    levels = np.full((40, ANALYSIS.bins), 90, np.uint8)
    area = rectangle(Region(10, 20, 8, 12), ANALYSIS.bins, 40)
    assert not likeness(levels, area, ANALYSIS).any()


def test_loudness_alone_makes_no_difference():
    rng = np.random.default_rng(3)
    levels = np.full((80, ANALYSIS.bins), 100, np.uint8)
    event = rng.integers(120, 200, (10, 30)).astype(np.uint8)
    levels[10:20, 40:70], levels[50:60, 40:70] = event, event - 12
    levels[46:60] -= 12
    course = likeness(levels, rectangle(Region(40, 70, 10, 20), ANALYSIS.bins, 80), ANALYSIS)
    # Where the moved selection leaves the recording, there is silence.
    assert course[50] > 0.95 and np.delete(course, [*range(8, 13), *range(48, 53)])[3:-12].max() < 0.5


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.floats(-1, 1), st.integers(1, 9), st.integers(0, 59))
def test_events_are_apart_above_the_threshold_and_none_is_missed(values, threshold, length, own):
    course, own = np.array(values), min(own, len(values) - 1)
    found = events(course, threshold, length, own)
    taken = [own, *found]
    assert found == sorted(set(found)) and all(course[frame] >= threshold for frame in found)
    assert all(abs(a - b) >= length for i, a in enumerate(taken) for b in taken[i + 1 :])
    for frame in np.nonzero(course >= threshold)[0]:
        # What was left out is close to the selection, or to an event that is no less like it.
        near = [each for each in taken if abs(each - frame) < length]
        assert near and (own in near or max(course[each] for each in near) >= course[frame])


@settings(max_examples=25)
@given(st.lists(st.integers(0, 299), max_size=6), st.integers(0, 10_000))
def test_copies_are_the_selection_moved(begins, seed):
    covered = np.random.default_rng(seed).integers(0, 256, (20, 30)).astype(np.uint8)
    covered[0, 0] = covered[-1, -1] = 255
    area = of_plane(covered, Region(50, 70, 100, 130), 129, 300)
    slow = area
    for begin in begins:
        slow = slow.union(area.moved(0, begin - 100))
    rows, columns = np.arange(129), np.arange(300)
    np.testing.assert_array_equal(repeated(area, begins).read(rows, columns), slow.read(rows, columns))


@pytest.mark.parametrize("analysis", [Analysis(512, 128), Analysis(2048, 512)])
def test_of_two_drums_the_hits_of_the_selected_one_are_found(analysis):
    t = seconds(4.0)
    ours, others = (0.3, 1.1, 1.9, 2.7, 3.4), (0.7, 1.5, 2.3, 3.05)
    samples = sum(hit(t, at, 0.04, 0.2, i) for i, at in enumerate(ours))
    for at in others:
        since = np.maximum(t - at, 0)
        samples = samples + np.exp(-since / 0.1) * (1 - np.exp(-since / 0.005)) * np.sin(2 * np.pi * 110 * since)
    samples = samples + 0.02 * tone(np.full(len(t), 330.0), 4) + noise(len(t), 0.0003, 99)
    levels = levels_of(samples, analysis)
    begin, end = analysis.frame_at(0.3, RATE) - analysis.overlap // 2, analysis.frame_at(0.45, RATE)
    area = rectangle(Region(0, analysis.bins, begin, end), analysis.bins, len(levels))
    found = events(likeness(levels, area, analysis), 0.7, (end - begin) // 2, begin)
    np.testing.assert_allclose([analysis.second_of(each - begin, RATE) + 0.3 for each in found], ours[1:], atol=0.03)


def test_looking_can_be_stopped():
    levels = np.random.default_rng(0).integers(0, 255, (40, ANALYSIS.bins)).astype(np.uint8)
    with pytest.raises(Cancelled):
        likeness(levels, rectangle(Region(10, 20, 8, 12), ANALYSIS.bins, 40), ANALYSIS, stop)
    assert plane(repeated(rectangle(Region(10, 20, 8, 12), ANALYSIS.bins, 40), [])).sum() == 40
