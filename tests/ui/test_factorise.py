"""The Factorise panel and its settings, by events in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget

from tests.acting import change_layer, select_time
from tests.conftest import pump
from tests.ui.gestures import LEFT, finish, rendered, run
from workbench.masks.model.models import Factors, Shares
from workbench.separation.presets import PRESETS
from workbench.separation.settings import METHODS
from workbench.ui.factors.controls import control
from workbench.ui.factors.words import label, sentence


@pytest.mark.parametrize("method", METHODS)
def test_every_method_runs_from_the_panel_and_the_layers_sum_to_the_mix(factorised, method):
    program = factorised
    box = program.window.panes.factorise.method
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(method))
    assert program.desk.wishes.settings.method == method
    run(program, iterations=6, components=3, length=4, smoothness=2.0)
    document = program.desk.document
    assert document.run.settings.method == method
    assert isinstance(document.run.factors, Shares if method == "hpss" else Factors)
    expected = {"hpss": 2, "match": 4}.get(method, 3)
    assert len(document.layers) == expected and document.run.factors.components == expected
    total = sum(rendered(program, i) for i in range(len(document.layers)))
    np.testing.assert_allclose(total, document.recording.samples, atol=1e-6)
    if method in ("patterns", "libnmfd"):
        assert document.run.factors.length == 4
    program.window.grab()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_runs(opened, name):
    program = opened
    box = program.window.panes.factorise.preset
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    assert program.desk.wishes.preset_name == name
    select_time(program.desk.document, program.desk.selection, 0.2, 1.2)
    wished = program.desk.wishes.analysis
    run(program, iterations=3)
    # Another window is analysed first.
    assert pump(program.application, lambda: program.desk.document.run is not None, 20)
    finish(program)
    assert program.desk.document.state.analysis == wished and not program.window.notice.isVisible()
    names = [layer.name for layer in program.desk.document.layers]
    if name in ("drums", "beat"):
        assert names[:3] == ["kick", "snare", "hihat"]


def test_matching_holding_and_seeding_from_the_panel(factorised):
    program, document = factorised, factorised.desk.document
    templates = document.run.factors.W.copy()
    run(program, method="match", iterations=5)
    np.testing.assert_array_equal(document.run.factors.W, templates)
    run(program, method="fast", templates="present", hold_templates=True, iterations=5)
    np.testing.assert_allclose(document.run.factors.W, templates, rtol=1e-5)
    run(program, hold_templates=False, iterations=5)
    assert not np.allclose(document.run.factors.W, templates)
    run(program, method="fast", templates="pitched", low_pitch=50, high_pitch=55, iterations=5)
    assert [layer.name for layer in document.layers] == ["D3", "D♯3", "E3", "F3", "F♯3", "G3"]


def test_templates_learnt_from_the_selection_and_held(factorised):
    program, document = factorised, factorised.desk.document
    program.desk.selection.set_area(None)
    program.desk.wishes.set(templates="selection", learnt=2, hold_templates=True, components=5)
    program.desk.wishes.factorise(True)
    finish(program)
    assert "select the time to learn from" in program.window.notice.text.text()
    assert len(document.layers) == 4 and document.run.costs, "what was there stays"
    assert document.redo_name == ""
    select_time(program.desk.document, program.desk.selection, 0.5, 1.5)
    run(program, iterations=4)
    early = document.run.factors.W.copy()
    run(program, iterations=8)
    order = [int(np.argmin(np.abs(early - column[:, None]).sum(axis=0))) for column in document.run.factors.W.T]
    same = [np.allclose(early[:, o], document.run.factors.W[:, k], rtol=1e-5) for k, o in enumerate(order)]
    assert sum(same) == 2, "the two learnt templates are held, the others are not"


def test_held_templates_from_the_selection_share_a_layer(factorised):
    program, document = factorised, factorised.desk.document
    panel = program.window.panes.factorise
    panel.preset.setCurrentIndex(panel.preset.findData("speech"))
    panel.preset.activated.emit(panel.preset.currentIndex())
    assert panel.hint.isVisibleTo(panel) and "select" in panel.hint.text()
    select_time(program.desk.document, program.desk.selection, 0.5, 1.0)
    assert not panel.hint.isVisibleTo(panel)
    for _ in range(2):
        run(program, components=6, learnt=2, iterations=5)
        layers = {layer.name: layer.components for layer in document.layers}
        assert layers == {"Noise": (0, 1), "Rest": (2, 3, 4, 5)}, "and again in the same layers"
    total = sum(rendered(program, i) for i in range(2))
    np.testing.assert_allclose(total, document.recording.samples, atol=1e-6)


def test_what_counts_for_nothing_shows_no_value(opened):
    program, panel = opened, opened.window.panes.factorise
    program.desk.wishes.set(method="smooth", components=7, divergence="eu")
    assert panel.divergence.currentText() == "Itakura–Saito" and not panel.divergence.isEnabled()
    program.desk.wishes.set(method="patterns", templates="drums")
    assert panel.components.text() == "–" and panel.divergence.currentText() == "Euclidean"
    program.desk.wishes.set(method="hpss")
    assert panel.iterations.text() == panel.seed.text() == "–"
    program.desk.wishes.set(method="fast", templates="random")
    assert panel.components.text() == "7" and program.desk.wishes.settings.components == 7
    program.desk.wishes.set(compare="mu")
    program.desk.wishes.set(method="mu")
    assert program.desk.wishes.settings.compare is None


def test_what_is_wrong_is_said_in_the_dialog_that_asked(opened, tmp_path):
    window = opened.window
    window.dialogs.all_settings()
    dialog = window.findChild(QWidget, "settingsDialog")
    window.desk.wishes.set(method="patterns", templates="drums", drums=str(tmp_path / "nowhere"))
    QTest.mouseClick(dialog.findChild(QWidget, "settingsFactorise"), LEFT)
    pump(opened.application)
    assert dialog.notice.isVisible() and "There is no folder" in dialog.notice.text.text()
    assert not window.notice.isVisible()
    window.desk.wishes.set(drums="")
    assert not dialog.notice.isVisible()
    dialog.close()


def test_onsets_from_a_file_start_the_activations(factorised, tmp_path):
    program, document = factorised, factorised.desk.document
    path = tmp_path / "onsets.txt"
    path.write_text("0.5 1\n1.5 1  # comment\n1.0 2\n")
    run(program, activations="events", events=str(path), components=2, iterations=1, decay=0.5, templates="random")
    assert document.run.factors.components == 2
    path.write_text("one two\n")
    run(program)
    assert "Line 1" in program.window.notice.text.text()


def test_a_number_of_components_is_suggested(factorised):
    program = factorised
    panel = program.window.panes.factorise
    QTest.mouseClick(panel.suggest, LEFT)
    from workbench.ui.dialogs.components_dialog import ComponentsDialog

    assert pump(program.application, lambda: program.window.findChildren(ComponentsDialog), 60)
    dialog = program.window.findChildren(ComponentsDialog)[0]
    dialog.findChild(QWidget, "useSuggestion").click()
    assert panel.components.value() == dialog.suggestion and 1 <= dialog.suggestion <= 25
    few = dialog.covering
    dialog.coverage.setValue(95)
    assert dialog.covering > few and str(dialog.covering) in dialog.covered.text()
    dialog.covered.click()
    assert panel.components.value() == dialog.covering


def test_all_settings_show_what_the_method_uses_with_a_sentence_each(factorised):
    program = factorised
    wishes = program.desk.wishes
    QTest.keyClick(
        program.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    pump(program.application)
    dialog = program.window.findChild(QWidget, "settingsDialog")
    assert dialog.isVisible()
    for method in METHODS:
        wishes.set(method=method, templates="random")
        pump(program.application)
        for field, (title, box, text) in dialog._rows.items():
            assert box.isVisibleTo(dialog) == (field == "method" or wishes.uses(field)), (method, field)
            assert (title.text() or box.text()) and len(text.text()) > 10
    wishes.set(method="fast", divergence="beta")
    assert dialog.findChild(QWidget, "all_beta").isVisibleTo(dialog)
    dialog.findChild(QWidget, "all_beta").setValue(1.5)
    assert wishes.settings.beta_value == 1.5


def test_every_field_of_the_settings_has_words():
    fields = set().union(*(method.uses for method in METHODS.values())) - {"selection"}
    for field in fields:
        assert label(field) and sentence(field)


def test_held_templates_stay_held_when_going_on(factorised):
    program, document = factorised, factorised.desk.document
    select_time(program.desk.document, program.desk.selection, 0.5, 1.5)
    run(program, templates="selection", learnt=2, hold_templates=True, components=5, iterations=4)
    held, w = document.run.held, document.run.factors.W.copy()
    assert len(held) == 2
    program.desk.wishes.factorise(False)
    finish(program)
    now = document.run.factors.W
    same = [k for k in range(5) if np.allclose(now[:, k], w[:, k], rtol=1e-5)]
    assert tuple(same) == held == document.run.held


def test_a_number_beyond_its_range_becomes_the_nearest(opened):
    program, panel = opened, opened.window.panes.factorise
    panel.components.selectAll()
    QTest.keyClicks(panel.components, "999")
    QTest.keyClick(panel.components, Qt.Key.Key_Return)
    assert panel.components.value() == 200 and program.desk.wishes.settings.components == 200


def test_a_refused_run_does_not_claim_to_be_done(factorised):
    program = factorised
    program.desk.notices.say("")
    program.desk.wishes.set(templates="selection")
    program.desk.selection.set_area(None)
    program.desk.wishes.factorise(True)
    finish(program)
    assert program.window.notice.isVisible() and "done" not in program.window.status.text()


def test_locked_layers_can_be_held_when_going_on(factorised):
    program, document = factorised, factorised.desk.document
    kept = document.layers[1].components[0]
    change_layer(document, "lock", document.layers[1].id, locked=True)
    before = np.outer(document.run.factors.W[:, kept], document.run.factors.H[kept])
    program.desk.wishes.set(hold_locked=True)
    program.desk.wishes.factorise(False)
    finish(program)
    after = np.outer(document.run.factors.W[:, kept], document.run.factors.H[kept])
    np.testing.assert_allclose(after, before, rtol=1e-3, atol=1e-6 * before.max())


def test_return_takes_the_coverage_that_was_typed(factorised):
    from workbench.ui.dialogs.components_dialog import ComponentsDialog

    dialog = ComponentsDialog(
        factorised.window, [1, 2, 3, 4], [9.0, 4.0, 3.5, 3.4], np.array([0.4, 0.6, 0.8, 0.9, 1.0])
    )
    chosen = []
    dialog.chosen.connect(chosen.append)
    dialog.show()
    dialog.coverage.selectAll()
    QTest.keyClicks(dialog.coverage, "80")
    QTest.keyClick(dialog.coverage, Qt.Key.Key_Return)
    assert chosen == [3]


@pytest.mark.parametrize("field", ["low_pitch", "high_pitch", "harmonic_frames", "percussive_bins", "components"])
def test_numbers_can_be_typed_digit_by_digit(opened, field):
    """Also those whose first digit is below the range; and nothing that is no digit does harm."""
    wishes = opened.desk.wishes
    templates = "random" if field == "components" else "pitched"
    wishes.set(templates=templates, method="hpss" if "kernel" in label(field) else "fast")
    box = control(wishes, field, "typed")
    box.show()
    for typed, value in (("65", 65), ("43", 43)):
        box.selectAll()
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, Qt.Key.Key_Return)
        assert getattr(wishes.settings, field) == value
    for odd in ("²", "①", "٣", "9" * 5000, "x", "-", ""):
        box.selectAll()
        box.lineEdit().insert(odd)
        QTest.keyClick(box, Qt.Key.Key_Return)
    low, high = box.minimum(), box.maximum()
    assert low <= getattr(wishes.settings, field) <= high
    box.deleteLater()
