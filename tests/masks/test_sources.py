"""Sources that share components: what they hold of a bin, and that what is said of it changes only the odds there."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.masks.edits import areas
from workbench.masks.edits.brush import Brush, Ruler, Shape
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Invert
from workbench.masks.edits.traces import Path, Trace
from workbench.masks.model import sources as module
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import CERTAIN, CLICK, LOOSE, Sources, Told, Word
from workbench.masks.stack import Stack
from workbench.spectral.scales import FrequencyScale
from workbench.spectral.stft import Analysis

BINS, FRAMES = 33, 70
ROWS, COLUMNS = np.arange(BINS), np.arange(FRAMES)


def box(low, high, start, stop, feather=0):
    area = areas.rectangle(Region(low, high, start, stop), BINS, FRAMES)
    return area.feathered(feather) if feather else area


def stroke(rng):
    """A round stroke, which may leave the plane."""
    ruler = Ruler(FrequencyScale.LINEAR, 1.0, 4.0, 4.0)
    ends = rng.uniform((-20, -20), (4 * FRAMES + 20, 4 * BINS + 20), (2, 2))
    return Trace((Path(Brush(Shape.ROUND, 30, 0.4), ruler, np.column_stack([ends, np.ones(2)])),))


def random_sources(seed, count=3, components=5, length=1, words=4, size=29):
    """Factors of templates of so many frames, any shares, and words of all kinds that overlap, boxes up to a size."""
    rng = np.random.default_rng(seed)
    shape = (BINS, components) if length == 1 else (BINS, components, length)
    factors = Factors(rng.random(shape).astype(np.float32), rng.random((components, FRAMES)).astype(np.float32))
    shares = rng.random((count, components))
    said = []
    for _ in range(words):
        low, start = int(rng.integers(BINS - 4)), int(rng.integers(FRAMES - 4))
        high, stop = low + int(rng.integers(2, size + 1)), start + int(rng.integers(2, size + 1))
        area = box(low, high, start, stop, feather=int(rng.integers(0, 4)))
        place = area if rng.random() < 0.7 else stroke(rng)
        size = float(rng.choice([10, 128, 1000, 10**7]))
        said.append(Word(int(rng.integers(count)), place, float(rng.random()), bool(rng.random() < 0.3), size))
    return Sources(factors, (shares / shares.sum(axis=0)).astype(np.float32), tuple(said))


def slow_model(factors):
    """w h of every component in every bin, shape (K, F, N), in double precision."""
    w, h = (x.astype(float) for x in factors.scaled)
    out = np.zeros((w.shape[1], len(w), h.shape[1]))
    for k in range(w.shape[1]):
        for t in range(w.shape[2]):
            for n in range(t, h.shape[1]):
                out[k, :, n] += w[:, k, t] * h[k, n - t]
    return out


def said_of(size):
    """What the odds of a source are multiplied by in the bins of a mark of that size: less than by a click."""
    return CERTAIN if size <= CLICK else max(1.0, CERTAIN * (CLICK / size) ** LOOSE)


def slow_values(sources):
    """Σ_k A_gk w_k h_k, times what is said of the bin.

    A word lets what was said before count the less, the surer it is and the more it covers; one that denies a source
    does so with what was said of that source.
    """
    values = np.einsum("gk,kfn->gfn", sources.shares.astype(float), slow_model(sources.components_of))
    odds = np.ones_like(values)
    for word in sources.words:
        cover = word.cover.at(ROWS, COLUMNS).astype(float)
        for g in range(len(values)):
            if g == word.source or not word.denies:
                odds[g] = odds[g] * (1 - cover * word.weight) + cover * word.weight
            if g == word.source:
                said = said_of(word.size) ** (-word.weight if word.denies else word.weight)
                odds[g] *= 1 - cover + cover * said
    return values * np.minimum(np.maximum(odds, 1 / CERTAIN), CERTAIN)


def stack_of(sources):
    layers = tuple(Layer(10 + g, f"S{g}", "#336699", (Part(1 + g, g),)) for g in range(sources.components))
    return Stack(layers, sources, (), BINS, FRAMES)


LENGTHS = st.sampled_from([1, 3])


@given(st.integers(0, 10_000), LENGTHS)
def test_values_are_the_shared_components_times_what_is_said(seed, length):
    sources = random_sources(seed, length=length)
    got = sources.values(np.arange(3), ROWS, COLUMNS)
    np.testing.assert_allclose(got, slow_values(sources), rtol=2e-4, atol=1e-6)


@given(st.integers(0, 10_000), LENGTHS, st.booleans())
def test_sums_are_those_of_the_values_of_the_chosen_sources_on_any_grid(seed, length, large):
    sources = random_sources(seed, length=length)
    rng = np.random.default_rng(seed)
    chosen = np.flatnonzero(rng.random(3) < 0.7)
    rows, columns = np.unique(rng.integers(0, BINS, 20)), np.unique(rng.integers(0, FRAMES, 30))
    weights = rng.random((2, len(chosen))).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        if large:
            # Of words whose coverage is too large to be remembered, strip by strip.
            patch.setattr(module, "SMALL", 40)
            patch.setattr(module, "STRIP", 7)
        total, sums = sources.sums(weights, chosen, rows, columns)
    expected = slow_values(sources)[chosen][:, rows][:, :, columns]
    np.testing.assert_allclose(total, expected.sum(axis=0), rtol=2e-4, atol=1e-6)
    for got, each in zip(sums, weights, strict=True):
        np.testing.assert_allclose(got, np.tensordot(each, expected, 1), rtol=2e-4, atol=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.integers(0, 20_000))
def test_what_is_remembered_of_words_makes_no_difference(seed, chance, most):
    """Words come last and go from anywhere, on few grids that are looked at again and again."""
    said = random_sources(seed, words=12)
    grids = [(ROWS, COLUMNS), (ROWS[::2], COLUMNS[10:40]), (ROWS[5:20], COLUMNS[::3])]
    told, words = Told(), list(said.words[:4])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MANY", 1)
        patch.setattr(module, "MOST_BYTES", most)
        for _ in range(24):
            if words and chance.random() < 0.3:
                words.pop(chance.choice([-1, 0, len(words) // 2]))
            elif chance.random() < 0.8:
                words.append(chance.choice(said.words))
            chosen, (rows, columns) = np.arange(chance.choice([2, 3])), chance.choice(grids)
            now, fresh = (replace(said, words=tuple(words), told=each) for each in (told, Told()))
            assert np.array_equal(now.values(chosen, rows, columns), fresh.values(chosen, rows, columns))


@given(st.integers(0, 10_000), LENGTHS)
def test_the_masks_of_sources_sum_to_one_with_edits_too(seed, length):
    stack = stack_of(random_sources(seed, length=length))
    edited = replace(stack, edits=(Operation(Invert((), (1,)), box(5, 20, 5, 40, feather=2)),))
    for each in (stack, edited):
        masks = each.evaluate(ROWS, COLUMNS)
        np.testing.assert_allclose(masks.sum(axis=0), 1, atol=1e-5)
        assert masks.min() >= 0 and masks.max() <= 1 + 1e-6
        weights = np.random.default_rng(seed).random((3, 2)).astype(np.float32)
        expected = np.einsum("pd,pfn->dfn", weights, masks)
        np.testing.assert_allclose(each.blend(weights, ROWS, COLUMNS), expected, atol=2e-5)


def test_without_words_a_source_that_has_a_component_alone_is_its_mask():
    sources = random_sources(3, count=4, components=4, words=0)
    sources = replace(sources, shares=np.eye(4, dtype=np.float32))
    model = slow_model(sources.components_of)
    np.testing.assert_allclose(stack_of(sources).evaluate(ROWS, COLUMNS), model / model.sum(axis=0), atol=1e-5)


def test_the_last_word_on_a_bin_counts_and_others_keep_theirs():
    here, beside = box(4, 12, 10, 20), box(4, 12, 15, 30)
    bare = random_sources(1, words=0)
    plain = bare.values(np.arange(3), ROWS, COLUMNS)
    both = replace(bare, words=(Word(0, here), Word(1, beside))).values(np.arange(3), ROWS, COLUMNS)
    ratio = both / plain
    np.testing.assert_allclose(ratio[0, 4:12, 10:15], CERTAIN, rtol=1e-4)
    np.testing.assert_allclose(ratio[0, 4:12, 15:20], 1, rtol=1e-4)
    np.testing.assert_allclose(ratio[1, 4:12, 15:30], CERTAIN, rtol=1e-4)
    np.testing.assert_allclose(ratio[2], 1, rtol=1e-4)
    outside = np.ones((BINS, FRAMES), bool)
    outside[4:12, 10:30] = False
    np.testing.assert_allclose(ratio[:, outside], 1, rtol=1e-4)


@pytest.mark.parametrize(
    ("weight", "denies", "odds"),
    [(1.0, False, CERTAIN), (1.0, True, 1 / CERTAIN), (0.5, False, CERTAIN**0.5), (0, True, 1)],
)
def test_a_word_multiplies_the_odds_of_its_source(weight, denies, odds):
    bare = random_sources(2, words=0)
    said = replace(bare, words=(Word(1, box(0, BINS, 0, FRAMES), weight, denies),))
    before, after = (stack_of(each).evaluate(ROWS, COLUMNS) for each in (bare, said))
    np.testing.assert_allclose(after[1] / (1 - after[1]), odds * before[1] / (1 - before[1]), rtol=2e-3)
    # What the others have of the rest stays as it was.
    np.testing.assert_allclose(after[0] / after[2], before[0] / before[2], rtol=2e-3)


@pytest.mark.parametrize("size", [1.0, CLICK, 10 * CLICK, 1e9])
def test_the_larger_a_word_is_the_less_it_is_meant_literally(size):
    word = Word(0, box(0, BINS, 0, FRAMES), size=size)
    assert 1 <= word.odds <= CERTAIN and replace(word, denies=True).odds == pytest.approx(1 / word.odds)
    assert (word.odds == CERTAIN) == (size <= CLICK)
    assert replace(word, size=2 * size).odds <= word.odds


def test_where_nothing_sounds_all_share_whatever_is_said():
    silent = Factors(np.zeros((BINS, 5), np.float32), np.zeros((5, FRAMES), np.float32))
    masks = stack_of(replace(random_sources(4), components_of=silent)).evaluate(ROWS, COLUMNS)
    np.testing.assert_allclose(masks, 1 / 3, rtol=1e-6)


def test_they_go_along_to_another_window_and_back():
    old, new = Analysis(64, 16), Analysis(128, 32)
    samples = 16 * (FRAMES - 1)
    sources = random_sources(5, words=0)
    sources = replace(sources, words=(Word(2, box(8, 16, 20, 40), 0.7, True),))
    there = sources.resampled(old, new, samples)
    assert there.components_of.W.shape[0] == new.bins and there.components_of.H.shape[1] == new.frames(samples)
    assert there.shares is sources.shares
    word = there.words[0]
    assert (word.source, word.weight, word.denies) == (2, 0.7, True)
    bounds = word.cover.bounds
    assert abs(bounds.low - 16) <= 1 and abs(bounds.high - 32) <= 1
    assert abs(bounds.start - 10) <= 1 and abs(bounds.stop - 20) <= 1
    again = there.resampled(new, old, samples).words[0].cover.bounds
    assert max(abs(a - b) for a, b in zip(again.__dict__.values(), (8, 16, 20, 40), strict=True)) <= 2
