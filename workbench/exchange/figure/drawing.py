"""A drawing as a list of primitives, in points (1/72 inch) from the upper left, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.exchange.figure.fonts import text_width

Points = NDArray[np.float64]
INK, QUIET, PAPER = "#1a1a1a", "#5a5a5a", "#ffffff"


@dataclass(frozen=True)
class Box:
    """A rectangle.

    Attributes
    ----------
    x, y, width, height : float
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """y of its lower side."""
        return self.y + self.height


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture within a box.

    Attributes
    ----------
    box : Box
    pixels : uint8, shape (height, width, 3)
        Red, green, blue, from the top.
    """

    box: Box
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Shape:
    """A line, or what it surrounds.

    Attributes
    ----------
    points : float64, shape (n, 2)
    stroke, fill : str
        '#rrggbb'; '' for none. What is filled is closed.
    width : float
        Of the line.
    """

    points: Points
    stroke: str = INK
    fill: str = ""
    width: float = 0.5


@dataclass(frozen=True)
class Text:
    """A line of text.

    Attributes
    ----------
    x, y : float
        Where its anchor stands: that end of its base line.
    text : str
    size : float
        Height of the letters' square.
    anchor : str
        'start', 'middle' or 'end'.
    colour : str
    upward : bool
        Turned to be read from below.
    """

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    colour: str = INK
    upward: bool = False


@dataclass
class Drawing:
    """What is drawn, the first at the bottom.

    Attributes
    ----------
    width, height : float
    items : list of Raster, Shape or Text
    """

    width: float
    height: float
    items: list[Raster | Shape | Text] = field(default_factory=list)

    def raster(self, box: Box, pixels: NDArray[np.uint8]) -> None:
        """Add a picture."""
        self.items.append(Raster(box, pixels))

    def line(self, points: Points, colour: str = INK, width: float = 0.5) -> None:
        """Add a line."""
        self.items.append(Shape(np.asarray(points, np.float64), colour, "", width))

    def area(self, points: Points, fill: str, stroke: str = "", width: float = 0.4) -> None:
        """Add what a line surrounds."""
        self.items.append(Shape(np.asarray(points, np.float64), stroke, fill, width))

    def frame(self, box: Box, stroke: str = INK, fill: str = "", width: float = 0.5) -> None:
        """Add a rectangle."""
        corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom), (box.x, box.y)]
        self.items.append(Shape(np.array(corners, np.float64), stroke, fill, width))

    def text(
        self, x: float, y: float, text: str, size: float, anchor: str = "start", colour: str = INK, upward: bool = False
    ) -> None:
        """Add a line of text whose letters are as high above `y` as below."""
        drop = MIDDLE * size
        self.items.append(
            Text(x + (drop if upward else 0.0), y + (0.0 if upward else drop), text, size, anchor, colour, upward)
        )


MIDDLE = 0.35
"""From the middle of letters to their base line, in sizes."""


def shortened(text: str, size: float, width: float) -> str:
    """A text as far as there is room for it, with … where it ends early; '' where there is none."""
    if text_width(text, size) <= width:
        return text
    for end in range(len(text) - 1, 0, -1):
        short = text[:end].rstrip() + "…"
        if text_width(short, size) <= width:
            return short
    return ""
