"""Where channels belong: the loudspeakers of a recording, and those of a device."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


class Speaker(StrEnum):
    """A place of a channel; W, X and Y are those of ambisonics of order 1, of which only what is level counts here."""

    LEFT = "L"
    RIGHT = "R"
    CENTRE = "C"
    LOW = "LFE"
    BACK_LEFT = "Lb"
    BACK_RIGHT = "Rb"
    BACK = "Cb"
    SIDE_LEFT = "Ls"
    SIDE_RIGHT = "Rs"
    W = "W"
    X = "X"
    Y = "Y"
    UNKNOWN = ""


Speakers = tuple[Speaker, ...]
L, R, C, LFE = Speaker.LEFT, Speaker.RIGHT, Speaker.CENTRE, Speaker.LOW
LB, RB, CB, LS, RS = Speaker.BACK_LEFT, Speaker.BACK_RIGHT, Speaker.BACK, Speaker.SIDE_LEFT, Speaker.SIDE_RIGHT

AS_IN_WAV: dict[int, Speakers] = {
    1: (C,),
    2: (L, R),
    3: (L, R, C),
    4: (L, R, LB, RB),
    5: (L, R, C, LB, RB),
    6: (L, R, C, LFE, LB, RB),
    7: (L, R, C, LFE, CB, LS, RS),
    8: (L, R, C, LFE, LB, RB, LS, RS),
}
"""The order of WAV files (Microsoft, Multiple Channel Audio Data and WAVE Files), which most files share."""
AS_IN_OGG: dict[int, Speakers] = {
    **AS_IN_WAV,
    3: (L, C, R),
    5: (L, C, R, LB, RB),
    6: (L, C, R, LB, RB, LFE),
    7: (L, C, R, LS, RS, CB, LFE),
    8: (L, C, R, LS, RS, LB, RB, LFE),
}
"""That of Vorbis (Vorbis I specification, 4.3.9) and Opus (RFC 7845, 5.1.1.2)."""
AS_IN_ALSA: dict[int, Speakers] = {
    **AS_IN_WAV,
    3: (L, R, C),
    5: (L, R, LB, RB, C),
    6: (L, R, LB, RB, C, LFE),
    7: (L, R, LB, RB, C, LFE, CB),
    8: (L, R, LB, RB, C, LFE, LS, RS),
}
"""That of ALSA's devices (surround51, surround71)."""
MAPPED = {
    1: C, 2: L, 3: R, 4: C, 5: L, 6: R, 7: C, 8: CB, 9: LB, 10: RB, 11: LFE, 14: LS, 15: RS,
    23: Speaker.W, 24: Speaker.X, 25: Speaker.Y,
}  # fmt: skip
"""By libsndfile's numbers of places (SF_CHANNEL_MAP)."""
HALF_POWER = float(np.sqrt(0.5))
INSTEAD: dict[Speaker, tuple[tuple[tuple[Speaker, float], ...], ...]] = {
    C: (((L, HALF_POWER), (R, HALF_POWER)),),
    LB: (((LS, 1.0),), ((L, HALF_POWER),)),
    RB: (((RS, 1.0),), ((R, HALF_POWER),)),
    LS: (((LB, 1.0),), ((L, HALF_POWER),)),
    RS: (((RB, 1.0),), ((R, HALF_POWER),)),
    CB: (((LB, HALF_POWER), (RB, HALF_POWER)), ((LS, HALF_POWER), (RS, HALF_POWER)), ((L, 0.5), (R, 0.5))),
    LFE: (),
    # Two cardioids to the sides; W is 3 dB down.
    Speaker.W: (((L, HALF_POWER), (R, HALF_POWER)),),
    Speaker.X: (),
    Speaker.Y: (((L, 0.5), (R, -0.5)),),
}
"""Where a channel goes that has no loudspeaker of its own: the first of these that are there (ITU-R BS.775-3, annex 4,
table 2: the centre and the surrounds at −3 dB, the low-frequency channel left out)."""


def speakers_of(channels: int, order: dict[int, Speakers] = AS_IN_WAV) -> Speakers:
    """What channels are of which nothing but their count and the kind of file is known."""
    return order.get(channels, (Speaker.UNKNOWN,) * channels)


def heard_speakers(speakers: Speakers) -> Speakers:
    """Of what plays: a mono recording does so on two loudspeakers, that its layers can be panned."""
    return speakers if len(speakers) > 1 else AS_IN_WAV[2]


def pairs(speakers: Sequence[Speaker]) -> list[tuple[int, int]]:
    """Left and right channels that belong together."""
    places: dict[Speaker, int] = {speaker: i for i, speaker in enumerate(speakers)}
    return [(places[a], places[b]) for a, b in ((L, R), (LB, RB), (LS, RS)) if a in places and b in places]


def placed(speakers: Sequence[Speaker], device: Sequence[Speaker]) -> Float:
    """Gain from every channel of a recording to every channel of a device, shape (D, C).

    A device of one loudspeaker gets the mean of what would be left and right.
    """
    if len(device) == 1 and len(speakers) > 1:
        return np.asarray(placed(speakers, AS_IN_WAV[2]).mean(axis=0, keepdims=True), np.float32)
    out = np.zeros((len(device), len(speakers)), np.float32)
    places: dict[Speaker, int] = {each: i for i, each in enumerate(device) if each is not Speaker.UNKNOWN}
    for channel, speaker in enumerate(speakers):
        if speaker in places:
            out[places[speaker], channel] = 1.0
            continue
        if speaker is Speaker.UNKNOWN or not places:
            # Nothing says where: in turn, at the level that all have together.
            out[channel % len(device), channel] = min(1.0, len(device) / len(speakers))
            continue
        ways = (way for way in INSTEAD[speaker] if all(each in places for each, _ in way))
        for each, gain in next(ways, ()):
            out[places[each], channel] = gain
    return out
