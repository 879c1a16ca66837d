"""The examples do what they say; on the demo recording, as a newcomer runs them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from workbench import Project, resource

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = resource("examples")
DEMO = resource("demo/demo.flac")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def command(name, *arguments):
    return [sys.executable, str(EXAMPLES / name), *map(str, arguments)]


def run(name, *arguments):
    return subprocess.run(
        command(name, *arguments), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120
    )


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def held(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}


def test_drums_are_taken_out_of_a_song(tmp_path):
    done = run("drums_out.py", DEMO, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    drums, band = (soundfile.read(tmp_path / "out" / name)[0] for name in ("02 Drums.flac", "01 Band.flac"))
    song = soundfile.read(DEMO)[0]
    # Two roundings to 24 bits.
    np.testing.assert_allclose(drums + band, song, atol=4 / 2**23)
    stem = soundfile.read(resource("demo/stems/drums.flac"))[0]

    def sdr(found, true):
        return 10 * np.log10(np.square(true).sum() / np.square(true - found).sum())

    # Better than leaving the song as it is, by 6 dB for the drums and 2 for the band.
    assert sdr(drums, stem) > sdr(song, stem) + 6 and sdr(band, song - stem) > sdr(song, song - stem) + 2
    project = Project.open(tmp_path / "out" / "demo.workbench")
    np.testing.assert_allclose(project.render(), band, atol=4 / 2**23)


def test_noise_of_a_folder_is_turned_down(tmp_path):
    song, rate = soundfile.read(DEMO, frames=5 * 44100, start=44100)
    clean = np.concatenate([np.zeros((rate, 2)), song])
    noise = 0.01 * np.random.default_rng(0).standard_normal(clean.shape)
    (tmp_path / "takes").mkdir()
    soundfile.write(tmp_path / "takes" / "one.flac", clean + noise, rate)
    (tmp_path / "takes" / "none.wav").write_text("words")
    done = run("denoise_folder.py", tmp_path / "takes", tmp_path / "out", "0.9")
    assert done.returncode == 1 and "none.wav” is not a sound file" in done.stderr and "dB less noise" in done.stdout
    quiet = soundfile.read(tmp_path / "out" / "one" / "one mix.wav")[0]
    beginning = slice(0, int(0.9 * rate))
    assert np.square(quiet[beginning]).mean() < 0.1 * np.square((clean + noise)[beginning]).mean()
    assert np.square(quiet - clean).mean() < np.square(noise).mean()


@pytest.mark.parametrize("name", ["drums_out.py", "denoise_folder.py"])
def test_they_are_short(name):
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) <= 60


@pytest.fixture
def recordings(tmp_path):
    """Six pieces of the demo, and something that is none."""
    pytest.importorskip("distributed")
    folder = tmp_path / "recordings"
    (folder / "more").mkdir(parents=True)
    song, rate = soundfile.read(DEMO)
    for i in range(6):
        soundfile.write(folder / ("more" if i % 2 else "") / f"{i}.flac", song[i * 3 * rate :][: 12 * rate], rate)
    (folder / "none.wav").write_text("words")
    return folder


@posix
def test_a_cluster_separates_a_folder_whatever_becomes_of_a_worker(recordings, tmp_path):
    out = tmp_path / "out"
    asked = command("cluster.py", recordings, out, "--workers", "2")
    process = subprocess.Popen(asked, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 50
    # In the midst of the work: a first result is there, and others are under way.
    while not list(out.rglob("0*.flac")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    children = psutil.Process(process.pid).children(recursive=True)
    workers = [each for each in children if any("spawn_main" in part for part in each.cmdline())]
    assert len(workers) >= 2
    os.kill(workers[0].pid, signal.SIGKILL)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 1 and b"none.wav: " in said, wrong.decode()
    assert said.count(b": separated") + said.count(b": there already") == 6
    assert not list(out.rglob("*.part")) and not psutil.wait_procs(children, timeout=20)[1]
    # The same as each alone, in this process.
    paths = sorted(path.relative_to(recordings) for path in recordings.rglob("*.flac"))
    assert sorted(path.parent.relative_to(out) for path in out.rglob("08 *.flac")) == paths
    for path in paths:
        alone = Project.open(recordings / path).factorise(preset="General", components=8, iterations=60, seed=0)
        alone.export(tmp_path / "alone" / path, mix=False, layers=True, format="flac")
    assert held(out) == held(tmp_path / "alone")


def test_a_cluster_passes_over_what_is_done(recordings, tmp_path):
    for name in ("none.wav", "0.flac", "2.flac", "4.flac"):
        (recordings / name).unlink()
    shutil.rmtree(recordings / "more")
    soundfile.write(recordings / "a.wav", 0.1 * np.random.default_rng(0).standard_normal(8000), 8000)
    for wanted in ("separated", "there already"):
        done = run("cluster.py", recordings, tmp_path / "out", "--workers", "1")
        assert done.returncode == 0 and f"a.wav: {wanted}" in done.stdout, done.stderr
