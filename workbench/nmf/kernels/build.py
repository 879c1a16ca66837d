"""Compiles fused.c for each instruction set, where there is a C compiler; without one NumPy does its work.

`hook.py` runs this file alone when the program is installed, where there is neither the package nor NumPy.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sysconfig
import zlib
from pathlib import Path

HERE = Path(__file__).parent

SETS = {"avx512": ("-mavx512f", "-mfma"), "avx2": ("-mavx2", "-mfma"), "baseline": ()}
"""Instruction sets, the best one first, and the compiler's flags for each: of x86-64, and what every processor has."""

FLAGS = ("-O3", "-fPIC", "-shared", "-ffp-contract=fast")
"""Products and sums are fused where the processor can; nothing else of arithmetic is left to the compiler."""


def library_path(name: str, folder: Path = HERE) -> Path:
    """Where the library of an instruction set lies; its name changes with the sources, so that none is ever stale."""
    sources = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.[ch]")))
    return folder / f"fused-{name}-{zlib.crc32(sources):08x}.so"


def compile_all(folder: Path = HERE) -> list[Path]:
    """The libraries that could be made, in place of those that were there; none without a compiler."""
    for old in folder.glob("fused-*.so"):
        old.unlink()
    found = map(shutil.which, (shlex.split(name)[0] for name in _compilers()))
    compiler = next((path for path in found if path), None)
    intel = platform.machine().lower() in ("x86_64", "amd64")
    names = [name for name, flags in SETS.items() if intel or not flags]
    return [path for name in names if compiler and (path := library_path(name, folder)) and _made(compiler, name, path)]


def _compilers() -> list[str]:
    """Names of compilers, the best one first: the user's, Python's own, and what they are usually called."""
    return [name for name in (os.environ.get("CC"), sysconfig.get_config_var("CC"), "cc", "gcc", "clang") if name]


def _made(compiler: str, name: str, path: Path) -> bool:
    command = [compiler, *FLAGS, *SETS[name], str(HERE / "fused.c"), "-o", str(path), "-lm"]
    return subprocess.run(command, capture_output=True).returncode == 0
