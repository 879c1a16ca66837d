"""Selections by real events, and what is done with them (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.acting import change_layer, select_time
from tests.conftest import pump, tone_mix
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, drag, mask_under, middle, pixels, press, settle, trail
from workbench.control.tools import Tool
from workbench.spectral.axes import clock

ALT = Qt.KeyboardModifier.AltModifier


def place(program, point: QPoint) -> tuple[int, int]:
    seconds, position = program.desk.plane.place_at(point)
    return program.desk.plane.bin_at(position), program.desk.plane.frame_at(seconds)


def selected(program, point: QPoint) -> bool:
    row, column = place(program, point)
    area = program.desk.selection.area
    return area is not None and bool(area.read(np.array([row]), np.array([column]))[0, 0] >= 128)


def test_rectangle_shift_adds_ctrl_subtracts_both_intersect(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(100, 60), at + QPoint(0, 40))
    assert selected(program, at - QPoint(50, 10)) and not selected(program, at + QPoint(50, 10))
    drag(program, at + QPoint(30, -20), at + QPoint(90, 40), keys=SHIFT)
    assert selected(program, at - QPoint(50, 10)) and selected(program, at + QPoint(60, 10))
    drag(program, at - QPoint(60, 30), at - QPoint(40, 0), keys=CTRL)
    assert not selected(program, at - QPoint(50, 10)) and selected(program, at - QPoint(80, 10))
    drag(program, at + QPoint(20, -30), at + QPoint(100, 60), keys=SHIFT | CTRL)
    assert not selected(program, at - QPoint(80, 10)) and selected(program, at + QPoint(60, 10))
    start, stop = program.desk.selection.seconds
    assert program.desk.plane.x_of(start) == pytest.approx(at.x() + 30, abs=12), "what is selected plays over and over"
    assert program.desk.plane.x_of(stop) == pytest.approx(at.x() + 90, abs=12)
    press(program, Qt.Key.Key_Escape)
    assert program.desk.selection.area is None and program.desk.selection.seconds is None


def test_time_and_band_reach_over_the_whole_plane(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_V)
    drag(program, at, at + QPoint(80, 5))
    bounds = program.desk.selection.area.bounds
    assert (bounds.low, bounds.high) == (0, program.desk.document.stack.bins)
    press(program, Qt.Key.Key_D, CTRL)
    press(program, Qt.Key.Key_U)
    drag(program, at, at + QPoint(0, 50))
    bounds = program.desk.selection.area.bounds
    assert (bounds.start, bounds.stop) == (0, program.desk.document.stack.frames)
    assert bounds.high - bounds.low < program.desk.document.stack.bins / 2
    assert program.desk.selection.seconds is None, "all of time is no loop"
    press(program, Qt.Key.Key_I, CTRL | SHIFT)
    assert not selected(program, at + QPoint(0, 25)) and selected(program, at - QPoint(0, 25))


def test_lasso_and_polygon_select_their_inside(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_Q)
    circle = [at + QPoint(round(60 * np.cos(t)), round(60 * np.sin(t))) for t in np.linspace(0, 2 * np.pi, 30)]
    trail(program, *circle)
    assert selected(program, at) and not selected(program, at + QPoint(55, 55))
    press(program, Qt.Key.Key_P)
    view = program.window.panes.spectrogram
    for corner in (QPoint(-80, -50), QPoint(80, -50), QPoint(80, 50), QPoint(200, 90)):
        QTest.mouseClick(view, LEFT, NONE, at + corner)
    press(program, Qt.Key.Key_Backspace)
    press(program, Qt.Key.Key_Return)
    assert selected(program, at + QPoint(60, -30)) and not selected(program, at + QPoint(-60, 30))
    assert not selected(program, at + QPoint(130, 65)), "the corner that was taken back"
    QTest.mouseClick(view, LEFT, NONE, at)
    press(program, Qt.Key.Key_Escape)
    assert not program.desk.selecting.busy and selected(program, at + QPoint(60, -30))


def test_the_wand_selects_what_hangs_together(factorised):
    program = factorised
    stack = program.desk.document.stack
    levels = stack.levels
    column = stack.frames // 2
    row = int(levels[column, 5:].argmax()) + 5
    view, v = program.window.panes.spectrogram, program.desk.viewport
    hz = row * v.rate / program.desk.document.state.analysis.window
    point = QPoint(
        round(program.desk.plane.x_of(column * program.desk.document.state.analysis.hop / v.rate)),
        round(program.desk.plane.y_of(float(v.scale.position(hz)))),
    )
    press(program, Qt.Key.Key_W)
    like = program.window.panes.tool_bar.options.wand_like
    like.setCurrentIndex(like.findText("same level"))
    QTest.mouseClick(view, LEFT, NONE, point)
    settle(program)
    held = program.desk.selection.area.read(np.arange(stack.bins), np.arange(stack.frames)) > 0
    r, c = place(program, point)
    assert held[r, c]
    near = np.abs(levels.T.astype(int) - int(levels[c, r])) * 0.5 <= program.desk.tools.wand.tolerance
    assert (not held[~near].any() and held.sum() < near.sum()) or held.sum() == near.sum()
    press(program, Qt.Key.Key_D, CTRL | SHIFT)
    settle(program)
    masks = stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))
    second, most = np.sort(masks, axis=0)[-2:]
    clear = most - second > 1e-5
    best = masks.argmax(axis=0) == program.desk.selection.index
    inside = (
        program.desk.selection.area.read(np.arange(stack.bins), np.arange(stack.frames)) > 0
        if program.desk.selection.area
        else np.zeros_like(best)
    )
    np.testing.assert_array_equal(inside[clear], (held & best)[clear])


def test_grow_shrink_feather_and_harmonics(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at, at + QPoint(60, 40))
    before = program.desk.selection.area
    program.window.panes.tool_bar.options.amount.setValue(2)
    press(program, Qt.Key.Key_BracketRight, CTRL)
    settle(program)
    grown = program.desk.selection.area.bounds
    assert grown.high - grown.low == before.bounds.high - before.bounds.low + 4
    press(program, Qt.Key.Key_BracketLeft, CTRL)
    settle(program)
    assert program.desk.selection.area.bounds == before.bounds
    press(program, Qt.Key.Key_F, CTRL | ALT)
    settle(program)
    soft = program.desk.selection.area.read(np.arange(before.bins), np.arange(before.frames))
    assert len(np.unique(soft)) > 4
    program.desk.selection.set_area(before)
    press(program, Qt.Key.Key_H, CTRL)
    settle(program)
    assert program.desk.selection.area.bounds.high > 2 * before.bounds.low


def test_fill_take_away_restore_and_undo(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 30), at + QPoint(50, 30))
    computed = mask_under(program, 0, at)
    press(program, Qt.Key.Key_F, SHIFT)
    assert mask_under(program, 0, at) == pytest.approx(1, abs=1e-5)
    press(program, Qt.Key.Key_Delete)
    assert mask_under(program, 0, at) == pytest.approx(0, abs=1e-5) and len(program.desk.document.layers) == 4
    press(program, Qt.Key.Key_2, CTRL)
    assert mask_under(program, 1, at) == pytest.approx(1, abs=1e-5) and program.desk.selection.index == 1
    press(program, Qt.Key.Key_Delete, SHIFT)
    assert mask_under(program, 0, at) == pytest.approx(computed, abs=1e-5)
    for _ in range(4):
        press(program, Qt.Key.Key_Z, CTRL)
    assert program.desk.document.state.edits == ()


def test_cut_and_lift_make_layers(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 30), at + QPoint(50, 30))
    mine, other = mask_under(program, 0, at), mask_under(program, 1, at)
    press(program, Qt.Key.Key_J, CTRL)
    assert len(program.desk.document.layers) == 5 and program.desk.selection.index == 1
    assert mask_under(program, 1, at) == pytest.approx(mine, abs=1e-5)
    assert mask_under(program, 0, at) == pytest.approx(0, abs=1e-6)
    assert mask_under(program, 2, at) == pytest.approx(other, abs=1e-5)
    press(program, Qt.Key.Key_J, CTRL | SHIFT)
    assert mask_under(program, 5, at) == pytest.approx(1, abs=1e-5)
    assert mask_under(program, 5, at + QPoint(90, 0)) == 0


def test_copying_a_piece_of_a_mask_to_another_layer_and_time(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(60, 30), at - QPoint(10, -30))
    source = at - QPoint(30, 0)
    value = mask_under(program, 0, source)
    press(program, Qt.Key.Key_C, CTRL)
    settle(program)
    program.desk.selection.select(program.desk.document.layers[2].id)
    press(program, Qt.Key.Key_V, CTRL)
    assert mask_under(program, 2, source) == pytest.approx(value, abs=1e-5)
    analysis = program.desk.document.state.analysis
    start = program.desk.selection.area.bounds.start
    frames = 40
    seconds = analysis.second_of(start + frames, program.desk.viewport.rate)
    program.desk.playback.seek(seconds)
    press(program, Qt.Key.Key_V, CTRL | SHIFT)
    row, column = place(program, source)
    stack = program.desk.document.stack
    pasted = stack.layer_mask(2, np.array([row]), np.array([column + frames]))[0, 0]
    assert pasted == pytest.approx(value, abs=1e-5)


def test_splitting_at_the_pointer(factorised):
    program, at = factorised, middle(factorised)
    view = program.window.panes.spectrogram
    QTest.mouseMove(view, at)
    pump(program.application)
    left, right = at - QPoint(60, 0), at + QPoint(60, 0)
    before = mask_under(program, 0, left), mask_under(program, 0, right)
    press(program, Qt.Key.Key_T, CTRL)
    assert mask_under(program, 0, left) == pytest.approx(before[0]) and mask_under(program, 0, right) == 0
    assert mask_under(program, 1, right) == pytest.approx(before[1], abs=1e-6)
    press(program, Qt.Key.Key_Z, CTRL)
    above, below = at - QPoint(0, 60), at + QPoint(0, 60)
    before = mask_under(program, 0, above), mask_under(program, 0, below)
    press(program, Qt.Key.Key_T, CTRL | SHIFT)
    assert mask_under(program, 0, below) == pytest.approx(before[1]) and mask_under(program, 0, above) == 0
    assert mask_under(program, 1, above) == pytest.approx(before[0], abs=1e-6)


def test_without_a_selection_the_acts_say_what_to_do(factorised):
    for act in ("fill", "cutToNew", "restore", "copyMask"):
        factorised.window.notice.hide()
        factorised.window.actions_.by_name[act].trigger()
        assert "Select something first" in factorised.window.notice.text.text()
        assert factorised.window.notice.isVisible()
    assert factorised.desk.document.state.edits == ()


def test_locked_layers_keep_their_share_and_that_is_said(factorised):
    program, at = factorised, middle(factorised)
    change_layer(program.desk.document, "lock", program.desk.document.layers[1].id, locked=True)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 30), at + QPoint(50, 30))
    held = mask_under(program, 1, at)
    press(program, Qt.Key.Key_F, SHIFT)
    assert mask_under(program, 1, at) == pytest.approx(held, abs=1e-6)
    assert mask_under(program, 0, at) == pytest.approx(1 - held, abs=1e-5)
    assert "kept their share" in program.window.status.text()


def test_painting_stays_within_the_selection(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 60), at + QPoint(0, 60))
    press(program, Qt.Key.Key_B)
    outside = mask_under(program, 0, at + QPoint(15, 0))
    drag(program, at - QPoint(30, 0), at + QPoint(30, 0))
    assert mask_under(program, 0, at - QPoint(10, 0)) == pytest.approx(1, abs=1e-4)
    assert mask_under(program, 0, at + QPoint(15, 0)) == pytest.approx(outside, abs=1e-6)
    drag(program, at + QPoint(80, 0), at + QPoint(90, 0))
    assert "within the selection" in program.window.status.text()


def test_the_outline_marches_at_every_zoom(factorised):
    program, at = factorised, middle(factorised)
    press(program, Qt.Key.Key_R)
    drag(program, at - QPoint(50, 30), at + QPoint(50, 30))
    view, viewport = program.window.panes.spectrogram, program.desk.viewport
    seen = [pixels(view)]

    def marches() -> bool:
        """Whether nothing but the outline changes, once the picture is drawn to the end."""
        seen[:] = [pixels(view), *seen][:2]
        return 40 < (seen[0] != seen[1]).any(axis=2).sum() < 6000

    for zoom in (1.0, 4.0, 0.2):
        viewport.zoom_time(zoom, program.desk.plane.second_at(at.x()))
        still_there = pump(program.application, marches, 20)
        assert still_there, zoom


def test_the_selected_time_is_told_also_while_it_is_drawn(opened):
    label = opened.window.panes.selected_span
    assert label.text() == ""
    select_time(opened.desk.document, opened.desk.selection, 0.5, 1.5)
    begin, end = opened.desk.selection.seconds
    assert label.text() == f"Selected {clock(begin)} … {clock(end)} ({clock(end - begin)})"
    opened.desk.areas.select_all()
    assert label.text() == "", "all of time"


def test_every_tool_has_its_key(factorised):
    keys = {
        Tool.SELECT: "V1",
        Tool.RECTANGLE: "R2",
        Tool.LASSO: "Q3",
        Tool.POLYGON: "P4",
        Tool.BAND: "U5",
        Tool.WAND: "W6",
        Tool.BRUSH: "B7",
        Tool.ERASER: "E8",
        Tool.THRESHOLD: "T9",
        Tool.SMOOTH: "O0",
        Tool.BLUR_TIME: "Y",
        Tool.BLUR_FREQUENCY: "J",
        Tool.SHARPEN: "A",
    }
    assert {*keys, Tool.POINT} == set(Tool)
    for tool, names in keys.items():
        for name in names:
            press(factorised, Qt.Key.Key_F)
            factorised.desk.tools.choose(Tool.WAND if tool is not Tool.WAND else Tool.BRUSH)
            press(factorised, getattr(Qt.Key, f"Key_{name}"))
            assert factorised.desk.tools.tool is tool
            assert factorised.window.panes.palette.buttons[tool].isChecked()
    press(factorised, Qt.Key.Key_P, SHIFT)
    assert factorised.desk.tools.tool is Tool.POINT and factorised.window.panes.palette.buttons[Tool.POINT].isChecked()


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
