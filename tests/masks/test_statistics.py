"""What masks hold, against slow formulas."""

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import random_stack, tone_mix
from workbench.masks.edits import areas
from workbench.masks.edits.effects import Measure
from workbench.masks.insight.statistics import greatest, locked_share, report, sampled
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.progress import Cancelled
from workbench.spectral.stft import Analysis, analyse

ANALYSIS = Analysis(256, 64)
SAMPLES = 9000


def everywhere(stack):
    return stack.evaluate(np.arange(stack.bins), np.arange(stack.frames))


def stop(share):
    raise Cancelled


@pytest.fixture
def stack():
    made = random_stack(3, ANALYSIS, SAMPLES, seed=4)
    levels = np.random.default_rng(1).integers(0, 255, (made.frames, made.bins)).astype(np.uint8)
    return replace(made, levels=levels)


def test_the_report_measures_energy_levels_and_overlaps():
    samples = tone_mix(SAMPLES / 8000, 8000, 2)[:SAMPLES]
    stack = random_stack(3, ANALYSIS, SAMPLES, seed=2)
    found = report(stack, samples, 8000, ANALYSIS, spans=7)
    power = np.mean(np.abs(analyse(samples, ANALYSIS, 0, stack.frames)) ** 2, axis=0).T
    masks = everywhere(stack).astype(float)
    np.testing.assert_allclose(found.energy, (masks**2 * power).sum(axis=(1, 2)) / power.sum(), rtol=1e-4)
    reference = (ANALYSIS.window / 4) ** 2
    expected = 10 * np.log10((masks[1] ** 2 * power).sum(axis=1) / stack.frames / reference)
    np.testing.assert_allclose(found.over_frequency[1], expected, atol=0.01)
    span = np.arange(stack.frames) * 7 // stack.frames
    expected = [
        10 * np.log10((masks[2] ** 2 * power)[:, span == i].sum() / (span == i).sum() / reference) for i in range(7)
    ]
    np.testing.assert_allclose(found.over_time[2], expected, atol=0.01)
    both = (np.minimum(masks[0], masks[1]) * power).sum()
    least = min((masks[0] * power).sum(), (masks[1] * power).sum())
    assert found.overlap[0, 1] == pytest.approx(both / least, rel=1e-4) == found.overlap[1, 0]
    with pytest.raises(Cancelled):
        report(stack, samples, 8000, ANALYSIS, stop)


def test_samples_of_a_mask_are_its_values_within_an_area(stack):
    area = areas.rectangle(Region(5, 40, 10, 60), stack.bins, stack.frames)
    everything = everywhere(stack)[1]
    values = sampled(stack, (1,), Measure.MASK, area, Region(0, stack.bins, 0, stack.frames))
    np.testing.assert_allclose(np.sort(values), np.sort(everything[5:40, 10:60].ravel()), atol=1e-6)
    assert greatest(stack, (1,), area) == pytest.approx(everything[5:40, 10:60].max(), abs=1e-6)
    locked = Stack(
        (stack.layers[0], replace(stack.layers[1], locked=True), stack.layers[2]),
        stack.factors,
        (),
        stack.bins,
        stack.frames,
    )
    assert locked_share(locked, area.bounds, area) == pytest.approx(everything[5:40, 10:60].max(), abs=1e-6)
    both = replace(locked, layers=tuple(replace(layer, locked=True) for layer in locked.layers))
    assert locked_share(both, area.bounds) == pytest.approx(1, abs=1e-5), "what they hold together"
    assert locked_share(stack, area.bounds, area) == 0
