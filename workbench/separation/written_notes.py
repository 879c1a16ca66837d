"""Notes that somebody wrote: MIDI files and lists of notes as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mido

from workbench.errors import UserError
from workbench.nmf.activations import Event
from workbench.separation.labels import events_in

MIDI = (".mid", ".midi", ".smf")
TEXT = (".csv", ".txt", ".tsv")
PERCUSSION = 9
"""The channel of drums in General MIDI, counted from 0."""


@dataclass(frozen=True)
class WrittenPart:
    """What one player plays.

    Attributes
    ----------
    name : str
        As the file says it; '' where it says none.
    notes : tuple of Event
        By onset; labels are MIDI pitches, or numbers of drums.
    drums : bool
        The labels are no pitches.
    """

    name: str
    notes: tuple[Event, ...]
    drums: bool = False


def read_notes(path: Path) -> list[WrittenPart]:
    """The parts of a file of notes, those without a note left out.

    A MIDI file has a part for each track and channel. A text file is one part, with a line for each note: onset,
    duration and pitch, or onset and number of a drum (`workbench.nmf.read_events`), or a table whose head names its
    columns (`separation.labels`).

    Raises
    ------
    UserError
        If it can't be read, is neither, or has no note.
    """
    try:
        if path.suffix.lower() in MIDI:
            parts = _midi_parts(path)
        else:
            notes, words = events_in(path.read_text(encoding="utf-8-sig"))
            if words:
                raise UserError("separation.notes_are_words", name=path.name)
            parts = [WrittenPart(path.stem, tuple(sorted(notes, key=_onset)), not any(n.duration for n in notes))]
    except UnicodeDecodeError as error:
        raise UserError("separation.notes_unreadable", name=path.name) from error
    except OSError as error:
        # mido tells what is no MIDI file by the same class.
        if error.errno is None:
            raise UserError("separation.notes_damaged", name=path.name) from error
        raise UserError("separation.notes_unreadable", name=path.name) from error
    except UserError:
        raise
    except (ValueError, EOFError, LookupError, TypeError, mido.KeySignatureError) as error:
        if path.suffix.lower() in MIDI:
            raise UserError("separation.notes_damaged", name=path.name) from error
        raise UserError("separation.onsets_wrong", name=path.name, reason=error) from error
    parts = [each for each in parts if each.notes]
    if not parts:
        raise UserError("separation.no_notes", name=path.name)
    return parts


def _onset(event: Event) -> tuple[float, float]:
    return event.onset, event.label


def _midi_parts(path: Path) -> list[WrittenPart]:
    file = mido.MidiFile(path)
    if file.ticks_per_beat <= 0:
        raise ValueError("times in frames of film")
    tempo = _Tempo(file)
    parts = []
    for track in file.tracks:
        notes: dict[int, list[Event]] = {}
        sounding: dict[tuple[int, int], list[float]] = {}
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            key, now = (message.channel, message.note), tempo.second_of(ticks)
            if message.type == "note_on" and message.velocity > 0:
                sounding.setdefault(key, []).append(now)
            elif sounding.get(key):
                begin = sounding[key].pop(0)
                notes.setdefault(message.channel, []).append(Event(begin, now - begin, float(message.note)))
        end = tempo.second_of(ticks)
        for (channel, note), begun in sounding.items():
            # Never let go: it sounds to the end of its track.
            notes.setdefault(channel, []).extend(Event(begin, end - begin, float(note)) for begin in begun)
        for channel, each in sorted(notes.items()):
            parts.append(WrittenPart(track.name.strip(), tuple(sorted(each, key=_onset)), channel == PERCUSSION))
    return parts


class _Tempo:
    """Seconds of ticks. All tracks of a file share the changes of tempo, whichever they stand in."""

    def __init__(self, file: mido.MidiFile) -> None:
        changes = [(0, 500_000)]
        for track in file.tracks:
            ticks = 0
            for message in track:
                ticks += message.time
                if message.type == "set_tempo":
                    changes.append((ticks, message.tempo))
        changes.sort(key=lambda change: change[0])
        self._resolution = file.ticks_per_beat
        self._points: list[tuple[int, float, int]] = []
        second, before, tempo = 0.0, 0, changes[0][1]
        for ticks, new in changes:
            second += mido.tick2second(ticks - before, self._resolution, tempo)
            before, tempo = ticks, new
            self._points.append((ticks, second, tempo))

    def second_of(self, ticks: int) -> float:
        """Time of a tick in seconds."""
        start, second, tempo = next(point for point in reversed(self._points) if point[0] <= ticks)
        return float(second + mido.tick2second(ticks - start, self._resolution, tempo))
