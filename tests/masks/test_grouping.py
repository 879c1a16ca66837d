"""Suggested groups on sounds of which it is known what belongs together."""

import numpy as np
import pytest

from workbench.masks.insight import grouping
from workbench.masks.insight.grouping import Portraits
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

HZ = np.arange(1025) * 44100 / 2048
SPANS, SECONDS = 400, 0.05


def tones(*partials, width=15.0):
    return sum(np.exp(-(((HZ - hz) / width) ** 2)) for hz in partials) + 1e-6


def noise(low, high):
    return ((low <= HZ) & (high > HZ)).astype(float) + 1e-6


def beats(*spans):
    out = np.full(SPANS, 1e-6)
    out[list(spans)] = 1.0
    return out


def held(start, stop):
    out = np.full(SPANS, 1e-6)
    out[start:stop] = 1.0
    return out


def portrait(*pairs):
    spectra, courses = zip(*pairs, strict=True)
    return Portraits(np.array(spectra), np.array(courses), HZ, SECONDS)


def same(labels, *groups):
    """Whether labels put exactly these indices together."""
    return all(len({labels[i] for i in group}) == 1 for group in groups) and len(set(labels)) == len(groups)


def test_timbre_joins_like_envelopes_at_any_level_and_pitch():
    flute = [tones(*(f * k for k in range(1, 4))) for f in (440, 494, 523)]
    hiss = [noise(3000, 15000) * level for level in (1.0, 0.01)]
    kick = [noise(30, 120)]
    all_of = portrait(*((s, held(0, 300)) for s in [*flute, *hiss, *kick]))
    assert same(grouping.by_timbre(all_of, 3), (0, 1, 2), (3, 4), (5,))


def test_rhythm_joins_what_sounds_together():
    on, off = beats(*range(0, 400, 20)), beats(*range(10, 400, 20))
    all_of = portrait((noise(30, 120), on), (tones(440), off), (noise(5000, 9000), on * 0.2), (tones(220), off * 3))
    assert same(grouping.by_rhythm(all_of, 2), (0, 2), (1, 3))


def test_percussive_is_even_along_frequency_and_short():
    hit, tone = (noise(100, 12000), beats(*range(0, 400, 40))), (tones(440, 880, 1320), held(20, 350))
    all_of = portrait(hit, tone)
    shares = grouping.percussive_shares(all_of)
    assert shares[0] > 0.9 and shares[1] < 0.1
    assert grouping.by_percussion(all_of) == [1, 0]


def test_noise_is_what_stays_when_all_else_is_quiet():
    hiss, tone, hit = (noise(0, 22050), held(0, 400)), (tones(440), held(30, 400)), (noise(0, 9000), beats(50, 90))
    all_of = portrait(hiss, tone, hit)
    shares = grouping.noise_shares(all_of)
    assert shares[0] > 0.9 and shares[1] < 0.01 and shares[2] < 0.01
    assert grouping.by_noise(all_of) == [0, 1, 1]
    # Digital silence is not taken for the quietest sound.
    silent = Portraits(all_of.spectra, np.concatenate([all_of.courses, np.zeros((3, 90))], axis=1), HZ, SECONDS)
    assert grouping.by_noise(silent) == [0, 1, 1]
    assert len(grouping.by_noise(portrait((np.zeros(1025), np.zeros(SPANS))))) == 1
    # Nor is a faint lead-in; and where nothing is noise, nothing is called so.
    courses = np.concatenate([all_of.courses[:, :20] * 1e-9, all_of.courses], axis=1)
    assert grouping.by_noise(Portraits(all_of.spectra, courses, HZ, SECONDS)) == [0, 1, 1]
    # Tunes that grow together from nothing: none of them is what stays.
    growing = np.outer([1.0, 0.9, 0.8], np.linspace(0.001, 1, SPANS))
    tunes = Portraits(np.array([tones(440), tones(660), tones(880)]), growing, HZ, SECONDS)
    assert grouping.by_noise(tunes) == [1, 1, 1]


def test_percussion_is_found_in_long_recordings():
    frames = 60_000
    course = np.full(frames, 1e-6)
    course[::43] = 1.0
    long = Portraits(np.array([noise(100, 12000)]), course[None], HZ, 512 / 44100)
    assert grouping.by_percussion(long) == [1]


def test_low_share_is_the_power_below_a_frequency():
    all_of = portrait((noise(0, 400), held(0, 400)), (noise(0, 100), held(0, 400)), (tones(2000), held(0, 400)))
    np.testing.assert_allclose(grouping.low_shares(all_of, 200.0), [0.5, 1.0, 0.0], atol=0.03)
    assert grouping.by_low_frequency(all_of, 150.0) == [1, 0, 1]


def test_references_take_the_layers_that_are_most_like_them():
    all_of = portrait(
        (tones(110, 220, 330), held(0, 9)), (noise(4000, 12000), held(0, 9)), (tones(98, 196), held(0, 9))
    )
    references = [noise(3500, 14000) * 50, tones(100, 200, 300)]
    assert grouping.by_references(all_of, references) == [1, 0, 1]


@pytest.mark.parametrize("count", [1, 2, 9])
def test_few_layers_and_many_groups_simply_work(count):
    one = portrait((tones(440), held(0, 9)))
    assert grouping.by_timbre(one, count) == [0] and grouping.by_rhythm(one, count) == [0]
    silent = portrait((np.zeros(1025), np.zeros(SPANS)), (tones(440), held(0, 9)))
    for labels in (grouping.by_timbre(silent, count), grouping.by_rhythm(silent, count)):
        assert len(labels) == 2 and max(labels) < count
    assert len(grouping.by_percussion(silent)) == 2


def test_portraits_are_measured_on_the_masks():
    rate, analysis = 8000, Analysis(512, 128)
    t = np.arange(2 * rate) / rate
    samples = np.where(t < 1, np.sin(2 * np.pi * 500 * t), np.sin(2 * np.pi * 2000 * t)).astype(np.float32)[:, None]
    bins, frames = analysis.bins, analysis.frames(len(samples))
    w = np.full((bins, 2), 1e-6, np.float32)
    w[:64, 0], w[64:, 1] = 1, 1
    layers = tuple(Layer(i + 1, str(i), "#000000", (Part(10 + i, i),)) for i in range(2))
    stack = Stack(layers, Factors(w, np.ones((2, frames), np.float32)), (), bins, frames)
    found = grouping.portraits(stack, samples, rate, analysis)
    assert [found.hz[i] for i in found.spectra.argmax(axis=1)] == pytest.approx([500, 2000], abs=16)
    middle = found.courses.shape[1] // 2
    assert found.courses[0, : middle - 4].min() > 100 * found.courses[0, middle + 4 :].max()
    assert grouping.mean_spectrum(samples, analysis).argmax() in (32, 128)
