"""Layers for Sonic Visualiser (.svl): time instants, regions and notes, as its own XML.

A file holds one model with its points and the layer that shows it. Times are samples of the recording; regions stand at
the middle of their band, in Hz, or at the number of their label; notes at their MIDI pitch.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from workbench.errors import UserError
from workbench.exchange.audacity import one_line
from workbench.exchange.notes import Part
from workbench.separation.labels import Label
from workbench.storage import replacing

MODEL, DATASET, LAYER = "0", "1", "2"
DIMENSIONS = {"timeinstants": "1", "regions": "3", "notes": "3"}
LEVEL = "0.8"
"""Of notes, which have none here: 0 … 1."""
COLOUR = {"colourName": "Orange", "colour": "#e69f00", "darkBackground": "false"}


class Kind(StrEnum):
    """The layers that are written, by the names that the program has for them."""

    INSTANTS = "timeinstants"
    REGIONS = "regions"
    NOTES = "notes"


def write_instants(path: Path, labels: Sequence[Label], rate: int, name: str) -> list[Path]:
    """Write moments, the beginnings of labels; returns the path alone.

    Raises
    ------
    UserError
        `exchange.nothing_to_write`; as `replacing`.
    OSError
        As the system reports it.
    """
    points = [{"frame": str(round(each.begin * rate)), "label": one_line(each.text)} for each in labels]
    return _write(path, Kind.INSTANTS, points, rate, name, {})


def write_regions(path: Path, labels: Sequence[Label], rate: int, name: str) -> list[Path]:
    """Write labels with their lengths, those with a band at its middle in Hz; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `write_instants`.
    """
    rows = list(dict.fromkeys(each.text for each in labels))
    banded = any(each.low is not None or each.high is not None for each in labels)
    points = []
    for each in labels:
        low, high = each.low or 0.0, rate / 2 if each.high is None else each.high
        value = (low + high) / 2 if banded else float(rows.index(each.text))
        points.append(
            {
                "frame": str(round(each.begin * rate)),
                "value": f"{value:g}",
                "duration": str(max(1, round((each.end - each.begin) * rate))),
                "label": one_line(each.text),
            }
        )
    units = {"subtype": "region", "valueQuantization": "0", "units": "Hz" if banded else ""}
    return _write(path, Kind.REGIONS, points, rate, name, units)


def write_notes(path: Path, parts: Sequence[Part], rate: int, name: str) -> list[Path]:
    """Write notes that have a pitch, labelled with who plays them; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `write_instants`.
    """
    points = [
        {
            "frame": str(round(note.begin * rate)),
            "value": f"{note.pitch:g}",
            "duration": str(max(1, round((note.end - note.begin) * rate))),
            "level": LEVEL,
            "label": one_line(part.name),
        }
        for part in parts
        for note in part.notes
        if note.pitch is not None
    ]
    units = {"subtype": "note", "valueQuantization": "0", "units": "MIDI Pitch"}
    return _write(path, Kind.NOTES, points, rate, name, units)


def _write(
    path: Path, kind: Kind, points: list[dict[str, str]], rate: int, name: str, more: Mapping[str, str]
) -> list[Path]:
    if not points:
        raise UserError("exchange.nothing_to_write")
    points.sort(key=lambda point: int(point["frame"]))
    root = ET.Element("sv")
    data, display = ET.SubElement(root, "data"), ET.SubElement(root, "display")
    values = [float(point["value"]) for point in points if "value" in point]
    bounds = {"minimum": f"{min(values):g}", "maximum": f"{max(values):g}"} if values else {}
    ends = [int(point["frame"]) + int(point.get("duration", "1")) for point in points]
    fields = {
        "id": MODEL,
        "name": name,
        "sampleRate": str(rate),
        "start": points[0]["frame"],
        "end": str(max(ends)),
        "type": "sparse",
        "dimensions": DIMENSIONS[kind],
        "resolution": "1",
        "notifyOnAdd": "true",
        "dataset": DATASET,
    }
    ET.SubElement(data, "model", {**fields, **more, **bounds})
    dataset = ET.SubElement(data, "dataset", {"id": DATASET, "dimensions": DIMENSIONS[kind]})
    for point in points:
        ET.SubElement(dataset, "point", point)
    ET.SubElement(display, "layer", {"id": LAYER, "type": str(kind), "name": name, "model": MODEL, **COLOUR})
    ET.indent(root)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE sonic-visualiser>\n'
    with replacing(path) as partial:
        partial.write_text(text + ET.tostring(root, encoding="unicode") + "\n", encoding="utf-8", newline="\n")
    return [path]
