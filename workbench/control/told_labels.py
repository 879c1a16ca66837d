"""What is said of times and frequencies in a document, as labels and notes that other programs know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from workbench.document.state import State
from workbench.exchange.notes import Note, Part
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer
from workbench.separation.known import Notes, Onsets
from workbench.separation.labels import Label
from workbench.spectral.stft import Analysis


class Told(StrEnum):
    """What there are labels of."""

    MARKS = "marks"
    NOTES = "notes"
    """Onsets and notes that are known of layers."""
    SELECTIONS = "selections"
    """What is selected, and what is remembered of selections."""
    MARKERS = "markers"


def labels_of(state: State, told: Told, rate: float, frames: int, words: Mapping[str, str]) -> list[Label]:
    """Labels of one kind, of the present stack.

    Parameters
    ----------
    frames : int
        N.
    words : mapping of str to str
        The user's words: ``not`` with a place for a name, and ``selection``.
    """
    analysis = state.analysis
    if told is Told.SELECTIONS:
        places = [(words["selection"], state.area)] if state.area is not None else []
        places += [(each.name, each.area) for each in state.remembered]
        return [label_of(text, area.bounds, analysis, rate, frames) for text, area in places]
    if told is Told.MARKERS:
        return [Label(each.begin, each.end, each.name) for each in state.markers]
    if told is Told.NOTES:
        return [
            Label(note.begin, note.end, part.name if note.pitch is None else f"{part.name} {note.pitch:g}")
            for part in parts_of(state)
            for note in part.notes
        ]
    names = {part: layer.name for layer in state.layers for part in layer.part_ids}
    return [
        label_of(
            words["not"].format(names[mark.source]) if mark.denies else names[mark.source],
            mark.place.bounds,
            analysis,
            rate,
            frames,
        )
        for mark in state.marks or ()
        if mark.source in names
    ]


def label_of(text: str, region: Region, analysis: Analysis, rate: float, frames: int) -> Label:
    """A label of a rectangle of bins and frames; what reaches over all frequencies has no band."""
    inside = region.clipped(analysis.bins, frames)
    begin, end = analysis.span(inside.start, inside.stop, rate)
    label = Label(max(begin, 0.0), max(end, 0.0), text)
    if (inside.low, inside.high) == (0, analysis.bins):
        return label
    # From the middle of the lowest bin to that of the highest, so that these are what they are read as.
    low, high = (float(analysis.hz_of(row, rate)) for row in (inside.low, inside.high - 1))
    return replace(label, low=low, high=high)


def parts_of(state: State) -> list[Part]:
    """What is known of the layers' onsets and notes, a part for each layer of which anything is."""
    out = []
    for layer in state.layers:
        notes = _notes_of(state, layer)
        if notes:
            out.append(Part(layer.name, tuple(sorted(notes, key=lambda note: (note.begin, note.end)))))
    return out


def _notes_of(state: State, layer: Layer) -> list[Note]:
    notes: list[Note] = []
    for known in state.present.known:
        if known.part not in layer.part_ids:
            continue
        if isinstance(known, Onsets):
            notes += [Note(second, second) for second in known.seconds]
        elif isinstance(known, Notes):
            notes += [Note(begin, end, known.pitch) for begin, end in known.spans]
    return notes
