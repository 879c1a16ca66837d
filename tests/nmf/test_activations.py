import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf import reference_starts
from workbench.nmf.activations import TRACE, Event, decays, gates, read_events


def random_events(count, seconds, seed):
    rng = np.random.default_rng(seed)
    return [
        Event(float(rng.uniform(0, seconds)), float(rng.gamma(1, seconds / 5)), float(rng.integers(60, 64)))
        for _ in range(count)
    ]


@given(st.integers(0, 6), st.integers(1, 30), st.sampled_from([0.0, 0.025, 0.11]), st.integers(0, 99))
def test_gates_equal_the_slow_rule(count, frames, tolerance, seed):
    events = random_events(count, 0.4, seed)
    labels = [62.0, 60.0, 99.0]
    result = gates(events, labels, frames, 0.0113, tolerance)
    assert result.dtype == np.float32 and result.shape == (3, frames)
    for row, label in zip(result, labels, strict=True):
        notes = [(e.onset, e.duration) for e in events if e.label == label]
        np.testing.assert_allclose(row, reference_starts.gate(notes, frames, 0.0113, tolerance, TRACE))


@given(st.integers(0, 6), st.integers(1, 30), st.sampled_from([0.0, 0.5, 0.9]), st.integers(0, 99))
def test_decays_equal_the_slow_rule(count, frames, decay, seed):
    events = random_events(count, 0.4, seed)
    labels = [62.0, 60.0, 99.0]
    result = decays(events, labels, frames, 0.0113, decay)
    assert result.dtype == np.float32 and result.shape == (3, frames)
    for row, label in zip(result, labels, strict=True):
        onsets = [e.onset for e in events if e.label == label]
        np.testing.assert_allclose(row, reference_starts.strokes(onsets, frames, 0.0113, decay, TRACE), rtol=1e-5)


@pytest.mark.parametrize("frame", [0, 1, 7])
def test_an_onset_stays_in_its_frame(frame):
    event = Event(frame * 0.01, 0.02, 60)
    gate = gates([event], [60], 12, 0.01, tolerance=0)[0]
    assert np.flatnonzero(gate == 1).tolist() == list(range(frame, frame + 3))
    stroke = decays([event], [60], 12, 0.01, 0)[0]
    assert np.flatnonzero(stroke == 1).tolist() == [frame]
    np.testing.assert_allclose(np.delete(stroke, frame), TRACE)


def test_tolerance_opens_earlier_and_closes_later_within_the_recording():
    events = [Event(0.05, 0.02, 60), Event(0.0, 0.01, 61), Event(0.11, 0.5, 62)]
    out = gates(events, [60, 61, 62], 12, 0.01, tolerance=0.03)
    assert [np.flatnonzero(row == 1).tolist() for row in out] == [
        list(range(2, 11)),
        list(range(5)),
        list(range(8, 12)),
    ]


def test_what_lies_outside_the_recording_is_dropped():
    events = [Event(0.2, 1, 60), Event(-0.5, 0.1, 60)]
    for out in (gates(events, [60], 10, 0.01), decays(events, [60], 10, 0.01)):
        assert (out == np.float32(TRACE)).all()


def test_each_label_has_its_row_and_one_named_twice_has_two():
    events = [Event(0.0, 0.0, 3), Event(0.02, 0.0, 1), Event(0.03, 0.0, 7)]
    for out in (gates(events, [1, 2, 3, 1], 5, 0.01, 0), decays(events, [1, 2, 3, 1], 5, 0.01, 0)):
        assert [np.flatnonzero(row == 1).tolist() for row in out] == [[2], [], [0], [2]]


def test_a_stroke_begins_anew_while_the_last_one_falls():
    out = decays([Event(0.0, 0, 1), Event(0.03, 0, 1)], [1], 6, 0.01, 0.5)
    np.testing.assert_allclose(out[0], [1, 0.5, 0.25, 1, 0.5, 0.25])
    # It falls to the trace and no further.
    assert decays([Event(0.0, 0, 1)], [1], 200, 0.01, 0.5)[0, -1] == np.float32(TRACE)


@pytest.mark.parametrize("decay", [-0.1, 1.0, 1.5, np.nan])
def test_decays_out_of_range_are_refused(decay):
    with pytest.raises(ValueError, match="decay is from 0"):
        decays([], [1], 5, 0.01, decay)


# -- text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "0.5 60\n1.25 0.75 62.5",
        "0.5\t60\n\n1.25\t0.75\t62.5\n",
        "0.5,60\r\n1.25, 0.75, 62.5\r\n",
        "0.5;60\n 1.25 ; 0.75 ; 62.5 ",
        "# onset, label\n0.5 60 # one\n  # another\n1.25 .75 6.25e1# two",
    ],
    ids=["spaces", "tabs", "commas", "semicolons", "comments"],
)
def test_events_are_read_from_lines_of_numbers(text):
    assert read_events(text) == [Event(0.5, 0.0, 60.0), Event(1.25, 0.75, 62.5)]


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(-1e6, 1e6)), max_size=8))
def test_events_that_are_written_are_read_again(rows):
    events = [Event(*row) for row in rows]
    assert read_events("\n".join(f"{e.onset!r} {e.duration!r} {e.label!r}" for e in events)) == events


def test_nothing_is_read_from_nothing():
    assert read_events("") == read_events("\n \n# nothing\n") == []


@pytest.mark.parametrize(
    "line", ["0.5", "1 2 3 4", "0.5 kick", "-0.1 60", "0.5 -1 60", "nan 60", "0.5 inf 60", "0.5 nan", "a b"]
)
def test_errors_name_the_line(line):
    with pytest.raises(ValueError, match=f"^Line 3, “{line}”"):
        read_events(f"# a comment\n0 60\n  {line} \n0 61")
