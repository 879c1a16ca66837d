import os
import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.rig import SHARED_AUDIO
from workbench.audio.recording import load
from workbench.errors import UserError
from workbench.progress import Cancelled
from workbench.wording import sentence


@pytest.mark.parametrize("channels", [1, 2, 3, 8])
@pytest.mark.parametrize("rate", [8000, 44100, 192000])
def test_reads_every_channel_count_and_rate(tmp_path, channels, rate):
    x = tone_mix(0.2, rate, channels)
    soundfile.write(tmp_path / "a.wav", x, rate, subtype="FLOAT")
    recording = load(tmp_path / "a.wav")
    assert (recording.rate, recording.channels, recording.remarks) == (rate, channels, ())
    np.testing.assert_array_equal(recording.samples, x)


def test_values_that_are_not_finite_become_silence_and_are_told(tmp_path):
    x = tone_mix(0.1)
    x[3, 0], x[7, 1], x[9, 1] = np.nan, np.inf, -np.inf
    soundfile.write(tmp_path / "a.wav", x, 8000, subtype="FLOAT")
    recording = load(tmp_path / "a.wav")
    assert np.isfinite(recording.samples).all() and recording.samples[3, 0] == 0
    (remark,) = recording.remarks
    assert (remark.code, remark.values["count"]) == ("audio.not_finite", 3)


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "ogg"])
def test_cut_files_give_what_is_readable_and_say_so(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, tone_mix(8.0, 44100), 44100)
    whole = len(load(path).samples)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    recording = load(path)
    assert 0.2 * whole < len(recording.samples) < 0.8 * whole
    (remark,) = recording.remarks
    assert remark.code == "audio.cut_short"
    assert remark.values["seconds"] == len(recording.samples) / recording.rate


def broken(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "thing.wav"
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is no sound at all, only words " * 50)
    elif kind == "folder":
        path.mkdir()
    elif kind == "no samples":
        soundfile.write(path, np.zeros((0, 2), np.float32), 44100)
    elif kind == "device":
        return Path("/dev/null")
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("empty", "audio.empty"),
        ("text", "audio.not_sound"),
        ("folder", "audio.folder"),
        ("missing", "audio.missing"),
        ("no samples", "audio.no_samples"),
        ("device", "audio.no_file"),
    ],
)
def test_bad_input_gets_one_clear_sentence(tmp_path, kind, code):
    path = broken(tmp_path, kind)
    with pytest.raises(UserError) as caught:
        load(path)
    assert caught.value.code == code
    said = sentence(caught.value)
    assert path.name in said and said.count(". ") == 0 and said.endswith(".") and "\n" not in said


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read everything")
def test_no_permission_is_said(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone_mix(0.1), 8000)
    path.chmod(stat.S_IWUSR)
    with pytest.raises(UserError, match=r"audio\.forbidden"):
        load(path)


def test_no_permission_is_said_even_where_root_could_read(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone_mix(0.1), 8000)

    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UserError, match=r"audio\.forbidden"):
        load(path)


def test_decoding_can_be_cancelled(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone_mix(60.0, 44100), 44100)
    told = []

    def stop(share):
        told.append(share)
        raise Cancelled

    with pytest.raises(Cancelled):
        load(tmp_path / "a.wav", stop)
    assert len(told) == 1 and 0 < told[0] < 1


@pytest.mark.skipif(not SHARED_AUDIO.exists(), reason="the shared test recordings are not here")
def test_real_recordings_open():
    for path in sorted(SHARED_AUDIO.rglob("*.wav")):
        assert len(load(path).samples) > 0
