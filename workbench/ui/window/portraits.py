"""Pictures of what is open, for the list of recent files and for who has lost the work."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from workbench.control.journalling import Journalling
from workbench.control.opening import Opening
from workbench.control.recent import Recent
from workbench.control.saving import Saving
from workbench.document.document import Document
from workbench.jobs.runner import Runner

SIZE = QSize(384, 216)
FIRST_MS, NEXT_MS = 1500, 20_000
"""After opening, and after an act."""


class Portraits(QObject):
    """Takes one when a file was opened, when it was saved, and now and then while something is done."""

    def __init__(
        self,
        pane: QWidget,
        document: Document,
        opening: Opening,
        saving: Saving,
        journalling: Journalling,
        recent: Recent,
        runner: Runner,
    ) -> None:
        super().__init__(pane)
        self._pane, self._document, self._journalling, self._recent = pane, document, journalling, recent
        self._runner = runner
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.take)
        document.opened.connect(lambda: self._timer.start(FIRST_MS))
        document.history_changed.connect(self._soon)
        opening.opened.connect(self._remember)
        saving.saved.connect(self._saved)

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start(NEXT_MS)

    def _remember(self, path: Path) -> None:
        if path.is_file():
            self._recent.add(path)

    def _saved(self, path: Path) -> None:
        self._recent.add(path)
        self.take()

    def take(self) -> None:
        """Take a picture of what is seen now."""
        document = self._document
        if document.recording is None or not self._pane.isVisible():
            return
        path = document.path or document.recording.path
        places = [self._journalling.picture, self._recent.picture(path) if self._recent.knows(path) else None]
        image = self._pane.grab().toImage()
        self._runner.run("", lambda job: _keep(image, [each for each in places if each is not None]), key="portrait")


def _keep(image: QImage, places: list[Path]) -> None:
    """Write a picture to some places whose folders are there, or can be made in one that is."""
    small = image.scaled(SIZE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    for place in places:
        if place.parent.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            small.save(str(place))
