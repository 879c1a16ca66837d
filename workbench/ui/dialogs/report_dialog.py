"""The report of a defect: what raised, in whatever thread, is kept and shown."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench import __version__
from workbench.ui.base.controls import named, plain


class ReportDialog(QDialog):
    """A defect of the program: what happened, to be copied."""

    def __init__(self, parent: QWidget | None, report: str) -> None:
        super().__init__(parent)
        named(self, "reportDialog", self.tr("Report"), self.tr("What went wrong in the program"))
        self.setWindowTitle(self.tr("Something went wrong in the program"))
        self.resize(640, 360)
        column = QVBoxLayout(self)
        text = plain(
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
    """Keeps what exceptions from any thread have to tell, and brings it to a dialog; one dialog at a time."""

    _caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reports: list[str] = []
        self._open: ReportDialog | None = None
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def reports(self) -> tuple[str, ...]:
        """Every report since the start."""
        return tuple(self._reports)

    def take_reports(self) -> tuple[str, ...]:
        """The reports, which are dealt with now and kept no longer."""
        reports, self._reports = tuple(self._reports), []
        return reports

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For `sys.excepthook`: to the terminal as ever, and to the dialog."""
        sys.__excepthook__(kind, error, trace)
        text = "".join(traceback.format_exception(kind, error, trace))
        versions = f"workbench {__version__}, Python {platform.python_version()}, PySide6 {pyside_version}"
        report = f"{versions}, {platform.platform()}\n\n{text}"
        self._reports.append(report)
        self._caught.emit(report)

    def thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        """For `threading.excepthook`."""
        if arguments.exc_value is not None:
            self.hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _show(self, report: str) -> None:
        if self._open is not None:
            if report not in self._open.report.toPlainText():
                self._open.report.appendPlainText("\n" + report)
            return
        # Over the main window: a dialog that may be the active one takes what is over it along when it goes.
        over = next((each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow)), None)
        dialog = ReportDialog(over, report)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        dialog.destroyed.connect(self._closed)
        self._open = dialog
        dialog.show()

    def _closed(self) -> None:
        self._open = None
