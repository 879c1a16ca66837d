"""How much memory a separation takes, as far as that can be told beforehand, and how much there is.

Measured over recordings of one and four minutes, of one, two and six channels, with windows of 2048 and 8192: the
largest of what decoding takes, twice the samples, and of what the method takes, once the samples and so many planes
of frames × bins in float32; beside that the factors, and what every process takes for itself.
"""

from __future__ import annotations

import os
from pathlib import Path

import soundfile

from workbench.audio.files.heads import head_of
from workbench.commands.separating import Asked
from workbench.errors import UserError
from workbench.separation.settings import METHODS, Method, TemplateStart
from workbench.separation.task import component_count

PROCESS = 160 * 10**6
"""Bytes of a process with all its libraries and what it writes with."""
PLANES = {
    Method.FAST: 2.7,
    Method.MU: 2.7,
    Method.ONLINE: 2.7,
    Method.FLUCOMA: 10.0,
    Method.SMOOTH: 2.9,
    Method.SEQUENTIAL: 2.9,
    Method.EM: 5.5,
    Method.PATTERNS: 2.9,
    Method.LIBNMFD: 4.0,
    Method.MATCH: 2.7,
    Method.HPSS: 5.2,
}
"""Planes of frames × bins in float32 that a method holds at once."""
SINGULAR = 2.0
"""Planes more where templates begin with singular vectors."""
COMPARED = 1.2
"""Planes more where another method runs from the same start."""
FACTORS = 8
"""So often the factors are held."""
TEMPLATE_FRAME = 300_000
"""Bytes that each frame of each template takes, whatever the recording."""
PACKED = 12
"""Times the bytes of a file are those of its samples in float32, where only decoding tells: MP3 of 128 kbit/s."""


def bytes_for(path: Path, asked: Asked) -> int:
    """The bytes that the separation of a file is thought to take; of what can't be read those of a process alone."""
    try:
        head, size = head_of(path), path.stat().st_size
        analysis = asked.analysis(head.rate)
        settings, _ = asked.settings(analysis, head.rate)
        components = component_count(settings, None)
    except (soundfile.SoundFileError, OSError, UserError):
        # It comes to nothing, and soon.
        return PROCESS
    frames = size * PACKED // (4 * head.channels) if head.frames is None else head.frames
    samples = 4 * frames * head.channels
    plane = 4 * analysis.frames(frames) * analysis.bins
    methods = {settings.method, settings.compare or settings.method}
    planes = max(PLANES[method] for method in methods) + COMPARED * (len(methods) - 1)
    planes += SINGULAR if settings.templates is TemplateStart.NNDSVD else 0.0
    runs = settings.tries + len(methods) - 1 if "tries" in METHODS[settings.method].uses else 1
    factors = 4 * components * (analysis.bins * settings.template_frames + analysis.frames(frames))
    sound = max(2 * samples, samples + planes * plane)
    return int(PROCESS + sound + (FACTORS + runs) * factors + TEMPLATE_FRAME * components * settings.template_frames)


def processors() -> int:
    """How many processors this may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
