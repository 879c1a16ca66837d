"""From notes as written to a Standard MIDI File as a player would play them."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

from notes import TEMPO, Note, Stem

TICKS = 960  # MIDI ticks per quarter note
LEAD_IN = 0.03  # seconds before the first note, room for early notes
DURATION = 27.6  # seconds


def humanise(stem: Stem, rng: random.Random) -> list[Note]:
    """Vary the notes of a stem slightly, as a player would.

    Parameters
    ----------
    stem : Stem
        The stem as written.
    rng : random.Random
        Source of the variation.

    Returns
    -------
    list of Note
        The notes as played; off-beat sixteenths come a little late.
    """
    played = []
    for note in sorted(stem.notes, key=lambda n: (n.start, n.pitch)):
        sixteenth = round(note.start * 4)
        swing = 0.03 if sixteenth % 2 and abs(note.start * 4 - sixteenth) < 0.01 else 0.0
        seconds = stem.drag + max(-2.0, min(2.0, rng.gauss(0.0, 1.0))) * stem.looseness
        start = max(-0.02, note.start + swing + seconds * TEMPO / 60.0)
        velocity = max(1, min(127, note.velocity + round(rng.gauss(0.0, 2.5))))
        played.append(Note(start, note.pitch, note.length, velocity))
    return played


def variable_length(value: int) -> bytes:
    """Return a number in the variable-length form of MIDI files."""
    out = bytearray([value & 0x7F])
    while value := value >> 7:
        out.insert(0, 0x80 | (value & 0x7F))
    return bytes(out)


def midi_file(stem: Stem, notes: Sequence[Note]) -> bytes:
    """Return a stem as the bytes of a Standard MIDI File, format 0.

    Parameters
    ----------
    stem : Stem
        Instrument, pan, reverberation and controllers.
    notes : sequence of Note
        The notes to play.

    Returns
    -------
    bytes
        The file.
    """

    def tick(beats: float) -> int:
        return max(0, round((beats + LEAD_IN * TEMPO / 60.0) * TICKS))

    ch = stem.channel
    # (tick, order within the tick, message)
    events: list[tuple[int, int, bytes]] = [
        (0, 0, b"\xff\x51\x03" + round(60e6 / TEMPO).to_bytes(3, "big")),
        (0, 1, bytes([0xC0 | ch, stem.program])),
        (0, 1, bytes([0xB0 | ch, 10, stem.pan])),
        (0, 1, bytes([0xB0 | ch, 91, stem.reverb])),
        (0, 1, bytes([0xB0 | ch, 93, 0])),
    ]
    for control in stem.controls:
        message = bytes([0xB0 | ch, control.number, max(0, min(127, control.value))])
        events.append((tick(control.start), 2, message))
    next_start: dict[int, int] = {}
    for note in sorted(notes, key=lambda n: n.start, reverse=True):
        start = tick(note.start)
        end = max(start + 1, tick(note.start + note.length))
        end = min(end, next_start.get(note.pitch, end))  # never overlap a repeated note
        next_start[note.pitch] = start
        events.append((start, 4, bytes([0x90 | ch, note.pitch, note.velocity])))
        events.append((end, 3, bytes([0x80 | ch, note.pitch, 64])))
    events.sort()

    track = bytearray()
    now = 0
    for when, _, message in events:
        track += variable_length(when - now) + message
        now = when
    end_tick = round((DURATION + 1.0) * TEMPO / 60.0 * TICKS)  # keep rendering the tail
    track += variable_length(max(0, end_tick - now)) + b"\xff\x2f\x00"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS)
    return header + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)
