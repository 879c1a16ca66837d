"""What holds for every way of smooth Itakura–Saito NMF, whatever comes in."""

import numpy as np
import pytest

from tests.nmf.inputs import random_v
from tests.nmf.smooth_cases import WAYS, check_descent, every_way
from workbench.nmf.blocks import BLOCK
from workbench.nmf.smooth import smooth_is
from workbench.nmf.starts import random_start


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_way
def test_components_may_die_out(way, dtype):
    """One that nothing needs shrinks in every iteration, but not to zeros, of which the penalty has no value."""
    rng = np.random.default_rng(20)
    v = rng.random((20, 1)) ** 4 @ rng.gamma(0.3, 1, (1, 40)) * rng.exponential(1, (20, 40))
    v = v.astype(dtype)
    w, h = random_start(v, 3, 0)
    h[1] *= dtype(np.finfo(dtype).tiny ** 0.9)
    h[2] = 0
    result = WAYS[way](v, w, h, 10.0, 60, threads=1)
    check_descent(result, v, dtype)
    assert (result.H > 0).all()


@every_way
@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_take_over_the_scale_of_v(dtype, smoothness, way):
    v = random_v(16, 40, 15, dtype)
    w, h = random_start(v, 3, 0)
    same = WAYS[way](v, w, h, smoothness, 6)
    for by in (dtype(2.0**-20), dtype(2.0**20)):
        other = WAYS[way](v * by, w, h * by, smoothness, 6)
        rtol = 1e-4 if dtype == np.float32 else 1e-9
        np.testing.assert_allclose(other.W, same.W, rtol=rtol, atol=1e-7)
        np.testing.assert_allclose(other.H / by, same.H, rtol=rtol, atol=1e-7 * same.H.max())
        np.testing.assert_allclose(other.costs, same.costs, rtol=rtol)


@every_way
@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_kind_of_number_and_its_inputs(dtype, smoothness, way):
    v = random_v(6, 19, 16, dtype)
    w, h = random_start(v, 2, 0)
    h[0, 3] = 0
    copies = v.copy(), w.copy(), h.copy()
    for array in (v, w, h):
        array.flags.writeable = False
    result = WAYS[way](v, w, h, smoothness, 4)
    assert result.W.dtype == dtype and result.H.dtype == dtype
    assert result.W.shape == w.shape and result.H.shape == h.shape
    assert all(type(cost) is float for cost in result.costs) and len(result.costs) == 4
    for now, before in zip((v, w, h), copies, strict=True):
        assert np.array_equal(now, before)
    assert not np.shares_memory(result.W, w) and not np.shares_memory(result.H, h)


@every_way
def test_bit_identical_for_any_number_of_threads(way):
    v = random_v(17, 2 * BLOCK + 9, 17, np.float32)
    w, h = random_start(v, 3, 0)
    results = [WAYS[way](v, w, h, 10.0, 2, threads=t) for t in (1, 2, 3)]
    for other in results[1:]:
        assert np.array_equal(results[0].W, other.W) and np.array_equal(results[0].H, other.H)
        assert results[0].costs == other.costs


@pytest.mark.parametrize("smoothness", [0.0, 10.0])
@pytest.mark.parametrize(
    "v",
    [
        np.zeros((5, 7)),
        np.eye(6),
        np.ones((1, 30)),
        np.ones((30, 1)),
        np.ones((1, 1)),
        np.ones((4, 2)),
        np.pad(np.ones((3, 3)), 2),
        np.random.default_rng(0).random((17, 40)),
    ],
    ids=["silence", "impulses", "one bin", "one frame", "one value", "two frames", "zero frames and bins", "noise"],
)
def test_odd_inputs_give_finite_results(v, smoothness):
    for dtype in (np.float32, np.float64):
        w, h = random_start(v.astype(dtype), 9, 0)
        for way in WAYS.values():
            result = way(v.astype(dtype), w, h, smoothness, 5, threads=1)
            check_descent(result, v, dtype)
            if not v.any():
                assert not result.H.any() and result.costs == (0.0,)


@every_way
def test_progress_stops_and_sees_every_iteration(way):
    v = random_v(5, 6, 18)
    w, h = random_start(v, 2, 0)
    seen, watched = [], []
    result = WAYS[way](
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
    none = WAYS[way](v, w, h, 1.0, 0)
    np.testing.assert_allclose(none.W @ none.H, w @ h, rtol=1e-12)
    assert none.costs == ()


@every_way
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_values_are_refused(bad, way):
    for which in range(3):
        v = random_v(4, 4, 19)
        arrays = [v, *random_start(v, 2, 0)]
        arrays[which][1, 1] = bad
        with pytest.raises(ValueError, match="nonnegative and finite"):
            WAYS[way](*arrays, 1.0, 1)
    v = random_v(4, 4, 19)
    with pytest.raises(ValueError, match="smoothness"):
        WAYS[way](v, *random_start(v, 2, 0), bad, 1)


@every_way
def test_what_does_not_fit_is_refused(way):
    v, w, h = np.ones((4, 5)), np.ones((4, 2)), np.ones((2, 5))
    with pytest.raises(ValueError, match="Shapes"):
        WAYS[way](v, w, np.ones((3, 5)))
    with pytest.raises(ValueError, match="floating-point"):
        WAYS[way](v.astype(int), w, h)
    with pytest.raises(ValueError, match="when to stop"):
        WAYS[way](v, w, h, 1.0, None)
    with pytest.raises(ValueError, match="negative"):
        WAYS[way](v, w, h, 1.0, -1)


def test_wrong_options_are_refused():
    v, w, h = np.ones((4, 5)), np.ones((4, 2)), np.ones((2, 5))
    with pytest.raises(ValueError, match="one of red-black, sequential"):
        smooth_is(v, w, h, order="random")
    with pytest.raises(ValueError, match="one of mm, heuristic"):
        smooth_is(v, w, h, exponent="half")
    with pytest.raises(ValueError, match="shape"):
        smooth_is(v, w, h, weights=np.ones((2, 2)))
    with pytest.raises(ValueError, match="one for each of the 2"):
        smooth_is(v, w, h, hold_templates=[True, False, True])
