"""What is listened to, in the transport bar: original, what was taken away, the selection; and the speed."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.audio.scene import Hear
from workbench.control.listening import Listening, Where
from workbench.control.playback import Playback
from workbench.ui.base.controls import combo, toggle


class ListenBar(QWidget):
    """Toggles; where none is down, the mix is heard as it is."""

    def __init__(self, listening: Listening, playback: Playback) -> None:
        super().__init__()
        self.setObjectName("listenBar")
        self._listening = listening
        tr = self.tr
        self.original = self._button(tr("Original"), "hearOriginal", tr("Hear the original, as loud as the mix (I)"))
        self.removed = self._button(
            tr("Removed"), "hearRemoved", tr("Hear what the mix takes away from the original (D)")
        )
        self.part = self._button(
            tr("Selection"),
            "hearSelection",
            tr("Hear only what is selected of time and frequency (H); all but it (Shift+H); under the brush (Z)"),
        )
        self.speed = combo(
            [("½ ×", 0.5), ("1 ×", 1.0), ("2 ×", 2.0)],
            "speed",
            tr("Speed"),
            tr("Speed of playing, with the pitch kept (< and >)"),
        )
        self.speed.setCurrentIndex(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for widget in (self.original, self.removed, self.part, self.speed):
            row.addWidget(widget)
        self.original.clicked.connect(lambda: listening.hear(Hear.ORIGINAL))
        self.removed.clicked.connect(lambda: listening.hear(Hear.REMOVED))
        self.part.clicked.connect(self._part_clicked)
        self.speed.activated.connect(lambda i: playback.set_speed(self.speed.itemData(i)))
        listening.changed.connect(self._show)
        playback.speed_changed.connect(self._show_speed)

    def _button(self, text: str, name: str, tip: str) -> QPushButton:
        return toggle(text, "listen", name, text, tip, False)

    def _show_speed(self, speed: float) -> None:
        self.speed.setCurrentIndex(self.speed.findData(speed))

    def _part_clicked(self) -> None:
        where = self._listening.where
        self._listening.listen(Where.SELECTION if where is Where.EVERYWHERE else Where.EVERYWHERE)
        self._show()

    def _show(self) -> None:
        listening = self._listening
        self.original.setChecked(listening.what is Hear.ORIGINAL)
        self.removed.setChecked(listening.what is Hear.REMOVED)
        self.part.setChecked(listening.where is not Where.EVERYWHERE)
        names = {Where.REST: self.tr("Outside"), Where.BRUSH: self.tr("Brush")}
        self.part.setText(names.get(listening.where, self.tr("Selection")))
