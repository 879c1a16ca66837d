"""Texts that are written in one place and translated in another."""

from __future__ import annotations


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark a text for translators, as lupdate looks for it; the text stays as it is."""
    return text
