"""Labels and notes go out and come back, and lists that other programs write are read."""

from __future__ import annotations

import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.exchange import audacity, labels_csv, midi, sonic_visualiser
from workbench.exchange.labels import read_labels
from workbench.exchange.notes import Note, Part
from workbench.separation.labels import Label
from workbench.separation.labels import read_labels as labels_in
from workbench.separation.written_notes import read_notes
from workbench.spectral.stft import Analysis

WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12).map(str.strip)
TIMES = st.floats(0, 1e5, allow_subnormal=False)
BAND = st.none() | st.floats(0, 24000, allow_subnormal=False)


@st.composite
def labels(draw, words=WORDS):
    begin = draw(TIMES)
    end = begin + draw(st.just(0.0) | st.floats(0, 100))
    return Label(begin, end, draw(words), draw(BAND), draw(BAND))


def in_order(found):
    return sorted(found, key=lambda label: (label.begin, label.end))


@given(st.lists(labels(), min_size=1, max_size=6))
def test_audacity_has_millionths_of_all(found):
    back = labels_in(audacity.as_text(found))
    assert [each.text for each in back] == [each.text for each in in_order(found)]
    for one, other in zip(back, in_order(found), strict=True):
        for a, b in zip(
            (one.begin, one.end, one.low, one.high), (other.begin, other.end, other.low, other.high), strict=True
        ):
            assert (a is None and b is None) or abs(a - b) <= 0.5e-6 + 1e-11 * abs(b)
    # What has been rounded once comes back exactly.
    assert labels_in(audacity.as_text(back)) == in_order(back)


@given(
    st.integers(1, 2_000_000),
    st.integers(1, 1000),
    st.sampled_from([8000, 22050, 44100, 48000, 192000]),
    st.sampled_from([Analysis(64, 2), Analysis(2048, 512), Analysis(512, 128), Analysis(16384, 4096)]),
)
def test_marks_come_back_from_audacity_in_their_frames(start, count, rate, analysis):
    """Their edges lie halfway between frames, where rounding down is another frame."""
    (back,) = labels_in(audacity.as_text([Label(*analysis.span(start, start + count, rate), "mark")]))
    assert analysis.frames_of(back.begin, back.end, rate) == (start, start + count)


@given(st.lists(labels(), min_size=1, max_size=6))
def test_csv_brings_everything_back_exactly(found):
    assert labels_in(labels_csv.as_text(found)) == in_order(found)


PITCHED = st.tuples(TIMES.filter(lambda t: t < 1000), st.floats(0.01, 10), st.integers(0, 127))


@given(st.lists(st.lists(PITCHED, min_size=1, max_size=5, unique_by=lambda note: note[2]), min_size=1, max_size=3))
def test_midi_is_true_to_a_tick(parts):
    given_parts = [
        Part(f"part {i}", tuple(Note(begin, begin + length, float(pitch)) for begin, length, pitch in notes))
        for i, notes in enumerate(parts)
    ]
    with tempfile.TemporaryDirectory() as folder:
        (path,) = midi.write(Path(folder) / "a.mid", given_parts)
        back = read_notes(path)
    assert [each.name for each in back] == [each.name for each in given_parts]
    for one, other in zip(back, given_parts, strict=True):
        read = sorted((note.label, note.onset, note.onset + note.duration) for note in one.notes)
        wanted = sorted((note.pitch, note.begin, note.end) for note in other.notes)
        for a, b in zip(read, wanted, strict=True):
            assert a == pytest.approx(b, abs=1.001 / midi.SECOND)


def test_a_moment_without_a_pitch_is_a_stroke_of_the_drums(tmp_path):
    (path,) = midi.write(tmp_path / "a.mid", [Part("Hat ♥", (Note(0.5, 0.5), Note(1.0, 1.0)))])
    (part,) = read_notes(path)
    assert part.drums and part.name == "Hat ?" and [note.onset for note in part.notes] == [0.5, 1.0]


@pytest.mark.parametrize(
    "text", ["words\n", "1,2,x,y,z\n", "-1\t2\tx\n", "2\t1\tx\n", "nan\t1\tx\n", "start,end\n1\n2,1\n"]
)
def test_a_line_that_is_none_is_told(text, tmp_path):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(UserError) as told:
        read_labels(tmp_path / "a.txt")
    assert told.value.code == "exchange.label_line" and "Line" in str(told.value.values["reason"])


def points(path):
    root = ET.parse(path).getroot()
    model, dataset, layer = root.find("data/model"), root.find("data/dataset"), root.find("display/layer")
    assert root.tag == "sv" and model.get("type") == "sparse"
    assert model.get("dataset") == dataset.get("id") and layer.get("model") == model.get("id")
    assert model.get("dimensions") == dataset.get("dimensions")
    return model, layer, [each.attrib for each in dataset.findall("point")]


def test_sonic_visualiser_gets_instants_regions_and_notes(tmp_path):
    told = [Label(1.0, 2.0, "b & <c>", 100, 300), Label(0.5, 0.5, "a\nx")]
    model, layer, found = points(sonic_visualiser.write_instants(tmp_path / "i.svl", told, 8000, "Marks")[0])
    assert layer.get("type") == "timeinstants" and model.get("dimensions") == "1" and model.get("sampleRate") == "8000"
    assert found == [{"frame": "4000", "label": "a x"}, {"frame": "8000", "label": "b & <c>"}]
    model, layer, found = points(sonic_visualiser.write_regions(tmp_path / "r.svl", told, 8000, "Marks")[0])
    assert layer.get("type") == "regions" and model.get("subtype") == "region" and model.get("units") == "Hz"
    assert found[1] == {"frame": "8000", "value": "200", "duration": "8000", "label": "b & <c>"}
    assert (model.get("start"), model.get("end")) == ("4000", "16000")
    part = Part("Flute", (Note(0.25, 0.75, 60.5), Note(1.0, 1.0)))
    model, layer, found = points(sonic_visualiser.write_notes(tmp_path / "n.svl", [part], 8000, "Notes")[0])
    assert layer.get("type") == "notes" and model.get("subtype") == "note"
    assert found == [{"frame": "2000", "value": "60.5", "duration": "4000", "level": "0.8", "label": "Flute"}]
    with pytest.raises(UserError):
        sonic_visualiser.write_notes(tmp_path / "e.svl", [], 8000, "Notes")
    assert not (tmp_path / "e.svl").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_are_read_however_they_are_encoded(encoding, tmp_path):
    (tmp_path / "a.csv").write_bytes("begin;label\n0,5;Flöte\n".encode(encoding))
    assert read_labels(tmp_path / "a.csv") == [Label(0.5, 0.5, "Flöte")]
