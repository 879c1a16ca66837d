"""Moments in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale


def moment(seconds: float) -> str:
    """A moment, in seconds since 1970, as one would say it: the day only where it is another."""
    when = QDateTime.fromSecsSinceEpoch(int(seconds))
    time = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    days = when.date().daysTo(QDate.currentDate())
    if days == 0:
        return QCoreApplication.translate("Moments", "today, {0}").format(time)
    if days == 1:
        return QCoreApplication.translate("Moments", "yesterday, {0}").format(time)
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)
