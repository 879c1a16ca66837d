"""SDR and SI-SDR against their slow formulas, and what the renderer gives, block by block."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import begin, make_scene, tone_mix
from workbench.audio.renderer import render_all, render_apart
from workbench.audio.scene import Scene
from workbench.audio.scores import (
    BLOCK,
    best_matches,
    block_count,
    block_products,
    blocks_of,
    gram,
    oracle_products,
    score,
    score_of,
    source_products,
    with_rest,
)
from workbench.masks.insight.oracles import oracle_masks
from workbench.masks.model.grid import Region
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

RATE = 8000
LONG = 2.3 * BLOCK / RATE
"""Seconds of more than two blocks."""


def slow_sdr(s, e):
    return 10 * np.log10(np.sum(s.astype(float) ** 2) / np.sum((s.astype(float) - e) ** 2))


def slow_si_sdr(s, e):
    """The scale by least squares, then the definition."""
    s, e = s.astype(float).ravel(), e.astype(float).ravel()
    (scale,), *_ = np.linalg.lstsq(s[:, None], e, rcond=None)
    return 10 * np.log10(np.sum((scale * s) ** 2) / np.sum((scale * s - e) ** 2))


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.floats(0.01, 2.0), st.floats(0.3, 2.5))
def test_scores_are_their_definitions(seed, channels, noise, gain):
    rng = np.random.default_rng(seed)
    s = rng.standard_normal((200, channels)).astype(np.float32)
    e = (gain * s + noise * rng.standard_normal(s.shape)).astype(np.float32)
    found = score_of(s, e)
    assert found.sdr == pytest.approx(slow_sdr(s, e), abs=1e-6)
    assert found.si_sdr == pytest.approx(slow_si_sdr(s, e), abs=1e-5)
    assert score_of(s, 0.25 * e).si_sdr == pytest.approx(found.si_sdr, abs=1e-4), "whatever its scale"


def test_scores_at_the_ends():
    s = tone_mix(0.2)
    assert score_of(s, s).sdr == float("inf") and score_of(s, s).si_sdr == float("inf")
    assert score_of(s, 0 * s).sdr == pytest.approx(0.0) and score_of(s, 0 * s).si_sdr == float("-inf")
    assert np.isnan(score_of(0 * s, s).sdr) and np.isnan(score_of(0 * s, s).si_sdr)
    assert score_of(s, 2 * s).sdr == pytest.approx(0.0) and score_of(s, 2 * s).si_sdr == float("inf")
    assert score_of(s, -s).sdr == pytest.approx(-20 * np.log10(2))


def test_every_layer_in_one_pass_is_every_layer_alone():
    scene = make_scene(3, 1.0)
    start, stop = 700, 6400
    for index, each in enumerate(render_apart(scene, start, stop)):
        np.testing.assert_allclose(each, render_all(scene, start, stop, [index]), atol=1e-6)


def test_blocks_sum_to_the_scores_of_the_whole():
    scene = make_scene(3, LONG)
    references = [tone_mix(LONG, RATE, 2, seed) for seed in (1, 2)]
    count = block_count(len(scene.recording.samples))
    products = sum(block_products(scene, references, block) for block in range(count))
    assert count == 3 and products.shape == (6, 6)
    rendered = [render_all(scene, layers=[i]) for i in range(3)]
    for r, reference in enumerate(references):
        for layers in ((0,), (1,), (0, 2)):
            estimate = np.sum([rendered[i] for i in layers], axis=0)
            found = score(*source_products(products, r, layers, 2))
            assert found.sdr == pytest.approx(slow_sdr(reference, estimate), abs=1e-4)
        mix = score(*source_products(products, r, (), 2))
        assert mix.sdr == pytest.approx(slow_sdr(reference, scene.recording.samples), abs=1e-6)


@pytest.mark.parametrize("frames", [(0, 1), (60, 61), (509, 520), (1000, 1100), (1150, 1178)])
def test_an_edit_sounds_in_its_blocks_alone(frames):
    scene = make_scene(3, LONG)
    region = Region(10, 200, *frames)
    stroke = begin(scene.stack, 1, 1.0)
    stroke.extend(region, np.ones((region.high - region.low, region.stop - region.start), np.float32))
    edited = replace(scene, stack=replace(scene.stack, edits=stroke.edits))
    told = blocks_of(region, scene.analysis, len(scene.recording.samples))
    for block in range(block_count(len(scene.recording.samples))):
        before, after = (block_products(each, [], block) for each in (scene, edited))
        assert (block in told) or np.array_equal(before, after)
    changed = [b for b in told if not np.array_equal(block_products(scene, [], b), block_products(edited, [], b))]
    assert changed, "and somewhere it is heard"


def test_everywhere_is_every_block():
    assert blocks_of(None, Analysis(), 3 * BLOCK + 1) == range(4)
    assert blocks_of(Region(0, 5, 100, 110), Analysis(), 3 * BLOCK) == range(1)


def test_the_oracle_is_rendered_in_pieces_as_it_is_as_a_whole():
    scene = make_scene(2, LONG)
    sources = [tone_mix(LONG, RATE, 2, 1), scene.recording.samples - tone_mix(LONG, RATE, 2, 1)]
    analysis = scene.analysis
    count = block_count(len(scene.recording.samples))
    found = sum(oracle_products(scene.recording, analysis, sources[:1], True, block) for block in range(count))
    masks = oracle_masks(sources, analysis, False, 2.0)
    stack = Stack(scene.stack.layers[:2], masks, (), analysis.bins, analysis.frames(len(scene.recording.samples)))
    whole = Scene(scene.recording, analysis, stack)
    for row, source, index in zip(found, sources, (0, 1), strict=True):
        assert score(*row).sdr == pytest.approx(slow_sdr(source, render_all(whole, layers=[index])), abs=0.01)


def test_each_source_gets_a_reference_of_its_own_while_there_are_enough():
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((500, 1)).astype(np.float32) for _ in range(2))
    # Both layers are more like a, the second by less.
    layers = [a + 0.1 * b, a + 0.9 * b]
    products = gram([a, b, a + b, *layers])
    assert best_matches(products, 2, [(0,), (1,)], (0, 1)) == [0, 1]
    assert best_matches(products, 2, [(0, 1)], (0, 1)) == [0] and best_matches(products, 2, [(0,)], [1]) == [1]
    products = gram([a, b, a + b, *layers, 0 * a, 0.5 * b])
    every = [(0,), (1,), (2,), (3,)]
    assert best_matches(products, 2, every, (0, 1)) == [0, 0, None, 1], "more sources than references"
    assert best_matches(gram([0 * a, a, b]), 1, [(0,)], [0]) == [None]
    assert best_matches(gram([a, b]), 0, [(0,)], ()) == [None]


def test_what_the_references_leave_is_a_reference():
    scene = make_scene(2, 0.5)
    references = [tone_mix(0.5, RATE, 2, seed) for seed in (1, 2)]
    rest = scene.recording.samples - sum(references)
    found = with_rest(block_products(scene, references, 0), 2)
    np.testing.assert_allclose(found, block_products(scene, [*references, rest], 0), rtol=1e-4, atol=1e-4)
