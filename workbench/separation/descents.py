"""Which of the engine's functions a method is, and with which of the settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.bases import match
from workbench.nmf.compat import flucoma, libnmfd
from workbench.nmf.convolutive import nmf_conv
from workbench.nmf.multiplicative import descend as multiplicative_descent
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.online import factorise_online
from workbench.nmf.problem import Problem
from workbench.nmf.result import Array, Factorisation, Hook, IterationProgress, Watch
from workbench.nmf.smooth import sage, smooth_is
from workbench.nmf.starts import balanced
from workbench.separation.settings import METHODS, Method, RunSettings, StepExponent


class Holds(NamedTuple):
    """Of each component whether its template is held, and whether its activation is; and what pulls others."""

    templates: list[bool]
    activations: list[bool]
    pull: Hook | None = None


MATCHING = 30
"""Iterations to find the activations of what was left out."""


def descend(
    settings: RunSettings,
    V: Array,
    W: Array,
    H: Array,
    progress: IterationProgress | None = None,
    watch: Watch | None = None,
    hold: Holds | None = None,
    drawn: bool = False,
    out: slice | None = None,
    going: Callable[[], bool] = lambda: True,
    threads: int | None = None,
) -> Factorisation:
    """Run the engine's function for a method, with the settings that it uses.

    Parameters
    ----------
    V : array, shape (F, N)
        Of the power that the settings want.
    W, H : arrays, shapes (F, K) or (F, K, T), and (K, N)
        The start.
    progress, watch : callable, optional
        As the engine takes them: told after every iteration.
    hold : Holds, optional
        Which templates and activations stay or are pulled; by default none. Only FAST, MU, ONLINE and PATTERNS pull,
        by plain steps.
    drawn : bool
        The start is random, so that a method with random numbers of its own may draw these instead.
    out : slice, optional
        Frames that count for nothing: templates are found from the others. Activations within it are found
        afterwards for the templates that there are then.
    going : callable
        Asked in every iteration of that second search whether to go on.
    threads : int, optional
        One a processor by default; without effect on the result.

    Returns
    -------
    Factorisation
    """
    hold = hold or Holds([False] * W.shape[1], [False] * W.shape[1])
    if out is None:
        return _descend(settings, V, W, H, progress, watch, hold, drawn, None, threads)
    weights = np.ones((1, V.shape[1]), V.dtype)
    weights[:, out] = 0
    result = _descend(settings, V, W, H, progress, watch, hold, drawn, np.broadcast_to(weights, V.shape), threads)
    # Smooth activations bridge what is left out by themselves.
    bridged = "smoothness" in METHODS[settings.method].uses and settings.smoothness > 0
    return result if bridged else _filled(settings, V, result, out, hold.activations, going, threads)


def _filled(
    settings: RunSettings,
    V: Array,
    result: Factorisation,
    out: slice,
    hold: list[bool],
    going: Callable[[], bool],
    threads: int | None,
) -> Factorisation:
    """A result with the activations within `out` that fit its templates and what sounds there.

    No activation changes whose template reaches beyond the end of `out`, so that the model of all frames that counted,
    and with it the cost, stays as it is.
    """
    W, H = result.W, result.H.copy()
    length = W.shape[2] if W.ndim == 3 else 1
    inside = slice(out.start, V.shape[1] if out.stop >= V.shape[1] else out.stop - length + 1)
    if inside.stop <= inside.start or all(hold):
        return result
    sums = W.reshape(len(W), W.shape[1], -1).sum(axis=(0, 2))
    level = float(V[:, inside].mean(dtype=np.float64)) * len(W) / W.shape[1]
    free = ~np.array(hold)
    H[free, inside] = (level / np.maximum(sums, np.finfo(W.dtype).tiny))[free, None]
    # Templates of activations before it sound within it too.
    piece = slice(max(0, out.start - length + 1), min(inside.stop + length - 1, V.shape[1]))
    fixed = np.ones(piece.stop - piece.start, bool)
    fixed[inside.start - piece.start : inside.stop - piece.start] = False
    given = H[:, piece].copy()

    def as_given(_: int, w: Array, h: Array) -> tuple[Array, Array]:
        return w, np.where(fixed | ~free[:, None], given, h)

    filled = nmf_conv(
        V[:, piece],
        W if W.ndim == 3 else W[:, :, None],
        given,
        settings.beta_value,
        MATCHING,
        lambda *_: going(),
        hold_templates=True,
        hold_activations=hold,
        after=as_given,
        threads=threads,
    )
    H[:, inside] = filled.H[:, inside.start - piece.start : inside.stop - piece.start]
    return Factorisation(W, H, result.costs)


def _descend(
    settings: RunSettings,
    V: Array,
    W: Array,
    H: Array,
    progress: IterationProgress | None,
    watch: Watch | None,
    hold: Holds,
    drawn: bool,
    weights: Array | None,
    threads: int | None,
) -> Factorisation:
    beta, n = settings.beta_value, settings.iterations
    templates, activations, pull = hold
    match settings.method:
        case Method.FAST | Method.MU:
            objective = Objective(
                beta,
                settings.sparsity,
                settings.uncorrelatedness,
                weights,
                templates,
                activations,
                "mm" if settings.exponent is StepExponent.MM else "heuristic",
            )
            if pull is not None:
                problem = Problem(V, W, H, objective, n, progress)
                return multiplicative_descent(problem, W, H, n, progress, watch=watch, threads=threads, after=pull)
            function = factorise_fast if settings.method is Method.FAST else factorise
            return function(V, W, H, beta, n, progress, objective=objective, watch=watch, threads=threads)
        case Method.ONLINE:
            objective = Objective(beta, settings.sparsity, 0.0, weights, templates, activations)
            return factorise_online(
                V, W, H, beta, n, progress, objective=objective, watch=watch, after=pull, threads=threads
            )
        case Method.SMOOTH | Method.SEQUENTIAL:
            order = "red-black" if settings.method is Method.SMOOTH else "sequential"
            return smooth_is(
                V,
                W,
                H,
                settings.smoothness,
                n,
                progress,
                order=order,
                weights=weights,
                hold_templates=templates,
                hold_activations=activations,
                watch=watch,
                threads=threads,
            )
        case Method.EM:
            return sage(V, W, H, settings.smoothness, n, progress, watch=watch, threads=threads)
        case Method.PATTERNS:
            return nmf_conv(
                V,
                W,
                H,
                beta,
                n,
                progress,
                sparsity=settings.sparsity,
                uncorrelatedness=settings.uncorrelatedness,
                weights=weights,
                hold_templates=templates,
                hold_activations=activations,
                fast=pull is None,
                after=pull,
                watch=watch,
                threads=threads,
            )
        case Method.LIBNMFD:
            return libnmfd.nmfd(
                V,
                W,
                H,
                n,
                progress,
                hold_templates=templates,
                hold_activations=activations,
                watch=watch,
                threads=threads,
            )
        case Method.FLUCOMA:
            return flucoma.nmf(
                V,
                W.shape[1],
                n or sys.maxsize,
                settings.seed,
                None if drawn else W,
                None if drawn else H,
                all(templates),
                all(activations),
                progress,
                watch,
            )
        case Method.MATCH:
            return _match(V, W, beta, n, progress, watch, threads)
        case _:
            raise ValueError(f"“{settings.method}” is no descent.")


def _match(
    V: Array,
    W: Array,
    beta: float,
    iterations: int | None,
    progress: IterationProgress | None,
    watch: Watch | None,
    threads: int | None,
) -> Factorisation:
    """Activations of the present templates, of one frame or more."""
    if W.ndim == 2:
        return match(V, W, beta, iterations, progress, watch=watch, threads=threads)
    _, H = balanced(W, np.ones((W.shape[1], V.shape[1])), float(V.mean(dtype=np.float64)), V.dtype)
    return nmf_conv(V, W, H, beta, iterations, progress, hold_templates=True, fast=True, watch=watch, threads=threads)
