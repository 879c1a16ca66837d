"""The export dialog, from what it begins with to the folder that it shows (offscreen)."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

import pytest
import soundfile
from PySide6.QtCore import QObject, QSettings, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox, QPushButton

from tests.conftest import pump, tone_mix
from tests.control.scenes import select_box
from tests.ui.gestures import LEFT, group
from tests.ui.test_export import asked_to_export
from workbench.audio.formats import FORMATS
from workbench.audio.tagging import Tags
from workbench.ui.dialogs.export_choices import Choices
from workbench.ui.window.export_memory import ExportMemory


def choose(box, value):
    index = box.findData(value) if box.findData(value) >= 0 else box.findText(value)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)


def written(program, dialog, seconds=20):
    QTest.mouseClick(dialog.go, LEFT)
    assert pump(program.application, lambda: not program.desk.runner.jobs, seconds)
    pump(program.application)


def test_all_that_is_chosen_comes_back(factorised, tmp_path):
    program = factorised
    group(program, 0, 1)
    dialog = asked_to_export(program)
    parts, sound, files, tags = dialog.parts, dialog.sound, dialog.files, dialog.tags
    for box in (parts.heard, parts.mix, parts.groups, parts.layers, parts.together, tags.tagged, sound.dither):
        box.setChecked(not box.isChecked())
    choose(parts.faders, True)
    choose(parts.span, "view")
    choose(sound.format, "MP3")
    choose(sound.quality, "small")
    choose(sound.rate, 22050)
    choose(sound.loudness, "peak")
    sound.level.setValue(-3.5)
    files.folder.setText(str(tmp_path / "mine"))
    files.part_name.setText("{recording} {number}")
    files.whole_name.setText("{kind} of {recording}")
    for name, edit in tags.words.items():
        edit.setText(f"my {name}")
    chosen = dialog.choices()
    proposed = Choices("")
    same = {each.name for each in fields(Choices) if getattr(chosen, each.name) == getattr(proposed, each.name)}
    assert not same, "every choice is another one than at first"
    parts.layers.setChecked(False)
    parts.mix.setChecked(True)
    parts.together.setChecked(False)
    chosen = dialog.choices()
    written(program, dialog)
    assert dialog.isVisible() and dialog.choices() == chosen
    dialog.reject()
    pump(program.application)
    again = asked_to_export(program)
    assert again is not dialog and again.choices() == chosen


def test_words_about_one_recording_are_not_those_of_another(factorised, tmp_path):
    program = factorised
    dialog = asked_to_export(program)
    assert dialog.tags.words["artist"].text() == ""
    dialog.files.folder.setText(str(tmp_path / "mine"))
    dialog.tags.words["artist"].setText("me")
    choose(dialog.sound.format, "FLAC, 16-bit")
    written(program, dialog)
    path = tmp_path / "mine" / "02 Component 2.flac"
    with soundfile.SoundFile(path) as file:
        assert (file.title, file.artist, file.album, file.tracknumber) == ("Component 2", "me", "tones", "2")
    dialog.reject()
    program.desk.opening.open(path)
    assert pump(program.application, lambda: program.desk.document.recording.path == path, 10)
    other = asked_to_export(program)
    assert other.sound.format.currentText() == "FLAC, 16-bit"
    assert (other.tags.words["artist"].text(), other.tags.words["album"].text()) == ("me", "tones")
    assert other.options().tags == Tags("Component 2", "me", "tones")
    other.tags.tagged.setChecked(False)
    assert other.options().tags is None and not other.tags.words["artist"].isEnabled()


def test_what_an_earlier_version_remembered_is_read(tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    earlier = {
        "folder": "/out",
        "own_folder": False,
        "heard": True,
        "mix": False,
        "groups": True,
        "layers": False,
        "after": True,
        "form": "FLAC, 24-bit",
        "level": "lufs",
        "level_db": -20.0,
    }
    settings.setValue("exports", json.dumps({"/a.wav": earlier}))
    memory, path = ExportMemory(settings), tmp_path / "a.wav"
    found = memory.recall([path], "a parts", tmp_path, Tags(artist="Trio"))
    assert asdict(found) == {**asdict(Choices("")), **earlier, "folder": "/out/a parts", "own_folder": True} | {
        "artist": "Trio"
    }
    memory.keep([path], found)
    assert memory.recall([path], "", tmp_path, Tags()) == found


def test_it_shows_how_the_files_will_be_called(factorised):
    program = factorised
    dialog = asked_to_export(program)
    preview = dialog.files.preview
    assert preview.text().splitlines() == [
        "5 files:",
        "tones mix.wav",
        "01 Component 1.wav",
        "02 Component 2.wav",
        "and 2 more",
    ]
    assert "04 Component 4.wav" in preview.toolTip()
    dialog.files.part_name.setText("{recording}")
    choose(dialog.sound.format, "Opus")
    assert "tones (2).opus" in preview.text()
    dialog.files.part_name.setText("{nmae}")
    assert "no field {nmae}" in preview.text() and "{name}" in preview.text()
    QTest.mouseClick(dialog.go, LEFT)
    assert "no field {nmae}" in dialog.notice.text() and not program.desk.exporting.running
    dialog.files.part_name.setText("")
    assert "01 Component 1.opus" in preview.text(), "without a template the usual one counts"
    dialog.parts.together.setChecked(True)
    assert "subwoofer" in preview.text(), "what a format can't hold is said before anything is done"
    choose(dialog.sound.format, "WAV, 24-bit")
    assert preview.text().splitlines() == ["2 files:", "tones mix.wav", "tones layers.wav"]
    dialog.parts.layers.setChecked(False)
    assert not dialog.parts.together.isEnabled() and preview.text().splitlines() == ["1 file:", "tones mix.wav"]
    dialog.parts.mix.setChecked(False)
    assert preview.text() == "No files"


def test_fields_are_put_where_the_cursor_is(factorised):
    dialog = asked_to_export(factorised)
    button = dialog.findChild(QPushButton, "exportPartFields")
    dialog.files.part_name.setText("a  b")
    dialog.files.part_name.setCursorPosition(2)
    action = next(each for each in button.findChild(QMenu).actions() if "{group}" in each.text())
    action.trigger()
    assert dialog.files.part_name.text() == "a {group} b"


def test_each_format_asks_for_what_it_has(factorised):
    dialog = asked_to_export(factorised)
    sound = dialog.sound
    for name, form in FORMATS.items():
        choose(sound.format, name)
        assert sound.quality.isVisible() == form.lossy and sound.dither.isVisible() == (form.bits == 16)
        assert dialog.options().form.subtype is form.subtype
    choose(sound.format, "Opus")
    assert "kbit/s" in sound.quality.currentText()
    choose(sound.rate, 44100)
    assert "Opus has no 44.1 kHz: it is written at 48 kHz." in sound.note.text() and sound.note.isVisible()
    choose(sound.rate, 0)
    assert sound.note.isHidden(), "8 kHz it has"


def test_a_time_that_is_not_there_can_not_be_chosen(factorised, tmp_path):
    program = factorised
    dialog = asked_to_export(program)
    span = dialog.parts.span
    model = span.model()
    assert not model.item(1).isEnabled() and model.item(2).isEnabled()
    select_box(program.desk, 0, 100, 2, 6)
    assert model.item(1).isEnabled() and "–" in span.itemText(1)
    program.desk.viewport.show_time(0.5, 1.0)
    choose(span, "selection")
    assert dialog.options().span == program.desk.exporting.spans.samples(dialog.parts.range)
    program.desk.areas.deselect()
    assert span.currentIndex() == 0 and not model.item(1).isEnabled() and dialog.options().span is None
    choose(span, "view")
    dialog.files.folder.setText(str(tmp_path / "out"))
    written(program, dialog)
    assert {soundfile.info(path).frames for path in (tmp_path / "out").iterdir()} == {
        program.desk.document.recording.rate // 2
    }


class Opened(QObject):
    """Stands for the system's file manager."""

    def __init__(self):
        super().__init__()
        self.urls = []

    @Slot(QUrl)
    def show(self, url):
        self.urls.append(url)


def test_it_says_when_it_is_done_and_shows_the_folder(factorised, tmp_path):
    program, opened = factorised, Opened()
    dialog = asked_to_export(program)
    assert dialog.show_folder.isHidden() and dialog.progress.isHidden()
    dialog.files.folder.setText(str(tmp_path / "out"))
    written(program, dialog)
    assert f"Wrote 5 files to {tmp_path / 'out'}" in dialog.notice.text() and dialog.show_folder.isVisible()
    assert dialog.go.isEnabled() and dialog.progress.isHidden() and dialog.close_button.isDefault()
    QDesktopServices.setUrlHandler("file", opened, "show")
    try:
        QTest.mouseClick(dialog.show_folder, LEFT)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [url.toLocalFile() for url in opened.urls] == [str(tmp_path / "out")]
    dialog.close_button.setFocus()
    QTest.keyClick(dialog.close_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


@pytest.mark.parametrize("answer", ["Replace", "Cancel"])
def test_files_that_are_there_are_asked_about(factorised, tmp_path, answer):
    program = factorised
    dialog = asked_to_export(program)
    folder = tmp_path / "out"
    folder.mkdir()
    dialog.files.folder.setText(str(folder))
    for name in ("tones mix.wav", "03 Component 3.wav", "notes.txt"):
        (folder / name).write_bytes(b"mine")
    QTest.mouseClick(dialog.go, LEFT)
    (box,) = program.window.findChildren(QMessageBox, "replacingBox")
    assert "2 of 5 files" in box.text() and "03 Component 3.wav" in box.informativeText()
    assert not program.desk.exporting.running
    QTest.mouseClick(next(each for each in box.buttons() if each.text().replace("&", "") == answer), LEFT)
    assert pump(program.application, lambda: not program.desk.runner.jobs, 10)
    pump(program.application)
    assert (folder / "notes.txt").read_bytes() == b"mine"
    if answer == "Replace":
        assert len(list(folder.glob("*.wav"))) == 5 and "Wrote 5 files" in dialog.notice.text()
    else:
        assert (folder / "tones mix.wav").read_bytes() == b"mine" and len(list(folder.glob("*.wav"))) == 2


def test_it_can_be_stopped_and_leaves_nothing(workbench, tmp_path):
    program = workbench
    soundfile.write(tmp_path / "long.wav", tone_mix(60.0, 44100), 44100)
    program.window.show()
    program.desk.opening.open(tmp_path / "long.wav")
    assert pump(program.application, lambda: program.desk.document.recording, 20)
    dialog = asked_to_export(program)
    dialog.files.folder.setText(str(tmp_path / "out"))
    choose(dialog.sound.format, "MP3")
    dialog.parts.mix.setChecked(True)
    dialog.parts.layers.setChecked(True)
    QTest.mouseClick(dialog.go, LEFT)
    assert pump(program.application, lambda: dialog.left.text() == "Exporting" or dialog.progress.value(), 20)
    assert dialog.progress.isVisible() and not dialog.go.isEnabled()
    QTest.mouseClick(dialog.stop, LEFT)
    assert pump(program.application, lambda: not program.desk.runner.jobs, 20)
    pump(program.application)
    assert "nothing was written" in dialog.notice.text() and dialog.progress.isHidden() and dialog.go.isEnabled()
    assert not (tmp_path / "out").exists()


def test_what_goes_wrong_is_said_in_the_dialog_too(opened, tmp_path):
    program = opened
    (tmp_path / "out" / "tones mix.wav").mkdir(parents=True)
    dialog = asked_to_export(program)
    dialog.files.folder.setText(str(tmp_path / "out"))
    written(program, dialog)
    assert "tones mix.wav" in dialog.notice.text() and dialog.show_folder.isHidden() and dialog.go.isEnabled()


def test_every_control_can_be_reached_by_the_keyboard(factorised):
    dialog = asked_to_export(factorised)
    reached, widget = set(), dialog.nextInFocusChain()
    while widget is not dialog:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and dialog.isAncestorOf(widget):
            reached.add(widget.objectName())
        widget = widget.nextInFocusChain()
    boxes = {
        "exportHeard",
        "exportMix",
        "exportGroups",
        "exportLayers",
        "exportTogether",
        "exportDither",
        "exportTagged",
    }
    lists = {"exportFaders", "exportSpan", "exportFormat", "exportQuality", "exportRate", "exportLoudness"}
    texts = {"exportFolder", "exportPartName", "exportWholeName", "exportArtist", "exportComment", "exportLevel"}
    buttons = {"exportBrowse", "exportPartFields", "exportWholeFields", "exportGo", "exportClose", "exportStop"}
    assert boxes | lists | texts | buttons | {"exportShow"} <= reached
