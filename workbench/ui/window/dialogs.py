"""The window's dialogs: who opens them, what they are given, and where what they ask for goes. None is modal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from workbench.audio.scene import Scene
from workbench.control.desk import Desk
from workbench.control.suggesting import GroupSuggestion
from workbench.document.journal.recovery import Left
from workbench.masks.insight.grouping import Portraits
from workbench.masks.insight.statistics import MaskReport
from workbench.scratch import USUAL
from workbench.separation.written_notes import MIDI, TEXT
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.notices import Notice
from workbench.ui.dialogs.analysis_dialog import AnalysisDialog
from workbench.ui.dialogs.components_dialog import ComponentsDialog
from workbench.ui.dialogs.keys_dialog import KeysDialog
from workbench.ui.dialogs.known_dialog import KnownDialog
from workbench.ui.dialogs.markers_dialog import MarkersDialog
from workbench.ui.dialogs.mask_dialog import MaskDialog
from workbench.ui.dialogs.memory_dialog import MemoryDialog
from workbench.ui.dialogs.page_dialog import PageDialog
from workbench.ui.dialogs.recovery_dialog import RecoveryDialog
from workbench.ui.dialogs.references_dialog import ReferencesDialog
from workbench.ui.dialogs.remembered_dialog import RememberedDialog
from workbench.ui.dialogs.settings_dialog import SettingsDialog
from workbench.ui.dialogs.sound_dialog import SoundDialog
from workbench.ui.dialogs.stack_dialogs import TonesDialog
from workbench.ui.dialogs.suggest_dialog import SuggestDialog


class Dialogs(QObject):
    """Opens dialogs over a window."""

    scores_wanted = Signal()
    """The pane of scores is to be seen."""

    def __init__(self, over: QWidget, desk: Desk) -> None:
        super().__init__(over)
        self._over, self._desk = over, desk
        self._settings: SettingsDialog | None = None
        self._shaping: MaskDialog | None = None

    def _show(self, dialog: QDialog) -> None:
        """Show a dialog that goes for good when it is closed; it takes the place of one of its kind."""
        self._leave(dialog.objectName(), dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _leave(self, name: str, but: QDialog | None = None) -> None:
        """Close what is open of a kind."""
        for each in self._over.findChildren(QDialog, name):
            if each is not but and each.isVisible():
                each.close()

    @property
    def place_for_notices(self) -> Notice | None:
        """Where what is wrong with the settings is seen, while their dialog is open."""
        if self._settings is None or not self._settings.isVisible():
            return None
        return self._settings.notice

    def recovery(self, left: list[Left], taken: Callable[[Left], object]) -> None:
        """Offer work that was left behind."""
        dialog = RecoveryDialog(self._over, left)
        dialog.wanted.connect(taken)
        self._show(dialog)

    def all_settings(self) -> None:
        """Show every parameter of the next run."""
        if self._settings is None:
            self._settings = SettingsDialog(self._over, self._desk.wishes)
        self._settings.show()
        self._settings.raise_()

    def suggest_components(self) -> None:
        """Try several numbers of components and show their costs."""
        wishes = self._desk.wishes

        def show(candidates: list[int], costs: list[float], shares: NDArray[np.float64]) -> None:
            dialog = ComponentsDialog(self._over, candidates, costs, shares)
            dialog.chosen.connect(lambda count: wishes.set(components=count))
            self._show(dialog)

        self._desk.measuring.try_components(wishes.settings, show)

    def shape_mask(self) -> None:
        """Operations with numbers on the selected mask."""
        desk = self._desk
        if desk.document.recording is None:
            return
        if self._shaping is None:
            self._shaping = MaskDialog(self._over, desk.document, desk.selection, desk.shaping)
            self._shaping.finished.connect(desk.thresholding.resume)
        self._shaping.show()
        self._shaping.raise_()

    def analyse_masks(self) -> None:
        """What the layers hold."""
        desk = self._desk
        where = self.tr("everywhere") if desk.selection.area is None else self.tr("within the selection")
        stack = desk.document.state.present.name
        where = self.tr("Stack “{0}”, {1}, as it was when it was measured").format(stack, where)
        selected = desk.selection.index

        def show(report: MaskReport, scene: Scene) -> None:
            self._show(AnalysisDialog(self._over, report, scene, selected, where))

        desk.measuring.measure_masks(show)

    def suggest_groups(self) -> None:
        """Groups by likeness, shown before they are made."""
        desk = self._desk
        # What an older suggestion shows is not what is to be compared.
        self._leave("suggestDialog")

        def show(portrait: Portraits, scene: Scene) -> None:
            layers = desk.document.layers
            if [x.id for x in scene.stack.layers] == [x.id for x in layers]:
                suggestion = GroupSuggestion(desk.document, desk.acting)
                regrouping = bool(desk.document.recorded_state.groups)
                self._show(SuggestDialog(self._over, layers, regrouping, portrait, suggestion, desk.measuring))

        desk.measuring.portray(show)

    def tones_and_hits(self) -> None:
        """A stack of harmonic and percussive sound, computed while its settings are moved."""
        desk = self._desk
        if desk.document.recording is None:
            return
        # The last wish of an older dialog comes before the first of this one.
        self._leave("tonesDialog")
        dialog = TonesDialog(self._over)
        desk.partitions.begin_tones()
        desk.partitions.split_tones(dialog.settings)
        dialog.changed.connect(desk.partitions.split_tones)
        desk.document.opened.connect(dialog.leave)
        self._show(dialog)

    def take_stems(self, paths: list[Path]) -> None:
        """Take stems of what is open, and show them."""
        self.references()
        self._desk.references.add(paths)

    def references(self) -> None:
        """Stems to measure against, and to make stacks from."""
        desk, recording = self._desk, self._desk.document.recording
        if recording is not None:
            dialog = ReferencesDialog(
                self._over, desk.document, desk.references, desk.stem_stacks, recording.path.parent
            )
            dialog.scores_wanted.connect(self.scores_wanted)
            self._show(dialog)

    def known(self) -> None:
        """What is known of components."""
        self._show(KnownDialog(self._over, self._desk.document, self._desk.known))

    def markers(self) -> None:
        """Markers and regions."""
        self._show(MarkersDialog(self._over, self._desk.markers))

    def remembered(self) -> None:
        """Selections that are remembered."""
        self._remembered()

    def remember(self) -> None:
        """Remember what is selected, and ask for its name."""
        if self._desk.selection.area is None:
            self._desk.areas.wanted()
        else:
            self._remembered().add()

    def _remembered(self) -> RememberedDialog:
        dialog = RememberedDialog(self._over, self._desk.document, self._desk.remembering)
        self._show(dialog)
        return dialog

    def notes(self) -> None:
        """Choose a file of notes."""
        recording = self._desk.document.recording
        if recording is not None:
            suffixes = " ".join(f"*{suffix}" for suffix in (*MIDI, *TEXT))
            kinds = [self.tr("Notes ({0})").format(suffixes), self.tr("All files (*)")]
            title = self.tr("Begin with the notes of a file")
            ask_paths(
                self._over,
                "notesDialog",
                title,
                recording.path.parent,
                lambda paths: self._desk.notes.read(paths[0]),
                filters=kinds,
            )

    def memory(self) -> None:
        """How much memory long recordings may take."""
        self._show(MemoryDialog(self._over, USUAL))

    def sound(self) -> None:
        """Device and latency."""
        self._show(SoundDialog(self._over, self._desk.playback))

    def keys(self, menus: Sequence[tuple[str, Sequence[QAction]]]) -> None:
        """Show the keys of all actions, and what the mouse does."""
        tr = self.tr
        gestures = (
            (tr("Wheel"), tr("Zoom time")),
            (tr("Ctrl+wheel"), tr("Zoom frequency")),
            (tr("Shift+wheel"), tr("Move in time")),
            (tr("Middle-drag, arrows"), tr("Pan")),
            ("+  −", tr("Zoom time, with Ctrl frequency")),
            (tr("Double-click"), tr("Put the playhead; on a layer: its mask large")),
            (tr("Drag on the time axis"), tr("Scrub")),
            (tr("Drag"), tr("Select anew; Shift adds, Ctrl subtracts, both intersect")),
            (tr("Drag the selection"), tr("Move it, by its handles resize and turn it; Shift holds it straight")),
            (tr("Arrows, with Shift"), tr("Nudge the selection by one, by ten, with a tool that selects")),
            (tr("Ctrl+Alt+drag, Ctrl+arrows"), tr("Move what the layer holds there; with Shift a drag copies it")),
            (tr("Ctrl while painting"), tr("Take away")),
            (tr("Shift+right-drag"), tr("Size and hardness of the brush")),
            (tr("Drag in W or H"), tr("With the brush draw, with the eraser take away")),
            (tr("Walk: 1 … 9"), tr("Put the layer into a group; Return names it; U puts the layer off; ← → F2")),
        )
        self._show(KeysDialog(self._over, menus, gestures))

    def page(self, name: str) -> None:
        """One of the pages that come with the program: 'manual' or 'glossary'."""
        self._show(PageDialog(self._over, name))
