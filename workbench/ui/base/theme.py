"""Light and dark: colours, style sheet and icons."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from workbench import resource


@dataclass(frozen=True)
class Theme:
    """Colours of the window, as '#rrggbb'."""

    name: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    accent_text: str
    canvas: str
    solo: str = "#ffb000"
    mute: str = "#e5484d"


DARK = Theme("dark", "#121418", "#1a1d22", "#262b32", "#343b45", "#e4e8ee", "#98a2b0", "#3d8bfd", "#ffffff", "#0b0d10")
LIGHT = Theme(
    "light", "#e9ebef", "#f7f8fa", "#ffffff", "#c9ced6", "#1b1f26", "#5b6573", "#1f6fe5", "#ffffff", "#0b0d10"
)

_current = DARK


def current() -> Theme:
    """The theme in force."""
    return _current


def system_theme() -> Theme:
    """What the desktop asks for; dark where it does not say."""
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return LIGHT if light else DARK


def named(name: str) -> Theme:
    """'light' or 'dark'; any other name is the desktop's wish."""
    return {"light": LIGHT, "dark": DARK}.get(name) or system_theme()


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application."""
    global _current
    _current = theme
    if not app.styleSheet():
        # Once is enough: another theme changes palette and sheet alone.
        app.setStyle("Fusion")
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.raised),
        (role.AlternateBase, theme.panel),
        (role.Text, theme.text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.accent_text),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.dim),
        (role.Link, theme.accent),
        (role.Mid, theme.line),
        (role.Dark, theme.line),
        (role.Light, theme.raised),
    ):
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(theme.dim))
    app.setPalette(palette)
    app.setStyleSheet(_sheet(theme))


def text_brush() -> QBrush:
    """The text colour."""
    return QBrush(QColor(_current.text))


def dim_brush() -> QBrush:
    """The quiet text colour."""
    return QBrush(QColor(_current.dim))


def icon(name: str, colour: str | None = None) -> QIcon:
    """An icon from ``resources/icons`` in the text colour, or another; sharp at every pixel ratio."""
    svg = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    out = QIcon()
    for ink, state in ((colour or _current.text, QIcon.State.Off), (colour or _current.accent_text, QIcon.State.On)):
        renderer = QSvgRenderer(QByteArray(svg.replace("INK", ink).encode()))
        for size in (16, 24, 32, 48, 64):
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            out.addPixmap(pixmap, QIcon.Mode.Normal, state)
    return out


@lru_cache(maxsize=1)
def _glyph_folder() -> Path:
    """A folder of our own for the pictures of the style sheet, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-glyphs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _glyph(name: str, colour: str) -> str:
    """Path of a small picture for the style sheet, which takes files only; made once a colour."""
    target = _glyph_folder() / f"{name}-{colour[1:]}.png"
    if not target.exists():
        icon(name, colour).pixmap(48, 48).save(str(target))
    return target.as_posix()


def _sheet(t: Theme) -> str:
    return f"""
    QMainWindow {{ background: {t.window}; }}
    QWidget#central, QWidget#spectrogramHeader {{ background: {t.panel}; }}
    QMainWindow::separator {{ background: {t.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {t.accent}; }}
    QDockWidget {{ color: {t.dim}; font-weight: 600; }}
    QDockWidget::title {{ background: {t.panel}; padding: 5px 8px; text-align: left; }}
    QDockWidget > QWidget {{ background: {t.panel}; }}
    QToolBar {{ background: {t.panel}; border: none; padding: 4px; spacing: 4px; }}
    QStatusBar {{ background: {t.window}; color: {t.dim}; }}
    QStatusBar::item {{ border: none; }}
    QMenuBar {{ background: {t.panel}; color: {t.text}; }}
    QMenuBar::item:selected, QMenu::item:selected {{ background: {t.accent}; color: {t.accent_text}; }}
    QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
    QMenu::item {{ padding: 4px 24px 4px 20px; }}
    QMenu::item:disabled {{ color: {t.dim}; }}
    QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
    QPushButton, QToolButton {{
        background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; border-radius: 5px; padding: 4px 9px;
    }}
    QPushButton:hover, QToolButton:hover {{ border-color: {t.accent}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {t.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.line}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {t.dim}; background: {t.panel}; border-color: {t.line}; }}
    QPushButton:checked, QToolButton:checked, QPushButton[role="primary"] {{
        background: {t.accent}; color: {t.accent_text}; border-color: {t.accent};
    }}
    QPushButton[role="primary"]:disabled {{ background: {t.panel}; color: {t.dim}; border-color: {t.line}; }}
    QPushButton[role="slot"] {{ min-width: 26px; max-width: 26px; padding: 3px 0; color: {t.dim}; }}
    QPushButton[role="slot"][filled="true"] {{ color: {t.text}; border-color: {t.accent}; }}
    QPushButton[role="slot"]:checked {{ background: {t.accent}; color: {t.accent_text}; }}
    QPushButton[role="worded"] {{ padding: 3px 5px; font-size: 11px; }}
    QPushButton[role="listen"] {{ padding: 2px 7px; min-height: 20px; font-size: 11px; }}
    QPushButton[role="listen"]:checked {{
        background: {t.accent}; border-color: {t.accent}; color: {t.accent_text};
    }}
    QPushButton[role="mute"]:checked {{ background: {t.mute}; border-color: {t.mute}; color: #ffffff; }}
    QPushButton[role="solo"]:checked {{ background: {t.solo}; border-color: {t.solo}; color: #1b1300; }}
    QPushButton[role="small"], QPushButton[role="mute"], QPushButton[role="solo"], QPushButton[role="lock"] {{
        padding: 0; min-width: 22px; max-width: 22px; min-height: 20px; max-height: 20px; font-size: 11px;
    }}
    QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit {{
        background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; border-radius: 5px;
        padding: 2px 6px; min-height: 20px; selection-background-color: {t.accent};
    }}
    QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QCheckBox:disabled {{ color: {t.dim}; }}
    QLineEdit:disabled {{ color: {t.dim}; background: {t.panel}; }}
    QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus {{ border-color: {t.accent}; }}
    QComboBox::drop-down {{ border: none; width: 18px; }}
    QComboBox::down-arrow {{ image: url({_glyph("down", t.dim)}); width: 10px; height: 10px; margin-right: 4px; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
        background: transparent; border: none; width: 16px;
    }}
    QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url({_glyph("up", t.dim)}); width: 9px; height: 9px; }}
    QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{
        image: url({_glyph("down", t.dim)}); width: 9px; height: 9px;
    }}
    QFrame[role="rule"] {{ background: {t.line}; border: none; }}
    QCheckBox {{ color: {t.text}; spacing: 6px; }}
    QCheckBox::indicator {{
        width: 13px; height: 13px; border: 1px solid {t.dim}; border-radius: 3px; background: {t.raised};
    }}
    QCheckBox::indicator:checked {{
        background: {t.accent}; border-color: {t.accent}; image: url({_glyph("check", t.accent_text)});
    }}
    QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
    QComboBox QAbstractItemView {{
        background: {t.raised}; color: {t.text}; border: 1px solid {t.line};
        selection-background-color: {t.accent}; selection-color: {t.accent_text};
    }}
    QSlider::groove:horizontal {{ height: 3px; background: {t.line}; border-radius: 1px; }}
    QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 1px; }}
    QSlider[role="pan"]::sub-page:horizontal {{ background: {t.line}; }}
    QSlider::handle:horizontal {{
        background: {t.text}; width: 11px; height: 11px; margin: -4px 0; border-radius: 5px;
    }}
    QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {t.accent}; }}
    QSlider::handle:horizontal:disabled {{ background: {t.line}; }}
    QSlider::groove:vertical {{ width: 3px; background: {t.line}; border-radius: 1px; }}
    QSlider::add-page:vertical {{ background: {t.accent}; border-radius: 1px; }}
    QSlider::handle:vertical {{
        background: {t.text}; width: 15px; height: 9px; margin: 0 -6px; border-radius: 3px;
    }}
    QSlider::handle:vertical:hover, QSlider::handle:vertical:focus {{ background: {t.accent}; }}
    QProgressBar {{
        background: {t.raised}; border: 1px solid {t.line}; border-radius: 5px; height: 14px; text-align: center;
        color: {t.text};
    }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 4px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 4px; min-height: 24px; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
    QScrollBar::handle:horizontal {{ background: {t.line}; border-radius: 4px; min-width: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
    QLabel[role="dim"] {{ color: {t.dim}; }}
    QLabel[role="hint"] {{ color: {t.text}; border-left: 3px solid {t.solo}; padding-left: 6px; }}
    QLabel[role="title"] {{ color: {t.dim}; font-weight: 600; }}
    QLabel[role="clock"] {{ font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace; font-size: 15px; }}
    QFrame#notice {{ background: {t.raised}; border: 1px solid {t.solo}; border-radius: 6px; }}
    QFrame[role="layer"] {{ background: {t.panel}; border: 1px solid transparent; border-radius: 6px; }}
    QFrame[role="layer"]:hover {{ border-color: {t.line}; }}
    QFrame[role="group"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 6px; }}
    QFrame[role="group"][current="true"] {{ border-color: {t.accent}; }}
    QPushButton[role="fold"] {{ border: none; background: transparent; padding: 0; color: {t.dim}; }}
    QFrame[role="layer"][picked="true"] {{ background: {t.raised}; border-color: {t.line}; }}
    QFrame[role="layer"][current="true"] {{ background: {t.raised}; border-color: {t.accent}; }}
    """
