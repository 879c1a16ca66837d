"""Windows on one project know of each other."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class InUse:
    """A project that this window has open, as others can see: by a lock of the system, which ends with the program.

    Attributes
    ----------
    elsewhere : bool
        Whether another has it open.
    """

    def __init__(self) -> None:
        self._handle: int | None = None
        self.elsewhere = False

    def hold(self, path: Path | None) -> None:
        """Have another project open, or none; where nothing can be locked, nobody is known of."""
        self.let_go()
        if path is None or sys.platform == "win32":
            return
        with contextlib.suppress(OSError):
            self._handle = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.elsewhere = True

    @staticmethod
    def is_held(path: Path) -> bool:
        """Whether another window has a project open."""
        other = InUse()
        # What is not there is held by nobody.
        other.hold(path if path.is_file() else None)
        found = other.elsewhere
        other.let_go()
        return found

    def let_go(self) -> None:
        """Have none open."""
        self.elsewhere = False
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
