"""Labels that somebody wrote to times, and frequencies, of a recording: lists of words or numbers as text."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.nmf.activations import Event, read_events

COLUMNS = {
    "begin": {"begin", "begintime", "onset", "onsettime", "start", "starttime", "time", "t", "tmin", "seconds", "from"},
    "end": {"end", "endtime", "offset", "offsettime", "stop", "stoptime", "tmax", "until", "to"},
    "duration": {"duration", "dur", "length"},
    "text": {
        "label",
        "text",
        "name",
        "annotation",
        "class",
        "instrument",
        "drum",
        "pitch",
        "midi",
        "midipitch",
        "note",
    },
    "low": {"low", "lowfreq", "lowfrequency", "lowhz", "fmin", "minfreq"},
    "high": {"high", "highfreq", "highfrequency", "highhz", "fmax", "maxfreq"},
}
"""What columns are called, without case, units and whatever stands between words."""
AUDACITY = ("begin", "end", "text")
BARE = {1: ("begin",), 2: ("begin", "text"), 3: ("begin", "duration", "text")}
"""Columns of a table without a head, by their number."""
MOST_LABELS = 100_000


@dataclass(frozen=True)
class Label:
    """A word, or a number, about a time of the recording, and of its frequencies where it says so.

    Attributes
    ----------
    begin, end : float
        Seconds; equal for a moment.
    text : str
        '' where there is none.
    low, high : float or None
        Hz; None where they are not said.
    """

    begin: float
    end: float
    text: str = ""
    low: float | None = None
    high: float | None = None


def read_labels(text: str) -> list[Label]:
    """Labels as Audacity exports them, or a table with or without a head.

    Audacity has a line for each, with tabs between begin, end and label, and where a band of frequencies was selected a
    line ``\\``, low, high below it. A table is separated by commas, semicolons or tabs; its head names the columns,
    ``begin`` and ``end`` or ``duration``, ``label``, ``low`` and ``high``, or in other usual words (`COLUMNS`), as
    Raven does. Without a head they are begin and label, or begin, duration and label. # begins a comment.

    Raises
    ------
    ValueError
        With the number of a line that is none of it.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if _says(line)]
    if len(lines) > 2 * MOST_LABELS:
        raise ValueError(f"More than {MOST_LABELS} labels.")
    if not lines:
        return []
    first = lines[0][1]
    mark = "\t" if "\t" in first else ";" if ";" in first else "," if "," in first else " "
    head = _head(_fields(first, mark))
    columns: Sequence[str | None] | None = head
    if head is not None:
        lines = lines[1:]
    elif mark == "\t":
        columns = AUDACITY
    out: list[Label] = []
    for number, line in lines:
        try:
            fields = _fields(line, mark)
            if columns is AUDACITY and fields[0] == "\\" and out:
                out[-1] = replace(out[-1], low=_hz(fields[1]), high=_hz(fields[2]))
            else:
                out.append(_label(fields, columns or BARE[min(len(fields), 3)]))
        except (ValueError, LookupError) as error:
            raise ValueError(
                f"Line {number}, “{line.strip()[:60]}”, tells no time from 0 on, or an end before its begin."
            ) from error
    return out


def as_events(labels: Sequence[Label]) -> tuple[list[Event], list[str]]:
    """Labels as events: of numbers, such as pitches, as they are; of words by the number of each, from 1 on.

    Returns
    -------
    events : list of Event
    words : list of str
        Each word once, in the order in which they come; none where all are numbers.
    """
    try:
        return [Event(each.begin, each.end - each.begin, _finite(each.text)) for each in labels], []
    except ValueError:
        words = list(dict.fromkeys(each.text for each in labels))
        number = {word: i for i, word in enumerate(words, start=1)}
        return [Event(each.begin, each.end - each.begin, float(number[each.text])) for each in labels], words


def events_in(text: str) -> tuple[list[Event], list[str]]:
    """Events of a list of numbers (`workbench.nmf.read_events`), or of any list of labels; see `as_events`.

    Raises
    ------
    ValueError
        With the line's number, if a line is neither.
    """
    try:
        return read_events(text), []
    except ValueError as error:
        try:
            return as_events(read_labels(text))
        except ValueError:
            raise error from None


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _fields(line: str, mark: str) -> list[str]:
    if mark == " ":
        return line.partition("#")[0].split()
    if mark == "\t":
        # Audacity knows no quotes.
        return [field.strip() for field in line.split(mark)]
    return [field.strip() for field in next(csv.reader(io.StringIO(line), delimiter=mark))]


def _head(fields: Sequence[str]) -> list[str | None] | None:
    """What each column holds, where a line is the head of a table."""
    out: list[str | None] = []
    for field in fields:
        if re.fullmatch(r"[-+]?[\d.,]+(e[-+]?\d+)?", field, re.IGNORECASE):
            # A label may be called as a column is.
            return None
        word = re.sub(r"[^a-z]", "", re.sub(r"\(.*?\)|\[.*?\]", "", field.lower()))
        out.append(next((name for name, words in COLUMNS.items() if word in words and name not in out), None))
    return out if "begin" in out else None


def _label(fields: Sequence[str], columns: Sequence[str | None]) -> Label:
    held = {name: field for name, field in zip(columns, fields, strict=False) if name is not None}
    if len(fields) > len(columns) and columns is BARE[3]:
        raise ValueError("more columns than are known")
    begin = _finite(held["begin"])
    end = begin
    if held.get("end"):
        end = _finite(held["end"])
    elif held.get("duration"):
        end = begin + _finite(held["duration"])
    if begin < 0 or end < begin:
        raise ValueError("an order of times that can't be")
    low, high = (_hz(held[each]) if held.get(each) else None for each in ("low", "high"))
    return Label(begin, end, held.get("text", ""), low, high)


def _finite(text: str) -> float:
    # Some programs write the comma of their language.
    value = float(text if "." in text else text.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError("no finite number")
    return value


def _hz(text: str) -> float | None:
    """A frequency; Audacity writes a negative one where there is none."""
    value = _finite(text)
    return None if value < 0 else value
