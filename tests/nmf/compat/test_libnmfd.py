import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nmf.inputs import sparse_v
from workbench.nmf.compat import EPS, libnmfd, reference

HOP = 512 / 44100


def random_factors(bins, frames, components, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.random((bins, components)).astype(dtype), rng.random((components, frames)).astype(dtype)


# -- nmf ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cost", libnmfd.Cost)
@pytest.mark.parametrize("fix_w", [False, True])
@pytest.mark.parametrize("iterations", [0, 1, 5])
def test_nmf_equals_the_slow_rule(cost, fix_w, iterations):
    v = sparse_v(6, 8, 1)
    w, h = random_factors(6, 8, 3)
    result = libnmfd.nmf(v, w, h, cost, iterations, fix_w)
    slow_w, slow_h = reference.libnmfd_nmf(v, w, h, cost, iterations, fix_w)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-16)
    assert len(result.costs) == iterations


@given(
    st.sampled_from(libnmfd.Cost),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 4),
    st.sampled_from([1e-20, 1e-6, 1.0, 1e6]),
)
def test_nmf_stays_finite_and_its_templates_sum_to_one(cost, bins, frames, components, scale):
    v = sparse_v(bins, frames, bins + frames, zeros=0) * scale + scale
    result = libnmfd.nmf(v, *random_factors(bins, frames, components), cost, 4)
    assert np.isfinite(result.H).all() and (result.H >= 0).all() and np.isfinite(result.costs).all()
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-9)


@pytest.mark.parametrize("cost", libnmfd.Cost)
def test_silence_gives_zeros(cost):
    result = libnmfd.nmf(np.zeros((4, 5)), *random_factors(4, 5, 2), cost, 3)
    assert not result.W.any() and not result.H.any() and np.isfinite(result.costs).all()


def test_costs_are_the_divergence_from_v_at_unit_sum():
    v = sparse_v(6, 9, 2)
    seen = []
    result = libnmfd.nmf(v, *random_factors(6, 9, 2), iterations=4, progress=lambda i, c: seen.append((i, c)) or True)
    scaled, model = v / v.sum(), result.W @ result.H + EPS
    logs = np.log(np.where(v > 0, scaled, 1) / np.where(v > 0, model, 1))
    assert result.costs[-1] == pytest.approx((scaled * logs - scaled + model).sum(), rel=1e-10)
    assert seen == list(enumerate(result.costs, 1))


def test_progress_stops_and_watch_sees_the_factors_before_it():
    v, factors, calls = sparse_v(5, 6, 5), random_factors(5, 6, 2), []
    stopped = libnmfd.nmf(
        v,
        *factors,
        progress=lambda i, cost: calls.append(i) or i < 3,
        watch=lambda w, h: calls.append((w.copy(), h.copy())),
    )
    assert [c for c in calls if isinstance(c, int)] == [1, 2, 3]
    assert np.array_equal(calls[-2][0], stopped.W) and np.array_equal(calls[-2][1], stopped.H)
    again = libnmfd.nmf(v, *factors, iterations=3)
    assert np.array_equal(again.W, stopped.W) and np.array_equal(again.H, stopped.H)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_keeps_the_kind_of_number_and_its_inputs(dtype):
    v, parts = sparse_v(6, 9, 6, dtype), sparse_v(6, 18, 7, dtype).reshape(2, 6, 9)
    w, h = random_factors(6, 9, 2, 3, dtype)
    copies = [x.copy() for x in (v, w, h, parts)]
    result = libnmfd.nmf(v, w, h, iterations=2)
    assert result.W.dtype == result.H.dtype == libnmfd.alpha_wiener(parts).dtype == dtype
    libnmfd.decaying(h)
    assert all(np.array_equal(now, before) for now, before in zip((v, w, h, parts), copies, strict=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": "KL"}, "cost"),
        ({"iterations": -1}, "negative"),
        ({"W": np.ones((3, 2))}, "Shapes"),
        ({"H": np.full((2, 5), np.inf)}, "finite"),
        ({"V": -np.ones((4, 5))}, "nonnegative"),
    ],
)
def test_nmf_refuses_what_does_not_fit(change, message):
    with pytest.raises(ValueError, match=message):
        libnmfd.nmf(**({"V": np.ones((4, 5)), "W": np.ones((4, 2)), "H": np.ones((2, 5))} | change))


# -- starts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pitch", "expected"),
    [
        (69, [range(19, 21), range(38, 43), range(58, 64), range(77, 85)]),
        (36, [range(2, 3), range(5, 6), range(8, 10), range(11, 13)]),
    ],
)
def test_partials_lie_where_libnmfd_puts_them(pitch, expected):
    comb = libnmfd.pitched_templates([pitch], partials=4)[:, 0]
    values = np.zeros(1025)
    for g, bins in enumerate(expected, 1):
        values[bins] = 1 / g
    np.testing.assert_allclose(comb, values / values.sum(), atol=1e-15)


@given(
    st.lists(st.floats(0, 140), min_size=1, max_size=4),
    st.sampled_from([8000.0, 44100.0]),
    st.sampled_from([64, 511, 1024]),
    st.integers(1, 25),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_templates_equal_the_slow_loop_and_leave_out_what_lies_beyond(pitches, rate, block, partials, below, above):
    actual = libnmfd.pitched_templates(pitches, rate, block, partials, below, above)
    combs = [reference.libnmfd_template(p, rate, block, partials, below, above) for p in sorted(set(pitches))]
    expected = np.stack(combs, axis=1)
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_overlapping_partials_take_the_weaker_one():
    # 46, 92 and 139 Hz at 86 Hz a bin: the first two fall into the same, which keeps 1/2 beside the third's 1/3.
    comb = libnmfd.pitched_templates([30], 44100, 512, 3)[:, 0]
    assert comb[:2] == pytest.approx([0.6, 0.4])


@given(
    st.lists(st.tuples(st.integers(40, 44), st.floats(-0.2, 0.6), st.floats(0, 0.3)), min_size=1, max_size=6),
    st.integers(1, 40),
)
def test_notes_equal_the_slow_loop(notes, frames):
    pitches, onsets, durations = zip(*notes, strict=True)
    actual = libnmfd.pitched_activations(pitches, onsets, durations, frames, HOP)
    for row, pitch in zip(actual, sorted(set(pitches)), strict=True):
        own = [(onset, duration) for p, onset, duration in notes if p == pitch]
        assert np.array_equal(row, reference.libnmfd_gate(own, frames, HOP, 0.025))


def test_what_begins_in_the_first_frame_stays_there():
    notes = libnmfd.pitched_activations([60, 64], [0.0, 0.5], [0.1, 0.2], 100, HOP)
    assert notes[0, 0] == 1 and notes[0, -1] == EPS and notes[1, 0] == EPS
    strokes = libnmfd.drum_activations([1], [0.0], 2, 50, HOP, decay=0)
    assert strokes[0, 0] == 1 and (strokes[0, 1:] == EPS).all() and (strokes[1] == EPS).all()


@given(
    st.lists(st.tuples(st.integers(1, 3), st.floats(-0.1, 0.6)), min_size=1, max_size=6),
    st.integers(1, 40),
    st.sampled_from([0.0, 0.5, 0.9, 1.0]),
)
def test_strokes_equal_the_slow_loop(strokes, frames, decay):
    drums, onsets = zip(*strokes, strict=True)
    h = [reference.libnmfd_strokes([o for d, o in strokes if d == drum], frames, HOP, decay) for drum in (1, 2, 3)]
    np.testing.assert_allclose(libnmfd.drum_activations(drums, onsets, 3, frames, HOP, decay), h, rtol=1e-12)


def test_decay_by_hand():
    rows = libnmfd.decaying(np.array([[0.0, 1.0, 0.0, 0.0, 2.0]]), 0.5)
    assert rows.tolist() == [[0, 1, 0.5, 0.25, 2]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: libnmfd.pitched_templates([]), "at least one pitch"),
        (lambda: libnmfd.pitched_templates([np.nan]), "finite"),
        (lambda: libnmfd.pitched_templates([60], partials=0), "range"),
        (lambda: libnmfd.pitched_templates([60], rate=0), "range"),
        (lambda: libnmfd.pitched_activations([60], [0, 1], [1], 9, HOP), "Lengths"),
        (lambda: libnmfd.pitched_activations([], [], [], 9, HOP), "Onsets"),
        (lambda: libnmfd.pitched_activations([60], [0], [np.inf], 9, HOP), "finite"),
        (lambda: libnmfd.pitched_activations([60], [0], [1], 0, HOP), "frames"),
        (lambda: libnmfd.drum_activations([1, 2], [0], 2, 9, HOP), "Lengths"),
        (lambda: libnmfd.drum_activations([1], [np.nan], 2, 9, HOP), "Onsets"),
        (lambda: libnmfd.drum_activations([0], [0], 2, 9, HOP), "from 1 to 2"),
        (lambda: libnmfd.drum_activations([3], [0], 2, 9, HOP), "from 1 to 2"),
        (lambda: libnmfd.drum_activations([1.5], [0], 2, 9, HOP), "from 1 to 2"),
        (lambda: libnmfd.drum_activations([1], [0], 2, 9, -HOP), "frames"),
        (lambda: libnmfd.drum_activations([1], [0], 2, 9, HOP, decay=2), "decay"),
        (lambda: libnmfd.alpha_wiener(np.ones((3, 4))), "shape"),
        (lambda: libnmfd.alpha_wiener(np.ones((2, 3, 4)), 0), "Alpha"),
    ],
)
def test_starts_and_masks_refuse_what_is_out_of_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# -- masks -------------------------------------------------------------------------------------------


@given(st.integers(1, 4), st.floats(0.3, 3), st.integers(0, 50))
def test_masks_equal_the_slow_loop(components, alpha, seed):
    parts = sparse_v(3, components * 4, seed).reshape(components, 3, 4)
    masks = libnmfd.alpha_wiener(parts, alpha)
    np.testing.assert_allclose(masks, reference.alpha_wiener(parts, alpha), rtol=1e-12)
