"""Where a picture that was drawn for another view is put, until there is one for this view."""

from __future__ import annotations


def along(begin: float, end: float, size: float, ratio: float) -> tuple[float, float]:
    """From where to where it is drawn along an axis. One that is only moved comes to whole pixels: everything else is
    stretched, which takes several times as long.

    Parameters
    ----------
    begin, end : float
        Where what it shows belongs, in pixels of the widget.
    size : float
        How long it is, in the same.
    ratio : float
        Pixels of the screen to one of these.
    """
    if abs(end - begin - size) * ratio >= 0.5:
        return begin, end
    whole = round(begin * ratio) / ratio
    return whole, whole + size
