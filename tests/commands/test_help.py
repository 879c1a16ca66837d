"""The help is a page of a manual, and all that it says can be done."""

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench import Project
from workbench.__main__ import main
from workbench.commands.catalogue import COMMANDS, MAIN
from workbench.commands.page import STATUSES
from workbench.separation.settings import RunSettings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [line for page in (MAIN, *(each.page for each in COMMANDS.values())) for _, line in page.examples]


def help_of(command, capsys, monkeypatch, columns=100):
    monkeypatch.setenv("COLUMNS", str(columns))
    if command is None:
        assert main(["--help"]) == 0
    else:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_a_page_has_all_that_a_manual_has(command, capsys, monkeypatch):
    told = help_of(command, capsys, monkeypatch)
    for section in ("usage:", "options:", "exit status:", "environment:", "examples:"):
        assert section in told
    page = MAIN if command is None else COMMANDS[command].page
    # As they are, so that they can be copied.
    assert all(f"\n  {line}\n" in told for _, line in page.examples) and page.examples
    assert all(re.search(rf"\n  {status}\s+{re.escape(STATUSES[status][:20])}", told) for status in page.statuses)


@pytest.mark.parametrize("columns", [60, 80, 100, 300])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_a_page_is_as_wide_as_the_terminal(command, columns, capsys, monkeypatch):
    told = help_of(command, capsys, monkeypatch, columns)
    wide = [line for line in told.splitlines() if len(line) > min(columns, 100) and line.strip() not in EXAMPLES]
    assert not wide


def test_the_page_of_all_names_every_command_with_what_it_does(capsys, monkeypatch):
    told = help_of(None, capsys, monkeypatch)
    assert all(re.search(rf"\n +{name} +{re.escape(each.page.line)}\n", told) for name, each in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(command):
    import argparse

    parser = argparse.ArgumentParser()
    COMMANDS[command].fill(parser)
    assert all(action.help for action in parser._actions)


def test_every_setting_is_told_with_its_range_and_what_it_is_by_itself(capsys, monkeypatch):
    told = help_of("separate", capsys, monkeypatch)
    assert all(re.search(rf"\n  {each.name} ", told) for each in fields(RunSettings))
    assert re.search(r"\n  components +1 … 200 \(10\)\n", told)


@pytest.fixture
def folder(tmp_path):
    """What the examples speak of."""
    for name in ("song.wav", "loop.wav", "talk.wav", "songs/one.wav", "songs/live/two.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, tone_mix(1.0, 16000), 16000, subtype="FLOAT")
    project = Project.open(tmp_path / "song.wav").factorise(components=3, iterations=5)
    project.group(["Component 1", "Component 2"], "Band")
    project.save(tmp_path / "song.workbench")
    return tmp_path


@pytest.mark.skipif(shutil.which("bash") is None, reason="the examples are lines of a shell")
@pytest.mark.parametrize("line", dict.fromkeys(EXAMPLES))
def test_every_example_works_as_it_is_written(folder, line):
    workbench = f'workbench() {{ {shlex.quote(sys.executable)} -m workbench "$@"; }}; set -euo pipefail; {line}'
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", workbench], cwd=folder, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    if "--out" in line:
        out = folder / line.split("--out ")[1].split()[0]
        parts = [path for path in out.rglob("*") if path.suffix in (".wav", ".flac")]
        assert parts and all(np.isfinite(soundfile.read(path)[0]).all() for path in parts)
