"""Files that others write in ways of their own: all of the sound opens, and no whole file is called damaged."""

import io
import signal
import struct

import numpy as np
import pytest
import soundfile

from tests.audio.odd_files import RATE, decoded_of, made, place_of, sized
from tests.audio.test_odd_streams import TAG, codes, opened, variable
from tests.conftest import tone_mix
from workbench.audio.files import mpeg, ogg
from workbench.audio.files.chunks import WRAP, chunked, form_of
from workbench.audio.files.decoding import decode
from workbench.errors import UserError


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


def block(kind, data, last=False):
    """A block of metadata of a FLAC file."""
    return bytes([kind | 0x80 * last]) + len(data).to_bytes(3, "big") + data


@pytest.mark.parametrize(
    "foreign", [b"riffRIFF\x24\x7d\0\0WAVE", b"aiffFORM\x24\x7d\0\0AIFF", b"xxxxfLaC\0\0\0\x22", b"xxxxOggS"]
)
def test_what_flac_keeps_of_other_files_is_none(tmp_path, foreign):
    data = made("flac")
    data = data[:42] + block(2, foreign) + data[42:]
    for whole in (data, data + data):
        recording = opened(tmp_path, whole)
        assert codes(recording) == []
        np.testing.assert_array_equal(recording.samples[:RATE], decoded_of(made("flac")))
    assert len(recording.samples) == 2 * RATE


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


@pytest.mark.parametrize("kind", ["ogg", "opus", "wav", "w64", "aiff"])
@pytest.mark.parametrize("junk", [b"\n", b"\0" * 10, b"\0" * 300, b"\0" * 7 + b"TAG" + bytes(125), TAG])
def test_what_is_behind_other_files_and_says_nothing_is_no_fault(tmp_path, kind, junk):
    data = made(kind)
    recording = opened(tmp_path, data + junk)
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


def test_an_ogg_page_of_which_only_the_head_is_left_is_missed(tmp_path):
    data = made("ogg", 3.0)
    last = data.rfind(ogg.MAGIC)
    for cut in (last + 2, last + 20, last + 40):
        assert codes(opened(tmp_path, data[:cut])) == ["audio.cut_short"]


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


@pytest.mark.parametrize("between", [b"", b"LIST\x04\0\0\0INFO"])
def test_samples_behind_samples_open(tmp_path, between):
    data, other = made("wav"), made("wav", 0.5)
    sound = other[place_of(other, b"data") - 4 :]
    recording = opened(tmp_path, data + between + sound + sound)
    assert codes(recording) == []
    expected = np.concatenate([decoded_of(each) for each in (data, other, other)])
    np.testing.assert_array_equal(recording.samples, expected)
    assert codes(opened(tmp_path, data + between + sound[:-400])) == ["audio.cut_short"]


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"])
@pytest.mark.parametrize("told", [100, 4000, 10**6])
def test_a_count_that_is_untrue_takes_no_sound_away(tmp_path, subtype, told):
    out = io.BytesIO()
    soundfile.write(out, tone_mix(1.0, channels=1), RATE, format="WAV", subtype=subtype)
    data = out.getvalue()
    place = data.find(b"fact")
    fact = b"fact" + struct.pack("<II", 4, told)
    data = data[:36] + fact + data[36:] if place < 0 else data[:place] + fact + data[place + 12 :]
    recording = opened(tmp_path, data)
    assert codes(recording) == [] and RATE <= len(recording.samples) < RATE + 1100


def test_mp3_in_wav_opens_whole(tmp_path):
    sound = b"".join(frames(variable(True))[1:])
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 2, 44100, 16000, 1, 0, 12, 1, 2, 417, 1, 1393)
    fact = b"fact" + struct.pack("<II", 4, 220_500)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact + b"data" + struct.pack("<I", len(sound)) + sound
    recording = opened(tmp_path, b"RIFF" + struct.pack("<I", len(body)) + body)
    assert codes(recording) == [] and recording.rate == 44100
    np.testing.assert_array_equal(recording.samples, opened(tmp_path, sound).samples)


@pytest.mark.parametrize("other", [{}, {"rate": 16000, "channels": 1}])
def test_an_empty_file_in_front_does_not_say_what_the_next_is(tmp_path, other):
    data = made("wav")
    empty = sized(data[:44], place_of(data, b"data"), 0)
    second = made("wav", **other)
    recording = opened(tmp_path, empty + second)
    assert codes(recording) == [] and recording.rate == other.get("rate", RATE)
    np.testing.assert_array_equal(recording.samples, decoded_of(second))


class Sparse(io.RawIOBase):
    """A file of some bytes at some places, and zeros between."""

    def __init__(self, size, pieces):
        self._size, self._pieces, self._at = size, pieces, 0

    def seek(self, offset, whence=0):
        self._at = (0, self._at, self._size)[whence] + offset
        return self._at

    def tell(self):
        return self._at

    def read(self, count=-1):
        count = max(0, min(count, self._size - self._at))
        out = bytearray(count)
        for place, data in self._pieces.items():
            lo, hi = max(place, self._at), min(place + len(data), self._at + count)
            if lo < hi:
                out[lo - self._at : hi - self._at] = data[lo - place : hi - place]
        self._at += count
        return bytes(out)


def test_joined_files_that_are_more_than_4_gib_together_are_joined_files():
    each = 2 << 30
    head = sized(made("wav")[:44], 40, each - 44)
    file = Sparse(3 * each, {i * each: head for i in range(3)})
    for start in (0, each, 2 * each):
        layout, end = chunked(file, start, 3 * each, form_of(head))
        assert end == start + each and len(layout.streams[0].file) == each


def test_a_recorder_that_died_after_4_gib_leaves_them_all():
    size = 11 << 29
    assert size > WRAP
    head = sized(made("wav")[:44], 40, 0)
    layout, end = chunked(Sparse(size, {0: head}), 0, size, form_of(head))
    # Under the head of a file that may be as long.
    assert end == size and len(layout.streams[0].file) >= size


def test_a_chunk_of_an_odd_length_that_is_not_filled_up_is_passed_over(tmp_path):
    data = made("wav")
    odd = b"LIST" + struct.pack("<I", 9) + b"INFOabcde"
    for many in (1, 2, 3):
        recording = opened(tmp_path, data[:36] + odd * many + data[36:])
        assert codes(recording) == []
        np.testing.assert_array_equal(recording.samples, decoded_of(data))
    # Behind the samples, too.
    assert codes(opened(tmp_path, data + odd + b"id3 \x04\0\0\0abcd")) == []
    # And of samples, in front of another file.
    mono = made("wav", channels=1)
    mono = sized(mono[:-1], 40, len(mono) - 45)
    recording = opened(tmp_path, mono + made("wav", channels=1))
    assert codes(recording) == [] and len(recording.samples) == 2 * RATE - 1


class Interrupted(io.BytesIO):
    """A file during whose reading somebody asks the program to end."""

    def __init__(self, data, after):
        super().__init__(data)
        self._left = after

    def read(self, count=-1):
        self._left -= 1
        if self._left == 0:
            signal.raise_signal(signal.SIGINT)
        return super().read(count)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_who_asks_the_program_to_end_is_heard_while_a_file_is_decoded(kind):
    data, asked = made(kind), 0
    for after in range(1, 200):
        file = Interrupted(data, after)
        try:
            decode(file)
        except KeyboardInterrupt:
            asked += 1
            continue
        assert file._left > 0, "nobody swallowed it"
    assert asked > 3


@pytest.mark.parametrize("kind", ["ogg", "caf", "rf64", "w64", "au", "wav", "mp3"])
@pytest.mark.parametrize("told", [True, False])
def test_what_is_joined_to_flac_opens_or_is_told(tmp_path, kind, told):
    """With the sum of the samples in its head and without."""
    data = made("flac")
    if not told:
        data = data[:26] + bytes(16) + data[42:]
    assert codes(opened(tmp_path, data)) == []
    behind = made(kind, 2.0)
    recording = opened(tmp_path, data + behind)
    if kind == "mp3":
        # Nothing says where it begins.
        assert codes(recording) == ["audio.more_behind"] and len(recording.samples) == RATE
        recording = opened(tmp_path, data + TAG + behind)
    expected = np.concatenate([decoded_of(data), decoded_of(behind)])
    assert codes(recording) == []
    np.testing.assert_allclose(recording.samples, expected, atol=1e-5)


def test_opus_that_does_not_tell_its_rate_is_as_it_is_coded(tmp_path):
    data = bytearray(made("opus", 1.0, 48000))
    place = data.index(b"OpusHead") + 12
    whole = decoded_of(bytes(data))
    data[place : place + 4] = bytes(4)
    first = data[: data.index(b"OggS", 4)]
    first[22:26] = bytes(4)
    data[22:26] = struct.pack("<I", int(ogg.checksums([first])[0]))
    recording = opened(tmp_path, bytes(data))
    assert codes(recording) == [] and recording.rate == 48000
    np.testing.assert_array_equal(recording.samples, whole)


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


@pytest.mark.parametrize("less", [0, 8])
def test_who_counts_the_head_among_the_samples_cut_nothing(tmp_path, less):
    data = made("wav")
    recording = opened(tmp_path, sized(data, 40, len(data) - less))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


@pytest.mark.parametrize("subtype", ["G721_32", "NMS_ADPCM_32", "NMS_ADPCM_16", "GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_packed_samples_are_as_many_as_were_written(tmp_path, subtype):
    out = io.BytesIO()
    soundfile.write(out, tone_mix(1.0, channels=1)[:7345], RATE, format="WAV", subtype=subtype)
    data = out.getvalue()
    place = data.find(b"fact") + 8
    assert place > 8
    recording = opened(tmp_path, sized(data, place, 7345))
    assert codes(recording) == [] and len(recording.samples) == 7345


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "ULAW"])
def test_speech_of_archives_opens_whole_or_says_what_is_missing(tmp_path, subtype):
    out = io.BytesIO()
    soundfile.write(out, tone_mix(1.0), RATE, format="NIST", subtype=subtype)
    data = out.getvalue()
    whole = opened(tmp_path, data)
    assert codes(whole) == []
    np.testing.assert_array_equal(whole.samples, decoded_of(data))
    twice = opened(tmp_path, data + data)
    assert codes(twice) == []
    np.testing.assert_array_equal(twice.samples, np.tile(whole.samples, (2, 1)))
    cut = opened(tmp_path, data[: len(data) * 6 // 10])
    assert codes(cut) == ["audio.cut_short"] and 0 < len(cut.samples) < RATE
    assert codes(opened(tmp_path, data + b"x" * 3000)) == ["audio.more_behind"]


@pytest.mark.parametrize("size", [1 << 63, (1 << 64) - 1, (1 << 63) - 1, 25, 23, 0])
def test_lengths_that_lead_out_of_any_file_are_told(tmp_path, size):
    data = made("w64")
    junk = b"junk" + bytes.fromhex("f3acd3118cd100c04f8edb8a") + struct.pack("<Q", size)
    try:
        assert codes(opened(tmp_path, data[:40] + junk + data[40:])) is not None
    except UserError as error:
        assert error.code in ("audio.not_sound", "audio.no_samples", "audio.damaged")
