"""How much memory recordings and spectrograms may take, and where the rest of them lies."""

from __future__ import annotations

import shutil

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from workbench.scratch import BUDGET, Scratch, folder
from workbench.ui.base.controls import dim, named, plain

MB = 2**20
STEP, LOOK_MS = 64, 1000


class MemoryDialog(QDialog):
    """What is set counts at once, for what is opened and computed from then on."""

    def __init__(self, parent: QWidget, scratch: Scratch) -> None:
        super().__init__(parent)
        named(self, "memoryDialog", self.tr("Memory and disk"), self.tr("How much memory long recordings may take"))
        self.setWindowTitle(self.tr("Memory and disk"))
        self.setMinimumWidth(440)
        self._scratch = scratch
        self.budget = named(
            QSpinBox(),
            "memoryBudget",
            self.tr("In memory, at most"),
            self.tr(
                "Samples, levels and spectrograms of all that is open, together; what has no room there lies in files "
                "that go with the program. It counts for what is opened from now on"
            ),
        )
        self.budget.setRange(0, max(STEP, int(psutil.virtual_memory().total // MB)))
        self.budget.setSingleStep(STEP)
        self.budget.setSuffix(self.tr(" MB"))
        self.budget.setValue(scratch.budget // MB)
        self.used = named(plain(), "memoryUsed", self.tr("In memory now"), self.tr("Of what is open"))
        self.disk = named(
            plain(), "memoryDisk", self.tr("The rest lies in"), self.tr("Where TMPDIR says, where that is set")
        )
        form, column = QFormLayout(), QVBoxLayout(self)
        for field, text in (
            (self.budget, self.tr("In memory, at most")),
            (self.used, self.tr("In memory now")),
            (self.disk, self.tr("The rest lies in")),
        ):
            form.addRow(text, field)
        column.addLayout(form)
        note = dim(
            self.tr("{0} MB are usual. An hour of stereo is about 3 GB; the disk is nearly as fast.").format(
                BUDGET // MB
            )
        )
        note.setWordWrap(True)
        column.addWidget(note)
        self.budget.valueChanged.connect(self._set)
        timer = QTimer(self, interval=LOOK_MS)
        timer.timeout.connect(self._show)
        timer.start()
        self._show()

    def _set(self, megabytes: int) -> None:
        self._scratch.budget = megabytes * MB
        self._show()

    def _show(self) -> None:
        used = max(0, self._scratch.budget - self._scratch.left)
        self.used.setText(self.tr("{0} MB").format(used // MB))
        place = folder()
        try:
            free = self.tr("{0}, {1:.1f} GB free").format(place, shutil.disk_usage(place).free / 1e9)
        except OSError as error:
            # It may be gone; what would be put there says so.
            free = f"{place}: {error.strerror}"
        self.disk.setText(free)
