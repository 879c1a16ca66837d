"""The command line tells the truth: what is printed, or can't be, does not decide what was done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.conftest import tone_mix

ROOT = Path(__file__).resolve().parents[1]
SHELL = pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")


@pytest.fixture
def tones(tmp_path):
    soundfile.write(tmp_path / "tones.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    return tmp_path / "tones.wav"


def shell(command, **environment):
    """What comes of a shell's command with the program as W."""
    return subprocess.run(
        ["bash", "-c", f'W() {{ "{sys.executable}" -m workbench "$@"; }}; {command}'],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )


def work(source, out):
    return f'W separate "{source}" --out "{out}" --components 2 --iterations 5'


@SHELL
@pytest.mark.parametrize("to", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| head -c 0"])
def test_the_status_says_whether_the_work_was_done(tones, tmp_path, to):
    pipe = "set -o pipefail; " if "|" in to else ""
    done = shell(pipe + work(tones, tmp_path / "out") + " " + to)
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr, done.stderr.decode()
    assert done.returncode == 0
    parts = sorted((tmp_path / "out").glob("0*.wav"))
    assert len(parts) == 2 and all(soundfile.info(part).frames == 8000 for part in parts)
    missing = shell(pipe + work(tmp_path / "none.wav", tmp_path / "other") + " " + to)
    assert missing.returncode == 2 and b"Traceback" not in missing.stderr


@SHELL
@pytest.mark.parametrize("asked", ["--help", "separate --help", "--version", "render --help"])
def test_help_into_a_closed_pipe_is_no_error(asked):
    done = shell(f"set -o pipefail; W {asked} | head -c 0")
    assert done.returncode == 0 and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "cp437"])
def test_what_a_narrow_encoding_has_not_is_written_otherwise(tmp_path, encoding):
    done = shell(f'W separate "{tmp_path}/Ω “x”.wav" --out "{tmp_path}/out"', PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    said = done.stderr.decode(encoding)
    assert done.returncode == 2 and "Traceback" not in said and "There is no file" in said


@SHELL
def test_the_scripts_work_through_links(tmp_path):
    (tmp_path / "one").symlink_to(ROOT / "run")
    (tmp_path / "two").symlink_to("one")
    text = (ROOT / "run").read_text(encoding="utf-8")
    folder = text[: text.index("# shellcheck")] + 'echo "$here"\n'
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "run").write_text(folder, encoding="utf-8")
    (tmp_path / "one").unlink()
    (tmp_path / "one").symlink_to(tmp_path / "copy" / "run")
    said = subprocess.run(["bash", str(tmp_path / "two")], capture_output=True, text=True, check=True).stdout
    assert Path(said.strip()) == tmp_path / "copy"


def test_a_defect_is_told_as_one_with_its_report(tones, tmp_path, capsys, monkeypatch):
    from workbench.commands import separating
    from workbench.commands.catalogue import COMMANDS

    def broken(*_, **__):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(separating, "factorise", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert COMMANDS["separate"]([str(tones), "--out", str(tmp_path / "out"), "--quiet"]) == 70
    said = capsys.readouterr().err
    assert "defect of the program (ZeroDivisionError)" in said and "Traceback" not in said
    (report,) = tmp_path.glob("workbench-report-*.txt")
    assert "by nought" in report.read_text(encoding="utf-8") and report.name in said
    assert not (tmp_path / "out").exists()
