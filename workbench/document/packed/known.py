"""Things that entries of tables stand for, each made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from workbench.document.packed.schema_edits import ListEntry
from workbench.document.packed.words import Damage

Thing = TypeVar("Thing")
_UNDER_WAY = object()


class Known:
    """Gives one object for equal numbers.

    Parameters
    ----------
    tables : mapping of str to sequence
        Entries by table.
    """

    def __init__(self, tables: Mapping[str, Sequence[Any]]) -> None:
        self._tables = tables
        self._known: dict[tuple[str, int], Any] = {}

    def once(self, table: str, number: int, make: Callable[[Any], Thing]) -> Thing:
        """The thing of an entry, made where it is asked for first.

        Raises
        ------
        Damage
            If there is no such entry, or it is made of itself.
        """
        key = table, number
        found = self._known.get(key)
        if found is _UNDER_WAY:
            raise Damage(f"number {number} of {table} is made of itself")
        if found is None:
            self._known[key] = _UNDER_WAY
            found = self._known[key] = make(self.entry(table, number))
        made: Thing = found
        return made

    def entry(self, table: str, number: int) -> Any:
        """An entry.

        Raises
        ------
        Damage
            If there is none.
        """
        entries = self._tables.get(table, ())
        if not 0 <= number < len(entries):
            raise Damage(f"number {number} of {table} is missing")
        return entries[number]

    def listed(self, table: str, number: int, item: Callable[[int], Thing]) -> tuple[Thing, ...]:
        """A list, and those that it is told by, from the first on.

        Raises
        ------
        Damage
            If a list is told by none before it.
        """
        chain: list[int] = []
        at: int | None = number
        while at is not None and (table, at) not in self._known:
            entry: ListEntry = self.entry(table, at)
            if entry.like is not None and entry.like >= at:
                raise Damage(f"number {at} of {table} does not follow another")
            chain.append(at)
            at = entry.like
        for each in reversed(chain):
            entry = self.entry(table, each)
            before = () if entry.like is None else self._known[table, entry.like]
            if entry.first + entry.last > len(before):
                raise Damage(f"number {each} of {table} does not follow the one before")
            items = tuple(item(one) for one in entry.items)
            rest = before[len(before) - entry.last :] if entry.last else ()
            self._known[table, each] = (*before[: entry.first], *items, *rest)
        found: tuple[Thing, ...] = self._known[table, number]
        return found
