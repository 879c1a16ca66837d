"""Stems of other rates, channels, lengths and places are made to fit a recording."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given
from hypothesis import strategies as st

from tests.audio.test_scores import slow_sdr
from workbench.audio import stems as stems_module
from workbench.audio.recording import Recording, load
from workbench.audio.stems import CLEAR, Stem, find_places, levels_in, placed, read_stem
from workbench.errors import UserError
from workbench.scratch import USUAL
from workbench.wording import sentence

RATE = 16000


def sources(seconds: float = 4.0, rate: int = RATE, channels: int = 2) -> list[np.ndarray]:
    """A bass, a melody and drums: low tones, tones that change, bursts of noise."""
    rng = np.random.default_rng(3)
    n = round(seconds * rate)
    t = np.arange(n) / rate
    beat = np.floor(t * 4).astype(int)
    decay = np.exp(-(t * 4 % 1) * 3)
    low = 0.4 * np.sin(2 * np.pi * np.choose(beat % 4, [60, 80, 90, 70]) * t) * decay
    notes = 300 * 2 ** (rng.integers(0, 12, 64)[beat] / 12)
    melody = 0.2 * sum(np.sin(2 * np.pi * h * np.cumsum(notes) / rate) / h for h in (1, 2, 3))
    drums = 0.3 * rng.standard_normal(n) * np.exp(-(t * 8 % 1) * 20)
    pans = [(1.0, 1.0), (0.9, 0.4), (0.6, 1.0)]
    return [
        np.stack([each * p for p in pan[:channels]], axis=1).astype(np.float32)
        for each, pan in zip((low, melody, drums), pans, strict=True)
    ]


def recording(samples: np.ndarray, rate: int = RATE) -> Recording:
    return Recording(samples.astype(np.float32), rate, Path("mix.wav"))


def stem(samples: np.ndarray, rate: int = RATE) -> Stem:
    return Stem(Path("s.wav"), "", samples.astype(np.float32), rate, samples.shape[1], len(samples))


def written(path: Path, samples: np.ndarray, rate: int) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


# -- reading -----------------------------------------------------------------------------------------------


def test_a_stem_of_another_rate_is_resampled(tmp_path):
    mix = recording(sum(sources()))
    melody = sources()[1]
    there = soxr.resample(melody, RATE, 22050, "VHQ")
    found = read_stem(written(tmp_path / "melody.wav", there, 22050), mix)
    assert (found.rate, found.channels, found.length) == (22050, 2, len(there))
    assert abs(len(found.samples) - len(melody)) <= 1 and found.samples.dtype == np.float32
    n = min(len(found.samples), len(melody))
    assert slow_sdr(melody[200 : n - 200], found.samples[200 : n - 200]) > 40
    assert found.checksum == hashlib.sha256((tmp_path / "melody.wav").read_bytes()).hexdigest()


def test_mono_is_spread_and_the_stereo_stem_of_a_mono_recording_is_the_mean(tmp_path):
    melody = sources()[1]
    mono = read_stem(written(tmp_path / "mono.wav", melody[:, 0], RATE), recording(melody))
    np.testing.assert_array_equal(mono.samples, np.repeat(melody[:, :1], 2, axis=1))
    folded = read_stem(written(tmp_path / "stereo.wav", melody, RATE), recording(melody[:, :1]))
    np.testing.assert_allclose(folded.samples[:, 0], melody.mean(axis=1), atol=1e-7)


def test_other_channels_are_refused_in_a_sentence(tmp_path):
    path = written(tmp_path / "quad.wav", np.zeros((100, 4), np.float32), RATE)
    with pytest.raises(UserError) as raised:
        read_stem(path, recording(sources()[0]))
    assert "quad.wav" in sentence(raised.value) and "4" in sentence(raised.value)
    with pytest.raises(UserError):
        read_stem(tmp_path / "missing.wav", recording(sources()[0]))


# -- placing -----------------------------------------------------------------------------------------------


@given(st.integers(-60, 60), st.integers(1, 50), st.integers(1, 50), st.integers(1, 2))
def test_a_whole_shift_is_the_slow_one(offset, length, stem_length, channels):
    x = np.random.default_rng(0).standard_normal((stem_length, channels)).astype(np.float32)
    expected = np.zeros((length, channels), np.float32)
    for i in range(stem_length):
        if 0 <= i + offset < length:
            expected[i + offset] = x[i]
    np.testing.assert_array_equal(placed(x, float(offset), 0.0, length), expected)
    np.testing.assert_allclose(placed(x, float(offset), -20.0, length), expected / 10, rtol=1e-6)


def test_where_nothing_has_to_be_done_the_stem_is_what_it_was():
    x = sources()[0]
    assert placed(x, 0.0, 0.0, len(x)) is x


@pytest.mark.parametrize("offset", [0.5, -3.25, 700.1])
def test_a_part_of_a_sample_shifts_a_tone_by_its_phase(offset):
    t = np.arange(6000)
    for hz in (50, 1000, 7000):
        tone = np.sin(2 * np.pi * hz * t / RATE)[:, None].astype(np.float32)
        there = np.sin(2 * np.pi * hz * (t - offset) / RATE)[:, None]
        middle = slice(1500, 4500)
        assert slow_sdr(there[middle], placed(tone, offset, 0.0, 6000)[middle]) > 70


@pytest.mark.parametrize("offset", [0, 1, 1234, -777, 30000])
def test_stems_are_found_where_they_are(offset):
    parts = sources(6.0)
    mix = recording(sum(parts)[: 5 * RATE])
    moved = [stem(each[offset:] if offset > 0 else np.pad(each, ((-offset, 0), (0, 0)))) for each in parts]
    places = find_places(mix, moved)
    assert [place.offset for place in places] == [offset] * 3
    assert max(place.clarity for place in places) > CLEAR


def test_stems_that_begin_at_their_own_sound_are_each_found():
    parts = sources()
    starts = (4001, 8123, 12345)
    places = find_places(recording(sum(parts)), [stem(each[at:]) for each, at in zip(parts, starts, strict=True)])
    # A bass alone does not tell a sample from the next.
    assert [place.offset for place in places[1:]] == list(starts[1:])
    assert abs(places[0].offset - starts[0]) <= 1


def test_a_shift_between_samples_is_found_after_another_rate():
    parts = sources()
    there = [soxr.resample(each, RATE, 22050, "VHQ")[1001:] for each in parts]
    back = [stem(soxr.resample(each, 22050, RATE, "VHQ"), 22050) for each in there]
    for place in find_places(recording(sum(parts)), back):
        assert place.offset == pytest.approx(1001 * RATE / 22050, abs=0.01)


def test_what_bleeds_and_is_dull_is_found_too():
    parts = sources()
    mix = sum(parts)
    for each in parts:
        bled = each + 0.2 * mix
        dull = soxr.resample(soxr.resample(bled, RATE, 8000), 8000, RATE)[500:]
        (place,) = find_places(recording(mix), [stem(dull)])
        assert place.known and place.offset == 500


def test_a_silent_stem_goes_with_the_others_and_strangers_stay_where_they_are():
    parts = sources()
    mix = recording(sum(parts))
    silent = stem(np.zeros_like(parts[0]))
    assert [p.offset for p in find_places(mix, [silent, stem(parts[2][321:])])] == [321, 321]
    stranger = np.random.default_rng(9).standard_normal((2 * RATE, 2)).astype(np.float32)
    (place,) = find_places(mix, [stem(stranger)])
    assert place.offset == 0 and not place.known


def test_of_a_long_recording_the_place_is_as_exact(monkeypatch):
    from workbench.audio import stems

    monkeypatch.setattr(stems, "LONGEST", 20000)
    monkeypatch.setattr(stems, "STRETCH", 1 << 14)
    parts = sources()
    places = find_places(recording(sum(parts)), [stem(each[2345:]) for each in parts])
    assert [place.offset for place in places] == [2345] * 3


# -- levels ------------------------------------------------------------------------------------------------


def test_levels_are_those_that_sum_to_the_mix():
    parts = sources()
    gains = (1.0, 0.5, 2.0)
    levels = levels_in(sum(parts), [g * each for g, each in zip(gains, parts, strict=True)])
    np.testing.assert_allclose(levels.gains_db, -20 * np.log10(gains), atol=0.01)
    rest = sum(parts) - sum(g * each for g, each in zip(gains, parts, strict=True))
    assert levels.rest_db == pytest.approx(10 * np.log10(np.sum(rest**2) / np.sum(sum(parts) ** 2)), abs=1e-3)


def test_where_nothing_is_left_or_nothing_sounds():
    parts = sources()
    exact = levels_in(parts[0], [parts[0], 0 * parts[0]])
    assert exact.rest_db == float("-inf") and exact.gains_db[0] == pytest.approx(0) and np.isnan(exact.gains_db[1])
    assert levels_in(0 * parts[0], [parts[0]]).rest_db == float("-inf")
    assert levels_in(parts[0], []).rest_db == pytest.approx(0.0)


@pytest.mark.parametrize("offset", [0.0, 7.0, -5.0, 12.37, -3.75, 990.5])
@pytest.mark.parametrize("gain_db", [0.0, -6.0])
def test_what_is_placed_piece_by_piece_is_as_at_once(monkeypatch, offset, gain_db):
    stem = np.random.default_rng(0).standard_normal((1000, 2)).astype(np.float32)
    whole = stems_module.placed(stem, offset, gain_db, 1100)
    monkeypatch.setattr(stems_module, "STRETCH", 37)
    np.testing.assert_allclose(stems_module.placed(stem, offset, gain_db, 1100), whole, atol=1e-5)


@pytest.mark.parametrize("rate", [8000, 11025])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stem_is_made_to_fit_piece_by_piece_and_lies_where_long_ones_do(tmp_path, monkeypatch, rate, channels):
    sound = 0.3 * np.random.default_rng(1).standard_normal((3000, channels))
    soundfile.write(tmp_path / "stem.wav", sound, rate, subtype="FLOAT")
    soundfile.write(tmp_path / "mix.wav", np.zeros((3000, 2)) + 0.1, 8000, subtype="FLOAT")
    recording = load(tmp_path / "mix.wav")
    whole = read_stem(tmp_path / "stem.wav", recording).samples
    monkeypatch.setattr("workbench.audio.resampling.BLOCK", 211)
    monkeypatch.setattr(USUAL, "budget", 0)
    pieces = read_stem(tmp_path / "stem.wav", recording).samples
    assert pieces.shape == whole.shape == (round(3000 * 8000 / rate), 2)
    np.testing.assert_allclose(pieces, whole, atol=1e-5)
    changed = pieces
    while isinstance(changed.base, np.ndarray):
        changed = changed.base
    assert changed.base is not None, "in a file"
