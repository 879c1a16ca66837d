"""The figure is of what is shown, on the scale that is shown."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from tests.control.scenes import names
from workbench.control.figures import FigureFormat, FigureWish
from workbench.exchange import audacity
from workbench.separation.labels import Label
from workbench.spectral.scales import FrequencyScale


def texts(path):
    return [each.text for each in ET.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")]


def test_a_figure_in_millimetres_and_one_in_pixels(separated, tmp_path, settle, told):
    separated.figures.write(tmp_path / "f.svg", FigureWish(FigureFormat.SVG, 90, 120))
    separated.figures.write(tmp_path / "f.png", FigureWish(FigureFormat.PNG, 700, 500, masks=False))
    settle()
    root = ET.parse(tmp_path / "f.svg").getroot()
    assert (root.get("width"), root.get("height")) == ("90.000mm", "120.000mm")
    assert set(names(separated)) <= set(texts(tmp_path / "f.svg"))
    with Image.open(tmp_path / "f.png") as image:
        assert image.size == (700, 500) and image.getpixel((0, 0)) == (255, 255, 255)
    assert len(told.said) == 2


def test_what_is_in_view_has_its_own_axes(separated, tmp_path, settle):
    separated.viewport.set_scale(FrequencyScale.LINEAR)
    separated.viewport.show_time(0.5, 1.0)
    separated.figures.write(tmp_path / "f.svg", FigureWish(view=True))
    settle()
    said = texts(tmp_path / "f.svg")
    assert "0.6" in said and "0" in said and "1.5" not in said


def test_sources_that_share_components_have_curves_too(separated, tmp_path, settle):
    audacity.write(tmp_path / "l.txt", [Label(0.2, 0.6, "low", 100, 400), Label(0.2, 0.6, "high", 1000, 2000)])
    separated.labelling.read_as_marks(tmp_path / "l.txt")
    settle()
    assert separated.document.state.marks
    separated.figures.write(tmp_path / "f.svg", FigureWish())
    settle()
    said = texts(tmp_path / "f.svg")
    assert "W" in said and said.count("low") == said.count("high") == 2


@pytest.mark.parametrize("form", FigureFormat)
def test_a_folder_that_is_not_there_is_told(separated, form, tmp_path, settle, told):
    separated.figures.write(tmp_path / "gone" / f"f{form.suffix}", FigureWish(form, 400, 400))
    settle()
    assert len(told.troubled) == 1 and not told.said


def test_nothing_is_drawn_without_a_recording(empty, tmp_path):
    empty.figures.write(tmp_path / "f.svg", FigureWish())
    assert not empty.runner.jobs
