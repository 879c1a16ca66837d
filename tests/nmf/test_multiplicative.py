import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import non_negative_factorization

from tests.nmf.inputs import random_v
from workbench.nmf import reference
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.blocks import BLOCK
from workbench.nmf.divergence import divergence
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.starts import random_start

BETAS = [2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -1.0]


@pytest.mark.parametrize("exponent", ["mm", "heuristic"])
@pytest.mark.parametrize("beta", BETAS)
def test_equals_the_slow_rule(beta, exponent):
    v = random_v(7, 2 * BLOCK + 7, 1)
    w, h = random_start(v, 3, 0)
    result = factorise(v, w, h, iterations=3, objective=Objective(beta, exponent=exponent))
    for _ in range(3):
        w, h = reference.step(v, w, h, beta, reference.mm_exponent(beta) if exponent == "mm" else 1)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_penalties_and_weights_equal_the_slow_rule(beta, weighted):
    v = random_v(6, 31, 2)
    g = np.random.default_rng(3).random(v.shape) if weighted else 1.0
    w, h = random_start(v, 3, 0)
    objective = Objective(beta, 0.2, 0.7, g if weighted else None)
    result = factorise(v, w, h, iterations=2, objective=objective)
    start = w, h
    for _ in range(2):
        w, h = reference.step(v, w, h, beta, None, 0.2, 0.7, g)
    np.testing.assert_allclose(result.W, w, rtol=1e-5)
    np.testing.assert_allclose(result.H, h, rtol=1e-5)
    # The cost of an iteration is that of the new H with the W before.
    once = factorise(v, *start, iterations=1, objective=Objective(beta, 0.2, 0.7, objective.weights, True))
    assert result.costs[0] == pytest.approx(reference.cost(v, start[0], once.H, beta, 0.2, 0.7, g), rel=1e-6)


@pytest.mark.parametrize("beta", BETAS)
def test_divergence_equals_its_definition(beta):
    v, m, g = random_v(9, 11, 2), random_v(9, 11, 3), random_v(9, 11, 4)
    assert divergence(v, m, beta) == pytest.approx(np.sum(reference.divergence(v, m, beta)), rel=1e-9)
    assert divergence(v, m, beta, g) == pytest.approx(np.sum(g * reference.divergence(v, m, beta)), rel=1e-9)


@given(
    st.sampled_from(["mu", "fast"]),
    st.sampled_from([2.0, 1.0, 0.0, 0.5, 1.5, 3.0, -0.5]),
    st.integers(1, 20),
    st.integers(1, 40),
    st.integers(1, 6),
    st.sampled_from([1e-8, 1e-4, 1.0, 1e4, 1e8]),
    st.booleans(),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from([0.0, 1.0]),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_cost_never_rises_and_everything_stays_finite(
    method, beta, f, n, k, scale, zeros, sparsity, uncorrelatedness, weighted, hold_w, hold_h
):
    rng = np.random.default_rng(f * n)
    v = random_v(f, n, f * n, np.float64, scale)
    if zeros:
        v[rng.random((f, n)) < 0.3] = 0
    g = rng.random((f, n)) * (rng.random((f, n)) > 0.2) if weighted else None
    w, h = random_start(v, k, 1)
    flags = np.arange(k)
    objective = Objective(beta, sparsity, uncorrelatedness, g, flags < hold_w, flags < hold_h)
    descend = factorise if method == "mu" else factorise_fast
    result = descend(v, w, h, iterations=15, objective=objective)
    costs = np.array(result.costs)
    rounding = 1e-13 * v.size * max(v.max() ** beta if beta > 0 else 1.0, abs(costs[0]))
    assert np.all(np.diff(costs) <= 1e-9 * np.abs(costs[:-1]) + rounding)
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
    assert (result.W >= 0).all() and (result.H >= 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_reported_cost_is_the_cost_of_what_is_returned_next(beta, dtype):
    """Every shortcut of the cost (Gram matrices, products before logarithms) against the definition."""
    v = random_v(40, 300, 5, dtype)
    for descend in (factorise, factorise_fast):
        before, after = (descend(v, *random_start(v, 4, 0), beta, i) for i in (20, 21))
        held = factorise(v, before.W, before.H, iterations=0)
        np.testing.assert_allclose(held.W @ held.H, before.W @ before.H, rtol=1e-5)
        low = np.sum(reference.divergence(v.astype(float), after.W.astype(float) @ after.H, beta))
        high = np.sum(reference.divergence(v.astype(float), before.W.astype(float) @ before.H, beta))
        assert low * (1 - 1e-4) <= after.costs[-1] <= high * (1 + 1e-4)


@pytest.mark.parametrize("components", [3, 10])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equals_scikit_learn_from_the_same_start(beta, components, dtype):
    v = random_v(80, 300, 6, dtype)
    w, h = random_start(v, components, 0)
    # scikit-learn updates W before H: on the transposed problem that is our order.
    name = {0.0: "itakura-saito", 1.0: "kullback-leibler", 2.0: "frobenius"}[beta]
    w_t, h_t, _ = non_negative_factorization(
        v.T.copy(),
        W=h.T.copy(),
        H=w.T.copy(),
        n_components=components,
        init="custom",
        solver="mu",
        beta_loss=name,
        max_iter=60,
        tol=0,
    )
    result = factorise(v, w, h, beta, 60)
    theirs = divergence(v.astype(float), (w_t.astype(float) @ h_t).T, beta)
    ours = divergence(v.astype(float), result.W.astype(float) @ result.H, beta)
    assert ours == pytest.approx(theirs, rel=1e-5)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [-20, 20])
def test_templates_do_not_depend_on_the_scale_of_v(beta, dtype, exponent, descend):
    v = random_v(20, 50, 4, dtype)
    w, h = random_start(v, 3, 0)
    by = dtype(2.0**exponent)
    loud = descend(v, w, h, iterations=20, objective=Objective(beta, 0.1, 0.2))
    quiet = descend(v * by, w, h * by, iterations=20, objective=Objective(beta, 0.1, 0.2))
    np.testing.assert_allclose(quiet.W, loud.W, rtol=2e-3, atol=1e-6)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_a_millionth_of_v_gives_the_same_templates(beta, descend):
    v = random_v(20, 50, 4)
    w, h = random_start(v, 3, 0)
    loud, quiet = descend(v, w, h, beta, 20), descend(v * 1e-6, w, h * 1e-6, beta, 20)
    np.testing.assert_allclose(quiet.W, loud.W, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_bit_identical_for_any_number_of_threads(beta, descend):
    v = random_v(65, 5 * BLOCK + 3, 5, np.float32)
    w, h = random_start(v, 5, 0)
    results = [descend(v, w, h, beta, 8, threads=t) for t in (1, 2, 3, 7)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype, beta, descend):
    v = random_v(6, 9, 6, dtype)
    w, h = random_start(v, 2, 0)
    g = np.ones_like(v)
    copies = v.copy(), w.copy(), h.copy(), g.copy()
    result = descend(v, w, h, iterations=3, objective=Objective(beta, 0.1, 0.1, g))
    assert result.W.dtype == dtype and result.H.dtype == dtype
    for now, before in zip((v, w, h, g), copies, strict=True):
        assert np.array_equal(now, before)
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-5)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize(
    "v",
    [
        np.zeros((5, 7)),
        np.eye(6),
        np.ones((1, 30)),
        np.ones((30, 1)),
        np.ones((1, 1)),
        np.pad(np.ones((3, 3)), 2),
        np.random.default_rng(0).random((20, 50)),
    ],
    ids=["silence", "impulses", "one bin", "one frame", "one value", "zero frames and bins", "stationary noise"],
)
def test_odd_inputs_give_finite_results(v, beta, descend):
    w, h = random_start(v.astype(np.float32), 9, 0)
    result = descend(v.astype(np.float32), w, h, beta, 30)
    assert np.isfinite(result.W).all() and np.isfinite(result.H).all() and np.isfinite(result.costs).all()
    assert (result.W @ result.H).sum() == pytest.approx(v.sum(), rel=0.5, abs=1e-6)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 1.0, 1.5, 2.0])
def test_held_templates_and_activations_stay_to_the_bit(beta, descend):
    v = random_v(9, 30, 7)
    w, h = random_start(v, 4, 0)
    objective = Objective(beta, hold_templates=np.arange(4) == 0, hold_activations=np.arange(4) == 1)
    result = descend(v, w * 3, h, iterations=5, objective=objective)
    assert np.array_equal(result.W[:, 0], w[:, 0] * 3) and np.array_equal(result.H[1], h[1])
    assert not np.allclose(result.W[:, 1], w[:, 1] * 3) and not np.allclose(result.H[0], h[0])
    fixed = descend(v, w, h, iterations=5, objective=Objective(beta, hold_templates=True))
    assert np.array_equal(fixed.W, w) and fixed.costs[-1] < fixed.costs[0]


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_missing_data_does_not_matter_and_is_filled_in(beta, descend):
    rng = np.random.default_rng(8)
    v = rng.random((12, 2)) @ rng.random((2, 40)) + 1e-3
    g = (rng.random(v.shape) > 0.3).astype(float)
    w, h = random_start(v, 2, 0)
    hidden = np.where(g > 0, v, np.nan)
    with np.errstate(invalid="raise"):
        result = descend(hidden, w, h, iterations=400, objective=Objective(beta, weights=g))
    same = descend(np.where(g > 0, v, 77.0), w, h, iterations=400, objective=Objective(beta, weights=g))
    assert np.array_equal(result.W, same.W) and np.array_equal(result.H, same.H)
    np.testing.assert_allclose(result.W @ result.H, v, rtol=0.2, atol=0.05)


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
def test_penalties_do_what_they_are_for(descend):
    rng = np.random.default_rng(9)
    v = rng.random((30, 4)) @ (rng.random((4, 80)) * (rng.random((4, 80)) < 0.3)) + 0.01
    w, h = random_start(v, 6, 0)
    plain, sparse, apart = (
        descend(v, w, h, iterations=150, objective=o)
        for o in (Objective(1.0), Objective(1.0, sparsity=0.3), Objective(1.0, uncorrelatedness=2.0))
    )
    assert sparse.H.sum() < plain.H.sum()

    def overlap(result):
        loud = result.W * result.H.sum(axis=1)
        gram = loud.T @ loud
        return (gram.sum() - np.trace(gram)) / gram.sum()

    assert overlap(apart) < 0.8 * overlap(plain)


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_fast_descent_needs_fewer_iterations(beta):
    rng = np.random.default_rng(10)
    v = rng.gamma(0.5, 1, (60, 6)) @ rng.gamma(0.3, 1, (6, 200)) * rng.uniform(0.8, 1.2, (60, 200)) + 1e-3
    w, h = random_start(v, 6, 0)
    exact = factorise(v, w, h, beta, 100)
    fast = factorise_fast(v, w, h, beta, 100, lambda i, cost: cost > exact.costs[-1])
    assert len(fast.costs) <= 70


def test_cost_may_be_told_more_seldom():
    v = random_v(5, 6, 7)
    w, h = random_start(v, 2, 0)
    every, seldom = factorise(v, w, h, 1.0, 25), factorise(v, w, h, 1.0, 25, cost_every=10)
    assert np.array_equal(every.W, seldom.W) and len(seldom.costs) == 25
    assert [seldom.costs[i] for i in (0, 9, 19, 24)] == [every.costs[i] for i in (0, 9, 19, 24)]
    assert seldom.costs[15] == seldom.costs[9]


@pytest.mark.parametrize("descend", [factorise, factorise_fast])
def test_progress_stops_and_sees_every_iteration(descend):
    v = random_v(5, 6, 7)
    w, h = random_start(v, 2, 0)
    seen, watched = [], []
    result = descend(
        v,
        w,
        h,
        1.0,
        None,
        lambda i, cost: seen.append((i, cost)) or i < 4,
        watch=lambda w, h: watched.append((w.copy(), h.copy())),
    )
    assert [i for i, _ in seen] == [1, 2, 3, 4] and len(watched) == 4
    assert tuple(cost for _, cost in seen) == result.costs
    assert np.array_equal(watched[-1][0], result.W) and np.array_equal(watched[-1][1], result.H)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_bad_values_are_refused(bad, which):
    v = random_v(4, 4, 8)
    arrays = [v, *random_start(v, 2, 0)]
    arrays[which][1, 1] = bad
    with pytest.raises(ValueError, match="nonnegative and finite"):
        factorise(*arrays, 1.0, 1)


def test_what_does_not_fit_is_refused():
    v, w, h = np.ones((4, 5)), np.ones((4, 2)), np.ones((2, 5))
    with pytest.raises(ValueError, match="Shapes"):
        factorise(v, w, np.ones((3, 5)), 1.0, 1)
    with pytest.raises(ValueError, match="floating-point"):
        factorise(v.astype(int), w, h)
    with pytest.raises(ValueError, match="when to stop"):
        factorise(v, w, h, 1.0, None)
    with pytest.raises(ValueError, match="negative"):
        factorise(v, w, h, 1.0, -1)
    with pytest.raises(ValueError, match="one for each of the 2"):
        factorise(v, w, h, objective=Objective(hold_templates=[True, False, True]))
    with pytest.raises(ValueError, match="shape"):
        factorise(v, w, h, objective=Objective(weights=np.ones((2, 2))))
    for wrong in ({"sparsity": -1.0}, {"uncorrelatedness": -1.0}, {"exponent": "half"}, {"beta": np.nan}):
        with pytest.raises(ValueError):
            Objective(**wrong)


@pytest.mark.parametrize("exponent", ["mm", "heuristic"])
@pytest.mark.parametrize("descend", [factorise, factorise_fast])
def test_uncorrelatedness_descends_for_itakura_saito_too(descend, exponent):
    v = random_v(20, 60, 12)
    w, h = random_start(v, 4, 0)
    for weight in (1.0, 30.0):
        costs = descend(v, w, h, iterations=40, objective=Objective(0.0, 0, weight, exponent=exponent)).costs
        assert costs[-1] < 0.9 * costs[0] and np.all(np.diff(costs) <= 1e-9 * costs[0])
