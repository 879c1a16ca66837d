"""Which files are worked on, and that no two of them have one place."""

from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tone_mix
from workbench.commands.inputs import Input, _told_apart, files_of


def sound(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone_mix(0.1), 8000, format="WAV")


def places(found):
    return {each.path.name: each.place.as_posix() for each in found}


def test_files_of_one_name_are_told_apart_by_their_endings_or_by_numbers(tmp_path):
    given_ = [tmp_path / name for name in ("a/song.wav", "a/song.flac", "b/song.wav", "talk.wav")]
    found = files_of(given_, False, tmp_path / "out")
    assert [each.place.as_posix() for each in found] == ["song.wav", "song.flac", "song.wav 2", "talk"]


def test_a_file_is_taken_once(tmp_path, monkeypatch):
    sound(tmp_path / "a.wav")
    monkeypatch.chdir(tmp_path)
    assert len(files_of([Path("a.wav"), tmp_path / "a.wav", tmp_path], False, tmp_path / "out")) == 1


def test_of_a_folder_what_is_sound_is_taken_whatever_it_is_called(tmp_path):
    for name in ("a.wav", "TAKE.RAW", "noending", ".hidden.wav", ".git/b.wav"):
        sound(tmp_path / name)
    (tmp_path / "damaged.flac").write_text("nothing")
    (tmp_path / "notes.txt").write_text("nothing")
    found = files_of([tmp_path], True, tmp_path / "out")
    assert places(found) == {"TAKE.RAW": "TAKE", "a.wav": "a", "damaged.flac": "damaged", "noending": "noending"}


def test_of_several_folders_each_has_its_own(tmp_path):
    for name in ("one/a.wav", "two/deep/a.wav"):
        sound(tmp_path / name)
    found = files_of([tmp_path / "one", tmp_path / "two"], True, tmp_path / "out")
    assert [each.place.as_posix() for each in found] == ["one/a", "two/deep/a"]


@pytest.mark.parametrize("recursive", [False, True])
def test_a_folder_of_results_is_no_input(tmp_path, recursive):
    for name in ("a.wav", "out/a/01 Component 1.wav"):
        sound(tmp_path / name)
    assert places(files_of([tmp_path], recursive, tmp_path / "out")) == {"a.wav": "a"}


NAMES = st.lists(st.sampled_from(["a.wav", "A.wav", "a.flac", "a", "a.wav 2", "a 2.wav", "a.wav.wav"]), max_size=9)


@given(NAMES)
def test_no_two_have_one_place_on_any_file_system(names):
    found = _told_apart([Input(Path(f"{i}") / name, Path(Path(name).stem)) for i, name in enumerate(names)])
    told = [each.place.as_posix().casefold() for each in found]
    assert len(set(told)) == len(names)
