"""What replaces a file: its mode, links, what is refused, what reaches the disk, and what killed saves leave behind."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import UserError
from workbench.storage import replacing
from workbench.wording import SENTENCES, sentence

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and locks of POSIX")
TOKEN = "0123456789abcdef" * 2


def save(path: Path, text: str = "new") -> None:
    with replacing(path) as partial:
        partial.write_text(text)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_new_file_has_the_mode_that_files_have(tmp_path):
    (tmp_path / "plain").touch()
    save(tmp_path / "work")
    assert mode(tmp_path / "work") == mode(tmp_path / "plain")
    assert names(tmp_path) == ["plain", "work"]


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o666, 0o755])
def test_the_mode_of_what_is_replaced_stays(tmp_path, kept):
    path = tmp_path / "work"
    path.write_text("old")
    path.chmod(kept)
    with replacing(path) as partial:
        assert not mode(partial) & 0o077, "nobody else reads it meanwhile"
        partial.write_text("new")
    assert (path.read_text(), mode(path)) == ("new", kept)


def test_a_file_that_may_only_be_read_is_not_replaced(tmp_path):
    path = tmp_path / "work"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(UserError) as raised:
        save(path)
    assert raised.value.code == "storage.read_only" and "“work”" in sentence(raised.value)
    assert path.read_text() == "old" and names(tmp_path) == ["work"]


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "work").mkdir()
    with pytest.raises(UserError) as raised:
        save(tmp_path / "work")
    assert raised.value.code == "storage.no_plain_file" and raised.value.code in SENTENCES
    assert names(tmp_path) == ["work"]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    (there / "work").write_text("old")
    (tmp_path / "link").symlink_to(there / "work")
    (tmp_path / "second").symlink_to("link")
    with replacing(tmp_path / "second") as partial:
        assert partial.parent == there, "on the file system of the file itself"
        partial.write_text("new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "second").is_symlink()
    assert (there / "work").read_text() == "new" and names(there) == ["work"]


def test_a_link_to_nothing_gets_its_file(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "work")
    save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "work").read_text() == "new"


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "work"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as partial:
        partial.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old" and names(tmp_path) == ["work"]


def test_the_file_is_on_the_disk_before_it_takes_its_place_and_the_folder_afterwards(tmp_path, monkeypatch):
    done = []
    sync, rename = os.fsync, os.replace

    def fsync(handle):
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else os.fstat(handle).st_size)
        sync(handle)

    def replace(source, target):
        done.append("rename")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    save(tmp_path / "work", "whole")
    assert done == [5, "rename", "folder"]


def test_the_name_of_what_is_written_tells_for_what_however_long_it_is(tmp_path):
    with replacing(tmp_path / "work.flac") as partial:
        assert partial.name.startswith(".work.flac.") and partial.suffix == ".part"
        partial.write_text("new")
    long = "ä" * 120 + ".flac"
    save(tmp_path / long)
    assert names(tmp_path) == ["work.flac", long]


def test_what_a_killed_save_left_is_removed_by_the_next_of_the_same_name(tmp_path):
    killed = (
        "import os, signal, sys; from pathlib import Path; from workbench.storage import replacing\n"
        "with replacing(Path(sys.argv[1])) as partial:\n"
        "    partial.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", killed, tmp_path / "work"], cwd=Path(__file__).parents[1], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    (left,) = names(tmp_path)
    assert left.startswith(".work.")
    save(tmp_path / "other")
    assert left in names(tmp_path), "of another name"
    save(tmp_path / "work")
    assert names(tmp_path) == ["other", "work"]


def test_what_another_save_is_writing_stays(tmp_path):
    path = tmp_path / "work"
    with replacing(path) as first:
        first.write_text("first")
        save(path, "second")
        assert first.exists() and path.read_text() == "second"
    assert path.read_text() == "first" and names(tmp_path) == ["work"]


def test_what_others_made_stays(tmp_path):
    others = [f".work.{TOKEN}x.part", ".work.part", f".{TOKEN}.part", f"work.{TOKEN}.part", f".works.{TOKEN}.part"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / f".work.{TOKEN[::-1]}.part").mkdir()
    (tmp_path / "precious").touch()
    (tmp_path / f".work.{'0' * 32}.part").symlink_to(tmp_path / "precious")
    before = names(tmp_path)
    save(tmp_path / "work")
    assert names(tmp_path) == sorted([*before, "work"])
