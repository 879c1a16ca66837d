"""Recordings far from full scale are open near it, and written as loud as they were."""

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import make_scene, tone_mix
from workbench.audio.export import Level, LevelKind, Piece, brought_to
from workbench.audio.formats import FileFormat
from workbench.audio.full_scale import brought_near
from workbench.audio.recording import Recording, load
from workbench.audio.stems import read_stem
from workbench.audio.writing import measure, write
from workbench.wording import sentence


def opened(folder, samples, name="a.wav"):
    soundfile.write(folder / name, samples, 8000, subtype="FLOAT")
    return load(folder / name)


@given(st.floats(-120, 120), st.integers(0, 1000))
def test_any_scale_is_brought_near_full_scale_and_back_without_rounding(exponent, seed):
    rng = np.random.default_rng(seed)
    samples = (rng.uniform(-1, 1, (200, 2)) * 2.0**exponent).astype(np.float32)
    near = samples.copy()
    change = brought_near(near)
    assert change.silenced == 0 and 2.0**-25 < np.abs(near).max() <= 16
    back = np.ldexp(near, round(change.level_db / (20 * np.log10(2))))
    np.testing.assert_array_equal(back, samples)
    if 2.0**-24 <= np.abs(samples).max() <= 16:
        assert change.level_db == 0.0


@pytest.mark.parametrize("bit", [24, 25, 26, 27, 28, 29, 30])
def test_a_flipped_bit_of_an_exponent_is_silenced_and_told(tmp_path, bit):
    samples = tone_mix(1.0)
    bits = samples.view(np.uint32)
    place = int(np.abs(samples[:, 0]).argmax())
    bits[place, 0] ^= np.uint32(1 << bit)
    recording = opened(tmp_path, samples)
    usual = np.delete(np.abs(recording.samples).max(axis=1), place).max()
    assert np.isfinite(recording.samples).all() and recording.level_db == 0.0
    assert usual == np.delete(np.abs(samples).max(axis=1), place).max(), "all others are as they were"
    if np.abs(samples[place, 0]) > 100 or not np.isfinite(samples[place, 0]):
        assert recording.samples[place, 0] == 0.0 and len(recording.remarks) == 1


def test_an_impulse_among_zeros_is_no_damage(tmp_path):
    samples = np.zeros((8000, 1), np.float32)
    samples[100] = 32768.0
    recording = opened(tmp_path, samples)
    assert recording.samples[100] == 0.5 and [each.code for each in recording.remarks] == ["audio.too_loud"]


def test_what_was_done_is_told_and_the_file_s_own_level_can_be_written(tmp_path):
    samples = tone_mix(1.0) * 32768
    recording = opened(tmp_path, samples)
    (remark,) = recording.remarks
    peak = 20 * np.log10(np.abs(samples).max())
    assert f"{peak:.0f} dB above full scale" in sentence(remark)
    scene = make_scene(2)
    scene = type(scene)(
        Recording(recording.samples, 8000, recording.path, (), recording.level_db), scene.analysis, scene.stack
    )
    pieces = [Piece(tmp_path / "0.wav", scene, (0,)), Piece(tmp_path / "1.wav", scene, (1,))]
    level = Level(LevelKind.FILE, recording.level_db)
    found = [brought_to(*each, level)[0] for each in zip(pieces, measure(pieces), strict=True)]
    write(found, FileFormat())
    total = sum(soundfile.read(tmp_path / f"{i}.wav", dtype="float32")[0] for i in range(2))
    np.testing.assert_allclose(total, samples, atol=1e-6 * np.abs(samples).max())


def test_stems_keep_their_levels_beside_the_recording(tmp_path):
    parts = [tone_mix(1.0, seed=seed) * 32768 * scale for seed, scale in ((1, 1.0), (2, 0.1))]
    recording = opened(tmp_path, parts[0] + parts[1], "mix.wav")
    stems = []
    for i, part in enumerate(parts):
        soundfile.write(tmp_path / f"{i}.wav", part, 8000, subtype="FLOAT")
        stems.append(read_stem(tmp_path / f"{i}.wav", recording))
        assert not stems[-1].remarks
    np.testing.assert_allclose(stems[0].samples + stems[1].samples, recording.samples, atol=1e-6)
