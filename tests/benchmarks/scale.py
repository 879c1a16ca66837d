"""Whether an hour is everyday work: memory of a day's work on it, and what it costs by its length.

``SCALE=day,length,online,methods,view`` chooses some of them; ``SCALE_MINUTES`` says how long the recording is.
"""

from __future__ import annotations

import os

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import alone

PARTS = {
    "day": ("scale_day", "day(Report())"),
    "length": ("scale_length", "lengths(Report())"),
    "online": ("scale_online", "online(Report())"),
    "methods": ("scale_methods", "methods(Report())"),
    "view": ("scale_view", "view(Report())"),
}
PARTS_ENV = "SCALE"


def measure(report: Report) -> None:
    """All of them, or those that are chosen, each in a process of its own."""
    for name in os.environ.get(PARTS_ENV, ",".join(PARTS)).split(","):
        report.holds &= alone(*PARTS[name])
