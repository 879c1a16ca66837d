import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import make_scene
from tests.rig import residual_db
from workbench.audio.export import (
    Level,
    LevelKind,
    Piece,
    brought_to,
    folder_for,
    group_pieces,
    heard_piece,
    layer_pieces,
    mix_piece,
)
from workbench.audio.formats import FORMATS, Container, Dither, FileFormat, SampleFormat
from workbench.audio.recording import Recording
from workbench.audio.renderer import render_all
from workbench.audio.scene import Ear, Hear
from workbench.audio.writing import measure, write
from workbench.errors import UserError
from workbench.masks.edits.areas import rectangle
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Invert
from workbench.masks.evaluation.lattice import WIDE
from workbench.masks.evaluation.memory import Memory
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Group
from workbench.progress import Cancelled
from workbench.wording import sentence


def test_layers_are_named_and_sum_to_the_recording(tmp_path):
    scene = make_scene(3, 0.5, rate=22050)
    form = FileFormat()
    pieces = layer_pieces(scene, tmp_path, form)
    assert [p.path.name for p in pieces] == ["01 L0.wav", "02 L1.wav", "03 L2.wav"]
    write(pieces, form)
    parts = [soundfile.read(p.path, dtype="float32", always_2d=True) for p in pieces]
    assert all(rate == 22050 and x.shape == scene.recording.samples.shape for x, rate in parts)
    assert residual_db(scene.recording.samples, sum(x.astype(float) for x, _ in parts)) < -100


LOSSLESS = {name: form for name, form in FORMATS.items() if not form.lossy}


@pytest.mark.parametrize("form", LOSSLESS.values(), ids=LOSSLESS.keys())
def test_every_format_holds_the_mix_to_its_precision(tmp_path, form):
    scene = make_scene(2, 0.3)
    first, second = scene.stack.layers
    scene = replace(scene, stack=replace(scene.stack, layers=(replace(first, gain_db=-3.0), second)))
    piece = mix_piece(scene, tmp_path, "song", form)
    write([piece], replace(form, dither=Dither.OFF))
    info = soundfile.info(piece.path)
    assert (info.format, info.subtype, info.samplerate) == (form.container, form.subtype, 8000)
    bits = {"FLOAT": 32, "PCM_24": 24, "PCM_16": 16}[form.subtype]
    got = soundfile.read(piece.path, dtype="float64", always_2d=True)[0]
    np.testing.assert_allclose(got, render_all(scene), atol=2.0**-bits + 1e-7)


def test_peak_tells_what_an_integer_format_would_clip(tmp_path):
    scene = make_scene(2, 0.3)
    loud = replace(scene, recording=Recording(scene.recording.samples * 16, 8000, scene.recording.path))
    form = FileFormat(Container.WAV, SampleFormat.PCM_16)
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


def test_a_cancelled_or_failed_export_leaves_all_as_it_was(tmp_path):
    scene = make_scene(3, 2.0)
    (tmp_path / "02 L1.wav").write_bytes(b"of before")

    def stop_halfway(share):
        if share >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(layer_pieces(scene, tmp_path, FileFormat()), FileFormat(), stop_halfway)
    (tmp_path / "file").touch()
    # One of many that can't be written: none is.
    with pytest.raises(UserError, match=r"audio\.unwritable"):
        write([*layer_pieces(scene, tmp_path, FileFormat()), Piece(tmp_path / "file" / "x.wav", scene)], FileFormat())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["02 L1.wav", "file"]
    assert (tmp_path / "02 L1.wav").read_bytes() == b"of before"
    with pytest.raises(UserError, match=r"audio\.unwritable") as caught:
        write([Piece(tmp_path / "file" / "x.wav", scene)], FileFormat())
    assert "x.wav" in sentence(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
def test_a_disk_that_is_full_leaves_all_as_it_was(tmp_path, form):
    import resource

    scene = make_scene(3, 20.0)
    there = tmp_path / f"02 L1{form.suffix}"
    there.write_bytes(b"of before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(UserError, match=r"audio\.unwritable"):
            write(layer_pieces(scene, tmp_path, form), form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == [there] and there.read_bytes() == b"of before"


def test_folders_that_were_made_for_files_go_with_them(tmp_path):
    scene, form = make_scene(2, 2.0), FORMATS["Ogg Vorbis"]

    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        write(
            [*layer_pieces(scene, tmp_path / "new" / "layers", form), mix_piece(scene, tmp_path / "new", "x", form)],
            form,
            stop,
        )
    assert not list(tmp_path.iterdir())
    # But not with what somebody else put there meanwhile.

    def busy(share):
        (tmp_path / "new" / "notes.txt").touch()
        raise Cancelled

    with pytest.raises(Cancelled):
        write(layer_pieces(scene, tmp_path / "new" / "layers", form), form, busy)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["notes.txt"]


def test_files_are_rendered_side_by_side_so_that_masks_are_evaluated_once_for_all(tmp_path, monkeypatch):
    scene = make_scene(3, 20.0)
    bins, frames = scene.stack.bins, scene.stack.frames
    effect, laid = Invert((), scene.stack.layers[0].part_ids), []
    change = Invert.change

    def counted(self, masks, *others):
        laid.append(masks[0].size)
        return change(self, masks, *others)

    monkeypatch.setattr(Invert, "change", counted)
    # What is remembered, two planes of a layer and the others, is a part of it that passes by.
    memory = Memory(2 * bins * 4 * 8 * WIDE)
    scene = replace(scene, stack=replace(scene.stack, edits=(Operation(effect),), remembered=memory))
    pieces = [*layer_pieces(scene, tmp_path, FileFormat()), mix_piece(scene, tmp_path, "song", FileFormat())]
    pieces.append(heard_piece(scene, tmp_path, "song", FileFormat(), 5000, 20000))
    write(pieces, FileFormat())
    assert sum(laid) == bins * frames
    assert memory.nbytes < 0.3 * 2 * bins * frames * 4
    parts = [soundfile.read(piece.path, always_2d=True)[0] for piece in pieces[:-2]]
    assert residual_db(scene.recording.samples, sum(parts)) < -100


def test_more_channels_than_flac_holds_is_said(tmp_path):
    scene = make_scene(2, 0.1, channels=9)
    form = FileFormat(Container.FLAC, SampleFormat.PCM_24)
    with pytest.raises(UserError, match=r"audio\.too_many_channels") as caught:
        write(layer_pieces(scene, tmp_path, form), form)
    assert "9 channels, and FLAC holds at most 8" in sentence(caught.value)


def test_same_sound_same_file(tmp_path):
    scene = make_scene(2, 0.3)
    for folder in ("a", "b"):
        write(layer_pieces(scene, tmp_path / folder, FileFormat()), FileFormat())
    assert (tmp_path / "a/01 L0.wav").read_bytes() == (tmp_path / "b/01 L0.wav").read_bytes()
    assert b"PEAK" not in (tmp_path / "a/01 L0.wav").read_bytes()[:200]


def grouped_scene(seconds=1.0):
    scene = make_scene(3, seconds, rate=22050)
    first, second, third = scene.stack.layers
    layers = (replace(first, group=7), replace(second, group=7, gain_db=-4.0), third)
    return replace(scene, stack=replace(scene.stack, layers=layers, groups=(Group(7, "Drums", "#000000", pan=0.4),)))


def test_groups_and_lone_layers_sum_to_the_recording(tmp_path):
    scene = grouped_scene()
    pieces = group_pieces(scene, tmp_path, FileFormat())
    assert [p.path.name for p in pieces] == ["01 Drums.wav", "02 L2.wav"]
    write(pieces, FileFormat())
    parts = [soundfile.read(p.path, always_2d=True)[0] for p in pieces]
    assert residual_db(scene.recording.samples, sum(parts)) < -100


def test_parts_after_the_faders_sum_to_the_mix_and_what_is_muted_gives_no_file(tmp_path):
    scene = grouped_scene()
    mix = render_all(scene)
    for make in (group_pieces, layer_pieces):
        pieces = make(scene, tmp_path / make.__name__, FileFormat(), after=True)
        found = write(pieces, FileFormat())
        parts = [soundfile.read(p.path, always_2d=True)[0] for p in pieces]
        assert residual_db(mix, sum(parts)) < -100 and all(each.loudness is None for each in found)
    muted = replace(scene.stack.layers[2], mute=True)
    muted = replace(scene, stack=replace(scene.stack, layers=(*scene.stack.layers[:2], muted)))
    assert [p.path.name for p in group_pieces(muted, tmp_path, FileFormat(), after=True)] == ["01 Drums.wav"]


def test_what_is_heard_is_written_sample_for_sample(tmp_path):
    scene = grouped_scene()
    area = rectangle(Region(5, 60, 20, 90), scene.stack.bins, scene.stack.frames)
    ear = replace(scene, ear=Ear(Hear.REMOVED, area=area))
    piece = heard_piece(ear, tmp_path, "song", FileFormat(), 3000, 15000)
    write([piece], FileFormat())
    got = soundfile.read(piece.path, dtype="float32", always_2d=True)[0]
    np.testing.assert_allclose(got, render_all(ear)[3000:15000], atol=3e-7)
    # The mix is the mix, whatever is listened to.
    mix = mix_piece(ear, tmp_path, "song", FileFormat())
    write([mix], FileFormat())
    np.testing.assert_array_equal(soundfile.read(mix.path, dtype="float32")[0], render_all(scene))


@pytest.mark.parametrize("level", [Level(LevelKind.LUFS, -16.0), Level(LevelKind.PEAK, -1.0)])
def test_a_file_is_brought_to_the_loudness_asked_for(tmp_path, level):
    piece = mix_piece(grouped_scene(3.0), tmp_path, "song", FileFormat())
    ready, foreseen = brought_to(piece, measure([piece])[0], level)
    (found,) = write([ready], FileFormat())
    have = found.loudness.lufs if level.kind is LevelKind.LUFS else 20 * np.log10(found.true_peak)
    assert have == pytest.approx(level.db, abs=0.02)
    assert found.loudness.lufs == pytest.approx(foreseen.loudness.lufs, abs=1e-3)
    assert found.peak == pytest.approx(foreseen.peak, rel=1e-4)


def test_layers_and_silence_stay_at_their_own_loudness(tmp_path):
    scene = grouped_scene()
    part = group_pieces(scene, tmp_path, FileFormat())[0]
    assert brought_to(part, measure([part])[0], Level(LevelKind.LUFS, -16.0))[0] is part
    muted = tuple(replace(layer, mute=True) for layer in scene.stack.layers)
    silent = mix_piece(replace(scene, stack=replace(scene.stack, layers=muted)), tmp_path, "song", FileFormat())
    assert brought_to(silent, measure([silent])[0], Level(LevelKind.PEAK, -1.0))[0] is silent


def test_a_folder_is_looked_at_before_anything_is_written(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert folder_for(f"  {tmp_path / 'new' / 'deep'} ") == tmp_path / "new" / "deep"
    assert folder_for(str(tmp_path)) == tmp_path and folder_for("~") == Path.home()
    for text, code in (
        ("", "audio.no_folder"),
        ("\t ", "audio.no_folder"),
        ("here/there", "audio.relative_folder"),
        ("~nobody-of-this-name/parts", "audio.no_home"),
        (str(tmp_path / "file"), "audio.folder_is_file"),
        (str(tmp_path / "file" / "below"), "audio.folder_is_file"),
        (str(tmp_path / "dangling" / "below"), "audio.folder_is_file"),
    ):
        with pytest.raises(UserError) as told:
            folder_for(text)
        assert told.value.code == code
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(UserError) as told:
        folder_for(str(tmp_path / "closed" / "below"))
    assert told.value.code == "audio.folder_forbidden"
