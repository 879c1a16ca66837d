"""Whether nothing is lost: kills, damaged projects, a monkey at the window, and what keeping work costs.

``RECOVERY=kills,damaged,cost,monkey`` chooses some of them.
"""

from __future__ import annotations

import os

from tests.benchmarks import Report, recovery_cost, recovery_damaged, recovery_kills, recovery_monkey

PARTS = {
    "cost": recovery_cost.measure,
    "damaged": recovery_damaged.measure,
    "kills": recovery_kills.measure,
    "monkey": recovery_monkey.measure,
}
PARTS_ENV = "RECOVERY"


def measure(report: Report) -> None:
    """All of them, or those that are chosen."""
    for name in os.environ.get(PARTS_ENV, ",".join(PARTS)).split(","):
        PARTS[name](report)
