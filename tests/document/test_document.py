"""The gateway: acts, steps, previews, and what it tells of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acting import change_layer
from tests.conftest import begin as stroke
from tests.document.tones import begin, factors, masks, opened, paint
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.history import History
from workbench.document.state import fresh_state
from workbench.errors import UserError
from workbench.masks.edits.edits import Paint
from workbench.masks.model.grid import Region
from workbench.masks.model.models import Factors
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


def test_before_any_factorisation_there_is_one_layer_everything():
    document = opened()
    assert [layer.name for layer in document.layers] == ["Everything"]
    assert not document.dirty and document.undo_name == ""


def test_merge_remove_and_reorder():
    document = opened()
    begin(document, 4)
    a, b, c, d = (layer.id for layer in document.layers)
    document.act("merge", layer_acts.merge_layers(document.recorded_state, [a, c]))
    assert [layer.components for layer in document.layers] == [(0, 2), (1,), (3,)]
    document.act("move", group_acts.put_layers(document.recorded_state, [d], 0, a))
    assert [layer.id for layer in document.layers] == [d, a, b]
    document.act("remove", layer_acts.remove_layer(document.recorded_state, a))
    np.testing.assert_allclose(masks(document).sum(axis=0), 1, atol=1e-6)
    with pytest.raises(UserError, match="merge_needs_two"):
        layer_acts.merge_layers(document.recorded_state, [d])
    document.act("remove", layer_acts.remove_layer(document.recorded_state, b))
    with pytest.raises(UserError, match="last_layer"):
        layer_acts.remove_layer(document.recorded_state, d)


def test_slider_moves_are_one_step_until_it_is_let_go():
    document = opened()
    layer = document.layers[0].id
    for db in (-1.0, -2.0, -3.0):
        change_layer(document, "Gain", layer, "gain", gain_db=db)
    document.seal()
    change_layer(document, "Gain", layer, "gain", gain_db=-9.0)
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
    change_layer(document, "gain", document.layers[0].id, gain_db=-1.0)
    assert heard == ["mix"]
    heard.clear()
    change_layer(document, "name", document.layers[0].id, name="n")
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
    document.set_analysis("wider", wide, analyse_levels(document.recording.samples, wide))
    assert document.stack.factors.W.shape == (2049, 3)
    assert document.stack.layer_mask(0, np.array([240]), np.array([7]))[0, 0] == pytest.approx(1.0)
    document.undo()
    assert document.state.analysis == Analysis() and document.stack.factors.W.shape == (1025, 3)
    document.undo()
    assert document.state.edits == ()


def test_resampled_factors_keep_their_shape():
    f = Factors(np.hanning(1025)[:, None].astype(np.float32), np.hanning(201)[None].astype(np.float32))
    out = f.resampled(Analysis(2048, 512), Analysis(4096, 1024), 200 * 512)
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


def test_switching_stacks_shares_everything():
    document = opened()
    begin(document, 3)
    paint(document, 0)
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    before, held = document.state, document.history_bytes
    document.show_stack(0)
    assert document.state.shown == 0 and document.state.stacks is before.stacks
    assert document.state.edits is before.edits, "a copy of a stack shares its edits"
    document.act("mute", layer_acts.change_layer(document.recorded_state, document.layers[0].id, mute=True))
    assert document.state.stacks[1] is before.stacks[1] and document.state.edits is before.edits
    assert document.history_bytes == held, "neither looking nor what leaves the edits alone costs anything"


def test_stacks_stay_in_the_order_in_which_they_were_made():
    state = stack_acts.new_stack(stack_acts.new_stack(fresh_state(Analysis()), "Two"), "Three")
    one, two, three = (stack.id for stack in state.stacks)
    assert [stack.name for stack in state.stacks] == ["Factorisation", "Two", "Three"] and state.shown == three
    renamed = stack_acts.rename_stack(stack_acts.show_stack(state, two), "Zwei")
    assert [stack.name for stack in renamed.stacks] == ["Factorisation", "Zwei", "Three"]
    assert stack_acts.remove_stack(renamed).shown == one, "the one made before it"
    assert stack_acts.remove_stack(stack_acts.show_stack(renamed, one)).shown == two
    assert stack_acts.show_stack(state, 99) is state and stack_acts.show_stack(state, three) is state
    with pytest.raises(UserError, match="last_stack"):
        stack_acts.remove_stack(fresh_state(Analysis()))


def test_nothing_of_the_document_can_be_written_to():
    document = opened()
    run = begin(document, 2)
    for name in ("recording", "path", "scene", "runs", "state", "layers", "groups", "run", "levels"):
        with pytest.raises(AttributeError):
            setattr(document, name, None)
    with pytest.raises(TypeError):
        document.runs[run] = None


def test_a_state_that_is_shown_is_told_first_when_everything_else_is_there_already():
    document = opened()
    told = []

    def first(before, now):
        told.append(("state", before.run, now.run, document.state is now, document.scene.stack.layers is now.layers))

    for name in ("stacks_changed", "layers_changed", "mix_changed", "factors_changed", "history_changed"):
        getattr(document, name).connect(lambda name=name: told.append(name))
    document.masks_changed.connect(lambda region: told.append("masks_changed"))
    document.state_shown.connect(first)
    run = begin(document, 2)
    assert told[0] == ("state", None, run, True, True)
    assert told[1:] == ["layers_changed", "mix_changed", "factors_changed", "masks_changed", "history_changed"]
    told.clear()
    document.undo()
    assert told[0] == ("state", run, None, True, True)
    told.clear()
    document.preview(document.state)
    assert told == [], "the same state is not shown again"
    document.act("two", stack_acts.duplicate_stack(document.recorded_state, "Two"))
    assert told[1:] == ["stacks_changed", "masks_changed", "history_changed"]


def test_undo_and_redo_do_nothing_where_nothing_is_open():
    document = Document()
    document.undo()
    document.redo()
    assert not document.dirty and document.layers == () and document.undo_name == "" and document.scene is None
