"""Keeping the ring of an open device filled, and going over from one feed to another close to the ear."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from workbench.audio.feed import START_SECONDS, AnyFeed, Block, open_feed, raised_cosine
from workbench.audio.output import Output
from workbench.audio.recording import Recording
from workbench.audio.ring import Ring
from workbench.audio.scene import Scene
from workbench.audio.transport import Course, Transport
from workbench.precedence import Precedence

COST_FADES = 0.7
"""By which the time that a feed took to begin counts less at every further one."""
KEEP_SECONDS = 0.1
"""What is kept at most for a feed that takes long to begin: one that takes longer comes late in the ring."""
PAUSE_SECONDS = 0.5
"""For so long the next one waits at most: what took longer was held up."""
SETTLED_SECONDS = 0.15
"""Sound that is heard after an edit before all that waits is written anew: more edits may follow."""
CALM_SECONDS = 1.2
"""Of sound that waits in the ring, with which rendering more waits until the window has nothing to do."""
SPELL_BLOCKS = 4
"""Blocks that are rendered at a time: many at once cost less, but a command waits until they are done."""
FADE_OUT = 512
"""Frames in which the sound fades where too little waits in the ring."""
SCRUB_SECONDS = 0.1
"""Time in which the sound comes up with the hand."""
FASTEST = 4.0
"""Speed at which it follows the hand at most."""
LEAP_SECONDS = 1.0
"""A hand that is farther away is not followed, but jumped to."""


class Feeder:
    """Writes a feed to an output. A feed plays one scene in one course.

    Where scene, course or place are others, a new feed writes over what waits in the ring, as near to the ear as the
    device and the time that it takes allow, with a short cross-fade: what is heard soon at once, the rest once no
    other feed follows. Until then the older feed goes on behind the rest, so that the ring stays deep.
    """

    def __init__(self, precedence: Precedence | None = None) -> None:
        self._precedence = precedence or Precedence()
        self.feed: AnyFeed | None = None
        self._course: Course = (None, 1.0)
        """Of the feed."""
        self._older: AnyFeed | None = None
        """The feed whose sound stands last in the ring, while the present one has not come to it."""
        self._settled = 0
        """Frame that is taken once all that waits may be written anew."""
        self._looked = 0
        """Frames that were taken when the ring was looked after."""
        self._cost = 0.0
        """Seconds that it took lately to begin a feed."""
        self._not_before = 0.0
        """When the next feed of a changed scene may begin."""

    def drop(self) -> None:
        """Play nothing more of the present feed."""
        self.feed = self._older = None

    def plays_another(self, recording: Recording) -> bool:
        """Whether there is a feed, but of another recording."""
        return self.feed is not None and self.feed.scene.recording is not recording

    def begin(self, scene: Scene, transport: Transport, output: Output) -> None:
        """Write the first block, from the transport's place on; within the sound it rises from silence."""
        self._cost = self._not_before = 0.0
        self._settled = self._looked = 0
        feed = self._open(scene, transport.place, transport.course, output)
        block = feed.read(output.block)
        if transport.place > 0 and len(block.samples):
            n = min(len(block.samples), round(START_SECONDS * output.rate))
            block.samples[:n] *= raised_cosine(n)
        output.ring.write(block)

    def renew(self, scene: Scene, transport: Transport, output: Output) -> bool:
        """Go on with a feed of the scene, where that or the course is another, or with one from the transport's goal.

        So it does where the device has passed the feed, which then begins where it would be by now.

        Returns
        -------
        bool
            Whether a new feed sounds. It does not where none is needed, and not yet where the ring or the time does
            not allow it.
        """
        feed, goal, ring = self.feed, transport.goal, output.ring
        if feed is None or not self._is_due(feed, scene, transport, ring):
            return False
        begin = perf_counter()
        if begin < self._not_before and goal is None:
            # Masks that are slow to render are not rendered so often that the sound runs short.
            return False
        if not ring.older:
            self._older = feed
        position = ring.rewind(round(self._cost * output.rate))
        self._cost *= COST_FADES
        if position is not None and transport.hand is not None and self._course != transport.course:
            # What played before the hand came is not to be heard under it, even where the feeder is held up.
            ring.silence()
            ring.rewind()
            self._older = None
        # Where too little waits in the ring, the feed that plays goes on until there is enough to cross-fade with.
        if goal is None:
            if position is None:
                return False
            place = self._within_loop(position, feed)
        elif position is None and not feed.finished:
            return False
        else:
            place = goal
        ring.write(self._open(scene, place, transport.course, output).read(2 * output.block))
        self._settled = ring.taken + round(SETTLED_SECONDS * output.rate)
        took = perf_counter() - begin
        self._cost = max(min(took, KEEP_SECONDS), self._cost)
        self._not_before = begin + min(3 * took, PAUSE_SECONDS)
        return True

    def _is_due(self, feed: AnyFeed, scene: Scene, transport: Transport, ring: Ring) -> bool:
        """Whether another feed is to sound than the present one."""
        if transport.goal is not None or self._course != transport.course or scene is not feed.scene:
            return True
        # It was held up, and the device has come to what stood behind.
        return ring.older > 0 > ring.buffered

    def fill(self, hand: float | None, output: Output) -> bool:
        """Write what is heard soon, and then some of the rest; under a hand only as much as the device needs.

        Returns
        -------
        bool
            Whether the feed goes on; False once all of it was written.
        """
        feed, ring = self.feed, output.ring
        assert feed is not None
        soon, spell = (output.soon, SPELL_BLOCKS * output.block) if hand is None else (output.least, output.block)
        # No more than that at a time: where the device is far ahead, commands are not to wait until it is reached.
        for _ in range(-(-soon // output.block)):
            if ring.buffered >= soon or feed.finished:
                break
            if hand is not None and feed.steerable:
                behind = self._behind(hand, feed)
                # One that is too far away will be jumped to.
                speed = 0.0 if abs(behind) > LEAP_SECONDS else behind / SCRUB_SECONDS
                feed.set_speed(float(np.clip(speed, -FASTEST, FASTEST)))
            self._write(feed.read(spell), output)
        calm = self._precedence.claimed and ring.buffered >= CALM_SECONDS * output.rate
        if hand is None and ring.buffered >= soon and not calm:
            # Twice what the device took meanwhile, so that the ring fills up though the feeder seldom gets its turn.
            self._deepen(feed, max(spell, 2 * (ring.taken - self._looked)), output)
        self._looked = ring.taken
        if feed.finished:
            ring.silence()
        return not feed.finished

    def _deepen(self, feed: AnyFeed, count: int, output: Output) -> None:
        """Write some of what is heard later, if there is room for what is worth a rendering."""
        ring, least = output.ring, SPELL_BLOCKS * output.block
        if ring.older and ring.taken < self._settled:
            if self._older is not None and (free := ring.depth - ring.waiting) >= least:
                for part in self._older.read(min(count, free)).parts(output.block):
                    ring.extend(part)
        elif ring.room >= least:
            self._write(feed.read(min(count, ring.room)), output)

    @staticmethod
    def _write(block: Block, output: Output) -> None:
        """Write what was rendered at once in blocks, each of which has its own peaks for the meters."""
        for part in block.parts(output.block):
            output.ring.write(part)

    def out_of_reach(self, hand: float | None) -> bool:
        """Whether there is a hand that is too far away to follow it."""
        feed = self.feed
        if hand is None or feed is None or not feed.steerable:
            return False
        return abs(self._behind(hand, feed)) > LEAP_SECONDS

    def fade_out(self, output: Output) -> float:
        """Let the sound fade out as soon as the ring allows; answers the sample at which the fade begins."""
        position = output.ring.rewind()
        if position is None:
            assert self.feed is not None
            block = self.feed.read(FADE_OUT)
            samples = block.samples * (1 - raised_cosine(len(block.samples)))
            output.ring.write(Block(np.asarray(samples, np.float32), block.position, block.step))
            position = block.position
        output.ring.silence()
        return position

    def faded(self, output: Output) -> bool:
        """Whether nothing of what was written is to come."""
        return output.ring.taken >= output.ring.quiet or output.drained()

    def _open(self, scene: Scene, position: float, course: Course, output: Output) -> AnyFeed:
        loop, speed = self._course = course
        self.feed = open_feed(scene, position, loop, speed, output.rate)
        return self.feed

    def _within_loop(self, position: float, feed: AnyFeed) -> float:
        """A place that is told to lie behind the loop, because its seam came within a block."""
        loop, _ = self._course
        if loop is None or not loop.start <= feed.position < loop.stop <= position:
            return position
        return loop.start + (position - loop.stop) % max(1, loop.stop - loop.start)

    @staticmethod
    def _behind(hand: float, feed: AnyFeed) -> float:
        """Seconds of the recording from what is read next to the hand."""
        return (hand - feed.position) / feed.scene.recording.rate
