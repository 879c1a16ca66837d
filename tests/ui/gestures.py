"""Keys, drags and the wheel in the real window, and waiting for what comes of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.conftest import pump
from workbench.ui.stack.layer_row import MIME

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
    if keys != NONE:
        # Else the system takes them to be held from then on.
        QTest.keyClick(program.window, Qt.Key.Key_Control)
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
    """Where a component's lane is, once it is drawn."""

    def lane():
        pane._ensure_picture()
        return next((rect for rect, _, c in pane._lanes if c == component), None)

    assert pump(QApplication.instance(), lane, 5)
    return lane()


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


def pixels(widget: QWidget) -> np.ndarray:
    """What a widget shows now: (height, width, 4)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def still(program, widget: QWidget) -> np.ndarray:
    """What a widget shows once it is drawn to the end: when it stays the same a while."""
    seen, again = [pixels(widget)], 0

    def holds() -> bool:
        nonlocal again
        pump(program.application, seconds=0.05)
        now = pixels(widget)
        again = again + 1 if np.array_equal(now, seen[-1]) else 0
        seen[:] = [now]
        return again >= 4

    assert pump(program.application, holds, 20)
    return seen[-1]


def laid_out(program):
    """Wait until the rows of the mask stack, all of them shown, stand below each other in their order."""
    panel = program.window.panes.stack

    def stand() -> bool:
        places = sorted((row.geometry() for row in (*panel.rows, *panel.group_rows)), key=lambda place: place.top())
        in_order = [row.y() for row in panel.rows]
        return in_order == sorted(in_order) and all(a.bottom() < b.top() for a, b in pairwise(places))

    pump(program.application, seconds=0.02)
    assert pump(program.application, stand, 10)


def drop(program, what: str, y: float):
    """Let something go in the list of the mask stack, at a height of it."""
    rows = program.window.panes.stack.rows[0].parentWidget()
    data = QMimeData()
    data.setData(MIME, what.encode())
    at, action, none = QPointF(60, y), Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(rows, QDragEnterEvent(at.toPoint(), action, data, none, NONE))
    QApplication.sendEvent(rows, QDropEvent(at, action, data, none, NONE))
    laid_out(program)


def click(program, index, keys=NONE):
    """A click on a layer's row in the mask stack."""
    QTest.mouseClick(program.window.panes.stack.rows[index], LEFT, keys, QPoint(90, 20))


def group(program, *indices):
    """Group layers by Ctrl+click and G; answers the group's id."""
    click(program, indices[0])
    for index in indices[1:]:
        click(program, index, CTRL)
    press(program, Qt.Key.Key_G)
    laid_out(program)
    return program.desk.document.groups[-1].id


def dialog(program, name: str) -> QDialog:
    """The one dialog of a name that is open."""
    found = [each for each in program.window.findChildren(QDialog, name) if each.isVisible()]
    assert len(found) == 1, (name, found)
    return found[0]


def settle(program, seconds=20):
    """Let all jobs end."""
    assert pump(program.application, lambda: not program.desk.runner.jobs, seconds)
    pump(program.application)


def comes_to_show_costs(program, curves, seconds=5):
    """Whether the plot of the costs shows so many curves, at once or a moment later."""
    return pump(program.application, lambda: len(program.window.panes.costs.listDataItems()) == curves, seconds)


def select_rectangle(program) -> None:
    """Drag a rectangle about the middle of the spectrogram."""
    at = middle(program)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(60, 40), at + QPoint(60, 40))
