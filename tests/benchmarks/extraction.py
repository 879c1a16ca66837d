"""How well a sound is got out by one example of it, in several ways of learning it.

The examples are what a hand would select, made from the true stems: a box where the stem is almost alone, a second of
it painted carefully, and one click of the wand where it is loudest. Each figure is the SDR of the stem, as the mean
over the examples; beside it are the mix as it is, the example alone as a mask, and the ideal ratio mask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.effort_user import Said, User
from tests.conftest import random_stack
from workbench import resource
from workbench.audio.recording import Recording
from workbench.document.acts.sources import add_example, add_mark, add_source, begin_sources
from workbench.document.state import State, fresh_state
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane, rectangle
from workbench.masks.insight.assignment import Samples, sources
from workbench.masks.insight.examples import LEAST_LIKENESS, example_of
from workbench.masks.insight.similar import repeated, similar_events
from workbench.masks.insight.sounds import sound_at
from workbench.masks.model.grid import Region
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.objective import Objective
from workbench.nmf.starts import random_start
from workbench.nmf.templates import learnt_templates
from workbench.separation.blind import blind_components
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis, analyse, magnitudes

RATE, ANALYSIS = 44100, Analysis()
FUNKY = Path(__file__).resolve().parents[3] / "shared" / "audio" / "funky"
SECOND = 86
"""Frames of about a second."""
EDGES = (0, 6, 12, 24, 48, 96, 192, 384, 768, ANALYSIS.bins)
"""Bins at which a box may begin and end."""
LEARNT, FREE, STEPS = 4, 16, 60
FORBIDDEN = 4.0
"""Λ of the rest within the example, of posterior regularisation."""


class Mix:
    """A mix with its stems."""

    def __init__(self, stems: dict[str, np.ndarray]) -> None:
        self.stems = stems
        samples = sum(stems.values()).astype(np.float32)
        self.recording = Recording(samples, RATE, Path("mix.wav"))
        self.v = magnitudes(samples, ANALYSIS)
        self.frames = self.v.shape[1]
        levels = analyse_levels(samples, ANALYSIS).levels[0]
        self.stack = replace(random_stack(1, ANALYSIS, len(samples)), levels=levels)
        self.samples = Samples(blind_components(self.recording, ANALYSIS))
        self.spectrum = analyse(samples, ANALYSIS, 0, self.frames)
        self.truth = {name: analyse(x, ANALYSIS, 0, self.frames) for name, x in stems.items()}
        self.power = {name: magnitudes(x, ANALYSIS, 2.0) for name, x in stems.items()}

    def sdr(self, name: str, mask: np.ndarray) -> float:
        """Of a stem, in the spectrogram."""
        truth = self.truth[name]
        error = truth - self.spectrum * mask.T
        return float(10 * np.log10((np.abs(truth) ** 2).sum() / (np.abs(error) ** 2).sum()))

    def ideal(self, name: str) -> np.ndarray:
        """The ratio mask."""
        return self.power[name] / np.maximum(sum(self.power.values()), 1e-20)

    def examples(self, name: str) -> dict[str, Area]:
        """What a hand would select of a stem."""
        own, share = self.power[name], self.ideal(name)
        box = self._purest(own, sum(self.power.values()) - own)
        begin = int(np.argmax(np.convolve(own.sum(axis=0), np.ones(SECOND), "valid")))
        painted = np.zeros(own.shape, bool)
        painted[:, begin : begin + SECOND] = share[:, begin : begin + SECOND] > 0.6
        row, column = (int(i) for i in np.unravel_index(np.argmax(np.where(share > 0.95, own, 0)), own.shape))
        near = Region(row - 2, row + 3, column - 2, column + 3)
        wand = sound_at(self.stack, (row, column), near, 30.0, True, ANALYSIS, RATE)
        return {"box": self._area(box), "painted": self._area(painted), "wand": wand}

    def _area(self, plane: np.ndarray) -> Area:
        return of_plane(plane, Region(0, ANALYSIS.bins, 0, self.frames), ANALYSIS.bins, self.frames)

    def _purest(self, own: np.ndarray, others: np.ndarray) -> np.ndarray:
        """The box with most of a stem and least of the others."""
        sums = [np.pad(x.astype(np.float64), ((1, 0), (1, 0))).cumsum(0).cumsum(1) for x in (own, others)]
        best, out = 0.0, np.zeros(own.shape, bool)
        for wide in (SECOND // 4, SECOND // 2, SECOND):
            for start in range(0, self.frames - wide, 10):
                for i, low in enumerate(EDGES[:-1]):
                    for high in EDGES[i + 1 :]:
                        mine, theirs = (
                            s[high, start + wide] - s[low, start + wide] - s[high, start] + s[low, start] for s in sums
                        )
                        worth = mine / max(theirs + 0.1 * mine, 1e-12) * max(mine, 0.0) ** 0.5
                        if worth > best:
                            best, box = worth, (low, high, start, start + wide)
        out[box[0] : box[1], box[2] : box[3]] = True
        return out


def plane_of(area: Area) -> np.ndarray:
    """Coverage 0 … 1, (F, N)."""
    return area.at(np.arange(area.bins), np.arange(area.frames))


def with_similar(mix: Mix, area: Area) -> Area:
    """An example with the events that are like it."""
    return repeated(area, similar_events(mix.stack, area, LEAST_LIKENESS, ANALYSIS))


def learnt(mix: Mix, area: Area) -> np.ndarray:
    """Templates learnt from what is selected, beside free ones; the learnt ones stay."""
    w, h = _start(mix, area)
    held = [True] * LEARNT + [False] * FREE
    found = factorise_fast(mix.v, w, h, iterations=STEPS, objective=Objective(1.0, hold_templates=held))
    return _mask(found.W, found.H)


def regularised(mix: Mix, area: Area) -> np.ndarray:
    """The same, and the rest may not explain what is selected (Bryan & Mysore, ICML 2013)."""
    w, h = _start(mix, area)
    allowed = np.exp(-FORBIDDEN * plane_of(area))
    ours, rest = slice(0, LEARNT), slice(LEARNT, None)
    for _ in range(STEPS):
        for templates in (False, True):
            model = w[:, ours] @ h[ours] + allowed * (w[:, rest] @ h[rest]) + 1e-9
            ratio = mix.v / model
            if templates:
                up = (allowed * ratio) @ h[rest].T
                w[:, rest] *= up / np.maximum(h[rest].sum(axis=1), 1e-20)
            else:
                up = np.concatenate([w[:, ours].T @ ratio, w[:, rest].T @ (allowed * ratio)])
                h *= up / np.maximum(w.sum(axis=0)[:, None], 1e-20)
    mine, theirs = w[:, ours] @ h[ours], allowed * (w[:, rest] @ h[rest])
    return mine / np.maximum(mine + theirs, 1e-12)


def said_of(mix: Mix, area: Area) -> State:
    """The two sources that the program makes of an example, as its state."""
    state = begin_sources(fresh_state(ANALYSIS), 1, "Sources", "Rest")
    state, layer = add_source(state, "Sound")
    return add_example(state, layer, example_of(mix.stack, area, ANALYSIS), [""] * 4)


def masks_of(mix: Mix, state: State) -> np.ndarray:
    """Of the rest and the sound, (2, F, N)."""
    model = sources(mix.samples, state.present.parts, state.marks or ())
    values = model.values(np.arange(2), np.arange(ANALYSIS.bins), np.arange(mix.frames))
    return values / np.maximum(values.sum(axis=0), 1e-12)


def clicked(clicks: int, mix: Mix, area: Area, name: str) -> np.ndarray:
    """What the program does, and so many clicks more, where the mask is most wrong."""
    state, ideal = said_of(mix, area), mix.ideal(name)
    user = User(mix.v, np.stack([1 - ideal, ideal]).astype(np.float32), strokes=False, seed=0)
    for _ in range(clicks):
        # Both have been spoken of already.
        said = user.next(masks_of(mix, state), [Said(stem, Region(0, 0, 0, 0)) for stem in (0, 1)])
        place = rectangle(said.region, ANALYSIS.bins, mix.frames)
        state = add_mark(state, state.layers[-1].id, place, denies=said.stem == 0)
    return masks_of(mix, state)[1]


def _start(mix: Mix, area: Area) -> tuple[np.ndarray, np.ndarray]:
    example = mix.v * plane_of(area)
    w, h = random_start(mix.v, LEARNT + FREE, 0)
    w[:, :LEARNT] = learnt_templates(example[:, example.any(axis=0)], LEARNT)
    return w, h


def _mask(w: np.ndarray, h: np.ndarray) -> np.ndarray:
    return (w[:, :LEARNT] @ h[:LEARNT]) / np.maximum(w @ h, 1e-12)


WAYS: dict[str, Callable[[Mix, Area, str], np.ndarray]] = {
    "the example alone": lambda mix, area, _: plane_of(area),
    "learnt from the example": lambda mix, area, _: learnt(mix, area),
    "learnt from it and similar events": lambda mix, area, _: learnt(mix, with_similar(mix, area)),
    "posterior-regularised": lambda mix, area, _: regularised(mix, area),
    "marks (the program)": partial(clicked, 0),
    "marks, and 3 clicks": partial(clicked, 3),
    "marks, and 5 clicks": partial(clicked, 5),
}


def measure(report: Report) -> None:
    """All ways on the demo, and on the drum loop where it is there."""
    scenes = {"demo": {name: resource(f"demo/stems/{name}.flac") for name in ("bass", "chords", "drums", "melody")}}
    if FUNKY.is_dir():
        scenes["drum loop"] = {name: FUNKY / f"{name}.wav" for name in ("kick", "snare", "hihat")}
    for scene, files in scenes.items():
        stems = {name: soundfile.read(path, dtype="float32", always_2d=True)[0] for name, path in files.items()}
        mix = Mix(stems)
        found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for name in stems:
            examples = mix.examples(name)
            for way, work in WAYS.items():
                found[way].append({kind: mix.sdr(name, work(mix, area, name)) for kind, area in examples.items()})
        plain = float(np.mean([mix.sdr(name, np.ones(mix.v.shape)) for name in stems]))
        ideal = float(np.mean([mix.sdr(name, mix.ideal(name)) for name in stems]))
        report.figure(f"{scene}: mix as it is", plain, "dB", None, ideal=round(ideal, 1))
        for way, each in found.items():
            kinds = {kind: round(float(np.mean([one[kind] for one in each])), 1) for kind in each[0]}
            stem = {name: round(float(np.mean(list(one.values()))), 1) for name, one in zip(stems, each, strict=True)}
            asked = f">= {plain + 5:.1f}" if way.startswith("marks (") else None
            report.figure(f"{scene}: {way}", float(np.mean(list(stem.values()))), "dB", asked, **kinds, **stem)
