"""Frequency scales of the display: where on the vertical axis a frequency stands, and its name as a note."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
FOOT_HZ = 30.0
"""Lowest frequency that pictures show on the logarithmic axis; what is lower is drawn at their foot."""
LOWEST_HZ = 20.0
"""The logarithmic axis begins here; everything below is drawn at its foot."""


class FrequencyScale(Enum):
    """Logarithmic (octaves above 20 Hz), mel (O'Shaughnessy 1987: 2595 log10(1 + f/700)), linear (Hz)."""

    LOG = "log"
    MEL = "mel"
    LINEAR = "linear"

    def position(self, hz: ArrayLike) -> NDArray[np.float64]:
        """Axis position of frequencies in Hz; increasing."""
        f = np.asarray(hz, np.float64)
        if self is FrequencyScale.LOG:
            return np.log2(np.maximum(f, LOWEST_HZ) / LOWEST_HZ)
        if self is FrequencyScale.MEL:
            return 2595.0 * np.log10(1.0 + np.maximum(f, 0.0) / 700.0)
        return f

    def frequency(self, position: ArrayLike) -> NDArray[np.float64]:
        """Frequency in Hz at axis positions; the inverse of `position` above its foot."""
        y = np.asarray(position, np.float64)
        if self is FrequencyScale.LOG:
            return LOWEST_HZ * np.exp2(y)
        if self is FrequencyScale.MEL:
            return 700.0 * (10.0 ** (y / 2595.0) - 1.0)
        return y


def note_name(hz: float) -> str:
    """Nearest note of equal temperament (A4 = 440 Hz), e.g. 'D♯4'; empty below 8 Hz."""
    if hz < 8.0:
        return ""
    midi = round(69 + 12 * float(np.log2(hz / 440.0)))
    return f"{NOTES[midi % 12]}{midi // 12 - 1}"
