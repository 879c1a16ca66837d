from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from tests.conftest import pump, tone_mix
from tests.control.parts import parts, written
from tests.ui.pointing import at, click


def show(program) -> None:
    """The window, as one that gets the keys."""
    # The machine that runs this may have no sound device; the notice that says so has a test of its own.
    program.window.panes.transport.sound_troubled.disconnect()
    program.window.resize(1280, 800)
    program.window.show()
    program.window.activateWindow()
    assert pump(program.application, program.window.isActiveWindow, 10)


@pytest.fixture
def recording_file(tmp_path) -> Path:
    """Three seconds of tones as a file."""
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(3.0, 16000), 16000, subtype="FLOAT")
    return path


@pytest.fixture
def opened(workbench, recording_file):
    """The program with the recording open and its window shown."""
    show(workbench)
    workbench.desk.opening.open(recording_file)
    assert pump(workbench.application, lambda: workbench.desk.document.recording, 10)
    pump(workbench.application, seconds=0.1)
    return workbench


@pytest.fixture
def factorised(opened):
    """… and factorised into four components."""
    opened.window.panes.factorise.components.setValue(4)
    opened.window.panes.factorise.iterations.setValue(20)
    opened.desk.wishes.factorise(True)
    assert pump(opened.application, lambda: not opened.desk.factorising.running, 20)
    return opened


@pytest.fixture
def pointing(opened):
    """The window with a recording whose components are known, as it opens."""
    assert pump(opened.application, lambda: opened.desk.components.factors is not None, 20)
    pump(opened.application)
    return opened


@pytest.fixture
def marked(pointing):
    """Two sources, of a mark each; the list of marks in front."""
    click(pointing, at(pointing, 0.3, 0.6))
    click(pointing, at(pointing, 0.7, 0.4))
    pointing.window.layout_.marks.raise_()
    assert pump(pointing.application, lambda: pointing.window.panes.marks.list.count() == 2, 10)
    return pointing


@pytest.fixture
def mixed(workbench, tmp_path):
    """The program with the sum of three parts open; their files are in the folder `stems`."""
    sounds = parts()
    (mix,) = written(tmp_path, {"mix": sum(sounds.values())})
    written(tmp_path / "stems", sounds)
    show(workbench)
    workbench.desk.opening.open(mix)
    assert pump(workbench.application, lambda: workbench.desk.document.recording, 10)
    return workbench
