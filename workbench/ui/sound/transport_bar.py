"""The bottom bar: transport, the job under way, level meter and output device."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from workbench.audio.output import Device
from workbench.audio.player import PlayerStatus
from workbench.control.listening import Listening
from workbench.control.notices import worded
from workbench.control.playback import Playback
from workbench.jobs.runner import Job, Runner
from workbench.spectral.axes import clock
from workbench.ui.base.controls import combo, dim, dress, icon_button, named, plain, show_icon
from workbench.ui.base.names import ElidedLabel, literal
from workbench.ui.sound.listen_bar import ListenBar
from workbench.ui.sound.meters import Meter


def fill_devices(box: QComboBox, devices: tuple[Device, ...], wished: str | None) -> None:
    """List output devices, the system's default first; the wished one is chosen where it is there."""
    with QSignalBlocker(box):
        box.clear()
        box.addItem(QCoreApplication.translate("Devices", "Default output"), None)
        for device in devices:
            box.addItem(device.name, device.key)
            box.setItemData(box.count() - 1, device.key, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(max(0, box.findData(wished)))


class TransportBar(QWidget):
    """Play, loop, position; what the job does; meter and device."""

    sound_troubled = Signal(str)
    """What is wrong with the sound, in a sentence; empty when it is well again."""

    def __init__(self, playback: Playback, listening: Listening, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self.setObjectName("transport")
        self._playback = playback
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
        self.loop.setChecked(playback.loops)
        self.clock = named(plain("0:00.000"), "clock", self.tr("Position"), self.tr("What is heard now"))
        self.clock.setProperty("role", "clock")
        self.clock.setMinimumWidth(96)
        for widget in (self.to_start, self.play, self.loop, self.clock):
            row.addWidget(widget)
        self.listen = ListenBar(listening, playback)
        row.addWidget(self.listen)
        row.addSpacing(8)
        self.job_label = ElidedLabel()
        self.job_label.setProperty("role", "dim")
        named(self.job_label, "jobLabel", self.tr("Present work"), self.tr("What is being worked on"))
        self.progress = named(
            QProgressBar(), "jobProgress", self.tr("Progress"), self.tr("Progress of the present work")
        )
        self.progress.setRange(0, 1000)
        self.progress.setMinimumWidth(24)
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
        self.cancel.clicked.connect(self._stop_job)
        # First, so that it stays where it is while texts change their lengths.
        row.addWidget(self.cancel)
        # A long name does not make the window wider; the tooltip has all of it.
        self.job_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.job_label, 3)
        row.addWidget(self.progress, 2)
        row.addWidget(self.job_left)
        row.addStretch(1)
        self.trouble = plain()
        named(self.trouble, "soundTrouble", self.tr("Sound"), self.tr("State of the sound output"))
        row.addWidget(self.trouble)
        self.meter = Meter()
        row.addWidget(self.meter)
        self.device = combo([], "device", self.tr("Output device"), self.tr("Where the sound goes"))
        self.device.setMinimumWidth(90)
        self.device.setMaximumWidth(150)
        row.addWidget(self.device)
        self._listed: tuple[Device, ...] = ()
        self._fill_devices()
        self._show_job(False)
        self.play.clicked.connect(self._play_clicked)
        self.to_start.clicked.connect(lambda: playback.seek(0.0))
        self.loop.toggled.connect(playback.set_loops)
        self.device.activated.connect(lambda i: playback.set_device(self.device.itemData(i)))
        playback.settings_changed.connect(self._fill_devices)
        runner.started.connect(self._follow)
        playback.loop_changed.connect(self.loop.setChecked)
        playback.moved.connect(self._show_position)
        playback.ticked.connect(self._ticked)

    def dress(self) -> None:
        """The theme changed."""
        for button in (self.to_start, self.play, self.loop):
            dress(button)

    def _fill_devices(self) -> None:
        """List the devices that there are now; the wished one stays chosen, or is again once it is there."""
        self._listed = self._playback.devices
        fill_devices(self.device, self._listed, self._playback.device)

    def _show_position(self, second: float) -> None:
        self.clock.setText(clock(second))

    def _play_clicked(self) -> None:
        self._playback.toggle()
        self.play.setChecked(self._playback.playing)

    def _ticked(self, status: PlayerStatus) -> None:
        playing = self._playback.playing
        if self.play.isChecked() != playing or self.play.property("icon_name") != ("stop" if playing else "play"):
            self.play.setChecked(playing)
            show_icon(self.play, "stop" if playing else "play")
        if self._playback.devices is not self._listed:
            self._fill_devices()
        self.meter.show_peaks(status.peaks if playing else None)
        trouble = "" if status.trouble is None else worded(status.trouble)
        if trouble != self._told:
            self._told = trouble
            self.sound_troubled.emit(trouble)
        text = tip = ""
        if trouble:
            text, tip = self.tr("No sound"), trouble
        elif status.underruns:
            many = self.tr("{0} drop-outs").format(status.underruns)
            text = self.tr("1 drop-out") if status.underruns == 1 else many
            tip = self.tr("Times that the sound ran dry since the start")
        if text != self.trouble.text():
            self.trouble.setText(text)
            self.trouble.setToolTip(literal(tip))

    # -- jobs ----------------------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        """Show a job until it ends; one without a name goes on unseen."""
        if not job.name:
            return
        self._show(job)
        job.progressed.connect(self._progressed)
        job.ended.connect(lambda: self._ended(job))

    def _show(self, job: Job) -> None:
        self._job = job
        self.job_label.setText(job.name)
        self.job_label.setToolTip(literal(job.name))
        self.progress.setValue(0)
        self.job_left.setText("")
        self._show_job(True)

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

    def _stop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _ended(self, job: Job) -> None:
        if job is not self._job:
            return
        # One that began before and goes on is seen again.
        others = [each for each in self._runner.named_jobs if each.started and each is not job]
        if others:
            self._show(others[-1])
        else:
            self._job = None
            self._show_job(False)

    def _show_job(self, on: bool) -> None:
        for widget in (self.job_label, self.progress, self.job_left, self.cancel):
            widget.setVisible(on)
