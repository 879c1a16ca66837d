"""The program as a user starts it: its own process, a real screen, real mouse and keys, real sound."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from tests.rig import missing_programs, null_sink, virtual_screen
from workbench.document.project import load_project
from workbench.masks.edits.edits import Paint

lacking = missing_programs("Xvfb", "xdotool", "pulseaudio")
pytestmark = [pytest.mark.window, pytest.mark.sound, pytest.mark.skipif(bool(lacking), reason=f"missing: {lacking}")]
ROOT = Path(__file__).resolve().parents[2]


class Hand:
    """xdotool on one window."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.window = self.find("Spectrogram workbench")
        self.do("windowmove", self.window, "0", "0")
        self.focus(self.window)

    def do(self, *words: str) -> str:
        return subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=20).stdout.strip()

    def find(self, title: str) -> str:
        return wait_for(lambda: self.do("search", "--onlyvisible", "--name", title).splitlines()[-1:], 30)[0]

    def focus(self, window: str) -> None:
        self.do("windowfocus", "--sync", window)

    def key(self, *keys: str) -> None:
        for each in keys:
            self.do("key", each)
            time.sleep(0.12)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        self.do("mousemove", str(x), str(y), "mousedown", "1")
        for i in range(1, 9):
            self.do("mousemove", str(x + (to_x - x) * i // 8), str(y + (to_y - y) * i // 8))
            time.sleep(0.02)
        self.do("mouseup", "1")
        time.sleep(0.1)


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def readable(path: Path):
    """The project, once it is there."""
    return load_project(path) if path.exists() else None


def test_the_main_job_by_hand(tmp_path):
    """Factorise, paint, play, save: by mouse and keys alone."""
    recording = tmp_path / "tones.wav"
    soundfile.write(recording, tone_mix(6.0, 44100), 44100, subtype="FLOAT")
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    with virtual_screen(1280, 800), null_sink(44100) as sink:
        command = [sys.executable, "-m", "workbench", str(recording)]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
        try:
            hand = Hand(process)
            hand.find("tones.wav")
            time.sleep(1.0)
            hand.key("ctrl+Return")
            time.sleep(2.0)
            hand.key("alt+Down", "b")
            hand.drag(500, 250, 700, 260)
            hand.key("s")
            with sink.recorded() as recorded:
                hand.key("space")
                time.sleep(1.5)
                hand.key("space")
                time.sleep(0.3)
            hand.key("ctrl+s")
            dialog = hand.find("Save the project")
            hand.focus(dialog)
            time.sleep(0.3)
            hand.key("ctrl+a")
            hand.do("type", "--delay", "15", str(tmp_path / "hand.workbench"))
            hand.key("Return")
            project = wait_for(lambda: readable(tmp_path / "hand.workbench"))
            hand.focus(hand.window)
            hand.key("ctrl+q")
            assert wait_for(lambda: process.poll() is not None) and process.returncode == 0
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    state, run = project.state, project.runs[project.state.run]
    assert len(state.layers) == 10 and run.factors.W.shape[1] == 10 and run.costs[-1] < run.costs[0]
    painted = state.edits[0]
    assert isinstance(painted, Paint)
    parts = {part for tile in painted.tiles.values() for part in tile}
    assert parts == set(state.layers[1].part_ids)
    assert [layer.solo for layer in state.layers].count(True) == 1 and state.layers[1].solo
    heard = recorded[0]
    assert np.abs(heard).max() > 1e-4, "nothing was heard"
    assert np.abs(heard).max() < np.abs(tone_mix(6.0, 44100)).max()
