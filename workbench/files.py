"""What every room shares of files: errors that are sentences for the user, and writing beside and renaming."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


class UserError(ValueError):
    """Something about the input or the disk; the message is one sentence that says what to do."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes its place when the block ends well, and is removed otherwise."""
    partial = path.with_name(f".{uuid4().hex}.part")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
