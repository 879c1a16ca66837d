"""Tags that stand before and behind sound of any kind: ID3v2, ID3v1, APE, Lyrics3."""

from __future__ import annotations

from workbench.audio.files.window import WINDOW, Window

SMALL = 16
"""Bytes that nobody misses."""


def says_anything(window: Window, at: int) -> bool:
    """Whether what is left of a file from a place on is more than zeros, tags, and a few bytes."""
    return window.stop - behind_padding(window, at) > SMALL


def behind_padding(window: Window, at: int) -> int:
    """Where zeros and tags end that begin at a place."""
    while True:
        behind = behind_tags(window, _behind_zeros(window, at))
        if behind == at:
            return at
        at = behind


def _behind_zeros(window: Window, at: int) -> int:
    while data := window.bytes(at, min(WINDOW, window.stop - at)):
        if some := data.lstrip(b"\0"):
            return at + len(data) - len(some)
        at += len(data)
    return at


def behind_tags(window: Window, at: int) -> int:
    """Where the tags end that begin at a place: ID3v2, ID3v1, APE."""
    while True:
        head = window.bytes(at, 32)
        if head[:3] == b"ID3" and len(head) >= 10 and not any(each & 0x80 for each in head[6:10]):
            size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
            at += 10 + size + (10 if head[5] & 0x10 else 0)
        elif head[:3] == b"TAG":
            at += 128
        elif head[:11] == b"LYRICSBEGIN" and (end := _lyrics_end(window, at)):
            at = end
        elif head[:8] == b"APETAGEX" and len(head) == 32:
            # The size has the footer in it, and no header.
            at += 32 + int.from_bytes(head[12:16], "little") if head[23] & 0x20 else 32
        else:
            return min(at, window.stop)


def _lyrics_end(window: Window, at: int) -> int:
    data = window.bytes(at, min(WINDOW, window.stop - at))
    ends = [place + 9 for end in (b"LYRICS200", b"LYRICSEND") if (place := data.find(end)) > 0]
    return at + min(ends) if ends else 0


def before_tags(window: Window, start: int, stop: int) -> int:
    """Where the tags begin that end a file: those that are told by their end alone."""
    while stop - start >= 32:
        foot = window.bytes(stop - 32, 32)
        if stop - start >= 128 and window.bytes(stop - 128, 3) == b"TAG":
            stop -= 128
        elif foot[:8] == b"APETAGEX" and not foot[23] & 0x20:
            stop -= max(32, int.from_bytes(foot[12:16], "little")) + (32 if foot[23] & 0x80 else 0)
        elif foot[-9:] == b"LYRICS200" and foot[-15:-9].isdigit():
            stop -= int(foot[-15:-9]) + 15
        else:
            break
    return max(start, stop)
