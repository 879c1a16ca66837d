"""NIST SPHERE files, in which archives of speech are kept: a head of text says how many samples there are."""

from __future__ import annotations

import re
from typing import BinaryIO

from workbench.audio.files.layout import Fault, Layout, Stream
from workbench.audio.files.spliced import Span, Spliced

MAGIC = b"NIST"
FIELD = re.compile(rb"^(\w+) -\w+ (\d+)\s*$", re.MULTILINE)
MOST_HEAD = 1 << 16
"""Bytes."""


def sphere(file: BinaryIO, start: int, stop: int) -> tuple[Layout, int]:
    """The layout of such a file, and where it ends."""
    file.seek(start)
    head = file.read(min(MOST_HEAD, stop - start))
    size = re.match(rb"NIST_1A\n\s*(\d+)\n", head)
    fields = {name: int(number) for name, number in FIELD.findall(head)}
    counts = [fields.get(name, 0) for name in (b"sample_count", b"channel_count", b"sample_n_bytes")]
    end = stop
    if size is not None and all(counts):
        end = start + int(size[1]) + counts[0] * counts[1] * counts[2]
    faults = {Fault.CUT} if end > stop else set()
    end = min(end, stop)
    return Layout((Stream(Spliced(file, [Span(start, end)])),), frozenset(faults)), end
