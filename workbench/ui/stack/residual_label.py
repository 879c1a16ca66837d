"""Whether the parts add up to the recording, in words; the number is in the tooltip."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from workbench.ui.base.controls import named

EXACT_DB = -100.0
"""Up to here nothing but rounding is left of the difference."""
INAUDIBLE_DB = -60.0
"""Up to here nobody hears the difference beside the recording."""


class ResidualLabel(QLabel):
    """Below the mask stack."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self._dress("dim")
        named(self, "residual", self.tr("Sum of the parts"), self._how())

    def show_residual(self, db: float | None) -> None:
        """Tell how far the layers' sum is from the recording, in dB; nothing where that is not known."""
        if db is None:
            text = ""
        elif db <= EXACT_DB:
            text = self.tr("The parts add up to the recording exactly")
        elif db <= INAUDIBLE_DB:
            text = self.tr("The parts add up to the recording, but for a rest that nobody hears")
        else:
            text = self.tr("The parts do not add up to the recording: a rest of {0:.0f} dB is left").format(db)
        self.setText(text.replace("-", "−"))
        self._dress("dim" if db is None or db <= INAUDIBLE_DB else "hint")
        number = "" if db is None else self.tr("Sum of the layers − recording: {0:.0f} dB. ").format(db)
        self.setToolTip(number.replace("-", "−") + self._how())

    def _how(self) -> str:
        return self.tr("Measured on rendered samples with all faders at 0 dB, around the playhead")

    def _dress(self, role: str) -> None:
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
