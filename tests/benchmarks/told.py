"""What taps, a pitch line and a score come to as marks of sources, beside clicks alone: of the demo, and of a loop."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.effort_rows import Bench
from tests.benchmarks.effort_scenes import DEMO, RATE, Scene
from tests.rig import SHARED_AUDIO
from workbench import resource
from workbench.audio.scores import score_of
from workbench.control.tapping import LAG, NEAR
from workbench.masks.edits.area import Area
from workbench.masks.edits.areas import of_plane, rectangle
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import REST, Samples, sources
from workbench.masks.insight.attacks import aligned, begun
from workbench.masks.insight.combs import comb, tone_of_note, tones_of_line
from workbench.masks.insight.pitch_lines import notes_of, pitch_line
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Part
from workbench.spectral.pyramid import analyse_levels

SEEDS = 3
LATE, UNEVEN = 0.05, 0.015
"""Seconds that the hand which taps is late, and by how much it varies."""
BESIDE = 1.2
"""Semitones on either side of the fundamental that the lasso takes."""
CLEARLY = 0.8
"""Share of a bin that a stem has where the user clicks on it."""

LOOP = {"kick": 1, "snare": 2, "hihat": 3}
"""Drums of the loop, and their numbers in its list of onsets."""

Said = tuple[str, Area]
"""A stem, and a place where it sounds."""
Written = tuple[float, float, float]
"""Begin and end in seconds, and pitch or number of a drum."""


def measure(report: Report) -> None:
    """Print the mean SDR of the stems, and each."""
    _measure_demo(report)
    if (SHARED_AUDIO / "funky").is_dir():
        _measure_loop(report)


def _measure_demo(report: Report) -> None:
    stems = {each: soundfile.read(resource(f"demo/stems/{each}.flac"), dtype="float32")[0] for each in DEMO}
    told = Told(Scene("demo", stems), _composed())
    score = [(name, told.played(name)) for name in ("bass", "chords", "melody")]
    drums, melody = ("drums", told.tapped()), ("melody", told.line())
    for clicks in (1, 3):
        alone = _figure(report, told, f"clicks a stem: {clicks}", [], clicks, None)
        for name, more in (("the drums tapped", [drums]), ("the melody's line", [melody]), ("both", [drums, melody])):
            _figure(report, told, f"the same and {name}", more, clicks, f">= {alone:.2f}")
    _figure(report, told, "a score of all but the drums", score, 0, ">= 2")
    _figure(report, told, "a score of all", [*score, *told.struck()], 0, ">= 3")


def _measure_loop(report: Report) -> None:
    """One drum tapped, beside a click for each of the others; and all of them, without a click."""
    folder = SHARED_AUDIO / "funky"
    lines = [line.split() for line in (folder / "onsets.txt").read_text().splitlines() if line]
    notes = {
        name: [(float(at), 0.0, 0.0) for at, drum in lines if float(drum) == label] for name, label in LOOP.items()
    }
    stems = {name: soundfile.read(folder / f"{name}.wav", dtype="float32", always_2d=True)[0] for name in LOOP}
    length = min(map(len, stems.values()))
    told = Told(Scene("loop", {name: samples[:length] for name, samples in stems.items()}), notes)
    alone = _figure(report, told, "loop, a click a drum", [], 1, None)
    for name in ("kick", "snare"):
        _figure(report, told, f"the same and the {name} tapped", [(name, told.tapped(name))], 1, f">= {alone:.2f}")
    taps = [(name, told.tapped(name)) for name in ("hihat", "kick", "snare")]
    for marks in (taps, taps[::-1]):
        _figure(report, told, f"all tapped: {', '.join(name for name, _ in marks)}", marks, 0, f">= {alone:.2f}")


def _figure(report: Report, told: Told, name: str, marks: Sequence[Said], clicks: int, asked: str | None) -> float:
    seeds = range(SEEDS if clicks else 1)
    sdr = np.mean([told.sdr([*told.clicks(seed, clicks), *marks]) for seed in seeds], axis=0)
    report.figure(name, float(sdr.mean()), "dB", asked, **dict(zip(told.stems, sdr.round(1).tolist(), strict=True)))
    return float(sdr.mean())


class Told:
    """A scene with the notes that its stems play; every stem is a source, beside a rest."""

    def __init__(self, scene: Scene, notes: Mapping[str, Sequence[Written]]) -> None:
        self._bench, self._notes = Bench(scene), notes
        self.stems = tuple(scene.stems)
        self._analysis = self._bench.analysis
        self._samples = Samples(self._bench.blind)
        self._levels = analyse_levels(self._bench.recording.samples, self._analysis).levels[0]

    def sdr(self, said: Sequence[Said]) -> np.ndarray:
        """SDR of every stem by marks."""
        number = {name: g for g, name in enumerate(self.stems, REST + 1)}
        parts = [Part(g + 1, g) for g in range(len(self.stems) + 1)]
        marks = [Mark(100 + i, number[name] + 1, place) for i, (name, place) in enumerate(said)]
        sounds = self._bench.sounds(sources(self._samples, parts, marks))
        return np.array([score_of(stem, sounds[number[name]]).sdr for name, stem in self._bench.scene.stems.items()])

    def clicks(self, seed: int, count: int) -> list[Said]:
        """So many of each stem, where it is clearly heard."""
        rng = np.random.default_rng(seed)
        out = []
        for name, share in zip(self.stems, self._bench.ideal, strict=True):
            heard = (self._bench.v * (share > CLEARLY) * share**0.5).ravel()
            for place in rng.choice(len(heard), count, replace=False, p=heard / heard.sum()):
                row, column = divmod(int(place), self._bench.v.shape[1])
                region = Region(row - 4, row + 4, column - 8, column + 8)
                out.append((name, rectangle(region, *self._bench.v.shape)))
        return out

    def tapped(self, stem: str = "drums") -> Area:
        """All that a stem strikes, tapped by a hand."""
        rng = np.random.default_rng(3)
        onsets = sorted({begin for begin, _, _ in self._notes[stem]})
        taps = [self._frame(onset + LATE + UNEVEN * rng.standard_normal()) for onset in onsets]
        found, _ = aligned(self._levels, taps, self._frame(LAG), self._frame(NEAR))
        return begun(self._levels, found, self._analysis)

    def struck(self) -> list[Said]:
        """A mark for each drum of the score."""
        drums = sorted({drum for _, _, drum in self._notes["drums"]})
        frames = [[self._frame(begin) for begin, _, one in self._notes["drums"] if one == drum] for drum in drums]
        return [("drums", begun(self._levels, each, self._analysis)) for each in frames]

    def line(self) -> Area:
        """The line of the melody, whose fundamentals are selected."""
        frames, bins = self._levels.shape
        plane = np.zeros((bins, frames), bool)
        for begin, end, pitch in self._notes["melody"]:
            hz = [440 * 2 ** ((pitch + side - 69) / 12) for side in (-BESIDE, BESIDE)]
            low, high = self._analysis.bin_place(hz, RATE)
            plane[int(low) : int(np.ceil(high)) + 1, slice(*self._analysis.frames_of(begin, end, RATE))] = True
        area = of_plane(plane, Region(0, bins, 0, frames), bins, frames)
        start, pitches = pitch_line(self._levels, area, self._analysis, RATE)
        line = notes_of(start, pitches, self._analysis, RATE)
        return comb(self._levels, tones_of_line(start, pitches, line, self._analysis, RATE))

    def played(self, stem: str) -> Area:
        """The notes of a stem, as they were written."""
        notes = self._notes[stem]
        return comb(self._levels, [tone_of_note(pitch, *span, self._analysis, RATE) for *span, pitch in notes])

    def _frame(self, second: float) -> int:
        return self._analysis.frame_at(second, RATE)


def _composed() -> dict[str, list[Written]]:
    """The notes of each stem, from the scripts beside the demo."""
    sys.path.insert(0, str(resource("demo")))
    try:
        import composition
        import midi
        import notes
    finally:
        sys.path.pop(0)
    beat = 60 / notes.TEMPO
    return {name: _written(composition, name, beat, midi.LEAD_IN) for name in DEMO}


def _written(composition: ModuleType, name: str, beat: float, first: float) -> list[Written]:
    stem = getattr(composition, f"compose_{name}")()
    return [(first + n.start * beat, first + (n.start + n.length) * beat, n.pitch) for n in stem.notes]
