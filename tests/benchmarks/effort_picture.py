"""The curves of quality against effort as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.effort_user import CLICK_SECONDS, STROKE_SECONDS

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 250, 20, 50
COLOURS = ("#2f6fde", "#8fb4f5", "#7f8794", "#d3541f", "#f0a98a", "#b6b8c4")
APART = ("#2f6fde", "#d3541f", "#3d8f5f", "#8a4fbf")
TIMES = (6, 10, 20, 40, 80, 160, 320)


def draw(path: Path, curves: Mapping[str, Mapping[float, float]], levels: Mapping[str, float]) -> None:
    """Write an SVG: distance to the oracle over seconds of work, with what takes no work as dashed lines.

    Parameters
    ----------
    curves : mapping of str to mapping of float to float
        For each row the distance in dB by number of marks; names end in 'clicks' or 'strokes'.
    levels : mapping of str to float
    """
    most = math.ceil(max([*levels.values(), *(y for curve in curves.values() for y in curve.values())]) / 2) * 2

    def x(seconds: float) -> float:
        share = math.log(seconds / TIMES[0]) / math.log(TIMES[-1] / TIMES[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(db: float) -> float:
        return TOP + db / most * (HEIGHT - TOP - BOTTOM)

    out = _begun()
    for db in range(0, most + 1, 2):
        out.append(_line(LEFT, y(db), WIDTH - RIGHT, y(db), "#e3e5ea"))
        out.append(_text(LEFT - 8, y(db) + 4, f"{-db}", "end"))
    for seconds in TIMES:
        out.append(_line(x(seconds), TOP, x(seconds), HEIGHT - BOTTOM, "#e3e5ea"))
        out.append(_text(x(seconds), HEIGHT - BOTTOM + 18, f"{seconds} s", "middle"))
    out.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "seconds of work", "middle"))
    out.append(_text(LEFT, 13, "dB SDR below the oracle", "start"))
    # The curves rise: the lowest line is free at its end, the others at their beginning.
    lowest = max(levels.values(), default=0.0)
    for name, db in levels.items():
        out.append(_line(LEFT, y(db), WIDTH - RIGHT, y(db), "#9aa1ad", ' stroke-dasharray="5 4"'))
        at, anchor = (WIDTH - RIGHT - 6, "end") if db == lowest else (LEFT + 6, "start")
        out.append(_text(at, y(db) - 5, name, anchor, "#6b7280"))
    for place, ((name, curve), colour) in enumerate(zip(curves.items(), COLOURS, strict=False)):
        price = CLICK_SECONDS if name.endswith("clicks") else STROKE_SECONDS
        points = [(x(count * price), y(db)) for count, db in sorted(curve.items()) if count * price >= TIMES[0]]
        out += [*_curve(points, colour), *_named(name, colour, place)]
    path.write_text("\n".join([*out, "</svg>", ""]), encoding="utf-8")


def draw_climb(path: Path, climbs: Mapping[str, Sequence[float]], ideals: Mapping[str, float]) -> None:
    """Write an SVG: the SDR of each source after each of its clicks, with the ideal ratio mask's as dashed lines.

    Parameters
    ----------
    climbs : mapping of str to sequence of float
        In dB, from before the first click on.
    ideals : mapping of str to float
        In dB.
    """
    every = [*ideals.values(), *(db for climb in climbs.values() for db in climb)]
    low, high = (2 * round_(value / 2) for round_, value in ((math.floor, min(every)), (math.ceil, max(every))))
    clicks = max(map(len, climbs.values())) - 1

    def x(click: float) -> float:
        return LEFT + click / clicks * (WIDTH - LEFT - RIGHT)

    def y(db: float) -> float:
        return TOP + (high - db) / (high - low) * (HEIGHT - TOP - BOTTOM)

    out = _begun()
    for db in range(low, high + 1, 4):
        out += [_line(LEFT, y(db), WIDTH - RIGHT, y(db), "#e3e5ea"), _text(LEFT - 8, y(db) + 4, f"{db}", "end")]
    for click in range(clicks + 1):
        out += [_line(x(click), TOP, x(click), HEIGHT - BOTTOM, "#e3e5ea")]
        out += [_text(x(click), HEIGHT - BOTTOM + 18, f"{click}", "middle")]
    out.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "clicks on this instrument", "middle"))
    out.append(_text(LEFT, 13, "dB SDR; dashed: the ideal ratio mask", "start"))
    for place, ((name, climb), colour) in enumerate(zip(climbs.items(), APART, strict=False)):
        out.append(_line(LEFT, y(ideals[name]), WIDTH - RIGHT, y(ideals[name]), colour, ' stroke-dasharray="5 4"'))
        out += _curve([(x(click), y(db)) for click, db in enumerate(climb)], colour)
        out += _named(name, colour, place)
    path.write_text("\n".join([*out, "</svg>", ""]), encoding="utf-8")


def _begun() -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]


def _curve(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>',
        *(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points),
    ]


def _named(name: str, colour: str, place: int) -> list[str]:
    at = TOP + 16 + 22 * place
    line = _line(WIDTH - RIGHT + 18, at, WIDTH - RIGHT + 42, at, colour, ' stroke-width="3"')
    return [line, _text(WIDTH - RIGHT + 50, at + 4, name, "start")]


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"{more}/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#374151") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
