"""Frequency scales of the display: where on the vertical axis a frequency stands, and its name as a note."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
ORIGIN_HZ = 20.0
"""Position 0 of the logarithmic axis."""
LEAST_HZ = 1e-6
"""0 Hz, which has no place there, stands where this does."""


def foot_hz(rate: float) -> float:
    """Lowest frequency that pictures of a recording at such a rate show on the logarithmic axis.

    What is lower is drawn at their foot. 30 Hz, and where half the rate is not a hundred times that, a hundredth of it.
    """
    return min(30.0, rate / 200)


def lowest_hz(rate: float) -> float:
    """From this frequency on bins have places of their own on that axis; those below are where it is."""
    return foot_hz(rate) * 2 / 3


class FrequencyScale(Enum):
    """Logarithmic (octaves above 20 Hz), mel (O'Shaughnessy 1987: 2595 log10(1 + f/700)), linear (Hz)."""

    LOG = "log"
    MEL = "mel"
    LINEAR = "linear"

    def position(self, hz: ArrayLike) -> NDArray[np.float64]:
        """Axis position of frequencies in Hz; increasing."""
        f = np.asarray(hz, np.float64)
        if self is FrequencyScale.LOG:
            return np.log2(np.maximum(f, LEAST_HZ) / ORIGIN_HZ)
        if self is FrequencyScale.MEL:
            return 2595.0 * np.log10(1.0 + np.maximum(f, 0.0) / 700.0)
        return f

    def frequency(self, position: ArrayLike) -> NDArray[np.float64]:
        """Frequency in Hz at axis positions; the inverse of `position`."""
        y = np.asarray(position, np.float64)
        if self is FrequencyScale.LOG:
            return ORIGIN_HZ * np.exp2(y)
        if self is FrequencyScale.MEL:
            return 700.0 * (10.0 ** (y / 2595.0) - 1.0)
        return y


def note_name(hz: float) -> str:
    """Nearest note of equal temperament (A4 = 440 Hz), e.g. 'D♯4'; empty below 8 Hz."""
    if hz < 8.0:
        return ""
    midi = round(69 + 12 * float(np.log2(hz / 440.0)))
    return f"{NOTES[midi % 12]}{midi // 12 - 1}"
