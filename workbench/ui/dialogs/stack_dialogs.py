"""The dialog of tones and hits: a stack that follows its sliders. It is not modal."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QWidget

from workbench.nmf.harmonic_percussive import HpssMode
from workbench.separation.settings import RANGES, Method, RunSettings
from workbench.ui.base.controls import Slider, combo, dim, named, plain

LIVE_MS = 150


class TonesDialog(QDialog):
    """Harmonic–percussive separation in a stack of its own; every change is computed, seen and heard at once."""

    changed = Signal(object)
    """RunSettings to compute."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "tonesDialog", self.tr("Tones and hits"), self.tr("Separation by median filters"))
        self.setWindowTitle(self.tr("Tones and hits"))
        self.setMinimumWidth(440)
        grid = QGridLayout(self)
        grid.setContentsMargins(18, 14, 18, 14)
        grid.setHorizontalSpacing(12)
        about = dim(self.tr("Tones are ridges along time, hits ridges along frequency. The medians tell them apart."))
        about.setWordWrap(True)
        grid.addWidget(about, 0, 0, 1, 3)
        self.harmonic = self._slider(
            grid,
            1,
            "tonesFrames",
            self.tr("Median along time"),
            self.tr("Frames; longer lets only longer tones through"),
            17,
        )
        self.percussive = self._slider(
            grid,
            2,
            "tonesBins",
            self.tr("Median along frequency"),
            self.tr("Bins; longer lets only broader hits through"),
            31,
        )
        self.masks = combo(
            [
                (self.tr("Soft"), HpssMode.SOFT),
                (self.tr("Binary"), HpssMode.BINARY),
                (self.tr("With a residual"), HpssMode.ADVANCED),
            ],
            "tonesMasks",
            self.tr("Masks"),
            self.tr("Soft shares, all or nothing, or a third layer for what is clearly neither"),
        )
        grid.addWidget(plain(self.tr("Masks")), 3, 0)
        grid.addWidget(self.masks, 3, 1, 1, 2)
        self.margin = named(
            Slider(0, 12, 3, 3, 48),
            "tonesMargin",
            self.tr("Clearly"),
            self.tr("Decibels by which a tone or hit must stand out; else it is the rest"),
        )
        self.margin_text = plain()
        self._margin_label = plain(self.tr("Clearly, by"))
        grid.addWidget(self._margin_label, 4, 0)
        grid.addWidget(self.margin, 4, 1)
        grid.addWidget(self.margin_text, 4, 2)
        close = named(QPushButton(self.tr("Done")), "tonesClose", self.tr("Done"), self.tr("Keep the stack (Esc)"))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        grid.addLayout(row, 5, 0, 1, 3)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIVE_MS)
        self._timer.timeout.connect(lambda: self.changed.emit(self.settings))
        for slider in (self.harmonic, self.percussive, self.margin):
            slider.moved.connect(lambda _: self._moved())
        self.masks.currentIndexChanged.connect(self._moved)
        self.finished.connect(lambda _: self._finish())
        self._show_values()

    def _slider(self, grid: QGridLayout, row: int, name: str, label: str, tip: str, value: int) -> Slider:
        slider = named(Slider(3, 101, value, value, 49), name, label, tip)
        text = plain()
        text.setMinimumWidth(30)
        grid.addWidget(plain(label), row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(text, row, 2)
        slider.setProperty("text", text)
        return slider

    @property
    def settings(self) -> RunSettings:
        """What is asked for."""
        margin = self.margin.get() if self._advanced else 1.0
        low, high = RANGES["harmonic_frames"]
        frames, bins = (int(min(max(round(s.get()), low), high)) | 1 for s in (self.harmonic, self.percussive))
        return RunSettings(
            method=Method.HPSS,
            harmonic_frames=frames,
            percussive_bins=bins,
            masks=self._mode,
            separation=margin,
            percussive_separation=margin,
        )

    @property
    def _mode(self) -> HpssMode:
        return HpssMode(self.masks.currentData())

    @property
    def _advanced(self) -> bool:
        return self._mode is HpssMode.ADVANCED

    def _moved(self) -> None:
        self._show_values()
        self._timer.start()

    def _finish(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.changed.emit(self.settings)

    def leave(self) -> None:
        """Close without the last wish: what it was made for is gone."""
        self._timer.stop()
        self.close()

    def _show_values(self) -> None:
        settings = self.settings
        self.harmonic.property("text").setText(str(settings.harmonic_frames))
        self.percussive.property("text").setText(str(settings.percussive_bins))
        self.margin_text.setText(f"{self.margin.get():.1f} dB")
        for widget in (self.margin, self.margin_text, self._margin_label):
            widget.setEnabled(self._advanced)
