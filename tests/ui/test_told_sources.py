"""What is told of sources by keys and mouse in the real window: tapped, drawn, read from a file, held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.conftest import pump
from tests.ui.gestures import finish, lane_of, pixels, press, trail
from tests.ui.test_held_curves import CTRL_ALT, choose, open_menu
from tests.ui.test_point_tool import at, click, panel
from workbench.masks.pictures.outlines import BYTES
from workbench.separation.holds import Curve
from workbench.ui.spectrogram.place_outlines import PlaceOutlines

HIGH, LOW = 0.85, 0.35


@pytest.fixture
def pointed(mixed):
    """Bursts of noise as a source of one click, beside the rest; the list of marks in front."""
    assert pump(mixed.application, lambda: mixed.desk.components.factors is not None, 20)
    pump(mixed.application)
    click(mixed, at(mixed, 0.02, HIGH))
    mixed.window.layout_.marks.raise_()
    assert pump(mixed.application, lambda: panel(mixed).list.count() == 1, 10)
    return mixed


def painted(program, *turns):
    """What some outlines look like over black, painted turn by turn; and the bytes held after the last."""
    plane, outlines = program.desk.plane, PlaceOutlines(program.desk.plane)
    image = QImage(program.window.panes.spectrogram.size() * plane.pixel_ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(plane.pixel_ratio)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    for drawn in turns:
        outlines.paint(painter, drawn)
    painter.end()
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4), outlines.held


def outlined(program):
    """The share of the box around the last mark that its outline takes."""
    plane, mark = program.desk.plane, program.desk.document.state.marks[-1]
    drawn = painted(program, [(mark, "#ff0000")])[0][..., 2] > 0
    box = plane.rect_of(mark.place.bounds).toRect().adjusted(-2, -2, 2, 2) & plane.canvas
    rows, columns = slice(box.top(), box.bottom() + 1), slice(box.left(), box.right() + 1)
    assert drawn.sum() == drawn[rows, columns].sum()
    return float(drawn[rows, columns].mean())


def first_in_view(pane):
    """A component whose lane is seen: there are more than fit."""
    assert pump(QApplication.instance(), lambda: pane._ensure_picture() and pane._lanes, 5)
    return pane._lanes[0][2]


def texts(program):
    listed = panel(program).list
    return [listed.item(i).text() for i in range(listed.count())]


def test_taps_are_seen_while_it_plays_and_are_a_mark_in_the_list_when_it_stops(pointed):
    program, document = pointed, pointed.desk.document
    pane = program.window.panes.activations
    first_in_view(pane)
    program.desk.playback.play(0.0)
    before, count = pixels(pane), len(document.steps)
    press(program, Qt.Key.Key_Semicolon)
    assert len(program.desk.tapping.tapped(program.desk.selection.present)) == 1
    assert (pixels(pane)[-18:] != before[-18:]).any(), "a tick below the lanes"
    assert len(document.steps) == count
    program.desk.playback.stop()
    assert pump(program.application, lambda: panel(program).list.count() == 2, 10)
    assert "Onsets: 1" in texts(program)[-1] and document.undo_name == "Tap onsets of Source 1"
    program.window.actions_.by_name["undo"].trigger()
    assert pump(program.application, lambda: panel(program).list.count() == 1, 10)


def test_a_stroke_becomes_a_pitch_line_and_a_score_sources(pointed, tmp_path):
    program, document = pointed, pointed.desk.document
    press(program, Qt.Key.Key_0)
    low = program.desk.viewport.scale.position(190.0)
    up = (float(low) - program.desk.viewport.low) / program.desk.viewport.height
    trail(program, *(at(program, x, up) for x in (0.05, 0.3, 0.6, 0.95)))
    assert pump(program.application, lambda: panel(program).list.count() == 2, 10)
    QTest.keyClick(program.window, Qt.Key.Key_P, CTRL_ALT)
    assert pump(program.application, lambda: "Pitch line" in texts(program)[-1], 10)
    assert panel(program).list.count() == 2 and document.undo_name == "Pitch line of Source 2"
    # Outlined are the partials, and not the box around them; what is denied is dashed.
    whole = outlined(program)
    panel(program).turn.click()
    assert 0 < outlined(program) < whole < 0.4
    # Many are one picture, on any screen, in which each looks as it does alone.
    plane, line = program.desk.plane, document.state.marks[-1]
    drawn = [
        (replace(line.shifted(3 * i, 2 * i), denies=i % 2 == 0), ("#ff0000", "#00ff00", "#4040ff")[i % 3])
        for i in range(20)
    ]
    canvas, ratio = plane.canvas, plane.pixel_ratio
    for finer in (ratio, 2 * ratio):
        plane.set_canvas(canvas, finer)
        together, held = painted(program, drawn)
        apart, _ = painted(program, *([each] for each in drawn))
        assert len(np.unique(together.reshape(-1, 4), axis=0)) == 4
        np.testing.assert_array_equal(together, apart)
        assert held <= 4 * canvas.width() * canvas.height() * finer**2 + BYTES
    plane.set_canvas(canvas, ratio)
    path = tmp_path / "Tune.csv"
    path.write_text("0.0, 2.0, 54.6\n0.0, 2.0, 50.5\n0.0, 2.0, 57.9\n")
    QTest.keyClick(program.window, Qt.Key.Key_O, CTRL_ALT)
    asked = program.window.findChild(QFileDialog, "notesDialog")
    asked.filesSelected.emit([str(path)])
    asked.close()
    assert pump(program.application, lambda: panel(program).list.count() == 3, 10)
    assert [each.name for each in document.layers] == ["Rest", "Source 1", "Source 2", "Tune"]
    assert "Notes: 3" in texts(program)[-1]


def test_a_shared_component_is_held_by_the_menu_of_its_curve_and_kept(pointed):
    program, document = pointed, pointed.desk.document
    pane = program.window.panes.templates
    before, k = document.recorded_state, first_in_view(pane)
    choose(program, open_menu(program, pane, k), "hold100")
    assert document.undo_name == f"Hold the template of component {k + 1}"
    assert program.desk.holding.held(k, Curve.TEMPLATE).weight == 1
    w = document.run.factors.W.copy()
    program.window.panes.factorise.iterations.setValue(5)
    program.window.actions_.by_name["continue"].trigger()
    finish(program)
    now = document.recorded_state
    # But for what is too small to be a normal number.
    np.testing.assert_allclose(document.run.factors.W[:, k], w[:, k], rtol=0, atol=1e-36)
    assert not np.array_equal(document.run.factors.W[:, k - 1], w[:, k - 1])
    assert now.layers == before.layers and now.marks is before.marks
    # Drawn in, it is what was drawn that is held.
    press(program, Qt.Key.Key_B)
    lane = lane_of(pane, k)
    start, end = lane.center().toPoint(), (lane.center().toPoint() + QPoint(0, 20))
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(pane, end)
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    pump(program.application)
    held = program.desk.holding.held(k, Curve.TEMPLATE)
    assert np.array_equal(held.values, document.run.factors.W[:, k]) and not np.array_equal(held.values, w[:, k])
    assert document.undo_name.startswith("Draw the template")
