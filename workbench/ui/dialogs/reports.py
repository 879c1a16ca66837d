"""Dialogs: export, the keys, and the report of a defect. None is modal while sound plays."""

from __future__ import annotations

import html
import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench import __version__
from workbench.ui.base.controls import dim, named

KEYS = (
    ("Space", "Play or stop, whatever has the focus, except while typing"),
    ("L   Home   Shift+Space", "Loop · to the start · play from the pointer"),
    ("Drag on the time axis   <   >", "Scrub · slower, faster, with the pitch kept"),
    ("I   D", "Hear the original, as loud as the mix · what is taken away"),
    ("H   Shift+H   Z", "Hear only the selection · all but it · under the brush"),
    ("G   Shift+G   Ctrl+G", "Group the layers · dissolve the group · suggest groups"),
    ("Shift+M   Shift+S", "Mute · solo the group"),
    ("Shift+W   1 … 9", "Audition walk · on it: put the layer into a group"),
    ("F5 … F8   with Shift   F4", "Recall mixes A … D · remember them · show the mixer"),
    ("Double-click", "Put the playhead · on a layer: its mask large"),
    ("V   R   Q   P   U   W", "Select time · rectangle · lasso · polygon · band · wand (also 1–6)"),
    ("Drag   Shift   Ctrl   both", "Select anew · add · subtract · intersect"),
    ("Ctrl+A   Ctrl+D   Ctrl+Shift+I", "Select all · nothing · the rest"),
    ("Ctrl+]   Ctrl+[   Ctrl+Alt+F", "Grow · shrink · feather the selection"),
    ("Ctrl+H   Ctrl+Shift+D", "Add its harmonics · where the layer dominates"),
    ("B   E   T", "Brush · eraser · threshold (also 7, 8, 9)"),
    ("O   Y   J   A", "Smooth · blur along time · along frequency · sharpen"),
    (",   .", "Shape of the brush"),
    ("[   ]   Shift+right-drag", "Brush size · size and hardness"),
    ("Ctrl while painting   X", "Take away · swap with the layer selected before"),
    ("Shift+F   Delete   Shift+Delete", "Fill the selection · take it away · clear its edits"),
    ("Ctrl+J   Ctrl+Shift+J", "Cut to a new layer · new layer from all that is selected"),
    ("Ctrl+1 … Ctrl+9", "Give the selection to a layer"),
    ("Ctrl+C   Ctrl+V   Ctrl+Shift+V", "Copy the mask · paste · paste at the playhead"),
    ("Ctrl+T   Ctrl+Shift+T", "Split the layer at this time · at this frequency"),
    ("Ctrl+I   Ctrl+B   Ctrl+Shift+N", "Invert · make binary · normalise"),
    ("Ctrl+M   Ctrl+Shift+A", "Exponent, cleaning, joining · analyse the masks"),
    ("PgUp   PgDn   Ctrl+Alt+N", "Previous · next · new stack"),
    ("Wheel   + −", "Zoom time"),
    ("Ctrl+wheel   Ctrl++   Ctrl+−", "Zoom frequency"),
    ("Middle-drag   Shift+wheel   arrows", "Pan"),
    ("F   C", "Fit everything · next picture"),
    ("Alt+Up   Alt+Down", "Select the layer above · below"),
    ("Alt+Shift+Up / Down   Ctrl+E", "Move the layer · merge layers"),
    ("M   S   K   N   F2", "Mute · solo · lock · new layer · rename"),
    ("Ctrl+Return   Ctrl+Shift+Return", "Factorise · continue"),
    ("Ctrl+R   Ctrl+Shift+F", "Factorise from another seed · all settings"),
    ("Drag in templates or activations", "With the brush: draw · with the eraser: take away"),
    ("Esc   Return", "Cancel what is under way, deselect · apply it"),
    ("Ctrl+Z   Ctrl+Shift+Z / Ctrl+Y", "Undo · redo"),
    ("Ctrl+O   Ctrl+S   Ctrl+Shift+S", "Open · save · save as"),
    ("Ctrl+Shift+E   ?", "Export · these keys"),
)


class KeysDialog(QDialog):
    """The list of keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "keysDialog", self.tr("Keys"), self.tr("All keys of the program"))
        self.setWindowTitle(self.tr("Keys"))
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(5)
        half = -(-len(KEYS) // 2)
        for i, (keys, text) in enumerate(KEYS):
            column = i // half * 2
            label = QLabel(
                "   ".join(f"<b>{html.escape(each)}</b>" for each in keys.split("   ")).replace("   ", "&nbsp;&nbsp; ")
            )
            grid.addWidget(label, i % half, column)
            grid.addWidget(dim(self.tr(text)), i % half, column + 1)


class ReportDialog(QDialog):
    """A defect of the program: what happened, to be copied."""

    def __init__(self, parent: QWidget | None, report: str) -> None:
        super().__init__(parent)
        named(self, "reportDialog", self.tr("Report"), self.tr("What went wrong in the program"))
        self.setWindowTitle(self.tr("Something went wrong in the program"))
        self.resize(640, 360)
        column = QVBoxLayout(self)
        text = QLabel(
            self.tr(
                "This is a defect of the program, not of your work. Your work is still open: save it, then go on. "
                "Please copy this report and send it to the maintainers."
            )
        )
        text.setWordWrap(True)
        column.addWidget(text)
        self.report = named(QPlainTextEdit(report), "reportText", self.tr("Report"), self.tr("The report"))
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        column.addWidget(self.report, 1)
        buttons = QDialogButtonBox()
        copy = named(QPushButton(self.tr("Copy")), "reportCopy", self.tr("Copy"), self.tr("Copy the report"))
        close = named(QPushButton(self.tr("Close")), "reportClose", self.tr("Close"), self.tr("Close (Esc)"))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report.toPlainText()))
        close.clicked.connect(self.reject)
        column.addWidget(buttons)


class Reporter(QObject):
    """Brings exceptions from any thread to a dialog; one dialog at a time."""

    _caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.window: QWidget | None = None
        self._open: ReportDialog | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For `sys.excepthook`: to the terminal as ever, and to the dialog."""
        sys.__excepthook__(kind, error, trace)
        text = "".join(traceback.format_exception(kind, error, trace))
        versions = f"workbench {__version__}, Python {platform.python_version()}, PySide6 {pyside_version}"
        self._caught.emit(f"{versions}, {platform.platform()}\n\n{text}")

    def thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        """For `threading.excepthook`."""
        if arguments.exc_value is not None:
            self.hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _show(self, report: str) -> None:
        if self._open is not None:
            if report not in self._open.report.toPlainText():
                self._open.report.appendPlainText("\n" + report)
            return
        dialog = ReportDialog(self.window, report)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        self._open = dialog
        dialog.show()

    def _closed(self) -> None:
        self._open = None
