"""``python -m tests.screenshots [FOLDER]``: pictures of the real window to look at, light and dark, small and large."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

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
            program.window.reset_layout()
            _work(program)
            for name in ("dark", "light"):
                program.window.set_theme(name)
                run_until(program, lambda: False, 1.0)
                path = folder / f"window-{name}-{width}x{height}.png"
                program.window.grab().save(str(path))
                print(path)
            if (width, height) == SIZES[0]:
                _details(program, folder)
    return 0


def _work(program: Workbench) -> None:
    """A session as it looks after some minutes: named layers, a stroke, a selection, something playing."""
    from PySide6.QtCore import QPointF

    from workbench.ui.tools import Tool

    open_and_factorise(program, 8, 150)
    document, window = program.document, program.window
    document.change_layer("gain", document.layers[2].id, gain_db=-4.0, pan=0.3)
    document.change_layer("pan", document.layers[4].id, pan=-0.4)
    document.select(document.layers[3].id)
    window.tools.choose(Tool.BRUSH)
    window.tools.set_size(60)
    canvas = window.spectrogram.canvas
    points = [QPointF(canvas.left() + canvas.width() * (0.45 + 0.02 * i), canvas.center().y() - 30) for i in range(9)]
    mouse(program, "press", points[0])
    for point in points:
        mouse(program, "move", point)
    mouse(program, "release", points[-1])
    program.audition.seek(9.3)
    run_until(program, lambda: program.window.stack_panel.residual.text(), 5)


def _details(program: Workbench, folder: Path) -> None:
    """The other pictures of the spectrogram and the dialogs."""
    window = program.window
    window.set_theme("dark")
    for index, name in ((1, "level"), (2, "mask"), (3, "over")):
        window.tool_bar.show_box.setCurrentIndex(index)
        run_until(program, lambda: False, 0.4)
        window.grab().save(str(folder / f"show-{name}.png"))
    window.tool_bar.show_box.setCurrentIndex(0)
    for name, act in (("keys", window.dialogs.keys), ("export", window.files.export_dialog)):
        act()
        run_until(program, lambda: False, 0.4)
        dialog = window.findChild(object, f"{name}Dialog")
        dialog.grab().save(str(folder / f"dialog-{name}.png"))
        dialog.close()


if __name__ == "__main__":
    sys.exit(main())
