"""Asking for files and folders without holding the window up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_paths(
    parent: QWidget,
    name: str,
    title: str,
    start: Path | str,
    taken: Callable[[list[Path]], object],
    mode: QFileDialog.FileMode = QFileDialog.FileMode.ExistingFile,
    filters: Sequence[str] = (),
) -> QFileDialog:
    """Show a file dialog that is not modal; `taken` gets what was chosen, and nothing happens otherwise.

    Parameters
    ----------
    name : str
        Object name of the dialog.
    start : Path or str
        The folder that it opens in.
    """
    dialog = QFileDialog(parent, title, str(start))
    dialog.setObjectName(name)
    dialog.setFileMode(mode)
    if filters:
        dialog.setNameFilters(list(filters))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: taken([Path(each) for each in names]))
    dialog.show()
    return dialog
