"""A picture file of the spectrogram with its masks: the coloured spectrogram on top, every mask below."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workbench.masks.pictures.picture import Look, Pixels, Show, axis_of, bgr, brightness, picture
from workbench.masks.stack import Stack
from workbench.spectral.pyramid import LevelPyramid
from workbench.spectral.scales import FrequencyScale, foot_hz
from workbench.spectral.stft import Analysis
from workbench.storage import replacing

WIDTH, HEIGHT, SMALL, MARGIN, GAP = 1200, 480, 150, 56, 26
BACKGROUND, INK, QUIET = (18, 20, 24), (228, 232, 238), (152, 162, 176)


def save_picture(path: Path, levels: LevelPyramid, stack: Stack, rate: int, analysis: Analysis) -> None:
    """Write a PNG: V with every layer in its colour, then each mask (white 0, black 1) on a logarithmic axis."""
    columns_of_masks = 2
    rows_of_masks = -(-len(stack.layers) // columns_of_masks)
    small_width = (WIDTH - GAP) // columns_of_masks
    total = (WIDTH + 2 * MARGIN, GAP + HEIGHT + 40 + rows_of_masks * (SMALL + GAP) + GAP)
    sheet = Image.new("RGB", total, BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=13)
    palette = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    colours = np.array([bgr(layer.colour) for layer in stack.layers], np.float32)
    bright, foot = brightness(-90.0, -12.0), foot_hz(rate)

    def drawn(show: Show, selected: tuple[int, ...], width: int, height: int) -> Image.Image:
        scale = FrequencyScale.LOG
        low, high = float(scale.position(foot)), float(scale.position(rate / 2))
        hz = scale.frequency(np.linspace(low, high, height + 1))
        rows = axis_of(analysis.bin_place(hz, rate), stack.bins)
        columns = axis_of(np.linspace(-0.5, stack.frames - 0.5, width + 1), stack.frames)
        look = Look(show, bright, colours, palette, selected)
        return Image.fromarray(_rgb(picture(levels, stack, look, rows, columns)))

    sheet.paste(drawn(Show.COLOURS, (), WIDTH, HEIGHT), (MARGIN, GAP))
    for hz in (mantissa * 10.0**exponent for exponent in range(-3, 7) for mantissa in (1, 2, 5)):
        if foot < hz < rate / 2:
            share = np.log(hz / foot) / np.log(rate / 2 / foot)
            text = f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"
            draw.text((MARGIN - 8, GAP + HEIGHT * (1 - share)), text, QUIET, font, anchor="rm")
    seconds = analysis.second_of(stack.frames - 1, rate)
    for share in np.linspace(0, 1, 7):
        place = (MARGIN + WIDTH * share, GAP + HEIGHT + 6)
        draw.text(place, f"{seconds * share:.1f} s", QUIET, font, anchor="ma")
    top = GAP + HEIGHT + 40
    for index, layer in enumerate(stack.layers):
        x = MARGIN + index % columns_of_masks * (small_width + GAP)
        y = top + index // columns_of_masks * (SMALL + GAP)
        draw.rectangle((x, y + 3, x + 10, y + 13), layer.colour)
        draw.text((x + 16, y), layer.name, INK, font)
        sheet.paste(drawn(Show.MASK, (index,), small_width, SMALL - 4), (x, y + 20))
    with replacing(path) as partial:
        sheet.save(partial, "PNG")


def _rgb(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[::-1, :, 2::-1])
