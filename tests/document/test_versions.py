"""Versions before the present one stay beside a project."""

import os
import signal
import subprocess
import sys
import time

import pytest

from workbench.document.versions import KEPT, keeping_versions, versions_of


def write(path, text):
    with keeping_versions(path) as partial:
        partial.write_text(text)


def test_the_last_three_stay_the_newest_first(tmp_path):
    path = tmp_path / "song.workbench"
    for number in range(6):
        write(path, str(number))
    assert path.read_text() == "5"
    assert [each.read_text() for each in versions_of(path)] == ["4", "3", "2"] and KEPT == 3
    assert len(list(tmp_path.iterdir())) == 1 + KEPT


def test_a_save_that_fails_changes_none(tmp_path):
    path = tmp_path / "song.workbench"
    write(path, "1")
    write(path, "2")
    with pytest.raises(OSError, match="full"), keeping_versions(path) as partial:
        partial.write_text("3")
        raise OSError("full")
    assert path.read_text() == "2" and [each.read_text() for each in versions_of(path)] == ["1"]


def test_without_links_they_are_copied(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(38, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "song.workbench"
    write(path, "1")
    write(path, "2")
    assert path.read_text() == "2" and versions_of(path)[0].read_text() == "1"


def test_a_disk_that_refuses_at_the_last_moment_moves_no_version(tmp_path, monkeypatch):
    path = tmp_path / "song.workbench"
    for number in range(4):
        write(path, str(number))

    def refuse(*told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.storage.sync", refuse)
    for _ in range(3):
        with pytest.raises(OSError, match="space"):
            write(path, "lost")
    assert path.read_text() == "3" and [each.read_text() for each in versions_of(path)] == ["2", "1", "0"]


def test_long_names_and_links_have_versions_too(tmp_path):
    one, other = (tmp_path / ("ü" * 115 + each + ".workbench") for each in "ab")
    for number in range(3):
        write(one, f"one {number}")
        write(other, f"other {number}")
    assert [each.read_text() for each in versions_of(one)] == ["one 1", "one 0"]
    assert [each.read_text() for each in versions_of(other)] == ["other 1", "other 0"]
    (tmp_path / "link.workbench").symlink_to(one)
    assert versions_of(tmp_path / "link.workbench") == versions_of(one)


SAVES = """
import sys
from pathlib import Path
from workbench.document.versions import keeping_versions
path = Path(sys.argv[1])
for number in range(100000):
    with keeping_versions(path) as partial:
        partial.write_text(f"{number:06d}" * 2000)
    print(number, flush=True)
"""


def test_killed_at_any_moment_every_file_is_whole(tmp_path):
    path = tmp_path / "song.workbench"
    for after in (0.0, 0.003, 0.006, 0.011, 0.02, 0.03):
        command = [sys.executable, "-c", SAVES, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            for _ in range(5):
                process.stdout.readline()
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
        for each in (path, *versions_of(path)):
            text = each.read_text()
            assert len(text) == 12000 and text == text[:6] * 2000
        assert len(versions_of(path)) >= 2
    write(path, "last")
    assert not [each for each in tmp_path.iterdir() if each.name.endswith(".part")]
