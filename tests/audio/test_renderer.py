from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.mix import audible, mix_gains, pan_gains
from workbench.audio.recording import Recording
from workbench.audio.renderer import MixStream, render_all
from workbench.audio.speakers import Speaker, pairs, speakers_of
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Threshold
from workbench.masks.model.layers import Group, Layer, Part
from workbench.spectral.stft import Analysis, analyse

ANALYSES = [Analysis(512, 128), Analysis(512, 256), Analysis(256, 16)]


def with_layers(scene, **fields):
    layers = tuple(replace(layer, **fields) for layer in scene.stack.layers)
    return replace(scene, stack=replace(scene.stack, layers=layers))


def with_first(scene, **fields):
    first, *rest = scene.stack.layers
    return replace(scene, stack=replace(scene.stack, layers=(replace(first, **fields), *rest)))


def slow_render(scene, gains):
    """Mask every frame, inverse transform, overlap-add, divide by the windows' squares; all in float64."""
    analysis, x = scene.analysis, scene.recording.samples
    frames, half = analysis.frames(len(x)), analysis.window // 2
    spectrum = analyse(x, analysis, 0, frames).astype(complex)
    masks = scene.stack.evaluate(np.arange(analysis.bins), np.arange(frames)).astype(float)
    by_part = gains[scene.stack.owner].astype(float)  # (P, outputs, channels)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(analysis.window) / analysis.window)
    out = np.zeros((frames * analysis.hop + analysis.window, gains.shape[1]))
    norm = np.zeros(len(out))
    for j in range(frames):
        place = slice(j * analysis.hop, j * analysis.hop + analysis.window)
        norm[place] += window**2
        for d in range(gains.shape[1]):
            for c in range(gains.shape[2]):
                out[place, d] += np.fft.irfft(spectrum[c, j] * (by_part[:, d, c] @ masks[:, :, j])) * window
    return (out / np.maximum(norm, 1e-12)[:, None])[half : half + len(x)]


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_equals_the_slow_obvious_rendering(analysis, channels):
    scene = with_first(make_scene(3, 0.4, channels=channels, analysis=analysis), gain_db=-6.0)
    gains = mix_gains(scene.stack.layers, scene.recording.speakers, channels)
    assert residual_db(slow_render(scene, gains), render_all(scene)) < -110


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_a_neutral_mixer_is_exactly_transparent(analysis, channels):
    scene = make_scene(4, 0.5, channels=channels, analysis=analysis)
    scene = replace(scene, stack=replace(scene.stack, edits=(Operation(Threshold((), (1,), low=0.3)),)))
    np.testing.assert_array_equal(render_all(scene), scene.recording.samples)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_layers_before_their_faders_sum_to_the_recording(analysis):
    scene = with_first(make_scene(5, 0.7, analysis=analysis), gain_db=-20.0, mute=True, pan=0.4)
    total = sum(render_all(scene, layers=[i]).astype(float) for i in range(5))
    assert residual_db(scene.recording.samples, total) < -120


@given(st.integers(0, 7000), st.integers(1, 900), st.sampled_from(ANALYSES))
def test_a_stream_gives_what_the_whole_rendering_gives(start, step, analysis):
    scene = with_first(make_scene(2, 1.0, analysis=analysis), gain_db=-6.0, pan=0.3)
    whole = render_all(scene)
    stream = MixStream(scene, start, 2)
    pieces = np.concatenate([stream.read(step) for _ in range(3)])
    inside = max(0, min(len(pieces), len(whole) - start))
    np.testing.assert_allclose(pieces[:inside], whole[start : start + inside], atol=3e-7)


@pytest.mark.parametrize("samples", [0, 1, 5, 100, 511])
def test_shorter_than_a_window_and_silence_simply_work(samples):
    scene = make_scene(2, 1.0)
    recording = Recording(scene.recording.samples[:samples], 8000, scene.recording.path)
    frames = scene.analysis.frames(samples)
    factors = replace(scene.stack.factors, H=scene.stack.factors.H[:, :frames])
    short = replace(scene, recording=recording, stack=replace(scene.stack, factors=factors, frames=frames))
    if samples:
        total = sum(render_all(short, layers=[i]).astype(float) for i in range(2))
        assert residual_db(recording.samples, total) < -110


def test_pan_is_0_db_at_the_centre_and_of_constant_power():
    assert pan_gains(0.0) == (1.0, 1.0)
    for pan in np.linspace(-1, 1, 21):
        left, right = pan_gains(float(pan))
        assert left**2 + right**2 == pytest.approx(2.0)
    assert pan_gains(-1.0) == pytest.approx((np.sqrt(2), 0), abs=1e-9)


def test_a_mono_mix_becomes_stereo_once_a_pan_is_moved():
    scene = make_scene(2, 0.3, channels=1)
    assert render_all(scene).shape[1] == 1
    panned = with_first(scene, pan=-1.0)
    out = render_all(panned)
    assert out.shape[1] == 2
    assert residual_db(render_all(scene, layers=[1])[:, 0], out[:, 1]) < -110


@pytest.mark.parametrize("channels", [4, 6, 8])
def test_pan_and_width_act_on_each_left_and_right(channels):
    speakers = speakers_of(channels)
    sides, alone = pairs(speakers), [i for i, each in enumerate(speakers) if each in (Speaker.CENTRE, Speaker.LOW)]
    assert sorted([i for both in sides for i in both] + alone) == list(range(channels))
    layer = Layer(1, "", "#000000", (Part(1, 0),), group=1)
    (gains,) = mix_gains([layer], speakers, channels, [Group(1, "", "#000000", width=0.0, pan=0.9)])
    np.testing.assert_array_equal(gains[alone], np.eye(channels, dtype=np.float32)[alone])
    for left, right in sides:
        stereo = mix_gains([layer], speakers_of(2), 2, [Group(1, "", "#000000", width=0.0, pan=0.9)])[0]
        np.testing.assert_array_equal(gains[np.ix_([left, right], [left, right])], stereo)
        assert not np.delete(gains[[left, right]], [left, right], axis=1).any()


def test_solo_and_mute():
    rows = tuple(Layer(i, "", "#000000", (Part(i, i),)) for i in range(3))
    assert audible(rows) == [True] * 3
    assert audible((replace(rows[0], mute=True), *rows[1:])) == [False, True, True]
    assert audible((replace(rows[0], solo=True), *rows[1:])) == [True, False, False]
    assert audible((replace(rows[0], solo=True, mute=True), *rows[1:])) == [False, False, False]
