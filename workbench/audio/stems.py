"""Sounds of single sources, made to fit a recording: its rate, its channels, and the place where they belong in it.

A stem may come from whoever mixed the recording or from any separator. What has to be done to it is found here and told
by whoever shows it; nothing of it is done silently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal
import soxr
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from workbench.audio.recording import Recording, load
from workbench.audio.resampling import converted
from workbench.errors import UserError
from workbench.progress import Progress, part, silent
from workbench.scratch import USUAL

Float = NDArray[np.float32]
Doubles = NDArray[np.float64]

FLOOR = 1e-2
"""Of the mix's power, relative to its mean, below which a frequency counts no more."""
CLEAR = 24.0
"""A place counts where the correlation's peak is so many times its root mean square. Right ones measured 28 to 1338,
music that is not in the mix at most 9, drums of the same loop that are not in it 22."""
AS_CLEAR = 0.8
"""A stem is where the others are if it fits there nearly as well as where it fits best."""
LONGEST = 1 << 24
"""Samples that are correlated at once; what is longer is looked at more coarsely first."""
STRETCH = 1 << 20
"""Samples of the loudest stretch, on which a coarse place is made exact."""
NEAR = 24
"""Samples around a coarse place in which the exact one is looked for."""
WHOLE, WHOLE_OTHER_RATE = 0.25, 0.03
"""A place so near to a whole sample is that sample: then nothing is interpolated. Files of the recording's own rate are
hardly ever between samples, and a bass alone does not tell a tenth of one."""
TAPS = 128
"""On either side, of the filter that shifts by a part of a sample."""


@dataclass(frozen=True, eq=False)
class Stem:
    """A sound of a single source at a recording's rate and channels, at its own length.

    Attributes
    ----------
    path : Path
    checksum : str
        SHA-256 of the file, hexadecimal.
    samples : float32, shape (m, C)
        At the recording's rate, in its channels.
    rate, channels, length : int
        What the file has: Hz, channels, samples.
    remarks : tuple of UserError
        What was wrong with the file, though it could be read.
    """

    path: Path
    checksum: str
    samples: Float
    rate: int
    channels: int
    length: int
    remarks: tuple[UserError, ...] = ()


def read_stem(path: Path, recording: Recording, progress: Progress = silent) -> Stem:
    """Decode a stem at a recording's rate (by soxr, very high quality) and in its channels.

    A mono stem is the same in all channels; of a mono recording's stereo stem the mean counts.

    Raises
    ------
    UserError
        If the file can't be read, or has channels that are not those of the recording.
    """
    sound = load(path, part(progress, 0.0, 0.6))
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    samples, wanted = sound.samples, recording.channels
    mixed = wanted == 1 and sound.channels == 2
    if not mixed and sound.channels not in (1, wanted):
        raise UserError("audio.stem_channels", name=path.name, channels=sound.channels, wanted=wanted)
    # As loud beside the recording as the files are.
    gain = np.float32(10 ** ((sound.level_db - recording.level_db) / 20))

    def fitting(block: Float) -> Float:
        block = block * gain if gain != 1 else block
        block = block.mean(axis=1, keepdims=True, dtype=np.float32) if mixed else block
        return np.repeat(block, wanted, axis=1) if sound.channels == 1 else block

    if gain != 1 or sound.channels != wanted or sound.rate != recording.rate:
        samples = converted(samples, sound.rate, recording.rate, fitting)
    progress(1.0)
    remarks = tuple(each for each in sound.remarks if each.code not in ("audio.too_loud", "audio.too_quiet"))
    return Stem(path, checksum, samples, sound.rate, sound.channels, len(sound.samples), remarks)


# -- where it belongs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a stem begins.

    Attributes
    ----------
    offset : float
        Sample of the recording, with fractions, at which the stem's first one belongs.
    clarity : float
        How far the correlation's peak stands out of it; below `CLEAR` nothing is known.
    """

    offset: float
    clarity: float

    @property
    def known(self) -> bool:
        """Whether it was found."""
        return self.clarity >= CLEAR


def find_places(recording: Recording, stems: Sequence[Stem], progress: Progress = silent) -> list[Place]:
    """Where stems of one export or separator belong in a recording, by generalised cross-correlation.

    The cross-spectrum is divided by the power of the mix: to a stem all else in the mix is noise, and so the likeliest
    place is found (Knapp & Carter, *The generalized correlation method for estimation of time delay*, IEEE TASSP 24(4),
    1976). Plain correlation and that of phases alone stood out less on the demo and on a drum loop, as they are and
    with bleed at half the rate. All channels count, never a downmix. A stem whose own place is not clear, or that fits
    nearly as well where the clearest one is, as a loop does, goes with that one.

    Returns
    -------
    list of Place
        One a stem; offset 0 where nothing was found at all.
    """
    mix = recording.samples
    found = []
    for number, stem in enumerate(stems):
        whole = WHOLE if stem.rate == recording.rate else WHOLE_OTHER_RATE
        found.append(_place(mix, stem.samples, whole))
        progress((number + 1) / len(stems))
    clear = [place for place, _ in found if place.known]
    if not clear:
        return [Place(0.0, place.clarity) for place, _ in found]
    best = max(clear, key=lambda place: place.clarity)
    out = []
    for stem, (place, peak) in zip(stems, found, strict=True):
        there = _near(mix, stem.samples, round(best.offset), NEAR).at(best.offset) if place.known else 0.0
        out.append(place if place.known and there < AS_CLEAR * peak else Place(best.offset, place.clarity))
    return out


@dataclass(frozen=True, eq=False)
class _Curve:
    """Correlation around its peak: values from `first` on, one a sample."""

    first: int
    values: Doubles

    def at(self, lag: float) -> float:
        """Between samples by the cardinal series: a correlation of sampled sound holds nothing above half the rate."""
        places = np.arange(self.first, self.first + len(self.values))
        return float(self.values @ np.sinc(lag - places))


def _place(mix: Float, stem: Float, whole: float) -> tuple[Place, float]:
    """The place of one stem, and how high the correlation is there."""
    if not stem.any() or not mix.any():
        return Place(0.0, 0.0), 0.0
    step = -(-(len(mix) + len(stem)) // LONGEST)
    small = [soxr.resample(each, step, 1, "HQ") if step > 1 else each for each in (mix, stem)]
    curve = _correlation(small[0], small[1])
    lag = int(np.argmax(curve))
    clarity = float(curve[lag] / max(np.sqrt(np.mean(curve**2)), 1e-30))
    coarse = (lag if lag < len(small[0]) else lag - len(curve)) * step
    near = _near(mix, stem, coarse, NEAR + 2 * (step - 1))
    peak = near.first + int(np.argmax(near.values))
    exact = float(minimize_scalar(lambda x: -near.at(x), bounds=(peak - 1, peak + 1), method="bounded").x)
    offset = float(round(exact)) if abs(exact - round(exact)) < whole else exact
    return Place(offset, clarity), near.at(exact)


def _near(mix: Float, stem: Float, lag: int, reach: int) -> _Curve:
    """The correlation at the lags around one, on the stretch where the stem is loudest; 0 where they do not meet."""
    first, last = max(0, -lag), min(len(stem), len(mix) - lag)
    if last - first < 2:
        return _Curve(lag, np.zeros(1))
    if last - first > STRETCH:
        piece = STRETCH // 16
        blocks = (stem[at : min(at + piece, last)].ravel() for at in range(first, last, piece))
        pieces = np.array([float(np.vdot(block, block)) for block in blocks])
        sums = np.convolve(pieces, np.ones(16), "valid")
        first += int(np.argmax(sums)) * piece
        last = min(last, first + STRETCH)
    curve = _correlation(mix[first + lag : last + lag], stem[first:last])
    reach = min(reach, last - first - 1)
    return _Curve(lag - reach, np.concatenate([curve[len(curve) - reach :], curve[: reach + 1]]).astype(np.float64))


def _correlation(mix: Float, stem: Float) -> Float:
    """Σ_t mix(t + lag)·stem(t), weighted by frequency; lags 0 … len(mix) − 1, and negative ones from the end."""
    size = scipy.fft.next_fast_len(len(mix) + len(stem), real=True)
    cross = np.zeros(size // 2 + 1, np.complex64)
    power = np.zeros(size // 2 + 1, np.float32)
    for channel in range(mix.shape[1]):
        of_mix, of_stem = (scipy.fft.rfft(np.ascontiguousarray(each[:, channel]), size) for each in (mix, stem))
        cross += of_mix * of_stem.conj()
        power += of_mix.real**2 + of_mix.imag**2
    floor = np.float32(max(FLOOR * float(power.mean()), 1e-30))
    curve: Float = scipy.fft.irfft(cross / (power + floor), size)
    return curve


def placed(stem: Float, offset: float, gain_db: float, length: int) -> Float:
    """A stem as long as the recording: shifted, silence where it has nothing, what is beyond left out.

    Parameters
    ----------
    stem : float32, shape (m, C)
    offset : float
        Samples; a fraction is made by a windowed sinc.
    gain_db : float
    length : int
        Samples of the recording.

    Returns
    -------
    float32, shape (length, C)
        The stem itself where nothing has to be done.
    """
    # Seconds that were samples once come back with their last digit rounded.
    start = int(np.floor(offset + 1e-6))
    fraction = offset - start
    shifts, reach = fraction > 1e-6, 0
    if shifts:
        reach = TAPS
        taps = np.arange(-TAPS, TAPS + 1)
        kernel = np.sinc(taps - fraction) * np.kaiser(len(taps), 10.0)
        kernel = (kernel / kernel.sum()).astype(np.float32)[:, None]
    elif not gain_db and start == 0 and len(stem) == length:
        return stem
    gain = np.float32(10.0 ** (gain_db / 20))
    out = USUAL.zeros((length, stem.shape[1]), np.float32)
    first, last = max(start - reach, 0), min(start + len(stem) + reach, length)
    for at in range(first, last, STRETCH):
        # What of the stem reaches these samples.
        end = min(at + STRETCH, last)
        low, high = max(at - start - reach, 0), min(end - start + reach, len(stem))
        piece = stem[low:high]
        if shifts:
            piece = np.asarray(scipy.signal.oaconvolve(piece, kernel, axes=0), np.float32)
            low -= TAPS
        out[at:end] = gain * piece[at - start - low : end - start - low]
    return out


@dataclass(frozen=True, eq=False)
class Placed:
    """A stem at its place in a recording; its samples are made when they are asked for first, in that thread.

    Attributes
    ----------
    stem : Stem
    offset : float
        Samples of the recording.
    gain_db : float
    length : int
        Samples of the recording.
    """

    stem: Stem
    offset: float
    gain_db: float
    length: int

    @cached_property
    def samples(self) -> Float:
        """As long as the recording, (length, C)."""
        return placed(self.stem.samples, self.offset, self.gain_db, self.length)


# -- how loud they are in the mix ------------------------------------------------------------------------


@dataclass(frozen=True)
class Levels:
    """How some stems sum to the mix.

    Attributes
    ----------
    gains_db : tuple of float
        For each stem the gain with which all together come nearest to the mix; NaN for silence.
    rest_db : float
        Energy of what they leave of the mix as they are, over that of the mix; −inf for nothing.
    """

    gains_db: tuple[float, ...]
    rest_db: float


def levels_in(mix: Float, stems: Sequence[Float], progress: Progress = silent) -> Levels:
    """Least-squares gains of stems (n, C), and what the stems leave.

    The gains are those of all stems at once, so that sources that sound alike do not raise each other's.
    """
    signals = [*stems, mix]
    gram = np.zeros((len(signals), len(signals)))
    for first in range(0, len(mix), STRETCH):
        block = np.stack([each[first : first + STRETCH].ravel() for each in signals]).astype(np.float64)
        gram += block @ block.T
        progress(min(1.0, (first + STRETCH) / len(mix)))
    energy = float(gram[-1, -1])
    signs = np.append(np.full(len(stems), -1.0), 1.0)
    # What is below the rounding of float32 samples is nothing.
    left = max(0.0, float(signs @ gram @ signs)) / energy if energy else 0.0
    gains, *_ = np.linalg.lstsq(gram[:-1, :-1], gram[:-1, -1], rcond=1e-9)
    heard = np.diag(gram)[:-1] > 0
    with np.errstate(divide="ignore"):
        db = np.where(heard, 20 * np.log10(np.maximum(gains, 0.0)), np.nan)
        rest = float(10 * np.log10(left)) if left > 1e-14 else float("-inf")
    return Levels(tuple(float(each) for each in db), rest)
