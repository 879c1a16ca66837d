"""The words of project files: they stay, whatever the program calls things."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

from tests.saving import saved_again
from workbench.document.packed.packer import Packer
from workbench.document.packed.schema import Tables
from workbench.document.state import fresh_state
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
    state = fresh_state(Analysis()).with_present(edits=(Operation(effect),))
    written = json.loads(msgspec.json.encode(packed_tables(state).edits[0]))
    assert written[key] == kind.value
    back = saved_again(state).edits[0].effect
    assert back == effect and getattr(back, "kind" if key == "way" else key) is kind


def packed_tables(state):
    packer = Packer(lambda reference: {})
    packer.state(state)
    return packer.take()[0]


@pytest.mark.parametrize(("kind", "words"), WORDS)
def test_the_words_are_those_of_older_files(kind, words):
    assert {each.value for each in kind} == set(words.split())


def test_an_unknown_word_is_damage():
    entry = {"effect": "Filter", "locked": [], "parts": [1], "kind": "smear", "area": None}
    entry |= {"rows": 1, "columns": 1, "amount": 1.0}
    with pytest.raises(msgspec.ValidationError, match="smear"):
        msgspec.convert({"edits": [entry]}, Tables)


def test_marks_are_written_and_come_back():
    frames = Analysis().frames(8000)
    mark = Mark(1, 2, rectangle(Region(3, 9, 4, 12), 1025, frames), 0.5, True)
    (back,) = saved_again(fresh_state(Analysis()).with_present(marks=(mark,))).marks
    assert (back.id, back.source, back.weight, back.denies) == (1, 2, 0.5, True)
    rows, columns = np.arange(1025), np.arange(frames)
    assert np.array_equal(back.place.at(rows, columns), mark.place.at(rows, columns))
