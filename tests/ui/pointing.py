"""The Point tool in the real window: clicks, and what there is to see of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE


def at(program, across, up) -> QPoint:
    """A point of the canvas by shares of its width and height."""
    canvas = program.desk.plane.canvas
    return QPoint(round(canvas.left() + across * canvas.width()), round(canvas.bottom() - up * canvas.height()))


def click(program, point, keys=NONE):
    view = program.window.panes.spectrogram
    QTest.mouseMove(view, point)
    QTest.mouseClick(view, LEFT, keys, point)
    pump(program.application)


def hover(program, point):
    # A pointer that is there already is told of no move.
    for each in (point + QPoint(9, 9), point):
        QTest.mouseMove(program.window.panes.spectrogram, each)
    assert pump(program.application, lambda: program.desk.marking.lit is not None, 10)
    pump(program.application)


def leave(program):
    view = program.window.panes.spectrogram
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert pump(program.application, lambda: program.desk.marking.lit is None, 10)
    pump(program.application)


def chips(program):
    return program.window.panes.tool_bar.options.sources


def names(program):
    return [layer.name for layer in program.desk.document.layers]


def marks(program):
    return program.desk.marks.marks
