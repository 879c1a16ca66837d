"""The menus Import and Export more, within File."""

from __future__ import annotations

from workbench.ui.window.actions import Menu
from workbench.ui.window.exchange_flow import Becoming, ExchangeFlow
from workbench.ui.window.exchange_words import tr


def add_import_menu(file: Menu, exchange: ExchangeFlow) -> None:
    """What other programs made."""
    menu = file.submenu(tr("&Import"), "importMenu")
    menu.add(
        "importMasks",
        tr("&Masks…"),
        "",
        exchange.import_masks,
        tr("NPY, NPZ, PNG or WAV files: a new stack with a layer for each mask"),
    )
    menu.add(
        "importFactors",
        tr("&Templates and activations…"),
        "",
        exchange.import_factors,
        tr("NPZ, CSV or FluCoMa's buffers: a new stack; templates alone are held while Factorise finds the rest"),
    )
    menu.add(
        "importLabels",
        tr("&Labels as marks…"),
        "",
        lambda: exchange.import_labels(Becoming.MARKS),
        tr("Audacity's labels, or CSV: a source for each word, with a mark for each label"),
    )
    menu.add(
        "importOnsets",
        tr("Labels as &onsets…"),
        "",
        lambda: exchange.import_labels(Becoming.ONSETS),
        tr("Audacity's labels, or CSV: a layer for each word, with the times at which Factorise lets it begin"),
    )
    menu.add(
        "importMarkers",
        tr("Labels as mar&kers…"),
        "",
        lambda: exchange.import_labels(Becoming.MARKERS),
        tr("Audacity's labels, or CSV: a marker, or a region, for each label"),
    )


def add_export_menu(file: Menu, exchange: ExchangeFlow) -> None:
    """What other programs read."""
    menu = file.submenu(tr("Export &more"), "exportMoreMenu")
    menu.add("exportMasks", tr("&Masks…"), "", exchange.export_masks, tr("As they are shown: NPY, NPZ, PNG or WAV"))
    menu.add(
        "exportFactors",
        tr("&Templates and activations…"),
        "",
        exchange.export_factors,
        tr("W and H of the stack: NPZ, CSV or FluCoMa's buffers"),
    )
    menu.add(
        "exportLabels",
        tr("&Labels and notes…"),
        "",
        exchange.export_labels,
        tr("Marks, onsets, notes and selections: Audacity, Sonic Visualiser, CSV or MIDI"),
    )
    menu.add(
        "exportFigure", tr("&Figure…"), "", exchange.export_figure, tr("V, W, H and the masks, for a paper: SVG or PNG")
    )
    menu.add("exportScores", tr("&Scores…"), "", exchange.export_scores, tr("The table of scores as CSV"))
