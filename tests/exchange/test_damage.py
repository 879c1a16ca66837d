"""Damaged files of every kind are one sentence, and what claims to be huge takes no memory."""

from __future__ import annotations

import io
import resource
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workbench.errors import UserError
from workbench.exchange.factor_files import read_factors
from workbench.exchange.labels import read_labels
from workbench.exchange.mask_files import read_masks
from workbench.exchange.png import MOST_PIXELS
from workbench.separation.written_notes import read_notes
from workbench.wording import sentence

BINS, FRAMES = 17, 23


def masks(path):
    return read_masks([path], BINS, FRAMES)


def factors(path):
    return read_factors([path], BINS, FRAMES)


def as_npy():
    out = io.BytesIO()
    np.save(out, np.full((2, BINS, FRAMES), 0.5, np.float32))
    return out.getvalue()


def as_npz(packed=False):
    out = io.BytesIO()
    save = np.savez_compressed if packed else np.savez
    save(
        out, a=np.full((BINS, FRAMES), 0.5, np.float32), W=np.ones((BINS, 2)), H=np.ones((2, FRAMES)), layers=["x", "y"]
    )
    return out.getvalue()


def as_png():
    out = io.BytesIO()
    Image.fromarray(np.arange(BINS * FRAMES, dtype=np.uint16).reshape(BINS, FRAMES)).save(out, "PNG")
    return out.getvalue()


def as_wav(shape):
    out = io.BytesIO()
    soundfile.write(out, np.full(shape, 0.5, np.float32), 8000, "FLOAT", format="WAV")
    return out.getvalue()


def as_midi():
    out = io.BytesIO()
    track = mido.MidiTrack([mido.Message("note_on", note=60, time=9), mido.Message("note_off", note=60, time=99)])
    mido.MidiFile(tracks=[track]).save(file=out)
    return out.getvalue()


KINDS = {
    "masks.npy": (as_npy(), masks),
    "masks.npz": (as_npz(), masks),
    "packed.npz": (as_npz(True), factors),
    "mask.png": (as_png(), masks),
    "masks.wav": (as_wav((BINS * FRAMES, 2)), masks),
    "factors.npz": (as_npz(), factors),
    "factors.csv": (("Hz,a\n" + "".join(f"{k},1.5\n" for k in range(BINS))).encode(), factors),
    "bases.wav": (as_wav((BINS, 2)), factors),
    "labels.txt": (b"1.0\t2.0\tkick\n\\\t100.0\t200.0\n", read_labels),
    "labels.csv": (b"start,end,label\n1.0,2.0,kick\n", read_labels),
    "notes.mid": (as_midi(), read_notes),
}


def told(read, path):
    """What is said of a file; '' where it is read. Anything else than a reason fails."""
    try:
        read(path)
    except UserError as reason:
        said = sentence(reason)
        assert said and "\n" not in said and not said.startswith("exchange.")
        return said
    return ""


@pytest.mark.parametrize("name", KINDS)
def test_the_whole_file_is_read(name, tmp_path):
    data, read = KINDS[name]
    (tmp_path / name).write_bytes(data)
    if name != "masks.npz":
        assert told(read, tmp_path / name) == ""
    else:
        # W and H are of another plane than masks.
        assert "W" in told(read, tmp_path / name)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_files_that_are_cut_or_flipped_are_one_sentence(name, data):
    whole, read = KINDS[name]
    broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if broken:
            # Most of what can go wrong stands at the beginning.
            reach = data.draw(st.sampled_from([min(len(broken), 200), len(broken)]))
            broken[data.draw(st.integers(0, reach - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(bytes(broken))
        told(read, path)


@pytest.mark.parametrize("name", KINDS)
def test_no_file_a_folder_and_noise_are_one_sentence(name, tmp_path):
    _, read = KINDS[name]
    assert told(read, tmp_path / name)
    (tmp_path / name).mkdir()
    assert told(read, tmp_path / name)
    (tmp_path / f"noise{name}").write_bytes(np.random.default_rng(0).bytes(5000))
    assert told(read, tmp_path / f"noise{name}")
    (tmp_path / f"empty{name}").write_bytes(b"")
    assert told(read, tmp_path / f"empty{name}")


def head(shape, kind="'<f4'"):
    out = io.BytesIO()
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (63 - (10 + len(text)) % 64) + "\n"
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode())
    return out.getvalue()


@pytest.fixture
def little_memory():
    """What would take gigabytes fails at once."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 700 * 2**20, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory in use is not known")
def test_what_claims_to_be_huge_takes_no_memory(tmp_path, little_memory):
    tera = f"({10**4}, {BINS}, {10**8})"
    (tmp_path / "a.npy").write_bytes(head(tera) + bytes(99))
    assert told(masks, tmp_path / "a.npy")
    for name, shape in (("a", tera), ("W", f"({BINS}, {10**11})"), ("H", f"({10**11}, {FRAMES})")):
        with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.npy", head(shape) + bytes(10**6))
        assert told(factors if name in "WH" else masks, tmp_path / "a.npz")
    with zipfile.ZipFile(tmp_path / "names.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W.npy", head(f"({BINS}, 1)") + bytes(4 * BINS))
        archive.writestr("layers.npy", head(f"({2 * 10**7},)", "'<U9'") + bytes(10**7))
    assert told(factors, tmp_path / "names.npz") == ""
    side = 10**5
    idat = zlib.compress(bytes(10**6))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)), (b"IDAT", idat), (b"IEND", b"")]
    assert side * side > MOST_PIXELS
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in chunks
        )
    )
    assert "pixels" in told(masks, tmp_path / "a.png")
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(10**12)
    assert "MB" in told(factors, tmp_path / "a.csv")
    (tmp_path / "a.csv").rename(tmp_path / "a.txt")
    assert "MB" in told(read_labels, tmp_path / "a.txt")
    with (tmp_path / "a.wav").open("wb") as file:
        file.write(as_wav((BINS, 2))[:44])
        file.truncate(10**12)
    assert told(factors, tmp_path / "a.wav")


def test_objects_are_never_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    np.save(tmp_path / "a.npy", np.array([[Bomb()]]), allow_pickle=True)
    assert "real numbers" in told(masks, tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", W=np.array([[Bomb()]]), layers=np.array([Bomb()]))
    assert told(factors, tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", W=np.ones((BINS, 1)), layers=np.array([Bomb()]))
    assert told(factors, tmp_path / "b.npz")
