"""Playing a scene through PortAudio, and what was recorded of it."""

import time
from dataclasses import replace

import numpy as np

from tests.conftest import make_scene
from workbench.audio.player import Player


def wait(condition, seconds=25.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def panned_scene(seconds=8.0, rate=44100, channels=2):
    scene = make_scene(3, seconds, rate, channels)
    first, *rest = scene.stack.layers
    first = replace(first, gain_db=-6.0, pan=0.4 if channels <= 2 else 0.0)
    return replace(scene, stack=replace(scene.stack, layers=(first, *rest)))


class Playing:
    """A player of one scene that can be exchanged."""

    def __init__(self, scene):
        self.scene = scene
        self.player = Player(lambda: self.scene)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.player.close()

    @property
    def status(self):
        return self.player.status()


def played_without_a_hole(play, attempts=4):
    """What `play` gives together with its number of drop-outs, of the first time without any.

    A machine that is busy with other things lets every device drop out now and then, which says nothing of the player.
    """
    for _ in range(attempts):
        found, underruns = play()
        if underruns == 0:
            return found
    raise AssertionError(f"the sound dropped out in each of {attempts} attempts")


def recorded_while(sink, scene, act):
    """What the sink gave while a player did `act`, to the end of its sound; and the player's drop-outs."""
    with Playing(scene) as p, sink.recorded() as recorded:
        # As the window does when a recording is opened: the stream runs before the first sound.
        p.player.prepare()
        wait(lambda: p.status.rate)
        act(p)
        p.player.stop()
        wait(lambda: not p.status.playing)
        underruns = p.status.underruns
    return recorded[0], underruns


def place_of(reference, recorded):
    """The sample of a recording at which a reference begins."""
    return int(np.argmax(np.correlate(recorded.sum(axis=1), reference.sum(axis=1), "valid")))


def crossing(got, old, new):
    """Where one sound goes over into another: all before is the old, all after the new, in one cross-fade of 12 ms."""
    same_old, same_new = (np.abs(got - each).max(axis=1) < 1e-5 for each in (old, new))
    ramp = np.flatnonzero(~same_old & ~same_new)
    assert ramp[-1] - ramp[0] <= round(0.012 * 44100)
    assert same_old[: ramp[0]].all() and same_new[ramp[-1] + 1 :].all()
    return ramp[0]
