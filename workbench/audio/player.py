"""The player: a thread keeps the device's ring filled from the renderer.

A feed plays one scene. Where the scene, the place, the loop or the speed is another, a new feed writes over what
waits in the ring, as near to the ear as the device allows, with a short cross-fade.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic, perf_counter

import numpy as np

from workbench.audio.feed import START_SECONDS, AnyFeed, Block, Loop, open_feed, raised_cosine
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
from workbench.audio.scene import Scene

RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 60.0
"""A device that underflows twice within this time can't keep up."""
POLL_SECONDS = 0.003
COST_FADES = 0.7
"""By which the time that a feed took to begin counts less at every further one."""
FADE_OUT = 512
SCRUB_SECONDS = 0.1
"""Time in which the sound comes up with the hand."""
FASTEST = 4.0
LEAP_SECONDS = 1.0
"""A hand that is farther away is not followed, but jumped to."""


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
        Seconds from an edit to the ear: what of the ring can't be written anew, and the device.
    buffered : float
        Seconds of sound in the ring.
    rate : int
        The device's rate in Hz; 0 where none is open.
    """

    playing: bool = False
    position: float = 0.0
    peaks: tuple[float, ...] = ()
    underruns: int = 0
    trouble: str = ""
    latency: float = 0.0
    buffered: float = 0.0
    rate: int = 0


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
        self._feed: AnyFeed | None = None
        self._loop: Loop | None = None
        self._played: Loop | None = None
        """The loop of the feed that plays."""
        self._speed = 1.0
        self._output: Output | None = None
        self._device: str | None = None
        self._latency: float | None = None
        self._rest = 0
        self._wanted = False
        self._goal: float | None = None
        """Sample to go to."""
        self._stale = False
        """Loop or speed are others than those of the feed."""
        self._hand: float | None = None
        """Sample at which the scrubbing hand is."""
        self._resume = False
        self._quiet: int | None = None
        """Frame from which on nothing is heard, once it was asked to stop."""
        self._cost = 0.0
        """Seconds that it took lately to begin a feed."""
        self._not_before = 0.0
        self._retry_at = 0.0
        self._underruns = 0
        self._rung = 0
        self._underflowed_at = float("-inf")
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

    def set_speed(self, speed: float) -> None:
        """1 plays as recorded; others keep the pitch."""
        self._commands.put(lambda: self._set_speed(speed))

    def scrub(self, position: float | None) -> None:
        """The hand is at a sample, and the sound follows it and stands where it stands; None lets go."""
        self._commands.put(lambda: self._scrub(position))

    def set_device(self, name: str | None) -> None:
        """Output device by its key; None is the system's default."""
        self._commands.put(lambda: self._set_device(name))

    def set_latency(self, seconds: float | None) -> None:
        """Latency to ask of the device; None finds one that holds."""
        self._commands.put(lambda: self._set_latency(seconds))

    def forget_underruns(self) -> None:
        """Count from 0 again."""
        self._underruns = 0

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
        if output is None:
            return status
        latency = output.latency + output.guard / output.rate
        status = replace(status, latency=latency, rate=output.rate)
        if not self._wanted:
            return status
        position, peaks = output.heard()
        status = replace(status, buffered=output.buffered / output.rate)
        return status if position is None else replace(status, position=position / rate, peaks=peaks)

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
        return POLL_SECONDS

    def _prepare(self) -> None:
        scene = self._source()
        if scene is not None and not self._wanted:
            self._open_output(scene)

    def _start(self, position: int) -> None:
        scene = self._source()
        if scene is None:
            return
        self._rest, feed = position, self._feed
        if self._wanted and self._output is not None and feed and feed.scene.recording is scene.recording:
            # It plays, or fades out: over to the new place from what is heard.
            self._quiet, self._goal = None, float(position)
            return
        self._wanted = True
        self._feed = self._quiet = self._goal = None
        self._cost = self._not_before = 0.0
        self._open_output(scene)

    def _stop(self) -> None:
        self._hand = None
        if self._feed is None or self._output is None:
            self._halt(self._rest)
        elif self._quiet is None:
            position = self._output.rewind()
            if position is None:
                # Too little waits there to fade it out.
                block = self._feed.read(FADE_OUT)
                samples = block.samples * (1 - raised_cosine(len(block.samples)))
                self._output.write(Block(np.asarray(samples, np.float32), block.position, block.step))
                position = block.position
            self._rest = max(0, round(position if self._goal is None else self._goal))
            self._goal = None
            self._quiet = self._output.silence()

    def _seek(self, position: int) -> None:
        self._rest, self._goal = position, float(position)

    def _set_loop(self, loop: Loop | None) -> None:
        self._loop, self._stale = loop, True

    def _set_speed(self, speed: float) -> None:
        self._speed, self._stale = speed, True

    def _scrub(self, position: float | None) -> None:
        scene = self._source()
        if scene is None:
            return
        if position is None:
            if self._hand is not None:
                hand, self._hand = self._hand, None
                if self._resume:
                    self._goal = hand
                else:
                    self._stop()
                    self._rest = round(hand)
            return
        began = self._hand is None
        self._hand = min(max(position, 0.0), float(len(scene.recording.samples)))
        if began:
            self._resume = self._wanted and self._quiet is None
            if self._resume:
                self._goal = self._hand
            else:
                self._start(round(self._hand))

    def _list_devices(self) -> None:
        self.devices = output_devices()

    def _look_again(self) -> None:
        at, playing = self._heard_or_rest(), self._wanted and self._quiet is None
        self._close_output()
        restart_portaudio()
        self._list_devices()
        self._go_on(at, playing)

    def _set_device(self, name: str | None) -> None:
        if name != self._device:
            self._device = name
            self._open_anew()

    def _set_latency(self, seconds: float | None) -> None:
        if seconds != self._latency:
            self._latency = seconds
            self._open_anew()

    def _open_anew(self) -> None:
        """Take the device again, and go on where the sound was."""
        at, playing = self._heard_or_rest(), self._wanted and self._quiet is None
        self._close_output()
        self._go_on(at, playing)

    def _go_on(self, at: int, playing: bool) -> None:
        """Play again from where the sound was, or rest there."""
        self._feed = None
        if playing:
            self._start(at)
        else:
            self._halt(at)

    def _heard_or_rest(self) -> int:
        if self._goal is not None:
            return round(self._goal)
        if self._quiet is not None:
            return self._rest
        heard = self._output.heard()[0] if self._output is not None else None
        return self._rest if heard is None else max(0, round(heard))

    def _fill(self) -> None:
        scene = self._source()
        if scene is None:
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
        if self._quiet is not None:
            if output.played(self._quiet) or output.drained():
                self._halt(self._rest)
            return
        if self._feed is None:
            self._begin(scene, output)
        elif scene.recording is not self._feed.scene.recording:
            self._halt(0)
            return
        self._renew(scene, output)
        assert self._feed is not None
        while output.room() >= output.block and (self._hand is None or output.buffered < output.least):
            feed = self._feed
            if feed.finished:
                output.silence()
                if output.drained():
                    self._halt(0)
                return
            self._follow_hand(scene)
            block = feed.read(output.block)
            output.write(block)
        output.ensure_playing()
        self._underruns += output.take_underruns()
        self._relax(output.underflows())

    def _begin(self, scene: Scene, output: Output) -> None:
        """The first block; within the sound it rises from silence."""
        self._stale, self._goal = False, None
        self._feed = self._opened_feed(scene, self._rest)
        block = self._feed.read(output.block)
        if self._rest > 0 and len(block.samples):
            n = min(len(block.samples), round(START_SECONDS * output.rate))
            block.samples[:n] *= raised_cosine(n)
        output.write(block)

    def _opened_feed(self, scene: Scene, position: float) -> AnyFeed:
        assert self._output is not None
        rate, self._played = self._output.rate, self._loop
        if self._hand is not None:
            return open_feed(scene, position, None, 0.0, rate)
        return open_feed(scene, position, self._loop, self._speed, rate)

    def _renew(self, scene: Scene, output: Output) -> None:
        """Where the scene or the place is another, go on with a feed of it, as near to the ear as can be."""
        if self._feed is None or (self._goal is None and not self._stale and scene is self._feed.scene):
            return
        begin = perf_counter()
        if begin < self._not_before and self._goal is None:
            # Masks that are slow to render are not rendered so often that the sound runs short.
            return
        position = output.rewind(round(self._cost * output.rate))
        self._cost *= COST_FADES
        if position is None and (self._goal is None or not self._feed.finished):
            # Too little waits in the ring; the feed that plays goes on until there is enough to cross-fade with.
            return
        if self._goal is not None:
            position = self._goal
        elif position is not None:
            position = self._within_loop(position)
        self._goal, self._stale = None, False
        self._feed = self._opened_feed(scene, position or 0.0)
        block = self._feed.read(2 * output.block)
        output.write(block)
        took = perf_counter() - begin
        self._cost = max(took, self._cost)
        self._not_before = begin + 3 * took

    def _within_loop(self, position: float) -> float:
        """A place that is told to lie behind the loop, because its seam came within a block."""
        loop = self._played
        if loop is None or self._feed is None or not loop.start <= self._feed.position < loop.stop <= position:
            return position
        return loop.start + (position - loop.stop) % max(1, loop.stop - loop.start)

    def _follow_hand(self, scene: Scene) -> None:
        """Let the sound come up with the scrubbing hand; it stands still where the hand does."""
        if self._hand is None or self._feed is None or not self._feed.steerable:
            return
        rate = scene.recording.rate
        behind = (self._hand - self._feed.position) / rate
        if abs(behind) > LEAP_SECONDS:
            self._goal = self._hand
            behind = 0.0
        self._feed.set_speed(float(np.clip(behind / SCRUB_SECONDS, -FASTEST, FASTEST)))

    def _relax(self, underflows: int) -> None:
        """Where the device can't keep up, open it again with a longer latency, unless one was chosen.

        A single underflow is counted, but is no reason to hear everything later from then on.
        """
        if not underflows:
            return
        self._underruns += underflows
        before, self._underflowed_at = self._underflowed_at, monotonic()
        again = underflows > 1 or self._underflowed_at - before < PATIENCE_SECONDS
        if again and self._latency is None and self._rung + 1 < len(LATENCIES):
            self._rung += 1
            self._open_anew()

    def _halt(self, position: int) -> None:
        self._rest = position
        self._wanted = False
        self._feed = self._quiet = self._goal = self._hand = None
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
            latency = LATENCIES[self._rung] if self._latency is None else self._latency
            self._output = Output(rate, channels, self._device, latency, fresh=bool(self._trouble))
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
        if self._quiet is not None:
            # Nothing more was to be heard of it.
            self._halt(self._rest)
            self._trouble = ""
        self._feed = None

    def _close_output(self) -> None:
        if self._output is not None:
            self._output.close()
            self._output = None
