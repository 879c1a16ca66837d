"""Words for what was done with a reference: nothing of it is done silently."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.audio.recording import Recording
from workbench.audio.stems import Stem
from workbench.document.state import Reference
from workbench.wording import sentence


def described(recording: Recording, reference: Reference, stem: Stem, unclear: bool) -> list[str]:
    """What a file is and what was done with it, in a few words each.

    Parameters
    ----------
    unclear : bool
        Its place was not found.
    """

    def tr(text: str) -> str:
        return QCoreApplication.translate("References", text)

    said = []
    if stem.rate != recording.rate:
        said.append(tr("resampled from {0:g} kHz to {1:g} kHz").format(stem.rate / 1000, recording.rate / 1000))
    if stem.channels == 1 and recording.channels == 2:
        said.append(tr("mono, the same in both channels"))
    elif stem.channels < recording.channels:
        said.append(tr("mono, the same in all channels"))
    elif stem.channels > recording.channels:
        said.append(tr("stereo, folded to mono"))
    if reference.offset:
        said.append(tr("shifted by {0} ms").format(signed(reference.offset * 1000)))
    if unclear:
        said.append(tr("no place of its own was found for it"))
    begins, ends = reference.offset, reference.offset + len(stem.samples) / recording.rate
    least = 1 / recording.rate
    if begins < -least:
        said.append(tr("{0:.2f} s before the beginning left out").format(-begins))
    if ends > recording.duration + least:
        said.append(tr("{0:.2f} s beyond the end left out").format(ends - recording.duration))
    elif ends < recording.duration - least:
        said.append(tr("silence for the last {0:.2f} s").format(recording.duration - max(ends, 0.0)))
    if reference.gain_db:
        said.append(tr("level {0} dB").format(signed(reference.gain_db)))
    said += [sentence(each, QCoreApplication.translate) for each in stem.remarks]
    return said or [tr("taken as it is")]


def signed(value: float, decimals: int = 2) -> str:
    """'+12.00' or '−0.35'; '0.00' has no sign."""
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text if text.strip("+−0.") else text[1:]
