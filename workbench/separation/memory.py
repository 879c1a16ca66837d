"""How much memory a factorisation takes for itself, as far as that can be told beforehand.

V lies in a file where it is long, and is read block by block; what counts is what a method makes of it beside.
"""

from __future__ import annotations

from pathlib import Path

import psutil

from workbench.errors import UserError
from workbench.separation.settings import METHODS, Method, RunSettings
from workbench.spectral.stft import Analysis

PLANES = {
    Method.FAST: 0.0,
    Method.MU: 0.0,
    Method.ONLINE: 0.0,
    Method.FLUCOMA: 8.5,
    Method.SMOOTH: 0.0,
    Method.SEQUENTIAL: 0.0,
    Method.EM: 4.4,
    Method.PATTERNS: 0.3,
    Method.LIBNMFD: 2.5,
    Method.MATCH: 0.0,
    Method.HPSS: 0.0,
    Method.ORACLE: 0.0,
}
"""Matrices of V's size in float32 that a method holds of its own; `tests.benchmarks.scale_methods` measures them."""
LEFT_OUT = 1.1
"""The same more where a span of time counts for nothing."""
FACTORS = 12
"""So often the factors are held."""
LITTLE = 10**9
"""Bytes that are never refused: how much memory is free is known too roughly for that."""
CONTROL_GROUP = Path("/sys/fs/cgroup")


def bytes_of_run(settings: RunSettings, analysis: Analysis, samples: int, components: int, in_memory: int = 0) -> int:
    """The bytes that a run is thought to take beside what lies in files.

    Parameters
    ----------
    samples : int
        Length of the recording.
    components : int
        K.
    in_memory : int
        Bytes that there is room for in memory, where V is put there.
    """
    frames = analysis.frames(samples)
    methods = {settings.method, settings.compare or settings.method}
    matrices = max(PLANES[method] for method in methods) + LEFT_OUT * settings.leave_out
    planes = matrices * 4 * frames * analysis.bins
    runs = (settings.tries if "tries" in METHODS[settings.method].uses else 1) + len(methods) - 1
    factors = 4 * components * (analysis.bins * settings.template_frames + frames)
    v = 4 * frames * analysis.bins
    return int(planes + (v if v <= in_memory else 0) + (FACTORS + runs) * factors)


def check_memory(needed: int, free: int) -> None:
    """Refuse what would take much memory, and more than there is.

    Raises
    ------
    UserError
        `separation.no_memory`
    """
    if needed > max(free, LITTLE):
        raise UserError("separation.no_memory", needed=needed / 1e9, free=free / 1e9)


def free_bytes() -> int:
    """The memory that is free, of the machine or of the container that this runs in."""
    return min([int(psutil.virtual_memory().available), *_left_in_group()])


def _left_in_group() -> list[int]:
    """What the control group (version 2) of a container leaves; nothing where there is no limit.

    Pages of files count as used there, and are given back where memory is wanted.
    """
    try:
        most, used, told = ((CONTROL_GROUP / f"memory.{name}").read_text() for name in ("max", "current", "stat"))
        pages = dict(line.split() for line in told.splitlines())
        files = int(pages.get("active_file", 0)) + int(pages.get("inactive_file", 0))
        return [max(0, int(most) - int(used) + files)]
    except (OSError, ValueError):
        return []
