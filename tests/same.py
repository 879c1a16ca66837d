"""Whether two documents are the same to the last bit, whatever they share in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from workbench.document.document import Document
from workbench.document.project import Project
from workbench.document.state import Run, State
from workbench.masks.model.sources import Sources
from workbench.masks.stack import Stack

LEFT_OUT = {Stack: {"levels", "groups", "remembered"}, Sources: {"told"}}
"""Fields that are no part of what is saved."""


class Words:
    """Gives equal things the same word."""

    def __init__(self) -> None:
        # Keeps what has a word, so that its identity is not another's.
        self._known: dict[int, tuple[object, bytes]] = {}

    def word(self, thing: Any) -> bytes:
        """A word for a thing and all that it holds."""
        key = id(thing)
        if key not in self._known:
            self._known[key] = thing, blake2b(self._content(thing), digest_size=16).digest()
        return self._known[key][1]

    def _content(self, thing: Any) -> bytes:
        if isinstance(thing, np.ndarray):
            return f"{thing.dtype.str}{thing.shape}".encode() + np.ascontiguousarray(thing).tobytes()
        if isinstance(thing, Mapping):
            pairs = sorted((self.word(key), self.word(value)) for key, value in thing.items())
            return b"{" + b"".join(a + b for a, b in pairs)
        if isinstance(thing, (tuple, list)):
            return b"(" + b"".join(map(self.word, thing))
        if is_dataclass(thing) and not isinstance(thing, type):
            left_out = LEFT_OUT.get(type(thing), set())
            held = [each.name for each in fields(thing) if each.init and each.name not in left_out]
            return type(thing).__name__.encode() + b"".join(self.word(getattr(thing, name)) for name in held)
        if isinstance(thing, float):
            return b"f" + float(thing).hex().encode()
        assert thing is None or isinstance(thing, (int, str, bytes, Enum, Path)), thing
        return f"{type(thing).__name__}{thing!r}".encode("utf-8", "surrogatepass")


def history_word(
    steps: Sequence[tuple[str, State]], present: int, runs: Mapping[int, Run], words: Words | None = None
) -> str:
    """A word for a history with its runs."""
    words = words or Words()
    named = {number: run for number, run in runs.items() if number}
    return words.word((tuple(map(tuple, steps)), present, tuple(sorted(named.items())))).hex()


def document_word(document: Document) -> str:
    """That of an open document."""
    return history_word([(step.name, step.state) for step in document.steps], document.step, document.runs)


def project_word(project: Project) -> str:
    """That of what was read."""
    return history_word(project.steps, project.present, project.runs)
