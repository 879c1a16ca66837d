"""An hour of hand work on a song that plays, replayed through the X server: what is felt at its beginning and its end.

The hand (`hand`) is a process of its own (`hand_replay`), which sends motions, buttons and keys at the times of the
recording; the program runs its ordinary loop and gets what Qt's compression of events leaves of them. Measured are

- from the sending of a motion of a stroke to its paint: until the window's thread is back at its events after the first
  painting of the spectrogram that followed that motion, or a later one which took its place. *The whole picture* is the
  first such painting after which no part of the picture waits to be drawn anew;
- how long the window's thread was away from its events: one turn of the loop;
- drop-outs as the player counts them, and runs of zeros in what was recorded from the sound server;
- memory, and what of the strokes became of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.afternoon_ear import edits_to_ear
from tests.benchmarks.afternoon_felt import Away, Felt, Kept, Turns
from tests.benchmarks.afternoon_held import LONGEST
from tests.benchmarks.afternoon_song import MINUTES, SAME, VIEW, median, open_song, threshold
from tests.benchmarks.driving import RATE, run_until, running_window
from tests.benchmarks.edit import resident_mb
from tests.benchmarks.hand import LEFT, Act, Canvas, Kind, paced, worked
from tests.benchmarks.hand_replay import Replay
from tests.benchmarks.live_load import SILENCE_MS, sounding_demo

if TYPE_CHECKING:
    from workbench.app import Workbench

HOUR_MINUTES = "HOUR_MINUTES"
"""Of the environment: how long the hour is."""
SPARE = 50
"""One stroke more for each so many: some change nothing, and are no step."""
SLICES = {"the first tenth": (0.0, 0.1), "the last tenth": (0.9, 1.0), "all": (0.0, 1.0)}
Scheduled = list[tuple[float, Act]]


def hour(report: Report) -> None:
    """An hour, then edits by ear, then exports."""
    seconds = 60 * float(os.environ.get(HOUR_MINUTES, "60"))
    strokes = int(os.environ.get("HOUR_STROKES", "1500"))
    with tempfile.TemporaryDirectory() as name, running_window() as (program, sink):
        folder = Path(name)
        open_song(program, folder, sounding_demo(folder))
        program.desk.viewport.fit()
        program.window.activateWindow()
        program.window.panes.spectrogram.setFocus()
        run_until(program, lambda: False, 2.0)
        acts = paced(worked(canvas(program), 60.0 * MINUTES, strokes + 1 + strokes // SPARE, SAME), seconds)
        with sink.recorded() as heard:
            worker = Work(program, acts, folder)
            worker.go_through()
            program.desk.playback.stop()
        worker.tell(report, strokes)
        tell_silences(report, heard.pop(), seconds)
        edits_to_ear(report, program, sink, f"after {worker.kept.made} strokes")
        export(report, program, folder / "parts")


def canvas(program: Workbench) -> Canvas:
    """Where the spectrogram's picture is on the screen."""
    place = program.desk.plane.canvas
    corner = program.window.panes.spectrogram.mapToGlobal(place.topLeft())
    return Canvas(corner.x(), corner.y(), place.width(), place.height())


class Work:
    """The hour under way: what the hand does, and what the program itself is told between."""

    def __init__(self, program: Workbench, acts: Scheduled, folder: Path) -> None:
        self._program, self._acts = program, acts
        self._own: dict[str, Callable[[float], None]] = {
            "threshold": lambda number: threshold(program, int(number)),
            "median": lambda number: median(program, int(number)),
            "seek": program.desk.playback.seek,
        }
        self._begin = time.perf_counter() + 3.0
        rows = [(self._begin + start + t, *rest) for start, act in acts for t, *rest in act.events]
        self._events = np.array(sorted(rows))
        self._length = acts[-1][0] + acts[-1][1].seconds + 1.0
        self._replay = Replay(self._events, folder)
        self._felt, self._turns = Felt(program), Turns(program)
        self.kept = Kept(program)
        self._marks: list[tuple[float, float, float, int]] = []
        """Share of the hour, memory, history and drop-outs then."""

    def go_through(self) -> None:
        """Until all acts are done."""
        program, doing = self._program, "pause"
        program.desk.playback.set_loops(True)
        program.desk.playback.play(0.0)
        run_until(program, lambda: time.perf_counter() > self._begin - 0.5)
        program.desk.player.forget_underruns()
        self._mark(0.0, True)
        due = [0.1, 0.5, 0.9]
        try:
            for start, act in self._acts:
                self._turns.turn(doing, self._begin + start - time.perf_counter())
                if due and start >= due[0] * self._length:
                    self._mark(due.pop(0), False)
                doing = act.name
                if act.name in self._own:
                    with self._turns.watched(act.name):
                        self._own[act.name](act.value)
            self._turns.turn(doing, self._begin + self._length - time.perf_counter())
            assert self._replay.ended
        finally:
            self._turns.end()
            self._replay.stop()
        self._mark(1.0, False)

    def _mark(self, share: float, collect: bool) -> None:
        status = self._program.desk.player.status()
        history = self._program.desk.document.history_bytes / 2**20
        self._marks.append((share, resident_mb(collect), history, status.underruns))

    # -- telling -------------------------------------------------------------------------------------

    def tell(self, report: Report, strokes: int) -> None:
        """All figures."""
        sent = self._replay.sent()
        late = 1000 * (sent - self._events[:, 0])
        report.figure("the hand was late, p95", float(np.percentile(late, 95)), "ms", None, worst=round(late.max(), 1))
        self._tell_felt(report, sent)
        self._tell_turns(report)
        drops = {f"until {share:g}": underruns for share, _, _, underruns in self._marks}
        report.figure("drop-outs that the player counted", self._marks[-1][3], "", "== 0", **drops)
        self._tell_memory(report)
        document = self._program.desk.document
        minutes = round(self._length / 60, 1)
        made, steps = self.kept.made, len(document.steps)
        report.figure("strokes that became steps", made, "", f">= {strokes}", minutes=minutes, steps=steps)
        same = self.kept.most_within(VIEW) / max(1, made)
        report.figure("share of them in the same ten seconds", same, "", ">= 0.45", kinds=len(self.kept.painted))
        looked, changed = self.kept.looked_at, self.kept.changed()
        report.figure("strokes looked at that changed masks", changed / max(1, looked), "", ">= 0.9", looked_at=looked)
        report.figure("acts", sum(self.kept.names.values()), "", None, **self.kept.names)

    def _slice(self, name: str) -> tuple[float, float]:
        """The times of a slice."""
        start, stop = SLICES[name]
        return self._begin + start * self._length, self._begin + stop * self._length

    def _tell_felt(self, report: Report, sent: np.ndarray) -> None:
        drawn = sent[held_motions(self._events)]
        p95: dict[str, float] = {}
        for name in SLICES:
            start, stop = self._slice(name)
            chosen = drawn[(drawn >= start) & (drawn < stop)]
            first, whole = (1000 * each[np.isfinite(each)] for each in self._felt.latencies(chosen))
            p95[name] = float(np.percentile(first, 95))
            report.figure(
                f"from a stroke's motion to its paint, {name}, p95",
                p95[name],
                "ms",
                f"<= {1000 * LONGEST:g}",
                median=round(float(np.median(first)), 1),
                worst=round(float(first.max()), 1),
                whole_picture_median=round(float(np.median(whole)), 1),
                whole_picture_p95=round(float(np.percentile(whole, 95)), 1),
                motions=len(chosen),
                never_shown=len(chosen) - len(first),
                never_whole=len(chosen) - len(whole),
            )
        ratio = p95["the last tenth"] / p95["the first tenth"]
        report.figure("the same, p95 of the last tenth over that of the first", ratio, "", "<= 1.25")

    def _tell_turns(self, report: Report) -> None:
        held: list[Away] = []
        for name in SLICES:
            start, stop = self._slice(name)
            held = sorted((each for each in self._turns.long if start <= each.begin < stop), key=lambda x: -x.seconds)
            longest = 1000 * held[0].seconds if held else 1000 * self._turns.longest_short
            report.figure(
                f"the longest that the window was away from its events, {name}",
                longest,
                "ms",
                f"<= {1000 * LONGEST:g}",
                longer=len(held),
                acts=Counter(each.what for each in held),
                median_of_all=round(1000 * float(np.median([each.seconds for each in held])), 1) if held else None,
            )
        for each in held[:12]:
            at = round((each.begin - self._begin) / 60, 1)
            print(f"  {1000 * each.seconds:.0f} ms at minute {at}, {each.what}: {each.where}")
        print("  under way then, and how often:", dict(Counter(each.entry for each in held).most_common(12)))

    def _tell_memory(self, report: Report) -> None:
        table = {f"at {share:g}": (round(memory), round(history)) for share, memory, history, _ in self._marks}
        (_, before, history_before, _), (_, after, history, _) = self._marks[0], self._marks[-1]
        beside = after - before - (history - history_before)
        collected = round(resident_mb() - before - (history - history_before))
        report.figure(
            "memory beside the history", beside, "MB", "<= 256", resident_and_history=table, after_collecting=collected
        )


def held_motions(events: np.ndarray) -> np.ndarray:
    """Which events are motions of a stroke: between a press of the left button and its release."""
    left = (events[:, 1] == Kind.BUTTON) & (events[:, 2] == LEFT)
    down = np.cumsum(np.where(left, 2 * events[:, 3] - 1, 0)) > 0
    return np.asarray(down & (events[:, 1] == Kind.MOTION))


def tell_silences(report: Report, heard: np.ndarray, seconds: float) -> None:
    """Runs of zeros in what was heard, which is to last so long; the song itself has none."""
    sounds = np.flatnonzero(np.asarray(heard.any(axis=1)))
    lasted = (sounds[-1] - sounds[0]) / RATE if len(sounds) else 0.0
    report.figure("heard from the first sound to the last", lasted, "s", f">= {seconds:g}")
    gaps = 1000 * (np.diff(sounds) - 1) / RATE
    report.figure("silences recorded meanwhile", int(np.sum(gaps > SILENCE_MS)), "", "== 0")
    report.figure("the longest of them", float(gaps.max(initial=0.0)), "ms", f"<= {SILENCE_MS}")


def export(report: Report, program: Workbench, folder: Path) -> None:
    """The mix and all layers behind their faders; their sum is the mix."""
    from workbench.audio.planning import ExportOptions, Wanted

    exporting = program.desk.exporting
    begin, turns = time.perf_counter(), Turns(program)
    exporting.export(folder, ExportOptions(Wanted(heard=False, mix=True, groups=False, layers=True, after=True)))
    while exporting.running:
        turns.turn("export", 0.2)
    turns.end()
    took = time.perf_counter() - begin
    assert not exporting.failed
    mixes = list(folder.glob("* mix.wav"))
    parts = sorted(set(folder.glob("*.wav")) - set(mixes))
    mix, _ = soundfile.read(mixes[0], dtype="float32", always_2d=True)
    total = np.zeros(mix.shape)
    for part in parts:
        total += soundfile.read(part, dtype="float32", always_2d=True)[0]
    files = 1 + len(parts)
    report.figure(
        "exported, all files", files * 60 * MINUTES / took, "times real time", None, files=files, seconds=round(took, 1)
    )
    report.figure("files exported", files, "", f"== {1 + len(program.desk.document.layers)}")
    report.figure("their sum beside the mix", float(np.abs(total - mix).max()) * 1e6, "1e-6", "<= 10")
    longest = max((each.seconds for each in turns.long), default=turns.longest_short)
    report.figure("the longest that exporting held the window", 1000 * longest, "ms", f"<= {1000 * LONGEST:g}")
