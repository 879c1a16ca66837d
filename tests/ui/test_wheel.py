"""The wheel scrolls; no value changes under it by the way (offscreen)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QScrollArea, QWidget

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, dialog, press
from workbench.ui.base.controls import Slider


def turn(program, widget: QWidget, steps: int) -> bool:
    """The wheel of a mouse that points at the middle of a widget; answers whether the widget is what lies there."""
    window, at = widget.window(), widget.mapTo(widget.window(), widget.rect().center())
    there = window.childAt(at)
    QTest.wheelEvent(window.windowHandle(), QPointF(at), QPoint(0, 120 * steps))
    pump(program.application, seconds=0.01)
    return there is not None and (there is widget or widget.isAncestorOf(there))


def value(widget: QWidget) -> object:
    if isinstance(widget, QComboBox):
        return widget.currentIndex()
    return widget.value() if isinstance(widget, Slider) else widget.text()


def test_the_wheel_changes_no_value_of_what_has_no_focus(factorised):
    program = factorised
    for key in ("mixer", "shapeMask", "allSettings", "export", "suggestGroups"):
        if key in program.window.actions_.by_name:
            program.window.actions_.by_name[key].trigger()
    pump(program.application, seconds=0.2)
    program.window.panes.spectrogram.setFocus()
    fields = [
        each
        for kind in (Slider, QAbstractSpinBox, QComboBox)
        for each in program.window.findChildren(kind)
        if each.isVisible() and each.isEnabled() and not each.hasFocus()
    ]
    steps, changed, hit = len(program.desk.document.steps), [], 0
    for field in fields:
        before = value(field)
        for by in (1, -1, -1):
            hit += turn(program, field, by)
            if value(field) != before or field.hasFocus():
                changed.append(field.objectName())
    assert hit > 60
    assert changed == [] and len(program.desk.document.steps) == steps


def test_the_wheel_over_a_fader_scrolls_the_stack(factorised):
    program, panel = factorised, factorised.window.panes.stack
    for _ in range(12):
        press(program, Qt.Key.Key_N)
    bar = panel.findChild(QScrollArea, "stackScroll").verticalScrollBar()
    assert pump(program.application, lambda: bar.maximum() > 100, 5)
    # Where it is scrolled to, the row that was made last is shown.
    pump(program.application, seconds=0.1)
    bar.setValue(0)
    row = panel.rows[1]
    # Though the fader has the focus, from a drag just before.
    row.gain.setFocus()
    gain = program.desk.document.layers[1].gain_db
    for over in (row.gain, row.pan, row.name, row.thumbnail, row.mute):
        before = bar.value()
        assert turn(program, over, -1), over.objectName()
        assert bar.value() > before, over.objectName()
        bar.setValue(0)
        pump(program.application)
    assert program.desk.document.layers[1].gain_db == gain


def test_the_wheel_over_the_mixer_moves_its_strips(factorised):
    program, mixer = factorised, factorised.window.panes.mixer
    program.window.resize(900, 700)
    for _ in range(12):
        press(program, Qt.Key.Key_N)
    if mixer.visibleRegion().isEmpty():
        press(program, Qt.Key.Key_F4)
    bar = mixer.findChild(QScrollArea, "mixerScroll").horizontalScrollBar()
    assert pump(program.application, lambda: bar.maximum() > 100, 5)
    assert turn(program, mixer.strips[0].gain, -1)
    assert bar.value() > 0
    assert turn(program, mixer.strips[2], 1)
    assert bar.value() == 0


def test_a_field_that_has_the_focus_goes_on_to_take_the_wheel(factorised):
    program = factorised
    program.window.actions_.by_name["shapeMask"].trigger()
    box = dialog(program, "maskDialog").exponent
    QTest.mouseClick(box, LEFT, NONE, QPoint(8, box.height() // 2))
    assert pump(program.application, box.hasFocus, 5)
    before = box.value()
    turn(program, box, 1)
    assert box.value() > before
    QTest.keyClick(box, Qt.Key.Key_Escape)
