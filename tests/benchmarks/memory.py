"""What separating a file takes of memory, by method, beside what the command thinks that it takes."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from tests.benchmarks import Report
from workbench.commands.estimate import bytes_for
from workbench.commands.separating import Asked, separated
from workbench.progress import silent

ROOT = Path(__file__).resolve().parents[2]
RATE, SECONDS = 44100, (60, 240)
CASES = {
    "NMF, Kullback–Leibler": Asked(iterations=3),
    "NMF, Itakura–Saito": Asked(iterations=3, divergence="is"),
    "NMF from singular vectors": Asked(preset="notes", iterations=3),
    "multiplicative updates": Asked(method="mu", iterations=3),
    "smooth (MM)": Asked(method="smooth", iterations=3),
    "EM": Asked(method="em", iterations=3),
    "patterns": Asked(method="patterns", iterations=3),
    "libnmfd": Asked(method="libnmfd", iterations=3),
    "HPSS": Asked(method="hpss"),
    "FluCoMa": Asked(method="flucoma", iterations=3),
}


def measure(report: Report) -> None:
    """Stereo noise of one and of four minutes, each separated in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seconds in SECONDS:
            noise = 0.1 * np.random.default_rng(0).standard_normal((RATE * seconds, 2))
            soundfile.write(folder / f"{seconds}.wav", noise, RATE)
        for what, asked in CASES.items():
            took = {}
            for seconds in SECONDS:
                path, out = folder / f"{seconds}.wav", folder / f"{what} {seconds}"
                took[seconds] = taken_by(path, out, asked)
                thought = bytes_for(path, asked)
                share = took[seconds] / thought
                report.figure(f"{what}, {seconds} s: taken of what is thought", share, "", "<= 1")
            more = (took[SECONDS[1]] - took[SECONDS[0]]) / (SECONDS[1] - SECONDS[0])
            report.figure(f"{what}: a minute more takes", more * 60 / 1e6, "MB", None)


def taken_by(path: Path, out: Path, asked: Asked) -> int:
    """Bytes at most, of a process that separates a file."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(path), str(out), repr(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


if __name__ == "__main__":
    with threadpool_limits(1, user_api="blas"):
        separated(Path(sys.argv[1]), Path(sys.argv[2]), eval(sys.argv[3]), lambda name: silent, lambda text: None)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    # Of this program alone; what `getrusage` tells counts what forked it, too.
    print(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024)
