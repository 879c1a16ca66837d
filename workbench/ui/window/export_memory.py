"""What was exported last, of each recording and of all: so that the next export begins with it.

It is kept with the program's settings and not in project files: a folder is a place on this computer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from workbench.audio.tagging import Tags
from workbench.ui.dialogs.export_choices import Choices

MOST_PROJECTS = 100
"""Of how many recordings and projects the choices are kept: the newest."""
KEY = "exports"


class ExportMemory:
    """Remembers choices by the paths of projects and recordings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def recall(self, paths: Sequence[Path], proposed: str, otherwise: Path, tags: Tags) -> Choices:
        """The choices to begin with.

        Parameters
        ----------
        paths : sequence of Path
            Of the open project and its recording, the nearer first.
        proposed : str
            Name of a folder for the files of a recording of which nothing was exported yet.
        otherwise : Path
            Where that folder is, if nothing was ever exported.
        tags : Tags
            Of the recording, for its first export.
        """
        known = self._known()
        for path in paths:
            if str(path) in known:
                return known[str(path)]
        if not known:
            return Choices(str(otherwise / proposed)).of_recording(tags)
        last = list(known.values())[-1]
        # Beside the last one, so that no file takes the place of another recording's.
        folder = Path(last.folder)
        beside = folder.parent if last.own_folder else folder
        return replace(last, folder=str(beside / proposed), own_folder=True).of_recording(tags)

    def keep(self, paths: Sequence[Path], choices: Choices) -> None:
        """Remember what was chosen for a project and its recording."""
        known = self._known()
        for path in paths:
            known.pop(str(path), None)
            known[str(path)] = choices
        newest = list(known.items())[-MOST_PROJECTS:]
        self._settings.setValue(KEY, json.dumps({path: asdict(each) for path, each in newest}))

    def _known(self) -> dict[str, Choices]:
        """Choices by path, the newest last; without those that this version can't read."""
        try:
            entries: dict[str, Any] = json.loads(str(self._settings.value(KEY) or "{}"))
            return {path: Choices(**entry) for path, entry in entries.items()}
        except (ValueError, TypeError, AttributeError):
            # Written by another version, or damaged: then it begins anew.
            return {}
