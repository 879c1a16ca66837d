import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import begin, tone_mix
from workbench.audio.recording import load
from workbench.document import acts, mask_acts
from workbench.document.project import ProjectError, load_project, save_project
from workbench.document.settings import RunSettings
from workbench.document.state import Run, fresh_state
from workbench.masks.effects import Threshold
from workbench.masks.grid import Region
from workbench.masks.models import Factors
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)


@pytest.fixture
def saved(tmp_path):
    """A project with everything in it, saved; (path, recording, state, runs)."""
    soundfile.write(tmp_path / "tones.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    recording = load(tmp_path / "tones.wav")
    frames = ANALYSIS.frames(len(recording.samples))
    rng = np.random.default_rng(0)
    factors = Factors(rng.random((257, 3)).astype(np.float32), rng.random((3, frames)).astype(np.float32))
    settings = RunSettings("mu", 3, "is", iterations=None, seed=7, selection=(0.5, 0.75))
    runs = {4: Run(settings, factors, (3.0, 2.0, 1.5))}
    state, _ = acts.factorised(fresh_state(ANALYSIS), 4, 3)
    state, _ = acts.add_layer(state, "Bläser ♪")
    layer = state.layers[1].id
    state = acts.change_layer(state, layer, gain_db=float("-inf"), pan=-0.5, mute=True, solo=True, locked=True)
    first = state.layers[0]
    state = mask_acts.apply(state, Threshold((), first.part_ids, low=0.4), None)
    stack = Stack(state.layers, factors, state.edits, 257, frames)
    painter = begin(stack, 3, 0.8)
    painter.extend(Region(20, 90, 10, 50), rng.random((70, 40)).astype(np.float32))
    state = mask_acts.sharpen(mask_acts.invert(replace(state, edits=painter.edits), state.layers[2].id), float("inf"))
    path = tmp_path / "work.workbench"
    save_project(path, recording, state, runs)
    return path, recording, state, runs


def everywhere(state, run, frames):
    return Stack(state.layers, run.factors, state.edits, 257, frames).region_masks(Region(0, 257, 0, frames))


def test_everything_comes_back(saved):
    path, recording, state, runs = saved
    project = load_project(path)
    project.check(load(project.recording))
    assert project.recording.samefile(recording.path)
    assert project.state.layers == state.layers and project.state.analysis == state.analysis
    assert project.state.next_id == state.next_id
    run = project.runs[project.state.run]
    assert (run.settings, run.costs) == (runs[4].settings, runs[4].costs)
    frames = ANALYSIS.frames(len(recording.samples))
    np.testing.assert_array_equal(everywhere(project.state, run, frames), everywhere(state, runs[4], frames))


def test_is_plain_data_without_pickles(saved):
    with zipfile.ZipFile(saved[0]) as file:
        document = json.loads(file.read("project.json"))
        assert document["schema"] == 3
        for name in file.namelist():
            assert name == "project.json" or name.endswith(".npy")


def test_moves_with_its_recording(saved, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    saved[0].rename(other / "work.workbench")
    (tmp_path / "tones.wav").rename(other / "tones.wav")
    assert load_project(other / "work.workbench").recording.samefile(other / "tones.wav")


def test_a_missing_or_changed_recording_is_said(saved, tmp_path):
    soundfile.write(tmp_path / "tones.wav", tone_mix(0.5), 8000)
    project = load_project(saved[0])
    with pytest.raises(ProjectError, match="has changed since"):
        project.check(load(project.recording))
    (tmp_path / "tones.wav").unlink()
    with pytest.raises(ProjectError, match="is not where it was"):
        load_project(saved[0])


def rewritten(path, change):
    """The project with its JSON changed."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    document = json.loads(members["project.json"])
    change(document, members)
    members["project.json"] = json.dumps(document).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d, m: d.update(schema=99), "newer version"),
        (lambda d, m: d.pop("layers"), "no project"),
        (lambda d, m: d.update(layers=5), "no project"),
        (lambda d, m: m.pop("W.npy"), "no project"),
        (lambda d, m: m.update({"H.npy": m["W.npy"]}), "damaged"),
        (lambda d, m: m.update({"W.npy": b"nonsense"}), "damaged"),
        (lambda d, m: d.update(analysis={"window": 1000, "hop": 3}), "damaged"),
    ],
)
def test_damaged_projects_get_one_sentence(saved, change, says):
    rewritten(saved[0], change)
    with pytest.raises(ProjectError, match=says):
        load_project(saved[0])


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.workbench").write_text("not a zip")
    with pytest.raises(ProjectError, match="no project"):
        load_project(tmp_path / "x.workbench")


def test_a_failed_save_leaves_the_old_file(saved, monkeypatch):
    path, recording, state, runs = saved
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array", fail)
    with pytest.raises(ProjectError, match="No space left"):
        save_project(path, recording, state, runs)
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir() if p.name.endswith(".part")] == []


def test_older_projects_without_the_newer_settings_open(saved):
    path = saved[0]
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    document = json.loads(members["project.json"])
    document["schema"] = 1
    document["run"] = {"components": 3, "divergence": "is", "iterations": None, "seed": 7}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, json.dumps(document) if name == "project.json" else content)
    settings = load_project(path).runs[1].settings
    assert (settings.components, settings.divergence, settings.iterations, settings.seed) == (3, "is", None, 7)
