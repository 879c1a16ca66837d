"""Sound files as they are met: made whole by libsndfile, then cut, joined, damaged, or with heads that lie."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile

from tests.conftest import tone_mix
from workbench.audio.files import ogg

RATE, SECONDS = 8000, 1.0
FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "wav float": ("WAV", "FLOAT"),
    "rf64": ("RF64", "PCM_16"),
    "w64": ("W64", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "au": ("AU", "PCM_16"),
    "caf": ("CAF", "PCM_16"),
    "alac": ("CAF", "ALAC_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
SIZES = {"wav": (4, 40), "aiff": (4, 42), "w64": (16, 96)}
"""Where the lengths of the file and of its samples are written."""


def made(kind: str, seconds: float = SECONDS, rate: int = RATE, channels: int = 2) -> bytes:
    """A file of tones."""
    form, subtype = FORMATS[kind]
    out = io.BytesIO()
    soundfile.write(out, tone_mix(seconds, rate, channels), rate, format=form, subtype=subtype)
    return out.getvalue()


def sized(data: bytes, at: int, size: int, code: str = "<I") -> bytes:
    """With another length somewhere in its head."""
    return data[:at] + struct.pack(code, size) + data[at + struct.calcsize(code) :]


def place_of(data: bytes, name: bytes) -> int:
    """Where the length behind the name of a chunk is."""
    return data.index(name) + len(name)


def without_last_flag(data: bytes) -> bytes:
    """An Ogg file of somebody who did not know that it would end there."""
    at = data.rindex(ogg.MAGIC)
    page = bytearray(data[at:])
    page[5] &= ~ogg.LAST
    page[22:26] = bytes(4)
    page[22:26] = struct.pack("<I", int(ogg.checksums([page])[0]))
    return data[:at] + bytes(page)


def flipped(data: bytes, share: float, bit: int = 0) -> bytes:
    """With one bit other than it was, at a share of the file."""
    at = int(share * len(data))
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def decoded_of(data: bytes) -> np.ndarray:
    """What libsndfile makes of a file that is whole."""
    return soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)[0]
