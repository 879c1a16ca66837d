"""Seconds and frames, hertz and bins: there and back is the same, and the rule of rounding is one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.spectral.stft import OVERLAPS, WINDOWS, Analysis

analyses = st.builds(lambda w, o: Analysis(w, w // o), st.sampled_from(WINDOWS), st.sampled_from(OVERLAPS))
rates = st.integers(1, 2_000_000)


@given(analyses, rates, st.integers(0, 10_000_000), st.integers(0, 100_000))
def test_a_span_of_frames_comes_back_from_seconds_as_it_was(analysis, rate, start, length):
    assert analysis.frames_of(*analysis.span(start, start + length, rate), rate) == (start, start + length)


@given(analyses, rates, st.integers(-1000, 10_000_000))
def test_a_frame_and_a_bin_come_back_from_their_centres(analysis, rate, number):
    assert analysis.frame_at(analysis.second_of(number, rate), rate) == number
    assert analysis.bin_at(analysis.hz_of(number, rate), rate) == number


@given(analyses, rates, st.integers(0, 1_000_000), st.floats(-0.499, 0.499))
def test_a_frame_stands_for_half_a_hop_on_either_side(analysis, rate, frame, beside):
    assert analysis.frame_at(analysis.second_of(frame + beside, rate), rate) == frame


@given(analyses, rates, st.integers(0, 1_000_000))
def test_an_edge_belongs_to_the_later_one(analysis, rate, number):
    assert analysis.frame_at(analysis.second_of(number - 0.5, rate), rate) == number
    assert analysis.bin_at(analysis.hz_of(number - 0.5, rate), rate) == number
