"""What marks come to: by the program, as plain edits of masks, and by regularised NMF from a random start."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from tests.benchmarks.effort_scenes import RATE, Scene
from tests.benchmarks.effort_user import Said
from workbench.audio.recording import Recording
from workbench.audio.renderer import render_all
from workbench.audio.scene import Scene as Heard
from workbench.audio.scores import score_of
from workbench.masks.edits.areas import rectangle
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST, sources
from workbench.masks.insight.oracles import oracle_masks
from workbench.masks.insight.samples import Samples
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors, Shares
from workbench.masks.model.sources import MaskModel
from workbench.masks.stack import Stack
from workbench.nmf import random_start
from workbench.separation.blind import blind_components
from workbench.spectral.stft import Analysis, magnitudes

ISSE_COMPONENTS, ISSE_ITERATIONS, ISSE_WEIGHT = 10, 100, 30.0
"""Components a source, iterations, and exp Λ: what another source's component is divided by where a mark denies it."""


class Bench:
    """A scene, analysed, with its oracle."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.analysis = scene, Analysis()
        self.recording = Recording(scene.mix, RATE, Path(f"{scene.name}.wav"))
        self.v = np.ascontiguousarray(magnitudes(scene.mix, self.analysis))
        self.oracle = oracle_masks(list(scene.stems.values()), self.analysis, False, 1.0)
        self.ideal = self.masks(self.oracle)
        self._oracle_sdr = self._sdr(self.oracle)

    @property
    def count(self) -> int:
        """G."""
        return len(self.scene.stems)

    @cached_property
    def blind(self) -> Factors:
        """The components that pointing works with."""
        return blind_components(self.recording, self.analysis)

    @cached_property
    def _samples(self) -> Samples:
        return Samples(self.blind)

    def _stack(self, model: MaskModel) -> Stack:
        layers = tuple(Layer(g + 1, "", "#ffffff", (Part(g + 1, g),)) for g in range(model.components))
        return Stack(layers, model, (), *self.v.shape)

    def masks(self, model: MaskModel) -> np.ndarray:
        """Masks of all sources, float32 (G, F, N)."""
        return self._stack(model).evaluate(*(np.arange(size) for size in self.v.shape))

    def sounds(self, model: MaskModel) -> list[np.ndarray]:
        """What each source sounds like, as the program renders it."""
        scene = Heard(self.recording, self.analysis, self._stack(model))
        return [render_all(scene, 0, len(self.recording.samples), [g]) for g in range(model.components)]

    def _sdr(self, model: MaskModel) -> np.ndarray:
        stems = self.scene.stems.values()
        return np.array([score_of(stem, sound).sdr for stem, sound in zip(stems, self.sounds(model), strict=True)])

    def distance(self, masks: np.ndarray) -> float:
        """How many dB SDR the oracle ratio mask is better, the mean of the sources; masks (G, F, N)."""
        return float(np.mean(self._oracle_sdr - self._sdr(_shares(masks))))

    def nothing(self) -> np.ndarray:
        """The mix, in equal parts."""
        return np.full((self.count, *self.v.shape), 1 / self.count, np.float32)

    # -- rows ------------------------------------------------------------------------------------------

    def pointed(self, said: Sequence[Said]) -> np.ndarray:
        """The program. What nobody asked for yet is the rest, which all stems share of which nothing was said.

        Of the last stem the user says that it is the rest.
        """
        asked = list(dict.fromkeys(each.stem for each in said))
        return self._masks_of(said, asked if len(asked) < self.count else asked[:-1])

    def beside_a_rest(self, said: Sequence[Said]) -> np.ndarray:
        """The program, where every stem is a source of its own; what stays in the rest then is nobody's."""
        return self._masks_of(said, list(dict.fromkeys(each.stem for each in said)))

    def _masks_of(self, said: Sequence[Said], named: Sequence[int]) -> np.ndarray:
        if not named:
            return self.nothing()
        number = {stem: place for place, stem in enumerate(named, REST + 1)}
        parts = [Part(g + 1, g) for g in range(len(named) + 1)]
        marks = [
            Mark(100 + i, number.get(each.stem, REST) + 1, rectangle(each.region, *self.v.shape))
            for i, each in enumerate(said)
        ]
        masks, waiting = self.masks(sources(self._samples, parts, marks)), max(1, self.count - len(named))
        return np.stack([masks[number[g]] if g in number else masks[REST] / waiting for g in range(self.count)])

    def painted(self, said: Sequence[Said]) -> np.ndarray:
        """The same marks as plain edits of masks: they change the bins that they cover, and no others."""
        masks = np.full((self.count, *self.v.shape), 1 / self.count, np.float32)
        for each in said:
            r = each.region
            masks[:, r.low : r.high, r.start : r.stop] = 0
            masks[each.stem, r.low : r.high, r.start : r.stop] = 1
        return masks

    def grouped(self) -> np.ndarray:
        """Blind NMF, every component with the stem that it is most of: the best that grouping can do."""
        masks, energy = self.masks(self.blind), self.v.astype(np.float64) ** 2
        shares = np.einsum("kfn,gfn,fn->kg", masks, self.ideal, energy, optimize=True)
        found = np.zeros((self.count, *self.v.shape), np.float32)
        for mask, stem in zip(masks, shares.argmax(axis=1), strict=True):
            found[stem] += mask
        return found

    def regularised(self, said: Sequence[Said]) -> np.ndarray:
        """Posterior-regularised NMF from a random start, as ISSE works (Bryan & Mysore 2013): E_g = exp(−Λ_g).

        Λ_g is where a mark says that it is another source; Kullback–Leibler, E left out of the denominators.
        """
        count, v = self.count, self.v
        maps = np.ones((count, *v.shape), np.float32)
        for each in said:
            r = each.region
            maps[:, r.low : r.high, r.start : r.stop] = 1 / np.float32(ISSE_WEIGHT)
            maps[each.stem, r.low : r.high, r.start : r.stop] = 1
        starts = [random_start(v, ISSE_COMPONENTS, g) for g in range(count)]
        w, h = [np.array(s[0]) for s in starts], [np.array(s[1]) for s in starts]

        def ratio() -> np.ndarray:
            model = sum(e * (a @ b) for e, a, b in zip(maps, w, h, strict=True))
            return np.asarray(v / np.maximum(model, 1e-9))

        for _ in range(ISSE_ITERATIONS):
            q = ratio()
            for g in range(count):
                h[g] *= (w[g].T @ (q * maps[g])) / np.maximum(w[g].sum(axis=0)[:, None], 1e-9)
            q = ratio()
            for g in range(count):
                w[g] *= ((q * maps[g]) @ h[g].T) / np.maximum(h[g].sum(axis=1), 1e-9)
        found = np.stack([e * (a @ b) for e, a, b in zip(maps, w, h, strict=True)])
        return np.asarray(found / np.maximum(found.sum(axis=0), 1e-20))


def _shares(masks: np.ndarray) -> Shares:
    return Shares(np.ascontiguousarray(masks.transpose(0, 2, 1)).astype(np.float16))
