"""Labels for Audacity: a line for each, with tabs between begin, end and label, and one for a band of frequencies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from workbench.separation.labels import Label
from workbench.storage import replacing


def as_text(labels: Iterable[Label]) -> str:
    """Labels by their beginnings; numbers to a millionth, as Audacity writes them, where that is enough."""
    lines = []
    for each in sorted(labels, key=lambda label: (label.begin, label.end)):
        lines.append(f"{_number(each.begin)}\t{_number(max(each.end, each.begin))}\t{one_line(each.text)}")
        if each.low is not None or each.high is not None:
            low, high = ((-1.0 if hz is None else hz) for hz in (each.low, each.high))
            lines.append(f"\\\t{_number(low)}\t{_number(high)}")
    return "".join(f"{line}\n" for line in lines)


def _number(value: float) -> str:
    """A mark begins halfway between two frames: what is rounded there may come back as one frame earlier."""
    short = f"{value:.6f}"
    return short if float(short) == value else f"{value:.12f}"


def one_line(text: str) -> str:
    """A text without what would break a line or a column."""
    return re.sub(r"\s+", " ", text).strip()


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
