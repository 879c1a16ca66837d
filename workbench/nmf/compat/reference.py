"""The rules of FluCoMa and libnmfd, number by number or τ by τ, for readers and for tests; all float64.

Notation as in `workbench.nmf.reference`; ε = 2⁻⁵². Nothing here is used by the program.

>>> rng = np.random.default_rng(0)
>>> V, W, H = rng.random((6, 9)), rng.random((6, 2)), rng.random((2, 9))
>>> W, H = flucoma_nmf(V, W, H, iterations=5)
>>> np.linalg.norm(W, axis=0).round(12).tolist()
[1.0, 1.0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from workbench.nmf.compat import EPS
from workbench.nmf.reference import Array, model, shift

Cut = tuple[int, int, int, float]
"""Segment of a spectrum: first bin, peak, bin after the last, share of the spectrum's sum."""
Hook = Callable[[int, Array, Array], tuple[Array, Array]]


# -- FluCoMa: random numbers, NMF, masks ---------------------------------------------------------------


def mersenne_words(seed: int) -> Iterator[int]:
    """mt19937_64 (Nishimura 2000, ACM TOMACS 10(4)), word by word."""
    all_ones = 2**64 - 1
    state = [seed]
    for i in range(1, 312):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & all_ones)
    while True:
        for k in range(312):
            mixed = (state[k] & 0xFFFFFFFF80000000) | (state[(k + 1) % 312] & 0x7FFFFFFF)
            state[k] = state[(k + 156) % 312] ^ (mixed >> 1) ^ (0xB5026F5AA96619E9 if mixed & 1 else 0)
            y = state[k]
            y ^= (y >> 29) & 0x5555555555555555
            y ^= (y << 17) & 0x71D67FFFEDA60000
            y ^= (y << 37) & 0xFFF7EEE000000000
            yield y ^ (y >> 43)


def mersenne_uniform(seed: int, count: int) -> list[float]:
    """The words over 2⁶⁴."""
    return [float(word) * 2.0**-64 for word in islice(mersenne_words(seed), count)]


def unit_columns(A: Array) -> Array:
    """Columns of unit L2 norm."""
    return np.stack([a / np.sqrt(sum(a * a)) for a in A.T], axis=1)


def flucoma_nmf(
    V: Array, W: Array, H: Array, iterations: int, fix_W: bool = False, fix_H: bool = False
) -> tuple[Array, Array]:
    """BufNMF (flucoma-core `NMF.hpp`), KL: W ← W ⊙ ((V/L) Hᵀ) / max(ΣH, ε), unit columns; then H by the new W.

    Factors and L are floored at ε. At the start columns of W and rows of H get unit L2 norm; H never takes a scale
    over.
    """
    W, H = unit_columns(np.maximum(W, EPS)), unit_columns(np.maximum(H, EPS).T).T
    for _ in range(iterations):
        if not fix_W:
            ratio, new = V / np.maximum(W @ H, EPS), W.copy()
            for f, k in np.ndindex(W.shape):
                new[f, k] *= sum(ratio[f] * H[k]) / max(sum(H[k]), EPS)
            W = unit_columns(new) if new.max() > EPS else new
        if not fix_H:
            H = flucoma_activations(V, W, H)
    return W, H


def flucoma_activations(V: Array, W: Array, H: Array) -> Array:
    """H ← H ⊙ (Wᵀ(V/L)) / max(ΣW, ε)."""
    ratio, new = V / np.maximum(W @ H, EPS), H.copy()
    for k, n in np.ndindex(H.shape):
        new[k, n] *= sum(W[:, k] * ratio[:, n]) / max(sum(W[:, k]), EPS)
    return new


def flucoma_match(V: Array, W: Array, iterations: int, seed: int) -> tuple[Array, Array]:
    """NMFMatch: every frame alone, from the same random start; the templates at unit norm, and the activations."""
    W = unit_columns(np.maximum(W, EPS))
    columns = []
    for frame in np.maximum(V, EPS).T:
        h = np.maximum(mersenne_uniform(seed, W.shape[1]), EPS)[:, None]
        for _ in range(iterations):
            h = flucoma_activations(frame[:, None], W, h)
        columns.append(h[:, 0])
    return W, np.stack(columns, axis=1)


def flucoma_ratio_mask(part: float, total: float, exponent: int) -> float:
    """min(1, (part / max(total, ε))^exponent) of one bin.

    >>> flucoma_ratio_mask(1.0, 4.0, 2)
    0.0625
    """
    return float(min((part / max(total, EPS)) ** exponent, 1.0))


# -- FluCoMa: NMFSeed ----------------------------------------------------------------------------------


def seed_rank(V: Array, minimum: int, maximum: int, coverage: float) -> int:
    """Singular values are counted until their sum is the share `coverage` of the sum of all."""
    s = np.linalg.svd(V)[1]
    rank, total = 0, 0.0
    while rank < len(s) and total / s.sum() < coverage:
        total += s[rank]
        rank += 1
    return min(max(rank, minimum), maximum, len(s))


def seed_nndsvd(V: Array, rank: int) -> tuple[Array, Array]:
    """`reference_starts.nndsvd` with FluCoMa's weight of the negative parts, ‖u⁻‖² instead of ‖u⁻‖‖v⁻‖; the sign of
    (u, v) is such that ‖u⁺‖‖v⁺‖ ≥ ‖u⁻‖‖v⁻‖, and only H carries the singular value."""
    u, s, vt = np.linalg.svd(V, full_matrices=False)
    W, H = np.zeros((len(V), rank)), np.zeros((rank, V.shape[1]))
    W[:, 0], H[0] = abs(u[:, 0]), np.sqrt(s[0]) * abs(vt[0])
    for j in range(1, rank):
        x, y = u[:, j], vt[j]
        up, down = ([np.linalg.norm(np.maximum(sign * a, 0)) for a in (x, y)] for sign in (1, -1))
        if up[0] * up[1] < down[0] * down[1]:
            x, y, up, down = -x, -y, down, up
        if up[0] * up[1] > down[0] ** 2:
            W[:, j], H[j] = np.maximum(x, 0) / up[0], np.sqrt(s[j] * up[0] * up[1]) * np.maximum(y, 0) / up[1]
        else:
            W[:, j], H[j] = np.maximum(-x, 0) / down[0], np.sqrt(s[j]) * np.maximum(-y, 0)
    return W, H


# -- FluCoMa: NMFMorph ---------------------------------------------------------------------------------


def morph_segments(a: Array) -> list[Cut]:
    """A spectrum cut at its valleys; IndexError where FluCoMa would read beyond its list of them."""
    last, total = len(a) - 1, sum(a) + EPS
    peaks = [i for i in range(1, last) if a[i] > a[i - 1] and a[i] > a[i + 1]]
    valleys = [i for i in range(1, last) if a[i] < a[i - 1] and a[i] < a[i + 1]]
    if not peaks or not valleys:
        return []
    j = 0 if valleys[0] > peaks[0] else 1
    out = [(0, peaks[0], valleys[j], sum(a[: valleys[j]]) / total)]
    for peak in peaks[1:-1]:
        out.append((valleys[j], peak, valleys[j + 1], sum(a[valleys[j] : valleys[j + 1]]) / total))
        j += 1
    if j < len(valleys) - 1:
        out.append((valleys[j], peaks[-1], last, sum(a[valleys[j] : last]) / total))
    return out


def morph_moves(a: list[Cut], b: list[Cut]) -> list[tuple[int, int, float]]:
    """(segment of a, segment of b, share): shares are moved in order of frequency until either is used up."""
    out = []
    i = j = 0
    left, right = a[0][3], b[0][3]
    while i < len(a) and j < len(b):
        if left < right:
            out.append((i, j, left))
            right, i = right - left, i + 1
            left = a[i][3] if i < len(a) else 0.0
        else:
            out.append((i, j, right))
            left, j = left - right, j + 1
            right = b[j][3] if j < len(b) else 0.0
    return out


def morph_between(a: Array, b: Array, t: float) -> Array:
    """Each segment, as loud as what is moved, on its way between the two peaks."""
    before, after, out = morph_segments(a), morph_segments(b), np.zeros(len(a))
    for i, j, mass in morph_moves(before, after):
        centre = int(np.rint((1 - t) * before[i][1] + t * after[j][1]))
        for spectrum, (start, middle, end, own), share in ((a, before[i], 1 - t), (b, after[j], t)):
            for k in range(start, end):
                if 0 <= k + centre - middle < len(out):
                    out[k + centre - middle] += share * mass / own * spectrum[k]
    return out


def morph_costs(W1: Array, W2: Array) -> Array:
    """Cost of each pair, Σ share · (i − j)², which FluCoMa forgets to set back to zero between pairs."""
    out, total = np.zeros((W1.shape[1], W2.shape[1])), 0.0
    for i, j in np.ndindex(out.shape):
        moves = morph_moves(morph_segments(W1[:, i]), morph_segments(W2[:, j]))
        total += sum(mass * (p - q) ** 2 for p, q, mass in moves)
        out[i, j] = total
    return out


# -- libnmfd -------------------------------------------------------------------------------------------


def libnmfd_nmf(V: Array, W: Array, H: Array, cost: str, iterations: int, fix_W: bool = False) -> tuple[Array, Array]:
    """`nmf`: W, then H with the new W but the L from before it; W at unit sum, H not compensated."""
    V, W, H = V / (EPS + V.sum()), W.copy(), H.copy()
    for _ in range(iterations):
        L = EPS + W @ H
        up, down = {"EucDist": (V, L), "KLDiv": (V / L, np.ones_like(L)), "ISDiv": (V / L**2, 1 / L)}[cost]
        for f, k in np.ndindex(W.shape if not fix_W else (0, 0)):
            W[f, k] *= sum(up[f] * H[k]) / (sum(down[f] * H[k]) + EPS)
        for k, n in np.ndindex(H.shape):
            H[k, n] *= sum(W[:, k] * up[:, n]) / (sum(W[:, k] * down[:, n]) + EPS)
        if not fix_W:
            W = W / (EPS + W.sum(axis=0))
    return W, H


def libnmfd_nmfd(
    V: Array,
    W: Array,
    H: Array,
    iterations: int,
    fix_W: bool = False,
    fix_H: bool = False,
    before: Hook | None = None,
    after: Hook | None = None,
) -> tuple[Array, Array, list[float]]:
    """`nmfd`: W_τ by the L of the old H; H by the mean over τ of each τ's own ratio. Also the costs."""
    V, W, H, costs = V / (EPS + V.sum()), W.copy(), H.copy(), []
    length, ones = W.shape[2], np.ones(V.shape)
    for i in range(1, iterations + 1):
        W, H = (W, H) if before is None else before(i, W, H)
        W, L = W.copy(), model(W, H) + EPS
        costs.append(float(np.mean(V * np.log(1 + V / (L + EPS)) - V + L)))
        Q, ratios = V / (L + EPS), np.zeros_like(H)
        for tau in range(length):
            late = shift(H, tau)
            if not fix_W:
                W[:, :, tau] *= (Q @ late.T) / (ones @ late.T + EPS)
            ratios += (W[:, :, tau].T @ shift(Q, -tau)) / (W[:, :, tau].T @ ones + EPS)
        H = H if fix_H else H * ratios / length
        W = W / (EPS + W.sum(axis=(0, 2)))[:, None]
        W, H = (W, H) if after is None else after(i, W, H)
    return W, H, costs


def libnmfd_conv(
    V: Array,
    W: Array,
    H: Array,
    beta: float,
    iterations: int,
    sparsity: float = 0.0,
    uncorr: float = 0.0,
    fix_W: bool = False,
    fix_H: bool = False,
    before: Hook | None = None,
    after: Hook | None = None,
) -> tuple[Array, Array, list[float]]:
    """`nmf_conv` with libnmfd's own β, one less than ours: H by the ratio of sums over τ, no exponent."""
    V, W, H, costs = V / (EPS + V.sum()), W.copy(), H.copy(), []
    delays = range(W.shape[2])
    for i in range(1, iterations + 1):
        W, H = (W, H) if before is None else before(i, W, H)
        W, L = W.copy(), model(W, H) + EPS
        B = L**beta
        Q = V * B / L
        first, second = EPS + beta, (EPS + beta) + 1
        costs.append(float(np.mean(V * (V**beta - B) / first - (V ** (beta + 1) - L ** (beta + 1)) / second)))
        for tau in delays if not fix_W else ():
            late, others = shift(H, tau), W.sum(axis=2) - W[:, :, tau]
            W[:, :, tau] *= (Q @ late.T) / (EPS + B @ late.T + uncorr * others)
        up, down = (np.sum([W[:, :, tau].T @ shift(X, -tau) for tau in delays], axis=0) for X in (Q, B))
        H = H if fix_H else H * (up + EPS) / (down + EPS + sparsity + EPS)
        W = W / (EPS + W.sum(axis=(0, 2)))[:, None]
        W, H = (W, H) if after is None else after(i, W, H)
    return W, H, costs


def libnmfd_template(pitch: float, rate: float, block: int, partials: int, below: float, above: float) -> Array:
    """A comb, one bin too low, in which a later partial takes an earlier one's place; unit sum."""
    low, high = (440 / 32 * 2 ** ((p - 9) / 12) for p in (pitch - below, pitch + above))
    comb = np.full(block // 2 + 1, EPS)
    for g in range(1, partials + 1):
        for b in range(round(g * low / (rate / block)) - 1, round(g * high / (rate / block))):
            if 0 <= b < len(comb):
                comb[b] = 1 / g
    return np.asarray(comb / (EPS + sum(comb)))


def libnmfd_gate(notes: list[tuple[float, float]], frames: int, hop: float, margin: float) -> Array:
    """1 where notes (onset, duration) sound, one frame early but for frame 0; ε elsewhere."""
    out = np.full(frames, EPS)
    for onset, duration in notes:
        for frame in range(round((onset - margin) / hop), round((onset + duration + margin) / hop) + 1):
            if 0 <= frame <= frames:
                out[max(frame - 1, 0)] = 1
    return out


def libnmfd_strokes(onsets: list[float], frames: int, hop: float, decay: float) -> Array:
    """1 at each stroke, one frame early but for frame 0, falling as y_n = max(x_n, d y_{n−1} + (1 − d) x_n)."""
    out = np.full(frames, EPS)
    for onset in onsets:
        if 0 <= round(onset / hop) <= frames:
            out[max(round(onset / hop) - 1, 0)] = 1
    d = min(decay, 0.9999999)
    for n in range(1, frames):
        out[n] = max(out[n], d * out[n - 1] + (1 - d) * out[n])
    return out


def alpha_wiener(parts: Array, alpha: float) -> Array:
    """A_k^α / (ε + Σ_j A_j^α) of the parts (K, F, N)."""
    total = EPS + sum(part**alpha for part in parts)
    return np.stack([part**alpha / total for part in parts])
