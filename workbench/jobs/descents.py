"""Which of the engine's functions a method is, and with which of the settings."""

from __future__ import annotations

import sys

import numpy as np

from workbench.document.settings import RunSettings
from workbench.nmf import flucoma
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.bases import match
from workbench.nmf.convolutive import nmf_conv, nmfd
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.result import Array, Factorisation, Progress, Watch
from workbench.nmf.smooth import sage, smooth_is
from workbench.nmf.starts import balanced

Holds = tuple[list[bool], list[bool]]
"""Of each component whether its template is held, and whether its activation is."""
MATCHING = 30
"""Iterations to find the activations of what was left out."""


def descend(
    settings: RunSettings, V: Array, W: Array, H: Array, progress: Progress | None = None, watch: Watch | None = None,
    hold: Holds | None = None, drawn: bool = False, out: slice | None = None, threads: int | None = None,
) -> Factorisation:  # fmt: skip
    """The engine's function for a method, with the settings that it uses; the frames `out` count for nothing.

    Templates are found without them; then their activations are those that match the templates.
    """
    weights = None
    if out is not None:
        weights = np.ones((1, V.shape[1]), V.dtype)
        weights[:, out] = 0
        weights = np.broadcast_to(weights, V.shape)
    result = _descend(settings, V, W, H, progress, watch, hold, drawn, weights, threads)
    if out is not None:
        # Silence has no say in what sounds there; with T frames a template reaches into what follows.
        inside = match_templates(V[:, out], result.W, settings.beta_value, MATCHING, None, None, threads)
        result.H[:, out] = inside.H
    return result


def _descend(
    settings: RunSettings, V: Array, W: Array, H: Array, progress: Progress | None, watch: Watch | None,
    hold: Holds | None, drawn: bool, weights: Array | None, threads: int | None,
) -> Factorisation:  # fmt: skip
    beta, n = settings.beta_value, settings.iterations
    templates, activations = hold or ([False] * W.shape[1], [False] * W.shape[1])
    match settings.method:
        case "fast" | "mu":
            objective = Objective(
                beta, settings.sparsity, settings.uncorrelatedness, weights, templates, activations,
                "mm" if settings.exponent == "mm" else "heuristic",
            )  # fmt: skip
            function = factorise_fast if settings.method == "fast" else factorise
            return function(V, W, H, beta, n, progress, objective=objective, watch=watch, threads=threads)
        case "smooth" | "sequential":
            order = "red-black" if settings.method == "smooth" else "sequential"
            return smooth_is(
                V, W, H, settings.smoothness, n, progress, order=order, weights=weights, hold_templates=templates,
                hold_activations=activations, watch=watch, threads=threads,
            )  # fmt: skip
        case "em":
            return sage(V, W, H, settings.smoothness, n, progress, watch=watch, threads=threads)
        case "patterns":
            return nmf_conv(
                V, W, H, beta, n, progress, sparsity=settings.sparsity, uncorrelatedness=settings.uncorrelatedness,
                weights=weights, hold_templates=templates, hold_activations=activations, fast=True, watch=watch,
                threads=threads,
            )  # fmt: skip
        case "libnmfd":
            return nmfd(
                V, W, H, n, progress, hold_templates=templates, hold_activations=activations, compat="libnmfd",
                watch=watch, threads=threads,
            )  # fmt: skip
        case "flucoma":
            return flucoma.nmf(
                V, W.shape[1], n or sys.maxsize, settings.seed, None if drawn else W, None if drawn else H,
                all(templates), all(activations), progress, watch,
            )  # fmt: skip
        case _:
            return match_templates(V, W, beta, n, progress, watch, threads)


def match_templates(
    V: Array, W: Array, beta: float, iterations: int | None, progress: Progress | None, watch: Watch | None,
    threads: int | None,
) -> Factorisation:  # fmt: skip
    """Activations of the present templates, of one frame or more."""
    if W.ndim == 2:
        return match(V, W, beta, iterations, progress, watch=watch, threads=threads)
    _, H = balanced(W, np.ones((W.shape[1], V.shape[1])), float(V.mean(dtype=np.float64)), V.dtype)
    return nmf_conv(V, W, H, beta, iterations, progress, hold_templates=True, fast=True, watch=watch, threads=threads)
