"""What of a file is sound: streams for the decoder, and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.audio.files.spliced import Spliced


class Fault(Enum):
    """What is wrong with a file of which sound can be read."""

    CUT = auto()
    """It says that it holds more than there is."""
    DAMAGED = auto()
    """Something in the midst of it is not what was written."""


class Check(Protocol):
    """Sees all that is decoded, block by block, and says in the end whether it is what was written."""

    def take(self, samples: NDArray[np.float32]) -> None:
        """The next samples, shape (n, C)."""

    @property
    def holds(self) -> bool:
        """Whether all of them are as they were written."""


@dataclass(frozen=True)
class Stream:
    """Sound that is decoded in one go.

    Attributes
    ----------
    file : Spliced
        A whole file of one of the formats that libsndfile reads.
    counted : bool
        Whether the decoder knows how many frames there should be before it has read them.
    check : callable () -> Check, optional
        Whether what is decoded is what was written.
    least, most : int, int or None
        Frames that there should be at least, and how many of what is decoded are sound.
    filled : int
        Where fewer frames than this are more than that, they fill up the last packet; else nobody knows.
    sipped : bool
        Whether it is known where the decoder found that the sound ends.
    """

    file: Spliced
    counted: bool = True
    check: Callable[[], Check] | None = None
    least: int = 0
    most: int | None = None
    filled: int = 0
    sipped: bool = False


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
    beside : bool
        Whether there is other sound at the same time, which is left out.
    """

    streams: tuple[Stream, ...]
    faults: frozenset[Fault] = frozenset()
    behind: int = 0
    beside: bool = False
