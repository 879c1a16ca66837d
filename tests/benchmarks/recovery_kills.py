"""Kills at random moments of a session of edits, marks, factorisations and saves: what comes back is what was done.

Run as a program, it is the session: it tells each act as it begins and, in two words, the document when it is done.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.recovery_scene import KINDS, act, make_recording, open_path, told, wait, working_desk
from tests.same import Words
from workbench.document.journal.recovery import left_behind, recover
from workbench.document.project import Project, load_project
from workbench.storage import remove_stale

KILLS, KILLS_ENV = 200, "KILLS"
LONGEST = 3.0
"""Seconds after the first act in which the end may come."""
ACTS = 100_000


def measure(report: Report) -> None:
    """All kills, two at a time."""
    count = int(os.environ.get(KILLS_ENV, str(KILLS)))
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(_killed, range(count)))
    kinds = Counter(kind for kind, _ in ends)
    lost = [f"{seed}: {kind} ({why})" for seed, (kind, why) in enumerate(ends) if kind not in WELL]
    report.figure(f"not as it was of {count} kills", len(lost), "", "== 0", which=lost[:10], **kinds)


WELL = {"as it was", "one act further", "in a factorisation", "as it was saved", "nothing was done"}


def _killed(seed: int) -> tuple[str, str]:
    """How a session that was killed came back."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_recording(folder / "song.wav")
        command = [sys.executable, "-m", "tests.benchmarks.recovery_kills", str(folder), str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(rng.random() ** 2 * LONGEST)
            process.send_signal(signal.SIGKILL)
            lines = [first, *process.stdout.readlines()]
        try:
            return _came_back(folder, [line.split() for line in lines if line.endswith("\n")])
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            return "raised", f"{type(error).__name__}: {error}"


def _came_back(folder: Path, lines: list[list[str]]) -> tuple[str, str]:
    done = [line for line in lines if line[0] == "done"]
    begun = lines[-1][2] if lines[-1][0] == "begin" else ""
    if {(line[2], line[-1]) for line in done} <= {(done[0][2], "0")} if done else True:
        # No act before it changed anything.
        return "nothing was done", ""
    project = folder / "work.workbench"
    saved = load_project(project) if project.exists() else None
    remove_stale(project)
    parts = [each.name for each in folder.iterdir() if each.name.endswith(".part")]
    if parts:
        return "a file was left behind", parts[0]
    left = left_behind(folder / "home" / "journals")
    whole, past, before = done[-1][2:5]
    if not left:
        if saved is not None and _told(saved)[0] == whole:
            return "as it was saved", ""
        return "nothing came back", begun
    found = recover(left[0])
    now = _told(found)
    if now[0] == whole:
        return "as it was", ""
    if begun == "factorise" or (begun and done[-1][1] != lines[-1][1]):
        # The act that was under way is there, or a part of it; all before it must be too.
        shorter = int(done[-1][5])
        if now[1] == past or _past(found, shorter)[1] == past or _past(found, shorter)[2] == before:
            return ("in a factorisation" if begun == "factorise" else "one act further"), ""
    return "another", f"{begun} after {done[-1]}"


def _told(project: Project) -> tuple[str, str, str]:
    return told(project.steps, project.present, project.runs, Words())


def _past(project: Project, step: int) -> tuple[str, str, str]:
    """As when a step was the present one."""
    return told(project.steps, step, project.runs, Words()) if step < len(project.steps) else ("", "", "")


def _session(folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with working_desk(folder / "home") as desk:
        open_path(desk, folder / "song.wav")
        document, words = desk.document, Words()
        for number in range(ACTS):
            # The kind is told first: the generator gives the same one to the act.
            before = rng.bit_generator.state
            kind = _kind(rng)
            rng.bit_generator.state = before
            print("begin", number, kind, flush=True)
            act(desk, rng, folder / "work.workbench")
            wait(lambda: not desk.runner.jobs)
            steps = [(step.name, step.state) for step in document.steps]
            print("done", number, *told(steps, document.step, document.runs, words), document.step, flush=True)


def _kind(rng: np.random.Generator) -> str:
    return str(rng.choice(KINDS))


if __name__ == "__main__":
    _session(Path(sys.argv[1]), int(sys.argv[2]))
