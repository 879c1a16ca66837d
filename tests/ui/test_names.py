"""Names that are longer than their place end in …, and the tooltip has all of them (offscreen)."""

from __future__ import annotations

import html

import numpy as np
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip

from tests.acting import change_group
from tests.conftest import pump, tone_mix
from tests.ui.gestures import SHIFT, click, group, pixels, press, settle
from workbench.control.tools import Tool
from workbench.ui.base.names import ElidedLabel, NameField, chip, short

LONG = "The electric piano of <the> very & quite long introduction"


def tip_of(program, widget) -> str:
    """The tooltip that a pointer over a widget gets."""
    place = widget.rect().center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    # At once: a pointer that is elsewhere would put it away again.
    return QToolTip.text()


def test_a_label_is_cut_where_it_is_too_narrow_and_wants_no_more_room(workbench):
    label, plain = ElidedLabel(LONG), QLabel(LONG)
    assert label.text() == LONG and label.sizeHint().width() >= plain.sizeHint().width() - 2
    assert label.minimumSizeHint().width() <= 10
    label.show()
    label.resize(600, 20)
    assert not label.cut
    label.resize(80, 20)
    assert label.cut and QLabel.text(label).endswith("…") and label.text() == LONG
    # Another font, another room.
    label.resize(label.sizeHint().width(), 20)
    assert not label.cut
    label.setStyleSheet("font-size: 30px;")
    label.ensurePolished()
    pump(workbench.application)
    assert label.cut


def test_a_name_that_is_not_being_typed_is_cut(factorised):
    program, panel = factorised, factorised.window.panes.stack
    program.desk.layers.rename(program.desk.document.layers[0], LONG)
    field = panel.rows[0].name
    assert isinstance(field, NameField) and field.text() == LONG
    seen = pixels(field)
    # Where all of a longer name were cut at the edge alone, its end would be another.
    program.desk.layers.rename(program.desk.document.layers[0], LONG + " and the rest of it")
    pump(program.application)
    assert np.array_equal(pixels(field), seen)
    tip = tip_of(program, field)
    assert "and the rest of it" in tip and "F2" in tip
    click(program, 0)
    press(program, Qt.Key.Key_F2)
    assert not np.array_equal(pixels(field), seen)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    pump(program.application)
    assert field.text() == LONG + " and the rest of it"


def test_long_names_neither_widen_the_window_nor_are_lost(factorised):
    program, panes = factorised, factorised.window.panes
    document = program.desk.document

    def widths():
        out = []
        for tool in (Tool.BRUSH, Tool.SMOOTH, Tool.THRESHOLD):
            program.desk.tools.choose(tool)
            pump(program.application)
            out.append(program.window.minimumSizeHint().width())
        return out

    before = widths()
    for each in document.layers:
        program.desk.layers.rename(each, LONG * 2)
    group(program, 0, 1)
    program.desk.layers.rename(document.groups[0], LONG)
    for short_named, long_named in zip(before, widths(), strict=True):
        assert long_named <= short_named + 40
    for label in (panes.tool_bar.options.paints, panes.threshold.scope):
        # What is told in rich text is no markup of the user's.
        assert "<the>" not in label.text() and label.toolTip() == f"<qt>{html.escape(LONG)}</qt>"
    if panes.mixer.visibleRegion().isEmpty():
        press(program, Qt.Key.Key_F4)
    strip = panes.mixer.strips[0]
    assert (
        strip.title.cut
        and strip.title.text() == LONG
        and "&lt;the&gt; very &amp; quite" in tip_of(program, strip.title)
    )
    program.desk.tools.choose(Tool.SELECT)
    press(program, Qt.Key.Key_W, SHIFT)
    assert panes.walk.findChild(QPushButton, "walkGroup1").text().endswith("…")
    assert LONG in panes.walk.findChild(QPushButton, "walkGroup1").toolTip()
    assert program.window.minimumSizeHint().width() <= max(before) + 40
    program.desk.walking.end()


def test_short_and_chip():
    assert short("Drums", 5) == "Drums" and short("Drums and bass", 7) == "Drums…" and len(short(LONG, 20)) <= 20
    assert chip("#123456", "a < b").endswith("a &lt; b") and "#123456" in chip("#123456", "")


def test_what_is_over_the_stack_says_what_it_is_in_words(factorised):
    panel, words = factorised.window.panes.stack, {}
    for name in (
        *("newLayer", "groupLayers", "mergeLayers", "deleteLayer"),
        *("auditionWalk", "invertMask", "makeBinary", "moreOfLayers"),
    ):
        button = panel.findChild(QPushButton, name)
        words[name] = button.text()
        assert button.fontMetrics().horizontalAdvance(button.text()) + button.iconSize().width() < button.width(), name
        assert "(" in button.toolTip() or name == "moreOfLayers", name
    assert "" not in words.values() and len(set(words.values())) == 8
    QTest.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert menu is not None and menu.objectName() == "layersMenu"
    menu.close()


WIDE = "W<b>&" * 38
"""190 letters, of the widest there are; and what would be taken for markup and a key."""


def named_widely(program, tmp_path):
    """All that a user can name has such a name."""
    desk = program.desk
    soundfile.write(tmp_path / "mix.wav", tone_mix(1.0), 8000)
    (tmp_path / "mix.wav").rename(tmp_path / (WIDE.replace("/", "") + ".wav"))
    desk.opening.open(tmp_path / (WIDE + ".wav"))
    settle(program)
    desk.wishes.factorise(True)
    settle(program)
    group(program, 0, 1)
    for layer in desk.document.layers:
        desk.layers.rename(layer, WIDE)
    change_group(desk.document, "name", desk.document.groups[0].id, name=WIDE)
    program.window.panes.stack.rename_stack()
    QTest.keyClicks(QApplication.focusWidget(), WIDE)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    pump(program.application)


def test_no_name_makes_the_window_wider_than_a_small_screen(opened, tmp_path):
    program, window = opened, opened.window
    named_widely(program, tmp_path)
    desk = program.desk
    for act in (
        lambda: press(program, Qt.Key.Key_T),
        lambda: press(program, Qt.Key.Key_B),
        desk.walking.begin,
        desk.walking.end,
        lambda: press(program, Qt.Key.Key_F4),
        lambda: press(program, Qt.Key.Key_F1),
    ):
        act()
        pump(program.application)
        assert window.minimumSizeHint().width() <= 1024
    # Of 600 a title bar and a panel take some.
    assert window.minimumSizeHint().height() <= 520


def test_names_are_plain_text_wherever_they_stand(opened, tmp_path):
    program = opened
    named_widely(program, tmp_path)
    for label in program.window.findChildren(QLabel):
        if label.textFormat() != Qt.TextFormat.PlainText:
            assert "<b>&" not in label.text(), label.objectName()
    for button in program.window.findChildren(QPushButton):
        assert "<b>&W" not in button.text().replace("&&", "")
