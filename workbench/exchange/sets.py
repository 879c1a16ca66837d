"""Several files that are written together never take the place of others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.errors import UserError

NAMED = 3


def check_free(paths: Sequence[Path]) -> None:
    """Make sure that there is no file of any of these paths.

    Raises
    ------
    UserError
        `exchange.exists`.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if there:
        more = len(there) - NAMED
        files = ", ".join(path.name for path in there[:NAMED]) + (f" and {more} more" if more > 0 else "")
        raise UserError("exchange.exists", folder=there[0].parent, files=files)
