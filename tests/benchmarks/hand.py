"""A hand at work, as a recording: strokes as people draw them, and what they do between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

MOTIONS = 125.0
"""Motions a second, as an ordinary mouse tells them."""
SONG_STEPS = 19
"""Steps of the wheel from five minutes in view to ten seconds; each zooms by 1.2."""
ZOOM = 1.2
VISIT = 3
"""Strokes in one place, before the hand goes to another: so many while the playhead goes through ten seconds."""
KEYS = {"ctrl": 0xFFE3, "shift": 0xFFE1, "alt": 0xFFE9, "up": 0xFF52, "down": 0xFF54}
"""Keys that are no letters, as X names them."""
LEFT, WHEEL_UP, WHEEL_DOWN = 1, 4, 5
"""Buttons, of which the wheel is two."""
KEYSTROKE, NOTCH = 0.11, 0.028
"""Seconds from one key to the next, and from one step of the wheel to the next."""
SHORTEST_PAUSE = 0.08
SHAPES = (0.4, 0.25, 0.05, 0.3)
"""How often which of the other brushes is taken: box, time strip, frequency strip (over all of the song), comb."""
MOST_RESIZED = 6
"""Steps by which the brush is larger or smaller than at first, at most."""
Doubles = NDArray[np.float64]
Row = tuple[float, float, float, float]


class Kind(IntEnum):
    """What an event is: a motion to (x, y), or a button or key (by its number) that goes down (1) or comes up (0)."""

    MOTION = 0
    BUTTON = 1
    KEY = 2


@dataclass(frozen=True)
class Act:
    """Something that the hand does.

    Attributes
    ----------
    name : str
        'stroke', 'erase', 'look' …; one without events is done by the program itself.
    events : tuple of rows
        (second from its beginning, `Kind`, and two values).
    seconds : float
        How long it takes.
    value : float
        What an act without events is told.
    """

    name: str
    events: tuple[Row, ...] = ()
    seconds: float = 0.0
    value: float = 0.0

    @property
    def draws(self) -> bool:
        """Whether it is a stroke."""
        return self.name in ("stroke", "erase")


@dataclass(frozen=True)
class Canvas:
    """Where the spectrogram is on the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int


def stroke_path(rng: np.random.Generator, start: Doubles, size: tuple[float, float]) -> Doubles:
    """Places of a hand at 125 Hz, (n, 2) from `start` on: a curve with a speed of least jerk, and tremor.

    Parameters
    ----------
    size : (float, float)
        Width and height of what is drawn on, from (0, 0): the hand stays on it.
    """
    seconds = 0.3 + 1.7 * rng.beta(1.3, 2.6)
    t = np.arange(0.0, seconds, 1 / MOTIONS)
    share = t / seconds
    along = (10 * share**3 - 15 * share**4 + 6 * share**5)[:, None]
    length, heading = rng.uniform(120, 260) * seconds, rng.uniform(0, 2 * np.pi)
    way = length * np.array([np.cos(heading), 0.6 * np.sin(heading)])
    # Back to where there is room: nobody draws along the edge.
    way = np.where((start + way < 0) | (start + way > size), -way, way)
    bend = rng.uniform(-0.35, 0.35) * way[::-1] * (-1, 1)
    curve = 2 * along * (1 - along) * (way / 2 + bend) + along**2 * way
    tremor = sum(
        rng.uniform(0.2, 0.6) * np.sin(2 * np.pi * hertz * t[:, None] + rng.uniform(0, 2 * np.pi, 2))
        for hertz in rng.uniform(8, 12, 2)
    )
    return np.asarray(np.clip(start + curve + tremor, 0, size))


class Hand:
    """Makes the acts of a hand on a canvas, from a seed."""

    def __init__(self, canvas: Canvas, song: float, rng: np.random.Generator) -> None:
        self._canvas, self._song, self._rng = canvas, song, rng
        self._at = np.array([canvas.width / 2, canvas.height / 2])
        self._resized = 0

    def _on_screen(self, place: Doubles) -> tuple[float, float]:
        return self._canvas.left + round(float(place[0])), self._canvas.top + round(float(place[1]))

    def _motions(self, places: Doubles, begin: float) -> tuple[Row, ...]:
        """To all places, one after the other; a mouse tells only of pixels that are others."""
        rows, last = [], (-1.0, -1.0)
        for number, place in enumerate(places):
            here = self._on_screen(place)
            if here != last:
                rows.append((begin + number / MOTIONS, float(Kind.MOTION), *here))
                last = here
        return tuple(rows)

    def _reach(self, to: Doubles, seconds: float) -> tuple[Row, ...]:
        """Over to a place, with no button down."""
        share = np.arange(1, round(seconds * MOTIONS) + 1)[:, None] / round(seconds * MOTIONS)
        along = 10 * share**3 - 15 * share**4 + 6 * share**5
        rows, self._at = self._motions(self._at + along * (to - self._at), 0.0), to
        return rows

    def stroke(self, name: str) -> Act:
        """Over to any place, press, draw, let go."""
        size = self._canvas.width - 1.0, self._canvas.height - 1.0
        start = self._rng.uniform((30, 20), (size[0] - 30, size[1] - 20))
        reach = self._rng.uniform(0.2, 0.45)
        rows = self._reach(start, reach)
        places = stroke_path(self._rng, start, size)
        drawn = self._motions(places, reach + 0.04)
        end = reach + 0.04 + len(places) / MOTIONS
        self._at = places[-1]
        press = (reach + 0.02, float(Kind.BUTTON), float(LEFT), 1.0)
        return Act(name, (*rows, press, *drawn, (end, float(Kind.BUTTON), float(LEFT), 0.0)), end)

    def keys(self, name: str, *pressed: str) -> Act:
        """Keys one after the other, each with those that are held, as 'ctrl+z'."""
        rows: list[Row] = []
        t = 0.0
        for each in pressed:
            codes = [float(KEYS.get(key, ord(key[0]))) for key in each.split("+")]
            downs = [(t + 0.01 * i, float(Kind.KEY), code, 1.0) for i, code in enumerate(codes)]
            ups = [(t + 0.05 + 0.01 * i, float(Kind.KEY), code, 0.0) for i, code in enumerate(reversed(codes))]
            rows += downs + ups
            t += KEYSTROKE
        return Act(name, tuple(rows), t)

    def wheel(self, name: str, steps: int, begin: float = 0.0, held: str = "") -> Act:
        """Turn the wheel, up for a number above 0, where the hand is."""
        rows: list[Row] = [(begin, float(Kind.KEY), float(KEYS[held]), 1.0)] if held else []
        t, button = begin + 0.02, float(WHEEL_UP if steps > 0 else WHEEL_DOWN)
        for _ in range(abs(steps)):
            rows += [(t, float(Kind.BUTTON), button, 1.0), (t + 0.005, float(Kind.BUTTON), button, 0.0)]
            t += NOTCH
        if held:
            rows.append((t, float(Kind.KEY), float(KEYS[held]), 0.0))
        return Act(name, tuple(rows), t + 0.02)

    def look(self, second: float) -> Iterator[Act]:
        """Play from a place on, and zoom in on it from the whole song: about ten seconds come into view."""
        width = self._canvas.width
        x = float(round(second / self._song * width))
        span, pivot = self._song / ZOOM**SONG_STEPS, x / width * self._song
        yield Act("seek", value=pivot - x / width * span + 0.2)
        yield self.keys("look", "f")
        reach = self._reach(np.array([x, self._at[1]]), 0.3)
        turned = self.wheel("look", SONG_STEPS, 0.32)
        yield Act("look", (*reach, *turned.events), turned.seconds)

    def around(self, draw: Act) -> Iterator[Act]:
        """A stroke, with what people do before and after it."""
        rng = self._rng
        if rng.random() < 0.5:
            way = "alt+down" if rng.random() < 0.6 else "alt+up"
            yield self.keys("choose a layer", *[way] * int(rng.integers(1, 4)))
        if rng.random() < 0.25:
            by = int(rng.integers(1, 4)) * (1 if rng.random() > 0.5 + self._resized / (2 * MOST_RESIZED) else -1)
            self._resized += by
            yield self.keys("size", *["]" if by > 0 else "["] * abs(by))
        what = rng.random()
        if draw.name == "erase":
            before, after = self.keys("tool", "e"), self.keys("tool", "b")
        elif what < 0.1:
            further = int(rng.choice(len(SHAPES), p=SHAPES)) + 1
            before, after = self.keys("shape", *["."] * further), self.keys("shape", *[","] * further)
        elif what < 0.2:
            before, after = self.wheel("zoom", 2), self.wheel("zoom", -2)
        elif what < 0.25:
            before, after = self.wheel("scroll", 2, held="shift"), self.wheel("scroll", -2, held="shift")
        else:
            yield draw
            return
        yield from (before, draw, after)


def worked(canvas: Canvas, song: float, strokes: int, same: float, seed: int = 0) -> list[Act]:
    """All acts: half of the strokes in the same ten seconds, a twelfth erases, every twentieth is undone."""
    rng = np.random.default_rng(seed)
    hand = Hand(canvas, song, rng)
    acts = [hand.keys("tool", "b")]
    for number in range(strokes):
        if number % VISIT == 0:
            at = same if number // VISIT % 2 == 0 else float(rng.uniform(0.05, 0.95)) * song
            acts += hand.look(at)
        acts += hand.around(hand.stroke("erase" if number % 12 == 7 else "stroke"))
        if number % 20 == 19:
            acts.append(hand.keys("undo", "ctrl+z"))
            if number % 60 == 19:
                acts.append(hand.keys("redo", "ctrl+shift+z"))
        if number % max(1, strokes // 4) == strokes // 8:
            acts.append(Act("threshold", value=number))
        if number == strokes // 2:
            acts.append(Act("median", value=number))
    return acts


def paced(acts: list[Act], seconds: float, seed: int = 1) -> list[tuple[float, Act]]:
    """When each begins, with pauses as uneven as a person's; if there is too much to do, it takes longer."""
    rng = np.random.default_rng(seed)
    left = seconds - sum(act.seconds for act in acts) - SHORTEST_PAUSE * len(acts)
    pauses = SHORTEST_PAUSE + rng.dirichlet(np.ones(len(acts))) * max(0.0, left)
    starts = np.cumsum([0.0, *(act.seconds + pause for act, pause in zip(acts, pauses, strict=True))])
    return [(float(start), act) for start, act in zip(starts, acts, strict=False)]
