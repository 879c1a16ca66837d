"""Templates on their way to others: heard while the slider moves, an act when it is let go."""

import numpy as np

from tests.control.scenes import acts, change, ids, previewing, separate
from workbench.masks.insight.morphing import MorphTarget


def test_a_morph_is_previewed_and_accepted_as_one_act(separated):
    start = separated.document.run.factors.W.copy()
    target = MorphTarget(0, 1)
    separated.morphing.preview(target, 0.3)
    first = separated.document.run.factors.W.copy()
    separated.morphing.preview(target, 0.6)
    separated.morphing.preview(target, 0.3)
    assert previewing(separated) and np.allclose(separated.document.run.factors.W, first)
    assert not np.allclose(first[:, 0], start[:, 0]) and np.allclose(first[:, 1:], start[:, 1:])
    count = len(acts(separated))
    separated.morphing.accept(target, 0.3)
    assert acts(separated)[count:] == ["Morph 30 %"] and not previewing(separated)
    assert np.allclose(separated.document.run.factors.W, first)


def test_let_go_at_nothing_it_never_was(separated):
    count = len(acts(separated))
    separated.morphing.preview(MorphTarget(0, 1), 0.5)
    separated.morphing.accept(MorphTarget(0, 1), 0.0)
    assert len(acts(separated)) == count and not previewing(separated)


def test_another_run_is_a_target(separated):
    first = separated.document.state.run
    separate(separated, 4, seed=1)
    separated.morphing.preview(MorphTarget(run=first), 1.0)
    assert previewing(separated)
    separated.morphing.accept(MorphTarget(run=99), 1.0)
    assert not previewing(separated)


def test_a_locked_layer_is_not_morphed(separated, told):
    change(separated, ids(separated)[0], locked=True)
    separated.morphing.preview(MorphTarget(0, 1), 0.5)
    assert told.troubled and not previewing(separated)


def test_without_factors_there_is_nothing_to_morph(desk):
    desk.morphing.preview(MorphTarget(0, 1), 0.5)
    desk.morphing.accept(MorphTarget(0, 1), 0.5)
    assert not acts(desk)
