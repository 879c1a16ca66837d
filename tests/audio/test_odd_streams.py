"""Streams of sound that decoders left alone get wrong: all of the sound, and no more than there is."""

import io
import struct

import numpy as np
import pytest
import soundfile

from tests.audio.odd_files import RATE, decoded_of, flipped, made, place_of, sized
from tests.conftest import tone_mix
from workbench.audio.files import mpeg, ogg
from workbench.audio.recording import load

TAG = b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257)


def opened(folder, data):
    (folder / "a").write_bytes(data)
    return load(folder / "a")


def codes(recording):
    return [remark.code for remark in recording.remarks]


def variable(loud_first):
    """An MP3 file of a variable bit rate, half of it quiet; and its frames of 1,152 samples."""
    half = 0.3 * np.random.default_rng(1).standard_normal((6 * 44100, 2)).astype(np.float32)
    quiet = tone_mix(6.0, 44100) * np.float32(0.01)
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", 44100, 2, "MPEG_LAYER_III", format="MP3", bitrate_mode="VARIABLE", compression_level=0.5
    ) as file:
        file.write(np.concatenate([half, quiet] if loud_first else [quiet, half]))
    return out.getvalue()


@pytest.mark.parametrize("loud_first", [True, False])
@pytest.mark.parametrize("how", ["none", "zero", "half", "whole"])
def test_mp3_of_a_variable_bit_rate_opens_whole_whatever_it_says_of_its_length(tmp_path, loud_first, how):
    data = variable(loud_first)
    whole = 12 * 44100
    first = mpeg.frame(data[:4])
    count = first.side + 8
    if how == "none":
        data = data[first.length :]
    elif how != "whole":
        told = int.from_bytes(data[count : count + 4], "big")
        data = sized(data, count, told // 2 if how == "half" else 0, ">I")
    recording = opened(tmp_path, data)
    assert codes(recording) == []
    # Without a head nobody says what the encoder put before and behind.
    assert whole <= len(recording.samples) <= whole + 3 * 1152
    if how != "none":
        np.testing.assert_allclose(recording.samples, decoded_of(variable(loud_first)), atol=1e-5)


@pytest.mark.parametrize("first", [0, 1])
def test_mp3_of_two_bit_rates_without_a_head_opens_whole(tmp_path, first):
    parts = []
    for level in (0.2, 0.9):
        out = io.BytesIO()
        with soundfile.SoundFile(
            out, "w", 48000, 2, "MPEG_LAYER_III", format="MP3", bitrate_mode="CONSTANT", compression_level=level
        ) as file:
            file.write(tone_mix(4.0, 48000))
        data = out.getvalue()
        parts.append(data[mpeg.frame(data[:4]).length :])
    rates = [mpeg.frame(part[:4]).length for part in parts]
    assert abs(rates[0] - rates[1]) > 1
    recording = opened(tmp_path, parts[first] + parts[1 - first])
    assert codes(recording) == []
    assert len(recording.samples) >= 8 * 48000


@pytest.mark.parametrize("kind", ["wav", "aiff", "flac", "ogg", "caf", "au"])
def test_a_tag_in_front_is_passed_over(tmp_path, kind):
    data = made(kind)
    for tags in (TAG, TAG + TAG):
        recording = opened(tmp_path, tags + data)
        assert codes(recording) == []
        np.testing.assert_array_equal(recording.samples, decoded_of(data))
    twice = opened(tmp_path, TAG + data + TAG + data)
    assert len(twice.samples) == 2 * len(recording.samples) and codes(twice) == []


def test_chunks_that_decoders_stumble_over_are_passed_over(tmp_path):
    wav, w64 = made("wav"), made("w64")
    guid = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    levels = b"levl" + guid + struct.pack("<Q", 24 + 4000) + b"\xff\x7f" * 2000
    empty = wav[:36] + b"data" + bytes(4) + wav[36:]
    wide = wav[:12] + b"ds64" + struct.pack("<IQQQI", 28, 1, 2, 3, 0) + wav[12:]
    for data in (w64 + levels, empty, wide, b"BW64" + made("rf64")[4:]):
        recording = opened(tmp_path, data)
        assert codes(recording) == [] and len(recording.samples) == RATE
        np.testing.assert_array_equal(recording.samples, decoded_of(wav))


def test_packed_samples_end_where_the_file_says(tmp_path):
    for subtype in ("IMA_ADPCM", "GSM610"):
        out = io.BytesIO()
        soundfile.write(out, tone_mix(1.0, channels=1), RATE, format="WAV", subtype=subtype)
        data = out.getvalue()
        place = place_of(data, b"fact") + 4
        recording = opened(tmp_path, sized(data, place, 7777))
        assert len(recording.samples) == 7777 and codes(recording) == []


def pages(data):
    places = [0]
    while (at := data.find(ogg.MAGIC, places[-1] + 1)) > 0:
        places.append(at)
    return [data[a:b] for a, b in zip(places, [*places[1:], len(data)], strict=True)]


def test_of_a_missing_page_no_sound_is_heard_twice(tmp_path):
    whole = made("ogg", 30.0)
    parts = pages(whole)
    middle = len(parts) // 2
    recording = opened(tmp_path, b"".join(parts[:middle] + parts[middle + 1 :]))
    assert codes(recording) == ["audio.damaged_inside"]
    assert RATE / 2 < 30 * RATE - len(recording.samples) < 15 * RATE


def test_of_streams_at_the_same_time_one_opens_and_the_others_are_told(tmp_path):
    one, other = pages(made("ogg", 2.0)), pages(made("ogg", 2.0, channels=1))
    number = struct.unpack("<I", one[0][14:18])[0]

    def renumbered(page):
        page = bytearray(page)
        page[14:18] = struct.pack("<I", number ^ 1)
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", int(ogg.checksums([page])[0]))
        return bytes(page)

    other = [renumbered(page) for page in other]
    recording = opened(tmp_path, b"".join([one[0], other[0], *one[1:], *other[1:]]))
    assert recording.channels == 2 and len(recording.samples) == 2 * RATE and codes(recording) == ["audio.other_part"]


@pytest.mark.parametrize("share", [0.15, 0.5, 0.8])
def test_of_a_damaged_flac_file_all_but_the_damage_opens(tmp_path, share):
    data = made("flac", 30.0)
    recording = opened(tmp_path, flipped(data, share))
    assert codes(recording) == ["audio.damaged_inside"] and len(recording.samples) == 30 * RATE
    same = (recording.samples == decoded_of(data)).all(axis=1)
    assert same.mean() > 0.9


def test_flac_without_a_count_is_whole(tmp_path):
    data = bytearray(made("flac"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    recording = opened(tmp_path, bytes(data))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(made("flac")))


def test_a_file_behind_flac_is_another_part(tmp_path):
    recording = opened(tmp_path, made("flac") + made("wav"))
    assert codes(recording) == [] and len(recording.samples) == 2 * RATE


def test_tags_that_end_mp3_files_are_no_damage(tmp_path):
    data = made("mp3")
    lyrics = b"LYRICSBEGININD0000211" + b"x" * 40
    lyrics += f"{len(lyrics):06d}".encode() + b"LYRICS200"
    items = b"\x05\x00\x00\x00\x00\x00\x00\x00Title\x00Hello"
    ape = items + b"APETAGEX" + struct.pack("<IIII", 2000, len(items) + 32, 1, 0) + bytes(8)
    for tags in (lyrics + b"TAG" + bytes(125), ape, ape + b"TAG" + bytes(125)):
        recording = opened(tmp_path, data + tags)
        assert codes(recording) == [] and len(recording.samples) == len(decoded_of(data))
