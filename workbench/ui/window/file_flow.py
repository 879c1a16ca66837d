"""Opening as the user meets it: dialogs, and questions about what is not where it was, or not what it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QObject, QSettings
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from workbench import resource
from workbench.control.journalling import Journalling
from workbench.control.opening import Opening
from workbench.control.recent import Recent
from workbench.document.journal.recovery import Left
from workbench.document.project import SUFFIX
from workbench.document.versions import versions_of
from workbench.ui.base.file_dialogs import ask_paths
from workbench.ui.base.questions import question
from workbench.ui.window.save_flow import SaveFlow

SOUND_FILES = (
    "*.wav *.flac *.aif *.aiff *.ogg *.opus *.mp3 *.w64 *.caf *.au *.m4a *.wma *.wv *.mp4 *.mov *.mkv *.webm *.avi"
)
Reopen = Callable[[Path | None], object]


class FileFlow(QObject):
    """Asks for paths and answers over a window, and lets `Opening` do the work."""

    def __init__(
        self,
        over: QWidget,
        opening: Opening,
        journalling: Journalling,
        recent: Recent,
        saves: SaveFlow,
        settings: QSettings,
    ) -> None:
        super().__init__(over)
        self._over, self._opening, self._journalling = over, opening, journalling
        self._saves, self._settings = saves, settings
        opening.trusts = recent.knows
        opening.overtaken.connect(saves.ask_unsaved)
        opening.lost.connect(self._ask_where)
        opening.outside.connect(self._ask_outside)
        opening.damaged.connect(self._ask_damaged)

    @property
    def folder(self) -> Path:
        """Where files were opened last."""
        return self._saves.folder

    # -- opening -------------------------------------------------------------------------------------

    def open_dialog(self) -> None:
        """Choose what to open."""
        kinds = [self.tr("Recordings and projects ({0})").format(f"{SOUND_FILES} *{SUFFIX}"), self.tr("All files (*)")]
        title = self.tr("Open a recording or a project")
        ask_paths(self._over, "openDialog", title, self.folder, lambda paths: self.open(paths[0]), filters=kinds)

    def open(self, path: Path) -> None:
        """Open a file, after asking about unsaved work."""
        self._settings.setValue("folder", str(path.parent))
        self._saves.ask_unsaved(lambda: self._opening.open(path))

    def open_demo(self, name: str = "demo") -> None:
        """Open the demo recording, or another one of its folder."""
        self._saves.ask_unsaved(lambda: self._opening.open(resource(f"demo/{name}.flac")))

    def look_for_unsaved(self) -> None:
        """Offer work that was left behind, or say that there is none."""
        self._journalling.look(asked=True)

    def recover(self, left: Left) -> None:
        """Take up work that was left behind, after asking about unsaved work."""
        self._saves.ask_unsaved(lambda: self._opening.recover(left))

    # -- questions -----------------------------------------------------------------------------------

    def _ask_where(self, name: str, said: str, reopen: Reopen) -> None:
        """The recording of a project is not to be found."""
        box = question(
            self._over,
            "lostBox",
            self.tr("Where is the recording?"),
            self.tr("Find the recording of the project"),
            said,
        )
        find = box.addButton(self.tr("Find the recording…"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(find)
        box.finished.connect(lambda: self._find_recording(name, reopen) if box.clickedButton() is find else None)
        box.show()

    def _ask_outside(self, project: Path, said: str, reopen: Reopen) -> None:
        """A project from elsewhere names a file outside its folder."""
        box = question(
            self._over,
            "outsideBox",
            self.tr("Open its recording?"),
            self.tr("Whether the project may open this file"),
            said,
        )
        there = box.addButton(self.tr("Open it"), QMessageBox.ButtonRole.AcceptRole)
        find = box.addButton(self.tr("Another recording…"), QMessageBox.ButtonRole.ActionRole)
        box.setDefaultButton(there)

        def answered() -> None:
            if box.clickedButton() is there:
                reopen(None)
            elif box.clickedButton() is find:
                self._find_recording(project.name, reopen)

        box.finished.connect(answered)
        box.show()

    def _find_recording(self, name: str, reopen: Reopen) -> None:
        known = f"{SOUND_FILES} *{SUFFIX}"
        kinds = [self.tr("Recordings, and projects that have one ({0})").format(known), self.tr("All files (*)")]
        ask_paths(
            self._over,
            "findRecordingDialog",
            self.tr("Find the recording of {0}").format(name),
            self.folder,
            lambda paths: reopen(paths[0]),
            filters=kinds,
        )

    def _ask_damaged(self, path: Path, said: str) -> None:
        """A project can't be opened: versions before it, and what can be read of it, are offered."""
        box = question(
            self._over, "damagedBox", self.tr("Damaged project"), self.tr("What to open of a damaged project"), said
        )
        acts: dict[QPushButton, Callable[[], object]] = {}
        for version in versions_of(path):
            when = QDateTime.fromSecsSinceEpoch(int(version.stat().st_mtime)).toString("yyyy-MM-dd HH:mm:ss")
            text = self.tr("Version of {0}").format(when)
            button = box.addButton(text, QMessageBox.ButtonRole.AcceptRole)
            acts[button] = partial(self._opening.open_version, version, path)
        rescue = box.addButton(self.tr("Rescue what can be read"), QMessageBox.ButtonRole.AcceptRole)
        acts[rescue] = lambda: self._opening.rescue(path)
        box.setDefaultButton(next(iter(acts)))

        def answered() -> None:
            for button, act in acts.items():
                if box.clickedButton() is button:
                    self._saves.ask_unsaved(act)

        box.finished.connect(answered)
        box.show()
