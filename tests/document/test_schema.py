"""The schema that is shipped is the one that is read."""

import json
from pathlib import Path

import msgspec

from workbench.document.packed.schema import SCHEMA, ProjectEntry, Tables

SHIPPED = Path(__file__).parents[2] / "resources" / "docs" / "project.schema.json"


def as_written() -> str:
    """The JSON Schema of both members of JSON. To write it: ``python -m tests.document.test_schema``."""
    _, entries = msgspec.json.schema_components([ProjectEntry, Tables], ref_template="#/$defs/{name}")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Spectrogram workbench project, schema {SCHEMA}",
        "description": "project.json is a ProjectEntry, each line of tables.jsonl a Tables",
        "$ref": "#/$defs/ProjectEntry",
        "$defs": entries,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def test_it_is_the_one_that_is_read():
    assert SHIPPED.read_text(encoding="utf-8") == as_written()


def test_every_entry_says_what_it_is():
    for name, entry in json.loads(as_written())["$defs"].items():
        assert name in ("SettingsEntry",) or entry.get("description") or "enum" in entry, name


if __name__ == "__main__":
    SHIPPED.write_text(as_written(), encoding="utf-8")
