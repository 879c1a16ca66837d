"""What programs read: one JSON object a line, on standard output."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import PurePath
from typing import Any

from workbench.commands.guarding import Failure


def print_line(**values: object) -> None:
    """Print an object as one line, at once: who reads may act on it while the work goes on."""
    print(json.dumps(plain(values), allow_nan=False), flush=True)


def failed_line(**values: object) -> Callable[[Failure], None]:
    """What prints the line of something that failed, as `guarded` wants it."""

    def told(failure: Failure) -> None:
        print_line(**values, status="failed", error=error_of(failure))

    return told


def error_of(failure: Failure) -> dict[str, object]:
    """A failure for programs."""
    return {"code": failure.code, "text": failure.text, "status": failure.status}


def plain(value: Any) -> Any:
    """A value as JSON has it: paths are strings; what is not finite (a peak of silence in dB) is null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
