"""Onsets, and what the wand takes a place for, with hits and tones of which it is known where they are."""

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import random_stack
from tests.masks.synthesis import RATE, hit, levels_of, noise, partial, plane, seconds, tone
from workbench.errors import UserError
from workbench.masks.insight.onsets import begins, is_onset, onset_at
from workbench.masks.insight.sounds import sound_at
from workbench.masks.model.grid import Region
from workbench.spectral.stft import Analysis

ANALYSES = [Analysis(512, 128), Analysis(1024, 256), Analysis(2048, 512)]
T = seconds(2.0)


def taken(samples, analysis, at, hz, harmonics=False, fall=24.0):
    """What the wand selects at a second and a frequency, as flags (F, N)."""
    levels = levels_of(samples, analysis)
    stack = replace(random_stack(1, analysis, len(samples)), levels=levels)
    row, column = analysis.bin_at(hz, RATE), analysis.frame_at(at, RATE)
    near = Region(row - 3, row + 4, column - 2, column + 3)
    return plane(sound_at(stack, (row, column), near, fall, harmonics, analysis, RATE))


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("at", [0.0, 0.8])
def test_a_hit_is_taken_over_all_frequencies_and_to_its_end(analysis, at):
    samples = hit(T, at, 0.05, 0.2) + noise(len(T), 0.0005, 1)
    for hz in (500, 3000, 8000):
        covered = taken(samples, analysis, at + 0.005, hz)
        frames = np.nonzero(covered.mean(axis=0) > 0.5)[0]
        window = analysis.window / RATE
        assert covered.any(axis=1).mean() > 0.9
        assert abs(analysis.second_of(frames[0], RATE) - at) <= window
        # It has fallen by 24 dB after 0.05 · 24 / 8.7 s.
        assert analysis.second_of(frames[-1], RATE) == pytest.approx(at + 0.138, abs=window + 0.03)


def test_a_hit_in_a_band_is_taken_in_that_band():
    analysis = ANALYSES[1]
    spectrum = np.fft.rfft(hit(T, 0.8, 0.05, 0.5))
    hz = np.fft.rfftfreq(len(T), 1 / RATE)
    spectrum[(hz < 2000) | (hz > 5000)] = 0
    samples = np.fft.irfft(spectrum, len(T)) + noise(len(T), 0.0005, 1)
    rows = np.nonzero(taken(samples, analysis, 0.805, 3000).sum(axis=1) > 2)[0]
    assert analysis.hz_of(int(rows[0]), RATE) == pytest.approx(2000, abs=300)
    assert analysis.hz_of(int(rows[-1]), RATE) == pytest.approx(5000, abs=300)


def test_a_second_hit_is_another_one():
    analysis = ANALYSES[1]
    samples = hit(T, 0.5, 0.1, 0.2) + hit(T, 0.8, 0.1, 0.2, 2) + noise(len(T), 0.0005, 1)
    first, second = (np.nonzero(taken(samples, analysis, at, 3000).any(axis=0))[0] for at in (0.505, 0.805))
    assert np.median(first) < np.median(second)
    assert analysis.second_of(int(first[-1]), RATE) < 0.86 and analysis.second_of(int(second[0]), RATE) > 0.7


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_tone_under_a_hit_is_a_tone_and_the_hit_a_hit(analysis):
    hz = np.full(len(T), 1000.0)
    samples = partial(hz, np.where(T > 0.3, 0.2, 0.0)) + hit(T, 0.8, 0.05, 0.1) + noise(len(T), 0.0003, 1)
    levels = levels_of(samples, analysis)
    column = analysis.frame_at(0.81, RATE)
    assert not is_onset(levels, analysis.bin_at(1000, RATE), analysis.frame_at(0.31, RATE), analysis)
    assert is_onset(levels, analysis.bin_at(4000, RATE), column, analysis)
    along = taken(samples, analysis, 1.2, 1000)
    assert along.any(axis=0).mean() > 0.7 and along.any(axis=1).sum() <= 16


@pytest.mark.parametrize("analysis", ANALYSES)
def test_what_sounds_on_or_begins_alone_does_not_begin_widely(analysis):
    samples = hit(T, 0.8, 0.4, 0.1) + partial(np.full(len(T), 3000.0), np.where(T > 1.2, 0.2, 0.0))
    levels = levels_of(samples + noise(len(T), 0.001, 1), analysis)
    for second, hz, widely in ((0.81, 4000, True), (0.5, 4000, False), (1.1, 4000, False), (1.31, 3000, False)):
        found = begins(levels, analysis.bin_at(hz, RATE), analysis.frame_at(second, RATE), analysis)
        assert found == widely, (second, hz)


def test_of_a_tone_the_wand_takes_the_partial_and_if_asked_its_harmonics():
    analysis = ANALYSES[2]
    samples = tone(np.full(len(T), 300.0), 6) + noise(len(T), 0.0003)
    alone, together = taken(samples, analysis, 1.0, 600), taken(samples, analysis, 1.0, 600, harmonics=True)
    assert alone[:, 60].sum() <= 5 and (together | alone == together).all()
    for m in range(1, 7):
        assert together[analysis.bin_at(300.0 * m, RATE), 10:80].all()


def test_where_nothing_sounds_nothing_is_taken():
    analysis = ANALYSES[1]
    assert not taken(np.zeros(len(T)), analysis, 1.0, 1000).any()
    assert not plane(onset_at(np.zeros((90, analysis.bins), np.uint8), 50, 40, 3, 24.0, analysis, RATE)).any()


def test_without_levels_it_says_so():
    with pytest.raises(UserError, match="levels_unknown"):
        sound_at(random_stack(1, ANALYSES[0], 9000), (5, 5), Region(4, 7, 4, 7), 24.0, False, ANALYSES[0], RATE)
