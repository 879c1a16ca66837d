"""How loud each source of the mix is at a moment, for the meters of the mixer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.audio.mix import mix_gains
from workbench.audio.scene import Scene
from workbench.spectral.stft import analyse, hann

FLOOR_DB = -90.0


def source_work(scene: Scene, second: float) -> int:
    """What is to be done before `source_levels` knows a second, see `Stack.work_left`."""
    stack = scene.stack
    return stack.work_left(np.arange(stack.bins), np.array([_frame(scene, second)]))


def _frame(scene: Scene, second: float) -> int:
    return min(max(scene.analysis.frame_at(second, scene.recording.rate), 0), scene.stack.frames - 1)


def source_levels(scene: Scene, second: float, sources: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Level of every source after its faders around a second, in dB; a full-scale sine in all channels is 0 dB.

    Parameters
    ----------
    scene : Scene
        Its ear does not matter.
    second : float
    sources : sequence of sequence of int
        Indices of the layers of each source.

    Returns
    -------
    float64, shape (S,)
        FLOOR_DB at least. The mean power over the outputs within one window of the analysis, taken from the masked
        spectrum by Parseval's theorem.
    """
    stack, recording = scene.stack, scene.recording
    frame = _frame(scene, second)
    spectrum = analyse(recording.samples, scene.analysis, frame, 1)[:, 0]
    outputs = max(2, recording.channels)
    gains = mix_gains(stack.layers, recording.speakers, outputs, stack.groups)
    masks = stack.blend(np.eye(len(stack.layers), dtype=np.float32), np.arange(stack.bins), np.array([frame]))[:, :, 0]
    power = np.zeros((len(sources), stack.bins))
    for number, chosen in enumerate(sources):
        mine, held = gains[list(chosen)], masks[list(chosen)]
        for output in range(outputs):
            # Of many channels few go to one output.
            used = np.flatnonzero(mine[:, output].any(axis=0))
            out = np.sum((mine[:, output, used].T @ held) * spectrum[used], axis=0)
            power[number] += (out.real**2 + out.imag**2) / outputs
    # Bins but the first and last stand for two.
    power[:, 1:-1] *= 2
    window = scene.analysis.window
    mean_square = power.sum(axis=1) / window / float(np.sum(hann(window).astype(np.float64) ** 2))
    return np.asarray(np.maximum(10 * np.log10(np.maximum(2 * mean_square, 1e-30)), FLOOR_DB))
