"""Names of layers, as files and arrays can have them, and how they are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def distinct(names: Iterable[str]) -> list[str]:
    """Names that occur again get a number: components of one name would share a layer."""
    out: list[str] = []
    for name in names:
        known, number = name, 2
        while known in out:
            known, number = f"{name} {number}", number + 1
        out.append(known)
    return out


def array_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Names for arrays: letters, digits and underscores that every language takes for a variable, each another one."""
    out: list[str] = []
    for name in names:
        clean = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:60] or "layer"
        clean = f"layer_{clean}" if clean[0].isdigit() else clean
        known, number = clean, 2
        while known.lower() in {each.lower() for each in (*out, *taken)}:
            known, number = f"{clean}_{number}", number + 1
        out.append(known)
    return out


def file_names(path_stem: str, names: Iterable[str], suffix: str) -> list[str]:
    """Names of a set of files, one a layer: ``STEM 01 Name.png`` …"""
    every = list(names)
    digits = max(2, len(str(len(every))))
    return [
        f"{path_stem} {number:0{digits}d} {_clean(name)}{suffix}".strip() for number, name in enumerate(every, start=1)
    ]


def names_of_set(stems: Sequence[str]) -> list[str]:
    """The names of layers from those of their files: what `file_names` put before them goes again."""
    found = [re.fullmatch(r"(.*) \d{2,} (.+)", stem) for stem in stems]
    if len(stems) < 2 or len({each[1] if each else None for each in found}) != 1:
        return list(stems)
    return [each[2] if each else stem for each, stem in zip(found, stems, strict=True)]


def _clean(name: str) -> str:
    clean = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]', "_", name).strip(" .")
    # File systems count bytes: 255 for a name.
    return clean.encode(errors="replace")[:120].decode(errors="ignore").strip() or "Layer"
