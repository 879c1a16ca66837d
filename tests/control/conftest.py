"""A desk without a window: QtCore only, over two seconds of tones, with a player that makes no sound."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect

from tests.conftest import pump
from tests.control.scenes import SilentPlayer, Told, open_tones, separate
from workbench.control.desk import Desk, build_desk
from workbench.control.tools import Tool


@pytest.fixture(scope="package", autouse=True)
def application() -> Iterator[QCoreApplication]:
    """An application without windows; it goes, so that tests of the window can have theirs."""
    existing = QCoreApplication.instance()
    application = existing or QCoreApplication([])
    yield application
    if existing is None:
        application.shutdown()


@pytest.fixture
def empty(application: QCoreApplication) -> Iterator[Desk]:
    """A desk with nothing open. What raised in a slot or in a thread fails the test."""
    raised: list[BaseException] = []
    hooks = sys.excepthook, threading.excepthook
    sys.excepthook = lambda kind, error, trace: raised.append(error)
    threading.excepthook = lambda args: raised.append(args.exc_value)
    desk = build_desk(SilentPlayer)
    desk.plane.set_canvas(QRect(0, 0, 400, 200), 1.0)
    desk.tools.choose(Tool.SELECT)
    try:
        yield desk
    finally:
        # It waits for the work under way; what that has to tell nobody hears.
        desk.close()
        pump(application)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        sys.excepthook, threading.excepthook = hooks
    if raised:
        raise raised[0]


@pytest.fixture
def desk(empty: Desk) -> Desk:
    """A desk with two seconds of tones, in one layer."""
    open_tones(empty)
    return empty


@pytest.fixture
def separated(desk: Desk) -> Desk:
    """A desk whose recording is in four layers, of a component each."""
    separate(desk, 4)
    return desk


@pytest.fixture
def pointing(desk: Desk, until: Callable[[Callable[[], object]], None]) -> Desk:
    """A desk with the Point tool in hand, over a recording whose components are known."""
    until(lambda: desk.components.factors is not None)
    desk.tools.choose(Tool.POINT)
    return desk


@pytest.fixture
def told(empty: Desk) -> Told:
    """What the user is told."""
    return Told(empty.notices)


@pytest.fixture
def settle(empty: Desk, application: QCoreApplication) -> Callable[[], None]:
    """Wait until no work is under way."""

    def wait() -> None:
        assert pump(application, lambda: not empty.runner.jobs, 20)

    return wait


@pytest.fixture
def until(application: QCoreApplication) -> Callable[[Callable[[], object]], None]:
    """Wait until something holds."""

    def wait(condition: Callable[[], object]) -> None:
        assert pump(application, condition, 10)

    return wait
