"""Factorisation by mini-batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import random_v
from workbench.nmf import reference
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.blocks import Blocks
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.online import BLOCK, MEMORY, SWEEPS, TOGETHER, factorise_online, spread
from workbench.nmf.starts import random_start

LONG = 5 * TOGETHER * BLOCK + 77
"""Frames of several mini-batches, more than are remembered, of which one is shorter."""


def batches_of(frames: int) -> list[list[int]]:
    slices = spread(Blocks(frames, 1, BLOCK).slices, TOGETHER)
    return [[n for part in batch for n in range(part.start, part.stop)] for batch in slices]


def test_mini_batches_have_every_frame_once_and_each_has_frames_from_all_of_them():
    for frames in (1, 11, BLOCK, LONG, 50 * BLOCK):
        batches = batches_of(frames)
        assert sorted(n for batch in batches for n in batch) == list(range(frames))
        for batch in batches if len(batches) > 1 else ():
            assert len(batch) <= (TOGETHER + 1) * BLOCK
            assert min(batch) < frames / 4 and max(batch) >= 3 * frames / 4


@pytest.mark.parametrize("beta", [1.0, 0.0, 0.5, 1.5, -1.0])
def test_equals_the_slow_rule(beta):
    v = random_v(7, LONG, 1)
    w, h = random_start(v, 3, 0)
    result = factorise_online(v, w, h, beta, 3)
    batches = batches_of(LONG)
    w, h = reference.normalised(w, h)
    said = None
    for number in range(3):
        w, h, said = reference.online_pass(v, w, h, beta, batches, min(MEMORY + number, len(batches)), said)
    np.testing.assert_allclose(result.W, w, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(result.H, h, rtol=1e-5, atol=1e-9)


def test_the_euclidean_rule_has_each_row_at_its_minimum_for_what_is_remembered():
    """One mini-batch is all there is: then a pass is two steps of least squares."""
    v = random_v(7, 40, 1)
    w, h = random_start(v, 3, 0)
    result = factorise_online(v, w, h, 2.0, 1)
    W, H = reference.normalised(w, h)
    for _ in range(2):
        W, H = reference.hals_step(v, W, H, SWEEPS)
    np.testing.assert_allclose(result.W @ result.H, W @ H, rtol=1e-6)


@given(
    st.sampled_from([2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -0.5]),
    st.integers(1, 20),
    st.integers(1, 40),
    st.integers(1, 6),
    st.sampled_from([1e-8, 1.0, 1e8]),
    st.booleans(),
    st.sampled_from([0.0, 0.3]),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from([np.float32, np.float64]),
)
def test_everything_stays_finite_and_what_is_held_stays(
    beta, f, n, k, scale, zeros, sparsity, weighted, hold_w, hold_h, kind
):
    rng = np.random.default_rng(f * n)
    v = random_v(f, n, f * n, kind, scale)
    if zeros:
        v[rng.random((f, n)) < 0.3] = 0
    g = (rng.random((f, n)) * (rng.random((f, n)) > 0.2)).astype(kind) if weighted else None
    w, h = random_start(v, k, 1)
    flags = np.arange(k)
    objective = Objective(beta, sparsity, 0.0, g, flags < hold_w, flags < hold_h)
    result = factorise_online(v, w, h, passes=6, objective=objective)
    for factor in (result.W, result.H):
        assert factor.dtype == kind and np.isfinite(factor).all() and (factor >= 0).all()
    heard = bool((v if g is None else v * (g > 0)).any())
    assert len(result.costs) == (6 if heard else 1) and np.isfinite(result.costs).all()
    if heard:
        np.testing.assert_allclose(result.W[:, :hold_w], w[:, :hold_w], rtol=1e-6)
        np.testing.assert_allclose(result.H[:hold_h], h[:hold_h], rtol=1e-6)


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_the_cost_told_is_that_of_the_new_activations_with_the_templates_before_the_last_step(beta):
    v = random_v(30, LONG, 5)
    w, h = random_start(v, 4, 0)
    result = factorise_online(v, w, h, beta, 4)
    after = float(np.sum(reference.divergence(v, result.W @ result.H, beta)))
    assert after <= result.costs[-1] * (1 + 1e-9), "the last step lowers it, as every step over all frames does"
    assert result.costs[-1] <= 1.05 * after


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_it_comes_nearer_than_plain_steps_that_read_v_as_often(beta):
    """Templates that are there to be found."""
    rng = np.random.default_rng(11)
    W, H = rng.gamma(0.3, size=(40, 6)), rng.gamma(0.3, size=(6, 4 * LONG))
    v = (W @ H + 1e-3) * rng.uniform(0.9, 1.1, (40, 4 * LONG))
    w, h = random_start(v, 6, 1)
    batch = factorise(v, w, h, beta, 60)
    online = factorise_online(v, w, h, beta, 30)
    assert online.costs[-1] < batch.costs[-1]


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_short_recordings_end_near_a_descent_too(beta):
    v = random_v(30, 200, 3)
    w, h = random_start(v, 4, 0)
    best = factorise_fast(v, w, h, beta, 300).costs[-1]
    assert factorise_online(v, w, h, beta, 150).costs[-1] < 1.02 * best


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_bit_identical_for_any_number_of_threads(beta):
    v = random_v(65, LONG, 5, np.float32)
    w, h = random_start(v, 5, 0)
    results = [factorise_online(v, w, h, beta, 3, threads=t) for t in (1, 2, 3, 7)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("exponent", [-20, 20])
def test_templates_do_not_depend_on_the_scale_of_v(beta, exponent):
    v = random_v(20, LONG, 4, np.float32)
    w, h = random_start(v, 3, 0)
    by = np.float32(2.0**exponent)
    loud = factorise_online(v, w, h, passes=4, objective=Objective(beta, 0.1))
    quiet = factorise_online(v * by, w, h * by, passes=4, objective=Objective(beta, 0.1))
    np.testing.assert_allclose(quiet.W, loud.W, rtol=2e-3, atol=1e-6)


def test_it_writes_to_nothing_that_it_was_given_and_stops_when_told():
    v = random_v(9, LONG, 6, np.float32)
    w, h = random_start(v, 2, 0)
    copies = v.copy(), w.copy(), h.copy()
    seen = []
    result = factorise_online(v, w, h, 1.0, None, lambda i, cost: seen.append((i, cost)) or i < 3)
    assert [i for i, _ in seen] == [1, 2, 3] and tuple(cost for _, cost in seen) == result.costs
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-5)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("forgets", [False, True])
def test_a_component_that_sounds_in_one_mini_batch_alone_is_not_lost_in_the_others(beta, forgets):
    """As an instrument whose notes are known, and whose activations are zero everywhere else."""
    rng = np.random.default_rng(4)
    W, H = rng.gamma(0.5, size=(20, 3)), rng.gamma(0.5, size=(3, LONG))
    batches = batches_of(LONG)
    sounding = np.isin(np.arange(LONG), batches[-1])
    H[0, ~sounding] = 0
    v = W @ H + 1e-3
    w, h = random_start(v, 3, 0)
    h[0, ~sounding] = 0
    result = factorise_online(v, w, h, beta, 3, after=(lambda i, W, H: (W, H)) if forgets else None)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-5)
    assert result.H[0, sounding].mean() > 0.01
    # Least squares may find it elsewhere, too.
    assert beta == 2 or not result.H[0, ~sounding].any()
    if not forgets and beta < 2:
        w, h, said = *reference.normalised(w, h), None
        for number in range(3):
            w, h, said = reference.online_pass(v, w, h, beta, batches, min(MEMORY + number, len(batches)), said)
        np.testing.assert_allclose(result.W, w, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_a_hook_puts_others_in_their_place_after_every_pass(beta):
    v = random_v(9, LONG, 6)
    w, h = random_start(v, 3, 0)
    flat = np.full(9, 1 / 9)

    def after(i, W, H):
        W = W.copy()
        W[:, 0] = flat
        return W, H

    result = factorise_online(v, w, h, beta, 3, after=after)
    np.testing.assert_allclose(result.W[:, 0], flat, rtol=1e-9)
    assert not np.allclose(result.W[:, 1], flat)


def test_no_uncorrelatedness_without_a_word():
    v = random_v(5, 9, 0)
    with pytest.raises(ValueError, match="uncorrelatedness"):
        factorise_online(v, *random_start(v, 2, 0), objective=Objective(1.0, 0.0, 0.5))
