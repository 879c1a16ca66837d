"""Stacks that come from references."""

import numpy as np
import pytest

from tests.control.parts import open_parts, parts
from tests.control.scenes import acts, masks, names, open_tones
from workbench.audio.renderer import render_all
from workbench.audio.scores import score_of
from workbench.separation.settings import Method
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis


@pytest.fixture
def known(empty, settle, tmp_path):
    """A desk with the sum of three parts, of which two are references."""
    files = open_parts(empty, tmp_path)
    empty.references.add(files[:2])
    settle()
    return empty


def stacks(desk):
    return [each.name for each in desk.document.state.stacks]


@pytest.mark.parametrize("binary", [True, False])
def test_stems_make_masks_and_what_is_missing_becomes_a_layer(known, settle, binary):
    known.stem_stacks.make_masks(binary)
    assert stacks(known) == ["Factorisation"]
    settle()
    assert names(known) == ["Low", "High", "Rest"] and acts(known)[-1] == "Masks from stems"
    assert stacks(known)[1] == ("Stems, binary" if binary else "Stems")
    assert known.document.run.settings.method is Method.ORACLE
    assert np.abs(masks(known).sum(axis=0) - 1).max() < 1e-2
    assert set(np.unique(masks(known))) == {0.0, 1.0} or not binary


def test_sources_begin_from_stems_in_groups_and_are_one_step(known, settle):
    steps = len(known.document.steps)
    known.stem_stacks.start_sources(3)
    settle()
    document = known.document
    assert [group.name for group in document.groups] == ["Low", "High", "Rest"]
    assert names(known)[:4] == ["Low 1", "Low 2", "Low 3", "High 1"] and len(names(known)) == 9
    assert len(document.steps) == steps + 1 and stacks(known)[-1] == "Sources from stems"
    for group, name in zip(document.groups, ("Low", "High"), strict=False):
        inside = [i for i, layer in enumerate(document.layers) if layer.group == group.id]
        assert score_of(parts()[name], render_all(document.scene, layers=inside)).sdr > 8
    known.wishes.factorise(False)
    settle()
    assert len(document.layers) == 9 and document.run.costs, "it can be continued"
    document.undo()
    document.undo()
    assert stacks(known) == ["Factorisation"]


def test_one_component_a_stem_has_its_name(known, settle):
    known.stem_stacks.start_sources(1)
    settle()
    assert names(known) == ["Low", "High", "Rest"] == [group.name for group in known.document.groups]


def test_two_stems_of_one_name_stay_two(known, settle):
    for each in known.references.held:
        known.references.rename(each.reference.id, "Voice")
    known.stem_stacks.make_masks(False)
    settle()
    assert names(known) == ["Voice", "Voice 2", "Rest"]


@pytest.mark.parametrize("what", ["recording", "window"])
def test_what_comes_too_late_is_dropped(known, settle, what):
    known.stem_stacks.make_masks(False)
    known.stem_stacks.start_sources(2)
    if what == "recording":
        open_tones(known)
    else:
        new = Analysis(1024, 256)
        known.document.set_analysis("wider", new, analyse_levels(known.document.recording.samples, new))
    settle()
    assert stacks(known) == ["Factorisation"]


def test_without_references_a_sentence_says_so(desk, told):
    desk.stem_stacks.make_masks(False)
    desk.stem_stacks.start_sources(2)
    assert len(told.refused) == 2 and "add the stems first" in told.refused[0]


def test_nothing_happens_while_nothing_is_open(empty, told):
    empty.stem_stacks.make_masks(False)
    empty.stem_stacks.start_sources(2)
    assert told.nothing and not empty.runner.jobs
