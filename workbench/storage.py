"""Files that are never half written: written beside, synced, and renamed.

What is being written stands beside its target as ``.NAME.TOKEN.part``, TOKEN being 32 hexadecimal digits, and is
locked (`flock`) from its making to its end; the system lets go of the lock of a program that was killed. So a file of
such a name that belongs to the same user and is not locked was left behind by a save that never ended, and the next
save of NAME removes it. Nothing else is ever removed: neither what is locked, nor what can't be locked (on some
network file systems, and on Windows, such files stay).
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from workbench.errors import UserError

if sys.platform != "win32":
    import fcntl

LONGEST_NAME = 200
"""Bytes of NAME that the name of what is being written begins with; file systems allow 255 in all."""


@contextmanager
def replacing(path: Path, before: Callable[[Path], object] = lambda target: None) -> Iterator[Path]:
    """A path to write to; what was written takes the place of `path` when the block ends well.

    Where `path` is a link, the file that it leads to is replaced, and the link stays. The new file has the mode of the
    one before, and is on the disk before it takes its place. When the block ends with an error, all is as it was.

    Parameters
    ----------
    path : Path
        What to write or to replace. Its folder must exist.
    before : callable
        Called with the file that is replaced, when the new one is on the disk and about to take its place.

    Yields
    ------
    Path
        An empty file beside it, to be opened and written in place.

    Raises
    ------
    UserError
        If `path` is a file that may not be written, or no plain file.
    OSError
        As the system reports it: there is no such folder, or no space.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_to_keep(target)
    remove_stale(target)
    # Until it has the mode of the one before, nobody else may look into it.
    partial, handle = _new_partial(target, 0o666 if mode is None else 0o600)
    try:
        yield partial
        if mode is not None:
            os.chmod(partial, mode)
        sync(partial, os.O_RDWR)
        before(target)
        os.replace(partial, target)
        if sys.platform != "win32":
            # Some file systems can't sync a folder; the new file is in its place all the same.
            with contextlib.suppress(OSError):
                sync(target.parent, os.O_RDONLY)
    finally:
        partial.unlink(missing_ok=True)
        if handle is not None:
            os.close(handle)


def _mode_to_keep(target: Path) -> int | None:
    """Permissions of the file that is to be replaced; None where there is none."""
    try:
        known = target.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(known):
        raise UserError("storage.no_plain_file", file=target.name)
    # Also for those whom the system lets write everything: the mode says what is wanted.
    if not known & 0o222 or not os.access(target, os.W_OK):
        raise UserError("storage.read_only", file=target.name)
    return stat.S_IMODE(known)


def _new_partial(target: Path, mode: int) -> tuple[Path, int | None]:
    """An empty file for what is to be written, and the open handle that holds its lock, where there are locks."""
    while True:
        partial = target.with_name(f".{_beginning(target)}.{uuid4().hex}.part")
        handle = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        if sys.platform == "win32":
            # An open file could not be renamed.
            os.close(handle)
            return partial, None
        # Where locks are not supported nobody else can have one either, and so nobody removes it.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        # Another save may have taken it for a stale one before it was locked.
        if partial.exists():
            return partial, handle
        os.close(handle)


def remove_stale(target: Path) -> None:
    """Remove what saves of the same name left behind that never ended, by the rule at the top of this file."""
    if sys.platform == "win32":
        return
    pattern = re.compile(rf"\.{re.escape(_beginning(target))}\.[0-9a-f]{{32}}\.part")
    # It may be gone meanwhile, be locked by who writes it, or be in a folder that can't be listed: no save fails of it.
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(target.parent)):
            if not pattern.fullmatch(entry.name) or not entry.is_file(follow_symlinks=False):
                continue
            if entry.stat(follow_symlinks=False).st_uid != os.geteuid():
                continue
            with contextlib.suppress(OSError):
                handle = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(entry.path)
                finally:
                    os.close(handle)


def _beginning(target: Path) -> str:
    """The name of a file, or as much of it as leaves room for more."""
    return os.fsencode(target.name)[:LONGEST_NAME].decode(errors="ignore")


def sync(path: Path, flags: int) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
