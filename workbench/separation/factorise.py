"""Factorise a recording: from its settings through the engine to snapshots of where it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.model.models import Factors, Model, Shares
from workbench.nmf.harmonic_percussive import HpssMode, hpss
from workbench.nmf.matching import match_components
from workbench.nmf.rank import costs_by_components
from workbench.nmf.result import Array
from workbench.nmf.starts import singular_shares
from workbench.progress import Cancelled, Progress, part, silent
from workbench.scratch import USUAL
from workbench.separation.descents import Holds, descend
from workbench.separation.holds import Curve, Hold, held_flags, pull_hook
from workbench.separation.settings import ActivationStart, Method, RunSettings, TemplateStart, smoothness_between
from workbench.separation.starts import start
from workbench.separation.task import Task, keeps_locked, left_out
from workbench.spectral.stft import Analysis, magnitudes

PUBLISH_SECONDS = 0.08
ANALYSING = 0.1
"""Share of the work that analysing is, for a hundred iterations."""
AT_ONCE = 4096
"""Frames of V that are worked on at once where others as large are made of them."""
COUNTING = 0.1
"""The same that singular values are, where numbers of components are tried."""
TRIED_ITERATIONS = 40
"""Of each number of components that is tried."""


@dataclass(frozen=True, eq=False)
class OtherRun:
    """A run beside the one that was asked for: from another seed, or by the method to compare with.

    Attributes
    ----------
    settings : RunSettings
    factors : Factors
    costs : tuple of float
        The cost after each iteration.
    """

    settings: RunSettings
    factors: Factors
    costs: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a factorisation stands.

    Attributes
    ----------
    factors : Model
        W and H, or the masks of harmonic–percussive separation.
    costs : tuple of float
        The cost after each iteration; empty where there are none.
    settings : RunSettings
        As they were asked for; of several starts those of the best.
    others : tuple of OtherRun
        The other starts and the method compared with, at the end.
    held : tuple of int
        At the end: components whose templates were held because they were given (drums, pitches, learnt).
    """

    factors: Model
    costs: tuple[float, ...]
    settings: RunSettings
    others: tuple[OtherRun, ...] = ()
    held: tuple[int, ...] = ()


Publish = Callable[[Snapshot], None]


def unseen(snapshot: Snapshot) -> None:
    """Nobody looks on."""


def factorise(
    task: Task, progress: Progress = silent, publish: Publish = unseen, threads: int | None = None
) -> Snapshot:
    """Factorise a recording as a task asks.

    Parameters
    ----------
    progress : Progress
        Told the share done (negative for a run that goes on until stopped). A stop while the engine iterates ends it
        after that iteration, and what there is by then is returned.
    publish : callable
        Given a Snapshot now and then while the first descent is under way.
    threads : int, optional
        One a processor by default; without effect on the result.

    Raises
    ------
    UserError
        If the settings do not fit the recording, its selection or each other.
    Cancelled
        If it is stopped before there is anything to return.
    """
    settings = task.settings
    endless = settings.iterations is None and settings.method is not Method.HPSS
    analysing: Progress = (lambda share: progress(-1.0)) if endless else part(progress, 0.0, ANALYSING)
    v = magnitudes(task.recording.samples, task.analysis, settings.power, analysing)
    try:
        if settings.method is Method.HPSS:
            return _hpss(v, settings, part(progress, ANALYSING, 1.0), threads)
        return _Descents(task, v, progress, publish, threads).snapshot()
    except UserError:
        raise
    except ValueError as error:
        # The engine is a library with sentences of its own.
        raise UserError("separation.engine", reason=error) from error


def _goes_on(progress: Progress, share: float) -> bool:
    """Tell the share done; whether to go on, as the engine asks it."""
    try:
        progress(share)
    except Cancelled:
        return False
    return True


def _hpss(v: Array, settings: RunSettings, progress: Progress, threads: int | None) -> Snapshot:
    """Piece by piece, each with what its medians see beside it, so that it is the same as all at once."""
    tones, hits = (10 ** (db / 20) for db in (settings.separation, settings.percussive_separation))
    bins, frames = v.shape
    along, seen = settings.harmonic_frames | 1, settings.harmonic_frames // 2
    shares = USUAL.zeros((3 if settings.masks == HpssMode.ADVANCED else 2, frames, bins), np.float16)
    step = max(AT_ONCE, 4 * seen)
    for begin in range(0, frames, step):
        stop = min(frames, begin + step)
        first = max(0, begin - seen)
        masks = hpss(
            v[:, first : stop + seen],
            settings.masks,
            along,
            settings.percussive_bins | 1,
            harmonic_threshold=tones,
            percussive_threshold=hits,
            threads=threads,
            progress=part(progress, begin / frames, stop / frames),
        )
        shares[:, begin:stop] = masks[:, :, begin - first : stop - first].transpose(0, 2, 1)
    return Snapshot(Shares(shares), (), settings)


class _Descents:
    """One or several descents of a task (from several seeds, by a method beside it), and their publication."""

    def __init__(self, task: Task, v: Array, progress: Progress, publish: Publish, threads: int | None) -> None:
        self._task, self._v = task, v
        self._report, self._publish, self._threads = progress, publish, threads
        settings = task.settings
        tries = settings.tries if _random(task) and settings.iterations is not None else 1
        self._asked = [replace(settings, seed=settings.seed + i) for i in range(tries)]
        compared = settings.compare if settings.iterations is not None else None
        if compared is not None and compared is not settings.method:
            self._asked.append(replace(settings, method=compared))
        self._tries = tries
        self._index = 0
        self._published = 0.0
        self._latest: tuple[Array, Array] | None = None
        self._costs: list[float] = []
        self._share = -1.0 if settings.iterations is None else ANALYSING
        self._stopped = False

    def snapshot(self) -> Snapshot:
        """Run them all, or until stopped; the best of those with the task's own method comes first."""
        done: list[OtherRun] = []
        held: list[tuple[int, ...]] = []
        best = 0
        for index, settings in enumerate(self._asked):
            self._index, self._costs = index, []
            v = self._spectrogram(settings)
            w, h = start(self._task, v, settings, lambda: self._goes_on(self._share))
            given = _given(self._task, settings, w.shape[1])
            hop = self._task.analysis.hop / self._task.recording.rate
            result = descend(
                replace(settings, smoothness=smoothness_between(settings.smoothness, hop)),
                v,
                w,
                h,
                self._progress,
                self._watch,
                _holds(self._task, settings, given),
                self._drawn(settings),
                left_out(settings, v.shape[1]),
                lambda: self._goes_on(self._share),
                self._threads,
            )
            factors, order = self._arranged(result.W, result.H)
            done.append(OtherRun(settings, factors, result.costs))
            held.append(tuple(place for place, k in enumerate(order) if given[k]))
            if 0 < index < self._tries and result.costs[-1] < done[best].costs[-1]:
                best = index
            if self._stopped:
                break
        others = tuple(each for i, each in enumerate(done) if i != best)
        return Snapshot(done[best].factors, done[best].costs, done[best].settings, others, held[best])

    def _spectrogram(self, settings: RunSettings) -> Array:
        """V with the power that the method wants: a method that runs beside another may want its own."""
        ratio = settings.power / self._task.settings.power
        if ratio == 1:
            return self._v
        bins, frames = self._v.shape
        out = USUAL.zeros((frames, -(-bins // 16) * 16), np.float32)[:, :bins]
        for begin in range(0, frames, AT_ONCE):
            piece = slice(begin, begin + AT_ONCE)
            np.power(self._v.T[piece], np.float32(ratio), out=out[piece])
        return out.T

    def _drawn(self, settings: RunSettings) -> bool:
        """Whether nothing is given of the start: FluCoMa's own random numbers then come first."""
        random = settings.templates is TemplateStart.RANDOM and settings.activations is ActivationStart.RANDOM
        return random and not self._task.going_on

    def _watch(self, w: Array, h: Array) -> None:
        self._latest = w, h

    def _progress(self, iteration: int, cost: float) -> bool:
        self._costs.append(cost)
        now = monotonic()
        if self._index == 0 and now - self._published > PUBLISH_SECONDS and self._latest is not None:
            self._published = now
            factors, _ = self._arranged(*self._latest)
            self._publish(Snapshot(factors, tuple(self._costs), self._asked[0]))
        total = self._task.settings.iterations
        if total is None:
            return self._goes_on(-1.0)
        return self._goes_on(ANALYSING + (1 - ANALYSING) * (self._index + iteration / total) / len(self._asked))

    def _goes_on(self, share: float) -> bool:
        self._share = share
        self._stopped = self._stopped or not _goes_on(self._report, share)
        return not self._stopped

    def _arranged(self, w: Array, h: Array) -> tuple[Factors, list[int]]:
        """The order, and a copy with every component in the place of the one that it is most like."""
        fixed = {k for k, _ in self._task.known}
        order = arrangement(w, h, self._task.present, self._task.places, fixed)
        factors = Factors(np.array(w[:, order], np.float32, order="C"), np.array(h[order], np.float32, order="C"))
        # What the masks need of them is computed here and kept, so that whoever shows them does not wait for it.
        _ = factors.scaled
        return factors, order


def _random(task: Task) -> bool:
    """Whether another seed makes another start."""
    s = task.settings
    if task.going_on or s.templates is TemplateStart.NNDSVD:
        return False
    return s.templates is TemplateStart.RANDOM or s.activations is ActivationStart.RANDOM


def _given(task: Task, settings: RunSettings, count: int) -> list[bool]:
    """Of each component whether its template is to be held because it was given."""
    given = count
    if task.going_on:
        if task.held and settings.hold_templates:
            return [k in task.held for k in range(count)]
    elif settings.templates is TemplateStart.SELECTION:
        given = settings.learnt or count
    elif settings.templates in (TemplateStart.DRUMS, TemplateStart.PITCHED):
        given = count - settings.others
    return [settings.hold_templates and k < given for k in range(count)]


def _holds(task: Task, settings: RunSettings, given: list[bool]) -> Holds:
    """Which curves are held: templates that were given, what the user holds, and those of locked layers.

    Raises
    ------
    UserError
        If all are.
    """
    kept = task.locked if task.going_on and keeps_locked(settings) else ()
    count = len(given)
    locked = [k in kept for k in range(count)]
    held = [(k, each) for k, each in task.known if isinstance(each, Hold)]
    by_hand = [held_flags(held, curve, count) for curve in (Curve.TEMPLATE, Curve.ACTIVATION)]
    templates = [a or b or c for a, b, c in zip(given, locked, by_hand[0], strict=True)]
    activations = [settings.hold_activations or b or c for b, c in zip(locked, by_hand[1], strict=True)]
    if all(templates) and all(activations):
        raise UserError("separation.all_held")
    return Holds(templates, activations, pull_hook(held, settings))


def arrangement(
    w: Array, h: Array, present: Model | None, places: Sequence[int | None], fixed: Collection[int] = ()
) -> list[int]:
    """For each place the component that comes there: by similarity to the present one of that place.

    Parameters
    ----------
    w, h : arrays, shapes (F, K) or (F, K, T), and (K, N)
    present : Model or None
        What was there before.
    places : sequence of int or None
        For each of the K places the component of `present` that it belongs to, if any.
    fixed : collection of int
        Components that are in their places already: something of them is held.

    Returns
    -------
    list of int
        A permutation of the K components.
    """
    count = w.shape[1]
    wanted = [(place, old) for place, old in enumerate(places) if old is not None and place not in fixed]
    if not isinstance(present, Factors) or not wanted or present.W.shape[0] != w.shape[0]:
        return list(range(count))
    old = [o for _, o in wanted]
    free = [k for k in range(count) if k not in fixed]
    matched = match_components(present.W[:, old], present.H[old], w[:, free], h[free])
    order = {k: k for k in fixed}
    order |= {place: free[new] for (place, _), new in zip(wanted, matched, strict=True) if new >= 0}
    rest = iter(sorted(set(range(count)) - set(order.values())))
    return [order[place] if place in order else next(rest) for place in range(count)]


def choose_components(
    recording: Recording,
    analysis: Analysis,
    settings: RunSettings,
    candidates: Sequence[int],
    progress: Progress = silent,
) -> tuple[list[float], Array]:
    """What speaks for a number of components.

    Parameters
    ----------
    settings : RunSettings
        Of which the divergence and the seed matter.
    candidates : sequence of int
        Numbers to try, rising.

    Returns
    -------
    costs : list of float
        The cost that each number reaches with plain NMF.
    shares : array
        What the largest 1, 2, 3 … singular values are together of the sum of all.

    Raises
    ------
    UserError
        If the engine can't try these.
    Cancelled
        If it is stopped.
    """
    v = magnitudes(recording.samples, analysis, settings.power, part(progress, 0.0, ANALYSING))
    trying, total = part(progress, ANALYSING, 1.0 - COUNTING), TRIED_ITERATIONS * len(candidates)
    try:
        costs = costs_by_components(
            v,
            candidates,
            settings.beta_value,
            TRIED_ITERATIONS,
            settings.seed,
            lambda i, cost: _goes_on(trying, i / total),
        )
    except ValueError as error:
        raise UserError("separation.engine", reason=error) from error
    if len(costs) < len(candidates):
        raise Cancelled
    return costs, singular_shares(v, part(progress, 1.0 - COUNTING, 1.0))
