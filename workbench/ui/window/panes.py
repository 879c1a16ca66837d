"""The panes around the spectrogram, placed as the figure of the method: W at the left, H below, masks at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QToolBar, QWidget

if TYPE_CHECKING:
    from workbench.ui.window.main import MainWindow

LAYOUT_VERSION = 3
"""Of what is remembered of the panes; another one begins anew."""
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class Panes(QObject):
    """Docks and bars of the main window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopLeftCorner, LEFT),
            (Qt.Corner.BottomRightCorner, RIGHT),
            (Qt.Corner.TopRightCorner, RIGHT),
        ):
            window.setCorner(corner, area)
        window.setDockNestingEnabled(True)
        self.templates = self._dock(self.tr("Templates  W"), "templatesDock", window.templates, LEFT)
        self.factorise = self._dock(self.tr("Factorise"), "factoriseDock", window.factorise_panel, LEFT)
        self.activations = self._dock(self.tr("Activations  H"), "activationsDock", window.activations, BOTTOM)
        self.stack = self._dock(self.tr("Mask stack"), "stackDock", window.stack_panel, RIGHT)
        self.history = self._dock(self.tr("History"), "historyDock", window.history_panel, RIGHT)
        self.mixer = self._dock(self.tr("Mixer"), "mixerDock", window.mixer, BOTTOM)

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """All docks."""
        return self.templates, self.factorise, self.activations, self.stack, self.history, self.mixer

    def _dock(self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self._window.addDockWidget(area, dock)
        return dock

    def bar(self, name: str, title: str, widget: QWidget, area: Qt.ToolBarArea) -> None:
        """A bar at an edge of the window, which stays there."""
        bar = QToolBar(title)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.addWidget(widget)
        bar.toggleViewAction().setVisible(False)
        self._window.addToolBar(area, bar)

    def reset(self) -> None:
        """Every pane in its place."""
        window = self._window
        for dock, area in (
            (self.templates, LEFT),
            (self.factorise, LEFT),
            (self.activations, BOTTOM),
            (self.stack, RIGHT),
            (self.history, RIGHT),
            (self.mixer, BOTTOM),
        ):
            dock.setFloating(False)
            window.addDockWidget(area, dock)
            dock.show()
        window.tabifyDockWidget(self.stack, self.history)
        self.stack.raise_()
        window.tabifyDockWidget(self.activations, self.mixer)
        self.activations.raise_()
        window.splitDockWidget(self.templates, self.factorise, Qt.Orientation.Vertical)
        window.resizeDocks([self.templates, self.stack], [236, 326], Qt.Orientation.Horizontal)
        lower = max(168, window.height() // 5)
        heights = [window.height() - lower, max(260, lower)]
        window.resizeDocks([self.templates, self.factorise], heights, Qt.Orientation.Vertical)
        window.resizeDocks([self.activations], [lower], Qt.Orientation.Vertical)

    def switch_lower(self) -> None:
        """The mixer, or the activations where it is shown."""
        shown = self._window.mixer.visibleRegion().isEmpty()
        wanted = self.mixer if shown else self.activations
        wanted.show()
        wanted.raise_()
