"""Templates and activations go out and come back in every format, and what belongs to another plane is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UserError
from workbench.exchange import factors_csv, factors_npz, flucoma
from workbench.exchange.factor_files import read_factors
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

ANALYSIS, RATE = Analysis(64, 16), 44100
BINS = ANALYSIS.bins


def random_factors(components, frames, seed=0):
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.uniform(-12, 6)
    w, h = rng.random((BINS, components)) * scale, rng.random((components, frames)) ** 9
    return w.astype(np.float32), h.astype(np.float32)


def write_npz(path, w, h):
    names = [f"layer {k}" for k in range(len(h))]
    about = factors_npz.about(ANALYSIS, RATE, RunSettings(), (3.0, 2.0), names, range(len(h)))
    return factors_npz.write(path, w, h, about)


def write_csv(path, w, h):
    names = [f"layer {k}" for k in range(len(h))]
    return factors_csv.write(path, w, h, names, np.arange(len(w)) * 1.5, np.arange(h.shape[1]) / 3)


def write_flucoma(path, w, h):
    return flucoma.write(path, w, h, ANALYSIS, RATE)


FORMATS = {"npz": write_npz, "csv": write_csv, "wav": write_flucoma}


@pytest.mark.parametrize("form", FORMATS)
@given(components=st.integers(1, 5), frames=st.integers(1, 60), seed=st.integers(0, 99))
def test_what_is_written_is_read_exactly(form, components, frames, seed):
    w, h = random_factors(components, frames, seed)
    with tempfile.TemporaryDirectory() as folder:
        # Where there are as many frames as bins, names tell bases from activations.
        read = read_factors(FORMATS[form](Path(folder) / f"out.{form}", w, h), BINS, frames)
    np.testing.assert_array_equal(read.W, w)
    np.testing.assert_array_equal(read.H, h)
    assert read.W.dtype == read.H.dtype == np.float32
    if form != "wav":
        assert read.names == tuple(f"layer {k}" for k in range(components))


def test_npz_has_the_keys_of_the_separate_command(tmp_path):
    (path,) = write_npz(tmp_path / "f.npz", *random_factors(2, 20))
    with np.load(path, allow_pickle=False) as arrays:
        assert {*arrays} == {
            "W", "H", "costs", "layers", "layer_of_component", "rate", "window", "hop", "divergence", "beta", "seed",
            "settings",
        }  # fmt: skip
        assert int(arrays["window"]) == 64 and str(arrays["divergence"]) == "kl"


def test_templates_of_several_frames_go_into_npz_alone(tmp_path):
    w = np.random.default_rng(0).random((BINS, 2, 4)).astype(np.float32)
    _, h = random_factors(2, 20)
    np.testing.assert_array_equal(read_factors(write_npz(tmp_path / "f.npz", w, h), BINS, 20).W, w)
    for form in ("csv", "wav"):
        with pytest.raises(UserError) as told:
            FORMATS[form](tmp_path / f"f.{form}", w, h)
        assert told.value.code == "exchange.patterns"
    assert [path.name for path in tmp_path.iterdir()] == ["f.npz"]


@pytest.mark.parametrize("turned", [False, True])
def test_bare_numbers_are_read_in_either_direction(turned, tmp_path):
    w, h = random_factors(3, 20)
    np.savetxt(tmp_path / "w.csv", w.T if turned else w, delimiter=";", fmt="%.9e")
    np.savetxt(tmp_path / "h.csv", h.T if turned else h, delimiter="\t", fmt="%.9e")
    read = read_factors([tmp_path / "w.csv", tmp_path / "h.csv"], BINS, 20)
    np.testing.assert_array_equal(read.W, w)
    np.testing.assert_array_equal(read.H, h)


def test_flucoma_buffers_have_their_rates_and_may_lack_the_last_frame(tmp_path):
    w, h = random_factors(3, 20)
    bases, activations = write_flucoma(tmp_path / "f.wav", w, h)
    assert [path.name for path in (bases, activations)] == ["f bases.wav", "f activations.wav"]
    info = soundfile.info(bases)
    assert (info.frames, info.channels, info.samplerate, info.subtype) == (BINS, 3, round(RATE / 64), "FLOAT")
    assert soundfile.info(activations).samplerate == round(RATE / 16)
    soundfile.write(activations, h.T[:-1], 2756, "FLOAT")
    read = read_factors([activations], BINS, 20)
    assert read.W is None
    np.testing.assert_array_equal(read.H, np.concatenate([h[:, :-1], h[:, -2:-1]], axis=1))


def test_templates_alone_are_read_alone(tmp_path):
    w, h = random_factors(3, 20)
    bases, _ = write_flucoma(tmp_path / "f.wav", w, h)
    read = read_factors([bases], BINS, 20)
    np.testing.assert_array_equal(read.W, w)
    assert read.H is None and read.components == 3


@pytest.mark.parametrize(
    ("code", "arrays"),
    [
        ("exchange.other_bins", {"W": np.ones((9, 2)), "H": np.ones((2, 20))}),
        ("exchange.other_frames", {"W": np.ones((BINS, 2)), "H": np.ones((2, 21))}),
        ("exchange.unlike", {"W": np.ones((BINS, 2)), "H": np.ones((3, 20))}),
        ("exchange.negative", {"W": -np.ones((BINS, 2))}),
        ("exchange.negative", {"H": np.full((2, 20), np.nan)}),
        ("exchange.too_loud", {"W": np.full((BINS, 2), 1e30), "H": np.full((2, 20), 1e30)}),
        ("exchange.no_factors", {"X": np.ones((BINS, 2))}),
        ("exchange.no_factors", {"W": np.array(["words"])}),
        ("exchange.too_many_components", {"W": np.ones((BINS, 201))}),
    ],
)
def test_what_can_not_be_factors_is_told(code, arrays, tmp_path):
    np.savez(tmp_path / "f.npz", **arrays)
    with pytest.raises(UserError) as told:
        read_factors([tmp_path / "f.npz"], BINS, 20)
    assert told.value.code == code


def test_files_are_told_apart_and_never_replaced(tmp_path):
    w, h = random_factors(2, 20)
    for form in ("csv", "wav"):
        paths = FORMATS[form](tmp_path / f"f.{form}", w, h)
        with pytest.raises(UserError) as told:
            FORMATS[form](tmp_path / f"f.{form}", w, h)
        assert told.value.code == "exchange.exists"
        with pytest.raises(UserError) as told:
            read_factors([paths[0], paths[0]], BINS, 20)
        assert told.value.code == "exchange.same_factor"
        with pytest.raises(UserError) as told:
            read_factors(paths[:1], 7, 8)
        assert told.value.code in ("exchange.neither", "exchange.other_bins")
    with pytest.raises(UserError) as told:
        read_factors([tmp_path / "f.doc"], BINS, 20)
    assert told.value.code == "exchange.no_factor_file"
