"""Looking in a thread of its own whether what is decoded is what was written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from workbench.audio.files.layout import Check

WAITING = 4
"""Blocks that may wait for it."""


class Checking:
    """A check beside the decoding, inside a ``with``; without one all is well."""

    def __init__(self, check: Callable[[], Check] | None) -> None:
        self._check = None if check is None else check()
        self._pool, self._waiting = ThreadPoolExecutor(1), deque[Future[None]]()

    def __enter__(self) -> Checking:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def take(self, block: NDArray[np.float32]) -> None:
        """The next samples; nobody may write to them any more."""
        if self._check is None:
            return
        self._waiting.append(self._pool.submit(self._check.take, block))
        if len(self._waiting) > WAITING:
            self._waiting.popleft().result()

    @property
    def holds(self) -> bool:
        """Whether all that was taken is as it was written."""
        for each in self._waiting:
            each.result()
        return self._check is None or self._check.holds
