"""Areas under curves, as pictures: Qt takes ten times as long to fill a polygon with a corner at every pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QColor, QImage

Shares = NDArray[np.float32]


def covered(begin: ArrayLike, end: ArrayLike, first: int, last: int) -> Shares:
    """How much of each pixel lies between two edges.

    Parameters
    ----------
    begin, end : float, shape (n,), or one for all
        Where bars begin and end, in pixels.
    first, last : int
        The pixels that are asked for; the last one is not among them.

    Returns
    -------
    float32, shape (n, last − first)
        0 … 1.
    """
    pixels = np.arange(first, last, dtype=np.float32)
    low = np.maximum(np.asarray(begin, np.float32)[..., None], pixels)
    high = np.minimum(np.asarray(end, np.float32)[..., None], pixels + 1)
    return np.asarray(np.clip(high - low, 0, 1), np.float32)


def tinted(shares: Shares, colour: QColor) -> QImage:
    """A picture in one colour, which is as opaque as the shares (rows, columns) say."""
    alpha = colour.alphaF()
    ink = np.array([colour.blueF() * alpha, colour.greenF() * alpha, colour.redF() * alpha, alpha])
    shades = (np.linspace(0, 255, 256)[:, None] * ink + 0.5).astype(np.uint8).view("<u4")[:, 0]
    pixels = shades[np.asarray(shares * np.float32(255) + np.float32(0.5), np.uint8, order="C")]
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
