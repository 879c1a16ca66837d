"""Ticks of the time and frequency axes."""

from __future__ import annotations

import numpy as np

from workbench.spectral.scales import FrequencyScale, note_name

_TIME_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def clock(seconds: float, digits: int = 3) -> str:
    """'1:04.302', with hours where there are any; rounded to `digits` decimals, never below 0."""
    scale = 10**digits
    # Rounded first, then taken apart: what rounds up to a whole minute is the next minute.
    whole, fraction = divmod(round(max(0.0, seconds) * scale), scale)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    decimals = f".{fraction:0{digits}d}" if digits else ""
    return f"{hours}:{minutes:02d}:{rest:02d}{decimals}" if hours else f"{minutes}:{rest:02d}{decimals}"


def time_ticks(start: float, stop: float, width: int) -> list[tuple[float, str]]:
    """(second, text) with about 90 pixels between."""
    wanted = (stop - start) / max(1, width / 90)
    step = next((s for s in _TIME_STEPS if s >= wanted), _TIME_STEPS[-1])
    digits = max(0, -int(np.floor(np.log10(step)))) if step < 1 else 0
    first = int(np.ceil(start / step - 1e-9))
    last = int(np.floor(stop / step + 1e-9))
    return [(i * step, clock(i * step, digits)) for i in range(first, last + 1)]


def frequency_ticks(scale: FrequencyScale, low: float, high: float, height: int) -> list[tuple[float, str]]:
    """(axis position, text) with at least about 22 pixels between."""
    bottom, top = (float(scale.frequency(y)) for y in (low, high))
    if scale is FrequencyScale.LINEAR:
        wanted = (top - bottom) / max(1, height / 40)
        power = 10.0 ** np.floor(np.log10(max(wanted, 1e-9)))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= wanted)
        values = np.arange(np.ceil(bottom / step), np.floor(top / step) + 1) * step
    else:
        values = np.array([0.0, *(m * 10.0**e for e in range(-4, 7) for m in (1, 2, 3, 5, 7))])
    out: list[tuple[float, str]] = []
    last_y = -1e9
    for hz in values:
        if bottom <= hz <= top:
            y = float(scale.position(hz))
            pixel = (y - low) / (high - low) * height
            if pixel - last_y >= 22:
                out.append((y, short_hz(float(hz))))
                last_y = pixel
    return out


def short_hz(hz: float) -> str:
    """'440', '1.5k', '1M'."""
    if hz >= 1_000_000:
        return f"{hz / 1_000_000:g}M"
    if hz >= 1000:
        return f"{hz / 1000:g}k"
    return f"{hz:g}"


def describe_hz(hz: float) -> str:
    """'311 Hz  D♯4'."""
    text = f"{hz / 1000:.2f} kHz" if hz >= 10000 else f"{hz:.1f} Hz" if hz < 1000 else f"{hz:.0f} Hz"
    return f"{text}  {note_name(hz)}".rstrip()
