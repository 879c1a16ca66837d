"""Exporting: what is written, measured beforehand where it could clip, and told afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.audio.export import (
    FileFormat,
    Level,
    LevelKind,
    Measured,
    Piece,
    brought_to,
    group_pieces,
    heard_piece,
    layer_pieces,
    mix_piece,
)
from workbench.audio.loudness import SILENT
from workbench.audio.writing import measure, write
from workbench.control.heard import Heard
from workbench.control.listening import Listening
from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner

SAFE = Level(LevelKind.PEAK, -1.0)
"""What a file that would clip is turned down to."""


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: what is heard now, the mix, groups, layers; these after the faders or before."""

    heard: bool
    mix: bool
    groups: bool
    layers: bool
    after: bool = False


@dataclass(frozen=True, eq=False)
class Clipping:
    """What was about to be written is above full scale, and what may be done about it.

    Attributes
    ----------
    over_db : float
        By how much the true peak is above full scale.
    as_float, as_it_is, turned_down : callable or None
        Write 32-bit float, clip, or turn down to a safe peak; None where that is no way out.
    """

    over_db: float
    as_float: Callable[[], None]
    as_it_is: Callable[[], None] | None
    turned_down: Callable[[], None] | None


class Exporting(QObject):
    """Writes what is heard, the mix and its parts, as they are at the moment of asking."""

    clips = Signal(object)
    """A Clipping to decide upon; nothing is written yet."""

    def __init__(
        self,
        document: Document,
        heard: Heard,
        listening: Listening,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._heard, self._listening = document, heard, listening
        self._runner, self._notices = runner, notices
        self._jobs: set[Job] = set()
        self._failed = False

    @property
    def running(self) -> bool:
        """Whether something is being measured for an export, or written."""
        return bool(self._jobs)

    def count(self, job: Job) -> None:
        """What somebody else writes counts as exporting until it ends."""
        self._jobs.add(job)
        job.ended.connect(lambda: self._jobs.discard(job))

    @property
    def failed(self) -> bool:
        """Whether the last export came to nothing."""
        return self._failed

    def export(self, folder: Path, wanted: Wanted, form: FileFormat, level: Level | None) -> None:
        """Write files; what would clip asks first.

        Parameters
        ----------
        level : Level or None
            What is heard is brought to it; layers and groups stay as they are, so that they sum to the recording. To
            the level of the file all are brought.
        """
        make = self._pieces_of(folder, wanted)
        if make is None:
            return
        ready = make(form)
        if not ready:
            self._notices.trouble(self.tr("Nothing of this is heard, so there is nothing to write; unmute something."))
        elif not form.integer and (level is None or level.kind is LevelKind.FILE):
            db = 0.0 if level is None else level.db
            self._write([replace(piece, gain_db=db) for piece in ready], form)
        else:
            self._run(
                self.tr("Measuring the loudness"),
                lambda job: measure(ready, job.report),
                lambda measured: self._check(ready, measured, make(FileFormat()), form, level),
            )

    def _run(self, name: str, work: Callable[[Job], list[Measured]], done: Callable[[list[Measured]], None]) -> None:
        """A job that counts as exporting."""
        self._failed = False

        def failed(reason: Exception) -> None:
            self._failed = True
            self._notices.trouble(reason)

        job = self._runner.run(name, work, done, failed, ended=lambda: self._jobs.discard(job))
        self._jobs.add(job)

    def _pieces_of(self, folder: Path, wanted: Wanted) -> Callable[[FileFormat], list[Piece]] | None:
        """What makes the list of files for a format; None where nothing is open."""
        scene, heard = self._document.scene, self._heard.scene()
        if scene is None or heard is None:
            return None
        stem, (start, stop) = scene.recording.path.stem, self._listening.heard_samples()

        def pieces(form: FileFormat) -> list[Piece]:
            out = [heard_piece(heard, folder, stem, form, start, stop)] if wanted.heard else []
            out += [mix_piece(scene, folder, stem, form)] if wanted.mix else []
            out += group_pieces(scene, folder, form, wanted.after) if wanted.groups else []
            # Layers beside groups have a folder of their own: both are numbered.
            inner = folder / self.tr("layers") if wanted.groups else folder
            return out + (layer_pieces(scene, inner, form, wanted.after) if wanted.layers else [])

        return pieces

    def _check(
        self, ready: list[Piece], measured: list[Measured], as_float: list[Piece], form: FileFormat, level: Level | None
    ) -> None:
        try:
            found = [
                (piece, each) if level is None else brought_to(piece, each, level)
                for piece, each in zip(ready, measured, strict=True)
            ]
        except UserError as reason:
            self._failed = True
            self._notices.trouble(reason)
            return
        # Full scale of an integer format is one step short of 1.
        over = [each.true_peak for piece, each in found if form.integer or each.loudness is not None]
        if max(over, default=0.0) < (1.0 if form.integer else 1.0 + 1e-4):
            self._write([piece for piece, _ in found], form)
            return
        floats = [replace(each, gain_db=p.gain_db) for each, (p, _) in zip(as_float, found, strict=True)]
        # Parts that would clip are not turned down: they would no longer sum up.
        can_turn = all(each.loudness is not None for _, each in found if each.true_peak >= 1.0)
        lower = [brought_to(p, each, SAFE)[0] if can_turn and each.true_peak >= 1.0 else p for p, each in found]
        self.clips.emit(
            Clipping(
                20 * math.log10(max(each.true_peak for _, each in found)),
                lambda: self._write(floats, FileFormat()),
                (lambda: self._write([piece for piece, _ in found], form)) if form.integer else None,
                (lambda: self._write(lower, form)) if can_turn else None,
            )
        )

    def _write(self, pieces: list[Piece], form: FileFormat) -> None:
        self._run(
            self.tr("Exporting"),
            lambda job: write(pieces, form, job.report),
            lambda measured: self._tell(pieces, measured, form),
        )

    def _tell(self, pieces: list[Piece], measured: list[Measured], form: FileFormat) -> None:
        text = self.tr("Wrote 1 file to {1}") if len(pieces) == 1 else self.tr("Wrote {0} files to {1}")
        text = text.format(len(pieces), pieces[0].path.parent)
        heard = [(piece, each.loudness) for piece, each in zip(pieces, measured, strict=True) if each.loudness]
        for piece, loud in heard:
            peak = 20 * math.log10(max(loud.true_peak, 1e-10))
            if piece is heard[0][0] and loud.lufs != SILENT:
                text += self.tr(" · {0:.1f} LUFS, true peak {1:.1f} dB").format(loud.lufs, peak)
            if peak > 0 and not form.integer:
                self._notices.trouble(
                    self.tr(
                        "“{0}” has a true peak of {1:.1f} dB above full scale: 32-bit float keeps it, but a player "
                        "clips it. Export to a true peak of −1 dB to be safe."
                    ).format(piece.path.name, peak)
                )
        self._notices.say(text)
