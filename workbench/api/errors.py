"""Reasons whose text is the sentence for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
