"""Runs: their names and layers, the list of them, going on and beginning anew, in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtTest import QTest

from tests.acting import change_layer
from tests.conftest import pump
from tests.ui.gestures import LEFT, comes_to_show_costs, finish, rendered, run
from workbench.document.acts import layers as layer_acts


def test_names_and_colours_stay_with_similar_components(factorised):
    """Another seed brings the components in another order: the renamed layer keeps its sound."""
    program, document = factorised, factorised.desk.document
    run(program, iterations=80)
    index = 2
    layer = document.layers[index]
    change_layer(document, "rename", layer.id, name="Bell", colour="#123456")
    before = rendered(program, index)
    for _ in range(3):
        QTest.mouseClick(program.window.panes.factorise.another, LEFT)
        finish(program)
        again = next(i for i, each in enumerate(document.layers) if each.name == "Bell")
        assert document.layers[again].colour == "#123456"
        sounds = [rendered(program, i) for i in range(len(document.layers))]
        alike = [float(np.vdot(before, s)) / np.linalg.norm(s) / np.linalg.norm(before) for s in sounds]
        assert int(np.argmax(alike)) == again and alike[again] > 0.8
    assert document.run.settings.seed == 3


def test_a_merged_layer_keeps_all_its_components_in_a_fresh_run(factorised):
    program, document = factorised, factorised.desk.document
    document.act(
        "merge", layer_acts.merge_layers(document.recorded_state, [document.layers[0].id, document.layers[2].id])
    )
    assert len(document.layers) == 3
    run(program, seed=5)
    assert len(document.layers) == 3 and len(document.layers[0].components) == 2
    assert sorted(c for layer in document.layers for c in layer.components) == [0, 1, 2, 3]


def test_earlier_runs_stay_in_the_list_and_in_the_plot_and_can_be_used_again(factorised):
    program, document = factorised, factorised.desk.document
    panel = program.window.panes.factorise
    first, mask = document.state.run, document.stack.layer_mask(1, np.arange(100), np.arange(40))
    run(program, components=6, divergence="is")
    assert len(document.layers) == 6 and comes_to_show_costs(program, 1), "costs of two divergences do not compare"
    run(program, components=6, divergence="is", seed=1)
    assert comes_to_show_costs(program, 2)
    panel.runs.list.setCurrentIndex(panel.runs.list.findData(first))
    panel.runs.list.activated.emit(panel.runs.list.currentIndex())
    pump(program.application)
    assert document.state.run == first and len(document.layers) == 4
    masks = [document.stack.layer_mask(i, np.arange(100), np.arange(40)) for i in range(4)]
    assert any(np.allclose(mask, each) for each in masks)
    document.undo()
    assert len(document.layers) == 6


def test_best_of_several_starts_and_a_second_method_beside(factorised):
    program, document = factorised, factorised.desk.document
    known = set(document.runs)
    run(program, tries=3, iterations=10)
    best, *others = (document.runs[r] for r in sorted(set(document.runs) - known))
    assert len(others) == 2 and best.costs[-1] <= min(other.costs[-1] for other in others)
    seeds = [r.settings.seed for r in (best, *others)]
    assert sorted(seeds) == [0, 1, 2]
    run(program, tries=1, seed=seeds[0])
    assert document.run.costs == pytest.approx(best.costs), "the seed that is told is the one that was kept"
    known = set(document.runs)
    run(program, tries=1, method="smooth", compare="em", iterations=10)
    smooth, em = (document.runs[r] for r in sorted(set(document.runs) - known))
    assert (smooth.settings.method, em.settings.method) == ("smooth", "em")
    assert len(em.costs) == 10 and em.costs[-1] > smooth.costs[-1]
    assert comes_to_show_costs(program, 2), "MM beside EM, and nothing else"
    run(program, method="hpss", compare="")
    shown = program.window.panes.costs._curves
    gone = pump(program.application, lambda: not [run for run in shown if document.runs[run].costs], 5)
    assert gone, "HPSS has no cost to compare"


def test_names_that_the_program_gave_follow_the_run(factorised):
    program, document = factorised, factorised.desk.document
    change_layer(document, "rename", document.layers[1].id, name="Mine")
    run(program, method="patterns", templates="drums", length=3, iterations=3)
    drums = document.state.run
    assert sorted(layer.name for layer in document.layers) == ["hihat", "kick", "snare"]
    run(program, method="fast", templates="random", components=6)
    assert [layer.name for layer in document.layers] == [f"Component {k + 1}" for k in range(6)]
    assert len({layer.colour for layer in document.layers}) == 6
    box = program.window.panes.factorise.runs.list
    box.setCurrentIndex(box.findData(drums))
    box.activated.emit(box.currentIndex())
    assert sorted(layer.name for layer in document.layers) == ["hihat", "kick", "snare"]
    assert program.desk.wishes.settings.method == "patterns"


def test_runs_of_another_kind_come_back_with_their_layers(factorised):
    program, document = factorised, factorised.desk.document
    change_layer(document, "rename", document.layers[1].id, name="Bell")
    first = document.state.run
    run(program, method="hpss")
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive"]
    program.desk.wishes.use_run(first)
    assert [layer.name for layer in document.layers][1] == "Bell" and len(document.layers) == 4
    run(program, method="hpss")
    run(program, method="fast")
    assert "Harmonic" not in [layer.name for layer in document.layers] and len(document.layers) == 4


def test_runs_of_another_window_are_not_offered(factorised):
    program, document = factorised, factorised.desk.document
    panel, first = program.window.panes.factorise, document.state.run
    panel.window_size.setCurrentIndex(panel.window_size.findData(1024))
    run(program)
    # The window is analysed first.
    assert pump(program.application, lambda: document.state.run > first + 1, 20)
    finish(program)
    assert document.state.analysis.window == 1024 and panel.runs.list.findData(first) < 0
    program.desk.wishes.use_run(first)
    assert document.state.run != first
    document.undo()
    document.undo()
    assert document.state.run == first and panel.runs.list.findData(first) >= 0
    program.window.grab()


def test_two_presses_in_a_row_keep_names_with_their_sounds(factorised):
    program, document = factorised, factorised.desk.document
    run(program, iterations=60)
    change_layer(document, "rename", document.layers[2].id, name="Bell")
    before = rendered(program, 2)
    steps = len(document.steps)
    for _ in range(2):
        program.desk.wishes.try_another_seed()
    finish(program)
    assert len(document.steps) == steps + 1, "the run that never showed anything left no step"
    again = next(i for i, each in enumerate(document.layers) if each.name == "Bell")
    after = rendered(program, again)
    assert float(np.vdot(before, after)) / np.linalg.norm(before) / np.linalg.norm(after) > 0.8


def test_the_same_sounds_keep_their_names_when_they_are_matched(factorised):
    program, document = factorised, factorised.desk.document
    run(program, method="patterns", templates="drums", activations="uniform", iterations=3)
    assert [layer.name for layer in document.layers] == ["kick", "snare", "hihat"]
    run(program, method="match", iterations=3)
    assert [layer.name for layer in document.layers] == ["kick", "snare", "hihat"]


def test_matching_keeps_layers_of_one_name_apart(factorised):
    program, document = factorised, factorised.desk.document
    for layer, gain in ((document.layers[1], 0.0), (document.layers[2], -12.0)):
        change_layer(document, "rename", layer.id, name="Voice", gain_db=gain)
    before = [(layer.name, layer.components, layer.gain_db) for layer in document.layers]
    run(program, method="match", iterations=3)
    assert [(layer.name, layer.components, layer.gain_db) for layer in document.layers] == before
