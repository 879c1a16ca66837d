"""The user's acts on whole stacks, and on all of them at once, as pure functions from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.document.acts.layers import free_colour
from workbench.document.acts.masks import locked_parts
from workbench.document.state import Shelved, State
from workbench.errors import UserError
from workbench.masks.edits.edits import with_operation
from workbench.masks.edits.effects import Combine, MaskSource
from workbench.masks.edits.resampling import resample_edits
from workbench.masks.model.layers import Layer, Part, palette_colour
from workbench.spectral.stft import Analysis


def new_stack(state: State, name: str) -> State:
    """Another stack, with one layer, becomes the present one; the former is put away."""
    identity = state.next_id
    everything = Layer(identity + 1, "Everything", palette_colour(0), (Part(identity + 2, 0),))
    return replace(
        state,
        layers=(everything,),
        groups=(),
        edits=(),
        run=None,
        next_id=identity + 3,
        stack=identity,
        stack_name=name,
        shelved=(*state.shelved, _present(state)),
    )


def duplicate_stack(state: State, name: str) -> State:
    """A copy of the present stack becomes the present one."""
    return replace(
        state,
        next_id=state.next_id + 1,
        stack=state.next_id,
        stack_name=name,
        shelved=(*state.shelved, _present(state)),
    )


def show_stack(state: State, identity: int) -> State:
    """Make another stack the present one."""
    wanted = next((each for each in state.shelved if each.id == identity), None)
    if wanted is None:
        return state
    others = tuple(each for each in state.shelved if each is not wanted)
    return replace(
        state,
        layers=wanted.layers,
        groups=wanted.groups,
        edits=wanted.edits,
        run=wanted.run,
        stack=wanted.id,
        stack_name=wanted.name,
        shelved=(*others, _present(state)),
    )


def rename_stack(state: State, name: str) -> State:
    """Another name for the present stack."""
    return replace(state, stack_name=name)


def remove_stack(state: State) -> State:
    """Take the present stack away; the one made before it is shown.

    Raises
    ------
    UserError
        If it is the only one.
    """
    if not state.shelved:
        raise UserError("The last stack stays; make another one first.")
    order = [each.id for each in state.stacks]
    place = order.index(state.stack)
    shown = show_stack(state, order[place - 1] if place else order[1])
    return replace(shown, shelved=tuple(each for each in shown.shelved if each.id != state.stack))


def copy_to_stack(state: State, layer: Layer, source: MaskSource, identity: int) -> State:
    """A new layer of another stack gets the mask of a layer; it takes from the layers there, as painting does.

    Parameters
    ----------
    source : MaskSource
        The layer's mask as a clip, or the stack that holds it as it is now.
    identity : int
        The other stack.
    """
    there = show_stack(state, identity)
    new = Layer(there.next_id, layer.name, free_colour(there.layers), (Part(there.next_id + 1),))
    effect = Combine(locked_parts(there), new.part_ids, "replace", layer.part_ids, source)
    edits = with_operation(there.edits, effect, None)
    there = replace(there, layers=(*there.layers, new), edits=edits, next_id=there.next_id + 2)
    return show_stack(there, state.stack)


def set_analysis(state: State, analysis: Analysis, samples: int, runs: Mapping[int, int]) -> State:
    """Another window and hop: edits of all stacks are carried over; `runs` names the factors carried over."""

    def carried(stack: Shelved) -> Shelved:
        edits = resample_edits(stack.edits, state.analysis, analysis, samples)
        return replace(stack, edits=edits, run=None if stack.run is None else runs[stack.run])

    present = carried(_present(state))
    others = tuple(carried(each) for each in state.shelved)
    return replace(state, analysis=analysis, edits=present.edits, run=present.run, shelved=others)


def _present(state: State) -> Shelved:
    return Shelved(state.stack, state.stack_name, state.layers, state.edits, state.run, state.groups)
