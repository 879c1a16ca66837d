"""The brush's footprint: how strongly each bin is under a stroke, computed where the hand sees it, on the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Point = tuple[float, float]


def capsule(
    x_edges: NDArray[np.float64],
    y_edges: NDArray[np.float64],
    start: Point,
    end: Point,
    radius: float,
    hardness: float,
) -> Array:
    """Coverage of bins by a round brush drawn from `start` to `end`.

    A bin is as near as its nearest point, so that a bin larger than the brush is painted when the brush is
    on it, however far its centre.

    Parameters
    ----------
    x_edges : float64, shape (C + 1,)
        Edges of the frames on the screen, in pixels, increasing.
    y_edges : float64, shape (R + 1,)
        Edges of the frequency bins on the screen, in pixels, monotonic.
    start, end : (x, y)
        Pixels.
    radius : float
        Pixels, positive.
    hardness : float
        0 … 1: the share of the radius with full coverage; outside it falls to 0 as half a cosine.

    Returns
    -------
    float32, shape (R, C), in [0, 1]
    """
    x_lo, x_hi = x_edges[:-1], x_edges[1:]
    y_lo, y_hi = np.minimum(y_edges[:-1], y_edges[1:]), np.maximum(y_edges[:-1], y_edges[1:])
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    cx, cy = (x_lo + x_hi) / 2, (y_lo + y_hi) / 2
    if length > 0:
        along = ((cx[None] - start[0]) * dx + (cy[:, None] - start[1]) * dy) / length
        along = np.clip(along, 0, 1)
        px, py = start[0] + along * dx, start[1] + along * dy
    else:
        px, py = np.full((1, 1), start[0]), np.full((1, 1), start[1])
    gap_x = np.maximum(np.maximum(x_lo - px, px - x_hi), 0)
    gap_y = np.maximum(np.maximum(y_lo[:, None] - py, py - y_hi[:, None]), 0)
    distance = np.sqrt(gap_x**2 + gap_y**2) / radius
    edge = max(1 - hardness, 1e-3)
    fall = np.clip((distance - hardness) / edge, 0, 1)
    return np.asarray((0.5 + 0.5 * np.cos(np.pi * fall)) * (distance < 1), np.float32)
