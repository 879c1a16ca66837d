from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.export import FORMATS, ExportError, FileFormat, Piece, layer_pieces, measure, mix_piece, write
from workbench.audio.recording import Cancelled, Recording
from workbench.audio.renderer import render_all


def test_layers_are_named_and_sum_to_the_recording(tmp_path):
    scene = make_scene(3, 0.5, rate=22050)
    form = FileFormat()
    pieces = layer_pieces(scene, tmp_path, form)
    assert [p.path.name for p in pieces] == ["01 L0.wav", "02 L1.wav", "03 L2.wav"]
    write(pieces, form)
    parts = [soundfile.read(p.path, dtype="float32", always_2d=True) for p in pieces]
    assert all(rate == 22050 and x.shape == scene.recording.samples.shape for x, rate in parts)
    assert residual_db(scene.recording.samples, sum(x.astype(float) for x, _ in parts)) < -100


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
def test_every_format_holds_the_mix_to_its_precision(tmp_path, form):
    scene = make_scene(2, 0.3)
    first, second = scene.stack.layers
    scene = replace(scene, stack=replace(scene.stack, layers=(replace(first, gain_db=-3.0), second)))
    piece = mix_piece(scene, tmp_path, "song", form)
    write([piece], form)
    info = soundfile.info(piece.path)
    assert (info.format, info.subtype, info.samplerate) == (form.container, form.subtype, 8000)
    bits = {"FLOAT": 32, "PCM_24": 24, "PCM_16": 16}[form.subtype]
    got = soundfile.read(piece.path, dtype="float64", always_2d=True)[0]
    np.testing.assert_allclose(got, render_all(scene), atol=2.0 ** (1 - bits) + 1e-7)


def test_peak_tells_what_an_integer_format_would_clip(tmp_path):
    scene = make_scene(2, 0.3)
    loud = replace(scene, recording=Recording(scene.recording.samples * 16, 8000, scene.recording.path))
    form = FileFormat("WAV", "PCM_16")
    above, below = measure([mix_piece(each, tmp_path, "song", form) for each in (loud, scene)])
    assert above.peak == pytest.approx(float(np.abs(loud.recording.samples).max()))
    assert above.peak > 1 > below.peak and above.true_peak >= above.peak


def test_names_that_no_system_takes_are_mended(tmp_path):
    scene = make_scene(2, 0.1)
    layers = (replace(scene.stack.layers[0], name='a/b\\c:*?"<>|'), replace(scene.stack.layers[1], name=" .. "))
    scene = replace(scene, stack=replace(scene.stack, layers=layers))
    pieces = layer_pieces(scene, tmp_path, FileFormat())
    assert [p.path.parent for p in pieces] == [tmp_path, tmp_path]
    write(pieces, FileFormat())
    assert len(list(tmp_path.iterdir())) == 2


def test_a_cancelled_or_failed_export_leaves_nothing_half(tmp_path):
    scene = make_scene(3, 2.0)
    with pytest.raises(Cancelled):
        write(layer_pieces(scene, tmp_path, FileFormat()), FileFormat(), lambda share: share < 0.5)
    for path in tmp_path.iterdir():
        assert not path.name.startswith(".") and soundfile.info(path).frames == len(scene.recording.samples)
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="can't be written"):
        write([Piece(tmp_path / "file" / "x.wav", scene)], FileFormat())


def test_more_channels_than_flac_holds_is_said(tmp_path):
    scene = make_scene(2, 0.1, channels=9)
    form = FileFormat("FLAC", "PCM_24")
    with pytest.raises(ExportError, match="at most 8 channels"):
        write(layer_pieces(scene, tmp_path, form), form)


def test_same_sound_same_file(tmp_path):
    scene = make_scene(2, 0.3)
    for folder in ("a", "b"):
        write(layer_pieces(scene, tmp_path / folder, FileFormat()), FileFormat())
    assert (tmp_path / "a/01 L0.wav").read_bytes() == (tmp_path / "b/01 L0.wav").read_bytes()
    assert b"PEAK" not in (tmp_path / "a/01 L0.wav").read_bytes()[:200]
