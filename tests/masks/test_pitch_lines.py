"""Pitch lines: the fundamental of what is selected, cut into notes tuned as they were played."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.masks.edits.areas import of_plane, rectangle
from workbench.masks.insight.pitch_lines import notes_of, pitch_line
from workbench.masks.model.grid import Region
from workbench.progress import Cancelled
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE = 16000
ANALYSIS = Analysis(2048, 512)


def tones(*notes):
    """Tones with an overtone, one after another: (MIDI pitch, seconds)."""
    pieces = []
    for pitch, seconds in notes:
        t = np.arange(round(seconds * RATE)) / RATE
        hz = 440 * 2 ** ((pitch - 69) / 12)
        pieces.append(np.sin(2 * np.pi * hz * t) + 1.5 * np.sin(4 * np.pi * hz * t))
    return 0.1 * np.concatenate(pieces)[:, None].astype(np.float32)


def line(samples, select):
    levels = analyse_levels(samples, ANALYSIS).levels[0]
    bins, frames = ANALYSIS.bins, len(levels)
    return pitch_line(levels, select(bins, frames), ANALYSIS, RATE)


def band(low_hz, high_hz):
    low, high = ANALYSIS.bin_at(low_hz, RATE), ANALYSIS.bin_at(high_hz, RATE)
    return lambda bins, frames: rectangle(Region(low, high, 0, frames), bins, frames)


def test_a_line_has_the_pitch_of_each_frame():
    start, pitches = line(tones((69.3, 1.0)), band(300, 700))
    assert start == 0 and np.abs(pitches[3:-3] - 69.3).max() < 0.05


def test_with_overtones_selected_it_is_the_fundamental_although_they_are_louder():
    def both(bins, frames):
        plane = np.zeros((bins, frames), bool)
        for hz in (440, 880):
            row = ANALYSIS.bin_at(hz, RATE)
            plane[row - 3 : row + 4] = True
        return of_plane(plane, Region(0, bins, 0, frames), bins, frames)

    _, pitches = line(tones((69, 1.0)), both)
    assert np.abs(pitches[3:-3] - 69).max() < 0.05


def test_notes_come_together_by_semitone_and_keep_their_tuning():
    start, pitches = line(tones((60.2, 0.5), (64.2, 0.5), (60.2, 0.5)), band(200, 400))
    low, high = notes_of(start, pitches, ANALYSIS, RATE)
    assert low.pitch == pytest.approx(60.2, abs=0.05) and high.pitch == pytest.approx(64.2, abs=0.05)
    seconds = [ANALYSIS.second_of(edge, RATE) for span in (*low.spans, *high.spans) for edge in span]
    np.testing.assert_allclose(seconds, [0, 0.5, 1.0, 1.5, 0.5, 1.0], atol=0.05)


def test_a_vibrato_is_one_note_and_what_is_too_short_none():
    frames = np.arange(120)
    vibrato = 69.4 + 0.4 * np.sin(2 * np.pi * frames / 5)
    (note,) = notes_of(10, vibrato, ANALYSIS, RATE)
    assert note.spans == ((10, 130),) and round(note.pitch) == 69
    gaps = np.full(60, np.nan)
    gaps[20] = 69
    assert notes_of(0, gaps, ANALYSIS, RATE) == []


def test_nothing_below_or_above_what_can_be_played():
    assert notes_of(0, np.full(40, 3.0), ANALYSIS, RATE) == []


def test_it_stops_when_it_is_told_to():
    def stop(share):
        raise Cancelled

    levels = analyse_levels(tones((69, 1.0)), ANALYSIS).levels[0]
    with pytest.raises(Cancelled):
        pitch_line(levels, band(300, 700)(ANALYSIS.bins, len(levels)), ANALYSIS, RATE, stop)
