"""What is written, and what is asked where it would clip."""

import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.control.scenes import ids, open_tones, select_box
from workbench import Project
from workbench.__main__ import main
from workbench.api.exporting import FORMAT_NAMES
from workbench.audio.export import FORMATS, FileFormat, Level, LevelKind
from workbench.audio.scene import Hear
from workbench.control.exporting import Wanted
from workbench.document.acts import groups as group_acts

FLOAT, PCM = FileFormat(), FORMATS["WAV, 16-bit"]
HEARD, MIX = Wanted(True, False, False, False), Wanted(False, True, False, False)
LAYERS = Wanted(False, False, False, True)
NOTHING = Wanted(False, False, False, False)


@pytest.fixture
def clippings(empty):
    found = []
    empty.exporting.clips.connect(found.append)
    return found


def make_loud(desk, factor=40):
    """The same recording, so loud that its mix is above full scale."""
    document = desk.document
    recording = replace(document.recording, samples=document.recording.samples * np.float32(factor))
    document.open(recording, document.levels, document.recorded_state, document.runs)


def written(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.wav"))


def read(path):
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_the_parts_are_written_and_sum_to_the_recording(separated, tmp_path, settle, told):
    separated.exporting.export(tmp_path, LAYERS, FLOAT, None)
    settle()
    assert len(written(tmp_path)) == 4 and told.said == [f"Wrote 4 files to {tmp_path}"]
    total = sum(read(tmp_path / name).astype(float) for name in written(tmp_path))
    assert np.abs(total - separated.document.recording.samples).max() < 1e-5


def test_layers_beside_groups_have_a_folder_of_their_own(separated, tmp_path, settle):
    state, _ = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:2], "Band")
    separated.document.act("group", state)
    separated.exporting.export(tmp_path, Wanted(False, True, True, True), FLOAT, None)
    settle()
    names = written(tmp_path)
    assert sum(name.startswith("layers") for name in names) == 4 and len(names) > 6


def test_what_is_heard_is_what_loops(separated, tmp_path, settle):
    select_box(separated, 0, separated.document.stack.bins, 20, 60)
    separated.exporting.export(tmp_path, HEARD, FLOAT, None)
    settle()
    assert len(read(tmp_path / written(tmp_path)[0])) == 40 * 128


def test_it_is_written_as_it_was_when_it_was_asked_for(separated, tmp_path, settle):
    before = separated.document.recording.samples
    separated.exporting.export(tmp_path, MIX, PCM, None)
    separated.mixing.set_gain(separated.document.layers[0], -60.0)
    separated.listening.hear(Hear.REMOVED)
    open_tones(separated, seconds=1.0)
    settle()
    assert np.abs(read(tmp_path / written(tmp_path)[0]) - before).max() < 1e-4


def test_two_exports_are_both_written(separated, tmp_path, settle):
    separated.exporting.export(tmp_path / "one", MIX, PCM, None)
    separated.exporting.export(tmp_path / "two", MIX, PCM, None)
    settle()
    assert len(written(tmp_path)) == 2


def test_what_does_not_clip_is_written_without_a_question(separated, tmp_path, settle, clippings):
    separated.exporting.export(tmp_path, MIX, PCM, None)
    settle()
    assert not clippings and len(written(tmp_path)) == 1


def test_what_would_clip_asks_first(separated, tmp_path, settle, clippings):
    make_loud(separated)
    separated.exporting.export(tmp_path, MIX, PCM, None)
    settle()
    (clipping,) = clippings
    assert not written(tmp_path) and clipping.over_db > 0
    clipping.as_float()
    settle()
    assert np.abs(read(tmp_path / written(tmp_path)[0])).max() > 1
    clipping.as_it_is()
    settle()
    assert 0.99 < np.abs(read(tmp_path / written(tmp_path)[-1])).max() <= 1
    clipping.turned_down()
    settle()
    files = written(tmp_path)
    peaks = [np.abs(read(tmp_path / name)).max() for name in files]
    assert min(peaks) <= 10 ** (-1 / 20) + 1e-3


def test_parts_that_would_clip_are_not_turned_down(separated, tmp_path, settle, clippings):
    make_loud(separated)
    separated.exporting.export(tmp_path, LAYERS, PCM, None)
    settle()
    (clipping,) = clippings
    assert clipping.turned_down is None and clipping.as_it_is is not None


def test_a_float_file_is_asked_about_only_where_a_level_was_wanted(separated, tmp_path, settle, clippings, told):
    make_loud(separated)
    separated.exporting.export(tmp_path / "plain", MIX, FLOAT, None)
    settle()
    assert not clippings and len(written(tmp_path)) == 1 and "above full scale" in told.troubled[0]
    separated.exporting.export(tmp_path / "level", MIX, FLOAT, Level(LevelKind.PEAK, 3.0))
    settle()
    (clipping,) = clippings
    assert clipping.as_it_is is None and clipping.over_db == pytest.approx(3.0, abs=0.3)


def test_what_is_heard_is_brought_to_a_level(separated, tmp_path, settle, told):
    separated.exporting.export(tmp_path, HEARD, PCM, Level(LevelKind.PEAK, -6.0))
    settle()
    peak = 20 * math.log10(np.abs(read(tmp_path / written(tmp_path)[0])).max())
    assert peak == pytest.approx(-6.0, abs=0.5) and told.said


def test_nothing_wanted_is_nothing_to_write(separated, tmp_path, told):
    separated.exporting.export(tmp_path, NOTHING, FLOAT, None)
    assert "nothing to write" in told.troubled[0] and not separated.runner.jobs


def test_what_can_not_be_written_is_said(separated, tmp_path, settle, told):
    (tmp_path / "taken").write_text("a file")
    separated.exporting.export(tmp_path / "taken", MIX, FLOAT, None)
    settle()
    assert len(told.troubled) == 1


def test_with_nothing_open_nothing_is_written(empty, tmp_path, told):
    empty.exporting.export(tmp_path, MIX, FLOAT, None)
    assert told.nothing and not written(tmp_path)


@pytest.mark.parametrize("name", ["wav", "flac", "wav-16"])
def test_the_command_and_the_api_write_what_the_window_does(empty, tmp_path, settle, name):
    """File by file, byte by byte; with edits, groups, faders, a pan and something muted."""
    soundfile.write(tmp_path / "tones.wav", tone_mix(2.0, 16000, 1), 16000, subtype="FLOAT")
    project = Project.open(tmp_path / "tones.wav", window=1024).factorise(components=5, iterations=5)
    project.paint("Component 1", 0.7, seconds=(0.2, 0.9), hz=(100, 900))
    project.threshold("Component 2", -40.0, measure="level")
    project.group(["Component 1", "Component 4"], "Band / 1")
    project.adjust("Band / 1", gain_db=-4.0, pan=0.3)
    project.adjust("Component 5", mute=True)
    project.save(tmp_path / "take 2.workbench")
    empty.opening.open(tmp_path / "take 2.workbench")
    settle()
    for after in (False, True):
        folder = tmp_path / f"window {after}"
        empty.exporting.export(folder, Wanted(False, True, True, True, after), FORMAT_NAMES[name], None)
        settle()
        there = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert len(there) == (8 if after else 10)
        more = ["--after-faders"] if after else []
        command = ["render", str(tmp_path / "take 2.workbench"), "--groups", "--layers", "--format", name, *more]
        assert main([*command, "--quiet", "--out", str(tmp_path / f"command {after}")]) == 0
        project.export(tmp_path / f"api {after}", groups=True, layers=True, after=after, format=name)
        for other in (tmp_path / f"command {after}", tmp_path / f"api {after}"):
            found = {path.relative_to(other): path.read_bytes() for path in other.rglob("[!.]*") if path.is_file()}
            assert found == there
    if name == "wav":
        for row, path in (
            (None, "tones mix.wav"),
            ("Band / 1", "01 Band _ 1.wav"),
            ("Component 2", "layers/03 Component 2.wav"),
        ):
            np.testing.assert_array_equal(
                project.render(row, 900, 20000), read(tmp_path / "window False" / path)[900:20000]
            )
