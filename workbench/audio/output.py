"""An open sound device: PortAudio's callback in C, the ring buffer that it drains, and the clock of what is heard.

The only file that touches PortAudio. The callback never waits for the interpreter (rtmixer).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

RING_SECONDS = 0.0465
"""2048 frames at 44.1 kHz, the next power of two at other rates."""
LATENCIES = (0.04, 0.08, 0.16)
"""Seconds asked of the device; the next where it underflows. Measured with PulseAudio on two busy processors: at
20 ms two underruns in four minutes, at 40 ms none in five; where the sound server converts the rate, 40 ms underflow
and 60 ms do not."""
STALL_SECONDS = 0.7
START_SECONDS = 3.0
STATS_SECONDS = 0.25
PAUSE_SECONDS = 0.5
STOPPED = "The sound device stopped answering; everything else works, and it is tried again every second."


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


class NoDevice(RuntimeError):
    """No sound can be played now; the message is one sentence for the user."""


class Output:
    """An open device: the ring, its PortAudio stream in C, and the clock of what is heard."""

    def __init__(self, rate: int, channels: int, device: str | None, rung: int, fresh: bool) -> None:
        import rtmixer

        sounddevice = _sounddevice()
        self._error = sounddevice.PortAudioError
        if fresh:
            restart_portaudio()
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


def restart_portaudio() -> None:
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


def first_rung(device: str | None, rate: int) -> int:
    """The shortest latency where no rate is converted, else the next.

    Raises
    ------
    NoDevice
        If PortAudio is not there.
    """
    sounddevice = _sounddevice()
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
