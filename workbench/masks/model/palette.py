"""The colours that layers and groups get by themselves, and which of them comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

PALETTE = (
    *("#2d96ff", "#f0f02d", "#e13c0f", "#00ffe1", "#a55ab4", "#ffb487", "#5a8769", "#a5c3ff", "#ff78b4", "#b4a500"),
    *("#875af0", "#00c3d2", "#b4f0a5", "#b4d20f", "#00a55a", "#78a596"),
    *("#d296ff", "#5a78d2", "#d2780f", "#00e1a5", "#877896", "#78c35a", "#9687d2", "#d28778"),
)
"""Found by exchange: the first ten, the first sixteen and all are as far from each other as may be, to the normal eye
and to those that lack one kind of cones (protanopia, deuteranopia, tritanopia), among colours that are neither dark
nor glaring. `tests/masks/test_palette.py` has the distances."""


def palette_colour(index: int) -> str:
    """Colour number `index`, from the palette in turn."""
    return PALETTE[index % len(PALETTE)]


def least_used(used: Sequence[str], first: int = 0) -> str:
    """The palette's next colour that is used least, from number `first` on; not the last that was used.

    Parameters
    ----------
    used : sequence of str
        Colours in use, '#rrggbb'; one of another palette or chosen by hand counts for the one that is most like it.
    """
    nearest = [_nearest(colour) for colour in used]
    count, last = Counter(nearest), nearest[-1] if nearest else ""
    order = [palette_colour(first + i) for i in range(len(PALETTE))]
    return min(order, key=lambda colour: (count[colour], colour == last))


def _nearest(colour: str) -> str:
    red, green, blue = _rgb(colour)

    def distance(other: str) -> int:
        r, g, b = _rgb(other)
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2

    return min(PALETTE, key=distance)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
