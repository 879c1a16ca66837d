"""The ring in memory, with the test in the place of the device."""

import numpy as np
import pytest

from tests.audio.device import FADE, PERIOD, RATE, Device
from workbench.audio.feed import Block, raised_cosine

SIZE = 8192


def block(value, count=512, position=0.0, step=1.0, channels=2):
    return Block(np.full((count, channels), value, np.float32), position, step)


def test_what_is_written_is_played_in_order_beyond_the_end_of_the_memory():
    device, rng = Device(), np.random.default_rng(0)
    sound = rng.standard_normal((3 * SIZE, 2)).astype(np.float32)
    for start in range(0, len(sound), 512):
        device.ring.write(Block(sound[start : start + 512].copy(), start, 1.0))
        device.take(500)
    device.take_all()
    np.testing.assert_array_equal(device.played, sound)


def test_room_is_what_is_neither_written_nor_to_be_written_anew():
    device = Device()
    device.ring.write(block(1.0, 4096))
    assert (device.ring.room, device.ring.buffered, device.ring.waiting) == (SIZE - 4096, 4096, 4096)
    device.take(1000)
    device.ring.rewind()
    assert device.ring.taken == 1000 and device.ring.waiting == 3096
    assert device.ring.buffered == device.ring.guard and device.ring.room == SIZE - device.ring.guard


def test_what_waits_is_written_anew_behind_the_guard_with_one_cross_fade():
    device = Device()
    device.ring.write(block(1.0, 4096, 100.0, 0.5))
    device.take(1000)
    begin = 1000 + device.ring.guard
    assert device.ring.rewind() == 100.0 + begin * 0.5
    for _ in range(10):
        device.ring.write(block(-1.0))
    device.take_all()
    ramp = raised_cosine(FADE)
    assert (device.played[:begin] == 1.0).all()
    np.testing.assert_allclose(device.played[begin : begin + FADE], np.repeat(1 - 2 * ramp, 2, axis=1), atol=1e-6)
    assert (device.played[begin + FADE :] == -1.0).all()
    assert len(device.played) == begin + 5120


def test_frames_more_are_kept_for_a_slow_renderer():
    device = Device()
    device.ring.write(block(1.0, 4096))
    assert device.ring.rewind(700) == device.ring.guard + 700


def test_too_little_is_not_gone_back_over():
    device = Device()
    device.ring.write(block(1.0, device.ring.guard + FADE - 1))
    assert device.ring.rewind() is None
    device.ring.write(block(1.0, 1))
    assert device.ring.rewind() is not None


def test_where_the_device_was_faster_the_change_comes_later_at_its_own_place():
    device = Device()
    device.ring.write(block(0.0, 4096))
    begin = device.ring.guard
    device.ring.rewind()
    device.take(begin + 100)
    late = 100 + device.ring.guard
    device.ring.write(Block(np.arange(1024, dtype=np.float32)[:, None].repeat(2, axis=1), 0.0, 1.0))
    device.ring.write(block(0.0, SIZE - 4096))
    device.take_all()
    assert (device.played[: begin + late] == 0.0).all()
    np.testing.assert_array_equal(device.played[begin + late + FADE : begin + 1024, 0], np.arange(late + FADE, 1024))


def full(value=1.0, position=0.0):
    """A device in whose full ring one value waits."""
    device = Device()
    for start in range(0, SIZE, 512):
        device.ring.write(block(value, 512, position + start))
    return device


def test_behind_what_was_written_anew_the_older_sound_comes_in_with_a_cross_fade():
    device = full()
    begin, ramp = device.ring.guard, np.repeat(raised_cosine(FADE), 2, axis=1)
    device.ring.rewind()
    for _ in range(4):
        device.ring.write(block(-1.0))
    end = begin + 4 * 512
    assert (device.ring.buffered, device.ring.older) == (end, SIZE - end)
    device.take_all()
    assert (device.played[begin + FADE : end - FADE] == -1.0).all()
    np.testing.assert_allclose(device.played[end - FADE : end], 2 * ramp - 1, atol=1e-6)
    assert (device.played[end:] == 1.0).all()


def test_a_device_that_is_within_that_cross_fade_is_not_disturbed():
    device = full()
    ramp = np.repeat(raised_cosine(FADE), 2, axis=1)
    device.ring.rewind()
    for _ in range(4):
        device.ring.write(block(-1.0))
    end = device.ring.buffered
    device.take(end - FADE - PERIOD + 1)
    for _ in range(4):
        device.ring.write(block(-1.0))
    device.take(2 * FADE + PERIOD)
    # The older sound has come, and goes over into the new one once more.
    np.testing.assert_allclose(device.played[end - FADE : end], 2 * ramp - 1, atol=1e-6)
    np.testing.assert_allclose(device.played[end : end + FADE], 1 - 2 * ramp, atol=1e-6)


def test_older_sound_goes_on_behind_itself_until_it_is_written_anew():
    device = full()
    device.take(4000)
    device.ring.rewind()
    device.ring.write(block(-1.0, 1024))
    device.ring.extend(block(1.0, 3000, SIZE))
    assert device.ring.waiting == SIZE - 1000 and device.ring.buffered == device.ring.guard + 1024
    for _ in range(12):
        device.ring.write(block(-1.0))
    assert device.ring.older == 0
    device.take_all()
    assert (device.played[4000 + PERIOD + 200 + FADE :] == -1.0).all()


def test_what_is_heard_is_told_of_old_and_new_sound_alike():
    device = full(1.0, 1000.0)
    device.ring.rewind()
    for start in range(0, 1536, 512):
        device.ring.write(block(0.25, 512, 50_000.0 + start))
    begin, end = device.ring.guard, device.ring.guard + 1536
    for taken, place, peak in ((begin - 1, 1000 + begin - 1, 1.0), (begin, 50_000, 0.25), (end - 1, 51_535, 0.25)):
        device.take(taken - len(device.played))
        assert device.ring.heard(0) == (place, (peak, peak))
    device.take(end + 10 - len(device.played))
    assert device.ring.heard(0) == (1000 + end + 10, (1.0, 1.0))
    # A seek is not undone where the device has come to the older sound behind it.
    assert device.ring.rewind() == 50_000 + len(device.played) + device.ring.guard - begin


@pytest.mark.parametrize("seed", range(8))
def test_one_sound_stays_whole_however_it_is_written_anew(seed):
    # Every block brings what belongs at its place, so that no rewind or cross-fade may be seen.
    device, rng = Device(), np.random.default_rng(seed)
    tone = np.sin(2 * np.pi * 441 * np.arange(400_000) / RATE).astype(np.float32)[:, None].repeat(2, axis=1)
    following = behind = 0

    def piece(at, count):
        return Block(tone[at : at + count].copy(), float(at), 1.0)

    for _ in range(2000):
        count, ring = int(rng.choice([3, 512, 512, 1500])), device.ring
        match rng.integers(5):
            case 0:
                position = ring.rewind(int(rng.choice([0, 0, 700])))
                following = following if position is None else round(position)
            case 1 if ring.older and SIZE - ring.waiting >= count:
                ring.extend(piece(behind, count))
                behind += count
            case 2 | 3 if ring.room >= count:
                ring.write(piece(following, count))
                following += count
            case _:
                before = device.ring.waiting
                device.take(min(int(rng.choice([64, PERIOD, PERIOD, 3000])), before))
        behind = following if not device.ring.older else behind
        assert device.ring.taken == len(device.played)
        told = device.ring.heard(0)[0]
        assert told is None or told == len(device.played)
    assert len(device.played) > 50_000
    np.testing.assert_allclose(device.played, tone[: len(device.played)], atol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_clicks_however_sounds_are_written_over_each_other(seed):
    device, rng = full(0.0), np.random.default_rng(seed)
    value, last = 0.0, 0.0
    for _ in range(2000):
        ring = device.ring
        match rng.integers(5):
            case 0 if ring.rewind() is not None:
                value = float(rng.uniform(-1, 1))
            case 1 if ring.older and SIZE - ring.waiting >= 512:
                ring.extend(block(last, 512))
            case 2 | 3 if ring.room >= 512:
                ring.write(block(value))
                last = last if ring.older else value
            case _ if ring.waiting > 2 * FADE:
                device.take(min(int(rng.choice([64, PERIOD])), ring.waiting))
    assert len(device.played) > 40_000
    # The steepest step of a cross-fade of 12 ms over the whole range; two may lie over each other.
    assert np.abs(np.diff(device.played, axis=0)).max() < 2 * np.pi / FADE


def test_silence_lets_what_stood_there_fade_out():
    device = Device()
    device.ring.write(block(1.0, 4096))
    begin = device.ring.guard
    device.ring.rewind()
    device.ring.silence()
    quiet = device.ring.quiet
    assert quiet == begin + FADE
    device.take_all()
    assert (device.played[:begin] == 1.0).all() and (device.played[quiet:] == 0.0).all()
    assert (np.diff(device.played[:, 0]) <= 0).all() and device.ring.taken >= quiet


def test_without_a_rewind_silence_comes_after_all():
    device = Device()
    device.ring.write(block(1.0, 700))
    device.ring.silence()
    assert device.ring.quiet == 700 and device.ring.waiting == 700


def test_what_is_heard_is_dated_by_its_block():
    device = Device()
    assert device.ring.heard(0) == (None, ())
    device.ring.write(block(0.5, 512, 1000.0, 1.0))
    device.ring.write(block(0.25, 512, 5000.0, 2.0))
    device.take(600)
    assert device.ring.heard(0) == (5000.0 + 2 * 88, (0.25, 0.25))
    assert device.ring.heard(100) == (1500.0, (0.5, 0.5))
    device.ring.rewind()
    device.ring.clear()
    assert device.ring.heard(0) == (None, ()) and device.ring.room == SIZE


@pytest.mark.parametrize(("sources", "outputs"), [(10, 2), (16, 4), (2, 1)])
def test_more_channels_than_loudspeakers_of_which_nothing_is_known_are_folded(sources, outputs):
    device = Device(outputs, sources)
    samples = np.random.default_rng(1).standard_normal((64, sources)).astype(np.float32)
    device.ring.write(Block(samples, 0.0, 1.0))
    device.take_all()
    for c in range(outputs):
        expected = samples[:, c::outputs].sum(axis=1) * outputs / sources
        np.testing.assert_allclose(device.played[:, c], expected, rtol=1e-5, atol=1e-6)
