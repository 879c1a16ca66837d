"""An open sound device: PortAudio's callback in C, which drains the ring, and what is known of the devices there are.

The only file that touches PortAudio. The callback never waits for the interpreter (rtmixer).
"""

from __future__ import annotations

import atexit
import math
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import numpy as np

from workbench.audio.priority import real_time_threads
from workbench.audio.ring import Ring
from workbench.audio.speakers import AS_IN_ALSA, AS_IN_WAV, Speakers, placed, speakers_of
from workbench.errors import UserError

RING_SECONDS = 1.75
"""Sound that waits at most: as deep as a feeder may be held up. How soon an edit is heard does not depend on it, for
what waits in the ring is written anew."""
SOON_SECONDS = 0.08
"""Sound beyond the least that a device needs that is always as it is to be."""
PERIODS = 4
"""Of a device's latency one such part is taken at a time, until the device tells what it takes."""
BLOCK_SECONDS = 0.0116
"""512 frames at 44.1 kHz."""
OPENING_SECONDS = 3.0
"""A device that has not taken anything yet is given so long to begin."""
STALL_SECONDS = 0.7
"""A device that takes nothing for so long has stopped."""
STATS_SECONDS = 0.25
SERVER_CHANNELS = 32
"""A device of so many is a sound server's."""
PAUSE_SECONDS = 0.5


class NoDevice(UserError):
    """No sound can be played now."""


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


class Output:
    """An open device: a PortAudio stream in C that plays what is in its ring.

    Parameters
    ----------
    rate : int
        Of the recording.
    speakers : tuple of Speaker
        Where the channels belong that are written.
    device : str or None
        Key of a device; the system's default for None.
    latency : float
        Seconds asked of the device.
    fresh : bool
        Look for devices again before.
    most : int or None
        Loudspeakers that there are; None as many as the device says, and two where it does not.

    Attributes
    ----------
    rate, channels : int
        Those nearest to the recording's that the device takes.
    ring : Ring
        Where sound for the device is written.
    block : int
        Frames to write at a time.
    latency : float
        Seconds from the ring to the ear.
    priority : Priority
        How the system serves the device's threads.

    Raises
    ------
    NoDevice
        If none can be opened.
    """

    def __init__(
        self, rate: int, speakers: Speakers, device: str | None, latency: float, fresh: bool, most: int | None = None
    ) -> None:
        sounddevice = _sounddevice()
        import rtmixer

        self._error = sounddevice.PortAudioError
        if fresh:
            restart_portaudio()
        self._source = rate, speakers
        try:
            self.rate, self.channels = _supported(sounddevice, rate, len(speakers), device, most)
            with real_time_threads() as self.priority:
                self._mixer = rtmixer.Mixer(
                    device=device, channels=self.channels, samplerate=self.rate, latency=latency, blocksize=0
                )
                self._mixer.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise NoDevice("audio.no_device") from error
        self.latency = float(self._mixer.latency)
        self.block = 1 << round(math.log2(self.rate * BLOCK_SECONDS))
        depth = round((RING_SECONDS + 2 * self.latency) * self.rate)
        memory = np.zeros((1 << math.ceil(math.log2(depth)), self.channels), np.float32)
        self._queue = rtmixer.RingBuffer(4 * self.channels, buffer=memory)
        period = math.ceil(self.latency * self.rate / PERIODS)
        placing = placed(speakers, speakers_of(self.channels, _order_of(sounddevice, device)))
        self.ring = Ring(self._queue, memory, depth, self.rate, placing, period)
        self._action: Any = None
        self._patience = OPENING_SECONDS
        self._last_moved = monotonic()
        self._last_waiting = 0
        self._underruns = 0
        self._stats: Any = None
        self._stats_count = True
        self._stats_at = monotonic() + STATS_SECONDS

    @property
    def least(self) -> int:
        """Frames with which the device begins: it takes as much as its latency at once."""
        return int(round(self.latency * self.rate) + 2 * self.block)

    @property
    def soon(self) -> int:
        """Frames that are written at once: more than the device takes while the feeder comes back to the ring."""
        return self.least + round(SOON_SECONDS * self.rate)

    def suits(self, rate: int, speakers: Speakers) -> bool:
        """Whether this output was opened for such a recording and still runs."""
        return (rate, speakers) == self._source and bool(self._mixer.active)

    def restart(self) -> None:
        """Forget what is still in the ring and begin anew.

        Raises
        ------
        NoDevice
            If the device does not answer.
        """
        self.pause()
        self._last_moved = monotonic()
        # What the device missed while nothing played was silence, and is no drop-out.
        if self._stats is None:
            self._stats = self._mixer.fetch_and_reset_stats()
        self._stats_count = False

    def pause(self) -> None:
        """Let the device play silence, and forget what is in the ring.

        Raises
        ------
        NoDevice
            If the device does not answer.
        """
        if self._action is not None and self._action in self._mixer.actions:
            cancelled = self._mixer.cancel(self._action)
            deadline = monotonic() + PAUSE_SECONDS
            while cancelled in self._mixer.actions:
                if monotonic() > deadline:
                    raise NoDevice("audio.device_stopped")
                sleep(0.002)
        self._action = None
        self.ring.clear()

    def ensure_playing(self) -> None:
        """Hand the filled ring to the callback; again if it ran dry, which is an underrun."""
        if self._action is not None and self._action not in self._mixer.actions:
            self._underruns += 1
            self._action = None
        if self._action is None and self.ring.waiting >= self.least:
            self._action = self._mixer.play_ringbuffer(self._queue)

    def take_underruns(self) -> int:
        """Underruns since the last call."""
        count, self._underruns = self._underruns, 0
        return count

    def drained(self) -> bool:
        """Whether all that was written has been played; starts what is too short to have started, or ran dry before."""
        waiting = self.ring.waiting
        if waiting and (self._action is None or self._action not in self._mixer.actions):
            self._action = self._mixer.play_ringbuffer(self._queue)
        return waiting == 0

    def alive(self) -> bool:
        """Whether the stream runs and the ring moves."""
        if not self._mixer.active:
            return False
        waiting = self.ring.waiting
        if self._action is None:
            self._last_moved = monotonic()
        elif waiting != self._last_waiting:
            if waiting < self._last_waiting:
                self._patience = STALL_SECONDS
            self._last_moved = monotonic()
        self._last_waiting = waiting
        return bool(monotonic() - self._last_moved < self._patience)

    def underflows(self) -> int:
        """Underflows that the device reported since the last answer; asked for a few times a second."""
        found = 0
        if self._stats is not None and self._stats not in self._mixer.actions:
            stats = self._stats.stats
            found = int(stats.output_underflows) if self._stats_count else 0
            if stats.blocks:
                self.ring.period = int(stats.max_blocksize)
            self._stats, self._stats_count = None, True
        if self._stats is None and monotonic() > self._stats_at:
            self._stats_at = monotonic() + STATS_SECONDS
            self._stats = self._mixer.fetch_and_reset_stats()
        return found

    def heard(self) -> tuple[float | None, tuple[float, ...]]:
        """Sample of the recording that leaves the loudspeaker now, and the peaks there; safe from any thread."""
        return self.ring.heard(int(self.latency * self.rate))

    def close(self) -> None:
        """Give the device back; a device that vanished may complain, which no longer matters."""
        try:
            self._mixer.close(ignore_errors=True)
        except self._error:
            self._action = None


# -- the devices there are -----------------------------------------------------------------------------


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


def own_rate(device: str | None) -> int | None:
    """The rate in Hz that a device works at by itself; None where there is no such device.

    Raises
    ------
    NoDevice
        If PortAudio is not there.
    """
    sounddevice = _sounddevice()
    try:
        return int(sounddevice.query_devices(device, "output")["default_samplerate"])
    except (ValueError, sounddevice.PortAudioError):
        return None


def restart_portaudio() -> None:
    """PortAudio lists the devices when it starts; one that came since is seen only after a restart."""
    try:
        sounddevice = _sounddevice()
    except NoDevice:
        return
    sounddevice._terminate()
    sounddevice._initialize()


def leave_portaudio() -> None:
    """Let the program end without PortAudio, which waits for a device that does not answer."""
    sounddevice = _sounddevice()
    atexit.unregister(sounddevice._exit_handler)


def _sounddevice() -> Any:
    """The module, whose import needs PortAudio itself."""
    try:
        import sounddevice
    except OSError as error:
        raise NoDevice("audio.no_portaudio") from error
    return sounddevice


def _supported(sounddevice: Any, rate: int, channels: int, device: str | None, most: int | None) -> tuple[int, int]:
    """Rate and channels nearest to the recording's that the device takes."""
    info = sounddevice.query_devices(device, "output")
    there = int(info["max_output_channels"])
    # All that there are, because of some only it is not sure which; a sound server takes whatever comes, and does not
    # say how many loudspeakers hear it.
    few = channels <= 2 and most is None
    take = min(there, channels if few else most or (2 if there >= SERVER_CHANNELS else there)) or 1
    for attempt in (rate, int(info["default_samplerate"])):
        try:
            sounddevice.check_output_settings(device=device, channels=take, dtype="float32", samplerate=attempt)
        except sounddevice.PortAudioError:
            continue
        return attempt, take
    return int(info["default_samplerate"]), take


def _order_of(sounddevice: Any, device: str | None) -> dict[int, Speakers]:
    """In which order a device has its channels."""
    interface = sounddevice.query_hostapis(sounddevice.query_devices(device, "output")["hostapi"])
    return AS_IN_ALSA if interface["name"] in ("ALSA", "OSS") else AS_IN_WAV
