"""What the picture of the spectrogram shows (offscreen)."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE, drag, mask_under, middle, pixels, press, still
from workbench.document.acts import masks as mask_acts
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.pictures.picture import Show, picture


def test_the_picture_shows_what_the_masks_say(factorised):
    """Selected mask, large: white where it is 0, black where it is 1; a painted place turns black."""
    program, at = factorised, middle(factorised)
    program.window.panes.tool_bar.show_box.setCurrentIndex(2)
    assert program.window.panes.image.show is Show.MASK
    press(program, Qt.Key.Key_B)
    drag(program, at, at + QPoint(40, 0))
    QTest.mouseMove(program.window.panes.spectrogram, QPoint(2, 2))
    assert pump(program.application, lambda: False, 0.2) is False
    image = program.window.panes.spectrogram.grab().toImage()
    for point in (at + QPoint(20, 1), at + QPoint(-120, 90), at + QPoint(150, 60)):
        # A pixel may show the bin beside the one that its corner is in.
        index, around = program.desk.selection.index, [QPoint(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        expected = [255 * (1 - mask_under(program, index, point + step)) for step in around]
        assert min(abs(image.pixelColor(point).red() - each) for each in expected) <= 6


def test_the_picture_is_that_of_a_whole_redraw_after_wide_changes(factorised):
    program, document, view = factorised, factorised.desk.document, factorised.window.panes.spectrogram
    program.desk.viewport.zoom_time(1.3, 1.0)
    document.act("invert", mask_acts.invert(document.recorded_state, document.layers[0].id))
    document.undo()
    document.redo()
    seen = still(program, view)
    view.redraw()
    np.testing.assert_array_equal(still(program, view), seen)


def test_what_takes_long_is_composed_in_the_background_and_comes_to_be_the_same(factorised):
    """Many filters: the window's thread lays hardly any of them, and the picture is what the masks say."""
    program, document, image = factorised, factorised.desk.document, factorised.window.panes.image
    view = program.window.panes.spectrogram
    assert pump(program.application, lambda: image.fresh, 20)
    state = document.recorded_state
    for i in range(5):
        state = mask_acts.clean(state, document.layers[i % 4].id, FilterKind.MEDIAN, 1, 2, None)
    here, laid = threading.get_ident(), []
    lay = Filter.change

    def change(self, *given):
        laid.append(threading.get_ident())
        return lay(self, *given)

    Filter.change = change
    try:
        document.act("five medians", state)
        assert pump(program.application, lambda: image.fresh, 60)
    finally:
        Filter.change = lay
    assert laid and laid.count(here) <= len(laid) / 10
    seen = still(program, view)
    # Evaluated anew, by nobody who remembers anything.
    rows, columns = image._axes
    stack = replace(document.stack, remembered=None)
    expected = picture(document.levels, stack, image.look(), rows, columns, image._lattice)[::-1]
    held = np.frombuffer(image._image.constBits(), np.uint8).reshape(expected.shape)
    assert np.abs(held[..., :3].astype(int) - expected[..., :3]).max() <= 1
    view.redraw()
    np.testing.assert_array_equal(still(program, view), seen)


def test_a_place_whose_masks_are_not_known_yet_is_seen_in_grey(factorised):
    """Filters everywhere, and a look at another place: nobody is to paint on black."""
    program, document, image = factorised, factorised.desk.document, factorised.window.panes.image
    program.desk.viewport.show_time(0.0, 1.0)
    state = document.recorded_state
    for i in range(5):
        state = mask_acts.clean(state, document.layers[i % 4].id, FilterKind.MEDIAN, 1, 2, None)
    document.act("five medians", state)
    assert pump(program.application, lambda: image.fresh, 60)
    program.desk.viewport.show_time(1.5, 2.5)
    seen = QImage(program.window.panes.spectrogram.size(), QImage.Format.Format_RGB32)
    painter = QPainter(seen)
    while image.paint(painter, 10.0):
        # What scrolls shows the older picture first.
        pass
    painter.end()
    assert not image.fresh, "its masks are evaluated in the background"
    shown = np.frombuffer(image._image.constBits(), np.uint8).reshape(image._image.height(), -1, 4)[..., :3]
    rows, columns = (axis.spread for axis in image._axes)
    level = image._levels.cut(0, shown.shape[0], 0, shown.shape[1])[rows[::-1]][:, columns]
    # The louder the brighter, and no colours.
    grey = shown[level > np.percentile(level, 90)]
    assert np.ptp(grey.astype(int), axis=-1).max() == 0 and grey.min() > 0
    assert pump(program.application, lambda: image.fresh, 60)
    shown = np.frombuffer(image._image.constBits(), np.uint8).reshape(image._image.height(), -1, 4)[..., :3]
    assert np.ptp(shown.astype(int), axis=-1).max() > 50


def test_what_scrolls_shows_the_older_picture_moved_and_composes_nothing(factorised):
    program, image = factorised, factorised.window.panes.image
    viewport, canvas = program.desk.viewport, program.desk.plane.canvas
    viewport.show_time(0.5, 1.5)
    assert pump(program.application, lambda: image.fresh, 20)

    def painted() -> np.ndarray:
        seen = QImage(program.window.panes.spectrogram.size(), QImage.Format.Format_RGB32)
        seen.fill(0)
        painter = QPainter(seen)
        image.paint(painter, 10.0)
        painter.end()
        pixels = np.frombuffer(seen.constBits(), np.uint8).reshape(seen.height(), -1, 4)[..., :3].astype(int)
        return pixels[canvas.top() : canvas.bottom(), canvas.left() : canvas.right()]

    before = painted()
    viewport.pan(0.25, 0.0)
    moved = painted()
    assert image._axes is None, "nothing is laid out yet"
    quarter = canvas.width() // 4
    kept = min(before.shape[1], moved.shape[1]) - quarter - 4
    assert np.abs(moved[:, 2:kept] - before[:, quarter + 2 : quarter + kept]).mean() < 12
    assert pump(program.application, lambda: image.fresh, 20)


def test_curves_move_with_the_view_and_are_drawn_for_it_soon(factorised):
    program, pane = factorised, factorised.window.panes.activations
    pump(program.application, seconds=0.2)
    viewport, picture = program.desk.viewport, pane._picture
    viewport.show_time(0.5, 1.5)
    pane.repaint()
    assert pane._picture is picture, "it was moved"
    assert pump(program.application, lambda: pane._picture is not picture, 5)
    assert pane._drawn_for == pane.view()
    templates = program.window.panes.templates
    picture = templates._picture
    viewport.pan(0.1, 0.0)
    pump(program.application, seconds=0.1)
    assert templates._picture is picture, "they have no time"


def test_curves_that_nobody_sees_are_not_drawn_by_scrolling(factorised):
    program, pane = factorised, factorised.window.panes.activations
    pump(program.application, seconds=0.2)
    program.window.layout_.show_mixer()
    assert pump(program.application, lambda: pane.visibleRegion().isEmpty(), 5)
    program.desk.viewport.show_time(0.5, 1.5)
    pump(program.application, seconds=0.2)
    assert pane._picture is None


def test_a_picture_that_takes_long_is_shown_as_work_and_can_be_stopped(factorised, monkeypatch):
    program, document, image = factorised, factorised.desk.document, factorised.window.panes.image
    runner, here, go, change = program.desk.runner, threading.get_ident(), threading.Event(), Filter.change

    def held_up(self, *given):
        if threading.get_ident() != here:
            go.wait(30)
        return change(self, *given)

    monkeypatch.setattr(Filter, "change", held_up)
    assert pump(program.application, lambda: image.fresh, 20)
    state = document.recorded_state
    for i in range(5):
        state = mask_acts.clean(state, document.layers[i % 4].id, FilterKind.MEDIAN, 1, 2, None)
    document.act("five medians", state)
    assert pump(program.application, lambda: runner.named_jobs, 20)
    assert [job.name for job in runner.named_jobs] == ["Drawing the masks"]
    runner.named_jobs[0].cancel()
    go.set()
    assert pump(program.application, lambda: not runner.running("picture"), 20)
    pump(program.application, seconds=0.3)
    # (What is cheap by now may have been drawn since.)
    assert not runner.running("picture"), "it stays stopped"
    program.desk.viewport.show_time(0.2, 1.4)
    assert pump(program.application, lambda: image.fresh, 60)


def show_the_mask(program):
    """Selected mask, large; answers the spectrogram's view."""
    program.window.panes.tool_bar.show_box.setCurrentIndex(2)
    assert pump(program.application, lambda: program.window.panes.image.fresh, 5)
    return program.window.panes.spectrogram


def test_a_stroke_is_seen_where_the_picture_is_still_to_be_drawn_anew(factorised):
    """As while a run publishes: all is stale, and the rest comes strip by strip."""
    program, view, canvas = factorised, show_the_mask(factorised), factorised.desk.plane.canvas
    image, seen = program.window.panes.image, QImage(view.size(), QImage.Format.Format_RGB32)
    at = QPoint(canvas.right() - 20, canvas.center().y())
    press(program, Qt.Key.Key_B)
    QTest.mousePress(view, LEFT, NONE, at - QPoint(120, 0))
    assert pump(program.application, lambda: image.fresh, 5)
    image.redraw()
    QTest.mouseMove(view, at)
    painter = QPainter(seen)
    assert image.paint(painter, -1.0), "without time for any strip"
    painter.end()
    assert seen.pixelColor(at).red() <= 4, "the mask is 1 there now"
    QTest.mouseRelease(view, LEFT, NONE, at)


def test_all_of_the_picture_has_its_turn_though_a_run_makes_it_stale_again_and_again(factorised):
    """While a tool is drawn with, when each painting spends little on it."""
    program, view = factorised, show_the_mask(factorised)
    at = program.desk.plane.canvas.topLeft() + QPoint(3, 3)
    press(program, Qt.Key.Key_R)
    QTest.mousePress(view, LEFT, NONE, at)
    document = program.desk.document
    document.act("invert", mask_acts.invert(document.recorded_state, document.layers[0].id))
    for _ in range(40):
        program.window.panes.image.redraw()
        seen = pixels(view)
    QTest.mouseRelease(view, LEFT, NONE, at)
    beside = slice(at.x() + 20, None)
    np.testing.assert_array_equal(seen[:, beside], still(program, view)[:, beside])
