"""Large arrays lie on the disk, are what they would be in memory, and leave nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tone_mix
from workbench import scratch
from workbench.audio.recording import load
from workbench.errors import UserError
from workbench.nmf import factorise
from workbench.nmf.starts import random_start
from workbench.scratch import Scratch
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis, magnitudes

ON_DISK, IN_MEMORY = Scratch(0), Scratch(2**40)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch, "folder", lambda: tmp_path)
    return tmp_path


def test_arrays_of_the_disk_are_arrays(folder):
    array = ON_DISK.zeros((100, 7), np.float32)
    assert array.shape == (100, 7) and array.dtype == np.float32 and not array.any()
    array += 1
    view = array[3:5, 2:]
    del array
    gc.collect()
    np.testing.assert_array_equal(view, np.ones((2, 5)))
    assert list(folder.iterdir()) == [], "it has no name that could stay behind"
    assert ON_DISK.zeros((0, 3), np.uint8).shape == (0, 3)


@given(st.lists(st.integers(0, 40), max_size=8), st.integers(0, 3000), st.integers(0, 300))
def test_rows_come_back_in_their_order_wherever_they_are(lengths, in_memory, expected):
    """Also where fewer come than are expected, or more."""
    rng = np.random.default_rng(0)
    blocks = [rng.random((length, 3)).astype(np.float32) for length in lengths]
    rows = Scratch(in_memory).rows(3, np.float32, expected)
    for block in blocks:
        rows.append(block)
        if rows.whole is not None:
            assert len(rows) <= expected == len(rows.whole) and not rows.whole[len(rows) :].any()
    assert len(rows) == sum(lengths)
    np.testing.assert_array_equal(rows.array(), np.concatenate([np.zeros((0, 3), np.float32), *blocks]))


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_recordings_are_the_same_sample_for_sample(tmp_path, channels):
    samples = np.repeat(tone_mix(3.0)[:, :1], channels, axis=1) * np.linspace(1, 0.1, channels, dtype=np.float32)
    samples[70] = np.inf
    samples[90] = 1e30
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    one, other = (load(tmp_path / "a.wav", scratch=each) for each in (ON_DISK, IN_MEMORY))
    np.testing.assert_array_equal(one.samples, other.samples)
    assert one.samples.flags.writeable and one.checksums == other.checksums
    assert [(r.code, r.values) for r in one.remarks] == [(r.code, r.values) for r in other.remarks] != []


def test_spectrogram_levels_and_factors_are_the_same_bit_for_bit():
    samples, analysis = tone_mix(3.0), Analysis(512, 128)
    results = []
    for each in (ON_DISK, IN_MEMORY):
        v = magnitudes(samples, analysis, scratch=each)
        found = factorise(v, *random_start(v, 3, 0), iterations=5)
        results.append([v, found.W, found.H, *analyse_levels(samples, analysis, scratch=each).levels])
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_full_disk_is_told_before_anything_is_written(folder, monkeypatch):
    monkeypatch.setattr(scratch.shutil, "disk_usage", lambda place: SimpleNamespace(free=scratch.SPARED + 1000))
    assert ON_DISK.zeros((1000,), np.uint8).size == 1000
    rows = ON_DISK.rows(1, np.uint8)
    for work in (lambda: ON_DISK.zeros((1001,), np.uint8), lambda: rows.append(np.zeros((1001, 1), np.uint8))):
        with pytest.raises(UserError) as told:
            work()
        assert told.value.code == "scratch.no_room" and told.value.values["folder"] == str(folder)


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system promises no room")
def test_room_is_promised_before_it_is_written_to(folder, monkeypatch):
    """Who writes to a place of a mapped file that the disk does not have is ended by the system."""

    def full(handle, offset, size):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(UserError, match="no_room"):
        ON_DISK.zeros((1000,), np.uint8)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the memory is told by Linux")
def test_what_is_on_the_disk_takes_no_memory_of_its_own():
    code = (
        "import numpy as np, sys; from pathlib import Path; from workbench.scratch import Scratch\n"
        "def own(): return int(Path('/proc/self/status').read_text().split('RssAnon:')[1].split()[0])\n"
        "before = own(); array = Scratch(0).zeros((100, 2**20), np.uint8); array += 1; print(own() - before)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 20_000, "kB, of a hundred thousand"


def test_bytes_are_kept_and_what_their_source_raises_passes_through(folder):
    with scratch.kept([b"ab", b"", b"c"]) as file:
        assert file.read() == b"abc"

    def broken():
        yield b"a"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        scratch.kept(broken())
    assert list(folder.iterdir()) == []


def test_without_a_place_for_large_files_the_ordinary_one_serves(monkeypatch):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(scratch.os, "access", lambda path, mode: False)
    assert scratch.folder() == Path(tempfile.gettempdir())


def test_a_head_that_asks_for_more_than_there_is_room_for_is_not_believed(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.flac", tone_mix(3.0), 8000, subtype="PCM_16")
    data = bytearray((tmp_path / "a.flac").read_bytes())
    # So many frames in its STREAMINFO, and no sum that could tell.
    data[21:26] = bytes([data[21] & 0xF0]) + (24_000 * 20).to_bytes(4, "big")
    data[26:42] = bytes(16)
    (tmp_path / "a.flac").write_bytes(data)
    monkeypatch.setattr(scratch.shutil, "disk_usage", lambda place: SimpleNamespace(free=scratch.SPARED + 10**6))
    recording = load(tmp_path / "a.flac", scratch=Scratch(10_000))
    assert len(recording.samples) == 24_000 and [each.code for each in recording.remarks] == ["audio.cut_short"]


def test_arrays_are_in_memory_as_long_as_they_have_room_there_together(folder):
    budget = Scratch(300_000)
    first, second = budget.zeros((200_000,), np.uint8), budget.zeros((200_000,), np.uint8)
    assert (in_file(first), in_file(second)) == (False, True) and budget.left == 100_000
    small = budget.zeros((scratch.SMALL,), np.uint8)
    assert not in_file(small) and budget.left == 100_000, "what is small does not count"
    view = first[5:]
    del first
    gc.collect()
    assert budget.left == 100_000, "a view holds on to all of it"
    del view
    gc.collect()
    assert budget.left == 300_000 and not in_file(budget.zeros((300_000,), np.uint8))
    budget.budget = 0
    assert in_file(budget.zeros((1,), np.uint8))


def test_collected_rows_count_too(folder):
    budget = Scratch(300_000)
    rows = [budget.rows(1, np.uint8) for _ in range(2)]
    for each in rows:
        for _ in range(4):
            each.append(np.ones((50_000, 1), np.uint8))
    one, other = (each.array() for each in rows)
    del rows
    gc.collect()
    assert [in_file(one), in_file(other)] == [False, True] and budget.left == 100_000
    assert one.sum() == other.sum() == 200_000


def in_file(array: np.ndarray) -> bool:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array.base is not None


@pytest.mark.parametrize("megabytes", [45, 70])
def test_what_is_collected_is_in_memory_once(megabytes):
    """Whether it has room there, or goes over to the disk on the way."""
    budget = Scratch(50 * 2**20)
    rows = budget.rows(1, np.uint8)
    tracemalloc.start()
    for _ in range(megabytes):
        rows.append(np.ones((2**20, 1), np.uint8))
    array = rows.array()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert array.sum() == megabytes * 2**20 and in_file(array) == (megabytes > 50)
    # Of the whole that is in memory at the end only pages that were written to are there.
    assert most <= (2 * megabytes + 2 if megabytes < 50 else 54) * 2**20
