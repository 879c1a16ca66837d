"""Every slider and number field of the window at both of its ends, and what is at −∞ dB (offscreen)."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

from tests.acting import change_group, change_layer
from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, click, dialog, group, press, settle
from workbench.control.mixing import clamped_gain
from workbench.control.tools import Tool
from workbench.document.acts.layers import GAIN_RANGE_DB
from workbench.masks.model.layers import Group
from workbench.ui.base.controls import Slider, decibels

SILENT = float("-inf")
PROJECTS = Path(__file__).parents[1] / "document" / "files"
FEW = 3


def ends(slider: Slider) -> tuple[QPoint, QPoint]:
    """Where the hand clicks for the low and for the high end."""
    if slider.orientation() is Qt.Orientation.Vertical:
        middle = slider.width() // 2
        return QPoint(middle, slider.height() - 2), QPoint(middle, 1)
    middle = slider.height() // 2
    return QPoint(1, middle), QPoint(slider.width() - 2, middle)


def sweep_slider(program, slider: Slider) -> None:
    """To both ends by clicks on the groove and by keys, and at last to the low end."""
    low, high = ends(slider)
    neutral = "morph" in slider.objectName()
    for place, value in ((high, slider.maximum()), (low, slider.minimum())):
        QTest.mouseClick(slider, LEFT, NONE, place)
        # The morph is an act when it is let go; the slider is then back at nothing.
        assert neutral or slider.value() == value, slider.objectName()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert neutral or slider.value() == slider.maximum(), slider.objectName()
    QTest.mouseClick(slider, LEFT, NONE, low)
    for key in (Qt.Key.Key_Right, *[Qt.Key.Key_Left] * FEW):
        QTest.keyClick(slider, key)
    assert neutral or slider.value() == slider.minimum(), slider.objectName()
    pump(program.application, seconds=0.01)


def sweep_number(program, box: QSpinBox | QDoubleSpinBox) -> None:
    """To both ends, and a step beyond."""
    before = box.value()
    for end, beyond in ((box.maximum(), 1), (box.minimum(), -1)):
        box.setValue(end)
        box.stepBy(beyond)
        assert box.value() == pytest.approx(end), box.objectName()
    box.setValue(before)
    pump(program.application, seconds=0.01)


def all_at_both_ends(program) -> None:
    """Sweep all that is there now."""
    swept = set()
    # An act may bring other rows and strips: until there is none that was not swept.
    while left := [s for s in program.window.findChildren(Slider) if s.isEnabled() and s.objectName() not in swept]:
        swept.add(left[0].objectName())
        sweep_slider(program, left[0])
    assert {"layer1Gain", "layer1Pan", "group1Gain", "group1Pan", "brushSize", "morph"} <= swept
    assert {name for name in swept if name.startswith("strip") and name.endswith("Width")}
    for box in program.window.findChildren(QAbstractSpinBox):
        if isinstance(box, (QSpinBox, QDoubleSpinBox)) and box.isEnabled():
            sweep_number(program, box)


def test_all_works_with_every_slider_at_its_ends(factorised, tmp_path):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.stack
    group(program, 0, 1)
    press(program, Qt.Key.Key_F4)
    program.desk.tools.choose(Tool.BRUSH)
    # One layer of the group: a group as a whole does not morph.
    click(program, 0)
    target = program.window.panes.factorise.morph.target
    target.setCurrentIndex(target.findText(document.layers[1].name))
    for act in ("allSettings", "sound", "export"):
        program.window.actions_.by_name[act].trigger()
    all_at_both_ends(program)
    for name in ("settingsDialog", "soundDialog", "exportDialog"):
        dialog(program, name).close()
    silent = [layer.gain_db for layer in document.layers], [each.gain_db for each in document.groups]
    # Layers 1 and 2 are in the group; their rows, its row and all strips were swept.
    assert silent == ([SILENT] * 4, [SILENT])
    assert all(row.gain_text.text() == "−∞ dB" for row in (*panel.rows, *panel.group_rows))

    press(program, Qt.Key.Key_N)
    assert len(document.layers) == 5 and len(panel.rows) == 5
    press(program, Qt.Key.Key_M)
    assert document.layers[-1].mute
    press(program, Qt.Key.Key_G)
    assert len(document.groups) == 2 and len(panel.group_rows) == 2
    for _ in range(3):
        press(program, Qt.Key.Key_Z, CTRL)
    assert len(document.layers) == len(panel.rows) == 4 and len(document.groups) == 1
    for _ in range(3):
        press(program, Qt.Key.Key_Z, CTRL | SHIFT)
    assert len(panel.rows) == 5 and len(panel.group_rows) == 2 and document.layers[-1].mute

    program.desk.saving.save(tmp_path / "silent.workbench")
    assert pump(program.application, lambda: not document.dirty, 10)
    layers, groups, before = document.layers, document.groups, document.recording
    program.desk.opening.open(tmp_path / "silent.workbench")
    assert pump(program.application, lambda: document.recording is not before, 10)
    settle(program)
    assert (document.layers, document.groups) == (layers, groups)
    assert [row.layer for row in panel.rows] == list(layers) and [row.layer for row in panel.group_rows] == list(groups)
    assert [row.gain_text.text() for row in panel.rows[:4]] == ["−∞ dB"] * 4


def test_tones_and_hits_with_sliders_at_their_ends(opened):
    program = opened
    program.window.actions_.by_name["newHpss"].trigger()
    tones = dialog(program, "tonesDialog")
    tones.masks.setCurrentIndex(tones.masks.findData("advanced"))
    for slider in tones.findChildren(Slider):
        sweep_slider(program, slider)
    wanted = tones.settings
    tones.close()
    assert pump(
        program.application, lambda: program.desk.document.run and program.desk.document.run.settings == wanted, 20
    )
    settle(program)
    assert (wanted.harmonic_frames, wanted.percussive_bins, wanted.separation) == (3, 3, 0.0)


def test_threshold_and_mask_dialog_with_numbers_at_their_ends(factorised):
    program = factorised
    press(program, Qt.Key.Key_T)
    panel = program.window.panes.threshold
    for measure in [panel.measure.itemData(i) for i in range(panel.measure.count())]:
        panel.measure.setCurrentIndex(panel.measure.findData(measure))
        for box in panel.findChildren(QDoubleSpinBox):
            sweep_number(program, box)
    press(program, Qt.Key.Key_M, CTRL)
    shape = dialog(program, "maskDialog")
    for kind in [shape.kind.itemData(i) for i in range(shape.kind.count())]:
        shape.kind.setCurrentIndex(shape.kind.findData(kind))
        for box in shape.findChildren(QAbstractSpinBox):
            if box.isVisible():
                sweep_number(program, box)
    shape.reject()
    assert program.desk.document.recorded_state.edits == ()


@pytest.mark.parametrize("schema", ["schema1", "schema2", "schema3", "schema4"])
def test_a_project_with_silent_faders_shows_all_its_rows(workbench, schema):
    program, document = workbench, workbench.desk.document
    program.window.show()
    program.desk.opening.open(PROJECTS / f"{schema}.workbench")
    assert pump(program.application, lambda: document.recording, 10)
    settle(program)
    found = []
    for each in document.state.stacks:
        program.desk.stacks.show(each.id)
        panel = program.window.panes.stack
        assert [row.layer for row in panel.rows] == list(document.layers)
        found += [row.gain_text.text() for row in panel.rows if row.layer.gain_db == SILENT]
        strips = program.window.panes.mixer.strips
        assert len(strips) == len({layer.group or -layer.id for layer in document.layers})
    assert found and set(found) == {"−∞ dB"}


def test_a_slider_shows_the_nearest_it_can(workbench):
    slider = Slider(-60, 12, 0.0, 0.0, 144)
    told = []
    slider.moved.connect(told.append)
    for value, shown in ((SILENT, -60), (math.inf, 12), (math.nan, 0), (-3.0, -3), (1e300, 12)):
        slider.set(value)
        assert slider.get() == pytest.approx(shown, abs=0.25)
    assert told == [], "nobody moved it"
    slider.deleteLater()


def test_a_level_that_is_no_number_is_silence():
    assert decibels(math.nan) == decibels(SILENT) == "−∞"
    assert (decibels(-3.0), decibels(1.5), decibels(0.0)) == ("−3.0", "+1.5", "+0.0")


def test_gains_that_are_no_numbers_are_the_ends_of_the_fader(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.stack
    low, high = GAIN_RANGE_DB
    assert [clamped_gain(db) for db in (math.nan, SILENT, low, math.inf)] == [SILENT, SILENT, SILENT, high]
    made = group(program, 0, 1)
    for db in (math.nan, SILENT, math.inf):
        for source in (document.layers[3], document.groups[0]):
            program.desk.mixing.set_gain(source, db)
            program.desk.mixing.set_pan(source, db)
            if isinstance(source, Group):
                program.desk.mixing.set_width(source, db)
    assert document.layers[3].gain_db == document.groups[0].gain_db == high
    # What a file or a script put there is shown, too.
    change_layer(document, "gain", document.layers[3].id, gain_db=SILENT)
    change_group(document, "gain", made, gain_db=SILENT)
    assert panel.rows[3].gain_text.text() == panel.group_rows[0].gain_text.text() == "−∞ dB"
    assert panel.rows[3].gain.get() == low
