"""Stacks with random edits, and what is remembered of them."""

from dataclasses import replace

import numpy as np

from tests.conftest import random_stack
from tests.random_edits import stroke
from workbench.masks.edits import areas
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import (
    Combine,
    CombineKind,
    Fill,
    Invert,
    Measure,
    Recall,
    Restore,
    Scale,
    Sharpened,
    Threshold,
)
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.spectral.stft import Analysis

ANALYSIS = Analysis(512, 64)
SAMPLES = 9000
LAYERS = 4


def a_stack(seed, layers=LAYERS):
    rng = np.random.default_rng(seed)
    stack = random_stack(layers, ANALYSIS, SAMPLES, seed, int(rng.integers(1, 3)))
    levels = rng.integers(0, 255, (stack.frames, stack.bins)).astype(np.uint8)
    # Some bins of which the model says nothing, and a layer that holds no component.
    w = stack.factors.W * (rng.random(stack.factors.W.shape) < 0.9)
    last = replace(stack.layers[-1], parts=tuple(Part(part.id) for part in stack.layers[-1].parts))
    return replace(
        stack, layers=(*stack.layers[:-1], last), factors=Factors(w.astype(np.float32), stack.factors.H), levels=levels
    )


def an_edit(rng, stack, edits):
    """Edits after one more of any kind."""
    locked = stack.locked_parts()
    free = [i for i, layer in enumerate(stack.layers) if not layer.locked]
    if len(free) < 2:
        return edits
    one, two = (stack.layers[i].part_ids for i in rng.choice(free, 2, replace=False))
    low, start = int(rng.integers(0, stack.bins - 9)), int(rng.integers(0, stack.frames - 9))
    region = Region(low, low + int(rng.integers(3, 99)), start, start + int(rng.integers(3, 70)))
    area = areas.rectangle(region, stack.bins, stack.frames)
    if rng.random() < 0.3:
        area = area.feathered(3)
    now = replace(stack, edits=edits)
    kind = rng.integers(12)
    if kind < 4:
        effect = Fill(locked, one, float(rng.choice([0.0, 0.4, 1.0]))) if kind else Restore(locked)
        return stroke(rng, now, effect)
    effect = [
        lambda: Filter(
            locked, one, FilterKind(rng.choice(list(FilterKind))), int(rng.integers(0, 4)), int(rng.integers(0, 9))
        ),
        lambda: Threshold(
            locked, one, Measure(rng.choice(list(Measure))), -30.0 if rng.random() < 0.5 else 0.3, knee=0.1
        ),
        lambda: Invert(locked, one),
        lambda: Scale(locked, one, float(rng.uniform(0, 3))),
        lambda: Combine(locked, one, CombineKind(rng.choice(list(CombineKind))), two),
        lambda: Recall(locked, replace(now, edits=edits[: len(edits) // 2])),
        lambda: Sharpened(locked, tuple(stack.layers[i].part_ids for i in free), float(rng.choice([0.5, 2.0, np.inf]))),
        lambda: Fill(locked, (*one, *two), 1.0),
    ][kind - 4]()
    return (*edits, Operation(effect, area if rng.random() < 0.9 else None))


def scratch(stack, rows, columns, lattice=None):
    return replace(stack, remembered=None).evaluate(rows, columns, lattice)


def painted_once(memory, seed=3):
    """A stack with one rectangle given to its first layer, remembered everywhere."""
    stack = replace(a_stack(seed), remembered=memory)
    area = areas.rectangle(Region(10, 60, 40, 70), stack.bins, stack.frames)
    stack = replace(stack, edits=(Operation(Fill((), stack.layers[0].part_ids, 0.8), area),))
    everywhere(stack)
    return stack


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def all_records(memory):
    return {record for block in memory._of_block for record in memory.records(block)}


def left(stack, region=None):
    region = region or Region(0, stack.bins, 0, stack.frames)
    return stack.work_left(np.arange(region.low, region.high), np.arange(region.start, region.stop))
