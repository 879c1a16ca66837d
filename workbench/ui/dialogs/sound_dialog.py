"""Settings of the sound: device, latency and loudspeakers, and how the sound fares."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.audio.player import PlayerStatus
from workbench.audio.priority import Priority
from workbench.control.playback import Playback
from workbench.ui.base.controls import combo, dim, named, plain
from workbench.ui.sound.transport_bar import fill_devices

LATENCIES = (0.01, 0.02, 0.03, 0.06, 0.12, 0.24)


class SoundDialog(QDialog):
    """Device, latency, loudspeakers, and what is measured while it plays."""

    def __init__(self, parent: QWidget, playback: Playback) -> None:
        super().__init__(parent)
        named(self, "soundDialog", self.tr("Sound"), self.tr("Output device and latency"))
        self.setWindowTitle(self.tr("Sound"))
        self.setMinimumWidth(420)
        self._playback = playback
        self.device = combo([], "soundDevice", self.tr("Output device"), self.tr("Where the sound goes"))
        entries: list[tuple[str, object]] = [(self.tr("Automatic"), None)]
        entries += [(self.tr("{0} ms").format(round(1000 * each)), each) for each in LATENCIES]
        self.latency = combo(
            entries,
            "soundLatency",
            self.tr("Latency"),
            self.tr(
                "Asked of the device. Shorter is heard sooner; longer bears a busier machine. "
                "Automatic takes the shortest that holds."
            ),
        )
        self.latency.setCurrentIndex(max(0, self.latency.findData(playback.latency)))
        self.loudspeakers = combo(
            [
                (self.tr("As the device says"), None),
                (self.tr("Mono"), 1),
                (self.tr("Stereo"), 2),
                (self.tr("Quad"), 4),
                (self.tr("5.1"), 6),
                (self.tr("7.1"), 8),
            ],
            "soundLoudspeakers",
            self.tr("Loudspeakers"),
            self.tr(
                "Where the channels of a surround recording are heard. A sound server does not say how many "
                "loudspeakers there are; then it is stereo"
            ),
        )
        self.loudspeakers.setCurrentIndex(max(0, self.loudspeakers.findData(playback.loudspeakers)))
        self.path, self.ring, self.rate, self.priority, self.missed = (
            named(plain("–"), name, label, tip)
            for name, label, tip in (
                ("soundPath", self.tr("From an edit to the ear"), self.tr("Until an edit is heard while it plays")),
                ("soundRing", self.tr("Buffered"), self.tr("Sound that waits for the device; edits still reach it")),
                ("soundRate", self.tr("Rate"), self.tr("What the device takes")),
                (
                    "soundPriority",
                    self.tr("Priority"),
                    self.tr("How the system serves the sound beside other programs; the buffer makes up for the rest"),
                ),
                ("soundMissed", self.tr("Drop-outs"), self.tr("Times that the sound ran dry since the start")),
            )
        )
        again = named(
            QPushButton(self.tr("Look again")),
            "soundLook",
            self.tr("Look for devices again"),
            self.tr("Find devices that came or went"),
        )
        anew = named(
            QPushButton(self.tr("Count anew")), "soundCount", self.tr("Count drop-outs anew"), self.tr("Back to 0")
        )
        self._arrange(again, anew)
        self._fill()
        self.device.activated.connect(lambda i: playback.set_device(self.device.itemData(i)))
        playback.settings_changed.connect(self._fill)
        self.latency.activated.connect(lambda i: playback.set_latency(self.latency.itemData(i)))
        self.loudspeakers.activated.connect(lambda i: playback.set_loudspeakers(self.loudspeakers.itemData(i)))
        again.clicked.connect(playback.look_again)
        anew.clicked.connect(playback.forget_underruns)
        playback.ticked.connect(self._ticked)

    def _arrange(self, again: QPushButton, anew: QPushButton) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(9)
        form.setHorizontalSpacing(16)
        for label, widget, button in (
            (self.tr("Device"), self.device, again),
            (self.tr("Latency"), self.latency, None),
            (self.tr("Loudspeakers"), self.loudspeakers, None),
            (self.tr("From an edit to the ear"), self.path, None),
            (self.tr("Buffered"), self.ring, None),
            (self.tr("Rate"), self.rate, None),
            (self.tr("Priority"), self.priority, None),
            (self.tr("Drop-outs"), self.missed, anew),
        ):
            row = QHBoxLayout()
            row.addWidget(widget, 1)
            if button is not None:
                row.addWidget(button)
            form.addRow(dim(label), row)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.addLayout(form)
        close = named(QPushButton(self.tr("Close")), "soundClose", self.tr("Close"), self.tr("Close (Esc)"))
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _fill(self) -> None:
        self._listed = self._playback.devices
        fill_devices(self.device, self._listed, self._playback.device)

    def _worded(self, priority: Priority | None) -> str:
        match priority:
            case Priority.REAL_TIME:
                return self.tr("Real time")
            case Priority.RAISED:
                return self.tr("Raised; real time is refused")
            case Priority.ORDINARY:
                return self.tr("Ordinary; more is refused")
            case Priority.OWN:
                return self.tr("The system's own for sound")
            case None:
                return "–"

    def _ticked(self, status: PlayerStatus) -> None:
        if self._playback.devices is not self._listed:
            self._fill()
        known = status.rate > 0
        self.path.setText(self.tr("{0:.0f} ms").format(1000 * status.latency) if known else "–")
        self.ring.setText(self.tr("{0:.0f} ms").format(1000 * status.buffered) if status.playing and known else "–")
        self.rate.setText(self.tr("{0:g} kHz").format(status.rate / 1000) if known else "–")
        self.priority.setText(self._worded(status.priority))
        self.missed.setText(str(status.underruns))
