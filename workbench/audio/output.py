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

from workbench.audio.feed import FADE_SECONDS, Block, raised_cosine

Float = NDArray[np.float32]

RING_SECONDS = 0.1857
"""8192 frames at 44.1 kHz, the next power of two at other rates; more where the device takes more. As deep as a
feeder may be held up; how soon an edit is heard does not depend on it: what waits in the ring is written anew."""
LATENCIES = (0.03, 0.06, 0.12, 0.24)
"""Seconds asked of the device; the next where it underflows."""
PERIODS = 4
"""Of a device's latency one such part is taken at a time, until the device tells what it takes."""
GUARD_SECONDS = 0.003
BLOCK_SECONDS = 0.0116
"""512 frames at 44.1 kHz."""
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
    """A block in the ring: where it begins in what was written, and in the recording."""

    written: int
    position: float
    step: float
    peaks: tuple[float, ...]


class NoDevice(RuntimeError):
    """No sound can be played now; the message is one sentence for the user."""


class Output:
    """An open device: the ring, its PortAudio stream in C, and the two clocks, of what is buffered and what is heard.

    The ring's memory is ours. So what is in it, but not yet with the device, can be written anew (`rewind`): an
    edit is heard at once, though the ring is deep enough for a feeder that is held up.

    Parameters
    ----------
    rate, channels : int
        Of the recording.
    device : str or None
        Key of a device; the system's default for None.
    latency : float
        Seconds asked of the device.
    fresh : bool
        Look for devices again before.
    """

    def __init__(self, rate: int, channels: int, device: str | None, latency: float, fresh: bool) -> None:
        import rtmixer

        sounddevice = _sounddevice()
        self._error = sounddevice.PortAudioError
        if fresh:
            restart_portaudio()
        self.source_rate, self.source_channels = rate, channels
        try:
            self.rate, self.channels = _supported(sounddevice, rate, channels, device)
            self._mixer = rtmixer.Mixer(
                device=device, channels=self.channels, samplerate=self.rate, latency=latency, blocksize=0
            )
            self.block = 1 << round(math.log2(self.rate * BLOCK_SECONDS))
            deep = max(RING_SECONDS * self.rate, 2 * float(self._mixer.latency) * self.rate + 8 * self.block)
            self._size = 1 << math.ceil(math.log2(deep))
            self._memory = np.zeros((self._size, self.channels), np.float32)
            self._ring = rtmixer.RingBuffer(4 * self.channels, buffer=self._memory)
            self._mixer.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NoDevice(
                "No sound device answers; everything but sound works, and the device is tried again every second."
            ) from error
        self._fade = raised_cosine(max(1, round(FADE_SECONDS * self.rate)))
        self._period = math.ceil(self._mixer.latency * self.rate / PERIODS)
        self._action: Any = None
        self._written = 0
        """Frames that the ring was given."""
        self._head = 0
        """Where the next block goes: before `_written` after a rewind."""
        self._faded = len(self._fade)
        self._anchors: deque[_Anchor] = deque(maxlen=4096)
        self._patience = START_SECONDS
        self._last_moved = monotonic()
        self._last_available = 0
        self._underruns = 0
        self._stats: Any = None
        self._stats_count = True
        self._stats_at = monotonic() + STATS_SECONDS
        self.latency = float(self._mixer.latency)
        """Seconds from the ring to the ear."""

    @property
    def guard(self) -> int:
        """Frames that the device may take at any moment, which can't be written anew."""
        return int(self._period + round(GUARD_SECONDS * self.rate))

    @property
    def least(self) -> int:
        """Frames with which the device begins: it takes as much as its latency at once."""
        return int(round(self.latency * self.rate) + 2 * self.block)

    def suits(self, rate: int, channels: int) -> bool:
        """Whether this output was opened for such a recording and still runs."""
        return (rate, channels) == (self.source_rate, self.source_channels) and bool(self._mixer.active)

    def restart(self) -> None:
        """Forget what is still in the ring and begin anew."""
        self.pause()
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
        self._written = self._head = 0
        self._faded = len(self._fade)
        self._anchors.clear()

    # -- writing -------------------------------------------------------------------------------------

    @property
    def _read(self) -> int:
        """Frames that the device has taken."""
        return self._written - int(self._ring.read_available)

    @property
    def buffered(self) -> int:
        """Frames in the ring that are as they are to be."""
        return self._head - self._read

    def room(self) -> int:
        """Frames that may be written."""
        return self._size - self.buffered

    def rewind(self, keep: int = 0) -> float | None:
        """Go back to the first frame that can still be changed; what is written next is cross-faded with what is there.

        Parameters
        ----------
        keep : int
            Frames more that stay as they are, for a renderer that needs their time.

        Returns
        -------
        float or None
            The sample of the recording that plays at that frame; None where there is too little to go back.
        """
        to = self._read + self.guard + min(keep, self._size // 2)
        if self._written - to < len(self._fade):
            return None
        position = self._position_at(to)
        while self._anchors and self._anchors[-1].written >= to:
            self._anchors.pop()
        self._head, self._faded = to, 0
        return position

    def write(self, block: Block) -> None:
        """Append samples of the device's rate in the recording's channels, over what a rewind left standing."""
        if not len(block.samples):
            return
        samples = _fold(block.samples, self.channels)
        late = min(self._read + self._period - self._head, self._written - self._head, len(samples))
        if late > 0:
            # The device was faster: it plays what stood there, and the change comes where it is now.
            self._head += late
            self._faded = 0
        late = max(late, 0)
        peaks = tuple(float(p) for p in np.abs(block.samples).max(axis=0))
        self._anchors.append(_Anchor(self._head, block.position + late * block.step, block.step, peaks))
        samples = np.ascontiguousarray(samples[late:], np.float32)
        over = min(len(samples), self._written - self._head)
        if over > 0:
            self._write_over(samples[:over])
        if over < len(samples):
            self._written += int(self._ring.write(samples[over:]))
            self._head = self._written

    def _write_over(self, samples: Float) -> None:
        """Put samples in the place of those that wait in the ring."""
        places = np.arange(self._head, self._head + len(samples)) % self._size
        n = min(len(self._fade) - self._faded, len(samples))
        if n > 0:
            ramp = self._fade[self._faded : self._faded + n]
            samples[:n] = samples[:n] * ramp + self._memory[places[:n]] * (1 - ramp)
            self._faded += n
        self._memory[places] = samples
        self._head += len(samples)

    def silence(self) -> int:
        """Nothing comes after what was written: what a rewind left standing fades out.

        Returns
        -------
        int
            The frame from which on nothing is heard, for `played`.
        """
        quiet, rest = self._head + len(self._fade) - self._faded, self._written - self._head
        if rest > 0:
            self.write(Block(np.zeros((rest, self.source_channels), np.float32), self._position_at(self._head), 0.0))
        return min(quiet, self._written)

    def played(self, frame: int) -> bool:
        """Whether the device has taken all before a frame."""
        return self._read >= frame

    def _position_at(self, frame: int) -> float:
        anchor = next((each for each in reversed(self._anchors) if each.written <= frame), None)
        return anchor.position + (frame - anchor.written) * anchor.step if anchor is not None else 0.0

    def ensure_playing(self) -> None:
        """Hand the filled ring to the callback; again if it ran dry, which is an underrun."""
        if self._action is not None and self._action not in self._mixer.actions:
            self._underruns += 1
            self._action = None
        if self._action is None and self._ring.read_available >= self.least:
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
            stats = self._stats.stats
            found = int(stats.output_underflows) if self._stats_count else 0
            if stats.blocks:
                self._period = int(stats.max_blocksize)
            self._stats, self._stats_count = None, True
        if self._stats is None and monotonic() > self._stats_at:
            self._stats_at = monotonic() + STATS_SECONDS
            self._stats = self._mixer.fetch_and_reset_stats()
        return found

    def heard(self) -> tuple[float | None, tuple[float, ...]]:
        """Sample of the recording that leaves the loudspeaker now, and the peaks there; safe from any thread."""
        at = self._read - int(self._mixer.latency * self.rate)
        found = None
        for anchor in reversed(list(self._anchors)):
            found = anchor
            if anchor.written <= at:
                break
        if found is None:
            return None, ()
        return found.position + max(0, at - found.written) * found.step, found.peaks

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
    """Place in LATENCIES to begin with: the shortest where no rate is converted, else the next.

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
