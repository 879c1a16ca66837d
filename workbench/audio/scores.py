"""How near layers and groups come to reference stems: SDR and SI-SDR of what the renderer gives, block by block.

Both follow from energies and inner products alone. So the products of every pair of signals are kept for each block of
the recording: a group's sum, another reference and the match of the two need no rendering, and an edit only that of its
own blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from workbench.audio.recording import Recording
from workbench.audio.renderer import render_apart
from workbench.audio.scene import Scene
from workbench.masks.insight.oracles import oracle_masks
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

Float = NDArray[np.float32]
Doubles = NDArray[np.float64]

BLOCK = 1 << 16
"""Samples of a block."""
NOTHING = 1e-14
"""Share of the energy below which a difference is rounding."""


@dataclass(frozen=True)
class Score:
    """How near an estimate ŝ is to a reference s.

    Attributes
    ----------
    sdr : float
        10·log10(‖s‖² / ‖s − ŝ‖²) in dB; ∞ for the reference itself, NaN for a silent reference.
    si_sdr : float
        The same of the scaled reference αs that is nearest to ŝ, 10·log10(‖αs‖² / ‖αs − ŝ‖²) (Le Roux et al.,
        *SDR – half-baked or well done?*, ICASSP 2019); −∞ where they have nothing in common.
    """

    sdr: float
    si_sdr: float


def score(reference: float, product: float, estimate: float) -> Score:
    """The score that two energies, ‖s‖² and ‖ŝ‖², and the inner product ⟨s, ŝ⟩ of two signals give."""
    if reference <= 0:
        return Score(float("nan"), float("nan"))
    error = reference - 2 * product + estimate
    # ⟨s, ŝ⟩²/‖s‖² is the energy of αs, and what remains of ŝ is at a right angle to it.
    common = product**2 / reference
    return Score(
        _ratio_db(reference, error, max(reference, estimate)), _ratio_db(common, estimate - common, max(estimate, 0.0))
    )


def score_of(reference: Float, estimate: Float) -> Score:
    """The score of an estimate (n, C) against a reference of the same shape, over all samples and channels."""
    products = gram([reference, estimate])
    return score(products[0, 0], products[0, 1], products[1, 1])


def _ratio_db(signal: float, error: float, scale: float) -> float:
    if signal <= NOTHING * scale:
        return float("-inf")
    return float(10 * np.log10(signal / error)) if error > NOTHING * scale else float("inf")


def gram(signals: Sequence[Float]) -> Doubles:
    """Inner products of all pairs of signals (n, C), shape (M, M)."""
    rows = np.stack([each.ravel() for each in signals]).astype(np.float64)
    return rows @ rows.T


# -- block by block --------------------------------------------------------------------------------------


def block_count(samples: int) -> int:
    """How many blocks a recording of so many samples has."""
    return -(-samples // BLOCK)


def blocks_of(region: Region | None, analysis: Analysis, samples: int) -> range:
    """The blocks that sound otherwise where masks are others in a region (all for None)."""
    if region is None:
        return range(block_count(samples))
    half = analysis.window // 2
    first, last = region.start * analysis.hop - half, (region.stop - 1) * analysis.hop + half
    return range(max(0, first) // BLOCK, min(block_count(samples), max(0, last) // BLOCK + 1))


def block_products(scene: Scene, references: Sequence[Float], block: int) -> Doubles:
    """Inner products within a block of the references, the mix, and every layer before all faders.

    Parameters
    ----------
    references : sequence of float32, shape (n, C)
        As long as the recording.

    Returns
    -------
    float64, shape (M, M)
        M = references + 1 + layers, in this order.
    """
    start, stop = block * BLOCK, min((block + 1) * BLOCK, len(scene.recording.samples))
    known = [each[start:stop] for each in (*references, scene.recording.samples)]
    return gram([*known, *render_apart(scene, start, stop)])


def with_rest(products: Doubles, references: int) -> Doubles:
    """`block_products` with one reference more, the last: what the references leave of the mix."""
    take = np.insert(np.eye(len(products)), references, 0, axis=0)
    take[references, :references] = -1
    take[references, references] = 1
    return np.asarray(take @ products @ take.T)


def oracle_products(
    recording: Recording, analysis: Analysis, references: Sequence[Float], rest: bool, block: int
) -> Doubles:
    """Energies and products of sources and of what their ideal ratio masks make of the mix, within a block.

    Rendered by the one renderer, on a piece of the recording that has all frames of the block: so no masks of the
    whole are held.

    Parameters
    ----------
    references : sequence of float32, shape (n, C)
    rest : bool
        What they leave of the mix is one source more.

    Returns
    -------
    float64, shape (S, 3)
        ‖s‖², ⟨s, ŝ⟩ and ‖ŝ‖² of each.
    """
    start, stop = block * BLOCK, min((block + 1) * BLOCK, len(recording.samples))
    # Blocks begin at a whole hop, and so does the piece: its frames are those of the recording.
    first = max(0, start - 2 * analysis.window)
    last = min(len(recording.samples), stop + 2 * analysis.window)
    piece = replace(recording, samples=np.ascontiguousarray(recording.samples[first:last]))
    sources = [np.ascontiguousarray(each[first:last]) for each in references]
    if rest:
        sources.append(np.asarray(piece.samples - np.sum(sources, axis=0), np.float32))
    masks = oracle_masks(sources, analysis, binary=False, power=2.0)
    layers = tuple(Layer(k + 1, "", "#000000", (Part(k + 1, k),)) for k in range(len(sources)))
    stack = Stack(layers, masks, (), analysis.bins, analysis.frames(last - first))
    estimates = render_apart(Scene(piece, analysis, stack), start - first, stop - first)
    out = np.empty((len(sources), 3))
    for row, source, estimate in zip(out, sources, estimates, strict=True):
        products = gram([source[start - first : stop - first], estimate])
        row[:] = products[0, 0], products[0, 1], products[1, 1]
    return out


# -- who is whom -----------------------------------------------------------------------------------------


def best_matches(
    products: Doubles, references: int, sources: Sequence[Sequence[int]], among: Sequence[int]
) -> list[int | None]:
    """For each source the reference that it is most like, by correlation.

    While there are at least as many references as sources that sound, each has one of its own, with the highest sum
    of correlations (the assignment problem); else each has the best.

    Parameters
    ----------
    products : float64, shape (M, M)
        As of `block_products`, summed.
    references : int
        How many there are in the products.
    sources : sequence of sequence of int
        Indices of the layers of each source.
    among : sequence of int
        The references that are to be had.

    Returns
    -------
    list of (int or None)
        None for a source or where all references are silent.
    """
    out: list[int | None] = [None] * len(sources)
    if not sources or not among:
        return out
    alike = _alike(products, references, sources)[:, list(among)]
    sounding = [row for row in range(len(sources)) if alike[row].max() > 0]
    if len(sounding) <= len(among):
        rows, columns = linear_sum_assignment(alike[sounding], maximize=True)
        pairs = [(sounding[row], int(column)) for row, column in zip(rows, columns, strict=True)]
    else:
        pairs = [(row, int(alike[row].argmax())) for row in sounding]
    for row, column in pairs:
        if alike[row, column] > 0:
            out[row] = among[column]
    return out


def source_products(products: Doubles, reference: int, layers: Sequence[int], references: int) -> tuple[float, ...]:
    """‖s‖², ⟨s, ŝ⟩ and ‖ŝ‖² of a reference and the sum of some layers; of the mix for no layers.

    Parameters
    ----------
    products, references
        As of `best_matches`.
    """
    rows = [references + 1 + layer for layer in layers] or [references]
    estimate = float(products[np.ix_(rows, rows)].sum())
    return float(products[reference, reference]), float(products[reference, rows].sum()), estimate


def _alike(products: Doubles, references: int, sources: Sequence[Sequence[int]]) -> Doubles:
    """Correlation of every source with every reference, shape (S, R); 0 with silence."""
    of_layers = products[references + 1 :, references + 1 :]
    members = np.zeros((len(sources), len(of_layers)))
    for row, layers in zip(members, sources, strict=True):
        row[list(layers)] = 1
    common = members @ products[references + 1 :, :references]
    energy, estimate = np.diag(products)[:references], np.einsum("sl,lm,sm->s", members, of_layers, members)
    heard = (energy > 0) & (estimate[:, None] > NOTHING * energy)
    norm = np.sqrt(np.where(heard, energy * estimate[:, None], 1.0))
    return np.asarray(np.where(heard, common / norm, 0.0))
