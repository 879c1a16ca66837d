"""What is written for other programs is what is shown, with edits, and it comes back."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET

import mido
import numpy as np
import pytest

from tests.acting import change_layer
from tests.control.parts import open_parts
from tests.control.scenes import ids, masks, names, select_box, separate
from workbench.control.exchanging import FactorFormat, LabelFormat, MaskFormat
from workbench.control.told_labels import Told
from workbench.document.acts import groups as group_acts
from workbench.document.acts import known as known_acts
from workbench.document.acts import layers as layer_acts
from workbench.document.acts import masks as mask_acts
from workbench.exchange.factor_files import read_factors
from workbench.exchange.labels import read_labels
from workbench.exchange.mask_files import read_masks
from workbench.separation.known import Notes, Onsets


@pytest.fixture
def edited(separated):
    """Four layers, the first of which has all of a rectangle."""
    select_box(separated, 20, 60, 10, 40)
    state = separated.document.recorded_state
    state = mask_acts.fill(state, ids(separated)[0], 1.0, separated.selection.area)
    separated.document.act("fill", state)
    return separated


@pytest.mark.parametrize("form", MaskFormat)
def test_masks_are_those_that_are_shown(edited, form, tmp_path, settle, told):
    wanted = masks(edited)
    assert wanted[0, 30, 20] == 1
    edited.exchanging.write_masks(tmp_path / f"m{form.suffix}", form, False)
    settle()
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == (4 if form.suffix == ".png" else 1) and "Wrote" in told.said[-1]
    read, shares = read_masks(paths, *wanted.shape[1:])
    assert len(read) == 4
    np.testing.assert_allclose(shares.transpose(0, 2, 1), wanted, atol=0.01 if form is MaskFormat.PNG_8 else 1e-3)


def test_masks_of_groups_are_sums(separated, tmp_path, settle):
    state, _ = group_acts.group_layers(separated.document.recorded_state, ids(separated)[:3], "Band")
    separated.document.act("group", state)
    separated.exchanging.write_masks(tmp_path / "m.npz", MaskFormat.NPZ, True)
    settle()
    with np.load(tmp_path / "m.npz") as arrays:
        assert next(iter(arrays["names"])) == "Band"
        np.testing.assert_allclose(arrays["Band"], masks(separated)[:3].sum(axis=0), atol=1e-6)


@pytest.mark.parametrize("form", FactorFormat)
def test_factors_come_back_exactly(separated, form, tmp_path, settle):
    change_layer(separated.document, "name", ids(separated)[1], name="Bass, low")
    separated.exchanging.write_factors(tmp_path / f"f{form.suffix}", form)
    settle()
    factors = separated.document.run.factors
    stack = separated.document.stack
    read = read_factors(sorted(tmp_path.iterdir()), stack.bins, stack.frames)
    np.testing.assert_array_equal(read.W, factors.W)
    np.testing.assert_array_equal(read.H, factors.H)
    assert read.names == (() if form is FactorFormat.FLUCOMA else tuple(names(separated)))


def test_layers_of_several_components_come_back(separated, tmp_path, settle):
    state = layer_acts.merge_layers(separated.document.recorded_state, ids(separated)[:3])
    separated.document.act("merge", state)
    wanted = names(separated), masks(separated)
    separated.exchanging.write_factors(tmp_path / "f.npz", FactorFormat.NPZ)
    settle()
    separated.importing.read_factors([tmp_path / "f.npz"])
    settle()
    assert names(separated) == wanted[0] and separated.document.state.present.name == "f"
    np.testing.assert_allclose(masks(separated), wanted[1], atol=1e-5)


def test_without_factors_there_are_none_to_write(desk, tmp_path, told):
    desk.exchanging.write_factors(tmp_path / "f.npz", FactorFormat.NPZ)
    assert "factorise" in told.refused[-1] and not desk.runner.jobs


def test_selections_are_labels_with_their_bands(desk, tmp_path, settle, told):
    select_box(desk, 20, 60, 10, 40)
    assert desk.remembering.remember()
    desk.exchanging.write_labels(tmp_path / "l.txt", Told.SELECTIONS, LabelFormat.AUDACITY)
    settle()
    found = read_labels(tmp_path / "l.txt")
    assert {each.text for each in found} == {"Selection", "Selection 1"}
    analysis, rate = desk.document.state.analysis, desk.document.recording.rate
    assert analysis.frames_of(found[0].begin, found[0].end, rate) == (10, 40)
    assert (analysis.bin_at(found[0].low, rate), analysis.bin_at(found[0].high, rate)) == (20, 59)
    desk.exchanging.write_labels(tmp_path / "m.txt", Told.MARKS, LabelFormat.AUDACITY)
    assert "nothing of this kind" in told.refused[-1] and not (tmp_path / "m.txt").exists()


@pytest.mark.parametrize("form", LabelFormat)
def test_onsets_and_notes_of_layers_are_written_in_every_format(separated, form, tmp_path, settle):
    state = separated.document.recorded_state
    first, second = (each.part_ids[0] for each in state.layers[:2])
    state = known_acts.tell(state, Onsets(first, (0.25, 1.0)))
    state = known_acts.tell(state, Notes(second, 60.0, ((0.5, 0.75), (1.25, 1.5))))
    separated.document.act("tell", state)
    path = tmp_path / f"l{form.suffix}"
    separated.exchanging.write_labels(path, Told.NOTES, form)
    settle()
    if form in (LabelFormat.AUDACITY, LabelFormat.CSV):
        assert [each.begin for each in read_labels(path)] == [0.25, 0.5, 1.0, 1.25]
    elif form is LabelFormat.MIDI:
        assert [track.name for track in mido.MidiFile(path).tracks] == names(separated)[:2]
    else:
        points = ET.parse(path).getroot().findall("data/dataset/point")
        assert len(points) == (2 if form is LabelFormat.NOTES else 4)
        rate = separated.document.recording.rate
        assert points[0].get("frame") == str(round((0.5 if form is LabelFormat.NOTES else 0.25) * rate))


def test_scores_need_references(separated, tmp_path, told):
    separated.exchanging.write_scores(tmp_path / "s.csv")
    assert "references" in told.refused[-1]


def test_scores_are_written_once_they_are_measured(empty, tmp_path, settle, told, until):
    files = open_parts(empty, tmp_path)
    separate(empty, 2)
    empty.references.add(files)
    settle()
    empty.exchanging.write_scores(tmp_path / "s.csv")
    assert "not measured yet" in told.refused[-1] and not (tmp_path / "s.csv").exists()
    empty.scoring.watch(True)
    until(lambda: not empty.scoring.measuring and not empty.scoring.left and not empty.runner.jobs)
    empty.exchanging.write_scores(tmp_path / "s.csv")
    settle()
    with (tmp_path / "s.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["source"] for row in rows] == names(empty)
    for row, known in zip(rows, empty.scoring.rows, strict=True):
        assert float(row["SDR dB"]) == pytest.approx(known.score.sdr, abs=1e-3)


def test_it_counts_as_exporting_while_it_writes(separated, tmp_path, settle):
    separated.exchanging.write_masks(tmp_path / "m.npy", MaskFormat.NPY, False)
    assert separated.exporting.running, "whoever quits is asked first"
    settle()
    assert not separated.exporting.running


def test_who_stops_it_leaves_nothing(separated, tmp_path, settle, told):
    separated.exchanging.write_masks(tmp_path / "m.npy", MaskFormat.NPY, False)
    separated.runner.jobs[-1].cancel()
    settle()
    assert not separated.exporting.running
    if told.said:
        # It was done before it heard of it.
        assert np.load(tmp_path / "m.npy").shape[0] == len(separated.document.layers)
    else:
        assert list(tmp_path.iterdir()) == [] and told.nothing


def test_a_folder_that_is_not_there_is_told(separated, tmp_path, settle, told):
    separated.exchanging.write_masks(tmp_path / "gone" / "m.npy", MaskFormat.NPY, False)
    settle()
    assert len(told.troubled) == 1 and not told.said
