"""A bar from the mix to the oracle: how far a source has come, and the room that is left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from workbench.ui.base import theme
from workbench.ui.base.guard import guarded

REACHED = Qt.ItemDataRole.UserRole + 1
"""Role of the share of the way from the mix to the oracle, a float; below 0 it is worse than the mix."""
BAR_WIDTH, TEXT_WIDTH = 110, 84


@guarded
class RoomBar(QStyledItemDelegate):
    """Paints the share of an item as a bar with the item's text beside it."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        text, bare.text = bare.text, ""
        style = bare.widget.style() if bare.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget)
        reached = index.data(REACHED)
        rect, t = QRectF(option.rect), theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        beside = rect.adjusted(rect.width() - TEXT_WIDTH, 0, -6, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if reached is not None:
            groove = QRectF(rect.left() + 6, rect.center().y() - 4, rect.width() - TEXT_WIDTH - 12, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            groove_colour = QColor(t.accent_text if selected else t.line)
            groove_colour.setAlphaF(0.3 if selected else 1.0)
            painter.setBrush(groove_colour)
            painter.drawRoundedRect(groove, 4, 4)
            filled = QRectF(groove)
            filled.setWidth(groove.width() * min(max(reached, 0.0), 1.0))
            if reached <= 0:
                # Worse than the mix: a mark at its end of the bar.
                filled.setWidth(8)
            come = t.accent_text if selected else t.accent
            painter.setBrush(QColor(come if reached > 0 else t.mute))
            painter.drawRoundedRect(filled, min(4.0, filled.width() / 2), 4)
        painter.setPen(QColor(t.accent_text if selected else t.text))
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(BAR_WIDTH + TEXT_WIDTH, super().sizeHint(option, index).height())
