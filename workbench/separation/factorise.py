"""The job that factorises a recording: from settings through the engine to snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.jobs.runner import Job
from workbench.masks.model.models import Factors, Model, Shares
from workbench.nmf.harmonic_percussive import hpss
from workbench.nmf.matching import match_components
from workbench.nmf.rank import costs_by_components
from workbench.nmf.result import Array
from workbench.nmf.starts import singular_shares
from workbench.progress import Cancelled
from workbench.separation.descents import Holds, descend
from workbench.separation.settings import RunSettings
from workbench.separation.starts import Task, keeps_locked, left_out, start
from workbench.spectral.stft import Analysis, magnitudes

PUBLISH_SECONDS = 0.08


@dataclass(frozen=True, eq=False)
class OtherRun:
    """A run beside the one that was asked for: another seed, or the method to compare with."""

    settings: RunSettings
    factors: Factors
    costs: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a factorisation stands."""

    factors: Model
    costs: tuple[float, ...]
    settings: RunSettings
    others: tuple[OtherRun, ...] = ()
    held: tuple[int, ...] = ()


def run(job: Job, task: Task) -> Snapshot:
    """Factorise; publishes Snapshots on the way, and keeps what there is when cancelled.

    Raises
    ------
    UserError
        If the settings do not fit the recording, its selection or each other.
    """
    settings = task.settings
    endless = settings.iterations is None and settings.method != "hpss"
    # Analysing is counted as a tenth of the work, which it is for a hundred iterations.
    v = magnitudes(
        task.recording.samples,
        task.analysis,
        settings.power,
        lambda share: job.report(-1.0 if endless else 0.1 * share),
    )
    if job.cancelled:
        raise Cancelled
    if settings.method == "hpss":
        return _hpss(job, v, settings)
    try:
        return _Descents(job, task, v).run()
    except UserError:
        raise
    except ValueError as error:
        # The engine's sentences are for users too.
        raise UserError(str(error)) from error


def _hpss(job: Job, v: Array, settings: RunSettings) -> Snapshot:
    tones, hits = (10 ** (db / 20) for db in (settings.separation, settings.percussive_separation))
    masks = hpss(
        v,
        settings.masks,
        settings.harmonic_frames | 1,
        settings.percussive_bins | 1,
        harmonic_threshold=tones,
        percussive_threshold=hits,
        progress=lambda i, left: job.report(1 - 0.9 * left),
    )
    if masks is None:
        raise Cancelled
    return Snapshot(Shares(np.ascontiguousarray(masks.transpose(0, 2, 1), np.float16)), (), settings)


class _Descents:
    """One or several descents of a task, and their publication."""

    def __init__(self, job: Job, task: Task, v: Array) -> None:
        self._job, self._task, self._v = job, task, v
        settings = task.settings
        random = not task.going_on and "random" in (settings.templates, settings.activations)
        random = random and settings.templates != "nndsvd"
        tries = settings.tries if random and settings.iterations is not None else 1
        runs = [replace(settings, seed=settings.seed + i) for i in range(tries)]
        if settings.compare and settings.compare != settings.method and settings.iterations is not None:
            runs.append(replace(settings, method=settings.compare))
        self._runs, self._compared = runs, len(runs) > tries
        self._index = 0
        self._last = 0.0
        self._latest: tuple[Array, Array] | None = None
        self._costs: list[float] = []

    def run(self) -> Snapshot:
        done: list[OtherRun] = []
        held: list[tuple[int, ...]] = []
        best = 0
        for index, settings in enumerate(self._runs):
            self._index, self._costs = index, []
            v = self._spectrogram(settings)
            w, h = start(self._task, v, settings)
            given = self._given(settings, w.shape[1])
            hold = self._held(settings, given)
            out = left_out(self._task, settings, v.shape[1])
            result = descend(
                settings,
                v,
                w,
                h,
                self._progress,
                self._watch,
                hold,
                self._drawn(settings),
                out,
                lambda: not self._job.cancelled,
            )
            factors, order = self._arranged(result.W, result.H)
            done.append(OtherRun(settings, factors, result.costs))
            held.append(tuple(place for place, k in enumerate(order) if given[k]))
            compared = self._compared and index == len(self._runs) - 1
            if index and not compared and result.costs[-1] < done[best].costs[-1]:
                best = index
            if self._job.cancelled:
                break
        others = tuple(each for i, each in enumerate(done) if i != best)
        return Snapshot(done[best].factors, done[best].costs, done[best].settings, others, held[best])

    def _spectrogram(self, settings: RunSettings) -> Array:
        """V with the power that the method wants: a method that runs beside another may want its own."""
        ratio = settings.power / self._task.settings.power
        return self._v if ratio == 1 else np.asarray(self._v.T ** np.float32(ratio), np.float32).T

    def _drawn(self, settings: RunSettings) -> bool:
        """Whether nothing is given of the start: FluCoMa's own random numbers then come first."""
        return not self._task.going_on and settings.templates == settings.activations == "random"

    def _given(self, settings: RunSettings, count: int) -> list[bool]:
        """Which templates are held because they were given."""
        if self._task.going_on and self._task.held and settings.hold_templates:
            return [k in self._task.held for k in range(count)]
        given = count
        if not self._task.going_on and settings.templates == "selection":
            given = settings.learnt or count
        elif not self._task.going_on and settings.templates in ("drums", "pitched"):
            given = count - settings.others
        return [settings.hold_templates and k < given for k in range(count)]

    def _held(self, settings: RunSettings, given: list[bool]) -> Holds:
        """Which templates are held, and which activations."""
        kept = self._task.locked if self._task.going_on and keeps_locked(settings) else ()
        locked = [k in kept for k in range(len(given))]
        templates = [a or b for a, b in zip(given, locked, strict=True)]
        activations = [settings.hold_activations or b for b in locked]
        if all(templates) and all(activations):
            raise UserError(
                "All templates and activations are held, so nothing can change; let go of one, or unlock a layer."
            )
        return templates, activations

    def _watch(self, w: Array, h: Array) -> None:
        self._latest = w, h

    def _progress(self, iteration: int, cost: float) -> bool:
        self._costs.append(cost)
        now = monotonic()
        if self._index == 0 and now - self._last > PUBLISH_SECONDS and self._latest is not None:
            self._last = now
            factors, _ = self._arranged(*self._latest)
            self._job.publish(Snapshot(factors, tuple(self._costs), self._runs[0]))
        total = self._task.settings.iterations
        if total is None:
            return self._job.report(-1.0)
        return self._job.report(0.1 + 0.9 * (self._index + iteration / total) / len(self._runs))

    def _arranged(self, w: Array, h: Array) -> tuple[Factors, list[int]]:
        """The order, and a copy with every component in the place of the one that it is most like."""
        order = arrangement(w, h, self._task.present, self._task.places)
        factors = Factors(np.array(w[:, order], np.float32, order="C"), np.array(h[order], np.float32, order="C"))
        # What the masks need of them is computed here and kept, so that the window's thread does not wait for it.
        _ = factors.scaled
        return factors, order


def arrangement(w: Array, h: Array, present: Model | None, places: Sequence[int | None]) -> list[int]:
    """For each place the component that comes there: by similarity to the present one of that place."""
    count = w.shape[1]
    wanted = [(place, old) for place, old in enumerate(places) if old is not None]
    if not isinstance(present, Factors) or not wanted or present.W.shape[0] != w.shape[0]:
        return list(range(count))
    old = [o for _, o in wanted]
    matched = match_components(present.W[:, old], present.H[old], w, h)
    order = {place: new for (place, _), new in zip(wanted, matched, strict=True) if new >= 0}
    rest = iter(sorted(set(range(count)) - set(order.values())))
    return [order[place] if place in order else next(rest) for place in range(count)]


def choose_components(
    job: Job, recording: Recording, analysis: Analysis, settings: RunSettings, candidates: Sequence[int]
) -> tuple[list[float], Array]:
    """The cost that each number of components reaches with plain NMF, and the shares of the singular values."""
    v = magnitudes(recording.samples, analysis, settings.power, lambda share: job.report(0.1 * share))
    iterations = 40

    def progress(i: int, cost: float) -> bool:
        return job.report(0.1 + 0.9 * i / (iterations * len(candidates)))

    costs = costs_by_components(v, candidates, settings.beta_value, iterations, settings.seed, progress)
    if job.cancelled:
        raise Cancelled
    return costs, singular_shares(v)
