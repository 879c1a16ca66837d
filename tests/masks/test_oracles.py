"""Ideal masks from true stems."""

import numpy as np
import pytest

from tests.conftest import tone_mix
from workbench.masks.insight.oracles import oracle_masks, rest_of
from workbench.masks.model.models import Shares
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis, analyse

ANALYSIS = Analysis(256, 64)


def stop(share):
    raise Cancelled


def test_oracle_masks_are_the_ideal_ratio_and_the_arg_max():
    stems = [tone_mix(0.5, 8000, 2, seed) for seed in (1, 2, 3)]
    power = np.stack([np.mean(np.abs(analyse(s, ANALYSIS, 0, ANALYSIS.frames(len(s)))) ** 2, axis=0) for s in stems])
    ratio = oracle_masks(stems, ANALYSIS, False, 2.0)
    assert isinstance(ratio, Shares)
    np.testing.assert_allclose(ratio.masks, power / power.sum(axis=0), atol=2e-3)
    binary = oracle_masks(stems, ANALYSIS, True, 2.0)
    np.testing.assert_array_equal(binary.masks.argmax(axis=0), power.argmax(axis=0))
    with pytest.raises(Cancelled):
        oracle_masks(stems, ANALYSIS, True, 2.0, stop)
    mix = np.sum(stems, axis=0)
    assert rest_of(mix, stems) is None
    np.testing.assert_allclose(rest_of(mix, stems[:2]), stems[2], atol=1e-6)
