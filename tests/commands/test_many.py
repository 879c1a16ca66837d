"""Many files at once: each as if it were alone, whatever becomes of the others."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
FEW = ("--components", "3", "--iterations", "5")
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def songs(tmp_path):
    """Three recordings, one of them in a folder within, and something that is none."""
    folder = tmp_path / "songs"
    (folder / "more").mkdir(parents=True)
    for seed, name in enumerate(("a.wav", "b.wav", "more/c.wav")):
        soundfile.write(folder / name, tone_mix(1.0, 8000, seed=seed), 8000, subtype="FLOAT")
    (folder / "notes.txt").write_text("no sound")
    return folder


def separate(*arguments):
    return main(["separate", *map(str, arguments), *FEW])


def held(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def started(*arguments, **environment):
    """A command in a process group of its own."""
    command = [sys.executable, "-m", "workbench", "separate", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def until(process, condition, seconds=60):
    """Wait for something that a command does; gives what the condition gave."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    return found


def test_each_gets_what_it_gets_alone_for_any_number_of_processes(songs, tmp_path):
    paths = [songs / name for name in ("a.wav", "b.wav", "more/c.wav")]
    for path in paths:
        assert separate(path, "--out", tmp_path / "alone" / path.stem, "--quiet") == 0
    for jobs in (1, 3):
        assert separate(*paths, "--out", tmp_path / f"{jobs}", "--jobs", jobs, "--quiet") == 0
        assert held(tmp_path / f"{jobs}") == held(tmp_path / "alone")


def test_a_folder_is_taken_with_those_within_it_where_that_is_asked_for(songs, tmp_path):
    assert separate(songs, "--out", tmp_path / "flat", "--quiet") == 0
    assert {path.parent.relative_to(tmp_path) for path in tmp_path.glob("flat/**/masks.png")} == {
        Path("flat/a"),
        Path("flat/b"),
    }
    assert separate(songs, "--recursive", "--out", tmp_path / "deep", "--quiet") == 0
    assert {path.parent.relative_to(tmp_path) for path in tmp_path.glob("deep/**/masks.png")} == {
        Path("deep/a"),
        Path("deep/b"),
        Path("deep/more/c"),
    }


def test_a_bad_file_stops_no_other_and_is_told_of_at_the_end(songs, tmp_path, capsys):
    (songs / "a.wav").write_text("no sound, though it says so")
    assert separate(songs, songs / "missing.wav", "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    failed = [line for line in said.err.splitlines() if "Separating" not in line]
    assert [line.split(": ")[0] for line in failed] == [str(songs / "a.wav"), str(songs / "missing.wav")]
    assert "1 of 3 files separated, 2 failed" in said.out.splitlines()[-1]
    assert [path.name for path in (tmp_path / "out" / "songs").iterdir()] == ["b"]


@posix
def test_odd_names_of_files_are_one_line_each(songs, tmp_path, capsys):
    (songs / "a.wav").rename(songs / "a\nb.wav")
    (songs / "b.wav").rename(songs / "\udcff.wav")
    (songs / "c\n.wav").write_text("no sound")
    assert separate(songs, "--out", tmp_path / "out", "--jobs", "1") == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3 and len(said.err.splitlines()) == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a\nb", "\udcff"}


def test_where_all_fail_nothing_was_done(songs, tmp_path, capsys):
    for path in songs.glob("*.wav"):
        path.write_text("no sound")
    assert separate(songs, "--out", tmp_path / "out", "--quiet") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2 and not (tmp_path / "out").exists()


def test_settings_that_are_wrong_are_told_once(songs, tmp_path, capsys):
    assert main(["separate", str(songs), "--out", str(tmp_path / "out"), "--set", "sparsity=12"]) == 2
    assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_folder_without_sound_is_said(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert separate(tmp_path / "empty", "--out", tmp_path / "out") == 2
    assert "no sound files" in capsys.readouterr().err


def test_programs_are_told_of_each_file_and_of_all(songs, tmp_path, capsys):
    (songs / "b.wav").write_text("no sound")
    assert separate(songs, "--out", tmp_path / "out", "--json") == 1
    told = lines(capsys.readouterr().out)
    of = {Path(each["input"]).name: each for each in told if each["event"] == "file"}
    assert of["a.wav"]["status"] == "done" and of["b.wav"]["status"] == "failed"
    assert of["a.wav"]["layers"] == [f"0{i} Component {i}.wav" for i in (1, 2, 3)] and of["a.wav"]["components"] == 3
    assert all((Path(of["a.wav"]["out"]) / name).exists() for name in of["a.wav"]["layers"])
    assert of["b.wav"]["error"]["code"] == "audio.not_sound"
    summary = told[-1]
    assert (summary["event"], summary["done"], summary["failed"], summary["of"]) == ("summary", 1, 1, 2)


def test_what_is_done_is_passed_over_only_where_it_is_whole_and_the_same(songs, tmp_path, capsys):
    def statuses(*more):
        capsys.readouterr()
        assert separate(songs, "--out", tmp_path / "out", "--skip-done", "--json", "--jobs", "1", *more) == 0
        told = lines(capsys.readouterr().out)
        return {Path(each["input"]).stem: each["status"] for each in told if each["event"] == "file"}

    assert statuses() == {"a": "done", "b": "done"}
    before = held(tmp_path / "out")
    assert statuses("--threads", "1") == {"a": "skipped", "b": "skipped"} and held(tmp_path / "out") == before
    (tmp_path / "out" / "a" / "masks.png").unlink()
    assert statuses() == {"a": "done", "b": "skipped"} and held(tmp_path / "out") == before
    soundfile.write(songs / "b.wav", tone_mix(1.0, 8000, seed=7), 8000, subtype="FLOAT")
    assert statuses() == {"a": "skipped", "b": "done"}
    assert statuses("--seed", "3") == {"a": "done", "b": "done"}


def test_what_was_written_is_no_input(songs, tmp_path):
    for _ in range(2):
        assert separate(songs, "--recursive", "--out", songs / "parts", "--quiet", "--skip-done") == 0
    assert sorted(path.name for path in (songs / "parts").iterdir()) == ["a", "b", "more"]


def test_a_file_that_takes_more_than_all_may_is_worked_on_alone(songs, tmp_path, capsys):
    assert separate(songs, "--out", tmp_path / "out", "--memory", "1MB") == 0
    said = capsys.readouterr()
    assert said.err.count("worked on alone") == 2 and "2 of 2 files separated" in said.out


@pytest.fixture
def long_songs(tmp_path):
    """Four recordings, all alike, that take a few seconds each."""
    folder = tmp_path / "songs"
    folder.mkdir()
    noise = 0.1 * np.random.default_rng(0).standard_normal((44100 * 20, 2))
    for name in "abcd":
        soundfile.write(folder / f"{name}.wav", noise, 44100)
    return folder


LONG = ("--components", "6", "--iterations", "300", "--jobs", "2", "--json")


@posix
def test_a_process_that_is_killed_takes_no_other_file_with_it(long_songs, tmp_path):
    out = tmp_path / "out"
    process = started(long_songs, "--out", out, *LONG)

    def workers():
        children = psutil.Process(process.pid).children()
        return [each for each in children if any("spawn_main" in part for part in each.cmdline())]

    # Both work by then.
    until(process, lambda: len(workers()) == 2 and all(each.cpu_times().user > 1.5 for each in workers()))
    os.kill(workers()[0].pid, signal.SIGKILL)
    said, wrong = process.communicate(timeout=120)
    told = lines(said)
    files = [each for each in told if each["event"] == "file"]
    failed = [each for each in files if each["status"] == "failed"]
    assert process.returncode == 1 and len(files) == 4 and len(failed) == 1, wrong
    assert failed[0]["error"]["code"] == "headless.worker_gone" and "Traceback" not in wrong
    done = {path.parent.name for path in out.glob("*/masks.png")}
    assert len(done) == 3 and Path(failed[0]["input"]).stem not in done
    # Nothing is left of it, and the others are alike, as their recordings are.
    assert not list(out.rglob("*.part")) and sorted(each.name for each in out.iterdir()) == sorted(done)
    alike = [held(out / each) for each in sorted(done)]
    assert alike[0] == alike[1] == alike[2]


@posix
@pytest.mark.parametrize(
    ("number", "all_of_them"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True)]
)
def test_a_command_that_is_ended_leaves_nothing_half_written(long_songs, tmp_path, number, all_of_them):
    """Ctrl+C comes to all processes of a terminal, SIGTERM to one; or to all, as from a batch system."""
    out = tmp_path / "out"
    process = started(long_songs, "--out", out, *LONG)
    children = until(process, lambda: psutil.Process(process.pid).children(recursive=True))
    until(process, lambda: list(out.glob("*/masks.png")) or list(out.glob("*/.workbench.*.part/*")))
    (os.killpg if all_of_them else os.kill)(process.pid, number)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 128 + number and "Traceback" not in wrong, wrong
    assert not list(tmp_path.rglob("*.part")) and lines(said)[-1]["stopped"] is True
    assert not psutil.wait_procs(children, timeout=30)[1]
    for folder in out.iterdir() if out.exists() else ():
        assert len(list(folder.glob("*.wav"))) == 6 and (folder / "factors.npz").exists()


@posix
def test_what_a_process_that_is_killed_had_begun_to_write_goes(long_songs, tmp_path):
    out = tmp_path / "out"
    process = started(long_songs, "--out", out, *LONG, "--jobs", "1")
    until(process, lambda: list(out.glob("*/.workbench.*.part/*")))
    (worker,) = (
        each for each in psutil.Process(process.pid).children() if any("spawn_main" in part for part in each.cmdline())
    )
    os.kill(worker.pid, signal.SIGKILL)
    said, wrong = process.communicate(timeout=120)
    summary = lines(said)[-1]
    assert (process.returncode, summary["done"], summary["failed"]) == (1, 3, 1), wrong
    assert not list(out.rglob("*.part")) and sorted(each.name for each in out.iterdir()) == ["b", "c", "d"]


@posix
def test_no_process_outlives_a_command_that_is_killed(long_songs, tmp_path):
    process = started(long_songs, "--out", tmp_path / "out", *LONG)
    parent = psutil.Process(process.pid)
    until(process, lambda: len(parent.children()) >= 2)
    children = parent.children(recursive=True)
    process.kill()
    process.communicate()
    assert not psutil.wait_procs(children, timeout=60)[1]


def test_the_processes_need_no_qt(songs, tmp_path):
    code = "import sys, workbench.commands.workers; print([m for m in sys.modules if re.match('PySide6|shiboken', m)])"
    done = subprocess.run([sys.executable, "-c", "import re;" + code], cwd=ROOT, capture_output=True, text=True)
    assert re.fullmatch(r"\[\]\n", done.stdout), done.stderr
