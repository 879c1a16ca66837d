"""Factors carried over to another window and hop."""

from __future__ import annotations

import numpy as np

from workbench.masks.models import Factors, Model, Shares
from workbench.spectral.stft import Analysis


def resample_factors(model: Model, old: Analysis, new: Analysis, samples: int) -> Model:
    """W along frequency (and its frames), H along time, linearly interpolated onto another analysis.

    Templates keep their sums. Of shares given for every bin the nearest is taken.
    """
    rows = np.arange(new.bins) * (old.window / new.window)
    columns = np.arange(new.frames(samples)) * (new.hop / old.hop)
    if isinstance(model, Shares):
        near = np.ix_(
            np.clip(np.rint(columns), 0, model.masks.shape[1] - 1).astype(np.intp),
            np.clip(np.rint(rows), 0, model.masks.shape[2] - 1).astype(np.intp),
        )
        return Shares(np.stack([mask[near] for mask in model.masks]))
    w = np.apply_along_axis(lambda column: np.interp(rows, np.arange(old.bins), column), 0, model.W)
    if w.ndim == 3:
        length = max(1, round(model.length * old.hop / new.hop))
        places = (np.arange(length) + 0.5) * model.length / length - 0.5
        w = np.apply_along_axis(lambda row: np.interp(places, np.arange(model.length), row), 2, w)
    h = np.stack([np.interp(columns, np.arange(model.H.shape[1]), row) for row in model.H])
    shape = (1, -1, 1)[: w.ndim]
    now, before = (x.reshape(len(x), x.shape[1], -1).sum(axis=(0, 2)).reshape(shape) for x in (w, model.W))
    w = np.divide(w * before, now, out=np.zeros_like(w), where=now > 0)
    return Factors(w.astype(np.float32), h.astype(np.float32))
