"""The figure of the method: one layout, written as SVG and as PNG."""

from __future__ import annotations

import base64
import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.conftest import make_scene
from workbench.exchange.figure import png, svg
from workbench.exchange.figure.curves import along, curves_of
from workbench.exchange.figure.drawing import Box, Drawing, Raster, Shape, Text, shortened
from workbench.exchange.figure.fonts import text_width
from workbench.exchange.figure.method import FigureOptions, Subject, method_figure
from workbench.masks.model.models import Factors, Shares
from workbench.masks.pictures.picture import axis_of
from workbench.spectral.axes import frequency_ticks
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.scales import FrequencyScale

SVG = "{http://www.w3.org/2000/svg}"


def subject(layers=3, rate=8000, **fields):
    scene = make_scene(layers, rate=rate)
    stack = replace(scene.stack, **fields)
    return Subject(analyse_levels(scene.recording.samples, scene.analysis), stack, scene.analysis, rate)


def texts(drawing):
    return [item.text for item in drawing.items if isinstance(item, Text)]


def boxes(drawing):
    return [item.box for item in drawing.items if isinstance(item, Raster)]


@pytest.mark.parametrize("scale", FrequencyScale)
@pytest.mark.parametrize("masks", [True, False])
def test_it_has_its_panels_axes_and_names(scale, masks):
    drawing = method_figure(subject(), FigureOptions(dots=1.0, scale=scale, masks=masks))
    said = texts(drawing)
    assert {"V", "W", "H", "dB", "Time (s)", "Frequency (Hz)"} <= set(said)
    assert [said.count(f"L{i}") for i in range(3)] == [2 if masks else 1] * 3
    assert len(boxes(drawing)) == (5 if masks else 2)


@pytest.mark.parametrize("size", [(510, 425), (241, 200), (170, 170), (2835, 400)])
@pytest.mark.parametrize("layers", [1, 3, 24, 40])
def test_everything_lies_within_the_sheet_and_no_pictures_overlap(size, layers):
    drawing = method_figure(subject(layers), FigureOptions(*size, dots=0.5))
    for item in drawing.items:
        if isinstance(item, Shape):
            assert item.points.min() >= 0
            assert item.points[:, 0].max() <= size[0] and item.points[:, 1].max() <= size[1]
        elif isinstance(item, Text) and not item.upward:
            wide = text_width(item.text, item.size)
            left = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
            assert left >= -1 and left + wide <= size[0] + 1 and 0 <= item.y <= size[1]
    found = boxes(drawing)
    for i, one in enumerate(found):
        assert one.width > 2 and one.height > 2
        for other in found[i + 1 :]:
            apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
            assert apart


def test_masks_that_are_given_have_no_templates(tmp_path):
    frames, bins = (make_scene().stack.frames, make_scene().stack.bins)
    given = Shares(np.full((3, frames, bins), 1 / 3, np.float16))
    drawing = method_figure(subject(factors=given), FigureOptions(dots=1.0, masks=False))
    said = texts(drawing)
    assert "W" not in said and "H" not in said and {"L0", "L1", "L2"} <= set(said)


def test_a_part_of_time_and_frequency_has_its_own_ticks():
    options = FigureOptions(dots=1.0, scale=FrequencyScale.LINEAR, seconds=(0.25, 0.5), hz=(1000, 2000), masks=False)
    said = texts(method_figure(subject(), options))
    assert "0.3" in said and "1k" in said and "0" not in said and "3k" not in said


def test_a_mask_is_drawn_white_to_black_and_upright():
    each = subject(2)
    frames, bins = each.stack.frames, each.stack.bins
    masks = np.zeros((2, frames, bins), np.float16)
    masks[0, :, : bins // 2] = 1
    masks[1] = 1 - masks[0]
    drawing = method_figure(
        replace(each, stack=replace(each.stack, factors=Shares(masks))),
        FigureOptions(dots=1.0, scale=FrequencyScale.LINEAR),
    )
    lower = [item.pixels for item in drawing.items if isinstance(item, Raster)][2]
    assert (lower[-3:] == 0).all() and (lower[:3] == 255).all()


def test_curves_of_a_layer_are_the_model_summed_along_each_axis():
    stack = make_scene(3).stack
    w, h = stack.factors.W, stack.factors.H
    for each, layer in zip(curves_of(stack, 9), stack.layers, strict=True):
        model = sum(np.outer(w[:, k], h[k]) for k in layer.components)
        np.testing.assert_allclose(each.spectrum, model.sum(axis=1), rtol=1e-4)
        np.testing.assert_allclose(each.activation, model.sum(axis=0), rtol=1e-4)
    assert len(curves_of(stack, 2)) == 2
    assert curves_of(replace(stack, factors=None), 9) == []


def test_a_curve_keeps_its_peaks_however_few_points_it_has():
    curve = np.zeros(1000, np.float32)
    curve[[123, 456]] = 4.0, 1.0
    seen = along(curve, axis_of(np.linspace(-0.5, 999.5, 11), 1000), 0.5)
    assert len(seen) == 10 and seen[1] == 1 and seen[4] == 0.5 and np.count_nonzero(seen) == 2
    assert not along(np.zeros(9, np.float32), axis_of(np.linspace(-0.5, 8.5, 4), 9), 1.0).any()


def test_curves_stand_level_with_the_spectrogram():
    """A template and an activation with one peak each have it where the bin and the frame are drawn."""
    each = subject(1)
    bins, frames = each.stack.bins, each.stack.frames
    w, h = np.full((bins, 1), 1e-6, np.float32), np.full((1, frames), 1e-6, np.float32)
    w[bins * 3 // 4], h[0, frames // 4] = 1, 1
    each = replace(each, stack=replace(each.stack, factors=Factors(w, h)))
    drawing = method_figure(each, FigureOptions(dots=4.0, scale=FrequencyScale.LINEAR, masks=False))
    v = boxes(drawing)[0]
    template, activation = [item.points for item in drawing.items if isinstance(item, Shape) and item.fill][:2]
    assert template[template[:, 0].argmax(), 1] == pytest.approx(v.bottom - 0.75 * v.height, abs=v.height / 100)
    assert activation[activation[:, 1].argmin(), 0] == pytest.approx(v.x + 0.25 * v.width, abs=v.width / 100)


def test_svg_is_xml_of_its_size_with_text_and_pictures(tmp_path):
    named = subject()
    layers = (replace(named.stack.layers[0], name='a <b> & "c"\x01 ö♯'), *named.stack.layers[1:])
    drawing = method_figure(replace(named, stack=replace(named.stack, layers=layers)), FigureOptions(dots=1.0))
    (path,) = svg.write(tmp_path / "f.svg", drawing)
    root = ET.parse(path).getroot()
    assert root.tag == f"{SVG}svg" and root.get("width") == "179.917mm" and root.get("viewBox").startswith("0 0 510")
    assert any(each.text == 'a <b> & "c"  ö♯' for each in root.iter(f"{SVG}text"))
    images = list(root.iter(f"{SVG}image"))
    rasters = [item for item in drawing.items if isinstance(item, Raster)]
    for element, item in zip(images, rasters, strict=True):
        data = base64.b64decode(element.get("href").partition("base64,")[2])
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), item.pixels)


def test_png_keeps_pixels_of_pictures_and_is_white_around(tmp_path):
    drawing = Drawing(40.0, 30.0)
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    drawing.raster(Box(5, 5, 30, 20), pixels)
    (path,) = png.write(tmp_path / "f.png", drawing, 40)
    with Image.open(path) as image:
        seen = np.asarray(image)
    assert seen.shape == (30, 40, 3) and (seen[:4] == 255).all()
    np.testing.assert_array_equal(seen[5:25, 5:35], pixels)


def test_both_show_the_same(tmp_path):
    """Where Qt can draw SVG: what is dark in one is dark in the other."""
    pytest.importorskip("PySide6.QtSvg", reason="Qt cannot draw SVG here")
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = method_figure(subject(), FigureOptions(dots=1.0))
    # Without text, which would want an application with fonts.
    drawing.items = [item for item in drawing.items if not isinstance(item, Text)]
    (path,) = svg.write(tmp_path / "f.svg", drawing)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    image = QImage(510, 425, QImage.Format.Format_RGB888)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    other = (
        np.asarray(image.constBits(), np.uint8).reshape(425, image.bytesPerLine())[:, : 3 * 510].reshape(425, 510, 3)
    )
    ours = np.asarray(png.as_image(drawing, 510))
    assert np.abs(ours.astype(float) - other).mean() < 6


def test_texts_end_early_where_there_is_no_room():
    assert shortened("Bass", 10, 1000) == "Bass"
    short = shortened("A very long name of a layer", 10, 60)
    assert short.endswith("…") and text_width(short, 10) <= 60
    assert shortened("Bass", 10, 0) == ""


def test_ticks_of_mel_begin_at_zero():
    ticks = frequency_ticks(FrequencyScale.MEL, 0.0, float(FrequencyScale.MEL.position(22050)), 400)
    assert ticks[0] == (0.0, "0") and all(hz not in ("0.0001", "0.001") for _, hz in ticks)


@pytest.mark.parametrize("rate", [1, 60, 2_000_000])
def test_recordings_of_any_rate_have_a_figure(rate):
    scene = make_scene(2, seconds=8000 / rate, rate=rate)
    each = Subject(analyse_levels(scene.recording.samples, scene.analysis), scene.stack, scene.analysis, rate)
    for scale in FrequencyScale:
        assert len(texts(method_figure(each, FigureOptions(dots=0.5, scale=scale)))) > 8
