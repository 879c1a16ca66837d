"""A user who presses keys, clicks, drags and turns the wheel at random harms nothing (offscreen)."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)

from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, press, settle

ACTS = 300
MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
LEFT_OUT = {"quit", "open", "demo", "oldDemo", "save", "saveAs", "factorise", "continue", "anotherSeed", "suggest"}
"""They leave the recording, or take minutes of computing."""


class RandomUser:
    """One hand with a seed."""

    def __init__(self, program, seed: int) -> None:
        self.program, self.rng = program, np.random.default_rng(seed)
        actions = program.window.findChildren(QAction)
        keyed = [each for each in actions if each.shortcuts() and each.objectName() not in LEFT_OUT]
        self.keys = [key for action in keyed for key in action.shortcuts()]
        self.told: list[str] = []

    def choose(self, among):
        return among[int(self.rng.integers(len(among)))]

    def act(self) -> None:
        """Anything."""
        doing = self.choose(
            [self.key, self.key, self.press_button, self.slide, self.drag, self.drag, self.turn, self.pick]
        )
        doing()
        self.program.application.processEvents()
        self.tidy()

    def tidy(self) -> None:
        """Menus and lists that are open hold all else up; dialogs are left now and then."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for each in self.program.window.findChildren(QDialog):
            if each.isVisible() and self.rng.random() < 0.4:
                each.close()

    def visible(self, kind: type) -> list[QWidget]:
        return [each for each in self.program.window.findChildren(kind) if each.isVisible() and each.isEnabled()]

    def place(self, widget: QWidget) -> QPoint:
        return QPoint(*(int(self.rng.integers(max(1, length))) for length in (widget.width(), widget.height())))

    # -- kinds of acts -------------------------------------------------------------------------------

    def key(self) -> None:
        key = self.choose(self.keys)
        self.told.append(key.toString())
        QTest.keySequence(self.program.window, key)

    def press_button(self) -> None:
        inside = self.visible(QAbstractButton)
        buttons = [
            each
            for each in inside
            # Of docks and fields, which Qt makes itself; menus of buttons and what opens files hold up.
            if each.objectName()
            and not each.objectName().startswith("qt_")
            and not (isinstance(each, QPushButton) and each.menu())
            and each.objectName() not in ("factorise", "another", "continueRun", "suggestCount", "exportGo")
            and "factorise" not in each.objectName().lower()
        ]
        button = self.choose(buttons)
        self.told.append(f"click {button.objectName()}")
        QTest.mouseClick(button, LEFT, self.choose([NONE, SHIFT]), button.rect().center())

    def slide(self) -> None:
        slider = self.choose([*self.visible(QSlider), *self.visible(QAbstractSpinBox)])
        self.told.append(f"slide {slider.objectName()}")
        if isinstance(slider, QSlider):
            self.drag_in(slider, LEFT, NONE)
        else:
            slider.stepBy(int(self.rng.integers(-5, 6)))

    def pick(self) -> None:
        box = self.choose([each for each in self.visible(QComboBox) if each.count()])
        self.told.append(f"choose in {box.objectName()}")
        box.setCurrentIndex(int(self.rng.integers(box.count())))
        box.activated.emit(box.currentIndex())

    def drag(self) -> None:
        panes = self.program.window.panes
        pane = self.choose([panes.spectrogram] * 4 + [panes.activations, panes.templates, panes.threshold.histogram])
        if pane.isVisible():
            button = self.choose([LEFT, LEFT, LEFT, MIDDLE, RIGHT])
            keys = self.choose([NONE, NONE, SHIFT, CTRL, SHIFT | CTRL])
            self.told.append(f"drag in {pane.objectName()}")
            self.drag_in(pane, button, keys)

    def drag_in(self, pane: QWidget, button, keys) -> None:
        QTest.mousePress(pane, button, keys, self.place(pane))
        for _ in range(3):
            # A key may take away what is under the hand.
            if not shiboken6.isValid(pane):
                return
            QTest.mouseMove(pane, self.place(pane))
            if self.rng.random() < 0.15:
                self.key()
            self.program.application.processEvents()
        if shiboken6.isValid(pane):
            QTest.mouseRelease(pane, button, keys, self.place(pane))

    def turn(self) -> None:
        widget = self.choose(self.visible(QWidget))
        self.told.append(f"wheel over {widget.objectName()}")
        at = QPointF(self.place(widget))
        turns, keys = QPoint(0, 120 * int(self.rng.integers(-3, 4))), self.choose([NONE, SHIFT, CTRL])
        none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), turns, none, keys, phase, False)
        QApplication.sendEvent(widget, event)


def seen(document) -> tuple[object, int]:
    """The recorded state, and its masks at an even sample of places."""
    stack = document.stack
    masks = stack.evaluate(np.arange(0, stack.bins, 97), np.arange(0, stack.frames, 7))
    np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)
    return document.recorded_state, zlib.crc32(masks.tobytes())


@pytest.mark.parametrize("seed", [1])
def test_a_random_user_harms_nothing_and_every_step_comes_back(factorised, seed):
    program, document = factorised, factorised.desk.document
    program.desk.wishes.set(components=3, iterations=2, tries=1)
    user = RandomUser(program, seed)
    for _ in range(ACTS):
        user.act()
        assert not program.reporter.reports, user.told[-5:]
    for each in program.window.findChildren(QDialog):
        each.close()
    for menu in program.window.findChildren(QMenu):
        menu.close()
    program.desk.tools.choose(program.desk.tools.tool)
    for _ in range(6):
        press(program, Qt.Key.Key_Escape)
    settle(program, 60)
    assert document.state is document.recorded_state
    assert len(document.steps) > ACTS // 20, "something was done"

    document.go_to(len(document.steps) - 1)
    states = [seen(document)]
    while document.undo_name:
        document.undo()
        states.append(seen(document))
    assert len(states) == len(document.steps)
    for state in reversed(states[:-1]):
        document.redo()
        assert seen(document) == state
    assert document.redo_name == ""
