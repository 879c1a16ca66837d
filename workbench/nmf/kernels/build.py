"""Compiles the kernels when the program is installed, where there is a C compiler; without one NumPy does their work."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
FLAGS = ("-O3", "-fPIC", "-shared", "-ffp-contract=fast")
"""Multiplications and additions are fused where the processor can; nothing else may change a result."""

SETS = {"avx512": ("-mavx512f", "-mfma"), "avx2": ("-mavx2", "-mfma"), "baseline": ()}
"""Instruction sets and the compiler's flags for each; the two first are those of x86-64."""


def compiled(folder: Path = HERE) -> list[Path]:
    """Compile fused.c for each instruction set of this machine's kind of processor; the libraries that came of it."""
    out = []
    for name, flags in SETS.items():
        if flags and platform.machine().lower() not in ("x86_64", "amd64"):
            continue
        library = folder / f"fused-{name}.so"
        compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")[:1]
        try:
            subprocess.run(
                [*compiler, *FLAGS, *flags, HERE / "fused.c", "-o", library, "-lm"], check=True, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        out.append(library)
    return out
