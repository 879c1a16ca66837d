"""Likeness as a map: points in a plane, of which those that are alike stand near each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def embedding(distances: Doubles) -> Doubles:
    """Points in the plane whose distances are as near to the given ones as a linear map can bring them.

    Classical multidimensional scaling (Torgerson 1952): the two largest principal axes of the doubly centred squares
    of the distances. The first axis is the longer one; of each the largest coordinate is positive, so that equal
    distances give equal maps.

    Parameters
    ----------
    distances : float64, shape (K, K)
        Symmetric, zero on the diagonal.

    Returns
    -------
    float64, shape (K, 2)
        With their mean in the origin.
    """
    count = len(distances)
    if count < 2:
        return np.zeros((count, 2))
    centred = np.eye(count) - 1.0 / count
    values, vectors = np.linalg.eigh(-0.5 * centred @ np.square(distances) @ centred)
    points = np.zeros((count, 2))
    axes = min(2, count)
    points[:, :axes] = vectors[:, ::-1][:, :axes] * np.sqrt(np.maximum(values[::-1][:axes], 0.0))
    farthest = points[np.argmax(np.abs(points), axis=0), (0, 1)]
    return np.asarray(points * np.where(farthest < 0, -1.0, 1.0))


def mirrored_towards(points: Doubles, before: Doubles) -> Doubles:
    """The points (K, 2), mirrored along each axis if they lie nearer to those before then.

    So a map does not turn over while what it shows changes little; its longer side stays the first.
    """
    return np.asarray(points * np.where((points * before).sum(axis=0) < 0, -1.0, 1.0))
