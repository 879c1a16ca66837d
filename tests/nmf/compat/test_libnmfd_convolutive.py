import numpy as np
import pytest

from tests.nmf.hooks import CHANGES, louder
from tests.nmf.inputs import patterns_start, planted
from workbench.nmf.blocks import BLOCK
from workbench.nmf.compat import libnmfd, reference
from workbench.nmf.convolutive import conv_model, nmfd
from workbench.nmf.reference import divergence
from workbench.nmf.starts import random_start


def assert_equals(result, slow):
    w, h, costs = slow
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-15)
    # nmf_conv's "KL" cost is a difference of means near zero: what rounding leaves of it is no digit of V's mean.
    np.testing.assert_allclose(result.costs, costs, rtol=1e-6, atol=1e-14 * np.abs(costs).max())


FIXED = [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize(("fix_w", "fix_h"), FIXED)
@pytest.mark.parametrize(("frames", "length"), [(23, 5), (23, 1), (4, 6)])
def test_nmfd_equals_libnmfd(fix_w, fix_h, frames, length):
    v, w, h = patterns_start(bins=9, frames=frames, length=length)
    result = libnmfd.nmfd(v, w, h, 15, hold_templates=fix_w, hold_activations=fix_h)
    assert_equals(result, reference.libnmfd_nmfd(v, w, h, 15, fix_w, fix_h))


def test_nmfd_equals_libnmfd_over_several_blocks_and_with_zeros():
    v, w, h = patterns_start(1, bins=3, frames=2 * BLOCK + 7, components=2, length=3)
    v[:, 20:24] = 0
    v[v < 0.05] = 0
    assert_equals(libnmfd.nmfd(v, w, h, 10), reference.libnmfd_nmfd(v, w, h, 10))


@pytest.mark.parametrize(("fix_w", "fix_h"), FIXED)
@pytest.mark.parametrize(("sparsity", "uncorr"), [(0.0, 0.0), (0.3, 0.0), (0.1, 0.7)])
@pytest.mark.parametrize("beta", [-1.0, 0.0, 1.0, 0.5])
def test_nmf_conv_equals_libnmfd(beta, sparsity, uncorr, fix_w, fix_h):
    v, w, h = patterns_start(2, bins=4, frames=9, components=2, length=3)
    result = libnmfd.nmf_conv(
        v, w, h, beta + 1, 12, sparsity=sparsity, uncorrelatedness=uncorr, hold_templates=fix_w, hold_activations=fix_h
    )
    assert_equals(result, reference.libnmfd_conv(v, w, h, beta, 12, sparsity, uncorr, fix_w, fix_h))


def test_libnmfd_scales_templates_also_when_they_are_held():
    v, w, h = patterns_start()
    for descend in (libnmfd.nmfd, libnmfd.nmf_conv):
        result = descend(v, w, h, iterations=2, hold_templates=True)
        np.testing.assert_allclose(result.W, w / w.sum(axis=(0, 2))[:, None], rtol=1e-12)


@pytest.mark.parametrize("descend", [libnmfd.nmfd, libnmfd.nmf_conv])
def test_some_components_may_be_held_in_libnmfds_order(descend):
    v, w, h = patterns_start()
    some = {"hold_templates": [True, False, False], "hold_activations": [False, True, False]}
    result = descend(v, w, h, iterations=4, **some)
    shape = w / w.sum(axis=(0, 2))[:, None]
    np.testing.assert_allclose(result.W[:, 0], shape[:, 0], rtol=1e-12)
    assert np.array_equal(result.H[1], h[1])
    for k in (1, 2):
        assert not np.allclose(result.W[:, k], shape[:, k], rtol=0.1)
    for k in (0, 2):
        assert not np.allclose(result.H[k], h[k], rtol=0.1)


@pytest.mark.parametrize(("before", "after"), CHANGES)
@pytest.mark.parametrize("rule", ["nmfd", "nmf_conv"])
def test_what_hooks_return_is_used_in_libnmfds_order(rule, before, after):
    v, w, h = patterns_start(4, bins=8, frames=15, length=3)
    if rule == "nmfd":
        result = libnmfd.nmfd(v, w, h, 5, before=before, after=after)
        slow = reference.libnmfd_nmfd(v, w, h, 5, before=before, after=after)
    else:
        result = libnmfd.nmf_conv(v, w, h, 1.5, 5, before=before, after=after)
        slow = reference.libnmfd_conv(v, w, h, 0.5, 5, before=before, after=after)
    assert_equals(result, slow)
    gone = 1 if before is not louder else 0
    assert not result.W[:, gone].any() and not result.H[gone].any()


def test_our_rule_ends_below_libnmfds():
    """Measured with the Kullback–Leibler divergence of V / ΣV itself; libnmfd's own cost is another."""
    v, _, _ = planted(2)
    w, h = random_start(v, 3, 0, 5)
    ours, theirs = nmfd(v / v.sum(), w, h / v.sum(), 60), libnmfd.nmfd(v, w, h / v.sum(), 60)
    cost = [np.sum(divergence(v / v.sum(), conv_model(r.W, r.H) + 1e-300, 1.0)) for r in (ours, theirs)]
    assert cost[0] < cost[1]
