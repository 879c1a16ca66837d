"""Operations on masks with numbers, and what the masks hold, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.conftest import pump
from tests.ui.gestures import CTRL, SHIFT, dialog, drag, finish, mask_under, middle, press, rendered, settle


def test_operations_with_numbers_are_previewed_and_applied(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_M, CTRL)
    shape = dialog(program, "maskDialog")
    before = mask_under(program, 0, at)
    shape.exponent.setValue(4)
    assert pump(program.application, lambda: document.state.edits, 5)
    assert document.state.edits and not document.recorded_state.edits
    assert mask_under(program, 0, at) != before
    shape.reject()
    assert document.state.edits == ()
    press(program, Qt.Key.Key_M, CTRL)
    for kind in [shape.kind.itemData(i) for i in range(shape.kind.count())]:
        shape.show()
        shape.kind.setCurrentIndex(shape.kind.findData(kind))
        shape.other.setCurrentIndex(1)
        pump(program.application)
        steps = document.step
        shape.apply.click()
        assert document.step == steps + 1, kind
        masks = document.stack.evaluate(np.arange(0, document.stack.bins, 5), np.arange(0, document.stack.frames, 3))
        np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)
        press(program, Qt.Key.Key_Z, CTRL)
    # With a layer of another stack.
    other = mask_under(program, 2, at)
    program.window.actions_.by_name["duplicateStack"].trigger()
    press(program, Qt.Key.Key_M, CTRL)
    shape.kind.setCurrentIndex(shape.kind.findData("intersection"))
    names = [shape.other.itemText(i) for i in range(shape.other.count())]
    assert "Factorisation: Component 3" in names
    shape.other.setCurrentIndex(names.index("Factorisation: Component 3"))
    shape.apply.click()
    assert mask_under(program, 0, at) == pytest.approx(min(before, other), abs=1e-5)


def test_masks_are_analysed(factorised):
    program = factorised
    press(program, Qt.Key.Key_A, CTRL | SHIFT)
    settle(program)
    report = dialog(program, "analysisDialog")
    assert report.table.rowCount() == 4
    layers = [rendered(program, i) for i in range(4)]
    mix = np.sum(program.desk.document.recording.samples.astype(float) ** 2)
    for row, samples in enumerate(layers):
        told = float(report.table.item(row, 0).text().removesuffix(" %"))
        assert told == pytest.approx(100 * np.sum(samples.astype(float) ** 2) / mix, abs=4)
    report.table.selectRow(2)
    assert "Component 3" in report.title.text()


def test_factorising_keeps_edits_and_says_so(factorised):
    program = factorised
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    program.desk.wishes.set(seed=3)
    said = []
    program.desk.notices.said.connect(said.append)
    program.desk.wishes.factorise(True)
    finish(program)
    assert program.desk.document.state.edits and any("edits stay" in text for text in said)
