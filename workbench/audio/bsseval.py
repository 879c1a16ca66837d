"""BSSEval v4 by museval, where it is installed: the measure of the separation campaigns.

It lets a reference be filtered by 512 taps before it compares, in windows of a second, and takes medians over them
(Stöter, Liutkus & Ito, *The 2018 Signal Separation Evaluation Campaign*, LVA/ICA 2018). So its SDR is another number
than the plain ratio, and never compared with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import UserError

Float = NDArray[np.float32]


@dataclass(frozen=True)
class BssEval:
    """Medians over windows of a second, in dB; NaN where every window was silent.

    Attributes
    ----------
    sdr, isr, sir, sar : float
        Signal to distortion, image to spatial distortion, signal to interference, signal to artefacts.
    """

    sdr: float
    isr: float
    sir: float
    sar: float


def bsseval(references: Sequence[Float], estimates: Sequence[Float], rate: int) -> list[BssEval]:
    """BSSEval v4 of estimates (n, C), one a reference, all of one set; none of them silent.

    Raises
    ------
    UserError
        If museval, or the ffmpeg that it needs, is not installed.
    """
    metrics = _museval()
    if not references:
        return []
    with np.errstate(all="ignore"):
        sdr, isr, sir, sar, _ = metrics.bss_eval(
            np.stack(list(references)).astype(np.float64),
            np.stack(list(estimates)).astype(np.float64),
            window=rate,
            hop=rate,
            compute_permutation=False,
            framewise_filters=False,
            bsseval_sources_version=False,
        )
    return [BssEval(*(_median(each[i]) for each in (sdr, isr, sir, sar))) for i in range(len(references))]


def check_bsseval() -> None:
    """Raise the UserError of `bsseval` now, before other work is done for it."""
    _museval()


def _median(values: Any) -> float:
    known = np.asarray(values)[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _museval() -> Any:
    try:
        from museval import metrics
    except ModuleNotFoundError as error:
        if error.name != "museval":
            raise
        raise UserError("audio.no_museval") from error
    except RuntimeError as error:
        # stempeg, which museval imports, looks for ffmpeg at once.
        if "ffmpeg" not in str(error):
            raise
        raise UserError("audio.no_ffmpeg") from error
    return metrics
