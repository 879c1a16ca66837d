"""What masks hold, measured: values for a histogram, shares of energy, courses over time and frequency, overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.masks.edits.area import Area
from workbench.masks.edits.effects import Measure, measured
from workbench.masks.model.grid import Array, Grid, Indices, Region
from workbench.masks.stack import Stack
from workbench.progress import Progress, silent
from workbench.spectral.level import power_db
from workbench.spectral.stft import Analysis, power_blocks

Doubles = NDArray[np.float64]
MOST_SAMPLED = 24_000
"""Bins looked at for a histogram."""


def sampled(stack: Stack, layers: Sequence[int], measure: Measure, area: Area | None, within: Region) -> Array:
    """Values of a measure of a layer or group (see `effects.measured`) on an even sample of bins, one-dimensional.

    Parameters
    ----------
    layers : sequence of int
        Index of the layer, or those of all layers of the group.
    area : Area or None
        Only bins that are at least half covered count.
    within : Region
        And only those in it.
    """
    region = within.clipped(stack.bins, stack.frames)
    rows, columns = _even(region)
    if not len(rows):
        return np.zeros(0, np.float32)
    mask = stack.summed_mask(layers, rows, columns)
    values = measured(measure, mask, Grid(rows, columns, (), stack.levels))
    counted = np.ones_like(mask, bool) if area is None else area.read(rows, columns) >= 128
    return np.asarray(values[counted], np.float32)


def _even(region: Region) -> tuple[Indices, Indices]:
    """Bins and frames of an even sample of a region."""
    if not region.bins_held:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    height, width = region.high - region.low, region.stop - region.start
    share = min(1.0, (MOST_SAMPLED / (height * width)) ** 0.5)
    rows = np.unique(np.linspace(region.low, region.high - 1, max(1, round(height * share))).astype(np.intp))
    columns = np.unique(np.linspace(region.start, region.stop - 1, max(1, round(width * share))).astype(np.intp))
    return rows, columns


def greatest(stack: Stack, layers: Sequence[int], area: Area | None) -> float:
    """Greatest value of the mask of a layer or group (see `sampled`) on an even sample of bins."""
    within = Region(0, stack.bins, 0, stack.frames) if area is None else area.bounds
    return float(sampled(stack, layers, Measure.MASK, area, within).max(initial=0.0))


def locked_share(stack: Stack, within: Region, area: Area | None = None) -> float:
    """Greatest share that locked layers hold together of any bin of a region, on an even sample of bins.

    Of an area only bins that are at least half covered count.
    """
    weights = np.array([[float(layer.locked)] for layer in stack.layers], np.float32)
    rows, columns = _even(within.clipped(stack.bins, stack.frames))
    if not weights.any() or not len(rows) or not len(columns):
        return 0.0
    held = stack.blend(weights, rows, columns)[0]
    return float(held[area.read(rows, columns) >= 128].max(initial=0.0) if area is not None else held.max())


@dataclass(frozen=True, eq=False)
class MaskReport:
    """What the masks of a stack hold of the recording, all channels together.

    Attributes
    ----------
    energy : float64, shape (L,)
        Σ (M|X|)² / Σ |X|² of each layer: the energy that is heard of it alone. (The layers' energies do not sum to
        one where they share bins.)
    over_time : float64, shape (L, T)
        Level of each layer in dB (a full-scale sine is about 0) over even spans of time.
    over_frequency : float64, shape (L, F)
        Mean level of each layer in dB at each bin, over the frames that count.
    mix_over_time, mix_over_frequency : float64
        The same of the mix.
    overlap : float64, shape (L, L)
        Σ min(M_a, M_b)|X|² / min(Σ M_a|X|², Σ M_b|X|²): 1 where the lesser layer lies wholly within the other's mask.
    seconds : float64, shape (T,)
        Middles of the spans.
    """

    energy: Doubles
    over_time: Doubles
    over_frequency: Doubles
    mix_over_time: Doubles
    mix_over_frequency: Doubles
    overlap: Doubles
    seconds: Doubles


def report(
    stack: Stack,
    samples: Array,
    rate: int,
    analysis: Analysis,
    progress: Progress = silent,
    area: Area | None = None,
    spans: int = 600,
) -> MaskReport:
    """Measure all layers of a stack, within an area or everywhere, over so many even spans of time."""
    count, frames = len(stack.layers), stack.frames
    spans = min(spans, frames)
    owner = np.eye(count, dtype=np.float32)
    time, mix_time = np.zeros((count, spans)), np.zeros(spans)
    frequency, mix_frequency = np.zeros((count, stack.bins)), np.zeros(stack.bins)
    both, alone, looked_at = np.zeros((count, count)), np.zeros(count), np.zeros(stack.bins)
    rows = np.arange(stack.bins)

    for first, power in power_blocks(samples, analysis, progress):
        columns = np.arange(first, first + len(power))
        counted = np.ones((len(rows), len(columns)), np.float32) if area is None else area.at(rows, columns)
        held = power.T * counted
        looked_at += counted.sum(axis=1)
        masks = stack.blend(owner, rows, columns)
        place = columns * spans // frames
        heard = masks**2 * held
        for layer in range(count):
            time[layer] += np.bincount(place, heard[layer].sum(axis=0), spans)
        mix_time += np.bincount(place, held.sum(axis=0), spans)
        frequency += heard.sum(axis=2)
        mix_frequency += held.sum(axis=1)
        alone += (masks * held).sum(axis=(1, 2))
        for layer in range(count):
            both[layer] += (np.minimum(masks[layer], masks) * held).sum(axis=(1, 2))
    total = max(float(mix_time.sum()), 1e-30)
    least = np.maximum(np.minimum(alone[:, None], alone), 1e-30)
    each_span = np.maximum(np.bincount(np.arange(frames) * spans // frames, minlength=spans), 1)

    def db(power: Doubles, frames_counted: Doubles | float) -> Doubles:
        return power_db(power / frames_counted, analysis)

    seconds = analysis.second_of((np.arange(spans) + 0.5) * frames / spans, rate)
    return MaskReport(
        frequency.sum(axis=1) / total,
        db(time, each_span),
        db(frequency, np.maximum(looked_at, 1)),
        db(mix_time, each_span),
        db(mix_frequency, np.maximum(looked_at, 1)),
        both / least,
        seconds,
    )
