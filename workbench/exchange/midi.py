"""Notes as a MIDI file: a track for each part, a thousand ticks a second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import mido

from workbench.exchange.notes import Part
from workbench.storage import replacing

TICKS = 500
"""A beat, of which there are two a second."""
SECOND = 2 * TICKS
DRUMS = 9
"""General MIDI's channel of drums, counted from 0: of parts whose notes have no pitch."""
STROKE, HIT = 0.05, 37
"""Seconds, and the number, of a moment without a pitch: a side stick."""


def write(path: Path, parts: Sequence[Part]) -> list[Path]:
    """Write notes; returns the path alone. Pitches are rounded to semitones, times to a thousandth of a second.

    Raises
    ------
    UserError, OSError
        As `replacing`.
    """
    file = mido.MidiFile(ticks_per_beat=TICKS)
    channels = [each for each in range(16) if each != DRUMS]
    for number, each in enumerate(parts):
        pitched = any(note.pitch is not None for note in each.notes)
        file.tracks.append(_track(each, channels[number % len(channels)] if pitched else DRUMS))
    with replacing(path) as partial, partial.open("wb") as out:
        file.save(file=out)
    return [path]


def _track(part: Part, channel: int) -> mido.MidiTrack:
    events: list[tuple[int, bool, int]] = []
    for note in part.notes:
        pitch = HIT if note.pitch is None else min(max(round(note.pitch), 0), 127)
        begin = round(note.begin * SECOND)
        # Two of a pitch that meet: the first ends before the next begins; none is shorter than a tick.
        end = max(round((note.end if note.end > note.begin else note.begin + STROKE) * SECOND), begin + 1)
        events += [(begin, True, pitch), (end, False, pitch)]
    # MIDI's text is of one byte a letter.
    name = part.name.encode("latin-1", "replace").decode("latin-1")
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name, time=0)])
    at = 0
    for tick, on, pitch in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80 if on else 0, time=tick - at))
        at = tick
    return track
