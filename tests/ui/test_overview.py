"""The overview, the waveform and the scroll bar of frequency, under a real hand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import LEFT, NONE
from workbench.spectral.scales import FrequencyScale
from workbench.ui.spectrogram.view import LEFT as MARGIN_LEFT
from workbench.ui.spectrogram.view import RIGHT


@pytest.fixture
def overview(opened):
    return opened.window.panes.overview


def at(overview, share: float) -> QPoint:
    """A point of it by the share of the recording."""
    width = overview.width() - MARGIN_LEFT - RIGHT
    return QPoint(round(MARGIN_LEFT + share * width), overview.height() // 2)


def drag(overview, begin: float, end: float) -> None:
    QTest.mousePress(overview, LEFT, NONE, at(overview, begin))
    for share in np.linspace(begin, end, 5)[1:]:
        QTest.mouseMove(overview, at(overview, float(share)))
    QTest.mouseRelease(overview, LEFT, NONE, at(overview, end))


def shares(program) -> tuple[float, float]:
    v = program.desk.viewport
    return v.start / v.duration, v.stop / v.duration


def test_the_frame_is_dragged_and_resized(opened, overview):
    v = opened.desk.viewport
    v.show_time(0.2 * v.duration, 0.4 * v.duration)
    drag(overview, 0.3, 0.6)
    assert shares(opened) == pytest.approx((0.5, 0.7), abs=0.005)
    drag(overview, 0.7, 0.9)
    assert shares(opened) == pytest.approx((0.5, 0.9), abs=0.005)
    drag(overview, 0.5, 0.8)
    assert shares(opened) == pytest.approx((0.8, 0.9), abs=0.005)
    drag(overview, 0.85, 2.0)
    assert shares(opened) == pytest.approx((0.9, 1.0), abs=0.005), "it ends where the recording does"


def test_a_click_goes_there_and_a_double_click_shows_all(opened, overview):
    v = opened.desk.viewport
    low, high = v.low, v.high
    v.show_time(0.0, 0.1 * v.duration)
    QTest.mouseClick(overview, LEFT, NONE, at(overview, 0.75))
    assert shares(opened) == pytest.approx((0.7, 0.8), abs=0.005)
    QTest.mouseDClick(overview, LEFT, NONE, at(overview, 0.2))
    assert shares(opened) == (0.0, 1.0) and (v.low, v.high) == (low, high)


def test_a_frame_too_narrow_to_be_seen_is_shown_and_can_be_moved(opened, overview):
    v = opened.desk.viewport
    v.show_time(0.5 * v.duration, 0.5 * v.duration + 0.02)
    drag(overview, 0.5, 0.25)
    assert shares(opened)[0] == pytest.approx(0.25, abs=0.005) and v.span == pytest.approx(0.02)


def test_keys_and_wheel_move_and_zoom(opened, overview):
    v = opened.desk.viewport
    v.show_time(0.4 * v.duration, 0.6 * v.duration)
    overview.setFocus()
    QTest.keyClick(overview, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert shares(opened) == pytest.approx((0.6, 0.8))
    QTest.keyClick(overview, Qt.Key.Key_Left)
    assert shares(opened) == pytest.approx((0.55, 0.75))
    QTest.keyClick(overview, Qt.Key.Key_Plus)
    assert v.span == pytest.approx(0.16 * v.duration)
    place = overview.mapTo(opened.window, at(overview, 0.65))
    QTest.wheelEvent(opened.window.windowHandle(), QPointF(place), QPoint(0, 120))
    pump(opened.application)
    assert v.span == pytest.approx(0.16 / 1.2 * v.duration)


def test_it_shows_the_levels_and_the_frame(opened, overview):
    def picture():
        pump(opened.application)
        image = overview.grab().toImage()
        points = [at(overview, share) for share in np.linspace(0.05, 0.95, 30)]
        ratio = image.devicePixelRatio()
        return [
            max(
                image.pixelColor(round(p.x() * ratio), round(y * ratio)).lightness()
                for y in range(8, overview.height() - 8)
            )
            for p in points
        ]

    v = opened.desk.viewport
    v.fit()
    whole = picture()
    v.show_time(0.0, 0.5 * v.duration)
    part = picture()
    assert max(whole) > 100
    assert part[:13] == whole[:13]
    assert all(a < b for a, b in zip(part[17:], whole[17:], strict=True) if b > 40)


def test_frequency_is_scrolled_where_not_all_is_in_view(opened):
    bar, v = opened.window.panes.frequency_bar, opened.desk.viewport
    assert not bar.isVisible()
    v.zoom_frequency(2.0, v.bottom)
    assert bar.isVisible() and bar.value() == bar.maximum()
    bar.setValue(0)
    assert v.high == pytest.approx(v.top) and v.height == pytest.approx((v.top - v.bottom) / 2)
    v.fit()
    assert not bar.isVisible()


def test_the_waveform_can_be_switched_on_and_comes_back(opened):
    window, wave = opened.window, opened.window.panes.waveform
    assert not wave.isVisible()
    window.actions_["showWaveform"].trigger()
    assert pump(opened.application, lambda: wave.isVisible() and opened.desk.outline.peaks is not None, 10)
    pump(opened.application)
    canvas = opened.desk.plane.canvas
    image = wave.grab().toImage()
    column = [
        image.pixelColor(
            round((canvas.left() + canvas.width() * 0.3) * image.devicePixelRatio()),
            round(y * image.devicePixelRatio()),
        ).lightness()
        for y in range(wave.height())
    ]
    assert column[wave.height() // 2] > column[6], "it sounds, and not as loud as can be"
    QTest.mouseClick(wave, LEFT, NONE, QPoint(canvas.center().x(), 30))
    assert opened.desk.playback.position == pytest.approx(opened.desk.viewport.duration / 2, abs=0.02)
    window.memory.keep()
    assert int(window._settings.value("waveform")) == 1
    window.actions_["showWaveform"].trigger()
    assert not wave.isVisible()


def test_another_scale_is_another_picture(opened, overview):
    pump(opened.application)
    before = overview.grab().toImage()
    opened.desk.viewport.set_scale(FrequencyScale.LINEAR)
    pump(opened.application)
    assert overview.grab().toImage() != before


def test_an_edge_dragged_over_the_other_leaves_that_in_its_place(opened, overview):
    v = opened.desk.viewport
    v.show_time(0.3 * v.duration, 0.5 * v.duration)
    stop = v.stop
    QTest.mousePress(overview, LEFT, NONE, at(overview, 0.3))
    for step in range(30):
        QTest.mouseMove(overview, at(overview, 0.7) + QPoint(step % 2, 0))
    QTest.mouseRelease(overview, LEFT, NONE, at(overview, 0.7))
    assert v.stop == pytest.approx(stop) and v.span == pytest.approx(0.02, abs=1e-6)


def test_the_playhead_of_a_day_long_recording_may_be_far_away(opened):
    """Seconds that lie farther away than Qt counts pixels are none to be painted."""
    opened.desk.viewport._duration = 86400.0
    opened.desk.viewport.show_time(86000.0, 86000.02)
    for pane in (opened.window.panes.waveform, opened.window.panes.spectrogram, opened.window.panes.activations):
        pane._show_playhead(86000.01)
        pane._show_playhead(0.0)


def test_the_bar_follows_frequencies_of_any_kind_of_number(opened):
    opened.desk.viewport.show_hz(np.float64(500.0), np.float64(1500.0))
    assert opened.window.panes.frequency_bar.isVisible()
    assert type(opened.desk.viewport.low) is float
