"""The menus Select, Mask, Layers and Stacks."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication

from workbench.control.areas import Reshape
from workbench.control.desk import Desk
from workbench.masks.insight.ordering import Order
from workbench.ui.base.names import short
from workbench.ui.window.actions import Actions, Menu
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.document_menus import tr
from workbench.ui.window.panes import Panes

MOST_KEYS = 9
MOST_LETTERS = 40
"""Of a name in a menu."""


def add_select_menu(actions: Actions, desk: Desk, panes: Panes, dialogs: Dialogs) -> None:
    """Areas of time and frequency."""
    areas = desk.areas
    menu = actions.menu(tr("&Select"), "selectMenu")
    menu.add("selectAll", tr("&All"), "Ctrl+A", areas.select_all)
    menu.add("selectNone", tr("&Nothing"), "Ctrl+D", areas.deselect)
    menu.add("selectOther", tr("&Invert the selection"), "Ctrl+Shift+I", areas.invert)
    menu.line()
    for how, text, key in (
        (Reshape.GROW, tr("&Grow"), "Ctrl+]"),
        (Reshape.SHRINK, tr("&Shrink"), "Ctrl+["),
        (Reshape.FEATHER, tr("&Feather"), "Ctrl+Alt+F"),
    ):
        menu.add(how.value, text, key, partial(_reshape, desk, panes, how))
    menu.add(
        "overtones",
        tr("Add its &harmonics"),
        "Ctrl+H",
        lambda: areas.reshape(Reshape.OVERTONES, desk.tools.options.brush.harmonics),
    )
    menu.add(
        "similar",
        tr("Add si&milar events"),
        "Ctrl+Shift+H",
        panes.tool_bar.options.add_similar,
        tr("What sounds like the selection elsewhere, by its spectrum and course in time"),
    )
    menu.add("dominated", tr("Where this layer &dominates"), "Ctrl+Shift+D", areas.select_dominated)
    menu.add(
        "turnLeft", tr("Turn it to the &left"), "Alt+[", lambda: desk.handling.turn(-1), tr("By 15°, on the screen")
    )
    menu.add(
        "turnRight", tr("Turn it to the righ&t"), "Alt+]", lambda: desk.handling.turn(1), tr("By 15°, on the screen")
    )
    menu.line()
    menu.add(
        "rememberSelection",
        tr("&Remember this selection"),
        "Ctrl+Alt+S",
        dialogs.remember,
        tr("Keep it under a name, to take it again"),
    )
    menu.add(
        "rememberedSelections",
        tr("Remembered sele&ctions…"),
        "Ctrl+Alt+A",
        dialogs.remembered,
        tr("Take one again, add, subtract or intersect it; rename or take away"),
    )


def _reshape(desk: Desk, panes: Panes, how: Reshape) -> None:
    desk.areas.reshape(how, panes.tool_bar.options.amount.value())


def _take_away(desk: Desk, panes: Panes) -> None:
    """Delete: who points means the mark that was made last, who is in the mask stack the layer."""
    focus = QApplication.focusWidget()
    in_stack = focus is not None and panes.stack.isAncestorOf(focus)
    if in_stack or not desk.marking.take_back():
        desk.layers.remove_or_take_away()


def add_mask_menu(actions: Actions, desk: Desk, panes: Panes, dialogs: Dialogs) -> None:
    """What is done to the present layer's mask."""
    masks = desk.masks
    menu = actions.menu(tr("&Mask"), "maskMenu")
    menu.add(
        "fill", tr("&Fill the selection"), "Shift+F", masks.fill, tr("Give the selected layer all that is selected")
    )
    menu.add(
        "takeAway",
        tr("&Take the selection away"),
        "Delete",
        partial(_take_away, desk, panes),
        tr(
            "Take the selection from the selected layer; without a selection delete the layer, "
            "with the Point tool its last mark"
        ),
    )
    menu.add(
        "cutToNew",
        tr("&Cut to a new layer"),
        "Ctrl+J",
        masks.cut_to_new,
        tr("A new layer takes what the selected one holds of the selection"),
    )
    menu.add(
        "liftToNew",
        tr("&New layer from the selection"),
        "Ctrl+Shift+J",
        masks.lift_to_new,
        tr("A new layer takes everything that is selected, from all layers"),
    )
    menu.add(
        "getOut",
        tr("Get this sound ou&t"),
        "Ctrl+L",
        desk.pointing.get_out,
        tr("Find what is selected, marked, painted or pointed at everywhere: a source that marks refine, and the rest"),
    )
    menu.add(
        "editsToMarks",
        tr("Turn edits into mar&ks"),
        "",
        desk.marks.turn_edits,
        tr("What you painted counts for all that sounds alike, not only where you painted it"),
    )
    menu.add(
        "marksToEdits",
        tr("Turn marks into e&dits"),
        "",
        desk.marks.turn_marks,
        tr("What you said of places holds there, and nowhere else"),
    )
    _add_assign_menu(menu.submenu(tr("&Give the selection to"), "assignMenu"), desk)
    menu.line()
    menu.add("invert", tr("&Invert the mask"), "Ctrl+I", masks.invert)
    menu.add("binary", tr("Make &binary"), "Ctrl+B", masks.make_binary)
    menu.add(
        "normalise",
        tr("N&ormalise"),
        "Ctrl+Shift+N",
        masks.normalise,
        tr("Scale the selected mask so that it reaches one"),
    )
    menu.add(
        "shapeMask",
        tr("&Exponent, cleaning, joining…"),
        "Ctrl+M",
        dialogs.shape_mask,
        tr("Operations with numbers, seen and heard before they are done"),
    )
    menu.add(
        "splitTime",
        tr("Split at this ti&me"),
        "Ctrl+T",
        desk.pointing.split_time,
        tr("What the layer holds after the pointer's time becomes a new layer"),
    )
    menu.add(
        "splitFrequency",
        tr("Split at this fre&quency"),
        "Ctrl+Shift+T",
        desk.pointing.split_frequency,
        tr("What the layer holds above the pointer's frequency becomes a new layer"),
    )
    menu.line()
    menu.add("restore", tr("Clear edits in the &selection"), "Shift+Delete", masks.restore)
    menu.add("clearLayer", tr("Clear edits of the &layer"), "", masks.clear_layer)
    menu.add("clearEdits", tr("Clear &all edits"), "", masks.clear_all)
    menu.line()
    menu.add(
        "analyse",
        tr("Anal&yse the masks…"),
        "Ctrl+Shift+A",
        dialogs.analyse_masks,
        tr("Share of energy, level over time and frequency, overlaps"),
    )


def _add_assign_menu(menu: Menu, desk: Desk) -> None:
    """The layers, with keys for the first nine; the keys work while the menu is closed."""
    entries = [
        menu.add(
            f"assign{number}",
            tr("Give the selection to layer {0}").format(number),
            f"Ctrl+{number}",
            partial(desk.masks.assign, number - 1),
        )
        for number in range(1, MOST_KEYS + 1)
    ]

    def refresh() -> None:
        layers = desk.document.layers
        for index, action in enumerate(entries):
            action.setVisible(index < len(layers))
            if index < len(layers):
                action.setText(short(layers[index].name, MOST_LETTERS).replace("&", "&&"))

    desk.document.layers_changed.connect(refresh)
    desk.document.opened.connect(refresh)
    refresh()


def add_layers_menu(actions: Actions, desk: Desk, panes: Panes, dialogs: Dialogs) -> None:
    """Layers and groups."""
    layers, mixing, stack = desk.layers, desk.mixing, panes.stack
    menu = actions.menu(tr("&Layers"), "layersMenu")
    menu.add("newLayer", tr("&New layer"), "N", layers.add)
    menu.add("rename", tr("&Rename"), "F2", stack.rename_selected)
    menu.add("recolour", tr("&Colour…"), "Ctrl+K", stack.recolour_selected)
    menu.add("merge", tr("&Merge the selected"), "Ctrl+E", layers.merge)
    menu.add("deleteLayer", tr("&Delete"), "", layers.remove)
    menu.line()
    menu.add("above", tr("Select the layer &above"), "Alt+Up", lambda: stack.select_by(-1))
    menu.add("below", tr("Select the layer &below"), "Alt+Down", lambda: stack.select_by(1))
    menu.add(
        "selectOwner",
        tr("Select what sounds at the poin&ter"),
        "Shift+X",
        desk.pointing.select_owner,
        tr("The layer that holds most of the place under the pointer; again, its group (Alt+click)"),
    )
    menu.add("swap", tr("Swap with the layer selected before"), "X", desk.selection.swap)
    menu.add("moveUp", tr("Move &up"), "Alt+Shift+Up", lambda: layers.nudge(-1))
    menu.add("moveDown", tr("Move d&own"), "Alt+Shift+Down", lambda: layers.nudge(1))
    _add_sort_menu(menu.submenu(tr("Sor&t"), "sortMenu"), desk)
    menu.line()
    menu.add("mute", tr("M&ute"), "M", mixing.toggle_mute)
    menu.add("solo", tr("&Solo"), "S", mixing.toggle_solo)
    menu.add("lock", tr("Loc&k"), "K", mixing.toggle_lock)
    menu.add(
        "group",
        tr("&Group the selected"),
        "G",
        layers.group,
        tr("Collect the selected layers as one source (Ctrl+click selects several)"),
    )
    menu.add(
        "walk", tr("Audition &walk"), "Shift+W", desk.walking.begin, tr("Hear every layer alone, to name and sort it")
    )
    menu.add(
        "suggestGroups",
        tr("Sugg&est groups…"),
        "Ctrl+G",
        dialogs.suggest_groups,
        tr("By timbre, rhythm, harmonic and percussive, low and high, or reference sounds"),
    )
    menu.add("dissolve", tr("D&issolve the group"), "Shift+G", layers.dissolve)
    menu.add("fold", tr("S&how or hide the layers of the group"), "Alt+Left", stack.toggle_fold)
    menu.add("muteGroup", tr("Mute the group"), "Shift+M", mixing.toggle_group_mute)
    menu.add("soloGroup", tr("Solo the group"), "Shift+S", mixing.toggle_group_solo)
    menu.line()
    menu.toggle("soloFollows", tr("Solo &follows the selection"), layers.set_solo_follows)


def _add_sort_menu(menu: Menu, desk: Desk) -> None:
    """Orders of the layers."""
    for order, name, text, tip in (
        (Order.PITCH, "sortPitch", tr("By &pitch"), tr("Tones from low to high, then hits and noises")),
        (Order.TIMBRE, "sortTimbre", tr("By &timbre"), tr("What sounds alike stands together")),
        (Order.TIME, "sortTime", tr("By &entrance"), tr("What sounds first stands first")),
        (Order.LOUDNESS, "sortLoudness", tr("By &loudness"), tr("The loudest first")),
    ):
        menu.add(name, text, "", partial(desk.sorting.sort, order), tip)
    menu.add("sortGroup", tr("By &group"), "", desk.sorting.sort_by_group, tr("Groups first, then single layers"))


def add_stacks_menu(actions: Actions, desk: Desk, panes: Panes, dialogs: Dialogs) -> None:
    """Whole stacks."""
    stacks = desk.stacks
    menu = actions.menu(tr("S&tacks"), "stacksMenu")
    menu.add("nextStack", tr("&Next stack"), "PgDown", lambda: stacks.show_next(1))
    menu.add("previousStack", tr("&Previous stack"), "PgUp", lambda: stacks.show_next(-1))
    menu.line()
    menu.add("newStack", tr("New stack to &factorise"), "Ctrl+Alt+N", lambda: stacks.add(tr("Factorisation")))
    menu.add(
        "newHpss",
        tr("New stack of &tones and hits…"),
        "",
        dialogs.tones_and_hits,
        tr("Harmonic–percussive separation by median filtering"),
    )
    menu.add(
        "references",
        tr("&References and stems…"),
        "Ctrl+Shift+R",
        dialogs.references,
        tr("True stems, or those of any separator: to measure against, to correct, or to begin from"),
    )
    menu.add("duplicateStack", tr("&Duplicate this stack"), "", stacks.duplicate)
    menu.add("renameStack", tr("&Rename this stack…"), "", panes.stack.rename_stack)
    menu.add("removeStack", tr("Remove this stac&k"), "", stacks.remove)
    menu.line()
    copies = menu.submenu(tr("&Copy the selected layer to"), "copyToStackMenu").menu

    def refresh() -> None:
        copies.clear()
        state = desk.document.state
        for each in state.stacks:
            if each.id != state.shown:
                action = copies.addAction(short(each.name, MOST_LETTERS).replace("&", "&&"))
                action.triggered.connect(lambda _=False, to=each.id: stacks.copy_layer_to(to))
        copies.setEnabled(len(state.stacks) > 1)

    desk.document.stacks_changed.connect(refresh)
    desk.document.opened.connect(refresh)
    refresh()
