"""Hooks that change the factors of an iteration."""

import numpy as np


def without(number, at):
    """A hook that zeroes a component at one iteration and lets all others pass as copies."""

    def hook(i, w, h):
        w, h = w.copy(), h.copy()
        if i == at:
            w[:, number], h[number] = 0, 0
        return w, h

    return hook


def louder(i, w, h):
    """A hook whose effect depends on when it is called, and with what."""
    return w * np.linspace(1, 2, w.shape[0])[:, None, None], h * (1 + 0.1 * i)


CHANGES = [(without(1, 3), None), (None, without(1, 3)), (louder, without(0, 2))]
"""Hooks before and after an iteration; component 1, or 0 with `louder`, ends as zeros."""
