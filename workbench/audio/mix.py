"""The mixer's mathematics: from the faders of layers and groups to a matrix of gains a layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.audio.speakers import Speakers, pairs
from workbench.masks.model.layers import Group, Layer

Float = NDArray[np.float32]


def audible(layers: Sequence[Layer], groups: Sequence[Group] = ()) -> list[bool]:
    """Which layers are heard: those soloed, by themselves or with their group, if any is, and of these none muted."""
    soloed = {group.id for group in groups if group.solo}
    muted = {group.id for group in groups if group.mute}
    any_solo = bool(soloed) or any(layer.solo for layer in layers)
    return [
        not layer.mute and layer.group not in muted and (layer.solo or layer.group in soloed or not any_solo)
        for layer in layers
    ]


def output_channels(layers: Sequence[Layer], channels: int, groups: Sequence[Group] = ()) -> int:
    """Channels of the mix: as the input, but two for a mono input once a pan is moved."""
    moved = any(layer.pan for layer in layers) or any(group.pan for group in groups)
    return 2 if channels == 1 and moved else channels


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gain of constant power, 0 dB at the centre (so +3 dB at a side), exactly 1 at 0."""
    if pan == 0.0:
        return 1.0, 1.0
    angle = (min(max(pan, -1.0), 1.0) + 1) * np.pi / 4
    return float(np.sqrt(2) * np.cos(angle)), float(np.sqrt(2) * np.sin(angle))


def width_matrix(width: float) -> Float:
    """Left and right to left and right, (2, 2), with the side signal (L − R)/2 scaled by `width`; exactly 1 at 1."""
    near, far = (1 + width) / 2, (1 - width) / 2
    return np.array([[near, far], [far, near]], np.float32)


def straight(channels: int, outputs: int) -> Float:
    """Every channel to its own output; a mono input to all. Shape (outputs, channels)."""
    return np.ones((outputs, 1), np.float32) if channels == 1 else np.eye(outputs, channels, dtype=np.float32)


def mix_gains(layers: Sequence[Layer], speakers: Speakers, outputs: int, groups: Sequence[Group] = ()) -> Float:
    """Gain of every layer from every input channel to every output, shape (L, outputs, channels).

    A layer's fader and pan come first, then its group's fader, width and pan. Pan acts as a pan on mono and as a
    balance on each left and right of what has more channels; width on each of these pairs.

    Parameters
    ----------
    speakers : tuple of Speaker
        Of the input channels.
    """
    known, channels = {group.id: group for group in groups}, len(speakers)
    out = np.zeros((len(layers), outputs, channels), np.float32)
    sides = pairs(speakers) if outputs == channels else [(0, 1)] if channels <= 2 == outputs else []
    for matrix, layer, heard in zip(out, layers, audible(layers, groups), strict=True):
        if not heard:
            continue
        matrix[:] = straight(channels, outputs) * np.float32(10.0 ** (layer.gain_db / 20.0))
        _pan(matrix, sides, layer.pan)
        group = known.get(layer.group)
        if group is not None:
            matrix *= np.float32(10.0 ** (group.gain_db / 20.0))
            if group.width != 1.0:
                for both in map(list, sides):
                    matrix[both] = width_matrix(group.width) @ matrix[both]
            _pan(matrix, sides, group.pan)
    return out


def _pan(matrix: Float, sides: Sequence[tuple[int, int]], pan: float) -> None:
    for both in map(list, sides):
        matrix[both] *= np.array(pan_gains(pan), np.float32)[:, None]


def solo_gains(layers: Sequence[Layer], alone: Sequence[int], channels: int, outputs: int | None = None) -> Float:
    """Gains that let some layers, by their indices, pass before all faders; shape (L, outputs, channels)."""
    out = np.zeros((len(layers), channels if outputs is None else outputs, channels), np.float32)
    out[list(alone)] = straight(channels, out.shape[1])
    return out


def apart_gains(layers: int, channels: int) -> Float:
    """Gains that let every layer pass before all faders to outputs of its own, shape (L, L·channels, channels)."""
    return np.eye(layers * channels, dtype=np.float32).reshape(layers, channels, layers * channels).transpose(0, 2, 1)
