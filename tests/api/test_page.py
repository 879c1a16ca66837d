"""The page of the API names all that there is, and what it shows can be done."""

import re
from pathlib import Path

import soundfile

from workbench import Project, resource
from workbench.api import Row

PAGE = Path(resource("docs/api.md")).read_text(encoding="utf-8")


def test_every_method_and_property_is_named():
    public = {name for name in dir(Project) if not name.startswith("_")}
    named = set(re.findall(r"`(?:Project\.)?(\w+)[(`]", PAGE))
    assert len(public) > 30 and public <= named
    assert {name for name in Row.__dataclass_fields__ if name[0] != "_"} | {"mask"} <= set(re.findall(r"\w+", PAGE))


def test_no_keyword_is_named_that_is_none():
    import inspect

    for name, keywords in re.findall(r"`(?:Project\.)?(\w+)\(([^`)]*)\)`", PAGE):
        method = getattr(Project, name)
        known = set(inspect.signature(method).parameters)
        told = {each.strip().rstrip("=") for each in keywords.split(",")} - {"", "…"}
        assert told <= known, name


def test_the_first_example_works_as_it_is_written(tmp_path, monkeypatch):
    song, rate = soundfile.read(resource("demo/demo.flac"), frames=5 * 44100)
    soundfile.write(tmp_path / "song.wav", song, rate)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    exec(compile(code, "api.md", "exec"), {})
    assert (tmp_path / "song.workbench").exists() and len(list((tmp_path / "parts").glob("*.flac"))) == 6


def test_every_example_is_named():
    names = [path.name for path in resource("examples").glob("*.py")]
    assert len(names) == 3 and all(f"`{name} " in PAGE for name in names)
