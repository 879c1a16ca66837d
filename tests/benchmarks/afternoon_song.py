"""The song that an afternoon is spent on, and what is done to all of it now and then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.acting import change_layer
from tests.benchmarks.driving import DEMO
from tests.benchmarks.edit import LAYERS, long_recording, open_with_layers
from workbench.document.acts import masks as mask_acts
from workbench.masks.edits.effects import Measure, Threshold
from workbench.masks.edits.filters import FilterKind

if TYPE_CHECKING:
    from workbench.app import Workbench

MINUTES = 5
SAME = 100.0
"""Second from which the ten seconds are that half of the strokes are painted in."""
VIEW = 10.0


def open_song(program: Workbench, folder: Path, of: Path = DEMO) -> None:
    """Five minutes in stereo and ten layers, all with gains of their own, so that masks count."""
    path = folder / "song.wav"
    long_recording(path, MINUTES, of)
    open_with_layers(program, path)
    for i, layer in enumerate(program.desk.document.layers):
        change_layer(program.desk.document, "gain", layer.id, gain_db=-float(i))


def threshold(program: Workbench, number: int) -> None:
    """A threshold of one of the layers, everywhere."""
    document = program.desk.document
    state, layer = document.recorded_state, document.layers[number % LAYERS]
    effect = Threshold(mask_acts.locked_parts(state), layer.part_ids, Measure.MASK, 0.2)
    document.act("threshold", mask_acts.apply(state, effect, None))


def median(program: Workbench, number: int) -> None:
    """A median of one of the layers, everywhere."""
    document = program.desk.document
    layer = document.layers[number % LAYERS]
    document.act("median", mask_acts.clean(document.recorded_state, layer.id, FilterKind.MEDIAN, 1, 1, None))
