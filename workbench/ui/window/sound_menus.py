"""The menus Play and Tools."""

from __future__ import annotations

from functools import partial

from workbench.audio.scene import Hear
from workbench.control.desk import Desk
from workbench.control.listening import Where
from workbench.control.mixing import LETTERS
from workbench.control.tools import SELECTING, Tool
from workbench.ui.tools.texts import described
from workbench.ui.window.actions import Actions, Menu
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.document_menus import tr


def add_play_menu(actions: Actions, desk: Desk, dialogs: Dialogs) -> None:
    """Playing, listening, mixes, the device."""
    playback, listening, mixing = desk.playback, desk.listening, desk.mixing
    menu = actions.menu(tr("&Play"), "playMenu")
    menu.add("play", tr("&Play or stop"), "", playback.toggle, shown="Space")
    menu.add("loop", tr("&Loop"), "L", lambda: playback.set_loops(not playback.loops))
    menu.add("toStart", tr("To the &start"), "Home", desk.paging.to_start)
    menu.add("playHere", tr("Play from the poin&ter"), "", desk.pointing.play_here, shown="Shift+Space")
    menu.add("slower", tr("Slo&wer"), "<", lambda: playback.next_speed(-1), tr("Half speed, pitch kept"))
    menu.add("faster", tr("Fast&er"), ">", lambda: playback.next_speed(1), tr("Double speed, pitch kept"))
    tap = menu.add(
        "tap",
        tr("&Tap an onset"),
        ";",
        desk.tapping.tap,
        tr(
            "While it plays: the selected layer begins to sound now. Factorise uses what you tapped; of a source it is "
            "a mark when you stop"
        ),
    )
    # A key that is held is one tap.
    tap.setAutoRepeat(False)
    menu.line()
    menu.add(
        "hearOriginal",
        tr("Hear the &original"),
        "I",
        lambda: listening.hear(Hear.ORIGINAL),
        tr("Original and mix in turn, equally loud"),
    )
    menu.add(
        "hearRemoved",
        tr("Hear what is taken &away"),
        "D",
        lambda: listening.hear(Hear.REMOVED),
        tr("The original without the mix"),
    )
    menu.add("hearSelection", tr("Hear only the sele&ction"), "H", lambda: listening.listen(Where.SELECTION))
    menu.add("hearRest", tr("Hear all &but the selection"), "Shift+H", lambda: listening.listen(Where.REST))
    menu.add(
        "hearBrush",
        tr("Hear what is &under the brush"),
        "Z",
        lambda: listening.listen(Where.BRUSH),
        tr("Move the pointer over the spectrogram"),
    )
    menu.line()
    _add_markers_menu(menu.submenu(tr("Mar&kers"), "markersMenu"), desk, dialogs)
    mixes = menu.submenu(tr("&Mixes"), "mixesMenu")
    for slot, letter in enumerate(LETTERS):
        text, tip = tr("&Recall mix {0}").format(letter), tr("Bring back the mix that was remembered")
        mixes.add(f"recall{letter}", text, f"F{slot + 5}", partial(mixing.recall, slot), tip)
    for slot, letter in enumerate(LETTERS):
        text, tip = tr("Re&member mix {0}").format(letter), tr("Faders, pans, mutes and solos as they are")
        mixes.add(f"store{letter}", text, f"Shift+F{slot + 5}", partial(mixing.store, slot), tip)
    menu.line()
    menu.add("sound", tr("Sou&nd settings…"), "", dialogs.sound, tr("Output device, latency, drop-outs"))
    menu.add("devices", tr("Look for output &devices again"), "", playback.look_again)


def _add_markers_menu(menu: Menu, desk: Desk, dialogs: Dialogs) -> None:
    """Moments and spans with names."""
    markers = desk.markers
    add = menu.add(
        "addMarker",
        tr("&Marker at the playhead"),
        ["'", "Ctrl+Alt+M"],
        markers.add,
        tr("Mark where the playhead stands, or while it plays what is heard now"),
    )
    # A key that is held is one marker.
    add.setAutoRepeat(False)
    menu.add(
        "addRegion",
        tr("&Region of the selection"),
        "Ctrl+Alt+R",
        markers.add_region,
        tr("Give the selected span of time a name, to come back to"),
    )
    menu.add("nextMarker", tr("&Next marker"), "F3", lambda: markers.step(1))
    menu.add("previousMarker", tr("&Previous marker"), "Shift+F3", lambda: markers.step(-1))
    menu.add(
        "markers",
        tr("Markers and re&gions…"),
        "Ctrl+F3",
        dialogs.markers,
        tr("All of them, to go to, rename and remove"),
    )


def add_tools_menu(actions: Actions, desk: Desk) -> None:
    """Tools and the brush."""
    tools = desk.tools
    menu = actions.menu(tr("&Tools"), "toolsMenu")
    numbered = (*SELECTING, Tool.BRUSH, Tool.ERASER, Tool.THRESHOLD, Tool.SMOOTH)
    for tool, text in described().items():
        menu.add(f"tool{tool.value}", text.name, text.key, partial(tools.choose, tool), text.tip)
    numbers = menu.submenu(tr("&Number keys"), "numbersMenu")
    for place, tool in enumerate(numbered, 1):
        name = described()[tool].name
        tip = tr("With the Point tool: the source of that number, 0 for a new one; else {0}").format(name)
        act = partial(_take_number, desk, place % 10, tool)
        numbers.add(f"number{place % 10}", tr("{0}, or source {1}").format(name, place % 10), str(place % 10), act, tip)
    menu.line()
    menu.add("nextShape", tr("&Next brush shape"), ".", lambda: tools.next_shape(1))
    menu.add("previousShape", tr("&Previous brush shape"), ",", lambda: tools.next_shape(-1))
    menu.add("smaller", tr("S&maller brush"), "[", lambda: tools.set_size(tools.size / 1.15))
    menu.add("larger", tr("&Larger brush"), "]", lambda: tools.set_size(tools.size * 1.15))


def _take_number(desk: Desk, number: int, tool: Tool) -> None:
    """A number key: a source while the Point tool is in hand, else a tool."""
    if desk.marking.active:
        desk.marking.choose_number(number)
    else:
        desk.tools.choose(tool)
