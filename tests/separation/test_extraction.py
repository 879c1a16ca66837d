"""One sound and the rest: against the sounds that a recording was made of, and the sum against the recording."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.edits.area import nothing
from workbench.masks.edits.areas import everything, of_plane, rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.stack import Stack
from workbench.progress import Cancelled
from workbench.separation.extraction import AWAY_WEIGHT, CAUTION, extract, shares_of_sound
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis, magnitudes

RATE, ANALYSIS = 16000, Analysis(1024, 256)
T = np.arange(4 * RATE) / RATE


def bell(hz, every, first):
    """A tone that is struck again and again."""
    since = np.mod(T - first, every)
    return np.where(first <= T, 0.2 * np.exp(-since * 5), 0) * sum(
        np.sin(2 * np.pi * m * hz * T) / m for m in range(1, 6)
    )


def hits():
    """Noise bursts twice a second."""
    since = np.mod(T, 0.5)
    return 0.1 * np.exp(-since * 25) * np.random.default_rng(1).standard_normal(len(T))


SOUNDS = {"low": bell(220, 0.8, 0.1), "high": bell(930, 0.6, 0.33), "hits": hits()}


@pytest.fixture(scope="module")
def recording():
    mix = sum(SOUNDS.values()).astype(np.float32)[:, None]
    return Recording(mix, RATE, Path("mix.wav"))


@pytest.fixture(scope="module")
def stack(recording):
    levels = analyse_levels(recording.samples, ANALYSIS).levels[0]
    return Stack((Layer(1, "Everything", "#ffffff", (Part(2, 0),)),), None, (), ANALYSIS.bins, len(levels), levels)


def box(stack, low, high, begin, end):
    """A rectangle by hertz and seconds."""
    rows = ANALYSIS.bin_at(low, RATE), ANALYSIS.bin_at(high, RATE)
    region = Region(*rows, ANALYSIS.frame_at(begin, RATE), ANALYSIS.frame_at(end, RATE))
    return rectangle(region, stack.bins, stack.frames)


def mask_of(found):
    """The mask of the sound, (F, N)."""
    w, h = found.factors.W.astype(np.float64), found.factors.H.astype(np.float64)
    whole = w @ h
    return np.divide(w[:, : found.sound] @ h[: found.sound], whole, out=np.zeros_like(whole), where=whole > 0)


def sdr(truth, estimate):
    return 10 * np.log10((truth**2).sum() / ((truth - estimate) ** 2).sum())


@pytest.mark.parametrize(
    ("name", "example"),
    [("low", (150, 700, 0.9, 1.2)), ("high", (850, 1050, 0.95, 1.3)), ("hits", (5000, 7900, 0.99, 1.2))],
)
def test_a_box_on_a_sound_gets_it_out_of_the_whole_recording(recording, stack, name, example):
    found = extract(recording, stack, box(stack, *example), ANALYSIS)
    truth = magnitudes(SOUNDS[name].astype(np.float32)[:, None], ANALYSIS)
    mix = magnitudes(recording.samples, ANALYSIS)
    assert sdr(truth, mask_of(found) * mix) > max(7.0, sdr(truth, mix) + 6.0)
    assert found.events >= 1
    # The sound is there where nothing was selected too.
    late = slice(ANALYSIS.frame_at(2.5, RATE), None)
    assert sdr(truth[:, late], mask_of(found)[:, late] * mix[:, late]) > 6.0


def test_both_parts_together_are_what_was_factorised(recording, stack):
    found = extract(recording, stack, box(stack, 150, 700, 0.9, 1.2), ANALYSIS)
    factors, sound = found.factors, found.sound
    assert 0 < sound < factors.components and factors.W.dtype == factors.H.dtype == np.float32
    parts = [factors.W[:, part] @ factors.H[part] for part in (slice(0, sound), slice(sound, None))]
    v = magnitudes(recording.samples, ANALYSIS)
    # A component that belongs to both is there twice, and they sum to it: the model is one of V.
    assert sum(parts).sum() == pytest.approx(v.sum(), rel=0.01)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 6), st.booleans())
def test_the_shares_minimise_what_they_are_said_to(seed, count, with_beside):
    rng = np.random.default_rng(seed)
    v, w, h = rng.random((12, 30)), rng.random((12, count)), rng.random((count, 30))
    inside = rng.integers(0, 12, 40), rng.integers(0, 15, 40)
    beside, away = (
        (rng.integers(0, 12, 60), rng.integers(15, 30, 60)) if with_beside else (np.zeros(0, int),) * 2 for _ in "ab"
    )

    def cost(a):
        total = 0.0
        for weight, wanted, places in ((1.0, 1.0, inside), (1.0, 0.0, beside), (AWAY_WEIGHT, 0.0, away)):
            rows, columns = places
            for row, column in zip(rows, columns, strict=True):
                model = w[row] * h[:, column]
                total += weight * v[row, column] ** 2 * (a @ model / model.sum() - wanted) ** 2
        return total + CAUTION * (v[inside] ** 2).sum() * (a @ a)

    got = shares_of_sound(v, w, h, inside, beside, away)
    best = minimize(cost, np.full(count, 0.5), bounds=[(0, 1)] * count)
    assert ((got >= 0) & (got <= 1)).all() and cost(got) <= best.fun * (1 + 1e-4) + 1e-9


def test_of_the_same_example_the_same_comes_out_for_any_number_of_threads(recording, stack):
    one, two = (extract(recording, stack, box(stack, 150, 700, 0.9, 1.2), ANALYSIS, threads=n) for n in (1, 2))
    np.testing.assert_array_equal(one.factors.W, two.factors.W)
    np.testing.assert_array_equal(one.factors.H, two.factors.H)


def test_soft_and_scattered_examples_count_where_they_hold_more_than_half(recording, stack):
    covered = np.zeros((stack.bins, stack.frames), np.uint8)
    covered[14:30, 60:72] = 200
    covered[14:30, 72:90] = 100
    covered[14:30, 120:125] = 255
    area = of_plane(covered, Region(0, stack.bins, 0, stack.frames), stack.bins, stack.frames)
    assert extract(recording, stack, area, ANALYSIS).sound >= 1


@pytest.mark.parametrize("threads", [1, 2])
def test_it_stops_when_it_is_asked_to(recording, stack, threads):
    shares = []

    def stop_late(share):
        shares.append(share)
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        extract(recording, stack, box(stack, 150, 700, 0.9, 1.2), ANALYSIS, stop_late, threads)
    assert shares == sorted(shares) and max(shares) < 0.6


def test_what_cannot_be_an_example_is_refused(recording, stack):
    with pytest.raises(UserError, match="example_silent"):
        extract(recording, stack, nothing(stack.bins, stack.frames), ANALYSIS)
    with pytest.raises(UserError, match="example_all"):
        extract(recording, stack, everything(stack.bins, stack.frames), ANALYSIS)
    quiet = Recording(np.zeros_like(recording.samples), RATE, Path("quiet.wav"))
    levels = np.zeros_like(stack.levels)
    with pytest.raises(UserError, match="example_silent"):
        extract(quiet, replace(stack, levels=levels), box(stack, 150, 700, 0.9, 1.2), ANALYSIS)
