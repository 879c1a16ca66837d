"""Menus and keys: every act of the window by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from workbench.document import acts
from workbench.ui.tools import Tool

if TYPE_CHECKING:
    from workbench.ui.window import MainWindow


def build_actions(window: MainWindow) -> dict[str, QAction]:
    """Fill the menu bar and set the keys; returns the actions by name."""
    return _Builder(window).actions


class _Builder:
    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.actions: dict[str, QAction] = {}
        self._file()
        self._edit()
        self._layers()
        self._play()
        self._tools()
        self._view()
        self._help()

    def _menu(self, title: str, name: str) -> QMenu:
        menu = self.window.menuBar().addMenu(title)
        menu.setObjectName(name)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self, menu: QMenu, name: str, text: str, keys: str | list[str], act: Callable[[], object], tip: str = ""
    ) -> QAction:
        action = QAction(text, self.window)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(k) for k in ([keys] if isinstance(keys, str) else keys) if k])
        action.setToolTip(tip or text.replace("&", ""))
        action.triggered.connect(lambda _=False: act())
        menu.addAction(action)
        self.actions[name] = action
        return action

    def _file(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&File"), "fileMenu")
        self._add(menu, "open", tr("&Open…"), "Ctrl+O", w.files.open_dialog)
        self._add(menu, "demo", tr("Open the &demo"), "", w.files.open_demo)
        menu.addSeparator()
        self._add(menu, "save", tr("&Save project"), "Ctrl+S", w.files.save)
        self._add(menu, "saveAs", tr("Save project &as…"), "Ctrl+Shift+S", w.files.save_as)
        self._add(menu, "export", tr("&Export…"), "Ctrl+Shift+E", w.files.export_dialog)
        menu.addSeparator()
        self._add(menu, "quit", tr("&Quit"), "Ctrl+Q", w.close)

    def _edit(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Edit"), "editMenu")
        undo = self._add(menu, "undo", tr("&Undo"), "Ctrl+Z", w.undo)
        redo = self._add(menu, "redo", tr("&Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], w.redo)
        menu.addSeparator()
        stack = w.stack_panel
        self._add(menu, "invert", tr("&Invert the mask"), "Ctrl+I", stack.invert_mask)
        self._add(menu, "binary", tr("Make &binary"), "Ctrl+B", stack.make_binary)
        self._add(menu, "clearEdits", tr("&Clear all edits"), "", self._clear_edits)
        accept = self._add(menu, "accept", tr("&Apply the threshold"), ["Return", "Enter"], w.accept_threshold)
        self._add(menu, "escape", tr("Cancel what is under way"), "Esc", w.escape)

        def refresh() -> None:
            document = w.document
            undo.setEnabled(bool(document.undo_name))
            redo.setEnabled(bool(document.redo_name))
            undo.setText(tr("&Undo {0}").format(document.undo_name).rstrip())
            redo.setText(tr("&Redo {0}").format(document.redo_name).rstrip())

        def preview() -> None:
            # Only then: Return has its own meaning in fields and lists.
            accept.setEnabled(w.tools.tool is Tool.THRESHOLD and w.document.state is not w.document.recorded_state)

        w.document.masks_changed.connect(lambda _: preview())
        w.tools.changed.connect(preview)
        preview()
        w.document.history_changed.connect(refresh)
        refresh()

    def _clear_edits(self) -> None:
        document = self.window.document
        if document.state.edits:
            document.act(self.window.tr("Clear all edits"), acts.clear_edits(document.recorded_state))

    def _layers(self) -> None:
        w, tr, stack = self.window, self.window.tr, self.window.stack_panel
        menu = self._menu(tr("&Layers"), "layersMenu")
        self._add(menu, "newLayer", tr("&New layer"), "N", stack.add_layer)
        self._add(menu, "rename", tr("&Rename"), "F2", stack.rename_selected)
        self._add(menu, "merge", tr("&Merge the selected"), "Ctrl+E", stack.merge_layers)
        self._add(menu, "deleteLayer", tr("&Delete"), "Delete", stack.delete_layer)
        menu.addSeparator()
        self._add(menu, "above", tr("Select the layer &above"), "Alt+Up", lambda: stack.select_by(-1))
        self._add(menu, "below", tr("Select the layer &below"), "Alt+Down", lambda: stack.select_by(1))
        self._add(menu, "swap", tr("Swap with the layer selected before"), "X", w.swap_selected)
        self._add(menu, "moveUp", tr("Move &up"), "Alt+Shift+Up", lambda: stack.nudge(-1))
        self._add(menu, "moveDown", tr("Move d&own"), "Alt+Shift+Down", lambda: stack.nudge(1))
        menu.addSeparator()
        self._add(menu, "mute", tr("M&ute"), "M", lambda: stack.toggle_selected("mute"))
        self._add(menu, "solo", tr("&Solo"), "S", lambda: stack.toggle_selected("solo"))
        self._add(menu, "lock", tr("Loc&k"), "K", lambda: stack.toggle_selected("lock"))
        follow = self._add(menu, "soloFollows", tr("Solo &follows the selection"), "", self._solo_selected)
        follow.setCheckable(True)
        w.document.layer_chosen.connect(lambda: self._solo_selected() if follow.isChecked() else None)

    def _solo_selected(self) -> None:
        """Solo the selected layer alone; no layer where following was switched off."""
        document = self.window.document
        on = self.actions["soloFollows"].isChecked()
        state = document.recorded_state
        for layer in state.layers:
            wanted = on and layer.id == document.selected
            if layer.solo != wanted:
                state = acts.change_layer(state, layer.id, solo=wanted)
        if state is not document.recorded_state:
            document.act(self.window.tr("Solo follows the selection"), state, "follow")

    def _play(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Play"), "playMenu")
        play = self._add(menu, "play", tr("&Play or stop"), "", w.audition.toggle)
        play.setText(tr("&Play or stop\tSpace"))
        self._add(menu, "loop", tr("&Loop"), "L", lambda: w.audition.set_loop(not w.audition.loop))
        self._add(menu, "toStart", tr("To the &start"), "Home", lambda: w.audition.seek(0.0))
        self._add(menu, "devices", tr("Look for output &devices again"), "", w.audition.look_again)
        menu.addSeparator()
        self._add(menu, "factorise", tr("&Factorise"), "Ctrl+Return", lambda: w.factorise(True))
        self._add(menu, "continue", tr("&Continue"), "Ctrl+Shift+Return", lambda: w.factorise(False))
        self._add(menu, "anotherSeed", tr("Factorise from another &seed"), "Ctrl+R", w.factorise_panel.try_another_seed)
        self._add(menu, "suggest", tr("Suggest a &number of components…"), "", w.suggest_components)
        self._add(menu, "allSettings", tr("&All settings…"), "Ctrl+Shift+F", w.all_settings)

    def _tools(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Tools"), "toolsMenu")
        for number, (tool, text, key) in enumerate((
            (Tool.SELECT, tr("&Select time"), "V"), (Tool.BRUSH, tr("&Brush"), "B"),
            (Tool.ERASER, tr("&Eraser"), "E"), (Tool.THRESHOLD, tr("&Threshold"), "T"),
        ), start=1):  # fmt: skip
            self._add(menu, f"tool{number}", text, [key, str(number)], partial(w.tools.choose, tool))
        menu.addSeparator()
        self._add(menu, "smaller", tr("S&maller brush"), "[", lambda: w.tools.set_size(w.tools.size / 1.15))
        self._add(menu, "larger", tr("&Larger brush"), "]", lambda: w.tools.set_size(w.tools.size * 1.15))

    def _view(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&View"), "viewMenu")
        self._add(menu, "fit", tr("&Fit everything"), "F", w.viewport.fit)
        self._add(menu, "nextShow", tr("&Next picture"), "C", w.tool_bar.next_show)
        menu.addSeparator()
        for dock in w.docks:
            menu.addAction(dock.toggleViewAction())
        colour = self._add(menu, "colourThumbnails", tr("&Thumbnails in colour"), "", lambda: None,
                           tr("Masks in colour over the mix, or white 0 to black 1"))  # fmt: skip
        colour.setCheckable(True)
        colour.toggled.connect(w.stack_panel.set_colour_thumbnails)
        self._add(menu, "resetLayout", tr("&Reset the panes"), "", w.reset_layout)
        menu.addSeparator()
        self._add(menu, "themeSystem", tr("Colours of the s&ystem"), "", lambda: w.set_theme("system"))
        self._add(menu, "themeLight", tr("&Light"), "", lambda: w.set_theme("light"))
        self._add(menu, "themeDark", tr("&Dark"), "", lambda: w.set_theme("dark"))

    def _help(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Help"), "helpMenu")
        self._add(menu, "keys", tr("&Keys"), ["?", "Shift+?"], w.keys_dialog)
