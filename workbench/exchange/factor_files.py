"""Files of factors of any kind: read by their suffixes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.errors import UserError
from workbench.exchange import factors_csv, factors_npz, flucoma
from workbench.exchange.factors import ReadFactors, joined

READERS = {
    ".npz": factors_npz.read,
    ".csv": factors_csv.read,
    ".txt": factors_csv.read,
    ".wav": flucoma.read,
    ".aif": flucoma.read,
    ".aiff": flucoma.read,
}


def read_factors(paths: Sequence[Path], bins: int, frames: int) -> ReadFactors:
    """Templates, activations or both, from one file or two.

    Raises
    ------
    UserError
        What is wrong with a file, or with both together.
    """
    out = ReadFactors()
    for path in paths:
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise UserError("exchange.no_factor_file", name=path.name)
        out = joined(out, reader(path, bins, frames))
    return out
