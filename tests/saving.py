"""States as a project file gives them back."""

from pathlib import Path

import numpy as np

from workbench.audio.recording import Recording
from workbench.document.document import Document
from workbench.document.packed.pieces import tables_of
from workbench.document.packed.pools import Held
from workbench.document.packed.schema import Tables
from workbench.document.project import packed, unpacked
from workbench.document.state import State


def saved_again(state: State, runs=None, recording: Recording | None = None) -> State:
    """A state, packed, written as JSON, checked and unpacked."""
    import msgspec

    recording = recording or Recording(np.zeros((8000, 1), np.float32), 8000, Path("none.wav"))
    head, pieces = packed(Path("none.workbench"), recording, state, runs or {})
    arrays = {name: np.concatenate(held) for name, held in pieces.arrays.items()}
    tables = tables_of([msgspec.json.decode(line, type=Tables) for line in pieces.lines])
    head = msgspec.json.decode(msgspec.json.encode(head), type=type(head))
    return unpacked(Path("none.workbench"), head, tables, Held(arrays), Path("none.wav")).state


def document_again(document: Document) -> State:
    """The recorded state of a document, the same way."""
    assert document.recording is not None
    return saved_again(document.recorded_state, document.runs, document.recording)
