"""Projects from other systems, and recordings that went elsewhere."""

import os
import sys
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.document.rewriting import rewritten
from workbench.audio.recording import load
from workbench.document.in_use import InUse
from workbench.document.project import ProjectError, load_project, save_project
from workbench.document.state import fresh_state
from workbench.document.whereabouts import found, in_words, name_of
from workbench.spectral.stft import Analysis

NAMES = [os.fsdecode(b"\xff\xfe.wav"), "song.wav", "Größe é.wav", "SONG.WAV", "a b.wav"]


def saved(folder, name="song.wav", samples=None):
    """A project and its recording."""
    soundfile.write(folder / "new", tone_mix(0.5) if samples is None else samples, 8000, subtype="FLOAT", format="WAV")
    (folder / "new").rename(folder / name)
    save_project(folder / "p.workbench", load(folder / name), fresh_state(Analysis(512, 128)), {})
    return folder / "p.workbench"


def told_as(project, **fields):
    """With another whereabouts of its recording."""
    rewritten(project, lambda document, _: document["recording"].update({k: in_words(v) for k, v in fields.items()}))


@pytest.mark.parametrize("path", [r"C:\Users\Ann\Music\{}", r"\\server\share\{}", "/Users/ann/Music/{}", "Z:/x/{}"])
@pytest.mark.parametrize("name", NAMES)
def test_the_recording_beside_a_project_is_found_whichever_system_saved_it(tmp_path, path, name):
    project = saved(tmp_path, name)
    told_as(project, path=path.format(name), relative="")
    assert load_project(project).recording == tmp_path / name


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_may_have_their_accents_apart_or_be_in_another_case(tmp_path, form):
    project = saved(tmp_path, unicodedata.normalize(form, "Größe Ålesund é.wav"))
    other = unicodedata.normalize("NFD" if form == "NFC" else "NFC", "größe ålesund É.WAV")
    told_as(project, path="/music/" + other, relative="../music/" + other)
    assert load(load_project(project).recording).rate == 8000
    # Where two could be meant none is taken.
    soundfile.write(tmp_path / "GRÖSSE Ålesund é.wav", tone_mix(0.1), 8000)
    soundfile.write(tmp_path / "GRÖßE Ålesund é.wav", tone_mix(0.1), 8000)
    with pytest.raises(ProjectError, match="no_recording"):
        load_project(project)


def test_what_can_be_no_path_here_is_none(tmp_path):
    for path in ("", "\0", "a" * 5000, "//", r"\\", "con:"):
        assert found(tmp_path / "p.workbench", SimpleNamespace(path=path, relative=path)) is None
    assert name_of(r"C:\a/b\song.wav") == "song.wav"


@pytest.mark.parametrize("field", ["path", "relative"])
@pytest.mark.parametrize("at", [r"\\server\share\song.wav", "//server/share/song.wav", r"\\?\UNC\server\x\song.wav"])
def test_other_machines_are_not_asked_for_what_a_file_says_they_have(tmp_path, monkeypatch, field, at):
    asked = []
    monkeypatch.setattr(Path, "is_file", lambda path: bool(asked.append(str(path))))
    monkeypatch.setattr(Path, "is_dir", lambda path: bool(asked.append(str(path))))
    assert found(tmp_path / "p.workbench", SimpleNamespace(**{"path": "x.wav", "relative": "", field: at})) is None
    assert asked and not any(path.startswith(("//", "\\\\")) for path in asked)


def test_another_recording_of_the_same_length_is_told(tmp_path):
    project = saved(tmp_path)
    read = load_project(project)
    assert read.check(load(tmp_path / "song.wav")) is None
    soundfile.write(tmp_path / "song.wav", tone_mix(0.5, seed=9), 8000, subtype="FLOAT")
    told = read.check(load(tmp_path / "song.wav"))
    assert told is not None and told.code == "document.sounds_otherwise"
    # The same samples in another format are the same recording.
    soundfile.write(tmp_path / "song.wav", tone_mix(0.5), 8000, subtype="DOUBLE")
    assert read.check(load(tmp_path / "song.wav")) is None
    # So is the same file, however a decoder rounds.
    recording = load(tmp_path / "song.wav")
    save_project(project, recording, fresh_state(Analysis(512, 128)), {})
    rounded = replace(recording, samples=recording.samples + np.float32(1e-7))
    assert load_project(project).check(rounded) is None


def test_the_recording_may_be_named_by_hand(tmp_path):
    project = saved(tmp_path)
    (tmp_path / "song.wav").rename(tmp_path / "renamed.flac.bak")
    with pytest.raises(ProjectError, match="no_recording"):
        load_project(project)
    read = load_project(project, tmp_path / "renamed.flac.bak")
    assert read.check(load(read.recording)) is None


def test_archives_of_all_kinds_get_one_sentence(tmp_path):
    project = saved(tmp_path)
    whole = project.read_bytes()
    deep = "[" * 200_000
    with zipfile.ZipFile(tmp_path / "deep.workbench", "w") as file:
        file.writestr("project.json", deep)
    encrypted = bytearray(whole)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = 0
        while (place := encrypted.find(mark, place)) >= 0:
            encrypted[place + (6 if mark[2] == 3 else 8)] |= 1
            place += 4
    (tmp_path / "encrypted.workbench").write_bytes(encrypted)
    odd = whole.replace(b"PK\x03\x04\x14\x00\x00\x00\x08", b"PK\x03\x04\x14\x00\x00\x00\x63")
    odd = odd.replace(b"\x00\x00\x08\x00", b"\x00\x00\x63\x00")
    (tmp_path / "odd.workbench").write_bytes(odd)
    for name in ("deep", "encrypted", "odd"):
        with pytest.raises(ProjectError, match="damaged"):
            load_project(tmp_path / f"{name}.workbench")


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_windows_on_one_project_know_of_each_other(tmp_path):
    project = saved(tmp_path)
    one, other = InUse(), InUse()
    one.hold(project)
    other.hold(project)
    assert (one.elsewhere, other.elsewhere) == (False, True)
    one.hold(None)
    other.hold(project)
    assert not other.elsewhere
    other.hold(tmp_path / "is not there")
    one.hold(project)
    assert not one.elsewhere and not other.elsewhere
    one.let_go()
