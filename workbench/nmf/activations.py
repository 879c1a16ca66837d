"""Activations that say when a source sounds: gates of notes, decaying strokes of drums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.nmf.result import Array

TRACE = 1e-6
"""What activations hold where nothing is known to sound: low enough to be silent, not locked at zero."""


@dataclass(frozen=True)
class Event:
    """A note or a stroke of a drum.

    Attributes
    ----------
    onset, duration : float
        Seconds.
    label : float
        MIDI pitch, or number of the drum.
    """

    onset: float
    duration: float
    label: float


def gates(
    events: Sequence[Event], labels: Sequence[float], frames: int, frame_seconds: float, tolerance: float = 0.025
) -> Array:
    """One where a component's notes sound, a trace elsewhere (Driedger et al., ACM MM 2013).

    Parameters
    ----------
    events : sequence of Event
    labels : sequence of float
        The label (pitch) of each component, in their order.
    frames : int
        N.
    frame_seconds : float
        Hop in seconds; frame n is centred on n hops.
    tolerance : float
        Seconds that a note may begin earlier and end later.

    Returns
    -------
    float32, shape (K, N)
    """
    out = np.full((len(labels), frames), TRACE, np.float32)
    for event in events:
        first = max(0, round((event.onset - tolerance) / frame_seconds))
        last = round((event.onset + event.duration + tolerance) / frame_seconds)
        for k, label in enumerate(labels):
            if label == event.label and last >= 0:
                out[k, first : last + 1] = 1
    return out


def decays(
    events: Sequence[Event], labels: Sequence[float], frames: int, frame_seconds: float, decay: float = 0.9
) -> Array:
    """An impulse at each stroke, falling by a factor a frame: h_n = max(x_n, decay·h_{n−1}) (Dittmar & Müller 2016).

    Parameters
    ----------
    events, labels, frames, frame_seconds
        As for `gates`; durations do not matter.
    decay : float
        0 (impulses) up to but not including 1.

    Returns
    -------
    float32, shape (K, N)

    Raises
    ------
    ValueError
        If the decay is out of its range.
    """
    if not 0 <= decay < 1:
        raise ValueError(f"The decay is from 0 up to but not including 1, not {decay}.")
    out = np.full((len(labels), frames), TRACE, np.float64)
    for event in events:
        frame = round(event.onset / frame_seconds)
        if 0 <= frame < frames:
            out[[k for k, label in enumerate(labels) if label == event.label], frame] = 1
    for n in range(1, frames):
        np.maximum(out[:, n], decay * out[:, n - 1], out=out[:, n])
    return out.astype(np.float32)


def read_events(text: str) -> list[Event]:
    """Events from lines of numbers: 'onset label', or 'onset duration label'; # begins a comment.

    Raises
    ------
    ValueError
        With the line's number, if a line is neither.
    """
    events = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.partition("#")[0].replace(",", " ").replace(";", " ").split()
        if not fields:
            continue
        try:
            values = [float(field) for field in fields]
        except ValueError:
            values = []
        if len(values) not in (2, 3) or not np.isfinite(values).all() or min(values[:-1]) < 0:
            raise ValueError(
                f"Line {number}, “{line.strip()}”, is neither “onset label” nor “onset duration label”, each a number "
                "and times not negative."
            )
        events.append(Event(values[0], values[1] if len(values) == 3 else 0.0, values[-1]))
    return events
