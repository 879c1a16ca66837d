"""The document's data as entries and arrays. What is shared is written once and named by its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import msgspec

from workbench.document.packed import schema, schema_edits
from workbench.document.packed.places import PlacePacker
from workbench.document.packed.pools import Arrays
from workbench.document.packed.schema import Tables
from workbench.document.packed.words import written
from workbench.document.state import Marker, Reference, RememberedArea, RememberedMix, Run, StackState, State
from workbench.masks.edits.edits import Edit, Operation, Paint
from workbench.masks.edits.effects import Combine, Effect
from workbench.masks.hand.clips import Clip
from workbench.masks.hand.marks import Mark
from workbench.masks.model.layers import Group, Layer
from workbench.masks.model.models import Factors, Shares
from workbench.masks.model.sources import MaskModel
from workbench.masks.stack import Stack
from workbench.separation.holds import Hold
from workbench.separation.known import Known, Onsets

Thing = TypeVar("Thing")
Whereabouts = Callable[[Reference], dict[str, str]]


class Packer:
    """Collects entries and arrays; what was packed once is known by its number from then on.

    Parameters
    ----------
    whereabouts : callable
        Where a sound file is, as fields of a `ReferenceEntry`.
    """

    def __init__(self, whereabouts: Whereabouts) -> None:
        self._whereabouts = whereabouts
        self._places = PlacePacker()
        self._lists: dict[tuple[str, int], tuple[Any, ...]] = {}
        """The list that was packed last, for each table and stack."""

    def take(self) -> tuple[Tables, Arrays]:
        """What came since this was asked last; pools hold what follows what they held then."""
        return self._places.take()

    @property
    def pools(self) -> dict[str, int]:
        """How much is in each pool by now."""
        return dict(self._places.pools)

    # -- states ----------------------------------------------------------------------------------------

    def state(self, state: State) -> int:
        """A state; runs go by their numbers."""
        return self._places.once("states", state, self._state)

    def _state(self, state: State) -> schema.StateEntry:
        places = self._places
        return schema.StateEntry(
            analysis=schema.AnalysisEntry(window=state.analysis.window, hop=state.analysis.hop),
            stacks=tuple(places.once("stacks", each, self._stack) for each in state.stacks),
            shown=state.shown,
            next_id=state.next_id,
            mixes=tuple(None if each is None else places.once("mixes", each, _mix) for each in state.mixes),
            references=tuple(places.once("references", each, self._reference) for each in state.references),
            assigned=state.assigned,
            area=None if state.area is None else places.area(state.area),
            remembered=self._list("remembered", state.remembered, self._remembered, -1) if state.remembered else None,
            markers=self._list("marker", state.markers, self._marker, -1) if state.markers else None,
        )

    def _stack(self, stack: StackState) -> schema.StackEntry:
        return schema.StackEntry(
            id=stack.id,
            name=stack.name,
            layers=self._layers(stack.layers, stack.id),
            edits=self._edits(stack.edits, stack.id),
            run=stack.run,
            groups=self._list("group", stack.groups, self._group, stack.id) if stack.groups else None,
            marks=None if stack.marks is None else self._list("mark", stack.marks, self._mark, stack.id),
            known=self._list("known", stack.known, self._word, stack.id) if stack.known else None,
        )

    def _remembered(self, held: RememberedArea) -> int:
        return self._places.once("remembered", held, self._remembered_area)

    def _remembered_area(self, held: RememberedArea) -> schema.RememberedEntry:
        return schema.RememberedEntry(name=held.name, area=self._places.area(held.area))

    def _marker(self, marker: Marker) -> int:
        return self._places.once("markers", marker, _marker)

    def _reference(self, each: Reference) -> schema.ReferenceEntry:
        return schema.ReferenceEntry(
            id=each.id,
            name=each.name,
            checksum=each.checksum,
            offset=float(each.offset),
            gain_db=float(each.gain_db),
            **self._whereabouts(each),
        )

    def run(self, run: Run) -> schema.RunEntry:
        """A run with its factors."""
        return schema.RunEntry(
            settings=msgspec.convert(run.settings, schema.SettingsEntry, from_attributes=True),
            name=run.name,
            number=run.number,
            held=run.held,
            costs=tuple(map(written, run.costs)),
            model=self.model(run.factors),
        )

    # -- lists -----------------------------------------------------------------------------------------

    def _layers(self, layers: tuple[Layer, ...], stack: int) -> int:
        return self._list("layer", layers, self._layer, stack)

    def _edits(self, edits: tuple[Edit, ...], stack: int) -> int:
        return self._list("edit", edits, self._edit, stack)

    def _list(self, kind: str, things: tuple[Thing, ...], pack: Callable[[Thing], int], stack: int) -> int:
        """A list, as what differs from the one that the stack had before: a step that adds one item writes one."""
        table = f"{kind}_lists"

        def entry(things: tuple[Thing, ...]) -> schema_edits.ListEntry:
            before = self._lists.get((table, stack), ())
            first = _alike(before, things)
            rest = min(len(before), len(things)) - first
            last = _alike(before[::-1][:rest], things[::-1][:rest])
            items = tuple(pack(each) for each in things[first : len(things) - last])
            if not first and not last:
                return schema_edits.ListEntry(items=items)
            return schema_edits.ListEntry(items=items, like=self._places.number(table, before), first=first, last=last)

        number = self._places.once(table, things, entry)
        self._lists[table, stack] = things
        return number

    def _layer(self, layer: Layer) -> int:
        return self._places.once("layers", layer, _layer)

    def _group(self, group: Group) -> int:
        return self._places.once("groups", group, _group)

    def _mark(self, mark: Mark) -> int:
        return self._places.once("marks", mark, self._marked)

    def _marked(self, mark: Mark) -> schema.MarkEntry:
        return schema.MarkEntry(
            id=mark.id,
            source=mark.source,
            place=self._places.place(mark.place),
            weight=float(mark.weight),
            denies=mark.denies,
            name=mark.name,
        )

    def _word(self, known: Known) -> int:
        number = self._places.once("known", known, _known)
        if isinstance(known, Hold):
            self._places.hold(f"hold{number}", known.values)
        return number

    # -- models ----------------------------------------------------------------------------------------

    def model(self, model: MaskModel) -> int:
        """Factors, masks given for every bin, or sources."""
        number = self._places.once("models", model, self._modelled)
        if isinstance(model, Shares):
            self._places.hold(f"model{number}_masks", model.masks)
        elif isinstance(model, Factors):
            self._places.hold(f"model{number}_W", model.W)
            self._places.hold(f"model{number}_H", model.H)
        else:
            self._places.hold(f"model{number}_shares", model.shares)
        return number

    def _modelled(self, model: MaskModel) -> schema.ModelEntry:
        if isinstance(model, Shares):
            components, frames, bins = model.masks.shape
            return schema.SharesEntry(bins=bins, frames=frames, components=components)
        if isinstance(model, Factors):
            length = model.W.shape[2] if model.W.ndim == 3 else None
            bins, frames = len(model.W), model.H.shape[1]
            return schema.FactorsEntry(bins=bins, frames=frames, components=model.components, length=length)
        words = tuple(
            schema.WordEntry(
                source=each.source,
                place=self._places.place(each.cover),
                weight=float(each.weight),
                denies=each.denies,
                size=float(each.size),
            )
            for each in model.words
        )
        sources, _, bands = model.shares.shape
        return schema.SourcesEntry(model=self.model(model.components_of), sources=sources, bands=bands, words=words)

    # -- edits -----------------------------------------------------------------------------------------

    def _edit(self, edit: Edit) -> int:
        return self._places.once("edits", edit, self._edited)

    def _edited(self, edit: Edit) -> schema_edits.EditEntry:
        if isinstance(edit, Paint):
            return self._places.painted(edit)
        assert isinstance(edit, Operation)
        area = None if edit.area is None else self._places.place(edit.area)
        return self._effect(edit.effect, area)

    def _effect(self, effect: Effect, area: schema_edits.PlaceEntry | None) -> schema_edits.EditEntry:
        kind = type(effect).__name__
        values: dict[str, Any] = {each.name: getattr(effect, each.name) for each in fields(effect)}
        if kind == "Threshold":
            values.update({name: written(values[name]) for name in ("low", "high")}, knee=written(values["knee"]))
        elif kind == "Sharpened":
            values["exponent"] = written(values["exponent"])
        elif isinstance(effect, Combine):
            source = effect.source
            values["way"] = values.pop("kind")
            values["source"] = self._source(source) if isinstance(source, Stack) else None
            values["clip"] = self._clip(source) if isinstance(source, Clip) else None
        made: schema_edits.EditEntry = EFFECTS[kind](area=area, **values)
        return made

    def _clip(self, clip: Clip) -> int:
        number = self._places.once("clips", clip, _clip)
        self._places.hold(f"clip{number}", clip.values)
        return number

    def _source(self, stack: Stack) -> int:
        return self._places.once("sources", stack, self._sourced)

    def _sourced(self, stack: Stack) -> schema_edits.StackSourceEntry:
        return schema_edits.StackSourceEntry(
            # Beside the lists of all stacks: what it was copied from may be gone.
            layers=self._layers(stack.layers, -1),
            edits=self._edits(stack.edits, -1),
            model=None if stack.factors is None else self.model(stack.factors),
            bins=stack.bins,
            frames=stack.frames,
        )


EFFECTS: dict[str, Any] = {
    "Fill": schema_edits.FillEntry,
    "Invert": schema_edits.InvertEntry,
    "Scale": schema_edits.ScaleEntry,
    "Threshold": schema_edits.ThresholdEntry,
    "Filter": schema_edits.FilterEntry,
    "Combine": schema_edits.CombineEntry,
    "Move": schema_edits.MoveEntry,
    "Restore": schema_edits.RestoreEntry,
    "Sharpened": schema_edits.SharpenedEntry,
}
"""Entries by the names of the effects that they are."""


def _alike(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items two tuples begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        # Slices are compared at the speed of memory.
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _layer(layer: Layer) -> schema.LayerEntry:
    return schema.LayerEntry(
        id=layer.id,
        name=layer.name,
        colour=layer.colour,
        parts=tuple(schema.PartEntry(id=part.id, component=part.component) for part in layer.parts),
        gain_db=_fader(layer.gain_db),
        pan=float(layer.pan),
        mute=layer.mute,
        solo=layer.solo,
        locked=layer.locked,
        automatic=layer.automatic,
        group=layer.group,
    )


def _group(group: Group) -> schema.GroupEntry:
    return schema.GroupEntry(
        id=group.id,
        name=group.name,
        colour=group.colour,
        gain_db=_fader(group.gain_db),
        pan=float(group.pan),
        width=float(group.width),
        mute=group.mute,
        solo=group.solo,
    )


def _mix(mix: RememberedMix) -> schema.MixEntry:
    layers = (
        schema.LayerMixEntry(id=x.id, gain_db=_fader(x.gain_db), pan=x.pan, mute=x.mute, solo=x.solo)
        for x in mix.layers
    )
    groups = (
        schema.GroupMixEntry(id=x.id, gain_db=_fader(x.gain_db), pan=x.pan, width=x.width, mute=x.mute, solo=x.solo)
        for x in mix.groups
    )
    return schema.MixEntry(layers=tuple(layers), groups=tuple(groups))


def _fader(db: float) -> Any:
    return "-inf" if db == float("-inf") else float(db)


def _known(known: Known) -> schema.KnownEntry:
    if isinstance(known, Hold):
        shape = tuple(known.values.shape)
        weight, power = float(known.weight), float(known.power)
        return schema.HoldEntry(part=known.part, curve=known.curve, shape=shape, weight=weight, power=power)
    if isinstance(known, Onsets):
        return schema.OnsetsEntry(part=known.part, seconds=tuple(map(float, known.seconds)))
    spans = tuple((float(begin), float(end)) for begin, end in known.spans)
    return schema.NotesEntry(part=known.part, pitch=float(known.pitch), spans=spans)


def _marker(marker: Marker) -> schema.MarkerEntry:
    return schema.MarkerEntry(
        name=marker.name, begin=float(marker.begin), end=float(marker.end) if marker.is_region else None
    )


def _clip(clip: Clip) -> schema_edits.ClipEntry:
    bins, frames = clip.values.shape
    return schema_edits.ClipEntry(low=clip.region.low, start=clip.region.start, shape=(bins, frames))
