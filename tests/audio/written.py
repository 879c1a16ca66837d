"""Files that were written, as other programs see them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None, reason="ffmpeg is not installed"
)
needs_sox = pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")


def probed(path: Path) -> dict:
    """What ffprobe says: codec_name, sample_rate, channels, and all tags by names in small letters."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    stream = found["streams"][0]
    tags = {**found["format"].get("tags", {}), **stream.get("tags", {})}
    return {**stream, "tags": {name.lower(): text for name, text in tags.items()}}


def decoded_by_ffmpeg(path: Path, channels: int) -> np.ndarray:
    """Its samples, float32 (n, C)."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, "<f4").reshape(-1, channels)


def decoded_by_sox(path: Path, channels: int) -> np.ndarray:
    """Its samples, float32 (n, C)."""
    # Without dither of its own.
    command = ["sox", "-D", str(path), "-t", "f32", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, "<f4").reshape(-1, channels)


def sox_formats() -> set[str]:
    """The endings of what it reads, as it was built here."""
    told = subprocess.run(["sox", "--help"], check=False, capture_output=True, text=True).stdout
    return {each for line in told.splitlines() if "FILE FORMATS" in line for each in line.split(":")[1].split()}
