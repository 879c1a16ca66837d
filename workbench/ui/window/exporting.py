"""Exporting as the user meets it: the dialog, the measuring before, the warning of what would clip, the writing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.audio.export import (
    FileFormat,
    Level,
    Measured,
    Piece,
    brought_to,
    group_pieces,
    heard_piece,
    layer_pieces,
    mix_piece,
)
from workbench.audio.loudness import SILENT
from workbench.control.listening import Listening
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.jobs.works import export, measure_pieces
from workbench.ui.base.controls import named
from workbench.ui.dialogs.export_dialog import ExportDialog, Wanted

SAFE = Level("peak", -1.0)
"""What a file that would clip is turned down to."""


class Exporting(QObject):
    """Writes what is heard, the mix and its parts, as they are at the moment of asking."""

    said = Signal(str)
    """A short remark for the status line."""
    troubled = Signal(str)
    """A sentence that must be seen."""

    def __init__(self, window: QWidget, document: Document, runner: Runner, listening: Listening) -> None:
        super().__init__(window)
        self._window, self._document, self._runner, self._listening = window, document, runner, listening

    def show_dialog(self, folder: Path) -> None:
        """Ask what to export; the files go to a folder of their own within `folder`."""
        document = self._document
        if document.recording is None:
            return
        sources = {(layer.group, 0 if layer.group else layer.id) for layer in document.layers}
        dialog = ExportDialog(
            self._window,
            folder / f"{document.recording.path.stem} parts",
            len(document.layers),
            len(sources),
            self._listening.described(),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def go(chosen: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
            self.export(chosen, wanted, form, level)
            dialog.accept()

        dialog.asked.connect(go)
        dialog.show()

    def export(self, folder: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
        """Write files; what would clip asks first.

        Parameters
        ----------
        level : Level or None
            What is heard is brought to it; layers and groups stay as they are, so that they sum to the recording.
        """
        scene, heard = self._document.scene, self._listening.scene()
        if scene is None or heard is None:
            return
        stem, (start, stop) = scene.recording.path.stem, self._listening.heard_samples()

        def pieces(form: FileFormat) -> list[Piece]:
            out = [heard_piece(heard, folder, stem, form, start, stop)] if wanted.heard else []
            out += [mix_piece(scene, folder, stem, form)] if wanted.mix else []
            out += group_pieces(scene, folder, form, wanted.after) if wanted.groups else []
            # Layers beside groups have a folder of their own: both are numbered.
            inner = folder / self.tr("layers") if wanted.groups else folder
            return out + (layer_pieces(scene, inner, form, wanted.after) if wanted.layers else [])

        ready = pieces(form)
        if not ready:
            self.troubled.emit(self.tr("Nothing of this is heard, so there is nothing to write; unmute something."))
            return
        if level is None and not form.integer:
            self._write(ready, form)
            return

        def checked(measured: list[Measured]) -> None:
            found = [
                (piece, each) if level is None else brought_to(piece, each, level)
                for piece, each in zip(ready, measured, strict=True)
            ]
            gains = [piece.gain_db for piece, _ in found]
            as_float = [replace(each, gain_db=gain) for each, gain in zip(pieces(FileFormat()), gains, strict=True)]
            # Full scale of an integer format is one step short of 1.
            over = [each.true_peak for piece, each in found if form.integer or each.loudness is not None]
            if max(over, default=0.0) >= (1.0 if form.integer else 1.0 + 1e-4):
                self._ask_clipping(found, form, as_float)
            else:
                self._write([piece for piece, _ in found], form)

        name = self.tr("Measuring the loudness")
        self._runner.run(name, partial(measure_pieces, pieces=ready), checked, self.troubled.emit)

    def _ask_clipping(self, found: list[tuple[Piece, Measured]], form: FileFormat, as_float: list[Piece]) -> None:
        over = 20 * math.log10(max(each.true_peak for _, each in found))
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            self.tr("Above full scale"),
            self.tr(
                "The true peak is {0:.1f} dB above full scale; an integer format, or whoever plays it, would clip it. "
                "32-bit float keeps it as it is."
            ).format(over),
            parent=self._window,
        )
        named(box, "clippingBox", self.tr("Above full scale"), self.tr("The format would clip"))
        role = QMessageBox.ButtonRole
        answers: dict[object, Callable[[], None]] = {
            box.addButton(self.tr("Write 32-bit float"), role.AcceptRole): partial(self._write, as_float, FileFormat())
        }
        if form.integer:
            clip = box.addButton(self.tr("Clip"), role.DestructiveRole)
            answers[clip] = partial(self._write, [piece for piece, _ in found], form)
        if all(each.loudness is not None for _, each in found if each.true_peak >= 1.0):
            # Parts that would clip are not turned down: they would no longer sum up.
            lower = [brought_to(p, each, SAFE)[0] if each.true_peak >= 1.0 else p for p, each in found]
            text = self.tr("Turn down to a peak of −1 dB")
            answers[box.addButton(text, role.ActionRole)] = partial(self._write, lower, form)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(lambda: answers.get(box.clickedButton(), lambda: None)())
        box.show()

    def _write(self, pieces: list[Piece], form: FileFormat) -> None:
        def done(measured: list[Measured]) -> None:
            text = self.tr("Wrote 1 file to {1}") if len(pieces) == 1 else self.tr("Wrote {0} files to {1}")
            text = text.format(len(pieces), pieces[0].path.parent)
            heard = [(piece, each.loudness) for piece, each in zip(pieces, measured, strict=True) if each.loudness]
            for piece, loud in heard:
                peak = 20 * math.log10(max(loud.true_peak, 1e-10))
                if piece is heard[0][0] and loud.lufs != SILENT:
                    text += self.tr(" · {0:.1f} LUFS, true peak {1:.1f} dB").format(loud.lufs, peak)
                if peak > 0 and not form.integer:
                    self.troubled.emit(
                        self.tr(
                            "“{0}” has a true peak of {1:.1f} dB above full scale: 32-bit float keeps it, but a player "
                            "clips it. Export to a true peak of −1 dB to be safe."
                        ).format(piece.path.name, peak)
                    )
            self.said.emit(text)

        self._runner.run(self.tr("Exporting"), partial(export, pieces=pieces, form=form), done, self.troubled.emit)
