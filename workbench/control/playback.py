"""Listening: play, stop, seek, loop. Asks the player a few dozen times a second and tells the views."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.audio.feed import Loop
from workbench.audio.output import Device
from workbench.audio.player import Player, PlayerStatus
from workbench.document.document import Document

TICK_MS = 30
IDLE_MS = 250


class Audition(QObject):
    """The window's hand on the player."""

    ticked = Signal(object)
    """PlayerStatus, while playing and once after."""
    moved = Signal(float)
    """Second where the playhead stands."""
    selection_changed = Signal(object)
    """(start, stop) in seconds, or None."""
    loop_changed = Signal(bool)
    speed_changed = Signal(float)

    def __init__(self, document: Document, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._player = document, player
        self.selection: tuple[float, float] | None = None
        self.loop = True
        self.position = 0.0
        self.playing = False
        self.speed = 1.0
        self._spot: tuple[float, float] | None = None
        self._scrubbing = False
        self._asked = 0
        self._timer = QTimer(self)
        self._timer.setInterval(IDLE_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        document.opened.connect(self._opened)

    @property
    def _rate(self) -> int:
        return self._document.recording.rate if self._document.recording else 44100

    def toggle(self) -> None:
        """Space: play from the playhead or the selection, or stop."""
        if self.playing:
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
        start = self.position if at is None else at
        span = self._spot or self.selection
        if at is None and span is not None and not span[0] <= start < span[1]:
            start = span[0]
        if start >= recording.duration - 0.01:
            start = 0.0
        self._send_loop()
        self._player.play(round(start * self._rate))
        self.playing, self._asked = True, 8
        self._timer.setInterval(TICK_MS)
        self._tick()

    def stop(self) -> None:
        """Stop; the playhead stays where it was heard."""
        self._player.stop()
        self.playing = self._scrubbing = False

    def seek(self, seconds: float) -> None:
        """Put the playhead somewhere; while playing, go on from there."""
        self.position = seconds
        self._player.seek(round(seconds * self._rate))
        self.moved.emit(seconds)

    def scrub(self, seconds: float | None) -> None:
        """Let the sound follow the hand, and stand where it stands; None lets go."""
        recording = self._document.recording
        if recording is None:
            return
        if seconds is None:
            if self._scrubbing:
                self._scrubbing = False
                self._player.scrub(None)
            return
        if not self._scrubbing:
            self._scrubbing = True
            self._asked = 8
            self._timer.setInterval(TICK_MS)
        self.position = min(max(seconds, 0.0), recording.duration)
        self._player.scrub(self.position * self._rate)
        self.moved.emit(self.position)

    def dwell(self, span: tuple[float, float] | None) -> None:
        """Play a span over and over in place of the selection; None goes back to it."""
        if span == self._spot:
            return
        self._spot = span
        self._send_loop()
        if span is not None and self.playing and not span[0] <= self.position < span[1]:
            self.seek(span[0])

    @property
    def looped(self) -> tuple[float, float] | None:
        """The span that plays over and over: under the brush, on the walk, or what is selected; None for everything."""
        return self._spot or (self.selection if self.loop else None)

    def set_speed(self, speed: float) -> None:
        """1 plays as recorded; half and double keep the pitch."""
        if speed != self.speed:
            self.speed = speed
            self._player.set_speed(speed)
            self.speed_changed.emit(speed)

    def set_latency(self, seconds: float | None) -> None:
        """Latency to ask of the device; None finds one that holds."""
        self._player.set_latency(seconds)

    def forget_underruns(self) -> None:
        """Count drop-outs from 0 again."""
        self._player.forget_underruns()

    def set_loop(self, on: bool) -> None:
        """Whether the selection, or the whole recording, plays over and over."""
        if on != self.loop:
            self.loop = on
            self.loop_changed.emit(on)
            self._send_loop()

    def select(self, selection: tuple[float, float] | None) -> None:
        """Another time selection."""
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit(selection)
            self._send_loop()

    def set_device(self, name: str | None) -> None:
        """Another output device."""
        self._player.set_device(name)

    def look_again(self) -> None:
        """Look for output devices that came or went."""
        self._player.look_again()

    @property
    def devices(self) -> tuple[Device, ...]:
        """Output devices as far as they are known."""
        return self._player.devices

    def _send_loop(self) -> None:
        recording = self._document.recording
        loop = None
        if recording is not None and self._spot is not None:
            loop = Loop(round(self._spot[0] * self._rate), round(self._spot[1] * self._rate))
        elif recording is not None and self.loop:
            if self.selection is not None:
                loop = Loop(round(self.selection[0] * self._rate), round(self.selection[1] * self._rate))
            else:
                loop = Loop(0, len(recording.samples))
        self._player.set_loop(loop)

    def _opened(self) -> None:
        self.stop()
        self._spot = None
        self.position = 0.0
        self.select(None)
        self.moved.emit(0.0)
        self._player.prepare()

    def _tick(self) -> None:
        status: PlayerStatus = self._player.status()
        if status.playing:
            self._asked = 0
            if not self._scrubbing:
                self.position = status.position
                self.moved.emit(self.position)
        elif self._scrubbing:
            pass
        elif self._asked > 0:
            # The player has not yet taken up the request.
            self._asked -= 1
        elif self.playing or self._timer.interval() == TICK_MS:
            self.playing = False
            self.position = status.position
            self.moved.emit(self.position)
            self._timer.setInterval(IDLE_MS)
        self.ticked.emit(status)
