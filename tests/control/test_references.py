"""References: read, placed, told of, changed and taken back."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
import soxr

from tests.control.parts import open_parts, parts, written
from tests.control.scenes import RATE, acts, open_tones
from workbench.document.project import load_project, save_project
from workbench.jobs.opening import open_file


@pytest.fixture
def files(empty, tmp_path):
    return open_parts(empty, tmp_path)


def held(desk):
    return {each.reference.name: each for each in desk.references.held}


def said(desk, name):
    return desk.references.described(held(desk)[name])


def test_a_folder_of_stems_becomes_references_in_one_act(empty, files, settle, tmp_path):
    empty.references.add([tmp_path / "stems"])
    settle()
    assert acts(empty) == ["Add 3 references"] and sorted(held(empty)) == ["High", "Low", "Noise"]
    assert all(each.placed is not None for each in empty.references.held)
    assert empty.references.rest_db < -100 and not empty.references.off_level
    assert said(empty, "Low") == ["taken as it is"]
    empty.document.undo()
    assert not empty.references.held and empty.references.rest_db is None
    empty.document.redo()
    settle()
    assert all(each.placed is not None for each in empty.references.held)


def test_the_recording_itself_and_what_is_there_already_are_no_new_references(empty, files, settle, told, tmp_path):
    (tmp_path / "mix.wav").rename(tmp_path / "stems" / "mix.wav")
    recording = replace(empty.document.recording, path=tmp_path / "stems" / "mix.wav")
    empty.document.open(recording, empty.document.levels, empty.document.state)
    empty.references.add([tmp_path / "stems"])
    settle()
    assert sorted(held(empty)) == ["High", "Low", "Noise"]
    empty.references.add([files[0], tmp_path / "stems" / "mix.wav"])
    assert "already" in told.refused[0] and acts(empty) == ["Add 3 references"]
    empty.references.add([tmp_path / "none.wav", tmp_path])
    settle()
    assert any("none.wav" in each or "holds no sound" in each for each in told.troubled)


def test_files_that_are_added_while_others_are_read_are_added_too(empty, files, settle):
    empty.references.add(files[:2])
    empty.references.add(files[2:])
    empty.references.add(files[2:])
    assert empty.references.busy
    settle()
    assert sorted(held(empty)) == ["High", "Low", "Noise"] and not empty.references.busy
    assert len(empty.references.held) == 3


def test_what_was_done_with_each_is_told(empty, files, settle, tmp_path):
    sounds = parts()
    odd = tmp_path / "odd"
    odd.mkdir()
    twelve = round(0.012 * 16000)
    double = soxr.resample(sounds["Low"], RATE, 2 * RATE)
    soundfile.write(odd / "Low.wav", double[twelve:], 2 * RATE, subtype="FLOAT")
    soundfile.write(odd / "High.wav", 2 * sounds["High"].mean(axis=1), RATE, subtype="FLOAT")
    late = np.concatenate([np.zeros((4000, 2), np.float32), sounds["Noise"]])
    soundfile.write(odd / "Noise.wav", late, RATE, subtype="FLOAT")
    empty.references.add([odd])
    settle()
    resampled, shifted = said(empty, "Low")
    assert resampled == "resampled from 16 kHz to 8 kHz" and shifted.startswith("shifted by +1")
    assert held(empty)["Low"].reference.offset == pytest.approx(0.012, abs=0.5 / RATE)
    assert said(empty, "High") == ["mono, the same in both channels"]
    assert said(empty, "Noise")[:2] == ["shifted by −500.00 ms", "0.50 s before the beginning left out"]
    (off,) = empty.references.off_level
    assert off.reference.name == "High" and off.found_db == pytest.approx(-6, abs=0.3)
    empty.references.match_levels()
    settle()
    assert acts(empty)[-1] == "Match the levels of the references" and not empty.references.off_level
    assert "level −6.0" in said(empty, "High")[-1]
    assert -40 < empty.references.rest_db < -15, "mono spread to both channels is not what was in them"


def test_a_short_one_and_a_stranger_are_told(empty, files, settle, tmp_path):
    rng = np.random.default_rng(5)
    strangers = {"Stranger": rng.standard_normal((RATE, 2)).astype(np.float32)}
    empty.references.add(written(tmp_path / "odd", strangers))
    settle()
    assert said(empty, "Stranger") == ["no place of its own was found for it", "silence for the last 1.00 s"]
    assert [each.reference.name for each in empty.references.strange] == ["Stranger"]
    assert not empty.references.off_level, "no level makes it a part"


def test_places_levels_and_names_are_changed_by_hand(empty, files, settle):
    empty.references.add(files)
    settle()
    low = held(empty)["Low"].reference.id
    for ms in (1, 2, 3):
        empty.references.shift(low, ms / 1000)
    empty.references.set_gain(low, 100.0)
    empty.references.rename(low, "  Bass ")
    empty.references.rename(low, " ")
    settle()
    assert acts(empty)[1:] == ["Shift Low", "Level of Low", "Rename the reference to Bass"]
    found = held(empty)["Bass"]
    assert (found.reference.offset, found.reference.gain_db) == (0.003, 60.0)
    np.testing.assert_allclose(found.placed.samples[24:], 1000 * parts()["Low"][:-24], rtol=1e-5)
    empty.references.remove([low])
    assert acts(empty)[-1] == "Remove the reference Bass" and "Bass" not in held(empty)
    empty.references.remove([])
    for _ in range(4):
        empty.document.undo()
    settle()
    assert held(empty)["Low"].reference.offset == 0.0 and held(empty)["Low"].placed is not None


def test_a_project_brings_them_back_and_tells_what_is_gone_or_changed(empty, files, settle, told, tmp_path):
    empty.references.add(files)
    settle()
    document = empty.document
    save_project(tmp_path / "p.workbench", document.recording, document.recorded_state, {})
    files[0].unlink()
    soundfile.write(files[1], parts()["High"] * 0.5, RATE, subtype="FLOAT")
    opened = open_file(tmp_path / "p.workbench")
    document.open(opened.recording, opened.levels, opened.project.state, {})
    settle()
    (trouble,) = told.troubled
    assert "Low.wav" in trouble and "High.wav" in trouble and "Noise" not in trouble
    assert held(empty)["Low"].placed is None and held(empty)["Low"].trouble is not None
    assert "Low.wav" in said(empty, "Low")[0] and [r.name for r, _ in empty.references.ready] == ["High", "Noise"]
    written(tmp_path / "moved", {"Low": parts()["Low"]})
    empty.references.find_file(held(empty)["Low"].reference.id, tmp_path / "moved" / "Low.wav")
    settle()
    assert held(empty)["Low"].placed is not None
    assert load_project(tmp_path / "p.workbench").state.references[0].path == files[0]


def test_of_another_recording_nothing_is_kept(empty, files, settle):
    empty.references.add(files)
    open_tones(empty)
    settle()
    assert not empty.references.held and not acts(empty)


def test_with_nothing_open_nothing_happens(empty, tmp_path, told):
    empty.references.add([tmp_path])
    empty.references.match_levels()
    assert told.nothing and not empty.runner.jobs
