"""Replays a hand through the X server, from a process of its own: what a mouse and a keyboard would send, on time."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.hand import Kind

ROOT = Path(__file__).resolve().parents[2]


class Replay:
    """A process that sends events at their times.

    Parameters
    ----------
    events : array (n, 4)
        Second on the clock of `time.perf_counter`, which is one for all processes, `Kind`, and two values.
    folder : Path
        For the files that go to and fro.
    """

    def __init__(self, events: NDArray[np.float64], folder: Path) -> None:
        self._sent = folder / "sent.npy"
        np.save(folder / "events.npy", events)
        command = [sys.executable, "-m", "tests.benchmarks.hand_replay", str(folder / "events.npy"), str(self._sent)]
        self._process = subprocess.Popen(command, cwd=ROOT)

    @property
    def ended(self) -> bool:
        """Whether all has been sent, or the hand gave up."""
        return self._process.poll() is not None

    def sent(self) -> NDArray[np.float64]:
        """When each event was sent."""
        if self._process.wait(60) != 0:
            raise RuntimeError("the hand could not reach the screen")
        return np.asarray(np.load(self._sent))

    def stop(self) -> None:
        """Send nothing more."""
        self._process.kill()
        self._process.wait()


class Screen:
    """The X server, told of motions, buttons and keys as if they came from devices (its extension XTEST)."""

    def __init__(self) -> None:
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self._x.XKeysymToKeycode.restype = ctypes.c_ubyte
        self._x.XFlush.argtypes = [ctypes.c_void_p]
        number, delay = ctypes.c_int, ctypes.c_ulong
        self._test.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, number, number, number, delay]
        for name in ("XTestFakeButtonEvent", "XTestFakeKeyEvent"):
            getattr(self._test, name).argtypes = [ctypes.c_void_p, ctypes.c_uint, number, delay]
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            raise SystemExit("no screen to draw on")

    def send(self, kind: Kind, a: int, b: int) -> None:
        """One event, now."""
        if kind is Kind.MOTION:
            self._test.XTestFakeMotionEvent(self._display, -1, a, b, 0)
        elif kind is Kind.BUTTON:
            self._test.XTestFakeButtonEvent(self._display, a, b, 0)
        else:
            self._test.XTestFakeKeyEvent(self._display, self._x.XKeysymToKeycode(self._display, a), b, 0)
        self._x.XFlush(self._display)


def replay(events: NDArray[np.float64]) -> NDArray[np.float64]:
    """Send all; the times at which that was done."""
    try:
        # A hand does not wait for a processor.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError as refused:
        print(f"the hand is an ordinary process ({refused}); on a busy machine it may be late")
    screen = Screen()
    sent = np.zeros(len(events))
    for number, (when, kind, a, b) in enumerate(events.tolist()):
        time.sleep(max(0.0, when - time.perf_counter()))
        sent[number] = time.perf_counter()
        screen.send(Kind(int(kind)), int(a), int(b))
    return sent


if __name__ == "__main__":
    np.save(sys.argv[2], replay(np.load(sys.argv[1])))
