"""Areas under curves: what Qt would fill, in less time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from workbench.ui.factors.fills import covered, tinted

COLOUR = QColor(200, 100, 50, 120)


def test_a_bar_covers_as_many_pixels_as_it_is_long():
    begin, end = np.random.default_rng(0).uniform(10, 30, (2, 200))
    shares = covered(begin, end, 5, 40)
    np.testing.assert_allclose(shares.sum(axis=1), np.maximum(end - begin, 0), atol=1e-4)
    assert shares.min() >= 0 and shares.max() <= 1 and shares.dtype == np.float32
    np.testing.assert_array_equal(covered(12.0, end, 5, 40), covered(np.full(200, 12.0), end, 5, 40))


def test_the_picture_is_that_of_antialiased_bars():
    begin, end = np.sort(np.random.default_rng(1).uniform(0, 30, (2, 40)), axis=0)
    ours, qts = (QImage(30, 40, QImage.Format.Format_RGB32) for _ in range(2))
    for image in (ours, qts):
        image.fill(QColor(30, 32, 36))
    painter = QPainter(ours)
    painter.drawImage(0, 0, tinted(covered(begin, end, 0, 30), COLOUR))
    painter.end()
    painter = QPainter(qts)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row, (left, right) in enumerate(zip(begin, end, strict=True)):
        painter.fillRect(QRectF(left, row, right - left, 1), COLOUR)
    painter.end()
    a, b = (np.frombuffer(image.bits(), np.uint8).astype(int) for image in (ours, qts))
    assert np.abs(a - b).max() <= 4


def test_columns_are_as_good_as_rows():
    shares = covered(np.array([1.0, 2.5]), np.array([3.0, 4.0]), 0, 6)
    assert tinted(shares.T, COLOUR).size().toTuple() == (2, 6)
    assert tinted(shares.T, COLOUR).pixel(1, 2) == tinted(shares, COLOUR).pixel(2, 1)
