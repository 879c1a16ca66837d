"""What masks are computed from: templates and activations, or shares that were computed as a whole (HPSS)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.masks.model.grid import Indices
from workbench.spectral.stft import Analysis

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Factors:
    """Templates and activations as the masks use them.

    Parameters
    ----------
    W : float32, shape (F, K), or (F, K, T) with T template frames
    H : float32, shape (K, N)
    """

    W: Array
    H: Array

    @property
    def components(self) -> int:
        """K."""
        return int(self.W.shape[1])

    @property
    def nbytes(self) -> int:
        """Bytes of the factors."""
        return self.W.nbytes + self.H.nbytes

    @property
    def length(self) -> int:
        """T, the frames of a template."""
        return self.W.shape[2] if self.W.ndim == 3 else 1

    @cached_property
    def spectra(self) -> Array:
        """The templates without their course in time, shape (F, K)."""
        return self.W.sum(axis=2) if self.W.ndim == 3 else self.W

    @cached_property
    def mean_square(self) -> float:
        """Mean square over all bins of the model as `values` and `sums` give it; templates of several frames count as
        their sum."""
        w, h = self.scaled
        spectra = w.sum(axis=2, dtype=np.float64)
        gram = (spectra.T @ spectra) * (h @ h.T).astype(np.float64)
        return float(gram.sum() / max(1, len(w) * h.shape[1]))

    @cached_property
    def scaled(self) -> tuple[Array, Array]:
        """W (F, K, T) and H with each component's activation peak put into W, and W's largest value one.

        So the model's values are bounded by K·T, and an exact 0 in a bin means that no component reaches it.
        """
        peak = self.H.max(axis=1, initial=0.0)
        w = self.W.reshape(len(self.W), self.components, self.length) * peak[:, None]
        top = float(w.max(initial=0.0)) or 1.0
        h = np.divide(self.H, peak[:, None], out=np.zeros_like(self.H), where=peak[:, None] > 0)
        return np.asarray(w / np.float32(top), np.float32), h

    def _terms(self, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, Array]:
        """Templates (R, k·T) and delayed activations (k·T, C), whose product is the model of some components."""
        w, h = self.scaled
        w = w[_run(rows)]
        if len(chosen) < self.components or (chosen[1:] <= chosen[:-1]).any():
            w, h = w[:, chosen], h[chosen]
        wr = w.reshape(len(rows), -1)
        if self.length == 1:
            return wr, h[:, _run(columns)]
        frames = columns[None, :] - np.arange(self.length)[:, None]
        delayed = h[:, np.maximum(frames, 0)] * (frames >= 0)
        return wr, np.asarray(delayed.reshape(-1, len(columns)), np.float32)

    def values(self, chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """The model of each of some components, shape (k, R, C)."""
        wr, hc = self._terms(chosen, rows, columns)
        t = self.length
        out = np.empty((len(chosen), len(rows), len(columns)), np.float32)
        for k in range(len(chosen)):
            if t == 1:
                np.multiply(wr[:, k, None], hc[k], out=out[k])
            else:
                np.matmul(wr[:, k * t : (k + 1) * t], hc[k * t : (k + 1) * t], out=out[k])
        return out

    def points(self, rows: Indices, columns: Indices) -> Array:
        """The model of every component at single bins, (rows_i, columns_i), shape (K, n)."""
        w, h = self.scaled
        out = np.zeros((self.components, len(rows)), np.float32)
        for t in range(self.length):
            out += w[rows, :, t].T * (h[:, np.maximum(columns - t, 0)] * (columns >= t))
        return out

    def sums(self, weights: Array, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, list[Array]]:
        """The model (R, C), and for each row of `weights` (D, k) the model with its components weighted."""
        wr, hc = self._terms(chosen, rows, columns)
        spread = np.repeat(weights, self.length, axis=1)
        return wr @ hc, [_weighted(wr, each, hc) for each in spread]

    def shared(self, shares: Array, rows: Indices, columns: Indices) -> list[Array]:
        """For each of D the model (R, C) of which it has such shares (D, K, R) of the components in each bin."""
        wr, hc = self._terms(np.arange(self.components), rows, columns)
        spread = np.repeat(shares, self.length, axis=1).transpose(0, 2, 1)
        return [np.asarray((wr * each) @ hc, np.float32) for each in spread]

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Factors:
        """The same factors under another window and hop: W along frequency (and its frames), H along time.

        They are interpolated linearly; templates keep their sums. `samples` is the length of the recording.
        """
        rows, columns = _places(old, new, samples)
        w = np.apply_along_axis(lambda column: np.interp(rows, np.arange(old.bins), column), 0, self.W)
        if w.ndim == 3:
            length = max(1, round(self.length * old.hop / new.hop))
            places = (np.arange(length) + 0.5) * self.length / length - 0.5
            w = np.apply_along_axis(lambda row: np.interp(places, np.arange(self.length), row), 2, w)
        h = np.stack([np.interp(columns, np.arange(self.H.shape[1]), row) for row in self.H])
        shape = (1, -1, 1)[: w.ndim]
        now, before = (x.reshape(len(x), x.shape[1], -1).sum(axis=(0, 2)).reshape(shape) for x in (w, self.W))
        w = np.divide(w * before, now, out=np.zeros_like(w), where=now > 0)
        return Factors(w.astype(np.float32), h.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Shares:
    """Masks given for every bin, as harmonic–percussive separation makes them.

    Parameters
    ----------
    masks : float16, shape (K, N, F), time-major
        In [0, 1]; their sum is one but for rounding. Half the memory of float32, and finer than is heard.
    """

    masks: NDArray[np.float16]

    @property
    def components(self) -> int:
        """K."""
        return len(self.masks)

    @property
    def nbytes(self) -> int:
        """Bytes of the masks."""
        return self.masks.nbytes

    def values(self, chosen: Indices, rows: Indices, columns: Indices) -> Array:
        """The share of each of some components, shape (k, R, C)."""
        out = np.empty((len(chosen), len(rows), len(columns)), np.float32)
        for k, component in enumerate(chosen):
            out[k] = self.masks[component][np.ix_(columns, rows)].T
        return out

    def sums(self, weights: Array, chosen: Indices, rows: Indices, columns: Indices) -> tuple[Array, list[Array]]:
        """Their sum (R, C), and for each row of `weights` (D, k) the weighted sum."""
        values = self.values(chosen, rows, columns)
        return values.sum(axis=0), [np.tensordot(each, values, 1) for each in np.asarray(weights, np.float32)]

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Shares:
        """The same masks under another window and hop, by the nearest bin; `samples` is the recording's length."""
        rows, columns = _places(old, new, samples)
        near = np.ix_(
            np.clip(np.rint(columns), 0, self.masks.shape[1] - 1).astype(np.intp),
            np.clip(np.rint(rows), 0, self.masks.shape[2] - 1).astype(np.intp),
        )
        return Shares(np.stack([mask[near] for mask in self.masks]))


Model = Factors | Shares


def _weighted(w: Array, weights: Array, h: Array) -> Array:
    """w · diag(weights) · h; where few components count, as in a layer alone, only these are multiplied."""
    held = np.flatnonzero(weights)
    if 2 * len(held) < len(weights):
        w, h, weights = w[:, held], h[held], weights[held]
    return np.asarray((w * weights) @ h, np.float32)


def _run(indices: Indices) -> slice | Indices:
    """The same without copying, where none is left out."""
    first, last = int(indices[0]), int(indices[-1])
    return slice(first, last + 1) if last - first == len(indices) - 1 else indices


def _places(old: Analysis, new: Analysis, samples: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the bins and frames of a new analysis lie among those of the old one, with fractions."""
    rows, columns = np.arange(new.bins, dtype=np.float64), np.arange(new.frames(samples), dtype=np.float64)
    return rows * (old.window / new.window), columns * (new.hop / old.hop)
