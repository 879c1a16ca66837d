"""Measurements with what was asked beside: ``python -m tests.benchmarks NAME`` prints one JSON line a figure."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable

_RELATIONS: dict[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


class Report:
    """Prints figures as they are measured and remembers whether all hold."""

    def __init__(self) -> None:
        self.holds = True

    def figure(self, name: str, value: float, unit: str, asked: str | None, **more: object) -> None:
        """One figure; `asked` is a relation and a number, e.g. '<= 16', or None for one told beside."""
        holds = None
        if asked is not None:
            relation, bound = asked.split()
            holds = bool(_RELATIONS[relation](value, float(bound)))
            self.holds &= holds
        line = {"figure": name, "value": round(value, 3), "unit": unit, "asked": asked, "known": holds, **more}
        print(json.dumps(line), flush=True)
