"""What is written is what other programs read, where these are installed."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest

from workbench.exchange import flucoma, masks_npy, masks_npz, masks_png, masks_wav
from workbench.exchange.masks import planes_of_array
from workbench.spectral.stft import Analysis

ANALYSIS, RATE = Analysis(64, 16), 8000


@pytest.fixture
def masks():
    values = np.random.default_rng(0).random((3, ANALYSIS.bins, 40)).astype(np.float32)
    return values / values.sum(axis=0)


def planes(masks):
    return planes_of_array(["Bass", "Drums", "Voice"], masks, ANALYSIS, RATE)


def wanted(*programs):
    missing = [each for each in programs if shutil.which(each) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def raw(command):
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<f4")


@wanted("sox")
def test_sox_reads_buffers_and_masks(masks, tmp_path):
    (path,) = masks_wav.write(tmp_path / "m.wav", planes(masks))
    read = raw(["sox", str(path), "-t", "f32", "-"]).reshape(40, ANALYSIS.bins, 3)
    np.testing.assert_allclose(read, masks.transpose(2, 1, 0), atol=1e-7)
    w, h = masks[:, :, 0].T, masks[:, 3]
    bases, activations = flucoma.write(tmp_path / "f.wav", w, h, ANALYSIS, RATE)
    np.testing.assert_allclose(raw(["sox", str(bases), "-t", "f32", "-"]).reshape(-1, 3), w, atol=1e-7)
    np.testing.assert_allclose(raw(["sox", str(activations), "-t", "f32", "-"]).reshape(-1, 3), h.T, atol=1e-7)


@wanted("ffmpeg")
def test_ffmpeg_reads_buffers_masks_and_pictures(masks, tmp_path):
    (path,) = masks_wav.write(tmp_path / "m.wav", planes(masks))
    quiet = ["ffmpeg", "-v", "error", "-i"]
    read = raw([*quiet, str(path), "-f", "f32le", "-"]).reshape(40, ANALYSIS.bins, 3)
    np.testing.assert_array_equal(read, masks.transpose(2, 1, 0))
    bases, _ = flucoma.write(tmp_path / "f.wav", masks[:, :, 0].T, masks[:, 3], ANALYSIS, RATE)
    np.testing.assert_array_equal(raw([*quiet, str(bases), "-f", "f32le", "-"]).reshape(-1, 3), masks[:, :, 0].T)
    paths = masks_png.write(tmp_path / "p.png", planes(masks), 16)
    out = subprocess.run([*quiet, str(paths[1]), "-f", "rawvideo", "-pix_fmt", "gray16le", "-"], capture_output=True)
    grey = np.frombuffer(out.stdout, "<u2").reshape(ANALYSIS.bins, 40)[::-1] / 65535
    np.testing.assert_allclose(grey, masks[1], atol=1e-5)


def test_numpy_reads_arrays_without_pickle(masks, tmp_path):
    np.testing.assert_array_equal(np.load(masks_npy.write(tmp_path / "m.npy", planes(masks))[0]), masks)
    with np.load(masks_npz.write(tmp_path / "m.npz", planes(masks))[0], allow_pickle=False) as arrays:
        np.testing.assert_array_equal(np.stack([arrays[each] for each in ("Bass", "Drums", "Voice")]), masks)


def test_the_same_masks_are_the_same_file(masks, tmp_path):
    for write, suffix in ((masks_wav.write, "wav"), (masks_npy.write, "npy"), (masks_png.write, "png")):
        one, other = (write(tmp_path / f"{name}.{suffix}", planes(masks))[0].read_bytes() for name in "ab")
        assert one == other
