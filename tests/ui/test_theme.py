"""The pictures of the style sheet lie in a private folder of their own, which goes with the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import os, re, stat, sys, tempfile
kind = sys.argv[1]
old = os.path.join(tempfile.gettempdir(), f"workbench-glyphs-{os.getpid()}")
if kind == "link":
    os.symlink(os.path.join(tempfile.gettempdir(), "elsewhere"), old)
elif kind == "folder":
    os.mkdir(old, 0o755)
from PySide6.QtWidgets import QApplication
from workbench.ui.base import theme
app = QApplication([])
theme.apply(app, theme.DARK)
theme.apply(app, theme.LIGHT)
pictures = re.findall(r"url\\(([^)]*)\\)", app.styleSheet())
assert pictures and all(os.path.getsize(picture) > 0 for picture in pictures)
folders = {os.path.dirname(picture) for picture in pictures}
assert len(folders) == 1, folders
found = os.lstat(*folders)
print(*folders, oct(stat.S_IMODE(found.st_mode)), found.st_uid == os.getuid(), stat.S_ISDIR(found.st_mode))
"""


def folder_of_a_run(temporary: Path, kind: str = "") -> Path:
    """Where a process of its own put its pictures; it has ended.

    Before it does so it makes a folder, or a link to the folder 'elsewhere', of the name that an earlier version used,
    which everybody could guess.
    """
    env = {**os.environ, "TMPDIR": str(temporary), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", SCRIPT, kind]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    folder, mode, own, is_folder = done.stdout.split()
    assert (mode, own, is_folder) == ("0o700", "True", "True")
    return Path(folder)


def test_the_folder_is_private_fresh_and_gone_at_the_end(tmp_path):
    first, second = folder_of_a_run(tmp_path), folder_of_a_run(tmp_path)
    assert first != second and first.parent == second.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_waits_under_a_name_that_can_be_guessed_is_not_touched(tmp_path, kind):
    (tmp_path / "elsewhere").mkdir()
    folder = folder_of_a_run(tmp_path, kind)
    (waiting,) = tmp_path.glob("workbench-glyphs-*")
    assert waiting != folder and not folder.exists()
    assert waiting.is_symlink() == (kind == "link")
    assert list(waiting.iterdir()) == [] == list((tmp_path / "elsewhere").iterdir())
