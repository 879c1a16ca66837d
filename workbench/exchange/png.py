"""PNG: pictures in grey. How large one is stands in its first bytes, and is looked at before it is unpacked."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.errors import UserError
from workbench.exchange.reading import reading

KIND = "PNG"
MOST_PIXELS = 89_000_000
"""What Pillow, and much else, opens without a warning: 17 minutes at a window of 2048 and a hop of 512."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_png(path: Path) -> NDArray[np.float32]:
    """A picture in grey, 0 black … 1 white, float32 (height, width) from top to bottom.

    Raises
    ------
    UserError
        As `reading`; `exchange.too_many_pixels`.
    """
    with reading(path, KIND):
        width, height, _ = read_head(path)
        check_pixels(path, width, height)
        with Image.open(path, formats=[KIND]) as image:
            if image.mode.startswith("I"):
                return np.asarray(image).astype(np.float32) / np.float32(65535)
            return np.asarray(image.convert("L"), np.float32) / np.float32(255)


def read_head(path: Path) -> tuple[int, int, float]:
    """Width and height of a picture, and what a value is off by at most: half a step of 16 bits, or of 8.

    Raises
    ------
    ValueError
        If it is no PNG.
    """
    with path.open("rb") as file:
        head = file.read(26)
    if len(head) < 26 or head[:8] != SIGNATURE or head[12:16] != b"IHDR":
        raise ValueError("no PNG")
    width, height, bits, colour = struct.unpack(">IIBB", head[16:26])
    # Pillow keeps the 16 bits of pictures in grey alone.
    return width, height, 0.5 / 65535 if (bits, colour) == (16, 0) else 0.5 / 255


def check_pixels(path: Path, width: int, height: int) -> None:
    """Raise `exchange.too_many_pixels` where a picture is larger than programs open."""
    if width * height > MOST_PIXELS:
        raise UserError("exchange.too_many_pixels", name=path.name, width=width, height=height)


def resized(grey: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """A picture of another size: between its points where it grows, over what they cover where it shrinks."""
    if grey.shape == (height, width):
        return grey
    return np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BILINEAR), np.float32)
