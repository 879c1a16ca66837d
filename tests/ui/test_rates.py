"""Recordings of any rate: axes, pictures and templates follow it."""

import numpy as np
import pytest
import soundfile
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from tests.conftest import pump
from tests.ui.conftest import show
from tests.ui.gestures import drag, press, settle
from workbench.masks.pictures.sheet import save_picture
from workbench.spectral.axes import frequency_ticks


@pytest.mark.parametrize("rate", [1, 30, 60, 2000, 2_000_000])
def test_a_recording_of_any_rate_is_seen_painted_and_drawn(workbench, tmp_path, rate):
    program, path = workbench, tmp_path / "odd.wav"
    n = np.arange(60_000)
    tones = 0.3 * np.sin(0.1 * n) + 0.2 * np.sin(1.3 * n) * (n // 4000 % 2)
    soundfile.write(path, tones.astype(np.float32), rate, subtype="FLOAT")
    show(program)
    program.desk.opening.open(path)
    assert pump(program.application, lambda: program.desk.document.recording, 20)
    viewport, document = program.desk.viewport, program.desk.document
    assert viewport.rate == rate and viewport.bottom < viewport.top
    ticks = frequency_ticks(viewport.scale, viewport.bottom, viewport.top, 500)
    assert len(ticks) >= 4 and len({text for _, text in ticks}) == len(ticks)
    program.window.panes.factorise.components.setValue(3)
    program.window.panes.factorise.iterations.setValue(10)
    program.desk.wishes.factorise(True)
    settle(program)
    assert len(document.layers) == 3
    canvas = program.desk.plane.canvas
    press(program, Qt.Key.Key_B)
    drag(program, canvas.center(), canvas.center() + QPoint(90, 30))
    settle(program)
    assert len(document.stack.edits) == 1
    # Each of the three tones has a row of its own in the upper three quarters.
    rows, _ = program.desk.plane.axes
    assert len(np.unique(rows.spread)) > 100
    save_picture(tmp_path / "a.png", document.levels, document.stack, rate, document.state.analysis)
    assert np.ptp(np.asarray(Image.open(tmp_path / "a.png"))) > 100
