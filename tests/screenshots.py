"""``python -m tests.screenshots [FOLDER]``: pictures of the real window to look at, light and dark, small and large."""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.acting import change_group, change_layer
from tests.benchmarks.driving import mouse, open_and_factorise, run_until, running_window

if TYPE_CHECKING:
    from workbench.app import Workbench

SIZES = ((1280, 800), (2560, 1440))


def main() -> int:
    """Write the pictures; returns the exit status."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "workbench-screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with running_window(*max(SIZES)) as (program, _):
        for width, height in SIZES:
            program.window.resize(width, height)
            program.window.layout_.reset()
            _work(program)
            for name in ("dark", "light"):
                program.window.set_theme(name)
                run_until(program, lambda: False, 1.0)
                path = folder / f"window-{name}-{width}x{height}.png"
                program.window.grab().save(str(path))
                print(path)
            if (width, height) == SIZES[0]:
                _details(program, folder)
                _mixer(program, folder)
                _tools(program, folder)
    return 0


def _work(program: Workbench) -> None:
    """A session as it looks after some minutes: named layers, a stroke, a selection, something playing."""
    from PySide6.QtCore import QPointF

    from workbench.control.tools import Tool

    open_and_factorise(program, 8, 150)
    document, window = program.desk.document, program.window
    change_layer(document, "gain", document.layers[2].id, gain_db=-4.0, pan=0.3)
    change_layer(document, "pan", document.layers[4].id, pan=-0.4)
    _group(program)
    program.desk.selection.select(document.layers[3].id)
    window.desk.tools.choose(Tool.BRUSH)
    window.desk.tools.set_size(60)
    canvas = window.desk.plane.canvas
    points = [QPointF(canvas.left() + canvas.width() * (0.45 + 0.02 * i), canvas.center().y() - 30) for i in range(9)]
    mouse(program, "press", points[0])
    for point in points:
        mouse(program, "move", point)
    mouse(program, "release", points[-1])
    program.desk.playback.seek(9.3)
    run_until(program, lambda: program.window.panes.stack.residual.text(), 5)


def _group(program: Workbench) -> None:
    """Two groups, with names and pans of their own."""
    from workbench.document.acts.groups import group_layers

    document = program.desk.document
    ids = [layer.id for layer in document.layers]
    for name, chosen, pan in (("Drums", ids[:2], -0.3), ("Keys", ids[5:7], 0.45)):
        state, group = group_layers(document.recorded_state, chosen, name)
        document.act(name, state)
        change_group(document, "pan", group, pan=pan)


def _mixer(program: Workbench, folder: Path) -> None:
    """The mixer while it plays."""
    window = program.window
    window.layout_.show_mixer()
    program.desk.mixing.store(0)
    program.desk.playback.play()
    run_until(program, lambda: program.desk.playback.position > 10.6, 8)
    window.grab().save(str(folder / "mixer.png"))
    program.desk.playback.stop()
    window.layout_.show_mixer()


def _details(program: Workbench, folder: Path) -> None:
    """The other pictures of the spectrogram and the dialogs."""
    from PySide6.QtWidgets import QDialog

    window = program.window
    window.set_theme("dark")
    for index, name in ((1, "level"), (2, "mask"), (3, "over")):
        window.panes.tool_bar.show_box.setCurrentIndex(index)
        run_until(program, lambda: False, 0.4)
        window.grab().save(str(folder / f"show-{name}.png"))
    window.panes.tool_bar.show_box.setCurrentIndex(0)
    for name in ("keys", "export", "exportMasks", "exportLabels", "exportFigure"):
        window.actions_.by_name[name].trigger()
        run_until(program, lambda: False, 0.4)
        dialog = window.findChild(QDialog, f"{name}Dialog")
        assert dialog is not None
        dialog.grab().save(str(folder / f"dialog-{name}.png"))
        dialog.close()


def _tools(program: Workbench, folder: Path) -> None:
    """Every tool in use, on one sheet: the top bar's options and the spectrogram."""
    from PIL import Image, ImageDraw, ImageFont

    from workbench.control.tools import FILTERS, SELECTING, Tool
    from workbench.masks.edits.brush import Shape
    from workbench.ui.tools.texts import described, described_shapes

    window, document = program.window, program.desk.document
    window.set_theme("dark")
    window.desk.viewport.show_time(13.0, 17.0)
    window.desk.viewport.zoom_frequency(1.6, window.desk.viewport.scale.position(900.0))
    shots: list[Image.Image] = []
    texts, shapes = described(), described_shapes()

    def shot(title: str) -> None:
        run_until(program, lambda: not program.desk.runner.jobs, 5)
        run_until(program, lambda: False, 0.5)
        path = folder / "tool.png"
        window.grab().save(str(path))
        ratio = window.devicePixelRatioF()
        left = window.centralWidget().mapTo(window, window.centralWidget().rect().topLeft()).x()
        box = (left, 66, left + window.centralWidget().width(), 565)
        with Image.open(path) as picture:
            shots.append(picture.convert("RGB").crop(tuple(round(side * ratio) for side in box)))
        draw = ImageDraw.Draw(shots[-1])
        draw.rectangle((0, 0, 200, 24), (18, 20, 24))
        draw.text((10, 4), title, (255, 255, 255), ImageFont.load_default(size=16))
        path.unlink()
        print(title)

    for tool in SELECTING:
        window.desk.areas.deselect()
        window.desk.tools.choose(tool)
        _gesture(program, tool.value)
        shot(texts[tool].name)
    window.desk.areas.deselect()
    for shape in Shape:
        window.desk.tools.choose(Tool.BRUSH)
        window.desk.tools.set_brush(shape=shape, size=26.0)
        _gesture(program, "stroke")
        shot(f"{texts[Tool.BRUSH].name}, {shapes[shape].lower()}")
        document.undo()
    window.desk.tools.set_brush(shape=Shape.ROUND, size=60.0)
    for tool in (Tool.ERASER, *FILTERS):
        window.desk.tools.choose(Tool.BRUSH)
        _gesture(program, "stroke")
        window.desk.tools.choose(tool)
        _gesture(program, "stroke")
        shot(texts[tool].name)
        document.undo()
        document.undo()
    window.desk.tools.choose(Tool.THRESHOLD)
    window.panes.threshold.measure.setCurrentIndex(1)
    window.panes.threshold.low.setValue(-55)
    window.panes.threshold.knee.setValue(8)
    shot(texts[Tool.THRESHOLD].name)
    window.desk.thresholding.cancel()
    columns, width = 4, 360
    height = round(width * shots[0].height / shots[0].width)
    sheet = Image.new("RGB", (columns * width, -(-len(shots) // columns) * height))
    for i, each in enumerate(shots):
        sheet.paste(
            each.resize((width, height), Image.Resampling.LANCZOS), (i % columns * width, i // columns * height)
        )
    sheet.save(folder / "tools.jpg", quality=88)
    print(folder / "tools.jpg")


def _gesture(program: Workbench, kind: str) -> None:
    """What the hand does with a tool."""
    from PySide6.QtCore import QPointF

    canvas = program.desk.plane.canvas

    def at(x: float, y: float) -> QPointF:
        return QPointF(canvas.left() + x * canvas.width(), canvas.top() + y * canvas.height())

    lasso = [
        at(0.5 + 0.22 * math.cos(i / 4), 0.5 + 0.25 * math.sin(i / 4) * (1 + 0.2 * math.cos(i))) for i in range(25)
    ]
    drags = {
        "select": [at(0.3, 0.5), at(0.5, 0.5), at(0.6, 0.5)],
        "rectangle": [at(0.3, 0.3), at(0.5, 0.5), at(0.7, 0.65)],
        "band": [at(0.3, 0.45), at(0.4, 0.5), at(0.5, 0.6)],
        "lasso": lasso,
        "wand": [at(0.5, 0.62)],
        "stroke": [at(0.3 + 0.03 * i, 0.62 - 0.012 * i) for i in range(12)],
    }
    if kind == "polygon":
        for corner in (at(0.3, 0.3), at(0.7, 0.25), at(0.6, 0.7), at(0.4, 0.6)):
            mouse(program, "press", corner)
            mouse(program, "release", corner)
        return
    mouse(program, "press", drags[kind][0])
    for point in drags[kind]:
        mouse(program, "move", point)
    mouse(program, "release", drags[kind][-1])


if __name__ == "__main__":
    sys.exit(main())
