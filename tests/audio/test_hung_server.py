"""A sound server that stands still while it plays; in processes of their own, where PortAudio may be left behind."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig import null_sink

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]
ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import os, signal, sys
from tests.audio.playing import panned_scene, wait
from workbench.audio.player import Player

server, scene = int(sys.argv[1]), panned_scene(20.0)
player = Player(lambda: scene)
player.play(0)
wait(lambda: player.status().position > 0.5)
os.kill(server, signal.SIGSTOP)
wait(lambda: player.status().trouble)
assert player.status().trouble.code == "audio.device_stopped"
"""
STOP = """
player.stop()
wait(lambda: not player.status().playing)
assert player.status().trouble is not None, "it is not back"
os.kill(server, signal.SIGCONT)
# Nobody need play to hear that it is back.
wait(lambda: player.status().trouble is None)
assert not player.status().playing
player.play(0)
wait(lambda: player.status().position > 0.3 and player.status().trouble is None)
player.close()
"""
AGAIN = """
at = player.status().position
assert at > 0.4, "it stays where it was heard"
player.stop()
wait(lambda: not player.status().playing)
assert player.status().position >= at
player.play(44100)
assert player.status().playing, "it is to play"
os.kill(server, signal.SIGCONT)
wait(lambda: player.status().trouble is None and player.status().position > 1.2)
assert player.status().playing
player.stop()
wait(lambda: not player.status().playing)
player.close()
"""
QUIT = """
player.close()
"""


@pytest.mark.parametrize("then", [STOP, AGAIN, QUIT], ids=["stop", "again", "quit"])
def test_it_is_told_and_neither_stop_nor_quit_waits_for_it(then):
    """The server does not answer until all is over: what waited for it would never come."""
    with null_sink(refresh=False) as sink:
        try:
            done = subprocess.run(
                [sys.executable, "-c", BEGIN + then, str(sink.process)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        finally:
            os.kill(sink.process, signal.SIGCONT)
    assert done.returncode == 0, done.stderr
