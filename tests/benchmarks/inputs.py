"""Damaged sound files: none may crash, hang, take much, or give a number that is none; and their lengths are true."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import numpy as np

from tests.audio.damage import damaged
from tests.benchmarks import Report
from workbench.audio.recording import load
from workbench.errors import UserError
from workbench.wording import sentence

FILES = 2000
INPUTS = "INPUTS"
"""Of the environment: how many."""
HANGS = 5.0
"""Seconds."""
MOST_BYTES = 1 << 30
NEAR = 0.03
"""Seconds by which lengths may differ: decoders pad as they like."""
DELAY = 529
"""Samples by which a decoder of MP3 is late: where no head tells of them, ffmpeg keeps them, and mpg123 does not."""


def measure(report: Report) -> None:
    """All files, in processes of their own."""
    count = int(os.environ.get(INPUTS, str(FILES)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = [damaged(seed) for seed in range(count)]
        for seed, (_, data) in enumerate(done):
            (folder / f"{seed}.bin").write_bytes(data)
        told = every(folder, count, "tests.benchmarks.inputs")
        kinds = Counter(each["how"] for each in told)
        bad = {
            how: [f"{i} ({done[i][0]})" for i, each in enumerate(told) if each["how"] == how][:9]
            for how in ("crash", "traceback", "hang")
        }
        for how, names in bad.items():
            report.figure(f"{how}s of {count} files", kinds[how], "", "== 0", which=names)
        opened = [each for each in told if each["how"] == "open"]
        report.figure("not finite", sum(not each["finite"] for each in opened), "", "== 0")
        report.figure("the slowest", max(each["seconds"] for each in told), "s", f"<= {HANGS}")
        report.figure("the most memory", max(each["memory"] for each in told) / 2**20, "MB", "<= 1024")
        remarks = sum(bool(each["remarks"]) for each in opened)
        report.figure("open", len(opened), "", None, with_a_remark=remarks, told_why_not=kinds["sentence"])
        _compare(report, folder, told)


def _compare(report: Report, folder: Path, told: list[dict]) -> None:
    """The lengths with those that another decoder finds, where there is one."""
    other = shutil.which("ffmpeg")
    if other is None:
        report.figure("lengths compared", 0, "", None, because="ffmpeg is not installed")
        return
    wrong, compared = [], 0
    for i, each in enumerate(told):
        if each["how"] != "open" or each["remarks"]:
            continue
        path = folder / f"{i}.bin"
        command = [other, "-v", "error", "-i", str(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"]
        ran = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if not ran.stdout:
            continue
        compared += 1
        seconds = len(ran.stdout) / 4 / each["channels"] / each["rate"]
        if seconds > each["length"] + NEAR + DELAY / each["rate"]:
            wrong.append((i, round(seconds, 3), round(each["length"], 3)))
    report.figure("shorter than another decoder's, without a remark", len(wrong), "", "== 0", of=compared, which=wrong)


def every(folder: Path, count: int, module: str) -> list[dict]:
    """What comes of numbered files, each told in a line by a module that is run as a program; it goes on after a crash.

    The program is given the folder, the number of the first file and how many there are.
    """
    told: list[dict] = []
    while len(told) < count:
        told += _some(folder, len(told), count, module)
    return told


def _some(folder: Path, first: int, count: int, module: str) -> list[dict]:
    """What comes of files from one on, to the first that crashes or hangs."""
    out: list[dict] = []
    command = [sys.executable, "-m", module, str(folder), str(first), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines: Queue[str] = Queue()
        assert process.stdout is not None
        reader = Thread(
            target=lambda stream: [lines.put(line) for line in stream] and lines.put(""), args=(process.stdout,)
        )
        reader.start()
        try:
            while first + len(out) < count:
                # Starting takes a while, too.
                line = lines.get(timeout=2 * HANGS if out else 60)
                if not line:
                    break
                out.append(json.loads(line))
        except Empty:
            process.kill()
            out.append({"how": "hang", "seconds": 2 * HANGS, "memory": 0})
        reader.join()
        code = process.wait()
        if first + len(out) < count and (not out or out[-1]["how"] != "hang"):
            out.append({"how": "crash", "seconds": 0.0, "memory": 0, "code": code})
    return out


def _open(path: Path) -> dict:
    begin = time.perf_counter()
    try:
        recording = load(path)
    except UserError as error:
        told = {"how": "sentence", "said": sentence(error)}
    except BaseException:  # noqa: BLE001 - this is what is looked for
        traceback.print_exc()
        told = {"how": "traceback"}
    else:
        told = {
            "how": "open",
            "remarks": [sentence(each) for each in recording.remarks],
            "finite": bool(np.isfinite(recording.samples).all()),
            "rate": recording.rate,
            "channels": recording.channels,
            "length": recording.duration,
        }
    return told | {"seconds": time.perf_counter() - begin}


def _go_through(folder: Path, first: int, count: int) -> None:
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MOST_BYTES, held + MOST_BYTES))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for i in range(first, count):
        told = _open(folder / f"{i}.bin")
        now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps(told | {"memory": (now - before) * 1024}), flush=True)


if __name__ == "__main__":
    _go_through(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
