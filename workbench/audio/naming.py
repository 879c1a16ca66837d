"""How exported files are called: templates with fields, made into names that every system takes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import UserError

MOST_BYTES = 160
"""Of a name: file systems count bytes, and have 255 of them; there is more in a name than what it is called."""
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever follows its first dot."""


class Kind(StrEnum):
    """What of a recording a file holds; a word of its name."""

    HEARD = "heard"
    MIX = "mix"
    GROUP = "group"
    LAYER = "layer"
    GROUPS = "groups"
    """All of them, channel beside channel."""
    LAYERS = "layers"
    """All of them, channel beside channel."""


@dataclass(frozen=True)
class Label:
    """What a file is, in words.

    Attributes
    ----------
    kind : Kind
    name : str
        Of a part.
    number : int
        Of a part among its like, from 1 on; 0 for what is no part.
    count : int
        How many parts there are.
    group : str
        The group that a part is, or is in; '' for none.
    """

    kind: Kind
    name: str = ""
    number: int = 0
    count: int = 0
    group: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it is a group or a layer."""
        return self.kind in (Kind.GROUP, Kind.LAYER)

    @property
    def digits(self) -> str:
        """The number with zeros before it, so that names sort as the parts do."""
        return f"{self.number:0{max(2, len(str(self.count)))}d}" if self.number else ""


@dataclass(frozen=True)
class Names:
    """Templates of file names, with fields in braces.

    Attributes
    ----------
    parts : str
        Of groups and layers.
    whole : str
        Of what is heard, the mix, and all parts in one file.
    """

    parts: str = "{number} {name}"
    whole: str = "{recording} {kind}"

    def stem(self, label: Label, recording: str, rate: int, date: str) -> str:
        """The name of a file, without its ending.

        Raises
        ------
        UserError
            `audio.bad_template`, `audio.unknown_field`.
        """
        values = {
            "number": label.digits,
            "name": label.name or label.kind.value,
            "group": label.group,
            "kind": label.kind.value,
            "recording": recording,
            "date": date,
            "rate": str(rate),
        }
        return filled(self.parts if label.is_part else self.whole, values)


MIX = Label(Kind.MIX)
USUAL_NAMES = Names()
FIELDS = ("number", "name", "group", "kind", "recording", "date", "rate")


def safe_name(name: str) -> str:
    """A layer's name as part of a file name that every system takes."""
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "_", name).strip(" .")
    return clean.encode(errors="replace")[:MOST_BYTES].decode(errors="ignore").strip() or "Layer"


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its fields filled in, as a name that every system takes.

    Raises
    ------
    UserError
        `audio.bad_template`: a brace has no other; `audio.unknown_field`: nothing is called so.
    """
    out = ""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise UserError("audio.bad_template", template=template, example="{name}") from error
    for text, field, form, conversion in pieces:
        out += text
        if field is None:
            continue
        if form or conversion or field not in values:
            written = field + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            fields = ", ".join(f"{{{each}}}" for each in values)
            raise UserError("audio.unknown_field", field=f"{{{written}}}", fields=fields)
        out += safe_name(values[field]) if values[field] else ""
    if not all(values[field] for _, field, _, _ in pieces if field is not None):
        # What stood between a field and one that is empty has nothing to part.
        out = re.sub(r"\s+", " ", out).strip(" -–_.,")
    name = safe_name(out)
    return f"_{name}" if RESERVED.fullmatch(name) else name


def told_apart(names: Sequence[str]) -> list[str]:
    """Names as they are, but for those that a file system may take for one before: these get a number.

    Some systems take capital letters for small ones, and letters with their accents apart for those with them.
    """
    out: list[str] = []
    taken: set[str] = set()
    for name in names:
        number, distinct = 1, name
        while _alike(distinct) in taken:
            number += 1
            distinct = f"{name} ({number})"
        taken.add(_alike(distinct))
        out.append(distinct)
    return out


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
