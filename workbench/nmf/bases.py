"""Work with fixed templates: activations frame by frame, and a morph between two sets."""

from __future__ import annotations

import numpy as np

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.objective import Objective
from workbench.nmf.result import Array, Factorisation, IterationProgress, Watch


def match(
    V: Array,
    W: Array,
    beta: float = 1.0,
    iterations: int | None = 20,
    progress: IterationProgress | None = None,
    *,
    watch: Watch | None = None,
    threads: int | None = None,
) -> Factorisation:
    """Activations of fixed templates.

    Each frame is a problem of its own, and a convex one for 1 ≤ β ≤ 2. FluCoMa's NMFMatch shows such activations, and
    its NMFFilter filters by the masks that follow from them.

    Parameters
    ----------
    V : array, shape (F, N)
    W : array, shape (F, K)
    beta, iterations, progress, watch, threads
        As for `multiplicative.factorise`.

    Returns
    -------
    Factorisation
        W as given.

    Raises
    ------
    ValueError
        As `multiplicative.factorise`.
    """
    sums = W.sum(axis=0, dtype=np.float64)
    # Every component starts with an equal share of each frame. A template of zeros has no part in the model.
    shares = np.where(sums > 0, 1 / np.where(sums > 0, sums, 1), 0) / W.shape[1]
    H = np.outer(shares, V.sum(axis=0, dtype=np.float64)).astype(V.dtype)
    objective = Objective(beta, hold_templates=True)
    return factorise_fast(
        V, W, H, iterations=iterations, progress=progress, objective=objective, watch=watch, threads=threads
    )


def morph_template(a: Array, b: Array, amount: float) -> Array:
    """The spectrum between two spectra by optimal transport: energy moves along frequency instead of fading.

    On a line the best transport keeps the order of what it moves, so that the place of every share of the energy,
    counted from below, is interpolated (displacement interpolation, McCann 1997). FluCoMa's NMFMorph moves whole
    peaks instead; that is `compat.flucoma.morph`.

    Parameters
    ----------
    a, b : arrays, shape (F,)
        Nonnegative.
    amount : float
        0 gives a, 1 gives b.

    Returns
    -------
    array, shape (F,)
        Its sum goes in proportion from that of a to that of b.

    Raises
    ------
    ValueError
        If the amount is not from 0 to 1.
    """
    if not 0 <= amount <= 1:
        raise ValueError(f"The amount of a morph is from 0 to 1, not {amount}.")
    masses = float(a.sum(dtype=np.float64)), float(b.sum(dtype=np.float64))
    if amount in (0, 1) or min(masses) == 0:
        return np.asarray((1 - amount) * a + amount * b, a.dtype)
    totals = [np.cumsum(x, dtype=np.float64) for x in (a, b)]
    ends = [total / total[-1] for total in totals]
    # Between these levels of the cumulated energy, all of it goes from one bin of a to one bin of b.
    levels = np.unique(np.concatenate([ends[0], ends[1]]))
    mass = np.diff(levels, prepend=0.0)
    middle = levels - mass / 2
    sources = [np.minimum(np.searchsorted(end, middle), len(a) - 1) for end in ends]
    place = sources[0] + amount * (sources[1] - sources[0])
    low = np.floor(place).astype(np.intp)
    share = place - low
    out = np.bincount(low, mass * (1 - share), len(a))
    out += np.bincount(np.minimum(low + 1, len(a) - 1), mass * share, len(a))
    return np.asarray(out * ((1 - amount) * masses[0] + amount * masses[1]), a.dtype)


def morph(W1: Array, W2: Array, amount: float) -> Array:
    """Each template of W1 on its way to the one of the same place in W2; see `morph_template`.

    Parameters
    ----------
    W1, W2 : arrays, shapes (F, K), or (F, K, T), which are morphed frame by frame
    amount : float
        0 gives W1, 1 gives W2.

    Returns
    -------
    array, shape of W1

    Raises
    ------
    ValueError
        If the shapes differ, or the amount is not from 0 to 1.
    """
    if W1.shape != W2.shape:
        raise ValueError(f"Only templates of one shape can be morphed, not {W1.shape} and {W2.shape}.")
    flat = [np.asarray(W).reshape(len(W), -1) for W in (W1, W2)]
    columns = [morph_template(a, b, amount) for a, b in zip(flat[0].T, flat[1].T, strict=True)]
    return np.stack(columns, axis=1).reshape(W1.shape)
