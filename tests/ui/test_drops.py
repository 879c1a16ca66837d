"""Files that are dropped on the window (offscreen)."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, settle
from workbench.ui.base import theme


def drop(program, *paths):
    """Let files go over the window; answers whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, none = Qt.DropAction.CopyAction, Qt.MouseButton.NoButton
    enter = QDragEnterEvent(program.window.rect().center(), action, data, none, NONE)
    enter.ignore()
    QApplication.sendEvent(program.window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(program.window, QDropEvent(QPointF(50, 50), action, data, none, NONE))
        pump(program.application)
    return enter.isAccepted()


def answer(program, begins):
    (box,) = [b for b in program.window.findChildren(QMessageBox, "dropBox") if b.isVisible()]
    QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "").startswith(begins)), LEFT)
    settle(program)


def names_of(program):
    return sorted(each.name for each in program.desk.document.state.references)


def test_one_file_is_opened_and_what_is_no_file_is_not_taken(mixed, tmp_path):
    assert drop(mixed, tmp_path / "stems" / "Low.wav")
    settle(mixed)
    assert mixed.desk.document.recording.path.name == "Low.wav"
    data = QMimeData()
    data.setText("words")
    enter = QDragEnterEvent(mixed.window.rect().center(), Qt.DropAction.CopyAction, data, Qt.MouseButton.NoButton, NONE)
    enter.ignore()
    QApplication.sendEvent(mixed.window, enter)
    assert not enter.isAccepted()


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_mix_with_its_stems_is_opened_with_them(mixed, tmp_path, as_folder):
    stems = sorted((tmp_path / "stems").iterdir())
    if as_folder:
        (tmp_path / "mix.wav").rename(tmp_path / "stems" / "mix.wav")
    drop(mixed, *([tmp_path / "stems"] if as_folder else [*stems, tmp_path / "mix.wav"]))
    answer(mixed, "It and its stems")
    assert mixed.desk.document.recording.path.name == "mix.wav"
    assert names_of(mixed) == ["High", "Low", "Noise"]
    assert [each for each in mixed.window.findChildren(QDialog, "referencesDialog") if each.isVisible()]


def test_several_may_be_stems_of_what_is_open_or_one_of_them_the_recording(mixed, tmp_path):
    stems = sorted((tmp_path / "stems").iterdir())
    drop(mixed, *stems)
    answer(mixed, "Stems of what")
    assert mixed.desk.document.recording.path.name == "mix.wav" and names_of(mixed) == ["High", "Low", "Noise"]
    drop(mixed, *stems)
    answer(mixed, "Cancel")
    assert mixed.desk.document.recording.path.name == "mix.wav"
    for dialog in mixed.window.findChildren(QDialog, "referencesDialog"):
        dialog.close()
    mixed.desk.document.mark_saved(mixed.desk.document.recorded_state, {}, None)
    drop(mixed, *stems)
    answer(mixed, "Open it alone")
    assert mixed.desk.document.recording.path.name == "High.wav" and not names_of(mixed)


def test_a_folder_without_sound_is_told(mixed, tmp_path):
    (tmp_path / "empty").mkdir()
    drop(mixed, tmp_path / "empty")
    assert "empty" in mixed.window.notice.text.text()


def test_a_project_among_other_files_is_opened_and_they_are_told(mixed, tmp_path):
    mixed.desk.saving.save(tmp_path / "p.workbench")
    settle(mixed)
    drop(mixed, tmp_path / "stems" / "Low.wav", tmp_path / "p.workbench")
    settle(mixed)
    assert mixed.desk.document.path == tmp_path / "p.workbench"
    assert "1 more" in mixed.window.notice.text.text()


def test_light_and_dark_follow_the_system_while_it_runs(mixed, monkeypatch):
    before = theme.current()
    other = theme.LIGHT if before is theme.DARK else theme.DARK
    monkeypatch.setattr(theme, "system_theme", lambda: other)
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light if other is theme.LIGHT else Qt.ColorScheme.Dark)
    try:
        assert theme.current() is other
        mixed.window.set_theme("dark")
        monkeypatch.setattr(theme, "system_theme", lambda: theme.LIGHT)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert theme.current() is theme.DARK, "as it was chosen"
    finally:
        theme.apply(mixed.application, before)


def test_masks_and_labels_of_other_programs_are_imported(mixed, tmp_path):
    document = mixed.desk.document
    stack = document.stack
    masks = np.random.default_rng(0).random((2, stack.bins, stack.frames)).astype(np.float32) / 2
    np.save(tmp_path / "masks.npy", masks)
    drop(mixed, tmp_path / "masks.npy")
    settle(mixed)
    assert len(document.layers) == 3, "and what is left of all"
    (tmp_path / "labels.txt").write_text("0.1\t0.2\tVoice\n")
    before = document.recorded_state
    drop(mixed, tmp_path / "labels.txt")
    assert pump(mixed.application, lambda: document.recorded_state is not before, 20)
    assert any(layer.name == "Voice" for layer in document.layers)
