"""V of any magnitude: what comes out is finite, and what a V near one gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.nmf import (
    Exponent,
    Fill,
    HpssMode,
    Objective,
    balanced,
    divergence,
    factorise,
    factorise_fast,
    flucoma,
    hpss,
    libnmfd,
    nmf_conv,
    nmfd,
    nndsvd,
    noise_floor,
    random_start,
    sage,
    singular_shares,
    smooth_is,
    uniform_start,
)

ITERATIONS = 12
BETAS = (2.0, 1.0, 0.0, 3.0, 0.5, -1.0, 1.5, 4.0)


def a_start(rng, V, length):
    kind = rng.integers(4)
    if kind == 0 and length == 1:
        return nndsvd(V, 3, str(rng.choice([Fill.MEAN, Fill.RANDOM])))
    W, H = random_start(V, 3, int(rng.integers(1000)), length)
    if kind == 1:
        W = uniform_start(V, 3, length)[0]
    if kind == 2:
        # Of somebody who knew nothing of V's scale.
        return rng.random(W.shape).astype(V.dtype), rng.random(H.shape).astype(V.dtype)
    return W, H


def a_method(rng):
    """What factorises V from W and H, and whether its templates have frames."""
    beta = float(rng.choice(BETAS))
    holds = {
        "hold_templates": bool(rng.random() < 0.2) or [True, False, False],
        "hold_activations": False if rng.random() < 0.7 else [False, False, True],
    }
    weak = {"sparsity": float(rng.choice([0, 0.1])), "uncorrelatedness": float(rng.choice([0, 0, 0.5]))}
    objective = Objective(
        beta, **weak, **(holds if rng.random() < 0.5 else {}), exponent=str(rng.choice(list(Exponent)))
    )
    return [
        (lambda V, W, H: factorise(V, W, H, iterations=ITERATIONS, objective=objective), 1),
        (lambda V, W, H: factorise_fast(V, W, H, iterations=ITERATIONS, objective=objective), 1),
        (lambda V, W, H: nmf_conv(V, W, H, beta, ITERATIONS, **weak), 3),
        (lambda V, W, H: nmf_conv(V, W, H, beta, ITERATIONS, fast=True), 3),
        (lambda V, W, H: nmfd(V, W, H, ITERATIONS), 3),
        (lambda V, W, H: smooth_is(V, W, H, float(rng.choice([0, 10])), ITERATIONS), 1),
        (lambda V, W, H: smooth_is(V, W, H, 10.0, ITERATIONS, fast=True), 1),
        (lambda V, W, H: sage(V, W, H, 10.0, ITERATIONS), 1),
        (lambda V, W, H: libnmfd.nmfd(V, W, H, ITERATIONS), 3),
        (lambda V, W, H: flucoma.nmf(V, 3, ITERATIONS), 1),
    ][rng.integers(10)]


def a_spectrogram(rng, kind):
    V = rng.gamma(0.5, 1.0, (24, 40)) * rng.random((24, 1)) ** 3
    V[:, 5] = 0
    V[7] = 0
    return V.astype(kind)


@pytest.mark.parametrize("block", range(10))
def test_500_random_cases_of_any_magnitude_are_finite(block):
    for case in range(50):
        rng = np.random.default_rng(50 * block + case)
        magnitude = 10.0 ** rng.uniform(-30, 30)
        V = (a_spectrogram(rng, np.float64) * magnitude).astype(rng.choice([np.float32, np.float32, np.float64]))
        method, length = a_method(rng)
        W, H = a_start(rng, V, length)
        with np.errstate(all="ignore"):
            out = method(V, W, H)
        assert np.isfinite(out.W).all() and np.isfinite(out.H).all() and np.isfinite(out.costs).all(), (block, case)
        assert (out.W >= 0).all() and (out.H >= 0).all()


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(BETAS), st.sampled_from([-90, -60, 50, 90]), st.booleans())
def test_a_power_of_two_changes_nothing_but_the_scale(seed, beta, power, fast):
    rng = np.random.default_rng(seed)
    V = a_spectrogram(rng, np.float32) + np.float32(0.01)
    W, H = balanced(rng.random((24, 3)), rng.random((3, 40)), float(V.mean()), np.dtype(np.float32))
    rule = factorise_fast if fast else factorise
    held = Objective(beta, hold_templates=[True, False, False], hold_activations=[False, True, False])
    for objective in (Objective(beta), held):
        near = rule(V, W, H, iterations=8, objective=objective)
        # Where anything is held, the start is scaled in that which is not; else in H.
        far_w, far_h = W.copy(), np.ldexp(H, power)
        if objective is held:
            far_w[:, 1], far_h[1] = np.ldexp(W[:, 1], power), H[1]
        far = rule(np.ldexp(V, power), far_w, far_h, iterations=8, objective=objective)
        scale = np.float64(2.0) ** power
        model = far.W.astype(np.float64) @ far.H.astype(np.float64) / scale
        np.testing.assert_allclose(model, near.W.astype(np.float64) @ near.H, rtol=0.02, atol=1e-4)
        if objective is held:
            np.testing.assert_array_equal(far.W[:, 0], W[:, 0])
            np.testing.assert_array_equal(far.H[1], H[1])
        assert far.costs[-1] == pytest.approx(near.costs[-1] * scale**beta, rel=0.02)


def test_the_cost_told_is_that_of_what_is_returned():
    rng = np.random.default_rng(1)
    V = (a_spectrogram(rng, np.float64) + 0.01) * 1e25
    W, H = random_start(V, 3, 0)
    seen = []
    out = factorise(V, W, H, 2.0, 30, watch=lambda W, H: seen.append((W.copy(), H.copy())))
    cost = divergence(V, out.W @ out.H, 2.0)
    assert cost <= out.costs[-1] <= 1.2 * cost
    np.testing.assert_array_equal(seen[-1][1], out.H)


@pytest.mark.parametrize("magnitude", [1e-30, 1e-12, 1e12, 1e30])
def test_what_is_found_before_a_factorisation_is_finite_too(magnitude):
    V = (a_spectrogram(np.random.default_rng(3), np.float64) * magnitude).astype(np.float32)
    for mode in HpssMode:
        assert np.isfinite(hpss(V, mode=mode)).all()
    assert np.isfinite(singular_shares(V)).all() and np.isfinite(noise_floor(V)).all()
    for start in (nndsvd(V, 4), random_start(V, 4, 0), uniform_start(V, 4)):
        assert all(np.isfinite(each).all() for each in start)
