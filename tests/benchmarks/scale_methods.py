"""The most memory of every method of separation on a long recording, each in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE, run

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import ANALYSIS, ROOT
from tests.benchmarks.scale_day import MINUTES_ENV
from tests.benchmarks.scale_hour import make_hour, watched
from workbench.audio.recording import load
from workbench.separation.factorise import choose_components, factorise
from workbench.separation.settings import RunSettings
from workbench.separation.task import Task

ITERATIONS = 3
CASES: dict[str, dict[str, object]] = {
    "NMF, Kullback–Leibler": {},
    "NMF, Itakura–Saito": {"divergence": "is"},
    "NMF, Euclidean": {"divergence": "eu"},
    "NMF from singular vectors": {"templates": "nndsvd"},
    "NMF, the best of three": {"tries": 3},
    "NMF beside multiplicative updates": {"compare": "mu"},
    "multiplicative updates": {"method": "mu"},
    "mini-batches": {"method": "online"},
    "smooth (MM)": {"method": "smooth"},
    "smooth, in sequence": {"method": "sequential"},
    "EM": {"method": "em"},
    "patterns": {"method": "patterns"},
    "libnmfd": {"method": "libnmfd"},
    "FluCoMa": {"method": "flucoma"},
    "tones and hits": {"method": "hpss"},
    "NMF, a minute left out": {"leave_out": True, "selection": (1000, 6000)},
    "number of components": {"suggest": True},
}


def methods(report: Report) -> Report:
    """All of them; what one can't do is told as what it says."""
    minutes = float(os.environ.get(MINUTES_ENV, "60"))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = make_hour(Path(folder) / "hour.wav", minutes)
        for name, asked in CASES.items():
            command = [sys.executable, "-m", "tests.benchmarks.scale_methods", str(path), json.dumps(asked)]
            done = run(command, cwd=ROOT, stdout=PIPE, text=True, check=False)
            told = json.loads(done.stdout) if done.returncode == 0 else {"most": 1e6, "seconds": 0, "said": "it failed"}
            report.figure(
                f"private memory, {name}", told["most"], "MB", "<= 2000", seconds=told["seconds"], said=told["said"]
            )
    return report


def _tell(path: Path, asked: dict[str, object]) -> None:
    recording = load(path)
    begin, said = time.perf_counter(), ""
    with watched() as memory:
        memory.most()
        try:
            if asked.pop("suggest", False):
                choose_components(recording, ANALYSIS, RunSettings(), [5, 10])
            else:
                factorise(Task(recording, ANALYSIS, RunSettings(components=10, iterations=ITERATIONS, **asked)))
        except Exception as error:  # noqa: BLE001 - what it is is told
            said = repr(error)
    print(json.dumps({"most": memory.most(), "seconds": round(time.perf_counter() - begin, 1), "said": said}))


if __name__ == "__main__":
    _tell(Path(sys.argv[1]), json.loads(sys.argv[2]))
