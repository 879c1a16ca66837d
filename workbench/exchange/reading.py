"""What all readers of files have in common: what is wrong with a file is told in one sentence, by its name."""

from __future__ import annotations

import codecs
import csv
import errno
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import UserError

DAMAGE = (
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    csv.Error,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the libraries raise over files that are not what they should be."""
MEGABYTE = 2**20


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """A block that reads a file of some kind, such as 'NPY'.

    Raises
    ------
    UserError
        `exchange.unreadable`: the system refuses it. `exchange.damaged`: it is none of the kind, or damaged.
    """
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        # Pillow tells what is no file of its kind by an OSError of its own; damaged ones point out of the file.
        if error.errno in (None, errno.EINVAL):
            raise UserError("exchange.damaged", name=path.name, kind=kind) from error
        raise UserError("exchange.unreadable", name=path.name, reason=error) from error
    except DAMAGE as error:
        raise UserError("exchange.damaged", name=path.name, kind=kind) from error


def read_text(path: Path, kind: str, most: int) -> str:
    """The text of a file of at most so many bytes: UTF-8, UTF-16 that says so, or as Windows writes it in the West.

    Raises
    ------
    UserError
        As `reading`; `exchange.too_large`.
    """
    with reading(path, kind):
        check_size(path, path.stat().st_size, most)
        data = path.read_bytes()
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            if 0 in data:
                raise
            return data.decode("cp1252")


def check_size(path: Path, claimed: int, most: int) -> None:
    """Raise `exchange.too_large` where a file holds, or says that it holds, more than it may."""
    if claimed > most:
        raise UserError(
            "exchange.too_large", name=path.name, claimed=-(-claimed // MEGABYTE), most=-(-most // MEGABYTE)
        )


def as_text(shape: Sequence[int]) -> str:
    """A shape in a sentence: '4 × 1025 × 200'."""
    return " × ".join(str(each) for each in shape) or "1"
