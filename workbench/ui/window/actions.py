"""Menus and keys: every act of the window by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from workbench.audio.scene import Hear
from workbench.control.listening import Where
from workbench.control.tools import SELECTING, Tool, described
from workbench.document.acts import layers as layer_acts
from workbench.document.state import SLOTS

if TYPE_CHECKING:
    from workbench.ui.window.main import MainWindow


def build_actions(window: MainWindow) -> dict[str, QAction]:
    """Fill the menu bar and set the keys; returns the actions by name."""
    return _Builder(window).actions


class _Builder:
    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.actions: dict[str, QAction] = {}
        self._file()
        self._edit()
        self._select()
        self._masks()
        self._layers()
        self._stacks()
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
        self._add(
            menu,
            "oldDemo",
            tr("Open the demo as an &old recording"),
            "",
            lambda: w.files.open_demo("old"),
            tr("Folded down to mono, with hiss: to be remastered in stereo"),
        )
        menu.addSeparator()
        self._add(menu, "save", tr("&Save project"), "Ctrl+S", w.files.save)
        self._add(menu, "saveAs", tr("Save project &as…"), "Ctrl+Shift+S", w.files.save_as)
        self._add(menu, "export", tr("&Export…"), "Ctrl+Shift+E", lambda: w.exporting.show_dialog(w.files.folder))
        menu.addSeparator()
        self._add(menu, "quit", tr("&Quit"), "Ctrl+Q", w.close)

    def _edit(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Edit"), "editMenu")
        undo = self._add(menu, "undo", tr("&Undo"), "Ctrl+Z", w.undo)
        redo = self._add(menu, "redo", tr("&Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], w.redo)
        menu.addSeparator()
        self._add(
            menu,
            "copyMask",
            tr("&Copy the mask"),
            "Ctrl+C",
            w.editing.copy,
            tr("Remember the selected layer's mask within the selection"),
        )
        self._add(
            menu,
            "pasteMask",
            tr("&Paste the mask"),
            "Ctrl+V",
            w.editing.paste,
            tr("Put what was copied into the selected layer, where it was"),
        )
        self._add(
            menu,
            "pasteThere",
            tr("Paste at the play&head"),
            "Ctrl+Shift+V",
            lambda: w.editing.paste(w.audition.position),
            tr("Put what was copied into the selected layer, from the playhead on"),
        )
        menu.addSeparator()
        accept = self._add(menu, "accept", tr("&Apply what is shown"), ["Return", "Enter"], w.accept)
        back = self._add(menu, "takeBack", tr("Take the last &corner back"), "Backspace", w.selector.take_back)
        self._add(menu, "escape", tr("Cancel what is under way"), "Esc", w.escape)

        def refresh() -> None:
            document = w.document
            undo.setEnabled(bool(document.undo_name))
            redo.setEnabled(bool(document.redo_name))
            undo.setText(tr("&Undo {0}").format(document.undo_name).rstrip())
            redo.setText(tr("&Redo {0}").format(document.redo_name).rstrip())

        def pending() -> None:
            # Only then: these keys have their own meaning in fields and lists.
            accept.setEnabled(w.threshold.pending or w.selector.busy)
            back.setEnabled(w.selector.busy)

        w.document.masks_changed.connect(lambda _: pending())
        w.tools.changed.connect(pending)
        w.spectrogram.drag_began.connect(lambda *_: pending())
        w.spectrogram.drag_ended.connect(pending)
        w.spectrogram.double_clicked.connect(lambda _: pending())
        w.threshold.done.connect(pending)
        pending()
        w.document.history_changed.connect(refresh)
        refresh()

    def _select(self) -> None:
        w, tr, editing = self.window, self.window.tr, self.window.editing
        menu = self._menu(tr("&Select"), "selectMenu")
        self._add(menu, "selectAll", tr("&All"), "Ctrl+A", editing.select_all)
        self._add(menu, "selectNone", tr("&Nothing"), "Ctrl+D", w.selector.deselect)
        self._add(menu, "selectOther", tr("&Invert the selection"), "Ctrl+Shift+I", editing.invert_area)
        menu.addSeparator()

        def reshape(how: str) -> Callable[[], None]:
            return lambda: editing.reshape(how, w.tool_bar.options.amount.value())

        self._add(menu, "grow", tr("&Grow"), "Ctrl+]", reshape("grow"))
        self._add(menu, "shrink", tr("&Shrink"), "Ctrl+[", reshape("shrink"))
        self._add(menu, "feather", tr("&Feather"), "Ctrl+Alt+F", reshape("feather"))
        self._add(
            menu,
            "overtones",
            tr("Add its &harmonics"),
            "Ctrl+H",
            lambda: editing.reshape("overtones", w.tools.options.brush.harmonics),
        )
        self._add(menu, "dominated", tr("Where this layer &dominates"), "Ctrl+Shift+D", editing.select_dominated)

    def _masks(self) -> None:
        w, tr, editing = self.window, self.window.tr, self.window.editing
        menu = self._menu(tr("&Mask"), "maskMenu")
        self._add(
            menu,
            "fill",
            tr("&Fill the selection"),
            "Shift+F",
            editing.fill,
            tr("Give the selected layer all that is selected"),
        )
        self._add(
            menu,
            "takeAway",
            tr("&Take the selection away"),
            "Delete",
            w.delete,
            tr("Take the selection from the selected layer; without a selection delete the layer"),
        )
        self._add(
            menu,
            "cutToNew",
            tr("&Cut to a new layer"),
            "Ctrl+J",
            editing.cut_to_new,
            tr("A new layer takes what the selected one holds of the selection"),
        )
        self._add(
            menu,
            "liftToNew",
            tr("&New layer from the selection"),
            "Ctrl+Shift+J",
            editing.lift_to_new,
            tr("A new layer takes everything that is selected, from all layers"),
        )
        assign = menu.addMenu(tr("&Give the selection to"))
        assign.setObjectName("assignMenu")
        self._assign_menu(assign)
        menu.addSeparator()
        self._add(menu, "invert", tr("&Invert the mask"), "Ctrl+I", editing.invert_mask)
        self._add(menu, "binary", tr("Make &binary"), "Ctrl+B", editing.make_binary)
        self._add(
            menu,
            "normalise",
            tr("N&ormalise"),
            "Ctrl+Shift+N",
            editing.normalise,
            tr("Scale the selected mask so that it reaches one"),
        )
        self._add(
            menu,
            "shapeMask",
            tr("&Exponent, cleaning, joining…"),
            "Ctrl+M",
            w.dialogs.shape_mask,
            tr("Operations with numbers, seen and heard before they are done"),
        )
        self._add(
            menu,
            "splitTime",
            tr("Split at this ti&me"),
            "Ctrl+T",
            w.split_time,
            tr("What the layer holds after the pointer's time becomes a new layer"),
        )
        self._add(
            menu,
            "splitFrequency",
            tr("Split at this fre&quency"),
            "Ctrl+Shift+T",
            w.split_frequency,
            tr("What the layer holds above the pointer's frequency becomes a new layer"),
        )
        menu.addSeparator()
        self._add(menu, "restore", tr("Clear edits in the &selection"), "Shift+Delete", editing.restore)
        self._add(menu, "clearLayer", tr("Clear edits of the &layer"), "", editing.clear_layer)
        self._add(menu, "clearEdits", tr("Clear &all edits"), "", editing.clear_all)
        menu.addSeparator()
        self._add(
            menu,
            "analyse",
            tr("Anal&yse the masks…"),
            "Ctrl+Shift+A",
            w.dialogs.analyse_masks,
            tr("Share of energy, level over time and frequency, overlaps"),
        )

    def _assign_menu(self, menu: QMenu) -> None:
        """The layers, with keys for the first nine; the keys work while the menu is closed."""
        w = self.window
        for number in range(1, 10):
            action = self._add(
                menu, f"assign{number}", str(number), f"Ctrl+{number}", partial(self._assign, number - 1)
            )
            action.setVisible(False)

        def refresh() -> None:
            layers = w.document.layers
            for number in range(1, 10):
                action = self.actions[f"assign{number}"]
                action.setVisible(number <= len(layers))
                if number <= len(layers):
                    action.setText(layers[number - 1].name.replace("&", "&&"))

        w.document.layers_changed.connect(refresh)
        w.document.opened.connect(refresh)

    def _assign(self, index: int) -> None:
        layers = self.window.document.layers
        if index < len(layers):
            self.window.editing.assign(layers[index].id)

    def _stacks(self) -> None:
        w, tr, editing = self.window, self.window.tr, self.window.editing
        menu = self._menu(tr("S&tacks"), "stacksMenu")
        self._add(menu, "nextStack", tr("&Next stack"), "PgDown", lambda: editing.next_stack(1))
        self._add(menu, "previousStack", tr("&Previous stack"), "PgUp", lambda: editing.next_stack(-1))
        menu.addSeparator()
        self._add(
            menu,
            "newStack",
            tr("New stack to &factorise"),
            "Ctrl+Alt+N",
            lambda: editing.new_stack(tr("Factorisation")),
        )
        self._add(
            menu,
            "newHpss",
            tr("New stack of &tones and hits…"),
            "",
            w.dialogs.tones_and_hits,
            tr("Harmonic–percussive separation by median filtering"),
        )
        self._add(
            menu,
            "newOracle",
            tr("New stack from true &stems…"),
            "",
            w.dialogs.oracle_dialog,
            tr("Ideal masks: the best that masks can do"),
        )
        self._add(menu, "duplicateStack", tr("&Duplicate this stack"), "", editing.duplicate_stack)
        self._add(menu, "renameStack", tr("&Rename this stack…"), "", w.stack_panel.rename_stack)
        self._add(menu, "removeStack", tr("Remove this stac&k"), "", editing.remove_stack)
        menu.addSeparator()
        copies = menu.addMenu(tr("&Copy the selected layer to"))
        copies.setObjectName("copyToStackMenu")

        def refresh() -> None:
            copies.clear()
            state = w.document.state
            for each in state.stacks:
                if each.id != state.stack:
                    action = copies.addAction(each.name.replace("&", "&&"))
                    action.triggered.connect(lambda _=False, to=each.id: editing.copy_to_stack(to))
            copies.setEnabled(bool(state.shelved))

        w.document.stacks_changed.connect(refresh)
        refresh()

    def _layers(self) -> None:
        w, tr, stack = self.window, self.window.tr, self.window.stack_panel
        menu = self._menu(tr("&Layers"), "layersMenu")
        self._add(menu, "newLayer", tr("&New layer"), "N", stack.add_layer)
        self._add(menu, "rename", tr("&Rename"), "F2", stack.rename_selected)
        self._add(menu, "merge", tr("&Merge the selected"), "Ctrl+E", stack.merge_layers)
        self._add(menu, "deleteLayer", tr("&Delete"), "", stack.delete_layer)
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
        self._add(
            menu,
            "group",
            tr("&Group the selected"),
            "G",
            stack.group_selected,
            tr("Collect the selected layers as one source (Ctrl+click selects several)"),
        )
        self._add(
            menu,
            "walk",
            tr("Audition &walk"),
            "Shift+W",
            w.walk.begin,
            tr("Hear every layer alone for a second, to name and sort it"),
        )
        self._add(
            menu,
            "suggestGroups",
            tr("Sugg&est groups…"),
            "Ctrl+G",
            w.dialogs.suggest_groups,
            tr("By timbre, rhythm, harmonic and percussive, low and high, or reference sounds"),
        )
        self._add(menu, "dissolve", tr("D&issolve the group"), "Shift+G", stack.dissolve_selected)
        self._add(menu, "fold", tr("S&how or hide the layers of the group"), "Alt+Left", stack.toggle_fold)
        self._add(menu, "muteGroup", tr("Mute the group"), "Shift+M", lambda: stack.toggle_group("mute"))
        self._add(menu, "soloGroup", tr("Solo the group"), "Shift+S", lambda: stack.toggle_group("solo"))
        menu.addSeparator()
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
                state = layer_acts.change_layer(state, layer.id, solo=wanted)
        if state is not document.recorded_state:
            document.act(self.window.tr("Solo follows the selection"), state, "follow")

    def _play(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Play"), "playMenu")
        play = self._add(menu, "play", tr("&Play or stop"), "", w.audition.toggle)
        play.setText(tr("&Play or stop\tSpace"))
        self._add(menu, "loop", tr("&Loop"), "L", lambda: w.audition.set_loop(not w.audition.loop))
        self._add(menu, "toStart", tr("To the &start"), "Home", lambda: w.audition.seek(0.0))
        here = self._add(menu, "playHere", tr("Play from the poin&ter"), "", w.play_from_pointer)
        here.setText(tr("Play from the poin&ter\tShift+Space"))
        listen = w.transport.listen
        self._add(menu, "slower", tr("Slo&wer"), "<", lambda: listen.next_speed(-1), tr("Half speed, pitch kept"))
        self._add(menu, "faster", tr("Fast&er"), ">", lambda: listen.next_speed(1), tr("Double speed, pitch kept"))
        menu.addSeparator()
        self._add(
            menu,
            "hearOriginal",
            tr("Hear the &original"),
            "I",
            lambda: w.listening.hear(Hear.ORIGINAL),
            tr("Original and mix in turn, equally loud"),
        )
        self._add(
            menu,
            "hearRemoved",
            tr("Hear what is taken &away"),
            "D",
            lambda: w.listening.hear(Hear.REMOVED),
            tr("The original without the mix"),
        )
        self._add(
            menu,
            "hearSelection",
            tr("Hear only the sele&ction"),
            "H",
            lambda: w.listening.listen(Where.SELECTION),
            tr("Only what is selected"),
        )
        self._add(
            menu, "hearRest", tr("Hear all &but the selection"), "Shift+H", lambda: w.listening.listen(Where.REST)
        )
        self._add(
            menu,
            "hearBrush",
            tr("Hear what is &under the brush"),
            "Z",
            lambda: w.listening.listen(Where.BRUSH),
            tr("Move the pointer over the spectrogram"),
        )
        menu.addSeparator()
        mixes = menu.addMenu(tr("&Mixes"))
        mixes.setObjectName("mixesMenu")
        for slot in range(SLOTS):
            letter = "ABCD"[slot]
            self._add(
                mixes,
                f"recall{letter}",
                tr("&Recall {0}").format(letter),
                f"F{slot + 5}",
                partial(w.mixer.recall, slot),
                tr("Bring back the mix that was remembered"),
            )
        for slot in range(SLOTS):
            letter = "ABCD"[slot]
            self._add(
                mixes,
                f"store{letter}",
                tr("Re&member {0}").format(letter),
                f"Shift+F{slot + 5}",
                partial(w.mixer.store, slot),
                tr("Faders, pans, mutes and solos as they are"),
            )
        self._add(menu, "sound", tr("Sou&nd settings…"), "", w.dialogs.sound, tr("Output device, latency, drop-outs"))
        self._add(menu, "devices", tr("Look for output &devices again"), "", w.audition.look_again)
        menu.addSeparator()
        self._add(menu, "factorise", tr("&Factorise"), "Ctrl+Return", lambda: w.factorise(True))
        self._add(menu, "continue", tr("&Continue"), "Ctrl+Shift+Return", lambda: w.factorise(False))
        self._add(menu, "anotherSeed", tr("Factorise from another &seed"), "Ctrl+R", w.factorise_panel.try_another_seed)
        self._add(menu, "suggest", tr("Suggest a &number of components…"), "", w.dialogs.suggest_components)
        self._add(menu, "allSettings", tr("&All settings…"), "Ctrl+Shift+F", w.dialogs.all_settings)

    def _tools(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Tools"), "toolsMenu")
        numbers = (*SELECTING, Tool.BRUSH, Tool.ERASER, Tool.THRESHOLD, Tool.SMOOTH)
        for tool, text in described().items():
            number = [str((numbers.index(tool) + 1) % 10)] if tool in numbers else []
            self._add(
                menu, f"tool{tool.value}", text.name, [text.key, *number], partial(w.tools.choose, tool), text.tip
            )
        menu.addSeparator()
        self._add(menu, "nextShape", tr("&Next brush shape"), ".", lambda: w.tools.next_shape(1))
        self._add(menu, "previousShape", tr("&Previous brush shape"), ",", lambda: w.tools.next_shape(-1))
        self._add(menu, "smaller", tr("S&maller brush"), "[", lambda: w.tools.set_size(w.tools.size / 1.15))
        self._add(menu, "larger", tr("&Larger brush"), "]", lambda: w.tools.set_size(w.tools.size * 1.15))

    def _view(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&View"), "viewMenu")
        self._add(menu, "fit", tr("&Fit everything"), "F", w.viewport.fit)
        self._add(menu, "nextShow", tr("&Next picture"), "C", w.tool_bar.next_show)
        menu.addSeparator()
        for dock in w.panes.docks:
            menu.addAction(dock.toggleViewAction())
        self._add(menu, "showMixer", tr("Mi&xer or activations"), "F4", w.panes.switch_lower)
        colour = self._add(
            menu,
            "colourThumbnails",
            tr("&Thumbnails in colour"),
            "",
            lambda: None,
            tr("Masks in colour over the mix, or white 0 to black 1"),
        )
        colour.setCheckable(True)
        colour.toggled.connect(w.stack_panel.set_colour_thumbnails)
        self._add(menu, "resetLayout", tr("&Reset the panes"), "", w.panes.reset)
        menu.addSeparator()
        self._add(menu, "themeSystem", tr("Colours of the s&ystem"), "", lambda: w.set_theme("system"))
        self._add(menu, "themeLight", tr("&Light"), "", lambda: w.set_theme("light"))
        self._add(menu, "themeDark", tr("&Dark"), "", lambda: w.set_theme("dark"))

    def _help(self) -> None:
        w, tr = self.window, self.window.tr
        menu = self._menu(tr("&Help"), "helpMenu")
        self._add(menu, "keys", tr("&Keys"), ["?", "Shift+?"], w.dialogs.keys)
