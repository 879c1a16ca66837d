"""The player: a thread keeps the device's ring filled from the renderer.

The feeder thread reads the scene that is current at every block, so an edit is heard within the ring's length.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic

from workbench.audio.feed import Feed, Loop
from workbench.audio.output import (
    LATENCIES,
    STOPPED,
    Device,
    NoDevice,
    Output,
    first_rung,
    output_devices,
    restart_portaudio,
)
from workbench.audio.renderer import Scene

RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class PlayerStatus:
    """What the window shows of the player.

    Attributes
    ----------
    playing : bool
    position : float
        Second of the recording that is heard now (device latency taken off).
    peaks : tuple of float
        Largest absolute sample a channel in what is heard now.
    underruns : int
        Times that the ring ran dry or the device reported an underflow, since the start.
    trouble : str
        One sentence for the user; empty when all is well.
    latency : float
        Seconds from the renderer to the ear: ring and device.
    """

    playing: bool = False
    position: float = 0.0
    peaks: tuple[float, ...] = ()
    underruns: int = 0
    trouble: str = ""
    latency: float = 0.0


class Player:
    """Plays the scene that `source` gives, as it is at every moment.

    Parameters
    ----------
    source : callable
        Answers the current scene, or None where nothing is open. Called from the feeder thread.
    """

    def __init__(self, source: Callable[[], Scene | None]) -> None:
        self._source = source
        self._commands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._feed: Feed | None = None
        self._loop: Loop | None = None
        self._output: Output | None = None
        self._device: str | None = None
        self._rest = 0
        self._wanted = False
        self._retry_at = 0.0
        self._underruns = 0
        self._rung = 0
        self._rung_for: tuple[str | None, int] | None = None
        self._trouble = ""
        self.devices: tuple[Device, ...] = ()
        """Output devices; exchanged as a whole when they were looked for again."""
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)
        self._thread.start()

    # -- called from the window's thread -------------------------------------------------------------

    def prepare(self) -> None:
        """Open the device for the present recording, so that the first sound comes at once."""
        self._commands.put(self._prepare)

    def play(self, position: int) -> None:
        """Start, or go on, at a sample."""
        self._commands.put(lambda: self._start(position))

    def stop(self) -> None:
        """Fade out and stop."""
        self._commands.put(self._stop)

    def seek(self, position: int) -> None:
        """Go to another sample; while playing with a cross-fade."""
        self._commands.put(lambda: self._seek(position))

    def set_loop(self, loop: Loop | None) -> None:
        """Range to play over and over, or None."""
        self._commands.put(lambda: self._set_loop(loop))

    def set_device(self, name: str | None) -> None:
        """Output device by its key; None is the system's default."""
        self._commands.put(lambda: self._set_device(name))

    def look_again(self) -> None:
        """Look for devices that came or went."""
        self._commands.put(self._look_again)

    def close(self) -> None:
        """Stop the thread and give the device back."""
        self._commands.put(None)
        self._thread.join(5)

    def status(self) -> PlayerStatus:
        """What is heard now; safe from any thread."""
        scene, output = self._source(), self._output
        rate = scene.recording.rate if scene else 44100
        status = PlayerStatus(self._wanted, self._rest / rate, (), self._underruns, self._trouble)
        if output is None or not self._wanted:
            return status
        position, peaks = output.heard()
        if position is None:
            return replace(status, latency=output.latency)
        return replace(status, position=position / rate, peaks=peaks, latency=output.latency)

    # -- the feeder thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        self._guarded(self._list_devices)
        while True:
            try:
                command = self._commands.get(timeout=self._pause())
            except Empty:
                pass
            else:
                if command is None:
                    break
                self._guarded(command)
                continue
            if self._wanted:
                self._guarded(self._fill)
        self._close_output()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A defect of ours is reported, and the sound goes on from a fresh device."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the thread must live, or there is no sound until the next start
            sys.excepthook(type(error), error, error.__traceback__)
            self._halt(self._rest)
            self._close_output()

    def _pause(self) -> float | None:
        """Seconds to wait for a command before looking after the ring again."""
        if not self._wanted:
            return None
        if self._output is None:
            return max(0.01, self._retry_at - monotonic())
        return 0.003

    def _prepare(self) -> None:
        scene = self._source()
        if scene is not None and not self._wanted:
            self._open_output(scene)

    def _start(self, position: int) -> None:
        scene = self._source()
        if scene is None:
            return
        self._rest = position
        self._wanted = True
        self._feed = Feed(scene, position, self._loop)
        self._open_output(scene)

    def _stop(self) -> None:
        if self._feed is None or self._output is None:
            self._halt(self._rest)
            return
        self._feed.end()

    def _seek(self, position: int) -> None:
        self._rest = position
        if self._feed is not None:
            self._feed.seek(position)

    def _set_loop(self, loop: Loop | None) -> None:
        self._loop = loop
        if self._feed is not None:
            self._feed.loop = loop

    def _list_devices(self) -> None:
        self.devices = output_devices()

    def _look_again(self) -> None:
        at, playing = self._heard_or_rest(), self._wanted
        self._close_output()
        restart_portaudio()
        self._list_devices()
        if playing:
            self._start(at)

    def _set_device(self, name: str | None) -> None:
        self._device = name
        if self._wanted and self._output is not None:
            at = self._heard_or_rest()
            self._close_output()
            self._start(at)
        else:
            self._close_output()

    def _heard_or_rest(self) -> int:
        heard = self._output.heard()[0] if self._output is not None else None
        return self._rest if heard is None else int(heard)

    def _fill(self) -> None:
        scene, feed = self._source(), self._feed
        if scene is None or feed is None:
            self._halt(0)
            return
        if self._output is None:
            self._open_output(scene)
            return
        output = self._output
        if not output.alive():
            self._rest = self._heard_or_rest()
            self._lose(STOPPED)
            return
        if scene.recording is not feed.recording:
            self._halt(0)
            return
        while output.room() >= output.block:
            if feed.finished:
                if output.drained():
                    self._halt(int(self._rest_after(scene)))
                return
            block, position = feed.read(scene, output.block_in)
            if len(block):
                output.write(block, position)
        output.ensure_playing()
        self._underruns += output.take_underruns()
        self._relax(output.underflows())

    def _relax(self, underflows: int) -> None:
        """Where the device can't keep up, open it again with a longer latency."""
        self._underruns += underflows
        if self._feed is not None and self._feed.ending:
            return
        if underflows and self._rung + 1 < len(LATENCIES):
            self._rung += 1
            at = self._heard_or_rest()
            self._close_output()
            self._start(at)

    def _rest_after(self, scene: Scene) -> int:
        end = self._output.last_position if self._output is not None else 0
        return 0 if end >= len(scene.recording.samples) - 1 else end

    def _halt(self, position: int) -> None:
        self._rest = position
        self._wanted = False
        self._feed = None
        if self._output is not None:
            try:
                self._output.pause()
            except NoDevice as error:
                self._close_output()
                self._trouble = str(error)

    def _open_output(self, scene: Scene) -> None:
        channels, rate = max(2, scene.recording.channels), scene.recording.rate
        if self._output is not None and not self._output.suits(rate, channels):
            self._close_output()
        try:
            if self._output is not None:
                self._output.restart()
                return
            if self._rung_for != (self._device, rate):
                self._rung_for, self._rung = (self._device, rate), first_rung(self._device, rate)
            self._output = Output(rate, channels, self._device, self._rung, fresh=bool(self._trouble))
            self._trouble = ""
        except NoDevice as error:
            self._lose(str(error))
            return
        if self._wanted:
            self._fill()

    def _lose(self, sentence: str) -> None:
        self._close_output()
        self._trouble = sentence
        self._retry_at = monotonic() + RETRY_SECONDS
        scene = self._source()
        if self._feed is not None and self._feed.ending:
            self._halt(self._rest)
        if self._wanted and scene is not None:
            self._feed = Feed(scene, self._rest, self._loop)

    def _close_output(self) -> None:
        if self._output is not None:
            self._output.close()
            self._output = None
