"""Spectra of the outputs: every channel through the masks of the layers, times their gains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.masks.evaluation.lattice import WIDE
from workbench.masks.stack import Stack

Float = NDArray[np.float32]
Complex = NDArray[np.complex64]
AHEAD = 4
"""Blocks blended at once when many frames are asked for: nobody waits for the first of them."""


class Masking:
    """Σ over layers and channels of gain × mask × X, for frames in turn; masks are blended for some frames ahead.

    Parameters
    ----------
    stack : Stack
    gains : float32, shape (L, outputs, C)
        Of every layer from every channel to every output.
    """

    def __init__(self, stack: Stack, gains: Float) -> None:
        self._stack, self._outputs = stack, gains.shape[1]
        self._weights, self._paths = _paths(gains)
        self._rows = np.arange(stack.bins)
        self._first = self._stop = 0
        self._held: Float = np.zeros((0, 0, 0), np.float32)

    def apply(self, spectrum: Complex, frames: NDArray[np.intp], cover: Float | None = None) -> Complex:
        """Spectra of the outputs, complex64 (outputs, n, F).

        Parameters
        ----------
        spectrum : complex64, shape (C, n, F)
        frames : int, shape (n,)
            Frames of the stack, one after the other, whose masks apply.
        cover : float32, shape (F, n), optional
            Share of every bin that is heard.
        """
        out: Complex = np.zeros((self._outputs, *spectrum.shape[1:]), np.complex64)
        if self._paths:
            masks = self._blended(int(frames[0]), int(frames[-1]) + 1)
            if cover is not None:
                masks = masks * cover
            for output, channel, number in self._paths:
                out[output] += masks[number].T * spectrum[channel]
        return out

    def _blended(self, first: int, stop: int) -> Float:
        """The masks by the gains of some frames, shape (D, F, n)."""
        if not self._first <= first < stop <= self._stop:
            ahead = AHEAD if stop - first >= WIDE else 1
            # Whole blocks, as they are remembered.
            begin = first // WIDE * WIDE
            end = max(begin + ahead * WIDE, -(-stop // WIDE) * WIDE)
            self._first, self._stop = begin, min(end, self._stack.frames)
            self._held = self._stack.blend(self._weights, self._rows, np.arange(self._first, self._stop))
        return self._held[:, :, first - self._first : stop - self._first]


def _paths(gains: Float) -> tuple[Float, list[tuple[int, int, int]]]:
    """The paths from channels to outputs: output, channel, and the number of the blend; and the weights of the blends.

    A path costs a blend of the masks; those with the same gains share one. The weights are (L, D).
    """
    columns: dict[bytes, int] = {}
    weights: list[Float] = []
    paths: list[tuple[int, int, int]] = []
    for output, channel in np.argwhere(gains.any(axis=0)).tolist():
        column = np.ascontiguousarray(gains[:, output, channel])
        number = columns.setdefault(column.tobytes(), len(columns))
        if number == len(weights):
            weights.append(column)
        paths.append((output, channel, number))
    return np.stack(weights, axis=1) if weights else np.zeros((len(gains), 0), np.float32), paths
