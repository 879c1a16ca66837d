"""The documentation is true as far as that can be told from files: its links, the files and the keys that it names."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "workbench"
DOCS = ROOT / "resources" / "docs"
PAGES = [ROOT / "README.md", ROOT / ".github" / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
NUMBERED = (
    {f"{n}" for n in range(10)}
    | {f"Ctrl+{n}" for n in range(1, 10)}
    | {f"{shift}F{n}" for shift in ("", "Shift+") for n in range(5, 9)}
)
"""Keys that menus make in loops: of tools, layers and remembered mixes."""


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def modules() -> list[Path]:
    """Every file of the program that holds more than the docstring of its folder."""
    return [path for path in sorted(CODE.rglob("*.py")) if path.name != "__init__.py"]


def named_in_architecture() -> set[Path]:
    """The files that the architecture names: from the root, from the code, or in the tables from their room."""
    found, room = set(), CODE
    for line in text(DOCS / "architecture.md").splitlines():
        if line.startswith("#"):
            heading = re.match(r"### (workbench[\w/]*)$", line)
            room = ROOT / heading[1] if heading else CODE
        for name in re.findall(r"`([\w/.]+\.(?:py|md|toml))`", line):
            places = (room / name, CODE / name, ROOT / name)
            found.add(next((place for place in places if place.exists()), ROOT / name))
    return found


def keys_in_manual() -> set[str]:
    """The keys in the first columns of the tables of keys."""
    found, inside = set(), False
    for line in text(DOCS / "manual.md").splitlines():
        inside = line.startswith("|") and (inside or line.startswith("| Key |"))
        if inside:
            found.update(re.findall(r"\*\*(.+?)\*\*", line.split(" | ")[0]))
    return found


def keys_in_menus() -> set[str]:
    """The keys that are written where the menus are filled and the tools are described."""
    found: set[str] = set()
    for path in (*sorted((CODE / "ui" / "window").glob("*_menu*.py")), CODE / "ui" / "tools" / "texts.py"):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".add", "ToolText")):
                given = [*node.args[1:3], *(each.value for each in node.keywords if each.arg == "shown")]
                found.update(literals(given))
            elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
                # Rows of (what, text, key), from which a loop makes actions.
                found.update(literals([row.elts[-1] for row in node.iter.elts if isinstance(row, ast.Tuple)]))
    return found


def literals(nodes: list[ast.expr]) -> set[str]:
    """Strings that are written as they are, alone or in a list; not those that are translated."""
    flat = [each for node in nodes for each in (node.elts if isinstance(node, ast.List) else [node])]
    return {each.value for each in flat if isinstance(each, ast.Constant) and isinstance(each.value, str)} - {""}


def test_the_readme_is_short():
    assert len(text(ROOT / "README.md").splitlines()) <= 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", text(page))
    missing = [link for link in links if "://" not in link and not (page.parent / link.split("#")[0]).exists()]
    assert links and not missing


def test_pages_that_are_shipped_link_to_each_other_alone():
    """An installed program has these pages, but neither README nor code."""
    for page in DOCS.glob("*.md"):
        links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text(page)) if "://" not in link]
        assert all("/" not in link for link in links), page.name


def test_every_room_is_in_the_architecture():
    told = text(DOCS / "architecture.md")
    rooms = [path.name for path in CODE.iterdir() if (path / "__init__.py").exists()]
    assert len(rooms) > 5 and not [room for room in rooms if f"### workbench/{room}\n" not in told]


def test_the_architecture_names_every_file_and_no_other():
    named = named_in_architecture()
    assert not [str(path) for path in named if not path.exists()]
    assert not [str(path.relative_to(ROOT)) for path in modules() if path not in named]


def test_the_manual_names_every_key_and_no_other():
    registered = keys_in_menus() | NUMBERED
    assert len(registered) > 100
    assert keys_in_manual() == registered
