"""What was heard against what is exported."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

from tests.acting import change_group, change_layer
from tests.benchmarks import Report
from tests.benchmarks.driving import RATE, open_and_factorise, run_until
from tests.rig import NullSink, align, residual_db
from workbench.document.acts.groups import group_layers

if TYPE_CHECKING:
    from workbench.app import Workbench


def heard_is_exported(report: Report, program: Workbench, sink: NullSink) -> None:
    """What was recorded against the file that was exported, for the mix, a selection, a group and the original."""
    from workbench.audio.export import heard_piece
    from workbench.audio.formats import FileFormat
    from workbench.audio.scene import Hear
    from workbench.audio.writing import write
    from workbench.control.listening import Where
    from workbench.masks.edits.areas import rectangle
    from workbench.masks.model.grid import Region

    open_and_factorise(program, 6, 40)
    document, listening, audition = program.desk.document, program.desk.listening, program.desk.playback
    state, group = group_layers(document.recorded_state, [layer.id for layer in document.layers[:3]], "Group")
    document.act("group", state)
    change_group(document, "pan", group, pan=-0.6, width=1.4, gain_db=-4.0)
    change_layer(document, "gain", document.layers[4].id, gain_db=-9.0, pan=0.5)
    stack = document.stack
    area = rectangle(Region(10, 220, 20, stack.frames - 20), stack.bins, stack.frames).feathered(6)

    def select() -> None:
        program.desk.selection.set_area(area)
        listening.listen(Where.SELECTION)

    def solo() -> None:
        listening.listen(Where.SELECTION)
        program.desk.selection.set_area(None)
        change_group(document, "solo", group, solo=True)

    acts: dict[str, Callable[[], None]] = {
        "mix": lambda: None,
        "selection": select,
        "group": solo,
        "removed": lambda: listening.hear(Hear.REMOVED),
        "original": lambda: listening.hear(Hear.ORIGINAL),
    }
    for name, act in acts.items():
        act()
        run_until(program, lambda: False, 1.5)
        scene = program.desk.heard.scene()
        assert scene is not None
        # What is selected plays from its own beginning.
        begin, _ = listening.heard_samples()
        with tempfile.TemporaryDirectory() as folder:
            piece = heard_piece(scene, Path(folder), "song", FileFormat(), begin, begin + 5 * RATE)
            write([piece], FileFormat())
            exported = soundfile.read(piece.path, dtype="float32", always_2d=True)[0]
        if exported.shape[1] == 1:
            exported = exported.repeat(2, axis=1)
        audition.seek(0.0)
        with sink.recorded() as recorded:
            audition.play()
            assert run_until(program, lambda: audition.position > 6.0)
            audition.stop()
            run_until(program, lambda: False, 0.5)
        difference = residual_db(exported, align(exported, recorded[0]))
        report.figure(f"recorded against exported: {name}", difference, "dB", "<= -80")
