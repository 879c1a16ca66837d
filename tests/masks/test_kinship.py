"""How near components are to each other, by the formula in its slowest form, and what pointing makes of it."""

import numpy as np

from tests.masks.test_sources import BINS, FRAMES, box
from workbench.masks.hand.marks import Mark
from workbench.masks.insight.assignment import sources
from workbench.masks.insight.samples import Samples
from workbench.masks.model.bands import bands
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors


def slow_kinship(base):
    """How near each two components are, band by band."""
    spectra = base.W.reshape(len(base.W), base.components, -1).sum(axis=2).astype(float)
    timbre = []
    for spectrum in spectra.T:
        held = [float((near * spectrum).sum() / spectrum.sum()) for near in bands(BINS, 40).astype(float)]
        decibels = np.log(np.array(held) + 1e-4)
        timbre.append(decibels - decibels.mean())
    near = np.zeros((base.components, base.components))
    for j, one in enumerate(timbre):
        for k, other in enumerate(timbre):
            cosine = one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-18)
            near[j, k] = 0 if j == k else max(cosine, 0) ** 6
    whole = [max(row.sum(), 1) for row in near]
    return np.array([[near[j, k] / np.sqrt(whole[j] * whole[k]) for k in range(len(near))] for j in range(len(near))])


def test_what_sounds_the_same_at_another_time_goes_along_and_what_is_only_somewhat_alike_does_not():
    """Three of a kind, which never sound together, and another that each is a little like."""
    w, h = np.zeros((BINS, 4), np.float32), np.zeros((4, FRAMES), np.float32)
    w[8:14, :3] = 1.0 + 0.1 * np.random.default_rng(0).random((6, 3), np.float32)
    w[12:20, 3] = 1.0
    for k in range(4):
        h[k, 15 * k : 15 * k + 8] = 1
    base = Factors(w, h)
    near = slow_kinship(base)
    assert near[0, 1] > 0.4 and near[0, 3] < 0.1
    np.testing.assert_allclose(Samples(base).alike, near, atol=1e-6)
    held = sources(Samples(base), (Part(1, 0), Part(2, 1)), [Mark(9, 2, box(9, 13, 2, 6))]).held[1]
    assert held[0] > 0.9 and min(held[1:3]) > 0.5 and held[3] < 0.15
