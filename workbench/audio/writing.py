"""Writes the files of an export, all of them side by side, or measures what they would be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from workbench.audio.export import Measured, Piece
from workbench.audio.files.ogg import renumber
from workbench.audio.files.written import Written, without_peak_chunk
from workbench.audio.formats import Container, Dither, FileFormat
from workbench.audio.loudness import LEAST_RATE, Meter
from workbench.audio.quantising import dither_source, quantised
from workbench.audio.renderer import render
from workbench.audio.resampling import resampled
from workbench.errors import UserError
from workbench.progress import Progress, silent
from workbench.signals import undisturbed
from workbench.storage import replacing

Float = NDArray[np.float32]
Sink = Callable[[Float], None]
MOST_ENCODED = 4096
"""Samples that an encoder is given at once: libsndfile 1.2 ends the program where Vorbis is given many."""
LARGEST_WAV = 0xFFFF0000
"""Bytes; more go into an RF64."""


def write(pieces: Iterable[Piece], form: FileFormat, progress: Progress = silent) -> list[Measured]:
    """Render and write files. They get their names once all are written: where one can't be, there are none.

    Of a format that has not the rate of a piece, it is written at the next one that it has.

    (Where a name can't be given, which the system hardly ever refuses then, the others have theirs.)

    Returns
    -------
    list of Measured
        What each file measures; a peak of 1 or more was clipped by an integer format, and is by players of a lossy one.

    Raises
    ------
    UserError
        If the format cannot hold the channels, or a file can't be written.
    """
    pieces = [replace(piece, rate=form.rate_for(piece.file_rate)) for piece in pieces]
    for piece in pieces:
        form.check(piece.outputs, piece.path.name, bool(piece.voices))
    gauges = [_Gauge(piece) for piece in pieces]
    with ExitStack() as named:
        partials = [named.enter_context(_partial(piece)) for piece in pieces]
        # All of them are closed, with what that writes, before the first one gets its name.
        with ExitStack() as files:
            sinks = [files.enter_context(_file(*each, form)) for each in zip(pieces, partials, strict=True)]
            _render(pieces, [_both(*each) for each in zip(gauges, sinks, strict=True)], progress)
    return [gauge.result() for gauge in gauges]


def measure(pieces: Iterable[Piece], progress: Progress = silent) -> list[Measured]:
    """What `write` would write, measured without writing."""
    pieces = list(pieces)
    gauges = [_Gauge(piece) for piece in pieces]
    _render(pieces, [gauge.add for gauge in gauges], progress)
    return [gauge.result() for gauge in gauges]


class _Gauge:
    """Measures a piece as its blocks pass by."""

    def __init__(self, piece: Piece) -> None:
        rate = piece.file_rate
        self._meter = Meter(rate, piece.outputs) if piece.is_whole and rate >= LEAST_RATE else None
        self._peak = 0.0

    def add(self, block: Float) -> None:
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        if self._meter is not None:
            self._meter.add(block)

    def result(self) -> Measured:
        return Measured(self._peak, None if self._meter is None else self._meter.result())


def _both(gauge: _Gauge, sink: Sink) -> Sink:
    def take(block: Float) -> None:
        gauge.add(block)
        sink(block)

    return take


def _render(pieces: Sequence[Piece], sinks: Sequence[Sink], progress: Progress) -> None:
    """Render pieces, and hand their blocks on.

    Always the one that is farthest behind goes on: so what edits make of a stretch of sound is evaluated once, and is
    still remembered when the others come to it.
    """
    streams = [_at_rate(piece) for piece in pieces]
    places = {number: piece.start / piece.scene.recording.rate for number, piece in enumerate(pieces)}
    done, total = 0, max(1, sum(piece.file_samples for piece in pieces))
    while places:
        number = min(places, key=lambda each: places[each])
        block = next(streams[number], None)
        if block is None:
            del places[number]
            continue
        sinks[number](block)
        places[number] += len(block) / pieces[number].file_rate
        done += len(block)
        progress(done / total)


def _at_rate(piece: Piece) -> Iterator[Float]:
    """What a file is to hold."""
    return resampled(_blocks(piece), piece.scene.recording.rate, piece.file_rate, piece.outputs, piece.samples)


def _blocks(piece: Piece) -> Iterator[Float]:
    gain, at = np.float32(10.0 ** (piece.gain_db / 20.0)), piece.start
    for block in _sound(piece):
        out = block if piece.gain_db == 0.0 else block * gain
        if not np.isfinite(out).all():
            seconds = at / piece.scene.recording.rate
            raise UserError("audio.no_number", name=piece.path.name, seconds=seconds)
        yield out
        at += len(block)


def _sound(piece: Piece) -> Iterator[Float]:
    """Its own sound, or its voices side by side; their blocks are of one length, as all are of one scene."""
    if not piece.voices:
        yield from render(piece.scene, piece.start, piece.stop, piece.layers)
    else:
        for blocks in zip(*map(_sound, piece.voices), strict=True):
            yield np.concatenate(blocks, axis=1)


@contextmanager
def _partial(piece: Piece) -> Iterator[Path]:
    """Where the file of a piece is written to until it gets its name; folders that are made for it go with it."""
    folder = piece.path.parent
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        with ExitStack() as opened:
            with _told(piece):
                folder.mkdir(parents=True, exist_ok=True)
                partial = opened.enter_context(replacing(piece.path))
            yield partial
            with _told(piece):
                opened.close()
    except BaseException:
        for each in made:
            # Where something else is in it by now, it stays.
            with suppress(OSError):
                each.rmdir()
        raise


@contextmanager
def _file(piece: Piece, partial: Path, form: FileFormat) -> Iterator[Sink]:
    """What writes blocks to the file of a piece."""
    order, outputs = piece.order(form.order), piece.outputs
    large = form.container is Container.WAV and piece.file_samples * outputs * 4 > LARGEST_WAV
    dither = dither_source(piece.seed) if form.bits == 16 and form.dither is Dither.TPDF else None
    with ExitStack() as opened:
        with _told(piece):
            sink = opened.enter_context(Written(partial))
            file = opened.enter_context(
                soundfile.SoundFile(
                    sink,
                    "w",
                    piece.file_rate,
                    outputs,
                    form.subtype,
                    format="RF64" if large else form.container,
                    compression_level=form.level,
                )
            )
            without_peak_chunk(file)
            piece.tags.write(file)

        def take(block: Float) -> None:
            placed = block if order is None else block[:, order]
            with _told(piece, sink):
                if form.bits:
                    file.write(quantised(placed, form.bits, dither))
                elif form.lossy:
                    for start in range(0, len(placed), MOST_ENCODED):
                        file.write(placed[start : start + MOST_ENCODED])
                else:
                    file.write(placed)

        yield take
        with _told(piece, sink):
            opened.close()
    if form.container is Container.OGG:
        # libsndfile draws it by the clock.
        with _told(piece), partial.open("r+b") as written:
            renumber(written, piece.seed)


@contextmanager
def _told(piece: Piece, sink: Written | None = None) -> Iterator[None]:
    """What can't be written is told by its name, and why; nobody ends the command in between."""
    try:
        with undisturbed():
            yield
        if sink is not None and sink.error is not None:
            raise sink.error
    except (OSError, soundfile.LibsndfileError) as error:
        why: object = error if sink is None or sink.error is None else sink.error
        if isinstance(why, soundfile.LibsndfileError):
            why = why.error_string.rstrip(".")
        raise UserError("audio.unwritable", path=piece.path, reason=why) from error
