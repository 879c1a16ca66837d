"""The mask stack: which stack is shown, the buttons that act on layers, and the rows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QInputDialog, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.control.layers import LayerActs
from workbench.control.masks import MaskActs
from workbench.control.measuring import Measuring
from workbench.control.mixing import MixActs
from workbench.control.selection import Selection
from workbench.control.stacks import StackActs
from workbench.control.walking import Walking
from workbench.document.document import Document
from workbench.jobs.runner import Runner
from workbench.ui.base.controls import combo, dress, icon_button
from workbench.ui.stack.group_row import GroupRow
from workbench.ui.stack.layer_row import LayerRow
from workbench.ui.stack.residual_label import ResidualLabel
from workbench.ui.stack.rows import Rows


class StackPanel(QWidget):
    """The pane of the mask stack."""

    mask_wanted = Signal()
    """Show the selected mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """Place on the screen where the menu of what can be done to layers is wanted."""
    stacks_wanted = Signal(QPoint)
    """Place on the screen below the button of the stacks."""

    def __init__(
        self,
        document: Document,
        selection: Selection,
        layers: LayerActs,
        masks: MaskActs,
        stacks: StackActs,
        mixing: MixActs,
        walking: Walking,
        measuring: Measuring,
        runner: Runner,
    ) -> None:
        super().__init__()
        self.setObjectName("stackPanel")
        self._document, self._selection, self._stack_acts = document, selection, stacks
        self._rows = Rows(document, selection, layers, mixing, runner)
        self.residual = ResidualLabel()
        self._scroll = QScrollArea()
        self._scroll.setObjectName("stackScroll")
        self._scroll.setWidget(self._rows.list)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._stack_row())
        column.addLayout(self._buttons(layers, masks, walking))
        column.addWidget(self._scroll, 1)
        column.addWidget(self.residual)
        self.residual.setContentsMargins(8, 0, 8, 6)
        # A row that was just made gets its place when the scroll area has laid out its content.
        self._scroll_later = QTimer(self, singleShot=True, interval=30)
        self._scroll_later.timeout.connect(self._show_selected)
        self._rows.mask_wanted.connect(self.mask_wanted)
        self._rows.menu_wanted.connect(self.menu_wanted)
        self._rows.marked.connect(self._scroll_later.start)
        measuring.residual_measured.connect(self.residual.show_residual)
        document.stacks_changed.connect(self._show_stacks)
        document.opened.connect(self._show_stacks)
        self._show_stacks()

    def sizeHint(self) -> QSize:
        return QSize(330, 400)

    # -- building ------------------------------------------------------------------------------------

    def _stack_row(self) -> QHBoxLayout:
        """Which of the document's stacks is the present one."""
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 0)
        row.setSpacing(4)
        self.stacks = combo(
            [],
            "stackChoice",
            self.tr("Mask stack"),
            self.tr("The stack that is seen, heard and edited (Page Up, Page Down)"),
        )
        self.stack_menu = icon_button(
            "stacks",
            "stackMenu",
            self.tr("Stacks"),
            self.tr("New, duplicate, rename or remove a stack; copy a mask to another"),
        )
        row.addWidget(self.stacks, 1)
        row.addWidget(self.stack_menu)
        self.stack_menu.clicked.connect(
            lambda: self.stacks_wanted.emit(self.stack_menu.mapToGlobal(self.stack_menu.rect().bottomLeft()))
        )
        self.stacks.activated.connect(lambda i: self._stack_acts.show(self.stacks.itemData(i)))
        return row

    def _buttons(self, layers: LayerActs, masks: MaskActs, walking: Walking) -> QGridLayout:
        """What is done to layers, with words, in two rows so that these have room."""
        grid = QGridLayout()
        grid.setContentsMargins(6, 4, 6, 2)
        grid.setSpacing(4)
        tr = self.tr
        entries = (
            ("new", "newLayer", tr("New"), tr("New empty layer to paint into (N)"), layers.add),
            ("group", "groupLayers", tr("Group"), tr("Collect the selected layers as one source (G)"), layers.group),
            (
                "merge",
                "mergeLayers",
                tr("Merge"),
                tr("Merge the selected layers: Ctrl+click picks several (Ctrl+E)"),
                layers.merge,
            ),
            (
                "delete",
                "deleteLayer",
                tr("Delete"),
                tr("Delete the layer; the others take what it held. A group is only dissolved (Delete)"),
                layers.remove,
            ),
            (
                "walk",
                "auditionWalk",
                tr("Walk"),
                tr("Hear each layer alone until it is named or sorted (Shift+W)"),
                walking.begin,
            ),
            ("invert", "invertMask", tr("Invert"), tr("Give the layer all that it has not (Ctrl+I)"), masks.invert),
            (
                "binary",
                "makeBinary",
                tr("Binary"),
                tr("Give every point to the layer that holds most of it (Ctrl+B)"),
                masks.make_binary,
            ),
        )
        self._icons: list[QPushButton] = [self.stack_menu]
        for place, (icon, name, word, tip, act) in enumerate(entries):
            button = self._worded(icon, name, word, tip)
            button.clicked.connect(lambda _, do=act: do())
            grid.addWidget(button, *divmod(place, 4))
        self.more = self._worded(
            "more", "moreOfLayers", tr("More"), tr("All that can be done to layers, with its keys")
        )
        self.more.clicked.connect(lambda: self.menu_wanted.emit(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        grid.addWidget(self.more, 1, 3)
        return grid

    def _worded(self, icon: str, name: str, word: str, tip: str) -> QPushButton:
        button = icon_button(icon, name, word, tip)
        button.setText(word)
        button.setProperty("role", "worded")
        self._icons.append(button)
        return button

    # -- showing -------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[LayerRow]:
        """The rows of the layers, in order."""
        return self._rows.list.rows

    @property
    def group_rows(self) -> list[GroupRow]:
        """The rows of the groups, in order."""
        return self._rows.list.group_rows

    @property
    def colour_thumbnails(self) -> bool:
        """Whether thumbnails are in colour over the mix."""
        return self._rows.thumbnails.in_colour

    def set_colour_thumbnails(self, on: bool) -> None:
        """Thumbnails in colour over the mix, or white 0 to black 1."""
        self._rows.thumbnails.set_in_colour(on)

    def _show_stacks(self) -> None:
        state = self._document.state
        with QSignalBlocker(self.stacks):
            self.stacks.clear()
            for each in state.stacks:
                self.stacks.addItem(each.name, each.id)
            self.stacks.setCurrentIndex(self.stacks.findData(state.shown))

    def _show_selected(self) -> None:
        row = self._rows.selected_row
        if row is not None:
            self._scroll.ensureWidgetVisible(row, 0, 4)

    def dress(self) -> None:
        """The theme changed."""
        for button in self._icons:
            dress(button)
        self._rows.dress()

    # -- keys ----------------------------------------------------------------------------------------

    def select_by(self, by: int) -> None:
        """Select the row above (−1) or below (1), of a layer or a group."""
        items, row = [each for each in self._rows.list.items if not each.isHidden()], self._rows.selected_row
        index = items.index(row) + by if row in items else 0
        if 0 <= index < len(items):
            wanted = items[index]
            select = self._selection.select_group if isinstance(wanted, GroupRow) else self._selection.select
            select(wanted.layer.id)

    def toggle_fold(self) -> None:
        """Show or hide the layers of the group of what is selected."""
        row = next((row for row in self.group_rows if row.group == self._selection.group_around), None)
        if row is not None:
            row.fold.click()

    def rename_selected(self) -> None:
        """Type another name for the selected layer or group."""
        row = self._rows.selected_row
        if row is not None:
            row.rename()

    def recolour_selected(self) -> None:
        """Choose another colour for the selected layer or group."""
        row = self._rows.selected_row
        if row is not None:
            row.choose_colour()

    def rename_stack(self) -> None:
        """Type another name for the present stack."""
        if self._document.recording is None:
            return
        for each in self.window().findChildren(QInputDialog, "renameStackDialog"):
            each.close()
        dialog = QInputDialog(self.window())
        dialog.setObjectName("renameStackDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Rename the stack"))
        dialog.setLabelText(self.tr("Name of the stack"))
        dialog.setTextValue(self._document.state.present.name)
        dialog.textValueSelected.connect(self._stack_acts.rename)
        dialog.show()
