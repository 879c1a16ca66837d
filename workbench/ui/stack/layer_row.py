"""One row of the mask stack: a layer's, and what a group's has of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from workbench.document.acts.layers import GAIN_RANGE_DB
from workbench.masks.model.layers import Group, Layer
from workbench.ui.base import theme
from workbench.ui.base.controls import Slider, named, toggle
from workbench.ui.base.guard import guarded

MIME = "application/x-workbench-layer"


@guarded
class Thumbnail(QLabel):
    """The layer's mask over the whole recording."""

    SIZE = QSize(92, 44)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(self.SIZE)
        self._image = QImage()
        self._faint = False

    def show_faint(self, on: bool) -> None:
        """Step back, for a layer that is not heard."""
        self._faint = on
        self.update()

    def show_image(self, image: QImage) -> None:
        """Another picture."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#ffffff"))
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), self._image)
        if self._faint:
            veil = QColor(theme.current().panel)
            veil.setAlpha(165)
            painter.fillRect(self.rect(), veil)
        painter.setPen(QColor(theme.current().line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


@guarded
class LayerRow(QFrame):
    """Thumbnail, name, colour, mute, solo, lock, gain and pan of a layer."""

    picked = Signal(int, bool)
    """Layer id, and whether it is added to those selected."""
    changed = Signal(int, str, str, dict)
    """Layer id, name of the act, merge key (or ''), fields."""
    settled = Signal()
    """A slider was let go."""
    mask_wanted = Signal()
    """The row was double-clicked: show its mask large, or go back."""
    menu_wanted = Signal(QPoint)
    """The right button went down, at this place of the screen."""
    name_taken = Signal(int, str)
    """Another name was typed."""

    def __init__(self, layer: Layer | Group, tag: str, pan_trouble: str) -> None:
        super().__init__()
        self.layer = layer
        self.group = layer.group if isinstance(layer, Layer) else layer.id
        named(self, f"{tag}Row", layer.name, "")
        self.setProperty("role", "layer")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._press: QPointF | None = None
        self.colour = named(
            QPushButton(), f"{tag}Colour", self.tr("Colour of {0}").format(layer.name), self.tr("Choose a colour")
        )
        self.colour.setFixedSize(8, 44)
        self.colour.clicked.connect(self._choose_colour)
        self.thumbnail = Thumbnail()
        named(
            self.thumbnail,
            f"{tag}Mask",
            self.tr("Mask of {0}").format(layer.name),
            self.tr("The mask: white 0, black 1. Double-click shows it large; drag the row to reorder."),
        )
        self.name = named(
            QLineEdit(layer.name),
            f"{tag}Name",
            self.tr("Name of {0}").format(layer.name),
            self.tr("Double-click (or F2) to rename"),
        )
        self.name.setReadOnly(True)
        self.name.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.name.setFrame(False)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name.installEventFilter(self)
        self.name.editingFinished.connect(self._name_typed)
        self.mute = toggle(
            "M",
            "mute",
            f"{tag}Mute",
            self.tr("Mute {0}").format(layer.name),
            self.tr("Mute (M for the selected layer)"),
            layer.mute,
        )
        self.solo = toggle(
            "S",
            "solo",
            f"{tag}Solo",
            self.tr("Solo {0}").format(layer.name),
            self.tr("Solo (S for the selected layer)"),
            layer.solo,
        )
        self.lock = toggle(
            "",
            "lock",
            f"{tag}Lock",
            self.tr("Lock {0}").format(layer.name),
            self.tr("Lock: guards the mask against edits (K)"),
            self._locked(),
        )
        self.lock.setIcon(theme.icon("lock"))
        self.lock.setIconSize(QSize(13, 13))
        self.gain = named(
            Slider(*GAIN_RANGE_DB, layer.gain_db, 0.0, 144),
            f"{tag}Gain",
            self.tr("Gain of {0}").format(layer.name),
            self.tr("Gain in dB; double-click for 0 dB"),
        )
        self.gain_text = QLabel()
        self.gain_text.setProperty("role", "dim")
        self.gain_text.setFixedWidth(52)
        self.gain_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        tip = pan_trouble or self.tr("Pan, constant power; double-click for the centre")
        self.pan = named(Slider(-1, 1, layer.pan, 0.0, 100), f"{tag}Pan", self.tr("Pan of {0}").format(layer.name), tip)
        self.pan.setProperty("role", "pan")
        self.pan.setEnabled(not pan_trouble)
        self.pan.setMaximumWidth(62)
        # One key leaves the place where the slider snaps to the centre.
        self.pan.setSingleStep(2)
        self._audible = True
        self.band = QFrame()
        self.band.setFixedWidth(4)
        self.band.hide()
        self._dress_name()
        self._wire()
        self._arrange()
        self.show_layer(layer)

    def _wire(self) -> None:
        for button, field, on, off in (
            (self.mute, "mute", self.tr("Mute {0}"), self.tr("Unmute {0}")),
            (self.solo, "solo", self.tr("Solo {0}"), self.tr("Unsolo {0}")),
            (self.lock, "locked", self.tr("Lock {0}"), self.tr("Unlock {0}")),
        ):
            button.clicked.connect(
                lambda down, f=field, a=on, b=off: self.changed.emit(
                    self.layer.id, (a if down else b).format(self.layer.name), "", {f: down}
                )
            )
        self.gain.moved.connect(self._gain_moved)
        self.pan.moved.connect(self._pan_moved)
        self.gain.let_go.connect(self.settled)
        self.pan.let_go.connect(self.settled)

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

    def retag(self, tag: str) -> None:
        """Other object names, for another place in the stack."""
        old = self.objectName().removesuffix("Row")
        if tag != old:
            for widget in (self, *self.findChildren(QWidget)):
                if widget.objectName().startswith(old):
                    widget.setObjectName(tag + widget.objectName().removeprefix(old))

    def _locked(self) -> bool:
        return isinstance(self.layer, Layer) and self.layer.locked

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
        for button, on in ((self.mute, layer.mute), (self.solo, layer.solo), (self.lock, self._locked())):
            button.setChecked(on)
        self.gain.set(layer.gain_db)
        self.pan.set(layer.pan)
        self.gain_text.setText("−∞ dB" if layer.gain_db <= -200 else f"{layer.gain_db:+.1f} dB".replace("-", "−"))

    def _call(self, name: str) -> None:
        """Tell assistive technology the layer's new name."""
        self.setAccessibleName(name)
        for widget, text in (
            (self.colour, self.tr("Colour of {0}")),
            (self.thumbnail, self.tr("Mask of {0}")),
            (self.mute, self.tr("Mute {0}")),
            (self.solo, self.tr("Solo {0}")),
            (self.lock, self.tr("Lock {0}")),
            (self.gain, self.tr("Gain of {0}")),
            (self.pan, self.tr("Pan of {0}")),
        ):
            widget.setAccessibleName(text.format(name))

    def show_audible(self, on: bool) -> None:
        """Whether the layer is heard; one that is muted, or not soloed while another is, steps back."""
        if on == self._audible:
            return
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

    def rename(self) -> None:
        """Let the user type another name."""
        self.name.setReadOnly(False)
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setFocus()
        self.name.selectAll()

    def _name_typed(self) -> None:
        if self.name.isReadOnly():
            return
        text = self.name.text().strip()
        self.name.setReadOnly(True)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.name.clearFocus()
        self.name.setText(self.layer.name)
        if text and text != self.layer.name:
            self.name_taken.emit(self.layer.id, text)

    def _choose_colour(self) -> None:
        dialog = QColorDialog(QColor(self.layer.colour), self.window())
        dialog.setObjectName("colourDialog")
        dialog.setWindowTitle(self.tr("Colour of {0}").format(self.layer.name))
        dialog.setModal(False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        identity, name = self.layer.id, self.layer.name
        text = self.tr("Recolour {0}").format(name)
        dialog.colorSelected.connect(lambda c: self.changed.emit(identity, text, "", {"colour": c.name()}))
        dialog.open()

    def _gain_moved(self, value: float) -> None:
        gain = round(value, 1)
        if gain <= GAIN_RANGE_DB[0]:
            gain = float("-inf")
        name = self.tr("Gain of {0}").format(self.layer.name)
        self.changed.emit(self.layer.id, name, f"gain{self.layer.id}", {"gain_db": gain})

    def _pan_moved(self, value: float) -> None:
        pan = 0.0 if abs(value) < 0.03 else round(value, 2)
        name = self.tr("Pan of {0}").format(self.layer.name)
        self.changed.emit(self.layer.id, name, f"pan{self.layer.id}", {"pan": pan})

    # -- the hand: select, rename, drag to reorder -------------------------------------------------------

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
