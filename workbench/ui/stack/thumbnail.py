"""A small picture of a mask."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from workbench.ui.base import theme
from workbench.ui.base.guard import guarded


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
