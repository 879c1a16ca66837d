"""The outline of a recording: the least and the greatest sample of every few."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.progress import Progress, silent

Float = NDArray[np.float32]

GROUP = 256
"""Frames of which the least and the greatest sample are kept."""
PIECE = 4096 * GROUP
"""Frames that are looked at at a time."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """Of a recording (n, C), over all channels.

    Attributes
    ----------
    samples : float32, shape (n, C)
    groups : float32, shape (ceil(n / GROUP), 2)
        The least and the greatest of each group.
    """

    samples: Float
    groups: Float

    @cached_property
    def greatest(self) -> float:
        """The greatest sample in size."""
        return float(np.abs(self.groups).max(initial=0.0))

    def between(self, edges: NDArray[np.intp]) -> Float:
        """The least and the greatest sample between edges.

        Parameters
        ----------
        edges : int, shape (P + 1,)
            Frames in 0 … n, not decreasing; of equal ones the frame there, or the last one.

        Returns
        -------
        float32, shape (P, 2)
            Where edges are at least two groups apart, of all groups that are touched.
        """
        if len(edges) < 2 or not len(self.samples):
            return np.zeros((max(0, len(edges) - 1), 2), np.float32)
        coarse = int(np.diff(edges).min()) >= 2 * GROUP
        step, count = (GROUP, len(self.groups)) if coarse else (1, len(self.samples))
        begins = np.minimum(edges[:-1] // step, count - 1)
        first, stop = int(begins[0]), int(min(max(-(-edges[-1] // step), begins[-1] + 1), count))
        # The last group before an edge is also looked at from behind it.
        if coarse:
            (low, high), starts = self.groups[first:stop].T, begins - first
        else:
            # All channels of a span lie side by side.
            low = high = np.ascontiguousarray(self.samples[first:stop]).reshape(-1)
            starts = (begins - first) * self.samples.shape[1]
        out = np.stack([np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)], axis=1)
        if not coarse:
            empty = np.flatnonzero(np.diff(begins, append=stop) == 0)
            there = self.samples[begins[empty]]
            out[empty, 0], out[empty, 1] = there.min(axis=1), there.max(axis=1)
        return out


def peaks_of(samples: Float, progress: Progress = silent) -> Peaks:
    """The outline of a recording (n, C).

    Raises
    ------
    Cancelled
        By `progress`.
    """
    groups = np.zeros((-(-len(samples) // GROUP), 2), np.float32)
    for begin in range(0, len(samples), PIECE):
        piece = samples[begin : begin + PIECE]
        whole = len(piece) // GROUP
        at = slice(begin // GROUP, begin // GROUP + whole)
        grouped = piece[: whole * GROUP].reshape(whole, GROUP * piece.shape[1])
        groups[at, 0], groups[at, 1] = grouped.min(axis=1), grouped.max(axis=1)
        if whole * GROUP < len(piece):
            groups[-1] = piece[whole * GROUP :].min(), piece[whole * GROUP :].max()
        progress(min(1.0, (begin + PIECE) / len(samples)))
    return Peaks(samples, groups)
