"""Holding curves: an act, undone, kept by Factorise and Continue under the layer that it was said of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.control.hand import click
from tests.control.scenes import ANALYSIS, acts, change, ids, layer, masks, random_factors
from tests.saving import document_again
from workbench.control.tools import Tool
from workbench.document.acts import layers as layer_acts
from workbench.separation.holds import Curve
from workbench.separation.settings import RunSettings

SETTINGS = RunSettings(components=4, iterations=5)


def component(desk, identity):
    return layer(desk, identity).components[0]


def test_holding_is_an_act_and_undone(separated):
    desk = separated
    desk.holding.hold(1, Curve.ACTIVATION, 1.0)
    held = desk.holding.held(1, Curve.ACTIVATION)
    assert np.array_equal(held.values, desk.document.run.factors.H[1]) and held.weight == 1
    assert desk.holding.held(1, Curve.TEMPLATE) is None and desk.holding.held(0, Curve.ACTIVATION) is None
    assert acts(desk)[-1] == "Hold the activation of Component 2"
    desk.holding.hold(1, Curve.ACTIVATION, 0.5)
    assert desk.holding.held(1, Curve.ACTIVATION).weight == 0.5
    desk.holding.release(1, Curve.ACTIVATION)
    assert desk.holding.held(1, Curve.ACTIVATION) is None
    desk.document.undo()
    assert desk.holding.held(1, Curve.ACTIVATION).weight == 0.5
    for _ in range(2):
        desk.document.undo()
    assert desk.holding.held(1, Curve.ACTIVATION) is None


def test_the_key_holds_the_present_layer_and_lets_go_again(separated):
    desk = separated
    desk.selection.select(ids(desk)[2])
    desk.holding.toggle(Curve.TEMPLATE)
    assert desk.holding.held(2, Curve.TEMPLATE) is not None
    desk.holding.toggle(Curve.TEMPLATE)
    assert desk.holding.held(2, Curve.TEMPLATE) is None
    assert acts(desk)[-2:] == ["Hold the template of Component 3", "Let go of Component 3"]


@pytest.mark.parametrize("fresh", [True, False])
def test_what_is_held_stays_with_its_layer_and_all_that_the_layer_is(separated, settle, fresh):
    desk = separated
    identity = ids(desk)[3]
    change(desk, identity, name="Bell", gain_db=-3.0, colour="#123456")
    desk.holding.hold(component(desk, identity), Curve.ACTIVATION, 1.0)
    desk.holding.hold(component(desk, identity), Curve.TEMPLATE, 1.0)
    h, w = desk.document.run.factors.H[3].copy(), desk.document.run.factors.W[:, 3].copy()
    desk.factorising.start(SETTINGS, ANALYSIS, fresh)
    settle()
    now = layer(desk, identity)
    assert (now.name, now.gain_db, now.colour) == ("Bell", -3.0, "#123456")
    k = now.components[0]
    factors = desk.document.run.factors
    assert np.array_equal(factors.H[k], h) and np.array_equal(factors.W[:, k], w)


def test_with_fewer_components_those_that_are_held_stay(separated, settle, told):
    desk = separated
    identity = ids(desk)[3]
    desk.holding.hold(3, Curve.TEMPLATE, 1.0)
    w = desk.document.run.factors.W[:, 3].copy()
    desk.factorising.start(replace(SETTINGS, components=1), ANALYSIS, True)
    settle()
    assert ids(desk) == [identity] and np.array_equal(desk.document.run.factors.W[:, 0], w)
    desk.document.undo()
    desk.holding.hold(0, Curve.TEMPLATE, 1.0)
    count = len(acts(desk))
    desk.factorising.start(replace(SETTINGS, components=1), ANALYSIS, True)
    assert len(told.troubled) == 1 and "2" in told.troubled[0] and len(acts(desk)) == count


def test_given_components_leave_the_stack_of_what_is_held(separated, settle):
    desk = separated
    desk.holding.hold(0, Curve.TEMPLATE, 1.0)
    before = desk.document.state.present
    desk.factorising.start(replace(SETTINGS, templates="pitched", low_pitch=60, high_pitch=61), ANALYSIS, True)
    settle()
    assert len(desk.document.state.stacks) == 2
    assert desk.document.state.stacks[0].known is before.known and desk.document.state.stacks[0].run == before.run


def test_what_is_drawn_in_a_held_curve_is_held(separated, settle):
    desk = separated
    desk.holding.hold(1, Curve.ACTIVATION, 1.0)
    desk.tools.choose(Tool.BRUSH)
    desk.activation_strokes.begin(1)
    desk.activation_strokes.draw(10, 40, 0.8)
    desk.activation_strokes.end()
    held = desk.holding.held(1, Curve.ACTIVATION)
    assert np.array_equal(held.values, desk.document.run.factors.H[1]) and np.allclose(held.values[10:41], 0.8)
    desk.factorising.start(SETTINGS, ANALYSIS, False)
    settle()
    assert np.array_equal(desk.document.run.factors.H[1], held.values)


def test_a_merged_layer_keeps_what_is_held_of_its_components(separated):
    desk = separated
    desk.holding.hold(1, Curve.TEMPLATE, 1.0)
    desk.document.act("merge", layer_acts.merge_layers(desk.document.recorded_state, ids(desk)[:2]))
    assert desk.holding.held(1, Curve.TEMPLATE) is not None


def test_what_is_held_is_saved(separated):
    desk = separated
    desk.holding.hold(2, Curve.TEMPLATE, 0.25)
    (back,) = document_again(desk.document).present.known
    (kept,) = desk.document.recorded_state.present.known
    assert (back.part, back.curve, back.weight, back.power) == (kept.part, kept.curve, kept.weight, kept.power)
    assert np.array_equal(back.values, kept.values)


def test_before_any_factorisation_there_is_nothing_to_hold(desk, told):
    desk.holding.toggle(Curve.TEMPLATE)
    assert len(told.refused) == 1 and not acts(desk)


# -- of components that sources share ---------------------------------------------------------------


@pytest.fixture
def shared(separated):
    """Two sources that share the four components, with a mark each, and all that may be a user's of the first."""
    desk = separated
    desk.tools.choose(Tool.POINT)
    click(desk, 0.4, 0.3)
    first = desk.selection.layer
    click(desk, 1.3, 0.7)
    change(desk, first, name="Bell", gain_db=-3.0, colour="#123456")
    return desk


def held_curves(desk):
    """Number, kind and values of what is held."""
    return [(each.part, each.curve, each.values) for each in desk.document.recorded_state.present.known]


@pytest.mark.parametrize("fresh", [True, False])
def test_sources_keep_all_that_they_are_around_a_held_component(shared, settle, fresh):
    desk, before = shared, shared.document.recorded_state
    desk.holding.hold(2, Curve.TEMPLATE, 1.0)
    desk.holding.hold(2, Curve.ACTIVATION, 1.0)
    assert acts(desk)[-2:] == ["Hold the template of component 3", "Hold the activation of component 3"]
    w, h = desk.document.run.factors.W[:, 2].copy(), desk.document.run.factors.H[2].copy()
    desk.factorising.start(SETTINGS, ANALYSIS, fresh)
    settle()
    factors, now = desk.document.run.factors, desk.document.recorded_state
    assert np.array_equal(factors.W[:, 2], w) and np.array_equal(factors.H[2], h)
    assert not np.array_equal(factors.H[1], desk.document.runs[before.run].factors.H[1])
    assert now.layers == before.layers and now.marks is before.marks and now.stacks[0] is before.stacks[0]
    assert np.abs(masks(desk).sum(axis=0) - 1).max() < 1e-5


def test_a_component_that_is_held_has_a_place_among_fewer_and_is_found_in_another_run(shared, settle, told):
    desk = shared
    desk.holding.hold(3, Curve.TEMPLATE, 1.0)
    w, run = desk.document.run.factors.W[:, 3].copy(), desk.document.recorded_state.run
    desk.factorising.start(replace(SETTINGS, components=2), ANALYSIS, True)
    settle()
    assert desk.holding.held(0, Curve.TEMPLATE) is not None and desk.holding.held(3, Curve.TEMPLATE) is None
    assert np.array_equal(desk.document.run.factors.W[:, 0], w)
    desk.document.use_run("back", run)
    assert [part for part, *_ in held_curves(desk)] == [3]
    # Of one component in another run only one of two can be found; the other waits, and is not forgotten.
    desk.holding.hold(1, Curve.TEMPLATE, 1.0)
    single = desk.document.add_run("one", SETTINGS, random_factors(desk, 1))
    desk.document.use_run("one", single)
    assert len(held_curves(desk)) == 2 and sum(part >= 1 for part, *_ in held_curves(desk)) == 1
    texts = [desk.known.name_of(known) for known, _ in desk.known.entries]
    assert sorted(texts)[1] == "Waits for a component" and sorted(texts)[0].startswith("Component 1, mostly ")
    desk.factorising.start(SETTINGS, ANALYSIS, False)
    assert "not from Continue" in told.said[-1]
    settle()
    desk.factorising.start(SETTINGS, ANALYSIS, True)
    settle()
    for part, _, values in held_curves(desk):
        assert part < 4 and np.array_equal(desk.document.run.factors.W[:, part], values)
    desk.known.remove(desk.known.entries[0][0])
    assert len(held_curves(desk)) == 1


def test_the_key_holds_what_a_source_has_most_of_and_drawing_there_is_held(shared, settle, told):
    desk = shared
    owned = {
        layer.id: [k for k, o in desk.document.owners.items() if o.id == layer.id] for layer in desk.document.layers
    }
    source = max(owned, key=lambda each: len(owned[each]))
    desk.selection.select(source)
    desk.holding.toggle(Curve.ACTIVATION)
    assert sorted(part for part, *_ in held_curves(desk)) == sorted(owned[source])
    drawn = owned[source][0]
    desk.tools.choose(Tool.BRUSH)
    before = masks(desk)
    desk.activation_strokes.begin(drawn)
    desk.activation_strokes.draw(10, 40, 0.8)
    desk.activation_strokes.end()
    held = desk.holding.held(drawn, Curve.ACTIVATION)
    assert np.allclose(held.values[10:41], 0.8) and not np.array_equal(masks(desk), before)
    # Given templates leave no place for what is held: they get a stack of their own.
    desk.factorising.start(replace(SETTINGS, templates="pitched", low_pitch=60, high_pitch=61), ANALYSIS, True)
    settle()
    assert desk.document.recorded_state.marks is None and "stay in the stack" in " ".join(told.said)
    desk.document.undo()
    desk.holding.toggle(Curve.ACTIVATION)
    assert held_curves(desk) == []
