"""A set of files appears as a whole or not at all, and nothing that others wrote is touched."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import workbench.outputs
from workbench.errors import UserError
from workbench.outputs import BEFORE, MANIFEST, check_free, output_set
from workbench.wording import sentence

ROOT = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, links and locks of POSIX")


def written(folder, **texts):
    """One set of files, by their names without an ending."""
    with output_set(folder, [f"{name}.txt" for name in texts]) as outputs:
        for name, text in texts.items():
            (outputs.folder / f"{name}.txt").write_text(text)
    return outputs


def left_behind(folder):
    """What a command leaves that is killed while it writes."""
    code = (
        "import os, signal, sys; from pathlib import Path; from workbench.outputs import output_set\n"
        "with output_set(Path(sys.argv[1]), ['a.txt', 'layers/b.txt']) as outputs:\n"
        "    (outputs.folder / 'layers' / 'b.txt').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    (left,) = folder.glob(".workbench.*.part")
    return left


def held(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_a_set_takes_the_place_of_the_one_before_and_of_nothing_else(tmp_path):
    folder = tmp_path / "new" / "out"
    written(folder, a="1", b="2")
    (folder / "mine.txt").write_text("mine")
    outputs = written(folder, b="3", c="4")
    assert held(folder) == {"b.txt": "3", "c.txt": "4", "mine.txt": "mine"}
    assert outputs.removed == ("a.txt",) and outputs.kept == ()


def test_what_was_changed_since_stays_and_is_told(tmp_path):
    written(tmp_path, a="1", b="2")
    (tmp_path / "a.txt").write_text("mine")
    outputs = written(tmp_path, b="3")
    assert held(tmp_path) == {"a.txt": "mine", "b.txt": "3"} and outputs.kept == ("a.txt",)
    # It is no file of ours any more, and in the way of one.
    with pytest.raises(UserError, match=r"outputs\.in_the_way") as caught:
        written(tmp_path, a="5")
    assert "a.txt" in sentence(caught.value)
    assert held(tmp_path) == {"a.txt": "mine", "b.txt": "3"}


@posix
def test_links_and_folders_in_the_way_stay(tmp_path):
    (tmp_path / "elsewhere").write_text("mine")
    written(tmp_path, a="mine")
    (tmp_path / "a.txt").unlink()
    (tmp_path / "a.txt").symlink_to("elsewhere")
    (tmp_path / "b.txt").mkdir()
    (tmp_path / "c.txt").symlink_to("nowhere")
    for name in ("a.txt", "b.txt", "c.txt"):
        with pytest.raises(UserError, match=r"outputs\.in_the_way"):
            check_free(tmp_path, [name])


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"files": 3}', '{"files": {"a.txt": 1}}', '{"files": {"../a.txt": {}}}', "[" * 100_000]
)
def test_a_manifest_that_says_nothing_makes_nothing_ours(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(UserError, match=r"outputs\.in_the_way"):
        written(tmp_path, a="1")
    assert held(tmp_path) == {"a.txt": "mine"}


def test_a_manifest_never_reaches_out_of_its_folder(tmp_path):
    folder = tmp_path / "out"
    written(folder, a="1")
    (tmp_path / "b.txt").write_text("2")
    known = json.loads((folder / MANIFEST).read_text())
    known["files"]["../b.txt"] = workbench.outputs._described(tmp_path / "b.txt")
    (folder / MANIFEST).write_text(json.dumps(known))
    assert written(folder, c="3").removed == ("a.txt",)
    assert (tmp_path / "b.txt").read_text() == "2"


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_what_fails_while_it_is_written_leaves_all_as_it_was(tmp_path, error):
    folder = tmp_path / "new" / "out"
    with pytest.raises(error), output_set(folder, ["a.txt"]) as outputs:
        (outputs.folder / "a.txt").write_text("1")
        raise error
    assert not (tmp_path / "new").exists(), "nor is a folder left"
    written(folder, a="1")
    with pytest.raises(error), output_set(folder, ["a.txt"]) as outputs:
        raise error
    assert held(folder) == {"a.txt": "1"}


@pytest.mark.parametrize("late", [False, True])
def test_what_fails_while_files_take_their_places_leaves_all_as_it_was(tmp_path, monkeypatch, late):
    """At every move, and before or after it was done."""
    replace = os.replace
    for at in range(20):
        folder = tmp_path / str(at)
        written(folder, a="1", b="2")
        before = held(folder), (folder / MANIFEST).read_text()
        count = iter(range(100))

        def interrupted(source, target, at=at, count=count):
            here = next(count) == at
            if here and not late:
                raise KeyboardInterrupt
            replace(source, target)
            if here:
                raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", interrupted)
        try:
            written(folder, b="3", c="4")
        except KeyboardInterrupt:
            monkeypatch.setattr(os, "replace", replace)
            assert (held(folder), (folder / MANIFEST).read_text()) == before
        else:
            break
        finally:
            monkeypatch.setattr(os, "replace", replace)
    assert at >= 5 and held(folder) == {"b.txt": "3", "c.txt": "4"}


def test_what_someone_puts_there_meanwhile_stays(tmp_path):
    with pytest.raises(UserError, match=r"outputs\.in_the_way"), output_set(tmp_path, ["a.txt"]) as outputs:
        (outputs.folder / "a.txt").write_text("1")
        (tmp_path / "a.txt").write_text("mine")
    assert held(tmp_path) == {"a.txt": "mine"}


def test_what_can_not_be_written_is_told_by_the_name_that_it_was_to_have(tmp_path):
    with pytest.raises(UserError) as caught, output_set(tmp_path, ["a/b.txt"]) as outputs:
        raise UserError("audio.unwritable", path=outputs.folder / "a" / "b.txt", reason="No space left on device")
    assert caught.value.values["path"] == tmp_path / "a" / "b.txt"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("named", [True, False])
def test_a_file_that_is_read_stays_whoever_wrote_it(tmp_path, named):
    written(tmp_path, a="one", b="two")
    names = ["a.txt"] if named else ["c.txt"]
    if named:
        with pytest.raises(UserError, match="in_the_way"), output_set(tmp_path, names, [tmp_path / "a.txt"]):
            pass
    else:
        with output_set(tmp_path, names, [tmp_path / "a.txt"]) as outputs:
            (outputs.folder / "c.txt").write_text("three")
        assert outputs.removed == ("b.txt",)
    assert (tmp_path / "a.txt").read_text() == "one"


def test_what_can_not_be_put_back_is_not_lost(tmp_path, monkeypatch):
    written(tmp_path, a="one", b="two")
    real, calls = os.replace, []

    def failing(here, there):
        calls.append(here)
        if len(calls) > 3:
            raise OSError(5, "Input/output error")
        real(here, there)

    with pytest.raises(UserError, match="not_put_back") as told, output_set(tmp_path, ["a.txt", "b.txt"]) as outputs:
        for name in ("a.txt", "b.txt"):
            (outputs.folder / name).write_text("new")
        monkeypatch.setattr(os, "replace", failing)
    monkeypatch.undo()
    left = told.value.values["folder"]
    kept = {path.name: path.read_text() for folder in (tmp_path, left) for path in folder.glob("*.txt")}
    assert kept == {"a.txt": "one", "b.txt": "two"}
    assert str(left) in sentence(told.value)


@posix
def test_who_stops_it_twice_while_files_are_put_in_place_waits_for_that(tmp_path, monkeypatch):
    written(tmp_path, a="one", b="two")
    real = os.replace

    def slow(here, there):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        real(here, there)

    with pytest.raises(KeyboardInterrupt), output_set(tmp_path, ["a.txt", "c.txt"]) as outputs:
        for name in ("a.txt", "c.txt"):
            (outputs.folder / name).write_text("new")
        monkeypatch.setattr(os, "replace", slow)
    monkeypatch.undo()
    assert {path.name: path.read_text() for path in tmp_path.glob("*.txt")} == {"a.txt": "new", "c.txt": "new"}


def test_what_is_changed_while_the_next_set_is_written_stays(tmp_path):
    written(tmp_path, a="1", b="2", c="3")
    with output_set(tmp_path, ["c.txt"]) as outputs:
        (outputs.folder / "c.txt").write_text("4")
        (tmp_path / "a.txt").write_text("mine")
    assert held(tmp_path) == {"a.txt": "mine", "c.txt": "4"}
    assert outputs.kept == ("a.txt",) and outputs.removed == ("b.txt",)


@pytest.mark.parametrize("names", [("b.txt",), ("a.txt", "b.txt")])
def test_what_is_changed_in_the_last_moment_stays(tmp_path, monkeypatch, names):
    """While the files of the earlier set are read, which may take long."""
    written(tmp_path, a="1", b="2")
    real = hashlib.file_digest

    def changing(file, kind):
        digest = real(file, kind)
        if Path(file.name) == tmp_path / "b.txt":
            (tmp_path / "a.txt").write_text("mine")
        return digest

    try:
        with output_set(tmp_path, names) as outputs:
            for name in names:
                (outputs.folder / name).write_text("3")
            monkeypatch.setattr(hashlib, "file_digest", changing)
    except UserError as error:
        assert error.code == "outputs.in_the_way" and "a.txt" in names
        assert held(tmp_path) == {"a.txt": "mine", "b.txt": "2"}
    else:
        assert held(tmp_path) == {"a.txt": "mine", "b.txt": "3"}
        assert outputs.kept == ("a.txt",) and outputs.removed == ()


@pytest.mark.parametrize("begin", [{}, {"a": "1", "b": "1"}])
@pytest.mark.parametrize("name", ["a", "c"])
def test_of_two_commands_at_once_the_second_to_end_replaces_nothing(tmp_path, begin, name):
    if begin:
        written(tmp_path, **begin)
    with pytest.raises(UserError, match=r"outputs\.in_the_way") as told, output_set(tmp_path, ["a.txt"]) as outputs:
        (outputs.folder / "a.txt").write_text("first to begin")
        written(tmp_path, **{name: "first to end"})
    assert f"{name}.txt" in sentence(told.value) and outputs.removed == ()
    assert held(tmp_path) == {f"{name}.txt": "first to end"}
    # Whose it is, is still known.
    assert written(tmp_path, d="4").removed == (f"{name}.txt",)


@posix
@pytest.mark.parametrize("name", ["layers/x.txt", "layers/deep/x.txt", "layers/.x/y.txt"])
def test_a_file_in_place_of_a_folder_is_told_before_the_work(tmp_path, name):
    (tmp_path / "layers").write_text("mine")
    for _ in range(2):
        with pytest.raises(UserError, match=r"outputs\.in_the_way") as told:
            check_free(tmp_path, [name])
        assert "layers." in sentence(told.value)
        (tmp_path / "layers").unlink()
        (tmp_path / "layers").symlink_to("nowhere")
    (tmp_path / "layers").unlink()
    (tmp_path / "layers").mkdir()
    check_free(tmp_path, [name])


def test_a_file_of_an_earlier_set_gives_way_to_a_folder(tmp_path):
    with output_set(tmp_path, ["layers"]) as outputs:
        (outputs.folder / "layers").write_text("1")
    with output_set(tmp_path, ["layers/x.txt"]) as outputs:
        (outputs.folder / "layers" / "x.txt").write_text("2")
    assert held(tmp_path) == {"layers/x.txt": "2"} and outputs.removed == ("layers",)


@pytest.mark.parametrize("there", ["nothing", "a folder", "an earlier set", "a file that gives way"])
def test_what_fails_leaves_no_empty_folder(tmp_path, monkeypatch, there):
    replace, names = os.replace, ["layers/deep/a.txt", "layers/b.txt", "c.txt"]
    for at in range(20):
        folder = tmp_path / str(at)
        if there == "a folder":
            folder.mkdir()
        elif there == "an earlier set":
            written(folder, c="1")
        elif there == "a file that gives way":
            with output_set(folder, ["layers"]) as outputs:
                (outputs.folder / "layers").write_text("1")
        before = sorted(tmp_path.rglob("*"))
        count = iter(range(100))

        def failing(source, target, at=at, count=count):
            if next(count) == at:
                raise OSError(28, "No space left on device")
            replace(source, target)

        try:
            with output_set(folder, names) as outputs:
                for name in names:
                    (outputs.folder / name).write_text("2")
                monkeypatch.setattr(os, "replace", failing)
        except OSError:
            assert sorted(tmp_path.rglob("*")) == before
        else:
            break
        finally:
            monkeypatch.setattr(os, "replace", replace)
    assert at >= 4 and held(folder) == dict.fromkeys(names, "2")


@posix
def test_what_a_killed_command_left_goes_with_the_next(tmp_path):
    left = left_behind(tmp_path)
    with output_set(tmp_path, ["a.txt"]) as outputs:
        assert not left.exists()
        (outputs.folder / "a.txt").write_text("1")
        # Of one that is still at work nothing goes.
        with pytest.raises(OSError), output_set(tmp_path, ["b.txt"]):
            raise OSError
        assert (outputs.folder / "a.txt").exists()
    assert held(tmp_path) == {"a.txt": "1"}


@posix
def test_earlier_files_that_a_killed_command_moved_away_are_never_removed(tmp_path):
    left = left_behind(tmp_path)
    (left / BEFORE / "layers").mkdir(parents=True)
    (left / BEFORE / "layers" / "old.txt").write_text("mine")
    before = held(left)
    written(tmp_path, a="1")
    assert held(left) == before and "before/layers/old.txt" in before


@posix
@pytest.mark.parametrize(
    "name",
    [
        f".workbench.{'a' * 31}.part",
        f".workbench.{'a' * 33}.part",
        f".workbench.{'A' * 32}.part",
        f".workbench.{'a' * 32}.part\n",
        f"x.workbench.{'a' * 32}.part",
        f".workbench.{'a' * 32}.parts",
    ],
)
def test_only_a_folder_of_exactly_such_a_name_is_taken_for_left_behind(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "x.txt").write_text("mine")
    exact = f".workbench.{'b' * 32}.part"
    (tmp_path / exact).symlink_to(name)
    (tmp_path / exact.replace("b", "c")).write_text("mine")
    written(tmp_path, a="1")
    assert held(tmp_path) == {"a.txt": "1", f"{name}/x.txt": "mine", exact.replace("b", "c"): "mine"}
    assert (tmp_path / exact).is_symlink()


@posix
def test_who_stops_it_once_more_while_it_is_cleared_away_waits_for_that(tmp_path, monkeypatch):
    real = shutil.rmtree

    def stopped(path, **more):
        os.kill(os.getpid(), signal.SIGINT)
        real(path, **more)

    with pytest.raises(KeyboardInterrupt), output_set(tmp_path / "out", ["layers/a.txt"]) as outputs:
        (outputs.folder / "layers" / "a.txt").write_text("1")
        monkeypatch.setattr(shutil, "rmtree", stopped)
        raise KeyboardInterrupt
    monkeypatch.undo()
    assert not list(tmp_path.iterdir())
