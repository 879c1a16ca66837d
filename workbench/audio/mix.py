"""The mixer's mathematics: from the layers' faders to gains a layer and output channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.masks.layers import Layer

Float = NDArray[np.float32]


def audible(layers: Sequence[Layer]) -> list[bool]:
    """Which layers are heard: those soloed if any is, and of these none that is muted."""
    any_solo = any(layer.solo for layer in layers)
    return [not layer.mute and (layer.solo or not any_solo) for layer in layers]


def output_channels(layers: Sequence[Layer], channels: int) -> int:
    """Channels of the mix: as the input, but two for a mono input once a pan is moved."""
    return 2 if channels == 1 and any(layer.pan for layer in layers) else channels


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gain of constant power, 0 dB at the centre (so +3 dB at a side), exactly 1 at 0."""
    if pan == 0.0:
        return 1.0, 1.0
    angle = (min(max(pan, -1.0), 1.0) + 1) * np.pi / 4
    return float(np.sqrt(2) * np.cos(angle)), float(np.sqrt(2) * np.sin(angle))


def mix_gains(layers: Sequence[Layer], channels: int, outputs: int) -> Float:
    """Gain of every layer on every output channel, shape (L, outputs).

    Pan acts as a pan on mono and as a balance on stereo; above two channels it is off, since there a
    place between two loudspeakers is not what a channel means.
    """
    out = np.zeros((len(layers), outputs), np.float32)
    for row, layer, heard in zip(out, layers, audible(layers), strict=True):
        if heard:
            row[:] = 10.0 ** (layer.gain_db / 20.0)
            if channels <= 2 and outputs == 2:
                row *= pan_gains(layer.pan)
    return out


def solo_gains(layers: Sequence[Layer], index: int, channels: int) -> Float:
    """Gains that let one layer pass before its fader, shape (L, channels)."""
    out = np.zeros((len(layers), channels), np.float32)
    out[index] = 1.0
    return out
