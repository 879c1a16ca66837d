"""Factors as two CSV files: a column for each component, in the first column the frequency or the time of the row.

``STEM W.csv`` has a row for each bin, under ``Hz`` and the names; ``STEM H.csv`` a row for each frame, under
``seconds`` and the names. Bare numbers are read as well, in either direction.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError
from workbench.exchange.factors import MOST_COMPONENTS, Float, ReadFactors, activations, flat, templates
from workbench.exchange.reading import read_text, reading
from workbench.exchange.sets import check_free
from workbench.progress import Progress, silent
from workbench.storage import replacing

KIND = "CSV"
HZ, SECONDS = "Hz", "seconds"
ROWS = 1024
"""That are written together."""
LETTERS = 32
"""Of a number at most."""


def paths_of(path: Path) -> tuple[Path, Path]:
    """The files of W and H that ``STEM.csv`` stands for."""
    return path.with_name(f"{path.stem} W.csv"), path.with_name(f"{path.stem} H.csv")


def write(
    path: Path,
    W: Float,
    H: Float,
    names: Sequence[str],
    hz: NDArray[np.float64],
    seconds: NDArray[np.float64],
    progress: Progress = silent,
) -> list[Path]:
    """Write factors; returns the paths of W and H.

    Parameters
    ----------
    path : Path
        ``STEM.csv``, see `paths_of`.
    hz, seconds : float64, shapes (F,) and (N,)

    Raises
    ------
    UserError
        `exchange.exists`, `exchange.patterns`.
    OSError
        As the system reports it.
    """
    paths = paths_of(path)
    check_free(paths)
    done = 0
    tables = ((HZ, hz, flat(W)), (SECONDS, seconds, H.T))
    with ExitStack() as named:
        for target, (axis, places, columns) in zip(paths, tables, strict=True):
            partial = named.enter_context(replacing(target))
            with partial.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([axis, *names])
                for start in range(0, len(places), ROWS):
                    rows = slice(start, start + ROWS)
                    # A float32 in as few digits as bring it back.
                    writer.writerows(
                        [repr(float(place)), *map(str, row)]
                        for place, row in zip(places[rows], columns[rows], strict=True)
                    )
                    done += len(places[rows])
                    progress(done / (len(hz) + len(seconds)))
        check_free(paths)
    return list(paths)


def read(path: Path, bins: int, frames: int) -> ReadFactors:
    """Templates or activations of a file: which, its axis says, or else its shape, or else its name.

    Raises
    ------
    UserError
        As `read_text`, `factors.templates`, `factors.activations`; `exchange.damaged` where it is no table of numbers.
    """
    most = LETTERS * (MOST_COMPONENTS + 1) * (max(bins, frames) + 1)
    text = read_text(path, KIND, most)
    with reading(path, KIND):
        head, table = _table(text)
    if head and head[0].strip().lower() == HZ.lower():
        return ReadFactors(W=templates(table[:, 1:], bins, path.name), names=tuple(head[1:]))
    if head and head[0].strip().lower() == SECONDS:
        return ReadFactors(H=activations(table[:, 1:].T, frames, path.name), names=tuple(head[1:]))
    fits = bins in table.shape, frames in table.shape
    called = path.stem.rstrip()[-1:].upper()
    if fits == (True, False) or (fits == (True, True) and called != "H"):
        return ReadFactors(W=templates(table, bins, path.name))
    if fits[1]:
        return ReadFactors(H=activations(table, frames, path.name))
    shape = f"{table.shape[0]} × {table.shape[1]}"
    raise UserError("exchange.neither", name=path.name, found=shape, bins=bins, frames=frames)


def _table(text: str) -> tuple[list[str], NDArray[np.float64]]:
    """The names over the columns, where there are any, and the numbers.

    Raises
    ------
    ValueError
        If it is no table of numbers.
    """
    beginning = text.partition("\n")[0]
    mark = next((each for each in (";", "\t") if each in beginning and "," not in beginning), ",")
    lines = (row for row in csv.reader(io.StringIO(text), delimiter=mark) if row)
    head: list[str] = []
    rows: list[NDArray[np.float64]] = []
    for row in lines:
        if not rows and not head and not _is_number(row[0]):
            head = row
            continue
        rows.append(np.array(row, np.float64))
        if len(row) != len(head or rows[0]):
            raise ValueError("no table")
    # An empty one is none.
    return head, np.stack(rows)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
