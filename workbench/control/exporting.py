"""Exporting: what is written, measured beforehand where it could clip, and told afterwards."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.audio.export import Level, LevelKind, Measured, Piece, brought_to, heard_piece
from workbench.audio.formats import FLOAT_WAV, FileFormat
from workbench.audio.loudness import SILENT
from workbench.audio.planning import ExportOptions, check_apart, planned
from workbench.audio.writing import measure, write
from workbench.control.export_spans import ExportSpans
from workbench.control.heard import Heard
from workbench.control.listening import Listening
from workbench.control.notices import Notices
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner

SAFE = Level(LevelKind.PEAK, -1.0)
"""What a file that would clip is turned down to."""


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
    as_float: Callable[[], None] | None
    as_it_is: Callable[[], None] | None
    turned_down: Callable[[], None] | None


@dataclass(frozen=True, eq=False)
class Replacing:
    """Files that are there already, and would be replaced.

    Attributes
    ----------
    there : tuple of Path
    count : int
        How many files there are to write.
    go : callable
        Replace them.
    """

    there: tuple[Path, ...]
    count: int
    go: Callable[[], None]


@dataclass(frozen=True)
class Wrote:
    """Files that were written.

    Attributes
    ----------
    folder : Path
        Where they are, or the folders that they are in.
    count : int
    text : str
        Says so.
    """

    folder: Path
    count: int
    text: str


class Exporting(QObject):
    """Writes what is heard, the mix and its parts, as they are at the moment of asking."""

    clips = Signal(object)
    """A Clipping to decide upon; nothing is written yet."""
    replaces = Signal(object)
    """A Replacing to decide upon; nothing is written yet."""
    began = Signal(object)
    """A Job of an export, to be followed and stopped."""
    wrote = Signal(object)
    """A Wrote: all is done."""
    came_to_nothing = Signal(object)
    """An exception or a sentence that says why."""

    def __init__(
        self,
        document: Document,
        heard: Heard,
        listening: Listening,
        spans: ExportSpans,
        runner: Runner,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._heard, self._listening = document, heard, listening
        self.spans = spans
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

    def files(self, folder: Path, options: ExportOptions) -> list[Piece]:
        """The files that would be written, as things are now; none where nothing is open, or nothing of it is heard.

        Raises
        ------
        UserError
            As `planned` and `check_apart`.
        """
        scene, heard = self._document.scene, self._heard.scene()
        if scene is None or heard is None:
            return []
        start, stop = self._listening.heard_samples()
        own = heard_piece(heard, folder, scene.recording.path.stem, options.form, start, stop)
        pieces = planned(scene, folder, options, own)
        check_apart(pieces, [scene.recording.path, *(each.path for each in self._document.state.references)])
        return pieces

    def export(self, folder: Path, options: ExportOptions) -> None:
        """Write files; what is there already, and what would clip, asks first."""
        if self._document.scene is None:
            return
        try:
            ready = self.files(folder, options)
        except UserError as reason:
            self._fail(reason)
            return
        if not ready:
            self._fail(self.tr("Nothing of this is heard, so there is nothing to write; unmute something."))
            return
        try:
            # What may have to be written instead is as things are at this moment, too.
            floats = self.files(folder, replace(options, form=FLOAT_WAV))
        except UserError:
            # Under its other names it can't be: then that is no way out.
            floats = []
        self._unless_there(ready, lambda agreed: self._begin(ready, floats, options, agreed))

    def _begin(self, ready: list[Piece], floats: list[Piece], options: ExportOptions, agreed: frozenset[Path]) -> None:
        form, level = options.form, options.level
        if not form.clips and (level is None or level.kind is LevelKind.FILE):
            db = 0.0 if level is None else level.db
            self._write([replace(piece, gain_db=db) for piece in ready], form, agreed)
        else:
            self._run(
                self.tr("Measuring the loudness"),
                lambda job: measure(ready, job.report),
                lambda measured: self._check(ready, measured, floats, options, agreed),
            )

    def _unless_there(
        self, pieces: list[Piece], go: Callable[[frozenset[Path]], None], agreed: frozenset[Path] = frozenset()
    ) -> None:
        """Go on, with the files that may be replaced; where it was not said yet of some that are there, ask first."""
        there = tuple(piece.path for piece in pieces if piece.path.is_file() and piece.path not in agreed)
        if there:
            self.replaces.emit(Replacing(there, len(pieces), lambda: go(agreed | set(there))))
        else:
            go(agreed)

    def _fail(self, reason: Exception | str) -> None:
        self._failed = True
        self._notices.trouble(reason)
        self.came_to_nothing.emit(reason)

    def _run(self, name: str, work: Callable[[Job], list[Measured]], done: Callable[[list[Measured]], None]) -> None:
        """A job that counts as exporting."""
        self._failed = False
        job = self._runner.run(name, work, done, self._fail, ended=lambda: self._jobs.discard(job))
        self._jobs.add(job)
        self.began.emit(job)

    def _check(
        self,
        ready: list[Piece],
        measured: list[Measured],
        as_float: list[Piece],
        options: ExportOptions,
        agreed: frozenset[Path],
    ) -> None:
        form, level = options.form, options.level
        try:
            found = [
                (piece, each) if level is None else brought_to(piece, each, level)
                for piece, each in zip(ready, measured, strict=True)
            ]
        except UserError as reason:
            self._fail(reason)
            return
        # Full scale of an integer format is one step short of 1.
        over = [each.true_peak for piece, each in found if form.clips or each.loudness is not None]
        if max(over, default=0.0) < (1.0 if form.clips else 1.0 + 1e-4):
            self._write([piece for piece, _ in found], form, agreed)
            return
        floats = [replace(each, gain_db=p.gain_db) for each, (p, _) in zip(as_float, found, strict=bool(as_float))]
        # Parts that would clip are not turned down: they would no longer sum up.
        can_turn = all(each.loudness is not None for _, each in found if each.true_peak >= 1.0)
        lower = [brought_to(p, each, SAFE)[0] if can_turn and each.true_peak >= 1.0 else p for p, each in found]
        self.clips.emit(
            Clipping(
                20 * math.log10(max(each.true_peak for _, each in found)),
                (lambda: self._write(floats, FLOAT_WAV, agreed)) if floats else None,
                (lambda: self._write([piece for piece, _ in found], form, agreed)) if form.clips else None,
                (lambda: self._write(lower, form, agreed)) if can_turn else None,
            )
        )

    def _write(self, pieces: list[Piece], form: FileFormat, agreed: frozenset[Path]) -> None:
        def go(_: frozenset[Path]) -> None:
            self._run(
                self.tr("Exporting"),
                lambda job: write(pieces, form, job.report),
                lambda measured: self._tell(pieces, measured, form),
            )

        self._unless_there(pieces, go, agreed)

    def _tell(self, pieces: list[Piece], measured: list[Measured], form: FileFormat) -> None:
        text = self.tr("Wrote 1 file to {1}") if len(pieces) == 1 else self.tr("Wrote {0} files to {1}")
        folder = Path(os.path.commonpath([piece.path.parent for piece in pieces]))
        text = text.format(len(pieces), folder)
        heard = [(piece, each.loudness) for piece, each in zip(pieces, measured, strict=True) if each.loudness]
        for piece, loud in heard:
            peak = 20 * math.log10(max(loud.true_peak, 1e-10))
            if piece is heard[0][0] and loud.lufs != SILENT:
                text += self.tr(" · {0:.1f} LUFS, true peak {1:.1f} dB").format(loud.lufs, peak)
            if peak > 0 and not form.clips:
                self._notices.trouble(
                    self.tr(
                        "“{0}” has a true peak of {1:.1f} dB above full scale: 32-bit float keeps it, but a player "
                        "clips it. Export to a true peak of −1 dB to be safe."
                    ).format(piece.path.name, peak)
                )
        self._notices.say(text)
        self.wrote.emit(Wrote(folder, len(pieces), text))
