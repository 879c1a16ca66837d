"""The main window: panes, docks, bars, and what comes back as it was left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPlainTextEdit,
    QTextEdit,
    QToolBar,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from workbench.document.document import Document
from workbench.jobs.runner import Job, Runner
from workbench.spectral.pyramid import level_db
from workbench.ui import theme
from workbench.ui.actions import build_actions
from workbench.ui.audition import Audition
from workbench.ui.axes import clock, describe_hz
from workbench.ui.controls import dim, named
from workbench.ui.dialogs import KeysDialog
from workbench.ui.factor_panes import ActivationsView, TemplatesView
from workbench.ui.factorise_panel import FactorisePanel
from workbench.ui.files import Files
from workbench.ui.guard import guarded
from workbench.ui.notices import Invitation, Notice
from workbench.ui.session import Session
from workbench.ui.settings_dialog import ComponentsDialog, SettingsDialog
from workbench.ui.spectrogram import SpectrogramView
from workbench.ui.stack_panel import StackPanel
from workbench.ui.tool_bar import ToolBar
from workbench.ui.tools import Painter, Tool, ToolSettings
from workbench.ui.transport_bar import TransportBar
from workbench.ui.viewport import Viewport

LAYOUT_VERSION = 1


@guarded
class MainWindow(QMainWindow):
    """Everything on the screen, wired to the document."""

    def __init__(
        self, document: Document, runner: Runner, session: Session, audition: Audition, settings: QSettings
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowIcon(theme.icon("workbench"))
        self.setAcceptDrops(True)
        self.document, self.runner, self.session, self.audition = document, runner, session, audition
        self._settings = settings
        self.files = Files(self, document, session, settings)
        self._closing = False
        self._settings_dialog: SettingsDialog | None = None
        self._before_selected = 0
        self._now_selected = 0
        self.viewport = Viewport(self)
        self.tools = ToolSettings(self)
        self.spectrogram = SpectrogramView(document, self.viewport, self.tools)
        self.painter = Painter(document, self.spectrogram, self.tools, self)
        self.stack_panel = StackPanel(document)
        self.activations = ActivationsView(document, self.viewport, self.spectrogram, self.tools)
        self.templates = TemplatesView(document, self.viewport, self.spectrogram, self.tools)
        self.factorise_panel = FactorisePanel(document)
        self.tool_bar = ToolBar(document, self.tools)
        self.transport = TransportBar(audition)
        self.invitation = Invitation()
        self._lay_out()
        self.acts = build_actions(self)
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
        column.addWidget(self.spectrogram, 1)
        column.addWidget(self.invitation, 1)
        self.setCentralWidget(centre)
        self.notice = Notice(centre)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.setCorner(Qt.Corner.TopLeftCorner, left)
        self.setCorner(Qt.Corner.TopRightCorner, right)
        self.setDockNestingEnabled(True)
        self.docks = [
            self._dock(self.tr("Templates  W"), "templatesDock", self.templates, left),
            self._dock(self.tr("Factorise"), "factoriseDock", self.factorise_panel, left),
            self._dock(self.tr("Activations  H"), "activationsDock", self.activations, bottom),
            self._dock(self.tr("Mask stack"), "stackDock", self.stack_panel, right),
        ]
        self._bar("toolsBar", self.tr("Tools"), self.tool_bar, Qt.ToolBarArea.TopToolBarArea)
        self._bar("transportBar", self.tr("Transport"), self.transport, Qt.ToolBarArea.BottomToolBarArea)
        self.pointer_text = named(
            QLabel(), "pointerText", self.tr("Under the pointer"), self.tr("Time, frequency, level and shares")
        )
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

    def _dock(self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _bar(self, name: str, title: str, widget: QWidget, area: Qt.ToolBarArea) -> QToolBar:
        bar = QToolBar(title)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.addWidget(widget)
        bar.toggleViewAction().setVisible(False)
        self.addToolBar(area, bar)
        return bar

    def _wire(self) -> None:
        document, audition, session, view = self.document, self.audition, self.session, self.spectrogram
        document.opened.connect(self._opened)
        document.history_changed.connect(self._title)
        document.selection_changed.connect(self._remember_selected)
        view.hovered.connect(self._show_pointer)
        self.viewport.changed.connect(self._pointer_again)
        document.layers_changed.connect(self._pointer_again)
        document.factors_changed.connect(self._pointer_again)
        document.factors_changed.connect(self._title)
        view.time_selected.connect(audition.select)
        view.playhead_moved.connect(audition.seek)
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
        bar.threshold_moved.connect(session.preview_threshold)
        bar.threshold_accepted.connect(self.accept_threshold)
        bar.threshold_dropped.connect(self.drop_threshold)
        self.tools.changed.connect(self._tool_changed)
        self.painter.refused.connect(self.notice.say)
        self.activations.pen.refused.connect(self.notice.say)
        self.templates.pen.refused.connect(self.notice.say)
        self.stack_panel.refused.connect(self.notice.say)
        self.stack_panel.mask_wanted.connect(bar.toggle_mask)
        session.troubled.connect(self._trouble)
        session.said.connect(self.say)
        session.measured.connect(self.stack_panel.show_residual)
        panel = self.factorise_panel
        panel.asked.connect(self.factorise)
        panel.more_asked.connect(self.all_settings)
        panel.count_asked.connect(self.suggest_components)
        panel.run_chosen.connect(session.use_run)
        panel.morph_moved.connect(session.preview_morph)
        panel.morph_let_go.connect(session.accept_morph)
        self.files.opening.connect(self.notice.hide)
        self.runner.started.connect(self._job_started)
        self.transport.cancel_job.connect(self.cancel_job)
        self.transport.sound_troubled.connect(self._sound_troubled)
        self.invitation.open.clicked.connect(self.files.open_dialog)
        self.invitation.demo.clicked.connect(self.files.open_demo)
        session.set_position(lambda: audition.position)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    # -- keeping -------------------------------------------------------------------------------------

    def _restore(self) -> None:
        geometry, state = self._settings.value("geometry"), self._settings.value("docks")
        if geometry is not None:
            self.restoreGeometry(geometry)
        else:
            self.resize(1280, 800)
        if state is None or not self.restoreState(state, LAYOUT_VERSION):
            self.reset_layout()
        self.acts["colourThumbnails"].setChecked(bool(int(str(self._settings.value("colourThumbnails") or 0))))
        self.transport.wish_device(str(self._settings.value("device") or "") or None)

    def reset_layout(self) -> None:
        """Panes as the figure of the method."""
        templates, factorise, activations, stack = self.docks
        for dock, area in (
            (templates, Qt.DockWidgetArea.LeftDockWidgetArea), (factorise, Qt.DockWidgetArea.LeftDockWidgetArea),
            (activations, Qt.DockWidgetArea.BottomDockWidgetArea), (stack, Qt.DockWidgetArea.RightDockWidgetArea),
        ):  # fmt: skip
            dock.setFloating(False)
            self.addDockWidget(area, dock)
            dock.show()
        self.splitDockWidget(templates, factorise, Qt.Orientation.Vertical)
        self.resizeDocks([templates, stack], [236, 326], Qt.Orientation.Horizontal)
        lower = max(150, self.height() // 5)
        self.resizeDocks([templates, factorise], [self.height() - lower, max(260, lower)], Qt.Orientation.Vertical)
        self.resizeDocks([activations], [lower], Qt.Orientation.Vertical)

    def _keep(self) -> None:
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("docks", self.saveState(LAYOUT_VERSION))
        self._settings.setValue("colourThumbnails", int(self.stack_panel.colour_thumbnails))
        self._settings.setValue("device", self.transport.wished_device or "")
        self._settings.sync()

    def set_theme(self, name: str) -> None:
        """'light', 'dark' or 'system'."""
        self._settings.setValue("theme", name)
        chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(name) or theme.system_theme()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, chosen)
        self.tool_bar.dress()
        self.transport.dress()
        self.stack_panel.dress()
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
        self._tool_changed()
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
        hints = {
            Tool.SELECT: self.tr("Drag to select · double-click puts the playhead · wheel zooms · ? keys"),
            Tool.BRUSH: self.tr("Drag to paint · Ctrl takes away · [ ] size · X swaps layers · ? keys"),
            Tool.ERASER: self.tr("Drag to go back to the computed mask, or to take from a curve · [ ] size · ? keys"),
            Tool.THRESHOLD: self.tr("Move the slider: you see and hear it · Return applies · Esc cancels"),
        }
        self.hint_text.setText(hints[self.tools.tool])

    def _tool_changed(self) -> None:
        if self.tools.tool is not Tool.THRESHOLD and not self.painter.busy:
            self.document.end_preview()
        self._hint()

    def _show_pointer(self, point: QPointF | None) -> None:
        recording = self.document.recording
        if point is None or recording is None:
            self.pointer_text.setText("")
            return
        view, v, analysis = self.spectrogram, self.viewport, self.document.state.analysis
        seconds, position = view.x_to_time(point.x()), view.y_to_position(point.y())
        hz = float(v.scale.frequency(position))
        stack = self.document.stack
        row = min(max(round(v.bin_at(position, analysis)), 0), stack.bins - 1)
        column = min(max(round(v.frame_at(seconds, analysis)), 0), stack.frames - 1)
        level = self.document.levels.levels[0][column, row]
        db = level_db(int(level))
        text = f"{clock(seconds)}    {describe_hz(hz)}    {db:.0f} dB".replace("-", "−")
        shares = self._shares(row, column)
        self.pointer_text.setText(f"{text}    {shares}")

    def _pointer_again(self) -> None:
        """What is under the pointer changed though it did not move."""
        self._show_pointer(self.spectrogram.pointer)

    def _shares(self, row: int, column: int) -> str:
        stack = self.document.stack
        masks = stack.evaluate(np.array([row]), np.array([column]))[:, 0, 0]
        shares = np.bincount(stack.owner, masks, len(stack.layers))
        best = np.argsort(shares)[::-1][:3]
        return " · ".join(f"{self.document.layers[i].name} {100 * shares[i]:.0f} %" for i in best if shares[i] >= 0.005)

    def _follow_playhead(self, seconds: float) -> None:
        """While playing, turn the page when the playhead leaves the view."""
        v = self.viewport
        if self.audition.playing and not v.start <= seconds <= v.stop and not self.painter.busy:
            span = v.stop - v.start
            v.show_time(seconds, seconds + span)

    def _remember_selected(self) -> None:
        if self.document.selected != self._now_selected:
            self._before_selected, self._now_selected = self._now_selected, self.document.selected
        if self.tools.tool is Tool.THRESHOLD:
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
        dialog = self._settings_dialog
        if dialog is not None and dialog.isVisible():
            dialog.notice.say(sentence)
        else:
            self.notice.say(sentence)

    def factorise(self, fresh: bool) -> None:
        """Press Factorise or Continue."""
        self.document.end_preview()
        self.notice.hide()
        if self._settings_dialog is not None:
            self._settings_dialog.notice.hide()
        self.factorise_panel.wishes.set(selection=self.audition.selection)
        self.session.factorise(self.factorise_panel.settings(), self.factorise_panel.analysis(), fresh)

    def all_settings(self) -> None:
        """Show every parameter of the next run."""
        if self._settings_dialog is None:
            self._settings_dialog = SettingsDialog(self, self.factorise_panel.wishes)
            self._settings_dialog.asked.connect(lambda: self.factorise(True))
        self._settings_dialog.show()
        self._settings_dialog.raise_()

    def suggest_components(self) -> None:
        """Try several numbers of components and show their costs."""
        panel = self.factorise_panel

        def show(candidates: list[int], costs: list[float], shares: NDArray[np.float64]) -> None:
            dialog = ComponentsDialog(self, candidates, costs, shares)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(lambda count: panel.wishes.set(components=count))
            dialog.show()

        self.session.choose_components(panel.settings(), show)

    def cancel_job(self) -> None:
        """Stop the newest work."""
        named_jobs = [job for job in self.runner.jobs if job.name]
        if named_jobs:
            named_jobs[-1].cancel()

    def accept_threshold(self) -> None:
        """Return: the previewed threshold becomes an act."""
        if self.tools.tool is Tool.THRESHOLD:
            self.session.accept_threshold(self.tool_bar.level.get())

    def drop_threshold(self) -> None:
        """Leave the masks as they were."""
        self.document.end_preview()

    def escape(self) -> None:
        """Esc: the innermost thing under way."""
        if self.painter.busy:
            self.painter.cancel()
        elif self.activations.pen.component is not None or self.templates.pen.component is not None:
            self.activations.pen.cancel()
            self.templates.pen.cancel()
        elif self.document.state is not self.document.recorded_state:
            self.document.end_preview()
        elif any(job.name for job in self.runner.jobs):
            self.cancel_job()
        elif self.notice.isVisible():
            self.notice.hide()
        elif self.audition.selection is not None:
            self.audition.select(None)

    def keys_dialog(self) -> None:
        """Show the keys."""
        dialog = KeysDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    # -- events --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space plays whatever has the focus, except while typing."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
            focus = QApplication.focusWidget()
            if not event.modifiers() and focus is not None and not _typing(focus) and not _foreign_dialog(focus):
                if not event.isAutoRepeat():
                    self.audition.toggle()
                return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease and event.key() == Qt.Key.Key_Space:
            # A button would be pressed by the release.
            focus = QApplication.focusWidget()
            return focus is not None and not _typing(focus) and not _foreign_dialog(focus)
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and _wants_no_letters(watched, event)
        ):
            # A field for numbers would swallow the keys of the tools, though it can't use them.
            event.ignore()
            return True
        return super().eventFilter(watched, event)

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


def _wants_no_letters(watched: QObject, event: QKeyEvent) -> bool:
    """Whether this key is pressed in a number field and is no part of a number."""
    number_field = isinstance(watched, QAbstractSpinBox) or isinstance(watched.parent(), QAbstractSpinBox)
    text = event.text()
    return number_field and bool(text) and text.isprintable() and not (text.isdigit() or text in "+-.,")


def _typing(focus: QWidget) -> bool:
    """Whether a space would be typed as text here."""
    if isinstance(focus, QLineEdit):
        return not focus.isReadOnly() and not isinstance(focus.parent(), QAbstractSpinBox)
    return isinstance(focus, (QTextEdit, QPlainTextEdit)) and not focus.isReadOnly()


def _foreign_dialog(focus: QWidget) -> bool:
    """Whether the focus is in one of Qt's own dialogs, where Space has its usual meaning."""
    return isinstance(focus.window(), (QFileDialog, QMessageBox)) or (
        isinstance(focus.window(), QDialog) and focus.window().objectName() == "colourDialog"
    )
