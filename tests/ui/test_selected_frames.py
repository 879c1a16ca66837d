"""A selection is of whole frames, and what learns from it or leaves it out gets exactly these (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from tests.acting import select_time
from tests.ui.gestures import drag, middle, press, run

DRAGS, RUNS = 40, 3


def random_drag(program, rng) -> tuple[int, int]:
    """A drag with the time tool at some zoom; answers the frames that it should select."""
    viewport, plane = program.desk.viewport, program.desk.plane
    span = viewport.duration * 2.0 ** -rng.integers(0, 5)
    start = rng.uniform(0, viewport.duration - span)
    viewport.show_time(start, start + span)
    canvas, y = plane.canvas, middle(program).y()
    one, other = (int(x) for x in rng.integers(canvas.left(), canvas.right(), 2))
    if abs(one - other) < 8:
        other = one + 8 if one + 8 < canvas.right() else one - 8
    # A drag on what is selected would move it.
    program.desk.areas.deselect()
    drag(program, QPoint(one, y), QPoint(other, y), steps=2)
    places = [plane.place_at(QPoint(x, y)) for x in sorted((one, other))]
    region = plane.region_between(*places)
    return region.start, region.stop


@pytest.mark.parametrize("seed", range(2))
def test_a_drag_selects_the_frames_that_it_goes_over(factorised, seed):
    program, rng = factorised, np.random.default_rng(seed)
    analysis, rate = program.desk.document.state.analysis, program.desk.document.recording.rate
    press(program, Qt.Key.Key_V)
    for _ in range(DRAGS // 2):
        wanted = random_drag(program, rng)
        if wanted == (0, program.desk.document.stack.frames):
            assert program.desk.selection.frames is None, "all of time is no part of it"
            continue
        assert program.desk.selection.frames == wanted
        begin, end = program.desk.selection.seconds
        first, last = analysis.span(*wanted, rate)
        assert (begin, end) == (max(first, 0.0), min(last, program.desk.document.recording.duration))


@pytest.mark.parametrize(
    "wishes",
    [{"templates": "selection", "learnt": 2, "hold_templates": True}, {"leave_out": True, "templates": "random"}],
    ids=["learn", "leave out"],
)
def test_a_run_gets_the_frames_that_are_selected(factorised, wishes):
    program, rng = factorised, np.random.default_rng(7)
    press(program, Qt.Key.Key_V)
    seen = set()
    for _ in range(RUNS):
        random_drag(program, rng)
        frames = program.desk.selection.frames
        if frames is None:
            continue
        seen.add(frames)
        run(program, components=4, iterations=2, **wishes)
        assert program.desk.document.run.settings.selection == frames == program.desk.selection.frames
        assert not program.window.notice.isVisible()
    assert len(seen) > 1


def test_a_run_that_reads_no_selection_is_the_same_with_and_without_one(factorised):
    program = factorised
    run(program, iterations=3, seed=1)
    without = program.desk.document.run.costs
    select_time(program.desk.document, program.desk.selection, 0.5, 1.0)
    run(program, iterations=3, seed=1)
    assert program.desk.document.run.costs == without
