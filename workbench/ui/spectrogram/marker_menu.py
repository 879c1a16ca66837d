"""What the right button offers in the lane of markers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from workbench.control.markers import Markers
from workbench.document.state import Marker
from workbench.ui.base.names import short

MOST_LETTERS = 40
"""Of a name."""
Entry = tuple[str, str, Callable[[], object]]


class MarkerMenu(QObject):
    """Of a marker, or of a place beside all of them."""

    def __init__(self, over: QWidget, markers: Markers) -> None:
        super().__init__(over)
        self._over, self._markers = over, markers
        self._menu: QMenu | None = None

    def open_on(self, marker: Marker, place: QPoint, rename: Callable[[Marker], object]) -> None:
        """What can be done with a marker; it is named at the top."""
        markers = self._markers
        self._open(
            short(marker.name, MOST_LETTERS).replace("&", "&&"),
            (
                ("markerGo", self.tr("&Go there"), lambda: markers.go_to(marker)),
                ("markerZoom", self.tr("&Zoom there"), lambda: markers.zoom_to(marker)),
                ("markerRename", self.tr("&Rename (F2)"), lambda: rename(marker)),
                ("markerRemove", self.tr("Re&move (Delete)"), lambda: markers.take_away(marker)),
            ),
            place,
        )

    def open_beside(self, second: float, place: QPoint) -> None:
        """What can be made where there is none."""
        markers = self._markers
        self._open(
            "",
            (
                ("markerHere", self.tr("&Marker here"), lambda: markers.add(second)),
                ("markerRegion", self.tr("&Region of the selection"), markers.add_region),
            ),
            place,
        )

    def _open(self, title: str, entries: Sequence[Entry], place: QPoint) -> None:
        if self._menu is not None:
            self._menu.close()
            self._menu.deleteLater()
        self._menu = menu = QMenu(self._over)
        menu.setObjectName("markerMenu")
        if title:
            menu.addAction(title).setEnabled(False)
            menu.addSeparator()
        for name, text, act in entries:
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, act=act: act())
        menu.popup(place)
