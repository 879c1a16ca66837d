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
    proposed: str = "",
) -> QFileDialog:
    """Show a file dialog that is not modal; `taken` gets what was chosen, and nothing happens otherwise.

    One of the same name that is open already is closed: it would ask for the same thing twice.

    Parameters
    ----------
    name : str
        Object name of the dialog.
    start : Path or str
        The folder that it opens in.
    proposed : str
        Name of a file to be written, whose suffix is that of all; '' asks for what is there.
    """
    for each in parent.findChildren(QFileDialog, name):
        each.close()
    dialog = QFileDialog(parent, title, str(start))
    dialog.setObjectName(name)
    dialog.setFileMode(mode)
    if filters:
        dialog.setNameFilters(list(filters))
    if proposed:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(proposed).suffix[1:])
        dialog.selectFile(proposed)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: taken([Path(each) for each in names]))
    # A dialog of the platform takes what it is told before it is shown, and nothing afterwards.
    dialog.show()
    return dialog
