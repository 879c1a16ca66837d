"""What holds for every convolutive rule, ours and libnmfd's, whatever comes in."""

from functools import partial

import numpy as np
import pytest

from tests.nmf.inputs import random_v
from workbench.nmf.blocks import BLOCK
from workbench.nmf.compat import libnmfd
from workbench.nmf.convolutive import conv_model, nmf_conv, nmfd
from workbench.nmf.starts import random_start

WAYS = {"nmfd": nmfd, "libnmfd, nmfd": libnmfd.nmfd}
for beta in (0, 0.5, 1, 2):
    WAYS[f"β = {beta}"] = partial(nmf_conv, beta=beta)
    WAYS[f"fast, β = {beta}"] = partial(nmf_conv, beta=beta, fast=True)
    WAYS[f"penalties, β = {beta}"] = partial(nmf_conv, beta=beta, sparsity=0.1, uncorrelatedness=0.1)
    WAYS[f"libnmfd, β = {beta}"] = partial(libnmfd.nmf_conv, beta=beta)
every_way = pytest.mark.parametrize("way", WAYS)
every_descent = pytest.mark.parametrize("descend", [nmfd, nmf_conv, libnmfd.nmfd, libnmfd.nmf_conv])


@every_way
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype, way):
    v = random_v(6, 19, 11, dtype)
    w, h = random_start(v, 2, 0, 3)
    copies = v.copy(), w.copy(), h.copy()
    for array in (v, w, h):
        array.flags.writeable = False
    result = WAYS[way](v, w, h, iterations=6, threads=1)
    assert result.W.dtype == dtype and result.H.dtype == dtype
    assert result.W.shape == w.shape and result.H.shape == h.shape
    assert all(type(cost) is float for cost in result.costs) and len(result.costs) == 6
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    assert not np.shares_memory(result.W, w) and not np.shares_memory(result.H, h)


@every_way
def test_float32_follows_float64(way):
    v = random_v(20, 40, 12)
    w, h = random_start(v, 2, 0, 3)
    double = WAYS[way](v, w, h, iterations=6, threads=1)
    single = WAYS[way](*(x.astype(np.float32) for x in (v, w, h)), iterations=6, threads=1)
    np.testing.assert_allclose(single.W, double.W, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(single.H, double.H, rtol=1e-3, atol=1e-6 * double.H.max())


@every_way
def test_bit_identical_for_any_number_of_threads(way):
    v = random_v(9, 3 * BLOCK + 3, 13, np.float32)
    w, h = random_start(v, 3, 0, 4)
    results = [WAYS[way](v, w, h, iterations=4, threads=t) for t in (1, 2, 3)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@every_way
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_templates_do_not_depend_on_the_scale_of_v(dtype, way):
    v = random_v(16, 40, 14, dtype)
    w, h = random_start(v, 3, 0, 4)
    same = WAYS[way](v, w, h, iterations=5, threads=1)
    for by in (dtype(2.0**-20), dtype(2.0**20)):
        # libnmfd scales V itself, and its H is not compensated.
        other = WAYS[way](v * by, w, h if "libnmfd" in way else h * by, iterations=5, threads=1)
        np.testing.assert_allclose(other.W, same.W, rtol=1e-4 if dtype == np.float32 else 1e-9, atol=1e-7)


ODD = {
    "silence": np.zeros((5, 7)),
    "impulses": np.eye(6),
    "one bin": np.ones((1, 30)),
    "one frame": np.ones((30, 1)),
    "one value": np.ones((1, 1)),
    "zero frames and bins": np.pad(np.ones((3, 3)), 2),
    "shorter than the template": np.random.default_rng(0).random((20, 3)),
    "noise": np.random.default_rng(0).random((17, 40)),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # libnmfd's cost for β < 1 has no value where V is zero
def test_odd_inputs_give_finite_results(name):
    """Nine components, which are more than bins in most, and templates of five frames."""
    v = ODD[name].astype(np.float32)
    w, h = random_start(v, 9, 0, 5)
    if not v.any():
        h = h + 1
    for way in WAYS:
        result = WAYS[way](v, w, h, iterations=10, threads=1)
        assert np.isfinite(result.W).all() and np.isfinite(result.H).all()
        if "libnmfd" not in way:
            assert np.isfinite(result.costs).all()
            assert conv_model(result.W, result.H).sum() == pytest.approx(v.sum(), rel=0.5, abs=1e-6)
        elif v.all() or way not in ("libnmfd, β = 0", "libnmfd, β = 0.5"):
            assert np.isfinite(result.costs).all()


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("which", [0, 1, 2])
@every_descent
def test_bad_values_are_refused(bad, which, descend):
    v = random_v(4, 6, 15)
    arrays = [v, *random_start(v, 2, 0, 3)]
    arrays[which][1, 1] = bad
    with pytest.raises(ValueError, match="nonnegative and finite"):
        descend(*arrays, iterations=1)


@every_descent
def test_what_does_not_fit_is_refused(descend):
    v, w, h = np.ones((4, 5)), np.ones((4, 2, 3)), np.ones((2, 5))
    with pytest.raises(ValueError, match="Shapes"):
        descend(v, w, np.ones((3, 5)))
    with pytest.raises(ValueError, match="Shapes"):
        descend(v, w, np.ones((2, 6)))
    with pytest.raises(ValueError, match="at least one"):
        descend(v, np.ones((4, 2, 0)), h)
    with pytest.raises(ValueError, match="floating-point"):
        descend(v.astype(int), w, h)
    with pytest.raises(ValueError, match="when to stop"):
        descend(v, w, h, iterations=None)
    with pytest.raises(ValueError, match="negative"):
        descend(v, w, h, iterations=-1)
    with pytest.raises(ValueError, match="one for each of the 2"):
        descend(v, w, h, hold_templates=[True, False, True])


def test_wrong_options_of_nmf_conv_are_refused():
    v, w, h = np.ones((4, 5)), np.ones((4, 2, 3)), np.ones((2, 5))
    with pytest.raises(ValueError, match="shape"):
        nmf_conv(v, w, h, weights=np.ones((2, 2)))
    for wrong in ({"sparsity": -1.0}, {"uncorrelatedness": -1.0}, {"beta": np.nan}):
        with pytest.raises(ValueError):
            nmf_conv(v, w, h, **wrong)
