"""Masks go out and come back in every format: whole, in their order, and with their names."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.conftest import random_stack
from workbench.errors import UserError
from workbench.exchange import masks_npy, masks_npz, masks_png, masks_wav
from workbench.exchange.mask_files import read_masks
from workbench.exchange.masks import as_shares, planes_of_array, planes_of_stack
from workbench.masks.model.layers import Group
from workbench.spectral.stft import Analysis

ANALYSIS, RATE = Analysis(64, 16), 8000
BINS = ANALYSIS.bins


def random_masks(count, frames, seed=0):
    """Masks (K, F, N) that sum to one."""
    masks = np.random.default_rng(seed).random((count, BINS, frames)).astype(np.float32) + 1e-3
    return masks / masks.sum(axis=0)


def planes(masks, names=None):
    return planes_of_array(names or [f"m{k}" for k in range(len(masks))], masks, ANALYSIS, RATE)


def held(found, frames):
    """What files hold, as it was before it became shares, shape (K, F, N)."""
    out = [np.concatenate([np.asarray(piece, np.float64) for _, piece in each.blocks()], axis=2) for each in found]
    whole = np.concatenate(out)
    assert whole.shape[2] == frames
    return whole


def png(bits):
    return lambda path, each: masks_png.write(path, each, bits)


FORMATS = {
    "npy": (masks_npy.write, masks_npy.find, ".npy", 0.0),
    "npz": (masks_npz.write, masks_npz.find, ".npz", 0.0),
    "wav": (masks_wav.write, masks_wav.find, ".wav", 0.0),
    "png 8": (png(8), masks_png.find, ".png", 1 / 510),
    "png 16": (png(16), masks_png.find, ".png", 1 / 131070),
}


@pytest.mark.parametrize("form", FORMATS)
@given(count=st.integers(1, 4), frames=st.integers(1, 40), seed=st.integers(0, 99))
def test_what_is_written_is_read(form, count, frames, seed):
    write, find, suffix, off = FORMATS[form]
    masks = random_masks(count, frames, seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder) / f"out{suffix}", planes(masks))
        found = [each for path in paths for each in find(path, BINS, frames)]
        back = held(found, frames)
    assert sum(len(each.names) for each in found) == count
    np.testing.assert_allclose(back, masks, rtol=0, atol=off + 1e-7)


@pytest.mark.parametrize("form", FORMATS)
def test_they_are_a_stack_again_without_a_rest(form, tmp_path):
    write, _, suffix, off = FORMATS[form]
    masks = random_masks(3, 30)
    paths = write(tmp_path / f"out{suffix}", planes(masks, ["Bass", "Flöte", "1/2"]))
    names, shares = read_masks(paths, BINS, 30)
    assert shares.dtype == np.float16 and shares.shape == (3, 30, BINS)
    np.testing.assert_allclose(shares.transpose(0, 2, 1), masks, rtol=0, atol=3 * off + 2**-11)
    if form == "npz":
        assert names == ["Bass", "Flöte", "1/2"]
    elif form.startswith("png"):
        assert names == ["Bass", "Flöte", "1_2"]
    else:
        assert names == ["out 1", "out 2", "out 3"]


@pytest.mark.parametrize("window", [64, 256, 2048, 65536])
def test_wav_holds_the_masks_of_every_window(window, tmp_path):
    analysis = Analysis(window, window // 2)
    masks = np.random.default_rng(0).random((2, analysis.bins, 3)).astype(np.float32)
    (path,) = masks_wav.write(tmp_path / "a.wav", planes_of_array(["a", "b"], masks, analysis, RATE))
    (found,) = masks_wav.find(path, analysis.bins, 3)
    np.testing.assert_array_equal(np.concatenate([piece for _, piece in found.blocks()], axis=2), masks)


def test_npy_is_what_numpy_reads_and_writes(tmp_path):
    masks = random_masks(2, 20)
    (path,) = masks_npy.write(tmp_path / "a.npy", planes(masks))
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), masks)
    for kind, order in ((np.float64, "C"), (np.float32, "F"), (">f4", "C")):
        np.save(path, np.asarray(masks, kind, order=order))
        (found,) = masks_npy.find(path, BINS, 20)
        np.testing.assert_allclose(held([found], 20), masks, rtol=1e-6)


def test_npz_has_a_name_for_each_array_and_axes(tmp_path):
    masks = random_masks(3, 20)
    (path,) = masks_npz.write(tmp_path / "a.npz", planes(masks, ["Bass drum", "hz", "2nd"]))
    with np.load(path, allow_pickle=False) as arrays:
        keys = list(arrays)
        assert keys == ["Bass_drum", "hz_2", "layer_2nd", "names", "seconds", "hz"]
        np.testing.assert_array_equal(arrays["Bass_drum"], masks[0])
        np.testing.assert_allclose(arrays["hz"][[0, -1]], [0, RATE / 2])
        np.testing.assert_allclose(arrays["seconds"][[0, 1]], [0, ANALYSIS.hop / RATE])
        assert list(arrays["names"]) == ["Bass drum", "hz", "2nd"]


def test_npz_of_the_separate_command_gives_its_layers(tmp_path):
    masks = random_masks(2, 20)
    np.savez(
        tmp_path / "f.npz",
        masks=masks.transpose(0, 2, 1).astype(np.float16),
        layers=np.array(["Harmonic", "Percussive"]),
    )
    names, shares = read_masks([tmp_path / "f.npz"], BINS, 20)
    assert names == ["Harmonic", "Percussive"]
    np.testing.assert_allclose(shares.transpose(0, 2, 1), masks, atol=2**-10)


def test_the_axes_are_turned_only_where_nothing_else_fits(tmp_path):
    masks = random_masks(2, BINS)
    np.save(tmp_path / "square.npy", masks)
    _, shares = read_masks([tmp_path / "square.npy"], BINS, BINS)
    np.testing.assert_allclose(shares.transpose(0, 2, 1), masks, atol=2**-10)
    np.save(tmp_path / "turned.npy", masks[:, :, :20].transpose(0, 2, 1))
    _, shares = read_masks([tmp_path / "turned.npy"], BINS, 20)
    np.testing.assert_allclose(shares.transpose(0, 2, 1), masks[:, :, :20], atol=2**-10)


def test_a_picture_stands_as_the_spectrogram_does(tmp_path):
    masks = np.zeros((1, BINS, 12), np.float32)
    masks[0, 0, -1] = 1
    (path,) = masks_png.write(tmp_path / "a.png", planes(masks), 8)
    with Image.open(path) as image:
        assert image.size == (12, BINS) and image.mode == "L"
        assert image.getpixel((11, BINS - 1)) == 255 and image.getpixel((0, 0)) == 0


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "LA", "I;16"])
def test_pictures_of_any_kind_and_size_are_masks(mode, tmp_path):
    grey = np.zeros((40, 60), np.uint8)
    grey[:, 30:] = 255
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    image.save(tmp_path / "hand.png")
    names, shares = read_masks([tmp_path / "hand.png"], BINS, 30)
    assert names == ["hand", "Rest"]
    np.testing.assert_array_equal(shares[0, :14], 0)
    np.testing.assert_array_equal(shares[0, 16:], 1)
    np.testing.assert_array_equal(shares.sum(axis=0), 1)


def test_what_is_left_is_a_rest_and_every_bin_sums_to_one(tmp_path):
    masks = random_masks(2, 20) * np.linspace(0, 1, 20, dtype=np.float32)
    np.save(tmp_path / "a.npy", masks)
    names, shares = read_masks([tmp_path / "a.npy"], BINS, 20, rest="Left")
    assert names == ["a 1", "a 2", "Left"]
    np.testing.assert_allclose(shares.astype(float).sum(axis=0), 1, atol=2**-10)
    np.testing.assert_allclose(shares[2].T, 1 - masks.sum(axis=0), atol=2**-10)


def test_more_than_all_is_told_and_scaled_if_wanted(tmp_path):
    masks = random_masks(2, 20)
    masks[:, 3, 4] *= 1.7
    np.save(tmp_path / "a.npy", np.clip(masks, 0, 1))
    with pytest.raises(UserError) as told:
        read_masks([tmp_path / "a.npy"], BINS, 20)
    assert told.value.code == "exchange.sum_above" and told.value.values["sum"] > 1.2
    names, shares = read_masks([tmp_path / "a.npy"], BINS, 20, normalise=True)
    assert names == ["a 1", "a 2"]
    np.testing.assert_allclose(shares.astype(float).sum(axis=0), 1, atol=2**-10)


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1, 1.1, 255])
def test_values_that_are_no_shares_are_told_with_their_place(value, tmp_path):
    masks = random_masks(2, 600)
    masks[1, 7, 555] = value
    np.save(tmp_path / "a.npy", masks)
    with pytest.raises(UserError) as told:
        read_masks([tmp_path / "a.npy"], BINS, 600)
    values = told.value.values
    assert (values["row"], values["frame"], values["mask"]) == (7, 555, "a 2")
    assert told.value.code == ("exchange.out_of_range" if np.isfinite(value) else "exchange.not_finite")


def test_another_plane_is_told_with_both_shapes(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((2, 5, 6)))
    with pytest.raises(UserError) as told:
        read_masks([tmp_path / "a.npy"], BINS, 20)
    assert told.value.code == "exchange.other_plane" and told.value.values["found"] == "2 × 5 × 6"


def test_the_masks_of_a_stack_are_those_with_edits_and_groups_are_sums():
    stack = random_stack(3, ANALYSIS, 2000)
    each = planes_of_stack(stack, ANALYSIS, RATE)
    rows, columns = np.arange(BINS), np.arange(stack.frames)
    whole = stack.evaluate(rows, columns)
    read = each.read(range(3), slice(0, BINS), slice(0, stack.frames))
    np.testing.assert_allclose(read, whole, atol=1e-6)
    np.testing.assert_allclose(np.concatenate([v for _, v in each.bands(1)]), whole[1], atol=1e-6)
    layers = tuple(replace(x, group=9 if i != 1 else 0) for i, x in enumerate(stack.layers))
    grouped = replace(stack, layers=layers, groups=(Group(9, "Band", "#ffffff"),))
    sums = planes_of_stack(grouped, ANALYSIS, RATE, groups=True)
    assert sums.names == ("Band", "L1")
    read = sums.read((0, 1), slice(0, BINS), slice(0, stack.frames))
    np.testing.assert_allclose(read, [whole[0] + whole[2], whole[1]], atol=1e-6)


def test_a_set_of_files_takes_no_place_of_others(tmp_path):
    (tmp_path / "a 02 m1.png").write_bytes(b"mine")
    with pytest.raises(UserError) as told:
        masks_png.write(tmp_path / "a.png", planes(random_masks(3, 9)))
    assert told.value.code == "exchange.exists" and "a 02 m1.png" in told.value.values["files"]
    assert [path.name for path in tmp_path.iterdir()] == ["a 02 m1.png"]


def test_nothing_is_left_where_the_user_stops(tmp_path):
    class Stopped(Exception):
        pass

    def stop(share):
        raise Stopped

    for write, suffix in ((masks_npy.write, "npy"), (masks_npz.write, "npz"), (masks_wav.write, "wav")):
        with pytest.raises(Stopped):
            write(tmp_path / f"a.{suffix}", planes(random_masks(2, 9)), progress=stop)
    with pytest.raises(Stopped):
        masks_png.write(tmp_path / "a.png", planes(random_masks(2, 9)), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_shares_are_nothing_without_masks():
    with pytest.raises(UserError):
        as_shares([], BINS, 10)
