"""The Point tool on a desk: clicks and strokes, at seconds and shares of the height."""

from __future__ import annotations

from tests.control.scenes import point, previewing
from workbench.control.desk import Desk
from workbench.control.marking import Says


def click(desk: Desk, second: float, share: float = 0.5, says: Says = Says.THIS) -> None:
    """Press and release at once."""
    desk.marking.begin(point(desk, second, share), says)
    desk.marking.end()


def drag(desk: Desk, *places: tuple[float, float], says: Says = Says.THIS) -> None:
    """A stroke through some places."""
    desk.marking.begin(point(desk, *places[0]), says)
    for place in places[1:]:
        desk.marking.move(point(desk, *place))
    desk.marking.end()
    assert not previewing(desk)


def chips(desk: Desk) -> list[int]:
    """Ids of the sources, in order."""
    return [layer.id for layer in desk.document.layers if layer.components]
