"""The random numbers of C++'s standard library, from which FluCoMa's factorisations start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mersenne_uniform(seed: int, count: int) -> NDArray[np.float64]:
    """Uniform numbers of C++'s `mt19937_64` under `uniform_real_distribution<double>(0, 1)` of libstdc++.

    Parameters
    ----------
    seed : int
        From 0 to 2⁶⁴ − 1.
    count : int
        How many; 0 or more.

    Returns
    -------
    array, shape (count,)
        In [0, 1).

    Raises
    ------
    ValueError
        If the seed or the count is out of its range.

    Notes
    -----
    Matsumoto & Nishimura 1998 (ACM TOMACS 8:1), in the 64-bit version of Nishimura 2000 (ACM TOMACS 10:4).
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"The seed must be from 0 to 2⁶⁴ − 1, not {seed}.")
    if count < 0:
        raise ValueError(f"The count can't be negative: {count}.")
    return as_uniform(_tempered(_states(seed, count)))


def as_uniform(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Words of 64 bits as numbers in [0, 1): the largest would round up to 1, for which libstdc++ takes the number
    before it."""
    return np.minimum(words.astype(np.float64) * 2.0**-64, np.nextafter(1.0, 0.0))


def _states(seed: int, count: int) -> NDArray[np.uint64]:
    """The words that follow the seed, before tempering; shape (count,)."""
    size, middle = 312, 156
    words = np.empty(size + -(-count // middle) * middle, np.uint64)
    word = seed
    for i in range(size):
        words[i] = word
        word = (6364136223846793005 * (word ^ (word >> 62)) + i + 1) % 2**64
    high, low, matrix = np.uint64(0xFFFFFFFF80000000), np.uint64(0x7FFFFFFF), np.uint64(0xB5026F5AA96619E9)
    # A word needs the one 156 before it, so 156 can be made at once.
    for i in range(0, len(words) - size, middle):
        mixed = (words[i : i + middle] & high) | (words[i + 1 : i + 1 + middle] & low)
        far = words[i + middle : i + size]
        words[i + size : i + size + middle] = far ^ (mixed >> np.uint64(1)) ^ (mixed & np.uint64(1)) * matrix
    return words[size : size + count]


def _tempered(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = words ^ ((words >> np.uint64(29)) & np.uint64(0x5555555555555555))
    words ^= (words << np.uint64(17)) & np.uint64(0x71D67FFFEDA60000)
    words ^= (words << np.uint64(37)) & np.uint64(0xFFF7EEE000000000)
    words ^= words >> np.uint64(43)
    return words
