from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import begin as stroke
from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.document import MOST_RUNS, Document
from workbench.document.history import History
from workbench.document.state import fresh_state
from workbench.masks.edits.edits import Paint
from workbench.masks.edits.resampling import resample_factors
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors, Shares
from workbench.separation.settings import RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def opened() -> Document:
    samples = tone_mix(2.0)
    document = Document()
    document.open(Recording(samples, 8000, Path("x.wav")), analyse_levels(samples, Analysis()))
    return document


def factors(document: Document, k: int, seed: int = 0) -> Factors:
    rng = np.random.default_rng(seed)
    frames = document.state.analysis.frames(len(document.recording.samples))
    return Factors(rng.random((1025, k)).astype(np.float32), rng.random((k, frames)).astype(np.float32))


def begin(document: Document, k: int = 3, fresh: bool = True, seed: int = 0) -> int:
    return document.begin_run("run", RunSettings(components=k), factors(document, k, seed), fresh)[0]


def paint(document: Document, layer: int, name: str = "stroke") -> None:
    painter = stroke(document.stack, layer, 1.0)
    painter.extend(Region(100, 140, 5, 25), np.ones((40, 20), np.float32))
    document.act(name, mask_acts.set_edits(document.recorded_state, painter.edits))


def masks(document: Document) -> np.ndarray:
    return document.stack.region_masks(Region(90, 150, 0, 30))


def test_before_any_factorisation_there_is_one_layer_everything():
    document = opened()
    assert [layer.name for layer in document.layers] == ["Everything"]
    assert not document.dirty and document.undo_name == ""


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
    document.change_layer("rename", layer.id, name="Bass", gain_db=-3.0, colour="#123456")
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


def test_merge_remove_and_reorder():
    document = opened()
    begin(document, 4)
    a, b, c, d = (layer.id for layer in document.layers)
    document.act("merge", layer_acts.merge_layers(document.recorded_state, [a, c]))
    assert [layer.components for layer in document.layers] == [(0, 2), (1,), (3,)]
    document.act("move", layer_acts.move_layer(document.recorded_state, d, 0))
    assert [layer.id for layer in document.layers] == [d, a, b]
    document.act("remove", layer_acts.remove_layer(document.recorded_state, a))
    np.testing.assert_allclose(masks(document).sum(axis=0), 1, atol=1e-6)
    with pytest.raises(ValueError, match="two or more"):
        layer_acts.merge_layers(document.recorded_state, [d])
    document.act("remove", layer_acts.remove_layer(document.recorded_state, b))
    with pytest.raises(ValueError, match="last layer"):
        layer_acts.remove_layer(document.recorded_state, d)


def test_slider_moves_are_one_step_until_it_is_let_go():
    document = opened()
    layer = document.layers[0].id
    for db in (-1.0, -2.0, -3.0):
        document.change_layer("Gain", layer, "gain", gain_db=db)
    document.seal()
    document.change_layer("Gain", layer, "gain", gain_db=-9.0)
    document.undo()
    assert document.layers[0].gain_db == -3.0
    document.undo()
    assert document.layers[0].gain_db == 0.0


def test_a_preview_is_shown_and_leaves_no_trace():
    document = opened()
    begin(document, 3)
    before, name = masks(document), document.undo_name
    document.preview(mask_acts.invert(document.recorded_state, document.layers[0].id))
    assert not np.array_equal(masks(document), before)
    document.end_preview()
    np.testing.assert_array_equal(masks(document), before)
    assert document.undo_name == name


def test_signals_say_what_changed_and_where():
    document = opened()
    begin(document, 3)
    heard: list[object] = []
    document.masks_changed.connect(lambda region: heard.append(("masks", region)))
    document.mix_changed.connect(lambda: heard.append("mix"))
    document.layers_changed.connect(lambda: heard.append("layers"))
    document.change_layer("gain", document.layers[0].id, gain_db=-1.0)
    assert heard == ["mix"]
    heard.clear()
    document.change_layer("name", document.layers[0].id, name="n")
    assert heard == ["layers"]
    heard.clear()
    paint(document, 0)
    ((kind, region),) = heard
    assert kind == "masks" and (region.low, region.high, region.start, region.stop) == (64, 192, 0, 64)
    heard.clear()
    document.act("invert", mask_acts.invert(document.recorded_state, document.layers[0].id))
    assert heard == [("masks", None)]


def test_another_window_carries_edits_and_factors_over_as_one_step():
    document = opened()
    run = begin(document, 3)
    document.publish(run, factors(document, 3, 5), (1.0,))
    paint(document, 0)
    wide = Analysis(4096, 1024)
    document.set_analysis(wide, analyse_levels(document.recording.samples, wide))
    assert document.stack.factors.W.shape == (2049, 3)
    assert document.stack.layer_mask(0, np.array([240]), np.array([7]))[0, 0] == pytest.approx(1.0)
    document.undo()
    assert document.state.analysis == Analysis() and document.stack.factors.W.shape == (1025, 3)
    document.undo()
    assert document.state.edits == ()


def test_resampled_factors_keep_their_shape():
    f = Factors(np.hanning(1025)[:, None].astype(np.float32), np.hanning(201)[None].astype(np.float32))
    out = resample_factors(f, Analysis(2048, 512), Analysis(4096, 1024), 200 * 512)
    assert out.W.shape == (2049, 1) and out.H.shape == (1, 101)
    assert np.argmax(out.W) == 1024 and np.argmax(out.H) == 50
    assert out.W.sum() == pytest.approx(f.W.sum(), rel=1e-4)


def test_saved_work_is_not_dirty():
    document = opened()
    begin(document, 2)
    assert document.dirty
    document.mark_saved(document.recorded_state, dict(document.runs), Path("p.workbench"))
    assert not document.dirty
    document.undo()
    assert document.dirty
    document.redo()
    assert not document.dirty
    document.publish(document.state.run, factors(document, 2, 8), (1.0,))
    assert document.dirty, "what a run published since is not in the file"


@given(st.lists(st.sampled_from(["act", "merge", "seal", "undo", "redo"]), max_size=60))
def test_undo_and_redo_never_raise_and_redo_takes_undo_back(sequence):
    history = History(fresh_state(Analysis()))
    for i, what in enumerate(sequence):
        if what in ("act", "merge"):
            history.record(str(i), replace(history.state, next_id=i + 10), "key" if what == "merge" else None)
        elif what == "seal":
            history.seal()
        else:
            before, can = history.state, bool(history.undo_name if what == "undo" else history.redo_name)
            getattr(history, what)()
            assert (history.state is not before) == can
            if can:
                getattr(history, "redo" if what == "undo" else "undo")()
                assert history.state is before
                getattr(history, what)()


def test_masks_come_back_bit_for_bit():
    document = opened()
    begin(document, 4)
    seen = [masks(document)]
    rng = np.random.default_rng(0)
    for i in range(30):
        painter = stroke(document.stack, int(rng.integers(4)), [None, 0.0, 1.0][rng.integers(3)])
        low, start = int(rng.integers(80, 140)), int(rng.integers(0, 25))
        painter.extend(Region(low, low + 20, start, start + 9), rng.random((20, 9)).astype(np.float32))
        document.act(str(i), mask_acts.set_edits(document.recorded_state, painter.edits))
        seen.append(masks(document))
    for expected in reversed(seen[:-1]):
        document.undo()
        np.testing.assert_array_equal(masks(document), expected)
    for expected in seen[1:]:
        document.redo()
        np.testing.assert_array_equal(masks(document), expected)


def test_a_state_shares_what_it_has_not_changed():
    document = opened()
    begin(document, 3)
    paint(document, 0)
    first = document.recorded_state.edits[0]
    painter = stroke(document.stack, 1, 1.0)
    painter.extend(Region(400, 410, 5, 10), np.ones((10, 5), np.float32))
    second = painter.edits[0]
    assert isinstance(first, Paint) and isinstance(second, Paint)
    assert all(second.tiles[key] is tile for key, tile in first.tiles.items())


def test_restored_layers_get_identities_of_their_own():
    document = opened()
    first = begin(document, 3)
    kept = document.layers
    document.change_layer("rename", kept[0].id, name="Bass")
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
    document.change_layer("rename", document.layers[0].id, name="x")
    document.withdraw(later)
    assert document.layers[0].name == "x", "not under a later act"


def test_two_layers_of_one_name_do_not_share_a_component():
    document = opened()
    begin(document, 3)
    for layer in document.layers[:2]:
        document.change_layer("rename", layer.id, name="kick")
    state, _ = layer_acts.factorised(document.recorded_state, 99, 2, ["kick", "snare"])
    assert sorted(c for layer in state.layers for c in layer.components) == [0, 1]


def test_a_painted_layer_comes_back_once_when_its_run_is_used_again():
    """Of what was separated in another way only the painted layer stays; with its run it gets its component back."""
    document = opened()
    run = begin(document, 3)
    document.change_layer("rename", document.layers[1].id, name="Bell")
    paint(document, 1)
    frames = document.state.analysis.frames(len(document.recording.samples))
    halves = Shares(np.full((2, frames, 1025), 0.5, np.float16))
    document.begin_run("hpss", RunSettings(method="hpss"), halves, True, ["Harmonic", "Percussive"])
    assert sorted(layer.name for layer in document.layers) == ["Bell", "Harmonic", "Percussive"]
    document.use_run("back", run)
    assert sorted(layer.name for layer in document.layers) == ["Bell", "Component 1", "Component 3"]
    bell = next(layer for layer in document.layers if layer.name == "Bell")
    assert bell.components == (1,)
    total = document.stack.region_masks(Region(90, 150, 0, 30)).sum(axis=0)
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
    document.change_layer("rename", document.layers[0].id, name="My voice")
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
    document.change_layer("mute", document.layers[0].id, mute=True)
    assert told[-1] == set(document.runs)


def test_using_a_run_after_deleting_layers_leaves_layers():
    document = opened()
    one = begin(document, 1)
    begin(document, 2, seed=1)
    document.act("delete", layer_acts.remove_layer(document.recorded_state, document.layers[0].id))
    document.use_run("one", one)
    assert [layer.components for layer in document.layers] == [(0,)]
