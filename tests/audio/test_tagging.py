"""What sound files say of themselves."""

from dataclasses import asdict, replace

import pytest
import soundfile

from tests.audio.written import needs_ffmpeg, probed
from tests.conftest import make_scene, tone_mix
from workbench.audio.export import mix_piece
from workbench.audio.formats import FORMATS
from workbench.audio.naming import MIX, Kind, Label
from workbench.audio.recording import load
from workbench.audio.tagging import UNTAGGED, Tags
from workbench.audio.writing import write

TAGS = Tags("Flöte 笛", "Ä Trio", 'Songs "x"', "2024-05-01", "Jazz", "one; two & three", "3")
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())


def tagged(folder, form, tags=TAGS):
    scene = make_scene(2, 0.3, rate=48000)
    piece = replace(mix_piece(scene, folder, "song", form), tags=tags)
    write([piece], form)
    return piece.path


@every_format
def test_every_format_keeps_every_tag_and_they_are_read_with_the_recording(tmp_path, form):
    path = tagged(tmp_path, form)
    with soundfile.SoundFile(path) as file:
        found = file.copy_metadata()
    expected = asdict(TAGS)
    if form.name == "MP3":
        expected["date"] = "2024"
    assert {name: found.get(name) for name in expected} == expected
    assert load(path).tags == Tags(**{**expected, "tracknumber": ""}), "the number is that of the file alone"


@needs_ffmpeg
@every_format
def test_ffprobe_finds_every_tag(tmp_path, form):
    found = probed(tagged(tmp_path, form))["tags"]
    assert found["date"] == ("2024" if form.name == "MP3" else TAGS.date)
    assert found["track"] == TAGS.tracknumber
    for name in ("title", "artist", "album", "genre", "comment"):
        assert found[name] == getattr(TAGS, name)


@every_format
def test_without_tags_the_sound_is_the_same(tmp_path, form):
    plain, words = tagged(tmp_path / "a", form, UNTAGGED), tagged(tmp_path / "b", form)
    one, other = (soundfile.read(path, dtype="float32")[0] for path in (plain, words))
    assert (one == other).all()
    with soundfile.SoundFile(plain) as file:
        assert not file.copy_metadata().keys() & asdict(UNTAGGED).keys()


def test_the_tags_of_a_file_come_from_those_of_its_recording():
    source = Tags("Blue", "Trio", "Live", "2024", "Jazz", "taped")
    snare = Label(Kind.LAYER, "Snare", 7, 12, "Drums")
    got = source.of(snare, "take 3")
    assert got == replace(source, title="Blue – Snare", tracknumber="7")
    assert source.of(MIX, "take 3") == source
    # Of a recording without a title its name stands for it.
    assert UNTAGGED.of(snare, "take 3") == Tags(title="Snare", album="take 3", tracknumber="7")
    assert UNTAGGED.of(MIX, "take 3") == Tags(title="take 3", album="take 3")
    assert Tags(title="Blue").of(snare, "take 3").album == "Blue"


def test_what_can_not_be_read_is_nothing_and_stops_nothing(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone_mix(0.2), 8000)
    assert load(tmp_path / "a.wav").tags == UNTAGGED
    with soundfile.SoundFile(tmp_path / "b.wav", "w", 8000, 2) as file:
        file.title, file.artist = "Caf\u00e9", "known"
        file.write(tone_mix(0.2))
    data = (tmp_path / "b.wav").read_bytes()
    (tmp_path / "b.wav").write_bytes(data.replace("é".encode(), b"\xe9 "))
    assert load(tmp_path / "b.wav").tags == Tags(artist="known"), "letters of an unknown encoding are not guessed"


def test_the_name_of_a_file_is_no_matter(tmp_path):
    for name in ("sound.raw", "sound.txt", "sound.mp3", "sound"):
        path = tmp_path / name
        tagged(tmp_path, FORMATS["FLAC, 16-bit"]).rename(path)
        assert load(path).tags.artist == TAGS.artist


def test_what_would_end_a_text_does_not(tmp_path):
    path = tagged(tmp_path, FORMATS["FLAC, 16-bit"], Tags(title="a\0b", artist="  "))
    with soundfile.SoundFile(path) as file:
        assert file.copy_metadata() == {"title": "a b"}
