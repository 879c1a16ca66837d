"""Times as they are written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.spectral.axes import clock

SECONDS = st.floats(0, 400_000)
DIGITS = st.integers(0, 6)


def read(text: str) -> float:
    """Seconds of a written time."""
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total


def test_what_rounds_up_to_a_minute_is_the_next_minute():
    assert clock(59.9996) == "1:00.000" and clock(59.9994) == "0:59.999"
    assert clock(3599.9999) == "1:00:00.000" and clock(59.6, 0) == "1:00"
    assert clock(0) == clock(-1) == "0:00.000" and clock(64.302) == "1:04.302"


@given(SECONDS, DIGITS)
def test_a_written_time_is_within_half_a_unit_of_its_last_digit(seconds, digits):
    assert abs(read(clock(seconds, digits)) - seconds) <= 0.5 * 10**-digits + 1e-9 * (1 + seconds)


@given(SECONDS, SECONDS, DIGITS)
def test_a_later_time_is_never_written_as_an_earlier_one(one, other, digits):
    early, late = sorted((one, other))
    assert read(clock(early, digits)) <= read(clock(late, digits))


@given(SECONDS, DIGITS)
def test_minutes_and_seconds_are_below_sixty_and_all_digits_are_there(seconds, digits):
    *before, last = clock(seconds, digits).split(":")
    assert float(last) < 60 and all(int(part) < 60 for part in before[1:])
    assert len(last) == 2 + (1 + digits if digits else 0)
