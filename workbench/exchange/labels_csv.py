"""Labels as CSV: begin and end in seconds, label, lowest and highest frequency in Hz; what is not said is empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from workbench.exchange.audacity import one_line
from workbench.separation.labels import Label
from workbench.storage import replacing

HEAD = ("begin", "end", "label", "low", "high")


def as_text(labels: Iterable[Label]) -> str:
    """A table with a head; every number brings its value back exactly."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for each in sorted(labels, key=lambda label: (label.begin, label.end)):
        band = ("" if hz is None else repr(float(hz)) for hz in (each.low, each.high))
        writer.writerow([repr(float(each.begin)), repr(float(each.end)), one_line(each.text), *band])
    return out.getvalue()


def write(path: Path, labels: Iterable[Label]) -> list[Path]:
    """Write labels; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `replacing`.
    """
    with replacing(path) as partial:
        partial.write_text(as_text(labels), encoding="utf-8", newline="\n")
    return [path]
