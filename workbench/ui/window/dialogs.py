"""The window's dialogs: who opens them, what they ask for, and where that goes. None is modal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt

from workbench.audio.scene import Scene
from workbench.masks.insight.grouping import Portraits
from workbench.masks.insight.statistics import MaskReport
from workbench.separation.settings import RunSettings
from workbench.ui.base.notices import Notice
from workbench.ui.dialogs.analysis_dialog import AnalysisDialog
from workbench.ui.dialogs.mask_dialog import MaskDialog
from workbench.ui.dialogs.reports import KeysDialog
from workbench.ui.dialogs.settings_dialog import ComponentsDialog, SettingsDialog
from workbench.ui.dialogs.sound_dialog import SoundDialog
from workbench.ui.dialogs.stack_dialogs import OracleDialog, TonesDialog
from workbench.ui.dialogs.suggest_dialog import SuggestDialog

if TYPE_CHECKING:
    from workbench.ui.window.main import MainWindow


class Dialogs(QObject):
    """Opens the dialogs of the main window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings: SettingsDialog | None = None
        self._shaping: MaskDialog | None = None

    @property
    def place_for_notices(self) -> Notice | None:
        """Where what is wrong with the settings is seen, while their dialog is open."""
        if self._settings is None or not self._settings.isVisible():
            return None
        return self._settings.notice

    def all_settings(self) -> None:
        """Show every parameter of the next run."""
        if self._settings is None:
            self._settings = SettingsDialog(self._window, self._window.factorise_panel.wishes)
            self._settings.asked.connect(lambda: self._window.factorise(True))
        self._settings.show()
        self._settings.raise_()

    def suggest_components(self) -> None:
        """Try several numbers of components and show their costs."""
        panel = self._window.factorise_panel

        def show(candidates: list[int], costs: list[float], shares: NDArray[np.float64]) -> None:
            dialog = ComponentsDialog(self._window, candidates, costs, shares)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(lambda count: panel.wishes.set(components=count))
            dialog.show()

        self._window.session.choose_components(panel.settings(), show)

    def shape_mask(self) -> None:
        """Operations with numbers on the selected mask."""
        if self._window.document.recording is None:
            return
        if self._shaping is None:
            self._shaping = MaskDialog(self._window, self._window.document, self._window.editing)
            self._shaping.finished.connect(lambda _: self._window.threshold.resume())
        self._shaping.show()
        self._shaping.raise_()

    def analyse_masks(self) -> None:
        """What the layers hold."""
        document = self._window.document
        where = self.tr("everywhere") if document.area is None else self.tr("within the selection")
        where = self.tr("Stack “{0}”, {1}, as it was when it was measured").format(document.state.stack_name, where)
        selected = document.selected_index

        def show(report: MaskReport, scene: Scene) -> None:
            dialog = AnalysisDialog(self._window, report, scene, selected, where)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.show()

        self._window.session.measure_masks(show)

    def suggest_groups(self) -> None:
        """Groups by likeness, shown before they are made."""
        document, session = self._window.document, self._window.session

        def show(portrait: Portraits, scene: Scene) -> None:
            if document.scene is None or [x.id for x in scene.stack.layers] != [x.id for x in document.layers]:
                return
            dialog = SuggestDialog(self._window, document, portrait, session.load_references)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.show()

        if len(document.layers) < 2:
            self._window.editing.refused.emit(self.tr("Groups need several layers; factorise first."))
        else:
            session.portray(show)

    def tones_and_hits(self) -> None:
        """A stack of harmonic and percussive sound, computed while its settings are moved."""
        document, session = self._window.document, self._window.session
        if document.recording is None:
            return
        dialog = TonesDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # What is computed from here on is one step, and not one with what an earlier dialog made.
        document.seal()
        made: list[int] = []

        def compute(settings: RunSettings) -> None:
            there = bool(made) and any(each.id == made[-1] for each in document.state.stacks)
            if there:
                document.show_stack(made[-1])
            name = "" if there else self.tr("Tones and hits")
            session.split_tones(settings, name, lambda: made.append(document.state.stack))

        compute(dialog.settings)
        dialog.changed.connect(compute)
        document.opened.connect(dialog.close)
        dialog.show()

    def oracle_dialog(self) -> None:
        """A stack of ideal masks from the true stems."""
        recording = self._window.document.recording
        if recording is None:
            return
        dialog = OracleDialog(self._window, recording.path.parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.asked.connect(self._window.session.make_oracle)
        dialog.show()

    def sound(self) -> None:
        """Device and latency."""
        window = self._window
        dialog = SoundDialog(window, window.audition, window.transport, window.latency)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.latency_chosen.connect(window.set_latency)
        dialog.show()

    def keys(self) -> None:
        """Show the keys."""
        dialog = KeysDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
