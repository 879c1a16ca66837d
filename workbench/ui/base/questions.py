"""Questions that must be answered before the window goes on; sound does meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.ui.base.controls import named


def question(over: QWidget, name: str, title: str, tip: str, text: str) -> QMessageBox:
    """A question over a window, to be given its answers and shown; what it asks about is what is there now.

    Parameters
    ----------
    name : str
        Object name.
    title, tip : str
        Of the box, which is called by its title.
    text : str
        As it is: names in it are never taken for markup.
    """
    box = named(QMessageBox(QMessageBox.Icon.Question, title, text, parent=over), name, title, tip)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowModality(Qt.WindowModality.WindowModal)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
