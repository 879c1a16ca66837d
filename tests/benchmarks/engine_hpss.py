"""Harmonic and percussive masks against librosa's."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.benchmarks import Report
from tests.benchmarks.engine_rounds import alternating, seconds, spectrogram
from workbench.nmf.harmonic_percussive import hpss


def percussion(report: Report, rounds: int) -> Report:
    """Soft masks by medians of 17 frames and 31 bins against librosa's; `difference` is the largest between them."""
    import librosa

    V = spectrogram(1.0)
    V_rows = np.ascontiguousarray(V)
    by_librosa = partial(librosa.decompose.hpss, V_rows, mask=True, kernel_size=(17, 31))
    by_librosa()
    took, results = alternating({"ours": partial(hpss, V, "soft"), "librosa": by_librosa}, rounds)
    difference = max(float(np.abs(a - b).max()) for a, b in zip(results["ours"], results["librosa"], strict=True))
    report.figure(
        "HPSS, soft masks, times librosa",
        took["librosa"] / took["ours"],
        "times",
        ">= 8",
        **seconds(**took),
        difference=float(f"{difference:.1e}"),
    )
    return report
