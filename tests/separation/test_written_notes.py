"""Notes of MIDI and text files: their times, their parts, and what is wrong with a file."""

from __future__ import annotations

from contextlib import suppress

import mido
import pytest

from workbench.errors import UserError
from workbench.nmf.activations import Event
from workbench.separation.written_notes import read_notes


def written(path, *tracks, resolution=480):
    file = mido.MidiFile(ticks_per_beat=resolution)
    for name, messages in tracks:
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name=name, time=0))
        track.extend(messages)
        file.tracks.append(track)
    file.save(path)
    return path


def on(note, time=0, channel=0, velocity=64):
    return mido.Message("note_on", note=note, time=time, channel=channel, velocity=velocity)


def off(note, time=0, channel=0):
    return mido.Message("note_off", note=note, time=time, channel=channel)


def test_ticks_are_seconds_by_the_tempo_of_any_track(tmp_path):
    tempo = mido.MetaMessage("set_tempo", tempo=1_000_000, time=960)
    path = written(
        tmp_path / "a.mid", ("tempo", [tempo]), ("Flute", [on(60, 480), off(60, 480), on(62, 480), off(62, 480)])
    )
    (flute,) = read_notes(path)
    # 120 beats a minute for two beats, then 60.
    assert flute.name == "Flute" and not flute.drums
    assert flute.notes == (Event(0.5, 0.5, 60.0), Event(2.0, 1.0, 62.0))


def test_a_part_for_each_track_and_channel_and_drums_by_their_channel(tmp_path):
    one = [on(60), on(36, channel=9), off(60, 480), off(36, channel=9)]
    path = written(tmp_path / "a.mid", ("Both", one), ("", [on(70), off(70, 480)]))
    parts = read_notes(path)
    assert [(part.name, part.drums, len(part.notes)) for part in parts] == [
        ("Both", False, 1),
        ("Both", True, 1),
        ("", False, 1),
    ]


def test_silent_note_ons_end_notes_and_hanging_ones_end_with_their_track(tmp_path):
    path = written(tmp_path / "a.mid", ("x", [on(60), on(60, 480, velocity=0), on(64), on(65, 480), off(65, 480)]))
    (part,) = read_notes(path)
    assert part.notes == (Event(0.0, 0.5, 60.0), Event(0.5, 1.0, 64.0), Event(1.0, 0.5, 65.0))


def test_text_is_one_part_of_notes_or_of_drums(tmp_path):
    path = tmp_path / "Tune.csv"
    path.write_text("\ufeff1.5,0.5,62\n0.0,1.0,60\n")
    (part,) = read_notes(path)
    assert part.name == "Tune" and not part.drums and [n.label for n in part.notes] == [60, 62]
    path.write_text("0.5 36\n1.0 38\n")
    assert read_notes(path)[0].drums


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.mid", b"no MIDI at all", "notes_damaged"),
        ("a.mid", b"", "notes_damaged"),
        ("a.csv", b"one, two\n", "onsets_wrong"),
        ("a.csv", b"# nothing\n", "no_notes"),
        ("a.csv", b"\xff\xfe\x00", "notes_unreadable"),
    ],
)
def test_a_file_without_notes_is_refused_with_a_reason(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=code):
        read_notes(path)


def test_damaged_files_are_refused_wherever_they_break(tmp_path):
    good = written(tmp_path / "a.mid", ("x", [on(60), off(60, 480), on(64), off(64, 480)])).read_bytes()
    path = tmp_path / "b.mid"
    for cut in range(len(good)):
        for content in (good[:cut], good[:cut] + bytes([255 - good[cut]]) + good[cut + 1 :]):
            path.write_bytes(content)
            # Another byte may still be a file of notes; no other error is raised.
            with suppress(UserError):
                assert read_notes(path)


def test_a_file_that_is_not_there(tmp_path):
    for name in ("a.mid", "a.csv"):
        with pytest.raises(UserError, match="notes_unreadable"):
            read_notes(tmp_path / name)
