"""While a long recording is opened the window shows what is known of it."""

from __future__ import annotations

import numpy as np

from tests.conftest import pump
from workbench.jobs.ahead import Glimpse
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.stft import Analysis


def a_glimpse() -> Glimpse:
    levels = np.zeros((100, 1025), np.uint8)
    levels[50:, 700:] = 255
    return Glimpse(LevelPyramid(levels), Analysis(), 44100, 3600.0)


def test_it_stands_in_the_place_of_the_spectrogram_and_goes(opened):
    panes, opening = opened.window.panes, opened.desk.opening
    opening.glimpsed.emit(a_glimpse())
    pump(opened.application)
    assert panes.glimpse.isVisible() and not panes.spectrogram.isVisible()
    picture = panes.glimpse.grab().toImage()
    ratio = picture.devicePixelRatio()
    width, height = picture.width(), picture.height()
    loud = picture.pixelColor(round(width * 0.8), round(20 * ratio)).lightness()
    quiet = picture.pixelColor(round(width * 0.3), round(20 * ratio)).lightness()
    below = picture.pixelColor(round(width * 0.8), round(height * 0.8)).lightness()
    assert loud > 60 > max(quiet, below), "high and late is what sounds"
    opening.glimpsed.emit(None)
    pump(opened.application)
    assert panes.spectrogram.isVisible() and not panes.glimpse.isVisible()
    assert panes.spectrogram.hasFocus()


def test_unsaved_work_stays_in_sight(opened):
    document, opening, panes = opened.desk.document, opened.desk.opening, opened.window.panes
    opening.glimpsed.emit(a_glimpse())
    assert panes.glimpse.isVisible()
    opened.desk.layers.add()
    assert document.dirty
    opening.glimpsed.emit(a_glimpse())
    assert panes.spectrogram.isVisible() and not panes.glimpse.isVisible()
    opening.glimpsed.emit(None)


def test_what_had_the_focus_keeps_it(opened):
    field = opened.window.panes.factorise.components
    field.setFocus()
    opened.desk.opening.glimpsed.emit(a_glimpse())
    opened.desk.opening.glimpsed.emit(None)
    pump(opened.application)
    assert field.hasFocus()


def test_an_empty_window_says_again_what_can_be_done(workbench):
    workbench.window.show()
    workbench.desk.opening.glimpsed.emit(a_glimpse())
    assert workbench.window.invitation.isHidden()
    workbench.desk.opening.glimpsed.emit(None)
    assert not workbench.window.invitation.isHidden() and workbench.window.panes.spectrogram.isHidden()


def test_what_is_opened_is_shown_and_then_is_there(opened, tmp_path, monkeypatch):
    import soundfile

    monkeypatch.setattr("workbench.jobs.ahead.FIRST_SECONDS", 0.0)
    path = tmp_path / "long.wav"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, (60 * 8000, 1)), 8000)
    shown = []
    opened.desk.opening.glimpsed.connect(shown.append)
    opened.desk.opening.open(path)
    assert pump(opened.application, lambda: shown and shown[-1] is None, 20)
    assert any(each is not None and each.seconds == 60.0 for each in shown)
    assert opened.desk.document.recording.path == path
    assert opened.window.panes.spectrogram.isVisible()
