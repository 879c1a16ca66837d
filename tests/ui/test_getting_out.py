"""From a click on a sound to the sound alone, by a real hand on the real window."""

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, press, rendered, settle
from workbench.control.tools import Tool
from workbench.document.document import Document


def names(document: Document) -> list[str]:
    return [layer.name for layer in document.layers]


def click_on(program, hz: float, second: float, off: int = 0) -> None:
    """A click on a frequency and a time, some pixels beside it."""
    plane, scale = program.desk.plane, program.desk.viewport.scale
    point = QPoint(round(plane.x_of(second)), round(plane.y_of(float(scale.position(hz)))) + off)
    QTest.mouseClick(program.window.panes.spectrogram, LEFT, NONE, point)
    settle(program)


def test_a_click_beside_a_partial_selects_it_and_its_options_work(opened):
    program = opened
    press(program, Qt.Key.Key_W)
    assert program.desk.tools.tool is Tool.WAND
    analysis, rate = program.desk.document.state.analysis, program.desk.document.recording.rate
    # Three tones decay three times a second; the recording repeats them.
    click_on(program, 550.0, 1.3, off=4)
    area = program.desk.selection.area
    assert area.bounds.low <= analysis.bin_at(550.0, rate) < area.bounds.high <= area.bounds.low + 8
    options = program.window.panes.tool_bar.options
    assert options.wand_tolerance.value() == 30 and options.wand_tolerance.suffix() == " dB"
    options.wand_like.setCurrentIndex(options.wand_like.findText("same layers"))
    assert options.wand_tolerance.value() == 6 and options.wand_tolerance.suffix() == " %"
    assert options.wand_connected.isVisible() and not options.wand_harmonics.isVisible()
    options.wand_like.setCurrentIndex(options.wand_like.findText("sound"))
    assert options.wand_tolerance.value() == 30 and options.wand_harmonics.isVisible()


def test_similar_events_by_key_and_by_button(opened):
    program = opened
    document = program.desk.document
    analysis, rate = document.state.analysis, document.recording.rate
    program.desk.tools.choose(Tool.RECTANGLE)
    plane, scale = program.desk.plane, program.desk.viewport.scale
    one, other = (
        QPoint(round(plane.x_of(second)), round(plane.y_of(float(scale.position(hz)))))
        for second, hz in ((0.52, 640.0), (0.76, 470.0))
    )
    view = program.window.panes.spectrogram
    for act in (lambda: press(program, Qt.Key.Key_H, CTRL | SHIFT), program.window.panes.tool_bar.options.add_similar):
        QTest.mousePress(view, LEFT, NONE, one)
        QTest.mouseMove(view, other)
        QTest.mouseRelease(view, LEFT, NONE, other)
        pump(program.application)
        before = program.desk.selection.area.bounds
        act()
        settle(program)
        found = program.desk.selection.area.bounds
        assert (found.low, found.high) == (before.low, before.high)
        # The same tone is struck every third of a second.
        assert analysis.second_of(found.stop - found.start, rate) > 2.0


def test_a_sound_is_got_out_by_a_click_and_a_key(opened):
    program = opened
    document = program.desk.document
    press(program, Qt.Key.Key_W)
    click_on(program, 1310.0, 1.4)
    press(program, Qt.Key.Key_L, CTRL)
    settle(program, 60)
    assert names(document) == ["Rest", "Sound 1"] and program.desk.selection.present.name == "Sound 1"
    rest, sound = rendered(program, 0), rendered(program, 1)
    np.testing.assert_allclose(sound + rest, document.recording.samples, atol=1e-5)
    spectrum = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / document.recording.rate)
    ours, others = (spectrum[np.abs(hz - at) < 40].sum() for at in (1310, 220))
    assert ours > 10 * others
    press(program, Qt.Key.Key_Z, CTRL)
    assert names(document) == ["Everything"] and len(document.state.stacks) == 1


def test_the_sound_at_a_place_is_got_out_by_the_right_button(opened):
    program = opened
    plane, scale = program.desk.plane, program.desk.viewport.scale
    point = QPoint(round(plane.x_of(1.4)), round(plane.y_of(float(scale.position(1310.0)))))
    QTest.mouseClick(program.window.panes.spectrogram, Qt.MouseButton.RightButton, NONE, point)
    menu = program.window.place_menu
    menu.setActiveAction(next(each for each in menu.actions() if each.objectName() == "placeGetOut"))
    QTest.keyClick(menu, Qt.Key.Key_Return)
    settle(program, 60)
    assert names(program.desk.document) == ["Rest", "Sound 1"]
    spectrum = np.abs(np.fft.rfft(rendered(program, 1)[:, 0])) ** 2
    hz = np.fft.rfftfreq(len(program.desk.document.recording.samples), 1 / program.desk.document.recording.rate)
    assert spectrum[np.abs(hz - 1310) < 40].sum() > 10 * spectrum[np.abs(hz - 220) < 40].sum()


def test_without_an_example_it_says_what_to_do(opened):
    program = opened
    program.desk.pointer.put(None)
    press(program, Qt.Key.Key_L, CTRL)
    assert "Point at the sound" in program.window.notice.text.text()
    assert not program.desk.runner.running("extract")
