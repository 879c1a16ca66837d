"""Every rule of the engine in its slowest, most obvious form: for readers, and for tests to compare with.

Nothing here is used by the program. All is float64, plain loops and plain products, without floors, blocks or threads:
V must be positive where a rule divides by it or takes its logarithm. The rules of other programs are in
`compat.reference`, starts and comparisons of templates in `reference_starts`.

=======================  ===========================================================================
V (F, N)                 spectrogram of F bins and N frames, |X|^p of a complex STFT X
W (F, K) or (F, K, T)    templates of K components, of one frame or of T
H (K, N)                 activations
L (F, N)                 model, W H, or Σ_τ W_τ · shift(H, τ)
G (F, N) or number       weight of each bin in the cost
β                        2 Euclidean, 1 Kullback–Leibler, 0 Itakura–Saito
μ, ν, λ                  sparsity, uncorrelatedness, smoothness
=======================  ===========================================================================

Ten iterations of NMF, the cost falling:

>>> rng = np.random.default_rng(0)
>>> V, W, H = rng.random((6, 9)), rng.random((6, 2)), rng.random((2, 9))
>>> costs = []
>>> for _ in range(10):
...     W, H = step(V, W, H, beta=1.0)
...     costs.append(cost(V, W, H, beta=1.0))
>>> costs == sorted(costs, reverse=True)
True
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Array | float


# -- model and cost ------------------------------------------------------------------------------------


def shift(A: Array, amount: int) -> Array:
    """Columns of A moved to the right (left if negative), zeros coming in: out[k, n + amount] = A[k, n].

    >>> shift(np.array([[1.0, 2.0, 3.0]]), 1)
    array([[0., 1., 2.]])
    """
    out = np.zeros_like(A)
    for n in range(A.shape[1]):
        if 0 <= n + amount < A.shape[1]:
            out[:, n + amount] = A[:, n]
    return out


def model(W: Array, H: Array) -> Array:
    """L = Σ_τ W_τ · shift(H, τ) (Smaragdis, ICA 2004); for templates of one frame L = W H."""
    L: Array = np.sum([W_tau @ shift(H, tau) for tau, W_tau in enumerate(template_frames(W))], axis=0)
    return L


def template_frames(W: Array) -> list[Array]:
    """W_0 … W_{T−1}, each (F, K)."""
    return [W] if W.ndim == 2 else list(np.moveaxis(W, 2, 0))


def divergence(V: Array, L: Array, beta: float) -> Array:
    """d_β(V | L) of each entry (Févotte & Idier, Neural Computation 23(9), 2011, eq. 2.2), the limits at β = 0 and 1.

    >>> divergence(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]]), 2.0)
    array([[0. , 0.5]])
    """
    if beta == 1:
        return np.where(V > 0, V * np.log(np.where(V > 0, V, 1) / L), 0) - V + L
    if beta == 0:
        return V / L - np.log(V / L) - 1
    return (V**beta + (beta - 1) * L**beta - beta * V * L ** (beta - 1)) / (beta * (beta - 1))


def cost(V: Array, W: Array, H: Array, beta: float, mu: float = 0, nu: float = 0, G: Weights = 1.0) -> float:
    """Σ G d_β(V | L) + μ m^(β−1) Σ_i ‖r_i‖₁ g_i + ν m^(β−2)/(2N) Σ_{i≠j} (r_i·r_j) g_i g_j.

    r_i are the frames of all templates, (F, K·T), g_i is ‖h_k‖₁ of the component that r_i belongs to, m the mean of V.
    """
    mu, nu = _penalties(V, beta, mu, nu, G)
    r, loud = _rows(W, H)
    fit = float(np.sum(G * divergence(V, model(W, H), beta)))
    return fit + mu * float(r.sum(axis=0) @ loud) + nu / 2 * float(loud @ _overlap(r) @ loud)


def _penalties(V: Array, beta: float, mu: float, nu: float, G: Weights) -> tuple[float, float]:
    """μ m^(β−1) and ν m^(β−2)/N."""
    mean = float(np.sum(V * G) / np.sum(np.broadcast_to(G, V.shape)))
    return mu * mean ** (beta - 1), nu * mean ** (beta - 2) / V.shape[1]


def _rows(W: Array, H: Array) -> tuple[Array, Array]:
    """All template frames (F, K·T), and the sum of each one's activations (K·T,)."""
    r = W.reshape(len(W), -1)
    return r, np.repeat(H.sum(axis=1), r.shape[1] // len(H))


def _overlap(r: Array) -> Array:
    """r_i·r_j for i ≠ j, and 0 for i = j."""
    gram = r.T @ r
    return gram - np.diag(np.diag(gram))


# -- multiplicative updates ----------------------------------------------------------------------------


def mm_exponent(beta: float) -> float:
    """γ(β) of the majorisation–minimisation rule (Févotte & Idier 2011, eq. 4.8); the heuristic rule has γ = 1."""
    return 1 / (2 - beta) if beta < 1 else 1.0 if beta <= 2 else 1 / (beta - 1)


def update_h(
    V: Array, W: Array, H: Array, beta: float, gamma: float, mu: float = 0, nu: float = 0, G: Weights = 1.0
) -> Array:
    """H ← H ⊙ ( Σ_τ W_τᵀ shift(G V L^(β−2), −τ) / (Σ_τ W_τᵀ shift(G L^(β−1), −τ) + μ ‖w_k‖₁) )^γ.

    For templates of one frame: Wᵀ(G V L^(β−2)) / (Wᵀ(G L^(β−1)) + μ ‖w_k‖₁) (Févotte & Idier 2011, eq. 4.1).
    """
    mu, nu = _penalties(V, beta, mu, nu, G)
    L = model(W, H)
    r, loud = _rows(W, H)
    up, down = (
        np.sum([W_tau.T @ shift(X, -tau) for tau, W_tau in enumerate(template_frames(W))], axis=0)
        for X in (G * V * L ** (beta - 2), G * L ** (beta - 1))
    )
    down = down + mu * r.sum(axis=0).reshape(len(H), -1).sum(axis=1)[:, None]
    pull = nu * (_overlap(r) @ loud).reshape(len(H), -1).sum(axis=1)[:, None]
    return H * update_factor(up, down, pull, beta, gamma)


def update_w(
    V: Array, W: Array, H: Array, beta: float, gamma: float, mu: float = 0, nu: float = 0, G: Weights = 1.0
) -> Array:
    """W_τ ← W_τ ⊙ ( (G V L^(β−2)) shift(H, τ)ᵀ / ((G L^(β−1)) shift(H, τ)ᵀ + μ ‖h_k‖₁) )^γ, all τ at once.

    For templates of one frame this is `update_h` of the transposed problem (Févotte & Idier 2011, eq. 4.2).
    """
    mu, nu = _penalties(V, beta, mu, nu, G)
    L = model(W, H)
    r, loud = _rows(W, H)
    up, down = (
        np.stack([X @ shift(H, tau).T for tau in range(len(template_frames(W)))], axis=2).reshape(r.shape)
        for X in (G * V * L ** (beta - 2), G * L ** (beta - 1))
    )
    pull = nu * loud * ((r * loud).sum(axis=1, keepdims=True) - r * loud)
    return (r * update_factor(up, down + mu * loud, pull, beta, gamma)).reshape(W.shape)


def update_factor(up: Array, down: Array, pull: Array, beta: float, gamma: float) -> Array:
    """(up/down)^γ; with uncorrelatedness, whose gradient is `pull`, the x > 0 where the majoriser's derivative is zero.

    That is down x^s + pull x^(3−β) = up, with s = max(1, 2−β), for β < 2: found by bisection. For β ≥ 2 the penalty
    joins the denominator.
    """
    if beta >= 2 or not np.any(pull):
        ratio: Array = np.where(up > 0, up, 0) / np.where(up > 0, down + pull, 1)
        return np.asarray(ratio**gamma)
    low, high = np.full(up.shape, 1e-12), np.full(up.shape, 1e12)
    for _ in range(120):
        x = np.sqrt(low * high)
        below = down * x ** max(1, 2 - beta) + pull * x ** (3 - beta) < up
        low, high = np.where(below, x, low), np.where(below, high, x)
    return np.asarray(x)


def normalised(W: Array, H: Array) -> tuple[Array, Array]:
    """Templates of unit sum, their scale put into H: the model stays."""
    scale = W.reshape(len(W), len(H), -1).sum(axis=(0, 2))
    shape = (1, -1, 1)[: W.ndim]
    return W / np.where(scale > 0, scale, 1).reshape(shape), H * scale[:, None]


def step(
    V: Array,
    W: Array,
    H: Array,
    beta: float,
    gamma: float | None = None,
    mu: float = 0,
    nu: float = 0,
    G: Weights = 1.0,
) -> tuple[Array, Array]:
    """One iteration: H, then W by the new H, then the scale. `gamma` is that of MM where it is not given."""
    gamma = mm_exponent(beta) if gamma is None else gamma
    H = update_h(V, W, H, beta, gamma, mu, nu, G)
    return normalised(update_w(V, W, H, beta, gamma, mu, nu, G), H)


def extrapolated(V: Array, W: Array, H: Array, beta: float, gamma: float, iterations: int) -> tuple[Array, Array]:
    """Steps from points that are extrapolated in the logarithm, y = x (x / x_before)^a, with Nesterov's weights a.

    The start over after a rise of the cost (O'Donoghue & Candès 2015) is left out. A change is repeated at most
    threefold. The last iteration updates H alone.
    """

    def beyond(x: Array, before: Array) -> Array:
        change: Array = np.clip(x / before, 1 / 3, 3)
        return np.asarray(x * change**weight)

    W, H = normalised(W, H)
    momentum, before = 1.0, None
    for _ in range(iterations - 1):
        x = step(V, W, H, beta, gamma)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        weight = (momentum - 1) / following
        W, H = x if before is None else normalised(beyond(x[0], before[0]), beyond(x[1], before[1]))
        momentum, before = following, x
    return W, update_h(V, W, H, beta, gamma)


def hals_step(V: Array, W: Array, H: Array, sweeps: int) -> tuple[Array, Array]:
    """Hierarchical alternating least squares (Cichocki & Phan 2009), for β = 2: each row at its minimum in turn.

    h_k ← max(0, w_kᵀ (V − Σ_{j≠k} w_j h_jᵀ) / ‖w_k‖²), `sweeps` times over all k; then the same for W.
    """

    def swept(V: Array, W: Array, H: Array) -> Array:
        H = H.copy()
        for k in list(range(len(H))) * sweeps:
            rest = V - W @ H + np.outer(W[:, k], H[k])
            H[k] = np.maximum(0, W[:, k] @ rest / (W[:, k] @ W[:, k]))
        return H

    H = swept(V, W, H)
    return normalised(swept(V.T, H.T, W.T).T, H)


def online_pass(
    V: Array, W: Array, H: Array, beta: float, batches: list[list[int]], memory: float, said: tuple[Array, Array] | None
) -> tuple[Array, Array, tuple[Array, Array]]:
    """A pass of mini-batches, lists of frames, and a `step` over all frames; β < 2 (after Lefèvre et al. 2011, alg. 1).

    Of each batch, H at first and then N = (V L^(β−2)) Hᵀ and D = L^(β−1) Hᵀ are found. What was said, A and B, becomes
    A ← ρ A + W^(2−β) N and B ← ρ B + W^(min(0, 1−β)) D with ρ = 1 − 1/memory, and W ← (A / B)^γ(β), where the sum of
    the majorisers that N and D stand for is least. H, and the step, take γ = 1 for β = 0, else γ(β). After it what was
    said begins anew, as if `memory` batches had said what all of V does.
    """
    H, gamma = H.copy(), 1.0 if beta == 0 else mm_exponent(beta)
    power = min(0.0, 1 - beta)
    A, B = said or (np.zeros_like(W), np.zeros_like(W))
    for frames in batches:
        H[:, frames] = update_h(V[:, frames], W, H[:, frames], beta, gamma)
        L = W @ H[:, frames]
        N, D = (V[:, frames] * L ** (beta - 2)) @ H[:, frames].T, L ** (beta - 1) @ H[:, frames].T
        A, B = (1 - 1 / memory) * A + W ** (2 - beta) * N, (1 - 1 / memory) * B + W**power * D
        # A component that did not sound is as it was.
        W = np.where(B > 0, A / np.where(B > 0, B, 1), W ** (1 / mm_exponent(beta))) ** mm_exponent(beta)
    H = update_h(V, W, H, beta, gamma)
    D = (W @ H) ** (beta - 1) @ H.T
    W = update_w(V, W, H, beta, gamma)
    D = D * W.sum(axis=0)
    W, H = normalised(W, H)
    B = memory / len(batches) * W**power * D
    return W, H, (B * W ** (1 / mm_exponent(beta)), B)


# -- smooth Itakura–Saito ------------------------------------------------------------------------------


def smooth_penalty(H: Array) -> float:
    """Σ_k Σ_n d_IS(h_{k,n−1} | h_{k,n}) (Févotte, ICASSP 2011, the chain without its degenerate logarithm)."""
    return float(np.sum(divergence(H[:, :-1], H[:, 1:], 0.0)))


def smooth_cost(V: Array, W: Array, H: Array, smoothness: float, G: Weights = 1.0) -> float:
    """Σ G d_IS(V | WH) + λ `smooth_penalty`."""
    return cost(V, W, H, 0.0, G=G) + smoothness * smooth_penalty(H)


def frame_order(frames: int, sequential: bool) -> list[int]:
    """Frames, from 0, in the order of their updates: one after the other, or every second one and then the others."""
    return list(range(frames)) if sequential else [*range(0, frames, 2), *range(1, frames, 2)]


def smooth_h(V: Array, W: Array, H: Array, smoothness: float, sequential: bool, G: Weights = 1.0) -> Array:
    """Each h_{k,n} ← the positive root of a₂h² + a₁h − a₀ = 0 (Févotte 2011, table 1), frame by frame.

    With P = Wᵀ(GV/L²) and Q = Wᵀ(G/L) at the current point: a₂ = Q + λ/h_{n+1}, a₁ = 0, a₀ = P h̃² + λ h_{n−1};
    the first frame has no λ h_{n−1} and a₁ = −λ, the last no λ/h_{n+1} and a₁ = λ.
    """
    H, G, last = H.copy(), np.broadcast_to(G, V.shape), V.shape[1] - 1
    for n in frame_order(V.shape[1], sequential):
        L = W @ H[:, n]
        P, Q = W.T @ (G[:, n] * V[:, n] / L**2), W.T @ (G[:, n] / L)
        old = H[:, n].copy()
        for k in range(len(H)):
            a2, a1, a0 = Q[k], 0.0, P[k] * old[k] ** 2
            if n > 0:
                a1, a0 = a1 + smoothness, a0 + smoothness * H[k, n - 1]
            if n < last:
                a1, a2 = a1 - smoothness, a2 + smoothness / H[k, n + 1]
            H[k, n] = max(np.roots([a2, a1, -a0]).real)
    return H


def sage_step(V: Array, W: Array, H: Array, smoothness: float) -> tuple[Array, Array]:
    """One iteration of SAGE, an EM algorithm (Févotte, Bertin & Durrieu 2009, algorithm 2; Févotte 2011, section 3).

    For each component in turn the posterior power U = (S²) V + w h (1 − S), S = w h / L; then
    h_n ← minimum of F (u_n/h_n + log h_n) + λ (h_{n−1}/h_n + log h_n) + λ (h_n/h_{n+1} − log h_n), u_n the mean over f
    of U/w; then w_f ← mean over n of U/h.
    """
    W, H = W.copy(), H.copy()
    bins, frames = V.shape
    for k in range(len(H)):
        share = np.outer(W[:, k], H[k]) / (W @ H)
        U = share**2 * V + np.outer(W[:, k], H[k]) * (1 - share)
        mean = (U / W[:, k : k + 1]).mean(axis=0)
        for n in frame_order(frames, sequential=False):
            a2, a1, a0 = 0.0, float(bins), bins * mean[n]
            if n > 0:
                a1, a0 = a1 + smoothness, a0 + smoothness * H[k, n - 1]
            if n < frames - 1:
                a1, a2 = a1 - smoothness, smoothness / H[k, n + 1]
            H[k, n] = max(np.roots([a2, a1, -a0]).real) if a2 else a0 / a1
        W[:, k] = (U / H[k]).mean(axis=1)
    return normalised(W, H)


# -- what is known of curves ---------------------------------------------------------------------------


def pulled(x: Array, g: Array, weight: float) -> Array:
    """x ← (1−ω) x + ω g Σx/Σg, entry by entry."""
    out = np.empty_like(x)
    for i in np.ndindex(x.shape):
        out[i] = (1 - weight) * x[i] + weight * g[i] * x.sum() / g.sum()
    return out


def template_with_prior(V: Array, W: Array, H: Array, k: int, g: Array, weight: float) -> Array:
    """Template k after the M-step of Kullback–Leibler NMF as a latent variable model, with a Dirichlet prior around g.

    V are counts. c_f = Σ_n V_fn · W_fk H_kn / L_fn is how many of bin f the component explains; with pseudo-counts
    ω/(1−ω) · Σc · g_f/Σg the most probable template of unit sum is their sum over its total.
    """
    L = model(W, H)
    counts = np.array([sum(V[f, n] * W[f, k] * H[k, n] / L[f, n] for n in range(V.shape[1])) for f in range(len(V))])
    pseudo = weight / (1 - weight) * counts.sum() * g / g.sum()
    return np.asarray((counts + pseudo) / (counts + pseudo).sum())


# -- masks ---------------------------------------------------------------------------------------------


def soft_masks(W: Array, H: Array, power: float = 1.0) -> Array:
    """(w_k h_k)^q / Σ_j (w_j h_j)^q of every component, (K, F, N); 1/K each where the model is zero.

    >>> soft_masks(np.array([[3.0, 1.0]]), np.array([[1.0], [1.0]])).ravel()
    array([0.75, 0.25])
    """
    parts = np.stack([np.outer(W[:, k], H[k]) ** power for k in range(len(H))])
    total = parts.sum(axis=0)
    return np.asarray(np.where(total > 0, parts / np.where(total > 0, total, 1), 1 / len(H)))


def medians(V: Array, frames: int, bins: int) -> tuple[Array, Array]:
    """Medians along time and along frequency, beyond the edges the mirror image (Fitzgerald, DAFx 2010)."""

    def along_rows(A: Array, length: int) -> Array:
        padded = np.pad(A, ((0, 0), (length // 2,) * 2), mode="symmetric")
        windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)
        return np.asarray(np.sort(windows, axis=2)[:, :, length // 2])

    return along_rows(V, frames), along_rows(V.T, bins).T


def hpss_bin(h: float, p: float, mode: str, power: float, tones: float, hits: float) -> tuple[float, ...]:
    """Masks of one bin from its two medians, h along time and p along frequency; `hpss` explains the modes.

    >>> hpss_bin(3.0, 4.0, "soft", 2.0, 1.0, 1.0)
    (0.36, 0.64)
    """
    if mode == "soft":
        total = h**power + p**power
        return (h**power / total, p**power / total) if total > 0 else (0.5, 0.5)
    if mode == "binary":
        return (1, 0) if h >= p else (0, 1)
    is_tone = h > 0 if p == 0 else h / p > tones
    is_hit = p > 0 if h == 0 else p / h > hits
    if mode == "coupled":
        return (1, 0) if is_tone else (0, 1)
    return is_tone, is_hit, not is_tone and not is_hit
