"""What the head of a file says is what decoding it finds."""

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.audio.files.heads import head_of, is_sound
from workbench.audio.recording import load

KINDS = [
    ("WAV", "PCM_16"),
    ("FLAC", "PCM_24"),
    ("AIFF", "FLOAT"),
    ("OGG", "VORBIS"),
    ("W64", "PCM_24"),
    ("CAF", "PCM_16"),
]


@pytest.mark.parametrize(("container", "samples"), KINDS)
def test_rate_channels_and_length_are_those_of_the_sound(tmp_path, container, samples):
    soundfile.write(tmp_path / "a", tone_mix(0.5), 8000, samples, format=container)
    head, found = head_of(tmp_path / "a"), load(tmp_path / "a")
    assert (head.rate, head.channels, head.frames) == (found.rate, found.channels, len(found.samples))
    assert head.streams == 1 and is_sound(tmp_path / "a")


def test_of_joined_files_all_count(tmp_path):
    for name in "ab":
        soundfile.write(tmp_path / name, tone_mix(0.5), 8000, "PCM_16", format="FLAC")
    (tmp_path / "joined").write_bytes((tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes())
    head = head_of(tmp_path / "joined")
    assert head.streams == 2 and head.frames == len(load(tmp_path / "joined").samples) == 8000


def test_where_a_later_part_is_damaged_only_decoding_tells(tmp_path):
    soundfile.write(tmp_path / "a", tone_mix(0.5), 8000, "PCM_16", format="FLAC")
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "joined").write_bytes(whole + b"fLaC" + b"\0" * 60)
    assert head_of(tmp_path / "joined").frames in (None, 4000)


@pytest.mark.parametrize("data", [b"", b"words", b"RIFF", b"fLaC", np.random.default_rng(0).bytes(5000)])
def test_what_is_no_sound_is_none(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    assert not is_sound(tmp_path / "a") and not is_sound(tmp_path / "missing") and not is_sound(tmp_path)
