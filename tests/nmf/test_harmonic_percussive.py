import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import median_filter

from workbench.nmf import harmonic_percussive as module
from workbench.nmf import reference
from workbench.nmf.harmonic_percussive import NETWORK, HpssMode, hpss, median_filters
from workbench.progress import Cancelled

ORDERS = ["C", "F"]


def random_v(f, n, seed, dtype=np.float32, order="C"):
    rng = np.random.default_rng(seed)
    v = rng.gamma(0.5, 1.0, (f, n)) * (rng.random((f, n)) < 0.8)
    return np.asarray(v.astype(dtype), order=order)


def scipy_medians(v, frames, bins):
    return median_filter(v, size=(1, frames), mode="reflect"), median_filter(v, size=(bins, 1), mode="reflect")


@given(
    st.integers(1, 24),
    st.integers(1, 24),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from(ORDERS),
    st.integers(1, 3),
)
def test_medians_equal_those_of_scipy(f, n, half_frames, half_bins, dtype, order, threads):
    v = random_v(f, n, f + 31 * n, dtype, order)
    lengths = 2 * half_frames + 1, 2 * half_bins + 1
    # From eight times the axis on, SciPy reads beside the array; there, only the sorted windows are right.
    ways = [reference.medians] + [scipy_medians] * (lengths[0] < 8 * n and lengths[1] < 8 * f)
    results = median_filters(v, *lengths, threads=threads)
    for slow in ways:
        for ours, theirs in zip(results, slow(v, *lengths), strict=True):
            assert ours.dtype == dtype and ours.strides == v.strides
            assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("lengths", [(17, 31), (NETWORK, NETWORK + 2), (NETWORK + 2, NETWORK), (301, 401), (1, 1)])
def test_medians_equal_those_of_scipy_over_several_blocks(lengths, order, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 700)
    v = random_v(65, 131, 1, order=order)
    for ours, theirs in zip(median_filters(v, *lengths), scipy_medians(v, *lengths), strict=True):
        assert np.array_equal(ours, theirs)


def test_medians_of_a_part_of_a_larger_array():
    v = random_v(60, 80, 2)[::-2, 3:70:3]
    for ours, theirs in zip(median_filters(v, 5, 7), scipy_medians(v, 5, 7), strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mode", HpssMode)
@pytest.mark.parametrize("power", [1.0, 2.0, 0.7])
def test_masks_equal_the_slow_rule(mode, power, order, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 100)
    v = random_v(19, 33, 3, np.float64, order)
    v[:6, :15] = 0
    masks = hpss(v, mode, 5, 7, power, 1.5, 2.0)
    assert masks.shape == (3 if mode == "advanced" else 2, 19, 33)
    h, p = reference.medians(v, 5, 7)
    for i, j in np.ndindex(v.shape):
        np.testing.assert_allclose(
            masks[:, i, j], reference.hpss_bin(h[i, j], p[i, j], mode, power, 1.5, 2.0), rtol=1e-9
        )


@pytest.mark.parametrize("order", ORDERS)
def test_each_bin_may_have_its_threshold(order, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 100)
    v = random_v(12, 30, 4, np.float64, order)
    up, down = np.linspace(1, 3, 12), np.linspace(4, 1, 12)
    h, p = reference.medians(v, 3, 5)
    masks = hpss(v, "advanced", 3, 5, harmonic_threshold=up, percussive_threshold=down)
    for i, j in np.ndindex(v.shape):
        assert tuple(masks[:, i, j]) == reference.hpss_bin(h[i, j], p[i, j], "advanced", 2, up[i], down[i])


@given(
    st.sampled_from(HpssMode),
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from([1e-8, 1.0, 1e8, 1e30]),
    st.sampled_from([0.5, 1.0, 2.0, 10.0]),
    st.sampled_from([np.float32, np.float64]),
)
def test_masks_sum_to_one_at_every_scale(mode, f, n, scale, power, dtype):
    masks = hpss(random_v(f, n, n, dtype) * dtype(scale), mode, 3, 5, power)
    assert masks.dtype == dtype and masks.min() >= 0 and masks.max() <= 1
    assert np.array_equal(masks.sum(axis=0), np.ones((f, n)))
    if mode != "soft":
        assert np.isin(masks, (0, 1)).all()


@pytest.mark.parametrize("mode", HpssMode)
@pytest.mark.parametrize("scale", [1e-8, 1e8, 1e30])
def test_scale_does_not_matter(mode, scale):
    v = random_v(40, 50, 5)
    scaled = v * np.float32(scale)
    np.testing.assert_allclose(hpss(scaled, mode), hpss(v, mode), rtol=1e-4, atol=1e-7)


def test_the_greatest_numbers_do_not_overflow():
    v = random_v(20, 30, 6)
    v = v / v.max() * np.finfo(np.float32).max
    for mode in HpssMode:
        masks = hpss(v, mode, 3, 3, 20.0, 4.0, 4.0)
        assert np.array_equal(masks.sum(axis=0), np.ones(v.shape))


@pytest.mark.parametrize(
    ("mode", "expected"), [("soft", (0.5, 0.5)), ("binary", (1, 0)), ("coupled", (0, 1)), ("advanced", (0, 0, 1))]
)
def test_silence(mode, expected):
    masks = hpss(np.zeros((5, 7), np.float32), mode)
    assert np.array_equal(masks, np.broadcast_to(np.array(expected)[:, None, None], masks.shape))


@pytest.mark.parametrize("mode", HpssMode)
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1)])
def test_one_bin_and_one_frame(mode, shape):
    masks = hpss(random_v(*shape, 7), mode)
    assert np.array_equal(masks.sum(axis=0), np.ones(shape))


@pytest.mark.parametrize("mode", HpssMode)
def test_a_tone_is_harmonic_and_a_click_percussive(mode):
    v = np.full((80, 90), 1e-3, np.float32)
    v[30] = 1
    v[:, 50] = 1
    masks = hpss(v, mode)
    elsewhere = np.arange(90) != 50, np.arange(80) != 30
    assert (masks[0, 30, elsewhere[0]] > 0.999).all()
    assert (masks[1, elsewhere[1], 50] > 0.999).all()


@pytest.mark.parametrize("mode", HpssMode)
def test_bit_identical_for_any_threads_and_order(mode, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 500)
    v = random_v(50, 70, 8)
    results = [
        hpss(np.asarray(v, order=order), mode, threads=threads)
        for threads, order in itertools.product((1, 2, 5), ORDERS)
    ]
    for other in results[1:]:
        assert np.array_equal(results[0], other)


@pytest.mark.parametrize("order", ORDERS)
def test_masks_lie_in_memory_as_the_input_which_is_not_written_to(order):
    v = random_v(20, 30, 9, order=order)
    v.flags.writeable = False
    before = v.copy()
    for mask in hpss(v, "advanced"):
        assert mask.strides == v.strides
    assert np.array_equal(v, before)


@pytest.mark.parametrize("run", [median_filters, hpss])
def test_progress_sees_every_block(run, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 300)
    seen = []
    run(random_v(20, 60, 10), progress=seen.append)
    assert len(seen) > 4
    assert seen == [pytest.approx(i / len(seen)) for i in range(1, len(seen) + 1)]


@pytest.mark.parametrize("run", [median_filters, hpss])
@pytest.mark.parametrize("last", [1, 3])
def test_progress_stops_by_raising(run, last, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 300)
    seen = []

    def stop(share):
        seen.append(share)
        if len(seen) == last:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(random_v(20, 60, 11), progress=stop)
    assert len(seen) == last


@pytest.mark.parametrize("run", [median_filters, hpss])
@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_values_are_refused(run, bad):
    v = random_v(4, 4, 12)
    v[1, 2] = bad
    with pytest.raises(ValueError, match="nonnegative and finite"):
        run(v)


@pytest.mark.parametrize("run", [median_filters, hpss])
@pytest.mark.parametrize("bad", [np.ones(3), np.ones((2, 2, 2)), np.ones((0, 4)), np.ones((2, 3), int)])
def test_bad_arrays_are_refused(run, bad):
    with pytest.raises(ValueError, match="matrix of float32 or float64"):
        run(bad)


@pytest.mark.parametrize("run", [median_filters, hpss])
@pytest.mark.parametrize("bad", [0, -3, 4])
@pytest.mark.parametrize("name", ["harmonic_frames", "percussive_bins"])
def test_bad_lengths_are_refused(run, bad, name):
    with pytest.raises(ValueError, match="odd and positive"):
        run(np.ones((4, 5)), **{name: bad})


@pytest.mark.parametrize(
    ("mode", "settings", "message"),
    [
        ("classic", {}, "one of soft, binary, coupled, advanced"),
        ("soft", {"power": 0.0}, "power"),
        ("soft", {"power": np.nan}, "power"),
        ("coupled", {"harmonic_threshold": 0.0}, "above 0"),
        ("coupled", {"harmonic_threshold": np.inf}, "above 0"),
        ("advanced", {"harmonic_threshold": 0.9}, "at least 1"),
        ("advanced", {"percussive_threshold": 0.9}, "at least 1"),
        ("advanced", {"percussive_threshold": np.nan}, "at least 1"),
        ("advanced", {"percussive_threshold": np.ones(3)}, "one for each of 4 bins"),
    ],
)
def test_bad_settings_are_refused(mode, settings, message):
    with pytest.raises(ValueError, match=message):
        hpss(np.ones((4, 5)), mode, **settings)


def test_settings_of_other_modes_are_not_looked_at():
    assert hpss(np.ones((4, 5)), "soft", harmonic_threshold=0.0, percussive_threshold=0.0) is not None
    assert hpss(np.ones((4, 5)), "coupled", harmonic_threshold=0.5, percussive_threshold=0.0) is not None
