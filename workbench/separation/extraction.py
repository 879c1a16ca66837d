"""One sound out of a recording, by an example of it: what was selected, or painted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.edits.area import Area
from workbench.masks.insight.similar import repeated, similar_events
from workbench.masks.model.models import Factors
from workbench.masks.stack import Stack
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.result import Array
from workbench.nmf.starts import random_start
from workbench.progress import Cancelled, Progress, part, silent
from workbench.spectral.stft import Analysis, magnitudes

Doubles = NDArray[np.float64]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Bins and frames of some places."""

COMPONENTS, ITERATIONS, SEED = 20, 100, 0
"""Of the factorisation that knows nothing of the example: of 12, 20, 40 and 80, 20 did best from ten marks on."""
LEAST_LIKENESS = 0.7
"""Of events that count as further examples."""
AWAY_WEIGHT = 0.3
"""What energy above and below an example counts against energy in it. Who draws around a part of a sound says less of
what lies farther up and down than of what he left out between."""
CAUTION = 0.005
"""Weight of the wish that a component is no part of the sound, where the example hardly tells."""
MOST_PLACES = 15_000
"""In the example, and as many beside it, that are looked at."""
MOST_FRAMES = 600
"""Of an example that has more, evenly chosen ones are looked at."""
CHUNK, HALF = 4096, 127
"""Frames read at once; coverage above which a place is in the example."""
WHOLLY = 0.02
"""A component of which less than this belongs to one side belongs to the other."""


@dataclass(frozen=True, eq=False)
class Extraction:
    """Two parts of a recording.

    Attributes
    ----------
    factors : Factors
        The components of the sound, then those of the rest; one that belongs to both is there twice, in shares.
    sound : int
        How many components the sound has; at least one, and so has the rest.
    events : int
        How many events like the example were found.
    """

    factors: Factors
    sound: int
    events: int


def extract(
    recording: Recording,
    stack: Stack,
    area: Area,
    analysis: Analysis,
    progress: Progress = silent,
    threads: int | None = None,
) -> Extraction:
    """Divide a recording into the sound of which an area is an example, and the rest.

    The recording is factorised without regard to the example (Kullback–Leibler). Which share of each component is the
    sound is then what explains the example best: see `shares_of_sound`. Events like the example count as examples too.

    Parameters
    ----------
    recording : Recording
    stack : Stack
        Whose levels tell where there are similar events.
    area : Area
        Where the sound is, of whatever shape.
    analysis : Analysis
    progress : Progress
        Told the share done.
    threads : int, optional
        One a processor by default; without effect on the result.

    Raises
    ------
    UserError
        `separation.example_silent`: nothing sounds in the example. `separation.example_all`: all there is belongs to
        it, so that there is no rest.
    Cancelled
        If it is stopped.
    """
    v = magnitudes(recording.samples, analysis, 1.0, part(progress, 0.0, 0.1))
    if not area:
        raise UserError("separation.example_silent")
    if not area.inverted():
        raise UserError("separation.example_all")
    events: list[int] = []
    bounds = area.bounds
    if bounds.stop - bounds.start < area.frames and stack.levels is not None:
        events = similar_events(stack, area, LEAST_LIKENESS, analysis, part(progress, 0.1, 0.2))
        area = repeated(area, events)
    inside, beside, away = _places(area)
    if not len(inside[0]) or float(v[inside].max()) == 0.0:
        raise UserError("separation.example_silent")
    w, h = _factorised(v, part(progress, 0.2, 1.0), threads)
    shares = shares_of_sound(v, w, h, inside, beside, away)
    sound, rest = shares > WHOLLY, shares < 1 - WHOLLY
    # Whatever the example says, there are two parts.
    sound[np.argmax(shares)] = rest[np.argmin(shares)] = True
    # A component that is wholly on one side is not divided.
    divided = np.where(rest, shares, 1.0)[sound], np.where(sound, 1 - shares, 1.0)[rest]
    templates = np.concatenate([w[:, sound] * divided[0], w[:, rest] * divided[1]], axis=1)
    factors = Factors(np.ascontiguousarray(templates, np.float32), np.concatenate([h[sound], h[rest]]))
    _ = factors.scaled
    return Extraction(factors, int(sound.sum()), len(events))


def _factorised(v: Array, progress: Progress, threads: int | None) -> tuple[Array, Array]:
    """W and H of a factorisation from a random start; stopped, it has come to nothing."""
    stopped: list[Cancelled] = []

    def goes_on(iteration: int, cost: float) -> bool:
        try:
            progress(iteration / ITERATIONS)
        except Cancelled as stop:
            stopped.append(stop)
        return not stopped

    found = factorise_fast(
        v, *random_start(v, COMPONENTS, SEED), iterations=ITERATIONS, progress=goes_on, threads=threads
    )
    if stopped:
        raise stopped[0]
    return found.W, found.H


def shares_of_sound(v: Array, w: Array, h: Array, inside: Places, beside: Places, away: Places) -> Doubles:
    """Which share of each component is the sound, by places where it sounds and places where it was not marked.

    The a in [0, 1] that minimise

        Σ_inside v² (s − 1)² + Σ_beside v² s² + 0.3 Σ_away v² s² + 0.005 (Σ_inside v²) ‖a‖²,  s = Σ_k a_k m_k,

    where m_k are the computed masks: bounded least squares, which has one solution.

    Parameters
    ----------
    v : array, shape (F, N)
    w, h : arrays, shapes (F, K) and (K, N)
    inside, beside, away : Places
        In the example, between its lowest and highest frequency, and above and below. Of more than `MOST_PLACES` in one
        of them, as many are drawn, always the same.

    Returns
    -------
    float64, shape (K,)
    """
    masks, weights = _looked_at(v, w, h, inside)
    whole = float(weights.sum())
    square = (masks * weights[:, None]).T @ masks
    towards = weights @ masks
    for weight, places in ((1.0, beside), (AWAY_WEIGHT, away)):
        masks, weights = _looked_at(v, w, h, places)
        square += weight * (masks * weights[:, None]).T @ masks
    square = square / whole + CAUTION * np.eye(len(square))
    root = scipy.linalg.cholesky(square)
    target = scipy.linalg.solve_triangular(root, towards / whole, trans=1)
    out: Doubles = np.asarray(lsq_linear(root, target, (0.0, 1.0)).x, np.float64)
    return out


def _looked_at(v: Array, w: Array, h: Array, places: Places) -> tuple[Doubles, Doubles]:
    """Computed masks (n, K) and weights v² (n,) at some of the places; the weights stand for all of them."""
    rows, columns = places
    share = 1.0
    if len(rows) > MOST_PLACES:
        drawn = np.random.default_rng(SEED).choice(len(rows), MOST_PLACES, replace=False)
        share = len(rows) / MOST_PLACES
        rows, columns = rows[drawn], columns[drawn]
    model = w[rows].astype(np.float64) * h[:, columns].T
    total = model.sum(axis=1, keepdims=True)
    masks = np.divide(model, total, out=np.full_like(model, 1 / model.shape[1]), where=total > 0)
    return masks, v[rows, columns].astype(np.float64) ** 2 * share


def _places(area: Area) -> tuple[Places, Places, Places]:
    """Of the frames in which an area covers any place: those that it covers by more than half, the others between its
    lowest and highest frequency, and those above and below."""
    bounds = area.bounds
    every, within = np.arange(area.bins), np.arange(bounds.low, bounds.high)
    chunks = (np.arange(at, min(at + CHUNK, bounds.stop)) for at in range(bounds.start, bounds.stop, CHUNK))
    covered = [chunk[(area.read(within, chunk) > HALF).any(axis=0)] for chunk in chunks]
    columns = np.concatenate(covered) if covered else np.zeros(0, np.intp)
    if len(columns) > MOST_FRAMES:
        columns = columns[np.linspace(0, len(columns) - 1, MOST_FRAMES).astype(np.intp)]
    held = area.read(every, columns) > HALF
    drawn_around = ((every >= bounds.low) & (every < bounds.high))[:, None]
    inside, beside, away = (np.nonzero(flags) for flags in (held, ~held & drawn_around, ~held & ~drawn_around))
    return (inside[0], columns[inside[1]]), (beside[0], columns[beside[1]]), (away[0], columns[away[1]])
