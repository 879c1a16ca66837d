"""As what a sound is exported: format, quality, dither, rate and loudness."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QSizePolicy, QStackedWidget, QWidget

from workbench.audio.export import LevelKind
from workbench.audio.formats import FORMATS, KILOBITS, USUAL_RATES, FileFormat, Quality
from workbench.ui.base.controls import combo, dim, named
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.dialogs.export_section import Section

NEUTRAL = {LevelKind.PEAK: -1.0, LevelKind.LUFS: -16.0}
UNIT = {LevelKind.PEAK: " dBTP", LevelKind.LUFS: " LUFS", LevelKind.FILE: " dB"}


class ExportSound(Section):
    """Rows for the format and the level.

    Parameters
    ----------
    rate : int
        Hz, of the recording.
    file_db : float
        By how much the recording's file is louder than what is open.
    """

    def __init__(self, rate: int, file_db: float) -> None:
        super().__init__(QCoreApplication.translate("ExportSound", "Sound"))
        self._rate, self._file_db = rate, file_db
        self.format = combo(
            [(name, name) for name in FORMATS],
            "exportFormat",
            self.tr("Format"),
            self.tr(
                "32-bit float keeps everything; all others clip above full scale. FLAC is smaller than WAV and loses "
                "nothing; Vorbis, Opus and MP3 are much smaller, and parts in them sum up only about."
            ),
        )
        self.quality = combo(
            [("", each) for each in Quality],
            "exportQuality",
            self.tr("Quality"),
            self.tr("And the size of two channels"),
        )
        self.dither = named(
            QCheckBox(self.tr("Dither")),
            "exportDither",
            self.tr("Dither"),
            self.tr(
                "Triangular noise of the last of 16 bits, so that what is quieter fades into noise instead of "
                "distorting. What was on 16 bits and was not changed gets none."
            ),
        )
        self.detail = QStackedWidget()
        self.detail.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for page in (QWidget(), self.quality, self.dither):
            self.detail.addWidget(page)
        rates = [(self.tr("as the recording, {0:g} kHz").format(rate / 1000), 0)]
        rates += [(self.tr("{0:g} kHz").format(each / 1000), each) for each in reversed(USUAL_RATES)]
        self.rate = combo(
            list(rates),
            "exportRate",
            self.tr("Sample rate"),
            self.tr("Another rate is converted to by a filter of linear phase; the parts still sum up"),
        )
        self.loudness = combo(
            [
                (self.tr("as it is"), ""),
                (self.tr("to a true peak of"), LevelKind.PEAK),
                (self.tr("to a loudness of"), LevelKind.LUFS),
                *([(self.tr("as loud as the file"), LevelKind.FILE)] if file_db else []),
            ],
            "exportLoudness",
            self.tr("Loudness"),
            self.tr(
                "Of what is heard and of the mix. Parts stay as they are: those after the faders sum to the mix "
                "at its own loudness."
            ),
        )
        self.level = named(QDoubleSpinBox(), "exportLevel", self.tr("Level"), self.tr("The level to bring it to"))
        self.level.setRange(-60, 0)
        self.level.setDecimals(1)
        self.level.setEnabled(False)
        self.note = dim("")
        self.note.setObjectName("exportNote")
        self.note.setWordWrap(True)
        self.add_rows()
        self.row(self.tr("Format"), self.format, self.detail)
        self.row(self.tr("Rate"), self.rate)
        self.row(self.tr("Loudness"), self.loudness, self.level)
        self.below(self.note)
        self.loudness.activated.connect(lambda _: self._loudness_chosen())
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.rate.currentIndexChanged.connect(self._format_chosen)
        self.quality.currentIndexChanged.connect(self.changed)
        self._format_chosen()

    @property
    def form(self) -> FileFormat:
        """The format, of any quality."""
        return FORMATS[self.format.currentText()]

    def put(self, choices: Choices) -> None:
        """Show choices; what this version does not know is as it is by default."""
        self.format.setCurrentIndex(max(0, self.format.findData(choices.form)))
        self.quality.setCurrentIndex(max(0, self.quality.findData(choices.quality)))
        self.rate.setCurrentIndex(max(0, self.rate.findData(choices.rate)))
        self.dither.setChecked(choices.dither)
        self.loudness.setCurrentIndex(max(0, self.loudness.findData(choices.level)))
        self._loudness_chosen()
        if self._level_kind() in NEUTRAL:
            self.level.setValue(choices.level_db)

    def choices(self) -> dict[str, Any]:
        """What it shows, by the names of Choices."""
        return {
            "form": self.format.currentText(),
            "quality": str(self.quality.currentData()),
            "rate": int(self.rate.currentData()),
            "dither": self.dither.isChecked(),
            "level": str(self.loudness.currentData() or ""),
            "level_db": self.level.value(),
        }

    def _format_chosen(self) -> None:
        form = self.form
        self.detail.setCurrentIndex(1 if form.lossy else 2 if form.bits == 16 else 0)
        if form.lossy:
            texts = {Quality.BEST: self.tr("best"), Quality.GOOD: self.tr("good"), Quality.SMALL: self.tr("small")}
            for i, each in enumerate(Quality):
                kilobits = KILOBITS[form.subtype][each]
                self.quality.setItemText(i, self.tr("{0}, {1} kbit/s").format(texts[each], kilobits))
        asked = int(self.rate.currentData()) or self._rate
        have = form.rate_for(asked)
        self.note.setText(
            ""
            if have == asked
            else self.tr("{0} has no {1:g} kHz: it is written at {2:g} kHz.").format(
                form.name, asked / 1000, have / 1000
            )
        )
        self.note.setVisible(have != asked)
        self.changed.emit()

    def _loudness_chosen(self) -> None:
        kind = self._level_kind()
        self.level.setEnabled(kind in NEUTRAL)
        self.level.setSuffix("" if kind is None else UNIT[kind])
        far = abs(self._file_db) if kind is LevelKind.FILE else 0.0
        self.level.setRange(-max(60.0, far), far)
        if kind is not None:
            self.level.setValue(NEUTRAL.get(kind, self._file_db))

    def _level_kind(self) -> LevelKind | None:
        """To which measure it is brought; None leaves it as it is."""
        # Qt gives members of a StrEnum back as plain strings.
        return LevelKind(self.loudness.currentData()) if self.loudness.currentData() else None
