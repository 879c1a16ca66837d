"""What a piece is made of: notes, controller changes, stems."""

from __future__ import annotations

from dataclasses import dataclass, field

TEMPO = 116.0  # quarter notes per minute


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes
    ----------
    start : float
        Start in quarter notes from the beginning of bar 1.
    pitch : int
        MIDI note number.
    length : float
        Length in quarter notes.
    velocity : int
        MIDI velocity, 1 to 127.
    """

    start: float
    pitch: int
    length: float
    velocity: int


@dataclass(frozen=True)
class Control:
    """One controller change.

    Attributes
    ----------
    start : float
        Time in quarter notes from the beginning of bar 1.
    number : int
        MIDI controller number.
    value : int
        Controller value, 0 to 127.
    """

    start: float
    number: int
    value: int


@dataclass
class Stem:
    """One instrument of the piece.

    Attributes
    ----------
    name : str
        Name of the stem and of its file.
    channel : int
        MIDI channel from 0; channel 9 is the drum kit.
    program : int
        General MIDI program number from 0.
    pan : int
        Position in the stereo image, 0 (left) to 127 (right).
    reverb : int
        Amount sent to the reverberation, 0 to 127.
    level_db : float
        RMS level relative to the other stems, in decibels.
    looseness : float
        Standard deviation of the timing, in seconds.
    drag : float
        Mean delay behind the beat, in seconds; negative for instruments that speak slowly.
    crest_db : float
        Peaks higher than this above the RMS level are rounded off.
    notes : list of Note
        The notes.
    controls : list of Control
        Further controller changes.
    """

    name: str
    channel: int
    program: int
    pan: int
    reverb: int
    level_db: float
    looseness: float
    drag: float
    crest_db: float = 30.0
    notes: list[Note] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)


def at(bar: int, beat: float) -> float:
    """Return the time of a beat, both counted from 1, in quarter notes."""
    return 4.0 * (bar - 1) + beat - 1.0
