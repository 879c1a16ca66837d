"""States from entries. What they give is a valid document: nothing is looked for that is not
there, masks are in [0, 1] and sum to one, and everything is of the plane of the recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench.document.acts.groups import in_order
from workbench.document.acts.markers import from_left
from workbench.document.packed import schema
from workbench.document.packed.known import Known as Things
from workbench.document.packed.models import Models, plane_of
from workbench.document.packed.pools import Source
from workbench.document.packed.unpacker import Unpacker, check_layers
from workbench.document.packed.words import Damage
from workbench.document.state import (
    GroupMix,
    LayerMix,
    Marker,
    Reference,
    RememberedArea,
    RememberedMix,
    StackState,
    State,
)
from workbench.errors import UserError
from workbench.masks.model.layers import Group
from workbench.masks.model.models import Factors
from workbench.separation.holds import Curve, Hold
from workbench.separation.known import Known, Notes, Onsets
from workbench.spectral.stft import Analysis

Steps = list[tuple[str, State]]


class StateUnpacker:
    """Gives states of one window and hop; states that share something share it again.

    Parameters
    ----------
    tables : mapping of str to sequence
        Entries by table.
    source : Source
        Of the arrays.
    models : Models
    analysis : Analysis
        Of the states that will be asked for.
    samples : int
        Length of the recording.
    whereabouts : callable
        Where the file of a reference is.
    """

    def __init__(
        self,
        tables: Mapping[str, Sequence[Any]],
        source: Source,
        models: Models,
        analysis: Analysis,
        samples: int,
        whereabouts: Callable[[schema.ReferenceEntry], Path],
    ) -> None:
        self._things = Things(tables)
        self._source, self._models, self._whereabouts = source, models, whereabouts
        self._analysis, self._plane = analysis, (analysis.bins, analysis.frames(samples))
        self._unpacker = Unpacker(tables, source, models, *self._plane)
        self._largest: dict[int, int] = {}
        """The largest identity in each stack."""

    def reads(self, table: str, number: int) -> bool:
        """Whether an edit, a mark, an area or a word can be read."""
        try:
            if table == "known":
                self._word(number)
            else:
                self._unpacker.read(table, number)
        except Damage:
            return False
        return True

    # -- states ----------------------------------------------------------------------------------------

    def state(self, number: int) -> State:
        """A state.

        Raises
        ------
        Damage
            If it is missing, damaged, or of another window and hop.
        """
        return self._things.once("states", number, self._state)

    def _state(self, entry: schema.StateEntry) -> State:
        if analysis_of(entry) != self._analysis:
            raise Damage("a step has another window")
        stacks = tuple(self._numbered_stack(number) for number in entry.stacks)
        ids = [stack.id for stack in stacks]
        if len(set(ids)) < len(ids) or entry.shown not in ids:
            raise Damage("a stack is missing or there twice")
        mixes = tuple(None if each is None else self._things.once("mixes", each, _mix) for each in entry.mixes)
        references = tuple(self._things.once("references", each, self._reference) for each in entry.references)
        if len({each.id for each in references}) < len(references):
            raise Damage("a reference is there twice")
        state = State(
            self._analysis,
            stacks,
            entry.shown,
            entry.next_id,
            mixes,
            references,
            entry.assigned,
            None if entry.area is None else self._unpacker.area(entry.area) or None,
            () if entry.remembered is None else self._remembered(entry.remembered),
            () if entry.markers is None else self._markers(entry.markers),
        )
        if (
            max(*(self._largest[number] for number in entry.stacks), *(each.id for each in references), 0)
            >= state.next_id
        ):
            raise Damage("an identity could be given twice")
        return state

    def _remembered(self, number: int) -> tuple[RememberedArea, ...]:
        def held(entry: schema.RememberedEntry) -> RememberedArea:
            return RememberedArea(entry.name, self._unpacker.area(entry.area))

        things = self._things
        return things.listed("remembered_lists", number, lambda each: things.once("remembered", each, held))

    def _markers(self, number: int) -> tuple[Marker, ...]:
        things = self._things
        markers = things.listed("marker_lists", number, lambda each: things.once("markers", each, _marker))
        if list(markers) != from_left(markers):
            raise Damage("markers are out of order")
        return markers

    def _numbered_stack(self, number: int) -> StackState:
        stack = self._things.once("stacks", number, self._stack)
        if number not in self._largest:
            self._largest[number] = _largest(stack)
        return stack

    def _stack(self, entry: schema.StackEntry) -> StackState:
        layers = self._unpacker.layers(entry.layers)
        check_layers(layers)
        groups = () if entry.groups is None else self._groups(entry.groups)
        stack = StackState(
            entry.id,
            entry.name,
            layers,
            self._unpacker.edits(entry.edits),
            entry.run,
            groups,
            None if entry.marks is None else self._unpacker.marks(entry.marks),
            () if entry.known is None else self._words(entry.known),
        )
        self._check(stack)
        return stack

    def _groups(self, number: int) -> tuple[Group, ...]:
        return self._things.listed("group_lists", number, lambda each: self._things.once("groups", each, _group))

    def _words(self, number: int) -> tuple[Known, ...]:
        return self._things.listed("known_lists", number, self._word)

    def _check(self, stack: StackState) -> None:
        """Whether a stack is one: its groups stand together, and its masks can be computed."""
        state = State(self._analysis, (stack,), stack.id)
        if in_order(state) is not state or len({each.id for each in stack.groups}) < len(stack.groups):
            raise Damage("layers of a group are apart")
        if stack.run is None:
            return
        model = self._models.run(stack.run).factors
        if plane_of(model) != self._plane:
            raise Damage("a factorisation does not fit the recording")
        if stack.marks is None:
            if any(part.component >= model.components for part in stack.parts if part.component is not None):
                raise Damage("a layer holds a component that is not there")
        elif not isinstance(model, Factors):
            raise Damage("marks are of masks that have no components")

    def _word(self, number: int) -> Known:
        return self._things.once("known", number, lambda entry: self._known(number, entry))

    def _known(self, number: int, entry: schema.KnownEntry) -> Known:
        if isinstance(entry, schema.OnsetsEntry):
            if list(entry.seconds) != sorted(entry.seconds):
                raise Damage("onsets are out of order")
            return Onsets(entry.part, entry.seconds)
        if isinstance(entry, schema.NotesEntry):
            return Notes(entry.part, entry.pitch, entry.spans)
        values = self._source.array(f"hold{number}", np.float32, entry.shape)
        long = self._plane[entry.curve is Curve.ACTIVATION]
        if entry.shape[0] != long or (len(entry.shape) > 1 and entry.curve is Curve.ACTIVATION):
            raise Damage("a held curve does not fit the recording")
        if not (np.isfinite(values) & (values >= 0)).all():
            raise Damage("a held curve is no number")
        return Hold(entry.part, entry.curve, values, entry.weight, entry.power)

    def _reference(self, entry: schema.ReferenceEntry) -> Reference:
        path = self._whereabouts(entry)
        return Reference(entry.id, entry.name, path, entry.checksum, entry.offset, entry.gain_db)


def analysis_of(entry: schema.StateEntry) -> Analysis:
    """Window and hop of a state.

    Raises
    ------
    Damage
        If there are no such.
    """
    try:
        return Analysis(entry.analysis.window, entry.analysis.hop)
    except UserError as error:
        raise Damage("its window and hop are none") from error


def _largest(stack: StackState) -> int:
    ids = [stack.id, *(layer.id for layer in stack.layers), *(part.id for part in stack.parts)]
    return max(*ids, *(group.id for group in stack.groups), *(mark.id for mark in stack.marks or ()))


def _marker(entry: schema.MarkerEntry) -> Marker:
    end = entry.begin if entry.end is None else entry.end
    if end < entry.begin:
        raise Damage("a marker ends before it begins")
    return Marker(entry.name, entry.begin, end)


def _group(entry: schema.GroupEntry) -> Group:
    faders = float(entry.gain_db), entry.pan, entry.width
    return Group(entry.id, entry.name, entry.colour, *faders, entry.mute, entry.solo)


def _mix(entry: schema.MixEntry) -> RememberedMix:
    layers = (LayerMix(x.id, float(x.gain_db), x.pan, x.mute, x.solo) for x in entry.layers)
    groups = (GroupMix(x.id, float(x.gain_db), x.pan, x.width, x.mute, x.solo) for x in entry.groups)
    return RememberedMix(tuple(layers), tuple(groups))
