"""The player: a thread that takes what the user asks for, and keeps the sound going as it is at every moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic

from workbench.audio.connection import Connection
from workbench.audio.feed import Loop
from workbench.audio.feeder import Feeder
from workbench.audio.output import Device, NoDevice, leave_portaudio, output_devices, restart_portaudio
from workbench.audio.priority import Priority, raise_this_thread
from workbench.audio.scene import Scene
from workbench.audio.speakers import heard_speakers
from workbench.audio.transport import Transport, TransportState
from workbench.errors import UserError
from workbench.precedence import Precedence

POLL_SECONDS = 0.003
CLOSING_SECONDS, OPENING_SECONDS = 0.3, 2.0
"""A device that does not answer for so long, when it is given back or asked for, is told to have stopped."""
STOP_SECONDS = 0.3
"""What was asked to stop has done so after this, for who asks, though a device still keeps the thread."""
LEAVE_SECONDS, MOST_SECONDS = 0.4, 5.0
"""So long the end waits for a device that does not answer, whose thread is then left behind, and for all else."""


@dataclass(frozen=True)
class PlayerStatus:
    """What the window shows of the player.

    Attributes
    ----------
    playing : bool
        Something sounds or is to sound.
    position : float
        Second of the recording that is heard now (device latency taken off), or at which it rests.
    peaks : tuple of float
        Largest absolute sample a channel in what is heard now.
    underruns : int
        Times that the ring ran dry or the device reported an underflow, since they were forgotten.
    trouble : UserError or None
        Why nothing can be heard; None when all is well.
    latency : float
        Seconds from an edit to the ear: what of the ring can't be written anew, and the device.
    buffered : float
        Seconds of sound that waits in the ring.
    rate : int
        The device's rate in Hz; 0 where none is open.
    priority : Priority or None
        How the system serves the device's threads; None where none is open.
    """

    playing: bool = False
    position: float = 0.0
    peaks: tuple[float, ...] = ()
    underruns: int = 0
    trouble: UserError | None = None
    latency: float = 0.0
    buffered: float = 0.0
    rate: int = 0
    priority: Priority | None = None


class Player:
    """Plays the scene that `source` gives, as it is at every moment.

    What the window asks for goes to the player's thread as commands, in order; that thread alone writes the
    transport, the feeder and the connection, so that nothing needs a lock. The window reads them in `status`.

    Parameters
    ----------
    source : callable
        Answers the current scene, or None where nothing is open. Called from both threads.
    precedence : Precedence, optional
        While the window goes first, no more is rendered than for a moment.
    """

    def __init__(self, source: Callable[[], Scene | None], precedence: Precedence | None = None) -> None:
        self._source = source
        self._commands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._transport = Transport()
        self._feeder = Feeder(precedence)
        self._connection = Connection()
        self._waits: tuple[float, float] | None = None
        """Since when a device has been asked for something that it has not answered, and until when it should have."""
        self._stop_asked: float | None = None
        """When a stop was asked for that is not done."""
        self._play_asked = False
        """Whether it is to play, which is not begun."""
        self._heard_last: float | None = None
        """Sample that was heard when the device last said so, since it plays."""
        self.devices: tuple[Device, ...] = ()
        """Output devices; exchanged as a whole when they were looked for again."""
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    # -- called from the window's thread -------------------------------------------------------------

    def prepare(self) -> None:
        """Open the device for the present recording, so that the first sound comes at once."""
        self._commands.put(self._prepare)

    def play(self, position: int) -> None:
        """Start, or go on, at a sample."""
        self._stop_asked, self._play_asked = None, True
        self._commands.put(partial(self._play, position))

    def stop(self) -> None:
        """Fade out and stop."""
        self._stop_asked, self._play_asked = monotonic(), False
        self._commands.put(self._stop)

    def seek(self, position: int) -> None:
        """Go to another sample; while playing with a cross-fade."""
        self._commands.put(lambda: self._turn(self._transport.seek(position)))

    def set_loop(self, loop: Loop | None) -> None:
        """Range to play over and over, or None."""
        self._commands.put(lambda: self._turn(replace(self._transport, loop=loop)))

    def set_speed(self, speed: float) -> None:
        """1 plays as recorded; others keep the pitch."""
        self._commands.put(lambda: self._turn(replace(self._transport, speed=speed)))

    def scrub(self, position: float | None) -> None:
        """The hand is at a sample, and the sound follows it and stands where it stands; None lets go."""
        self._commands.put(self._let_go if position is None else partial(self._scrub, position))

    def set_device(self, name: str | None) -> None:
        """Output device by its key; None is the system's default."""
        self._commands.put(partial(self._set_device, name))

    def set_latency(self, seconds: float | None) -> None:
        """Latency to ask of the device; None finds one that holds."""
        self._commands.put(partial(self._set_latency, seconds))

    def set_loudspeakers(self, count: int | None) -> None:
        """How many loudspeakers there are; None as the device says."""
        self._commands.put(partial(self._set_loudspeakers, count))

    def forget_underruns(self) -> None:
        """Count from 0 again."""
        self._commands.put(self._forget_underruns)

    def look_again(self) -> None:
        """Look for devices that came or went."""
        self._commands.put(partial(self._open_anew, look=True))

    def close(self) -> None:
        """Do what was asked for before, stop the thread, and give the device back.

        Where the device does not answer the thread is left behind: it ends with the program.
        """
        self._commands.put(None)
        begun = monotonic()
        while self._thread.is_alive() and monotonic() < begun + MOST_SECONDS:
            self._thread.join(0.02)
            waits = self._waits
            if waits is not None and monotonic() > max(begun, waits[0]) + LEAVE_SECONDS:
                leave_portaudio()
                return

    def status(self) -> PlayerStatus:
        """What is heard now; safe from any thread."""
        scene, transport, connection = self._source(), self._transport, self._connection
        output, waits, now = connection.output, self._waits, monotonic()
        rate = scene.recording.rate if scene else 44100
        hung = waits is not None and now > waits[1]
        stopped = waits is not None and self._stop_asked is not None and now > self._stop_asked + STOP_SECONDS
        playing = (transport.state is not TransportState.RESTING or self._play_asked) and not stopped
        trouble = NoDevice("audio.device_stopped") if hung else connection.trouble
        last = self._heard_last if hung else None
        place = transport.place if last is None else last
        status = PlayerStatus(playing, place / rate, (), connection.underruns, trouble)
        if output is None or hung:
            return status
        latency = output.latency + output.ring.guard / output.rate
        status = replace(status, latency=latency, rate=output.rate, priority=output.priority)
        if not playing:
            return status
        position, peaks = output.heard()
        status = replace(status, buffered=output.ring.waiting / output.rate)
        if position is None:
            return status
        self._heard_last = position
        return replace(status, position=position / rate, peaks=peaks)

    # -- the player's thread -------------------------------------------------------------------------

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """What the device, or the system, is asked for here may never be answered."""
        self._waits = monotonic(), monotonic() + seconds
        try:
            yield
        finally:
            self._waits = None

    def _run(self) -> None:
        raise_this_thread()
        self._guarded(self._list_devices)
        while True:
            try:
                command = self._commands.get(timeout=self._pause())
            except Empty:
                self._guarded(self._fill)
                continue
            if command is None:
                break
            self._guarded(command)
        with self._waiting(CLOSING_SECONDS):
            self._connection.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A defect of ours is reported, and the next play begins with a fresh device."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the thread must live, or there is no sound until the next start
            sys.excepthook(type(error), error, error.__traceback__)
            self._turn(self._transport.halt(self._transport.place))
            with self._waiting(CLOSING_SECONDS):
                self._connection.close()

    def _pause(self) -> float | None:
        """Seconds to wait for a command before looking after the ring again; None to wait for a command only."""
        connection = self._connection
        lost = connection.trouble is not None and connection.output is None and self._source() is not None
        if self._transport.state is TransportState.RESTING and not lost:
            return None
        return POLL_SECONDS if connection.output is not None else max(0.01, connection.retry_in)

    def _turn(self, after: Transport) -> None:
        """Take over a transport; where it comes to rest, so does the device."""
        before, self._transport = self._transport, after
        if after.state is TransportState.RESTING and before.state is not TransportState.RESTING:
            self._feeder.drop()
            self._heard_last = None
            with self._waiting(CLOSING_SECONDS):
                self._connection.pause()

    # -- commands ------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        scene = self._source()
        if scene is not None and self._transport.state is TransportState.RESTING:
            self._open(scene)

    def _play(self, position: int) -> None:
        self._heard_last = None
        try:
            self._begin(position)
        finally:
            self._play_asked = False

    def _begin(self, position: int) -> None:
        scene = self._source()
        if scene is None:
            return
        if self._feeder.plays_another(scene.recording):
            self._turn(self._transport.halt(position))
        self._turn(self._transport.play(position))
        if self._transport.state is TransportState.WAITING:
            self._open(scene)

    def _stop(self) -> None:
        self._stop_asked = None
        output, at = self._connection.output, float(self._transport.place)
        if self._transport.sounding and output is not None:
            at = self._feeder.fade_out(output)
        self._turn(self._transport.stop(at))

    def _scrub(self, position: float) -> None:
        scene = self._source()
        if scene is None:
            return
        if self._feeder.plays_another(scene.recording):
            self._turn(self._transport.halt(self._transport.place))
        rested = self._transport.state is TransportState.RESTING
        self._turn(self._transport.scrub(min(max(position, 0.0), float(len(scene.recording.samples)))))
        if rested:
            self._open(scene)

    def _let_go(self) -> None:
        output, after = self._connection.output, self._transport.let_go()
        if self._transport.sounding and after.state is TransportState.FADING and output is not None:
            self._feeder.fade_out(output)
        self._turn(after)

    def _set_device(self, name: str | None) -> None:
        if name != self._connection.device:
            self._connection.device = name
            self._open_anew()

    def _set_latency(self, seconds: float | None) -> None:
        if seconds != self._connection.latency:
            self._connection.latency = seconds
            self._open_anew()

    def _set_loudspeakers(self, count: int | None) -> None:
        if count != self._connection.loudspeakers:
            self._connection.loudspeakers = count
            self._open_anew()

    def _forget_underruns(self) -> None:
        self._connection.underruns = 0

    def _list_devices(self) -> None:
        with self._waiting(OPENING_SECONDS):
            self.devices = output_devices()

    # -- the device and its ring ---------------------------------------------------------------------

    def _open(self, scene: Scene) -> None:
        """Have the device ready for a scene, and begin at once where it is to sound."""
        try:
            with self._waiting(OPENING_SECONDS):
                self._connection.open(scene.recording.rate, heard_speakers(scene.recording.speakers))
        except NoDevice as error:
            self._lose(error)
            return
        if self._transport.state is TransportState.WAITING:
            self._fill()

    def _open_anew(self, look: bool = False) -> None:
        """Take the device again, after a look at which there are, and go on where the sound was."""
        after = self._cut_off()
        with self._waiting(CLOSING_SECONDS):
            self._connection.close()
        self._turn(after)
        if look:
            with self._waiting(OPENING_SECONDS):
                restart_portaudio()
            self._list_devices()
        scene = self._source()
        if scene is not None and after.state is TransportState.WAITING:
            self._open(scene)

    def _lose(self, trouble: NoDevice) -> None:
        """The device does not answer: what sounded waits until one does."""
        after, fading = self._cut_off(), self._transport.state is TransportState.FADING
        # Where it was fading out, nothing more was to be heard of it.
        with self._waiting(CLOSING_SECONDS):
            self._connection.lose(None if fading else trouble)
        self._turn(after)

    def _cut_off(self) -> Transport:
        """Drop what sounds; answers the transport once its device is gone."""
        self._feeder.drop()
        output = self._connection.output
        return self._transport.lost(output.heard()[0] if output is not None else None)

    def _fill(self) -> None:
        """Look after the ring: go on with what sounds, as it is now."""
        scene, output, feeder = self._source(), self._connection.output, self._feeder
        if scene is None:
            self._turn(self._transport.halt(0))
        elif output is None:
            self._open(scene)
        elif not output.alive():
            self._lose(NoDevice("audio.device_stopped"))
        elif self._transport.state is TransportState.FADING:
            if feeder.faded(output):
                self._turn(self._transport.faded())
        elif feeder.plays_another(scene.recording):
            self._turn(self._transport.halt(0))
        else:
            if self._transport.state is TransportState.WAITING:
                feeder.begin(scene, self._transport, output)
                self._turn(self._transport.began())
            if feeder.out_of_reach(self._transport.hand):
                self._turn(self._transport.leap())
            if feeder.renew(scene, self._transport, output):
                self._turn(self._transport.arrived())
            if feeder.fill(self._transport.hand, output):
                output.ensure_playing()
            elif feeder.faded(output):
                self._turn(self._transport.halt(0))
                return
            if self._connection.missed(output.take_underruns(), output.underflows(), monotonic()):
                self._open_anew()
