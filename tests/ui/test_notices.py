"""What the window says, and for how long (offscreen)."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton

from tests.conftest import pump
from workbench.ui.base.notices import Notice, StatusText

LONG, SHORT = 60_000, 40
"""Milliseconds: longer than any test takes, and soon over."""


def clock_of(widget: Notice | StatusText) -> QTimer:
    """The one clock that takes back what was said."""
    (timer,) = widget.findChildren(QTimer)
    return timer


def test_a_remark_in_the_status_line_goes_and_the_hint_comes_back(opened):
    status = opened.window.status
    hint = status.text()
    clock_of(status).setInterval(SHORT)
    status.say("a")
    assert status.text() == "a"
    assert pump(opened.application, lambda: status.text() == hint, 20)


def test_a_newer_remark_in_the_status_line_has_its_whole_time(opened):
    status = opened.window.status
    timer = clock_of(status)
    timer.setInterval(LONG)
    status.say("a")
    assert pump(opened.application, lambda: timer.remainingTime() <= LONG - 500, 20)
    status.say("b")
    assert timer.remainingTime() > LONG - 500 and clock_of(status) is timer
    # Whatever was to take back the first one had its time by now.
    assert status.text() == "b"
    timer.setInterval(SHORT)
    assert pump(opened.application, lambda: status.text() != "b", 20)


def test_another_tool_shows_its_hint_at_once(opened):
    status = opened.window.status
    status.say("a")
    opened.window.actions_.by_name["toolbrush"].trigger()
    assert status.text() != "a" and not clock_of(status).isActive()


def test_a_newer_remark_in_the_notice_has_its_whole_time(opened):
    notice = opened.window.notice
    timer = clock_of(notice)
    timer.setInterval(LONG)
    notice.remark("a")
    assert pump(opened.application, lambda: timer.remainingTime() <= LONG - 500, 20)
    notice.remark("b")
    assert timer.remainingTime() > LONG - 500 and notice.text.text() == "b"
    timer.setInterval(SHORT)
    assert pump(opened.application, lambda: not notice.isVisible(), 20)


def test_what_must_be_read_stays_when_a_remark_goes(opened):
    notice = opened.window.notice
    notice.say("lasting")
    clock_of(notice).setInterval(SHORT)
    notice.remark("passing")
    assert notice.text.text() == "• lasting\n• passing"
    assert pump(opened.application, lambda: notice.text.text() == "lasting", 20)
    assert notice.isVisible()


def test_names_in_the_status_line_are_plain_text(opened):
    status = opened.window.status
    status.say("Saved <b>bold & <i>Söhne.workbench")
    as_rich = status.sizeHint().width()
    status.say("Saved &lt;b&gt;")
    assert as_rich > status.sizeHint().width() and status.textFormat() == Qt.TextFormat.PlainText


def test_many_sentences_leave_room_for_what_they_are_about(opened):
    notice = opened.window.notice
    for number in range(12):
        opened.desk.notices.trouble(f"Trouble {number}.")
    opened.desk.notices.trouble("Trouble 9.")
    lines = notice.text.text().splitlines()
    assert lines == ["• 8 more before", "• Trouble 8.", "• Trouble 10.", "• Trouble 11.", "• Trouble 9."]
    assert notice.height() < opened.window.panes.spectrogram.height() / 3
    notice.findChild(QPushButton, "noticeClose").click()
    opened.desk.notices.trouble("Another.")
    assert notice.text.text() == "Another."
