"""Holding curves: an act, undone, kept by Factorise and Continue under the layer that it was said of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.control.scenes import ANALYSIS, acts, change, ids, layer
from workbench.control.tools import Tool
from workbench.document.acts import layers as layer_acts
from workbench.document.packing import Packer
from workbench.document.unpacking import Unpacker
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
    packer = Packer()
    entry = packer.state(desk.document.recorded_state)
    tables = packer.finish()
    (back,) = Unpacker(tables, packer.arrays).state(entry).present.known
    (kept,) = desk.document.recorded_state.present.known
    assert (back.part, back.curve, back.weight, back.power) == (kept.part, kept.curve, kept.weight, kept.power)
    assert np.array_equal(back.values, kept.values)
    for stack in entry["stacks"]:
        del stack["known"]
    assert Unpacker(tables, packer.arrays).state(entry).present.known == ()


def test_before_any_factorisation_there_is_nothing_to_hold(desk, told):
    desk.holding.toggle(Curve.TEMPLATE)
    assert len(told.refused) == 1 and not acts(desk)
