"""What would take more memory than there is is refused before it begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.errors import UserError
from workbench.separation import memory
from workbench.separation.memory import PLANES, bytes_of_run, check_memory, free_bytes
from workbench.separation.settings import Method, RunSettings
from workbench.spectral.stft import Analysis

HOUR, KEPT = 3600 * 44100, 2 * 10**9


def needed(**asked):
    return bytes_of_run(replace(RunSettings(components=10), **asked), Analysis(), HOUR, 10)


def test_every_method_is_known():
    assert set(PLANES) == set(Method)


def test_an_hour_keeps_the_budget_by_the_methods_that_read_block_by_block():
    for method in (
        Method.FAST,
        Method.MU,
        Method.ONLINE,
        Method.SMOOTH,
        Method.SEQUENTIAL,
        Method.HPSS,
        Method.PATTERNS,
    ):
        assert needed(method=method) < KEPT, method
    for method in (Method.EM, Method.LIBNMFD, Method.FLUCOMA):
        assert needed(method=method) > KEPT, method


def test_more_takes_more():
    assert needed(tries=5) > needed() > 0 and needed(leave_out=True) > needed()
    assert needed(compare=Method.EM) > needed(method=Method.EM)
    assert bytes_of_run(RunSettings(), Analysis(), 2 * HOUR, 10) > needed()


def test_what_there_is_no_room_for_is_refused_with_both_numbers():
    check_memory(3 * 10**9, 3 * 10**9)
    with pytest.raises(UserError) as told:
        check_memory(4 * 10**9, 3 * 10**9)
    assert told.value.code == "separation.no_memory" and told.value.values == {"needed": 4.0, "free": 3.0}


def test_what_takes_little_is_not_refused_however_little_seems_to_be_free():
    check_memory(bytes_of_run(RunSettings(components=10), Analysis(), 30 * 44100, 10), 0)
    check_memory(needed(), 0)


def test_a_container_leaves_less_than_the_machine_has(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("3000000")
    (tmp_path / "memory.current").write_text("1500000")
    (tmp_path / "memory.stat").write_text("anon 900000\nactive_file 200000\ninactive_file 300000\n")
    monkeypatch.setattr(memory, "CONTROL_GROUP", tmp_path)
    assert free_bytes() == 2_000_000
    (tmp_path / "memory.max").write_text("max")
    assert free_bytes() > 2_000_000


def test_a_spectrogram_counts_where_there_is_room_for_it_in_memory():
    settings, analysis, samples = RunSettings(), Analysis(2048, 512), 44100 * 60
    plane = 4 * analysis.frames(samples) * analysis.bins
    less = bytes_of_run(settings, analysis, samples, 10, plane - 1)
    assert bytes_of_run(settings, analysis, samples, 10, plane) - less == plane, "else it lies in a file"
