"""What is asked before an export for other programs: texts, values and sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.control.exchanging import FactorFormat, LabelFormat, MaskFormat
from workbench.control.told_labels import Told
from workbench.ui.dialogs.format_dialog import Question


def tr(text: str) -> str:
    """In the user's language."""
    return QCoreApplication.translate("Exchange", text)


def mask_questions(grouped: bool) -> list[Question]:
    """Which masks, and how; without groups of layers alone."""
    form = Question(
        "masksFormat",
        tr("Format"),
        tr("What the masks are written as"),
        (
            (
                tr("NPY, one array"),
                MaskFormat.NPY,
                tr("NumPy's format: one array of masks × bins × frames, 32-bit float."),
            ),
            (
                tr("NPZ, an array for each"),
                MaskFormat.NPZ,
                tr("An array of bins × frames by the name of each mask, and the axes in seconds and Hz."),
            ),
            (
                tr("PNG, 16 bits"),
                MaskFormat.PNG_16,
                tr("A picture for each mask: 0 black, 1 white, time to the right, low frequencies at the bottom."),
            ),
            (
                tr("PNG, 8 bits"),
                MaskFormat.PNG_8,
                tr("The same in 256 greys, for programs that read no more; rounded to 1/510."),
            ),
            (
                tr("WAV, a channel for each"),
                MaskFormat.WAV,
                tr("32-bit float: frame after frame, the bins of each from 0 Hz up; as long as the recording."),
            ),
        ),
    )
    what = Question(
        "masksWhat",
        tr("Masks of"),
        tr("Of every layer, or the sums of groups"),
        (
            (tr("every layer"), "layers", ""),
            *(((tr("every group, and layers in none"), "groups", ""),) if grouped else ()),
        ),
    )
    return [form, what]


def factor_questions() -> list[Question]:
    """How W and H are written."""
    return [
        Question(
            "factorsFormat",
            tr("Format"),
            tr("What templates and activations are written as"),
            (
                (
                    tr("NPZ, W and H"),
                    FactorFormat.NPZ,
                    tr("NumPy's format, with settings and costs; the keys of the command “workbench separate”."),
                ),
                (
                    tr("CSV, two files"),
                    FactorFormat.CSV,
                    tr("A column for each component, a row for each bin (… W.csv) and each frame (… H.csv)."),
                ),
                (
                    tr("WAV, FluCoMa's buffers"),
                    FactorFormat.FLUCOMA,
                    tr("Two files, bases and activations, with a channel for each component, 32-bit float."),
                ),
            ),
        )
    ]


def label_questions() -> list[Question]:
    """Which labels, and how."""
    return [
        Question(
            "labelsWhat",
            tr("What"),
            tr("What becomes labels"),
            (
                (tr("Marks of sources"), Told.MARKS, tr("What was said of places, each by the name of its source.")),
                (
                    tr("Onsets and notes of layers"),
                    Told.NOTES,
                    tr("What factorisations are told of layers: taps, pitch lines, scores."),
                ),
                (
                    tr("Selection and remembered ones"),
                    Told.SELECTIONS,
                    tr("What is selected of time and frequency, and what is remembered."),
                ),
                (tr("Markers and regions"), Told.MARKERS, tr("Moments and spans of time, each by its name.")),
            ),
        ),
        Question(
            "labelsFormat",
            tr("Format"),
            tr("What labels are written as"),
            (
                (
                    tr("Audacity labels"),
                    LabelFormat.AUDACITY,
                    tr("A text file, with a line more for bands of frequencies."),
                ),
                (tr("CSV"), LabelFormat.CSV, tr("Begin, end, label, lowest and highest frequency.")),
                (
                    tr("Sonic Visualiser: instants"),
                    LabelFormat.INSTANTS,
                    tr("A layer of the moments at which they begin."),
                ),
                (tr("Sonic Visualiser: regions"), LabelFormat.REGIONS, tr("A layer of regions, at their frequency.")),
                (tr("Sonic Visualiser: notes"), LabelFormat.NOTES, tr("A layer of notes; they need a pitch.")),
                (tr("MIDI"), LabelFormat.MIDI, tr("A track for each layer; onsets and notes alone become MIDI.")),
            ),
        ),
    ]
