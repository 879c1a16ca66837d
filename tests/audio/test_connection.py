"""When a device is taken for too slow."""

from workbench.audio.connection import LADDER, PATIENCE_SECONDS, Connection


def test_one_underflow_is_counted_and_two_in_a_minute_ask_for_a_longer_latency():
    connection = Connection()
    assert not connection.missed(0, 1, 100.0)
    assert (connection.underruns, connection.asked) == (1, LADDER[0])
    assert not connection.missed(0, 1, 100.0 + PATIENCE_SECONDS)
    assert connection.missed(0, 1, 101.0 + PATIENCE_SECONDS)
    assert (connection.underruns, connection.asked) == (3, LADDER[1])


def test_two_underflows_at_once_ask_for_a_longer_latency_until_there_is_none():
    connection = Connection()
    assert [connection.missed(0, 2, 0.0) for _ in LADDER] == [True] * (len(LADDER) - 1) + [False]
    assert connection.asked == LADDER[-1] and connection.underruns == 2 * len(LADDER)


def test_a_ring_that_ran_dry_is_counted_but_not_the_devices_fault():
    connection = Connection()
    assert not any(connection.missed(1, 0, float(now)) for now in range(5))
    assert (connection.underruns, connection.asked) == (5, LADDER[0])


def test_a_latency_that_was_chosen_stays():
    connection = Connection()
    connection.latency = 0.02
    assert not any(connection.missed(0, 3, float(now)) for now in range(5))
    assert connection.asked == 0.02
