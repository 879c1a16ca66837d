"""References in the document: acts, undo, and project files."""

from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from tests.conftest import tone_mix
from tests.document.rewriting import rewritten
from workbench.audio.recording import Recording, load
from workbench.document.acts.references import add_references, assign, change_references, remove_references
from workbench.document.document import Document
from workbench.document.history import Step
from workbench.document.project import ProjectError, load_project, save_project
from workbench.document.state import Reference, fresh_state
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 128)
HASH = "a1" * 32
VOICE, DRUMS = (
    Reference(0, "Voice", Path("/a/voice.wav"), HASH, 0.5, -1.5),
    Reference(0, "♪", Path("/a/d.wav"), "34" * 32),
)


def two():
    return add_references(fresh_state(ANALYSIS), [VOICE, DRUMS])


def test_references_get_ids_that_nothing_else_has():
    before, state = fresh_state(ANALYSIS), two()
    assert [each.id for each in state.references] == [before.next_id, before.next_id + 1]
    assert state.next_id == before.next_id + 2 and replace(state.references[0], id=0) == VOICE


def test_they_are_changed_removed_and_assigned():
    state = two()
    voice, drums = (each.id for each in state.references)
    moved = change_references(state, [voice, drums], offset=2.0)
    assert [each.offset for each in moved.references] == [2.0, 2.0]
    assert change_references(state, [voice], offset=0.5) is state, "nothing is changed by the same"
    state = assign(assign(assign(state, 1, voice), 7, drums), 1, drums)
    assert state.assigned == ((7, drums), (1, drums))
    assert assign(state, 7, None).assigned == ((1, drums),) and assign(state, 7, 0).assigned[-1] == (7, 0)
    gone = remove_references(state, [drums])
    assert [each.id for each in gone.references] == [voice] and gone.assigned == ()


def test_the_document_tells_of_them_and_takes_them_back():
    document, told = Document(), []
    samples = tone_mix(0.5)
    recording = Recording(samples, 8000, Path("x"))
    document.open(recording, analyse_levels(samples, ANALYSIS), fresh_state(ANALYSIS))
    document.references_changed.connect(lambda: told.append(document.state.references))
    document.masks_changed.connect(lambda _: told.append("masks"))
    document.act("Add", add_references(document.recorded_state, [VOICE]))
    document.act("Assign", assign(document.recorded_state, 1, 0))
    document.undo()
    document.undo()
    assert [len(each) for each in told] == [1, 1, 1, 0]


@pytest.fixture
def saved(tmp_path):
    """A project with two references, of which one is there; (path, states)."""
    for name in ("mix.wav", "voice.wav"):
        soundfile.write(tmp_path / name, tone_mix(0.5), 8000, subtype="FLOAT")
    there = [replace(VOICE, path=tmp_path / "voice.wav"), replace(DRUMS, path=tmp_path / "gone.wav")]
    first = add_references(fresh_state(ANALYSIS), there)
    second = assign(change_references(first, [first.references[0].id], gain_db=-12.25), 1, first.references[1].id)
    steps = [Step("", fresh_state(ANALYSIS)), Step("Add", first), Step("Change", second)]
    path = tmp_path / "work.workbench"
    save_project(path, load(tmp_path / "mix.wav"), second, {}, steps, 2)
    return path, second, steps


def test_they_are_saved_with_the_history(saved):
    path, state, steps = saved
    project = load_project(path)
    assert (project.state.references, project.state.assigned) == (state.references, state.assigned)
    assert [each.references for _, each in project.steps] == [step.state.references for step in steps]


def test_they_move_with_the_project_and_a_missing_one_keeps_its_path(saved, tmp_path):
    path, *_ = saved
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for each in (path, tmp_path / "mix.wav", tmp_path / "voice.wav"):
        each.rename(folder / each.name)
    voice, gone = load_project(folder / path.name).state.references
    assert voice.path.samefile(folder / "voice.wav") and gone.path == tmp_path / "gone.wav"
    assert (voice.checksum, voice.offset, voice.gain_db) == (HASH, 0.5, -12.25)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["tables"]["states"][1].update(references=[9]),
        lambda d: d["tables"]["states"][1].update(references=d["tables"]["states"][1]["references"] * 2),
        lambda d: d["tables"]["states"][1].update(assigned=[[1]]),
        lambda d: d["tables"]["references"][1].update(offset="inf"),
        lambda d: d["tables"]["references"][1].pop("checksum"),
    ],
)
def test_damage_gets_one_sentence(saved, change):
    rewritten(saved[0], lambda document, members: change(document))
    with pytest.raises(ProjectError, match="damaged"):
        load_project(saved[0])
