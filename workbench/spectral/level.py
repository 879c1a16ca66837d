"""Levels for the screen: power in dB, as one byte."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.spectral.stft import Analysis, Float

Levels = NDArray[np.uint8]

FLOOR_DB = -127.5
STEP_DB = 0.5
"""Level value v stands for FLOOR_DB + STEP_DB · v, up to 0 dB, a full-scale sine."""


def power_db(power: NDArray[Any], analysis: Analysis) -> NDArray[Any]:
    """Power |X|² in dB, of the same type; a sine of amplitude 1 is 0 dB, and nothing lies below −130."""
    reference = (analysis.window / 4) ** 2
    return np.asarray(10.0 * np.log10(np.maximum(power / reference, 1e-13)))


def to_level(power: Float, analysis: Analysis) -> Levels:
    """Power |X|² to level values; a sine of amplitude 1 is 0 dB, i.e. 255."""
    return np.asarray(np.clip((power_db(power, analysis) - FLOOR_DB) / STEP_DB + 0.5, 0, 255), np.uint8)


def level_db(level: ArrayLike) -> NDArray[np.float64]:
    """Level values in dB, of any shape."""
    return FLOOR_DB + STEP_DB * np.asarray(level, np.float64)
