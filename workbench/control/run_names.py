"""Words for runs, in lists and in the history."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.separation.settings import Divergence, Method, RunSettings


def described_run(settings: RunSettings, components: int) -> str:
    """A run in a few characters, for lists."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Runs", text)

    method = settings.method
    if method is Method.HPSS:
        return tr("HPSS {0}/{1}").format(settings.harmonic_frames, settings.percussive_bins)
    divergence = f"β {settings.beta:g}" if settings.divergence is Divergence.BETA else settings.divergence.upper()
    short = {
        Method.FAST: divergence,
        Method.MU: f"{divergence} MU",
        Method.ONLINE: tr("{0} mini-batches").format(divergence),
        Method.FLUCOMA: "FluCoMa",
        Method.LIBNMFD: "libnmfd",
        Method.SMOOTH: f"IS MM λ{settings.smoothness:g}",
        Method.SEQUENTIAL: f"IS MM seq λ{settings.smoothness:g}",
        Method.EM: f"IS EM λ{settings.smoothness:g}",
        Method.PATTERNS: f"NMFD {divergence} T{settings.length}",
        Method.MATCH: tr("Match {0}").format(divergence),
    }[method]
    if method is Method.MATCH:
        return short
    seed = tr(", seed {0}").format(settings.seed) if settings.seed else ""
    return tr("{0}, {1} components{2}").format(short, components, seed)
