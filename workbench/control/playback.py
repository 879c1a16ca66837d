"""Playing: start, stop, seek, loop, speed, device. Asks the player a few dozen times a second and tells the views."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.feed import Loop
from workbench.audio.output import Device
from workbench.audio.player import Player, PlayerStatus
from workbench.control.selection import Selection
from workbench.document.document import Document

TICK_MS = 30
IDLE_MS = 250
PATIENCE_TICKS = 8
"""Ticks that the player has to take up a request."""
ARRIVED_SECONDS = 0.5
"""So near to where it was sent the playhead has arrived."""
SPEEDS = (0.5, 1.0, 2.0)


class Playback(QObject):
    """The hand on the player. The selected time plays over and over; nothing of the document changes with it."""

    ticked = Signal(object)
    """PlayerStatus, while playing and once after."""
    moved = Signal(float)
    """Second where the playhead stands."""
    loop_changed = Signal(bool)
    """Whether the selection, or the whole recording, plays over and over."""
    looped_changed = Signal()
    """The span that plays over and over is another."""
    speed_changed = Signal(float)
    settings_changed = Signal()
    """Device, latency or loudspeakers that are asked for."""

    def __init__(self, document: Document, selection: Selection, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection, self._player = document, selection, player
        self._loops = True
        self._position = 0.0
        self._playing = self._scrubbing = False
        self._speed = 1.0
        self._device: str | None = None
        self._latency: float | None = None
        self._loudspeakers: int | None = None
        self._dwelling: tuple[float, float] | None = None
        self._looped: tuple[float, float] | None = None
        self._waiting = self._sought = 0
        self._timer = QTimer(self)
        self._timer.setInterval(IDLE_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        document.opened.connect(self._opened)
        selection.area_changed.connect(self._area_changed)

    # -- what there is -------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether it plays, or is about to."""
        return self._playing

    @property
    def position(self) -> float:
        """Second where the playhead stands."""
        return self._position

    @property
    def heard(self) -> float:
        """Second that is heard at this moment (what the device is late is taken off), or where the playhead stands."""
        return self._player.status().position if self._playing else self._position

    @property
    def loops(self) -> bool:
        """Whether the selection, or the whole recording, plays over and over."""
        return self._loops

    @property
    def speed(self) -> float:
        """1 plays as recorded."""
        return self._speed

    @property
    def looped(self) -> tuple[float, float] | None:
        """The span that plays over and over: where it dwells, or what is selected; None for everything."""
        return self._dwelling or (self._selection.seconds if self._loops else None)

    @property
    def device(self) -> str | None:
        """Key of the output device that is wished for; None for the system's default."""
        return self._device

    @property
    def latency(self) -> float | None:
        """Seconds that are asked of the device; None finds a latency that holds."""
        return self._latency

    @property
    def loudspeakers(self) -> int | None:
        """How many there are; None as the device says, and two where it does not."""
        return self._loudspeakers

    @property
    def devices(self) -> tuple[Device, ...]:
        """Output devices as far as they are known."""
        return self._player.devices

    # -- playing -------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play from the playhead or the selection, or stop."""
        if self._playing:
            self.stop()
        else:
            self.play()

    def play(self, at: float | None = None) -> None:
        """Play from the playhead, or from a second; from the loop's start where that is outside it.

        From a second outside the selection it plays on from there without looping.
        """
        recording = self._document.recording
        if recording is None:
            return
        start, span = self._position if at is None else at, self._dwelling or self._selection.seconds
        if at is None and span is not None and not span[0] <= start < span[1]:
            start = span[0]
        if start >= recording.duration - 0.01:
            start = 0.0
        self._send_loop()
        self._player.play(self._sample(start))
        self._playing = True
        self._await_player()
        self._tick()

    def stop(self) -> None:
        """Stop; the playhead stays where it was heard."""
        self._player.stop()
        self._playing = self._scrubbing = False

    def seek(self, second: float) -> None:
        """Put the playhead somewhere; while playing, go on from there."""
        self._position = second
        self._player.seek(self._sample(second))
        # Until it has taken that up the player tells where it was.
        self._sought = PATIENCE_TICKS if self._playing else 0
        self.moved.emit(second)

    def scrub(self, second: float | None) -> None:
        """Let the sound follow the hand, and stand where it stands; None lets go."""
        recording = self._document.recording
        if recording is None:
            return
        if second is None:
            if self._scrubbing:
                self._scrubbing = False
                self._player.scrub(None)
                if not self._playing:
                    # It stands where the hand let go: a player that is slow to follow, or has no device, is still
                    # where the hand was before.
                    self._timer.setInterval(IDLE_MS)
            return
        if not self._scrubbing:
            self._scrubbing = True
            self._await_player()
        self._position = min(max(second, 0.0), recording.duration)
        self._player.scrub(self._position * recording.rate)
        self.moved.emit(self._position)

    def dwell(self, span: tuple[float, float] | None) -> None:
        """Play a span of seconds over and over in place of the selection; None goes back to it."""
        if span == self._dwelling:
            return
        self._dwelling = span
        self._send_loop()
        if span is not None and self._playing and not span[0] <= self._position < span[1]:
            self.seek(span[0])

    def set_loops(self, on: bool) -> None:
        """Whether the selection, or the whole recording, plays over and over."""
        if on != self._loops:
            self._loops = on
            self.loop_changed.emit(on)
            self._send_loop()

    def set_speed(self, speed: float) -> None:
        """1 plays as recorded; half and double keep the pitch."""
        if speed != self._speed:
            self._speed = speed
            self._player.set_speed(speed)
            self.speed_changed.emit(speed)

    def next_speed(self, by: int) -> None:
        """Slower (−1) or faster (1)."""
        place = SPEEDS.index(self._speed) + by
        self.set_speed(SPEEDS[min(max(place, 0), len(SPEEDS) - 1)])

    # -- the device ----------------------------------------------------------------------------------

    def set_device(self, key: str | None) -> None:
        """Play through a device, as soon as it is there; None is the system's default."""
        if key != self._device:
            self._device = key
            self._player.set_device(key)
            self.settings_changed.emit()

    def set_latency(self, seconds: float | None) -> None:
        """Latency to ask of the device; None finds one that holds."""
        if seconds != self._latency:
            self._latency = seconds
            self._player.set_latency(seconds)
            self.settings_changed.emit()

    def set_loudspeakers(self, count: int | None) -> None:
        """How many there are, so that each channel is heard where it belongs; None as the device says."""
        if count != self._loudspeakers:
            self._loudspeakers = count
            self._player.set_loudspeakers(count)
            self.settings_changed.emit()

    def forget_underruns(self) -> None:
        """Count drop-outs from 0 again."""
        self._player.forget_underruns()

    def look_again(self) -> None:
        """Look for output devices that came or went."""
        self._player.look_again()

    # -- following -----------------------------------------------------------------------------------

    def _sample(self, second: float) -> int:
        recording = self._document.recording
        return 0 if recording is None else round(second * recording.rate)

    def _area_changed(self) -> None:
        """What is selected plays over and over, wherever it plays now; a selection that lies ahead is reached."""
        self._send_loop()
        span = self.looped
        if self._playing and self._dwelling is None and span is not None and self._position >= span[1]:
            self.seek(span[0])

    def _send_loop(self) -> None:
        recording, span = self._document.recording, self.looped
        loop = None
        if recording is not None and span is not None:
            loop = Loop(self._sample(span[0]), self._sample(span[1]))
        elif recording is not None and self._loops:
            loop = Loop(0, len(recording.samples))
        self._player.set_loop(loop)
        if span != self._looped:
            self._looped = span
            self.looped_changed.emit()

    def _opened(self) -> None:
        self.stop()
        self._dwelling = None
        self._position = 0.0
        self._send_loop()
        self.moved.emit(0.0)
        self._player.prepare()

    def _await_player(self) -> None:
        self._waiting = PATIENCE_TICKS
        self._timer.setInterval(TICK_MS)

    def _tick(self) -> None:
        status: PlayerStatus = self._player.status()
        if status.playing:
            self._waiting = 0
            self._sought = self._sought - 1 if abs(status.position - self._position) > ARRIVED_SECONDS else 0
            if not self._scrubbing and self._sought <= 0:
                self._position = status.position
                self.moved.emit(self._position)
        elif self._scrubbing:
            pass
        elif self._waiting > 0:
            # The player has not yet taken up the request.
            self._waiting -= 1
        elif self._playing or self._timer.interval() == TICK_MS:
            self._playing = False
            self._position = status.position
            self.moved.emit(self._position)
            self._timer.setInterval(IDLE_MS)
        self.ticked.emit(status)
