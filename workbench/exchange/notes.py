"""Notes of layers as they go out: a part for each player."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """A note, or a moment at which something begins.

    Attributes
    ----------
    begin, end : float
        Seconds; equal for a moment.
    pitch : float or None
        MIDI pitch, 69 for 440 Hz; None for a moment without one.
    """

    begin: float
    end: float
    pitch: float | None = None


@dataclass(frozen=True)
class Part:
    """What a layer plays."""

    name: str
    notes: tuple[Note, ...]
