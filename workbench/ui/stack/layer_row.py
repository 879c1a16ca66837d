"""One row of the mask stack: a layer's, and what a group's has of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QIcon, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QColorDialog, QFrame, QGridLayout, QHBoxLayout, QPushButton, QWidget

from workbench.audio.speakers import Speakers
from workbench.control.layers import LayerActs
from workbench.control.mixing import MixActs
from workbench.masks.model.layers import Group, Layer
from workbench.masks.model.palette import PALETTE
from workbench.ui.base import theme
from workbench.ui.base.controls import decibels, named, plain, toggle
from workbench.ui.base.guard import guarded
from workbench.ui.base.names import NameField
from workbench.ui.base.source_controls import SourceControls
from workbench.ui.stack.thumbnail import Thumbnail

MIME = "application/x-workbench-layer"


@guarded
class LayerRow(QFrame):
    """Thumbnail, name, colour, mute, solo, lock, gain and pan of a layer."""

    picked = Signal(int, bool)
    """Layer id, and whether it is added to those selected."""
    mask_wanted = Signal()
    """The row was double-clicked: show its mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """The right button went down, at this place of the screen."""

    def __init__(self, layer: Layer | Group, tag: str, layers: LayerActs, mixing: MixActs, speakers: Speakers) -> None:
        super().__init__()
        self.layer, self._layers = layer, layers
        self.group = layer.group if isinstance(layer, Layer) else layer.id
        named(self, f"{tag}Row", layer.name, "")
        self.setProperty("role", "layer")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._press: QPointF | None = None
        self._audible = True
        self.colour = named(QPushButton(), f"{tag}Colour", "", self.tr("Choose a colour (Ctrl+K for the selected row)"))
        self.colour.setFixedSize(10, 44)
        self.thumbnail = named(
            Thumbnail(),
            f"{tag}Mask",
            "",
            self.tr("The mask: white 0, black 1. Double-click shows it large; drag the row to reorder."),
        )
        self.name = named(NameField(layer.name), f"{tag}Name", "", self.tr("Double-click (or F2) to rename"))
        self.name.setReadOnly(True)
        self.name.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.name.setFrame(False)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name.installEventFilter(self)
        self.controls = SourceControls(layer, tag, mixing, speakers, parent=self)
        self.mute, self.solo = self.controls.mute, self.controls.solo
        self.gain, self.pan = self.controls.gain, self.controls.pan
        self.pan.setMaximumWidth(62)
        lock_tip = self.tr("Lock: guards the mask against edits (K)")
        self.lock = toggle("", "lock", f"{tag}Lock", "", lock_tip, self._locked())
        self.lock.setIcon(theme.icon("lock"))
        self.lock.setIconSize(QSize(13, 13))
        self.gain_text = plain()
        self.gain_text.setProperty("role", "dim")
        self.gain_text.setFixedWidth(52)
        self.gain_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.band = QFrame()
        self.band.setFixedWidth(4)
        self.colour.clicked.connect(self.choose_colour)
        self.name.editingFinished.connect(self._name_typed)
        self.lock.clicked.connect(self._lock_clicked)
        self._arrange()
        self.band.hide()
        self._dress_name()
        self._call(layer.name)
        self.show_layer(layer)

    def _arrange(self) -> None:
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(5, 5, 6, 5)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.band, 0, 0, 2, 1)
        grid.addWidget(self.colour, 0, 1, 2, 1)
        grid.addWidget(self.thumbnail, 0, 2, 2, 1)
        top = self.top = QHBoxLayout()
        top.setSpacing(3)
        top.addWidget(self.name, 1)
        for button in (self.mute, self.solo, self.lock):
            top.addWidget(button)
        bottom = QHBoxLayout()
        bottom.setSpacing(4)
        bottom.addWidget(self.gain, 1)
        bottom.addWidget(self.gain_text)
        bottom.addWidget(self.pan)
        grid.addLayout(top, 0, 3)
        grid.addLayout(bottom, 1, 3)
        grid.setColumnStretch(3, 1)

    @property
    def first_layer(self) -> int:
        """Id of the layer that stands here first."""
        return self.layer.id

    @property
    def drag_name(self) -> str:
        """What a drag of this row carries."""
        return f"layer {self.layer.id}"

    def dress(self, lock: QIcon) -> None:
        """The theme changed; the icon is its own."""
        self.lock.setIcon(lock)
        if not self._audible:
            # The only name with a colour of the theme.
            self._dress_name()

    def retag(self, tag: str) -> None:
        """Other object names, for another place in the stack."""
        old = self.objectName().removesuffix("Row")
        if tag != old:
            for widget in (self, *self.findChildren(QWidget)):
                if widget.objectName().startswith(old):
                    widget.setObjectName(tag + widget.objectName().removeprefix(old))

    def _locked(self) -> bool:
        return isinstance(self.layer, Layer) and self.layer.locked

    # -- showing -------------------------------------------------------------------------------------

    def show_group(self, colour: str | None) -> None:
        """Stand in a group, with a band of its colour, or in none."""
        self.band.setVisible(colour is not None)
        self.band.setStyleSheet(f"background: {colour}; border: none; border-radius: 2px;")
        # The name has as much room as elsewhere.
        self.thumbnail.setFixedWidth(Thumbnail.SIZE.width() - (0 if colour is None else 16))
        self._grid.setContentsMargins(5 if colour is None else 11, 5, 6, 5)

    def show_layer(self, layer: Layer | Group) -> None:
        """Show another state of the same layer."""
        if layer.name != self.layer.name:
            self._call(layer.name)
        self.layer = layer
        if self.name.isReadOnly():
            self.name.setText(layer.name)
            self.name.setCursorPosition(0)
        self.colour.setStyleSheet(
            f"QPushButton {{ background: {layer.colour}; border: none; border-radius: 3px; padding: 0; }}"
        )
        self.lock.setChecked(self._locked())
        self.controls.show_source(layer)
        self.gain_text.setText(f"{decibels(layer.gain_db)} dB")

    def _call(self, name: str) -> None:
        """Tell assistive technology the layer's name."""
        self.setAccessibleName(name)
        for widget, text in (
            (self.colour, self.tr("Colour of {0}")),
            (self.thumbnail, self.tr("Mask of {0}")),
            (self.name, self.tr("Name of {0}")),
            (self.lock, self.tr("Lock {0}")),
        ):
            widget.setAccessibleName(text.format(name))

    def show_audible(self, on: bool) -> None:
        """Whether the layer is heard; one that is muted, or not soloed while another is, steps back."""
        if on != self._audible:
            self._audible = on
            self.thumbnail.show_faint(not on)
            self._dress_name()

    def _dress_name(self) -> None:
        colour = "" if self._audible else f"color: {theme.current().dim};"
        self.name.setStyleSheet(
            f"QLineEdit {{ {colour} }} QLineEdit:read-only {{ background: transparent; border-color: transparent; }}"
        )

    def mark(self, current: bool, picked: bool) -> None:
        """Show whether this is the selected layer, or one of several."""
        if (self.property("current"), self.property("picked")) != (current, picked):
            self.setProperty("current", current)
            self.setProperty("picked", picked)
            self.style().unpolish(self)
            self.style().polish(self)

    # -- acting --------------------------------------------------------------------------------------

    def rename(self) -> None:
        """Let the user type another name."""
        self.name.setReadOnly(False)
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setFocus()
        self.name.selectAll()

    def _name_typed(self) -> None:
        if self.name.isReadOnly():
            return
        text = self.name.text()
        self.name.setReadOnly(True)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name.clearFocus()
        self.name.setText(self.layer.name)
        self._layers.rename(self.layer, text)

    def _lock_clicked(self, on: bool) -> None:
        self._layers.lock(self.layer, on)
        self.lock.setChecked(self._locked())

    def choose_colour(self) -> None:
        """Let the user choose another colour; those of the palette are at hand."""
        for i in range(min(len(PALETTE), QColorDialog.customCount())):
            QColorDialog.setCustomColor(i, QColor(PALETTE[i]))
        dialog = QColorDialog(QColor(self.layer.colour), self.window())
        dialog.setObjectName("colourDialog")
        dialog.setWindowTitle(self.tr("Colour of {0}").format(self.layer.name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layers, layer = self._layers, self.layer
        dialog.colorSelected.connect(lambda colour: layers.recolour(layer, colour.name()))
        dialog.show()

    # -- the hand: select, rename, drag to reorder ---------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.name and not self.name.isReadOnly() and isinstance(event, QKeyEvent):
            ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
            if ends and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.name.setText(self.layer.name)
                self._name_typed()
                return True
        if watched is self.name and self.name.isReadOnly():
            if event.type() == QEvent.Type.MouseButtonDblClick:
                self.rename()
                return True
            if isinstance(event, QMouseEvent):
                # A name that is not being edited is part of the row.
                event.ignore()
                return event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove) and self._forward(event)
        return super().eventFilter(watched, event)

    def _forward(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:
            self.mousePressEvent(event)
        else:
            self.mouseMoveEvent(event)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.picked.emit(self.layer.id, False)
            self.menu_wanted.emit(event.globalPosition().toPoint())
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.globalPosition()
            ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self.picked.emit(self.layer.id, ctrl)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.mask_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.globalPosition() - self._press).manhattanLength() < QApplication.startDragDistance():
            return
        self._press = None
        drag = QDrag(self)
        data = QMimeData()
        data.setData(MIME, self.drag_name.encode())
        drag.setMimeData(data)
        shot = QPixmap(self.size())
        self.render(shot)
        drag.setPixmap(shot.scaledToWidth(self.width() * 2 // 3, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.MoveAction)
