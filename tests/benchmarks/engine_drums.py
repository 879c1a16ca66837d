"""Kick, snare and hi-hat of a drum loop whose stems are known, by NMFD with templates of our own kit."""

from __future__ import annotations

import json

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import ANALYSIS, RATE
from tests.rig import SHARED_AUDIO
from workbench import resource
from workbench.audio.scores import score_of
from workbench.nmf.convolutive import conv_model, nmfd
from workbench.nmf.result import Array
from workbench.nmf.templates import learnt_templates
from workbench.spectral.stft import analyse, hann, magnitudes, synthesise


def drum_loop(report: Report) -> None:
    """SDR of kick, snare and hi-hat in a drum loop whose stems are known, by NMFD with templates of our own kit.

    A template of 8 frames a drum, learnt from all its one-shots end to end; uniform activations; 60 iterations with
    everything free; ratio masks of the components' models on the mixture's STFT. SDR is 10 log₁₀(|s|²/|s − ŝ|²) over
    the whole file; the figure is how far it is above that of the mixture itself, asked at least 6 dB. `oracle` is the
    SDR of the ratio mask of the stems' own magnitudes.
    """
    folder, drums = SHARED_AUDIO / "funky", ("kick", "snare", "hihat")
    if not folder.exists():
        print(json.dumps({"skipped": "SDR of drums", "why": f"no folder {folder}"}), flush=True)
        return
    mixture, rate = soundfile.read(folder / "mixture.wav", dtype="float32")
    assert rate == RATE
    stems = [soundfile.read(folder / f"{name}.wav", dtype="float32")[0] for name in drums]
    V = magnitudes(mixture[:, None], ANALYSIS)
    W = np.concatenate(
        [learnt_templates(magnitudes(one_shots(name)[:, None], ANALYSIS), 1, length=8) for name in drums], 1
    )
    H = np.full((len(drums), V.shape[1]), V.sum() / (len(drums) * V.shape[1]), np.float32)
    result = nmfd(V, W, H, 60)
    models = [conv_model(result.W[:, [k]], result.H[[k]]) for k in range(len(drums))]
    ours = separated(mixture, models)
    oracle = separated(mixture, [magnitudes(stem[:, None], ANALYSIS) for stem in stems])
    for name, stem, estimate, best in zip(drums, stems, ours, oracle, strict=True):
        own, reached = score_of(stem, mixture).sdr, score_of(stem, estimate).sdr
        report.figure(
            f"SDR of {name} by NMFD with drum templates, above the mixture's own",
            reached - own,
            "dB",
            ">= 6",
            sdr=round(reached, 2),
            mixture=round(own, 2),
            oracle=round(score_of(stem, best).sdr, 2),
        )


def one_shots(drum: str) -> Array:
    """All one-shots of a drum of our kit end to end, each at the same peak, (n,)."""
    pieces = [
        soundfile.read(path, dtype="float32", always_2d=True) for path in sorted(resource(f"drums/{drum}").iterdir())
    ]
    assert all(rate == RATE for _, rate in pieces)
    mono = [samples.mean(axis=1) for samples, _ in pieces]
    return np.concatenate([x / np.abs(x).max() for x in mono])


def separated(mixture: Array, models: list[Array]) -> list[Array]:
    """The mixture through each model's ratio mask."""
    spectrum = analyse(mixture[:, None], ANALYSIS, 0, ANALYSIS.frames(len(mixture)))
    total = np.maximum(np.sum(models, axis=0), 1e-20)
    return [resynthesised(spectrum * (model / total).T, len(mixture)) for model in models]


def resynthesised(spectrum: Array, length: int) -> Array:
    """Weighted overlap-add of a spectrum (1, N, F)."""
    frames = synthesise(spectrum, ANALYSIS)[0]
    size, hop = ANALYSIS.window, ANALYSIS.hop
    out, norm = np.zeros(size + hop * len(frames)), np.zeros(size + hop * len(frames))
    for i, frame in enumerate(frames):
        out[i * hop : i * hop + size] += frame
        norm[i * hop : i * hop + size] += hann(size) ** 2
    return (out / np.maximum(norm, 1e-12))[size // 2 : size // 2 + length]
