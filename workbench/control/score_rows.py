"""The table of scores: which source is measured against which reference, and how near it comes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.audio.bsseval import BssEval
from workbench.audio.scores import Score, best_matches, score, source_products
from workbench.masks.model.layers import Group, Layer

Doubles = NDArray[np.float64]

REST = -1
"""Id of what the references leave of the recording, which is a reference too."""


@dataclass(frozen=True)
class Source:
    """A layer or a group of the stack that is scored.

    Attributes
    ----------
    id : int
    name, colour : str
    layers : tuple of int
        Indices of the layers that it is the sum of.
    group : int
        Id of the group that a layer is in, 0 for none.
    is_group : bool
    """

    id: int
    name: str
    colour: str
    layers: tuple[int, ...]
    group: int = 0
    is_group: bool = False


@dataclass(frozen=True)
class ScoreRow:
    """A source with its reference and its scores.

    Attributes
    ----------
    source : Source
    reference : int or None
        Id of the reference, `REST` for what they leave; None for none.
    by_hand : bool
        The user gave it.
    score, mix, oracle : Score or None
        Of the source, of the unprocessed mix and of the ideal ratio mask, each against the reference; None where not
        known yet.
    bsseval : BssEval or None
        Of all that is measured against this reference together.
    """

    source: Source
    reference: int | None = None
    by_hand: bool = False
    score: Score | None = None
    mix: Score | None = None
    oracle: Score | None = None
    bsseval: BssEval | None = None

    @property
    def reached(self) -> float | None:
        """Share of the way from the mix to the oracle, in dB SDR; negative below the mix, None where not known."""
        if self.score is None or self.mix is None or self.oracle is None:
            return None
        room = self.oracle.sdr - self.mix.sdr
        share = (self.score.sdr - self.mix.sdr) / room if room > 0 else math.nan
        return None if math.isnan(share) else share


@dataclass(frozen=True, eq=False)
class Measured:
    """What is known of a stack and its references.

    Attributes
    ----------
    references : tuple of (int, str)
        Ids and names, in the order of the products.
    products : float64, shape (M, M), or None
        As `audio.scores.block_products`, of the whole recording.
    oracle : float64, shape (R, 3), or None
        As `audio.scores.oracle_products`.
    bsseval : mapping of int to BssEval
        By the ids of references.
    """

    references: tuple[tuple[int, str], ...]
    products: Doubles | None = None
    oracle: Doubles | None = None
    bsseval: Mapping[int, BssEval] = field(default_factory=dict)


def sources_of(layers: Sequence[Layer], groups: Sequence[Group]) -> list[Source]:
    """Groups with their layers below them, and layers that are in none, in the order of the stack."""
    known = {group.id: group for group in groups}
    out: list[Source] = []
    begun: set[int] = set()
    for index, layer in enumerate(layers):
        group = known.get(layer.group)
        if group is not None and group.id not in begun:
            begun.add(group.id)
            inside = tuple(i for i, each in enumerate(layers) if each.group == group.id)
            out.append(Source(group.id, group.name, group.colour, inside, is_group=True))
        out.append(Source(layer.id, layer.name, layer.colour, (index,), 0 if group is None else group.id))
    return out


def score_rows(sources: Sequence[Source], assigned: Mapping[int, int], measured: Measured) -> list[ScoreRow]:
    """Every source against its reference.

    A source has the reference that the user gave it; else the layers of a group have the group's, a source that is
    called like a reference has that one, and the others have what they are most like.
    """
    count, products = len(measured.references), measured.products
    chosen = _chosen(sources, assigned, measured)
    out = []
    for source in sources:
        number = chosen.get(source.id)
        by_hand = source.id in assigned and (assigned[source.id] == 0 or number is not None)
        if number is None:
            out.append(ScoreRow(source, None, by_hand))
            continue
        identity = measured.references[number][0]
        known = products is not None
        out.append(
            ScoreRow(
                source,
                identity,
                by_hand,
                score(*source_products(products, number, source.layers, count)) if products is not None else None,
                score(*source_products(products, number, (), count)) if products is not None else None,
                score(*measured.oracle[number]) if measured.oracle is not None and known else None,
                measured.bsseval.get(identity),
            )
        )
    return out


def _chosen(sources: Sequence[Source], assigned: Mapping[int, int], measured: Measured) -> dict[int, int]:
    """For every source that has one the number of its reference."""
    numbers = {identity: number for number, (identity, _) in enumerate(measured.references)}
    called = {name.casefold(): number for number, (_, name) in enumerate(measured.references)}
    chosen: dict[int, int] = {}
    free: list[Source] = []
    for source in sources:
        given = assigned.get(source.id)
        if given in numbers:
            chosen[source.id] = numbers[given]
        elif given != 0 and not source.group:
            if source.name.casefold() in called:
                chosen[source.id] = called[source.name.casefold()]
            else:
                free.append(source)
    if measured.products is not None and free:
        count = len(measured.references)
        left = [number for number in range(count) if number not in chosen.values()]
        among = left if len(left) >= len(free) else range(count)
        found = best_matches(measured.products, count, [each.layers for each in free], among)
        chosen |= {each.id: number for each, number in zip(free, found, strict=True) if number is not None}
    for source in sources:
        if source.group and assigned.get(source.id) is None and source.group in chosen:
            chosen[source.id] = chosen[source.group]
    return chosen


def together(rows: Sequence[ScoreRow]) -> dict[int, tuple[int, ...]]:
    """By the ids of references, the layers of all sources at the top of the stack that are measured against each."""
    out: dict[int, set[int]] = {}
    for row in rows:
        if row.reference is not None and not row.source.group:
            out.setdefault(row.reference, set()).update(row.source.layers)
    return {reference: tuple(sorted(layers)) for reference, layers in out.items()}


def as_csv(rows: Sequence[ScoreRow], names: Mapping[int, str], stack: str) -> str:
    """The table for a spreadsheet: decibels with a point, nothing where nothing is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = ("SDR", "SI-SDR")
    writer.writerow(
        ["stack", "kind", "source", "group", "reference", "by hand"]
        + [f"{kind}{of} dB" for of in ("", " of the mix", " of the oracle") for kind in kinds]
        + [f"BSSEval v4 {kind} dB" for kind in ("SDR", "ISR", "SIR", "SAR")]
    )
    groups = {row.source.id: row.source.name for row in rows if row.source.is_group}
    for row in rows:
        source, bss = row.source, row.bsseval
        numbers = [
            value
            for each in (row.score, row.mix, row.oracle)
            for value in ((None, None) if each is None else (each.sdr, each.si_sdr))
        ]
        numbers += [None] * 4 if bss is None else [bss.sdr, bss.isr, bss.sir, bss.sar]
        writer.writerow(
            [stack, "group" if source.is_group else "layer", source.name, groups.get(source.group, "")]
            + [names.get(row.reference, "") if row.reference is not None else "", "yes" if row.by_hand else "no"]
            + ["" if value is None or math.isnan(value) else f"{value:.3f}" for value in numbers]
        )
    return out.getvalue()
