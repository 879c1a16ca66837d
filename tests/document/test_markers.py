"""Markers and regions: acts on them, and what is kept of them."""

from __future__ import annotations

import json
import zipfile

import hypothesis.strategies as st
import numpy as np
import pytest
import soundfile
from hypothesis import given

from tests.conftest import tone_mix
from workbench.audio.recording import load
from workbench.document.acts import markers as acts
from workbench.document.changes import changes, same_work
from workbench.document.history import Step
from workbench.document.packed.schema import LIKE_IT, SCHEMA
from workbench.document.project import ProjectError, load_project, save_project
from workbench.document.rescue import rescue
from workbench.document.state import Marker, State, fresh_state
from workbench.spectral.stft import Analysis

seconds = st.floats(0, 3600, allow_nan=False)
some = st.lists(
    st.tuples(st.text(max_size=8), seconds, seconds).map(lambda t: Marker(t[0], *sorted(t[1:]))), max_size=9
)


def plain(markers) -> list[tuple[str, float, float]]:
    return [(each.name, each.begin, each.end) for each in markers]


@given(some, some)
def test_they_stand_from_left_to_right_whatever_is_added_when(first, second):
    state = acts.add(acts.add(State(), first), second)
    assert {id(each) for each in state.markers} == {id(each) for each in [*first, *second]}
    assert [each.begin for each in state.markers] == sorted(each.begin for each in state.markers)
    for each in second:
        state = acts.take_away(state, each)
    assert {id(each) for each in state.markers} == {id(each) for each in first}


@given(some.filter(len), seconds)
def test_one_takes_the_place_of_another_and_the_others_stay(markers, second):
    state = acts.add(State(), markers)
    moved = Marker("moved", second, second)
    after = acts.put(state, markers[0], moved)
    assert sorted(map(id, after.markers)) == sorted([id(moved), *map(id, markers[1:])])
    assert [each.begin for each in after.markers] == sorted(each.begin for each in after.markers)


def test_they_change_nothing_that_is_heard_and_are_told_of():
    state = fresh_state(Analysis(256, 64))
    after = acts.add(state, [Marker("A", 0.1, 0.1)])
    found = changes(state, after)
    assert same_work(state, after) and found.markers and not (found.masks or found.layers or found.remembered)


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(1.0, 8000), 8000, subtype="FLOAT")
    return load(path)


def test_a_project_keeps_them_step_by_step(recording, tmp_path):
    first = fresh_state(Analysis(256, 64))
    second = acts.add(first, [Marker("Überleitung <b>", 0.25, 0.25), Marker("Refrain", 0.5, 0.75)])
    third = acts.put(second, second.markers[0], Marker("Strophe", 0.8, 0.8))
    path = tmp_path / "kept.workbench"
    steps = [Step("", first), Step("add", second), Step("move", third)]
    save_project(path, recording, third, {}, steps, 2)
    found = [state for _, state in load_project(path).steps]
    assert [plain(state.markers) for state in found] == [plain(state.markers) for state in (first, second, third)]
    shared = [each for each in found[1].markers if each.name == "Refrain"]
    assert shared[0] in found[2].markers, "what steps share they share again"
    assert plain(rescue(path).project.state.markers) == plain(third.markers)


@pytest.mark.parametrize("entry", [{"begin": 0.5, "end": 0.25}, {"begin": 1e300}, {"begin": "x"}, {"begin": 0, "x": 1}])
def test_what_is_no_marker_is_damage(recording, tmp_path, entry):
    state = acts.add(fresh_state(Analysis(256, 64)), [Marker("A", 0.25, 0.5)])
    path, damaged = tmp_path / "good.workbench", tmp_path / "damaged.workbench"
    save_project(path, recording, state, {})
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(damaged, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name == "tables.jsonl":
                lines = [json.loads(line) for line in data.splitlines()]
                for line in lines:
                    if line.get("markers"):
                        line["markers"] = [{"name": "A", **entry}]
                data = "\n".join(map(json.dumps, lines)).encode()
            bad.writestr(name, data)
    with pytest.raises(ProjectError):
        load_project(damaged)


def test_files_of_the_schema_before_are_read_as_they_are_and_newer_ones_are_told(recording, tmp_path):
    path = tmp_path / "old.workbench"
    save_project(path, recording, fresh_state(Analysis(256, 64)), {})
    for number in range(LIKE_IT, SCHEMA + 2):
        with zipfile.ZipFile(path) as good:
            members = {name: good.read(name) for name in good.namelist()}
        members["project.json"] = json.dumps({**json.loads(members["project.json"]), "schema": number}).encode()
        other = tmp_path / f"{number}.workbench"
        with zipfile.ZipFile(other, "w") as file:
            for name, data in members.items():
                file.writestr(name, data)
        if number <= SCHEMA:
            assert load_project(other).state.markers == ()
        else:
            with pytest.raises(ProjectError) as reason:
                load_project(other)
            assert reason.value.code == "document.newer"


def test_seconds_are_kept_to_the_last_bit(recording, tmp_path):
    places = np.random.default_rng(0).uniform(0, 1, 20)
    state = acts.add(fresh_state(Analysis(256, 64)), [Marker("", float(x), float(x)) for x in places])
    path = tmp_path / "kept.workbench"
    save_project(path, recording, state, {})
    assert [each.begin for each in load_project(path).state.markers] == sorted(places.tolist())
