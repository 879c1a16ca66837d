"""The words of project files: they stay, whatever the program calls things."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.document.packing import Packer
from workbench.document.state import fresh_state
from workbench.document.unpacking import Unpacker
from workbench.masks.edits.areas import rectangle
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Combine, CombineKind, Measure, Threshold
from workbench.masks.edits.filters import Filter, FilterKind
from workbench.masks.hand.marks import Mark
from workbench.masks.model.grid import Region
from workbench.spectral.stft import Analysis

WORDS = [(FilterKind, "blur sharpen median open close erode dilate"), (Measure, "mask level ratio")]
WORDS += [(CombineKind, "replace union intersection difference")]


@pytest.mark.parametrize(
    ("effect", "key", "kind"),
    [
        *((Filter((), (1,), kind, 1, 2), "kind", kind) for kind in FilterKind),
        *((Combine((), (1,), kind, (2,)), "way", kind) for kind in CombineKind),
        *((Threshold((), (1,), measure), "measure", measure) for measure in Measure),
    ],
)
def test_an_effect_is_written_in_words_and_comes_back(effect, key, kind):
    packer = Packer()
    entry = packer.state(fresh_state(Analysis()).with_present(edits=(Operation(effect),)))
    tables = packer.finish()
    assert tables["edits"][0][key] == kind.value and type(tables["edits"][0][key]) is str
    back = Unpacker(tables, packer.arrays).state(entry).edits[0].effect
    assert back == effect and getattr(back, "kind" if key == "way" else key) is kind


@pytest.mark.parametrize(("kind", "words"), WORDS)
def test_the_words_are_those_of_older_files(kind, words):
    assert {each.value for each in kind} == set(words.split())


def test_an_unknown_word_is_damage():
    packer = Packer()
    packer.tables["edits"].append({"effect": "Filter", "locked": [], "parts": [1], "kind": "smear", "area": None})
    packer.tables["edits"][0] |= {"rows": 1, "columns": 1, "amount": 1.0}
    packer.tables["lists"].append([0])
    with pytest.raises(ValueError, match="smear"):
        Unpacker(packer.tables, packer.arrays)._edits(0)


def test_marks_are_written_and_come_back():
    mark = Mark(7, 2, rectangle(Region(3, 9, 4, 20), 257, 100), 0.5, True)
    packer = Packer()
    entry = packer.state(fresh_state(Analysis()).with_present(marks=(mark,)))
    (back,) = Unpacker(packer.finish(), packer.arrays).state(entry).marks
    assert (back.id, back.source, back.weight, back.denies) == (7, 2, 0.5, True)
    rows, columns = np.arange(257), np.arange(100)
    assert np.array_equal(back.place.at(rows, columns), mark.place.at(rows, columns))
