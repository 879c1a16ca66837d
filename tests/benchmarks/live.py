"""Live audition: edit to ear, drop-outs under load, clicks, heard against exported, and the renderer's speed.

Everything that is heard is played by PortAudio into a null sink of PulseAudio, and recorded from its monitor.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import Report
from tests.benchmarks.driving import running_window
from tests.benchmarks.live_speed import speed
from tests.rig import NullSink

if TYPE_CHECKING:
    from workbench.app import Workbench

PARTS = {
    "live_edits": "edit_to_ear",
    "live_clicks": "clicks",
    "live_heard": "heard_is_exported",
    "live_load": "under_load",
    "live_point": "pointing",
}
"""Modules, and their functions that measure in a window."""


def measure(report: Report) -> None:
    """All figures; each window in a process of its own."""
    speed(report)
    root = Path(__file__).resolve().parents[2]
    for module, part in PARTS.items():
        line = f"from tests.benchmarks import live, {module}; live.in_a_window({module}.{part})"
        report.holds &= subprocess.run([sys.executable, "-c", line], cwd=root).returncode == 0


def in_a_window(part: Callable[[Report, Workbench, NullSink], None]) -> None:
    """One part in a window; ends the process with whether all holds."""
    report = Report()
    with running_window() as (program, sink):
        part(report, program, sink)
    sys.exit(not report.holds)
