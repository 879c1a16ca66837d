"""The menu of the right button over a curve: held or not, and how firmly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from workbench.control.holding import WEIGHTS, Holding
from workbench.separation.holds import Curve


class CurveMenu(QMenu):
    """Made anew for each curve that it is opened over."""

    def __init__(self, holding: Holding, curve: Curve, parent: QWidget) -> None:
        super().__init__(parent)
        self._holding, self._curve = holding, curve
        self.setObjectName(f"{curve}Menu")
        self.setAccessibleName(self.tr("What is held of this curve"))
        self.setToolTipsVisible(True)

    def open_at(self, place: QPoint, component: int, more: Callable[[QMenu], None] | None = None) -> None:
        """Open it at a place of the screen, for a component; `more` adds what else there is to do at that place."""
        self.clear()
        held = self._holding.held(component, self._curve)
        free = self.tr("&Free")
        exact = self.tr("&Hold this template") if self._curve is Curve.TEMPLATE else self.tr("&Hold this activation")
        pull = self.tr("&Pull towards it, {0:.0f} %")
        group = QActionGroup(self)
        for weight in (0.0, *WEIGHTS):
            text = free if weight == 0 else exact if weight == 1 else pull.format(100 * weight)
            action = self.addAction(text)
            action.setObjectName(f"hold{100 * weight:.0f}")
            action.setCheckable(True)
            action.setChecked(weight == (0.0 if held is None else held.weight))
            action.setActionGroup(group)
            action.triggered.connect(partial(self._choose, component, weight))
            action.setToolTip(self._told_of(weight))
        if more is not None:
            more(self)
        self.popup(place)

    def _told_of(self, weight: float) -> str:
        if weight == 0:
            return self.tr("Factorise and Continue may change it")
        if weight == 1:
            return self.tr("Factorise and Continue keep it exactly as it is, or as you draw it")
        return self.tr(
            "In every iteration {0:.0f} % of it is what it is now, or what you draw; the rest fits the recording"
        ).format(100 * weight)

    def _choose(self, component: int, weight: float) -> None:
        if weight == 0:
            self._holding.release(component, self._curve)
        else:
            self._holding.hold(component, self._curve, weight)
