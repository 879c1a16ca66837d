"""Several stacks, the history panel, thresholds, operations with numbers, analysis: by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from tests.acting import change_layer
from tests.conftest import pump, tone_mix
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, finish, mask_under, middle, press, rendered
from workbench.control.tools import Tool
from workbench.document.acts import masks as mask_acts
from workbench.masks.edits.brush import Shape
from workbench.masks.edits.effects import Threshold


def dialog(program, name: str) -> QDialog:
    """The open dialog of a name."""
    found = [d for d in program.window.findChildren(QDialog, name) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def settle(program) -> None:
    assert pump(program.application, lambda: not program.desk.runner.jobs, 20)
    pump(program.application)


def test_stacks_are_made_shown_by_key_renamed_and_removed(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    painted = mask_under(program, 0, at + QPoint(20, 0))
    program.window.actions_.by_name["duplicateStack"].trigger()
    assert document.state.present.name == "Factorisation copy"
    drag(program, at, at + QPoint(40, 0), keys=CTRL)
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(0, abs=1e-3)
    steps = document.step
    press(program, Qt.Key.Key_PageUp)
    assert document.state.present.name == "Factorisation"
    assert mask_under(program, 0, at + QPoint(20, 0)) == painted
    press(program, Qt.Key.Key_PageDown)
    assert document.state.present.name == "Factorisation copy" and document.step == steps, "looking is no step"
    box = program.window.panes.stack.stacks
    assert [box.itemText(i) for i in range(box.count())] == ["Factorisation", "Factorisation copy"]
    program.window.panes.stack.rename_stack()
    name = dialog(program, "renameStackDialog")
    name.setTextValue("Try")
    name.accept()
    assert document.state.present.name == "Try" and box.currentText() == "Try"
    program.window.actions_.by_name["removeStack"].trigger()
    assert document.state.present.name == "Factorisation" and len(document.state.stacks) == 1
    program.window.actions_.by_name["removeStack"].trigger()
    assert "last stack stays" in program.window.notice.text.text()
    for _ in range(3):
        press(program, Qt.Key.Key_Z, CTRL)
    assert [each.name for each in document.state.stacks] == ["Factorisation", "Factorisation copy"]


def test_a_mask_copied_to_another_stack_takes_from_the_layers_there(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    value = mask_under(program, 2, at)
    program.desk.selection.select(document.layers[2].id)
    press(program, Qt.Key.Key_N, CTRL | Qt.KeyboardModifier.AltModifier)
    assert [layer.name for layer in document.layers] == ["Everything"]
    press(program, Qt.Key.Key_PageUp)
    program.desk.selection.select(document.layers[2].id)
    menu = program.window.menuBar().findChild(QMenu, "copyToStackMenu")
    assert [action.text() for action in menu.actions()] == ["Factorisation 2"]
    menu.actions()[0].trigger()
    settle(program)
    press(program, Qt.Key.Key_PageDown)
    assert [layer.name for layer in document.layers] == ["Everything", "Component 3"]
    assert mask_under(program, 1, at) == pytest.approx(value, abs=1e-6)
    assert mask_under(program, 0, at) == pytest.approx(1 - value, abs=1e-6)


def test_tones_and_hits_are_computed_while_the_sliders_move(opened):
    program, document = opened, opened.desk.document
    program.window.actions_.by_name["newHpss"].trigger()
    settle(program)
    tones = dialog(program, "tonesDialog")
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive"]
    assert document.state.present.name == "Tones and hits" and document.step == 1
    first = rendered(program, 0)
    tones.harmonic.setValue(tones.harmonic.maximum())
    tones.masks.setCurrentIndex(tones.masks.findData("binary"))
    pump(program.application, seconds=0.3)
    settle(program)
    assert document.step == 1, "slider moves are one step"
    assert len([run for run in document.runs.values() if run.name]) == 1, "and one run"
    masks = document.stack.evaluate(np.arange(0, document.stack.bins, 9), np.arange(0, document.stack.frames, 7))
    assert set(np.unique(masks)) <= {0.0, 1.0}
    assert not np.allclose(rendered(program, 0), first)
    tones.masks.setCurrentIndex(tones.masks.findData("advanced"))
    pump(program.application, seconds=0.3)
    settle(program)
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive", "Residual"]
    tones.close()
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in document.layers] == ["Everything"] and len(document.state.stacks) == 1


def test_oracle_masks_from_stems_are_the_upper_limit(workbench, tmp_path):
    program = workbench
    rate, n = 16000, 32000
    t = np.arange(n) / rate
    low = (0.3 * np.sin(2 * np.pi * 300 * t)[:, None] * np.ones((1, 2))).astype(np.float32)
    noise = (0.05 * np.random.default_rng(0).standard_normal((n, 2))).astype(np.float32)
    for name, samples in (("low", low), ("noise", noise), ("mix", low + noise)):
        soundfile.write(tmp_path / f"{name}.wav", samples, rate, subtype="FLOAT")
    program.window.show()
    program.desk.opening.open(tmp_path / "mix.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 10)
    program.window.actions_.by_name["newOracle"].trigger()
    oracle = dialog(program, "oracleDialog")
    oracle.take([tmp_path / "low.wav", tmp_path / "noise.wav"])
    oracle.go.click()
    settle(program)
    assert [layer.name for layer in program.desk.document.layers] == ["low", "noise"]
    assert program.desk.document.state.present.name == "Oracle"
    error = rendered(program, 0) - low
    assert 10 * np.log10(np.sum(low**2) / np.sum(error**2)) > 20
    # One stem alone: what it leaves of the mix is a layer.
    program.desk.partitions.make_oracle([tmp_path / "low.wav"], True)
    settle(program)
    assert [layer.name for layer in program.desk.document.layers] == ["low", "Rest"]
    masks = program.desk.document.stack.evaluate(np.arange(0, 1025, 5), np.arange(20))
    assert set(np.unique(masks)) <= {0.0, 1.0}
    soundfile.write(tmp_path / "short.wav", low[:100], rate)
    program.desk.partitions.make_oracle([tmp_path / "short.wav"], False)
    settle(program)
    assert "no stem of this recording" in program.window.notice.text.text()


def test_the_history_panel_goes_to_any_step_and_gives_a_place_back(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.history
    at = middle(program)
    panel.parent().raise_()
    pump(program.application, seconds=0.1)
    computed = mask_under(program, 0, at + QPoint(20, 0))
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    drag(program, at + QPoint(0, 60), at + QPoint(40, 60))
    pump(program.application, seconds=0.6)
    texts = [panel.list.item(i).text() for i in range(panel.list.count())]
    assert texts[0] == "As it was opened" and texts[-2:] == ["Paint Component 1"] * 2
    assert panel.list.currentRow() == len(texts) - 1
    assert all(not panel.list.item(i).icon().isNull() for i in range(panel.list.count()))

    def click(row: int, button=LEFT) -> None:
        QTest.mouseClick(panel.list.viewport(), button, NONE, panel.list.visualItemRect(panel.list.item(row)).center())
        pump(program.application)

    click(1)
    assert document.step == 1 and document.state.edits == () and document.redo_name == "Paint Component 1"
    click(3)
    assert document.step == 3
    # Only within the selection, the masks come back as they were before the strokes.
    press(program, Qt.Key.Key_R)
    drag(program, at + QPoint(5, -30), at + QPoint(60, 30))
    panel.list.setCurrentRow(1)
    panel.recall.click()
    settle(program)
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(computed, abs=1e-5)
    assert mask_under(program, 0, at + QPoint(20, 60)) == pytest.approx(1, abs=1e-3)
    assert "Give back" in document.undo_name and document.step == 4


def test_threshold_limits_are_dragged_on_the_histogram(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    at = middle(program)
    press(program, Qt.Key.Key_T)
    pump(program.application, seconds=0.3)
    assert panel.isVisible() and panel.histogram._counts.sum() > 0
    bars = panel.histogram
    QTest.mousePress(bars, LEFT, NONE, QPoint(bars.width() // 2, 20))
    QTest.mouseMove(bars, QPoint(bars.width() * 3 // 4, 20))
    pump(program.application)
    assert panel.low.value() == pytest.approx(0.75, abs=0.03)
    assert isinstance(document.state.edits[-1].effect, Threshold) and document.recorded_state.edits == ()
    QTest.mouseRelease(bars, LEFT, NONE, QPoint(bars.width() * 3 // 4, 20))
    panel.keep.setCurrentIndex(panel.keep.findData("between"))
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Left, SHIFT)
    limits = program.desk.thresholding.limits
    assert limits.low == pytest.approx(0.75, abs=0.03) and limits.high == pytest.approx(0.89, abs=0.02)
    panel.measure.setCurrentIndex(panel.measure.findData("level"))
    panel.keep.setCurrentIndex(panel.keep.findData("above"))
    panel.low.setValue(-40)
    panel.knee.setValue(6)
    press(program, Qt.Key.Key_Return)
    effect = document.recorded_state.edits[-1].effect
    assert (effect.measure, effect.low, effect.knee) == ("level", -40, 6)
    assert document.undo_name == "Threshold Component 1 −40.0 dB"
    mask = document.stack.layer_mask(0, np.arange(document.stack.bins), np.arange(document.stack.frames))
    levels = -127.5 + 0.5 * document.stack.levels.T
    assert not mask[levels < -47].any() and mask.any()
    # Within a selection only.
    press(program, Qt.Key.Key_Z, CTRL)
    drag(program, at, at + QPoint(60, 60))
    assert program.desk.selection.area is not None
    panel.low.setValue(-1)
    press(program, Qt.Key.Key_Return)
    assert document.recorded_state.edits[-1].area is program.desk.selection.area


def test_a_threshold_on_the_only_layer_makes_room_for_the_rest(opened):
    program, document = opened, opened.desk.document
    press(program, Qt.Key.Key_T)
    panel = program.window.panes.threshold
    panel.measure.setCurrentIndex(panel.measure.findData("level"))
    panel.low.setValue(-50)
    pump(program.application)
    assert [layer.name for layer in document.layers] == ["Everything", "Rest"]
    press(program, Qt.Key.Key_Return)
    assert [layer.name for layer in document.recorded_state.layers] == ["Everything", "Rest"] and document.step == 1
    total = rendered(program, 0) + rendered(program, 1)
    np.testing.assert_allclose(total, document.recording.samples, atol=1e-5)
    assert np.abs(rendered(program, 1)).max() > 0


def test_operations_with_numbers_are_previewed_and_applied(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_M, CTRL)
    shape = dialog(program, "maskDialog")
    before = mask_under(program, 0, at)
    shape.exponent.setValue(4)
    pump(program.application, seconds=0.2)
    assert document.state.edits and not document.recorded_state.edits
    assert mask_under(program, 0, at) != before
    shape.reject()
    assert document.state.edits == ()
    press(program, Qt.Key.Key_M, CTRL)
    for kind in [shape.kind.itemData(i) for i in range(shape.kind.count())]:
        shape.show()
        shape.kind.setCurrentIndex(shape.kind.findData(kind))
        shape.other.setCurrentIndex(1)
        pump(program.application, seconds=0.1)
        steps = document.step
        shape.apply.click()
        assert document.step == steps + 1, kind
        masks = document.stack.evaluate(np.arange(0, document.stack.bins, 5), np.arange(0, document.stack.frames, 3))
        np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)
        press(program, Qt.Key.Key_Z, CTRL)
    # With a layer of another stack.
    other = mask_under(program, 2, at)
    program.window.actions_.by_name["duplicateStack"].trigger()
    press(program, Qt.Key.Key_M, CTRL)
    shape.kind.setCurrentIndex(shape.kind.findData("intersection"))
    names = [shape.other.itemText(i) for i in range(shape.other.count())]
    assert "Factorisation: Component 3" in names
    shape.other.setCurrentIndex(names.index("Factorisation: Component 3"))
    shape.apply.click()
    assert mask_under(program, 0, at) == pytest.approx(min(before, other), abs=1e-5)


def test_masks_are_analysed(factorised):
    program = factorised
    press(program, Qt.Key.Key_A, CTRL | SHIFT)
    settle(program)
    report = dialog(program, "analysisDialog")
    assert report.table.rowCount() == 4
    layers = [rendered(program, i) for i in range(4)]
    mix = np.sum(program.desk.document.recording.samples.astype(float) ** 2)
    for row, samples in enumerate(layers):
        told = float(report.table.item(row, 0).text().removesuffix(" %"))
        assert told == pytest.approx(100 * np.sum(samples.astype(float) ** 2) / mix, abs=4)
    report.table.selectRow(2)
    assert "Component 3" in report.title.text()


def test_each_painting_tool_has_its_own_options_and_does_its_work(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_E)
    tools.set_size(90)
    press(program, Qt.Key.Key_B)
    assert tools.size == 40
    press(program, Qt.Key.Key_E)
    assert tools.size == 90
    for key, word in (
        (Qt.Key.Key_O, "Smooth"),
        (Qt.Key.Key_Y, "Blur"),
        (Qt.Key.Key_J, "Blur"),
        (Qt.Key.Key_A, "Sharp"),
    ):
        press(program, key)
        steps, before = program.desk.document.step, mask_under(program, 0, at)
        drag(program, at - QPoint(20, 0), at + QPoint(20, 0))
        assert program.desk.document.step == steps + 1 and word in program.desk.document.undo_name
        assert mask_under(program, 0, at) != before


def test_brush_shapes_by_key_and_what_they_cover(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_B)
    seen = []
    for _ in range(5):
        seen.append(tools.options.brush.shape)
        assert program.window.panes.tool_bar.options.shape.currentData() is seen[-1]
        press(program, Qt.Key.Key_Period)
    assert seen == list(Shape) and tools.options.brush.shape is Shape.ROUND
    press(program, Qt.Key.Key_Comma)
    assert tools.options.brush.shape is Shape.COMB and program.window.panes.tool_bar.options.harmonics.isVisible()
    tools.set_brush(shape=Shape.TIME)
    drag(program, at, at + QPoint(5, 0))
    assert mask_under(program, 0, at - QPoint(0, 150)) == pytest.approx(1, abs=1e-3)
    assert mask_under(program, 0, at + QPoint(60, 0)) < 1


def test_what_builds_up_does_not_depend_on_how_often_the_mouse_tells_its_place(factorised):
    program, tools = factorised, factorised.desk.tools
    at = middle(program)
    press(program, Qt.Key.Key_B)
    tools.set(strength=0.2, build_up=True)
    before, values = mask_under(program, 0, at), []
    for steps in (4, 40):
        drag(program, at - QPoint(60, 0), at + QPoint(60, 0), steps=steps)
        values.append(mask_under(program, 0, at))
        press(program, Qt.Key.Key_Z, CTRL)
    assert values[0] == pytest.approx(values[1], abs=0.02)
    tools.set(build_up=False)
    drag(program, at - QPoint(60, 0), at + QPoint(60, 0))
    assert before < mask_under(program, 0, at) < values[0] - 0.1


def test_a_pen_presses_as_hard_as_it_says(factorised):
    program = factorised
    at = middle(program)
    press(program, Qt.Key.Key_B)
    view = program.window.panes.spectrogram
    pen = QPointingDevice.primaryPointingDevice()
    event = QTabletEvent(
        QEvent.Type.TabletPress,
        pen,
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        0.25,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
    )
    QApplication.sendEvent(view, event)
    before = mask_under(program, 0, at)
    drag(program, at, at + QPoint(1, 0))
    assert mask_under(program, 0, at) == pytest.approx(before + 0.25 * (1 - before), abs=0.02)


def test_factorising_keeps_edits_and_says_so(factorised):
    program = factorised
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    program.desk.wishes.set(seed=3)
    said = []
    program.desk.notices.said.connect(said.append)
    program.desk.wishes.factorise(True)
    finish(program)
    assert program.desk.document.state.edits and any("edits stay" in text for text in said)


def test_tools_leave_a_preview_behind_them(factorised):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.9)
    pump(program.application)
    assert document.state.edits
    press(program, Qt.Key.Key_V)
    assert document.state.edits == () and not program.window.panes.threshold.isVisible()
    assert program.desk.tools.tool is Tool.SELECT


def test_opening_another_recording_while_an_area_is_sought(factorised, tmp_path):
    program = factorised
    press(program, Qt.Key.Key_D, CTRL | SHIFT)
    soundfile.write(tmp_path / "other.wav", tone_mix(1.0, 8000), 8000)
    program.desk.opening.open(tmp_path / "other.wav")
    assert pump(program.application, lambda: program.desk.document.recording.path.name == "other.wav", 10)
    settle(program)
    area = program.desk.selection.area
    assert area is None or (area.bins, area.frames) == (
        program.desk.document.stack.bins,
        program.desk.document.stack.frames,
    )


def test_a_slider_moved_before_the_first_result_leaves_other_stacks_alone(factorised):
    program, document = factorised, factorised.desk.document
    names = [layer.name for layer in document.layers]
    listed = [run.name for run in document.runs.values()]
    program.window.actions_.by_name["newHpss"].trigger()
    tones = dialog(program, "tonesDialog")
    for frames in (21, 31, 41):
        tones.harmonic.set(frames)
        tones.changed.emit(tones.settings)
    settle(program)
    assert document.state.present.name == "Tones and hits"
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive"]
    assert all(name in [run.name for run in document.runs.values()] for name in listed)
    tones.close()
    pump(program.application)
    press(program, Qt.Key.Key_PageUp)
    assert [layer.name for layer in document.layers] == names
    press(program, Qt.Key.Key_PageDown)
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in document.layers] == names and len(document.state.stacks) == 1


def test_cancelled_tones_change_nothing_and_the_last_wish_counts(factorised):
    program, document = factorised, factorised.desk.document
    program.window.actions_.by_name["newHpss"].trigger()
    program.desk.runner.named_jobs[-1].cancel()
    settle(program)
    assert len(document.state.stacks) == 1 and document.step == 1
    tones = dialog(program, "tonesDialog")
    tones.harmonic.setValue(tones.harmonic.maximum())
    pump(program.application, seconds=0.3)
    settle(program)
    assert document.state.present.name == "Tones and hits" and document.run.settings.harmonic_frames == 101
    before = rendered(program, 0)
    tones.harmonic.setValue(tones.harmonic.minimum())
    pump(program.application, seconds=0.17)
    program.desk.runner.named_jobs[-1].cancel()
    settle(program)
    if document.run.settings.harmonic_frames == 101:
        np.testing.assert_array_equal(rendered(program, 0), before)
    tones.percussive.setValue(tones.percussive.minimum())
    tones.close()
    settle(program)
    assert document.run.settings.percussive_bins == 3 and document.step == 2, "a wish just before closing counts"


def test_a_lock_during_a_stroke_ends_it(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_B)
    view = program.window.panes.spectrogram
    held = mask_under(program, 1, at + QPoint(40, 0))
    QTest.mousePress(view, LEFT, NONE, at)
    QTest.mouseMove(view, at + QPoint(20, 0))
    pump(program.application)
    change_layer(program.desk.document, "lock", program.desk.document.layers[1].id, None, locked=True)
    QTest.mouseMove(view, at + QPoint(60, 0))
    pump(program.application)
    QTest.mouseRelease(view, LEFT, NONE, at + QPoint(60, 0))
    pump(program.application)
    assert "Paint" not in program.desk.document.undo_name
    assert mask_under(program, 1, at + QPoint(40, 0)) == pytest.approx(held, abs=1e-6)


def test_the_threshold_is_shown_again_when_the_mask_dialog_closes(factorised):
    program, document = factorised, factorised.desk.document
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(0.7)
    pump(program.application)
    shown = mask_under(program, 0, middle(program))
    press(program, Qt.Key.Key_M, CTRL)
    pump(program.application, seconds=0.2)
    dialog(program, "maskDialog").reject()
    pump(program.application)
    assert mask_under(program, 0, middle(program)) == shown and document.state.edits
    assert isinstance(document.state.edits[-1].effect, Threshold)


def test_what_was_typed_counts_and_undo_works_from_a_field(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    press(program, Qt.Key.Key_T)
    panel.low.setFocus()
    panel.low.selectAll()
    QTest.keyClicks(panel.low, "0.77")
    QTest.keyClick(panel.low, Qt.Key.Key_Return)
    pump(program.application)
    assert document.recorded_state.edits[-1].effect.low == pytest.approx(0.77)
    panel.low.setFocus()
    QTest.keyClick(panel.low, Qt.Key.Key_Z, CTRL)
    pump(program.application)
    assert document.recorded_state.edits == ()


def test_a_preview_goes_with_its_layer_and_comes_back_after_another_act(factorised):
    program, document, panel = factorised, factorised.desk.document, factorised.window.panes.threshold
    press(program, Qt.Key.Key_T)
    panel.low.setValue(0.6)
    pump(program.application)
    assert document.state.edits
    change_layer(document, "mute", document.layers[1].id, None, mute=True)
    pump(program.application)
    assert document.state.edits and document.state.layers[1].mute, "another act leaves what is tried"
    program.desk.selection.select(document.layers[2].id)
    pump(program.application)
    assert document.state.edits == () and not program.desk.thresholding.pending
    press(program, Qt.Key.Key_M, CTRL)
    pump(program.application, seconds=0.2)
    assert document.state.edits
    change_layer(document, "unmute", document.layers[1].id, None, mute=False)
    pump(program.application, seconds=0.2)
    assert document.state.edits and not document.recorded_state.edits
    dialog(program, "maskDialog").reject()


def test_locked_layers_stay_when_edits_are_cleared_or_given_back(factorised):
    program, document = factorised, factorised.desk.document
    at = middle(program)
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(60, 0))
    held = mask_under(program, 0, at + QPoint(20, 0))
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    program.window.actions_.by_name["clearEdits"].trigger()
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(held, abs=1e-6)
    press(program, Qt.Key.Key_Z, CTRL)
    program.window.actions_.by_name["clearLayer"].trigger()
    assert "locked" in program.window.notice.text.text()
    # A lock that comes while masks are being given back counts.
    press(program, Qt.Key.Key_R)
    drag(program, at + QPoint(0, -20), at + QPoint(50, 20))
    change_layer(document, "unlock", document.layers[0].id, None, locked=False)
    program.desk.masks.recall(1)
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    settle(program)
    assert "meanwhile" in program.window.notice.text.text()
    assert mask_under(program, 0, at + QPoint(20, 0)) == pytest.approx(held, abs=1e-6)


def test_a_locked_only_layer_has_no_threshold(opened):
    program, document = opened, opened.desk.document
    change_layer(document, "lock", document.layers[0].id, None, locked=True)
    press(program, Qt.Key.Key_T)
    program.window.panes.threshold.low.setValue(-40)
    press(program, Qt.Key.Key_Return)
    assert document.recorded_state.edits == () and "is locked" in program.window.notice.text.text()


def test_the_picture_is_that_of_a_whole_redraw_after_wide_changes(factorised):
    program, document, view = factorised, factorised.desk.document, factorised.window.panes.spectrogram
    program.desk.viewport.zoom_time(1.3, 1.0)
    document.act("invert", mask_acts.invert(document.recorded_state, document.layers[0].id))
    document.undo()
    document.redo()
    pump(program.application, seconds=0.5)
    seen = program.window.panes.image._image.copy()
    view.redraw()
    pump(program.application, seconds=0.5)
    assert seen == program.window.panes.image._image


def test_menus_under_the_right_button(factorised):
    program = factorised
    QTest.mouseClick(program.window.panes.spectrogram, Qt.MouseButton.RightButton, NONE, middle(program))
    menu = program.window.menuBar().findChild(QMenu, "maskMenu")
    assert menu.isVisible()
    menu.close()
    row = program.window.panes.stack.rows[2]
    QTest.mouseClick(row, Qt.MouseButton.RightButton, NONE, QPoint(60, 40))
    assert program.desk.selection.index == 2
    menu = program.window.menuBar().findChild(QMenu, "layersMenu")
    assert menu.isVisible()
    menu.close()


def test_a_stack_remembers_its_selected_layer(factorised):
    program, document = factorised, factorised.desk.document
    program.window.actions_.by_name["duplicateStack"].trigger()
    program.desk.selection.select(document.layers[3].id)
    press(program, Qt.Key.Key_PageUp)
    program.desk.selection.select(document.layers[1].id)
    press(program, Qt.Key.Key_PageDown)
    assert program.desk.selection.index == 3
    press(program, Qt.Key.Key_PageUp)
    assert program.desk.selection.index == 1
