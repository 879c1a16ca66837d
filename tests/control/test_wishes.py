"""What is asked of the next factorisation, and what has to be done before it can run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acting import select_time
from tests.control.scenes import ANALYSIS, RATE, acts, change, ids, open_tones, select_box, separate
from workbench.control.wishes import Wishes
from workbench.document.state import fresh_state
from workbench.nmf import learnt_templates, match
from workbench.separation.presets import PRESETS, preset
from workbench.separation.settings import METHODS, RunSettings
from workbench.spectral.pyramid import analyse_levels
from workbench.spectral.stft import Analysis, magnitudes


def test_changes_are_told_once_and_only_where_there_are_some(desk):
    told = []
    desk.wishes.changed.connect(lambda: told.append(1))
    desk.wishes.set(components=5)
    desk.wishes.set(components=5)
    desk.wishes.set_analysis(1024, 256)
    desk.wishes.set_analysis(1024, 256)
    assert told == [1, 1] and desk.wishes.settings.components == 5
    assert desk.wishes.analysis == Analysis(1024, 256) and desk.document.state.analysis == ANALYSIS


def test_a_method_is_not_compared_with_itself(desk):
    desk.wishes.set(method="mu", compare="fast")
    assert desk.wishes.settings.compare == "fast"
    desk.wishes.set(method="fast")
    assert desk.wishes.settings.compare is None


def test_presets_are_recognised(desk):
    for name in PRESETS:
        desk.wishes.choose_preset(name)
        assert desk.wishes.preset_name == name and preset(name, desk.wishes.settings) == desk.wishes.settings
    desk.wishes.set(components=17, iterations=3, seed=4, method="em")
    assert desk.wishes.preset_name == ""


def test_a_preset_brings_the_window_that_suits_it_and_one_without_leaves_it(desk):
    rate = desk.document.recording.rate
    before = desk.wishes.analysis
    desk.wishes.choose_preset("notes")
    assert desk.wishes.analysis == before
    desk.wishes.choose_preset("voice")
    assert desk.wishes.analysis == PRESETS["voice"].analysis(rate) != before
    assert desk.document.state.analysis == before, "the document keeps its own until it is factorised"
    window = desk.wishes.analysis.window // 2
    desk.wishes.set_analysis(window, window // 4)
    assert desk.wishes.preset_name != "voice", "with another window it is the user's own"


@given(st.sampled_from(list(METHODS)))
def test_a_setting_is_used_only_by_methods_that_read_it(method):
    class Nothing:
        pass

    for field in RunSettings.__dataclass_fields__:
        used = field in METHODS[method].uses
        wishes = Nothing()
        wishes.settings = RunSettings(method=method)
        assert not (Wishes.uses(wishes, field) and not used)


def test_what_is_missing_is_said(desk):
    wishes = desk.wishes
    assert wishes.missing() == ""
    wishes.set(templates="selection")
    assert "select the time to learn from" in wishes.missing()
    select_time(desk.document, desk.selection, 0.5, 1.0)
    assert wishes.missing() == ""
    wishes.set(templates="present")
    assert "factorise once" in wishes.missing()
    separate(desk, 3)
    assert wishes.missing() == ""
    wishes.set(templates="random", activations="events")
    assert "onsets" in wishes.missing()
    wishes.set(activations="random", leave_out=True)
    assert wishes.missing() == ""
    select_box(desk, 3, 9, 0, desk.document.stack.frames)
    assert "leave out" in wishes.missing()


def test_what_is_missing_is_told_when_it_is_another(desk):
    desk.wishes.set(templates="selection")
    told = []
    desk.wishes.possible_changed.connect(lambda: told.append(desk.wishes.missing()))
    select_box(desk, 3, 9, 10, 30)
    assert told == [""]
    select_box(desk, 3, 9, 10, 40)
    assert len(told) == 1, "nothing is missing, as before"
    desk.areas.deselect()
    assert len(told) == 2 and "learn from" in told[1]
    assert not desk.wishes.continues
    separate(desk, 3)
    assert desk.wishes.continues and len(told) > 2


def test_what_cannot_run_yet_is_said_and_changes_nothing(desk, told):
    separate(desk, 3)
    change(desk, ids(desk)[0], locked=True)
    desk.document.undo()
    state, redo, layer = desk.document.state, desk.document.redo_name, desk.selection.layer
    desk.wishes.choose_preset("speech")
    desk.wishes.factorise(True)
    assert told.troubled and "learn from" in told.troubled[-1]
    assert desk.document.state is state and desk.document.redo_name == redo != ""
    assert desk.selection.layer == layer and not desk.factorising.running


def test_what_a_run_publishes_is_no_change_of_the_settings(desk, settle):
    """Else a field that shows them takes back what is being typed."""
    desk.wishes.set(components=3, iterations=20)
    told = []
    desk.wishes.changed.connect(lambda: told.append(1))
    desk.wishes.factorise(True)
    settle()
    assert len(desk.document.run.costs) == 20 and told == []


def test_with_nothing_open_nothing_is_missing(empty):
    empty.wishes.set(templates="present")
    assert empty.wishes.missing() == ""
    empty.wishes.factorise(True)


def test_a_run_takes_what_is_selected_in_frames(desk, settle):
    select_box(desk, 0, desk.document.stack.bins, 20, 60)
    desk.wishes.set(components=3, iterations=5, templates="selection", learnt=0)
    desk.wishes.factorise(True)
    settle()
    assert desk.document.run.settings.selection == (20, 60)
    desk.areas.deselect()
    desk.wishes.set(templates="random")
    desk.wishes.factorise(True)
    settle()
    assert desk.document.run.settings.selection is None


def test_what_is_learnt_from_the_selection_is_found_everywhere_in_one_act(desk, settle, told):
    desk.wishes.set(method="hpss", components=3, iterations=40)
    desk.wishes.learn()
    assert "First select" in told.refused[0] and desk.wishes.settings.method == "hpss"
    select_box(desk, 0, desk.document.stack.bins, 20, 60)
    desk.wishes.learn()
    settle()
    run, samples = desk.document.run, desk.document.recording.samples
    v = magnitudes(samples, desk.document.state.analysis)
    alone = learnt_templates(v[:, 20:60], 3, 0, 1, 100)
    np.testing.assert_allclose(run.factors.W, alone, rtol=1e-5, atol=1e-9)
    everywhere = match(v, alone, iterations=40)
    assert run.costs[-1] == pytest.approx(everywhere.costs[-1], rel=0.01)
    assert acts(desk) == ["Factorise KL, 3 components"]
    assert desk.wishes.settings.method == "hpss" and desk.wishes.settings.templates == "random", "it is for once"
    desk.wishes.set(method="fast")
    desk.wishes.factorise(False)
    settle()
    assert desk.document.run.costs[-1] < run.costs[-1], "Continue refines them by all there is"


def test_another_seed_is_one_that_was_not_tried(desk, settle):
    desk.wishes.set(components=2, iterations=5, tries=3)
    desk.wishes.try_another_seed()
    settle()
    assert desk.wishes.settings.seed == 3 and acts(desk) == ["Factorise KL, 2 components, seed 3"]


def test_it_wishes_for_what_the_run_that_is_used_was_made_with(desk, settle):
    desk.wishes.set(components=2, iterations=5, method="mu")
    desk.wishes.factorise(True)
    settle()
    desk.wishes.set(components=4, method="fast")
    desk.wishes.factorise(True)
    settle()
    desk.wishes.use_run(1)
    assert (desk.wishes.settings.components, desk.wishes.settings.method) == (2, "mu")


def test_it_follows_the_stack_that_is_shown(desk, settle):
    desk.wishes.set(components=2, iterations=5)
    desk.wishes.factorise(True)
    settle()
    desk.stacks.add("Other")
    desk.wishes.set(components=9)
    desk.stacks.show_next(1)
    assert desk.wishes.settings.components == 2


def test_it_follows_window_and_hop_of_the_document(desk):
    new = Analysis(1024, 256)
    desk.document.set_analysis("wider", new, analyse_levels(desk.document.recording.samples, new))
    assert desk.wishes.analysis == new
    desk.document.undo()
    assert desk.wishes.analysis == ANALYSIS
    desk.wishes.set_analysis(2048, 512)
    open_tones(desk)
    assert desk.wishes.analysis == ANALYSIS


def test_a_project_brings_the_settings_of_its_run(separated):
    state, runs = separated.document.recorded_state, dict(separated.document.runs)
    recording, levels = separated.document.recording, separated.document.levels
    separated.wishes.set(components=9)
    separated.document.open(recording, levels, state, runs)
    assert separated.wishes.settings.components == 4
    separated.document.open(recording, levels, fresh_state(ANALYSIS))
    assert separated.wishes.settings.components == 4 and separated.document.recording.rate == RATE


@pytest.mark.parametrize(("method", "own"), [("fast", "kl"), ("smooth", "is"), ("hpss", None)])
def test_a_method_may_have_a_divergence_of_its_own(desk, method, own):
    desk.wishes.set(method=method)
    if METHODS[method].divergence is not None or method == "hpss":
        assert desk.wishes.own_divergence == own


def test_undo_brings_the_seed_that_was_used_and_leaves_what_was_typed_since(desk, settle):
    desk.wishes.set(components=2, iterations=5)
    desk.wishes.factorise(True)
    settle()
    desk.wishes.try_another_seed()
    settle()
    assert desk.wishes.settings.seed == desk.document.run.settings.seed == 1
    desk.document.undo()
    assert desk.wishes.settings.seed == desk.document.run.settings.seed == 0
    desk.document.redo()
    assert desk.wishes.settings.seed == 1
    desk.wishes.set(components=7)
    desk.document.undo()
    assert (desk.wishes.settings.components, desk.wishes.settings.seed) == (7, 1)


def test_what_goes_on_has_the_seed_that_it_began_with(desk, settle):
    desk.wishes.set(components=2, iterations=5, seed=4)
    desk.wishes.factorise(True)
    settle()
    desk.wishes.set(seed=9)
    desk.wishes.factorise(False)
    settle()
    assert desk.document.run.settings.seed == 4 and acts(desk)[-1] == "Continue KL, 2 components, seed 4"


def test_the_best_of_several_starts_is_listed_with_its_own_seed(desk, settle):
    desk.wishes.set(components=3, iterations=5, tries=4)
    desk.wishes.factorise(True)
    settle()
    for run in desk.document.runs.values():
        seed = run.settings.seed
        assert run.name == "KL, 3 components" + (f", seed {seed}" if seed else "")
    assert len({run.number for run in desk.document.runs.values()}) == 4
