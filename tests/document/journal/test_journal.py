"""The journal gives back what was done, to the last bit, however it was cut."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import tone_mix
from tests.document.journal.writing import ANALYSIS, Writer, eventually, found_in, left
from tests.random_edits import random_act
from tests.same import project_word
from workbench.audio.recording import load
from workbench.document.acts import markers as marker_acts
from workbench.document.journal.holding import Hold
from workbench.document.journal.journal import ACTS, LEAST_BYTES, Journal
from workbench.document.journal.recovery import left_behind, recover
from workbench.document.project import ProjectError
from workbench.document.state import Marker, fresh_state
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels


@pytest.fixture
def writer(tmp_path):
    out = Writer(tmp_path)
    yield out
    out.journal.close()


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_after_any_acts_everything_comes_back(tmp_path_factory, seed):
    writer, rng = Writer(tmp_path_factory.mktemp("j")), np.random.default_rng(seed)
    for _ in range(25):
        writer.act(rng)
    (found,) = left(writer)
    back = recover(found)
    assert project_word(back) == writer.words[-1]
    assert (found.name, found.project, found.acts) == ("song.wav", None, len(writer.document.steps) - 1)


def test_cut_anywhere_all_acts_that_were_written_whole_come_back(writer):
    rng = np.random.default_rng(1)
    for _ in range(30):
        writer.act(rng)
    data, words, sizes = writer.file.read_bytes(), writer.words, writer.sizes
    (found,) = left(writer)
    for size in (*sizes[2:], *rng.integers(sizes[1], len(data), 40).tolist()):
        (found.folder / ACTS).write_bytes(data[:size])
        last = max(i for i, each in enumerate(sizes) if each <= size)
        assert project_word(recover(found)) == words[last]


def test_a_flipped_bit_ends_it_there_and_raises_nothing(writer):
    rng = np.random.default_rng(2)
    for _ in range(20):
        writer.act(rng)
    data, words = writer.file.read_bytes(), set(writer.words)
    (found,) = left(writer)
    for _ in range(60):
        other = bytearray(data)
        other[rng.integers(len(other))] ^= 1 << int(rng.integers(8))
        (found.folder / ACTS).write_bytes(other)
        try:
            assert project_word(recover(found)) in words
        except ProjectError as error:
            assert error.code == "document.journal_damaged"
        found_in(writer.home)
        if not found.folder.exists():
            # Nothing was left of it but its beginning.
            found.folder.mkdir()


def test_what_a_run_comes_to_is_written_when_it_ends(writer):
    better = Factors(writer.document.run.factors.W * 2, writer.document.run.factors.H)
    writer.document.publish(writer.run, better, (2.0, 1.0))
    before = writer.file.stat().st_size
    writer.take(settled=False)
    assert writer.file.stat().st_size < before + 500, "every iteration is not written"
    writer.take()
    (found,) = left(writer)
    np.testing.assert_array_equal(recover(found).runs[writer.run].factors.W, better.W)


def test_work_that_is_saved_is_not_offered_and_work_after_that_is(writer, tmp_path):
    writer.project = tmp_path / "song.workbench"
    document = writer.document
    document.mark_saved(document.recorded_state, document.runs, writer.project)
    writer.take()
    copy = tmp_path / "copy"
    shutil.copytree(writer.home, copy)
    assert found_in(copy) == [] and list(copy.iterdir()) == [], "and is not kept"
    random_act(document, np.random.default_rng(3))
    writer.take()
    (found,) = left(writer)
    assert found.project == writer.project and found.name == "song.workbench"
    assert project_word(recover(found)) == writer.words[-1]


def test_what_was_done_and_undone_is_offered_also_when_a_factorisation_ended_meanwhile(writer, tmp_path):
    document = writer.document
    writer.project = tmp_path / "song.workbench"
    document.mark_saved(document.recorded_state, document.runs, writer.project)
    writer.take()
    state = document.recorded_state
    document.act("rename", state.with_present(layers=(replace(state.layers[0], name="x"), *state.layers[1:])))
    writer.take()
    document.undo()
    writer.take()
    document.add_run("beside", RunSettings(), document.run.factors)
    writer.take()
    assert not document.dirty
    (found,) = left(writer)
    assert [name for name, _ in recover(found).steps][-1] == "rename"


def test_markers_come_back_as_they_were_made_moved_and_taken_away(writer):
    document = writer.document
    for act in (
        lambda state: marker_acts.add(state, [Marker("A", 0.5, 0.5), Marker("B", 0.1, 0.3)]),
        lambda state: marker_acts.put(state, state.markers[0], Marker("B", 0.7, 0.8)),
        lambda state: marker_acts.take_away(state, state.markers[0]),
    ):
        document.act("marker", act(document.recorded_state))
        writer.take()
    document.undo()
    writer.take()
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]
    assert [each.name for each in recover(found).state.markers] == ["A", "B"]


def test_a_journal_in_use_is_nobody_elses(writer):
    assert Hold.of(writer.journal.folder) is None and left_behind(writer.home) == []
    assert writer.file.exists()


def test_what_one_program_offers_another_does_not(writer):
    random_act(writer.document, np.random.default_rng(8))
    writer.take()
    writer.journal.close(remove=False)
    (found,) = left_behind(writer.home)
    assert left_behind(writer.home) == [] and found.folder.exists()
    found.release()
    (again,) = left_behind(writer.home)
    again.remove()
    assert list(writer.home.iterdir()) == []


def test_without_locks_of_the_system_the_process_tells(writer, monkeypatch):
    def refuse(*told):
        raise OSError(38, "not supported")

    monkeypatch.setattr("workbench.document.journal.holding.fcntl.flock", refuse)
    hold = Hold.make(writer.home)
    assert Hold.of(hold.folder) is None, "this process runs"
    (hold.folder / "lock").write_text(f"{os.getpid()} 17 {socket.gethostname()}")
    other = Hold.of(hold.folder)
    assert other is not None, "another had this number before"
    (hold.folder / "lock").write_text("17 17 another-machine")
    assert Hold.of(hold.folder) is None
    other.remove()


def test_a_folder_that_never_got_its_name_goes_after_a_while(writer):
    hidden = writer.home / ".0123456789abcdef0123456789abcdef"
    hidden.mkdir()
    left_behind(writer.home)
    assert hidden.exists()
    os.utime(hidden, (0, 0))
    left_behind(writer.home)
    assert not hidden.exists()


def test_programs_that_start_at_once_take_no_journal_that_is_being_made(tmp_path):
    """Lookers and makers side by side: what was made is there."""
    home, stop = tmp_path / "home", threading.Event()

    def look():
        while not stop.is_set():
            for each in left_behind(home):
                each.release()

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for each in lookers:
        each.start()
    held = [Hold.make(home) for _ in range(200)]
    stop.set()
    for each in lookers:
        each.join()
    assert all(each.folder.is_dir() for each in held)
    for each in held:
        each.remove()


def test_saved_elsewhere_it_belongs_there_and_finds_its_own_recording(writer, tmp_path):
    other = tmp_path / "b"
    other.mkdir()
    soundfile.write(other / "song.wav", tone_mix(1.0, 8000, seed=9), 8000, subtype="FLOAT")
    writer.project = other / "q.workbench"
    writer.document.mark_saved(writer.document.recorded_state, writer.document.runs, writer.project)
    writer.take()
    random_act(writer.document, np.random.default_rng(10))
    writer.take()
    (found,) = left(writer)
    back = recover(found)
    assert found.project == writer.project and back.recording.samefile(tmp_path / "song.wav")


def test_another_recording_has_another_journal_and_the_end_leaves_none(writer, tmp_path):
    first = writer.journal.folder
    writer.recording = load(tmp_path / "song.wav")
    levels = analyse_levels(writer.recording.samples, ANALYSIS)
    writer.document.open(writer.recording, levels, fresh_state(ANALYSIS))
    writer.take()
    assert writer.journal.folder != first and not first.exists()
    writer.journal.close()
    assert list(writer.home.iterdir()) == []


def test_it_is_begun_anew_when_it_is_long_and_gives_the_same(writer, monkeypatch):
    monkeypatch.setattr("workbench.document.journal.journal.LEAST_BYTES", 60_000)
    rng, shrunk = np.random.default_rng(4), False
    for _ in range(60):
        writer.act(rng)
        shrunk |= len(writer.sizes) > 1 and writer.sizes[-1] < writer.sizes[-2]
        assert eventually(lambda: writer.journal._next is None)
        assert writer.file.stat().st_size < 60_000 + 8 * max(60_000, writer.journal._volume.first)
    assert shrunk and LEAST_BYTES > 60_000
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]


@pytest.mark.parametrize("long", [False, True])
def test_a_disk_that_takes_its_time_to_keep_things_loses_no_act(writer, monkeypatch, long):
    """Killed meanwhile, as by a copy of what is there: also while a long one is begun anew."""
    let_go, asked = threading.Event(), threading.Event()
    real = os.fsync

    def slow(handle):
        asked.set()
        let_go.wait(20)
        real(handle)

    assert eventually(lambda: writer.journal.safe)
    monkeypatch.setattr(os, "fsync", slow)
    if long:
        monkeypatch.setattr("workbench.document.journal.journal.LEAST_BYTES", 1)
        monkeypatch.setattr("workbench.document.journal.journal.OUTGROWN", 0)
    rng = np.random.default_rng(3)
    writer.act(rng)
    assert asked.wait(10)
    for number in range(8):
        writer.act(rng)
        killed = writer.home.parent / f"killed {number}"
        shutil.copytree(writer.home, killed)
        (found,) = found_in(killed)
        assert project_word(recover(found)) == writer.words[-1]
    assert not writer.journal.safe
    let_go.set()
    monkeypatch.undo()
    assert eventually(lambda: writer.journal.safe and writer.journal._next is None)
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]


def test_a_disk_that_refuses_is_told_once_and_all_is_written_when_it_takes_it_again(writer, monkeypatch):
    told: list[object] = []
    writer.journal._troubled = told.append
    real = os.write

    def full(handle, data):
        if threading.current_thread().name == "journal":
            real(handle, data[:7])
            raise OSError(28, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr("workbench.document.journal.journal.AGAIN", 0.2)
    before = writer.file.read_bytes()
    monkeypatch.setattr(os, "write", full)
    random_act(writer.document, np.random.default_rng(5))
    writer.take(written=False)
    assert len(told) == 1 and isinstance(told[0], OSError) and not writer.journal.safe
    assert writer.file.read_bytes().startswith(before), "what is on the disk stays"
    monkeypatch.setattr(os, "write", real)
    # Nothing more is done: it is tried again by itself.
    assert eventually(lambda: told[1:] == [None]) and writer.journal.settle()
    assert eventually(lambda: writer.journal.safe)
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]


def test_an_act_that_can_not_be_read_loses_itself_and_none_before_it(writer):
    rng = np.random.default_rng(7)
    for _ in range(10):
        writer.act(rng)
    word, document = writer.words[-1], writer.document
    state = document.recorded_state
    document.act("wrong", state.with_present(layers=(replace(state.layers[0], gain_db=300.0), *state.layers[1:])))
    writer.take()
    (found,) = left(writer)
    assert project_word(recover(found)) == word


def test_a_step_that_is_no_document_is_left_out_and_the_others_come_back(writer):
    document = writer.document
    state = document.recorded_state
    # A component that no factorisation has: found out only where it is looked up.
    parts = (*state.layers[0].parts, Part(state.next_id, 99))
    wrong = replace(state, next_id=state.next_id + 1)
    document.act("wrong", wrong.with_present(layers=(replace(state.layers[0], parts=parts), *state.layers[1:])))
    document.act("right", state.with_present(layers=(replace(state.layers[0], name="right"), *state.layers[1:])))
    writer.take()
    (found,) = left(writer)
    assert [name for name, _ in recover(found).steps] == ["", "run", "right"]


def test_a_defect_does_not_end_it_and_is_told(writer, monkeypatch):
    told, hooked = [], []
    writer.journal._troubled = told.append
    monkeypatch.setattr("workbench.document.journal.journal.AGAIN", 0.2)
    monkeypatch.setattr(sys, "excepthook", lambda *error: hooked.append(error))
    monkeypatch.setattr("workbench.document.journal.volume.record", lambda *told: 1 / 0)
    random_act(writer.document, np.random.default_rng(11))
    writer.take(written=False)
    assert len(told) == len(hooked) == 1
    monkeypatch.undo()
    assert eventually(lambda: told[1:] == [None])
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]


def test_where_there_is_no_room_for_another_the_long_one_goes_on(writer, monkeypatch):
    monkeypatch.setattr("workbench.document.journal.journal.LEAST_BYTES", 1)
    monkeypatch.setattr("workbench.document.journal.journal.OUTGROWN", 0)

    def full(*told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "_part", full)
    rng = np.random.default_rng(12)
    for _ in range(10):
        writer.act(rng)
    (found,) = left(writer)
    assert project_word(recover(found)) == writer.words[-1]
