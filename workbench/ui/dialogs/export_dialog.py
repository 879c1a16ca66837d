"""What to export, where to, as what, and how loud."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.audio.export import FORMATS, FileFormat, Level, LevelKind, folder_for
from workbench.control.exporting import Wanted
from workbench.control.notices import worded
from workbench.errors import UserError
from workbench.ui.base.controls import combo, dim, named, plain
from workbench.ui.base.file_dialogs import ask_paths

NEUTRAL = {LevelKind.PEAK: -1.0, LevelKind.LUFS: -16.0}
UNIT = {LevelKind.PEAK: " dBTP", LevelKind.LUFS: " LUFS", LevelKind.FILE: " dB"}


@dataclass(frozen=True)
class Choices:
    """What the dialog was left with, as plain values that can be kept.

    Attributes
    ----------
    folder : str
    own_folder : bool
        The folder is the one that was proposed for this recording alone.
    heard, mix : bool
    groups : bool
        Every group; every layer, where there are no groups.
    layers : bool
        Every layer, where there are groups.
    after : bool
        Parts after the faders.
    form : str
        One of FORMATS.
    level : str
        A LevelKind, '' for as it is.
    level_db : float
    """

    folder: str
    own_folder: bool = True
    heard: bool = False
    mix: bool = True
    groups: bool = True
    layers: bool = False
    after: bool = False
    form: str = next(iter(FORMATS))
    level: str = ""
    level_db: float = 0.0


class ExportDialog(QDialog):
    """Asks for files, format and loudness."""

    asked = Signal(object, object, object, object)
    """Folder, Wanted, FileFormat, Level or None."""

    def __init__(
        self, parent: QWidget, choices: Choices, layers: int, groups: int, heard: str, file_db: float = 0.0
    ) -> None:
        super().__init__(parent)
        self._file_db = file_db
        self._proposed = choices.folder if choices.own_folder else ""
        named(self, "exportDialog", self.tr("Export"), self.tr("Write what is heard, the mix or its parts to files"))
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(480)
        self.heard = named(
            QCheckBox(),
            "exportHeard",
            self.tr("Export what is heard"),
            self.tr("One file, sample for sample what plays now"),
        )
        self.mix = named(
            QCheckBox(self.tr("The mix, after the faders")),
            "exportMix",
            self.tr("Export the mix"),
            self.tr("One file with mute, solo, gain, pan and width applied"),
        )
        self.groups = named(
            QCheckBox(),
            "exportGroups",
            self.tr("Export the groups"),
            self.tr("One file a group, and one a layer that is in none: 01 Name, 02 Name …"),
        )
        self.layers = named(
            QCheckBox(), "exportLayers", self.tr("Export the layers"), self.tr("One file a layer: 01 Name, 02 Name …")
        )
        self.faders = combo(
            [
                (self.tr("before the faders: they sum to the recording"), False),
                (self.tr("after the faders: they sum to the mix"), True),
            ],
            "exportFaders",
            self.tr("Groups and layers"),
            self.tr("After the faders what is muted gives no file"),
        )
        self.folder = named(QLineEdit(choices.folder), "exportFolder", self.tr("Folder"), self.tr("Where the files go"))
        browse = named(
            QPushButton(self.tr("Choose…")),
            "exportBrowse",
            self.tr("Choose a folder"),
            self.tr("Choose another folder"),
        )
        self.format = combo(
            [(name, form) for name, form in FORMATS.items()],
            "exportFormat",
            self.tr("Format"),
            self.tr("32-bit float keeps everything; integers clip above full scale"),
        )
        self.loudness = combo(
            [
                (self.tr("as it is"), ""),
                (self.tr("to a true peak of"), LevelKind.PEAK),
                (self.tr("to a loudness of"), LevelKind.LUFS),
                *([(self.tr("as loud as the file"), LevelKind.FILE)] if file_db else []),
            ],
            "exportLoudness",
            self.tr("Loudness"),
            self.tr(
                "Of what is heard and of the mix. Parts stay as they are: those after the faders sum to the mix "
                "at its own loudness."
            ),
        )
        self.level = named(QDoubleSpinBox(), "exportLevel", self.tr("Level"), self.tr("The level to bring it to"))
        self.level.setRange(-60, 0)
        self.level.setDecimals(1)
        self.level.setEnabled(False)
        self.notice = plain()
        self.notice.setObjectName("exportNotice")
        self.notice.setProperty("role", "hint")
        self.notice.setWordWrap(True)
        self.notice.hide()
        self._arrange(browse)
        self._put(choices)
        self.show_parts(layers, groups, heard)
        self.loudness.activated.connect(lambda _: self._loudness_chosen())
        browse.clicked.connect(self._browse)
        self.go.clicked.connect(self._ask)

    def _arrange(self, browse: QPushButton) -> None:
        buttons = QDialogButtonBox()
        self.go = named(QPushButton(self.tr("Export")), "exportGo", self.tr("Export"), self.tr("Write the files"))
        self.go.setDefault(True)
        self.go.setProperty("role", "primary")
        close = named(QPushButton(self.tr("Close")), "exportClose", self.tr("Close"), self.tr("Close (Esc)"))
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        close.clicked.connect(self.reject)
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.addWidget(dim(self.tr("Parts")), 0, 0)
        grid.addWidget(self.faders, 0, 1, 1, 2)
        grid.addWidget(dim(self.tr("Folder")), 1, 0)
        grid.addWidget(self.folder, 1, 1)
        grid.addWidget(browse, 1, 2)
        grid.addWidget(dim(self.tr("Format")), 2, 0)
        grid.addWidget(self.format, 2, 1, 1, 2)
        grid.addWidget(dim(self.tr("Loudness")), 3, 0)
        grid.addWidget(self.loudness, 3, 1)
        grid.addWidget(self.level, 3, 2)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        for box in (self.heard, self.mix, self.groups, self.layers):
            column.addWidget(box)
        column.addSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.notice)
        column.addWidget(buttons)

    def _put(self, choices: Choices) -> None:
        """Show choices; what this version does not know is as it is by default."""
        self._choices = choices
        self.heard.setChecked(choices.heard)
        self.mix.setChecked(choices.mix)
        self.groups.setChecked(choices.groups)
        self.layers.setChecked(choices.layers)
        self.faders.setCurrentIndex(max(0, self.faders.findData(choices.after)))
        self.format.setCurrentIndex(max(0, self.format.findText(choices.form)))
        self.loudness.setCurrentIndex(max(0, self.loudness.findData(choices.level)))
        self._loudness_chosen()
        if self._level_kind() in NEUTRAL:
            self.level.setValue(choices.level_db)

    def show_parts(self, layers: int, groups: int, heard: str) -> None:
        """Show how many files there would be, and what is heard; without groups the layers are the parts."""
        grouped, before = groups != layers, not self.groups.isHidden()
        self.heard.setText(self.tr("What I hear now: {0}").format(heard))
        self.groups.setText(self.tr("Every group ({0} files)").format(groups))
        self.layers.setText(self.tr("Every layer ({0} files)").format(layers))
        if before and not grouped:
            self.layers.setChecked(self.groups.isChecked())
        elif grouped and not before:
            self.groups.setChecked(self.layers.isChecked())
            self.layers.setChecked(self._choices.layers)
        self.groups.setVisible(grouped)

    def choices(self) -> Choices:
        """What the dialog shows, to begin with the next time."""
        grouped, folder = not self.groups.isHidden(), self.folder.text().strip()
        return Choices(
            folder,
            folder == self._proposed,
            self.heard.isChecked(),
            self.mix.isChecked(),
            (self.groups if grouped else self.layers).isChecked(),
            self.layers.isChecked() if grouped else self._choices.layers,
            bool(self.faders.currentData()),
            self.format.currentText(),
            str(self.loudness.currentData() or ""),
            self.level.value(),
        )

    def say(self, text: str) -> None:
        """A sentence within the dialog."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))
        self.adjustSize()

    def _loudness_chosen(self) -> None:
        kind = self._level_kind()
        self.level.setEnabled(kind in NEUTRAL)
        self.level.setSuffix("" if kind is None else UNIT[kind])
        far = abs(self._file_db) if kind is LevelKind.FILE else 0.0
        self.level.setRange(-max(60.0, far), far)
        if kind is not None:
            self.level.setValue(NEUTRAL.get(kind, self._file_db))

    def _level_kind(self) -> LevelKind | None:
        """To which measure it is brought; None leaves it as it is."""
        # Qt gives members of a StrEnum back as plain strings.
        return LevelKind(self.loudness.currentData()) if self.loudness.currentData() else None

    def _browse(self) -> None:
        ask_paths(
            self,
            "exportFolderDialog",
            self.tr("Folder for the files"),
            self.folder.text(),
            lambda paths: self.folder.setText(str(paths[0])),
            QFileDialog.FileMode.Directory,
        )

    def _ask(self) -> None:
        wanted = Wanted(
            self.heard.isChecked(),
            self.mix.isChecked(),
            self.groups.isChecked() and not self.groups.isHidden(),
            self.layers.isChecked(),
            bool(self.faders.currentData()),
        )
        if not (wanted.heard or wanted.mix or wanted.groups or wanted.layers):
            self.say(self.tr("Choose something to export."))
            return
        try:
            folder = folder_for(self.folder.text())
        except UserError as reason:
            self.say(worded(reason))
            self.folder.setFocus()
            return
        form: FileFormat = self.format.currentData()
        kind = self._level_kind()
        self.say("")
        level = None if kind is None else Level(kind, self._file_db if kind is LevelKind.FILE else self.level.value())
        self.asked.emit(folder, wanted, form, level)
