"""Levels for the screen, and their pyramid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.spectral.level import level_db, to_level
from workbench.spectral.pyramid import LevelPyramid, analyse_levels
from workbench.spectral.stft import Analysis


def test_full_scale_sine_is_zero_db_and_half_is_minus_six():
    t = np.arange(8000) / 8000
    analysis = Analysis(512, 128)
    for amplitude, db in ((1.0, 0.0), (0.5, -6.0), (0.01, -40.0)):
        x = (amplitude * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)[:, None]
        levels = analyse_levels(x, analysis)
        assert abs(level_db(int(levels.levels[0][30].max())) - db) <= 0.5


@given(st.integers(1, 300), st.integers(1, 40), st.data())
def test_pooled_is_the_maximum_of_each_cell(frames, bins, data):
    base = np.random.default_rng(frames * 41 + bins).integers(0, 256, (frames, bins)).astype(np.uint8)
    pyramid = LevelPyramid(base)
    step = data.draw(st.sampled_from([1, 2, 3]))
    rows = np.arange(0, bins + 1, step)
    columns = np.arange(0, frames + 1, step)
    if len(rows) < 2 or len(columns) < 2:
        return
    got = pyramid.pooled(rows, columns)
    for i in range(len(rows) - 1):
        for j in range(len(columns) - 1):
            assert got[i, j] == base[columns[j] : columns[j + 1], rows[i] : rows[i + 1]].max()


def test_coarse_view_keeps_a_single_loud_frame():
    base = np.zeros((4096, 8), np.uint8)
    base[1234, 5] = 200
    got = LevelPyramid(base).pooled(np.arange(0, 9), np.arange(0, 4097, 64))
    assert got.max() == 200 and np.argmax(got[5]) == 1234 // 64


def test_shares_done_grow_to_the_whole():
    told = []
    analyse_levels(np.zeros((800_000, 1), np.float32), Analysis(), told.append)
    assert len(told) > 2 and told == sorted(told) and told[-1] == 1


def test_silence_is_the_floor():
    assert to_level(np.zeros(3, np.float32), Analysis()).tolist() == [0, 0, 0]
