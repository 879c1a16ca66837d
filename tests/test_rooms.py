"""What import-linter cannot say of the house: circles, Qt by rooms, who changes the document, sizes of files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
ROOT = HOUSE / "workbench"
DRAWING = ("PySide6.QtGui", "PySide6.QtWidgets", "pyqtgraph")
MOST_LINES = 400
MOST_UNFORMATTED = 30


def module_of(path: Path) -> str:
    """The dotted name of a file of the package."""
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}


def imported(module: str) -> Iterator[str]:
    """Every name that a module imports, for types only too: modules, and what is taken from them."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{module} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def in_rooms(*rooms: str) -> list[str]:
    """Modules of some rooms, with those within them."""
    return [each for each in TREES if each.startswith(tuple(f"workbench.{room}" for room in rooms))]


def test_there_is_no_circle_of_imports_not_even_for_types():
    def target(name: str) -> str:
        return name if name in TREES else name.rpartition(".")[0]

    graph = {module: {target(name) for name in imported(module)} & TREES.keys() for module in TREES}
    # Raises CycleError, which names the circle.
    assert set(TopologicalSorter(graph).static_order()) == set(TREES)


@pytest.mark.parametrize("module", in_rooms("document", "jobs", "control"))
def test_document_jobs_and_control_know_qtcore_at_most(module):
    assert {name for name in imported(module) if name.startswith("PySide6")} <= {
        name for name in imported(module) if name.startswith("PySide6.QtCore.")
    }


def test_only_the_window_and_what_builds_it_draw():
    drawing = {module for module in TREES if any(name.startswith(DRAWING) for name in imported(module))}
    assert drawing <= {*in_rooms("ui"), "workbench.app"}


def test_portaudio_is_touched_in_one_file():
    touching = {module for module in TREES if {"sounddevice", "rtmixer"} & set(imported(module))}
    assert touching == {"workbench.audio.output"}


def test_a_widget_changes_the_document_only_through_control():
    gateway = next(
        node
        for node in ast.walk(TREES["workbench.document.document"])
        if isinstance(node, ast.ClassDef) and node.name == "Document"
    )
    changing = {node.name for node in gateway.body if isinstance(node, ast.FunctionDef)} - {"fits"}
    assert {"act", "undo", "preview", "open"} <= changing
    for module in in_rooms("ui", "app"):
        for node in ast.walk(TREES[module]):
            if isinstance(node, ast.Attribute) and node.attr in changing:
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                assert owner.strip("_") != "document", f"{module}:{node.lineno} calls document.{node.attr}"


def test_nobody_reaches_into_the_document():
    """The gateway's private state is its own."""
    for module in set(TREES) - {"workbench.document.document", "workbench.document.shown"}:
        assert not re.search(r"document\._[a-z]", ast.unparse(TREES[module])), module


def written() -> list[Path]:
    """All programs, tests and tools."""
    folders = ("workbench", "tests", "resources")
    return [path for each in folders for path in sorted((HOUSE / each).rglob("*.py"))]


def test_no_file_is_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in written()}
    assert {str(path.relative_to(HOUSE)): n for path, n in lengths.items() if n > MOST_LINES} == {}


def test_the_formatter_decides():
    left_alone = "fmt: " + "skip"
    assert sum(path.read_text(encoding="utf-8").count(left_alone) for path in written()) <= MOST_UNFORMATTED
