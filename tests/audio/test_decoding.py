"""All of the sound of a file is open, or what is missing is told."""

import os
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.audio.damage import damaged
from tests.audio.odd_files import FORMATS, RATE, decoded_of, flipped, made, place_of, sized, without_last_flag
from workbench.audio.files import ogg
from workbench.audio.files.kinds import layout_of
from workbench.audio.recording import load
from workbench.errors import UserError
from workbench.wording import sentence

GIB = 1 << 30


def opened(folder, data, name="a.wav"):
    path = folder / name
    path.write_bytes(data)
    return load(path)


def codes(recording):
    return [remark.code for remark in recording.remarks]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_whole_file_opens_whole_and_without_a_remark(tmp_path, kind):
    data = made(kind)
    recording = opened(tmp_path, data)
    assert codes(recording) == []
    # (Decoders of MPEG round as they are asked for more or less at a time.)
    np.testing.assert_allclose(recording.samples, decoded_of(data), atol=1e-6 if kind == "mp3" else 0)


@pytest.mark.parametrize("kind", ["wav", "wav float", "rf64", "w64", "aiff", "au", "caf", "flac", "ogg", "opus", "mp3"])
def test_files_that_were_joined_open_with_all_parts(tmp_path, kind):
    parts = made(kind), made(kind, 0.4), made(kind, 0.7)
    recording = opened(tmp_path, b"".join(parts))
    assert codes(recording) == []
    np.testing.assert_allclose(recording.samples, np.concatenate([decoded_of(part) for part in parts]), atol=1e-6)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("other", [{"rate": 11025}, {"channels": 1}])
def test_a_part_at_another_rate_or_with_other_channels_is_left_out_and_told(tmp_path, kind, other):
    first = made(kind)
    recording = opened(tmp_path, first + made(kind, 0.5, **{"rate": RATE, "channels": 2} | other))
    assert codes(recording) == ["audio.other_part"]
    assert len(recording.samples) == len(decoded_of(first))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0xFFFFFFFF - 36, 0x7FFFF000, 0x7FFFFFFF, 0x80000000])
@pytest.mark.parametrize("outer", [0, 0xFFFFFFFF, 0x7FFFF024, 36])
def test_a_wav_file_whose_writer_did_not_know_its_length_is_whole(tmp_path, size, outer):
    data = made("wav")
    recording = opened(tmp_path, sized(sized(data, place_of(data, b"data"), size), 4, outer))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


@pytest.mark.parametrize("kind", ["aiff", "w64", "rf64", "au", "caf"])
@pytest.mark.parametrize("endless", [False, True])
def test_so_are_others(tmp_path, kind, endless):
    data = made(kind)
    name, code = {
        "aiff": (b"SSND", ">I"),
        "w64": (b"data" + bytes.fromhex("f3acd3118cd100c04f8edb8a"), "<Q"),
        "rf64": (b"ds64" + struct.pack("<I", 28) + data[20:28], "<Q"),
        "au": (b".snd\x00\x00\x00\x18", ">I"),
        "caf": (b"data", ">q"),
    }[kind]
    size = {"caf": -1, "aiff": 0xFFFFFFFF, "au": 0xFFFFFFFF}.get(kind, (1 << 63) - 1) if endless else 0
    if kind == "caf" and not endless:
        size = -1
    broken = sized(data, place_of(data, name), size, code)
    if kind == "aiff":
        broken = sized(sized(broken, 4, size, ">I"), place_of(data, b"COMM") + 6, 0, ">I")
    recording = opened(tmp_path, broken)
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


@pytest.mark.parametrize("outer", [0, 1, 36, 1000, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", ["wav", "wav float", "aiff"])
def test_what_the_whole_file_is_said_to_be_does_not_matter(tmp_path, kind, outer):
    data = made(kind)
    recording = opened(tmp_path, sized(data, 4, outer, ">I" if kind == "aiff" else "<I"))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


@pytest.mark.parametrize("behind", [b"LIST\x04\x00\x00\x00INFO", b"junk\x03\x00\x00\x00abc\x00", b"\0" * 300, b"abc"])
@pytest.mark.parametrize("odd", [False, True])
def test_what_else_is_in_a_file_is_no_fault(tmp_path, behind, odd):
    """With odd lengths that are filled up, and with such as are not."""
    data = made("wav", channels=1)
    if odd:
        data = sized(data[:-1], place_of(data, b"data"), len(data) - 44 - 1)
    recording = opened(tmp_path, data + behind)
    assert codes(recording) == [] and len(recording.samples) == (len(data) - 44) // 2


def test_sound_that_nobody_declared_is_told(tmp_path):
    data = made("wav")
    recording = opened(tmp_path, sized(data, place_of(data, b"data"), 8000))
    assert codes(recording) == ["audio.more_behind"] and len(recording.samples) == 2000
    assert recording.remarks[0].values["kilobytes"] == 24


@pytest.mark.parametrize(("kind", "name", "order"), [("wav", b"data", "<"), ("aiff", b"SSND", ">")])
def test_more_than_fits_into_32_bits_is_found(tmp_path, kind, name, order):
    data = made(kind)
    begin = place_of(data, name) + (12 if kind == "aiff" else 4)
    length = 4 * GIB + 4000
    head = sized(
        data[:begin], place_of(data, name), (length + begin - place_of(data, name) - 4) % (4 * GIB), order + "I"
    )
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(sized(head, 4, (begin + length - 8) % (4 * GIB), order + "I"))
        file.truncate(begin + length)
    with path.open("rb") as file:
        (stream,) = layout_of(file).streams
        with soundfile.SoundFile(stream.file) as sound:
            assert (sound.frames, sound.channels, sound.samplerate) == (length // 4, 2, RATE)
            sound.seek(length // 4 - 1000)
            assert len(sound.read()) == 1000


@pytest.mark.parametrize("tail", [b"", b"LIST\x04\x00\x00\x00INFO"])
def test_more_than_32_bits_count_that_were_written_to_a_pipe_are_found(tmp_path, tail):
    """The head says all that fits. Where a chunk begins there, it is true."""
    data = made("wav")
    begin = place_of(data, b"data") + 4
    length = (4 * GIB - 1 if tail else 5 * GIB) // 4 * 4
    said = length if tail else 4 * GIB - 1
    path = tmp_path / "piped.wav"
    with path.open("wb") as file:
        file.write(sized(sized(data[:begin], place_of(data, b"data"), said), 4, 4 * GIB - 1))
        file.truncate(begin + length)
        file.seek(0, 2)
        file.write(tail)
    with path.open("rb") as file:
        layout = layout_of(file)
        with soundfile.SoundFile(layout.streams[0].file) as sound:
            assert sound.frames == length // 4


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "alac"])
def test_a_file_that_was_cut_gives_what_is_there_and_says_so(tmp_path, kind, share):
    # (Of Ogg files the head alone is a kilobyte or several.)
    data = made(kind, 20.0 if kind in ("ogg", "opus") else 3.0)
    recording = opened(tmp_path, data[: int(share * len(data)) + 1])
    assert codes(recording) == ["audio.cut_short"]
    whole = len(decoded_of(data))
    assert (share - 0.35) * whole < len(recording.samples) < min(1.0, share + 0.25) * whole
    assert recording.remarks[0].values["seconds"] == len(recording.samples) / recording.rate


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_so_it_is_with_what_needs_its_end(tmp_path, share):
    """ALAC has its table of packets behind them."""
    data = made("alac", 3.0)
    try:
        recording = opened(tmp_path, data[: int(share * len(data))])
    except UserError as error:
        assert error.code == "audio.not_sound"
    else:
        assert codes(recording) == ["audio.cut_short"]


@pytest.mark.parametrize("kind", ["flac", "ogg", "opus"])
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_damage_within_is_told(tmp_path, kind, share):
    recording = opened(tmp_path, flipped(made(kind, 3.0), share))
    assert codes(recording) in (["audio.damaged_inside"], ["audio.cut_short"])


def test_pages_and_frames_that_are_missing_are_told(tmp_path):
    data = made("ogg", 30.0)
    pages = [data.index(ogg.MAGIC)]
    while (at := data.find(ogg.MAGIC, pages[-1] + 1)) > 0:
        pages.append(at)
    middle = len(pages) // 2
    recording = opened(tmp_path, data[: pages[middle]] + data[pages[middle + 1] :])
    assert codes(recording) == ["audio.damaged_inside"]
    data = made("mp3", 10.0)
    recording = opened(tmp_path, data[:3000] + bytes(2000) + data[5000:])
    assert "audio.damaged_inside" in codes(recording) and len(recording.samples) > 5 * RATE


@pytest.mark.parametrize("kind", ["ogg", "opus"])
def test_an_ogg_file_without_its_last_flag_is_whole(tmp_path, kind):
    data = made(kind)
    recording = opened(tmp_path, without_last_flag(data))
    assert codes(recording) == []
    np.testing.assert_array_equal(recording.samples, decoded_of(data))


def test_tags_around_frames_of_mpeg_are_none(tmp_path):
    data = made("mp3")
    tag = b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257)
    for tagged in (tag + data, data + b"TAG" + b"x" * 125, tag + tag + data, data + b"APETAGEX" + bytes(24)):
        recording = opened(tmp_path, tagged)
        assert codes(recording) == [] and len(recording.samples) == len(decoded_of(data))
    recording = opened(tmp_path, tag + data + tag + data)
    assert codes(recording) == [] and len(recording.samples) == 2 * len(decoded_of(data))


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=6))
def test_checksums_of_ogg_are_those_of_the_slow_rule(pages):
    def slow(page):
        out = 0
        for byte in page:
            out ^= byte << 24
            for _ in range(8):
                out = (out << 1 ^ (ogg.POLYNOMIAL if out & 1 << 31 else 0)) & 0xFFFFFFFF
        return out

    assert ogg.checksums([bytearray(page) for page in pages]).tolist() == [slow(page) for page in pages]


@pytest.mark.parametrize(
    "name", ["take.raw", "TAKE.RAW", "a", "a.mp3", "b.flac", "ö<b>&.wav", os.fsdecode(b"\xff\xfe.wav")]
)
def test_neither_suffix_nor_name_matters(tmp_path, name):
    data = made("wav")
    recording = opened(tmp_path, data, name)
    np.testing.assert_array_equal(recording.samples, decoded_of(data))
    (tmp_path / "link").symlink_to(tmp_path / name)
    np.testing.assert_array_equal(load(tmp_path / "link").samples, recording.samples)


@pytest.mark.parametrize(("at", "size"), [(24, 0), (22, 0)])
def test_a_head_without_rate_or_channels_is_told_as_what_it_is(tmp_path, at, size):
    data = made("wav")
    with pytest.raises(UserError) as caught:
        opened(tmp_path, sized(data, at, size, "<I" if at == 24 else "<H"))
    assert caught.value.code == "audio.not_sound" and "does not exist" not in sentence(caught.value)


def test_many_channels_take_memory_by_what_they_hold(tmp_path):
    path = tmp_path / "wide.wav"
    soundfile.write(path, np.zeros((40, 1024), np.float32), 1000)
    tracemalloc = pytest.importorskip("tracemalloc")
    tracemalloc.start()
    try:
        assert load(path).channels == 1024
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("seed", range(120))
def test_whatever_happened_to_a_file_it_opens_or_is_told_why_not(tmp_path, seed):
    _, data = damaged(seed)
    try:
        recording = opened(tmp_path, data, "a.bin")
    except UserError as error:
        said = sentence(error)
        assert "a.bin" in said and said.endswith(".") and "\n" not in said
    else:
        assert np.isfinite(recording.samples).all() and len(recording.samples) and recording.rate > 0


def test_a_file_that_can_not_be_read_on_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    path.write_bytes(made("wav", 3.0))

    class Failing:
        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def seek(self, *to):
            return self._file.seek(*to)

        def read(self, count):
            if self._file.tell() > 20_000:
                raise OSError(5, "Input/output error")
            return self._file.read(count)

    real = type(path).open
    monkeypatch.setattr(type(path), "open", lambda self, *args, **named: Failing(real(self, *args, **named)))
    with pytest.raises(UserError) as caught:
        load(path)
    assert caught.value.code == "audio.unreadable" and "the disk reports an error" in sentence(caught.value)
