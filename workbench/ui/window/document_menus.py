"""The menus File, Edit, View and Help."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from workbench.control.desk import Desk
from workbench.control.recent import Recent
from workbench.ui.window.actions import Actions
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.exchange_flow import ExchangeFlow
from workbench.ui.window.exchange_menus import add_export_menu, add_import_menu
from workbench.ui.window.export_flow import ExportFlow
from workbench.ui.window.file_flow import FileFlow
from workbench.ui.window.layout import Layout
from workbench.ui.window.panes import Panes
from workbench.ui.window.recent_list import add_recent_menu
from workbench.ui.window.save_flow import SaveFlow


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("Menus", text)


def add_file_menu(
    actions: Actions,
    files: FileFlow,
    saves: SaveFlow,
    exports: ExportFlow,
    exchange: ExchangeFlow,
    recent: Recent,
    dialogs: Dialogs,
) -> None:
    """Open, save, import, export, quit."""
    menu = actions.menu(tr("&File"), "fileMenu")
    menu.add("open", tr("&Open…"), "Ctrl+O", files.open_dialog)
    add_recent_menu(actions, menu, recent, files.open)
    menu.add(
        "unsavedWork",
        tr("Look for &unsaved work"),
        "",
        files.look_for_unsaved,
        tr("Take up what was not saved when the program ended before"),
    )
    menu.add("demo", tr("Open the &demo"), "", files.open_demo)
    menu.add(
        "oldDemo",
        tr("Open the demo as an &old recording"),
        "",
        lambda: files.open_demo("old"),
        tr("Folded down to mono, with hiss: to be remastered in stereo"),
    )
    add_import_menu(menu, exchange)
    menu.line()
    menu.add("save", tr("&Save project"), "Ctrl+S", saves.save)
    menu.add("saveAs", tr("Save project &as…"), "Ctrl+Shift+S", saves.save_as)
    menu.add("export", tr("&Export…"), "Ctrl+Shift+E", lambda: exports.show_dialog(files.folder))
    add_export_menu(menu, exchange)
    menu.line()
    menu.add(
        "memory",
        tr("&Memory and disk…"),
        "",
        dialogs.memory,
        tr("How much memory long recordings may take, and where the rest of them lies"),
    )
    menu.add("quit", tr("&Quit"), "Ctrl+Q", actions.window.close)


def add_edit_menu(actions: Actions, desk: Desk, panes: Panes, escape: Callable[[], None]) -> None:
    """Undo, copy, and what is under way."""
    document, masks, under_way = desk.document, desk.masks, desk.under_way
    menu = actions.menu(tr("&Edit"), "editMenu")
    undo = menu.add("undo", tr("&Undo"), "Ctrl+Z", under_way.undo)
    redo = menu.add("redo", tr("&Redo"), ["Ctrl+Shift+Z", "Ctrl+Y"], under_way.redo)
    menu.line()
    menu.add(
        "copyMask",
        tr("&Copy the mask"),
        "Ctrl+C",
        masks.copy,
        tr("Remember the selected layer's mask within the selection"),
    )
    menu.add(
        "pasteMask",
        tr("&Paste the mask"),
        "Ctrl+V",
        masks.paste,
        tr("Put what was copied into the selected layer, where it was"),
    )
    menu.add(
        "pasteThere",
        tr("Paste at the play&head"),
        "Ctrl+Shift+V",
        lambda: masks.paste(desk.playback.position),
        tr("Put what was copied into the selected layer, from the playhead on"),
    )
    menu.line()
    accept = menu.add("accept", tr("&Apply what is shown"), ["Return", "Enter"], panes.accept)
    back = menu.add("takeBack", tr("Take the last &corner back"), "Backspace", desk.selecting.take_back)
    menu.add("escape", tr("Cancel what is under way"), "Esc", escape)

    def show_steps(*_: object) -> None:
        # What is under way can be taken back too, also where nothing else can.
        undo.setEnabled(under_way.can_undo)
        redo.setEnabled(bool(document.redo_name))
        undo.setText(tr("&Undo {0}").format(under_way.undo_name).rstrip())
        redo.setText(tr("&Redo {0}").format(document.redo_name).rstrip())

    def show_pending() -> None:
        # Only then: these keys have their own meaning in fields and lists.
        accept.setEnabled(under_way.can_accept)
        back.setEnabled(desk.selecting.busy)

    desk.thresholding.pending_changed.connect(show_pending)
    desk.selecting.changed.connect(show_pending)
    document.history_changed.connect(show_steps)
    document.state_settled.connect(show_steps)
    desk.marking.changed.connect(show_steps)
    desk.tapping.changed.connect(show_steps)
    desk.runner.started.connect(lambda job: job.ended.connect(show_steps))
    desk.runner.started.connect(show_steps)
    show_pending()
    show_steps()


def add_view_menu(
    actions: Actions,
    desk: Desk,
    panes: Panes,
    layout: Layout,
    show_waveform: Callable[[bool], None],
    set_theme: Callable[[str], None],
) -> None:
    """What is seen, and where."""
    menu = actions.menu(tr("&View"), "viewMenu")
    menu.add("fit", tr("&Fit everything"), "F", desk.viewport.fit)
    menu.add("zoomSelection", tr("&Zoom to the selection"), "Ctrl+F", desk.zooming.to_selection)
    menu.add("nextShow", tr("&Next picture"), "C", panes.tool_bar.next_show)
    menu.line()
    for dock in layout.docks:
        menu.menu.addAction(dock.toggleViewAction())
    menu.toggle("showWaveform", tr("&Waveform"), show_waveform, tr("The waveform above the spectrogram"))
    menu.add("showMixer", tr("Mi&xer or activations"), "F4", layout.show_mixer)
    menu.add("showScores", tr("S&cores"), "F9", layout.show_scores, tr("How near layers and groups come to references"))
    menu.toggle(
        "colourThumbnails",
        tr("&Thumbnails in colour"),
        panes.stack.set_colour_thumbnails,
        tr("Masks in colour over the mix, or white 0 to black 1"),
    )
    menu.add("resetLayout", tr("&Reset the panes"), "", layout.reset)
    menu.line()
    menu.add("themeSystem", tr("Colours of the s&ystem"), "", lambda: set_theme("system"))
    menu.add("themeLight", tr("&Light"), "", lambda: set_theme("light"))
    menu.add("themeDark", tr("&Dark"), "", lambda: set_theme("dark"))


def add_help_menu(actions: Actions, dialogs: Dialogs) -> None:
    """The manual, the words, the keys."""
    menu = actions.menu(tr("&Help"), "helpMenu")
    menu.add("manual", tr("&Manual"), "F1", lambda: dialogs.page("manual"), tr("What every tool and panel does"))
    menu.add("glossary", tr("&Glossary"), "", lambda: dialogs.page("glossary"), tr("The words of the field, and ours"))
    menu.add("keys", tr("&Keys"), ["?", "Shift+?"], lambda: dialogs.keys(actions.menus()))
