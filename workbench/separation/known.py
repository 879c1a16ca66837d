"""What a user knows of single components beside their curves: when they begin, which notes they play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d

from workbench.errors import UserError
from workbench.nmf.activations import Event, decays
from workbench.nmf.result import Array
from workbench.nmf.templates import pitched_templates
from workbench.separation.holds import HOLDING, PULLING, Hold, with_holds
from workbench.separation.settings import RunSettings
from workbench.spectral.stft import Analysis

TAP = 0.03
"""Seconds that an onset may be off."""
EARLIER, LATER = 0.1, 0.3
"""Seconds that a note may begin earlier and end later: it rings on. A melody with reverberation gained 1.5 dB over a
tenth of a second, and little by more."""
LOBE = 1
"""Bins on either side of a partial over which the main lobe of a Hann window falls by 6 dB."""
OPEN = 0.01
"""Where going on finds less than this of a stroke's decay, nothing sounds."""


Spans = tuple[tuple[float, float], ...]
"""Begin and end of each of several notes, in seconds."""


@dataclass(frozen=True)
class Onsets:
    """When a component begins to sound, said by strokes that die away.

    Attributes
    ----------
    part : int
        Id of the part of the stack that the component is.
    seconds : tuple of float
        Rising.
    """

    part: int
    seconds: tuple[float, ...]

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Onsets:
        """The same: seconds know no window."""
        return self


@dataclass(frozen=True)
class Notes:
    """A pitch, and when it sounds.

    Attributes
    ----------
    part : int
        Id of the part of the stack that the component is.
    pitch : float
        MIDI pitch, 69 for 440 Hz.
    spans : Spans
        Begin and end of each note in seconds, rising.
    """

    part: int
    pitch: float
    spans: Spans

    def resampled(self, old: Analysis, new: Analysis, samples: int) -> Notes:
        """The same: seconds know no window."""
        return self


Known = Hold | Onsets | Notes
KnownOf = tuple[int, Known]
"""A component with what is known of it."""


def check_known(known: Sequence[KnownOf], settings: RunSettings, count: int) -> None:
    """Whether a method can keep what is known, with `count` components.

    Raises
    ------
    UserError
        If it can't.
    """
    if known and settings.method not in HOLDING:
        raise UserError("separation.cannot_hold")
    components = {k for k, _ in known}
    if len(components) > count:
        raise UserError("separation.more_known", known=len(components), components=count)
    if settings.method not in PULLING and any(isinstance(each, Hold) and each.weight < 1 for _, each in known):
        raise UserError("separation.cannot_pull")


def with_known(
    known: Sequence[KnownOf], settings: RunSettings, analysis: Analysis, rate: int, W: Array, H: Array, going_on: bool
) -> tuple[Array, Array]:
    """A start with what is known of its components.

    From the start afresh, onsets are strokes that decay as the settings say; notes are combs at their pitch and gates
    in time (Driedger et al., *Score-informed audio decomposition and applications*, ACM MM 2013). Both are zero
    outside, which updates that multiply keep: with a trace there, as strokes have it so that a missed onset can be
    found, other sound came through in some hundred iterations. HALS does not multiply, and smooth methods let a note
    fade into its neighbours: they but begin with it. Going on, activations are silenced where neither an onset nor a
    note lets them sound, and templates stay what they became. The level of a component stays that of the start.

    Parameters
    ----------
    W, H : arrays, shapes (F, K) or (F, K, T), and (K, N)
    going_on : bool
        They are present factors, not a start afresh.

    Raises
    ------
    UserError
        If the partials of a note are beyond the recording's frequencies.
    """
    W, H = W.copy(), H.copy()
    for k, each in known:
        if isinstance(each, Hold):
            continue
        course = _course(each, settings, H.shape[1], analysis, rate)
        if course.max(initial=0.0) < OPEN:
            # It sounds at no time of the recording.
            H[k] = 0
            continue
        if going_on:
            H[k] *= course >= OPEN
            continue
        H[k] = course * (H[k].sum() / max(float(course.sum()), np.finfo(np.float32).tiny))
        if isinstance(each, Notes):
            level = W[:, k].sum()
            W[:, k] = level * _comb(each, settings, analysis, rate)
    return with_holds([(k, each) for k, each in known if isinstance(each, Hold)], settings, W, H)


def _course(known: Onsets | Notes, settings: RunSettings, frames: int, analysis: Analysis, rate: int) -> Array:
    """When something may sound, 0 … 1, shape (N,)."""
    if isinstance(known, Notes):
        course = np.zeros(frames, np.float32)
        for begin, end in known.spans:
            first, stop = analysis.frames_of(begin - EARLIER, end + LATER, rate)
            course[max(0, first) : max(0, stop)] = 1
        return course
    # A tap that is off by less than `TAP` finds its stroke.
    reach = analysis.frame_at(TAP, rate)
    places = {analysis.frame_at(second, rate) + shift for second in known.seconds for shift in range(-reach, reach + 1)}
    strokes = [Event(float(place), 0.0, 0.0) for place in sorted(places) if place >= 0]
    return np.asarray(decays(strokes, [0.0], frames, 1.0, settings.decay)[0])


def _comb(notes: Notes, settings: RunSettings, analysis: Analysis, rate: int) -> Array:
    try:
        combs = pitched_templates(
            [notes.pitch],
            rate,
            analysis.window,
            tolerance_up=settings.tolerance,
            tolerance_down=settings.tolerance,
            harmonics=settings.harmonics,
            length=settings.template_frames,
        )
    except ValueError as error:
        raise UserError("separation.engine", reason=error) from error
    # A partial is at least as wide as the window's main lobe; low ones have narrower teeth.
    teeth = maximum_filter1d(combs[:, 0], 2 * LOBE + 1, axis=0)
    template = teeth ** np.float32(settings.power)
    return np.asarray(template / template.sum(), np.float32)
