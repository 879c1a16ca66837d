"""Files that were open lately, with their pictures."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path
from time import time

import msgspec
from PySide6.QtCore import QObject, Signal

from workbench.document.packed.archive import UNREADABLE
from workbench.document.whereabouts import from_words, in_words
from workbench.storage import replacing

LIST, PICTURES = "recent.json", "pictures"
SHOWN, KEPT = 10, 100
"""How many are offered, and how many are known to have been open here."""


class RecentFile(msgspec.Struct):
    """A file that was open.

    Attributes
    ----------
    path : str
        As `whereabouts.in_words`.
    time : float
        When it was opened or saved last, in seconds since 1970.
    """

    path: str
    time: float = 0.0

    @property
    def file(self) -> Path:
        """Where it is."""
        return Path(from_words(self.path))


class Recent(QObject):
    """The list of them, shared by all windows.

    Parameters
    ----------
    home : Path or None
        The program's own folder; without one, nothing is remembered.
    """

    changed = Signal()

    def __init__(self, home: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home

    @property
    def files(self) -> list[RecentFile]:
        """Those that are offered and there, the newest first."""
        # No more are looked for than are shown: each is looked up on its disk.
        return list(islice((each for each in self._known() if each.file.is_file()), SHOWN))

    def knows(self, path: Path) -> bool:
        """Whether a file was open here, or was saved here."""
        return any(each.path == _name(path) for each in self._known())

    def picture(self, path: Path) -> Path | None:
        """Where the picture of a file is, or is to be put; None where nothing is remembered."""
        if self._home is None:
            return None
        folder = self._home / PICTURES
        return folder / f"{hashlib.sha256(_name(path).encode()).hexdigest()[:32]}.png"

    def add(self, path: Path) -> None:
        """A file is open, or was saved."""
        name = _name(path)
        self._put([RecentFile(name, time()), *(each for each in self._known() if each.path != name)])

    def forget_all(self) -> None:
        """Forget which files there were, and their pictures."""
        for each in self._known():
            picture = self.picture(each.file)
            if picture is not None:
                picture.unlink(missing_ok=True)
        self._put([])

    def _known(self) -> list[RecentFile]:
        if self._home is None:
            return []
        try:
            return msgspec.json.decode((self._home / LIST).read_bytes(), type=list[RecentFile])
        except (OSError, *UNREADABLE):
            # None yet, or damaged: it is only a convenience, and is written anew with the next file.
            return []

    def _put(self, files: list[RecentFile]) -> None:
        if self._home is None:
            return
        for each in files[KEPT:]:
            picture = self.picture(each.file)
            if picture is not None:
                picture.unlink(missing_ok=True)
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with replacing(self._home / LIST) as partial:
                partial.write_bytes(msgspec.json.encode(files[:KEPT]))
        except OSError:
            # A disk that refuses keeps nobody from opening files.
            return
        self.changed.emit()


def _name(path: Path) -> str:
    return in_words(str(path.resolve()))
