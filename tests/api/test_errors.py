"""How far a script is told that it is, and what it is told where something is wrong."""

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench import Cancelled, Project, WorkbenchError
from workbench.errors import UserError

RATE = 8000


@pytest.fixture
def tones(tmp_path):
    path = tmp_path / "tones.wav"
    soundfile.write(path, tone_mix(2.0, RATE), RATE, subtype="FLOAT")
    return path


@pytest.fixture
def project(tones):
    return Project.open(tones, window=512).factorise(components=4, iterations=8)


def test_progress_rises_and_a_stop_keeps_what_there_is(tones):
    shares = []
    Project.open(tones).factorise(components=2, iterations=20, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] > 0.9

    def stop(share):
        if share > 0.5:
            raise Cancelled

    assert 1 < len(Project.open(tones).factorise(components=2, iterations=20, progress=stop).costs) < 20


WRONG = {
    "a file that is not there": (lambda p: Project.open("nothing.wav"), "no file"),
    "no window": (lambda p: p.set_window(1000), "power of two"),
    "no method": (lambda p: p.factorise("nmf"), "takes fast"),
    "no setting": (lambda p: p.factorise(sparsness=1), "no setting"),
    "out of range": (lambda p: p.factorise(components=0), "1 … 200"),
    "no whole number": (lambda p: p.factorise(components=2.5), "1 … 200"),
    "no preset": (lambda p: p.factorise(preset="Polka"), "no preset"),
    "no layer": (lambda p: p.layer("Drums"), "no layer or group"),
    "no stack": (lambda p: p.show_stack("Other"), "no stack"),
    "no mask": (lambda p: p.paint("Component 1", 1.5), "from 0 to 1"),
    "no number": (lambda p: p.set_mask("Component 1", np.full((257, len(p.times)), np.nan)), "from 0 to 1"),
    "another shape": (lambda p: p.set_mask("Component 1", np.zeros((3, 3))), "must be"),
    "a span backwards": (lambda p: p.paint("Component 1", seconds=(2, 1)), "no span"),
    "a span outside": (lambda p: p.mark("Low", (50, 60)), "no span"),
    "no measure": (lambda p: p.threshold("Component 1", 0.5, measure="loudness"), "takes mask"),
    "a threshold backwards": (lambda p: p.threshold("Component 1", 0.7, 0.5), "lower limit first"),
    "no threshold": (lambda p: p.threshold("Component 1", float("nan")), "no NaN"),
    "too loud": (lambda p: p.adjust("Component 1", gain_db=20), "-60 to 12"),
    "no gain": (lambda p: p.adjust("Component 1", gain_db=float("nan")), "-60 to 12"),
    "the width of a layer": (lambda p: p.adjust("Component 1", width=2.0), "only groups"),
    "no weight": (lambda p: p.mark("Low", (0, 1), weight=0.0), "weight of a mark"),
    "nothing to deny": (lambda p: p.mark("Low", (0, 1), denies=True), "no source"),
    "no format": (lambda p: p.export("out", format="tape"), "no format"),
    "nothing to export": (lambda p: p.export("out", mix=False), "nothing to write"),
    "nowhere to save": (lambda p: p.save(), "never saved"),
    "one layer to merge": (lambda p: p.merge(["Component 1"]), "two or more"),
    "factors of another plane": (lambda p: p.set_factors(np.ones((3, 2)), np.ones((2, 5))), "(257, K)"),
    "negative factors": (lambda p: p.set_factors(-np.ones((257, 2)), np.ones((2, len(p.times)))), "negative"),
    "whole numbers": (lambda p: Project.from_samples(np.zeros(9, int), RATE), "no sound"),
    "no samples": (lambda p: Project.from_samples(np.zeros((0, 2)), RATE), "no sound"),
    "not finite": (lambda p: Project.from_samples(np.full(9, np.inf), RATE), "not finite"),
    "far from one": (lambda p: Project.from_samples(np.full(9, 3e4), RATE), "scale them"),
    "no rate": (lambda p: Project.from_samples(np.zeros(9), 0), "sample rate"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_a_sentence_and_changes_nothing(project, what):
    call, words = WRONG[what]
    before = project.history, repr(project.layers)
    with pytest.raises(WorkbenchError) as raised:
        call(project)
    said = str(raised.value)
    assert words in said and said.endswith(".") and "\n" not in said and said[0] not in "{"
    assert isinstance(raised.value, UserError) and (project.history, repr(project.layers)) == before


def test_hpss_has_no_factors(tones):
    project = Project.open(tones).factorise("hpss")
    with pytest.raises(WorkbenchError, match="no templates and activations"):
        _ = project.W
    assert project.components == 2 and project.costs == ()


def test_settings_that_count_for_nothing_are_warned_of(tones):
    with pytest.warns(UserWarning, match="hpss makes no use of components, seed") as told:
        Project.open(tones).factorise("hpss", components=3, seed=1)
    assert told[0].filename == __file__


def test_a_factorisation_that_comes_to_nothing_leaves_the_window_too(tones):
    project = Project.open(tones)

    def stop(share):
        raise Cancelled

    for wrong, how in ((WorkbenchError, {"components": 0}), (Cancelled, {"progress": stop})):
        with pytest.raises(wrong):
            project.factorise(preset="Song", **how)
        assert project.window == 2048 and project.history == () and project.components == 0
    assert project.factorise(preset="Song", components=2, iterations=2).window != 2048
