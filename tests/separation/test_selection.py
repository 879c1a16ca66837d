"""What is selected are frames: exactly these are learnt from, and exactly these are left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.separation.factorise import factorise
from workbench.separation.settings import Method, RunSettings, TemplateStart, frames_selected
from workbench.separation.starts import start
from workbench.separation.task import Task, left_out, selected
from workbench.spectral.stft import Analysis, magnitudes

ANALYSIS = Analysis(256, 128)
RECORDING = Recording(tone_mix(0.5, 8000, 1), 8000, Path("tones.wav"))
V = magnitudes(RECORDING.samples, ANALYSIS)
FRAMES = V.shape[1]
LEARN = RunSettings(components=2, templates=TemplateStart.SELECTION)
LEAVE = RunSettings(components=2, iterations=2, leave_out=True)

spans = st.integers(0, FRAMES - 1).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, FRAMES)))


def task(settings: RunSettings, recording: Recording = RECORDING) -> Task:
    return Task(recording, ANALYSIS, settings)


def test_every_span_of_a_recording_is_selected_as_it_is():
    for begin in range(FRAMES):
        for end in range(begin + 1, FRAMES + 1):
            settings = replace(LEAVE, selection=(begin, end))
            assert selected(settings, FRAMES, "x.y") == slice(begin, end)
            if end - begin < FRAMES:
                assert left_out(settings, FRAMES) == slice(begin, end)


@pytest.mark.parametrize(("rate", "analysis"), [(44100, Analysis()), (8000, ANALYSIS), (48000, Analysis(4096, 256))])
def test_every_span_comes_back_from_its_seconds(rate, analysis):
    for begin in range(40):
        for end in range(begin + 1, 41):
            seconds = analysis.span(begin, end, rate)
            assert frames_selected(analysis, *seconds, rate) == (begin, end)


def test_what_is_shorter_than_a_frame_selects_the_frame_that_it_is_in():
    assert frames_selected(ANALYSIS, 0.1601, 0.1602, 8000) == (10, 11)


@given(spans)
def test_templates_are_learnt_from_exactly_the_selected_frames(span):
    """Whatever the others hold they are the same; and they are others where a selected frame is."""
    settings = replace(LEARN, selection=span)
    W, _ = start(task(settings), V, settings)
    inside = slice(*span)
    noise = np.random.default_rng(0).random(V.shape).astype(np.float32)
    others = noise.copy()
    others[:, inside] = V[:, inside]
    assert np.array_equal(start(task(settings), others, settings)[0], W)
    for frame in {span[0], span[1] - 1}:
        changed = V.copy()
        changed[:, frame] += 10 * noise[:, frame]
        assert not np.array_equal(start(task(settings), changed, settings)[0], W)


@given(spans.filter(lambda span: span[1] - span[0] < FRAMES))
def test_exactly_the_selected_frames_are_left_out(span):
    """Templates and costs do not hear the samples that only the selected frames see; the others they do hear."""
    settings = replace(LEAVE, selection=span)
    found = factorise(task(settings))
    for frame in range(FRAMES):
        # A sample at the middle of a frame is seen by no other, at half overlap, but for the zero edges of the window.
        if frame * ANALYSIS.hop >= len(RECORDING.samples) or frame not in (span[0] - 1, span[0], span[1] - 1, span[1]):
            continue
        samples = RECORDING.samples.copy()
        samples[frame * ANALYSIS.hop] += 1
        heard = factorise(task(settings, replace(RECORDING, samples=samples)))
        same = np.array_equal(heard.factors.W, found.factors.W) and heard.costs == found.costs
        assert same == (span[0] <= frame < span[1]), frame


def test_what_a_recording_has_not_is_not_selected():
    assert selected(replace(LEARN, selection=(-5, 3)), FRAMES, "x.y") == slice(0, 3)
    assert selected(replace(LEARN, selection=(3, 1000)), FRAMES, "x.y") == slice(3, FRAMES)
    for span in ((FRAMES, FRAMES + 5), (-5, 0)):
        with pytest.raises(UserError, match=r"separation\.selection_outside"):
            selected(replace(LEARN, selection=span), FRAMES, "x.y")
    with pytest.raises(UserError, match=r"x\.y"):
        selected(LEARN, FRAMES, "x.y")
    with pytest.raises(UserError, match=r"separation\.all_left_out"):
        left_out(replace(LEAVE, selection=(0, FRAMES)), FRAMES)
    assert left_out(replace(LEAVE, leave_out=False), FRAMES) is None
    assert left_out(replace(LEAVE, method=Method.EM), FRAMES) is None, "it knows no leaving out"
