"""The scores of layers and groups against the references, live."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.audio.scores import Score
from workbench.control.references import References
from workbench.control.score_rows import ScoreRow
from workbench.control.scoring import Scoring
from workbench.control.selection import Selection
from workbench.document.document import Document
from workbench.ui.base import theme
from workbench.ui.base.controls import dim, named, plain
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import literal
from workbench.ui.stack.room_bar import REACHED, RoomBar

SOURCE, REFERENCE, SDR, ROOM, SI_SDR, MIX, MIX_SI, ORACLE, ORACLE_SI, BSSEVAL = range(10)
NUMBERS = (SDR, SI_SDR, MIX, MIX_SI, ORACLE, ORACLE_SI)
COLUMNS = BSSEVAL + 4
COLOUR = Qt.ItemDataRole.UserRole + 2
CHIP = 10


@guarded
class ScoresPanel(QWidget):
    """A table of groups with their layers; a click selects, a click on the reference chooses another."""

    references_wanted = Signal()
    """The user wants to see or to add references."""

    def __init__(self, document: Document, selection: Selection, references: References, scoring: Scoring) -> None:
        super().__init__()
        self.setObjectName("scoresPanel")
        self._document, self._selection = document, selection
        self._seen = False
        self._references, self._scoring = references, scoring
        self._items: dict[int, QTreeWidgetItem] = {}
        self._rows: dict[int, ScoreRow] = {}
        self._shape: list[tuple[int, int]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(self._bar())
        self.invitation = dim(
            self.tr("With references (true stems, or those of any separator) you see here how near every source comes.")
        )
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.invitation, 1)
        self.table = self._table()
        column.addWidget(self.table, 1)
        scoring.changed.connect(self._show)
        references.changed.connect(self._show)
        document.opened.connect(self._show)
        selection.layer_changed.connect(self._show_selected)
        self._show()

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.open = named(
            QPushButton(self.tr("References…")),
            "scoresReferences",
            self.tr("References"),
            self.tr("Add stems to measure against, or see what was done with them"),
        )
        self.group = named(
            QPushButton(self.tr("Group")),
            "scoresGroup",
            self.tr("Group by reference"),
            self.tr("A group for each reference, of the layers that are measured against it"),
        )
        self.evaluate = named(
            QPushButton(self.tr("BSSEval v4")),
            "scoresBsseval",
            self.tr("BSSEval v4"),
            self.tr("Measure once by museval, where it is installed: medians over seconds, another number than SDR"),
        )
        self.copy = named(
            QPushButton(self.tr("Copy as CSV")),
            "scoresCopy",
            self.tr("Copy as CSV"),
            self.tr("The table, for a spreadsheet"),
        )
        self.status = plain()
        self.status.setProperty("role", "dim")
        named(self.status, "scoresStatus", self.tr("How far it is measured"), self.tr("How far it is measured"))
        self.open.clicked.connect(self.references_wanted)
        self.group.clicked.connect(self._scoring.group_by_reference)
        self.evaluate.clicked.connect(self._scoring.evaluate)
        self.copy.clicked.connect(self._copy)
        for widget in (self.open, self.group, self.evaluate, self.copy):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.status)
        return row

    def _table(self) -> QTreeWidget:
        table = named(
            QTreeWidget(),
            "scoresTable",
            self.tr("Scores"),
            self.tr(
                "Decibels of every group and layer before the faders, against its reference. A click on the reference, "
                "or Return, chooses another"
            ),
        )
        heads = [self.tr("Source"), self.tr("Reference"), self.tr("SDR"), self.tr("from the mix to the oracle")]
        heads += [self.tr("SI-SDR"), self.tr("mix"), self.tr("mix SI"), self.tr("oracle"), self.tr("oracle SI")]
        heads += [f"v4 {kind}" for kind in ("SDR", "ISR", "SIR", "SAR")]
        table.setHeaderLabels(heads)
        tips = {
            SDR: self.tr("Signal-to-distortion ratio, dB: energy of the reference over that of the error"),
            SI_SDR: self.tr("Scale-invariant SDR, dB: the same, whatever the level of the source"),
            ROOM: self.tr("How far the source has come from the mix to the oracle, and the SDR that is left"),
            MIX: self.tr("SDR of doing nothing: the unprocessed recording against this reference"),
            MIX_SI: self.tr("SI-SDR of doing nothing"),
            ORACLE: self.tr("SDR of the ideal ratio mask: about as much as masks can do"),
            ORACLE_SI: self.tr("SI-SDR of the ideal ratio mask"),
            BSSEVAL: self.tr("BSSEval v4 of all that is measured against this reference; never compare it with SDR"),
        }
        for place, tip in tips.items():
            table.headerItem().setToolTip(place, tip)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setItemDelegateForColumn(ROOM, RoomBar(table))
        head = table.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for place in (*NUMBERS, *range(BSSEVAL, COLUMNS)):
            table.headerItem().setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.itemClicked.connect(self._clicked)
        table.itemActivated.connect(lambda item, _: self._choose(item))
        table.currentItemChanged.connect(self._selected)
        return table

    # -- showing -------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        # As narrow as the panes that it shares its place with.
        return QSize(120, 80)

    def dress(self) -> None:
        """The theme changed."""
        self._show()

    def set_seen(self, seen: bool) -> None:
        """Whether it is in front: of panes that share a place as tabs all are visible to Qt."""
        self._seen = seen
        self._scoring.watch(seen)
        self._show()

    def _show(self) -> None:
        if not self._seen:
            return
        opened = self._document.recording is not None
        known = opened and bool(self._document.state.references)
        self.table.setVisible(known)
        self.invitation.setVisible(not known)
        self.open.setEnabled(opened)
        self.group.setEnabled(known)
        self.evaluate.setEnabled(known)
        self.copy.setEnabled(known)
        self.status.setText(self._said() if known else "")
        if known:
            self._fill(self._scoring.rows)

    def _said(self) -> str:
        if self._references.busy:
            return self.tr("reading the references")
        if not self._scoring.references:
            return self.tr("no reference could be read")
        if self._scoring.left:
            text = self.tr("measuring, {0:.0f} %") if self._scoring.measuring else self.tr("stopped at {0:.0f} %")
            return text.format(100 * self._scoring.share)
        return self.tr("up to date")

    def _fill(self, rows: list[ScoreRow]) -> None:
        shape = [(row.source.id, row.source.group) for row in rows]
        if shape != self._shape:
            self._build(rows)
            self._shape = shape
        names = dict(self._scoring.references)
        self._rows = {row.source.id: row for row in rows}
        with QSignalBlocker(self.table):
            for row in rows:
                self._write(self._items[row.source.id], row, names)
        measured = any(row.bsseval is not None for row in rows)
        for place in range(BSSEVAL, COLUMNS):
            self.table.setColumnHidden(place, not measured)
        self._show_selected()

    def _build(self, rows: list[ScoreRow]) -> None:
        # Groups are folded at first: there may be many layers, and a group is what counts.
        unfolded = {source for source, item in self._items.items() if item.isExpanded()}
        with QSignalBlocker(self.table):
            self.table.clear()
            self._items = {}
            for row in rows:
                parent = self._items.get(row.source.group)
                item = QTreeWidgetItem(self.table if parent is None else parent)
                item.setData(0, Qt.ItemDataRole.UserRole, row.source.id)
                for place in (*NUMBERS, *range(BSSEVAL, COLUMNS)):
                    item.setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._items[row.source.id] = item
            for source, item in self._items.items():
                item.setExpanded(source in unfolded)

    def _write(self, item: QTreeWidgetItem, row: ScoreRow, names: dict[int, str]) -> None:
        source = row.source
        item.setText(SOURCE, source.name)
        item.setToolTip(SOURCE, literal(source.name))
        if item.data(SOURCE, COLOUR) != source.colour:
            chip = QPixmap(CHIP, CHIP)
            chip.fill(QColor(source.colour))
            item.setIcon(SOURCE, QIcon(chip))
            item.setData(SOURCE, COLOUR, source.colour)
        font = item.font(SOURCE)
        font.setBold(source.is_group)
        item.setFont(SOURCE, font)
        name = self.tr("none") if row.reference is None else names.get(row.reference, "")
        item.setText(REFERENCE, name)
        how = self.tr("chosen by hand") if row.by_hand else self.tr("found by name or likeness")
        item.setToolTip(REFERENCE, literal(self.tr("{0}: {1}. Click to choose another").format(name, how)))
        item.setForeground(REFERENCE, theme.text_brush() if row.by_hand else theme.dim_brush())
        numbers = [*_pair(row.score), *_pair(row.mix), *_pair(row.oracle)]
        for place, number in zip(NUMBERS, numbers, strict=True):
            item.setText(place, decibels_of(number))
        for place in (MIX, MIX_SI, ORACLE, ORACLE_SI):
            item.setForeground(place, theme.dim_brush())
        item.setData(ROOM, REACHED, row.reached)
        item.setText(ROOM, self._room(row))
        item.setToolTip(ROOM, self._room_tip(row))
        bss = row.bsseval
        for place, number in enumerate((None,) * 4 if bss is None else (bss.sdr, bss.isr, bss.sir, bss.sar), BSSEVAL):
            item.setText(place, decibels_of(number))

    def _room(self, row: ScoreRow) -> str:
        if row.reached is None or row.score is None or row.oracle is None:
            return ""
        left = row.oracle.sdr - row.score.sdr
        return self.tr("{0:.1f} dB left").format(left) if left > 0.05 else self.tr("all of it")

    def _room_tip(self, row: ScoreRow) -> str:
        if row.reached is None or row.score is None or row.mix is None:
            return ""
        gained = row.score.sdr - row.mix.sdr
        if gained < 0:
            return self.tr("{0:.1f} dB worse than the unprocessed mix").format(-gained)
        return self.tr("{0:.1f} dB above the unprocessed mix").format(gained)

    # -- choosing ------------------------------------------------------------------------------------

    def _show_selected(self) -> None:
        wanted = self._items.get(self._selection.group or self._selection.layer)
        if wanted is not None and wanted is not self.table.currentItem():
            with QSignalBlocker(self.table):
                self.table.setCurrentItem(wanted)

    def _selected(self, item: QTreeWidgetItem | None) -> None:
        row = None if item is None else self._rows.get(item.data(0, Qt.ItemDataRole.UserRole))
        if row is not None and row.source.is_group:
            self._selection.select_group(row.source.id)
        elif row is not None:
            self._selection.select(row.source.id)

    def _clicked(self, item: QTreeWidgetItem, place: int) -> None:
        if place == REFERENCE:
            self._choose(item)

    def _choose(self, item: QTreeWidgetItem) -> None:
        """A menu of references for a source."""
        row = self._rows.get(item.data(0, Qt.ItemDataRole.UserRole))
        if row is None:
            return
        menu = QMenu(self)
        menu.setObjectName("scoresMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        present = (0 if row.reference is None else row.reference) if row.by_hand else None
        choices: list[tuple[str, int | None]] = [(self.tr("That which it is most like"), None)]
        choices += [(name, identity) for identity, name in self._scoring.references]
        choices += [(self.tr("None"), 0)]
        for text, identity in choices:
            action = QAction(text.replace("&", "&&"), menu, checkable=True)
            action.setChecked(identity == present)
            action.triggered.connect(
                lambda _=False, to=identity: self._references.assign(row.source.id, row.source.name, to)
            )
            group.addAction(action)
            menu.addAction(action)
        below = self.table.visualItemRect(item).bottomLeft()
        place = QPoint(self.table.columnViewportPosition(REFERENCE), below.y())
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._scoring.csv())
        self.status.setText(self.tr("copied"))


def _pair(score: Score | None) -> tuple[float | None, float | None]:
    return (None, None) if score is None else (score.sdr, score.si_sdr)


def decibels_of(value: float | None) -> str:
    """'7.35', '−0.12', '∞'; '–' where it is not known."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.2f}".replace("-", "−")
