"""Combs: the partials of a known pitch, wherever they stand out, and nothing between them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.masks.edits.areas import rectangle
from workbench.masks.insight.combs import comb, tone_of_note, tones_of_line
from workbench.masks.insight.pitch_lines import notes_of, pitch_line
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE, ANALYSIS = 16000, Analysis(2048, 512)
PARTIALS = (1, 2, 4)
"""Of the tone; the third is missing."""


def levels(hz, seconds=2.0):
    """A tone from 0.5 s to 1.5 s, over noise; `hz` may be a course."""
    t = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, t.shape)) / RATE
    tone = sum(0.1 * np.sin(m * phase) for m in PARTIALS) * ((t > 0.5) & (t < 1.5))
    noise = 1e-4 * np.random.default_rng(0).standard_normal(len(t))
    return analyse_levels((tone + noise)[:, None].astype(np.float32), ANALYSIS).levels[0]


def covered(area, frame):
    return np.flatnonzero(area.at(np.arange(ANALYSIS.bins), np.array([frame]))[:, 0])


def test_a_note_is_the_main_lobes_of_the_partials_that_are_there():
    found = comb(levels(440.0), [tone_of_note(69, 0.5, 1.5, ANALYSIS, RATE)])
    rows = [ANALYSIS.bin_at(440 * m, RATE) + d for m in PARTIALS for d in range(-2, 3)]
    assert covered(found, ANALYSIS.frame_at(1.0, RATE)).tolist() == rows
    assert found.bounds.start == ANALYSIS.frame_at(0.5, RATE) and found.bounds.stop <= ANALYSIS.frame_at(1.5, RATE)


def test_a_line_is_followed_through_its_glide():
    course = 440 * 2 ** (np.linspace(-0.2, 1.3, 2 * RATE) / 12)
    heights = levels(course)
    bins, frames = heights.shape[1], heights.shape[0]
    first, stop = ANALYSIS.frames_of(0.55, 1.45, RATE)
    selected = rectangle(Region(ANALYSIS.bin_at(400, RATE), ANALYSIS.bin_at(500, RATE), first, stop), bins, frames)
    start, pitches = pitch_line(heights, selected, ANALYSIS, RATE)
    tones = tones_of_line(start, pitches, notes_of(start, pitches, ANALYSIS, RATE), ANALYSIS, RATE)
    found = comb(heights, tones)
    for second in (0.7, 1.0, 1.3):
        fourth = 4 * course[round(second * RATE)]
        assert ANALYSIS.bin_at(fourth, RATE) in covered(found, ANALYSIS.frame_at(second, RATE))


def test_where_nothing_plays_there_is_no_comb_and_notes_beyond_the_recording_are_no_trouble():
    heights = levels(440.0)
    elsewhere = [
        tone_of_note(69, 0.0, 0.4, ANALYSIS, RATE),
        tone_of_note(64, 0.6, 1.4, ANALYSIS, RATE),
        tone_of_note(69, -3.0, -2.0, ANALYSIS, RATE),
        tone_of_note(69, 1.9, 9.0, ANALYSIS, RATE),
        tone_of_note(120, 0.6, 1.4, ANALYSIS, RATE),
    ]
    assert not comb(heights, elsewhere) and not comb(heights, [])


def test_it_can_be_stopped():
    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        comb(levels(440.0), [tone_of_note(69, 0.5, 1.5, ANALYSIS, RATE)], stop)
