"""What import-linter cannot say: document and jobs take QtCore at most, PortAudio is touched in one file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "workbench"


def imported(path: Path) -> set[str]:
    """Every module that a file imports, with the names taken from it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((ROOT / room).glob("*.py"))]


@pytest.mark.parametrize("path", files("document", "jobs"), ids=str)
def test_document_and_jobs_know_qtcore_at_most(path):
    qt = {name for name in imported(path) if name.startswith("PySide6")}
    assert all(name.startswith("PySide6.QtCore") for name in qt)


def test_portaudio_is_touched_in_one_file():
    touching = {p.name for p in ROOT.rglob("*.py") if {"sounddevice", "rtmixer"} & imported(p)}
    assert touching == {"output.py"}


def test_nobody_reaches_into_the_document():
    """The gateway's private state is its own."""
    for path in ROOT.rglob("*.py"):
        if path.name != "document.py":
            assert not re.search(r"document\._[a-z]", path.read_text(encoding="utf-8")), path
