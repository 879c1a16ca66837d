"""Files of masks of any kind: read by their suffixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.errors import UserError
from workbench.exchange import masks_npy, masks_npz, masks_png, masks_wav
from workbench.exchange.masks import Half, as_shares
from workbench.exchange.names import names_of_set
from workbench.progress import Progress, silent

READERS = {
    ".npy": masks_npy.find,
    ".npz": masks_npz.find,
    ".png": masks_png.find,
    ".wav": masks_wav.find,
    ".rf64": masks_wav.find,
}


def read_masks(
    paths: Sequence[Path],
    bins: int,
    frames: int,
    rest: str = "Rest",
    normalise: bool = False,
    progress: Progress = silent,
) -> tuple[list[str], Half]:
    """Masks from files, all for one stack: names, and float16 (K, N, F) that sum to one; see `masks.as_shares`.

    Parameters
    ----------
    paths : sequence of Path
        NPY, NPZ, PNG (one a mask) and WAV files.
    bins, frames : int
        F and N of the plane that they are wanted for.
    rest : str
        Name of what they leave.
    normalise : bool
        Where they sum to more than one they are scaled; else that is an error.

    Raises
    ------
    UserError
        What is wrong with a file.
    """
    found = []
    for path in paths:
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise UserError("exchange.no_mask_file", name=path.name)
        found += reader(path, bins, frames)
    if all(path.suffix.lower() == ".png" for path in paths):
        names = names_of_set([path.stem for path in paths])
        found = [replace(each, names=(name,)) for each, name in zip(found, names, strict=True)]
    return as_shares(found, bins, frames, rest, normalise, progress)
