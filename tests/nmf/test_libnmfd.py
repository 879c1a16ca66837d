import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.compat import libnmfd

EPS = 2.0**-52
HOP = 512 / 44100


def random_v(bins, frames, seed=0, dtype=np.float64, zeros=0.2):
    rng = np.random.default_rng(seed)
    return (rng.gamma(0.5, 1.0, (bins, frames)) * (rng.random((bins, frames)) >= zeros)).astype(dtype)


def random_factors(bins, frames, components, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.random((bins, components)).astype(dtype), rng.random((components, frames)).astype(dtype)


# -- nmf ---------------------------------------------------------------------------------------------


def slow_nmf(v, w, h, cost, iterations, fix_w):
    """Number by number. `up` and `down` are what the factors are multiplied into."""
    bins, frames, components = len(v), len(v[0]), len(h)
    v, w, h = v / (EPS + v.sum()), w.copy(), h.copy()
    for _ in range(iterations):
        up, down = np.zeros_like(v), np.zeros_like(v)
        for f in range(bins):
            for n in range(frames):
                model = EPS + sum(w[f, k] * h[k, n] for k in range(components))
                up[f, n], down[f, n] = {
                    "EucDist": (v[f, n], model),
                    "KLDiv": (v[f, n] / model, 1),
                    "ISDiv": (v[f, n] / model**2, 1 / model),
                }[cost]
        for f in range(0 if fix_w else bins):
            for k in range(components):
                w[f, k] *= sum(up[f] * h[k]) / (sum(down[f] * h[k]) + EPS)
        for k in range(components):
            for n in range(frames):
                h[k, n] *= sum(w[:, k] * up[:, n]) / (sum(w[:, k] * down[:, n]) + EPS)
        for k in range(0 if fix_w else components):
            w[:, k] /= EPS + sum(w[:, k])
    return w, h


@pytest.mark.parametrize("cost", libnmfd.COSTS)
@pytest.mark.parametrize("fix_w", [False, True])
@pytest.mark.parametrize("iterations", [0, 1, 5])
def test_nmf_equals_the_slow_rule(cost, fix_w, iterations):
    v = random_v(6, 8, 1)
    w, h = random_factors(6, 8, 3)
    result = libnmfd.nmf(v, w, h, cost, iterations, fix_w)
    slow_w, slow_h = slow_nmf(v, w, h, cost, iterations, fix_w)
    np.testing.assert_allclose(result.W, slow_w, rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(result.H, slow_h, rtol=1e-10, atol=1e-16)
    assert len(result.costs) == iterations


@given(
    st.sampled_from(libnmfd.COSTS),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(1, 4),
    st.sampled_from([1e-20, 1e-6, 1.0, 1e6]),
)
def test_nmf_stays_finite_and_its_templates_sum_to_one(cost, bins, frames, components, scale):
    v = random_v(bins, frames, bins + frames, zeros=0) * scale + scale
    result = libnmfd.nmf(v, *random_factors(bins, frames, components), cost, 4)
    assert np.isfinite(result.H).all() and (result.H >= 0).all() and np.isfinite(result.costs).all()
    np.testing.assert_allclose(result.W.sum(axis=0), 1, rtol=1e-9)


@pytest.mark.parametrize("cost", libnmfd.COSTS)
def test_silence_gives_zeros(cost):
    result = libnmfd.nmf(np.zeros((4, 5)), *random_factors(4, 5, 2), cost, 3)
    assert not result.W.any() and not result.H.any() and np.isfinite(result.costs).all()


def test_costs_are_the_divergence_from_v_at_unit_sum():
    v = random_v(6, 9, 2)
    seen = []
    result = libnmfd.nmf(v, *random_factors(6, 9, 2), iterations=4, progress=lambda i, c: seen.append((i, c)) or True)
    scaled, model = v / v.sum(), result.W @ result.H + EPS
    logs = np.log(np.where(v > 0, scaled, 1) / np.where(v > 0, model, 1))
    assert result.costs[-1] == pytest.approx((scaled * logs - scaled + model).sum(), rel=1e-10)
    assert seen == list(enumerate(result.costs, 1))


def test_progress_stops_and_watch_sees_the_factors_before_it():
    v, factors, calls = random_v(5, 6, 5), random_factors(5, 6, 2), []
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
    v, parts = random_v(6, 9, 6, dtype), random_v(6, 18, 7, dtype).reshape(2, 6, 9)
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


def slow_templates(pitches, rate, block, partials, below, above):
    bins, columns = block // 2 + 1, []
    for pitch in sorted(set(pitches)):
        low, high = (440 / 32 * 2 ** ((p - 9) / 12) for p in (pitch - below, pitch + above))
        comb = [EPS] * bins
        for g in range(1, partials + 1):
            for b in range(round(g * low / (rate / block)) - 1, round(g * high / (rate / block))):
                if 0 <= b < bins:
                    comb[b] = 1 / g
        columns.append([x / (EPS + sum(comb)) for x in comb])
    return np.array(columns).T


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
    expected = slow_templates(pitches, rate, block, partials, below, above)
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_overlapping_partials_take_the_weaker_one():
    # 46, 92 and 139 Hz at 86 Hz a bin: the first two fall into the same, which keeps 1/2 beside the third's 1/3.
    comb = libnmfd.pitched_templates([30], 44100, 512, 3)[:, 0]
    assert comb[:2] == pytest.approx([0.6, 0.4])


def slow_score(pitches, onsets, durations, frames, margin=0.025):
    rows = sorted(set(pitches))
    h = np.full((len(rows), frames), EPS)
    for pitch, onset, duration in zip(pitches, onsets, durations, strict=True):
        for frame in range(round((onset - margin) / HOP), round((onset + duration + margin) / HOP) + 1):
            if 0 <= frame <= frames:
                h[rows.index(pitch), max(frame - 1, 0)] = 1
    return h


@given(
    st.lists(st.tuples(st.integers(40, 44), st.floats(-0.2, 0.6), st.floats(0, 0.3)), min_size=1, max_size=6),
    st.integers(1, 40),
)
def test_notes_equal_the_slow_loop(notes, frames):
    pitches, onsets, durations = zip(*notes, strict=True)
    actual = libnmfd.pitched_activations(pitches, onsets, durations, frames, HOP)
    assert np.array_equal(actual, slow_score(pitches, onsets, durations, frames))


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
    h = np.full((3, frames), EPS)
    for drum, onset in strokes:
        if 0 <= round(onset / HOP) <= frames:
            h[drum - 1, max(round(onset / HOP) - 1, 0)] = 1
    d = min(decay, 0.9999999)
    for row in h:
        for n in range(1, frames):
            row[n] = max(row[n], d * row[n - 1] + (1 - d) * row[n])
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
    parts = random_v(3, components * 4, seed).reshape(components, 3, 4)
    masks = libnmfd.alpha_wiener(parts, alpha)
    for f in range(3):
        for n in range(4):
            total = EPS + sum(a**alpha for a in parts[:, f, n])
            expected = [a**alpha / total for a in parts[:, f, n]]
            np.testing.assert_allclose(masks[:, f, n], expected, rtol=1e-12)
