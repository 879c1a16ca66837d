"""Import and export for other programs through the menus and dialogs (offscreen)."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from tests.conftest import pump
from tests.control.scenes import masks
from tests.ui.gestures import LEFT, dialog
from workbench.exchange import audacity
from workbench.separation.labels import Label


def trigger(program, name):
    program.window.actions_.by_name[name].trigger()


def settled(program):
    assert pump(program.application, lambda: not program.desk.runner.jobs, 20)


def choose(program, name, *paths):
    """Choose files in a file dialog, as typed by their names."""
    asked = program.window.findChild(QFileDialog, name)
    assert asked is not None and asked.isVisible()
    asked.filesSelected.emit([str(path) for path in paths])
    asked.reject()


def export(program, act, path, *values):
    """Through the dialog of an export to a file."""
    trigger(program, act)
    asked = dialog(program, f"{act}Dialog")
    for box, value in zip(asked.boxes, values, strict=True):
        box.setCurrentIndex(box.findData(value))
    assert asked.hint.text()
    QTest.mouseClick(asked.go, LEFT)
    choose(program, f"{act}DialogFile", path)
    settled(program)


def test_masks_go_out_and_come_back_as_a_stack(factorised, tmp_path):
    wanted = masks(factorised.desk)
    export(factorised, "exportMasks", tmp_path / "mine", "npz", "layers")
    assert [path.name for path in tmp_path.glob("mine*")] == ["mine.npz"]
    trigger(factorised, "importMasks")
    choose(factorised, "importMasksDialog", tmp_path / "mine.npz")
    settled(factorised)
    document = factorised.desk.document
    assert document.state.present.name == "mine" and document.layers[0].name == "Component 1"
    np.testing.assert_allclose(masks(factorised.desk), wanted, atol=1e-3)


def test_folder_and_choices_are_remembered(factorised, tmp_path):
    (tmp_path / "there").mkdir()
    export(factorised, "exportMasks", tmp_path / "there" / "mine.png", "png 8", "layers")
    assert len(list((tmp_path / "there").glob("*.png"))) == 4
    trigger(factorised, "exportMasks")
    asked = dialog(factorised, "exportMasksDialog")
    assert asked.values()[0] == "png 8"
    QTest.mouseClick(asked.go, LEFT)
    files = factorised.window.findChild(QFileDialog, "exportMasksDialogFile")
    assert files.directory().path() == str(tmp_path / "there") and files.defaultSuffix() == "png"
    assert files.selectedFiles()[0].endswith("tones masks.png")
    files.reject()


def test_a_set_of_files_that_is_there_is_never_replaced(factorised, tmp_path):
    export(factorised, "exportFactors", tmp_path / "f.wav", "wav")
    before = {path: path.read_bytes() for path in tmp_path.glob("f *.wav")}
    assert len(before) == 2
    export(factorised, "exportFactors", tmp_path / "f.wav", "wav")
    assert factorised.window.notice.isVisible() and "f bases.wav" in factorised.window.notice.text.text()
    assert before == {path: path.read_bytes() for path in before}


def test_another_ending_asks_again_before_it_takes_the_place_of_a_file(factorised, tmp_path):
    (tmp_path / "f.txt.npz").write_bytes(b"mine")
    export(factorised, "exportFactors", tmp_path / "f.txt", "npz")
    assert (tmp_path / "f.txt.npz").read_bytes() == b"mine"
    again = [x for x in factorised.window.findChildren(QFileDialog, "exportFactorsDialogFile") if x.isVisible()]
    assert again and again[-1].selectedFiles()[0].endswith("f.txt.npz")
    again[-1].reject()


def test_factors_and_labels_go_through_the_menu(factorised, tmp_path):
    export(factorised, "exportFactors", tmp_path / "f.npz", "npz")
    w = factorised.desk.document.run.factors.W
    trigger(factorised, "importFactors")
    choose(factorised, "importFactorsDialog", tmp_path / "f.npz")
    settled(factorised)
    np.testing.assert_array_equal(factorised.desk.document.run.factors.W, w)
    audacity.write(tmp_path / "l.txt", [Label(0.5, 1.0, "kick"), Label(1.5, 2.0, "hat", 2000, 4000)])
    trigger(factorised, "importLabels")
    choose(factorised, "importLabelsDialog", tmp_path / "l.txt")
    settled(factorised)
    assert [x.name for x in factorised.desk.document.layers] == ["Rest", "kick", "hat"]
    export(factorised, "exportLabels", tmp_path / "out.csv", "marks", "csv")
    assert (tmp_path / "out.csv").read_text().count("\n") == 3
    trigger(factorised, "importOnsets")
    choose(factorised, "importOnsetsDialog", tmp_path / "out.csv")
    settled(factorised)
    export(factorised, "exportLabels", tmp_path / "onsets.svl", "notes", "instants")
    assert (tmp_path / "onsets.svl").read_text().count("<point") == 2


@pytest.mark.parametrize("scale", [True, False])
def test_masks_of_more_than_all_are_asked_about(opened, tmp_path, scale):
    stack = opened.desk.document.stack
    np.save(tmp_path / "a.npy", np.ones((2, stack.bins, stack.frames), np.float32))
    trigger(opened, "importMasks")
    choose(opened, "importMasksDialog", tmp_path / "a.npy")
    assert pump(opened.application, lambda: opened.window.findChild(QMessageBox, "scaleBox"), 10)
    box = opened.window.findChild(QMessageBox, "scaleBox")
    assert "sum to as much as 2" in box.text()
    wanted = "Scale them there" if scale else "Cancel"
    QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "") == wanted), LEFT)
    settled(opened)
    assert len(opened.desk.document.state.stacks) == (2 if scale else 1)


def test_nothing_is_asked_without_a_recording(workbench):
    workbench.window.show()
    for name in (
        "importMasks", "importFactors", "importLabels", "importOnsets", "exportMasks", "exportFactors",
        "exportLabels", "exportFigure", "exportScores",
    ):  # fmt: skip
        trigger(workbench, name)
    assert not any(each.isVisible() for each in workbench.window.findChildren(QFileDialog))


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_figure_is_written_in_the_size_that_is_asked_for(factorised, tmp_path, form):
    trigger(factorised, "exportFigure")
    asked = dialog(factorised, "exportFigureDialog")
    asked.format.setCurrentIndex(asked.format.findData(form))
    asked.format.activated.emit(asked.format.currentIndex())
    asked.width_box.setValue(600)
    asked.height_box.setValue(500)
    asked.range.setCurrentIndex(1)
    QTest.mouseClick(asked.go, LEFT)
    choose(factorised, "exportFigureDialogFile", tmp_path / f"f.{form}")
    settled(factorised)
    if form == "png":
        with Image.open(tmp_path / "f.png") as image:
            assert image.size == (600, 500)
    else:
        root = ET.parse(tmp_path / "f.svg").getroot()
        assert (root.get("width"), root.get("height")) == ("600.000mm", "500.000mm")
    # What was chosen is there again.
    trigger(factorised, "exportFigure")
    again = dialog(factorised, "exportFigureDialog").wish()
    assert (again.form, again.width, again.height, again.view) == (form, 600, 500, True)


def test_what_was_asked_for_another_recording_is_no_longer_asked(factorised, tmp_path):
    trigger(factorised, "importMasks")
    trigger(factorised, "exportScores")
    trigger(factorised, "exportMasks")
    QTest.mouseClick(dialog(factorised, "exportMasksDialog").go, LEFT)
    trigger(factorised, "exportFigure")
    document = factorised.desk.document
    document.open(document.recording, document.levels)
    pump(factorised.application)
    assert not [each for each in factorised.window.findChildren(QDialog) if each.isVisible()]
