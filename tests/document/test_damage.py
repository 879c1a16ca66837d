"""Whatever of a damaged project opens is a document, and what is rescued of one too."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.recovery_scene import act, make_recording, open_path, wait, working_desk
from tests.document.damage import damaged, members_of, zipped
from tests.same import project_word
from workbench.document.document import Document
from workbench.document.project import ProjectError, load_project
from workbench.document.rescue import rescue
from workbench.errors import UserError
from workbench.jobs.opening import open_file, open_rescued
from workbench.wording import sentence


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A project in which everything was done."""
    folder = tmp_path_factory.mktemp("work")
    make_recording(folder / "song.wav")
    with working_desk(None) as desk:
        open_path(desk, folder / "song.wav")
        rng = np.random.default_rng(5)
        for _ in range(60):
            act(desk, rng, folder / "work.workbench", save=False)
            wait(lambda: not desk.runner.jobs)
        desk.saving.save(folder / "work.workbench")
        wait(lambda: not desk.saving.saving)
    return folder / "work.workbench"


def shows(opened) -> None:
    """Every step of what was opened sums to one."""
    project, document = opened.project, Document()
    document.open(
        opened.recording,
        opened.levels,
        project.state,
        project.runs,
        None,
        project.steps,
        project.present,
        opened.solved,
        others=opened.others,
    )
    for step in range(len(document.steps)):
        document.go_to(step)
        stack = document.stack
        masks = stack.evaluate(np.arange(0, stack.bins, 40), np.arange(0, stack.frames, 17))
        assert np.isfinite(masks).all() and masks.min() >= -1e-4 and np.abs(masks.sum(axis=0) - 1).max() < 1e-3


@settings(max_examples=60)
@given(seed=st.integers(0, 1_000_000))
def test_what_opens_is_a_document_and_what_does_not_gets_a_sentence(work, seed):
    path = work.with_name("other.workbench")
    path.write_bytes(damaged(work, random.Random(seed))[1])
    try:
        opened = open_file(path)
    except UserError as error:
        text = sentence(error)
        assert text.endswith(".") and "other.workbench" in text and "$" not in text and "Expected" not in text
    else:
        shows(opened)


@settings(max_examples=30)
@given(seed=st.integers(0, 1_000_000))
def test_what_is_rescued_is_a_document(work, seed):
    path = work.with_name("other.workbench")
    path.write_bytes(damaged(work, random.Random(seed))[1])
    try:
        opened = open_rescued(path)
    except UserError as error:
        assert sentence(error).endswith(".")
    else:
        assert opened.path is None and not opened.saved
        shows(opened)


def test_of_a_whole_project_all_is_rescued(work):
    found = rescue(work)
    assert (found.lost_steps, found.lost_edits) == (0, 0)
    assert project_word(found.project) == project_word(load_project(work))


def test_of_one_whose_end_is_missing_all_is_rescued_that_stands_before_it(work):
    path = work.with_name("cut.workbench")
    with zipfile.ZipFile(work) as file:
        path.write_bytes(work.read_bytes()[: file.start_dir + 100])
    with pytest.raises(ProjectError):
        load_project(path)
    assert project_word(rescue(path).project) == project_word(load_project(work))


def test_without_its_painted_tiles_the_steps_before_they_were_painted_are_rescued(work):
    members = members_of(work)
    del members["tiles.npy"]
    path = work.with_name("unpainted.workbench")
    path.write_bytes(zipped(members))
    with pytest.raises(ProjectError, match="damaged_in"):
        load_project(path)
    found = rescue(path)
    assert found.lost_steps > 0 or found.lost_edits > 0
    shows(open_rescued(path))


def test_what_nobody_refers_to_is_not_unfolded(work):
    path = work.with_name("large.workbench")
    path.write_bytes(work.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file, file.open("more.npy", "w", force_zip64=True) as more:
        for _ in range(64):
            more.write(bytes(2**20))
    assert project_word(load_project(path)) == project_word(load_project(work))
