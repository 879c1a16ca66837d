"""Opening recordings and projects, and saving projects."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.control.scenes import RATE, acts, change, ids, masks, names, separate


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / name for name in ("a.wav", "b.wav")]
    for path, seconds in zip(paths, (1.0, 1.5), strict=True):
        soundfile.write(path, tone_mix(seconds, RATE), RATE, subtype="FLOAT")
    return paths


@pytest.fixture
def opened(empty, files, settle):
    empty.opening.open(files[0])
    settle()
    separate(empty, 3)
    return empty


def test_a_recording_is_opened(empty, files, settle):
    told = []
    empty.opening.replacing.connect(lambda: told.append(("replacing", empty.document.recording)))
    empty.opening.opened.connect(lambda path: told.append((path, empty.document.recording.path)))
    empty.opening.open(files[0])
    assert empty.document.recording is None
    settle()
    assert told == [("replacing", None), (files[0], files[0])]
    assert names(empty) == ["Everything"] and not empty.document.dirty


def test_what_is_open_stays_until_the_new_one_is_ready_and_where_it_can_not_be_opened(opened, tmp_path, settle, told):
    (tmp_path / "no.wav").write_bytes(b"nothing of the kind")
    recording = opened.document.recording
    opened.opening.open(tmp_path / "no.wav")
    assert opened.document.recording is recording
    settle()
    opened.opening.open(tmp_path / "missing.wav")
    settle()
    assert opened.document.recording is recording and len(told.troubled) == 2


def test_of_two_wishes_the_newer_is_opened(empty, files, settle):
    told = []
    empty.opening.opened.connect(told.append)
    empty.opening.open(files[0])
    empty.opening.open(files[1])
    settle()
    assert empty.document.recording.path == files[1] and told == [files[1]]


def test_what_was_done_meanwhile_is_asked_about_first(opened, files, settle):
    asked = []
    opened.opening.overtaken.connect(asked.append)
    opened.opening.open(files[1])
    opened.layers.add()
    settle()
    assert opened.document.recording.path == files[0] and len(asked) == 1
    asked[0]()
    assert opened.document.recording.path == files[1]


def test_what_was_unsaved_before_is_not_asked_about_again(opened, files, settle):
    asked = []
    opened.opening.overtaken.connect(asked.append)
    opened.opening.open(files[1])
    settle()
    assert opened.document.recording.path == files[1] and not asked


def test_a_project_is_saved_and_comes_back_with_its_history(opened, tmp_path, settle, told):
    saved, then = [], []
    opened.saving.saved.connect(saved.append)
    change(opened, ids(opened)[0], name="Voice")
    before, steps = masks(opened), acts(opened)
    opened.saving.save(tmp_path / "mine", lambda: then.append(opened.document.dirty))
    assert opened.document.dirty and opened.saving.saving
    settle()
    path = tmp_path / "mine.workbench"
    assert saved == [path] and then == [False] and told.said == ["Saved mine.workbench"]
    assert opened.document.path == path and not opened.saving.saving
    opened.opening.open(path)
    settle()
    assert names(opened)[0] == "Voice" and acts(opened) == steps and np.allclose(masks(opened), before, atol=1e-6)
    opened.document.undo()
    assert names(opened)[0] == "Component 1"


def test_what_is_done_while_it_is_saved_is_unsaved(opened, tmp_path, settle):
    opened.saving.save(tmp_path / "mine.workbench")
    opened.layers.add()
    settle()
    assert opened.document.dirty
    opened.document.undo()
    assert not opened.document.dirty


def test_it_is_saved_once_at_a_time(opened, tmp_path, settle, told):
    opened.saving.save(tmp_path / "one.workbench")
    opened.saving.save(tmp_path / "two.workbench")
    assert told.said == ["Still saving; save again in a moment"]
    settle()
    assert opened.document.path.name == "one.workbench" and not (tmp_path / "two.workbench").exists()
    opened.saving.save(tmp_path / "two.workbench")
    settle()
    assert opened.document.path.name == "two.workbench"


def test_what_can_not_be_written_is_said_and_may_be_tried_again(opened, tmp_path, settle, told):
    opened.saving.save(tmp_path / "missing" / "mine.workbench", lambda: told.said.append("then"))
    settle()
    assert len(told.troubled) == 1 and not told.said and opened.document.dirty and not opened.saving.saving


def test_a_project_that_is_left_is_saved_but_does_not_become_the_open_one(opened, files, tmp_path, settle):
    opened.saving.save(tmp_path / "mine.workbench")
    opened.document.open(
        replace(opened.document.recording), opened.document.levels, opened.document.recorded_state, opened.document.runs
    )
    settle()
    assert opened.document.path is None and (tmp_path / "mine.workbench").exists()


def test_a_damaged_recording_is_open_as_far_as_it_goes_and_that_is_said(empty, tmp_path, settle, told):
    path = tmp_path / "cut.flac"
    soundfile.write(path, tone_mix(3.0, RATE), RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    empty.opening.open(path)
    settle()
    assert empty.document.recording is not None and "cut short" in told.troubled[0]


def test_a_new_attempt_takes_back_what_was_said(empty, files, settle):
    soothed = []
    empty.notices.soothed.connect(lambda: soothed.append(1))
    empty.opening.open(files[0])
    assert soothed == [1]
    settle()


def test_with_nothing_open_nothing_is_saved(empty, tmp_path, told):
    empty.saving.save(tmp_path / "x")
    assert told.nothing and not empty.saving.saving
