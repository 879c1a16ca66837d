"""Curves drawn towards what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import reference
from workbench.nmf.multiplicative import descend
from workbench.nmf.objective import Objective
from workbench.nmf.problem import Problem
from workbench.nmf.pulls import Pull, pulled, pulling

WEIGHTS = st.floats(0, 1)


@given(st.integers(0, 1000), WEIGHTS, st.sampled_from([(7,), (5, 3)]))
def test_a_pull_is_the_reference_keeps_the_sum_and_knows_no_scale_of_its_aim(seed, weight, shape):
    rng = np.random.default_rng(seed)
    x, g = rng.random(shape) + 0.01, rng.random(shape) + 0.01
    out = pulled(x, g, weight)
    np.testing.assert_allclose(out, reference.pulled(x, g, weight), rtol=1e-12)
    assert out.sum() == pytest.approx(x.sum())
    np.testing.assert_allclose(pulled(x, 1000 * g, weight), out, rtol=1e-12)


def test_the_ends_are_free_and_held():
    x, g = np.array([1.0, 2.0, 0.0]), np.array([0.0, 3.0, 3.0])
    np.testing.assert_allclose(pulled(x, g, 0.0), x)
    np.testing.assert_allclose(pulled(x, g, 1.0), g / 2)


def test_nothing_can_be_pulled_towards_silence():
    x = np.array([1.0, 2.0])
    assert pulled(x, np.zeros(2), 0.5) is x
    silent = np.zeros(2)
    assert pulled(silent, x, 0.5) is silent


@pytest.mark.parametrize(("target", "weight"), [(np.ones(3), 0.5), (np.ones(2), 1.5), (np.ones(2), -0.1)])
def test_what_does_not_fit_is_refused(target, weight):
    with pytest.raises(ValueError, match="pull"):
        pulled(np.ones(2), target, weight)


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9])
def test_an_update_with_a_pull_is_the_maximum_a_posteriori_of_the_latent_variable_model(weight):
    rng = np.random.default_rng(3)
    v, w, h = rng.random((6, 9)) + 0.1, rng.random((6, 3)) + 0.1, rng.random((3, 9)) + 0.1
    g = rng.random(6)
    objective = Objective(1.0, hold_activations=True)
    # H held and W of unit sum: the iteration is the M-step of the templates alone.
    w /= w.sum(axis=0)
    problem = Problem(v, w, h, objective)
    result = descend_once(problem, w, h, pulling([Pull(1, g, weight)], []))
    wanted = reference.template_with_prior(v, w, h, 1, g, weight)
    np.testing.assert_allclose(result[:, 1] / result[:, 1].sum(), wanted, rtol=1e-6)


def descend_once(problem, w, h, hook):
    return descend(problem, w, h, 1, after=hook).W


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_a_heavier_pull_ends_nearer_to_its_aim(beta):
    rng = np.random.default_rng(5)
    v = rng.random((12, 4)) @ rng.random((4, 30)) + 0.01
    w, h = rng.random((12, 4)), rng.random((4, 30))
    aim_w, aim_h = rng.random(12), rng.random(30)
    apart = []
    for weight in (0.0, 0.25, 0.75, 1.0):
        hook = pulling([Pull(0, aim_w, weight)], [Pull(2, aim_h, weight)])
        out = descend(Problem(v, w, h, Objective(beta)), w, h, 60, after=hook)
        apart.append(distance(out.W[:, 0], aim_w) + distance(out.H[2], aim_h))
    assert apart == sorted(apart, reverse=True) and apart[-1] == pytest.approx(0, abs=1e-6)


def distance(x, g):
    return np.abs(x / x.sum() - g / g.sum()).sum()
