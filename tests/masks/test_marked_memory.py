"""What is remembered of marks is let go of again."""

import gc
import weakref

import numpy as np
import pytest

from tests.masks.test_sources import COLUMNS, ROWS, box, random_sources
from workbench.masks.hand.marks import Mark
from workbench.masks.insight import marked
from workbench.masks.insight.assignment import sources
from workbench.masks.insight.samples import Samples
from workbench.masks.model import sources as module
from workbench.masks.model.layers import Part
from workbench.masks.model.sources import Told, Word

PARTS = (Part(1, 0), Part(2, 1))


def alive(seen):
    gc.collect()
    return sum(each() is not None for each in seen)


def test_of_places_that_are_marked_no_more_the_last_are_kept(monkeypatch):
    monkeypatch.setattr(marked, "PLACES", 5)
    samples, seen = Samples(random_sources(0, words=0).components_of), []
    for turn in range(30):
        place = box(turn % 20, turn % 20 + 6, turn, turn + 9)
        seen.append(weakref.ref(place))
        sources(samples, PARTS, [Mark(turn, 2, place)])
        del place
    assert 1 <= alive(seen) <= 8
    # Marks that are there are all kept, however many.
    marks = [Mark(100 + i, 2, box(i % 20, i % 20 + 6, i, i + 9)) for i in range(40)]
    whole = sources(samples, PARTS, marks).shares
    kept = {id(samples.of(mark.place)) for mark in marks}
    assert np.array_equal(sources(samples, PARTS, marks).shares, whole)
    assert {id(samples.of(mark.place)) for mark in marks} == kept


@pytest.mark.parametrize("grids", [2, 12])
def test_of_grids_that_are_looked_at_no_more_the_last_are_kept(monkeypatch, grids):
    words = tuple(Word(i % 2, box(i, i + 12, i, i + 12), 0.5) for i in range(module.MANY + 3))
    chosen, told, made = np.arange(2), Told(), []
    size = 2 * len(ROWS) * 30 * 4
    monkeypatch.setattr(module, "MOST_BYTES", 3 * size)
    say = module._say
    monkeypatch.setattr(
        module, "_say", lambda out, touching, *grid: (made.append(len(touching)), say(out, touching, *grid))
    )
    views = [COLUMNS[i : i + 30] for i in range(grids)]

    def look():
        for columns in views:
            touching = [(word, slice(0, len(ROWS)), slice(0, 30)) for word in words]
            touching = [(w, slice(*w.box[:2]), _within(w, columns)) for w, _, _ in touching]
            told.odds(touching, chosen, ROWS, columns)

    look()
    made.clear()
    look()
    # What is still known is not made again; of many views nothing is known any more when the first comes again.
    assert max(made) == (1 if grids == 2 else len(words) - 1)


def _within(word, columns):
    start, stop = np.searchsorted(columns, word.box[2:])
    return slice(int(start), int(stop))
