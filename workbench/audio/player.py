"""The player: PortAudio's callback in C drains a ring buffer, which a thread keeps filled from the renderer.

The only file that touches PortAudio. The callback never waits for the interpreter (rtmixer); the feeder
thread reads the scene that is current at every block, so an edit is heard within the ring's length.
"""

from __future__ import annotations

import math
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.audio.feed import Feed, Loop
from workbench.audio.renderer import Scene

Float = NDArray[np.float32]

RING_SECONDS = 0.0465
"""2048 frames at 44.1 kHz, the next power of two at other rates."""
LATENCIES = (0.04, 0.08, 0.16)
"""Seconds asked of the device; the next where it underflows. Measured with PulseAudio on two busy processors: at
20 ms about one underflow in five minutes, at 40 ms none; where the sound server converts the rate, 40 ms underflow
and 60 ms do not."""
RETRY_SECONDS = 1.0
STALL_SECONDS = 0.7
START_SECONDS = 3.0
STATS_SECONDS = 0.25
PAUSE_SECONDS = 0.5
STOPPED = "The sound device stopped answering; everything else works, and it is tried again every second."


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


@dataclass(frozen=True)
class Device:
    """An output device.

    Attributes
    ----------
    name : str
        For people.
    key : str
        Name with the host interface, which tells devices of one name apart.
    channels : int
    """

    name: str
    key: str
    channels: int


@dataclass(frozen=True)
class _Anchor:
    """A block in the ring: where it begins in what was written and in the recording."""

    written: int
    position: int
    peaks: tuple[float, ...]


def output_devices() -> tuple[Device, ...]:
    """Output devices that PortAudio knows now; empty where there is none or no PortAudio.

    While a player lives, its thread alone may ask.
    """
    try:
        sounddevice = _sounddevice()
        found, apis = sounddevice.query_devices(), sounddevice.query_hostapis()
    except NoDevice:
        return ()
    return tuple(
        Device(str(d["name"]), f"{d['name']}, {apis[d['hostapi']]['name']}", int(d["max_output_channels"]))
        for d in found
        if d["max_output_channels"] > 0
    )


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
        self._output: _Output | None = None
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
        _restart_portaudio()
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
            sounddevice = _sounddevice()
            if self._rung_for != (self._device, rate):
                self._rung_for, self._rung = (self._device, rate), _first_rung(sounddevice, self._device, rate)
            self._output = _Output(rate, channels, self._device, self._rung, fresh=bool(self._trouble))
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


class NoDevice(RuntimeError):
    """No sound can be played now; the message is one sentence for the user."""


class _Output:
    """An open device: the ring, its PortAudio stream in C, and the clock of what is heard."""

    def __init__(self, rate: int, channels: int, device: str | None, rung: int, fresh: bool) -> None:
        import rtmixer

        sounddevice = _sounddevice()
        self._error = sounddevice.PortAudioError
        if fresh:
            _restart_portaudio()
        self.source_rate, self.source_channels = rate, channels
        try:
            self._rate, self._channels = _supported(sounddevice, rate, channels, device)
            self._mixer = rtmixer.Mixer(
                device=device, channels=self._channels, samplerate=self._rate, latency=LATENCIES[rung], blocksize=0
            )
            size = 1 << math.ceil(math.log2(self._rate * RING_SECONDS))
            self._ring = rtmixer.RingBuffer(4 * self._channels, size)
            self._mixer.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NoDevice(
                "No sound device answers; everything but sound works, and the device is tried again every second."
            ) from error
        self._size = size
        self.block = size // 4
        self.block_in = self.block if self._rate == rate else max(64, self.block * rate // self._rate - 2)
        self._resampler = self._make_resampler()
        self._action: Any = None
        self._written = 0
        self._anchors: deque[_Anchor] = deque(maxlen=4096)
        self._patience = START_SECONDS
        self._last_moved = monotonic()
        self._last_available = 0
        self._underruns = 0
        self._stats: Any = None
        self._stats_count = True
        self._stats_at = monotonic() + STATS_SECONDS
        self.last_position = 0
        self.latency = float(self._mixer.latency) + size / self._rate

    def _make_resampler(self) -> Any:
        if self._rate == self.source_rate:
            return None
        import soxr

        return soxr.ResampleStream(self.source_rate, self._rate, self._channels, dtype="float32")

    def suits(self, rate: int, channels: int) -> bool:
        """Whether this output was opened for such a recording and still runs."""
        return (rate, channels) == (self.source_rate, self.source_channels) and bool(self._mixer.active)

    def restart(self) -> None:
        """Forget what is still in the ring and begin anew."""
        self.pause()
        self._resampler = self._make_resampler()
        self._last_moved = monotonic()
        # What the device missed while nothing played was silence, and is no drop-out.
        if self._stats is None:
            self._stats = self._mixer.fetch_and_reset_stats()
        self._stats_count = False

    def pause(self) -> None:
        """Let the device play silence."""
        if self._action is not None and self._action in self._mixer.actions:
            cancelled = self._mixer.cancel(self._action)
            deadline = monotonic() + PAUSE_SECONDS
            while cancelled in self._mixer.actions:
                if monotonic() > deadline:
                    raise NoDevice(STOPPED)
                sleep(0.002)
        self._action = None
        self._ring.flush()
        self._anchors.clear()

    def room(self) -> int:
        """Frames that fit into the ring."""
        return int(self._ring.write_available)

    def write(self, block: Float, position: int) -> None:
        """Append samples (n, source channels) that begin at `position` of the recording."""
        peaks = tuple(float(p) for p in np.abs(block).max(axis=0))
        self.last_position = position + len(block)
        out = _fold(block, self._channels)
        if self._resampler is not None:
            out = self._resampler.resample_chunk(np.ascontiguousarray(out))
        if len(out):
            self._anchors.append(_Anchor(self._written, position, peaks))
            self._ring.write(np.ascontiguousarray(out, np.float32))
            self._written += len(out)

    def ensure_playing(self) -> None:
        """Hand the filled ring to the callback; again if it ran dry, which is an underrun."""
        if self._action is not None and self._action not in self._mixer.actions:
            self._underruns += 1
            self._action = None
        if self._action is None and self._ring.read_available >= self._size // 2:
            self._action = self._mixer.play_ringbuffer(self._ring)

    def take_underruns(self) -> int:
        """Underruns since the last call."""
        count, self._underruns = self._underruns, 0
        return count

    def drained(self) -> bool:
        """Whether all that was written has been played; starts what is too short to have started."""
        if self._action is None and self._ring.read_available:
            self._action = self._mixer.play_ringbuffer(self._ring)
        return int(self._ring.read_available) == 0

    def alive(self) -> bool:
        """Whether the stream runs and the ring moves."""
        if not self._mixer.active:
            return False
        available = int(self._ring.read_available)
        if self._action is None:
            self._last_moved = monotonic()
        elif available != self._last_available:
            if available < self._last_available:
                self._patience = STALL_SECONDS
            self._last_moved = monotonic()
        self._last_available = available
        return bool(monotonic() - self._last_moved < self._patience)

    def underflows(self) -> int:
        """Underflows that the device reported since the last answer; asked for a few times a second."""
        found = 0
        if self._stats is not None and self._stats not in self._mixer.actions:
            found = int(self._stats.stats.output_underflows) if self._stats_count else 0
            self._stats, self._stats_count = None, True
        if self._stats is None and monotonic() > self._stats_at:
            self._stats_at = monotonic() + STATS_SECONDS
            self._stats = self._mixer.fetch_and_reset_stats()
        return found

    def heard(self) -> tuple[float | None, tuple[float, ...]]:
        """Sample of the recording that leaves the loudspeaker now, and the peaks there."""
        at = self._written - int(self._ring.read_available) - int(self._mixer.latency * self._rate)
        anchors = list(self._anchors)
        found = None
        for anchor in reversed(anchors):
            found = anchor
            if anchor.written <= at:
                break
        if found is None:
            return None, ()
        ahead = max(0, at - found.written) * self.source_rate / self._rate
        return found.position + ahead, found.peaks

    def close(self) -> None:
        """Give the device back; a device that vanished may complain, which no longer matters."""
        try:
            self._mixer.close(ignore_errors=True)
        except self._error:
            self._action = None


def _restart_portaudio() -> None:
    """PortAudio lists the devices when it starts; one that came since is seen only after a restart."""
    try:
        sounddevice = _sounddevice()
    except NoDevice:
        return
    sounddevice._terminate()
    sounddevice._initialize()


def _sounddevice() -> Any:
    """The module, whose import needs PortAudio itself."""
    try:
        import sounddevice
    except OSError as error:
        raise NoDevice(
            "PortAudio is not installed, so nothing can be heard; install it (Debian: libportaudio2) and restart."
        ) from error
    return sounddevice


def _first_rung(sounddevice: Any, device: str | None, rate: int) -> int:
    """The shortest latency where no rate is converted, else the next."""
    try:
        own = int(sounddevice.query_devices(device, "output")["default_samplerate"])
    except (ValueError, sounddevice.PortAudioError):
        return 0
    return 0 if own == rate else 1


def _supported(sounddevice: Any, rate: int, channels: int, device: str | None) -> tuple[int, int]:
    """Rate and channels nearest to the recording's that the device takes."""
    info = sounddevice.query_devices(device, "output")
    take = min(channels, int(info["max_output_channels"])) or 1
    for attempt in (rate, int(info["default_samplerate"])):
        try:
            sounddevice.check_output_settings(device=device, channels=take, dtype="float32", samplerate=attempt)
        except sounddevice.PortAudioError:
            continue
        return attempt, take
    return int(info["default_samplerate"]), take


def _fold(block: Float, channels: int) -> Float:
    """Samples on fewer channels: channel c goes to loudspeaker c mod `channels`, at constant total level."""
    have = block.shape[1]
    if have <= channels:
        return block
    out = np.zeros((len(block), channels), np.float32)
    for c in range(have):
        out[:, c % channels] += block[:, c]
    return out * np.float32(channels / have)
