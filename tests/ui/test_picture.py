"""What the picture of the spectrogram shows (offscreen)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump
from tests.ui.gestures import drag, mask_under, middle, press, still
from workbench.document.acts import masks as mask_acts
from workbench.masks.pictures.picture import Show


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
