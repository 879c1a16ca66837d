"""Orders of layers: by pitch, timbre, time and loudness, on portraits whose order is known."""

import numpy as np
import pytest

from workbench.masks.insight.grouping import Portraits
from workbench.masks.insight.ordering import Order, ordered, pitches

RATE, BINS, FRAMES = 44100, 2049, 400
HZ = np.linspace(0, RATE / 2, BINS)


def tone(hz: float, brightness: float = 0.6) -> np.ndarray:
    """Power of a tone whose partials fall off by a factor each, as a window of 4096 samples shows it."""
    width = 1.5 * RATE / 4096
    numbers = range(1, int(min(20, HZ[-1] / hz)) + 1)
    return sum(brightness ** (n - 1) * np.exp(-0.5 * ((HZ - n * hz) / width) ** 2) for n in numbers) ** 2


def noise(centre: float) -> np.ndarray:
    """Power of a broad noise."""
    return np.exp(-0.5 * ((HZ - centre) / (0.6 * centre)) ** 2)


def held(start: int = 0) -> np.ndarray:
    course = np.zeros(FRAMES)
    course[start:] = 1.0
    return course


def hits(every: int = 40) -> np.ndarray:
    course = np.full(FRAMES, 1e-6)
    course[5::every] = 1.0
    return course


def portrait(spectra, courses=None) -> Portraits:
    spectra = np.stack(spectra)
    return Portraits(spectra, np.stack(courses or [held()] * len(spectra)), HZ, 1024 / RATE)


@pytest.mark.parametrize("hz", [82.4, 110.0, 220.0, 261.6, 523.3, 880.0, 1760.0])
@pytest.mark.parametrize("brightness", [0.4, 0.8])
def test_the_pitch_of_a_tone_is_found_to_a_quarter_tone(hz, brightness):
    (found,) = pitches(portrait([tone(hz, brightness)]))
    assert abs(12 * np.log2(found / hz)) < 0.5


def test_by_pitch_tones_rise_and_noises_come_last_from_dark_to_bright():
    rng = np.random.default_rng(0)
    sounds = [(tone(hz), held()) for hz in (55.0, 110.0, 165.0, 330.0, 700.0)]
    sounds += [(noise(hz), hits()) for hz in (200.0, 2000.0, 9000.0)]
    mixed = rng.permutation(len(sounds))
    order = ordered(portrait([sounds[i][0] for i in mixed], [sounds[i][1] for i in mixed]), Order.PITCH)
    assert [int(mixed[i]) for i in order] == list(range(len(sounds)))


def test_by_timbre_families_stand_together_the_darker_first():
    dark = [tone(hz, 0.3) for hz in (100.0, 104.0, 108.0)]
    bright = [noise(hz) for hz in (6000.0, 6500.0, 7000.0)]
    order = ordered(portrait([dark[0], bright[0], dark[1], bright[1], dark[2], bright[2]]), Order.TIMBRE)
    assert [i % 2 for i in order] == [0, 0, 0, 1, 1, 1]


def test_by_time_layers_stand_as_they_enter_and_silent_ones_last():
    starts = [300, 10, 0, 150]
    courses = [held(start) for start in starts]
    courses[2] = np.zeros(FRAMES)
    assert ordered(portrait([tone(200.0)] * 4, courses), Order.TIME) == [1, 3, 0, 2]


def test_by_loudness_the_loudest_comes_first_and_equals_keep_their_order():
    assert ordered(portrait([tone(200.0) * gain for gain in (1, 3, 1, 2)]), Order.LOUDNESS) == [1, 3, 0, 2]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_every_order_names_every_layer_once(order, count):
    rng = np.random.default_rng(count)
    found = ordered(portrait(list(rng.random((count, BINS))), list(rng.random((count, FRAMES)))), order)
    assert sorted(found) == list(range(count))
    silent = ordered(portrait([np.zeros(BINS)] * count, [np.zeros(FRAMES)] * count), order)
    assert sorted(silent) == list(range(count))
