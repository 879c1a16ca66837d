"""What is rendered: the recording with its mask stack, and what of it is listened to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workbench.audio.mix import mix_gains, output_channels, solo_gains, straight
from workbench.audio.recording import Recording
from workbench.masks.edits.area import Area
from workbench.masks.stack import Stack
from workbench.spectral.stft import Analysis

Float = NDArray[np.float32]


class Hear(StrEnum):
    """Which signal is heard."""

    MIX = "mix"
    """The sum of the layers behind all faders."""
    ORIGINAL = "original"
    """The recording, times a gain."""
    REMOVED = "removed"
    """The recording minus the mix."""
    LAYERS = "layers"
    """Some layers before all faders."""


@dataclass(frozen=True, eq=False)
class Ear:
    """What is listened to; nothing of the document changes with it.

    Attributes
    ----------
    what : Hear
    layers : tuple of int
        Ids of the layers that are heard alone; for the mix those that it is made of, or none for all.
    area : Area or None
        Only this part of time and frequency is heard.
    outside : bool
        Only what is not in that area is heard.
    original_db : float
        Gain of the original, for comparing at equal loudness.
    """

    what: Hear = Hear.MIX
    layers: tuple[int, ...] = ()
    area: Area | None = None
    outside: bool = False
    original_db: float = 0.0


PLAIN = Ear()
"""The mix, everywhere."""


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is needed to render what an ear hears: an immutable snapshot that any thread may read.

    Attributes
    ----------
    recording : Recording
    analysis : Analysis
    stack : Stack
        Of the recording's bins and frames in this analysis.
    ear : Ear
    """

    recording: Recording
    analysis: Analysis
    stack: Stack
    ear: Ear = PLAIN

    @property
    def outputs(self) -> int:
        """Channels of what is heard: the recording's, two for a mono recording whose mix is stereo."""
        channels = self.recording.channels
        if self.ear.what in (Hear.ORIGINAL, Hear.LAYERS):
            return channels
        return output_channels(self.stack.layers, channels, self.stack.groups)

    def gains(self, outputs: int) -> Float:
        """Gain of every layer from every channel of the recording to every output, shape (L, outputs, C)."""
        layers, groups, ear, channels = self.stack.layers, self.stack.groups, self.ear, self.recording.channels
        if ear.what is Hear.LAYERS:
            alone = [i for i, layer in enumerate(layers) if layer.id in ear.layers]
            return solo_gains(layers, alone, channels, outputs)
        every = straight(channels, outputs)
        if ear.what is Hear.ORIGINAL:
            gain = np.float32(10.0 ** (ear.original_db / 20.0))
            return np.repeat((every * gain)[None], len(layers), axis=0)
        mix = mix_gains(layers, self.recording.speakers, outputs, groups)
        if ear.what is Hear.MIX and ear.layers:
            mix[[layer.id not in ear.layers for layer in layers]] = 0
        return mix if ear.what is Hear.MIX else every - mix

    def cover(self, frames: NDArray[np.intp]) -> Float | None:
        """How much of every bin is heard in some frames, 0 … 1, shape (F, n); None where nothing is left out."""
        area, stack = self.ear.area, self.stack
        # For a moment after the window or hop changed the area may be one of the former plane.
        if area is None or (area.bins, area.frames) != (stack.bins, stack.frames):
            return None
        cover = area.at(np.arange(stack.bins), frames)
        return 1 - cover if self.ear.outside else cover
