"""Curves that the user holds: kept exactly by every method that can, or drawn towards; fresh or going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.separation.factorise import factorise
from workbench.separation.holds import HOLDING, PULLING, Curve, Hold, with_holds
from workbench.separation.known import EARLIER, LATER, Notes, Onsets, check_known
from workbench.separation.settings import METHODS, RunSettings
from workbench.separation.task import Task
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)
RECORDING = Recording(tone_mix(1.0, 8000), 8000, Path("tones.wav"))
QUICK = RunSettings(components=3, iterations=12, length=3)
FRAMES = ANALYSIS.frames(len(RECORDING.samples))


def curve(kind: Curve, weight: float = 1.0, settings: RunSettings = QUICK) -> Hold:
    rng = np.random.default_rng(4)
    values = rng.random(ANALYSIS.bins if kind is Curve.TEMPLATE else FRAMES, np.float32)
    return Hold(7, kind, values, weight, settings.power)


def task(settings: RunSettings, held, **fields) -> Task:
    return Task(RECORDING, ANALYSIS, settings, known=tuple(held), **fields)


def present(settings: RunSettings) -> Factors:
    rng = np.random.default_rng(2)
    length = settings.template_frames
    shape = (ANALYSIS.bins, 3) if length == 1 else (ANALYSIS.bins, 3, length)
    return Factors(rng.random(shape, np.float32), rng.random((3, FRAMES), np.float32))


@pytest.mark.parametrize("going_on", [False, True])
@pytest.mark.parametrize("method", sorted(HOLDING))
def test_what_is_held_is_kept_exactly_and_in_its_place(method, going_on):
    settings = replace(QUICK, method=method)
    template, activation = curve(Curve.TEMPLATE, settings=settings), curve(Curve.ACTIVATION, settings=settings)
    fields = {"present": present(settings), "places": (0, 1, 2), "going_on": going_on}
    out = factorise(task(settings, [(1, template), (2, activation)], **fields)).factors
    assert np.array_equal(out.W[:, 1], Hold.target(template, settings))
    assert np.array_equal(out.H[2], activation.values)
    # The others, and the other curve of each, fit the recording.
    assert not np.array_equal(out.W[:, 2], fields["present"].W[:, 2]) and out.H[1].std() > 0


def test_the_product_of_two_held_curves_is_theirs():
    both = [(0, curve(Curve.TEMPLATE)), (0, curve(Curve.ACTIVATION))]
    out = factorise(task(QUICK, both)).factors
    assert np.array_equal(out.W[:, 0], both[0][1].values) and np.array_equal(out.H[0], both[1][1].values)


def test_one_held_curve_leaves_the_level_of_its_component_to_the_start():
    rng = np.random.default_rng(0)
    w, h = rng.random((ANALYSIS.bins, 3)), rng.random((3, FRAMES))
    for kind in Curve:
        w1, h1 = with_holds([(1, curve(kind))], QUICK, w, h)
        assert w1[:, 1].sum() * h1[1].sum() == pytest.approx(w[:, 1].sum() * h[1].sum(), rel=1e-5)
        assert np.array_equal(w1[:, [0, 2]], w[:, [0, 2]]) and np.array_equal(h1[[0, 2]], h[[0, 2]])


@pytest.mark.parametrize("method", sorted(PULLING))
@pytest.mark.parametrize("kind", Curve)
def test_the_heavier_the_nearer(method, kind):
    settings = replace(QUICK, method=method)

    def apart(weight):
        hold = curve(kind, weight)
        out = factorise(task(settings, [(1, hold)])).factors
        found = out.spectra[:, 1] if kind is Curve.TEMPLATE else out.H[1]
        aim = hold.values / hold.values.sum()
        return np.abs(found / found.sum() - aim).sum()

    distances = [apart(weight) for weight in (0.25, 0.75, 1.0)]
    assert distances == sorted(distances, reverse=True) and distances[-1] == pytest.approx(0, abs=1e-4)


def test_a_curve_of_one_power_is_held_for_another():
    hold = curve(Curve.TEMPLATE)
    squares = Hold.target(hold, replace(QUICK, divergence="is"))
    np.testing.assert_allclose(squares, hold.values**2, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_can_not_hold_says_so(method):
    settings = replace(QUICK, method=method)
    for weight, able in ((1.0, HOLDING), (0.5, PULLING)):
        held = [(0, curve(Curve.TEMPLATE, weight))]
        if method in able:
            check_known(held, settings, 3)
        else:
            with pytest.raises(UserError, match="cannot"):
                check_known(held, settings, 3)
    check_known([], settings, 3)


def test_more_known_than_asked_for_is_refused():
    with pytest.raises(UserError, match="more_known"):
        check_known([(0, curve(Curve.TEMPLATE)), (3, curve(Curve.TEMPLATE))], QUICK, 1)


def test_another_window_carries_what_is_held():
    new = Analysis(1024, 256)
    samples = len(RECORDING.samples)
    template, activation = (curve(kind).resampled(ANALYSIS, new, samples) for kind in Curve)
    assert template.values.shape == (new.bins,) and activation.values.shape == (new.frames(samples),)
    assert template.values.sum() == pytest.approx(curve(Curve.TEMPLATE).values.sum(), rel=1e-4)


@pytest.mark.parametrize("going_on", [False, True])
@pytest.mark.parametrize("method", sorted(HOLDING))
def test_notes_sound_where_they_are_written_and_nowhere_else(method, going_on):
    """But for what smooth methods let fade into the neighbours."""
    settings = replace(QUICK, method=method, divergence="kl")
    word = Notes(7, 69.0, ((0.4, 0.45),))
    fields = {"present": present(settings), "places": (0, 1, 2), "going_on": going_on}
    out = factorise(task(settings, [(1, word)], **fields)).factors
    seconds = np.arange(FRAMES) * ANALYSIS.hop / 8000
    outside = (seconds < 0.4 - EARLIER - 0.02) | (seconds > 0.45 + LATER + 0.02)
    assert np.isfinite(out.W).all() and np.isfinite(out.H).all()
    leak = 1e-2 if method in ("smooth", "sequential") else 0
    assert out.H[1][outside].max() <= leak * out.H[1].max() and out.H[1].max() > 0
    if not going_on and not leak:
        assert out.spectra[ANALYSIS.bin_at(660, 8000), 1] == 0, "between the partials"


def test_notes_beyond_the_end_of_the_recording_are_silent():
    out = factorise(task(QUICK, [(0, Notes(7, 69.0, ((5.0, 6.0),)))])).factors
    assert out.H[0].max() == 0 and np.isfinite(out.W).all()


def test_a_missed_onset_can_be_found_again():
    out = factorise(task(replace(QUICK, components=1, iterations=60), [(0, Onsets(7, (0.2,)))])).factors
    assert out.H[0, -1] > 0
