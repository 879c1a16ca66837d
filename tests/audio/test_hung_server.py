"""A sound server that stands still while it plays."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.audio.playing import panned_scene, wait
from tests.rig import null_sink
from workbench.audio.player import Player

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]
ROOT = Path(__file__).resolve().parents[2]


def test_it_is_told_at_once_stop_works_and_the_sound_comes_back_with_it():
    scene = panned_scene(20.0)
    with null_sink() as sink:
        player = Player(lambda: scene)
        try:
            player.play(0)
            wait(lambda: player.status().position > 0.5)
            os.kill(sink.process, signal.SIGSTOP)
            begun = time.monotonic()
            wait(lambda: player.status().trouble, 10)
            assert time.monotonic() - begun < 4
            assert player.status().trouble.code == "audio.device_stopped"
            player.stop()
            begun = time.monotonic()
            wait(lambda: not player.status().playing, 2)
            assert time.monotonic() - begun < 0.5
            assert player.status().trouble is not None, "it is not back"
        finally:
            os.kill(sink.process, signal.SIGCONT)
        try:
            wait(lambda: not player.status().playing)
            player.play(0)
            wait(lambda: player.status().position > 0.3 and player.status().trouble is None)
        finally:
            player.close()


PROGRAM = """
import os, signal, sys, time
from tests.audio.playing import panned_scene, wait
from workbench.audio.player import Player
scene = panned_scene(20.0)
player = Player(lambda: scene)
player.play(0)
wait(lambda: player.status().position > 0.5)
os.kill(int(sys.argv[1]), signal.SIGSTOP)
wait(lambda: player.status().trouble, 10)
begun = time.monotonic()
player.close()
print(time.monotonic() - begun, flush=True)
"""


def test_the_program_ends_though_the_server_does_not_answer():
    with null_sink(refresh=False) as sink:
        try:
            begun = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM, str(sink.process)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
        finally:
            os.kill(sink.process, signal.SIGCONT)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert float(done.stdout) < 0.6 and time.monotonic() - begun < 20
