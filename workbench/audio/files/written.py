"""A file that libsndfile writes, of which it is known why it can't."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import soundfile


class Written:
    """A binary file that is written from C, where an exception goes nowhere: `error` keeps the first, for who asks.

    Parameters
    ----------
    path : Path
        A file that is there.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b", buffering=0)
        self.error: OSError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of a file."""
        try:
            return self._file.seek(offset, whence)
        except OSError as error:
            return self._failed(error)

    def tell(self) -> int:
        """As of a file."""
        return self._file.tell()

    def read(self, count: int) -> bytes:
        """As of a file: some formats look at what they wrote."""
        return self._file.read(count)

    def write(self, data: bytes) -> int:
        """As of a file; what can't be written is not, and seems to be."""
        done = 0
        try:
            while done < len(data) and self.error is None:
                done += self._file.write(data[done:]) or 0
        except OSError as error:
            self._failed(error)
        return len(data)

    def flush(self) -> None:
        """As of a file: nothing waits to be written."""

    def _failed(self, error: OSError) -> int:
        self.error = self.error or error
        return 0


def without_peak_chunk(file: soundfile.SoundFile) -> None:
    """Leave out libsndfile's PEAK chunk: it holds the time of writing, and the same sound must give the same file.

    soundfile does not wrap this command of libsndfile (SFC_SET_ADD_PEAK_CHUNK, 0x1050).
    """
    soundfile._snd.sf_command(file._file, 0x1050, soundfile._ffi.NULL, 0)
