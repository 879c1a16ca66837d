"""What is written, and what is asked where it would clip."""

import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.control.scenes import ids, open_tones, select_box
from workbench.audio.export import Level, LevelKind
from workbench.audio.formats import FORMATS, FileFormat
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
