"""The bottom bar: transport, the job under way, level meter and output device."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from workbench.audio.output import Device
from workbench.audio.player import PlayerStatus
from workbench.control.listening import Listening
from workbench.control.playback import Audition
from workbench.jobs.runner import Job
from workbench.ui.base import theme
from workbench.ui.base.axes import clock
from workbench.ui.base.controls import combo, dim, dress, icon_button, named, show_icon
from workbench.ui.base.guard import guarded
from workbench.ui.sound.listen_bar import ListenBar


@guarded
class Meter(QWidget):
    """Peak level a channel, −60 … +6 dB, with a mark that holds for a while and a lamp for above full scale."""

    LOW, HIGH = -60.0, 6.0

    def __init__(self) -> None:
        super().__init__()
        named(self, "meter", self.tr("Level meter"), self.tr("Level of what is heard, in dB below full scale"))
        self.setFixedSize(QSize(130, 22))
        self._levels: list[float] = [self.LOW, self.LOW]
        self._held: list[float] = [self.LOW, self.LOW]

    def show_peaks(self, peaks: tuple[float, ...] | None) -> None:
        """Peaks of the newest block, from which the bars fall by themselves; None clears them."""
        if peaks is None:
            if max(self._held) > self.LOW:
                self._levels, self._held = [self.LOW] * len(self._levels), [self.LOW] * len(self._held)
                self.update()
            return
        count = max(2, len(peaks))
        if len(self._levels) != count:
            self._levels, self._held = [self.LOW] * count, [self.LOW] * count
        before = list(self._levels)
        for i in range(count):
            db = 20 * math.log10(peaks[i]) if i < len(peaks) and peaks[i] > 0 else self.LOW
            self._levels[i] = max(self.LOW, db, self._levels[i] - 1.2)
            self._held[i] = max(self._levels[i], self._held[i] - 0.25)
        if before != self._levels:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        width, count = self.width() - 8, len(self._levels)
        height = (self.height() - 2) / count - 1
        fill = QLinearGradient(0, 0, width, 0)
        zero = -self.LOW / (self.HIGH - self.LOW)
        for at, colour in ((0.0, "#19c98a"), (zero - 0.2, "#19c98a"), (zero - 0.05, t.solo), (1.0, t.mute)):
            fill.setColorAt(at, QColor(colour))
        for i, (level, held) in enumerate(zip(self._levels, self._held, strict=True)):
            y = 1 + i * (height + 1)
            painter.fillRect(QRectF(0, y, width, height), QColor(t.line))
            painter.fillRect(QRectF(0, y, width * (level - self.LOW) / (self.HIGH - self.LOW), height), fill)
            if held > self.LOW:
                painter.fillRect(
                    QRectF(width * (held - self.LOW) / (self.HIGH - self.LOW), y, 1.5, height), QColor(t.text)
                )
            painter.fillRect(QRectF(width + 2, y, 6, height), QColor(t.mute if held > 0 else t.line))


class TransportBar(QWidget):
    """Play, loop, position; what the job does; meter and device."""

    cancel_job = Signal()
    sound_troubled = Signal(str)
    """What is wrong with the sound, in a sentence; empty when it is well again."""

    def __init__(self, audition: Audition, listening: Listening) -> None:
        super().__init__()
        self.setObjectName("transport")
        self._audition = audition
        self._job: Job | None = None
        self._told = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(6)
        self.to_start = icon_button("start", "toStart", self.tr("To the start"), self.tr("To the start (Home)"))
        self.play = icon_button("play", "play", self.tr("Play"), self.tr("Play or stop (Space)"))
        self.play.setCheckable(True)
        self.loop = icon_button("loop", "loop", self.tr("Loop"), self.tr("Loop the selection, or everything (L)"))
        self.loop.setCheckable(True)
        self.loop.setChecked(audition.loop)
        self.clock = named(QLabel("0:00.000"), "clock", self.tr("Position"), self.tr("What is heard now"))
        self.clock.setProperty("role", "clock")
        self.clock.setMinimumWidth(96)
        for widget in (self.to_start, self.play, self.loop, self.clock):
            row.addWidget(widget)
        self.listen = ListenBar(listening, audition)
        row.addWidget(self.listen)
        row.addSpacing(8)
        self.job_label = dim("")
        named(self.job_label, "jobLabel", self.tr("Present work"), self.tr("What is being worked on"))
        self.progress = named(
            QProgressBar(), "jobProgress", self.tr("Progress"), self.tr("Progress of the present work")
        )
        self.progress.setRange(0, 1000)
        self.progress.setMaximumWidth(160)
        self.progress.setTextVisible(False)
        self.job_left = dim("")
        named(self.job_left, "jobLeft", self.tr("Time left"), self.tr("Estimate of the time left"))
        self.cancel = named(
            QPushButton(self.tr("Stop")),
            "jobCancel",
            self.tr("Stop the work"),
            self.tr("Stop; a factorisation keeps what there is (Esc)"),
        )
        self.cancel.clicked.connect(self.cancel_job)
        # First, so that it stays where it is while texts change their lengths.
        row.addWidget(self.cancel)
        # A long name does not make the window wider; the tooltip has all of it.
        self.job_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.job_label, 3)
        row.addWidget(self.progress, 2)
        row.addWidget(self.job_left)
        row.addStretch(1)
        self.trouble = QLabel()
        named(self.trouble, "soundTrouble", self.tr("Sound"), self.tr("State of the sound output"))
        row.addWidget(self.trouble)
        self.meter = Meter()
        row.addWidget(self.meter)
        self.device = combo([], "device", self.tr("Output device"), self.tr("Where the sound goes"))
        self.device.setMinimumWidth(90)
        self.device.setMaximumWidth(150)
        row.addWidget(self.device)
        self._listed: tuple[Device, ...] = ()
        self.wished_device: str | None = None
        self._fill_devices()
        self._show_job(False)
        self.play.clicked.connect(self._play_clicked)
        self.to_start.clicked.connect(lambda: audition.seek(0.0))
        self.loop.toggled.connect(audition.set_loop)
        self.device.activated.connect(self._device_chosen)
        audition.loop_changed.connect(self.loop.setChecked)
        audition.moved.connect(lambda s: self.clock.setText(clock(s)))
        audition.ticked.connect(self._ticked)

    def dress(self) -> None:
        """The theme changed."""
        for button in (self.to_start, self.play, self.loop):
            dress(button)

    def _fill_devices(self) -> None:
        """List the devices that there are now; the wished one stays chosen, or is again once it is there."""
        self._listed = self._audition.devices
        self.device.clear()
        self.device.addItem(self.tr("Default output"), None)
        for device in self._listed:
            self.device.addItem(device.name, device.key)
            self.device.setItemData(self.device.count() - 1, device.key, Qt.ItemDataRole.ToolTipRole)
        index = max(0, self.device.findData(self.wished_device))
        self.device.setCurrentIndex(index)
        if index:
            self._audition.set_device(self.wished_device)

    def wish_device(self, key: str | None) -> None:
        """Play through a device, as soon as it is there; None is the system's default."""
        if key is None and self.wished_device is not None:
            self._audition.set_device(None)
        self.wished_device = key
        self._fill_devices()

    def _device_chosen(self) -> None:
        self.wished_device = self.device.currentData()
        self._audition.set_device(self.wished_device)

    def _play_clicked(self) -> None:
        self._audition.toggle()
        self.play.setChecked(self._audition.playing)

    def _ticked(self, status: PlayerStatus) -> None:
        playing = self._audition.playing
        if self.play.isChecked() != playing or self.play.property("icon_name") != ("stop" if playing else "play"):
            self.play.setChecked(playing)
            show_icon(self.play, "stop" if playing else "play")
        if self._audition.devices is not self._listed:
            self._fill_devices()
        self.meter.show_peaks(status.peaks if playing else None)
        if status.trouble != self._told:
            self._told = status.trouble
            self.sound_troubled.emit(status.trouble)
        text = tip = ""
        if status.trouble:
            text, tip = self.tr("No sound"), status.trouble
        elif status.underruns:
            text = self.tr("{0} drop-outs").format(status.underruns)
            tip = self.tr("Times that the sound ran dry since the start")
        if text != self.trouble.text():
            self.trouble.setText(text)
            self.trouble.setToolTip(tip)

    # -- jobs ----------------------------------------------------------------------------------------

    def follow(self, job: Job) -> None:
        """Show a job until it ends."""
        self._job = job
        self.job_label.setText(job.name)
        self.job_label.setToolTip(job.name)
        self.progress.setValue(0)
        self.job_left.setText("")
        self._show_job(True)
        job.progressed.connect(self._progressed)
        job.ended.connect(lambda: self._ended(job))

    def _progressed(self, share: float) -> None:
        if self._job is None or self.sender() is not self._job:
            return
        if share < 0:
            # Without an end in sight the bar fills over and over.
            self.progress.setValue(round(self._job.elapsed * 400) % 1000)
            self.job_left.setText(clock(self._job.elapsed, 0))
            return
        self.progress.setValue(round(share * 1000))
        left = self._job.seconds_left
        self.job_left.setText("" if left is None else self.tr("{0} left").format(clock(math.ceil(left), 0)))

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self._show_job(False)

    def _show_job(self, on: bool) -> None:
        for widget in (self.job_label, self.progress, self.job_left, self.cancel):
            widget.setVisible(on)
