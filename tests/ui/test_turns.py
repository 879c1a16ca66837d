"""The window goes before work in the background from the first event that waits until none does."""

import pytest
import shiboken6
from PySide6.QtCore import QTimer

from tests.conftest import pump
from workbench.ui.window.turns import Turns


@pytest.fixture
def precedence(opened):
    return opened.desk.runner._precedence


def test_it_is_free_again_once_nothing_is_to_be_done(opened, precedence):
    for _ in range(3):
        opened.window.update()
        assert pump(opened.application, lambda: precedence.claimed)
        assert pump(opened.application, lambda: not precedence.claimed)


def test_it_is_claimed_while_a_timer_and_a_painting_are_handled(opened, precedence, monkeypatch):
    seen = []
    assert pump(opened.application, lambda: not precedence.claimed)
    QTimer.singleShot(0, lambda: seen.append(precedence.claimed))
    assert pump(opened.application, lambda: seen)
    view = opened.window.panes.spectrogram
    painted = view._image.paint

    def paint(*arguments):
        seen.append(precedence.claimed)
        return painted(*arguments)

    monkeypatch.setattr(view._image, "paint", paint)
    assert pump(opened.application, lambda: not precedence.claimed)
    view.update()
    assert pump(opened.application, lambda: len(seen) > 1)
    assert all(seen)


def test_nobody_waits_for_a_window_that_is_gone(opened, precedence):
    turns = Turns(precedence)
    pump(opened.application, lambda: not precedence.claimed)
    turns.begin()
    assert precedence.claimed
    shiboken6.delete(turns)
    assert not precedence.claimed
