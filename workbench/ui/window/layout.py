"""Where the panes stand: W at the left of V and as high, H below V and as wide, masks at the right.

The window is the figure of the method, V ≈ W H: a template's frequencies are level with the spectrogram's, an
activation's moments stand below them, and the cost of the fit has the corner between the two.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar, QWidget

from workbench.ui.base.guard import guarded
from workbench.ui.window.panes import Panes

VERSION = 6
"""Of what is remembered of the layout; another one begins anew."""
MASKS = 326
"""Width of the panes at the right, in pixels."""
BARS = 64
"""Width of the palette and of the lines between panes."""
DRAG_MS = 30
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)


def _held() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton


@guarded
class Layout(QObject):
    """Docks and bars of the main window."""

    def __init__(self, window: QMainWindow, panes: Panes) -> None:
        super().__init__(window)
        self._window = window
        self._leading: QDockWidget | None = None
        self._dragged: QObject | None = None
        # The corner below W belongs to the bottom: so W is as high as V, and no higher.
        window.setCorner(Qt.Corner.BottomLeftCorner, BOTTOM)
        window.setCorner(Qt.Corner.TopLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setCorner(Qt.Corner.TopRightCorner, RIGHT)
        window.setDockNestingEnabled(True)
        self.templates = self._dock(self.tr("Templates  W"), "templatesDock", panes.templates)
        self.costs = self._dock(self.tr("Cost"), "costDock", panes.costs)
        self.map = self._dock(self.tr("Map"), "mapDock", panes.map)
        self.activations = self._dock(self.tr("Activations  H"), "activationsDock", panes.activations)
        self.mixer = self._dock(self.tr("Mixer"), "mixerDock", panes.mixer)
        self.scores = self._dock(self.tr("Scores"), "scoresDock", panes.scores)
        self.scores.visibilityChanged.connect(panes.scores.set_seen)
        self.factorise = self._dock(self.tr("Factorise"), "factoriseDock", panes.factorise)
        self.stack = self._dock(self.tr("Mask stack"), "stackDock", panes.stack)
        self.marks = self._dock(self.tr("Marks"), "marksDock", panes.marks)
        self.marks.visibilityChanged.connect(panes.marks.set_seen)
        self.history = self._dock(self.tr("History"), "historyDock", panes.history)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._follow)
        for each in (window, self.templates, self.costs, self.map):
            each.installEventFilter(self)
        self.bar("paletteBar", self.tr("Palette"), panes.palette, Qt.ToolBarArea.LeftToolBarArea)
        self.bar("toolsBar", self.tr("Tools"), panes.tool_bar, Qt.ToolBarArea.TopToolBarArea)
        self.bar("transportBar", self.tr("Transport"), panes.transport, Qt.ToolBarArea.BottomToolBarArea)

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """All docks."""
        corner, below = (self.costs, self.map), (self.activations, self.mixer, self.scores)
        return (self.templates, *corner, *below, self.factorise, self.stack, self.marks, self.history)

    @property
    def _corner(self) -> QDockWidget:
        """Which of the two docks in the corner is in front."""
        return self.costs if self.map.widget().visibleRegion().isEmpty() else self.map

    def _dock(self, title: str, name: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self._window.addDockWidget(BOTTOM, dock)
        return dock

    def bar(self, name: str, title: str, widget: QWidget, area: Qt.ToolBarArea) -> None:
        """A bar at an edge of the window, which stays there."""
        bar = QToolBar(title)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.addWidget(widget)
        bar.toggleViewAction().setVisible(False)
        self._window.addToolBar(area, bar)

    def _arrange(self) -> None:
        window = self._window
        window.addDockWidget(LEFT, self.templates)
        window.addDockWidget(BOTTOM, self.costs)
        window.splitDockWidget(self.costs, self.activations, Qt.Orientation.Horizontal)
        window.tabifyDockWidget(self.costs, self.map)
        window.tabifyDockWidget(self.activations, self.mixer)
        window.tabifyDockWidget(self.mixer, self.scores)
        window.addDockWidget(RIGHT, self.factorise)
        window.tabifyDockWidget(self.factorise, self.stack)
        window.tabifyDockWidget(self.stack, self.marks)
        window.tabifyDockWidget(self.marks, self.history)

    def reset(self) -> None:
        """Every pane in its place."""
        window = self._window
        for dock in self.docks:
            # Taken out first: what is moved within the window leaves its former nesting behind.
            dock.setFloating(False)
            window.removeDockWidget(dock)
        self._arrange()
        for dock in self.docks:
            dock.show()
        self.stack.raise_()
        self.costs.raise_()
        self.activations.raise_()
        corner = min(236, window.width() // 6)
        window.resizeDocks([self.templates, self.stack], [corner, MASKS], Qt.Orientation.Horizontal)
        self._align(corner)
        window.resizeDocks([self.activations], [max(132, window.height() * 22 // 100)], Qt.Orientation.Vertical)

    def _align(self, corner: int) -> None:
        """H begins where W ends, so that its pane holds all of V's time and has room for numbers before it."""
        beside = max(1, self._window.width() - MASKS - corner - BARS)
        self._window.resizeDocks([self._corner, self.activations], [corner, beside], Qt.Orientation.Horizontal)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep one boundary between W and V, and between the cost and H, whichever of the two is dragged.

        Of a wider window the docks at the bottom take shares, those at the left do not: then H follows W.
        """
        if event.type() == QEvent.Type.Resize:
            held = _held() and watched in (self.templates, self._corner)
            self._dragged = watched if held else None
            self._later.start(0)
        return False

    def _follow(self) -> None:
        if _held():
            # While a boundary is dragged Qt goes back to the widths it began with at every move.
            self._later.start(DRAG_MS)
        elif self._in_place and self._dragged is self._corner:
            self._window.resizeDocks([self.templates], [self._corner.width()], Qt.Orientation.Horizontal)
        elif self._in_place:
            self._align(self.templates.width())

    @property
    def _in_place(self) -> bool:
        """Whether W stands at the left and the cost below it, as after a reset."""
        docks = (self.templates, LEFT), (self._corner, BOTTOM), (self.activations, BOTTOM)
        at_home = all(not dock.isFloating() and self._window.dockWidgetArea(dock) == area for dock, area in docks)
        return at_home and self.templates.isVisible() and self._corner.isVisible()

    def show_mixer(self) -> None:
        """The mixer, or the activations where it is shown."""
        shown = self.mixer.widget().visibleRegion().isEmpty()
        wanted = self.mixer if shown else self.activations
        wanted.show()
        wanted.raise_()

    def show_scores(self) -> None:
        """Bring the scores forward."""
        self.scores.show()
        self.scores.raise_()

    def lead_to(self, factorised: bool) -> None:
        """Bring forward what comes next: the masks where there are some, else how to get them."""
        self._leading = self.stack if factorised else self.factorise
        self._leading.raise_()

    def lead_on(self) -> None:
        """Bring the masks forward where they have just come; not again, whatever else is brought forward meanwhile."""
        if self._leading is not self.stack:
            self.lead_to(True)
