"""Any act of the hand on any document, for the tests and for the benchmark that make a thousand of them."""

from __future__ import annotations

import numpy as np

from tests.acting import change_layer
from workbench.document.acts import groups as group_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.document.acts import stacks as stack_acts
from workbench.document.document import Document
from workbench.document.state import State
from workbench.errors import UserError
from workbench.masks.edits import areas
from workbench.masks.edits.area import Area
from workbench.masks.edits.brush import Brush, Ruler, Shape
from workbench.masks.edits.effects import CombineKind, Effect, Measure, Threshold
from workbench.masks.edits.filters import FilterKind
from workbench.masks.edits.traces import Path
from workbench.masks.hand.clips import Clip, clip, recalled
from workbench.masks.hand.painting import AnyStroke, brush_effect, check, eraser_effect, filter_effect
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.spectral.scales import FrequencyScale

KINDS_OF_ACT = (
    "brush",
    "brush",
    "erase",
    "filter stroke",
    "fill",
    "take",
    "restore",
    "threshold",
    "invert",
    "binary",
    "exponent",
    "scale",
    "clean",
    "combine",
    "paste",
    "recall",
    "cut",
    "lift",
    "merge",
    "group",
    "remove",
    "clear layer",
    "duplicate",
)
MOST_LAYERS = 12
MOST_STACKS = 3


def random_area(rng: np.random.Generator, stack: Stack) -> Area:
    """A rectangle, polygon or soft-edged patch of moderate size."""
    low, start = int(rng.integers(0, stack.bins)), int(rng.integers(0, stack.frames))
    region = Region(low, low + int(rng.integers(1, 60)), start, start + int(rng.integers(1, 80)))
    kind = rng.integers(4)
    if kind == 0:
        return areas.rectangle(region, stack.bins, stack.frames)
    if kind == 1:
        corners = np.stack([start + rng.uniform(0, 60, 5), low + rng.uniform(0, 60, 5)], axis=1)
        return areas.polygon(corners, stack.bins, stack.frames)
    area = areas.rectangle(region, stack.bins, stack.frames)
    return area.feathered(int(rng.integers(1, 4))) if kind == 2 else area.grown(2)


def stroke(rng: np.random.Generator, stack: Stack, effect: Effect) -> tuple[object, ...]:
    """Edits after a stroke of any brush at any zoom."""
    zoom = float(rng.choice([0.3, 2.0, 6.0]))
    ruler = Ruler(FrequencyScale.LOG, 20.0, zoom, 45.0)
    shape = list(Shape)[rng.integers(5)]
    brush = Brush(shape, float(rng.uniform(4, 40)), float(rng.random()), int(rng.integers(1, 6)), 80.0)
    strength = float(rng.choice([0.3, 1.0]))
    x, y = float(rng.uniform(0, stack.frames * zoom)), float(rng.uniform(0, 9 * 45))
    under_way = AnyStroke(stack, effect, Path(brush, ruler, np.array([[x, y, strength]]), bool(rng.random() < 0.3)))
    for _ in range(int(rng.integers(1, 6))):
        under_way.draw_to(x, y, strength)
        x, y = x + float(rng.normal(0, 12)), y + float(rng.normal(0, 12))
    return under_way.edits


def random_act(document: Document, rng: np.random.Generator) -> str | None:
    """Do one act of a random kind, as one step; its name, or None where it was refused (with a sentence).

    'show' is no step: the present one then shows another stack.
    """
    state = document.recorded_state
    if rng.random() < 0.15:
        layer = state.layers[rng.integers(len(state.layers))]
        change_layer(document, "lock", layer.id, None, locked=not layer.locked)
        return "lock"
    others = [each.id for each in state.stacks if each.id != state.shown]
    if others and rng.random() < 0.05:
        # No step: only another stack is looked at.
        document.show_stack(others[rng.integers(len(others))])
        return "show"
    kind = str(rng.choice(KINDS_OF_ACT))
    try:
        after = _act(kind, document, state, rng)
    except UserError:
        return None
    document.act(kind, after)
    return kind


def _act(kind: str, document: Document, state: State, rng: np.random.Generator) -> State:
    stack = document.stack
    layer = state.layers[rng.integers(len(state.layers))]
    # Now and then a group as a whole.
    source = layer.group if layer.group and rng.random() < 0.5 else layer.id
    indices = layer_acts.indices_of(state, source)
    area = random_area(rng, stack)
    wide: Area | None = area if rng.random() < 0.9 else None
    if kind == "brush":
        effect: Effect = brush_effect(stack, indices, float(rng.choice([0.0, 0.4, 1.0])))
        return state.with_present(edits=stroke(rng, stack, effect))
    if kind == "erase":
        return state.with_present(edits=stroke(rng, stack, eraser_effect(stack, indices)))
    if kind == "filter stroke":
        effect = filter_effect(stack, indices, FilterKind(rng.choice([FilterKind.BLUR, FilterKind.SHARPEN])), 1, 2)
        return state.with_present(edits=stroke(rng, stack, effect))
    if kind == "restore":
        return mask_acts.restore(state, area)
    if kind in ("binary", "exponent"):
        return mask_acts.sharpen(state, float("inf") if kind == "binary" else float(rng.uniform(0.5, 4)), wide)
    if kind == "recall":
        earlier = document.stack_at(int(rng.integers(max(0, document.step - 20), document.step + 1)))
        return state if earlier is None else mask_acts.set_edits(state, recalled(stack, earlier, area))
    if kind == "merge":
        other = state.layers[rng.integers(len(state.layers))]
        return layer_acts.merge_layers(state, [layer.id, other.id]) if len(state.layers) > 6 else state
    if kind == "group":
        chosen = [each.id for each in state.layers if rng.random() < 0.4] or [layer.id]
        return group_acts.group_layers(state, chosen, "group")[0]
    if kind == "remove":
        return layer_acts.remove_layer(state, layer.id) if len(state.layers) > 6 else state
    if kind == "lift":
        return mask_acts.lift_to_new(state, area, "lifted")[0] if len(state.layers) < MOST_LAYERS else state
    if kind == "duplicate":
        return stack_acts.duplicate_stack(state, "copy") if len(state.stacks) < MOST_STACKS else state
    check(stack, indices)
    if kind == "cut":
        return mask_acts.cut_to_new(state, source, area, "cut")[0] if len(state.layers) < MOST_LAYERS else state
    if kind == "clear layer":
        return mask_acts.clear_layer(state, source) if rng.random() < 0.1 else state
    other = state.layers[rng.integers(len(state.layers))]
    if kind == "combine":
        how = CombineKind(rng.choice(list(CombineKind)))
        return mask_acts.combine(state, source, how, other.part_ids, None, wide)
    if kind == "paste":
        rows, columns = int(rng.integers(-9, 9)), int(rng.integers(-40, 40))
        moved = area.moved(rows, columns)
        taken = clip(stack, other.part_ids, area)
        assert isinstance(taken, Clip)
        return mask_acts.paste(state, source, other.part_ids, taken, rows, columns, moved)
    if kind == "threshold":
        measure = Measure(rng.choice(list(Measure)))
        low = {Measure.MASK: 0.2, Measure.LEVEL: -70.0, Measure.RATIO: -6.0}[measure]
        effect = Threshold(
            mask_acts.locked_parts(state),
            mask_acts.parts_of(state, source),
            measure,
            low,
            knee=float(rng.choice([0, 0.1])),
        )
        return mask_acts.apply(state, effect, wide)
    if kind == "clean":
        return mask_acts.clean(
            state, source, FilterKind(rng.choice(list(FilterKind))), int(rng.integers(3)), int(rng.integers(3)), area
        )
    if kind == "scale":
        return mask_acts.scale(state, source, float(rng.uniform(0.2, 3)), wide)
    if kind == "invert":
        return mask_acts.invert(state, source, wide)
    return mask_acts.fill(state, source, 1.0 if kind == "fill" else 0.0, area)
