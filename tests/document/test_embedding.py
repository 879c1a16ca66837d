"""A project with its recording inside opens without it, to the last bit."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.audio.recording import load
from workbench.document.embedding import Embedded, embedded, is_own_file
from workbench.document.project import load_project, save_project
from workbench.document.rescue import rescue
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.spectral.stft import Analysis

FORMS = {
    "flac16.flac": ("PCM_16", "recording.flac"),
    "wav24.wav": ("PCM_24", "recording.flac"),
    "float.wav": ("FLOAT", "recording.wav"),
    "lossy.ogg": ("VORBIS", "recording.ogg"),
}


def written(folder, name, subtype):
    sound = tone_mix(0.5, 8000)
    soundfile.write(folder / name, sound, 8000, subtype=subtype)
    return load(folder / name)


@pytest.mark.parametrize("name", FORMS)
def test_it_comes_back_to_the_last_bit_wherever_the_recording_went(tmp_path, name):
    subtype, member = FORMS[name]
    recording = written(tmp_path, name, subtype)
    project = tmp_path / "p.workbench"
    save_project(project, recording, fresh_state(Analysis()), {}, embedded=embedded(recording))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.rename(elsewhere / "p.workbench")
    (tmp_path / name).unlink()
    found = load_project(elsewhere / "p.workbench")
    assert found.embedded == Embedded(elsewhere / "p.workbench", member)
    back = found.embedded.load(found.recording)
    assert found.check(back) is None and back.path.name == name
    np.testing.assert_array_equal(back.samples, recording.samples)
    # Saved again it holds the same member, though the sound file is gone.
    again = embedded(back, found.embedded)
    save_project(elsewhere / "q.workbench", back, found.state, {}, embedded=again)
    with zipfile.ZipFile(elsewhere / "q.workbench") as one, zipfile.ZipFile(elsewhere / "p.workbench") as other:
        assert one.read(member) == other.read(member)


def test_saved_over_itself_it_keeps_its_recording(tmp_path):
    recording = written(tmp_path, "a.wav", "PCM_16")
    project = tmp_path / "p.workbench"
    save_project(project, recording, fresh_state(Analysis()), {}, embedded=embedded(recording))
    found = load_project(project)
    save_project(project, recording, found.state, {}, embedded=embedded(recording, found.embedded))
    np.testing.assert_array_equal(load_project(project).embedded.load(recording.path).samples, recording.samples)


def test_a_damaged_recording_inside_gets_a_sentence(tmp_path):
    recording = written(tmp_path, "a.wav", "PCM_16")
    project = tmp_path / "p.workbench"
    save_project(project, recording, fresh_state(Analysis()), {}, embedded=embedded(recording))
    data = bytearray(project.read_bytes())
    data[data.rindex(b"fLaC") + 200] ^= 255
    project.write_bytes(data)
    found = load_project(project)
    with pytest.raises(UserError):
        found.embedded.load(found.recording)


def test_where_the_project_has_another_sound_by_now_or_none_it_is_written_anew(tmp_path):
    recording = written(tmp_path, "lossy.ogg", "VORBIS")
    project = tmp_path / "p.workbench"
    save_project(project, recording, fresh_state(Analysis()), {}, embedded=embedded(recording))
    held = load_project(project).embedded
    (tmp_path / "lossy.ogg").unlink()
    for change in (lambda: project.write_bytes(b"no zip"), project.unlink):
        change()
        again = embedded(recording, held)
        assert again.member == "recording.wav"
        save_project(tmp_path / "q.workbench", recording, fresh_state(Analysis()), {}, embedded=again)
        back = load_project(tmp_path / "q.workbench").sound()
        np.testing.assert_array_equal(back.samples, recording.samples)


def test_a_film_is_not_sent_along(tmp_path):
    recording = replace(written(tmp_path, "float.wav", "FLOAT"), path=tmp_path / "film.mp4")
    (tmp_path / "float.wav").rename(tmp_path / "film.mp4")
    assert is_own_file(recording) and embedded(recording).member == "recording.wav"


def test_rescued_without_its_end_it_asks_for_the_recording(tmp_path):
    recording = written(tmp_path, "a.wav", "PCM_16")
    project = tmp_path / "p.workbench"
    save_project(project, recording, fresh_state(Analysis()), {}, embedded=embedded(recording))
    project.write_bytes(project.read_bytes()[:-300])
    (tmp_path / "a.wav").rename(tmp_path / "renamed.wav")
    with pytest.raises(UserError, match="no_recording"):
        rescue(project)
    found = rescue(project, tmp_path / "renamed.wav").project
    np.testing.assert_array_equal(found.sound().samples, recording.samples)
