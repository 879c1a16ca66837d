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
from workbench.audio.export import Level, LevelKind
from workbench.audio.formats import FORMATS, FileFormat
from workbench.audio.naming import Names
from workbench.audio.planning import ExportOptions, Wanted
from workbench.audio.scene import Hear
from workbench.control.export_spans import Range
from workbench.document.acts import groups as group_acts
from workbench.errors import UserError

FLOAT, PCM = FileFormat(), FORMATS["WAV, 16-bit"]
HEARD, MIX = Wanted(True, False, False, False), Wanted(False, True, False, False)
LAYERS = Wanted(False, False, False, True)
NOTHING = Wanted(False, False, False, False)


def export(desk, folder, wanted, form=FLOAT, level=None, **more):
    desk.exporting.export(folder, ExportOptions(wanted, form, level=level, **more))


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
    export(separated, tmp_path, LAYERS, FLOAT)
    settle()
    assert len(written(tmp_path)) == 4 and told.said == [f"Wrote 4 files to {tmp_path}"]
    total = sum(read(tmp_path / name).astype(float) for name in written(tmp_path))
    assert np.abs(total - separated.document.recording.samples).max() < 1e-5


def test_layers_beside_groups_have_a_folder_of_their_own(separated, tmp_path, settle):
    state, _ = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:2], "Band")
    separated.document.act("group", state)
    export(separated, tmp_path, Wanted(False, True, True, True), FLOAT)
    settle()
    names = written(tmp_path)
    assert sum(name.startswith("layers") for name in names) == 4 and len(names) > 6


def test_what_is_heard_is_what_loops(separated, tmp_path, settle):
    select_box(separated, 0, separated.document.stack.bins, 20, 60)
    export(separated, tmp_path, HEARD, FLOAT)
    settle()
    assert len(read(tmp_path / written(tmp_path)[0])) == 40 * 128


def test_it_is_written_as_it_was_when_it_was_asked_for(separated, tmp_path, settle):
    before = separated.document.recording.samples
    export(separated, tmp_path, MIX, PCM)
    separated.mixing.set_gain(separated.document.layers[0], -60.0)
    separated.listening.hear(Hear.REMOVED)
    open_tones(separated, seconds=1.0)
    settle()
    assert np.abs(read(tmp_path / written(tmp_path)[0]) - before).max() < 1e-4


def test_two_exports_are_both_written(separated, tmp_path, settle):
    export(separated, tmp_path / "one", MIX, PCM)
    export(separated, tmp_path / "two", MIX, PCM)
    settle()
    assert len(written(tmp_path)) == 2


def test_what_does_not_clip_is_written_without_a_question(separated, tmp_path, settle, clippings):
    export(separated, tmp_path, MIX, PCM)
    settle()
    assert not clippings and len(written(tmp_path)) == 1


def test_what_would_clip_asks_first(separated, tmp_path, settle, clippings):
    make_loud(separated)
    export(separated, tmp_path, MIX, PCM)
    settle()
    (clipping,) = clippings
    assert not written(tmp_path) and clipping.over_db > 0
    name = tmp_path / "tones mix.wav"
    for answer, lowest, highest in (
        (clipping.as_float, 1.0, 1e9),
        (clipping.as_it_is, 0.99, 1.0),
        (clipping.turned_down, 0.5, 10 ** (-1 / 20) + 1e-3),
    ):
        answer()
        settle()
        assert lowest < np.abs(read(name)).max() <= highest
        name.unlink()


def test_parts_that_would_clip_are_not_turned_down(separated, tmp_path, settle, clippings):
    make_loud(separated)
    export(separated, tmp_path, LAYERS, PCM)
    settle()
    (clipping,) = clippings
    assert clipping.turned_down is None and clipping.as_it_is is not None


def test_a_float_file_is_asked_about_only_where_a_level_was_wanted(separated, tmp_path, settle, clippings, told):
    make_loud(separated)
    export(separated, tmp_path / "plain", MIX, FLOAT)
    settle()
    assert not clippings and len(written(tmp_path)) == 1 and "above full scale" in told.troubled[0]
    export(separated, tmp_path / "level", MIX, FLOAT, Level(LevelKind.PEAK, 3.0))
    settle()
    (clipping,) = clippings
    assert clipping.as_it_is is None and clipping.over_db == pytest.approx(3.0, abs=0.3)


def test_what_is_heard_is_brought_to_a_level(separated, tmp_path, settle, told):
    export(separated, tmp_path, HEARD, PCM, Level(LevelKind.PEAK, -6.0))
    settle()
    peak = 20 * math.log10(np.abs(read(tmp_path / written(tmp_path)[0])).max())
    assert peak == pytest.approx(-6.0, abs=0.5) and told.said


def test_nothing_wanted_is_nothing_to_write(separated, tmp_path, told):
    export(separated, tmp_path, NOTHING, FLOAT)
    assert "nothing to write" in told.troubled[0] and not separated.runner.jobs


def test_what_can_not_be_written_is_said(separated, tmp_path, settle, told):
    (tmp_path / "taken").write_text("a file")
    export(separated, tmp_path / "taken", MIX, FLOAT)
    settle()
    assert len(told.troubled) == 1


def test_with_nothing_open_nothing_is_written(empty, tmp_path, told):
    export(empty, tmp_path, MIX, FLOAT)
    assert told.nothing and not written(tmp_path)


@pytest.fixture
def asked(empty):
    """What is asked about replacing files, and what is said to be written."""
    found = []
    empty.exporting.replaces.connect(found.append)
    return found


def test_what_is_there_already_is_asked_about_once_with_how_many_there_are(separated, tmp_path, settle, asked):
    (tmp_path / "01 Component 1.wav").write_bytes(b"mine")
    (tmp_path / "tones mix.wav").write_bytes(b"mine, too")
    export(separated, tmp_path, Wanted(False, True, False, True))
    settle()
    (question,) = asked
    assert [path.name for path in question.there] == ["tones mix.wav", "01 Component 1.wav"] and question.count == 5
    assert len(written(tmp_path)) == 2 and (tmp_path / "tones mix.wav").read_bytes() == b"mine, too"
    question.go()
    settle()
    assert len(asked) == 1 and len(written(tmp_path)) == 5 and len(read(tmp_path / "tones mix.wav")) == 16000


def test_a_way_out_of_clipping_does_not_overwrite_what_nobody_was_asked_about(
    separated, tmp_path, settle, clippings, asked
):
    make_loud(separated)
    (tmp_path / "tones mix.wav").write_bytes(b"mine")
    export(separated, tmp_path, MIX, FORMATS["FLAC, 16-bit"])
    settle()
    assert not asked
    clippings[0].as_float()
    settle()
    (question,) = asked
    assert (tmp_path / "tones mix.wav").read_bytes() == b"mine"
    question.go()
    settle()
    assert len(asked) == 1 and np.abs(read(tmp_path / "tones mix.wav")).max() > 1


def test_what_was_agreed_to_is_not_asked_again_where_it_clips(separated, tmp_path, settle, clippings, asked):
    make_loud(separated)
    (tmp_path / "tones mix.wav").write_bytes(b"mine")
    export(separated, tmp_path, MIX, PCM)
    settle()
    asked[0].go()
    settle()
    clippings[0].as_it_is()
    settle()
    assert len(asked) == 1 and len(read(tmp_path / "tones mix.wav")) == 16000


def test_the_recording_itself_is_never_written_over(separated, tmp_path, settle, told):
    document = separated.document
    own = tmp_path / "tones.wav"
    own.write_bytes(b"the recording")
    recording = replace(document.recording, path=own)
    document.open(recording, document.levels, document.recorded_state, document.runs)
    export(separated, tmp_path, MIX, names=Names(whole="{recording}"))
    settle()
    assert "would be overwritten" in told.troubled[0] and own.read_bytes() == b"the recording"
    # Beside it, in another format, it may be; then a WAV of floats is no way out of clipping.
    make_loud(separated)
    found = []
    separated.exporting.clips.connect(found.append)
    export(separated, tmp_path, MIX, FORMATS["FLAC, 24-bit"], names=Names(whole="{recording}"))
    settle()
    assert found[0].as_float is None
    found[0].as_it_is()
    settle()
    assert (tmp_path / "tones.flac").exists() and own.read_bytes() == b"the recording"


@pytest.mark.parametrize("form", [form for form in FORMATS.values() if form.lossy], ids=lambda form: form.name)
def test_lossy_formats_clip_where_they_are_played(separated, tmp_path, settle, clippings, form):
    make_loud(separated)
    export(separated, tmp_path, MIX, form)
    settle()
    (clipping,) = clippings
    assert clipping.over_db > 0 and clipping.as_it_is is not None
    clipping.turned_down()
    settle()
    got = soundfile.read(tmp_path / f"tones mix{form.suffix}")[0]
    assert np.abs(got).max() < 1.1


def test_a_span_is_that_of_all_files(separated, tmp_path, settle):
    select_box(separated, 0, separated.document.stack.bins, 20, 60)
    spans = separated.exporting.spans
    assert spans.samples(Range.WHOLE) is None and spans.seconds(Range.WHOLE) == (0.0, 2.0)
    span = spans.samples(Range.SELECTION)
    assert span[1] - span[0] == 40 * 128
    export(separated, tmp_path, Wanted(True, True, False, True), span=span)
    settle()
    assert {len(read(tmp_path / name)) for name in written(tmp_path)} == {40 * 128}
    separated.viewport.show_time(0.5, 1.25)
    assert spans.samples(Range.VIEW) == (4000, 10000)


def test_without_a_selection_there_is_no_selected_time(separated):
    spans, changes = separated.exporting.spans, []
    spans.changed.connect(lambda: changes.append(1))
    assert spans.seconds(Range.SELECTION) is None and spans.samples(Range.SELECTION) is None
    select_box(separated, 0, 10, 20, 60)
    assert changes and spans.seconds(Range.SELECTION) is not None


def test_it_says_what_it_does_and_when_it_is_done(separated, tmp_path, settle):
    state, _ = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:2], "Band")
    separated.document.act("group", state)
    jobs, done = [], []
    separated.exporting.began.connect(lambda job: jobs.append(job.name))
    separated.exporting.wrote.connect(done.append)
    export(separated, tmp_path, Wanted(False, True, True, True), PCM, Level(LevelKind.PEAK, -3.0))
    settle()
    assert jobs == ["Measuring the loudness", "Exporting"]
    assert (done[0].folder, done[0].count) == (tmp_path, 8) and "Wrote 8 files" in done[0].text


def test_who_stops_it_finds_nothing(separated, tmp_path, settle):
    done = []
    separated.exporting.wrote.connect(done.append)
    separated.exporting.began.connect(lambda job: job.cancel())
    export(separated, tmp_path / "new" / "deep", LAYERS, FORMATS["MP3"])
    settle()
    assert not done and not (tmp_path / "new").exists() and not separated.exporting.running


def test_the_files_can_be_known_beforehand(separated, tmp_path):
    options = ExportOptions(Wanted(False, True, False, True), FORMATS["Opus"], together=True)
    # Four layers of two channels: one of the eight would be that of low frequencies.
    with pytest.raises(UserError, match=r"audio\.low_channel"):
        separated.exporting.files(tmp_path, options)
    files = separated.exporting.files(tmp_path, replace(options, together=False))
    assert [each.path.name for each in files][:2] == ["tones mix.opus", "01 Component 1.opus"]
    assert not list(tmp_path.iterdir())


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
        export(empty, folder, Wanted(False, True, True, True, after), FORMAT_NAMES[name])
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
