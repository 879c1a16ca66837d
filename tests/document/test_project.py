import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from tests.conftest import begin, tone_mix
from tests.document.rewriting import rewritten
from workbench.audio.recording import load
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import selections as selection_acts
from workbench.document.acts import sources as source_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.history import History, Step
from workbench.document.packed import archive
from workbench.document.project import ProjectError, load_project, save_project
from workbench.document.state import Run, fresh_state, mask_model, stack_of
from workbench.document.versions import versions_of
from workbench.jobs.opening import open_file
from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler, Shape
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Combine, CombineKind, Fill, Threshold
from workbench.masks.edits.filters import FilterKind
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.hand.clips import clip, recalled
from workbench.masks.hand.painting import PathStroke
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Shares
from workbench.masks.stack import Stack
from workbench.separation.settings import RunSettings
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis
from workbench.wording import sentence

ANALYSIS = Analysis(512, 128)


@pytest.fixture
def saved(tmp_path):
    """A project with everything in it, saved; (path, recording, state, runs)."""
    soundfile.write(tmp_path / "tones.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    recording = load(tmp_path / "tones.wav")
    frames = ANALYSIS.frames(len(recording.samples))
    rng = np.random.default_rng(0)
    factors = Factors(rng.random((257, 3)).astype(np.float32), rng.random((3, frames)).astype(np.float32))
    settings = RunSettings("mu", 3, "is", iterations=None, seed=7, selection=(20, 40))
    runs = {4: Run(settings, factors, (3.0, 2.0, 1.5), "MU", (), 2)}
    state, _ = layer_acts.factorised(fresh_state(ANALYSIS), 4, 3)
    state, _ = layer_acts.add_layer(state, "Bläser ♪")
    layer = state.layers[1].id
    state = layer_acts.change_layer(state, layer, gain_db=float("-inf"), pan=-0.5, mute=True, solo=True, locked=True)
    first = state.layers[0]
    state = mask_acts.apply(state, Threshold((), first.part_ids, low=0.4), None)
    stack = Stack(state.layers, factors, state.edits, 257, frames)
    painter = begin(stack, 3, 0.8)
    painter.extend(Region(20, 90, 10, 50), rng.random((70, 40)).astype(np.float32))
    state = mask_acts.sharpen(
        mask_acts.invert(state.with_present(edits=painter.edits), state.layers[2].id), float("inf")
    )
    path = tmp_path / "work.workbench"
    save_project(path, recording, state, runs)
    return path, recording, state, runs


def everywhere(state, run, frames):
    return Stack(state.layers, run.factors, state.edits, 257, frames).evaluate(np.arange(257), np.arange(frames))


def test_everything_comes_back(saved):
    path, recording, state, runs = saved
    project = load_project(path)
    project.check(load(project.recording))
    assert project.recording.samefile(recording.path)
    assert project.state.layers == state.layers and project.state.analysis == state.analysis
    assert project.state.next_id == state.next_id
    run = project.runs[project.state.run]
    assert (run.settings, run.costs) == (runs[4].settings, runs[4].costs)
    assert (run.name, run.number) == ("MU", 2)
    frames = ANALYSIS.frames(len(recording.samples))
    np.testing.assert_array_equal(everywhere(project.state, run, frames), everywhere(state, runs[4], frames))


def test_is_plain_data_without_pickles(saved):
    with zipfile.ZipFile(saved[0]) as file:
        document = json.loads(file.read("project.json"))
        assert document["schema"] == 11
        for name in file.namelist():
            assert name in ("project.json", "tables.jsonl") or name.endswith(".npy")


def test_moves_with_its_recording(saved, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    saved[0].rename(other / "work.workbench")
    (tmp_path / "tones.wav").rename(other / "tones.wav")
    assert load_project(other / "work.workbench").recording.samefile(other / "tones.wav")


def test_a_missing_or_changed_recording_is_said(saved, tmp_path):
    soundfile.write(tmp_path / "tones.wav", tone_mix(0.5), 8000)
    project = load_project(saved[0])
    with pytest.raises(ProjectError, match="recording_changed") as raised:
        project.check(load(project.recording))
    assert "“tones.wav” has changed since “work.workbench” was saved" in sentence(raised.value)
    (tmp_path / "tones.wav").unlink()
    with pytest.raises(ProjectError, match="no_recording"):
        load_project(saved[0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d, m: d.update(schema=99), "newer"),
        (lambda d, m: d.pop("steps"), "damaged"),
        (lambda d, m: d.update(present=5), "damaged"),
        (lambda d, m: d["tables"].update(layers=5), "damaged"),
        (lambda d, m: m.pop("model0_W.npy"), "damaged"),
        (lambda d, m: m.pop("tiles.npy"), "damaged"),
        (lambda d, m: m.update({"model0_H.npy": m["model0_W.npy"]}), "damaged"),
        (lambda d, m: m.update({"model0_W.npy": b"nonsense"}), "damaged"),
        (lambda d, m: d["tables"]["states"][0].update(analysis={"window": 1000, "hop": 3}), "damaged"),
        (lambda d, m: d["tables"]["states"][0].update(shown=7), "damaged"),
        (lambda d, m: d["runs"][0]["run"]["settings"].update(method="magic"), "damaged"),
        (lambda d, m: d["recording"].update(rate=float("inf")), "damaged"),
        (lambda d, m: d["recording"].update(samples=float("inf")), "damaged"),
        (lambda d, m: d["tables"]["states"][0].update(next_id=float("inf")), "damaged"),
        (lambda d, m: d["tables"]["states"][0].update(mixes=[]), "damaged"),
        (lambda d, m: d["tables"]["layers"][0].update(gain_db=float("nan")), "damaged"),
        (lambda d, m: d["tables"]["layers"][0].update(gain_db=300.0), "damaged"),
        (lambda d, m: d["tables"]["layers"][0].update(parts=[]), "damaged"),
        (lambda d, m: d["tables"]["layers"][0].update(parts=d["tables"]["layers"][1]["parts"]), "damaged"),
        (lambda d, m: d["tables"]["layers"][0].update(shape="round"), "damaged"),
        (lambda d, m: d["tables"]["states"][0]["mixes"].__setitem__(0, 99), "damaged"),
        (lambda d, m: m.update({"model0_W.npy": npy(np.full((257, 3), np.nan, np.float32))}), "damaged"),
        (lambda d, m: m.update({"model0_W.npy": npy(np.full((257, 3), 3e38, np.float32))}), "damaged"),
        (lambda d, m: m.update({"tiles.npy": npy(np.full_like(np.load(io.BytesIO(m["tiles.npy"])), 0.9))}), "damaged"),
    ],
)
def test_damaged_projects_get_one_sentence(saved, change, says):
    rewritten(saved[0], change)
    with pytest.raises(ProjectError) as raised:
        load_project(saved[0])
    assert raised.value.code in (f"document.{says}", f"document.{says}_in")
    assert "“work.workbench”" in sentence(raised.value)


def npy(array):
    """An array as a member."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.workbench").write_text("not a zip")
    with pytest.raises(ProjectError, match="damaged"):
        load_project(tmp_path / "x.workbench")
    with pytest.raises(ProjectError, match="no_file"):
        load_project(tmp_path / "y.workbench")


def test_what_needs_no_array_of_its_own_opens_without_one(saved, tmp_path):
    """All of the plane, and a place of whole tiles, have no bins to be stored; what has any comes last, or never."""
    _, recording, _, _ = saved
    frames = ANALYSIS.frames(len(recording.samples))
    state = selection_acts.select(fresh_state(ANALYSIS), areas.everything(257, frames))
    state = mask_acts.apply(state, Threshold((), state.layers[0].part_ids, low=0.4), state.area)
    for number, more in enumerate((None, areas.rectangle(Region(3, 40, 5, 20), 257, frames))):
        state = state if more is None else selection_acts.select(state, more)
        path = tmp_path / f"{number}.workbench"
        save_project(path, recording, state, {})
        back = load_project(path).state
        assert back.area.same_as(state.area) and len(back.edits) == len(state.edits) == 1


def test_a_failed_save_leaves_the_old_file(saved, monkeypatch):
    path, recording, state, runs = saved
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", fail)
    with pytest.raises(ProjectError, match="not_written") as raised:
        save_project(path, recording, state, runs)
    assert "the disk is full" in sentence(raised.value)
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir() if p.name.endswith(".part")] == []


def test_what_could_not_be_opened_is_not_saved(saved):
    path, recording, state, runs = saved
    before = path.read_bytes()
    wrong = state.with_present(layers=(replace(state.layers[0], gain_db=300.0), *state.layers[1:]))
    with pytest.raises(ProjectError, match="not_read_back") as raised:
        save_project(path, recording, wrong, runs)
    assert "gain_db" in sentence(raised.value)
    assert path.read_bytes() == before and versions_of(path) == []
    assert not [each for each in path.parent.iterdir() if each.name.endswith(".part")]


def test_masks_that_pack_very_small_open_again(saved, tmp_path, monkeypatch):
    """What is written is never taken for something made to fill the memory."""
    path, recording, state, _ = saved
    monkeypatch.setattr(archive, "LEAST_ARRAYS", 10_000)
    monkeypatch.setattr(archive, "LARGE", 10_000)
    frames = ANALYSIS.frames(len(recording.samples))
    masks = np.zeros((3, frames, 257), np.float16)
    masks[0] = 1
    given = {4: Run(RunSettings(), Shares(masks), (), "given", (), 1)}
    save_project(path, recording, state.with_present(edits=()), given)
    assert load_project(path).runs[4].factors.masks.sum() == masks.sum()


def test_a_mask_made_of_masks_made_of_masks_does_not_hold_up_opening(saved):
    path, recording, state, runs = saved
    frames, inner = ANALYSIS.frames(len(recording.samples)), state.with_present(edits=())
    parts, edits = inner.layers[0].part_ids, ()
    for _ in range(30):
        stack = Stack(inner.layers, runs[4].factors, edits, 257, frames)
        effect = Combine((), parts, CombineKind.UNION, inner.layers[1].part_ids, stack)
        edits = (Operation(effect), Operation(effect))
    save_project(path, recording, inner.with_present(edits=edits), runs)
    assert len(open_file(path).project.state.edits) == 2


def test_costs_that_are_no_numbers_do_not_keep_a_project_from_opening(saved):
    path, recording, state, runs = saved
    odd = {4: replace(runs[4], costs=(3.0, float("inf"), float("nan"), 2.0))}
    save_project(path, recording, state, odd)
    assert load_project(path).runs[4].costs == (3.0, float("inf"), float("inf"), 2.0)


def test_history_areas_strokes_and_other_stacks_come_back(saved, tmp_path):
    _, recording, state, runs = saved
    frames = ANALYSIS.frames(len(recording.samples))
    history = History(state)
    stack = Stack(state.layers, runs[4].factors, state.edits, 257, frames)
    lasso = areas.polygon(np.array([(5.0, 20), (40, 25), (20, 100)]), 257, frames).feathered(2)
    free = state.layers[2].id
    history.record("Fill", mask_acts.fill(state, free, 1.0, lasso))
    cut, _ = mask_acts.cut_to_new(history.state, free, lasso, "Cut")
    history.record("Cut", cut)
    history.record("Clean", mask_acts.clean(history.state, free, FilterKind.MEDIAN, 1, 2, None))
    ruler = Ruler(FrequencyScale.MEL, 31.25, 2.0, 0.2)
    path_stroke = PathStroke(
        Stack(cut.layers, runs[4].factors, history.state.edits, 257, frames),
        Fill((), state.layers[2].part_ids, 0.5),
        Path(Brush(Shape.COMB, 30, 0.3), ruler, np.array([[10.0, 40.0, 0.7]]), True),
        lasso,
    )
    path_stroke.draw_to(60.0, 50.0, 0.7)
    history.record("Comb", mask_acts.set_edits(history.state, path_stroke.edits))
    now = Stack(cut.layers, runs[4].factors, history.state.edits, 257, frames)
    history.record("Recall", mask_acts.set_edits(history.state, recalled(now, stack, lasso)))
    piece = clip(stack, state.layers[0].part_ids, lasso)
    moved = lasso.moved(3, 5)
    history.record("Paste", mask_acts.paste(history.state, free, (), piece, 3, 5, moved))
    other = stack_acts.duplicate_stack(history.state, "Two")
    history.record("Two", other)
    history.record("Copy", stack_acts.copy_to_stack(other, "copied", other.layers[2].part_ids, stack, state.shown))
    history.undo()
    save_project(tmp_path / "again.workbench", recording, history.state, runs, history.steps, history.present)
    project = load_project(tmp_path / "again.workbench")
    assert [name for name, _ in project.steps] == ["", "Fill", "Cut", "Clean", "Comb", "Recall", "Paste", "Two", "Copy"]
    assert project.present == 7 and project.state.present.name == "Two"
    for (_, got), step in zip(project.steps, history.steps, strict=True):
        assert [(s.id, s.name) for s in got.stacks] == [(s.id, s.name) for s in step.state.stacks]
        for mine, theirs in zip(got.stacks, step.state.stacks, strict=True):
            np.testing.assert_array_equal(
                everywhere(mine, project.runs[4], frames), everywhere(theirs, runs[4], frames)
            )
    # What steps share is one object again, so that they cost as little as before.
    assert project.steps[1][1].edits[0] is project.steps[0][1].edits[0]


@pytest.fixture
def marked(tmp_path):
    """A project with sources, of which boxes and strokes are marked, and a clip that holds them; saved."""
    soundfile.write(tmp_path / "tones.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    recording = load(tmp_path / "tones.wav")
    frames = ANALYSIS.frames(len(recording.samples))
    rng = np.random.default_rng(0)
    factors = Factors(rng.random((257, 5)).astype(np.float32), rng.random((5, frames)).astype(np.float32))
    runs = {1: Run(RunSettings(components=5), factors, (2.0, 1.0), "blind", (), 1)}
    history = History(fresh_state(ANALYSIS))
    state = source_acts.begin_sources(history.state, 1, "Sources", "Rest")
    state, first = source_acts.add_source(state, "Flöte")
    box = areas.rectangle(Region(20, 28, 5, 12), 257, frames)
    history.record("Point", source_acts.add_mark(state, first, box))
    ruler = Ruler(FrequencyScale.LOG, 31.25, 2.0, 20.0)
    path = Path(Brush(Shape.ROUND, 12, 1.0), ruler, np.array([[10.0, 40.0, 1.0], [60.0, 70.0, 1.0]]))
    state, second = source_acts.add_source(history.state, "Two")
    history.record("Stroke", source_acts.add_mark(state, second, Trace((path,), box.feathered(3)), 0.5))
    history.record("Not", source_acts.add_mark(history.state, first, box, 1.0, True))
    now = source_stack(history.state, runs)
    # An earlier step and a long copy hold the sources as they were then.
    history.record("Recall", mask_acts.set_edits(history.state, recalled(now, source_stack(state, runs), box)))
    effect = Combine((), state.layers[1].part_ids, CombineKind.REPLACE, state.layers[0].part_ids, now)
    history.record("Copy", history.state.with_present(edits=(*history.state.edits, Operation(effect, box))))
    path = tmp_path / "work.workbench"
    save_project(path, recording, history.state, runs, history.steps, history.present)
    return path, recording, history, runs


def source_stack(state, runs):
    return stack_of(state, mask_model(state, runs), 8000)


def test_marks_that_were_all_taken_back_stay_so(marked, tmp_path):
    """An empty tuple is one object, whatever it is empty of."""
    _, recording, history, runs = marked
    state, frames = history.state, ANALYSIS.frames(len(recording.samples))
    for mark in state.marks:
        state = source_acts.remove_mark(state, mark.id)
    state = stack_acts.duplicate_stack(state.with_present(edits=()), "Copy")
    state = stack_acts.show_stack(state, state.stacks[0].id)
    state = source_acts.add_mark(state, state.layers[1].id, areas.rectangle(Region(1, 9, 1, 9), 257, frames))
    for steps in ((), [Step("", history.steps[0].state), Step("Taken back", state)]):
        path = tmp_path / "empty.workbench"
        save_project(path, recording, state, runs, *((steps, 1) if steps else ()))
        project = load_project(path)
        assert [len(stack.marks) for stack in project.state.stacks] == [1, 0]
        assert all(stack.edits == () for stack in project.state.stacks)


def test_marks_and_copies_of_sources_come_back(marked):
    path, recording, history, runs = marked
    project = load_project(path)
    assert [name for name, _ in project.steps] == [step.name for step in history.steps]
    rows, columns = np.arange(257), np.arange(ANALYSIS.frames(len(recording.samples)))
    for (_, got), step in zip(project.steps, history.steps, strict=True):
        kept = [
            None if s.marks is None else [(m.id, m.source, m.weight, m.denies) for m in s.marks] for s in got.stacks
        ]
        assert kept == [
            None if s.marks is None else [(m.id, m.source, m.weight, m.denies) for m in s.marks]
            for s in step.state.stacks
        ]
        np.testing.assert_array_equal(
            source_stack(got, project.runs).evaluate(rows, columns),
            source_stack(step.state, runs).evaluate(rows, columns),
        )
    # What is said in several steps is one object, so that nothing is solved or kept twice.
    assert project.steps[-1][1].marks is project.steps[-2][1].marks
    again = path.with_name("again.workbench")
    save_project(again, recording, project.state, project.runs)
    np.testing.assert_array_equal(
        source_stack(load_project(again).state, project.runs).evaluate(rows, columns),
        source_stack(history.state, runs).evaluate(rows, columns),
    )


def test_every_step_holds_the_marks_that_it_adds(marked):
    """Of many marks, said one after the other, taken back from between others and said again."""
    path, recording, history, runs = marked
    for number in range(20):
        box = areas.rectangle(Region(number, number + 4, 2, 9), 257, ANALYSIS.frames(len(recording.samples)))
        state = history.state
        history.record("more", source_acts.add_mark(state, state.layers[1].id, box))
    history.record("less", source_acts.remove_mark(history.state, history.state.marks[8].id))
    history.record("weigh", source_acts.change_mark(history.state, history.state.marks[3].id, weight=0.5))
    save_project(path, recording, history.state, runs, history.steps, history.present)
    tables = {}
    rewritten(path, lambda document, members: tables.update(document["tables"]))
    assert len(tables["marks"]) == 3 + 20 + 1, "each is written once"
    assert max(len(said["items"]) for said in tables["mark_lists"]) == 1
    back = load_project(path)
    for (_, got), step in zip(back.steps, history.steps, strict=True):
        assert [m.id for m in got.marks or ()] == [m.id for m in step.state.marks or ()]
        assert [m.weight for m in got.marks or ()] == [m.weight for m in step.state.marks or ()]
    assert len({id(mark) for _, state in back.steps for mark in state.marks or ()}) == 24, "and is one object"


def test_a_project_with_marks_is_solved_before_it_is_shown(marked):
    """In the job that opens it; the window's thread then has nothing to solve."""
    path, _, history, runs = marked
    opened, document = open_file(path), Document()
    known = opened.solved.model(opened.project.state, opened.project.runs)
    document.open(opened.recording, opened.levels, opened.project.state, opened.project.runs, solved=opened.solved)
    assert document.stack.factors is known
    np.testing.assert_array_equal(known.shares, source_stack(history.state, runs).factors.shares)
