"""Projects that earlier versions wrote open to what they were; `files/README.md` tells what each holds."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from workbench.audio.recording import load
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.project import Project, load_project, save_project
from workbench.masks.edits.edits import Operation, Paint
from workbench.masks.hand.marks import Mark
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels

FILES = Path(__file__).parent / "files"
NAMES = ("schema1", "schema2", "schema2-hpss", *(f"schema{number}" for number in range(3, 11)))
ROWS, COLUMNS = np.arange(0, 65, 6), np.arange(0, 126, 9)
"""Bins and frames at which the masks were noted."""
SELECTED = ("schema9", "schema10")
"""Those that hold what was selected."""
NOT_KNOWN_YET = {"automatic": False, "group": 0}
"""What layers of some older versions did not have."""


def opened(project: Project) -> Document:
    document = Document()
    recording = load(project.recording)
    project.check(recording)
    levels = analyse_levels(recording.samples, project.state.analysis)
    document.open(recording, levels, project.state, project.runs, project.path, project.steps, project.present)
    return document


def noted(name: str) -> dict:
    """What the version that wrote the file noted of it."""
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))


def plain(value: object) -> object:
    """As JSON holds it, which knows no tuples and no infinity."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, float) and np.isinf(value) else value


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_layers_groups_stacks_and_mixes_come_back(name):
    state, known = load_project(FILES / f"{name}.workbench").state, noted(name)["state"]
    assert (state.shown, state.next_id) == (known["shown"], known["next_id"])
    assert [None if mix is None else plain(asdict(mix)) for mix in state.mixes] == known["mixes"]
    assert [(stack.id, stack.name, len(stack.edits)) for stack in state.stacks] == [
        (stack["id"], stack["name"], stack["edits"]) for stack in known["stacks"]
    ]
    for stack, was in zip(state.stacks, known["stacks"], strict=True):
        layers = [plain(asdict(layer)) for layer in stack.layers]
        assert layers == [{**NOT_KNOWN_YET, **layer} for layer in was["layers"]]
        assert [plain(asdict(group)) for group in stack.groups] == was["groups"]


def test_there_is_something_in_them():
    """Each kind of edit, gains all the way down, groups and mixes."""
    every = [load_project(FILES / f"{name}.workbench") for name in NAMES]
    assert all(any(layer.gain_db == float("-inf") for stack in p.state.stacks for layer in stack.layers) for p in every)
    assert [group.gain_db for group in every[-1].state.stacks[0].groups] == [-3.0]
    mixes = every[-1].state.mixes
    assert mixes[0] is None and mixes[1].groups[0].gain_db == float("-inf") and mixes[3].groups[0].width == 1.75
    for project in every[NAMES.index("schema3") :]:
        edits = [edit for _, state in project.steps for stack in state.stacks for edit in stack.edits]
        kinds = {type(edit.effect).__name__ for edit in edits if isinstance(edit, Operation)}
        expected = {"Fill", "Scale", "Invert", "Threshold", "Filter", "Combine", "Move", "Restore", "Sharpened"}
        assert kinds == expected and any(isinstance(edit, Paint) for edit in edits)


def test_references_come_back(name):
    state, known = load_project(FILES / f"{name}.workbench").state, noted(name)["state"]
    found = [plain({**asdict(each), "path": each.path.name}) for each in state.references]
    assert (found, plain(state.assigned)) == (known.get("references", []), known.get("assigned", []))
    assert all(each.path.samefile(FILES / each.path.name) for each in state.references)


def told(mark: Mark) -> dict:
    """What was noted of a mark: of its place where it is, and how many bins of the recording it covers."""
    b = mark.place.bounds
    said = {each: getattr(mark, each) for each in ("id", "source", "weight", "denies")}
    cover = float(mark.place.at(np.arange(65), np.arange(126)).sum())
    return {**said, "bounds": [b.low, b.high, b.start, b.stop], "cover": pytest.approx(cover, abs=0.01)}


def test_marks_come_back_with_every_step_and_the_oldest_projects_have_none(name):
    steps = load_project(FILES / f"{name}.workbench").steps
    stacks = {f"{step}_{stack.id}": stack for step, (_, state) in enumerate(steps) for stack in state.stacks}
    found = {key: [told(mark) for mark in stack.marks] for key, stack in stacks.items() if stack.marks is not None}
    assert found == noted(name).get("marks", {})


def test_what_is_known_of_components_comes_back():
    known = load_project(FILES / "schema8.workbench").state.stacks[0].known
    assert [[each.part, list(each.seconds)] for each in known] == noted("schema8")["known"]


def test_nothing_was_selected_in_projects_that_did_not_save_it(name):
    for _, state in load_project(FILES / f"{name}.workbench").steps:
        assert name in SELECTED or (state.area is None and state.remembered == ())
        assert state.markers == ()


@pytest.mark.parametrize("name", SELECTED)
def test_what_is_selected_held_and_noted_comes_back(name):
    state, known = load_project(FILES / f"{name}.workbench").state, noted(name)
    rows, columns = np.arange(65), np.arange(126)
    assert float(state.area.read(rows, columns).sum()) == known["selected"]["area"]
    remembered = [[each.name, float(each.area.read(rows, columns).sum())] for each in state.remembered]
    assert remembered == known["selected"]["remembered"]
    _, hold, notes = state.stacks[0].known
    assert [[hold.curve.value, hold.weight, hold.power, hold.values.tolist()]] == known["held"]
    assert [[notes.pitch, [list(span) for span in notes.spans]]] == known["notes"]


def test_sources_that_an_edit_holds_have_the_shares_that_they_had_at_all_frequencies():
    """Those of marks are solved anew; what an edit took from them is as it was."""
    state, known = load_project(FILES / "schema7.workbench").state, noted("schema7")
    held = state.edits[-1].effect.source.factors
    np.testing.assert_array_equal(held.shares, np.float32(known["shares"])[:, :, None])
    assert [[word.source, word.weight, word.denies] for word in held.words] == known["words"]


def test_the_history_comes_back(name):
    project, known = load_project(FILES / f"{name}.workbench"), noted(name)
    assert [step for step, _ in project.steps] == known["steps"] and project.present == known["present"]


def test_runs_come_back_with_their_selection_in_frames(name):
    project, known = load_project(FILES / f"{name}.workbench"), noted(name)["runs"]
    for run, was in zip(project.runs.values(), known, strict=True):
        assert list(run.costs) == was["costs"] and list(run.held) == was.get("held", [])
        assert run.name == was.get("name", "saved")
        settings = was["settings"]
        if settings.get("selection"):
            # 0.156 s … 0.636 s at 8000 Hz and a hop of 64: half a hop before frames 20 and 80.
            settings["selection"] = (20, 80)
        assert run.settings == RunSettings(**settings)


def test_the_masks_of_every_step_and_stack_are_what_they_were(name):
    document = opened(load_project(FILES / f"{name}.workbench"))
    with np.load(FILES / f"{name}.npz") as masks:
        # What marks say of sources is solved otherwise than it was.
        unmarked = [stack for step in document.steps for stack in step.state.stacks if stack.marks is None]
        assert len(masks.files) == len(unmarked)
        for key in masks.files:
            step, identity = map(int, key.split("_"))
            state = stack_acts.show_stack(document.steps[step].state, identity)
            stack = document.stack_of(state)
            # As it sounds: on every bin, so that filters see all of their neighbours. Noted in half precision.
            found = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))[:, ROWS[:, None], COLUMNS]
            np.testing.assert_allclose(found, masks[key], atol=6e-4, err_msg=key)


def test_saved_again_it_is_the_same(name, tmp_path):
    document = opened(load_project(FILES / f"{name}.workbench"))
    path = tmp_path / "again.workbench"
    save_project(path, document.recording, document.recorded_state, document.runs, document.steps, document.step)
    again = opened(load_project(path))
    assert again.runs.keys() == document.runs.keys()
    assert all(again.runs[run].settings == document.runs[run].settings for run in again.runs)
    for one, other in zip(document.steps, again.steps, strict=True):
        assert (one.name, one.state.shown, one.state.mixes) == (other.name, other.state.shown, other.state.mixes)
        for before, after in zip(one.state.stacks, other.state.stacks, strict=True):
            assert (before.layers, before.groups, before.run) == (after.layers, after.groups, after.run)
            assert [mark.id for mark in before.marks or ()] == [mark.id for mark in after.marks or ()]
    for step in range(len(document.steps)):
        document.go_to(step)
        again.go_to(step)
        np.testing.assert_array_equal(document.stack.evaluate(ROWS, COLUMNS), again.stack.evaluate(ROWS, COLUMNS))
