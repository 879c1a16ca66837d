"""Levels found beside the decoding are those of the recording; glimpses show what is known of it."""

from __future__ import annotations

import time

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.audio.recording import load
from workbench.jobs import ahead as module
from workbench.jobs.ahead import COLUMNS, Ahead, halvings
from workbench.jobs.opening import open_file
from workbench.progress import Cancelled, silent
from workbench.spectral.level import level_db
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

RATE = 8000
ANALYSIS = Analysis(256, 64)
SAMPLES = np.tile(tone_mix(5.0, RATE), (8, 1))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Every glimpse is shown, and samples come in small blocks."""
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(module, "NEXT_SECONDS", 0.0)
    monkeypatch.setattr("workbench.audio.files.decoding.BLOCK", 1 << 14)


def written(folder, name, samples=SAMPLES, subtype="PCM_16"):
    soundfile.write(folder / name, samples, RATE, subtype=subtype)
    return folder / name


def opened(path, show=lambda glimpse: None):
    with Ahead(ANALYSIS, show, path) as ahead:
        recording = load(path, watch=ahead.watch)
        return recording, ahead.levels(recording)


def check(recording, levels) -> None:
    expected = analyse_levels(recording.samples, ANALYSIS)
    for found, wanted in zip(levels.levels, expected.levels, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_levels_are_those_of_the_recording(tmp_path, name):
    subtype = {"a.ogg": "VORBIS", "a.mp3": "MPEG_LAYER_III"}.get(name, "PCM_16")
    check(*opened(written(tmp_path, name, subtype=subtype)))


def test_what_is_changed_behind_the_decoding_is_seen_anew(tmp_path):
    samples = SAMPLES * np.float32(200)
    samples[5000] = np.nan
    recording, levels = opened(written(tmp_path, "loud.wav", samples, "FLOAT"))
    assert recording.level_db and len(recording.remarks) == 2
    check(recording, levels)


def test_files_that_end_early_or_are_joined(tmp_path):
    whole = written(tmp_path, "a.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2 + 1])
    check(*opened(tmp_path / "cut.wav"))
    flac = written(tmp_path, "a.flac").read_bytes()
    (tmp_path / "joined.flac").write_bytes(flac + flac)
    recording, levels = opened(tmp_path / "joined.flac")
    assert len(recording.samples) == 2 * len(SAMPLES)
    check(recording, levels)


def looked_through(shown) -> None:
    """Wait until all of it was looked at here and there; nothing is decoded yet."""
    for _ in range(200):
        if any(each.levels.levels[0].any(axis=1).all() for each in list(shown)):
            return
        time.sleep(0.05)
    raise AssertionError("nothing was shown")


def test_glimpses_show_more_and_more_of_all_of_it(tmp_path):
    path, shown = written(tmp_path, "a.wav"), []
    with Ahead(ANALYSIS, shown.append, path) as ahead:
        looked_through(shown)
        recording = load(path, watch=ahead.watch)
        levels = ahead.levels(recording)
    assert len(shown) > 16
    first, last = shown[0], shown[-1]
    assert (first.rate, first.analysis) == (RATE, ANALYSIS) and first.seconds == recording.duration
    assert first.levels.shape == (ANALYSIS.bins, COLUMNS)
    # Guesses from here and there are near what there is.
    guessed = next(each for each in shown if each.levels.levels[0].any(axis=1).all())
    far = level_db(guessed.levels.levels[0]).mean() - level_db(last.levels.levels[0]).mean()
    assert abs(far) < 15
    frames = len(levels.levels[0])
    of_column = np.arange(frames) * COLUMNS // frames
    loudest = [levels.levels[0][of_column == column].max(axis=0) for column in range(COLUMNS)]
    np.testing.assert_array_equal(last.levels.levels[0], loudest)


def test_halvings_come_to_every_place_once():
    for count in (1, 2, 15, 16, 17, 100, 1024):
        places = list(halvings(count))
        assert sorted(place for place, _ in places) == list(range(count))
        spans = [step for _, step in places]
        assert spans == sorted(spans, reverse=True)


def test_a_stop_ends_its_thread(tmp_path):
    path = written(tmp_path, "a.wav")

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled), Ahead(ANALYSIS, path=path) as ahead:
        load(path, stop, watch=ahead.watch)
    assert not ahead._pool._threads or not any(each.is_alive() for each in ahead._pool._threads)


def test_opening_shows_it(tmp_path):
    shown = []
    opened = open_file(written(tmp_path, "a.wav"), silent, show=shown.append)
    assert shown and shown[-1].seconds == opened.recording.duration
    assert opened.levels.shape[1] == Analysis().frames(len(SAMPLES))


def test_a_glimpse_of_all_does_not_wait_for_whoever_looks_through_the_file_first(tmp_path):
    path, shown = written(tmp_path, "a.flac"), []
    with Ahead(ANALYSIS, shown.append, path) as ahead:
        looked_through(shown)
        assert shown and shown[-1].levels.levels[0].any(axis=1).all() and shown[-1].seconds == len(SAMPLES) / RATE
        check(recording := load(path, watch=ahead.watch), ahead.levels(recording))


def test_what_a_head_says_is_no_longer_shown_when_there_is_less(tmp_path):
    shown = []
    whole = written(tmp_path, "a.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    recording, levels = opened(tmp_path / "cut.flac", shown.append)
    check(recording, levels)
    assert shown[-1].levels.levels[0][: COLUMNS // 3].any(axis=1).all()


@pytest.mark.parametrize("seconds", [1.0, 40.0])
def test_a_name_that_means_something_else_to_the_reader_opens_as_any(tmp_path, seconds):
    path = written(tmp_path, "a.wav", tone_mix(seconds, RATE)).rename(tmp_path / "a.raw")
    check(*opened(path))
