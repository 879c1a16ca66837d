"""What a script does is what the window does, and arrays are the ones that are worked with."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import tone_mix
from workbench import Project, WorkbenchError
from workbench.__main__ import main
from workbench.document.project import load_project
from workbench.separation.presets import PRESETS
from workbench.spectral.stft import Analysis, magnitudes

ROOT = Path(__file__).resolve().parents[2]
RATE = 8000


@pytest.fixture
def tones(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(2.0, RATE), RATE, subtype="FLOAT")
    return path


@pytest.fixture
def project(tones):
    return Project.open(tones, window=512).factorise(components=4, iterations=8)


def total(project, **place):
    return sum(row.mask(**place) for row in project.layers)


# -- what is there ---------------------------------------------------------------------------------------


def test_importing_the_package_imports_no_api_and_the_api_no_qt():
    code = (
        "import sys, workbench; assert 'workbench.api' not in sys.modules and 'scipy' not in sys.modules\n"
        "from workbench import Project, WorkbenchError, Cancelled\n"
        "assert {'Project', 'resource'} <= set(dir(workbench)) and Project.__module__ == 'workbench.api.project'\n"
        "print([name for name in sys.modules if name.startswith(('PySide6', 'shiboken6'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_not_there_is_an_attribute_error():
    import workbench

    with pytest.raises(AttributeError, match="nothing_of_this"):
        workbench.nothing_of_this  # noqa: B018


def test_axes_and_spectrogram_are_those_of_the_analysis(project):
    analysis = Analysis(512, 128)
    assert (project.window, project.hop, project.rate, project.components) == (512, 128, RATE, 4)
    assert len(project.frequencies) == 257 and project.frequencies[-1] == RATE / 2
    assert len(project.times) == analysis.frames(2 * RATE) and project.times[1] == 128 / RATE
    np.testing.assert_array_equal(project.spectrogram(2.0), magnitudes(np.array(project.samples), analysis, 2.0))


def test_a_factorisation_is_the_one_of_the_command_line(tones, tmp_path):
    asked = ["--preset", "song", "--components", "3", "--iterations", "6", "--seed", "2", "--set", "sparsity=0.1"]
    assert main(["separate", str(tones), "--out", str(tmp_path / "out"), "--quiet", *asked]) == 0
    project = Project.open(tones).factorise(preset="Song", components=3, iterations=6, seed=2, sparsity=0.1)
    with np.load(tmp_path / "out" / "factors.npz") as factors:
        np.testing.assert_array_equal(project.W, factors["W"])
        np.testing.assert_array_equal(project.H, factors["H"])
        np.testing.assert_array_equal(project.costs, factors["costs"])
    assert [row.name for row in project.layers] == ["Component 1", "Component 2", "Component 3"]
    assert project.window == PRESETS["song"].analysis(RATE).window
    project.export(tmp_path / "api", mix=False, layers=True)
    for path in (tmp_path / "api").glob("*.wav"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def test_a_window_that_was_given_is_kept_whatever_the_preset(tones):
    assert Project.open(tones, window=256).factorise(preset="Song", components=2, iterations=2).window == 256


def test_arrays_go_out_without_a_copy_and_can_not_be_written_to(project):
    for first, second in ((project.W, project.W), (project.H, project.H), (project.samples, project.samples)):
        assert np.shares_memory(first, second)
        with pytest.raises(ValueError, match="read-only"):
            first[0, 0] = 1.0


def test_arrays_come_in_without_a_copy():
    samples = tone_mix(1.0, RATE)
    project = Project.from_samples(samples, RATE, window=512)
    assert np.shares_memory(project.samples, samples) and samples.flags.writeable
    rng = np.random.default_rng(0)
    w, h = rng.random((257, 3), np.float32), rng.random((3, len(project.times)), np.float32)
    project.set_factors(w, h, names=["a", "b", "a"])
    assert np.shares_memory(project.W, w) and np.shares_memory(project.H, h)
    # The mask of a layer is the share of its components, here in every bin.
    v = w @ h
    wanted = (w[:, [0, 2]] @ h[[0, 2]]) / v
    assert [row.name for row in project.layers] == ["a", "b"]
    np.testing.assert_allclose(project.layer("a").mask(), wanted, atol=1e-5)
    np.testing.assert_allclose(project.render("a") + project.render("b"), samples, atol=1e-5)


def test_mono_samples_are_one_channel():
    project = Project.from_samples(tone_mix(0.5, RATE, 1)[:, 0].astype(float), RATE)
    assert project.samples.shape == (RATE // 2, 1) and project.render().shape == (RATE // 2, 1)


# -- masks -----------------------------------------------------------------------------------------------


def test_masks_are_evaluated_where_they_are_asked_for(project):
    whole = project.layer("Component 2").mask()
    assert whole.shape == (257, len(project.times)) and whole.dtype == np.float32
    piece = project.layer("Component 2").mask(seconds=(0.5, 0.99), hz=(1000, 2000))
    # Those whose half before and half behind their centres lies within.
    rows = (project.frequencies >= 1000 - 7.8) & (project.frequencies < 2000 - 7.8)
    columns = (project.times >= 0.5 - 0.008) & (project.times < 0.99 - 0.008)
    np.testing.assert_allclose(piece, whole[np.ix_(rows, columns)], atol=1e-6)
    np.testing.assert_allclose(total(project), 1.0, atol=1e-5)


@given(
    st.floats(0, 1),
    st.tuples(st.floats(0, 0.9), st.floats(0.01, 1.0)),
    st.tuples(st.floats(0, 3000), st.floats(20, 900)),
)
def test_what_is_painted_holds_there_alone_and_the_parts_still_sum_to_one(value, time, frequency):
    project = Project.from_samples(tone_mix(2.0, RATE), RATE, window=512).factorise(components=3, iterations=1)
    seconds, hz = (time[0], time[0] + time[1]), (frequency[0], frequency[0] + frequency[1])
    before = project.layer("Component 1").mask()
    project.paint("Component 1", value, seconds=seconds, hz=hz)
    after = project.layer("Component 1").mask()
    np.testing.assert_allclose(project.layer("Component 1").mask(seconds, hz), value, atol=1e-5)
    changed = np.abs(after - before) > 1e-6
    assert changed.sum() <= project.layer("Component 1").mask(seconds, hz).size
    np.testing.assert_allclose(total(project), 1.0, atol=1e-5)


def test_paint_goes_as_far_as_an_array_says(project):
    before = project.layer("Component 1").mask()
    cover = np.zeros((257, len(project.times)), bool)
    cover[20:40, 30:60] = True
    project.paint("Component 1", 1.0, where=cover)
    np.testing.assert_allclose(project.layer("Component 1").mask(), np.where(cover, 1.0, before), atol=1e-5)


@pytest.mark.parametrize("place", [{}, {"seconds": (0.25, 1.25)}, {"seconds": (0.5, None), "hz": (None, 1500)}])
def test_a_mask_that_is_set_is_the_one_that_is_there(project, place):
    shape = project.layer("Component 1").mask(**place).shape
    mask = np.random.default_rng(0).random(shape, np.float32)
    project.set_mask("Component 1", mask, **place)
    np.testing.assert_allclose(project.layer("Component 1").mask(**place), mask, atol=1e-5)
    np.testing.assert_allclose(total(project), 1.0, atol=1e-5)


def test_a_threshold_keeps_what_is_above_it(project):
    before = project.layer("Component 1").mask()
    project.threshold("Component 1", low=0.4)
    np.testing.assert_allclose(project.layer("Component 1").mask(), np.where(before >= 0.4, before, 0), atol=1e-5)


def test_a_locked_layer_keeps_its_mask(project):
    project.adjust("Component 2", locked=True)
    before = project.layer("Component 2").mask()
    project.paint("Component 1", 1.0)
    np.testing.assert_allclose(project.layer("Component 2").mask(), before, atol=1e-6)
    with pytest.raises(WorkbenchError, match="Component 2” is locked"):
        project.paint("Component 2", 1.0)


def test_a_group_is_the_sum_of_its_layers(project):
    parts = sum(project.layer(f"Component {i}").mask() for i in (1, 3))
    row = project.group(["Component 1", "Component 3"], "Band")
    np.testing.assert_allclose(row.mask(), parts, atol=1e-6)
    assert row.layers == ("Component 1", "Component 3") and project.layer("Component 1").group == "Band"
    project.ungroup("Band")
    assert project.groups == () and len(project.layers) == 4


def test_layers_are_merged_added_named_and_removed(project):
    parts = project.layer("Component 1").mask() + project.layer("Component 2").mask()
    np.testing.assert_allclose(project.merge(["Component 1", "Component 2"], "Both").mask(), parts, atol=1e-6)
    project.add_layer("Mine")
    project.paint("Mine", 1.0, seconds=(0, 0.5))
    assert project.layer("Mine").mask(seconds=(0, 0.5)).min() == 1.0 and project.layer("Mine").components == ()
    project.rename("Mine", "Yours")
    project.remove_layer("Yours")
    assert [row.name for row in project.layers] == ["Both", "Component 3", "Component 4"]
    np.testing.assert_allclose(total(project), 1.0, atol=1e-5)


# -- marks -----------------------------------------------------------------------------------------------


def test_marks_make_sources_that_sum_to_the_recording(tones):
    project = Project.open(tones, window=512)
    low = project.mark("Low", (0.0, 2.0), (200, 240))
    project.mark("High", (0.0, 2.0), (1290, 1330))
    project.mark("Low", (0.0, 2.0), (1290, 1330), denies=True)
    assert low.name == "Low" and [row.name for row in project.layers] == ["Rest", "Low", "High"]
    inside = project.layer("Low").mask(hz=(205, 235)).mean(), project.layer("High").mask(hz=(1295, 1325)).mean()
    outside = project.layer("High").mask(hz=(205, 235)).mean(), project.layer("Low").mask(hz=(1295, 1325)).mean()
    assert min(inside) > 0.8 and max(outside) < 0.2
    np.testing.assert_allclose(sum(project.render(row.name) for row in project.layers), project.samples, atol=1e-5)


def test_a_mark_that_is_taken_back_was_never_made(tones):
    project = Project.open(tones, window=512)
    project.mark("Low", (0.0, 2.0), (200, 240))
    before = project.layer("Low").mask()
    project.mark("High", (0.0, 2.0), (1290, 1330))
    project.undo()
    np.testing.assert_array_equal(project.layer("Low").mask(), before)


def test_marks_speak_of_the_components_that_are_there(project):
    project.mark("Low", (0.0, 2.0), (200, 240))
    assert project.components == 4 and project.stacks == ("Factorisation", "Sources")
    project.show_stack("Factorisation")
    assert len(project.layers) == 4


# -- mix, history, files ---------------------------------------------------------------------------------


def test_faders_and_switches_are_heard_in_the_mix(project):
    parts = {row.name: project.render(row.name) for row in project.layers}
    project.adjust("Component 1", gain_db=-6.0)
    project.adjust("Component 2", mute=True)
    wanted = parts["Component 1"] * 10 ** (-6 / 20) + parts["Component 3"] + parts["Component 4"]
    np.testing.assert_allclose(project.render(), wanted, atol=1e-5)
    project.adjust("Component 4", solo=True)
    np.testing.assert_allclose(project.render(), parts["Component 4"], atol=1e-5)
    # What stands before the faders does not change.
    np.testing.assert_array_equal(project.render("Component 1"), parts["Component 1"])


def test_a_span_is_that_of_the_whole(project):
    whole = project.render()
    for start, stop in ((0, 1), (100, 9000), (15000, None), (-5, 10**9)):
        np.testing.assert_allclose(project.render(None, start, stop), whole[max(0, start) : stop], atol=1e-6)


def test_every_step_can_be_taken_back(project):
    steps = [project.layer("Component 1").mask()]
    project.paint("Component 1", 0.5)
    project.threshold("Component 1", low=0.7)
    assert project.history == ("Factorise", "Paint Component 1", "Threshold Component 1")
    project.undo()
    project.undo()
    np.testing.assert_array_equal(project.layer("Component 1").mask(), steps[0])
    project.redo()
    np.testing.assert_allclose(project.layer("Component 1").mask(), 0.5, atol=1e-6)


def test_another_factorisation_leaves_what_was_done_in_a_stack_of_its_own(project):
    project.paint("Component 1", 0.5)
    project.factorise("hpss")
    assert project.stacks == ("Factorisation", "Factorisation 2") and len(project.layers) == 2
    project.show_stack("Factorisation")
    np.testing.assert_allclose(project.layer("Component 1").mask(), 0.5, atol=1e-6)


def test_a_project_comes_back_as_it_was_with_its_history(project, tones, tmp_path):
    project.paint("Component 1", 0.5, seconds=(0.5, 1.0))
    project.set_mask("Component 2", np.random.default_rng(0).random((257, len(project.times)), np.float32))
    project.threshold("Component 4", 0.1)
    project.group(["Component 2", "Component 3"], "Band")
    path = project.save(tmp_path / "p")
    assert path == tmp_path / "p.workbench" and load_project(path).recording == tones
    back = Project.open(path)
    assert back.history == project.history and repr(back.layers) == repr(project.layers)
    np.testing.assert_array_equal(back.render("Band"), project.render("Band"))
    back.undo()
    assert back.groups == () and back.save() == path


def test_another_window_carries_everything_over(project, tmp_path):
    project.paint("Component 1", 1.0, seconds=(0.5, 1.0))
    other = Project.open(project.save(tmp_path / "p"), window=1024)
    assert other.window == 1024 and other.W.shape == (513, 4)
    assert other.layer("Component 1").mask(seconds=(0.6, 0.9)).min() == 1.0


def test_samples_that_are_in_no_file_are_written_beside_the_project(tmp_path):
    project = Project.from_samples(tone_mix(1.0, RATE), RATE).factorise(components=2, iterations=2)
    project.save(tmp_path / "p.workbench")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.wav", "p.workbench"]
    back = Project.open(tmp_path / "p.workbench")
    np.testing.assert_array_equal(back.samples, project.samples)
    np.testing.assert_array_equal(back.render("Component 1"), project.render("Component 1"))
    assert back.remarks == () and project.save() == tmp_path / "p.workbench"
    # Never over what somebody else has there.
    soundfile.write(tmp_path / "q.wav", tone_mix(1.0, RATE, seed=5), RATE, subtype="FLOAT")
    before = (tmp_path / "q.wav").read_bytes()
    with pytest.raises(WorkbenchError, match="another one is"):
        Project.from_samples(tone_mix(1.0, RATE), RATE).save(tmp_path / "q")
    assert (tmp_path / "q.wav").read_bytes() == before and not (tmp_path / "q.workbench").exists()


def test_an_export_replaces_its_own_files_and_no_others(project, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for _ in range(2):
        paths = project.export(tmp_path / "out", layers=True, format="flac-16")
    assert [path.name for path in paths] == ["tones mix.flac", *(f"0{i} Component {i}.flac" for i in range(1, 5))]
    assert all(soundfile.info(path).subtype == "PCM_16" for path in paths)
    (tmp_path / "out" / "tones mix.flac").write_text("changed")
    with pytest.raises(WorkbenchError, match="may not replace"):
        project.export(tmp_path / "out", format="flac")
    assert (tmp_path / "out" / "tones mix.flac").read_text() == "changed"


def test_the_recording_is_never_exported_over(tmp_path):
    path = tmp_path / "01 Component 1.wav"
    soundfile.write(path, tone_mix(1.0, RATE), RATE, subtype="FLOAT")
    before = path.read_bytes()
    project = Project.open(path).factorise(components=2, iterations=2)
    with pytest.raises(WorkbenchError, match="may not replace"):
        project.export(tmp_path, layers=True)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_markers_are_added_read_and_undone(tones):
    song = Project.open(tones)
    song.add_marker("B", 0.5, 0.75).add_marker("A", 0.25)
    assert [(each.name, each.begin, each.end) for each in song.markers] == [("A", 0.25, 0.25), ("B", 0.5, 0.75)]
    song.undo()
    assert [each.name for each in song.markers] == ["B"] and song.history[-1] == "Add B"
    for begin, end in ((-1.0, None), (0.5, 0.25), (0.5, 1e9), (float("nan"), None)):
        with pytest.raises(WorkbenchError, match="the earlier first"):
            song.add_marker("C", begin, end)
