"""What comes back at the next start: the window and its panes, the device, the memory, the tools, the look."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow

from workbench.control.desk import Desk
from workbench.scratch import BUDGET, USUAL
from workbench.ui.base.controls import fit
from workbench.ui.window.actions import Actions
from workbench.ui.window.layout import VERSION, Layout
from workbench.ui.window.panes import Panes


class WindowMemory:
    """Keeps it in the program's settings."""

    def __init__(
        self, window: QMainWindow, desk: Desk, panes: Panes, layout: Layout, actions: Actions, settings: QSettings
    ) -> None:
        self._window, self._desk, self._panes = window, desk, panes
        self._layout, self._actions, self._settings = layout, actions, settings

    def restore(self) -> None:
        """As it was left; the first time as it is best."""
        settings, playback = self._settings, self._desk.playback
        geometry, state = settings.value("geometry"), settings.value("docks")
        if geometry is not None:
            self._window.restoreGeometry(geometry)
        else:
            fit(self._window, 1280, 800)
        if state is None or not self._window.restoreState(state, VERSION):
            self._layout.reset()
        self._actions["colourThumbnails"].setChecked(bool(int(str(settings.value("colourThumbnails") or 0))))
        self._actions["showWaveform"].setChecked(bool(int(str(settings.value("waveform") or 0))))
        USUAL.budget = int(str(settings.value("memory/budget") or BUDGET))
        playback.set_device(str(settings.value("device") or "") or None)
        playback.set_latency(float(str(settings.value("latency") or 0)) or None)
        playback.set_loudspeakers(int(str(settings.value("loudspeakers") or 0)) or None)
        self._desk.tools.restore(str(settings.value("tools") or ""))
        self._panes.tool_bar.restore(str(settings.value("look") or ""))

    def keep(self) -> None:
        """Remember it."""
        settings, playback = self._settings, self._desk.playback
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("docks", self._window.saveState(VERSION))
        settings.setValue("colourThumbnails", int(self._panes.stack.colour_thumbnails))
        settings.setValue("waveform", int(self._actions["showWaveform"].isChecked()))
        settings.setValue("memory/budget", USUAL.budget)
        settings.setValue("device", playback.device or "")
        settings.setValue("latency", playback.latency or 0)
        settings.setValue("loudspeakers", playback.loudspeakers or 0)
        settings.setValue("tools", self._desk.tools.kept)
        settings.setValue("look", self._panes.tool_bar.kept)
        settings.sync()
