"""Keys, drags and the wheel in the real window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.conftest import pump

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def press(program, key, keys=NONE):
    # A dialog that was just closed gives the keys back in its own time.
    pump(program.application, seconds=0.01)
    QTest.keyClick(program.window, key, keys)
    pump(program.application)


def drag(program, start: QPoint, end: QPoint, button=LEFT, keys=NONE, steps=6):
    view = program.window.panes.spectrogram
    QTest.mousePress(view, button, keys, start)
    for i in range(1, steps + 1):
        at = QPoint(start.x() + (end.x() - start.x()) * i // steps, start.y() + (end.y() - start.y()) * i // steps)
        QTest.mouseMove(view, at)
        pump(program.application, seconds=0.005)
    QTest.mouseRelease(view, button, keys, end)
    pump(program.application)


def middle(program) -> QPoint:
    return program.desk.plane.canvas.center()


def wheel(program, steps, keys=NONE):
    view, at = program.window.panes.spectrogram, QPointF(middle(program))
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    pump(program.application)


def mask_under(program, layer, point: QPoint) -> float:
    row = round(float(program.desk.plane.bin_places(program.desk.plane.position_at(point.y()))))
    column = round(float(program.desk.plane.frame_places(program.desk.plane.second_at(point.x()))))
    return float(program.desk.document.stack.layer_mask(layer, np.array([row]), np.array([column]))[0, 0])


def finish(program, seconds=60):
    assert pump(program.application, lambda: not program.desk.factorising.running, seconds)
    pump(program.application)


def run(program, **wishes):
    program.desk.wishes.set(**wishes)
    program.desk.wishes.factorise(True)
    finish(program)


def stroke(program, pane: QWidget, *points: QPoint):
    QTest.mousePress(pane, LEFT, Qt.KeyboardModifier.NoModifier, points[0])
    for point in points[1:]:
        QTest.mouseMove(pane, point)
        pump(program.application, seconds=0.005)
    QTest.mouseRelease(pane, LEFT, Qt.KeyboardModifier.NoModifier, points[-1])
    pump(program.application)


def lane_of(pane, component):
    pane._ensure_picture()
    return next(rect for rect, _, c in pane._lanes if c == component)


def rendered(program, layer) -> np.ndarray:
    from workbench.audio.renderer import render_all

    scene = program.desk.document.scene
    return render_all(scene, 0, len(scene.recording.samples), [layer])


def trail(program, *points: QPoint, keys=NONE):
    """A drag over the spectrogram through all points."""
    view = program.window.panes.spectrogram
    QTest.mousePress(view, LEFT, keys, points[0])
    for point in points[1:]:
        QTest.mouseMove(view, point)
        pump(program.application, seconds=0.003)
    QTest.mouseRelease(view, LEFT, keys, points[-1])
    pump(program.application)
