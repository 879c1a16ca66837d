"""Printing on a terminal, into a pipe that is closed, on a disk that is full, or to nobody: the work goes on.

What is printed does not decide what was done: the exit status says that.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

PLAIN = {**dict(zip("“”‘’…–—−×·", ('"', '"', "'", "'", "...", "-", "-", "-", "x", "-"), strict=True)), "β": "beta"}
"""What stands for characters that a terminal has not."""


class _Tolerant:
    """A text stream that takes as written what can't be; None where there is none."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream, self._gone = stream, stream is None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """As of a stream."""
        if self._stream is not None and not self._gone:
            try:
                self._stream.write(text)
            except (OSError, ValueError):
                self._gone = True
        return len(text)

    def isatty(self) -> bool:
        """As of a stream."""
        return self._stream is not None and self._stream.isatty()

    def flush(self) -> None:
        """As of a stream."""
        if self._stream is not None and not self._gone:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self._gone = True

    def end(self) -> None:
        """Write what is left; what can't be is not tried again as the program ends."""
        self.flush()
        if self._stream is not None and self._gone:
            try:
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)
            except (OSError, ValueError):
                # A stream without a descriptor has nothing to write at the end.
                return


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end]
    return "".join(PLAIN.get(each, "?") for each in text), error.end


@contextmanager
def printing() -> Iterator[None]:
    """Make standard output and standard error such that nothing that is printed fails."""
    # Were one of them closed, the next file that is opened, one of the user's, would get its number.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    before = sys.stdout, sys.stderr
    codecs.register_error("plain", _plain)
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")
    streams = [_Tolerant(stream) for stream in before]
    sys.stdout, sys.stderr = streams
    try:
        yield
    finally:
        for each in streams:
            each.end()
        sys.stdout, sys.stderr = before
