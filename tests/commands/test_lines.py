"""What programs are told is in the manual, and is JSON that any of them reads."""

import json
import math
from pathlib import Path

import pytest
import soundfile

from tests.conftest import tone_mix
from workbench import Project, resource
from workbench.__main__ import main
from workbench.commands.lines import plain

MANUAL = resource("docs/manual.md").read_text(encoding="utf-8")


@pytest.fixture
def song(tmp_path):
    soundfile.write(tmp_path / "song.wav", tone_mix(1.0), 8000, subtype="FLOAT")
    Project.open(tmp_path / "song.wav").factorise(components=2, iterations=2).save(tmp_path / "song.workbench")
    return tmp_path / "song.wav"


def keys(value):
    """The names of fields, also of those within others."""
    if isinstance(value, dict):
        return set(value).union(*(keys(each) for each in value.values()))
    return set().union(*(keys(each) for each in value)) if isinstance(value, list) else set()


def test_every_field_is_in_the_manual(song, tmp_path, capsys):
    (tmp_path / "none.wav").write_text("words")
    few = ["--components", "2", "--iterations", "2", "--set", "tries=2", "--json"]
    for arguments in (
        ["separate", song, tmp_path / "none.wav", "--out", tmp_path / "many", *few],
        ["separate", song, "--out", tmp_path / "one", *few],
        ["render", tmp_path / "song.workbench", "--out", tmp_path / "mix", "--json"],
        ["info", song, tmp_path / "song.workbench", "--json"],
        ["completion", "fish", "--json"],
    ):
        assert main(list(map(str, arguments))) in (0, 1)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in lines} == {"file", "summary", "render", "info", "completion"} and len(lines) == 8
    # What layers, groups, stacks and runs of a project are is told by their names alone.
    nested = {"layers", "groups", "stacks", "runs", "references", "markers", "tags"}
    flat = [
        {key: None if line["event"] == "info" and key in nested else each for key, each in line.items()}
        for line in lines
    ]
    assert not [key for key in set().union(*map(keys, flat)) if f"`{key}`" not in MANUAL]


def test_what_is_printed_is_one_line_each_even_where_names_are_odd(song, tmp_path, capsys):
    odd = tmp_path / "a\nb “ä”.wav"
    odd.write_bytes(song.read_bytes())
    assert main(["info", str(odd), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.isascii() and json.loads(line)["file"] == str(odd)


def test_values_are_those_of_json():
    assert plain({"a": (math.inf, math.nan, 1.5), "b": Path("x"), 3: {4}}) == {
        "a": [None, None, 1.5],
        "b": "x",
        "3": [4],
    }


def test_standard_output_has_nothing_else(song, tmp_path, capsys):
    cut = tmp_path / "cut.wav"
    cut.write_bytes(song.read_bytes()[:-9000])
    assert main(["separate", str(cut), "--out", str(tmp_path / "o"), "--components", "2", "--json"]) == 0
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert "cut short" in said.err and "cut short" in json.loads(line)["remarks"][0]
