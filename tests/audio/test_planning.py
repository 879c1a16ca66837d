"""From what is asked of an export to its files."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.export import heard_piece
from workbench.audio.formats import FLOAT_WAV, FORMATS
from workbench.audio.naming import Names
from workbench.audio.planning import ExportOptions, Wanted, check_apart, planned
from workbench.audio.renderer import render_all
from workbench.audio.tagging import UNTAGGED, Tags
from workbench.audio.writing import write
from workbench.errors import UserError
from workbench.masks.model.layers import Group
from workbench.wording import sentence

EVERYTHING = ExportOptions(Wanted(True, True, True, True))
PARTS = ExportOptions(Wanted(False, False, False, True))
OUT = Path("/out")


def band(seconds=1.0, rate=22050, channels=2):
    scene = make_scene(3, seconds, rate=rate, channels=channels)
    first, second, third = scene.stack.layers
    layers = (replace(first, group=7, name="Kick"), replace(second, group=7, name="Snare"), replace(third, name="Bass"))
    return replace(scene, stack=replace(scene.stack, layers=layers, groups=(Group(7, "Drums", "#000000"),)))


def names(pieces, folder=OUT):
    return [piece.path.relative_to(folder).as_posix() for piece in pieces]


def heard(scene, start=0, stop=None):
    return heard_piece(scene, OUT, "tones", FLOAT_WAV, start, stop)


def test_all_that_is_wanted_is_there_and_layers_beside_groups_have_a_folder():
    scene = band()
    assert names(planned(scene, OUT, EVERYTHING, heard(scene))) == [
        "tones heard.wav",
        "tones mix.wav",
        "01 Drums.wav",
        "02 Bass.wav",
        "layers/01 Kick.wav",
        "layers/02 Snare.wav",
        "layers/03 Bass.wav",
    ]
    assert names(planned(scene, OUT, PARTS)) == ["01 Kick.wav", "02 Snare.wav", "03 Bass.wav"]


def test_names_are_as_they_are_wished_for():
    wish = Names("{recording}_{number}_{group}_{name}_{kind}_{rate}", "{date} {recording} ({kind})")
    options = replace(EVERYTHING, names=wish, form=FORMATS["Opus"])
    got = names(planned(band(), OUT, options, today=date(2024, 5, 1)))
    assert got == [
        "2024-05-01 tones (mix).opus",
        "tones_01_Drums_Drums_group_24000.opus",
        "tones_02__Bass_layer_24000.opus",
        "layers/tones_01_Drums_Kick_layer_24000.opus",
        "layers/tones_02_Drums_Snare_layer_24000.opus",
        "layers/tones_03__Bass_layer_24000.opus",
    ]


def test_files_of_one_name_are_told_apart_within_their_folder():
    same = replace(EVERYTHING, names=Names("{recording}", "{recording}"))
    assert names(planned(band(), OUT, same)) == [
        "tones.wav",
        "tones (2).wav",
        "tones (3).wav",
        "layers/tones.wav",
        "layers/tones (2).wav",
        "layers/tones (3).wav",
    ]


def test_a_name_that_can_not_be_made_is_told():
    with pytest.raises(UserError, match=r"audio\.unknown_field"):
        planned(band(), OUT, replace(PARTS, names=Names(parts="{nmae}")))
    # Of names that nobody needs nothing is said.
    assert planned(band(), OUT, replace(PARTS, names=Names(whole="{nmae}")))


def test_a_span_is_that_of_all_files(tmp_path):
    scene = band()
    options = replace(EVERYTHING, span=(3000, 9000), together=False)
    pieces = planned(scene, tmp_path, options, heard(scene, 100, 200))
    write(pieces, options.form)
    for piece in pieces:
        expected = render_all(piece.scene, 3000, 9000, piece.layers)
        got = soundfile.read(piece.path, dtype="float32", always_2d=True)[0]
        np.testing.assert_allclose(got, expected, atol=3e-7)
    whole = planned(scene, OUT, EVERYTHING, heard(scene, 100, 200))
    assert [piece.samples for piece in whole] == [100] + 6 * [22050], "what is heard keeps the span that plays"
    assert planned(scene, OUT, replace(PARTS, span=(-50, 10**9)))[0].samples == 22050
    for nothing in ((5, 5), (30000, 40000), (9, 3)):
        with pytest.raises(UserError, match=r"audio\.empty_span"):
            planned(scene, OUT, replace(PARTS, span=nothing))


def test_all_parts_in_one_file_are_channel_beside_channel(tmp_path):
    scene = band(channels=1)
    options = replace(EVERYTHING, together=True, rate=48000, span=(0, 11025))
    pieces = planned(scene, tmp_path, options, heard(scene))
    assert names(pieces, tmp_path) == ["tones heard.wav", "tones mix.wav", "tones groups.wav", "tones layers.wav"]
    assert [piece.outputs for piece in pieces] == [1, 1, 2, 3]
    write(pieces, options.form)
    mix = soundfile.read(pieces[1].path, always_2d=True)[0]
    for piece in pieces[2:]:
        got, rate = soundfile.read(piece.path, always_2d=True)
        assert rate == 48000 and got.shape == (24000, piece.outputs)
        assert residual_db(mix, got.sum(axis=1, keepdims=True)) < -100
    with pytest.raises(UserError, match=r"audio\.too_many_channels") as told:
        planned(scene, OUT, replace(options, form=FORMATS["MP3"]))
    assert "tones layers.mp3" in sentence(told.value) and "at most 2" in sentence(told.value)


def test_parts_after_the_faders_in_one_file_sum_to_the_mix(tmp_path):
    scene = band()
    layers = (replace(scene.stack.layers[0], gain_db=-6.0, pan=0.5), replace(scene.stack.layers[1], mute=True))
    scene = replace(scene, stack=replace(scene.stack, layers=(*layers, scene.stack.layers[2])))
    options = ExportOptions(Wanted(False, True, False, True, after=True), together=True)
    mix, parts = planned(scene, tmp_path, options)
    write([mix, parts], options.form)
    got = soundfile.read(parts.path, always_2d=True)[0]
    assert got.shape[1] == 4, "what is muted has no channels"
    assert residual_db(soundfile.read(mix.path)[0], got[:, :2] + got[:, 2:]) < -100


def test_tags_are_those_of_each_file_and_none_where_none_are_asked_for():
    tags = Tags(artist="Trio", title="Blue")
    mix, drums, bass = planned(band(), OUT, replace(EVERYTHING, tags=tags, wanted=Wanted(False, True, True, False)))
    assert mix.tags == Tags("Blue", "Trio", "Blue")
    assert (drums.tags.title, drums.tags.tracknumber) == ("Blue – Drums", "1")
    assert (bass.tags.title, bass.tags.tracknumber) == ("Blue – Bass", "2")
    assert all(piece.tags == UNTAGGED for piece in planned(band(), OUT, EVERYTHING))


def test_no_file_takes_the_place_of_what_the_project_is_made_of(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    options = replace(EVERYTHING, names=Names(whole="{recording}"))
    pieces = planned(band(), tmp_path / "link", options)
    check_apart(pieces, [tmp_path / "there" / "other.wav"])
    for there in (False, True):
        if there:
            (tmp_path / "there" / "tones.wav").touch()
            (tmp_path / "there" / "elsewhere.wav").symlink_to("tones.wav")
        with pytest.raises(UserError, match=r"audio\.own_source"):
            check_apart(pieces, [tmp_path / "there" / "tones.wav"])
    with pytest.raises(UserError, match=r"audio\.own_source"):
        check_apart(pieces, [tmp_path / "there" / "elsewhere.wav"])


def test_what_was_asked_for_before_is_written_bit_for_bit_as_before(tmp_path):
    # A plain WAV of floats: a head of 80 bytes with a fact chunk, then the samples as they are rendered.
    scene = band()
    (mix,) = planned(scene, tmp_path, ExportOptions(Wanted(False, True, False, False)))
    write([mix], FLOAT_WAV)
    data = mix.path.read_bytes()
    assert data.endswith(b"data" + (22050 * 8).to_bytes(4, "little") + render_all(scene).tobytes())
    assert b"LIST" not in data[:100] and b"PEAK" not in data[:100]
