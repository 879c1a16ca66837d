"""Which window suits which preset: SDR above the mix's own for every one, with the best grouping of the components."""

from __future__ import annotations

from tests.benchmarks import Report
from tests.benchmarks.preset_scenes import scenes
from tests.benchmarks.presets import gained
from workbench.separation.presets import PRESETS

TRIED = (1024, 2048, 4096, 8192, 16384)


def measure(report: Report) -> None:
    """Every scene with every window."""
    for scene in scenes():
        found = PRESETS[scene.preset]
        for window in TRIED:
            own = " (the preset's)" if window == found.window else ""
            gain = gained(scene.sources, found, window)
            report.figure(f"{found.name}, {scene.name}, window {window}{own}", gain, "dB", None)
