"""No clicks: a sine through a mute, a solo, a seek and a seam of a loop."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.acting import change_layer, select_time
from tests.benchmarks import Report
from tests.benchmarks.driving import RATE, run_until
from tests.benchmarks.live_edits import steady_layers
from tests.rig import NullSink
from workbench.audio.feed import FADE_SECONDS, raised_cosine

if TYPE_CHECKING:
    from workbench.app import Workbench


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
            select_time(program.desk.document, program.desk.selection, now - 1.0, now + 0.4)

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
                program.desk.selection.set_area(None)
                audition.set_loops(False)
                audition.seek(3.0)
                with sink.listening() as listener:
                    audition.play()
                    run_until(program, lambda: False, 1.0)
                    audition.set_loops(True)
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
