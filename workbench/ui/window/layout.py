"""Where the panes stand: W at the left of V and as high, H below V and as wide, masks at the right.

The window is the figure of the method, V ≈ W H: a template's frequencies are level with the spectrogram's, an
activation's moments stand below them, and the cost of the fit has the corner between the two.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from workbench.ui.window.panes import Panes

VERSION = 4
"""Of what is remembered of the layout; another one begins anew."""
MASKS = 326
"""Width of the panes at the right, in pixels."""
BARS = 64
"""Width of the palette and of the lines between panes."""
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


class Layout(QObject):
    """Docks and bars of the main window."""

    def __init__(self, window: QMainWindow, panes: Panes) -> None:
        super().__init__(window)
        self._window = window
        # The corner below W belongs to the bottom: so W is as high as V, and no higher.
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        window.setCorner(Qt.Corner.TopLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setCorner(Qt.Corner.TopRightCorner, RIGHT)
        window.setDockNestingEnabled(True)
        self.templates = self._dock(self.tr("Templates  W"), "templatesDock", panes.templates, LEFT)
        self.costs = self._dock(self.tr("Cost"), "costDock", panes.costs, BOTTOM)
        self.activations = self._dock(self.tr("Activations  H"), "activationsDock", panes.activations, BOTTOM)
        self.mixer = self._dock(self.tr("Mixer"), "mixerDock", panes.mixer, BOTTOM)
        self.factorise = self._dock(self.tr("Factorise"), "factoriseDock", panes.factorise, RIGHT)
        self.stack = self._dock(self.tr("Mask stack"), "stackDock", panes.stack, RIGHT)
        self.history = self._dock(self.tr("History"), "historyDock", panes.history, RIGHT)
        self.bar("paletteBar", self.tr("Palette"), panes.palette, Qt.ToolBarArea.LeftToolBarArea)
        self.bar("toolsBar", self.tr("Tools"), panes.tool_bar, Qt.ToolBarArea.TopToolBarArea)
        self.bar("transportBar", self.tr("Transport"), panes.transport, Qt.ToolBarArea.BottomToolBarArea)

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """All docks."""
        return (self.templates, self.costs, self.activations, self.mixer, self.factorise, self.stack, self.history)

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
        for dock in self.docks:
            # Taken out first: what is moved within the window leaves its former nesting behind.
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(LEFT, self.templates)
        window.addDockWidget(BOTTOM, self.costs)
        window.splitDockWidget(self.costs, self.activations, Qt.Orientation.Horizontal)
        window.tabifyDockWidget(self.activations, self.mixer)
        window.addDockWidget(RIGHT, self.factorise)
        window.tabifyDockWidget(self.factorise, self.stack)
        window.tabifyDockWidget(self.stack, self.history)
        for dock in self.docks:
            dock.show()
        self.stack.raise_()
        self.activations.raise_()
        # H begins where W ends, so that its pane holds all of V's time and has room for numbers before it.
        corner = min(236, window.width() // 6)
        beside = max(1, window.width() - MASKS - corner - BARS)
        window.resizeDocks([self.templates, self.stack], [corner, MASKS], Qt.Orientation.Horizontal)
        window.resizeDocks([self.costs, self.activations], [corner, beside], Qt.Orientation.Horizontal)
        window.resizeDocks([self.activations], [max(132, window.height() * 22 // 100)], Qt.Orientation.Vertical)

    def show_mixer(self) -> None:
        """The mixer, or the activations where it is shown."""
        shown = self.mixer.widget().visibleRegion().isEmpty()
        wanted = self.mixer if shown else self.activations
        wanted.show()
        wanted.raise_()

    def lead_to(self, factorised: bool) -> None:
        """Bring forward what comes next: the masks where there are some, else how to get them."""
        (self.stack if factorised else self.factorise).raise_()
