"""Files that were open lately, and tools as they were left."""

from workbench.control.recent import KEPT, LIST, SHOWN, Recent
from workbench.control.tools import Tool, ToolSettings
from workbench.masks.edits.brush import Shape


def touched(folder, count):
    paths = [folder / f"{number}.wav" for number in range(count)]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def test_the_newest_come_first_each_once_and_those_that_are_gone_not(tmp_path):
    recent, (a, b, c) = Recent(tmp_path / "home"), touched(tmp_path, 3)
    for path in (a, b, a, c):
        recent.add(path)
    assert [each.file for each in recent.files] == [c, a, b]
    a.unlink()
    assert [each.file for each in recent.files] == [c, b] and recent.knows(a)
    assert [each.file for each in Recent(tmp_path / "home").files] == [c, b], "another window sees them"


def test_few_are_offered_and_their_number_has_an_end(tmp_path):
    recent, paths = Recent(tmp_path / "home"), touched(tmp_path, KEPT + 5)
    picture = recent.picture(paths[0])
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    for path in paths:
        recent.add(path)
    assert [each.file for each in recent.files] == paths[: -SHOWN - 1 : -1]
    assert not recent.knows(paths[0]) and recent.knows(paths[5]) and not picture.exists()
    recent.forget_all()
    assert recent.files == [] and not recent.knows(paths[5]) and all(path.exists() for path in paths)


def test_a_damaged_list_is_none_and_without_a_folder_nothing_is_remembered(tmp_path):
    recent, (path,) = Recent(tmp_path / "home"), touched(tmp_path, 1)
    recent.add(path)
    (tmp_path / "home" / LIST).write_bytes(b"[{")
    assert recent.files == []
    recent.add(path)
    assert [each.file for each in recent.files] == [path]
    nothing = Recent(None)
    nothing.add(path)
    assert nothing.files == [] and nothing.picture(path) is None


def test_tools_come_back_as_they_were_left():
    tools = ToolSettings()
    tools.choose(Tool.ERASER)
    tools.set_size(77.0)
    tools.choose(Tool.BRUSH)
    tools.set_brush(shape=Shape.COMB, harmonics=5)
    again, told = ToolSettings(), []
    again.changed.connect(lambda: told.append(1))
    again.restore(tools.kept)
    assert told and again.tool is Tool.BRUSH and again.options.brush.shape is Shape.COMB
    assert again.kept == tools.kept
    again.choose(Tool.ERASER)
    assert again.size == 77.0
    for odd in ("", "{}", "[1]", tools.kept.replace("brush", "broom"), tools.kept[:-5]):
        before = again.kept
        again.restore(odd)
        assert again.kept == before
    again.restore(tools.kept.replace("77.0", "1e9"))
    again.choose(Tool.ERASER)
    assert again.size <= 400
