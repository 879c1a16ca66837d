"""What a layer or a group has in the mix: mute, solo, gain, pan and width, for its row and for its strip alike."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from workbench.audio.speakers import Speakers, pairs
from workbench.control.mixing import MixActs
from workbench.document.acts.layers import GAIN_RANGE_DB
from workbench.masks.model.layers import Group, Layer
from workbench.ui.base.controls import Slider, named, toggle

Source = Layer | Group


class SourceControls(QObject):
    """Widgets that show a source's part in the mix and call `MixActs`; whoever makes it puts them in place.

    Parameters
    ----------
    tag : str
        Begins the object names.
    speakers : tuple of Speaker
        Of the recording; where no two are left and right of each other pan and width are off.
    wide : bool
        With the width of a group.
    """

    def __init__(
        self,
        source: Source,
        tag: str,
        mixing: MixActs,
        speakers: Speakers,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        wide: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._mixing = source, mixing
        tr = self.tr
        self.mute = toggle("M", "mute", f"{tag}Mute", "", tr("Mute (M for the selected layer)"), source.mute)
        self.solo = toggle("S", "solo", f"{tag}Solo", "", tr("Solo (S for the selected layer)"), source.solo)
        gain = Slider(*GAIN_RANGE_DB, source.gain_db, 0.0, 144, orientation)
        self.gain = named(gain, f"{tag}Gain", "", tr("Gain in dB; double-click for 0 dB"))
        placeable = len(speakers) <= 2 or bool(pairs(speakers))
        off = "" if placeable else tr("Off: no two of the {0} channels are left and right").format(len(speakers))
        pan = Slider(-1, 1, source.pan, 0.0, 100)
        self.pan = named(pan, f"{tag}Pan", "", off or tr("Pan, constant power; double-click for the centre"))
        self.width: Slider | None = None
        if isinstance(source, Group):
            self.mute.setToolTip(tr("Mute the group (Shift+M)"))
            self.solo.setToolTip(tr("Solo the group (Shift+S)"))
        if isinstance(source, Group) and wide:
            self.width = named(Slider(0, 2, source.width, 1.0, 100), f"{tag}Width", "", off or self._width_tip())
        self._off = bool(off)
        for slider in filter(None, (self.pan, self.width)):
            slider.setProperty("role", "pan")
            slider.setEnabled(not off)
            # One key leaves the place where the slider snaps to the neutral value.
            slider.setSingleStep(2)
        self._wire()
        self._call(source.name)

    def _width_tip(self) -> str:
        return self.tr("Width: middle only … as it is … twice as wide; double-click for as it is")

    def _wire(self) -> None:
        mixing = self._mixing
        self.mute.clicked.connect(lambda on: self._done(mixing.set_mute(self._source, on)))
        self.solo.clicked.connect(lambda on: self._done(mixing.set_solo(self._source, on)))
        self.gain.moved.connect(lambda db: self._done(mixing.set_gain(self._source, db)))
        self.pan.moved.connect(lambda pan: self._done(mixing.set_pan(self._source, pan)))
        for slider in (self.gain, self.pan):
            slider.let_go.connect(mixing.let_go)
        if self.width is not None:
            self.width.moved.connect(self._widen)
            self.width.let_go.connect(mixing.let_go)

    def _widen(self, width: float) -> None:
        if isinstance(self._source, Group):
            self._done(self._mixing.set_width(self._source, width))

    def _done(self, done: bool) -> None:
        """What was refused, or changed nothing, is shown as it is."""
        if not done:
            self.show_source(self._source)

    def show_source(self, source: Source) -> None:
        """Show another state of the same source."""
        if source.name != self._source.name:
            self._call(source.name)
        self._source = source
        self.mute.setChecked(source.mute)
        self.solo.setChecked(source.solo)
        self.gain.set(source.gain_db)
        self.pan.set(source.pan)
        if self.width is not None and isinstance(source, Group):
            self.width.set(source.width)

    def show_spread(self, on: bool) -> None:
        """Whether there is anything to widen."""
        if self.width is not None and not self._off:
            tip = self._width_tip() if on else self.tr("A mono recording has no width until layers are panned")
            self.width.setEnabled(on)
            self.width.setToolTip(tip)

    def _call(self, name: str) -> None:
        """Tell assistive technology the source's name."""
        for widget, text in (
            (self.mute, self.tr("Mute {0}")),
            (self.solo, self.tr("Solo {0}")),
            (self.gain, self.tr("Gain of {0}")),
            (self.pan, self.tr("Pan of {0}")),
            (self.width, self.tr("Width of {0}")),
        ):
            if widget is not None:
                widget.setAccessibleName(text.format(name))
