"""Masks of parts of which those that no edit tells apart are kept as one: they share as the model has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from workbench.masks.model.grid import Array
from workbench.masks.model.sharing import NOTHING, Masks, share

Bundle = tuple[int, ...]
"""Ids of parts, from the oldest on; it goes by the id of the first."""


@dataclass(frozen=True, eq=False)
class Bundled:
    """The masks of all parts on some bins.

    An edit of one layer takes from all others in proportion, so that these go on to share as they did. They are one
    bundle until an edit names one of them. So what is held, and what one more edit costs, grows with the number of
    parts that were edited there, and not with that of the parts there are.

    Attributes
    ----------
    bundles : tuple of Bundle
    planes : float32, shape (B, R, C)
        Of a bundle of one part its mask; of one of several what their computed masks are multiplied by.
    """

    bundles: tuple[Bundle, ...]
    planes: Array

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.planes.nbytes


class Bundles:
    """Bundles on some bins while edits are laid over them.

    Parameters
    ----------
    ids : tuple of int
        Of all parts.
    computed : float32, shape (P, R, C)
        Their masks as the model has them.
    held : Bundled, optional
        Where to go on from; by default all parts are one bundle, as the model has it.
    """

    def __init__(self, ids: tuple[int, ...], computed: Masks, held: Bundled | None = None) -> None:
        self._place, self._computed = {part: i for i, part in enumerate(ids)}, computed
        if held is None:
            held = Bundled((tuple(sorted(ids)),), np.ones((1, *computed.shape[1:]), np.float32))
        self._bundles, self._planes = list(held.bundles), held.planes.copy()
        self._sums = np.stack([self._sum(bundle) for bundle in self._bundles])

    @property
    def held(self) -> Bundled:
        """As they are now; not a copy."""
        return Bundled(tuple(self._bundles), self._planes)

    @property
    def ids(self) -> tuple[int, ...]:
        """By which the bundles go."""
        return tuple(bundle[0] for bundle in self._bundles)

    def computed(self, rows: slice, columns: slice) -> Masks:
        """The bundles' masks as the model has them, in some rows and columns, shape (B, r, c)."""
        return self._sums[:, rows, columns]

    def masks(self, rows: slice, columns: slice) -> Masks:
        """The bundles' masks in some rows and columns, shape (B, r, c)."""
        out = self._planes[:, rows, columns].copy()
        for i in self._several:
            out[i] *= self._sums[i, rows, columns]
        return out

    @property
    def _several(self) -> list[int]:
        """Which bundles are of more than one part."""
        if len(self._bundles) == len(self._place):
            return []
        return [i for i, bundle in enumerate(self._bundles) if len(bundle) > 1]

    def tell_apart(self, named: Iterable[Bundle]) -> None:
        """Split what is only partly in one of some sets of parts."""
        for parts in named:
            chosen, shift = set(parts), 0
            for i in self._several:
                bundle = self._bundles[i + shift]
                inside = tuple(part for part in bundle if part in chosen)
                if inside and len(inside) < len(bundle):
                    self._split(i + shift, inside)
                    shift += 1

    def _split(self, place: int, inside: Bundle) -> None:
        """Make two of a bundle: what is inside, and the others."""
        bundle, plane = self._bundles[place], self._planes[place]
        both = inside, tuple(part for part in bundle if part not in inside)
        sums = [self._sum(each) for each in both]
        planes = [plane * sum_ if len(each) == 1 else plane for each, sum_ in zip(both, sums, strict=True)]
        self._bundles[place : place + 1] = both
        self._sums, self._planes = (
            np.concatenate([old[:place], new, old[place + 1 :]])
            for old, new in ((self._sums, sums), (self._planes, planes))
        )

    def put(self, before: Masks, after: Masks, rows: slice, columns: slice) -> None:
        """Other masks (B, r, c) in some rows and columns, in place of those there were."""
        if not self._several:
            self._planes[:, rows, columns] = after
            return
        place = 0
        for old, new in zip(before, after, strict=True):
            place = self._put(place, old, new, (rows, columns))

    def _put(self, place: int, old: Array, new: Array, where: tuple[slice, slice]) -> int:
        """Another mask of a bundle; answers the place of the next."""
        plane, bundle = self._planes[place][where], self._bundles[place]
        if len(bundle) == 1:
            plane[:] = new
            return place + 1
        sum_ = self._sums[place][where]
        # To the last bit as it was where nothing changed.
        changed, known = new != old, sum_ > NOTHING
        if (new[changed & ~known] > 0).any():
            # The model does not say how they share: the oldest has it, and is told apart from now on.
            self._split(place, bundle[:1])
            two = slice(place, place + 2)
            held, sums = self.masks(*where)[two], self._sums[two][:, *where]
            first, rest = np.where(changed, share(new, held, sums), held)
            return self._put(self._put(place, held[0], first, where), held[1], rest, where)
        np.divide(new, sum_, out=plane, where=changed & known)
        return place + 1

    def _sum(self, bundle: Bundle) -> Array:
        """What the model has of a bundle."""
        if len(bundle) == 1:
            return np.asarray(self._computed[self._place[bundle[0]]])
        return np.asarray(self._computed[[self._place[part] for part in bundle]].sum(axis=0))
