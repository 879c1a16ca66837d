"""References: sound files of single sources, brought to the recording's rate, channels and place, and kept at hand.

The document holds which they are (path, checksum, place, level); the sound itself is read here, whenever it is wanted
and not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from workbench.audio.stems import Levels, Placed, Stem, levels_in
from workbench.control.acting import Acting
from workbench.control.notices import Notices, worded
from workbench.control.reference_words import described
from workbench.document.acts import references as acts
from workbench.document.document import Document
from workbench.document.state import Reference, State
from workbench.errors import UserError
from workbench.jobs.runner import Job, Runner
from workbench.jobs.works import FoundStems, ReadStems, find_stems, read_stems, sound_files

MOST_GAIN_DB = 60.0
LEVEL_DB, STRANGE_DB = 0.5, -20.0
"""A level that is off by less is not spoken of; what had to be turned down farther is hardly in the recording."""


@dataclass(frozen=True, eq=False)
class Held:
    """A reference with its sound.

    Attributes
    ----------
    reference : Reference
    placed : Placed or None
        Its sound in the recording; None while it is not read, or can't be.
    trouble : UserError or None
        Why it can't be read.
    found_db : float or None
        The gain with which it would sum to the mix with the others, −∞ where it is not in it; None where that is not
        known.
    """

    reference: Reference
    placed: Placed | None
    trouble: UserError | None = None
    found_db: float | None = None


class References(QObject):
    """The references of the open document."""

    changed = Signal()
    """Others, or other sounds, places or levels of them."""
    told = Signal()
    """What is known of how they sum to the mix is something else."""

    def __init__(
        self, document: Document, acting: Acting, runner: Runner, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._acting, self._runner, self._notices = document, acting, runner, notices
        self._stems: dict[Path, Stem] = {}
        self._troubles: dict[Path, UserError] = {}
        self._placed: dict[Reference, Placed] = {}
        self._unclear: set[Path] = set()
        self._levels: Levels | None = None
        self._adding: list[Job] = []
        document.opened.connect(self._opened)
        document.references_changed.connect(self._follow)

    # -- reading -------------------------------------------------------------------------------------

    @property
    def held(self) -> list[Held]:
        """The references in their order."""
        gains: dict[Reference, float] = {}
        if self._levels is not None:
            read = [reference for reference, _ in self.ready]
            gains = {each: db for each, db in zip(read, self._levels.gains_db, strict=True) if not np.isnan(db)}
        return [
            Held(each, self._placed.get(each), self._troubles.get(each.path), gains.get(each))
            for each in self._document.state.references
        ]

    @property
    def ready(self) -> list[tuple[Reference, Placed]]:
        """Those that are read, with their sounds."""
        pairs = ((each, self._placed.get(each)) for each in self._document.state.references)
        return [(reference, placed) for reference, placed in pairs if placed is not None]

    @property
    def rest_db(self) -> float | None:
        """Energy of what they leave of the mix, over that of the mix; None while that is not known."""
        return None if self._levels is None else self._levels.rest_db

    @property
    def busy(self) -> bool:
        """Whether files are being read."""
        return bool(self._adding) or self._runner.running("references load")

    def described(self, held: Held) -> list[str]:
        """What the file is, and what was done with it, in a few words each."""
        recording = self._document.recording
        assert recording is not None
        if held.trouble is not None:
            return [worded(held.trouble)]
        if held.placed is None:
            return [self.tr("being read")]
        unclear = held.reference.path in self._unclear
        return described(recording, held.reference, held.placed.stem, unclear)

    # -- acts ----------------------------------------------------------------------------------------

    def add(self, paths: Sequence[Path]) -> None:
        """Read sound files, or all of a folder, find their places, and keep them as references."""
        recording = self._document.recording
        if recording is None or not paths:
            return
        try:
            files = sound_files(paths)
        except UserError as reason:
            self._notices.trouble(reason)
            return
        known = {each.path.resolve() for each in self._document.recorded_state.references}
        own = recording.path.resolve()
        wanted = [each for each in files if each.resolve() not in known | {own}]
        if not wanted:
            self._notices.refuse(self.tr("These are references already, or the recording itself; choose other files."))
            return

        def done(found: FoundStems) -> None:
            if self._document.recording is not recording:
                return
            there = {each.path for each in self._document.recorded_state.references}
            for stem, place in zip(found.stems, found.places, strict=True):
                self._stems[stem.path] = stem
                self._troubles.pop(stem.path, None)
                if not place.known:
                    self._unclear.add(stem.path)
            new = [
                Reference(0, stem.path.stem, stem.path, stem.checksum, place.offset / recording.rate)
                for stem, place in zip(found.stems, found.places, strict=True)
                if stem.path not in there
            ]
            if new:
                self._acting.do(self._added(new), lambda state: acts.add_references(state, new))
            self._tell(found.troubles)

        def ended() -> None:
            self._adding.remove(job)
            self.changed.emit()

        # No key: files that are added while others are read are added too.
        job = self._runner.run(
            self.tr("Reading references"),
            lambda job: find_stems(wanted, recording, job.report),
            done,
            self._notices.trouble,
            ended=ended,
        )
        self._adding.append(job)
        self.changed.emit()

    def _added(self, new: Sequence[Reference]) -> str:
        if len(new) == 1:
            return self.tr("Add the reference {0}").format(new[0].name)
        return self.tr("Add {0} references").format(len(new))

    def rename(self, reference: int, name: str) -> None:
        """Another name; an empty one changes nothing."""
        if name.strip():
            text = self.tr("Rename the reference to {0}").format(name.strip())
            self._acting.do(text, lambda state: acts.change_references(state, [reference], name=name.strip()))

    def shift(self, reference: int, seconds: float) -> None:
        """Another place: where in the recording it begins."""
        text = self.tr("Shift {0}").format(self._name(reference))
        self._acting.do(
            text, lambda state: acts.change_references(state, [reference], offset=seconds), f"shift {reference}"
        )

    def set_gain(self, reference: int, db: float) -> None:
        """Another level."""
        gain = min(max(db, -MOST_GAIN_DB), MOST_GAIN_DB)
        text = self.tr("Level of {0}").format(self._name(reference))
        self._acting.do(
            text, lambda state: acts.change_references(state, [reference], gain_db=gain), f"level {reference}"
        )

    @property
    def off_level(self) -> list[Held]:
        """Those whose level is not that with which they would sum to the mix."""
        known = [(each, each.found_db) for each in self.held if each.found_db is not None]
        return [each for each, db in known if abs(db) >= LEVEL_DB and db > STRANGE_DB]

    @property
    def strange(self) -> list[Held]:
        """Those that are hardly in the recording at all."""
        return [each for each in self.held if each.found_db is not None and each.found_db <= STRANGE_DB]

    def match_levels(self) -> None:
        """Give all the levels with which they come nearest to the mix."""
        gains = {
            each.reference.id: round(each.reference.gain_db + each.found_db, 2)
            for each in self.off_level
            if each.found_db is not None
        }
        most = MOST_GAIN_DB

        def matched(state: State) -> State:
            for reference, gain in gains.items():
                state = acts.change_references(state, [reference], gain_db=min(max(gain, -most), most))
            return state

        self._acting.do(self.tr("Match the levels of the references"), matched)

    def find_file(self, reference: int, path: Path) -> None:
        """Another file in place of one, such as one that was moved."""
        self._stems.pop(path, None)
        self._troubles.pop(path, None)
        self._acting.do(
            self.tr("Find the file of {0}").format(self._name(reference)),
            lambda state: acts.change_references(state, [reference], path=path, checksum=""),
        )

    def remove(self, chosen: Sequence[int]) -> None:
        """Take references away."""
        if chosen:
            name = self._name(chosen[0]) if len(chosen) == 1 else str(len(chosen))
            text = self.tr("Remove the reference {0}") if len(chosen) == 1 else self.tr("Remove {0} references")
            self._acting.do(text.format(name), lambda state: acts.remove_references(state, chosen))

    def assign(self, source: int, name: str, reference: int | None) -> None:
        """Measure a layer or group against a reference: 0 for none, None for that which it is most like."""
        text = self.tr("Reference of {0}").format(name)
        self._acting.do(text, lambda state: acts.assign(state, source, reference))

    def _name(self, reference: int) -> str:
        return next((each.name for each in self._document.state.references if each.id == reference), "")

    # -- following the document ----------------------------------------------------------------------

    def _opened(self) -> None:
        for key in ("references load", "references levels"):
            self._runner.drop(key)
        for job in self._adding:
            job.cancel()
        for held in (self._stems, self._troubles, self._placed, self._unclear):
            held.clear()
        self._levels = None
        self._follow()

    def _follow(self) -> None:
        """Read what is not there, place what is, and let go of what is a reference no more."""
        recording, references = self._document.recording, self._document.state.references
        paths = {each.path for each in references}
        self._stems = {path: stem for path, stem in self._stems.items() if path in paths}
        self._troubles = {path: trouble for path, trouble in self._troubles.items() if path in paths}
        before, self._placed = self._placed, {}
        if recording is None:
            return
        for each in references:
            stem = self._stems.get(each.path)
            if stem is not None:
                offset, length = each.offset * recording.rate, len(recording.samples)
                known = next((p for r, p in before.items() if _same_sound(r, each)), None)
                fits = known is not None and known.stem is stem
                self._placed[each] = known if fits and known else Placed(stem, offset, each.gain_db, length)
        missing = [path for path in paths if path not in self._stems and path not in self._troubles]
        if missing:
            self._load(missing)
        if list(before.values()) != list(self._placed.values()):
            self._levels = None
            self._measure_levels()
        self.changed.emit()

    def _load(self, paths: Sequence[Path]) -> None:
        recording = self._document.recording
        assert recording is not None

        def done(read: ReadStems) -> None:
            if self._document.recording is not recording:
                return
            for stem in read.stems:
                self._stems[stem.path] = stem
            self._troubles |= dict(read.missing)
            changed = [
                UserError("audio.stem_changed", name=each.path.name)
                for each in self._document.state.references
                if each.checksum and each.path in self._stems and self._stems[each.path].checksum != each.checksum
            ]
            self._tell([*(trouble for _, trouble in read.missing), *changed])
            self._follow()

        self._runner.run(
            self.tr("Reading references"),
            lambda job: read_stems(sorted(paths), recording, job.report),
            done,
            self._notices.trouble,
            key="references load",
        )

    def _measure_levels(self) -> None:
        recording, placed = self._document.recording, [each for _, each in self.ready]
        if recording is None or not placed:
            self._runner.drop("references levels")
            self.told.emit()
            return

        def work(job: Job) -> Levels:
            sounds = []
            for number, each in enumerate(placed):
                sounds.append(each.samples)
                job.report((number + 1) / (len(placed) + 1))
            return levels_in(recording.samples, sounds, job.report)

        def done(levels: Levels) -> None:
            if self._document.recording is recording and [each for _, each in self.ready] == placed:
                self._levels = levels
                self.told.emit()

        self._runner.run("", work, done, self._notices.trouble, key="references levels")

    def _tell(self, troubles: Sequence[UserError]) -> None:
        if troubles:
            self._notices.trouble(" ".join(worded(each) for each in troubles))


def _same_sound(one: Reference, other: Reference) -> bool:
    """Whether two references differ in name alone."""
    return replace(one, name=other.name) == other
