"""Lists of labels as other programs write them."""

from __future__ import annotations

import pytest

from workbench.nmf.activations import Event
from workbench.separation.labels import Label, as_events, events_in, read_labels


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.0\t2.5\tkick\n", [Label(1.0, 2.5, "kick")]),
        ("1,5\t1,5\tpoint\n", [Label(1.5, 1.5, "point")]),
        ("1.0\t1.0\ta b\n\\\t100.0\t200.0\n2.0\t3.0\t\n", [Label(1, 1, "a b", 100, 200), Label(2, 3)]),
        ("1.0\t1.0\tx\n\\\t-1.000000\t200.0\n", [Label(1, 1, "x", None, 200)]),
        ("start,end,label\n0.5,1,kick\n", [Label(0.5, 1, "kick")]),
        ("Onset (s);Duration (s);Pitch\n0.5;1;60\n", [Label(0.5, 1.5, "60")]),
        ("time,instrument\n0.5,snare\n", [Label(0.5, 0.5, "snare")]),
        (
            "Selection\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tAnnotation\n"
            "1\t0.5\t1.5\t1000\t2000\twren\n",
            [Label(0.5, 1.5, "wren", 1000, 2000)],
        ),
        ('label,start,stop\n"a, b",1,2\n', [Label(1, 2, "a, b")]),
        ("0.5,kick\n1,snare\n", [Label(0.5, 0.5, "kick"), Label(1, 1, "snare")]),
        ("0.5 0.25 60 # a note\n# nothing\n", [Label(0.5, 0.75, "60")]),
        ("1.0\n2.0\n", [Label(1, 1), Label(2, 2)]),
    ],
)
def test_lists_of_other_programs_are_read(text, found):
    assert read_labels(text) == found


def test_words_are_numbered_and_numbers_stay():
    assert as_events([Label(1, 2, "b"), Label(2, 2, "a"), Label(3, 3, "b")]) == (
        [Event(1, 1, 1), Event(2, 0, 2), Event(3, 0, 1)],
        ["b", "a"],
    )
    assert as_events([Label(1, 2, "60")]) == ([Event(1, 1, 60.0)], [])


def test_a_list_of_numbers_is_what_it_was_and_other_lists_are_events_too():
    assert events_in("0.5 0.25 60\n") == ([Event(0.5, 0.25, 60.0)], [])
    assert events_in("onset,drum\n0.5,hat\n1,kick\n") == ([Event(0.5, 0, 1), Event(1, 0, 2)], ["hat", "kick"])
    with pytest.raises(ValueError, match="Line 1"):
        events_in("nothing\n")
