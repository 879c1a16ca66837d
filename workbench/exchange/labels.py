"""Files of labels, of any kind: Audacity's and tables as CSV."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import UserError
from workbench.exchange.reading import read_text, reading
from workbench.separation.labels import Label
from workbench.separation.labels import read_labels as labels_in

MOST_BYTES = 32 * 2**20
KIND = "text"


def read_labels(path: Path) -> list[Label]:
    """The labels of a file, in its order.

    Raises
    ------
    UserError
        As `read_text`; `exchange.label_line`: a line is none. `exchange.no_labels`.
    """
    text = read_text(path, KIND, MOST_BYTES)
    with reading(path, KIND):
        try:
            labels = labels_in(text)
        except ValueError as error:
            raise UserError("exchange.label_line", name=path.name, reason=str(error)) from error
    if not labels:
        raise UserError("exchange.no_labels", name=path.name)
    return labels
