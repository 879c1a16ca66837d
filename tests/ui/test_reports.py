"""What raises anywhere reaches a dialog with a report (offscreen)."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.conftest import pump
from tests.ui.gestures import LEFT


def test_a_defect_reaches_a_dialog_with_a_report(opened):
    def defect():
        raise RuntimeError("something impossible")

    try:
        defect()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    assert pump(opened.application, lambda: opened.window.findChild(QDialog, "reportDialog"), 5)
    dialog = opened.window.findChild(QDialog, "reportDialog")
    assert "something impossible" in dialog.report.toPlainText() and "PySide6" in dialog.report.toPlainText()
    QTest.mouseClick(dialog.findChild(QWidget, "reportCopy"), LEFT)
    assert "something impossible" in QApplication.clipboard().text()
    assert len(opened.reporter.take_reports()) == 1


def test_a_report_outlives_the_dialog_that_was_active(opened):
    """One defect must not become a storm: what is open is the report itself, whatever closes meanwhile."""

    def defect():
        raise RuntimeError("on purpose")

    for _ in range(3):
        opened.window.dialogs.page("glossary")
        page = opened.window.findChild(QDialog, "glossaryDialog")
        page.activateWindow()
        pump(opened.application, seconds=0.05)
        QTimer.singleShot(0, defect)
        assert pump(opened.application, lambda: opened.window.findChild(QDialog, "reportDialog"), 5)
        page.close()
        pump(opened.application, seconds=0.05)
    assert opened.window.findChild(QDialog, "reportDialog").isVisible()
    opened.window.findChild(QDialog, "reportDialog").close()
    assert len(opened.reporter.take_reports()) == 3


@pytest.mark.parametrize("where", ["slot", "event", "timer", "thread"])
def test_exceptions_anywhere_reach_the_report(opened, where, monkeypatch):
    import threading

    def defect(*_):
        raise ZeroDivisionError("on purpose")

    window = opened.window
    if where == "slot":
        window.panes.transport.loop.toggled.connect(defect)
        QTest.mouseClick(window.panes.transport.loop, LEFT)
    elif where == "event":
        monkeypatch.setattr(window.panes.spectrogram, "_paint_playhead", defect)
        window.panes.spectrogram.repaint()
    elif where == "timer":
        QTimer.singleShot(0, defect)
    else:
        thread = threading.Thread(target=defect)
        thread.start()
        thread.join()
    assert pump(opened.application, lambda: window.findChild(QDialog, "reportDialog"), 5)
    monkeypatch.undo()
    assert "on purpose" in window.findChild(QDialog, "reportDialog").report.toPlainText()
    window.findChild(QDialog, "reportDialog").close()
    assert all("on purpose" in report for report in opened.reporter.take_reports())
