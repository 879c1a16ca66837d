"""MP3 and its kind as others write it: all of the sound opens, and no whole file is called damaged."""

import io
import struct

import numpy as np
import pytest
import soundfile

from tests.audio.odd_files import decoded_of, made, sized
from tests.audio.test_odd_streams import TAG, codes, opened, variable
from tests.conftest import tone_mix
from workbench.audio.files import mpeg


def frames(data):
    """The frames of an MP3 file, each its bytes."""
    out, at = [], 0
    while at + 4 <= len(data):
        length = mpeg.frame(data[at : at + 4]).length
        out.append(data[at : at + length])
        at += length
    return out


def constant(seconds=3.0, head=False):
    """An MP3 file of a constant bit rate, with the frame that tells of it or without."""
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", 44100, 2, "MPEG_LAYER_III", format="MP3", bitrate_mode="CONSTANT", compression_level=0.5
    ) as file:
        file.write(tone_mix(seconds, 44100))
    return frames(out.getvalue())[0 if head else 1 :]


@pytest.mark.parametrize("loud_first", [True, False])
def test_mp3_that_tells_its_length_as_fraunhofer_does_opens_whole(tmp_path, loud_first):
    sound = frames(variable(loud_first))[1:]
    first = sound[len(sound) // 2 if not loud_first else 0]
    head = bytearray(first[:4] + bytes(len(first) - 4))
    head[36:54] = b"VBRI" + bytes(6) + struct.pack(">II", sum(map(len, sound)), len(sound))
    recording = opened(tmp_path, bytes(head) + b"".join(sound))
    assert codes(recording) == []
    alone = opened(tmp_path, b"".join(sound))
    np.testing.assert_array_equal(recording.samples, alone.samples)
    assert len(alone.samples) >= 12 * 44100
    # One that was cut at the end of a frame says so.
    assert codes(opened(tmp_path, bytes(head) + b"".join(sound[:-40]))) == ["audio.cut_short"]


def test_tags_between_pieces_of_one_stream_are_passed_over(tmp_path):
    for head in (True, False):
        sound = constant(head=head)
        whole = opened(tmp_path, b"".join(sound))
        assert codes(whole) == []
        pieces = [b"".join(sound[i : i + 19]) for i in range(0, len(sound), 19)]
        recording = opened(tmp_path, TAG.join([b"", *pieces]))
        assert codes(recording) == []
        np.testing.assert_allclose(recording.samples, whole.samples, atol=1e-5)


def test_counts_of_mp3_need_not_be_exact(tmp_path):
    sound = constant(head=True)
    place = mpeg.frame(sound[0][:4]).side + 8
    told = int.from_bytes(sound[0][place : place + 4], "big")
    whole = opened(tmp_path, b"".join(sound)).samples
    recording = opened(tmp_path, sized(b"".join(sound), place, told + 1, ">I"))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, whole)
    # What is said where the side information of other frames is does not matter.
    recording = opened(tmp_path, sound[0][:5] + b"\xff\xff" + sound[0][7:] + b"".join(sound[1:]))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, whole)
    # As much in front and behind as can be said, with the right checksum, and with another: nobody believes that.
    lame = sound[0].find(b"LAME")
    other = bytearray(sound[0])
    other[lame + 21 : lame + 24] = b"\xff\xff\xff"
    recording = opened(tmp_path, bytes(other) + b"".join(sound[1:]))
    assert codes(recording) == [] and told * 1152 - 1152 < len(recording.samples) <= told * 1152
    other[lame + 34 : lame + 36] = sum_of(other[: lame + 34]).to_bytes(2, "big")
    recording = opened(tmp_path, bytes(other) + b"".join(sound[1:]))
    assert codes(recording) == [] and len(recording.samples) == told * 1152 - 2 * 4095


def sum_of(data):
    """CRC-16 by its definition: the remainder of the bits, the lowest first, by x^16 + x^15 + x^2 + 1."""
    remainder = 0
    for bit in [byte >> i & 1 for byte in data for i in range(8)] + [0] * 16:
        remainder = remainder << 1 | bit
        if remainder >> 16:
            remainder ^= 0x18005
    return int(f"{remainder:016b}"[::-1], 2)


@pytest.mark.parametrize("junk", [b"\n", b"\0" * 300, b"\0" * 10 + b"TAG" + bytes(125), b"x" * 100])
@pytest.mark.parametrize("head", [True, False])
def test_what_is_behind_frames_of_mp3_is_told_as_what_it_is(tmp_path, junk, head):
    sound = b"".join(constant(head=head))
    whole = opened(tmp_path, sound).samples
    recording = opened(tmp_path, sound + junk)
    expected = [] if junk[0] != ord("x") else ["audio.more_behind" if head else "audio.damaged_inside"]
    assert codes(recording) == expected
    np.testing.assert_allclose(recording.samples, whole, atol=1e-5)


def test_what_a_server_says_in_front_of_mp3_is_passed_over(tmp_path):
    sound = b"".join(constant())
    whole = opened(tmp_path, sound).samples
    for front in (b"HTTP/1.0 200 OK\r\nicy-name: x\r\n\r\n", b"x" * 100, b"y" * 20):
        recording = opened(tmp_path, front + sound)
        assert codes(recording) == []
        np.testing.assert_allclose(recording.samples, whole, atol=1e-5)


@pytest.mark.parametrize("zeros", [3000, 50_000])
def test_zeros_in_front_of_mp3_are_passed_over(tmp_path, zeros):
    sound = b"".join(constant())
    recording = opened(tmp_path, TAG + bytes(zeros) + sound)
    assert codes(recording) == []
    np.testing.assert_allclose(recording.samples, opened(tmp_path, sound).samples, atol=1e-5)


@pytest.mark.parametrize("falling", [True, False])
@pytest.mark.parametrize("layer", [1, 2])
def test_a_bit_rate_that_changes_within_layer_one_or_two_loses_nothing(tmp_path, layer, falling):
    """Frames that hold nothing but their heads are silence."""
    bits = [0b1000, 0b0100]
    sound = b""
    for each in bits if falling else bits[::-1]:
        head = bytes([0xFF, 0xF9 | (4 - layer) << 1, each << 4 | 0b0100, 0])
        sound += (head + bytes(mpeg.frame(head).length - 4)) * 200
    recording = opened(tmp_path, sound)
    assert codes(recording) == []
    assert len(recording.samples) == 400 * (384 if layer == 1 else 1152)


def test_mp3_in_wav_opens_whole(tmp_path):
    sound = b"".join(frames(variable(True))[1:])
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 2, 44100, 16000, 1, 0, 12, 1, 2, 417, 1, 1393)
    fact = b"fact" + struct.pack("<II", 4, 220_500)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact + b"data" + struct.pack("<I", len(sound)) + sound
    recording = opened(tmp_path, b"RIFF" + struct.pack("<I", len(body)) + body)
    assert codes(recording) == [] and recording.rate == 44100
    np.testing.assert_array_equal(recording.samples, opened(tmp_path, sound).samples)


def test_what_lies_in_the_folder_that_one_works_in_does_not_matter(tmp_path, monkeypatch):
    """Where the parts of Macintosh files are kept beside them."""
    (tmp_path / ".AppleDouble").mkdir()
    (tmp_path / "._").write_bytes(b"x" * 400)
    monkeypatch.chdir(tmp_path)
    sound = b"".join(constant())
    assert codes(opened(tmp_path, sound)) == []


def test_tags_without_a_head_between_mp3_files_are_no_damage(tmp_path):
    sound = b"".join(constant(head=True))
    items = struct.pack("<II", 5, 0) + b"Title\0Tones" + bytes(400)
    foot = b"APETAGEX" + struct.pack("<IIII", 2000, len(items) + 32, 1, 0) + bytes(8)
    recording = opened(tmp_path, sound + items + foot + b"TAG" + bytes(125) + sound)
    assert codes(recording) == []
    assert len(recording.samples) == 2 * len(opened(tmp_path, sound).samples)


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("kind", ["wav", "flac", "ogg"])
def test_what_is_joined_to_mp3_opens(tmp_path, head, kind):
    sound, behind = b"".join(constant(head=head)), made(kind, 1.0, 44100)
    recording = opened(tmp_path, sound + behind)
    assert codes(recording) == []
    alone = len(opened(tmp_path, sound).samples)
    np.testing.assert_allclose(recording.samples[alone:], decoded_of(behind), atol=1e-6)
