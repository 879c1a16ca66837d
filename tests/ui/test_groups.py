"""Groups in the mask stack, the mixer, the audition walk and suggested groups, by real events (offscreen)."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from tests.acting import change_group, change_layer
from tests.conftest import pump, tone_mix
from tests.rig import residual_db
from tests.ui.gestures import CTRL, LEFT, NONE, SHIFT, press
from workbench.audio.player import PlayerStatus
from workbench.audio.renderer import render_all
from workbench.audio.scene import Hear
from workbench.document.acts.layers import remove_layer
from workbench.document.acts.stacks import duplicate_stack
from workbench.masks.pictures.picture import Show
from workbench.ui.stack.layer_row import MIME


def click(program, index, keys=NONE):
    QTest.mouseClick(program.window.panes.stack.rows[index], LEFT, keys, QPoint(90, 20))


def group(program, *indices):
    click(program, indices[0])
    for index in indices[1:]:
        click(program, index, CTRL)
    press(program, Qt.Key.Key_G)
    return program.desk.document.groups[-1].id


def numbers(program):
    """Components of the layers, in order."""
    return [layer.components[0] for layer in program.desk.document.layers]


def drop(program, what, y):
    """Let something go in the list, at a height of it."""
    rows = program.window.panes.stack._rows.list
    data = QMimeData()
    data.setData(MIME, what.encode())
    at, action, none = QPointF(60, y), Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    QApplication.sendEvent(rows, QDragEnterEvent(at.toPoint(), action, data, none, NONE))
    QApplication.sendEvent(rows, QDropEvent(at, action, data, none, NONE))
    pump(program.application, seconds=0.05)


def middle_of(row):
    return row.geometry().center().y()


def test_g_makes_a_group_of_the_selected_layers(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 1, 3)
    assert numbers(program) == [0, 1, 3, 2]
    assert [layer.group for layer in program.desk.document.layers] == [0, made, made, 0]
    assert [row.layer.name for row in panel.group_rows] == ["Group 1"]
    assert program.desk.selection.group == made and panel.group_rows[0].property("current")
    press(program, Qt.Key.Key_G, SHIFT)
    assert not program.desk.document.groups and not panel.group_rows
    press(program, Qt.Key.Key_G, SHIFT)
    assert "no group" in program.window.notice.text.text()
    press(program, Qt.Key.Key_Z, CTRL)
    press(program, Qt.Key.Key_Z, CTRL)
    assert numbers(program) == [0, 1, 2, 3]


def test_keys_and_faders_of_a_group_are_those_of_its_sound(factorised):
    program, document = factorised, factorised.desk.document
    group(program, 0, 1)
    press(program, Qt.Key.Key_M)
    assert document.groups[0].mute and not any(layer.mute for layer in document.layers)
    assert residual_db(render_all(document.scene, layers=[2, 3]), render_all(document.scene)) < -100
    click(program, 0)
    press(program, Qt.Key.Key_M, SHIFT)
    press(program, Qt.Key.Key_S, SHIFT)
    assert not document.groups[0].mute and document.groups[0].solo
    assert residual_db(render_all(document.scene, layers=[0, 1]), render_all(document.scene)) < -100
    row = program.window.panes.stack.group_rows[0]
    QTest.mouseClick(row.lock, LEFT)
    assert [layer.locked for layer in document.layers] == [True, True, False, False] and row.lock.isChecked()
    QTest.mouseClick(row.lock, LEFT)
    assert not any(layer.locked for layer in document.layers)
    click(program, 3)
    press(program, Qt.Key.Key_S, SHIFT)
    assert "G makes one" in program.window.notice.text.text()


def test_the_mask_of_a_group_is_the_sum_of_its_layers(factorised):
    program, window = factorised, factorised.window
    group(program, 1, 2)
    pump(program.application, lambda: not window.panes.stack._rows.thumbnails._timer.isActive(), 5)
    shades = window.panes.stack._rows.thumbnails._grey.astype(float)
    np.testing.assert_allclose(255 - shades[1], (255 - shades[2]) + (255 - shades[3]), atol=2.5)
    QTest.mouseDClick(window.panes.stack.group_rows[0], LEFT, NONE, QPoint(90, 20))
    pump(program.application)
    assert window.panes.image.show is Show.MASK
    assert window.panes.image.look().selected == (1, 2)


def test_a_folded_group_hides_its_layers(factorised):
    program, panel = factorised, factorised.window.panes.stack
    group(program, 0, 2)
    QTest.mouseClick(panel.group_rows[0].fold, LEFT)
    assert [row.isHidden() for row in panel.rows] == [True, True, False, False]
    QTest.mouseClick(panel.group_rows[0].fold, LEFT)
    assert not any(row.isHidden() for row in panel.rows)


def test_keys_move_layers_in_and_out_of_groups_and_groups_as_a_whole(factorised):
    program, document, alt = factorised, factorised.desk.document, Qt.KeyboardModifier.AltModifier
    made = group(program, 1, 2)
    click(program, 3)
    steps = document.step
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 2, 3] and document.layers[3].group == made
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 3, 2] and document.step == steps + 2
    for _ in range(2):
        press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 3, 1, 2] and [x.group for x in document.layers] == [0, 0, made, made]
    click(program, 0)
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    # It is the first already: no step.
    assert document.step == steps + 4
    # By keys to the group's own row, and down with all of it.
    click(program, 2)
    press(program, Qt.Key.Key_Up, alt)
    assert program.desk.selection.group == made
    press(program, Qt.Key.Key_Up, alt | SHIFT)
    assert numbers(program) == [0, 1, 2, 3]
    press(program, Qt.Key.Key_Left, alt)
    assert [row.isHidden() for row in program.window.panes.stack.rows] == [False, True, True, False]


def test_a_group_that_is_only_suggested_is_no_group_yet(factorised):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    steps = len(document.steps)
    QTest.mouseClick(program.window.panes.stack.group_rows[0].mute, LEFT)
    assert len(document.steps) == steps and "only suggested" in program.window.notice.text.text()
    # Another act does not end what is shown.
    change_layer(document, "gain", document.layers[0].id, gain_db=-3.0)
    assert pump(program.application, lambda: document.groups and not document.recorded_state.groups, 2)
    assert document.layers[0].gain_db == -3.0
    document.act("copy", duplicate_stack(document.recorded_state, "Copy"))
    assert pump(program.application, lambda: not dialog.isVisible(), 2)
    assert not document.groups


def test_rows_stay_the_same_where_the_order_changes(factorised):
    program, panel = factorised, factorised.window.panes.stack
    before = {row.layer.id: row for row in panel.rows}
    group(program, 1, 3)
    assert {row.layer.id: row for row in panel.rows} == before
    assert [row.objectName() for row in panel.rows] == ["layer1Row", "layer2Row", "layer3Row", "layer4Row"]
    assert panel.rows[2].mute.objectName() == "layer3Mute" and panel.rows[2].layer.components == (3,)


def test_what_is_not_heard_steps_back_in_the_picture_and_groups_have_colours(factorised):
    program, document = factorised, factorised.desk.document
    made = group(program, 0, 1)
    change_group(document, "colour", made, colour="#ff0000")
    click(program, 3)
    press(program, Qt.Key.Key_M)
    colours = program.window.panes.image.look().colours
    assert np.ptp(colours[3]) == 0 and np.ptp(colours[0]) > 0
    for _ in range(4):
        press(program, Qt.Key.Key_C)
    assert program.window.panes.image.show is Show.GROUPS
    np.testing.assert_allclose(program.window.panes.image.look().colours[:2], [(0, 0, 1)] * 2)


def test_the_mixer_knows_another_recordings_channels(factorised, tmp_path):
    program = factorised
    for channels, on in ((4, False), (2, True)):
        soundfile.write(tmp_path / f"{channels}.wav", tone_mix(0.5, 8000, channels), 8000)
        before = program.desk.document.recording
        program.desk.opening.open(tmp_path / f"{channels}.wav")
        assert pump(program.application, lambda before=before: program.desk.document.recording is not before, 5)
        assert program.window.panes.mixer.strips[0].pan.isEnabled() == on
        assert program.desk.selection.group == 0


def test_a_group_has_a_name_by_f2(factorised):
    program = factorised
    group(program, 0, 2)
    press(program, Qt.Key.Key_F2)
    row = program.window.panes.stack.group_rows[0]
    QTest.keyClicks(row.name, "Drums")
    QTest.keyClick(row.name, Qt.Key.Key_Return)
    assert program.desk.document.groups[0].name == "Drums"


def test_layers_are_dragged_into_groups_and_out(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 0, 1)
    pump(program.application, seconds=0.05)
    document = program.desk.document
    # Onto the group's own row, below its middle: the first of its layers.
    drop(program, f"layer {document.layers[3].id}", middle_of(panel.group_rows[0]) + 6)
    assert numbers(program) == [3, 0, 1, 2] and [x.group for x in document.layers] == [made] * 3 + [0]
    # Just below the last of them: still inside; farther down: outside.
    last = panel.rows[2]
    place = panel._rows.list.place_at(last.geometry().bottom())
    assert (place.group, place.before) == (made, 0)
    drop(program, f"layer {document.layers[0].id}", panel.rows[3].geometry().bottom() + 20)
    assert numbers(program) == [0, 1, 2, 3] and document.layers[3].group == 0
    # Layers that are selected together go together.
    click(program, 2)
    click(program, 3, CTRL)
    drop(program, f"layer {document.layers[2].id}", middle_of(panel.rows[0]) + 4)
    assert all(layer.group == made for layer in document.layers)
    # The last one leaves: the group is gone.
    for _ in range(4):
        click(program, 0)
        drop(program, f"layer {document.layers[0].id}", panel.rows[-1].geometry().bottom() + 20)
    assert not document.groups


def test_a_group_is_dragged_as_a_whole(factorised):
    program, panel = factorised, factorised.window.panes.stack
    made = group(program, 0, 1)
    pump(program.application, seconds=0.05)
    drop(program, f"group {made}", panel.rows[3].geometry().bottom() + 20)
    assert numbers(program) == [2, 3, 0, 1]
    group(program, 0, 1)
    other = program.desk.document.groups[0].id
    pump(program.application, seconds=0.05)
    # Into another group it does not go, but before it.
    drop(program, f"group {made}", middle_of(panel.rows[0]) + 4)
    assert numbers(program) == [0, 1, 2, 3]
    assert [layer.group for layer in program.desk.document.layers] == [made, made, other, other]


def test_export_offers_the_groups(factorised, tmp_path):
    program = factorised
    group(program, 0, 1)
    press(program, Qt.Key.Key_D)
    change_group(program.desk.document, "gain", program.desk.document.groups[0].id, gain_db=-6.0)
    program.window.exports.show_dialog(program.window.files.folder)
    dialog = program.window.findChild(QDialog, "exportDialog")
    assert dialog.groups.isVisible() and dialog.groups.isChecked() and "3 files" in dialog.groups.text()
    assert "what is taken away" in dialog.heard.text()
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.heard.setChecked(True)
    index = dialog.loudness.findData("lufs")
    dialog.loudness.setCurrentIndex(index)
    dialog.loudness.activated.emit(index)
    dialog.level.setValue(-23.0)
    QTest.mouseClick(dialog.go, LEFT)
    names = {"tones heard.wav", "tones mix.wav", "01 Group 1.wav", "02 Component 3.wav", "03 Component 4.wav"}
    assert pump(
        program.application,
        lambda: not program.desk.runner.jobs and {p.name for p in (tmp_path / "out").glob("*")} == names,
        10,
    )
    samples = program.desk.document.recording.samples
    parts = [soundfile.read(p, always_2d=True)[0] for p in sorted((tmp_path / "out").glob("0*.wav"))]
    assert residual_db(samples, sum(parts)) < -100
    assert "LUFS" in program.window.status.text()
    got = soundfile.read(tmp_path / "out" / "tones heard.wav", always_2d=True)[0]
    taken = render_all(program.desk.heard.scene())
    gain = np.sqrt(np.sum(got**2) / np.sum(taken**2))
    assert gain != pytest.approx(1.0, abs=0.01) and residual_db(taken * gain, got) < -100


# -- mixer ----------------------------------------------------------------------------------------------


def test_the_mixer_has_a_strip_for_every_source(factorised):
    program, mixer = factorised, factorised.window.panes.mixer
    group(program, 0, 1)
    press(program, Qt.Key.Key_F4)
    assert mixer.isVisible()
    assert [strip.title.toolTip() for strip in mixer.strips] == ["Group 1", "Component 3", "Component 4"]
    strip = mixer.strips[0]
    QTest.mouseClick(strip.mute, LEFT)
    assert program.desk.document.groups[0].mute
    strip.width_slider.setValue(0)
    assert program.desk.document.groups[0].width == 0.0
    strip.pan.setFocus()
    QTest.keyClick(strip.pan, Qt.Key.Key_Right)
    assert program.desk.document.groups[0].pan > 0
    QTest.mouseDClick(strip.width_slider, LEFT, NONE, QPoint(5, 5))
    assert program.desk.document.groups[0].width == 1.0
    top, bottom = QPoint(8, 8), QPoint(8, strip.gain.height() - 8)
    QTest.mouseClick(mixer.strips[1].gain, LEFT, NONE, bottom)
    assert program.desk.document.layers[2].gain_db == float("-inf") or program.desk.document.layers[2].gain_db < -40
    QTest.mouseClick(mixer.strips[1].gain, LEFT, NONE, top)
    assert program.desk.document.layers[2].gain_db > 3


def test_meters_move_while_it_plays(factorised):
    program, mixer = factorised, factorised.window.panes.mixer
    group(program, 0, 1)
    press(program, Qt.Key.Key_F4)
    program.desk.playback.ticked.emit(PlayerStatus(playing=True, position=1.05))
    assert all(strip.meter._level > -60 for strip in mixer.strips)
    change_group(program.desk.document, "mute", program.desk.document.groups[0].id, mute=True)
    for _ in range(80):
        mixer._not_before = 0.0
        program.desk.playback.ticked.emit(PlayerStatus(playing=True, position=1.05))
    assert mixer.strips[0].meter._level == -60 < mixer.strips[1].meter._level


def test_mixes_are_remembered_and_recalled_as_one_step(factorised):
    program, document, mixer = factorised, factorised.desk.document, factorised.window.panes.mixer
    group(program, 0, 1)
    change_group(document, "pan", document.groups[0].id, pan=-0.5)
    press(program, Qt.Key.Key_F5, SHIFT)
    change_group(document, "pan", document.groups[0].id, pan=0.5)
    change_layer(document, "mute", document.layers[3].id, mute=True)
    press(program, Qt.Key.Key_F6, SHIFT)
    assert mixer.slots[1].isChecked() and not mixer.slots[0].isChecked()
    before = document.step
    for key, pan, mute in ((Qt.Key.Key_F5, -0.5, False), (Qt.Key.Key_F6, 0.5, True), (Qt.Key.Key_F5, -0.5, False)):
        press(program, key)
        assert document.groups[0].pan == pan and document.layers[3].mute == mute
    assert document.step == before + 1 and mixer.slots[0].isChecked()
    press(program, Qt.Key.Key_Z, CTRL)
    assert document.groups[0].pan == 0.5
    QTest.mouseClick(mixer.slots[2], LEFT)
    assert document.state.mixes[2] is None and "Nothing is remembered in C" in program.window.notice.text.text()
    QTest.mouseClick(mixer.slots[2], LEFT, SHIFT)
    steps = document.step
    press(program, Qt.Key.Key_F7)
    # Nothing would change.
    assert document.step == steps


# -- the walk ---------------------------------------------------------------------------------------------


def test_the_walk_hears_each_layer_alone_and_sorts_by_keys(factorised):
    program, window, document = factorised, factorised.window, factorised.desk.document
    click(program, 0)
    press(program, Qt.Key.Key_W, SHIFT)
    bar, _walk = window.panes.walk, program.desk.walking
    assert bar.isVisible() and bar.count.text() == "1 of 4"
    ear = program.desk.heard.ear
    assert ear.what is Hear.LAYERS and ear.layers == (document.layers[0].id,)
    heard = render_all(program.desk.heard.scene())
    assert residual_db(render_all(document.scene, layers=[0]), heard) < -100
    span = program.desk.playback._dwelling
    assert span[1] - span[0] == pytest.approx(1.0, abs=0.1)
    # 1 makes the first group and goes on, 1 again puts the next layer into it, 2 makes another.
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_2):
        QTest.keyClick(bar, key)
        pump(program.application)
    assert bar.count.text() == "4 of 4"
    names = {each.id: each.name for each in document.groups}
    found = [names.get(layer.group, "") for layer in document.layers]
    assert found == ["Group 1", "Group 1", "Group 2", ""]
    # A name is typed while the walk stays.
    QTest.keyClick(bar, Qt.Key.Key_Return)
    QTest.keyClicks(bar.name, "Flute 1")
    QTest.keyClick(bar.name, Qt.Key.Key_Return)
    assert document.layers[3].name == "Flute 1" and bar.count.text() == "4 of 4"
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert bar.count.text() == "3 of 4"
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible() and program.desk.heard.scene() is document.scene
    assert program.desk.playback._dwelling is None


def test_the_walk_goes_on_by_itself_and_waits_at_the_last(factorised):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    walk._timer.setInterval(30)
    click(program, 0)
    selected = []
    program.desk.selection.layer_changed.connect(lambda: selected.append(program.desk.selection.layer))
    press(program, Qt.Key.Key_W, SHIFT)
    assert pump(program.application, lambda: not walk.goes_on, 10)
    assert selected[:3] == [layer.id for layer in program.desk.document.layers[1:]]
    assert walk.walking and bar.count.text() == "4 of 4"
    walk.end()


def test_a_number_keeps_its_group_on_the_walk_and_undo_goes_back(factorised):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    document = program.desk.document
    press(program, Qt.Key.Key_W, SHIFT)
    first = [layer.id for layer in document.layers]
    # The second group is made of a layer above which nothing stands: it comes first in the stack.
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_1)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    QTest.keyClick(bar, Qt.Key.Key_2)
    assert [each.name for each in document.groups] == ["Group 2", "Group 1"]
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_1)
    names = {each.id: each.name for each in document.groups}
    found = {layer.id: names.get(layer.group, "") for layer in document.layers}
    assert [found[each] for each in first] == ["Group 2", "Group 1", "Group 1", ""]
    QTest.keyClick(bar, Qt.Key.Key_9)
    assert "no group 9" in program.window.status.text()
    assert bar.count.text() == "4 of 4"
    for place in ("3 of 4", "1 of 4", "2 of 4"):
        press(program, Qt.Key.Key_Z, CTRL)
        assert bar.count.text() == place
    assert not document.groups
    walk.end()


def test_the_walk_ends_where_its_layers_go(factorised):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    document = program.desk.document
    press(program, Qt.Key.Key_W, SHIFT)
    QTest.keyClick(bar, Qt.Key.Key_Right)
    second, third = document.layers[1].id, document.layers[2].id
    # The layer before goes: the walk is where it was, and then at the next one.
    document.act("delete", remove_layer(document.recorded_state, document.layers[0].id))
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert program.desk.selection.layer == third and walk._queue[:2] == [second, third]
    # A recording that is opened again has none of these layers.
    before = document.recording
    program.desk.opening.open(before.path)
    assert pump(program.application, lambda: document.recording is not before, 10)
    assert not walk.walking and not bar.isVisible() and program.desk.playback._dwelling is None
    assert program.desk.heard.scene() is document.scene


def test_parts_after_the_faders_of_which_nothing_is_heard_are_told(factorised, tmp_path):
    program = factorised
    for layer in program.desk.document.layers:
        change_layer(program.desk.document, "mute", layer.id, mute=True)
    program.window.actions_.by_name["export"].trigger()
    dialog = program.window.findChild(QDialog, "exportDialog")
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.mix.setChecked(False)
    dialog.faders.setCurrentIndex(1)
    QTest.mouseClick(dialog.go, LEFT)
    pump(program.application, seconds=0.05)
    assert "nothing to write" in program.window.notice.text.text() and not (tmp_path / "out").exists()


def test_space_stays_on_the_walk_and_goes_on(factorised, monkeypatch):
    program, bar, walk = factorised, factorised.window.panes.walk, factorised.desk.walking
    monkeypatch.setattr(type(program.desk.playback), "playing", True)
    click(program, 0)
    press(program, Qt.Key.Key_W, SHIFT)
    QTest.keyClick(bar, Qt.Key.Key_Space)
    assert walk.walking and not walk.goes_on
    QTest.keyClick(bar, Qt.Key.Key_Space)
    assert walk.goes_on and bar.count.text() == "2 of 4"
    walk.end()


# -- suggestions --------------------------------------------------------------------------------------------


def suggestion(program):
    press(program, Qt.Key.Key_G, CTRL)
    assert pump(program.application, lambda: program.window.findChild(QDialog, "suggestDialog"), 20)
    return program.window.findChild(QDialog, "suggestDialog")


def choose(box, data):
    index = box.findData(data)
    box.setCurrentIndex(index)
    box.activated.emit(index)


@pytest.mark.parametrize("how", ["timbre", "rhythm", "noise", "percussion", "low"])
def test_a_suggestion_is_shown_before_it_is_accepted(factorised, how):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    choose(dialog.how, how)
    assert document.groups and not document.recorded_state.groups
    assert program.window.panes.stack.group_rows
    shown = [(layer.id, layer.group) for layer in document.layers]
    steps = len(document.steps)
    QTest.mouseClick(dialog.accept_button, LEFT)
    assert len(document.steps) == steps + 1
    assert [(layer.id, layer.group) for layer in document.layers] == shown
    press(program, Qt.Key.Key_Z, CTRL)
    assert not document.groups


def test_a_suggestion_can_be_changed_or_ignored(factorised):
    program, document = factorised, factorised.desk.document
    dialog = suggestion(program)
    first = document.layers[0].id
    layers = [layer.id for layer in dialog._layers]
    box = dialog.boxes[layers.index(first)]
    choose(box, -1)
    assert next(layer for layer in document.layers if layer.id == first).group == 0
    steps = len(document.steps)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    pump(program.application)
    assert not document.groups and len(document.steps) == steps


def test_reference_sounds_name_the_groups(factorised, tmp_path):
    program, document = factorised, factorised.desk.document
    rate = 16000
    t = np.arange(rate) / rate
    soundfile.write(tmp_path / "Low.wav", 0.3 * np.sin(2 * np.pi * 220 * t), rate)
    soundfile.write(tmp_path / "High.wav", 0.3 * np.sin(2 * np.pi * 1310 * np.arange(8000) / 8000), 8000)
    dialog = suggestion(program)
    choose(dialog.how, "references")
    assert not document.groups
    dialog.take_files([tmp_path / "Low.wav", tmp_path / "High.wav"])
    assert pump(program.application, lambda: document.groups, 10)
    assert {each.name for each in document.groups} <= {"Low", "High"}
    QTest.mouseClick(dialog.accept_button, LEFT)
    assert document.recorded_state.groups


def test_one_layer_has_nothing_to_suggest(opened):
    press(opened, Qt.Key.Key_G, CTRL)
    assert "factorise first" in opened.window.notice.text.text()
