"""The user's acts on whole stacks, and on all of them at once, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.document.acts.layers import free_colour
from workbench.document.acts.masks import locked_parts
from workbench.document.state import Run, StackState, State
from workbench.errors import UserError
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Combine, CombineKind, MaskSource, Parts
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Model
from workbench.masks.model.palette import palette_colour
from workbench.progress import Progress, silent
from workbench.spectral.stft import Analysis


def new_stack(state: State, name: str) -> State:
    """Another stack, with one layer, becomes the present one."""
    identity = state.next_id
    everything = Layer(identity + 1, "Everything", palette_colour(0), (Part(identity + 2, 0),))
    made = StackState(identity, name, (everything,))
    return replace(state, stacks=(*state.stacks, made), shown=identity, next_id=identity + 3)


def duplicate_stack(state: State, name: str) -> State:
    """A copy of the present stack becomes the present one."""
    made = replace(state.present, id=state.next_id, name=name)
    return replace(state, stacks=(*state.stacks, made), shown=made.id, next_id=state.next_id + 1)


def show_stack(state: State, identity: int) -> State:
    """Make another stack the present one; the same state where there is none of that id, or it is present already."""
    others = (each.id for each in state.stacks if each.id != state.shown)
    return replace(state, shown=identity) if identity in others else state


def rename_stack(state: State, name: str) -> State:
    """Another name for the present stack."""
    return state.with_present(name=name)


def remove_stack(state: State) -> State:
    """Take the present stack away; the one made before it is shown, or after the oldest the next.

    Raises
    ------
    UserError
        If it is the only one.
    """
    if len(state.stacks) == 1:
        raise UserError("document.last_stack")
    place = state.stacks.index(state.present)
    others = (*state.stacks[:place], *state.stacks[place + 1 :])
    return replace(state, stacks=others, shown=others[max(0, place - 1)].id)


def copy_to_stack(state: State, name: str, parts: Parts, source: MaskSource, identity: int) -> State:
    """A new layer of another stack gets the mask of a layer or group; it takes from the layers there, as painting does.

    Parameters
    ----------
    name : str
        Of the new layer.
    parts : tuple of int
        Those of the layer or group.
    source : MaskSource
        Its mask as a clip, or the stack that holds it as it is now.
    identity : int
        The other stack.
    """
    there = show_stack(state, identity)
    new = Layer(there.next_id, name, free_colour(there.layers), (Part(there.next_id + 1),))
    effect = Combine(locked_parts(there), new.part_ids, CombineKind.REPLACE, parts, source)
    edits = (*there.edits, Operation(effect))
    layers = (*there.layers, new)
    there = replace(there, next_id=there.next_id + 2).with_present(layers=layers, edits=edits)
    return show_stack(there, state.shown)


@dataclass(frozen=True, eq=False)
class Carried:
    """A state under another window and hop, before its runs are there.

    Attributes
    ----------
    before : State
        Of which it was made.
    state : State
        Its stacks name the runs that those before name.
    models : dict of int to Model
        What these are under the new window.
    """

    before: State
    state: State
    models: dict[int, Model]


def carried_over(
    state: State, runs: Mapping[int, Run], analysis: Analysis, samples: int, progress: Progress = silent
) -> Carried:
    """What another window and hop make of a state; of much that is edited it takes a while.

    Raises
    ------
    Cancelled
        If it is stopped.
    """
    old = state.analysis
    models = {}
    for done, number in enumerate(sorted(state.runs)):
        progress(0.5 * done / len(state.runs))
        models[number] = runs[number].factors.resampled(old, analysis, samples)
    progress(0.5)
    return Carried(state, set_analysis(state, analysis, samples, {number: number for number in state.runs}), models)


def with_runs(state: State, runs: Mapping[int, int]) -> State:
    """The same state, whose stacks name other runs."""
    stacks = tuple(each if each.run is None else replace(each, run=runs[each.run]) for each in state.stacks)
    return replace(state, stacks=stacks)


def set_analysis(state: State, analysis: Analysis, samples: int, runs: Mapping[int, int]) -> State:
    """Another window and hop: edits of all stacks, and what is selected and remembered, are carried over.

    Parameters
    ----------
    samples : int
        Length of the recording.
    runs : mapping of int to int
        For each run that a stack uses, the number of the run that holds its factors carried over.
    """

    def carried(stack: StackState) -> StackState:
        edits = tuple(edit.resampled(state.analysis, analysis, samples) for edit in stack.edits)
        marks = stack.marks
        if marks is not None:
            marks = tuple(mark.resampled(state.analysis, analysis, samples) for mark in marks)
        known = tuple(each.resampled(state.analysis, analysis, samples) for each in stack.known)
        run = None if stack.run is None else runs[stack.run]
        return replace(stack, edits=edits, run=run, marks=marks, known=known)

    area = None if state.area is None else state.area.resampled(state.analysis, analysis, samples)
    remembered = tuple(
        replace(each, area=each.area.resampled(state.analysis, analysis, samples)) for each in state.remembered
    )
    stacks = tuple(carried(each) for each in state.stacks)
    return replace(state, analysis=analysis, stacks=stacks, area=area or None, remembered=remembered)
