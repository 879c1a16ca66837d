"""The main window: panes, docks, bars, and what comes back as it was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QMenu, QVBoxLayout, QWidget

from workbench.control.editing import Editing
from workbench.control.listening import Listening
from workbench.control.playback import Audition
from workbench.control.session import Session
from workbench.control.strokes import Painter
from workbench.control.tools import Tool, ToolSettings, described
from workbench.control.viewport import Viewport
from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.masks.model.grid import Region
from workbench.ui.base import theme
from workbench.ui.base.controls import dim, named
from workbench.ui.base.guard import guarded
from workbench.ui.base.notices import Invitation, Notice
from workbench.ui.factors.factorise_panel import FactorisePanel
from workbench.ui.factors.panes import ActivationsView, TemplatesView
from workbench.ui.sound.mixer import Mixer
from workbench.ui.sound.transport_bar import TransportBar
from workbench.ui.spectrogram.area_overlay import AreaOverlay
from workbench.ui.spectrogram.brush_cursor import BrushCursor
from workbench.ui.spectrogram.readout import Readout
from workbench.ui.spectrogram.selector import Selector
from workbench.ui.spectrogram.view import SpectrogramView
from workbench.ui.stack.history_panel import HistoryPanel
from workbench.ui.stack.panel import StackPanel
from workbench.ui.stack.walk_bar import WalkBar
from workbench.ui.tools.palette import Palette
from workbench.ui.tools.threshold_panel import ThresholdPanel
from workbench.ui.tools.tool_bar import ToolBar
from workbench.ui.window.actions import build_actions
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.exporting import Exporting
from workbench.ui.window.files import Files
from workbench.ui.window.keyboard import Keyboard
from workbench.ui.window.panes import LAYOUT_VERSION, Panes


@guarded
class MainWindow(QMainWindow):
    """Everything on the screen, wired to the document."""

    def __init__(
        self,
        document: Document,
        runner: Runner,
        session: Session,
        audition: Audition,
        listening: Listening,
        settings: QSettings,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowIcon(theme.icon("workbench"))
        self.setAcceptDrops(True)
        self.document, self.runner, self.session, self.audition = document, runner, session, audition
        self.listening = listening
        self._settings = settings
        self.files = Files(self, document, session, settings)
        self.exporting = Exporting(self, document, runner, listening)
        self._closing = False
        self.latency: float | None = None
        self._before_selected = 0
        self._now_selected = 0
        self.viewport = Viewport(self)
        self.tools = ToolSettings(self)
        self.spectrogram = SpectrogramView(document, self.viewport, self.tools)
        self.painter = Painter(document, self.spectrogram, self.tools, self)
        self.selector = Selector(document, self.spectrogram, self.tools, self)
        self.editing = Editing(document, runner, self)
        self.editing.put = self.selector.put
        self.spectrogram.overlays = [
            AreaOverlay(self.spectrogram, document, self.viewport).paint,
            self.selector.paint,
            BrushCursor(self.spectrogram, document, self.tools).paint,
        ]
        self.palette_bar = Palette(self.tools)
        self.threshold = ThresholdPanel(document, self.editing, self.tools, self.viewport)
        self.stack_panel = StackPanel(document, self.editing)
        self.history_panel = HistoryPanel(document)
        self.activations = ActivationsView(document, self.viewport, self.spectrogram, self.tools)
        self.templates = TemplatesView(document, self.viewport, self.spectrogram, self.tools)
        self.factorise_panel = FactorisePanel(document)
        self.tool_bar = ToolBar(document, self.tools)
        self.mixer = Mixer(document, self.editing, audition)
        listening.follow(self.spectrogram, self.tools)
        self.transport = TransportBar(audition, listening)
        self.invitation = Invitation()
        self.walk = WalkBar(document, audition, listening)
        self._lay_out()
        self.dialogs = Dialogs(self)
        self.acts = build_actions(self)
        menu = self.menuBar().findChild(QMenu, "stacksMenu")
        if menu is not None:
            self.stack_panel.stack_menu.setMenu(menu)
        self._wire()
        self._restore()
        self._opened()

    # -- building ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        centre = QWidget()
        centre.setObjectName("central")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(self.threshold)
        column.addWidget(self.walk)
        column.addWidget(self.spectrogram, 1)
        column.addWidget(self.invitation, 1)
        self.setCentralWidget(centre)
        self.notice = Notice(centre)
        self.panes = Panes(self)
        self.panes.bar("paletteBar", self.tr("Palette"), self.palette_bar, Qt.ToolBarArea.LeftToolBarArea)
        self.panes.bar("toolsBar", self.tr("Tools"), self.tool_bar, Qt.ToolBarArea.TopToolBarArea)
        self.panes.bar("transportBar", self.tr("Transport"), self.transport, Qt.ToolBarArea.BottomToolBarArea)
        self.pointer_text = Readout(self.document, self.spectrogram, self.viewport)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(10, 0, 10, 0)
        self.statusBar().addWidget(self.pointer_text, 1)
        self.hint_text = dim("")
        self.hint_text.setObjectName("hintText")
        self.statusBar().addPermanentWidget(self.hint_text)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setObjectName("spectrogramHeader")
        row = QHBoxLayout(header)
        row.setContentsMargins(10, 5, 10, 4)
        title = QLabel(self.tr("Spectrogram  V"))
        title.setObjectName("spectrogramTitle")
        title.setProperty("role", "title")
        self.about = named(dim(""), "about", self.tr("About the recording"), self.tr("The recording and its analysis"))
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.about)
        return header

    def _wire(self) -> None:
        document, audition, session, view = self.document, self.audition, self.session, self.spectrogram
        document.opened.connect(self._opened)
        document.history_changed.connect(self._title)
        document.selection_changed.connect(self._remember_selected)
        document.factors_changed.connect(self._title)
        audition.selection_changed.connect(view.set_selection)
        audition.selection_changed.connect(self.factorise_panel.set_selection)
        audition.moved.connect(view.set_playhead)
        audition.moved.connect(self.activations.set_playhead)
        audition.moved.connect(self._follow_playhead)
        self.activations.picked.connect(document.select)
        self.templates.picked.connect(document.select)
        bar = self.tool_bar
        bar.look_changed.connect(view.set_look)
        bar.scale_changed.connect(self.viewport.set_scale)
        self.tools.changed.connect(self._hint)
        self.painter.refused.connect(self._refuse)
        self.painter.said.connect(self.say)
        self.painter.done.connect(self.editing.tell_locked)
        self.activations.pen.refused.connect(self._refuse)
        self.templates.pen.refused.connect(self._refuse)
        self.editing.refused.connect(self._refuse)
        self.editing.said.connect(self.say)
        self.history_panel.recall_wanted.connect(self.editing.recall)
        self.selector.time_selected.connect(audition.select)
        self.selector.wand_used.connect(self._use_wand)
        self.selector.large_drawn.connect(self.editing.draw)
        view.double_clicked.connect(self._put_playhead)
        view.menu_wanted.connect(lambda place: self._pop_up("maskMenu", place))
        self.stack_panel.menu_wanted.connect(lambda place: self._pop_up("layersMenu", place))
        bar.options.reshape_wanted.connect(self.editing.reshape)
        Keyboard(self.play_or_stop, self.play_from_pointer, self)
        self.listening.refused.connect(self._refuse)
        self.walk.ended.connect(view.setFocus)
        self.walk.refused.connect(self.say)
        self.stack_panel.walk.clicked.connect(self.walk.begin)
        view.scrubbed.connect(audition.scrub)
        self.stack_panel.mask_wanted.connect(bar.toggle_mask)
        session.troubled.connect(self._trouble)
        session.said.connect(self.say)
        self.exporting.troubled.connect(self._trouble)
        self.exporting.said.connect(self.say)
        session.measured.connect(self.stack_panel.show_residual)
        panel = self.factorise_panel
        panel.asked.connect(self.factorise)
        panel.more_asked.connect(self.dialogs.all_settings)
        panel.count_asked.connect(self.dialogs.suggest_components)
        panel.run_chosen.connect(session.use_run)
        panel.morph_moved.connect(session.preview_morph)
        panel.morph_let_go.connect(session.accept_morph)
        self.files.opening.connect(self.notice.hide)
        self.runner.started.connect(self._job_started)
        self.transport.cancel_job.connect(self.cancel_job)
        self.transport.sound_troubled.connect(self._sound_troubled)
        self.invitation.open.clicked.connect(self.files.open_dialog)
        self.invitation.demo.clicked.connect(lambda: self.files.open_demo())
        session.set_position(lambda: audition.position)

    # -- keeping -------------------------------------------------------------------------------------

    def _restore(self) -> None:
        geometry, state = self._settings.value("geometry"), self._settings.value("docks")
        if geometry is not None:
            self.restoreGeometry(geometry)
        else:
            self.resize(1280, 800)
        if state is None or not self.restoreState(state, LAYOUT_VERSION):
            self.panes.reset()
        self.acts["colourThumbnails"].setChecked(bool(int(str(self._settings.value("colourThumbnails") or 0))))
        self.transport.wish_device(str(self._settings.value("device") or "") or None)
        self.set_latency(float(str(self._settings.value("latency") or 0)) or None)

    def set_latency(self, seconds: float | None) -> None:
        """Latency to ask of the sound device; None finds one that holds."""
        self.latency = seconds
        self.audition.set_latency(seconds)

    def _keep(self) -> None:
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("docks", self.saveState(LAYOUT_VERSION))
        self._settings.setValue("colourThumbnails", int(self.stack_panel.colour_thumbnails))
        self._settings.setValue("device", self.transport.wished_device or "")
        self._settings.setValue("latency", self.latency or 0)
        self._settings.sync()

    def set_theme(self, name: str) -> None:
        """'light', 'dark' or 'system'."""
        self._settings.setValue("theme", name)
        chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or theme.system_theme()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, chosen)
        self.palette_bar.dress()
        self.transport.dress()
        self.stack_panel.dress()
        self.mixer.dress()
        self.factorise_panel.dress()
        self.activations.redraw()
        self.templates.redraw()
        self.spectrogram.redraw()

    # -- showing -------------------------------------------------------------------------------------

    def _opened(self) -> None:
        recording = self.document.recording
        self.invitation.setVisible(recording is None)
        self.spectrogram.setVisible(recording is not None)
        self.notice.hide()
        self.notice.text.clear()
        if recording is not None:
            self.spectrogram.setFocus()
            self.viewport.reset(recording.duration, recording.rate)
        self._hint()
        self._title()

    def _title(self) -> None:
        recording, document = self.document.recording, self.document
        if recording is None:
            self.setWindowTitle(self.tr("Spectrogram workbench"))
            self.about.setText("")
            return
        name = document.path.name if document.path is not None else recording.path.name
        analysis = document.state.analysis
        channels = {1: self.tr("mono"), 2: self.tr("stereo")}.get(
            recording.channels, self.tr("{0} channels").format(recording.channels)
        )
        about = f"{recording.rate / 1000:g} kHz · {channels} · {analysis.window}/{analysis.hop}"
        self.setWindowTitle(f"{name}[*] — {self.tr('Spectrogram workbench')}")
        self.about.setText(f"{recording.path.name} · {about}")
        self.setWindowModified(document.dirty)

    def _sound_troubled(self, sentence: str) -> None:
        if sentence:
            self.notice.say(sentence)
        else:
            self.notice.hide()
            self.say(self.tr("The sound is back"))

    def say(self, text: str) -> None:
        """A remark at the right of the status line, for a while."""
        self.hint_text.setText(text)
        QTimer.singleShot(6000, self._hint)

    def _hint(self) -> None:
        self.hint_text.setText(described()[self.tools.tool].hint)

    def _follow_playhead(self, seconds: float) -> None:
        """While playing, turn the page when the playhead leaves the view."""
        v = self.viewport
        if self.audition.playing and not v.start <= seconds <= v.stop and not self.painter.busy:
            span = v.stop - v.start
            v.show_time(seconds, seconds + span)

    def _remember_selected(self) -> None:
        if self.document.selected != self._now_selected:
            self._before_selected, self._now_selected = self._now_selected, self.document.selected
        if self.threshold.pending:
            self.document.end_preview()

    def undo(self) -> None:
        """One step back; during a stroke the stroke itself."""
        if self.painter.busy:
            self.painter.cancel()
        elif self.activations.pen.component is not None or self.templates.pen.component is not None:
            self.activations.pen.cancel()
            self.templates.pen.cancel()
        else:
            self.document.undo()

    def redo(self) -> None:
        """One step forward; not during a stroke."""
        if not self.painter.busy:
            self.document.redo()

    def swap_selected(self) -> None:
        """X: the layer that was selected before."""
        self.document.select(self._before_selected)

    def _job_started(self, job: Job) -> None:
        if job.name:
            self.transport.follow(job)

    # -- acting --------------------------------------------------------------------------------------

    def _trouble(self, sentence: str) -> None:
        """Say what is wrong where it is seen."""
        place = self.dialogs.place_for_notices or self.notice
        place.say(sentence)

    def _refuse(self, sentence: str) -> None:
        """Say for a while why something is not done."""
        (self.dialogs.place_for_notices or self.notice).remark(sentence)

    def factorise(self, fresh: bool) -> None:
        """Press Factorise or Continue."""
        self.document.end_preview()
        self.notice.hide()
        if self.dialogs.place_for_notices is not None:
            self.dialogs.place_for_notices.hide()
        self.factorise_panel.wishes.set(selection=self.audition.selection)
        self.session.factorise(self.factorise_panel.settings(), self.factorise_panel.analysis(), fresh)

    def cancel_job(self) -> None:
        """Stop the newest work."""
        named_jobs = [job for job in self.runner.jobs if job.name]
        if named_jobs:
            named_jobs[-1].cancel()

    def _use_wand(self, row: int, column: int, way: str) -> None:
        v, analysis = self.viewport, self.document.state.analysis
        within = Region(
            int(v.bin_at(v.low, analysis)) if v.low > v.bottom else 0,
            int(v.bin_at(v.high, analysis)) + 1,
            int(v.frame_at(v.start, analysis)),
            int(v.frame_at(v.stop, analysis)) + 1,
        )
        tools = self.tools
        within = within.joined(Region(row, row + 1, column, column + 1))
        self.editing.select_alike(row, column, within, way, tools.wand_like, tools.wand_tolerance, tools.wand_connected)

    def _pop_up(self, menu: str, place: QPoint) -> None:
        """One of the menus of the bar, under the pointer."""
        found = self.menuBar().findChild(QMenu, menu)
        if found is not None and self.document.recording is not None:
            found.popup(place)

    def _put_playhead(self, point: QPointF) -> None:
        if self.tools.tool in (Tool.SELECT, Tool.RECTANGLE, Tool.BAND, Tool.THRESHOLD):
            self.audition.seek(self.spectrogram.clamped(point)[0])

    def play_or_stop(self) -> None:
        """Space: play or stop; on the walk stay or go on."""
        if self.walk.walking:
            self.walk.toggle_pause()
        else:
            self.audition.toggle()

    def play_from_pointer(self) -> None:
        """Shift+Space: play from where the pointer is."""
        point = self.spectrogram.pointer
        if point is None:
            self._refuse(self.tr("Point at a time in the spectrogram, and press the key there."))
        else:
            self.audition.play(self.spectrogram.clamped(point)[0])

    def split_time(self) -> None:
        """Split the selected layer at the pointer's time, or at the playhead."""
        point = self.spectrogram.pointer
        seconds = self.audition.position if point is None else self.spectrogram.clamped(point)[0]
        self.editing.split_time(seconds)

    def split_frequency(self) -> None:
        """Split the selected layer at the pointer's frequency."""
        point = self.spectrogram.pointer
        if point is None:
            self._refuse(self.tr("Point at the frequency in the spectrogram, and press the key there."))
            return
        self.editing.split_frequency(float(self.viewport.scale.frequency(self.spectrogram.clamped(point)[1])))

    def accept(self) -> None:
        """Return: what is previewed becomes an act, the polygon is closed."""
        if self.selector.busy:
            self.selector.close()
        elif self.tools.tool is Tool.THRESHOLD:
            self.threshold.apply()

    def delete(self) -> None:
        """Delete: the selection from the layer, or the layer."""
        self.editing.delete_in_area_or_layer()

    def escape(self) -> None:
        """Esc: the innermost thing under way."""
        if self.painter.busy:
            self.painter.cancel()
        elif self.selector.busy:
            self.selector.cancel()
        elif self.activations.pen.component is not None or self.templates.pen.component is not None:
            self.activations.pen.cancel()
            self.templates.pen.cancel()
        elif self.document.state is not self.document.recorded_state:
            self.threshold.cancel()
            self.document.end_preview()
        elif self.walk.walking:
            self.walk.end()
        elif any(job.name for job in self.runner.jobs):
            self.cancel_job()
        elif self.notice.isVisible():
            self.notice.hide()
        elif self.document.area is not None or self.audition.selection is not None:
            self.selector.deselect()

    # -- events --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open(Path(event.mimeData().urls()[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.document.dirty and not self._closing:
            event.ignore()
            self.files.ask_unsaved(self._close_now)
            return
        self._keep()
        self.hide()
        self.audition.stop()
        self.runner.cancel_all()
        event.accept()

    def _close_now(self) -> None:
        self._closing = True
        self.close()
