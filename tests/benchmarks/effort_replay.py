"""The marks of a real person, from a project, replayed one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from tests.benchmarks import Report
from workbench.audio.recording import load
from workbench.audio.renderer import render_all
from workbench.audio.scene import Scene
from workbench.audio.scores import score_of
from workbench.document.project import load_project
from workbench.document.state import mask_model, stack_of

EXTENSIONS = (".wav", ".flac", ".aif", ".aiff", ".ogg")


def replayed(report: Report, project: Path, stems: Path) -> None:
    """The SDR of every source of which there is a stem of its name, after each mark.

    Parameters
    ----------
    project : Path
        Its present stack is one of sources.
    stems : Path
        A folder with sound files of the recording's length, rate and channels, named as the sources are.
    """
    opened = load_project(project)
    recording, state = load(opened.recording), opened.state
    samples = len(recording.samples)
    files = {path.stem.lower(): path for path in stems.iterdir() if path.suffix.lower() in EXTENSIONS}
    true = {
        index: soundfile.read(files[layer.name.lower()], dtype="float32", always_2d=True)[0]
        for index, layer in enumerate(state.layers)
        if layer.name.lower() in files
    }
    marks = state.marks or ()
    for count in range(1, len(marks) + 1):
        then = state.with_present(marks=marks[:count])
        stack = stack_of(then, mask_model(then, opened.runs), samples)
        scene = Scene(recording, state.analysis, stack)
        sdr = {
            state.layers[index].name: score_of(stem, render_all(scene, 0, samples, [index])).sdr
            for index, stem in true.items()
        }
        mean = float(np.mean(list(sdr.values())))
        report.figure(f"{project.name} after {count} marks: SDR", mean, "dB", None, **sdr)
