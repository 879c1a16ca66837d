"""Names that are longer than their place: cut with …, and whole in the tooltip."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QIcon, QPainter, QPaintEvent, QPalette, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QStyle, QStyleOptionFrame, QStylePainter, QToolTip

from workbench.ui.base.guard import guarded

DOT, RING = 12, 4
"""Diameter of a dot, and thickness of a ring around it, in pixels and half pixels."""
MARGIN = 2
"""Between the edge of a line edit's contents and its text."""


def short(name: str, most: int) -> str:
    """A name of at most so many characters; a longer one ends in …."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def literal(text: str) -> str:
    """A text for a tooltip, which takes what looks like markup for markup."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text


def chip(colour: str, text: str) -> str:
    """A dot in a colour and a text, for a label of rich text."""
    return f'<span style="color:{colour}">●</span> {html.escape(text)}'


def swatch(colour: str) -> QIcon:
    """A dot in a colour, for a button or a list; on a button that is down, whose own colour may be that, in a ring."""
    icon = QIcon()
    for state, ring in ((QIcon.State.Off, False), (QIcon.State.On, True)):
        dot = QPixmap(2 * DOT, 2 * DOT)
        dot.fill(Qt.GlobalColor.transparent)
        painter = QPainter(dot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#ffffff"), RING) if ring else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(2, 2, 2 * DOT - 4, 2 * DOT - 4)
        painter.end()
        icon.addPixmap(dot, QIcon.Mode.Normal, state)
    return icon


@guarded
class ElidedLabel(QLabel):
    """A line of plain text that ends in … where it is too narrow; its tooltip then says all of it.

    It does not make what it is in wider. `text` answers the whole text.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def text(self) -> str:
        return self._whole

    def setText(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self._fit()
            self.updateGeometry()

    def _fit(self) -> None:
        margins = self.contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * self.margin()
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if shown != super().text():
            super().setText(shown)

    @property
    def cut(self) -> bool:
        """Whether not all of the text is seen."""
        return super().text() != self._whole

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        whole = self.fontMetrics().horizontalAdvance(self._whole) + 1
        return QSize(whole + margins.left() + margins.right() + 2 * self.margin(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(10, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.cut:
            _tell(event, self, self._whole)
            return True
        return super().event(event)


@guarded
class NameField(QLineEdit):
    """A name that can be typed anew; while it is not, it ends in … where it is too long, and its tooltip says all."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() and not self.isReadOnly():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionFrame()
        self.initStyleOption(option)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        place = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        place.adjust(MARGIN, 0, -MARGIN, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.text():
            _tell(event, self, self.text())
            return True
        return super().event(event)


def _tell(event: QHelpEvent, widget: QLabel | QLineEdit, whole: str) -> None:
    """The whole text above what the tooltip says of itself."""
    lines = [f"<b>{html.escape(whole)}</b>"] + ([widget.toolTip()] if widget.toolTip() not in ("", whole) else [])
    QToolTip.showText(event.globalPos(), "<br>".join(lines), widget)
