"""What can be read of a project, as arrays and rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.api.arrays import read_only
from workbench.api.errors import computing, worded
from workbench.api.rows import Row, found, group_rows, layer_rows
from workbench.api.work import Work
from workbench.audio.renderer import render_all
from workbench.audio.scene import PLAIN
from workbench.document.acts.layers import indices_of
from workbench.document.state import Marker
from workbench.errors import UserError
from workbench.masks.model.models import Factors
from workbench.spectral.stft import magnitudes
from workbench.wording import sentence

Float = NDArray[np.float32]


class Readable:
    """The part of `Project` that changes nothing."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __repr__(self) -> str:
        recording = self._work.recording
        what = f"{recording.path.name}, {recording.duration:.2f} s, {recording.rate} Hz, {recording.channels} channels"
        return f"{type(self).__name__}({what}, {len(self.layers)} layers)"

    @property
    def samples(self) -> Float:
        """The recording, float32 (n, C); read only, no copy."""
        return read_only(self._work.recording.samples)

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._work.recording.rate

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is wrong with the file, though it could be opened; a sentence each."""
        return tuple(sentence(each) for each in self._work.recording.remarks)

    @property
    def window(self) -> int:
        """Samples a frame."""
        return self._work.state.analysis.window

    @property
    def hop(self) -> int:
        """Samples between frames."""
        return self._work.state.analysis.hop

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Hertz of the bins, float64 (F,)."""
        analysis = self._work.state.analysis
        return analysis.hz_of(np.arange(analysis.bins, dtype=np.float64), self.rate)

    @property
    def times(self) -> NDArray[np.float64]:
        """Seconds of the frames, float64 (N,)."""
        analysis = self._work.state.analysis
        return analysis.second_of(np.arange(analysis.frames(len(self.samples)), dtype=np.float64), self.rate)

    @worded()
    def spectrogram(self, power: float = 1.0) -> Float:
        """V = (mean over channels of |X|²)^(power/2), float32 (F, N); computed anew by each call."""
        return magnitudes(self._work.recording.samples, self._work.state.analysis, power)

    @property
    def components(self) -> int:
        """How many components the present factorisation has; 0 before any."""
        run = self._work.run
        return 0 if run is None else run.factors.components

    @property
    @worded()
    def W(self) -> Float:
        """Templates, float32 (F, K), of patterns (F, K, T); read only, no copy."""
        return read_only(self._factors.W)

    @property
    @worded()
    def H(self) -> Float:
        """Activations, float32 (K, N); read only, no copy."""
        return read_only(self._factors.H)

    @property
    def costs(self) -> tuple[float, ...]:
        """The cost after each iteration of the present factorisation; empty where it has none."""
        run = self._work.run
        return () if run is None else run.costs

    @property
    def _factors(self) -> Factors:
        run = self._work.run
        if run is None or not isinstance(run.factors, Factors):
            raise UserError("api.no_factors")
        return run.factors

    @property
    def layers(self) -> tuple[Row, ...]:
        """The layers of the present stack; their masks sum to one."""
        return layer_rows(self._work)

    @property
    def groups(self) -> tuple[Row, ...]:
        """The groups of the present stack."""
        return group_rows(self._work)

    @worded()
    def layer(self, name: str) -> Row:
        """The layer or group of a name; `layer(name).mask()` is its mask as an array."""
        identity = found(self._work, name).id
        return next(each for each in (*self.layers, *self.groups) if each._id == identity)

    @computing()
    def render(self, name: str | None = None, start: int = 0, stop: int | None = None) -> Float:
        """Sound as an export writes it, sample for sample, float32 (samples, channels).

        Parameters
        ----------
        name : str, optional
            A layer or group, before all faders, in the channels of the recording. By default the mix behind the faders,
            which has two channels where a mono recording is panned.
        start, stop : int
            Samples; the whole recording by default.
        """
        work, length = self._work, len(self._work.recording.samples)
        begin, end = max(0, start), length if stop is None else min(stop, length)
        if begin >= end:
            raise UserError("api.span", name="samples", span=f"{start} to {end}")
        scene = work.scene
        layers = None if name is None else indices_of(work.state, found(work, name).id)
        return render_all(replace(scene, ear=PLAIN), begin, end, layers)

    @property
    def history(self) -> tuple[str, ...]:
        """Names of the steps up to the present one."""
        history = self._work.history
        return tuple(step.name for step in history.steps[1 : history.present + 1])

    @property
    def markers(self) -> tuple[Marker, ...]:
        """Markers and regions from left to right: `name`, `begin` and `end` in seconds, the same of a moment."""
        return self._work.state.markers

    @property
    def stacks(self) -> tuple[str, ...]:
        """Names of the mask stacks; `show_stack` makes another one the present one."""
        return tuple(each.name for each in self._work.state.stacks)
