"""Damaged project files: each gets a sentence, or opens as a document whose every step shows and sums to one."""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.inputs import every
from tests.benchmarks.recovery_scene import act, make_recording, open_path, wait, working_desk
from tests.document.damage import damaged
from workbench.audio.renderer import render
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.errors import UserError
from workbench.jobs.opening import open_file
from workbench.wording import sentence

FILES, FILES_ENV = 2000, "PROJECTS"
HANGS = 5.0
MOST_BYTES = 1 << 30
OLDER = Path(__file__).parents[1] / "document" / "files"
ACTS = 90


def measure(report: Report) -> None:
    """All files, in processes of their own."""
    count = int(os.environ.get(FILES_ENV, str(FILES)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = make(folder, count)
        told = every(folder, count, "tests.benchmarks.recovery_damaged")
    hows = Counter(each["how"] for each in told)
    for how in ("crash", "traceback", "hang", "no document"):
        which = [f"{i} ({kinds[i]})" for i, each in enumerate(told) if each["how"] == how]
        report.figure(f"{how} of {count} projects", len(which), "", "== 0", which=which[:12])
    raw = [i for i, each in enumerate(told) if each["how"] == "sentence" and not _plain(each["said"])]
    report.figure("sentences that are none", len(raw), "", "== 0", which=[told[i]["said"] for i in raw[:5]])
    report.figure("the slowest", max(each["seconds"] for each in told), "s", f"<= {HANGS}")
    report.figure("the most memory", max(each["memory"] for each in told) / 2**20, "MB", "<= 1024")
    opened = Counter(kinds[i] for i, each in enumerate(told) if each["how"] == "open")
    report.figure("open", hows["open"], "", None, told_why_not=hows["sentence"], of_kinds=dict(opened))


def make(folder: Path, count: int) -> list[str]:
    """The damaged files, and the recordings beside them; which kind of damage each has."""
    make_recording(folder / "song.wav")
    (folder / "tones.wav").write_bytes((OLDER / "tones.wav").read_bytes())
    with working_desk(None) as desk:
        open_path(desk, folder / "song.wav")
        rng = np.random.default_rng(5)
        for _ in range(ACTS):
            act(desk, rng, folder / "work.workbench", save=False)
            wait(lambda: not desk.runner.jobs)
        desk.saving.save(folder / "work.workbench")
        wait(lambda: not desk.saving.saving)
    older = [OLDER / f"schema{number}.workbench" for number in (2, 5, 8, 9)]
    kinds = []
    for seed in range(count):
        rng = random.Random(seed)
        base = rng.choice(older) if rng.random() < 0.2 else folder / "work.workbench"
        kind, data = damaged(base, rng)
        kinds.append(f"{kind} of {base.stem}")
        (folder / f"{seed}.workbench").write_bytes(data)
    return kinds


def _plain(text: str) -> bool:
    """Whether a sentence is one for people."""
    odd = ("<", "Expected `", "Traceback", "object has no", "'NoneType'", "dtype", "$.")
    return text.endswith(".") and not any(each in text for each in odd)


def _try(path: Path) -> dict:
    begin = time.perf_counter()
    try:
        opened = open_file(path)
    except UserError as error:
        return {"how": "sentence", "said": sentence(error), "seconds": time.perf_counter() - begin}
    except BaseException:  # noqa: BLE001 - this is what is looked for
        traceback.print_exc()
        return {"how": "traceback", "seconds": time.perf_counter() - begin}
    seconds = time.perf_counter() - begin
    try:
        how = "open" if _is_document(opened) else "no document"
    except BaseException:  # noqa: BLE001 - this is what is looked for
        traceback.print_exc()
        how = "traceback"
    return {"how": how, "seconds": seconds}


def _is_document(opened) -> bool:
    """Whether every step of what was opened shows, sounds, and sums to one."""
    project, document = opened.project, Document()
    document.open(
        opened.recording,
        opened.levels,
        project.state,
        project.runs,
        opened.path,
        project.steps,
        project.present,
        opened.solved,
        others=opened.others,
    )
    good = True
    for step in range(len(document.steps)):
        document.go_to(step)
        for stack in document.state.stacks:
            if stack.id != document.state.shown and step != project.present:
                continue
            found = document.stack_of(stack_acts.show_stack(document.state, stack.id))
            masks = found.evaluate(np.arange(0, found.bins, 9), np.arange(0, found.frames, 7))
            sums = masks.sum(axis=0)
            good &= bool(np.isfinite(masks).all() and masks.min() >= -1e-4 and masks.max() <= 1 + 1e-3)
            good &= bool(np.abs(sums - 1).max() < 1e-3)
    document.go_to(project.present)
    sound = np.concatenate(list(render(document.scene, 0, 4000)))
    while document.undo_name:
        document.undo()
    document.redo()
    return good and bool(np.isfinite(sound).all())


def _go_through(folder: Path, first: int, count: int) -> None:
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + 2 * MOST_BYTES, held + 2 * MOST_BYTES))
    for i in range(first, count):
        # The peak is counted anew from here (Linux, proc(5)).
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = _peak()
        told = _try(folder / f"{i}.workbench")
        print(json.dumps(told | {"memory": _peak() - before}), flush=True)


def _peak() -> int:
    """The most bytes that this process had in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    _go_through(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
