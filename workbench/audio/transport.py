"""What the player is about: a state machine of plain values, without a thread, a device or a sound.

`Transport` is immutable. Each of its methods is an event and gives the transport afterwards; an event that means
nothing in a state gives the transport as it was. The player asks it, and does what going to a state demands.

==============  ==========  ==================  ==================  ====================  ==================
event           RESTING     WAITING             PLAYING             SCRUBBING             FADING
==============  ==========  ==================  ==================  ====================  ==================
play(at)        WAITING 1   WAITING 1           PLAYING 2           SCRUBBING 2           PLAYING 2
seek(at)        RESTING 3   WAITING 3           PLAYING 2           SCRUBBING 2           FADING 3
stop(at)        –           RESTING             FADING 4            FADING 4              –
scrub(hand)     WAITING 1   WAITING 3           SCRUBBING 2         SCRUBBING             SCRUBBING 2
let_go()        –           WAITING, RESTING 5  –                   PLAYING 2, FADING 5   –
began()         –           PLAYING, SCRUBBING  –                   –                     –
arrived()       –           –                   PLAYING             SCRUBBING             –
leap()          –           –                   –                   SCRUBBING 2           –
faded()         –           –                   –                   –                     RESTING
lost(heard)     –           WAITING             WAITING 6           WAITING 6             RESTING
halt(at)        RESTING 3   RESTING 3           RESTING 3           RESTING 3             RESTING 3
==============  ==========  ==================  ==================  ====================  ==================

Of two states the first is for a sound that plays on without the hand, the second for one that the hand began or holds.

1. The place is set; the player opens the device, or starts it anew, and begins there.
2. What is asked for becomes the goal: the player goes over to it with a cross-fade as soon as the ring allows.
3. Only the place is set: the sound begins, or rests, there.
4. The player fades out what is with the device; the sound rests at the goal, or else at `at`, where the fade begins.
5. As 4, but the sound rests at the hand.
6. At the goal, or else where it was heard, the player begins again once there is a device.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from workbench.audio.feed import Loop

Course = tuple[Loop | None, float]
"""The loop and the speed of a feed."""


class TransportState(StrEnum):
    """What the player is about."""

    RESTING = "resting"
    """Nothing sounds, and nothing is to."""
    WAITING = "waiting"
    """It is to sound, but nothing has gone to a device yet; perhaps there is none."""
    PLAYING = "playing"
    SCRUBBING = "scrubbing"
    """The sound follows the hand, and stands where it stands."""
    FADING = "fading"
    """It was asked to stop, and its last samples fade out."""


@dataclass(frozen=True)
class Transport:
    """TransportState, place and course of the player.

    Attributes
    ----------
    state : TransportState
    place : int
        Sample at which the sound begins, or rests; while it sounds, the last one that was asked for.
    goal : float or None
        Sample to go to from what sounds; None where it just goes on.
    hand : float or None
        Sample at which the scrubbing hand is; None where there is none.
    resumes : bool
        It plays on once the hand lets go; without a hand it means nothing.
    loop : Loop or None
        Range to play over and over.
    speed : float
        1 plays as recorded.
    """

    state: TransportState = TransportState.RESTING
    place: int = 0
    goal: float | None = None
    hand: float | None = None
    resumes: bool = False
    loop: Loop | None = None
    speed: float = 1.0

    @property
    def sounding(self) -> bool:
        """Whether a feed sounds and goes on."""
        return self.state in (TransportState.PLAYING, TransportState.SCRUBBING)

    @property
    def course(self) -> Course:
        """How a feed is to run: under the hand without a loop, from a stand."""
        return (self.loop, self.speed) if self.hand is None else (None, 0.0)

    # -- what the user asks for ----------------------------------------------------------------------

    def play(self, at: int) -> Transport:
        """Play from a sample."""
        if self.state in (TransportState.RESTING, TransportState.WAITING):
            return replace(self, state=TransportState.WAITING, place=at)
        state = TransportState.PLAYING if self.state is TransportState.FADING else self.state
        return replace(self, state=state, place=at, goal=float(at))

    def seek(self, at: int) -> Transport:
        """Go to a sample, and go on there with what it is about."""
        return replace(self, place=at, goal=float(at) if self.sounding else None)

    def stop(self, at: float) -> Transport:
        """Stop with a fade, which begins at a sample."""
        if self.sounding:
            rest = at if self.goal is None else self.goal
            return replace(self, state=TransportState.FADING, place=max(0, round(rest)), goal=None, hand=None)
        return self.halt(self.place) if self.state is TransportState.WAITING else self

    def scrub(self, hand: float) -> Transport:
        """The hand is at a sample."""
        match self.state:
            case TransportState.RESTING:
                return replace(self, state=TransportState.WAITING, place=round(hand), hand=hand, resumes=False)
            case TransportState.WAITING:
                resumes = self.resumes or self.hand is None
                return replace(self, place=round(hand), hand=hand, resumes=resumes)
            case TransportState.PLAYING:
                return replace(self, state=TransportState.SCRUBBING, goal=hand, hand=hand, resumes=True)
            case TransportState.FADING:
                place = round(hand)
                return replace(self, state=TransportState.SCRUBBING, place=place, goal=hand, hand=hand, resumes=False)
            case TransportState.SCRUBBING:
                return replace(self, hand=hand)

    def let_go(self) -> Transport:
        """The hand lets go; what rested before rests at the hand."""
        if self.hand is None:
            return self
        if not self.resumes:
            return replace(self, goal=self.hand).stop(self.hand)
        if self.state is TransportState.SCRUBBING:
            return replace(self, state=TransportState.PLAYING, goal=self.hand, hand=None)
        return replace(self, hand=None)

    # -- what becomes of the sound -------------------------------------------------------------------

    def began(self) -> Transport:
        """The first block is with the device."""
        if self.state is not TransportState.WAITING:
            return self
        return replace(self, state=TransportState.PLAYING if self.hand is None else TransportState.SCRUBBING)

    def arrived(self) -> Transport:
        """A feed from the goal on sounds."""
        return replace(self, goal=None) if self.sounding else self

    def leap(self) -> Transport:
        """The hand is too far away to be followed."""
        return replace(self, goal=self.hand) if self.state is TransportState.SCRUBBING else self

    def faded(self) -> Transport:
        """Nothing is heard any more."""
        return self.halt(self.place) if self.state is TransportState.FADING else self

    def lost(self, heard: float | None) -> Transport:
        """The device is gone, or is about to be opened anew; `heard` is the sample that it gave last, where known."""
        if self.state is TransportState.FADING:
            return self.faded()
        if not self.sounding:
            return self
        at = heard if self.goal is None else self.goal
        place = self.place if at is None else max(0, round(at))
        return replace(self, state=TransportState.WAITING, place=place, goal=None)

    def halt(self, at: int) -> Transport:
        """Nothing can go on; rest at a sample."""
        return replace(self, state=TransportState.RESTING, place=at, goal=None, hand=None)
