"""What is known of components, through any acts and runs: it stays with its part, and the masks stay a partition."""

from __future__ import annotations

import numpy as np
import pytest

from tests.control.scenes import ANALYSIS, ids, random_factors
from tests.saving import saved_again
from workbench.document.acts import known as known_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts.sources import add_mark, add_source, begin_sources
from workbench.errors import UserError
from workbench.masks.edits.areas import rectangle
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Shares
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Onsets
from workbench.separation.settings import RunSettings


def act(desk, rng, what):
    document, state = desk.document, desk.document.recorded_state
    layer = state.layers[rng.integers(len(state.layers))]
    if what == "hold":
        run = document.run
        parts = [part for part in layer.parts if part.component is not None]
        if run is None or not parts or not isinstance(run.factors, Factors):
            return
        curve = list(Curve)[rng.integers(2)]
        values = known_acts.curve_of(run.factors, parts[0].component, curve)
        document.act(what, known_acts.tell(state, Hold(parts[0].id, curve, values, float(rng.integers(1, 5)) / 4)))
    elif what == "tap":
        document.act(what, known_acts.tell(state, Onsets(layer.part_ids[0], (0.1, float(rng.random()) + 0.2))))
    elif what == "play":
        notes = [(60.0 + i, ((0.1, 0.5),)) for i in range(rng.integers(4))]
        document.act(what, known_acts.play(state, layer.id, notes))
    elif what == "add":
        document.act(what, layer_acts.add_layer(state, "New")[0])
    elif what == "merge" and len(state.layers) > 2:
        document.act(what, layer_acts.merge_layers(state, rng.choice(ids(desk), 2, replace=False).tolist()))
    elif what == "remove" and len(state.layers) > 1:
        document.act(what, layer_acts.remove_layer(state, layer.id))
    elif what == "factorise":
        count = max(2, len({part for part, _ in known_acts.told_of(state)})) + int(rng.integers(4))
        factors = random_factors(desk, count, int(rng.integers(1000)))
        document.begin_run(what, RunSettings(components=count), factors, True)
        told = {part for part, _ in known_acts.told_of(document.recorded_state)}
        assert told == {part for part, _ in known_acts.told_of(state)}, "no word is lost"
        assert len(known_acts.known_components(document.recorded_state)) == len(known_acts.told_of(state))
    elif what == "another run":
        usable = [number for number in document.runs if document.fits(number)]
        if usable and document.run is not None:
            before = known_acts.told_of(state)
            document.use_run(what, usable[rng.integers(len(usable))])
            assert {part for part, _ in known_acts.told_of(document.recorded_state)} == {part for part, _ in before}
    elif what == "undo":
        document.undo()
    elif what == "redo":
        document.redo()


KINDS = (
    "hold",
    "hold",
    "tap",
    "play",
    "add",
    "merge",
    "remove",
    "factorise",
    "factorise",
    "undo",
    "redo",
    "another run",
)


@pytest.mark.parametrize("seed", range(12))
def test_any_acts_keep_what_is_known_and_a_partition(desk, seed):
    rng = np.random.default_rng(seed)
    rows, columns = np.arange(0, ANALYSIS.bins, 16), np.arange(0, 100, 7)
    for _ in range(60):
        act(desk, rng, KINDS[rng.integers(len(KINDS))])
        state = desk.document.recorded_state
        components = [c for layer in state.layers for c in layer.components]
        assert len(components) == len(set(components)) and min(components, default=0) >= 0
        part_ids = [part for layer in state.layers for part in layer.part_ids]
        assert len(part_ids) == len(set(part_ids)) and all(layer.parts for layer in state.layers)
        stack = desk.document.stack
        total = sum(stack.layer_mask(i, rows, columns) for i in range(len(state.layers)))
        assert np.abs(total - 1).max() < 1e-5
    back = saved_again(state, desk.document.runs, desk.document.recording)
    assert [(x.part, type(x)) for x in back.present.known] == [(x.part, type(x)) for x in state.present.known]


def test_what_is_known_of_a_layer_that_is_gone_counts_no_more(desk):
    state, identity = layer_acts.add_layer(desk.document.recorded_state, "Drum")
    part = state.layers[-1].part_ids[0]
    state = known_acts.tell(state, Onsets(part, (0.5,)))
    assert known_acts.told_of(state) == ((part, Onsets(part, (0.5,))),)
    assert known_acts.told_of(layer_acts.remove_layer(state, identity)) == ()
    with pytest.raises(UserError):
        known_acts.play(state, 10**6, [])


def test_back_to_a_run_after_one_of_another_kind_what_is_held_is_held_of_its_component(separated):
    document = separated.document
    separated.holding.hold(1, Curve.TEMPLATE, 1.0)
    layer = document.layers[1].id
    frames, bins = document.stack.frames, document.stack.bins
    halves = Shares(np.full((2, frames, bins), 0.5, np.float16))
    document.put_model("halves", RunSettings(method="hpss"), halves, ["A", "B"], "halves")
    document.use_run("back", 1)
    now = next(each for each in document.layers if each.id == layer)
    assert len(now.parts) == 1 and now.components == (1,) and separated.holding.held(1, Curve.TEMPLATE) is not None


@pytest.mark.parametrize("seed", range(6))
def test_any_runs_keep_what_is_held_of_shared_components_and_the_sources(separated, seed):
    desk, rng = separated, np.random.default_rng(seed)
    document, rows, columns = desk.document, np.arange(0, ANALYSIS.bins, 16), np.arange(0, 100, 7)
    state = begin_sources(document.recorded_state, document.recorded_state.run, "Sources", "Rest")
    for name in ("One", "Two"):
        state, layer = add_source(state, name)
        low, start = (int(edge) for edge in rng.integers(60, size=2))
        place = rectangle(Region(low, low + 40, start, start + 30), ANALYSIS.bins, document.stack.frames)
        state = add_mark(state, layer, place)
    document.act("sources", state)
    layers, marks = state.layers, state.marks
    for step in range(40):
        what = ("hold", "hold", "release", "factorise", "another run", "undo")[rng.integers(6)]
        count = document.run.factors.components
        curve, k = list(Curve)[rng.integers(2)], int(rng.integers(count))
        if what == "hold":
            desk.holding.hold(k, curve, 1.0)
        elif what == "release":
            desk.holding.release(k, curve)
        elif what == "factorise":
            count = len({part for part, _ in known_acts.told_of(document.recorded_state)})
            made = random_factors(desk, max(2, count) + int(rng.integers(3)), step)
            document.begin_run(what, RunSettings(components=made.components), made, True)
            told = known_acts.told_of(document.recorded_state)
            assert all(part < made.components for part, _ in told), "each has a place"
        elif what == "another run":
            before = known_acts.told_of(document.recorded_state)
            usable = [n for n in document.runs if document.fits(n)]
            document.use_run(what, usable[rng.integers(len(usable))])
            now = known_acts.told_of(document.recorded_state)
            assert [x.values is y.values for (_, x), (_, y) in zip(before, now, strict=True)] == [True] * len(now)
        elif what == "undo" and document.step > 2:
            document.undo()
        told = [(known.part, known.curve) for _, known in known_acts.told_of(document.recorded_state)]
        assert len(told) == len(set(told)), "one word for each curve"
        assert len(desk.known.entries) == len(told)
        assert (document.layers, document.state.marks) == (layers, marks)
        stack = document.stack
        total = sum(stack.layer_mask(i, rows, columns) for i in range(len(layers)))
        assert np.abs(total - 1).max() < 1e-5
