"""Work on blocks of frames in threads, with results that do not depend on the number of threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from itertools import pairwise
from types import TracebackType
from typing import Any, TypeVar, cast

import numpy as np
from threadpoolctl import ThreadpoolController

from workbench.nmf.result import Array

T = TypeVar("T")

BLOCK = 512
"""Frames a block: long enough that calls cost little beside the work, short enough for the third-level cache."""

EVEN = 12
"""All blocks but the last are multiples of this many frames, which the kernels take 4 or 6 at a time."""


class Blocks:
    """Runs a function over blocks of frames, in threads, inside a ``with``.

    BLAS is held to one thread meanwhile, and results come back in the order of the blocks, so that sums
    over them are the same, bit for bit, for any number of threads.

    Parameters
    ----------
    frames : int
        N.
    threads : int or None
        Default is one a processor, at most 8.
    size : int
        Frames a block.
    """

    def __init__(self, frames: int, threads: int | None = None, size: int = BLOCK) -> None:
        # An even number, so that two threads have equally many to do, and all of nearly one size.
        count = max(1, 2 * -(-frames // (2 * size)))
        edges = [min(frames, -(-frames * i // (count * EVEN)) * EVEN) for i in range(count + 1)]
        self.slices = [slice(a, b) for a, b in pairwise(edges) if b > a]
        self._workers = min(threads or min(8, os.cpu_count() or 1), len(self.slices))
        self._size = size
        self._local = threading.local()
        self._stack = ExitStack()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Blocks:
        self._stack.enter_context(_libraries().limit(limits=1, user_api="blas"))
        if self._workers > 1:
            self._pool = self._stack.enter_context(ThreadPoolExecutor(self._workers - 1))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def run(self, work: Callable[[slice], T], slices: Sequence[slice] | None = None) -> list[T]:
        """`work` on every block, or on some of them; its results in their order."""
        parts = self.slices if slices is None else slices
        if self._pool is None:
            return [work(part) for part in parts]
        results: list[T | None] = [None] * len(parts)
        numbers = iter(range(len(parts)))

        def take() -> None:
            # One task a thread, each taking the next block: a task a block costs too much of the interpreter.
            for number in numbers:
                results[number] = work(parts[number])

        others = [self._pool.submit(take) for _ in range(self._workers - 1)]
        try:
            take()
        finally:
            for other in others:
                other.result()
        return cast(list[T], results)

    def scratch(self, name: str, shape: tuple[int, int], kind: np.dtype[Any]) -> Array:
        """A buffer of this thread's own, shape (rows, columns); its content is undefined."""
        buffers: dict[Any, Any] = self._local.__dict__  # one dictionary a thread
        buffer: Array | None = buffers.get((name, shape[1]))
        if buffer is None or len(buffer) < shape[0]:
            buffer = buffers[name, shape[1]] = np.empty((max(shape[0], self._size), shape[1]), kind)
        return buffer[: shape[0]]


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """The loaded libraries with threads of their own; looking for them takes some milliseconds."""
    return ThreadpoolController()


def aligned_rows(V: Array, align: int) -> Array:
    """Vᵀ (N, F) with rows filled up by zeros to a multiple of `align`; V's own memory where it has such rows."""
    frames, width = V.shape[1], -(-V.shape[0] // align) * align
    owner = V.base
    if (
        isinstance(owner, np.ndarray)
        and owner.shape == (frames, width)
        and owner.flags.c_contiguous
        and V.T.strides == owner.strides
        and V.ctypes.data == owner.ctypes.data
        and not owner[:, V.shape[0] :].any()
    ):
        return owner
    if width == V.shape[0]:
        return np.ascontiguousarray(V.T)
    out = np.zeros((frames, width), V.dtype)
    out[:, : V.shape[0]] = V.T
    return out
