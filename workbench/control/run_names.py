"""Words for runs, in lists and in the history."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.separation.settings import RunSettings


def described_run(settings: RunSettings, components: int) -> str:
    """A run in a few characters, for lists."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Runs", text)

    method = settings.method
    if method == "hpss":
        return tr("HPSS {0}/{1}").format(settings.harmonic_frames, settings.percussive_bins)
    divergence = f"β {settings.beta:g}" if settings.divergence == "beta" else settings.divergence.upper()
    short = {
        "fast": divergence,
        "mu": f"{divergence} MU",
        "flucoma": "FluCoMa",
        "libnmfd": "libnmfd",
        "smooth": f"IS MM λ{settings.smoothness:g}",
        "sequential": f"IS MM seq λ{settings.smoothness:g}",
        "em": f"IS EM λ{settings.smoothness:g}",
        "patterns": f"NMFD {divergence} T{settings.length}",
        "match": tr("Match {0}").format(divergence),
    }[method]
    if method == "match":
        return short
    seed = tr(", seed {0}").format(settings.seed) if settings.seed else ""
    return tr("{0}, {1} components{2}").format(short, components, seed)
