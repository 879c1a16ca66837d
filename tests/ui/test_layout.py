"""The window is the figure of the method: W stands level with V, H below V, at every size that it is made for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.conftest import pump


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("shown", ["stack", "factorise", "history"])
def test_templates_are_level_with_the_spectrogram_and_activations_below_it(factorised, size, shown):
    window = factorised.window
    window.resize(*size)
    window.layout_.reset()
    getattr(window.layout_, shown).raise_()
    pump(factorised.application, seconds=0.1)
    assert (window.width(), window.height()) == size, "nothing makes it larger"
    assert_aligned(factorised)


@pytest.mark.parametrize("first", [(1024, 600), (1280, 800), (1920, 1080)])
def test_they_stay_so_as_the_window_is_resized(factorised, first):
    window = factorised.window
    window.resize(*first)
    window.layout_.reset()
    pump(factorised.application, seconds=0.1)
    for size in ((1440, 900), (1024, 600), (1920, 1080), (1280, 800)):
        window.resize(*size)
        pump(factorised.application, seconds=0.1)
        assert (window.width(), window.height()) == size
        assert_aligned(factorised)


def test_they_stay_so_beside_a_mixer_and_without_one_again(factorised):
    window = factorised.window
    window.layout_.show_mixer()
    window.resize(1600, 900)
    pump(factorised.application, seconds=0.1)
    window.layout_.show_mixer()
    pump(factorised.application, seconds=0.1)
    assert_aligned(factorised)


@pytest.mark.parametrize(
    ("dock", "by"), [("templates", -60), ("templates", 60), ("costs", 60), ("costs", -40), ("map", 40)]
)
def test_the_boundary_is_one_whichever_half_is_dragged(factorised, dock, by):
    window = factorised.window
    window.resize(1280, 800)
    window.layout_.reset()
    pump(factorised.application, seconds=0.1)
    held = getattr(window.layout_, dock)
    held.raise_()
    pump(factorised.application, seconds=0.1)
    before = window.layout_.templates.width()
    start = held.geometry().topRight() + QPoint(3, held.height() // 2)
    # Through the platform, so that the program knows of the button that is held.
    screen = window.windowHandle()
    QTest.mousePress(screen, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 6):
        QTest.mouseMove(screen, start + QPoint(by * step // 5, 0))
        pump(factorised.application, seconds=0.03)
    QTest.mouseRelease(screen, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start + QPoint(by, 0))
    pump(factorised.application, lambda: abs(window.layout_.templates.width() - before - by) <= 4, 5)
    assert abs(window.layout_.templates.width() - before - by) <= 4, "what is dragged is wider or narrower"
    assert_aligned(factorised)


def assert_aligned(program):
    """W's bins level with V's, H's frames below V's, to the pixel."""
    window, canvas_of = program.window, program.desk.plane
    view, templates, activations = window.panes.spectrogram, window.panes.templates, window.panes.activations
    # The panes follow the window in their own time.
    pump(program.application, lambda: all(0 <= side <= activations.width() for side in activations.x_range()), 5)
    canvas = canvas_of.canvas
    corner = view.mapTo(window, canvas.topLeft())
    top, bottom = templates.y_range()
    assert templates.mapTo(window, QPoint(0, 0)).y() + top == corner.y()
    assert bottom - top == canvas.height()
    assert top >= 0 and bottom <= templates.height()
    left, right = activations.x_range()
    assert activations.mapTo(window, QPoint(0, 0)).x() + left == corner.x()
    assert right - left == canvas.width()
    assert left >= 0 and right <= activations.width()


def test_of_a_project_with_masks_the_masks_are_in_front(factorised, recording_file, tmp_path):
    program, layout, document = factorised, factorised.window.layout_, factorised.desk.document
    program.desk.saving.save(tmp_path / "work.workbench")
    assert pump(program.application, lambda: document.path is not None and not document.dirty, 10)
    saved = document.recording
    program.desk.opening.open(recording_file)
    assert pump(program.application, lambda: document.recording is not saved, 10)
    assert pump(program.application, lambda: not layout.factorise.visibleRegion().isEmpty(), 2)
    program.desk.opening.open(tmp_path / "work.workbench")
    assert pump(program.application, lambda: document.run is not None, 10)
    assert pump(program.application, lambda: not layout.stack.visibleRegion().isEmpty(), 2)


def test_what_comes_next_is_in_front(opened):
    """How to factorise, while there is nothing; the masks, when there are some."""
    layout, program = opened.window.layout_, opened
    pump(program.application, seconds=0.05)
    assert not layout.factorise.visibleRegion().isEmpty() and layout.stack.visibleRegion().isEmpty()
    opened.window.panes.factorise.iterations.setValue(3)
    program.desk.wishes.factorise(True)
    assert pump(program.application, lambda: not program.desk.factorising.running, 20)
    assert pump(program.application, lambda: not layout.stack.visibleRegion().isEmpty(), 2)
    layout.history.raise_()
    program.desk.wishes.factorise(False)
    assert pump(program.application, lambda: not program.desk.factorising.running, 20)
    assert not layout.history.visibleRegion().isEmpty(), "what is published by the first run leaves the panes alone"
    program.desk.wishes.factorise(True)
    assert pump(program.application, lambda: not program.desk.factorising.running, 20)
    assert not layout.history.visibleRegion().isEmpty(), "later runs leave the panes alone"
