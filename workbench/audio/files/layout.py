"""What of a file is sound: streams for the decoder, and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from workbench.audio.files.spliced import Spliced


class Fault(Enum):
    """What is wrong with a file of which sound can be read."""

    CUT = auto()
    """It says that it holds more than there is."""
    DAMAGED = auto()
    """Something in the midst of it is not what was written."""


@dataclass(frozen=True)
class Stream:
    """Sound that is decoded in one go.

    Attributes
    ----------
    file : Spliced
        A whole file of one of the formats that libsndfile reads.
    counted : bool
        Whether the decoder knows how many frames there should be before it has read them.
    check : callable (float32 (n, C)) -> bool, optional
        Whether what was decoded is what was written.
    """

    file: Spliced
    counted: bool = True
    check: Callable[[NDArray[np.float32]], bool] | None = None


@dataclass(frozen=True)
class Layout:
    """What a file is made of.

    Attributes
    ----------
    streams : tuple of Stream
        One after the other: files that were joined hold several.
    faults : frozenset of Fault
    behind : int
        Bytes after them that are neither sound nor anything else that is known.
    """

    streams: tuple[Stream, ...]
    faults: frozenset[Fault] = frozenset()
    behind: int = 0

    def joined(self, other: Layout) -> Layout:
        """With what another piece of the file is made of."""
        return Layout(self.streams + other.streams, self.faults | other.faults, self.behind + other.behind)
