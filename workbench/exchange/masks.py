"""Masks on their way in and out: which there are, of which plane, and how those of files become those of a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.names import distinct
from workbench.exchange.reading import as_text
from workbench.masks.stack import Stack
from workbench.progress import Progress, part, silent
from workbench.spectral.stft import Analysis

Float = NDArray[np.float32]
Half = NDArray[np.float16]
MOST_MASKS = 200
BLOCK = 256
"""Frames that are looked at together."""
VALUES = 2**22
"""Values of a mask that are written together."""
ROWS = 64
"""They are whole bands of so many bins, as edits are evaluated."""
HALF = 2.0**-12
"""What a float16 of at most one is off by."""
NEAR = 1e-5
"""What a value may lie outside 0 … 1 beside the steps of its format: rounding of whoever computed it."""


# -- going out --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MaskPlanes:
    """Masks that are evaluated where they are looked at.

    Attributes
    ----------
    names : tuple of str
        Of the K masks.
    seconds, hz : float64, shapes (N,) and (F,)
        Centres of the frames and bins.
    read : callable
        From some of the masks by their numbers, a slice of bins and one of frames to float32 (k, R, C), in [0, 1].
    """

    names: tuple[str, ...]
    seconds: NDArray[np.float64]
    hz: NDArray[np.float64]
    read: Callable[[Sequence[int], slice, slice], Float]

    @property
    def bins(self) -> int:
        """F."""
        return len(self.hz)

    @property
    def frames(self) -> int:
        """N."""
        return len(self.seconds)

    def bands(self, mask: int) -> Iterator[tuple[slice, Float]]:
        """A mask from its lowest bins to its highest, all frames of some (R, N) at a time."""
        rows = max(1, VALUES // max(1, self.frames) // ROWS) * ROWS
        for low in range(0, self.bins, rows):
            band = slice(low, min(low + rows, self.bins))
            yield band, self.read((mask,), band, slice(0, self.frames))[0]


def planes_of_array(names: Sequence[str], masks: NDArray[np.floating], analysis: Analysis, rate: float) -> MaskPlanes:
    """Masks that are there as a whole, shape (K, F, N)."""

    def read(chosen: Sequence[int], rows: slice, columns: slice) -> Float:
        return np.asarray(masks[list(chosen), rows, columns], np.float32)

    return _planes(names, read, analysis, masks.shape[2], rate)


def planes_of_stack(stack: Stack, analysis: Analysis, rate: float, groups: bool = False) -> MaskPlanes:
    """The masks of a stack as they are, with all edits: of every layer, or of every group and every layer in none."""
    names: list[str] = [layer.name for layer in stack.layers]
    weights = np.eye(len(stack.layers), dtype=np.float32)
    if groups:
        known = {group.id: group.name for group in stack.groups}
        keys = [(layer.group, 0) if layer.group in known else (0, layer.id) for layer in stack.layers]
        each = list(dict.fromkeys(keys))
        names = [known[key[0]] if key[0] else names[keys.index(key)] for key in each]
        weights = np.array([[key == whose for whose in each] for key in keys], np.float32)

    def read(chosen: Sequence[int], rows: slice, columns: slice) -> Float:
        bins, frames = np.arange(rows.start, rows.stop), np.arange(columns.start, columns.stop)
        return np.clip(stack.blend(weights[:, list(chosen)], bins, frames), 0, 1)

    return _planes(distinct(names), read, analysis, stack.frames, rate)


def _planes(
    names: Sequence[str],
    read: Callable[[Sequence[int], slice, slice], Float],
    analysis: Analysis,
    frames: int,
    rate: float,
) -> MaskPlanes:
    seconds = analysis.second_of(np.arange(frames, dtype=np.float64), rate)
    hz = analysis.hz_of(np.arange(analysis.bins, dtype=np.float64), rate)
    return MaskPlanes(tuple(names), seconds, hz, read)


# -- coming in --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FoundMasks:
    """Masks that a file holds, of the plane that they are wanted for, not read yet.

    Attributes
    ----------
    file : str
        Its name.
    names : tuple of str
        Of its K masks.
    grain : float
        What a value is off by at most because of the format.
    blocks : callable
        Gives pieces one after the other: the first frame, and (K, F, n) of any real kind.
    """

    file: str
    names: tuple[str, ...]
    grain: float
    blocks: Callable[[], Iterator[tuple[int, NDArray[np.generic]]]]


def oriented(array: NDArray[np.generic], bins: int, frames: int, name: str) -> NDArray[np.generic]:
    """An array as masks (K, F, N): one of (K, N, F) is turned where only that fits, one mask may be a plane alone.

    Raises
    ------
    UserError
        `exchange.other_plane`: it fits in no way.
    """
    whole = array[None] if array.ndim == 2 else array
    if whole.ndim == 3 and whole.shape[1:] == (bins, frames):
        return whole
    if whole.ndim == 3 and whole.shape[1:] == (frames, bins):
        return whole.transpose(0, 2, 1)
    raise UserError("exchange.other_plane", name=name, found=as_text(array.shape), bins=bins, frames=frames)


def by_blocks(masks: NDArray[np.generic]) -> Iterator[tuple[int, NDArray[np.generic]]]:
    """Pieces (K, F, n) of masks (K, F, N)."""
    for start in range(0, masks.shape[2], BLOCK):
        yield start, masks[:, :, start : start + BLOCK]


def as_shares(
    found: Sequence[FoundMasks],
    bins: int,
    frames: int,
    rest: str = "Rest",
    normalise: bool = False,
    progress: Progress = silent,
) -> tuple[list[str], Half]:
    """Masks that sum to one in every bin, from what files hold.

    What the masks leave of a bin becomes one mask more, where that is more than the rounding of the files; what is
    within rounding is scaled to one.

    Parameters
    ----------
    rest : str
        Name of what is left.
    normalise : bool
        Bins with masks that sum to more than one are scaled to one; else they are an error.

    Returns
    -------
    names : list of str
        Each another one.
    masks : float16, shape (K, N, F)
        As `Shares` holds them.

    Raises
    ------
    UserError
        `exchange.too_many_masks`; `exchange.not_finite` and `exchange.out_of_range` say where; `exchange.sum_above`.
    """
    names = distinct(name for each in found for name in each.names)
    count = len(names)
    if not 0 < count <= MOST_MASKS:
        raise UserError("exchange.too_many_masks", masks=count, most=MOST_MASKS)
    # One more for the rest; what is not written to takes no memory.
    out = np.empty((count + 1, frames, bins), np.float16)
    first = 0
    for number, each in enumerate(found):
        of_file = part(progress, 0.7 * number / len(found), 0.7 * (number + 1) / len(found))
        chosen = slice(first, first + len(each.names))
        for start, piece in each.blocks():
            values = np.asarray(piece, np.float32)
            _check(values, start, each)
            out[chosen, start : start + values.shape[2]] = np.clip(values, 0, 1).transpose(0, 2, 1)
            of_file((start + values.shape[2]) / frames)
        first += len(each.names)
    near = min(sum(each.grain * len(each.names) for each in found) + count * HALF, 0.5)
    least, most = _sums(out[:count], part(progress, 0.7, 0.85))
    if most > 1 + near and not normalise:
        raise UserError("exchange.sum_above", sum=most)
    left = least < 1 - near
    for start in range(0, frames, BLOCK):
        block = out[:count, start : start + BLOCK].astype(np.float32)
        total = block.sum(axis=0)
        if left:
            out[count, start : start + BLOCK] = np.maximum(1 - total, 0)
        scale = np.maximum(total, 1) if left else total
        out[:count, start : start + BLOCK] = block / scale
        part(progress, 0.85, 1.0)(min(start + BLOCK, frames) / frames)
    return (distinct([*names, rest]), out) if left else (names, out[:count])


def _check(values: Float, start: int, found: FoundMasks) -> None:
    """Raise where values are no shares."""
    slack = found.grain + NEAR
    # What is no number fails every comparison.
    if bool(((values >= -slack) & (values <= 1 + slack)).all()):
        return
    finite = np.isfinite(values)
    wrong = np.argwhere(~finite if not finite.all() else (values < -slack) | (values > 1 + slack))[0]
    mask, row, column = (int(each) for each in wrong)
    value, frame = float(values[mask, row, column]), start + column
    if not finite.all():
        raise UserError("exchange.not_finite", name=found.file, mask=found.names[mask], row=row, frame=frame)
    raise UserError("exchange.out_of_range", name=found.file, mask=found.names[mask], value=value, row=row, frame=frame)


def _sums(masks: Half, progress: Progress) -> tuple[float, float]:
    """The least and the greatest sum of all masks in a bin."""
    least, most = np.inf, -np.inf
    for start in range(0, masks.shape[1], BLOCK):
        total = masks[:, start : start + BLOCK].sum(axis=0, dtype=np.float32)
        least, most = min(least, float(total.min())), max(most, float(total.max()))
        progress(min(start + BLOCK, masks.shape[1]) / masks.shape[1])
    return least, most
