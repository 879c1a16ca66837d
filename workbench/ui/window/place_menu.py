"""The menu of the right button over the spectrogram: who holds the place, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from workbench.control.desk import Desk
from workbench.control.pointing import Here, Holder
from workbench.masks.model.layers import Group, Layer
from workbench.ui.window.actions import Actions

MOST_LAYERS, MOST_PARTS = 3, 8
CHIP = 12
"""Pixels of a layer's colour."""


class PlaceMenu(QMenu):
    """Made anew for each place. What it says of a place is what the spectrogram showed when the button went down."""

    def __init__(self, desk: Desk, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("placeMenu")
        self.setAccessibleName(self.tr("What is here"))
        self.setToolTipsVisible(True)
        self._desk, self._actions = desk, actions

    def open_at(self, place: QPoint) -> None:
        """Open it at a place of the screen, for what is under the pointer."""
        if self._desk.document.recording is None:
            return
        self._fill(self._desk.pointing.here())
        self.popup(place)

    def _fill(self, here: Here | None) -> None:
        self.clear()
        for each in self.findChildren(QMenu):
            # Those of the place before; the window's own have the window as parent.
            each.deleteLater()
        if here is not None:
            for number, holder in enumerate(here.layers[:MOST_LAYERS]):
                self._holder(self, f"placeLayer{number + 1}", holder)
            self._why(here)
            self.addSeparator()
            self._source(here.owner, "Owner")
            self._groups(here)
            self.addSeparator()
        self.addAction(self._actions["similar"])
        # The pointer is over the menu by then; the place is that of the click.
        point = self._desk.pointer.point
        get_out = self.addAction(self._actions["getOut"].text() + "\tCtrl+L")
        self._ready(get_out, "placeGetOut", self._actions["getOut"].toolTip())
        get_out.triggered.connect(lambda _=False: self._desk.pointing.get_out(point))
        self.addSeparator()
        masks = self._actions.window.menuBar().findChild(QMenu, "maskMenu")
        if masks is not None:
            self.addMenu(masks)

    def _holder(self, menu: QMenu, name: str, holder: Holder, what: str = "") -> None:
        layer, share = holder.layer, 100 * holder.share
        action = menu.addAction(_icon(layer.colour), f"{_shown(what or layer.name)}\t{share:.0f} %")
        self._ready(action, name, self.tr("Select “{0}”").format(layer.name))
        action.triggered.connect(lambda _=False: self._desk.selection.select(layer.id))

    def _why(self, here: Here) -> None:
        """The components behind the place, with their shares."""
        menu = self.addMenu(self.tr("&Why is this here?"))
        menu.setObjectName("placeWhy")
        menu.setToolTipsVisible(True)
        for number, part in enumerate(here.parts[:MOST_PARTS]):
            if part.component is None:
                what = self.tr("Painted into {0}").format(part.layer.name)
            elif self._desk.document.run is None:
                what = self.tr("{0}: nothing is separated yet").format(part.layer.name)
            else:
                what = self.tr("Component {0}").format(part.component + 1)
                what = what if what == part.layer.name else self.tr("{0} of {1}").format(what, part.layer.name)
            self._holder(menu, f"placePart{number + 1}", part, what)

    def _source(self, source: Layer | Group, name: str, menu: QMenu | None = None) -> None:
        """Select, solo and mute a layer or group, by its name."""
        desk, menu, shown = self._desk, menu or self, _shown(source.name)
        select = desk.selection.select_group if isinstance(source, Group) else desk.selection.select
        entries: tuple[tuple[str, str, Callable[[], object]], ...] = (
            (f"select{name}", self.tr("Select “{0}”").format(shown), partial(select, source.id)),
            (
                f"solo{name}",
                (self.tr("End the solo of “{0}”") if source.solo else self.tr("Solo “{0}”")).format(shown),
                partial(desk.mixing.set_solo, source, not source.solo),
            ),
            (
                f"mute{name}",
                (self.tr("Unmute “{0}”") if source.mute else self.tr("Mute “{0}”")).format(shown),
                partial(desk.mixing.set_mute, source, not source.mute),
            ),
        )
        for object_name, text, act in entries:
            action = menu.addAction(text)
            self._ready(action, object_name, text.replace("&&", "&"))
            action.triggered.connect(lambda _=False, act=act: act())

    def _groups(self, here: Here) -> None:
        """Put the owner into a group; where it is in one, that group as a whole."""
        desk, owner = self._desk, here.owner
        menu = self.addMenu(self.tr("&Group “{0}”").format(_shown(owner.name)))
        menu.setObjectName("placeGroups")
        new = menu.addAction(self.tr("In a &new group"))
        self._ready(new, "groupNew", self.tr("A new source, to which other layers can be added"))
        new.triggered.connect(lambda _=False: desk.pointing.group_owner(owner, 0))
        for group in desk.document.groups:
            if group.id != owner.group:
                action = menu.addAction(_icon(group.colour), self.tr("With “{0}”").format(_shown(group.name)))
                self._ready(action, f"groupInto{group.id}", self.tr("Put it into this group"))
                action.triggered.connect(lambda _=False, to=group.id: desk.pointing.group_owner(owner, to))
        if here.group is not None:
            self._source(here.group, "Group")

    def _ready(self, action: QAction, name: str, tip: str) -> None:
        action.setObjectName(name)
        action.setToolTip(tip)


def _shown(name: str) -> str:
    """A name as menus show it."""
    return name.replace("&", "&&")


def _icon(colour: str) -> QIcon:
    chip = QPixmap(CHIP, CHIP)
    chip.fill(QColor(colour))
    return QIcon(chip)
