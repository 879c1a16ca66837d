"""Registered actions: each act of the window by its name, with its menu, keys and tooltip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu


@dataclass
class Actions:
    """The actions of a window by name, and by the menus that show them; the list of keys is made from these."""

    window: QMainWindow
    by_name: dict[str, QAction] = field(default_factory=dict)
    by_menu: dict[str, list[QAction]] = field(default_factory=dict)

    def menu(self, title: str, name: str) -> Menu:
        """Another menu in the bar."""
        bar = self.window.menuBar().addMenu(title)
        bar.setObjectName(name)
        bar.setToolTipsVisible(True)
        return Menu(self, bar, title.replace("&", ""))

    def __getitem__(self, name: str) -> QAction:
        return self.by_name[name]

    def menus(self) -> list[tuple[str, list[QAction]]]:
        """Titles of menus with their actions, in order."""
        return list(self.by_menu.items())


@dataclass
class Menu:
    """A menu that is being filled."""

    actions: Actions
    menu: QMenu
    title: str

    def add(
        self, name: str, text: str, keys: str | list[str], act: Callable[[], object], tip: str = "", shown: str = ""
    ) -> QAction:
        """An action.

        Parameters
        ----------
        keys : str or list of str
            '' for none.
        shown : str
            Keys that are caught elsewhere and only shown here.
        """
        window = self.actions.window
        action = QAction(f"{text}\t{shown}" if shown else text, window)
        action.setObjectName(name)
        action.setProperty("meaning", text)
        action.setShortcuts([QKeySequence(k) for k in ([keys] if isinstance(keys, str) else keys) if k])
        action.setToolTip(tip or text.replace("&", ""))
        action.triggered.connect(lambda _=False: act())
        self.menu.addAction(action)
        self.actions.by_name[name] = action
        self.actions.by_menu.setdefault(self.title, []).append(action)
        return action

    def toggle(self, name: str, text: str, changed: Callable[[bool], object], tip: str = "") -> QAction:
        """An action that is on or off."""
        action = self.add(name, text, "", lambda: None, tip)
        action.setCheckable(True)
        action.toggled.connect(changed)
        return action

    def line(self) -> None:
        """A line between actions."""
        self.menu.addSeparator()

    def submenu(self, title: str, name: str) -> Menu:
        """A menu within this one; its keys are listed with this one's."""
        inner = self.menu.addMenu(title)
        inner.setObjectName(name)
        return Menu(self.actions, inner, self.title)
