"""The compiled kernels and NumPy's path give the sums of the obvious formulas in double precision.

All is compared at 2e-5: sums of up to 1000 positive float32 numbers, each with an error of 6e-8, in whatever order.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import kernels
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.blocks import Blocks, aligned_rows
from workbench.nmf.compat import libnmfd
from workbench.nmf.convolutive import nmf_conv
from workbench.nmf.kernels import FusedSums, PlainSums, coordinates, least_squares, plain, quotient_sums
from workbench.nmf.kernels.compiled import Rule, available
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Problem
from workbench.nmf.smooth import smooth_is
from workbench.nmf.starts import random_start

LIBRARIES = {library.instructions: library for library in available()}
PATHS = {"numpy": None} | LIBRARIES
every_library = pytest.mark.parametrize("name", LIBRARIES)
every_path = pytest.mark.parametrize("name", PATHS)

SHAPES = {
    "bins": st.sampled_from([1, 3, 16, 17, 65, 90, 130, 200]),
    "frames": st.sampled_from([1, 2, 5, 6, 7, 24, 47, 48, 49, 150]),
    "components": st.integers(1, 40),
    "seed": st.integers(0, 2**32 - 1),
}


@dataclass
class Case:
    """V and factors in float32, rows filled up, and what a sweep of them is in double precision."""

    bins: int
    frames: int
    components: int
    seed: int
    beta: float
    floor: float = 1e-6

    def __post_init__(self):
        rng = np.random.default_rng(self.seed)
        v = rng.gamma(0.5, 1.0, (self.bins, self.frames)) * (rng.random((self.bins, self.frames)) > 0.2)
        self.v = aligned_rows(v.astype(np.float32), 16)
        self.w = np.zeros((self.components, self.v.shape[1]), np.float32)
        self.w[:, : self.bins] = rng.random((self.components, self.bins)) + 0.01
        self.h = (rng.random((self.frames, self.components)) + 0.01).astype(np.float32)
        self.part = slice(0, self.frames)

    def terms(self, h):
        """V ⊙ L^(β−2), L^(β−1), and the cost without what depends on V alone."""
        real = slice(None), slice(self.bins)
        v, model = (self.v[real].astype(float), h.astype(float) @ self.w[real] + self.floor)
        if self.beta == 1.0:
            logs = np.log(np.where(v > 0, v / model, 1))
            return v / model, np.ones_like(v), (v * logs).sum() + (model - self.floor).sum()
        v = np.maximum(v, self.floor)
        return v / model**2, 1 / model, (v / model - np.log(v / model) - 1).sum()

    def updated(self, more, hold, root):
        up_of, down_of, _ = self.terms(self.h)
        w = self.w[:, : self.bins].astype(float)
        down = more if self.beta == 1.0 else down_of @ w.T + more
        ratio = up_of @ w.T / down
        return np.where(hold, self.h, self.h * (np.sqrt(ratio) if root else ratio))


def sums(name, case):
    library = PATHS[name]
    if library is None:
        return PlainSums(case.v, None, case.beta, case.floor)
    return FusedSums(library, case.v, case.beta, case.floor)


def check_bins(case, h, up, down, cost):
    up_of, down_of, expected = case.terms(h)
    np.testing.assert_allclose(up[:, : case.bins], h.T.astype(float) @ up_of, rtol=2e-5, atol=1e-30)
    down = np.broadcast_to(down, up.shape)[:, : case.bins]
    np.testing.assert_allclose(down, h.T.astype(float) @ down_of, rtol=2e-5)
    assert np.isfinite(up).all()
    size = np.abs(case.terms(h)[0]).sum() + case.v.size
    assert cost == pytest.approx(expected, rel=1e-5, abs=1e-6 * size)


@every_path
@pytest.mark.parametrize("beta", [0.0, 1.0])
@given(**SHAPES)
def test_both_half_steps_equal_the_formulas(name, beta, bins, frames, components, seed):
    case = Case(bins, frames, components, seed, beta)
    with Blocks(frames) as blocks:
        each = sums(name, case)
        up, down = each.of_frames(case.part, case.h, case.w, blocks)
        found = each.of_bins(case.part, case.h, case.w, blocks, True, True)
    up_of, down_of, _ = case.terms(case.h)
    w = case.w[:, :bins].astype(float)
    np.testing.assert_allclose(up, up_of @ w.T, rtol=2e-5, atol=1e-30)
    if down is not None:
        np.testing.assert_allclose(down, down_of @ w.T, rtol=2e-5)
    check_bins(case, case.h, *found)


@every_library
@pytest.mark.parametrize("beta", [0.0, 1.0])
@given(root=st.booleans(), wanted=st.booleans(), **SHAPES)
def test_a_sweep_is_both_half_steps_with_the_update_between(name, beta, root, wanted, bins, frames, components, seed):
    case = Case(bins, frames, components, seed, beta)
    rng = np.random.default_rng(seed)
    hold, more = rng.random(components) < 0.3, rng.random(components).astype(np.float32)
    expected, h = case.updated(more, hold, root), case.h.copy()
    with Blocks(frames) as blocks:
        found = sums(name, case).sweep(case.part, h, case.w, blocks, more, hold, root, wanted, wanted)
    np.testing.assert_allclose(h, expected, rtol=2e-5, atol=1e-30)
    assert np.array_equal(h[:, hold], case.h[:, hold])
    if wanted:
        check_bins(case, h, *found)
    else:
        assert found[2] == 0.0


@every_library
@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_results_do_not_depend_on_where_arrays_lie(name, beta):
    case = Case(130, 100, 7, 0, beta)
    more, hold = np.ones(7, np.float32), np.zeros(7, bool)
    found = []
    for offset in (0, 1, 5):
        moved = [
            np.concatenate([np.zeros(offset, np.float32), a.ravel()])[offset:].reshape(a.shape)
            for a in (case.v, case.w, case.h)
        ]
        with Blocks(100) as blocks:
            each = FusedSums(LIBRARIES[name], moved[0], beta, case.floor)
            result = each.sweep(case.part, moved[2], moved[1], blocks, more, hold, False, True, True)
        found.append([moved[2], *result])
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))


@every_library
def test_numbers_too_small_for_full_precision_become_zero(name):
    case = Case(40, 20, 3, 0, 1.0)
    case.h[:, 1] = 1e-37
    more = np.array([1e-3, 1e9, 1.0], np.float32)
    with Blocks(20) as blocks:
        sums(name, case).sweep(case.part, case.h, case.w, blocks, more, np.zeros(3, bool), False, True, True)
    assert (case.h[:, 1] == 0).all() and (case.h[:, [0, 2]] > 0).all()


@every_library
@pytest.mark.parametrize("rule", [Rule.KULLBACK_LEIBLER, Rule.ITAKURA_SAITO])
def test_the_logarithm_is_within_two_units_in_the_last_place(name, rule):
    """A model of ones, so that the cost of one bin that is not one is a logarithm."""
    rng = np.random.default_rng(0)
    values = np.exp(np.concatenate([rng.uniform(-60, 60, 2000), rng.uniform(-0.5, 0.5, 2000)])).astype(np.float32)
    one = np.ones((1, 16), np.float32)
    with Blocks(1) as blocks:
        for x in values:
            v = one.copy() if rule == Rule.ITAKURA_SAITO else np.zeros_like(one)
            v[0, 3] = x
            fields = {"floor": 0.0, "log_shift": 0.0}
            cost = LIBRARIES[name].sweep(rule, v, one, one[:, :1].copy(), blocks, fields, cost=True)
            exact = np.log(np.float64(x))
            if rule == Rule.KULLBACK_LEIBLER:
                assert abs(cost / np.float64(x) - exact) <= 3 * np.spacing(np.float32(abs(exact)))
            else:
                # Beside r − 1, of which it is taken.
                size = np.float32(max(abs(exact), abs(float(x) - 1)))
                assert abs(cost - (float(x) - 1 - exact)) <= 3 * np.spacing(size)


@every_path
@given(reach=st.sampled_from([0.0, 0.5, 1.0]), **SHAPES)
def test_hals_of_a_block_equals_double_precision(monkeypatch_name, name, reach, bins, frames, components, seed):
    """Coordinates are differences, whose errors are those of what is subtracted: so no relative tolerance."""
    case = Case(bins, frames, components, seed, 2.0)
    rng = np.random.default_rng(seed)
    hold, less = rng.random(components) < 0.3, rng.random(components).astype(np.float32)
    last = rng.random(case.h.shape, np.float32)
    gram, h, ahead = case.w @ case.w.T, case.h.copy(), np.empty_like(case.h)
    monkeypatch_name(name)
    with Blocks(frames) as blocks:
        up = least_squares(case.v, case.w, gram, less, h, last, ahead, reach, hold, 3, blocks)
    x = case.h.T.astype(float)
    plain.coordinates(x, case.w.astype(float) @ case.v.T - less[:, None], gram.astype(float), hold, 3)
    size = max(x.max(), 1.0)
    np.testing.assert_allclose(h, x.T, atol=1e-3 * size)
    np.testing.assert_allclose(ahead, np.maximum(h + reach * (h - last), 0), atol=1e-6 * size)
    np.testing.assert_allclose(up, ahead.T.astype(float) @ case.v, rtol=2e-5, atol=1e-6)
    assert np.array_equal(h[:, hold], case.h[:, hold])


@every_path
@given(**SHAPES)
def test_coordinates_never_rise_above_where_they_began(monkeypatch_name, name, bins, frames, components, seed):
    case = Case(bins, frames, components, seed, 2.0)
    gram, up, x = case.h.T @ case.h, case.h.T @ case.v, case.w.copy()
    monkeypatch_name(name)
    coordinates(x, up, gram, np.zeros(components, bool), 3)
    g = gram.astype(float)

    def cost(x):
        return 0.5 * np.sum((g @ x) * x) - np.sum(up * x.astype(float))

    assert cost(x) <= cost(case.w) + 1e-5 * np.sum((g @ case.w) * case.w) and (x >= 0).all()


@every_path
@given(**SHAPES)
def test_the_step_of_libnmfd_equals_the_formulas(monkeypatch_name, name, bins, frames, components, seed):
    case = Case(bins, frames, components, seed, 1.0)
    quotient = np.empty_like(case.v)
    monkeypatch_name(name)
    with Blocks(frames) as blocks:
        up, cost = quotient_sums(case.v, case.h, case.w, case.floor, quotient, blocks)
    q = case.v / (case.h.astype(float) @ case.w + case.floor)
    np.testing.assert_allclose(quotient, q, rtol=1e-5)
    np.testing.assert_allclose(up, case.h.T @ q, rtol=2e-5, atol=1e-30)
    assert cost == pytest.approx(np.sum(case.v * np.log1p(q)), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    "run",
    [
        lambda v, w, h: factorise(v, w, h, 1.0, 5),
        lambda v, w, h: factorise(v, w, h, 0.0, 5),
        lambda v, w, h: factorise(v, w, h, 2.0, 5),
        lambda v, w, h: factorise(
            v, w, h, iterations=5, objective=Objective(1.0, 0.1, 0.2, None, [1, 0, 0], [0, 1, 0])
        ),
        lambda v, w, h: factorise(
            v, w, h, iterations=5, objective=Objective(0.0, 0.1, 0.2, None, [1, 0, 0], [0, 1, 0])
        ),
        lambda v, w, h: factorise_fast(v, w, h, 1.0, 5),
        lambda v, w, h: factorise_fast(v, w, h, 0.0, 5),
        lambda v, w, h: factorise_fast(v, w, h, iterations=5, objective=Objective(2.0, 0.1)),
        lambda v, w, h: smooth_is(v, w, h, iterations=5),
        lambda v, w, h: nmf_conv(v, np.stack([w, w[::-1]], axis=2), h, 1.0, 5),
        lambda v, w, h: nmf_conv(v, np.stack([w, w[::-1]], axis=2)[:, :1], h[:1], 0.0, 5),
        lambda v, w, h: libnmfd.nmfd(v, np.stack([w, w[::-1]], axis=2), h, 5),
    ],
)
def test_a_factorisation_is_the_same_by_every_path(monkeypatch, run):
    """Five iterations let rounding grow to some ten-thousandths of the largest value at most."""
    v = np.random.default_rng(0).gamma(0.5, 1.0, (77, 700)).astype(np.float32) + np.float32(1e-3)
    results = []
    for library in PATHS.values():
        monkeypatch.setattr(kernels, "library", library)
        results.append(run(v, *random_start(v, 3, 0)))
    for other in results[1:]:
        np.testing.assert_allclose(other.W, results[0].W, atol=2e-4 * results[0].W.max())
        np.testing.assert_allclose(other.H, results[0].H, atol=2e-4 * results[0].H.max())
        np.testing.assert_allclose(other.costs, results[0].costs, rtol=1e-4)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_v_is_not_copied(beta, weighted):
    """An hour of V is as large as the memory of a small machine, and may lie in a file."""
    rows = np.random.default_rng(0).random((50, 32), np.float32)
    v = rows.T
    objective = Objective(beta, weights=np.ones_like(v) if weighted else None)
    problem = Problem(v, *random_start(v, 2, 0), objective)
    assert problem.vt is rows and np.shares_memory(problem.sums.vt, rows)


@pytest.fixture(scope="module")
def monkeypatch_name():
    """Sets the library by its name; hypothesis wants no fixture that is new for each test."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda name: patch.setattr(kernels, "library", PATHS[name])
