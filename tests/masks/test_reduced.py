"""Masks of cells of many bins and frames are those of every bin, reduced."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.masks.evaluating import a_stack, an_edit
from workbench.masks.edits.areas import rectangle
from workbench.masks.edits.edits import Operation
from workbench.masks.edits.effects import Fill
from workbench.masks.evaluation.lattice import Lattice, Lattices
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.models import Factors
from workbench.masks.model.reduced import Cells, reduced
from workbench.masks.model.sources import Sources
from workbench.masks.pictures.thumbnails import shades, thumbnail_lattice
from workbench.masks.stack import Stack

BINS, FRAMES = 40, 90


def firsts(count: int) -> st.SearchStrategy[np.ndarray]:
    """Where cells begin: anywhere, also not at the beginning of all."""
    return st.sets(st.integers(0, count - 1), min_size=1, max_size=12).map(lambda found: np.array(sorted(found)))


def factors(seed: int, components: int = 5, length: int = 1, quiet: bool = True) -> Factors:
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.3, size=(BINS, components, length)).astype(np.float32)
    H = rng.gamma(0.3, size=(components, FRAMES)).astype(np.float32)
    if quiet:
        H[:, 30:45] = 0
        W[8:11] = 0
        H[:, 60:] *= np.float32(1e-12)
    return Factors(W[:, :, 0] if length == 1 else W, H)


def layers(components: int = 5) -> tuple[Layer, ...]:
    parts = [Part(10 + k, k) for k in range(components)]
    return (
        Layer(1, "A", "#ff0000", tuple(parts[:2])),
        Layer(2, "B", "#00ff00", (parts[2],)),
        Layer(3, "C", "#0000ff", tuple(parts[3:])),
    )


def model_of(found: Factors) -> np.ndarray:
    """The model of each component, float64 (K, F, N), by its definition."""
    w, h = (np.asarray(each, np.float64) for each in found.scaled)
    out = np.zeros((w.shape[1], len(w), h.shape[1]))
    for t in range(w.shape[2]):
        out[:, :, t:] += w[:, :, t].T[:, :, None] * h[:, None, : h.shape[1] - t]
    return out


@given(st.integers(0, 99), st.sampled_from([1, 3]), firsts(BINS), firsts(FRAMES))
def test_they_are_the_exact_masks_weighted_by_the_model(seed, length, rows, columns):
    stack = Stack(layers(), factors(seed, length=length), (), BINS, FRAMES)
    lattice = Lattice(rows, columns, cells=Cells(rows, columns, BINS, FRAMES))
    found = np.stack([stack.blend(np.eye(3, dtype=np.float32), rows, columns, lattice)[i] for i in range(3)])
    by_part = stack.evaluate(rows, columns, lattice)
    exact = stack.evaluate(np.arange(BINS), np.arange(FRAMES)).astype(np.float64)
    weight = model_of(stack.factors).sum(axis=0)
    edges = np.append(rows, BINS), np.append(columns, FRAMES)
    for r in range(len(rows)):
        for c in range(len(columns)):
            cell = np.s_[edges[0][r] : edges[0][r + 1], edges[1][c] : edges[1][c + 1]]
            if weight[cell].mean() > 1e-25:
                wanted = (exact[:, cell[0], cell[1]] * weight[cell]).sum(axis=(1, 2)) / weight[cell].sum()
                np.testing.assert_allclose(by_part[:, r, c], wanted, atol=2e-5)
                by_layer = [wanted[:2].sum(), wanted[2], wanted[3:].sum()]
                np.testing.assert_allclose(found[:, r, c], by_layer, atol=3e-5)
    np.testing.assert_allclose(by_part.sum(axis=0), 1, atol=1e-5)


def test_cells_of_one_bin_are_the_masks_as_they_are():
    stack = Stack(layers(), factors(1), (), BINS, FRAMES)
    rows, columns = np.arange(BINS), np.arange(FRAMES)
    lattice = Lattice(rows, columns, cells=Cells(rows, columns, BINS, FRAMES))
    np.testing.assert_allclose(stack.evaluate(rows, columns, lattice), stack.evaluate(rows, columns), atol=1e-6)


def test_a_click_has_its_own_colour_however_much_a_pixel_shows():
    """One frame of a hundred thousand, in no pixel's first frame."""
    W = np.full((BINS, 2), 1 / BINS, np.float32)
    H = np.full((2, 100_000), 1e-4, np.float32)
    H[1], H[1, 54_321] = 0, 1e3
    stack = Stack(
        (Layer(1, "Hum", "#ff0000", (Part(10, 0),)), Layer(2, "Click", "#00ff00", (Part(11, 1),))),
        Factors(W, H),
        (),
        BINS,
        100_000,
    )
    lattice = thumbnail_lattice(BINS, 100_000, 100, 20)
    (click,) = shades(stack, [(1,)], lattice, (slice(0, 20), slice(0, 100)))
    column = int(np.searchsorted(lattice.columns, 54_321, side="right")) - 1
    assert (click[:, column] == 0).all(), "black: it is all of it"
    assert (np.delete(click, column, axis=1) == 255).all()


@pytest.mark.parametrize("step", [2, 3, 5, 8, 40])
def test_a_click_has_its_own_colour_at_every_zoom_and_what_is_painted_stays_painted(step):
    W = np.full((BINS, 2), 1 / BINS, np.float32)
    H = np.full((2, 400), 1e-4, np.float32)
    H[1], H[1, 201] = 0, 1e3
    layers = (Layer(1, "Hum", "#ff0000", (Part(10, 0),)), Layer(2, "Click", "#00ff00", (Part(11, 1),)))
    rows, columns = np.arange(BINS), np.arange(0, 400, step)
    lattice = Lattices().of(rows, columns, BINS, 400)
    assert lattice.exact == (step <= 6)
    area = rectangle(Region(0, BINS, 300, 400), BINS, 400)
    for edits in ((), (Operation(Fill((), (11,), 1.0), area),)):
        stack = Stack(layers, Factors(W, H), edits, BINS, 400)
        mask = stack.blend(np.array([[0.0], [1.0]], np.float32), rows, columns, lattice)[0]
        place = int(np.searchsorted(columns, 201, side="right")) - 1
        assert mask[:, place].min() > 0.99
        painted = columns >= 300
        assert mask[:, painted].min() == mask[:, painted].max() == bool(edits)


@given(st.integers(0, 30))
def test_with_any_edits_they_sum_to_one_and_those_that_nobody_edited_are_as_without(seed):
    rng = np.random.default_rng(seed)
    stack = a_stack(seed)
    edits = ()
    for _ in range(int(rng.integers(1, 5))):
        edits = an_edit(rng, stack, edits)
    edited = Stack(stack.layers, stack.factors, edits, stack.bins, stack.frames, stack.levels)
    rows = np.arange(int(rng.integers(0, 5)), stack.bins, int(rng.integers(1, 9)))
    columns = np.arange(int(rng.integers(0, 5)), stack.frames, int(rng.integers(2, 30)))
    lattice = Lattice(rows, columns, cells=Cells(rows, columns, stack.bins, stack.frames))
    found = edited.evaluate(rows, columns, lattice)
    assert found.min() >= 0 and found.max() <= 1 + 1e-5
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-4)
    weights = np.eye(len(stack.layers), dtype=np.float32)
    by_layer = np.zeros((len(stack.layers), *found.shape[1:]), np.float32)
    np.add.at(by_layer, edited.owner, found)
    np.testing.assert_allclose(edited.blend(weights, rows, columns, lattice), by_layer, atol=1e-4)


def test_sources_that_have_the_same_of_a_component_at_all_frequencies_are_exact():
    components = factors(3, quiet=False)
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([1, 1, 1], 5).T.astype(np.float32)[:, :, None]
    model = Sources(components, shares)
    stack = Stack(tuple(Layer(i, str(i), "#ff0000", (Part(10 + i, i),)) for i in range(3)), model, (), BINS, FRAMES)
    rows, columns = np.array([0, 3, 20]), np.array([2, 50, 51])
    lattice = Lattice(rows, columns, cells=Cells(rows, columns, BINS, FRAMES))
    found = stack.evaluate(rows, columns, lattice)
    each = np.einsum("gk,kfn->gfn", shares[:, :, 0].astype(float), model_of(components))
    for r, (low, high) in enumerate(((0, 3), (3, 20), (20, BINS))):
        for c, (start, stop) in enumerate(((2, 50), (50, 51), (51, FRAMES))):
            energy = each[:, low:high, start:stop].sum(axis=(1, 2))
            np.testing.assert_allclose(found[:, r, c], energy / energy.sum(), atol=2e-5)


def test_what_is_made_for_cells_is_made_once_and_goes_with_them_and_with_the_model():
    model, cells = factors(1), Cells(np.array([0, 5]), np.array([0, 9]), BINS, FRAMES)
    made = reduced(model, cells)
    assert reduced(model, cells) is made
    gone = weakref.ref(made)
    del made, cells
    assert gone() is None, "at once, without a search for cycles"
    cells = Cells(np.array([0, 5]), np.array([0, 9]), BINS, FRAMES)
    gone = weakref.ref(reduced(model, cells))
    del model
    assert gone() is None
    gc.collect()
