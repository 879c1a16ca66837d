"""The dialog of references, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from tests.conftest import pump
from tests.control.parts import parts, written
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, dialog, press, rendered, settle
from workbench.audio.scores import score_of


def references(program) -> QDialog:
    press(program, Qt.Key.Key_R, CTRL | SHIFT)
    return dialog(program, "referencesDialog")


def row(box, number):
    """Name, words, place, level, find and remove of a reference."""
    return list(box._rows.values())[number]


def write(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def undo(program, times=1):
    """In the window, which is brought forward for it."""
    program.window.activateWindow()
    for _ in range(times):
        press(program, Qt.Key.Key_Z, CTRL)


def drop(box, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, none = Qt.DropAction.CopyAction, Qt.MouseButton.NoButton
    QApplication.sendEvent(box, QDragEnterEvent(QPoint(20, 20), action, data, none, NONE))
    QApplication.sendEvent(box, QDropEvent(QPointF(20, 20), action, data, none, NONE))


def test_a_folder_that_is_dropped_becomes_references_and_says_what_was_done(mixed, tmp_path):
    box = references(mixed)
    assert not box.masks.isEnabled() and not box.sources.isEnabled()
    drop(box, tmp_path / "stems")
    settle(mixed)
    assert [each.name.text() for each in box._rows.values()] == ["High", "Low", "Noise"]
    assert {each.said.text() for each in box._rows.values()} == {"taken as it is"}
    assert "They sum to the recording" in box.said.text() and box.match.isHidden() and box.masks.isEnabled()
    undo(mixed)
    assert not box._rows and box.isVisible()


def test_place_level_and_name_are_written_in_fields(mixed, tmp_path):
    box = references(mixed)
    box.take([tmp_path / "stems"])
    settle(mixed)
    first = row(box, 0)
    write(first.shift, "12.5")
    write(first.gain, "-6")
    write(first.name, "Lead")
    settle(mixed)
    (lead, *_) = mixed.desk.document.state.references
    assert (lead.name, lead.offset, lead.gain_db) == ("Lead", 0.0125, -6.0) and box.isVisible()
    assert first.shift.text() == "+12.500 ms" and first.gain.text() == "−6.00 dB"
    assert "shifted by +12.50 ms" in first.said.text() and "level −6.00 dB" in first.said.text()
    assert "“Lead” is hardly in the recording" in box.said.text(), "not where it is now"
    undo(mixed, 3)
    settle(mixed)
    assert (first.name.text(), first.shift.text(), first.gain.text()) == ("High", "0.000 ms", "0.00 dB")


def test_levels_are_matched_and_references_removed(mixed, tmp_path):
    box = references(mixed)
    written(tmp_path / "loud", {"High": 2 * parts()["High"]})
    box.take([tmp_path / "loud", tmp_path / "stems" / "Low.wav"])
    settle(mixed)
    assert "“High” is 6.0 dB louder" in box.said.text() and "becomes “Rest”" in box.said.text()
    QTest.mouseClick(box.match, LEFT)
    settle(mixed)
    assert box.match.isHidden() and row(box, 0).gain.value() == pytest.approx(-6.02, abs=0.05)
    QTest.mouseClick(row(box, 0).remove, LEFT)
    settle(mixed)
    assert [each.name.text() for each in box._rows.values()] == ["Low"]


def test_what_is_no_part_of_the_recording_is_told(mixed, tmp_path):
    box = references(mixed)
    noise = np.random.default_rng(3).standard_normal((8000, 2)).astype(np.float32)
    box.take(written(tmp_path / "odd", {"Stranger": noise}))
    settle(mixed)
    assert "“Stranger” is hardly in the recording" in box.said.text() and box.match.isHidden()


def test_the_wheel_over_a_field_changes_nothing(mixed, tmp_path):
    box = references(mixed)
    box.take([tmp_path / "stems"])
    settle(mixed)
    field = row(box, 0).gain
    box.add.setFocus()
    at = QPointF(20, 8)
    event = QWheelEvent(
        at, field.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase(0), False
    )
    QApplication.sendEvent(field, event)
    assert field.value() == 0.0


def test_masks_and_sources_are_made_from_them(mixed, tmp_path):
    box = references(mixed)
    box.take([tmp_path / "stems" / "Low.wav", tmp_path / "stems" / "High.wav"])
    settle(mixed)
    document = mixed.desk.document
    QTest.mouseClick(box.masks, LEFT)
    settle(mixed)
    assert [layer.name for layer in document.layers] == ["Low", "High", "Rest"]
    assert document.state.present.name == "Stems" and box.isVisible()
    assert score_of(parts()["Low"], rendered(mixed, 0)).sdr > 15
    QTest.mouseClick(box.binary, LEFT, NONE, QPoint(8, box.binary.height() // 2))
    QTest.mouseClick(box.masks, LEFT)
    settle(mixed)
    assert document.state.present.name == "Stems, binary"
    box.components.setValue(2)
    QTest.mouseClick(box.sources, LEFT)
    settle(mixed)
    assert [group.name for group in document.groups] == ["Low", "High", "Rest"] and len(document.layers) == 6
    QTest.mouseClick(box.scores, LEFT)
    pump(mixed.application)
    assert not mixed.window.panes.scores.visibleRegion().isEmpty()


def test_a_file_that_is_gone_is_told_and_can_be_found(mixed, tmp_path):
    box = references(mixed)
    box.take([tmp_path / "stems"])
    settle(mixed)
    mixed.desk.saving.save(tmp_path / "p.workbench")
    settle(mixed)
    (tmp_path / "stems" / "Low.wav").rename(tmp_path / "elsewhere.wav")
    mixed.desk.opening.open(tmp_path / "p.workbench")
    settle(mixed)
    assert "Low.wav" in mixed.window.notice.text.text()
    box = references(mixed)
    lost = row(box, 1)
    assert "Low.wav" in lost.said.text() and not lost.find.isHidden() and row(box, 0).find.isHidden()
    QTest.mouseClick(lost.find, LEFT)
    chooser = dialog(mixed, "referencesFileDialog")
    chooser.filesSelected.emit([str(tmp_path / "elsewhere.wav")])
    chooser.close()
    settle(mixed)
    assert lost.find.isHidden() and lost.said.text() == "taken as it is"
    assert mixed.desk.document.state.references[1].path == tmp_path / "elsewhere.wav"
