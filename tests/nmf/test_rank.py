import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.rank import costs_by_components, elbow
from workbench.nmf.starts import random_start


def planted_v(k, bins_each=6, frames=60, seed=0):
    """Exactly k sources, equally loud and equally easy, that share no bins."""
    rng = np.random.default_rng(seed)
    w = np.kron(np.eye(k), rng.uniform(0.5, 1, (bins_each, 1)))
    strokes = rng.gamma(0.5, 1, frames)
    return w @ np.array([rng.permutation(strokes) for _ in range(k)])


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_costs_are_those_of_a_factorisation_each(beta):
    v = np.random.default_rng(1).gamma(0.5, 1, (20, 30)) + 1e-3
    costs = costs_by_components(v, [1, 2, 5], beta, 15, seed=3)
    singles = [factorise_fast(v, *random_start(v, k, 3), beta, 15).costs[-1] for k in (1, 2, 5)]
    assert costs == singles


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.0])
def test_costs_fall_with_the_number_of_components(beta):
    v = np.random.default_rng(2).gamma(0.5, 1, (30, 50)) + 1e-2
    costs = np.array(costs_by_components(v, range(1, 7), beta, 20))
    assert (np.diff(costs) <= 1e-3 * costs[:-1]).all() and costs[-1] < 0.8 * costs[0]


@pytest.mark.parametrize(("rank", "beta"), [(3, 1.0), (4, 2.0), (5, 1.0)])
def test_the_elbow_is_the_number_of_planted_sources(rank, beta):
    candidates = range(1, 9)
    assert elbow(candidates, costs_by_components(planted_v(rank), candidates, beta, 30)) == rank


def test_progress_counts_through_all_factorisations():
    v, seen = planted_v(2, 5, 12), []
    costs = costs_by_components(v, [1, 2, 3], 1.0, 5, progress=lambda i, cost: seen.append((i, cost)) or True)
    assert [i for i, _ in seen] == list(range(1, 16))
    assert costs == [seen[4][1], seen[9][1], seen[14][1]]
    assert costs == costs_by_components(v, [1, 2, 3], 1.0, 5)


@pytest.mark.parametrize(("last", "whole"), [(1, 0), (5, 0), (6, 1), (10, 1), (11, 2), (15, 2)])
def test_cancelling_gives_the_costs_so_far(last, whole):
    v, seen = planted_v(2, 5, 12), []
    costs = costs_by_components(v, [1, 2, 3], 1.0, 5, progress=lambda i, cost: seen.append(i) or i < last)
    assert seen == list(range(1, last + 1))
    assert costs == costs_by_components(v, [1, 2, 3], 1.0, 5)[:whole]


def test_silence_costs_nothing():
    assert costs_by_components(np.zeros((4, 5)), [1, 2]) == [0.0, 0.0]
    assert elbow([1, 2, 3], [0.0, 0.0, 0.0]) == 1


def test_no_components_are_refused():
    with pytest.raises(ValueError, match="at least one component"):
        costs_by_components(np.ones((4, 5)), [0, 1])


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=8), st.integers(1, 4))
def test_the_elbow_is_farthest_from_the_chord(drops, step):
    costs = np.concatenate([[0.0], np.cumsum(drops)])[::-1]
    candidates = [2 + step * i for i in range(len(costs))]
    first, last = np.array([candidates[0], costs[0]]), np.array([candidates[-1], costs[-1]])

    def below(i):
        """Distance of a point from the chord, positive below it."""
        (dx, dy), (px, py) = last - first, np.array([candidates[i], costs[i]]) - first
        return (dy * px - dx * py) / np.hypot(dx, dy)

    best = max(below(i) for i in range(len(costs)))
    assert below(candidates.index(elbow(candidates, costs))) == pytest.approx(best, abs=1e-9)


def test_the_elbow_of_known_curves():
    assert elbow([1, 2, 3, 4, 5], [100, 50, 10, 9, 8]) == 3
    assert elbow([1, 2, 3, 4, 5], [4e-9, 1e-9, 5e-10, 1e-10, 0]) == 2
    # Numbers of components need not be evenly spaced, and a cost that rises by chance is not looked at.
    assert elbow([1, 2, 4, 16], [100, 60, 20, 10]) == 4
    assert elbow([1, 2, 3, 4, 5], [100, 50, 10, 30, 8]) == 3
    # A straight line and a bulging one have none: the fewest.
    assert elbow([1, 2, 3], [2, 1, 0]) == elbow([1, 2, 3], [2, 1.9, 0]) == 1


def test_the_elbow_of_too_few_points_is_the_first():
    assert elbow([7], [1.0]) == 7 and elbow([3, 5], [2.0, 1.0]) == 3
    assert elbow([3, 5, 8], [1.0, 1.5, 2.0]) == 3


@pytest.mark.parametrize(("candidates", "costs"), [([], []), ([1, 2], [1.0]), ([1], [1.0, 2.0]), ([], [1.0])])
def test_a_curve_needs_a_cost_for_each_candidate(candidates, costs):
    with pytest.raises(ValueError, match="cost for each"):
        elbow(candidates, costs)
