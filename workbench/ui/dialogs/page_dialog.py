"""A page of the documentation that comes with the program."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from workbench import resource
from workbench.ui.base.controls import fit, named


class PageDialog(QDialog):
    """Shows a Markdown page of ``resources/docs``; links between pages are followed, others go to the browser."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        title = {"manual": self.tr("Manual"), "glossary": self.tr("Glossary")}[name]
        named(self, f"{name}Dialog", title, self.tr("A page of the documentation"))
        self.setWindowTitle(title)
        fit(self, 760, 640)
        self.browser = named(QTextBrowser(), f"{name}Text", title, self.tr("The text; Ctrl+wheel changes its size"))
        self.browser.setOpenExternalLinks(True)
        self.browser.document().setDocumentMargin(18)
        page = QUrl.fromLocalFile(str(resource(f"docs/{name}.md")))
        self.browser.setSource(page, QTextDocument.ResourceType.MarkdownResource)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.browser)
