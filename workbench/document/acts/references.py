"""The user's acts on references, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from workbench.document.state import Reference, State


def add_references(state: State, found: Sequence[Reference]) -> State:
    """References behind those that there are; their ids are given here."""
    new = tuple(replace(each, id=state.next_id + number) for number, each in enumerate(found))
    return replace(state, references=(*state.references, *new), next_id=state.next_id + len(new))


def change_references(state: State, chosen: Collection[int], **values: Any) -> State:
    """Set fields of some references: name, offset, gain_db."""
    changed = tuple(replace(each, **values) if each.id in chosen else each for each in state.references)
    return state if changed == state.references else replace(state, references=changed)


def remove_references(state: State, chosen: Collection[int]) -> State:
    """Take references away; what they were assigned to has again what it is most like."""
    staying = tuple(each for each in state.references if each.id not in chosen)
    assigned = tuple(pair for pair in state.assigned if pair[1] not in chosen)
    return replace(state, references=staying, assigned=assigned)


def assign(state: State, source: int, reference: int | None) -> State:
    """Give a layer or group, by its id, a reference: 0 for none, None for that which it is most like."""
    others = tuple(pair for pair in state.assigned if pair[0] != source)
    return replace(state, assigned=others if reference is None else (*others, (source, reference)))
