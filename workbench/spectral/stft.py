"""Short-time Fourier transform and its inverse, frame by frame.

Frame ``j`` is centred on sample ``j * hop``; samples outside the recording count as zero.
Analysis and synthesis use the same periodic Hann window, so that a mask's edge is smoothed twice
and a change of mask is heard as a ramp of one window (Griffin & Lim 1984, weighted overlap-add).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from workbench.errors import UserError
from workbench.progress import Progress, silent
from workbench.scratch import USUAL, Scratch

Float = NDArray[np.float32]
Complex = NDArray[np.complex64]

Places = TypeVar("Places", float, NDArray[np.float64])

WINDOWS = (256, 512, 1024, 2048, 4096, 8192, 16384)
OVERLAPS = (2, 4, 8, 16)


@dataclass(frozen=True)
class Analysis:
    """Window and hop of the STFT, in samples.

    Raises
    ------
    UserError
        `spectral.window`: the window is no power of two in 64 … 65536. `spectral.hop`: the hop is no power-of-two
        fraction of it (½ … 1/32).
    """

    window: int = 2048
    hop: int = 512

    def __post_init__(self) -> None:
        if self.window & (self.window - 1) or not 64 <= self.window <= 65536:
            raise UserError("spectral.window", window=self.window)
        if self.hop < 1 or self.window % self.hop or not 2 <= self.window // self.hop <= 32:
            raise UserError("spectral.hop", window=self.window, example=self.window // 4, hop=self.hop)

    @property
    def bins(self) -> int:
        """Number of frequency bins F."""
        return self.window // 2 + 1

    @property
    def overlap(self) -> int:
        """Number of frames that cover a sample."""
        return self.window // self.hop

    def frames(self, samples: int) -> int:
        """Number of frames N for a recording of `samples` samples: every sample lies within a hop of a centre."""
        return -(-samples // self.hop) + 1

    # -- units: the only conversions between seconds and frames, hertz and bins -----------------------
    #
    # Frame j stands for the time from half a hop before its centre to half a hop behind it, bin k for the
    # frequencies from half a bin below its own to half a bin above. An edge between two belongs to the later
    # (the higher) one, and so does what lies within a millionth before it, which is more than rounding makes.

    def frame_place(self, seconds: ArrayLike, rate: float) -> NDArray[np.float64]:
        """Frames with fractions at times in seconds; whole numbers are centres."""
        return np.asarray(seconds, np.float64) * (rate / self.hop)

    def bin_place(self, hz: ArrayLike, rate: float) -> NDArray[np.float64]:
        """Bins with fractions at frequencies in Hz; whole numbers are centres."""
        return np.asarray(hz, np.float64) * (self.window / rate)

    def frame_at(self, seconds: float, rate: float) -> int:
        """The frame that a time in seconds belongs to; not clipped to those that there are."""
        return int(nearest(self.frame_place(seconds, rate)))

    def bin_at(self, hz: float, rate: float) -> int:
        """The bin that a frequency in Hz belongs to; not clipped to those that there are."""
        return int(nearest(self.bin_place(hz, rate)))

    def second_of(self, frame: Places, rate: float) -> Places:
        """The time of a frame's centre, in seconds; of one frame or of an array of them."""
        return frame * self.hop / rate

    def hz_of(self, bin_: Places, rate: float) -> Places:
        """The frequency of a bin's centre, in Hz; of one bin or of an array of them."""
        return bin_ * rate / self.window

    def span(self, start: int, stop: int, rate: float) -> tuple[float, float]:
        """Seconds from, to, for which the frames `start` … `stop` − 1 stand. `frames_of` is the way back."""
        return self.second_of(start - 0.5, rate), self.second_of(stop - 0.5, rate)

    def frames_of(self, begin: float, end: float, rate: float) -> tuple[int, int]:
        """First frame of a span of seconds, and the one behind its last."""
        return self.frame_at(begin, rate), self.frame_at(end, rate)


def nearest(places: ArrayLike) -> NDArray[np.intp]:
    """The frames or bins that places with fractions belong to, by the one rule of `Analysis`."""
    return np.floor(np.asarray(places, np.float64) + (0.5 + 1e-6)).astype(np.intp)


@lru_cache(maxsize=16)
def hann(window: int) -> Float:
    """Periodic Hann window, shape (window,), read-only."""
    w = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)).astype(np.float32)
    w.flags.writeable = False
    return w


def analyse(samples: Float, analysis: Analysis, first: int, count: int) -> Complex:
    """STFT of frames ``first … first + count − 1``.

    Parameters
    ----------
    samples : float32, shape (n, C)
    first, count : int
        Frames outside the recording are allowed; they see zeros.

    Returns
    -------
    complex64, shape (C, count, F)
    """
    size, hop = analysis.window, analysis.hop
    start = first * hop - size // 2
    length = (count - 1) * hop + size
    lo, hi = max(start, 0), min(start + length, len(samples))
    if lo == start and hi == start + length:
        piece = samples[lo:hi].T
    else:
        piece = np.zeros((samples.shape[1], length), np.float32)
        if hi > lo:
            piece[:, lo - start : hi - start] = samples[lo:hi].T
    piece = np.ascontiguousarray(piece)
    frames = np.lib.stride_tricks.sliding_window_view(piece, size, axis=1)[:, ::hop]
    out: Complex = scipy.fft.rfft(frames * hann(size), axis=2, overwrite_x=True)
    return out


def synthesise(spectrum: Complex, analysis: Analysis) -> Float:
    """Windowed time frames of spectra (C, n, F); shape (C, n, window). Overlap-add and norm are the caller's."""
    frames: Float = scipy.fft.irfft(spectrum, n=analysis.window, axis=2)
    frames *= hann(analysis.window)
    return frames


def overlap_norm(analysis: Analysis, block: int, frames: int) -> Float:
    """Sum of squared windows over hop block `block`, shape (hop,).

    Block ``b`` holds the samples from ``b * hop − window/2``; frames ``b − overlap + 1 … b`` reach into it,
    as far as they exist (0 … frames − 1).
    """
    lo = max(block - analysis.overlap + 1, 0)
    hi = min(block, frames - 1)
    return _norm(analysis, block - hi, block - lo)


@lru_cache(maxsize=4096)
def _norm(analysis: Analysis, nearest: int, farthest: int) -> Float:
    squares = hann(analysis.window).astype(np.float64) ** 2
    total = np.zeros(analysis.hop)
    for age in range(nearest, farthest + 1):
        total += squares[age * analysis.hop : (age + 1) * analysis.hop]
    out = np.maximum(total, 1e-12).astype(np.float32)
    out.flags.writeable = False
    return out


def power_blocks(
    samples: Float, analysis: Analysis, progress: Progress = silent, block: int = 256
) -> Iterator[tuple[int, Float]]:
    """Mean over channels of |X|², block by block.

    All channels are analysed, never the STFT of a downmix, in which side-only sound would vanish.

    Parameters
    ----------
    samples : float32, shape (n, C)
    block : int
        Frames at a time, for two channels and a window of 2048; as many as fill the same memory for others.

    Yields
    ------
    int
        First frame of the block.
    float32, shape (frames, F)
    """
    total, block = analysis.frames(len(samples)), block_frames(samples.shape[1], analysis, block)
    for first in range(0, total, block):
        count = min(block, total - first)
        yield first, power_of(samples, analysis, first, count)
        progress((first + count) / total)


def block_frames(channels: int, analysis: Analysis, block: int = 256) -> int:
    """How many frames fill the memory that `block` of two channels and a window of 2048 do."""
    return max(8, block // max(1, channels // 2) * 2048 // analysis.window) if channels else block


def power_of(samples: Float, analysis: Analysis, first: int, count: int) -> Float:
    """Mean over channels of |X|² in some frames, shape (count, F)."""
    x = analyse(samples, analysis, first, count)
    return np.asarray(np.mean(x.real**2 + x.imag**2, axis=0, dtype=np.float32))


def magnitudes(
    samples: Float, analysis: Analysis, power: float = 1.0, progress: Progress = silent, scratch: Scratch = USUAL
) -> Float:
    """V = (mean over channels of |X_c|²)^(p/2), shape (F, N), stored time-major in rows that are a little longer.

    Parameters
    ----------
    power : float
        p; 1 gives magnitudes (for KL and Euclidean), 2 power (for Itakura–Saito).
    scratch : Scratch
        Where V is put: that of a long recording lies on the disk.

    Raises
    ------
    UserError
        `scratch.no_room`: it has no place there.
    """
    # Rows of a multiple of 16 bins, where matrix products are fastest; what is beyond the last bin stays zero.
    rows = scratch.zeros((analysis.frames(len(samples)), -(-analysis.bins // 16) * 16), np.float32)
    out = rows[:, : analysis.bins]
    for first, p in power_blocks(samples, analysis, progress):
        view = out[first : first + len(p)]
        if power == 2.0:
            view[:] = p
        elif power == 1.0:
            np.sqrt(p, out=view)
        else:
            np.power(p, power / 2, out=view)
    return out.T
