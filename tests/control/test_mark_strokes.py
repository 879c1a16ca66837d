"""A stroke of the Point tool is seen while the hand moves, and one act at its end; what is lit is heard alone."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from tests.control.hand import chips, click, drag
from tests.control.scenes import ANALYSIS, acts, masks, names, open_tones, point, previewing
from workbench.control.marking import Says
from workbench.control.tools import Tool
from workbench.document.acts import layers as layer_acts
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis

# -- strokes ------------------------------------------------------------------------------------------


def test_a_stroke_is_seen_while_it_goes_on_and_is_one_act_at_its_end(pointing):
    pointing.marking.begin(point(pointing, 0.3), Says.THIS)
    assert not previewing(pointing)
    for second in (0.5, 0.7, 0.9):
        pointing.marking.move(point(pointing, second))
        assert previewing(pointing) and names(pointing) == ["Rest", "Source 1"] and not acts(pointing)
        assert np.abs(masks(pointing).sum(axis=0) - 1).max() < 1e-5
    shown = masks(pointing)
    pointing.marking.end()
    assert acts(pointing) == ["Point at a new source"] and not previewing(pointing)
    assert np.array_equal(masks(pointing), shown)
    bounds = pointing.document.state.marks[0].place.bounds
    rate = pointing.document.recording.rate
    assert ANALYSIS.second_of(bounds.start, rate) <= 0.3 and ANALYSIS.second_of(bounds.stop, rate) >= 0.9


def test_a_hand_that_trembles_clicks(pointing):
    at = point(pointing, 0.5)
    pointing.marking.begin(at, Says.THIS)
    pointing.marking.move(at + QPointF(1, 1))
    pointing.marking.end()
    assert not hasattr(pointing.document.state.marks[0].place, "paths")


def test_only_this_sounds_marks_all_frequencies_of_a_time(pointing):
    pointing.marking.set_spans(True)
    drag(pointing, (0.5, 0.5), (0.9, 0.5))
    place, stack = pointing.document.state.marks[0].place, pointing.document.stack
    rate = pointing.document.recording.rate
    inside = [ANALYSIS.frame_at(second, rate) for second in (0.6, 0.8)]
    outside = [ANALYSIS.frame_at(second, rate) for second in (0.3, 1.2)]
    assert place.at(np.arange(stack.bins), np.array(inside)).min() >= 0.5
    assert place.at(np.arange(stack.bins), np.array(outside)).max() == 0


def test_a_stroke_over_the_edge_counts_as_far_as_there_is_something(pointing):
    canvas = pointing.plane.canvas
    pointing.marking.begin(point(pointing, 1.8), Says.THIS)
    pointing.marking.move(QPointF(canvas.right() + 60, canvas.top() - 40))
    pointing.marking.end()
    assert len(pointing.document.state.marks) == 1
    assert np.abs(masks(pointing).sum(axis=0) - 1).max() < 1e-5


def test_a_cancelled_stroke_never_was(pointing):
    before, runs = masks(pointing), dict(pointing.document.runs)
    pointing.marking.begin(point(pointing, 0.3), Says.THIS)
    pointing.marking.move(point(pointing, 0.9))
    pointing.under_way.escape(False)
    assert not pointing.marking.busy and not previewing(pointing) and np.array_equal(masks(pointing), before)
    pointing.marking.move(point(pointing, 1.2))
    pointing.marking.end()
    assert not acts(pointing) and dict(pointing.document.runs) == runs


def test_a_stroke_that_denies_nothing_shows_nothing(pointing, told):
    drag(pointing, (0.3, 0.5), (0.9, 0.5), says=Says.NOT)
    assert not acts(pointing) and names(pointing) == ["Everything"] and "Click a sound first" in told.said[-1]


@pytest.mark.parametrize("leave", ["escape", "undo"])
def test_a_press_that_is_left_is_no_click(pointing, leave):
    click(pointing, 0.3)
    pointing.marking.begin(point(pointing, 0.9), Says.THIS)
    pointing.under_way.escape(False) if leave == "escape" else pointing.under_way.undo()
    pointing.marking.end()
    assert acts(pointing) == ["Point at a new source"] and pointing.document.step == 1


def test_undo_during_a_stroke_takes_the_stroke_back(pointing):
    click(pointing, 0.3)
    pointing.marking.begin(point(pointing, 0.5), Says.MORE)
    pointing.marking.move(point(pointing, 0.9))
    assert pointing.under_way.stroking
    pointing.under_way.undo()
    assert not pointing.under_way.stroking and len(pointing.document.state.marks) == 1
    pointing.under_way.undo()
    assert names(pointing) == ["Everything"]


def test_another_stack_shown_ends_a_stroke_without_a_trace(pointing):
    click(pointing, 0.3)
    pointing.stacks.add("Other")
    count = len(acts(pointing))
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    pointing.marking.move(point(pointing, 0.9))
    pointing.stacks.show_next(1)
    pointing.marking.move(point(pointing, 1.2))
    pointing.marking.end()
    assert len(acts(pointing)) == count and not previewing(pointing)


def test_another_window_ends_a_stroke_without_a_trace(pointing):
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    pointing.marking.move(point(pointing, 0.9))
    new = Analysis(1024, 256)
    pointing.document.set_analysis("window", new, analyse_levels(pointing.document.recording.samples, new))
    pointing.marking.move(point(pointing, 1.2))
    pointing.marking.end()
    assert acts(pointing) == ["window"] and not previewing(pointing)


def test_another_recording_ends_a_stroke(pointing):
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    pointing.marking.move(point(pointing, 0.9))
    open_tones(pointing, seconds=1.0)
    pointing.marking.move(point(pointing, 0.6))
    pointing.marking.end()
    assert not acts(pointing) and not previewing(pointing) and not pointing.marking.busy


def test_a_fader_may_move_during_a_stroke(pointing):
    click(pointing, 0.3)
    pointing.marking.begin(point(pointing, 0.5), Says.MORE)
    pointing.marking.move(point(pointing, 0.9))
    pointing.mixing.set_gain(pointing.selection.present, -6.0)
    pointing.marking.move(point(pointing, 1.2))
    pointing.marking.end()
    assert acts(pointing)[1:] == ["Gain of Source 1", "Source 1 here"]
    assert pointing.selection.present.gain_db == -6.0


def test_a_source_that_goes_during_a_stroke_is_made_anew(pointing):
    click(pointing, 0.3)
    pointing.marking.choose(chips(pointing)[-1])
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    pointing.marking.move(point(pointing, 0.9))
    gone = layer_acts.remove_layer(pointing.document.recorded_state, chips(pointing)[-1])
    pointing.document.act("gone", gone)
    pointing.marking.end()
    assert len(pointing.document.state.marks) == 1 and not previewing(pointing)


def test_the_view_stays_under_a_hand_that_holds(pointing):
    pointing.viewport.show_time(0.0, 0.5)
    pointing.marking.begin(point(pointing, 0.3), Says.THIS)
    pointing.playback.play(1.0)
    pointing.playback.moved.emit(1.0)
    assert pointing.viewport.start == 0.0
    pointing.marking.cancel()
    pointing.playback.moved.emit(1.0)
    assert pointing.viewport.start > 0.0


# -- what is lit and heard ----------------------------------------------------------------------------


def lit_at(desk, until, second, share=0.5):
    desk.pointer.put(point(desk, second, share))
    until(lambda: desk.marking.lit is not None)
    return desk.marking.lit


def test_the_pointer_lights_up_what_a_click_there_would_give(pointing, until):
    sources, number = lit_at(pointing, until, 0.5)
    count = len(acts(pointing))
    click(pointing, 0.5)
    assert count == 0 and np.array_equal(pointing.document.stack.factors.shares, sources.shares)
    assert pointing.selection.present.components == (number,)


def test_what_is_lit_is_what_a_click_would_say_with_the_keys_that_are_held(pointing, until):
    click(pointing, 0.3)
    click(pointing, 1.3, 0.2)
    first, second = chips(pointing)[1:]
    pointing.selection.select(first)
    new = lit_at(pointing, until, 0.9, 0.8)
    for says in (Says.NOT, Says.MORE, "chip"):
        before = pointing.marking.lit
        if says == "chip":
            pointing.marking.mean(Says.THIS)
            pointing.marking.choose(second)
        else:
            pointing.marking.mean(says)
        until(lambda before=before: pointing.marking.lit is not before)
        sources, number = pointing.marking.lit
        click(pointing, 0.9, 0.8, Says.THIS if says == "chip" else says)
        shares = pointing.document.stack.factors.shares
        assert np.array_equal(shares, sources.shares) and not np.array_equal(shares, new[0].shares)
        assert pointing.selection.present.components == (number,) and len(names(pointing)) == 3
        pointing.document.undo()
        pointing.selection.select(first)
    pointing.selection.select(chips(pointing)[0])
    pointing.document.go_to(0)
    # Where there is no source there is nothing to deny.
    pointing.marking.mean(Says.NOT)
    until(lambda: pointing.marking.lit is None)


def test_nothing_is_lit_beside_the_canvas_or_with_another_tool(pointing, until):
    lit_at(pointing, until, 0.5)
    pointing.pointer.put(None)
    until(lambda: pointing.marking.lit is None)
    lit_at(pointing, until, 0.5)
    pointing.tools.choose(Tool.BRUSH)
    until(lambda: pointing.marking.lit is None)


def test_lighting_up_changes_nothing(pointing, until):
    state, runs = pointing.document.state, dict(pointing.document.runs)
    lit_at(pointing, until, 0.5)
    assert pointing.document.state is state and dict(pointing.document.runs) == runs and not pointing.document.dirty


def test_a_button_that_is_held_plays_what_is_lit_alone_and_leaves_no_mark(pointing, until):
    lit_at(pointing, until, 0.5)
    scene = pointing.heard.scene()
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    until(lambda: pointing.audition.sounds)
    assert pointing.heard.scene() is not scene and pointing.playback.playing
    heard = pointing.heard.scene()
    assert heard.stack.factors is pointing.marking.lit[0] and len(heard.ear.layers) == 1
    # A hand that moves now draws nothing.
    pointing.marking.move(point(pointing, 0.9))
    assert not previewing(pointing)
    pointing.marking.end()
    assert not pointing.audition.sounds and not pointing.playback.playing
    assert pointing.heard.scene() is scene and not acts(pointing)


def test_what_played_before_goes_on_afterwards(pointing, until):
    lit_at(pointing, until, 0.5)
    pointing.playback.play(0.1)
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    until(lambda: pointing.audition.sounds)
    pointing.marking.end()
    assert pointing.playback.playing and not acts(pointing)


def test_esc_ends_what_is_heard_alone(pointing, until):
    lit_at(pointing, until, 0.5)
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    until(lambda: pointing.audition.sounds)
    pointing.under_way.escape(False)
    assert not pointing.audition.sounds and not pointing.playback.playing
    pointing.marking.end()
    assert not acts(pointing)


def test_what_is_heard_alone_ends_where_the_button_can_not_come_up(pointing, until):
    lit_at(pointing, until, 0.5)
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    until(lambda: pointing.audition.sounds)
    pointing.marking.hush()
    assert not pointing.audition.sounds and not pointing.playback.playing
    pointing.marking.end()
    # Nor does it begin later, or leave a click, where the button was only just pressed.
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    pointing.marking.hush()
    pointing.marking.end()
    assert not acts(pointing) and not pointing.marking.busy


def test_another_recording_while_something_is_heard_alone(pointing, until):
    lit_at(pointing, until, 0.5)
    pointing.marking.begin(point(pointing, 0.5), Says.THIS)
    until(lambda: pointing.audition.sounds)
    open_tones(pointing, seconds=1.0)
    assert not pointing.audition.sounds and pointing.heard.scene() is pointing.document.scene
    assert pointing.marking.lit is None
    pointing.marking.end()
    assert not acts(pointing)


# -- a mark that is moved -----------------------------------------------------------------------------


def middle_of(desk, mark):
    return desk.plane.rect_of(mark.place.bounds).center()


def test_a_drag_that_begins_on_a_mark_moves_it(pointing):
    click(pointing, 0.5, 0.9)
    (mark,) = pointing.document.state.marks
    before = masks(pointing)
    start, was = middle_of(pointing, mark), mark.place.bounds
    pointing.marking.begin(start, Says.THIS)
    pointing.marking.move(start + QPointF(60, 0))
    assert previewing(pointing) and not np.array_equal(masks(pointing), before)
    pointing.marking.move(start + QPointF(100, 0))
    pointing.marking.end()
    assert acts(pointing)[1:] == ["Move a mark"] and not previewing(pointing)
    (moved,) = pointing.document.state.marks
    frames = pointing.plane.frame_at(pointing.plane.second_at(start.x() + 100)) - pointing.plane.frame_at(
        pointing.plane.second_at(start.x())
    )
    now = moved.place.bounds
    assert (now.start, now.stop) == (was.start + frames, was.stop + frames)
    assert (now.low, now.high) == (was.low, was.high) and moved.id == mark.id
    pointing.under_way.undo()
    assert np.array_equal(masks(pointing), before)


def test_a_mark_that_comes_back_or_is_left_was_never_moved(pointing):
    click(pointing, 0.5, 0.9)
    before, start = masks(pointing), middle_of(pointing, pointing.document.state.marks[0])
    for leave in (False, True):
        pointing.marking.begin(start, Says.THIS)
        pointing.marking.move(start + QPointF(60, 0))
        if leave:
            pointing.under_way.escape(False)
        else:
            pointing.marking.move(start)
        pointing.marking.end()
        assert len(acts(pointing)) == 1 and not previewing(pointing)
        assert np.array_equal(masks(pointing), before)


def test_a_mark_is_not_lost_over_the_edge(pointing):
    click(pointing, 0.5, 0.9)
    start, canvas = middle_of(pointing, pointing.document.state.marks[0]), pointing.plane.canvas
    pointing.marking.begin(start, Says.THIS)
    pointing.marking.move(QPointF(canvas.left() - 500, canvas.top() - 500))
    pointing.marking.end()
    (mark,) = pointing.document.state.marks
    bounds = mark.place.bounds
    assert 0 <= bounds.start < bounds.stop <= pointing.document.stack.frames and not previewing(pointing)
    assert np.abs(masks(pointing).sum(axis=0) - 1).max() < 1e-5


def test_a_stroke_is_moved_as_it_was_drawn(pointing):
    drag(pointing, (0.5, 0.9), (0.55, 0.9))
    (mark,) = pointing.document.state.marks
    start = middle_of(pointing, mark)
    pointing.marking.begin(start, Says.THIS)
    pointing.marking.move(start + QPointF(50, 0))
    pointing.marking.end()
    (moved,) = pointing.document.state.marks
    assert acts(pointing)[1:] == ["Move a mark"]
    was, now = mark.place.paths[0], moved.place.paths[0]
    shift = now.points - was.points
    assert np.ptp(shift[:, 0]) < 1e-6 and shift[0, 0] > 0 and np.abs(shift[:, 1]).max() < 1e-6


def test_a_click_can_be_moved_however_large_it_is_on_the_screen(pointing):
    click(pointing, 0.5, 0.9)
    (mark,) = pointing.document.state.marks
    bounds, rate = mark.place.bounds, pointing.document.recording.rate
    pointing.viewport.show_time(*ANALYSIS.span(bounds.start, bounds.stop, rate))
    start = middle_of(pointing, mark)
    assert pointing.plane.rect_of(bounds).width() > 200
    pointing.marking.begin(start, Says.THIS)
    pointing.marking.move(start + QPointF(150, 0))
    pointing.marking.end()
    assert acts(pointing)[1:] == ["Move a mark"]


def test_a_drag_within_a_large_mark_is_another_stroke(pointing):
    drag(pointing, (0.2, 0.5), (1.2, 0.6))
    pointing.marking.begin(middle_of(pointing, pointing.document.state.marks[0]), Says.THIS)
    pointing.marking.move(point(pointing, 1.6, 0.5))
    pointing.marking.end()
    assert acts(pointing) == ["Point at a new source"] * 2
