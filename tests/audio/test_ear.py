"""What is heard: groups, width, original, what is taken away, and parts of the plane."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.levels import FLOOR_DB, source_levels
from workbench.audio.mix import audible, mix_gains, output_channels, width_matrix
from workbench.audio.recording import Recording
from workbench.audio.renderer import render_all
from workbench.audio.scene import Ear, Hear
from workbench.audio.speakers import speakers_of
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group, Layer, Part
from workbench.spectral.stft import Analysis


def grouped(scene, *groups, of=(1, 1, 2)):
    layers = tuple(replace(layer, group=group) for layer, group in zip(scene.stack.layers, of, strict=True))
    return replace(scene, stack=replace(scene.stack, layers=layers, groups=groups))


def heard(scene, **fields):
    return render_all(replace(scene, ear=Ear(**fields)))


LAYERS = tuple(Layer(i, "", "#000000", (Part(i, i),), group=group) for i, group in enumerate((1, 1, 2, 0)))


@pytest.mark.parametrize(
    ("layer_fields", "group_fields", "expected"),
    [
        ({}, {}, [True] * 4),
        ({}, {1: {"mute": True}}, [False, False, True, True]),
        ({}, {1: {"solo": True}}, [True, True, False, False]),
        ({3: {"solo": True}}, {1: {"solo": True}}, [True, True, False, True]),
        ({0: {"solo": True}}, {}, [True, False, False, False]),
        ({0: {"mute": True}}, {1: {"solo": True}}, [False, True, False, False]),
        ({0: {"solo": True}}, {1: {"mute": True}}, [False] * 4),
    ],
)
def test_solo_and_mute_of_groups(layer_fields, group_fields, expected):
    layers = [replace(layer, **layer_fields.get(i, {})) for i, layer in enumerate(LAYERS)]
    groups = [Group(i, "", "#000000", **group_fields.get(i, {})) for i in (1, 2)]
    assert audible(layers, groups) == expected


def test_a_group_in_neutral_is_exactly_transparent():
    scene = grouped(make_scene(3, 0.3), Group(1, "a", "#000000"), Group(2, "b", "#000000"))
    np.testing.assert_array_equal(render_all(scene), scene.recording.samples)


def test_gains_are_layer_then_group_then_width_then_pan():
    groups = [Group(1, "", "#000000", gain_db=-6.0, pan=0.5, width=0.3)]
    layer = Layer(1, "", "#000000", (Part(1, 0),), gain_db=-3.0, pan=-0.2, group=1)
    got = mix_gains([layer], speakers_of(2), 2, groups)[0]
    angle = (np.array([-0.2, 0.5]) + 1) * np.pi / 4
    own, common = (np.diag(np.sqrt(2) * np.array([np.cos(a), np.sin(a)])) for a in angle)
    side = np.array([[0.65, 0.35], [0.35, 0.65]])
    np.testing.assert_allclose(got, 10 ** (-9 / 20) * common @ side @ own, rtol=1e-6)


@given(st.floats(0, 2))
def test_width_keeps_the_middle_and_scales_the_sides(width):
    matrix = width_matrix(width)
    np.testing.assert_allclose(matrix @ [1, 1], [1, 1], atol=1e-6)
    np.testing.assert_allclose(matrix @ [1, -1], [width, -width], atol=1e-6)


def test_a_width_of_0_is_mono_and_leaves_other_groups_alone():
    scene = make_scene(3, 0.4)
    narrow = grouped(scene, Group(1, "a", "#000000", width=0.0), Group(2, "b", "#000000"))
    only = tuple(replace(layer, mute=layer.group == 2) for layer in narrow.stack.layers)
    out = render_all(replace(narrow, stack=replace(narrow.stack, layers=only)))
    np.testing.assert_allclose(out[:, 0], out[:, 1], atol=1e-6)
    middle = (render_all(scene, layers=[0, 1])).mean(axis=1, keepdims=True)
    expected = middle + render_all(scene, layers=[2])
    assert residual_db(expected, render_all(narrow)) < -110


def test_a_mono_recording_with_a_panned_group_is_stereo_with_the_layers_sums():
    scene = grouped(make_scene(3, 0.3, channels=1), Group(1, "a", "#000000", pan=-1.0), Group(2, "b", "#000000"))
    assert output_channels(scene.stack.layers, 1, scene.stack.groups) == 2
    out = render_all(scene)
    left, right = render_all(scene, layers=[0, 1])[:, 0], render_all(scene, layers=[2])[:, 0]
    assert residual_db(np.sqrt(2) * left + right, out[:, 0]) < -110
    assert residual_db(right, out[:, 1]) < -100


def test_where_no_channels_are_left_and_right_pan_and_width_are_off():
    scene = grouped(
        make_scene(3, 0.3, channels=9), Group(1, "a", "#000000", width=0.0, pan=1.0), Group(2, "", "#000000")
    )
    np.testing.assert_array_equal(render_all(scene), scene.recording.samples)


# -- the ear -------------------------------------------------------------------------------------------


def mixed(channels=2):
    return grouped(
        make_scene(3, 0.5, channels=channels), Group(1, "a", "#000000", gain_db=-8.0), Group(2, "b", "#000000", pan=0.3)
    )


def test_the_original_is_the_recording_times_its_gain():
    scene = mixed()
    np.testing.assert_array_equal(heard(scene, what=Hear.ORIGINAL), scene.recording.samples)
    half = heard(scene, what=Hear.ORIGINAL, original_db=20 * np.log10(0.5))
    np.testing.assert_allclose(half, scene.recording.samples * 0.5, rtol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_mix_and_what_is_taken_away_sum_to_the_original(channels):
    scene = mixed(channels)
    mix, removed = render_all(scene), heard(scene, what=Hear.REMOVED)
    original = np.broadcast_to(scene.recording.samples, mix.shape)
    assert residual_db(original, mix.astype(float) + removed) < -110


@pytest.mark.parametrize("what", [Hear.MIX, Hear.ORIGINAL, Hear.REMOVED])
def test_inside_and_outside_of_an_area_sum_to_the_whole(what):
    scene = mixed()
    area = rectangle(Region(20, 90, 5, 17), scene.stack.bins, scene.stack.frames).feathered(3)
    inside = heard(scene, what=what, area=area)
    outside = heard(scene, what=what, area=area, outside=True)
    whole = heard(scene, what=what)
    assert residual_db(whole, inside.astype(float) + outside) < -110
    assert 0.001 < np.sum(inside**2) / np.sum(whole**2) < 0.999


def test_an_area_lets_only_its_time_and_frequency_through():
    rate = 8000
    t = np.arange(rate) / rate
    two = (0.2 * np.sin(2 * np.pi * 500 * t) + 0.2 * np.sin(2 * np.pi * 2000 * t)).astype(np.float32)[:, None]
    scene = make_scene(1, 1.0, rate, 1)
    scene = replace(scene, recording=Recording(two, rate, scene.recording.path))
    area = rectangle(Region(50, 80, 20, 40), scene.stack.bins, scene.stack.frames)
    out = heard(scene, area=area)[:, 0]
    # 500 Hz is bin 32, 2000 Hz is bin 128 of 512: the rectangle holds neither.
    assert np.abs(out).max() < 1e-3
    out = heard(scene, area=rectangle(Region(120, 136, 20, 40), scene.stack.bins, scene.stack.frames))[:, 0]
    np.testing.assert_allclose(out[3000:4500], 0.2 * np.sin(2 * np.pi * 2000 * t)[3000:4500], atol=1e-3)
    assert np.abs(out[:2000]).max() < 1e-3 and np.abs(out[6000:]).max() < 1e-3


def test_an_area_of_another_plane_is_not_used():
    scene = mixed()
    foreign = rectangle(Region(0, 5, 0, 5), 100, 100)
    np.testing.assert_allclose(heard(scene, area=foreign), render_all(scene), atol=1e-6)


def test_layers_alone_are_heard_before_all_faders():
    scene = mixed()
    ids = (scene.stack.layers[0].id, scene.stack.layers[2].id)
    np.testing.assert_allclose(heard(scene, what=Hear.LAYERS, layers=ids), render_all(scene, layers=[0, 2]), atol=1e-6)


# -- meters --------------------------------------------------------------------------------------------


def test_a_full_scale_sine_reads_0_db_and_a_fader_counts():
    rate = 8000
    t = np.arange(rate) / rate
    sine = np.sin(2 * np.pi * 1000 * t).astype(np.float32)[:, None].repeat(2, axis=1)
    scene = make_scene(1, 1.0, rate)
    scene = replace(scene, recording=Recording(sine, rate, scene.recording.path))
    assert source_levels(scene, 0.5, [[0]]) == pytest.approx([0.0], abs=0.05)
    quiet = replace(scene.stack.layers[0], gain_db=-12.0)
    quiet = replace(scene, stack=replace(scene.stack, layers=(quiet,)))
    assert source_levels(quiet, 0.5, [[0], []]) == pytest.approx([-12.0, FLOOR_DB], abs=0.05)


@pytest.mark.parametrize(
    ("left", "right", "fields", "expected"),
    [
        (1, 1, {"width": 0.0}, 0.0),
        (1, 1, {"width": 2.0}, 0.0),
        (1, -1, {"width": 0.0}, FLOOR_DB),
        (1, 0, {"pan": 1.0}, FLOOR_DB),
        (1, 0, {"pan": -1.0}, 0.0),
        (1, 0, {}, -3.01),
    ],
)
def test_meters_know_which_channels_sound(left, right, fields, expected):
    rate = 8000
    sine = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)
    scene = make_scene(1, 1.0, rate)
    samples = np.stack([left * sine, right * sine], axis=1).astype(np.float32)
    scene = replace(scene, recording=Recording(samples, rate, scene.recording.path))
    scene = grouped(scene, Group(1, "", "#000000", **fields), of=(1,))
    assert source_levels(scene, 0.5, [[0]]) == pytest.approx([expected], abs=0.05)


def test_the_level_of_a_group_is_that_of_its_sum():
    scene = make_scene(3, 1.0, analysis=Analysis(1024, 256))
    whole = source_levels(scene, 0.41, [[0, 1, 2]])[0]
    frame = round(0.41 * 8000 / 256)
    window = np.hanning(1025)[:-1]
    x = scene.recording.samples[frame * 256 - 512 : frame * 256 + 512].astype(float) * window[:, None]
    power = np.mean(np.sum(x**2, axis=0)) / np.sum(window**2)
    assert whole == pytest.approx(10 * np.log10(2 * power), abs=0.05)
