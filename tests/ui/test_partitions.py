"""A stack that is computed as a whole: tones and hits (offscreen)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from tests.conftest import pump
from tests.ui.gestures import CTRL, dialog, press, rendered, settle


def computed(program, wanted):
    """Wait until masks of the settings that are wanted are there."""

    def there():
        run = program.desk.document.run
        return run is not None and wanted(run.settings) and not program.desk.runner.named_jobs

    assert pump(program.application, there, 20)


def test_tones_and_hits_are_computed_while_the_sliders_move(opened):
    program, document = opened, opened.desk.document
    program.window.actions_.by_name["newHpss"].trigger()
    settle(program)
    tones = dialog(program, "tonesDialog")
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive"]
    assert document.state.present.name == "Tones and hits" and document.step == 1
    first = rendered(program, 0)
    tones.harmonic.setValue(tones.harmonic.maximum())
    tones.masks.setCurrentIndex(tones.masks.findData("binary"))
    computed(program, lambda settings: settings.harmonic_frames == 101 and settings.masks == "binary")
    assert document.step == 1, "slider moves are one step"
    assert len([run for run in document.runs.values() if run.name]) == 1, "and one run"
    masks = document.stack.evaluate(np.arange(0, document.stack.bins, 9), np.arange(0, document.stack.frames, 7))
    assert set(np.unique(masks)) <= {0.0, 1.0}
    assert not np.allclose(rendered(program, 0), first)
    tones.masks.setCurrentIndex(tones.masks.findData("advanced"))
    computed(program, lambda settings: settings.masks == "advanced")
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive", "Residual"]
    tones.close()
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in document.layers] == ["Everything"] and len(document.state.stacks) == 1


def test_a_slider_moved_before_the_first_result_leaves_other_stacks_alone(factorised):
    program, document = factorised, factorised.desk.document
    names = [layer.name for layer in document.layers]
    listed = [run.name for run in document.runs.values()]
    program.window.actions_.by_name["newHpss"].trigger()
    tones = dialog(program, "tonesDialog")
    for frames in (21, 31, 41):
        tones.harmonic.set(frames)
        tones.changed.emit(tones.settings)
    settle(program)
    assert document.state.present.name == "Tones and hits"
    assert [layer.name for layer in document.layers] == ["Harmonic", "Percussive"]
    assert all(name in [run.name for run in document.runs.values()] for name in listed)
    tones.close()
    pump(program.application)
    press(program, Qt.Key.Key_PageUp)
    assert [layer.name for layer in document.layers] == names
    press(program, Qt.Key.Key_PageDown)
    press(program, Qt.Key.Key_Z, CTRL)
    assert [layer.name for layer in document.layers] == names and len(document.state.stacks) == 1


def test_cancelled_tones_change_nothing_and_the_last_wish_counts(factorised):
    program, document = factorised, factorised.desk.document
    program.window.actions_.by_name["newHpss"].trigger()
    program.desk.runner.named_jobs[-1].cancel()
    settle(program)
    assert len(document.state.stacks) == 1 and document.step == 1
    tones = dialog(program, "tonesDialog")
    tones.harmonic.setValue(tones.harmonic.maximum())
    computed(program, lambda settings: settings.harmonic_frames == 101)
    assert document.state.present.name == "Tones and hits"
    before = rendered(program, 0)
    tones.harmonic.setValue(tones.harmonic.minimum())
    assert pump(program.application, lambda: program.desk.runner.named_jobs, 20)
    program.desk.runner.named_jobs[-1].cancel()
    settle(program)
    if document.run.settings.harmonic_frames == 101:
        np.testing.assert_array_equal(rendered(program, 0), before)
    tones.percussive.setValue(tones.percussive.minimum())
    tones.close()
    settle(program)
    assert document.run.settings.percussive_bins == 3 and document.step == 2, "a wish just before closing counts"
