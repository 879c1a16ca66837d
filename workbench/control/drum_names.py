"""Words for drums that have numbers in a file of notes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def drum_names() -> dict[int, str]:
    """Names by the numbers of General MIDI (*GM 1 percussion key map*, MIDI Association 1991).

    Kinds of one drum have one name.
    """

    def tr(text: str) -> str:
        return QCoreApplication.translate("Drums", text)

    numbers = {
        tr("Kick"): (35, 36),
        tr("Snare"): (38, 40),
        tr("Side stick"): (37,),
        tr("Clap"): (39,),
        tr("Hi-hat"): (42, 44, 46),
        tr("Toms"): (41, 43, 45, 47, 48, 50),
        tr("Crash"): (49, 52, 55, 57),
        tr("Ride"): (51, 53, 59),
        tr("Tambourine"): (54,),
        tr("Cowbell"): (56,),
    }
    return {number: name for name, every in numbers.items() for number in every}
