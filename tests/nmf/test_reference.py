"""The slow rules themselves: their examples run, and they are what their docstrings say."""

import doctest

import numpy as np
import pytest

from tests.nmf.inputs import random_v
from workbench.nmf import reference, reference_starts
from workbench.nmf.compat import flucoma
from workbench.nmf.compat import reference as compat_reference
from workbench.nmf.starts import random_start


@pytest.mark.parametrize("module", [reference, reference_starts, compat_reference])
def test_the_examples_run(module):
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_templates_are_updated_as_activations_of_the_transposed_problem(beta):
    v = random_v(6, 9, 0)
    w, h = random_start(v, 3, 0)
    gamma = reference.mm_exponent(beta)
    transposed = reference.update_h(v.T, h.T, w.T, beta, gamma)
    np.testing.assert_allclose(reference.update_w(v, w, h, beta, gamma), transposed.T, rtol=1e-12)


def test_the_euclidean_and_kullback_leibler_rules_are_those_of_lee_and_seung():
    v = random_v(6, 9, 1)
    w, h = random_start(v, 3, 0)
    euclidean, kullback_leibler = (reference.update_h(v, w, h, beta, 1.0) for beta in (2.0, 1.0))
    np.testing.assert_allclose(euclidean, h * (w.T @ v) / (w.T @ w @ h), rtol=1e-12)
    np.testing.assert_allclose(kullback_leibler, h * (w.T @ (v / (w @ h))) / w.sum(axis=0)[:, None], rtol=1e-12)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_soft_masks_sum_to_one_where_the_model_is_zero_too(power):
    v = random_v(6, 9, 2)
    w, h = random_start(v, 3, 0)
    w[2], h[:, 4] = 0, 0
    masks = reference.soft_masks(w, h, power)
    assert masks.shape == (3, 6, 9) and (masks >= 0).all()
    np.testing.assert_allclose(masks.sum(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(masks[:, 2], 1 / 3)


def test_soft_masks_are_the_ratio_masks_of_flucoma():
    v = random_v(6, 9, 3)
    w, h = random_start(v, 3, 0)
    parts = np.stack([np.outer(w[:, k], h[k]) for k in range(3)])
    np.testing.assert_allclose(flucoma.ratio_mask(parts, w @ h), reference.soft_masks(w, h), rtol=1e-12)
