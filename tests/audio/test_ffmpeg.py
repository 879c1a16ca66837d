"""What libsndfile does not know opens by way of ffmpeg, and without it says so."""

from __future__ import annotations

import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate

from tests.conftest import tone_mix
from workbench.audio.files import ffmpeg
from workbench.audio.recording import load
from workbench.errors import UserError
from workbench.progress import Cancelled

needs = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
KINDS = {
    "m4a": ["-c:a", "aac", "-b:a", "192k"],
    "wma": ["-c:a", "wmav2", "-b:a", "192k"],
    "wv": ["-c:a", "wavpack"],
    "mkv": ["-f", "lavfi", "-i", "color=size=32x32:rate=5", "-c:a", "flac", "-c:v", "ffv1", "-shortest"],
}


def made(folder, kind, seconds=1.0):
    sound = tone_mix(seconds, 44100)
    soundfile.write(folder / "in.wav", sound, 44100, subtype="PCM_16")
    path = folder / f"- file:odd, name%d.{kind}"
    before = KINDS[kind][:4] if kind == "mkv" else []
    after = KINDS[kind][4:] if kind == "mkv" else KINDS[kind]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(folder / "in.wav"), *before, *after, f"file:{path}"]
    subprocess.run(command, check=True)
    return path, soundfile.read(folder / "in.wav", dtype="float32")[0]


@needs
@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_of_other_containers_opens(tmp_path, kind):
    path, sound = made(tmp_path, kind)
    recording = load(path)
    assert (recording.rate, recording.channels) == (44100, 2) and not recording.remarks
    # Lossy ones work in blocks, and not all say how much of the last one is sound.
    assert abs(len(recording.samples) - len(sound)) < 6144
    if kind in ("wv", "mkv"):
        np.testing.assert_array_equal(recording.samples[: len(sound)], sound)
    else:
        # Each is late, or early, as its encoder likes.
        one, other = recording.samples[:40000, 0], sound[:40000, 0]
        best = correlate(one, other, method="fft").max() / np.sqrt((one**2).sum() * (other**2).sum())
        assert best > 0.9
    assert load(path).checksums == recording.checksums


@needs
def test_what_is_cut_is_told_and_what_is_no_sound_gets_its_sentence(tmp_path):
    path, _ = made(tmp_path, "mkv", 4.0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    cut = load(path)
    assert 0 < cut.duration < 4
    (tmp_path / "list.m4a").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:{tmp_path / 'in.wav'}\n")
    (tmp_path / "concat.m4a").write_text(f"ffconcat version 1.0\nfile {tmp_path / 'in.wav'}\n")
    (tmp_path / "words.mp4").write_text("words")
    for name in ("list.m4a", "concat.m4a", "words.mp4"):
        with pytest.raises(UserError, match="not_sound"):
            load(tmp_path / name)


@needs
def test_a_video_without_sound_is_told_as_such(tmp_path):
    picture = ["-f", "lavfi", "-i", "color=size=32x32:rate=5:duration=1", "-c:v", "ffv1", str(tmp_path / "mute.mkv")]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *picture], check=True)
    with pytest.raises(UserError, match="no_samples"):
        load(tmp_path / "mute.mkv")


@needs
def test_it_can_be_stopped(tmp_path, monkeypatch):
    path, _ = made(tmp_path, "m4a", 30.0)
    monkeypatch.setattr(ffmpeg, "POLL_SECONDS", 0.0001)

    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        load(path, stop)


@needs
def test_what_is_more_than_there_is_room_for_is_told(tmp_path, monkeypatch):
    path, _ = made(tmp_path, "wv", 20.0)
    monkeypatch.setattr(ffmpeg, "POLL_SECONDS", 0.0001)
    monkeypatch.setattr(ffmpeg.shutil, "disk_usage", lambda place: SimpleNamespace(free=2000))
    with pytest.raises(UserError, match="too_large"):
        load(path)


def test_without_it_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda name: None)
    (tmp_path / "a.m4a").write_bytes(b"\x00\x00\x00\x20ftypM4A " + bytes(100))
    (tmp_path / "b.txt").write_text("words")
    with pytest.raises(UserError, match="needs_ffmpeg"):
        load(tmp_path / "a.m4a")
    with pytest.raises(UserError, match="not_sound"):
        load(tmp_path / "b.txt")
