"""Factorisations in the document: their steps, their layers, and which of them stay."""

from dataclasses import replace

import numpy as np
import pytest

from tests.acting import change_layer, region_masks
from tests.document.tones import begin, factors, masks, opened, paint
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.runs import MOST_RUNS, PREVIEW, Runs, model_fits
from workbench.document.state import Run
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Shares
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

FEW = Factors(np.ones((2, 1), np.float32), np.ones((1, 3), np.float32))


def test_a_factorisation_makes_one_layer_a_component_as_one_step():
    document = opened()
    begin(document, 3)
    assert [layer.components for layer in document.layers] == [(0,), (1,), (2,)]
    document.undo()
    assert [layer.name for layer in document.layers] == ["Everything"] and document.run is None
    document.redo()
    assert len(document.layers) == 3


def test_publishing_replaces_the_factors_of_its_run_and_adds_no_step():
    document = opened()
    run = begin(document)
    name = document.undo_name
    newer = factors(document, 3, 9)
    document.publish(run, newer, (3.0, 2.0))
    assert document.run.factors is newer and document.run.costs == (3.0, 2.0) and document.undo_name == name
    paint(document, 0)
    newest = factors(document, 3, 10)
    document.publish(run, newest, (3.0, 2.0, 1.0))
    assert document.stack.factors is newest, "a stroke does not make the run stale"
    document.undo()
    assert document.stack.factors is newest


def test_undoing_past_a_run_restores_the_former_factors():
    document = opened()
    first = begin(document, 3)
    document.publish(first, factors(document, 3, 1), (1.0,))
    before = masks(document)
    second = begin(document, 3, fresh=False, seed=2)
    document.publish(second, factors(document, 3, 3), (1.0,))
    document.undo()
    np.testing.assert_array_equal(masks(document), before)
    document.publish(second, factors(document, 3, 4), (1.0,))
    np.testing.assert_array_equal(masks(document), before)


def test_components_keep_layer_name_colour_and_fader():
    document = opened()
    begin(document, 3)
    layer = document.layers[1]
    change_layer(document, "rename", layer.id, name="Bass", gain_db=-3.0, colour="#123456")
    begin(document, 5, seed=1)
    kept = document.layers[1]
    assert (kept.id, kept.name, kept.gain_db, kept.colour) == (layer.id, "Bass", -3.0, "#123456")
    assert [each.components for each in document.layers] == [(0,), (1,), (2,), (3,), (4,)]
    begin(document, 2, seed=2)
    # With fewer components those that the user has touched stay, then the loudest.
    names = [each.name for each in document.layers]
    assert len(names) == 2 and "Bass" in names and [each.components for each in document.layers] == [(0,), (1,)]


def test_painted_layers_outlive_a_factorisation():
    document = opened()
    state, identity = layer_acts.add_layer(document.recorded_state, "Voice")
    document.act("new", state)
    document.act("x", mask_acts.set_edits(document.recorded_state, ()))
    paint(document, 1)
    begin(document, 3)
    voice = next(i for i, layer in enumerate(document.layers) if layer.id == identity)
    rows = document.stack.layer_mask(voice, np.array([120]), np.array([15]))
    assert rows[0, 0] == pytest.approx(1.0)


def test_what_was_painted_into_a_merged_layer_outlives_a_factorisation():
    document = opened()
    begin(document, 3)
    state, identity = layer_acts.add_layer(document.recorded_state, "Voice")
    document.act("new", state)
    paint(document, 3)
    first = document.layers[0].id
    document.act("merge", layer_acts.merge_layers(document.recorded_state, [first, identity]))
    begin(document, 3, seed=5)
    assert document.layers[0].id == first
    assert document.stack.layer_mask(0, np.array([120]), np.array([15]))[0, 0] == pytest.approx(1.0)
    assert sorted(c for layer in document.layers for c in layer.components) == [0, 1, 2]


def test_restored_layers_get_identities_of_their_own():
    document = opened()
    first = begin(document, 3)
    kept = document.layers
    change_layer(document, "rename", kept[0].id, name="Bass")
    layers = document.layers
    document.undo()
    state, _ = layer_acts.add_layer(document.recorded_state, "Mine")
    document.act("new", state)
    back = layer_acts.restored(document.recorded_state, first, layers, 3)
    identities = [each.id for each in back.layers] + [part for each in back.layers for part in each.part_ids]
    assert len(identities) == len(set(identities)) and max(identities) < back.next_id
    assert [each.name for each in back.layers] == ["Bass", *[x.name for x in layers[1:]], "Mine"]


def test_a_run_that_came_to_nothing_leaves_no_step():
    document = opened()
    begin(document, 3)
    before = document.recorded_state
    empty = begin(document, 5)
    document.withdraw(empty)
    assert document.recorded_state is before and document.redo_name == "" and empty not in document.runs
    later = begin(document, 5)
    change_layer(document, "rename", document.layers[0].id, name="x")
    document.withdraw(later)
    assert document.layers[0].name == "x", "not under a later act"


def test_two_layers_of_one_name_do_not_share_a_component():
    document = opened()
    begin(document, 3)
    for layer in document.layers[:2]:
        change_layer(document, "rename", layer.id, name="kick")
    state, _ = layer_acts.factorised(document.recorded_state, 99, 2, ["kick", "snare"])
    assert sorted(c for layer in state.layers for c in layer.components) == [0, 1]


def test_a_painted_layer_comes_back_once_when_its_run_is_used_again():
    """Of what was separated in another way only the painted layer stays; with its run it gets its component back."""
    document = opened()
    run = begin(document, 3)
    change_layer(document, "rename", document.layers[1].id, name="Bell")
    paint(document, 1)
    frames = document.state.analysis.frames(len(document.recording.samples))
    halves = Shares(np.full((2, frames, 1025), 0.5, np.float16))
    document.begin_run("hpss", RunSettings(method="hpss"), halves, True, ["Harmonic", "Percussive"])
    assert sorted(layer.name for layer in document.layers) == ["Bell", "Harmonic", "Percussive"]
    document.use_run("back", run)
    assert sorted(layer.name for layer in document.layers) == ["Bell", "Component 1", "Component 3"]
    bell = next(layer for layer in document.layers if layer.name == "Bell")
    assert bell.components == (1,)
    total = region_masks(document.stack, Region(90, 150, 0, 30)).sum(axis=0)
    np.testing.assert_allclose(total, 1, atol=1e-5)
    ids = [i for layer in document.layers for i in (layer.id, *layer.part_ids)]
    assert len(set(ids)) == len(ids)


def test_runs_that_nothing_can_bring_back_are_let_go():
    document = opened()
    begin(document, 2)
    for step in range(MOST_RUNS + 5):
        document.act_factors("draw", factors(document, 2, step))
    assert len(document.runs) == MOST_RUNS + 6, "every step of the history keeps its factors"
    for _ in range(MOST_RUNS + 4):
        document.undo()
    document.act_factors("draw", factors(document, 2, 99))
    assert len(document.runs) == 3, "what redo could have brought is gone"
    for seed in range(MOST_RUNS + 5):
        document.add_run(f"run {seed}", RunSettings(), factors(document, 2, seed))
    document.act_factors("draw", factors(document, 2, 7))
    assert sum(bool(run.name) for run in document.runs.values()) == MOST_RUNS + 1, "the newest, and the one in use"
    assert document.state.run in document.runs


def test_layers_that_the_program_made_of_several_components_come_apart_again():
    document = opened()
    names = ["Noise", "Noise", "Rest", "Rest", "Rest"]
    document.begin_run("speech", RunSettings(), factors(document, 5), True, names)
    assert [(layer.name, layer.components) for layer in document.layers] == [("Noise", (0, 1)), ("Rest", (2, 3, 4))]
    document.begin_run("again", RunSettings(), factors(document, 5, 1), True, names)
    assert [(layer.name, layer.components) for layer in document.layers] == [("Noise", (0, 1)), ("Rest", (2, 3, 4))]
    general = begin(document, 6, seed=2)
    assert sorted(layer.components for layer in document.layers) == [(k,) for k in range(6)]
    assert sorted(layer.name for layer in document.layers) == [f"Component {k + 1}" for k in range(6)]
    document.use_run("speech again", 1)
    assert {layer.name: len(layer.components) for layer in document.layers} == {"Noise": 2, "Rest": 3}
    document.use_run("general again", general)
    assert sorted(layer.components for layer in document.layers) == [(k,) for k in range(6)]


def test_what_the_user_merged_stays_together():
    document = opened()
    begin(document, 5)
    ids = [layer.id for layer in document.layers]
    document.act("merge", layer_acts.merge_layers(document.recorded_state, [ids[1], ids[3]]))
    begin(document, 5, seed=1)
    assert sorted(layer.components for layer in document.layers) == [(0,), (1, 3), (2,), (4,)]


def test_a_layer_of_another_name_does_not_take_a_returning_ones_place():
    """After undo identities are given again: only a layer of the same name is the one that was there."""
    document = opened()
    frames = document.state.analysis.frames(len(document.recording.samples))
    halves = Shares(np.full((2, frames, 1025), 0.5, np.float16))
    hpss, _ = document.begin_run("hpss", RunSettings(method="hpss"), halves, True, ["Harmonic", "Percussive"])
    document.undo()
    begin(document, 3)
    change_layer(document, "rename", document.layers[0].id, name="My voice")
    paint(document, 0)
    document.use_run("hpss again", hpss)
    assert sorted(layer.name for layer in document.layers) == ["Harmonic", "My voice", "Percussive"]


def test_an_edited_run_has_no_cost_that_belongs_to_others():
    document = opened()
    run = begin(document, 2)
    document.publish(run, factors(document, 2), (3.0, 2.0, 1.0))
    document.act_factors("draw", factors(document, 2, 1))
    assert document.run.costs == () and document.runs[run].costs == (3.0, 2.0, 1.0)


def test_letting_runs_go_is_told():
    document = opened()
    begin(document, 2)
    told = []
    document.runs_changed.connect(lambda: told.append(set(document.runs)))
    for seed in range(MOST_RUNS + 3):
        document.add_run(f"run {seed}", RunSettings(), factors(document, 2, seed))
    change_layer(document, "mute", document.layers[0].id, mute=True)
    assert told[-1] == set(document.runs)


def test_using_a_run_after_deleting_layers_leaves_layers():
    document = opened()
    one = begin(document, 1)
    begin(document, 2, seed=1)
    document.act("delete", layer_acts.remove_layer(document.recorded_state, document.layers[0].id))
    document.use_run("one", one)
    assert [layer.components for layer in document.layers] == [(0,)]


def test_a_number_is_never_given_twice_and_a_trial_has_one_of_its_own():
    runs = Runs({4: Run(RunSettings(), FEW)})
    assert runs.add(Run(RunSettings(), FEW)) == 5
    runs.remove(5)
    runs.remove(5)
    assert runs.add(Run(RunSettings(), FEW)) == 6
    runs.try_out(Run(RunSettings(), FEW))
    assert set(runs.known) == {PREVIEW, 4, 6} and not runs.forget({4, 6}), "what is tried out stays meanwhile"
    runs.end_trial()
    assert set(runs.known) == {4, 6} and runs.nbytes(4) == FEW.nbytes and runs.nbytes(5) == 0
    assert runs.forget({4}) and set(runs.known) == {4}, "without a name nothing can bring it back"


def carry_over(runs: Runs, number: int, old: Analysis, new: Analysis, samples: int, rate: float) -> dict[int, int]:
    return runs.carry_over({number: runs.known[number].factors.resampled(old, new, samples)}, old, new, samples, rate)


def test_runs_are_carried_over_with_the_time_that_they_were_learnt_from():
    old, new, rate, samples = Analysis(512, 128), Analysis(1024, 256), 8000, 8000
    rng = np.random.default_rng(0)
    w, h = rng.random((old.bins, 2), np.float32), rng.random((2, old.frames(samples)), np.float32)
    runs = Runs({1: Run(RunSettings(selection=(20, 41)), Factors(w, h), (1.0,), "one"), 2: Run(RunSettings(), FEW)})
    carried = carry_over(runs, 1, old, new, samples, rate)
    assert carried == {1: 3} and runs.known[1].factors.W is w
    copy = runs.known[3]
    assert model_fits(copy.factors, new.bins, new.frames(samples)) and not model_fits(copy.factors, old.bins, 3)
    assert (copy.name, copy.costs) == ("one", ())
    assert copy.settings.selection == new.frames_of(*old.span(20, 41, rate), rate) == (10, 20)


def test_masks_given_for_every_bin_fit_their_plane_only():
    masks = Shares(np.zeros((2, 7, 5), np.float16))
    assert model_fits(masks, 5, 7) and not model_fits(masks, 7, 5)
    assert not model_fits(Factors(np.zeros((5, 3), np.float32), np.zeros((2, 7), np.float32)), 5, 7)


def test_a_run_keeps_its_number_through_another_window_and_back_it_loses_nothing():
    old, new, rate, samples = Analysis(512, 128), Analysis(1024, 256), 8000, 8000
    rng = np.random.default_rng(0)
    w, h = rng.random((old.bins, 2), np.float32), rng.random((2, old.frames(samples)), np.float32)
    runs = Runs()
    first = runs.add(Run(RunSettings(), Factors(w, h), (3.0, 1.0), "one"))
    there = carry_over(runs, first, old, new, samples, rate)[first]
    assert runs.known[there].number == runs.known[first].number == 1
    assert carry_over(runs, there, new, old, samples, rate) == {there: first}, "there is no better copy than itself"
    assert carry_over(runs, first, old, new, samples, rate) == {first: there}
    drawn = runs.add(replace(runs.known[there], name="", costs=()))
    assert runs.known[drawn].number == 1, "what was drawn in is still run 1"
    back = carry_over(runs, drawn, new, old, samples, rate)[drawn]
    assert back not in (first, there, drawn) and runs.known[back].number == 1, "and is carried over as it was drawn"
    assert runs.known[runs.add(Run(RunSettings(), FEW, (), "two"))].number == 2


def test_numbers_of_a_file_of_an_earlier_version_are_those_that_it_showed():
    runs = Runs({3: Run(RunSettings(), FEW, (), "three"), 7: Run(RunSettings(), FEW, (), "again", (), 4)})
    assert [run.number for run in runs.known.values()] == [3, 4]
    assert runs.known[runs.add(Run(RunSettings(), FEW))].number == 5
