"""What a separation is thought to take is what it takes, or somewhat more."""

import sys

import numpy as np
import pytest
import soundfile

from tests.benchmarks.memory import taken_by
from workbench.commands.arguments import memory
from workbench.commands.estimate import PROCESS, bytes_for
from workbench.commands.separating import Asked
from workbench.separation.memory import free_bytes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kilobytes as Linux counts them")
@pytest.mark.parametrize(
    ("asked", "channels"),
    [
        (Asked(iterations=3), 2),
        (Asked(iterations=3, divergence="is"), 1),
        (Asked(method="hpss"), 2),
        (Asked(method="em", iterations=2), 1),
        (Asked(method="flucoma", iterations=2), 1),
        (Asked(method="smooth", iterations=2), 2),
        (Asked(preset="Notes", iterations=2), 2),
        (Asked(method="hpss"), 6),
    ],
)
def test_it_is_no_less_than_it_takes_and_not_much_more(tmp_path, asked, channels):
    noise = 0.1 * np.random.default_rng(0).standard_normal((44100 * 60, channels))
    soundfile.write(tmp_path / "noise.wav", noise, 44100)
    taken = taken_by(tmp_path / "noise.wav", tmp_path / "out", asked)
    thought = bytes_for(tmp_path / "noise.wav", asked)
    assert taken <= thought <= 2.0 * taken


def test_it_grows_with_the_recording_and_needs_no_decoding(tmp_path):
    sizes = []
    for seconds in (10, 20, 40):
        soundfile.write(tmp_path / "a.flac", np.zeros((44100 * seconds, 2)), 44100)
        sizes.append(bytes_for(tmp_path / "a.flac", Asked()))
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.01)


def test_what_can_not_be_read_takes_no_more_than_a_process(tmp_path):
    (tmp_path / "a.wav").write_text("nothing")
    assert bytes_for(tmp_path / "a.wav", Asked()) == bytes_for(tmp_path / "missing.wav", Asked()) == PROCESS


def test_there_is_memory():
    assert free_bytes() > 2**20


@pytest.mark.parametrize(
    ("text", "size"),
    [("800MB", 800e6), ("4 GB", 4e9), ("1.5g", 1.5e9), ("2GiB", 2**31), ("1000", 1000), ("10kb", 1e4), ("1tib", 2**40)],
)
def test_amounts_of_memory_are_read(text, size):
    assert memory(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "0", "1XB", "GB"])
def test_what_is_no_amount_is_refused(text):
    import argparse

    with pytest.raises(argparse.ArgumentTypeError, match="no amount of memory"):
        memory(text)
