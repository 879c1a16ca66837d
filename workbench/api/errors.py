"""How a method of the API is run: reasons have the sentence for people as their text, and results do not depend on the
number of processors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController

from workbench.errors import UserError
from workbench.wording import sentence


class WorkbenchError(UserError):
    """What the caller can mend. Its text is one sentence that says what is wrong and what to do."""

    def __str__(self) -> str:
        return sentence(self)


@contextmanager
def worded() -> Iterator[None]:
    """Raise every `UserError` as a `WorkbenchError`; as a decorator too."""
    try:
        yield
    except WorkbenchError:
        raise
    except UserError as error:
        told = WorkbenchError(error.code)
        told.values = error.values
        raise told from error


@contextmanager
def computing() -> Iterator[None]:
    """`worded`, with one BLAS thread, as the window and the commands have it: the same work gives the same bits."""
    with worded(), _libraries().limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
