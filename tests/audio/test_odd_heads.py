"""Files that others write in ways of their own: all of the sound opens, and no whole file is called damaged."""

import io
import signal
import struct

import numpy as np
import pytest
import soundfile

from tests.audio.odd_files import RATE, decoded_of, made, place_of, sized
from tests.audio.test_odd_streams import TAG, codes, opened
from tests.conftest import tone_mix
from workbench.audio.files import ogg
from workbench.audio.files.chunks import WRAP, chunked, form_of
from workbench.audio.files.decoding import decode
from workbench.errors import UserError


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
