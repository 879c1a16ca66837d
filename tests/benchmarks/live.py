"""Live audition: edit to ear, drop-outs under load, clicks, heard against exported, and the renderer's speed.

Everything that is heard is played by PortAudio into a null sink of PulseAudio, and recorded from its monitor.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from tests.acting import change_group, change_layer
from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO, mouse, open_and_factorise, run_until, running_window
from tests.rig import Listener, NullSink, align, residual_db
from workbench.audio.feed import FADE_SECONDS, Feed, raised_cosine
from workbench.audio.recording import Recording
from workbench.audio.renderer import MixStream, render_all
from workbench.audio.scene import Scene
from workbench.document.acts.groups import group_layers
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

if TYPE_CHECKING:
    from workbench.app import Workbench

RATE = 44100
PERIOD = 512
"""Samples after which the test sound repeats: one hop, so that masks that stand still leave it periodic."""
TRIALS = int(os.environ.get("LIVE_TRIALS", "80"))
LOAD_SECONDS = float(os.environ.get("LIVE_SECONDS", "600"))


def measure(report: Report) -> None:
    """All figures; each window in a process of its own."""
    speed(report)
    root = Path(__file__).resolve().parents[2]
    for part in ("edit_to_ear", "clicks", "heard_is_exported", "under_load"):
        line = f"from tests.benchmarks import live; live.in_a_window(live.{part})"
        report.holds &= subprocess.run([sys.executable, "-c", line], cwd=root).returncode == 0


def in_a_window(part: Callable[[Report, Workbench, NullSink], None]) -> None:
    """One part in a window; ends the process with whether all holds."""
    report = Report()
    with running_window() as (program, sink):
        part(report, program, sink)
    sys.exit(not report.holds)


# -- speed ---------------------------------------------------------------------------------------------


def speed(report: Report) -> None:
    """Seconds of stereo that one core renders in a second, by the number of layers."""
    rng = np.random.default_rng(0)
    analysis, samples = Analysis(), 30 * RATE
    noise = (0.1 * rng.standard_normal((samples, 2))).astype(np.float32)
    recording = Recording(noise, RATE, Path("noise"))
    took: dict[int, float] = {}
    live: dict[int, float] = {}
    with threadpool_limits(1):
        for count in (2, 5, 10, 20):
            scene = layers_of_noise(recording, analysis, count)
            took[count] = fastest(lambda scene=scene: render_all(scene)) / 30
            live[count] = fastest(lambda scene=scene: in_blocks(MixStream(scene, 0, 2))) / 10
        ten = layers_of_noise(recording, analysis, 10)
        half = fastest(lambda: in_blocks(Feed(ten, 0, None, 0.5))) / 10
    report.figure("renderer, 10 layers, stereo, one core", 1 / took[10], "x real time", ">= 40")
    report.figure("the same in blocks of 512 as they are played", 1 / live[10], "x real time", ">= 40")
    report.figure("the same at half speed", 1 / half, "x real time", None)
    for name, cost in (("as files are written", took), ("as they are played", live)):
        report.figure(
            f"cost of a layer more, {name}",
            1000 * (cost[20] - cost[2]) / 18,
            "ms of work a second of sound",
            None,
            of_2_layers=round(1000 * cost[2], 2),
            of_10=round(1000 * cost[10], 2),
            of_20=round(1000 * cost[20], 2),
        )


def layers_of_noise(recording: Recording, analysis: Analysis, count: int) -> Scene:
    """A recording with layers of random components, all with other gains and pans."""
    rng = np.random.default_rng(count)
    frames = analysis.frames(len(recording.samples))
    w = rng.random((analysis.bins, count), np.float32) + np.float32(0.01)
    h = rng.random((count, frames), np.float32)
    layers = tuple(
        Layer(i + 1, str(i), "#000000", (Part(100 + i, i),), gain_db=-1.0 - i, pan=i / count - 0.5)
        for i in range(count)
    )
    return Scene(recording, analysis, Stack(layers, Factors(w, h), (), analysis.bins, frames))


def in_blocks(stream: MixStream | Feed) -> None:
    """Take ten seconds as a player does."""
    for _ in range(10 * RATE // 512):
        stream.read(512)


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three rounds, on machines that others share."""
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)


# -- edit to ear ----------------------------------------------------------------------------------------


def periodic(folder: Path, seconds: float = 600.0) -> Path:
    """A stereo sound that repeats every hop."""
    t = np.arange(PERIOD) / PERIOD
    one = sum(np.sin(2 * np.pi * (k * t + k * k / 7)) / k for k in range(1, 40))
    one = (0.2 * one / np.abs(one).max()).astype(np.float32)
    path = folder / "periodic.wav"
    soundfile.write(path, np.tile(one, round(seconds * RATE / PERIOD))[:, None].repeat(2, axis=1), RATE, "FLOAT")
    return path


def steady_layers(program: Workbench, path: Path, alike: bool = False) -> int:
    """Open a sound with two layers whose masks stand still, alike or not, the second at −3 dB; returns the run."""
    before = program.desk.document.recording
    program.desk.opening.open(path)
    assert run_until(program, lambda: program.desk.document.recording is not before)
    recording = program.desk.document.recording
    assert recording is not None
    analysis = program.desk.document.state.analysis
    rng = np.random.default_rng(1)
    w = (rng.random((analysis.bins, 2)) * (not alike) + 0.2).astype(np.float32)
    h = np.ones((2, analysis.frames(len(recording.samples))), np.float32)
    program.desk.document.put_model("steady", RunSettings(components=2), Factors(w, h), ["One", "Two"], "steady")
    change_layer(program.desk.document, "gain", program.desk.document.layers[1].id, gain_db=-3.0)
    assert program.desk.document.state.run is not None
    return program.desk.document.state.run


def edit_to_ear(report: Report, program: Workbench, sink: NullSink) -> None:
    """From the event in the window to the first recorded sample that differs."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    document, window = program.desk.document, program.window
    rng = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as folder:
        run = steady_layers(program, periodic(Path(folder)))
        program.desk.playback.set_loops(False)
        program.desk.playback.seek(2.0)
        window.desk.tools.choose(Tool.BRUSH)
        window.desk.tools.set_size(150)
        gain = [0.0]

        def change_gain() -> None:
            gain[0] = -6.0 - gain[0]
            change_layer(document, "gain", document.layers[0].id, gain_db=gain[0])

        def before_paint() -> None:
            window.desk.viewport.show_time(program.desk.playback.position - 1.0, program.desk.playback.position + 4.0)

        def paint() -> None:
            at = QPointF(
                program.desk.plane.x_of(program.desk.playback.position + 0.2),
                program.desk.plane.canvas.center().y() + 80,
            )
            mouse(program, "press", at)

        def after_paint() -> None:
            window.desk.strokes.cancel()
            window.panes.spectrogram._hand._drag = None

        def publish() -> None:
            known = document.runs[run].factors
            assert isinstance(known, Factors)
            w = known.W[:, ::-1].copy()
            document.publish(run, Factors(w, known.H), (1.0,))

        def nothing() -> None:
            pass

        acts: list[tuple[str, Callable[[], None], Callable[[], None], Callable[[], None]]] = [
            ("change a gain", nothing, change_gain, nothing),
            ("paint a stroke", before_paint, paint, after_paint),
            ("publish a new W and H", nothing, publish, nothing),
        ]
        with sink.listening() as listener:
            program.desk.playback.play()
            run_until(program, lambda: False, 2.5)
            unheard = 0
            for name, first, act, after in acts:
                took = [one_trial(program, listener, first, act, after, rng) for _ in range(TRIALS)]
                found = np.array([each for each in took if each is not None] or [np.inf])
                unheard += took.count(None)
                report.figure(
                    f"edit to ear: {name}", float(np.median(found)), "ms", "<= 60", worst=round(found.max(), 1)
                )
                report.figure(f"the same, p95: {name}", float(np.percentile(found, 95)), "ms", "<= 90")
            report.figure("edits that were not heard", unheard, "", "== 0", trials=3 * TRIALS)
            status = program.desk.player.status()
            report.figure(
                "drop-outs meanwhile", status.underruns, "", "== 0", told_latency=round(1000 * status.latency)
            )


def one_trial(
    program: Workbench,
    listener: Listener,
    first: Callable[[], None],
    act: Callable[[], None],
    after: Callable[[], None],
    rng: np.random.Generator,
) -> float | None:
    """Milliseconds from an act to the first sample that breaks the period; None where none came."""
    first()
    run_until(program, lambda: False, 0.25 + 0.1 * rng.random())
    before = time.perf_counter()
    act()
    run_until(program, lambda: False, 0.25)
    start = listener.start
    heard = listener.samples()
    begin = max(PERIOD, round((before - 0.05 - start) * RATE))
    x = heard[begin - PERIOD :, 0]
    changed = np.flatnonzero(np.abs(x[PERIOD:] - x[:-PERIOD]) > 1e-4)
    after()
    run_until(program, lambda: False, 0.3)
    return 1000 * (start + (begin + changed[0]) / RATE - before) if len(changed) else None


# -- clicks ---------------------------------------------------------------------------------------------


def clicks(report: Report, program: Workbench, sink: NullSink) -> None:
    """A 50 Hz sine through a mute, a solo, a seek and a loop's seam."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sine.wav"
        t = np.arange(60 * RATE) / RATE
        sine = (0.5 * np.sin(2 * np.pi * 50 * t)).astype(np.float32)
        soundfile.write(path, sine[:, None].repeat(2, axis=1), RATE, "FLOAT")
        steady_layers(program, path, alike=True)
        document, audition = program.desk.document, program.desk.playback
        change_layer(document, "gain", document.layers[1].id, gain_db=0.0)
        one = document.layers[0].id

        def loop_seam() -> None:
            now = audition.position
            audition.select((now - 1.0, now + 0.4 + 0.0037))

        acts: dict[str, Callable[[], None]] = {
            "mute": lambda: change_layer(document, "mute", one, mute=not document.layers[0].mute),
            "solo": lambda: change_layer(document, "solo", one, solo=not document.layers[0].solo),
            "seek": lambda: audition.seek(audition.position + 1.0 + 0.0071),
            "loop seam": loop_seam,
        }
        own = float(np.abs(np.diff(sine)).max())
        for name, act in acts.items():
            steps, rests, ramps = [], [], []
            for _ in range(6):
                audition.select(None)
                audition.set_loop(False)
                audition.seek(3.0)
                with sink.listening() as listener:
                    audition.play()
                    run_until(program, lambda: False, 1.0)
                    audition.set_loop(True)
                    run_until(program, lambda: False, 0.4)
                    from_here = listener.count
                    act()
                    run_until(program, lambda: False, 1.1)
                    heard = listener.samples()[from_here - RATE // 4 : listener.count - RATE // 4, 0].astype(float)
                    audition.stop()
                    run_until(program, lambda: not audition.playing, 2.0)
                steps.append(np.abs(np.diff(heard)).max() / own)
                outside, inside = beside_the_ramp(heard)
                rests.append(outside)
                ramps.append(inside)
            report.figure(f"click at a {name}, outside the ramp", float(max(rests)), "dB", "<= -80")
            report.figure(
                "the same within it, beside the cross-fade of the two sines",
                float(max(ramps)),
                "dB",
                "<= -80",
                largest_step_over_the_sines=round(float(max(steps)), 3),
            )


def beside_the_ramp(heard: np.ndarray) -> tuple[float, float]:
    """Largest remainders in dB of full scale: outside a ramp of one fade beside the sine before and the one after,
    and within it beside their raised-cosine cross-fade.
    """
    turns = np.exp(2j * np.pi * np.arange(len(heard)) * 50 / RATE)
    span = 10 * RATE // 50

    def sine_of(at: int) -> np.ndarray:
        return np.asarray(2 * np.real(np.mean(heard[at : at + span] * turns[at : at + span]) * np.conj(turns)))

    old, new = sine_of(0), sine_of(len(heard) - span)
    before, after = np.abs(heard - old), np.abs(heard - new)
    begin = int(np.argmax(before > 1e-4))
    assert before[begin] > 1e-4, "nothing changed"
    # A raised cosine leaves its sound later than it begins: by the time it is 1e-4 of the sound away.
    lead, ramp = round(0.1 * FADE_SECONDS * RATE), round(FADE_SECONDS * RATE)
    outside = max(before[: begin - lead].max(), after[begin + ramp :].max())
    rise = raised_cosine(ramp)[:, 0]
    inside = min(
        float(np.abs(heard[at : at + ramp] - old[at : at + ramp] * (1 - rise) - new[at : at + ramp] * rise).max())
        for at in range(begin - lead, begin + 1)
    )
    return tuple(float(20 * np.log10(max(rest, 1e-12))) for rest in (outside, inside))


# -- heard and exported ---------------------------------------------------------------------------------


def heard_is_exported(report: Report, program: Workbench, sink: NullSink) -> None:
    """What was recorded against the file that was exported, for the mix, a selection, a group and the original."""
    from workbench.audio.export import FileFormat, heard_piece, write
    from workbench.audio.scene import Hear
    from workbench.control.listening import Where
    from workbench.masks.edits.areas import rectangle
    from workbench.masks.model.grid import Region

    open_and_factorise(program, 6, 40)
    document, listening, audition = program.desk.document, program.desk.listening, program.desk.playback
    state, group = group_layers(document.recorded_state, [layer.id for layer in document.layers[:3]], "Group")
    document.act("group", state)
    change_group(document, "pan", group, pan=-0.6, width=1.4, gain_db=-4.0)
    change_layer(document, "gain", document.layers[4].id, gain_db=-9.0, pan=0.5)
    stack = document.stack
    area = rectangle(Region(10, 220, 20, stack.frames - 20), stack.bins, stack.frames).feathered(6)

    def select() -> None:
        document.set_area(area)
        listening.listen(Where.SELECTION)

    def solo() -> None:
        listening.listen(Where.SELECTION)
        document.set_area(None)
        change_group(document, "solo", group, solo=True)

    acts: dict[str, Callable[[], None]] = {
        "mix": lambda: None,
        "selection": select,
        "group": solo,
        "removed": lambda: listening.hear(Hear.REMOVED),
        "original": lambda: listening.hear(Hear.ORIGINAL),
    }
    for name, act in acts.items():
        act()
        run_until(program, lambda: False, 1.5)
        scene = program.desk.heard.scene()
        assert scene is not None
        with tempfile.TemporaryDirectory() as folder:
            piece = heard_piece(scene, Path(folder), "song", FileFormat(), 0, 5 * RATE)
            write([piece], FileFormat())
            exported = soundfile.read(piece.path, dtype="float32", always_2d=True)[0]
        if exported.shape[1] == 1:
            exported = exported.repeat(2, axis=1)
        audition.seek(0.0)
        with sink.recorded() as recorded:
            audition.play()
            assert run_until(program, lambda: audition.position > 6.0)
            audition.stop()
            run_until(program, lambda: False, 0.5)
        difference = residual_db(exported, align(exported, recorded[0]))
        report.figure(f"recorded against exported: {name}", difference, "dB", "<= -80")


# -- under load -----------------------------------------------------------------------------------------


def under_load(report: Report, program: Workbench, sink: NullSink) -> None:
    """Minutes of factorising, painting, zooming and a thread in Python, while it plays."""
    from workbench.control.tools import Tool

    with tempfile.TemporaryDirectory() as folder:
        open_and_factorise(program, 10, 20, sounding_demo(Path(folder)))
    window, document = program.window, program.desk.document
    window.panes.factorise.iterations.setValue(window.panes.factorise.iterations.maximum())
    window.desk.tools.choose(Tool.BRUSH)
    program.desk.player.forget_underruns()
    stop = threading.Event()
    rng = np.random.default_rng(3)
    strokes = turns = publications = 0

    def count_publication() -> None:
        nonlocal publications
        publications += 1

    document.factors_changed.connect(count_publication)
    with sink.listening() as listener, python_thread(stop):
        program.desk.playback.play()
        begin = time.perf_counter()
        while time.perf_counter() - begin < LOAD_SECONDS:
            if not program.desk.factorising.running:
                turns += 1
                window.factorise(turns % 3 == 0)
            stroke(program, rng)
            strokes += 1
            window.desk.viewport.zoom_time(float(rng.choice([0.5, 0.8, 1.25, 2.0])), rng.uniform(0, 27))
            run_until(program, lambda: False, 0.3)
            if strokes % 40 == 0:
                document.undo()
        status = program.desk.player.status()
        heard = listener.samples()
    report.figure(
        f"drop-outs in {LOAD_SECONDS / 60:g} minutes under load",
        status.underruns,
        "",
        "== 0",
        strokes=strokes,
        publications=publications,
        factorisations=turns,
        asked_of_the_device_ms=round(1000 * status.latency),
    )
    report.figure("longest silence recorded meanwhile", longest_silence(heard), "ms", "<= 20")
    program.desk.factorising.stop()
    run_until(program, lambda: not program.desk.factorising.running, 10)
    program.desk.playback.stop()
    run_until(program, lambda: False, 0.5)


def sounding_demo(folder: Path) -> Path:
    """The demo with a little noise, so that it is never silent and every drop-out is seen in the recording."""
    samples, rate = soundfile.read(DEMO, dtype="float32", always_2d=True)
    noise = 1e-3 * np.random.default_rng(4).uniform(0.5, 1.0, samples.shape).astype(np.float32)
    path = folder / "sounding.wav"
    soundfile.write(path, samples + noise, rate, "FLOAT")
    return path


def stroke(program: Workbench, rng: np.random.Generator) -> None:
    """A stroke of the hand, with events as often as a mouse gives them."""
    from PySide6.QtCore import QPointF

    layers = program.desk.document.layers
    program.desk.selection.select(layers[int(rng.integers(len(layers)))].id)
    canvas = program.desk.plane.canvas
    at = np.array(
        [rng.uniform(canvas.left() + 60, canvas.right() - 60), rng.uniform(canvas.top() + 40, canvas.bottom() - 40)]
    )
    mouse(program, "press", QPointF(*at))
    for _ in range(40):
        at = at + rng.normal(0, 8, 2)
        mouse(program, "move", QPointF(*at))
        run_until(program, lambda: False, 0.008)
    mouse(program, "release", QPointF(*at))


@contextmanager
def python_thread(stop: threading.Event) -> Iterator[None]:
    """A thread that computes in Python all the while, and makes objects."""

    def work() -> None:
        while not stop.is_set():
            sum(len(str(i)) for i in range(2000))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def longest_silence(heard: np.ndarray) -> float:
    """Milliseconds of the longest run of exact zeros between the first and the last sound."""
    sounding = np.flatnonzero(np.abs(heard).max(axis=1) > 0)
    return float(1000 * (np.diff(sounding).max(initial=1) - 1) / RATE)
