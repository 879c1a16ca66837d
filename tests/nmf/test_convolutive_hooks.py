"""Hooks of the convolutive rules, ours and libnmfd's."""

import numpy as np
import pytest

from tests.nmf.hooks import CHANGES, louder
from tests.nmf.inputs import patterns_start, random_v
from workbench.nmf import reference
from workbench.nmf.compat import libnmfd
from workbench.nmf.convolutive import conv_model, nmf_conv, nmfd
from workbench.nmf.starts import random_start


@pytest.mark.parametrize("descend", [nmfd, nmf_conv, libnmfd.nmfd, libnmfd.nmf_conv])
def test_hooks_see_the_factors_of_every_iteration(descend):
    v, w, h = patterns_start(3)
    seen = {"before": [], "after": []}

    def look(name):
        return lambda i, w, h: seen[name].append((i, w.copy(), h.copy()))

    watched = []
    result = descend(
        v,
        w,
        h,
        iterations=4,
        before=look("before"),
        after=look("after"),
        watch=lambda w, h: watched.append((w.copy(), h.copy())),
    )
    plain = descend(v, w, h, iterations=4)
    assert np.array_equal(result.W, plain.W) and np.array_equal(result.H, plain.H) and result.costs == plain.costs
    assert [i for i, _, _ in seen["before"]] == [i for i, _, _ in seen["after"]] == [1, 2, 3, 4]
    for name in seen:
        assert all(a.shape == w.shape and b.shape == h.shape for _, a, b in seen[name])
    for i in range(4):
        now = descend(v, w, h, iterations=i + 1)
        assert np.array_equal(seen["after"][i][1], now.W) and np.array_equal(seen["after"][i][2], now.H)
        assert np.array_equal(watched[i][0], now.W) and np.array_equal(watched[i][1], now.H)
        if i < 3:
            assert np.array_equal(seen["before"][i + 1][1], now.W) and np.array_equal(seen["before"][i + 1][2], now.H)
    _, first_w, first_h = seen["before"][0]
    np.testing.assert_allclose(conv_model(first_w, first_h), conv_model(w, h), rtol=1e-12)


@pytest.mark.parametrize(("before", "after"), CHANGES)
@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_what_hooks_return_is_used_in_our_order(beta, before, after):
    v = random_v(8, 15, 10)
    w, h = random_start(v, 3, 0, 3)
    result = nmf_conv(v, w, h, beta, 5, before=before, after=after)
    for i in range(1, 6):
        w, h = (w, h) if before is None else before(i, w, h)
        w, h = reference.step(v, w, h, beta)
        w, h = (w, h) if after is None else after(i, w, h)
    np.testing.assert_allclose(result.W, w, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(result.H, h, rtol=1e-6, atol=1e-12)
    gone = 1 if before is not louder else 0
    assert not result.W[:, gone].any() and not result.H[gone].any()


def test_hooks_may_stop_with_progress_and_not_go_with_fast():
    v, w, h = patterns_start()
    for descend in (nmf_conv, libnmfd.nmf_conv):
        seen, told = [], []
        result = descend(
            v,
            w,
            h,
            1.0,
            None,
            lambda i, cost, told=told: told.append((i, cost)) or i < 3,
            after=lambda i, w, h, seen=seen: seen.append(i),
        )
        assert seen == [i for i, _ in told] == [1, 2, 3] and tuple(cost for _, cost in told) == result.costs
    for hook in ({"before": louder}, {"after": louder}):
        with pytest.raises(ValueError, match="plain steps"):
            nmf_conv(v, w, h, fast=True, **hook)
