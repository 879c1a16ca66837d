"""Levels found block by block, by several threads, of samples that come in time, are those of all at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tone_mix
from workbench.progress import Cancelled
from workbench.spectral.filling import Filling
from workbench.spectral.level import to_level
from workbench.spectral.stft import Analysis, analyse

ANALYSIS = Analysis(128, 32)
SAMPLES = tone_mix(9.0, channels=1)


def levels_of(samples: np.ndarray) -> np.ndarray:
    """Of every frame, the obvious way."""
    frames = [analyse(samples, ANALYSIS, frame, 1)[:, 0] for frame in range(ANALYSIS.frames(len(samples)))]
    return np.array([to_level(np.mean(np.abs(x) ** 2, axis=0, dtype=np.float32), ANALYSIS) for x in frames])


EXPECTED = levels_of(SAMPLES)


def same(found: np.ndarray, expected: np.ndarray) -> bool:
    """But for what rounds to the next half decibel."""
    difference = np.abs(found.astype(int) - expected)
    return (
        found.shape == expected.shape
        and difference.max(initial=0) <= 1
        and np.count_nonzero(difference) <= 0.01 * difference.size
    )


@given(st.lists(st.integers(0, len(SAMPLES)), max_size=12))
def test_samples_may_come_in_any_pieces(comes):
    there = np.full_like(SAMPLES, np.nan)
    filling, known = Filling(there, ANALYSIS), 0
    for ready in sorted(comes):
        there[:ready] = SAMPLES[:ready]
        while (span := filling.fill(ready)) is not None:
            assert span[0] == known and not filling.levels[span[1] :].any()
            known = span[1]
        assert not filling.due(ready)
    there[:] = SAMPLES
    filling.fill_all()
    assert same(filling.levels, EXPECTED)


@given(st.integers(1, len(SAMPLES)), st.integers(0, len(SAMPLES)))
def test_a_recording_that_ends_earlier_is_as_if_it_had_been_known(length, ready):
    """What lies behind its end may have been anything."""
    filling = Filling(SAMPLES, ANALYSIS)
    while filling.fill(ready) is not None:
        pass
    filling.end(SAMPLES[:length])
    filling.fill_all()
    whole = (length - ANALYSIS.window) // ANALYSIS.hop
    found = filling.levels
    assert len(found) == ANALYSIS.frames(length)
    assert same(found[: max(0, whole)], EXPECTED[: max(0, whole)])
    assert same(found[-4:], levels_of(SAMPLES[:length])[-4:])


def test_any_thread_may_take_part(monkeypatch):
    monkeypatch.setattr("workbench.spectral.filling.os.cpu_count", lambda: 4)
    filling, told, took = Filling(np.tile(SAMPLES, (20, 1)), ANALYSIS), [], set()

    def tell(first: int, stop: int) -> None:
        told.append((first, stop))
        took.add(threading.current_thread().name)

    filling.fill_all(told=tell)
    assert sorted(first for first, _ in told) == [0, *sorted(stop for _, stop in told)][:-1]
    assert max(told)[1] == filling.frames and len(took) > 1
    assert same(filling.levels[: len(EXPECTED) - 4], EXPECTED[:-4])


def test_stopped_it_ends_with_all_its_threads(monkeypatch):
    monkeypatch.setattr("workbench.spectral.filling.os.cpu_count", lambda: 4)
    filling = Filling(np.tile(SAMPLES, (50, 1)), ANALYSIS)

    def stop(share: float) -> None:
        raise Cancelled

    before = threading.active_count()
    with pytest.raises(Cancelled):
        filling.fill_all(stop)
    assert threading.active_count() == before and not filling.levels[-1000:].any()


def test_a_defect_in_another_thread_is_none_of_silence(monkeypatch):
    monkeypatch.setattr("workbench.spectral.filling.os.cpu_count", lambda: 4)
    filling, main = Filling(np.tile(SAMPLES, (50, 1)), ANALYSIS), threading.current_thread()

    def tell(first: int, stop: int) -> None:
        if threading.current_thread() is not main:
            raise MemoryError

    with pytest.raises(MemoryError):
        filling.fill_all(told=tell)
