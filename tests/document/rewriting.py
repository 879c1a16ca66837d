"""Project files with something changed in them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Change = Callable[[dict[str, Any], dict[str, bytes]], object]


def rewritten(path: Path, change: Change) -> None:
    """The project with its JSON changed, in which all tables are one, and its other members."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    document = json.loads(members.pop("project.json"))
    tables: dict[str, list[Any]] = {}
    for line in members.pop("tables.jsonl").splitlines():
        for name, entries in json.loads(line).items():
            tables.setdefault(name, []).extend(entries)
    document["tables"] = tables
    change(document, members)
    tables = document.pop("tables")
    members["project.json"] = json.dumps(document).encode()
    members["tables.jsonl"] = json.dumps(tables).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
