"""Keeps exceptions within Python. One that leaves an overridden event handler can end the process in Qt 6.11."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeVar

C = TypeVar("C", bound=type)


def guarded(cls: C) -> C:
    """Class decorator: what the class's event handlers raise goes to `sys.excepthook`, as it does from slots."""
    for name, method in list(vars(cls).items()):
        if callable(method) and (name.endswith("Event") or name == "eventFilter"):
            setattr(cls, name, _guard(method, name == "eventFilter"))
    return cls


def _guard(method: Callable[..., Any], answers: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must reach the report dialog
            sys.excepthook(type(error), error, error.__traceback__)
            return False if answers else None

    return call
