"""Suggested groups are shown and heard before they are made."""

import pytest

from tests.control.scenes import acts, ids, open_tones, previewing, separate
from workbench.control.suggesting import NOWHERE, GroupSuggestion


@pytest.fixture
def suggestion(separated):
    made = GroupSuggestion(separated.document, separated.acting)
    made.take([0, 1, 0, NOWHERE], ["Low", "High"])
    return made


def groups(desk):
    return {group.name: [x.id for x in desk.document.layers if x.group == group.id] for group in desk.document.groups}


def test_it_is_shown_and_changed_before_it_is_accepted_as_one_act(separated, suggestion):
    a, b, c, d = sorted(ids(separated))
    assert previewing(separated) and groups(separated) == {"Low": [a, c], "High": [b]}
    suggestion.put(3, 1)
    assert groups(separated) == {"Low": [a, c], "High": [b, d]} and suggestion.chosen == [0, 1, 0, 1]
    assert suggestion.names == ["Low", "High"] and suggestion.proposed == [("Low", [a, c]), ("High", [b, d])]
    count = len(acts(separated))
    suggestion.accept("Group by timbre")
    assert acts(separated)[count:] == ["Group by timbre"] and not previewing(separated)
    assert groups(separated) == {"Low": [a, c], "High": [b, d]}


def test_left_all_is_as_it_was(separated, suggestion):
    suggestion.leave()
    suggestion.put(0, 1)
    assert not previewing(separated) and not separated.document.groups


def test_after_another_act_it_is_shown_again(separated, suggestion, until):
    separated.mixing.set_gain(separated.document.layers[0], -6.0)
    until(lambda: previewing(separated))
    assert set(groups(separated)) == {"Low", "High"}
    suggestion.leave()


@pytest.mark.parametrize("what", ["layers", "stack", "recording", "same project"])
def test_it_is_told_where_it_is_for_something_else(separated, suggestion, until, what):
    told = []
    suggestion.outdated.connect(lambda: told.append(1))
    if what == "layers":
        separated.layers.add()
    elif what == "stack":
        separated.stacks.duplicate()
    elif what == "recording":
        open_tones(separated)
    else:
        open_tones(separated, seconds=1.0, state=separated.document.recorded_state)
    until(lambda: told)
    suggestion.accept("Group")
    assert not previewing(separated) and not separated.document.groups


def test_shown_again_when_asked(separated, suggestion, until):
    separated.document.end_preview()
    suggestion.show_again()
    until(lambda: previewing(separated))
    suggestion.leave()
    suggestion.show_again()
    assert not previewing(separated)


def test_a_factorisation_that_keeps_the_layers_keeps_it(separated, suggestion, until):
    told = []
    suggestion.outdated.connect(lambda: told.append(1))
    separate(separated, 4, seed=2)
    until(lambda: previewing(separated))
    assert not told
    suggestion.leave()
