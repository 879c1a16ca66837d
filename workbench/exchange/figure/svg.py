"""A drawing as SVG: lines and text stay such, pictures are PNG within it."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from PIL import Image

from workbench.exchange.figure.drawing import PAPER, Drawing, Raster, Shape
from workbench.exchange.figure.drawing import Text as TextItem
from workbench.storage import replacing

POINTS_PER_MM = 72 / 25.4
FONT = "Helvetica, Arial, Liberation Sans, sans-serif"


def write(path: Path, drawing: Drawing) -> list[Path]:
    """Write a drawing at its size; returns the path alone.

    Raises
    ------
    UserError, OSError
        As `storage.replacing`.
    """
    text = as_text(drawing)
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return [path]


def as_text(drawing: Drawing) -> str:
    """The document."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{drawing.width / POINTS_PER_MM:.3f}mm",
            "height": f"{drawing.height / POINTS_PER_MM:.3f}mm",
            "viewBox": f"0 0 {drawing.width:.3f} {drawing.height:.3f}",
            "font-family": FONT,
        },
    )
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
    for item in drawing.items:
        if isinstance(item, Raster):
            _add_raster(root, item)
        elif isinstance(item, Shape):
            _add_shape(root, item)
        else:
            _add_text(root, item)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_raster(root: ET.Element, item: Raster) -> None:
    out = io.BytesIO()
    Image.fromarray(item.pixels).save(out, "PNG")
    ET.SubElement(
        root,
        "image",
        {
            **{name: f"{getattr(item.box, name):.2f}" for name in ("x", "y", "width", "height")},
            "preserveAspectRatio": "none",
            "image-rendering": "pixelated",
            "href": "data:image/png;base64," + base64.b64encode(out.getvalue()).decode(),
        },
    )


def _add_shape(root: ET.Element, item: Shape) -> None:
    path = " ".join(f"{x:.2f},{y:.2f}" for x, y in item.points)
    fields = {"points": path, "fill": item.fill or "none"}
    if item.stroke:
        fields |= {"stroke": item.stroke, "stroke-width": f"{item.width:g}", "stroke-linejoin": "round"}
    ET.SubElement(root, "polygon" if item.fill else "polyline", fields)


def _add_text(root: ET.Element, item: TextItem) -> None:
    fields = {"font-size": f"{item.size:g}", "text-anchor": item.anchor, "fill": item.colour}
    if item.upward:
        fields["transform"] = f"translate({item.x:.2f} {item.y:.2f}) rotate(-90)"
    else:
        fields |= {"x": f"{item.x:.2f}", "y": f"{item.y:.2f}"}
    # XML has no place for these.
    ET.SubElement(root, "text", fields).text = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", item.text)
