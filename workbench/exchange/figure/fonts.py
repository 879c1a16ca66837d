"""The letters of figures: a plain face of this system, or else Pillow's own, which has hardly more than English."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont

FACES = ("Arial.ttf", "LiberationSans-Regular.ttf", "Helvetica.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf")
"""Files that systems have, the nearest to what journals set first."""
MEASURED = 100

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=64)
def face(size: float) -> Font:
    """The face at a size in pixels."""
    name = _found()
    return ImageFont.load_default(size) if name is None else ImageFont.truetype(name, size)


def shown(text: str) -> str:
    """A text in letters that the face has: without its accents where there is but Pillow's own."""
    if _found() is not None:
        return text
    plain = unicodedata.normalize("NFKD", text.replace("…", "..."))
    return "".join(each if each.isascii() else "?" for each in plain if not unicodedata.combining(each))


def text_width(text: str, size: float) -> float:
    """How wide a text is at a size, in the unit of the size."""
    return float(face(MEASURED).getlength(shown(text))) * size / MEASURED


@lru_cache(maxsize=1)
def _found() -> str | None:
    for name in FACES:
        try:
            ImageFont.truetype(name, 10)
        except OSError:
            continue
        return name
    return None
