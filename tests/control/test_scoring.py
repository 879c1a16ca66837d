"""Scores follow the masks, block by block, and are those of the definition."""

import csv
import sys
from types import ModuleType

import numpy as np
import pytest

from tests.control.parts import open_parts, parts
from tests.control.scenes import ids, select_box, separate
from workbench.audio import scores as scores_room
from workbench.audio.renderer import render_all
from workbench.audio.scores import score_of
from workbench.control import scoring as scoring_room
from workbench.control.score_rows import REST
from workbench.document.acts import groups as group_acts
from workbench.masks.insight.oracles import oracle_masks


@pytest.fixture
def scored(empty, settle, tmp_path, monkeypatch):
    """Three parts in four random layers, with all references, measured in blocks of a quarter second."""
    monkeypatch.setattr(scores_room, "BLOCK", 2048)
    files = open_parts(empty, tmp_path)
    separate(empty, 4)
    empty.references.add(files)
    settle()
    empty.scoring.watch(True)
    return empty


@pytest.fixture
def measured(until):
    """Wait until everything is measured and shown."""

    def wait(desk):
        until(lambda: not desk.scoring.left and not desk.runner.jobs and not desk.scoring._later.isActive())

    return wait


def rows(desk):
    return {row.source.name: row for row in desk.scoring.rows}


def reference(desk, name):
    return next(each.reference.id for each in desk.references.held if each.reference.name == name)


def expected(desk, name, layers):
    return score_of(parts()[name], render_all(desk.document.scene, layers=layers))


def agrees(desk):
    """Every row has the score of what is rendered as a whole."""
    names = dict(desk.scoring.references)
    for row in desk.scoring.rows:
        if row.reference not in (None, REST):
            wanted = expected(desk, names[row.reference], row.source.layers)
            assert row.score.sdr == pytest.approx(wanted.sdr, abs=1e-3)
            assert row.score.si_sdr == pytest.approx(wanted.si_sdr, abs=1e-2)


def test_layers_and_the_mix_and_the_oracle_are_scored(scored, measured):
    measured(scored)
    assert len(scored.scoring.rows) == 4 and scored.scoring.share == 1
    agrees(scored)
    sounds = parts()
    mix = scored.document.recording.samples
    masks = oracle_masks(list(sounds.values()), scored.document.state.analysis, False, 2.0)
    scored.document.put_model("oracle", scored.document.run.settings, masks, list(sounds), "", stack="Oracle")
    measured(scored)
    for name, row in rows(scored).items():
        assert row.reference == reference(scored, name) and not row.by_hand
        assert row.mix.sdr == pytest.approx(score_of(sounds[name], mix).sdr, abs=1e-4)
        assert row.oracle.sdr == pytest.approx(row.score.sdr, abs=0.01), "the stack is the oracle"
        assert row.reached == pytest.approx(1, abs=0.01)


def test_an_edit_is_measured_in_its_blocks_alone(scored, measured, settle, monkeypatch):
    measured(scored)
    done = []
    whole = scoring_room.block_products

    def counting(scene, references, number):
        done.append(number)
        return whole(scene, references, number)

    monkeypatch.setattr(scoring_room, "block_products", counting)
    before = rows(scored)
    select_box(scored, 10, 100, 60, 70)
    scored.masks.fill()
    measured(scored)
    assert done and len(set(done)) < 4
    agrees(scored)
    assert any(rows(scored)[name].score != row.score for name, row in before.items())
    scored.document.undo()
    measured(scored)
    agrees(scored)


def test_what_is_edited_goes_before_the_rest_of_a_long_measurement(empty, settle, until, tmp_path, monkeypatch):
    monkeypatch.setattr(scores_room, "BLOCK", 512)
    done = []
    whole = scoring_room.block_products

    def noting(scene, references, number):
        done.append((scene, number))
        return whole(scene, references, number)

    monkeypatch.setattr(scoring_room, "block_products", noting)
    files = open_parts(empty, tmp_path, seconds=40.0)
    separate(empty, 8)
    empty.references.add(files)
    settle()
    empty.scoring.watch(True)
    until(lambda: done)
    # Frames 2000 and 2001 reach from sample 255,744 to 256,383, which are of blocks 499 and 500.
    select_box(empty, 10, 100, 2000, 2002)
    empty.masks.fill()
    edited = empty.document.scene
    until(lambda: any(scene is edited for scene, _ in done))
    before = next(i for i, (scene, _) in enumerate(done) if scene is edited)
    assert before < scores_room.block_count(320_000) and done[before][1] == 499
    assert empty.scoring.left


def test_what_the_user_stops_rests_until_something_changes(empty, settle, until, measured, tmp_path, monkeypatch):
    monkeypatch.setattr(scores_room, "BLOCK", 2048)
    files = open_parts(empty, tmp_path, seconds=40.0)
    separate(empty, 8)
    empty.references.add(files)
    settle()
    empty.scoring.watch(True)
    until(lambda: any(job.name for job in empty.runner.jobs))
    empty.runner.named_jobs[0].cancel()
    settle()
    assert empty.scoring.left and not empty.scoring.measuring and 0 < empty.scoring.share < 1
    empty.masks.invert()
    assert empty.scoring.measuring
    measured(empty)
    assert empty.scoring.share == 1 and not empty.scoring.measuring


def test_groups_are_scored_as_the_sum_and_their_layers_follow(scored, measured, monkeypatch):
    measured(scored)
    monkeypatch.setattr(scoring_room, "block_products", lambda *_: pytest.fail("nothing has to be rendered"))
    first, second, *_ = ids(scored)
    state, group = group_acts.group_layers(scored.document.recorded_state, [first, second], "noise")
    scored.document.act("group", state)
    found = rows(scored)["noise"]
    assert found.source.is_group and found.source.id == group and found.source.layers == (0, 1)
    assert found.reference == reference(scored, "Noise"), "it is called so"
    inside = [row for row in scored.scoring.rows if row.source.group == group]
    assert [row.reference for row in inside] == [found.reference] * 2
    agrees(scored)


def test_layers_are_grouped_by_what_they_are_measured_against(scored, measured):
    measured(scored)
    before = {row.source.id: row.reference for row in scored.scoring.rows}
    scored.scoring.group_by_reference()
    measured(scored)
    names = dict(scored.scoring.references)
    groups = {group.id: group.name for group in scored.document.groups}
    for layer in scored.document.layers:
        assert groups.get(layer.group) == (None if before[layer.id] is None else names[before[layer.id]])
    for row in scored.scoring.rows:
        assert not row.source.is_group or names[row.reference] == row.source.name
    agrees(scored)
    scored.document.undo()
    assert not scored.document.groups


def test_a_reference_given_by_hand_counts_and_can_be_undone(scored, measured):
    measured(scored)
    layer = ids(scored)[0]
    high = reference(scored, "High")
    scored.references.assign(layer, "Component 1", high)
    assert scored.scoring.rows[0].reference == high and scored.scoring.rows[0].by_hand
    scored.references.assign(layer, "Component 1", 0)
    row = scored.scoring.rows[0]
    assert row.reference is None and row.by_hand and row.score is None and row.reached is None
    scored.references.assign(layer, "Component 1", None)
    assert not scored.scoring.rows[0].by_hand
    for _ in range(2):
        scored.document.undo()
    assert scored.scoring.rows[0].reference == high
    scored.references.remove([high])
    measured(scored)
    assert all(row.reference != high for row in scored.scoring.rows)


def test_what_the_references_leave_is_measured_against_too(scored, measured, settle):
    scored.references.remove([reference(scored, "Noise")])
    measured(scored)
    assert [name for _, name in scored.scoring.references] == ["Low", "High", "Rest"]
    scored.stem_stacks.make_masks(False)
    settle()
    measured(scored)
    found = rows(scored)["Rest"]
    assert found.reference == REST
    assert found.score.sdr == pytest.approx(expected(scored, "Noise", (2,)).sdr, abs=0.01)
    agrees(scored)


def test_only_while_somebody_looks_on(scored, measured, settle):
    measured(scored)
    scored.scoring.watch(False)
    scored.masks.invert()
    settle()
    assert scored.scoring.left
    scored.scoring.watch(True)
    measured(scored)
    agrees(scored)


def test_masks_that_change_all_the_time_are_measured_all_the_same(scored, until, measured):
    """A stroke goes on longer than a measurement takes: the rows follow it, and at its end they are right."""
    measured(scored)
    shown = []
    scored.scoring.changed.connect(lambda: shown.append(scored.scoring.rows[0].score.sdr))
    values = iter(range(100_000))

    def still_painting():
        number = next(values)
        select_box(scored, 5 + number % 50, 200, 20, 24)
        scored.masks.fill() if number % 2 else scored.masks.take_away()
        return len(set(shown)) > 3

    until(still_painting)
    assert scored.runner.running("scores") or scored.scoring._later.isActive()
    measured(scored)
    agrees(scored)


def test_there_is_one_measurement_at_a_time(scored, until):
    most = []
    scored.runner.started.connect(
        lambda _: most.append(sum(j.key == "scores" and j.started for j in scored.runner.jobs))
    )
    for turn in range(5):
        scored.masks.invert()
        until(lambda wanted=turn: len(most) > wanted)
    until(lambda: not scored.scoring.left)
    assert len(most) >= 5 and max(most) == 0, "none works when another begins"


def test_the_table_is_copied_for_a_spreadsheet(scored, measured):
    measured(scored)
    table = list(csv.DictReader(scored.scoring.csv().splitlines()))
    assert len(table) == 4 and {each["stack"] for each in table} == {"Factorisation"}
    for line, row in zip(table, scored.scoring.rows, strict=True):
        assert line["source"] == row.source.name and line["kind"] == "layer"
        assert float(line["SDR dB"]) == pytest.approx(row.score.sdr, abs=1e-3)
        assert float(line["SI-SDR of the mix dB"]) == pytest.approx(row.mix.si_sdr, abs=1e-3)
        assert line["BSSEval v4 SDR dB"] == "" and line["by hand"] == "no"


def test_without_references_there_is_nothing_to_measure(desk, told, settle):
    desk.scoring.watch(True)
    settle()
    (row,) = desk.scoring.rows
    assert row.reference is None and row.score is None and desk.scoring.share == 1 and not desk.scoring.left
    desk.scoring.evaluate()
    desk.scoring.group_by_reference()
    assert len(told.refused) == 2 and all("add references first" in each for each in told.refused)


# -- BSSEval -----------------------------------------------------------------------------------------------


def museval_with(bss_eval) -> ModuleType:
    """A museval that is installed: the package has other releases than this repository."""
    package, metrics = ModuleType("museval"), ModuleType("museval.metrics")
    metrics.bss_eval = bss_eval
    package.metrics = metrics
    return package


def test_without_museval_a_sentence_says_so(scored, measured, settle, told, monkeypatch):
    measured(scored)
    monkeypatch.setitem(sys.modules, "museval", None)
    scored.scoring.evaluate()
    settle()
    assert "museval" in told.troubled[0] and "pip install museval" in told.troubled[0]


def test_museval_gets_what_is_rendered_and_its_medians_are_shown(scored, measured, settle, monkeypatch):
    measured(scored)
    given = {}

    def bss_eval(references, estimates, window, hop, **rest):
        given.update(references=references, estimates=estimates, window=window, hop=hop)
        frames = np.array([[1.0, 3.0, np.nan, 2.0]] * len(references))
        return frames, frames + 10, frames + 20, frames + 30, None

    monkeypatch.setitem(sys.modules, "museval", museval_with(bss_eval))
    scored.stem_stacks.make_masks(False)
    settle()
    measured(scored)
    scored.scoring.evaluate()
    settle()
    found = [row.bsseval for row in scored.scoring.rows]
    assert [(each.sdr, each.isr, each.sir, each.sar) for each in found] == [(2.0, 12.0, 22.0, 32.0)] * 3
    assert given["references"].shape == given["estimates"].shape == (3, 16000, 2) and given["window"] == 8000
    np.testing.assert_allclose(given["estimates"][0], render_all(scored.document.scene, layers=[0]), atol=1e-6)
    np.testing.assert_allclose(given["references"][1], parts()["High"], atol=1e-6)
    assert ",2.000,12.000,22.000,32.000" in scored.scoring.csv()
    scored.masks.invert()
    assert scored.scoring.rows[0].bsseval is None, "of other masks nothing is known"
