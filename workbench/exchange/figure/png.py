"""A drawing as PNG: drawn twice as large and brought down, so that lines are smooth and pictures keep their pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from workbench.exchange.figure.drawing import PAPER, Drawing, Raster, Shape
from workbench.exchange.figure.drawing import Text as TextItem
from workbench.exchange.figure.fonts import face, shown
from workbench.storage import replacing

FINER, MOST = 2, 16_000_000
"""How much larger it is drawn; pictures of more pixels than these are drawn as they are, for want of memory."""
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def write(path: Path, drawing: Drawing, width: int) -> list[Path]:
    """Write a drawing so many pixels wide; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `storage.replacing`.
    """
    image = as_image(drawing, width)
    dots = 72 * width / drawing.width
    with replacing(path) as partial:
        image.save(partial, "PNG", dpi=(dots, dots))
    return [path]


def as_image(drawing: Drawing, width: int) -> Image.Image:
    """The picture, so many pixels wide and as high as the drawing makes it."""
    scale = width / drawing.width
    height = max(1, round(drawing.height * scale))
    finer = FINER if width * height <= MOST else 1
    sheet = Image.new("RGB", (finer * width, finer * height), PAPER)
    draw = ImageDraw.Draw(sheet)
    for item in drawing.items:
        if isinstance(item, Raster):
            # At whole pixels of what comes out: nothing of the picture is blurred.
            left, top, right, bottom = (
                finer * round(each * scale) for each in (item.box.x, item.box.y, item.box.right, item.box.bottom)
            )
            size = max(1, right - left), max(1, bottom - top)
            sheet.paste(Image.fromarray(item.pixels).resize(size, Image.Resampling.NEAREST), (left, top))
        elif isinstance(item, Shape):
            _draw_shape(draw, item, finer * scale)
        else:
            _draw_text(sheet, draw, item, finer * scale)
    return sheet.reduce(finer) if finer > 1 else sheet


def _draw_shape(draw: ImageDraw.ImageDraw, item: Shape, scale: float) -> None:
    points = [(float(x), float(y)) for x, y in np.asarray(item.points) * scale]
    if item.fill:
        draw.polygon(points, fill=item.fill)
    if item.stroke:
        draw.line(points, item.stroke, max(1, round(item.width * scale)), joint="curve")


def _draw_text(sheet: Image.Image, draw: ImageDraw.ImageDraw, item: TextItem, scale: float) -> None:
    font, text = face(max(1.0, item.size * scale)), shown(item.text)
    place, anchor = (item.x * scale, item.y * scale), ANCHORS[item.anchor]
    if not item.upward:
        draw.text(place, text, item.colour, font, anchor)
        return
    # On a sheet of its own, with the anchor in its middle, which turning leaves where it is.
    reach = int(font.getlength(text)) + int(2 * item.size * scale) + 2
    ink = Image.new("L", (2 * reach, 2 * reach))
    ImageDraw.Draw(ink).text((reach, reach), text, 255, font, anchor)
    turned = ink.transpose(Image.Transpose.ROTATE_90)
    sheet.paste(item.colour, (round(place[0]) - reach, round(place[1]) - reach), turned)
