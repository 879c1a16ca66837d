"""Oracle masks: from the true stems of a mix, as the upper limit of what masks can do.

The ideal ratio mask |S_i|^p / Σ_j |S_j|^p and the ideal binary mask (Wang 2005; Li & Wang 2009), one for all channels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.models import Shares
from workbench.progress import Progress, silent
from workbench.scratch import USUAL
from workbench.spectral.stft import Analysis, analyse

Samples = NDArray[np.float32]
PIECE = 1 << 20
"""Frames of sound that are looked at at once."""
REST_DB = -40.0
"""What the stems leave of the mix counts as a source of its own above this level relative to the mix."""


def rest_of(mix: Samples, stems: Sequence[Samples]) -> Samples | None:
    """What the stems leave of the mix, float32 (n, C); None where that is next to nothing."""
    rest, energy, left = USUAL.zeros(mix.shape, np.float32), 0.0, 0.0
    for begin in range(0, len(mix), PIECE):
        piece = slice(begin, begin + PIECE)
        rest[piece] = mix[piece] - np.sum([stem[piece] for stem in stems], axis=0)
        energy += float(np.sum(mix[piece].astype(np.float64) ** 2))
        left += float(np.sum(rest[piece].astype(np.float64) ** 2))
    return rest if left > energy * 10 ** (REST_DB / 10) else None


def oracle_masks(
    stems: Sequence[Samples], analysis: Analysis, binary: bool, power: float, progress: Progress = silent
) -> Shares:
    """Ideal masks of some stems.

    Parameters
    ----------
    stems : sequence of float32, shape (n, C)
    binary : bool
        Each bin to the loudest stem; else shares in proportion to |S|^power.
    power : float
        2 for energies (the Wiener mask), 1 for magnitudes.

    Returns
    -------
    Shares
        Where all stems are silent they share equally.
    """
    count, total = len(stems), analysis.frames(len(stems[0]))
    out = USUAL.zeros((count, total, analysis.bins), np.float16)
    for first in range(0, total, 256):
        frames = min(256, total - first)
        energy = np.stack(
            [np.mean(np.abs(analyse(stem, analysis, first, frames)) ** 2, axis=0, dtype=np.float32) for stem in stems]
        )
        if binary:
            loudest = energy.argmax(axis=0)
            masks = np.stack([loudest == i for i in range(count)]).astype(np.float32)
        else:
            masks = energy ** np.float32(power / 2)
        sums = masks.sum(axis=0)
        masks = np.where(sums > 0, masks / np.maximum(sums, np.float32(1e-30)), np.float32(1 / count))
        out[:, first : first + frames] = masks
        progress((first + frames) / total)
    return Shares(out)
