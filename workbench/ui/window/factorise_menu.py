"""The menu Factorise."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from workbench.control.desk import Desk
from workbench.separation.holds import Curve
from workbench.separation.presets import PRESETS
from workbench.ui.window.actions import Actions
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.document_menus import tr


def add_factorise_menu(actions: Actions, desk: Desk, dialogs: Dialogs) -> None:
    """From what is wished for to the run."""
    wishes = desk.wishes
    menu = actions.menu(tr("F&actorise"), "factoriseMenu")
    menu.add(
        "factorise",
        tr("&Factorise"),
        "Ctrl+Return",
        lambda: wishes.factorise(True),
        tr("Find components, fresh from the start"),
    )
    resume = menu.add(
        "continue",
        tr("&Continue"),
        "Ctrl+Shift+Return",
        lambda: wishes.factorise(False),
        tr("Go on from the present templates and activations"),
    )
    menu.add(
        "anotherSeed",
        tr("Factorise from another &seed"),
        "Ctrl+R",
        wishes.try_another_seed,
        tr("Another random start may find other components"),
    )
    menu.add(
        "learn",
        tr("&Learn from the selection, apply to all"),
        "Ctrl+Alt+Return",
        wishes.learn,
        tr("Find components in the selected time alone, and where they sound in the whole recording"),
    )
    menu.line()
    menu.add(
        "holdTemplate",
        tr("Hold the &template of the layer"),
        "Ctrl+Alt+W",
        lambda: desk.holding.toggle(Curve.TEMPLATE),
        tr("Factorise and Continue keep it exactly as it is, or as you draw it; again to let go of it"),
    )
    menu.add(
        "holdActivation",
        tr("Hold the acti&vation of the layer"),
        "Ctrl+Alt+H",
        lambda: desk.holding.toggle(Curve.ACTIVATION),
        tr("Factorise and Continue keep it exactly as it is, or as you draw it; again to let go of it"),
    )
    menu.add(
        "pitchLine",
        tr("&Pitch line from the selection"),
        "Ctrl+Alt+P",
        desk.notes.pitch_line,
        tr(
            "The layer plays the partial that is selected: Factorise begins with its notes and their overtones; of a "
            "source they are a mark, which needs no Factorise"
        ),
    )
    menu.add(
        "readNotes",
        tr("&Notes from a file…"),
        "Ctrl+Alt+O",
        dialogs.notes,
        tr(
            "A stack with a layer for each part of a MIDI file, or of a text file with onset, duration and pitch; on a "
            "stack of sources a source with a mark for each"
        ),
    )
    menu.add(
        "forgetNotes", tr("For&get the notes of the layer"), "", desk.notes.forget, tr("The layer may play anything")
    )
    menu.add(
        "known",
        tr("&What is known…"),
        "Ctrl+Alt+K",
        dialogs.known,
        tr("Curves that are held, onsets and notes as a list, to take them away"),
    )
    menu.line()
    presets = menu.submenu(tr("&Preset"), "presetMenu")
    for name, each in PRESETS.items():
        words = QCoreApplication.translate("Presets", each.name)
        presets.add(f"preset{name}", words.replace("&", "&&"), "", partial(wishes.choose_preset, name))
    menu.add("allSettings", tr("&All settings…"), "Ctrl+Shift+F", dialogs.all_settings)
    menu.add(
        "suggest",
        tr("Suggest a &number of components…"),
        "",
        dialogs.suggest_components,
        tr("Try several numbers and look for the elbow of their costs"),
    )

    def show_possible() -> None:
        resume.setEnabled(wishes.continues)

    wishes.possible_changed.connect(show_possible)
    show_possible()
