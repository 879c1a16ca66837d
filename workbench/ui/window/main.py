"""The main window: panes, menus, notices, and what comes back as it was left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSettings
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from workbench.control.desk import Desk
from workbench.document.journal.recovery import Left
from workbench.jobs.ahead import Glimpse
from workbench.precedence import Precedence
from workbench.ui.base import theme
from workbench.ui.base.controls import named, plain
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import ElidedLabel
from workbench.ui.base.notices import Notice, StatusText
from workbench.ui.tools.texts import described
from workbench.ui.window.actions import Actions
from workbench.ui.window.dialogs import Dialogs
from workbench.ui.window.document_menus import add_edit_menu, add_file_menu, add_help_menu, add_view_menu
from workbench.ui.window.drops import Drops, dropped
from workbench.ui.window.exchange_flow import ExchangeFlow
from workbench.ui.window.export_flow import ExportFlow
from workbench.ui.window.export_memory import ExportMemory
from workbench.ui.window.factorise_menu import add_factorise_menu
from workbench.ui.window.file_flow import FileFlow
from workbench.ui.window.invitation import Invitation
from workbench.ui.window.keyboard import Keyboard
from workbench.ui.window.layout import Layout
from workbench.ui.window.leaving import Leaving
from workbench.ui.window.mask_menus import add_layers_menu, add_mask_menu, add_select_menu, add_stacks_menu
from workbench.ui.window.panes import Panes
from workbench.ui.window.place_menu import PlaceMenu
from workbench.ui.window.portraits import Portraits
from workbench.ui.window.save_flow import SaveFlow
from workbench.ui.window.sound_menus import add_play_menu, add_tools_menu
from workbench.ui.window.turns import Turns
from workbench.ui.window.window_memory import WindowMemory


@guarded
class MainWindow(QMainWindow):
    """Everything on the screen. It shows the desk's document and calls what the desk can do."""

    def __init__(self, desk: Desk, precedence: Precedence, settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowIcon(theme.icon("workbench"))
        self.setAcceptDrops(True)
        self.desk, self._settings = desk, settings
        self._closing = self._refocus = False
        self.panes = Panes(desk)
        self.saves = SaveFlow(self, desk.document, desk.saving, desk.factorising, settings)
        self.files = FileFlow(self, desk.opening, desk.journalling, desk.recent, self.saves, settings)
        Portraits(
            self.panes.spectrogram, desk.document, desk.opening, desk.saving, desk.journalling, desk.recent, desk.runner
        )
        self.exports = ExportFlow(self, desk.document, desk.listening, desk.exporting, ExportMemory(settings))
        self.exchange = ExchangeFlow(
            self, desk.document, desk.importing, desk.labelling, desk.exchanging, desk.figures, settings
        )
        self.leaving = Leaving(self, self.saves, desk.saving, desk.exporting)
        self.dialogs = Dialogs(self, desk)
        self.drops = Drops(
            self,
            desk.document,
            self.files,
            desk.opening,
            desk.notices,
            self.dialogs.take_stems,
            self.exchange.take_dropped,
        )
        self.invitation = Invitation(desk.recent)
        self.status = StatusText()
        self.notice = self._build_centre()
        self.layout_ = Layout(self, self.panes)
        self.actions_ = self._build_menus()
        self.place_menu = PlaceMenu(desk, self.actions_, self)
        self._wire()
        Keyboard(desk.playback.toggle, desk.pointing.play_here, Turns(precedence, self).begin, self)
        self.memory = WindowMemory(self, desk, self.panes, self.layout_, self.actions_, settings)
        self.memory.restore()
        self._opened()

    # -- building ------------------------------------------------------------------------------------

    def _build_centre(self) -> Notice:
        centre = QWidget()
        centre.setObjectName("central")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        for pane in (self.panes.threshold, self.panes.walk):
            column.addWidget(pane)
        column.addWidget(self.panes.waveform)
        column.addWidget(self.panes.marker_lane)
        column.addWidget(self.panes.spectrogram, 1)
        column.addWidget(self.panes.overview)
        column.addWidget(self.panes.glimpse, 1)
        column.addWidget(self.invitation, 1)
        self.setCentralWidget(centre)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(10, 0, 10, 0)
        bar.addWidget(self.panes.readout, 1)
        bar.addPermanentWidget(self.status)
        return Notice(centre)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setObjectName("spectrogramHeader")
        row = QHBoxLayout(header)
        row.setContentsMargins(10, 5, 10, 4)
        title = plain(self.tr("Spectrogram  V"))
        title.setObjectName("spectrogramTitle")
        title.setProperty("role", "title")
        self.about = named(
            ElidedLabel(), "about", self.tr("About the recording"), self.tr("The recording and its analysis")
        )
        self.about.setProperty("role", "dim")
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.panes.selected_span)
        row.addStretch(1)
        row.addWidget(self.about)
        return header

    def _build_menus(self) -> Actions:
        actions, desk, panes, dialogs = Actions(self), self.desk, self.panes, self.dialogs
        add_file_menu(actions, self.files, self.saves, self.exports, self.exchange, desk.recent, dialogs)
        add_edit_menu(actions, desk, panes, self.escape)
        add_view_menu(actions, desk, panes, self.layout_, self._show_waveform, self.set_theme)
        # From left to right as one works: take apart, collect, touch up by hand, listen.
        add_factorise_menu(actions, desk, dialogs)
        add_stacks_menu(actions, desk, panes, dialogs)
        add_layers_menu(actions, desk, panes, dialogs)
        add_tools_menu(actions, desk)
        add_select_menu(actions, desk, panes, dialogs)
        add_mask_menu(actions, desk, panes, dialogs)
        add_play_menu(actions, desk, dialogs)
        add_help_menu(actions, dialogs)
        return actions

    def _wire(self) -> None:
        desk, panes, notices = self.desk, self.panes, self.desk.notices
        desk.document.opened.connect(self._opened)
        desk.opening.glimpsed.connect(self._glimpse)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        desk.document.history_changed.connect(self._title)
        desk.document.history_changed.connect(self._lead_to_layers)
        desk.document.factors_changed.connect(self._factors_changed)
        desk.tools.changed.connect(self._hint)
        notices.said.connect(self.status.say)
        notices.refused.connect(self._refuse)
        notices.troubled.connect(self._trouble)
        notices.soothed.connect(self._soothe)
        desk.under_way.nothing_left.connect(self.notice.hide)
        panes.transport.sound_troubled.connect(self._sound_troubled)
        panes.hand.menu_wanted.connect(self.place_menu.open_at)
        panes.hand.owner_wanted.connect(desk.pointing.select_owner)
        panes.stack.menu_wanted.connect(lambda place: self._pop_up("layersMenu", place))
        panes.stack.stacks_wanted.connect(lambda place: self._pop_up("stacksMenu", place))
        panes.scores.references_wanted.connect(self.dialogs.references)
        self.dialogs.scores_wanted.connect(self.layout_.show_scores)
        panes.factorise.more_asked.connect(self.dialogs.all_settings)
        panes.factorise.count_asked.connect(self.dialogs.suggest_components)
        self.invitation.open.clicked.connect(self.files.open_dialog)
        self.invitation.demo.clicked.connect(lambda: self.files.open_demo())
        self.invitation.recent.chosen.connect(self.files.open)
        desk.journalling.found.connect(self._offer)

    # -- keeping -------------------------------------------------------------------------------------

    def set_theme(self, name: str) -> None:
        """'light', 'dark' or 'system'."""
        self._settings.setValue("theme", name)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, theme.named(name))
        self.panes.dress()

    def _follow_system(self) -> None:
        """The desktop went over to light or dark, while nobody chose one here."""
        chosen = str(self._settings.value("theme"))
        if theme.named(chosen) is not theme.current():
            self.set_theme(chosen)

    # -- showing -------------------------------------------------------------------------------------

    def _opened(self) -> None:
        recording = self.desk.document.recording
        self._show_centre(False)
        self.notice.clear()
        if recording is not None:
            self.panes.spectrogram.setFocus()
        self.layout_.lead_to(recording is None or self.desk.document.run is not None)
        self._hint()
        self._title()

    def _show_centre(self, opening: bool) -> None:
        """The spectrogram, or what is being opened, or what an empty window says."""
        there = self.desk.document.recording is not None
        self.panes.glimpse.setVisible(opening)
        self.invitation.setVisible(not opening and not there)
        self.panes.spectrogram.setVisible(not opening and there)
        self.panes.overview.setVisible(not opening and there)
        self.panes.marker_lane.set_shown(not opening and there)
        self._show_waveform()

    def _show_waveform(self, on: bool = False) -> None:
        wanted = on or self.actions_["showWaveform"].isChecked()
        self.panes.waveform.setVisible(wanted and not self.panes.spectrogram.isHidden())

    def _glimpse(self, glimpse: Glimpse | None) -> None:
        """What is being opened, or None: nothing is any more. Unsaved work stays in sight until it is left."""
        wanted, focused = glimpse is not None and not self.desk.document.dirty, self.panes.spectrogram.hasFocus()
        if wanted and self.panes.glimpse.isHidden():
            self.panes.hand.interrupt()
            self._show_centre(True)
            self._refocus = focused
        elif not wanted and not self.panes.glimpse.isHidden():
            self._show_centre(False)
            if self._refocus:
                self.panes.spectrogram.setFocus()
        self.panes.glimpse.show_glimpse(glimpse)

    def _factors_changed(self) -> None:
        self._title()
        if self.desk.document.run is not None:
            self.layout_.lead_on()

    def _lead_to_layers(self) -> None:
        """The first layer beside Everything was made, by a stroke or by hand: it is to be seen."""
        if len(self.desk.document.recorded_state.layers) > 1:
            self.layout_.lead_on()

    def _title(self) -> None:
        document, recording = self.desk.document, self.desk.document.recording
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

    def _hint(self) -> None:
        self.status.set_hint(described()[self.desk.tools.tool].hint)

    def _pop_up(self, menu: str, place: QPoint) -> None:
        """One of the menus of the bar, under the pointer."""
        found = self.menuBar().findChild(QMenu, menu)
        if found is not None and self.desk.document.recording is not None:
            found.popup(place)

    # -- notices -------------------------------------------------------------------------------------

    def _trouble(self, sentence: str) -> None:
        (self.dialogs.place_for_notices or self.notice).say(sentence)

    def _refuse(self, sentence: str) -> None:
        (self.dialogs.place_for_notices or self.notice).remark(sentence)

    def _soothe(self) -> None:
        for notice in (self.notice, self.dialogs.place_for_notices):
            if notice is not None:
                notice.hide()

    def _sound_troubled(self, sentence: str) -> None:
        if sentence:
            self.notice.say(sentence)
        else:
            self.notice.hide()
            self.status.say(self.tr("The sound is back"))

    def _offer(self, left: list[Left]) -> None:
        """Work that was left behind."""
        self.dialogs.recovery(left, self.files.recover)

    def escape(self) -> None:
        """Esc: leave the innermost thing under way; of what is said, the notice."""
        self.desk.under_way.escape(self.notice.isVisible())

    # -- events --------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.take(dropped(event.mimeData()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowBlocked:
            self.panes.hand.interrupt()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if (self.desk.document.dirty or self.leaving.writing) and not self._closing:
            event.ignore()
            self.leaving.ask(self.close_now)
            return
        self.memory.keep()
        self.desk.journalling.release()
        self.hide()
        self.desk.playback.stop()
        self.desk.runner.close()
        event.accept()

    def close_now(self) -> None:
        """Close, whatever is unsaved: that was asked about, or is known."""
        self._closing = True
        self.close()
