"""Work that a program left behind is offered again, whatever was open; what is safe elsewhere is not."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QCoreApplication, QRect

from tests.conftest import pump, tone_mix
from tests.control.scenes import RATE, SilentPlayer, acts, change, ids, separate
from tests.same import document_word
from workbench.control.desk import build_desk
from workbench.document.project import load_project


@pytest.fixture
def start(application, tmp_path):
    """Starts the program; a number is for a machine of its own."""
    desks = []

    def begin(home="home"):
        desk = build_desk(SilentPlayer, home=tmp_path / home)
        desk.plane.set_canvas(QRect(0, 0, 400, 200), 1.0)
        desks.append(desk)
        return desk

    yield begin
    for desk in desks:
        desk.journalling.release()
        desk.close()


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, tone_mix(1.0, RATE), RATE, subtype="FLOAT")
    return path


def opened(desk, path):
    before = desk.document.recording
    desk.opening.open(path)
    assert pump(QCoreApplication.instance(), lambda: desk.document.recording is not before, 20)
    return desk


def settled(desk):
    assert pump(QCoreApplication.instance(), lambda: not desk.runner.jobs, 20)
    pump(QCoreApplication.instance())
    assert desk.journalling.settle()


def killed(desk, tmp_path):
    """What a program that was killed leaves: a copy of its folder, which nobody holds."""
    settled(desk)
    copy = tmp_path / f"killed {len(list(tmp_path.iterdir()))}"
    shutil.copytree(tmp_path / "home", copy)
    return copy.name


def left_of(desk):
    found = []
    desk.journalling.found.connect(found.append)
    desk.journalling.look()
    pump(QCoreApplication.instance(), lambda: not desk.runner.jobs, 20)
    return found[0] if found else []


def taken_up(desk, left):
    desk.opening.recover(left)
    assert pump(QCoreApplication.instance(), lambda: desk.document.recording is not None, 20)
    settled(desk)


def test_work_that_was_never_saved_comes_back_with_its_history(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 3)
    change(first, ids(first)[1], gain_db=-7.0)
    first.document.undo()
    word = document_word(first.document)
    second = start(killed(first, tmp_path))
    (left,) = left_of(second)
    assert (left.name, left.project, left.last) == ("song.wav", None, acts(first)[-2])
    taken_up(second, left)
    assert document_word(second.document) == word and second.document.dirty and second.document.path is None
    assert pump(QCoreApplication.instance(), lambda: not left.folder.exists(), 10), "it is safe in the new journal"
    assert left_of(second) == []
    # And that one is killed, too.
    shutil.rmtree(tmp_path / "home")
    os.rename(left.folder.parents[1], tmp_path / "home")
    third = start(killed(second, tmp_path))
    (again,) = left_of(third)
    taken_up(third, again)
    assert document_word(third.document) == word


def test_what_was_done_since_a_save_comes_back_and_belongs_to_its_project(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 3)
    first.saving.save(tmp_path / "mine.workbench")
    settled(first)
    assert left_of(start(killed(first, tmp_path))) == []
    change(first, ids(first)[0], name="Bläser ♪")
    second = start(killed(first, tmp_path))
    (left,) = left_of(second)
    assert left.name == "mine.workbench"
    taken_up(second, left)
    assert second.document.path == tmp_path / "mine.workbench" and second.document.dirty
    assert second.document.layers[0].name == "Bläser ♪"


def test_a_recording_that_went_is_asked_for(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 2)
    second = start(killed(first, tmp_path))
    song.rename(tmp_path / "renamed.wav")
    lost = []
    second.opening.lost.connect(lambda *told: lost.append(told))
    (left,) = left_of(second)
    second.opening.recover(left)
    assert pump(QCoreApplication.instance(), lambda: lost, 20)
    _, said, reopen = lost[0]
    assert "song.wav" in said and left.folder.exists()
    reopen(tmp_path / "renamed.wav")
    assert pump(QCoreApplication.instance(), lambda: second.document.recording is not None, 20)
    settled(second)
    assert document_word(second.document) == document_word(first.document)


def test_a_project_that_was_moved_with_its_recording_inside_is_asked_for(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 2)
    (tmp_path / "there").mkdir()
    project = tmp_path / "there" / "mine.workbench"
    first.saving.save(project, inside=True)
    settled(first)
    change(first, ids(first)[0], name="not saved")
    second = start(killed(first, tmp_path))
    song.unlink()
    project.parent.rename(tmp_path / "elsewhere")
    lost, told = [], []
    second.opening.lost.connect(lambda *news: lost.append(news))
    second.notices.troubled.connect(told.append)
    (left,) = left_of(second)
    second.opening.recover(left)
    assert pump(QCoreApplication.instance(), lambda: lost and not second.runner.jobs, 20)
    said = lost[0][1]
    assert "mine.workbench" in said and "not where it was" in said
    # Who does not say where it is finds the work again.
    assert [each.name for each in left_of(second)] == ["mine.workbench"]


def test_what_can_not_be_taken_up_is_offered_again_and_comes_back_from_where_the_project_is(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 2)
    project = tmp_path / "mine.workbench"
    first.saving.save(project, inside=True)
    settled(first)
    change(first, ids(first)[0], name="not saved")
    word = document_word(first.document)
    second = start(killed(first, tmp_path))
    song.unlink()
    project.rename(tmp_path / "moved.workbench")
    lost = []
    second.opening.lost.connect(lambda *news: lost.append(news))
    (left,) = left_of(second)
    left.release()
    second.opening.recover(left)
    assert pump(QCoreApplication.instance(), lambda: lost and not second.runner.jobs, 20)
    lost[0][2](tmp_path / "moved.workbench")
    assert pump(QCoreApplication.instance(), lambda: second.document.recording is not None, 20)
    settled(second)
    assert document_word(second.document) == word and second.document.dirty
    assert second.document.path is None, "which file it belongs to is for the user to say"
    assert pump(QCoreApplication.instance(), lambda: not left.folder.exists(), 10)


def test_work_that_was_not_put_in_place_of_other_work_is_offered_again(start, song, tmp_path):
    """The open document was changed while it was read, and the question about that came to nothing."""
    first = opened(start(), song)
    separate(first, 2)
    second = start(killed(first, tmp_path))
    (left,) = left_of(second)
    opened(second, song)
    asked = []
    second.opening.overtaken.connect(asked.append)
    second.opening.recover(left)
    second.layers.add()
    assert pump(QCoreApplication.instance(), lambda: asked and not second.runner.jobs, 20)
    assert [each.name for each in left_of(second)] == ["song.wav"], "nobody has it"


def test_work_that_another_program_took_up_meanwhile_is_told(start, song, tmp_path):
    first = opened(start(), song)
    separate(first, 2)
    second = start(killed(first, tmp_path))
    (left,) = left_of(second)
    left.release()
    other = left.held_again()
    told = []
    second.notices.troubled.connect(told.append)
    second.opening.recover(left)
    assert len(told) == 1 and "song.wav" in told[0] and left.folder.exists()
    other.release()
    second.opening.recover(left)
    assert pump(QCoreApplication.instance(), lambda: second.document.recording is not None, 20)


def test_closed_by_its_user_nothing_is_left_and_ended_otherwise_all(start, song, tmp_path):
    for release in (True, False):
        desk = opened(start("other"), song)
        separate(desk, 2)
        settled(desk)
        if release:
            desk.journalling.release()
        desk.close()
        assert bool(list((tmp_path / "other" / "journals").iterdir())) is not release


def test_no_two_windows_write_one_project(start, song, tmp_path):
    first, second = opened(start(), song), start("second")
    separate(first, 2)
    first.saving.save(tmp_path / "mine.workbench")
    settled(first)
    opened(second, tmp_path / "mine.workbench")
    change(second, ids(second)[0], name="other")
    taken = []
    second.saving.taken.connect(lambda path, then: taken.append(path))
    before = (tmp_path / "mine.workbench").read_bytes()
    second.saving.save(tmp_path / "mine.workbench")
    settled(second)
    assert taken == [tmp_path / "mine.workbench"] and (tmp_path / "mine.workbench").read_bytes() == before
    second.saving.save(tmp_path / "mine too.workbench")
    settled(second)
    # Nor over one that another window has open, from a third.
    first.saving.save(tmp_path / "mine too.workbench")
    settled(first)
    assert (tmp_path / "mine too.workbench").exists() and first.document.path == tmp_path / "mine.workbench"


def test_a_project_from_elsewhere_opens_a_recording_outside_its_folder_only_when_told(start, song, tmp_path):
    desk = opened(start(), song)
    folder = tmp_path / "sent"
    folder.mkdir()
    desk.saving.save(folder / "mine.workbench")
    settled(desk)
    other = start("other")
    other.opening.trusts = other.recent.knows
    asked = []
    other.opening.outside.connect(lambda *told: asked.append(told))
    other.opening.open(folder / "mine.workbench")
    assert pump(QCoreApplication.instance(), lambda: asked, 20) and other.document.recording is None
    _, said, reopen = asked[0]
    assert str(song) in said
    reopen(None)
    assert pump(QCoreApplication.instance(), lambda: other.document.recording is not None, 20)
    # From then on it is known.
    other.recent.add(folder / "mine.workbench")
    before = other.document.recording
    other.opening.open(folder / "mine.workbench")
    assert pump(QCoreApplication.instance(), lambda: other.document.recording is not before, 20) and len(asked) == 1


def test_what_is_looked_at_comes_back(start, song, tmp_path):
    desk = opened(start(), song)
    separate(desk, 3)
    desk.viewport.show_time(0.2, 0.5)
    desk.viewport.show_hz(200.0, 900.0)
    desk.playback.seek(0.31)
    desk.selection.select(ids(desk)[2])
    seen = (desk.viewport.start, desk.viewport.stop, desk.viewport.low, desk.viewport.high)
    desk.saving.save(tmp_path / "mine.workbench")
    settled(desk)
    other = opened(start("other"), tmp_path / "mine.workbench")
    back = (other.viewport.start, other.viewport.stop, other.viewport.low, other.viewport.high)
    np.testing.assert_allclose(back, seen)
    assert other.playback.position == pytest.approx(0.31) and other.selection.layer == ids(desk)[2]


def test_a_recording_that_is_nowhere_else_stays_inside_and_an_alias_is_the_same_file(start, song, tmp_path):
    desk = opened(start(), song)
    desk.saving.save(tmp_path / "in.workbench", inside=True)
    settled(desk)
    song.unlink()
    other = opened(start("other"), tmp_path / "in.workbench")
    said = []
    other.notices.troubled.connect(said.append)
    other.saving.save(tmp_path / "beside.workbench", inside=False)
    settled(other)
    assert len(said) == 1 and "stays inside" in said[0] and other.document.embedded is not None
    assert len(load_project(tmp_path / "beside.workbench").sound().samples) == RATE
    (tmp_path / "alias.workbench").symlink_to(tmp_path / "beside.workbench")
    change(other, ids(other)[0], name="again")
    other.saving.save(tmp_path / "alias.workbench")
    settled(other)
    assert not other.document.dirty and len(said) == 1


def test_the_first_save_after_a_recovery_asks_nothing(start, song, tmp_path):
    first = opened(start(), song)
    first.saving.save(tmp_path / "mine.workbench")
    settled(first)
    change(first, ids(first)[0], name="changed")
    home = killed(first, tmp_path)
    first.journalling.release()
    first.close()
    second = start(home)
    (left,) = left_of(second)
    taken_up(second, left)
    asked = []
    second.saving.changed_since.connect(asked.append)
    second.saving.save(tmp_path / "mine.workbench")
    settled(second)
    assert not asked and not second.document.dirty
